//go:build js

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/protocol"
)

// maxInputs bounds the inputs that a tab holds; the oldest go first.
const maxInputs = 8

// prepared is an input as the model takes it. The page gets what it shows, and a number for the rest.
type prepared struct {
	Input  int       `json:"input"`
	Values int       `json:"values"`
	Low    float64   `json:"low"`
	High   float64   `json:"high"`
	Width  int       `json:"width,omitempty"`
	Height int       `json:"height,omitempty"`
	Pixels []byte    `json:"pixels,omitempty"` // RGBA of a picture as the model sees it
	Row    []float64 `json:"row,omitempty"`    // of a table
	Inside bool      `json:"inside"`           // all values are in the range that the model accepts
}

// input reads a file as an input of a model, after its manifest.
func (t *tab) input(ctx context.Context, q bridge.Request) (any, error) {
	var p struct {
		Model protocol.Digest `json:"model"`
		Row   int             `json:"row"`
	}
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	if len(q.Files) != 1 {
		return nil, errors.New("give one file")
	}
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	m, err := c.Model(ctx, p.Model)
	if err != nil {
		return nil, err
	}
	manifest := m.Manifest()
	schema := input.Schema(manifest.Input)
	list, err := schema.Read(bytes.NewReader(q.Files[0]), p.Row, 1)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, fmt.Errorf("the file holds no input at row %d", p.Row)
	}
	return t.keep(manifest, list[0]), nil
}

// keep holds an input under a new number and describes it.
func (t *tab) keep(m protocol.Manifest, x []float64) prepared {
	t.mu.Lock()
	defer t.mu.Unlock()
	id := 1
	for k := range t.inputs {
		id = max(id, k+1)
	}
	t.inputs[id] = x
	delete(t.inputs, id-maxInputs)
	d := prepared{Input: id, Values: len(x), Low: x[0], High: x[0], Inside: true}
	for _, v := range x {
		d.Low, d.High = min(d.Low, v), max(d.High, v)
	}
	d.Inside = d.Low >= m.InputRange.Low && d.High <= m.InputRange.High
	if m.Input.Kind == protocol.InputImage {
		d.Pixels, d.Width, d.Height = picture(m.Input, x, d.Low, d.High)
	} else {
		d.Row = x
	}
	return d
}

// picture draws values as the model sees them, from the darkest to the lightest.
func picture(s protocol.InputSchema, x []float64, low, high float64) (rgba []byte, width, height int) {
	channels, height, width := s.Picture()
	if high == low {
		high = low + 1
	}
	rgba = make([]byte, 4*width*height)
	for i := range width * height {
		for c := range 3 {
			channel := min(c, channels-1)
			if s.Order == protocol.OrderBGR {
				channel = channels - 1 - channel
			}
			at := channel*width*height + i
			if s.Layout == protocol.LayoutHWC {
				at = i*channels + channel
			}
			rgba[4*i+c] = byte(255 * (x[at] - low) / (high - low))
		}
		rgba[4*i+3] = 255
	}
	return rgba, width, height
}

// held returns an input read before.
func (t *tab) held(id int) ([]float64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	x, ok := t.inputs[id]
	if !ok {
		return nil, errors.New("the input is gone: give the file again")
	}
	return x, nil
}
