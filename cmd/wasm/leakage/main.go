//go:build js

// Command leakage measures, in a Web Worker of its own, what the release of a cut tells its receiver: the creators' pages load
// it when somebody asks for that, and end it to stop it. The records stay in the tab.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/creator/advise"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy/leakage"
)

func main() {
	bridge.Serve(map[string]bridge.Method{"measure": measure}, explain)
}

// explain says what a person can do about an error.
func explain(err error) bridge.Problem {
	p := bridge.Problem{Message: err.Error(), Remedy: model.Remedy(err)}
	switch {
	case errors.Is(err, leakage.ErrMechanism):
		p.Remedy = "change the number of values, the noise, the bounds or the bits"
	case errors.Is(err, advise.ErrData), errors.Is(err, leakage.ErrSubject):
		p.Remedy = "give records like those the model was trained on, and the card that says how they become its input"
	}
	return p
}

// request is what the page asks for. Its files are the model, the records, and their labels if these are a file, too.
type request struct {
	Card   creator.Card   `json:"card"`
	Layer  string         `json:"layer"` // of the cut
	Data   string         `json:"data"`  // name of the file of records
	Labels string         `json:"labels"`
	Order  advise.Order   `json:"order"`
	Tried  []advise.Tried `json:"tried"` // before, for the chart
}

// measured is a release as files of releases hold it, by its cut.
type measured struct {
	Release map[string]creator.Release `json:"release"`
	Seconds float64                    `json:"seconds"`
}

// measure measures a release with all attacks.
func measure(ctx context.Context, q bridge.Request) (any, error) {
	var p request
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	if len(q.Files) < 2 {
		return nil, errors.New("give the model and a file of records")
	}
	began := time.Now()
	g, err := model.Parse(q.Files[0])
	if err != nil {
		return nil, err
	}
	cut, err := g.CutByName(p.Layer)
	if err != nil {
		return nil, err
	}
	o, err := p.Order.Options()
	if err != nil {
		return nil, err
	}
	d, err := p.records(q.Files[1:])
	if err != nil {
		return nil, err
	}
	o.Progress = progress()
	r, err := advise.Measure(ctx, g, cut, d, o, p.Order.Wish(), time.Now().UTC().Format(time.DateOnly))
	if err != nil {
		return nil, err
	}
	r.Chart = advise.Tried{Cut: cut.Layer, Sheet: r.Sheet}.Chart(p.Card.Name, p.Tried)
	return measured{map[string]creator.Release{cut.Layer: r}, time.Since(began).Seconds()}, nil
}

// records reads what the release is measured on.
func (p request) records(files [][]byte) (d advise.Data, err error) {
	given := advise.Given{p.Data: files[0]}
	if len(files) > 1 {
		given[p.Labels] = files[1]
	}
	d.Range = p.Card.InputRange
	if d.Train, d.Test, err = given.Records(p.Data, p.Labels, p.Card, p.Order.DrawnBy()); err != nil {
		return d, fmt.Errorf("records: %w", err)
	}
	return d, nil
}

// progress tells the page what is being done, a few times a second.
func progress() func(task string, done, total int) {
	var last string
	var told time.Time
	return func(task string, done, total int) {
		if task == last && done < total && time.Since(told) < 200*time.Millisecond {
			return
		}
		last, told = task, time.Now()
		bridge.Emit("progress", map[string]any{"step": task, "done": done, "total": total, "detail": ""})
	}
}
