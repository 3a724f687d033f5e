package fhe

import (
	"errors"
	"fmt"
	"math"
	"testing"
)

// Evaluating a prefix by its maps gives what Eval gives.
func TestMaps(t *testing.T) {
	t.Parallel()
	nets := map[string]Prefix{"trunk": trunkNet(t), "lola": lolaNet(t)}
	for name, p := range oddNets(t) {
		nets[name] = p
	}
	for seed := range uint64(20) {
		nets[fmt.Sprint("random ", seed)] = randomNet(t, seed, 8)
	}
	for name, p := range nets {
		x := make([]float64, size(p.Input))
		r := newRand(1)
		for i := range x {
			x[i] = r.Float64()
		}
		want, err := p.Eval(x)
		if err != nil {
			t.Fatal(name, err)
		}
		got := evalMaps(t, p, x)
		if len(got) != len(want) {
			t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
		}
		for i, v := range want {
			if math.Abs(got[i]-v) > 1e-9*(1+math.Abs(v)) {
				t.Fatalf("%s: value %d is %v, want %v", name, i, got[i], v)
			}
		}
	}
	if _, err := trunkNet(t).Maps(12); !errors.Is(err, ErrPrefix) {
		t.Errorf("a layer that is not there: %v", err)
	}
}

func evalMaps(t *testing.T, p Prefix, x []float64) []float64 {
	t.Helper()
	values := [][]float64{x}
	for i, l := range p.Layers {
		maps, err := p.Maps(i)
		if err != nil {
			t.Fatal(err)
		}
		reads := p.Reads(i)
		if (l.Poly != nil) != (len(maps) == 0) || l.Poly == nil && len(maps) != len(reads) {
			t.Fatalf("layer %q has %d maps of %d values", l.Name, len(maps), len(reads))
		}
		if l.Poly != nil {
			in := values[reads[0]]
			y := make([]float64, len(in))
			plane := len(in) / len(l.Poly.Coefficients[0])
			for j, v := range in {
				y[j] = l.Poly.at(j/plane, v)
			}
			values = append(values, y)
			continue
		}
		y := make([]float64, maps[0].Rows())
		for k, m := range maps {
			if m.Columns != len(values[reads[k]]) {
				t.Fatalf("layer %q: map of %d columns for %d values", l.Name, m.Columns, len(values[reads[k]]))
			}
			for row := range y {
				y[row] += m.Bias[row]
				for j := m.Start[row]; j < m.Start[row+1]; j++ {
					y[row] += m.Values[j] * values[reads[k]][m.Column[j]]
				}
			}
		}
		values = append(values, y)
	}
	return values[len(values)-1]
}
