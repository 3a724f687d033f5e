package model

import (
	"math"
	"slices"
	"testing"
)

// apply evaluates a layer in float64, straight from its documentation.
func (l *PrefixLayer) apply(inputs ...[]float64) []float64 {
	x := inputs[0]
	switch l.Kind {
	case Affine, Poly:
		out := make([]float64, len(x))
		area := len(x) / l.InShape[0]
		for i, v := range x {
			ch := i / area
			if l.Kind == Affine {
				out[i] = l.Scale[ch]*v + l.Shift[ch]
				continue
			}
			for k, c := range l.Coefficients {
				out[i] += c[ch] * math.Pow(v, float64(k))
			}
		}
		return out
	case Add:
		out := make([]float64, len(x))
		for _, in := range inputs {
			for i, v := range in {
				out[i] += v
			}
		}
		return out
	case Concat:
		var out []float64
		for row := range product(l.OutShape[:l.Axis]) {
			for _, in := range inputs {
				n := len(in) / product(l.OutShape[:l.Axis])
				out = append(out, in[row*n:(row+1)*n]...)
			}
		}
		return out
	case Permute:
		out := make([]float64, len(x))
		own, step := strides(l.InShape), strides(l.OutShape)
		for i := range out {
			from := 0
			for axis, a := range l.Perm {
				from += i / step[axis] % l.OutShape[axis] * own[a]
			}
			out[i] = x[from]
		}
		return out
	case Pad:
		out := slices.Repeat([]float64{l.Value}, product(l.OutShape))
		own, step := strides(l.InShape), strides(l.OutShape)
		for i, v := range x {
			to := 0
			for axis := range 3 {
				to += (i/own[axis]%l.InShape[axis] + l.Before[axis]) * step[axis]
			}
			out[to] = v
		}
		return out
	case Dense:
		out := make([]float64, l.Rows)
		for r := range out {
			out[r] = l.Bias[r]
			for c, v := range x {
				out[r] += l.Weights[r*l.Cols+c] * v
			}
		}
		return out
	case Conv, Pool:
		return l.windows(x)
	}
	return x
}

func (l *PrefixLayer) windows(x []float64) []float64 {
	inC, h, w := l.InShape[0], l.InShape[1], l.InShape[2]
	var out []float64
	for o := range l.OutShape[0] {
		lo, hi := o, o+1 // a pool reads its own channel only
		if l.Kind == Conv {
			group := o / (l.OutShape[0] / l.Groups)
			lo, hi = group*inC/l.Groups, (group+1)*inC/l.Groups
		}
		for y := range l.OutShape[1] {
			for xo := range l.OutShape[2] {
				sum := 0.0
				for ch := lo; ch < hi; ch++ {
					for ky := range l.Kernel[0] {
						for kx := range l.Kernel[1] {
							iy := y*l.Strides[0] - l.Pads[0] + ky*l.Dilations[0]
							ix := xo*l.Strides[1] - l.Pads[1] + kx*l.Dilations[1]
							if iy < 0 || iy >= h || ix < 0 || ix >= w {
								continue
							}
							v := x[(ch*h+iy)*w+ix]
							if l.Kind == Conv {
								v *= l.Weights[((o*(hi-lo)+ch-lo)*l.Kernel[0]+ky)*l.Kernel[1]+kx]
							}
							sum += v
						}
					}
				}
				if l.Kind == Conv {
					sum += l.Bias[o]
				} else {
					sum /= float64(l.Divisor(y, xo))
				}
				out = append(out, sum)
			}
		}
	}
	return out
}

// checkLayers requires that the layers before a cut compute what the prefix computes.
func checkLayers(t *testing.T, g *Graph, c Cut, x []float32) []PrefixLayer {
	t.Helper()
	layers, err := g.PrefixLayers(c)
	if err != nil {
		t.Fatal(err)
	}
	prefix, _, err := g.Split(c)
	if err != nil {
		t.Fatal(err)
	}
	want, err := prefix.Eval(x)
	if err != nil {
		t.Fatal(err)
	}
	got := evaluate(t, layers, widen(x))
	scale := 1.0
	for _, v := range want {
		scale = max(scale, math.Abs(float64(v)))
	}
	if d := maxDiff(t, want, got); d > 2e-6*scale {
		t.Fatalf("layers differ from the prefix by %g (values up to %g)", d, scale)
	}
	return layers
}

// evaluate runs layers and requires that each of them is read.
func evaluate(t *testing.T, layers []PrefixLayer, x []float64) []float64 {
	t.Helper()
	values, read := [][]float64{x}, map[int]bool{len(layers): true}
	for i, l := range layers {
		var inputs [][]float64
		for _, in := range l.Inputs {
			if in < 0 || in > i {
				t.Fatalf("layer %d, %s, reads %d", i+1, l.Name, in)
			}
			inputs, read[in] = append(inputs, values[in]), true
		}
		if product(l.InShape) != len(inputs[0]) {
			t.Fatalf("layer %s takes %v, got %d values", l.Name, l.InShape, len(inputs[0]))
		}
		out := l.apply(inputs...)
		if product(l.OutShape) != len(out) {
			t.Fatalf("layer %s gives %d values, says %v", l.Name, len(out), l.OutShape)
		}
		values = append(values, out)
	}
	for i, l := range layers {
		if !read[i+1] {
			t.Fatalf("nothing reads layer %d, %s", i+1, l.Name)
		}
	}
	return values[len(layers)]
}
