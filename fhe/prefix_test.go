package fhe

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestPrefixRoundTrip(t *testing.T) {
	t.Parallel()
	for name, p := range oddNets(t) {
		b, err := p.MarshalBinary()
		if err != nil {
			t.Fatal(name, err)
		}
		back, err := ParsePrefix(b)
		if err != nil {
			t.Fatal(name, err)
		}
		if !reflect.DeepEqual(back, p) {
			t.Errorf("%s came back different", name)
		}
		for what, m := range map[string][]byte{"trailing byte": append(slices.Clone(b), 0), "truncated": b[:len(b)-1], "empty": nil} {
			if _, err := ParsePrefix(m); !errors.Is(err, ErrPrefix) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}

func TestShapes(t *testing.T) {
	t.Parallel()
	shapes, err := trunkNet(t).Shapes()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]int{{8, 28, 28}, {8, 28, 28}, {8, 14, 14}, {16, 14, 14}, {16, 14, 14}, {16, 7, 7}, {32, 7, 7}, {32, 7, 7}, {64, 7, 7}, {64, 7, 7}, {64, 1, 1}, {64}}
	if !reflect.DeepEqual(shapes, want) {
		t.Errorf("%v, want %v", shapes, want)
	}
}

// Values computed by hand.
func TestEvalByHand(t *testing.T) {
	t.Parallel()
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	for _, c := range []struct {
		name string
		l    Layer
		want []float64
	}{
		{"conv with pads and stride", NewConv("c", Conv{In: 1, Out: 1, Kernel: [2]int{2, 2}, Stride: [2]int{2, 2}, Pads: [4]int{1, 1, 0, 0}, Weights: []float64{1, 10, 100, 1000}, Bias: []float64{0.5}}), []float64{1000.5, 3200.5, 7040.5, 9865.5}},
		{"dilated conv", NewConv("c", Conv{In: 1, Out: 1, Kernel: [2]int{2, 2}, Dilation: [2]int{2, 2}, Weights: []float64{1, 10, 100, 1000}}), []float64{1 + 30 + 700 + 9000}},
		{"pool without pads", NewPool("p", Pool{Kernel: [2]int{2, 2}, Stride: [2]int{2, 2}, Pads: [4]int{1, 1, 0, 0}}), []float64{1, 2.5, 5.5, 7}},
		{"pool with pads", NewPool("p", Pool{Kernel: [2]int{2, 2}, Stride: [2]int{2, 2}, Pads: [4]int{1, 1, 0, 0}, CountPads: true}), []float64{0.25, 1.25, 2.75, 7}},
		{"affine", NewAffine("a", Affine{Scale: []float64{2}, Shift: []float64{1}}), []float64{3, 5, 7, 9, 11, 13, 15, 17, 19}},
		{"quadratic", NewPoly("q", NewQuadratic([]float64{1}, []float64{-1}, []float64{2})), []float64{2, 4, 8, 14, 22, 32, 44, 58, 74}},
		{"reshape", NewReshape("r", 9), x},
	} {
		got, err := Prefix{Input: []int{1, 3, 3}, Layers: []Layer{c.l}}.Eval(x)
		if err != nil {
			t.Fatal(c.name, err)
		}
		wantClose(t, got, c.want, 1e-12)
	}
	if _, err := trunkNet(t).Eval(x); err == nil {
		t.Error("short input accepted")
	}
}

func TestMalformedPrefixesAreRefused(t *testing.T) {
	t.Parallel()
	dense := func(change func(d *Dense)) Layer {
		d := Dense{In: 4, Out: 2, Weights: make([]float64, 8)}
		change(&d)
		return NewDense("fc", d)
	}
	conv := func(change func(c *Conv)) Layer {
		c := Conv{In: 1, Out: 2, Kernel: [2]int{2, 2}, Weights: make([]float64, 8)}
		change(&c)
		return NewConv("conv", c)
	}
	for what, p := range map[string]Prefix{
		"no input":             {Layers: []Layer{dense(func(*Dense) {})}},
		"no layers":            {Input: []int{4}},
		"zero side":            {Input: []int{0}, Layers: []Layer{dense(func(*Dense) {})}},
		"two-dimensional":      {Input: []int{2, 2}, Layers: []Layer{dense(func(*Dense) {})}},
		"huge tensor":          {Input: []int{1 << 10, 1 << 10, 1 << 10}, Layers: []Layer{conv(func(*Conv) {})}},
		"overflowing tensor":   {Input: []int{math.MaxInt, 2, 2}, Layers: []Layer{conv(func(*Conv) {})}},
		"no kind":              {Input: []int{4}, Layers: []Layer{{Name: "x"}}},
		"two kinds":            {Input: []int{4}, Layers: []Layer{{Name: "x", Affine: &Affine{}, Poly: &Poly{}}}},
		"dense width":          {Input: []int{5}, Layers: []Layer{dense(func(*Dense) {})}},
		"dense on planes":      {Input: []int{4, 1, 1}, Layers: []Layer{dense(func(*Dense) {})}},
		"dense weights":        {Input: []int{4}, Layers: []Layer{dense(func(d *Dense) { d.Weights = d.Weights[1:] })}},
		"dense bias":           {Input: []int{4}, Layers: []Layer{dense(func(d *Dense) { d.Bias = []float64{1} })}},
		"not finite":           {Input: []int{4}, Layers: []Layer{dense(func(d *Dense) { d.Weights[3] = math.Inf(1) })}},
		"negative width":       {Input: []int{4}, Layers: []Layer{dense(func(d *Dense) { d.Out = -2 })}},
		"conv channels":        {Input: []int{2, 4, 4}, Layers: []Layer{conv(func(*Conv) {})}},
		"conv on flat":         {Input: []int{16}, Layers: []Layer{conv(func(*Conv) {})}},
		"conv groups":          {Input: []int{1, 4, 4}, Layers: []Layer{conv(func(c *Conv) { c.Groups = 2 })}},
		"conv pads":            {Input: []int{1, 4, 4}, Layers: []Layer{conv(func(c *Conv) { c.Pads[2] = 2 })}},
		"conv negative pads":   {Input: []int{1, 4, 4}, Layers: []Layer{conv(func(c *Conv) { c.Pads[0] = -1 })}},
		"conv kernel":          {Input: []int{1, 4, 4}, Layers: []Layer{conv(func(c *Conv) { c.Kernel = [2]int{5, 5} })}},
		"conv zero kernel":     {Input: []int{1, 4, 4}, Layers: []Layer{conv(func(c *Conv) { c.Kernel = [2]int{0, 2} })}},
		"conv weights":         {Input: []int{1, 4, 4}, Layers: []Layer{conv(func(c *Conv) { c.Weights = nil })}},
		"poly coefficients":    {Input: []int{2}, Layers: []Layer{NewPoly("p", NewQuadratic([]float64{1, 1}, []float64{1}, []float64{1, 1}))}},
		"affine without shift": {Input: []int{2}, Layers: []Layer{NewAffine("a", Affine{Scale: []float64{1, 1}})}},
		"reshape":              {Input: []int{4}, Layers: []Layer{NewReshape("r", 5)}},
		"reshape overflow":     {Input: []int{4}, Layers: []Layer{NewReshape("r", 1<<62, 4, 1)}},
	} {
		if err := p.Validate(); !errors.Is(err, ErrPrefix) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := p.MarshalBinary(); err == nil {
			t.Errorf("%s: written", what)
		}
	}
	p := Prefix{Input: []int{4}, Layers: []Layer{dense(func(d *Dense) { d.Bias = []float64{1} })}}
	if err := p.Validate(); !strings.Contains(err.Error(), `"fc"`) || !strings.Contains(err.Error(), "bias") {
		t.Errorf("%v names neither layer nor field", err)
	}
}

func FuzzParsePrefix(f *testing.F) {
	for _, keyless := range []bool{false, true} {
		b, err := smallPrefix(keyless).MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0xa2})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParsePrefix(b)
		if err != nil {
			return
		}
		back, err := p.MarshalBinary()
		if err != nil || !bytes.Equal(back, b) {
			t.Fatalf("accepted %x, wrote %x (%v)", b, back, err)
		}
	})
}
