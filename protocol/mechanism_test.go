package protocol

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// whole is a mechanism with everything in it, for an intermediate of [2 4 4].
func whole() Mechanism {
	return Mechanism{
		Layers: []ClientLayer{
			{Kind: LayerRelu},
			{Kind: LayerMaxPool, Kernel: [2]int{2, 2}, Strides: [2]int{2, 2}},
		},
		Projection: &Projection{Rows: 2, Matrix: make([]float64, 16), Mean: make([]float64, 8)},
		Mean:       []float64{0, 1}, Std: []float64{1, 2}, Clip: 4, Noise: 0.3, Bits: 12,
	}
}

func TestMechanism(t *testing.T) {
	t.Parallel()
	in := []int{2, 4, 4}
	m := whole()
	if err := m.Validate(in); err != nil {
		t.Fatal(err)
	}
	if got := m.Shape(in); !slices.Equal(got, []int{2}) {
		t.Errorf("shape %v", got)
	}
	if err := (Mechanism{}).Validate([]int{5}); err != nil {
		t.Errorf("nothing: %v", err)
	}
	if got := (Mechanism{}).Shape([]int{5}); !slices.Equal(got, []int{5}) {
		t.Errorf("shape of nothing %v", got)
	}
	for name, change := range map[string]func(*Mechanism){
		"noise is -1":           func(m *Mechanism) { m.Noise = -1 },
		"noise is NaN":          func(m *Mechanism) { m.Noise = math.NaN() },
		"noise is +Inf":         func(m *Mechanism) { m.Noise = math.Inf(1) },
		"clip is 1e+06":         func(m *Mechanism) { m.Clip = 1e6 },
		"bits is 25":            func(m *Mechanism) { m.Bits = 25 },
		"set clip":              func(m *Mechanism) { m.Clip = 0 },
		"needs the std of each": func(m *Mechanism) { m.Std = nil },
		"std has 3 values":      func(m *Mechanism) { m.Std = []float64{1, 1, 1} },
		"mean has 1 values":     func(m *Mechanism) { m.Mean = []float64{1} },
		"std must be positive":  func(m *Mechanism) { m.Std = []float64{1, 0} },
		"mean holds numbers":    func(m *Mechanism) { m.Mean = []float64{1, math.Inf(1)} },
		"kind is \"softmax\"":   func(m *Mechanism) { m.Layers[0].Kind = "softmax" },
		"a relu has no kernel":  func(m *Mechanism) { m.Layers[0].Kernel[0] = 1 },
		"windows of":            func(m *Mechanism) { m.Layers[1].Kernel[1] = 5 },
		"strides [0 2]":         func(m *Mechanism) { m.Layers[1].Strides[0] = 0 },
		"pads [2 0 0 0]":        func(m *Mechanism) { m.Layers[1].Pads[0] = 2 },
		"a maxpool makes": func(m *Mechanism) {
			m.Layers[1] = ClientLayer{Kind: LayerMaxPool, Kernel: [2]int{2, 1}, Strides: [2]int{1, 1}, Pads: [4]int{1, 0, 1, 0}}
		},
		"17 layers":             func(m *Mechanism) { m.Layers = slices.Repeat([]ClientLayer{{Kind: LayerRelu}}, 17) },
		"9 rows for 8 values":   func(m *Mechanism) { m.Projection.Rows = 9 },
		"0 rows":                func(m *Mechanism) { m.Projection.Rows = 0 },
		"matrix has 15 numbers": func(m *Mechanism) { m.Projection.Matrix = m.Projection.Matrix[1:] },
		"mean 7":                func(m *Mechanism) { m.Projection.Mean = m.Projection.Mean[1:] },
		"numbers out of bounds": func(m *Mechanism) { m.Projection.Matrix[3] = math.NaN() },
		"projected from 100":    func(m *Mechanism) { m.ProjectedFrom = 100 },
		"projected from -1":     func(m *Mechanism) { m.ProjectedFrom = -1 },
	} {
		m := whole()
		change(&m)
		if err := m.Validate(in); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := whole().Validate([]int{32}); !errors.Is(err, ErrMalformed) {
		t.Errorf("a maxpool of a list: %v", err)
	}
	if err := whole().Validate(nil); !errors.Is(err, ErrMalformed) {
		t.Errorf("no shape: %v", err)
	}
}

// TestMechanismDigest changes one field at a time: every one of them makes another mechanism, and survives a manifest.
func TestMechanismDigest(t *testing.T) {
	t.Parallel()
	base, err := whole().Digest()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[Digest]string{base: "nothing"}
	for name, change := range map[string]func(*Mechanism){
		"layers": func(m *Mechanism) { m.Layers = m.Layers[1:] }, "strides": func(m *Mechanism) { m.Layers[1].Strides[0] = 1 },
		"matrix": func(m *Mechanism) { m.Projection.Matrix[0] = 1e-300 }, "projection": func(m *Mechanism) { m.Projection = nil },
		"from": func(m *Mechanism) { m.ProjectedFrom = 9 }, "mean": func(m *Mechanism) { m.Mean[0] = 1 }, "std": func(m *Mechanism) { m.Std[0] = 3 },
		"clip": func(m *Mechanism) { m.Clip = 3 }, "noise": func(m *Mechanism) { m.Noise = 0.4 }, "bits": func(m *Mechanism) { m.Bits = 11 },
	} {
		m := whole()
		change(&m)
		d, err := m.Digest()
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[d]; ok {
			t.Errorf("%s and %s changed are the same mechanism", name, other)
		}
		seen[d] = name
	}
	b, err := Marshal(whole())
	if err != nil {
		t.Fatal(err)
	}
	var back Mechanism
	if err := Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if d, err := back.Digest(); err != nil || d != base {
		t.Errorf("read back as another: %v", err)
	}
}

// FuzzMechanism reads mechanisms from anybody: what validates has a shape no larger than its intermediate's.
func FuzzMechanism(f *testing.F) {
	b, err := Marshal(whole())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b, 2, 4, 4)
	f.Fuzz(func(t *testing.T, b []byte, c, h, w int) {
		var m Mechanism
		if Unmarshal(b, &m) != nil || m.Validate([]int{c, h, w}) != nil {
			return
		}
		in, _ := shapeSize([]int{c, h, w})
		if out, err := shapeSize(m.Shape([]int{c, h, w})); err != nil || out < 1 || out > in {
			t.Errorf("%d values become %d, %v", in, out, err)
		}
	})
}
