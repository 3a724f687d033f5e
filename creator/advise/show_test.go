package advise

import (
	"bytes"
	"errors"
	"testing"

	"github.com/encrypted-compute/encompute/privacy/leakage"
	"github.com/encrypted-compute/encompute/protocol"
)

// flat is a matrix whose rows hold one value each.
func flat(cols int, values ...float32) leakage.Matrix {
	m := leakage.NewMatrix(len(values), cols)
	for i, v := range values {
		for j := range cols {
			m.Row(i)[j] = v
		}
	}
	return m
}

func TestShow(t *testing.T) {
	t.Parallel()
	p := show([]int{1, 2, 2}, flat(4, 0.25, 1), flat(4, 0.75, 0.9))
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	var got []byte
	for _, pair := range p.Pairs {
		got = append(got, pair.Record[0], pair.Rebuilt[0])
	}
	if want := []byte{64, 191, 255, 229}; !bytes.Equal(got, want) {
		t.Errorf("records and reconstructions: %v, want %v", got, want)
	}
	for _, shape := range [][]int{{4}, {2, 1, 2}} {
		if show(shape, flat(4, 1), flat(4, 1)) != nil {
			t.Errorf("records of shape %v are shown as pictures", shape)
		}
	}
	if show([]int{1, 2, 2}, leakage.Matrix{}, leakage.Matrix{}) != nil {
		t.Error("pictures are shown unasked")
	}
}

// Colors are taken from planes, and large pictures shrink by whole factors.
func TestShowShrinks(t *testing.T) {
	t.Parallel()
	const side = 2 * protocol.MaxPictureSide
	record := leakage.NewMatrix(1, 3*side*side)
	for i := range record.Data {
		if c := i / (side * side); c == 1 || c == 2 && i%2 == 1 {
			record.Data[i] = 1
		}
	}
	p := show([]int{3, side, side}, record, flat(3*side*side, 2))
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	if want := []byte{0, 255, 128}; p.Width != protocol.MaxPictureSide || !bytes.Equal(p.Pairs[0].Record[:3], want) {
		t.Errorf("width %d, first pixel %v, want %d and %v", p.Width, p.Pairs[0].Record[:3], protocol.MaxPictureSide, want)
	}
	if p.Pairs[0].Rebuilt[0] != 255 {
		t.Errorf("a value above 1 gives the shade %d", p.Pairs[0].Rebuilt[0])
	}
}

func TestDataShow(t *testing.T) {
	t.Parallel()
	d := Data{Train: leakage.Records{X: flat(2, 0, 1)}, Range: protocol.Range{Low: -1, High: 3}}
	if err := d.Show([][]float64{{-1, 1}}); err != nil || d.Shown.Data[0] != 0 || d.Shown.Data[1] != 0.5 {
		t.Errorf("%v: %v, want 0 and 0.5", err, d.Shown.Data)
	}
	for name, list := range map[string][][]float64{
		"short": {{1}}, "out of range": {{1, 4}}, "too many": make([][]float64, protocol.MaxPictures+1),
	} {
		if err := d.Show(list); !errors.Is(err, ErrData) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
