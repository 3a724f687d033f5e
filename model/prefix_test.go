package model

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// apply evaluates a layer in float64, straight from its documentation.
func (l *PrefixLayer) apply(x []float64) []float64 {
	switch l.Kind {
	case Affine, Poly:
		out := make([]float64, len(x))
		area := len(x) / l.InShape[0]
		for i, v := range x {
			ch := i / area
			if l.Kind == Affine {
				out[i] = l.Scale[ch]*v + l.Shift[ch]
			} else {
				out[i] = l.A[ch]*v*v + l.B[ch]*v + l.C[ch]
			}
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
	got := widen(x)
	for _, l := range layers {
		if product(l.InShape) != len(got) {
			t.Fatalf("layer %s takes %v, got %d values", l.Name, l.InShape, len(got))
		}
		if got = l.apply(got); product(l.OutShape) != len(got) {
			t.Fatalf("layer %s gives %d values, says %v", l.Name, len(got), l.OutShape)
		}
	}
	scale := 1.0
	for _, v := range want {
		scale = max(scale, math.Abs(float64(v)))
	}
	if d := maxDiff(t, want, got); d > 2e-6*scale {
		t.Fatalf("layers differ from the prefix by %g (values up to %g)", d, scale)
	}
	return layers
}

// kinds lists the kinds of layers, joined by spaces.
func kinds(layers []PrefixLayer) string {
	var out []string
	for _, l := range layers {
		out = append(out, string(l.Kind))
	}
	return strings.Join(out, " ")
}

// TestPolynomialForms writes one polynomial in many ways; each must become one layer.
func TestPolynomialForms(t *testing.T) {
	t.Parallel()
	perChannel := map[string]*Tensor{
		"a": floats([]int{2, 1, 1}, 0.5, -2), "b": floats([]int{1, 2, 1, 1}, 3, 0.25), "c": floats([]int{}, -0.75),
		"one": floats([]int{1}, 1), "two": floats([]int{}, 2), "itwo": ints([]int{}, 2),
	}
	tests := []struct {
		name  string
		nodes string
		want  string
	}{
		{"torch", "u=Mul(a,x) v=Mul(u,x) w=Mul(b,x) s=Add(v,w) y=Add(s,c)", "poly"},
		{"constants on the right", "u=Mul(x,a) v=Mul(x,u) w=Mul(x,b) s=Add(w,v) y=Add(c,s)", "poly"},
		{"horner", "u=Mul(x,a) v=Add(u,b) w=Mul(v,x) y=Sub(w,c)", "poly"},
		{"square by Mul", "y=Mul(x,x)", "poly"},
		{"square by Pow", "y=Pow(x,two)", "poly"},
		{"square by integer Pow", "y=Pow(x,itwo)", "poly"},
		{"square of a sum", "u=Add(x,b) y=Mul(u,u)", "poly"},
		{"scaled square", "u=Mul(x,x) v=Mul(u,a) y=Neg(v)", "poly"},
		{"division", "u=Mul(x,x) v=Div(u,a) y=Add(v,x)", "poly"},
		{"affine", "u=Mul(x,a) y=Add(u,c)", "affine"},
		{"constant minus", "y=Sub(c,x)", "affine"},
		{"first power", "u=Pow(x,one) y=Mul(u,b)", "affine"},
		{"cancelled square", "u=Mul(x,x) v=Add(u,x) y=Sub(v,u)", ""},
		{"quartic", "u=Mul(x,x) v=Add(u,c) y=Mul(v,v)", "poly poly"},
		{"identity", "u=Identity(x) v=Dropout(u) y=Mul(v,a)", "affine"},
		{"sum", "u=Mul(x,x) y=Sum(u,x,c)", "poly"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := build(t, []int{1, 2, 3, 3}, tt.nodes+" z=Relu(y)", perChannel)
			layers := checkLayers(t, g, lastCut(t, g), ramp(18))
			if got := kinds(layers); got != tt.want {
				t.Errorf("got layers %q, want %q", got, tt.want)
			}
		})
	}
}

// lastCut is the cut before the graph's last node.
func lastCut(t *testing.T, g *Graph) Cut {
	t.Helper()
	cuts := g.Cuts()
	if len(cuts) == 0 {
		return Cut{Value: g.Nodes[len(g.Nodes)-1].Inputs[0]}
	}
	return cuts[len(cuts)-1]
}

// TestLinearForms holds the other shapes in which exporters write linear layers.
func TestLinearForms(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{
		"k":  floats([]int{3, 2, 3, 3}, ramp(54)...),
		"k1": floats([]int{4, 1, 3, 3}, ramp(36)...),
		"kl": floats([]int{2, 2, 3}, ramp(12)...),
		"b3": floats([]int{3}, 1, -2, 3), "b4": floats([]int{4}, 1, -2, 3, -4),
		"w": floats([]int{98, 3}, ramp(294)...), "wt": floats([]int{3, 98}, ramp(294)...),
		"row": floats([]int{1, 3}, 5, 6, 7), "n": floats([]int{}, 0.5),
		"pads": ints([]int{8}, 0, 0, 1, 2, 0, 0, 0, 1), "zero": ints([]int{8}, 0, 0, 0, 0, 0, 0, 0, 0),
		"flat": ints([]int{2}, 0, -1), "ax0": ints([]int{1}, 0), "ax3": ints([]int{1}, 3),
		"s": floats([]int{2}, 2, -1), "sh": floats([]int{2}, 0.5, 1), "mean": floats([]int{2}, 0.1, 0.2), "var": floats([]int{2}, 1, 4),
	}
	tests := []struct {
		name, nodes, want string
	}{
		{"asymmetric pads", "y=Conv(x,k,b3){pads=1,0,2,1 strides=2,1}", "conv"},
		{"no bias", "y=Conv(x,k){dilations=2,2}", "conv"},
		{"same upper", "y=Conv(x,k,b3){auto_pad=SAME_UPPER strides=2,2}", "conv"},
		{"same lower", "y=Conv(x,k,b3){auto_pad=SAME_LOWER strides=3,2}", "conv"},
		{"depthwise", "y=Conv(x,k1,b4){group=2}", "conv"},
		{"pad then conv", "p=Pad(x,pads) y=Conv(p,k,b3)", "conv"},
		{"no-op pad", "p=Pad(x,zero) y=AveragePool(p){kernel_shape=2,2 strides=2,2}", "pool"},
		{"pool counts no pads", "y=AveragePool(x){kernel_shape=3,3 pads=1,1,1,1 strides=2,2}", "pool"},
		{"pool counts pads", "y=AveragePool(x){kernel_shape=3,3 pads=1,1,1,1 count_include_pad=1}", "pool"},
		{"pool rounds up", "y=AveragePool(x){kernel_shape=3,3 strides=2,2 ceil_mode=1 pads=0,1,0,0 count_include_pad=1}", "pool"},
		{"pad then pool", "p=Pad(x,pads) y=AveragePool(p){kernel_shape=2,2}", "pool"},
		{"pad then global pool", "p=Pad(x,pads) y=GlobalAveragePool(p)", "pool"},
		{"spatial mean", "m=ReduceMean(x){axes=2,3 keepdims=0} y=Mul(m,n)", "pool affine"},
		{"one-dimensional", "a=Reshape(x,flat2) q=Conv(a,kl){pads=1,2} y=AveragePool(q){kernel_shape=4}", "reshape conv pool"},
		{"gemm", "f=Flatten(x) y=Gemm(f,w,b3){alpha=0.5 beta=2.0}", "reshape dense"},
		{"gemm transposed", "f=Reshape(x,flat) y=Gemm(f,wt,row){transB=1}", "reshape dense"},
		{"gemm scalar bias", "f=Flatten(x) y=Gemm(f,w,n)", "reshape dense"},
		{"gemm no bias", "f=Flatten(x) y=Gemm(f,w)", "reshape dense"},
		{"matmul", "f=Flatten(x) m=MatMul(f,w) y=Add(m,row)", "reshape dense affine"},
		{"normalization", "y=BatchNormalization(x,s,sh,mean,var){epsilon=0.01}", "affine"},
		{"normalization and square", "q=BatchNormalization(x,s,sh,mean,var) y=Mul(q,q)", "poly"},
		{"reshapes keep the order", "a=Squeeze(x,ax0) b=Unsqueeze(a,ax3) c=Transpose(b){perm=0,1,3,2} y=Mul(c,n)", "reshape affine"},
	}
	consts["flat2"] = ints([]int{3}, 1, 2, -1)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := build(t, []int{1, 2, 7, 7}, tt.nodes+" z=Relu(y)", consts)
			layers := checkLayers(t, g, lastCut(t, g), ramp(98))
			if got := kinds(layers); got != tt.want {
				t.Errorf("got layers %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNotEncryptable(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{
		"k": floats([]int{2, 2, 1, 1}, 1, 2, 3, 4), "row": floats([]int{4}, 1, 2, 3, 4), "n": floats([]int{}, 2), "three": floats([]int{}, 3),
		"pads": ints([]int{8}, 0, 0, 1, 1, 0, 0, 1, 1), "one": floats([]int{}, 1), "big": floats([]int{2, 1, 1, 1, 1}, 1, 2),
		"w": floats([]int{4, 4}, ramp(16)...),
	}
	tests := []struct {
		name, nodes, op, remedy string
	}{
		{"maximum", "y=MaxPool(x){kernel_shape=2,2}", "MaxPool", "AveragePool"},
		{"activation", "y=Sigmoid(x)", "Sigmoid", "polynomial"},
		{"softmax", "y=Softmax(x)", "Softmax", "suffix"},
		{"cube", "y=Pow(x,three)", "Pow", "squares"},
		{"cube by Mul", "u=Mul(x,x) y=Mul(u,x)", "Mul", "squares"},
		{"secret divisor", "y=Div(n,x)", "Div", "constants"},
		{"residual", "u=Conv(x,k) y=Add(u,x)", "Conv", "skip"},
		{"per column", "y=Mul(x,row)", "Mul", "channel"},
		{"padding alone", "p=Pad(x,pads) y=Mul(p,n)", "Pad", "convolution"},
		{"padding with ones", "p=Pad(x,pads,one) y=Conv(p,k)", "Pad", "convolution"},
		{"transpose", "y=Transpose(x){perm=0,1,3,2}", "Transpose", "channels"},
		{"mean over channels", "y=ReduceMean(x){axes=1}", "ReduceMean", "height"},
		{"broadcast up", "y=Mul(x,big)", "Mul", "cut"},
		{"matrix of rows", "y=MatMul(x,w)", "MatMul", "flatten"},
		{"some pads count", "p=Pad(x,pads) y=AveragePool(p){kernel_shape=3,3 pads=1,1,1,1}", "AveragePool", "one place"},
		{"other", "y=Sqrt(x)", "Sqrt", "cut before"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := build(t, []int{1, 2, 4, 4}, tt.nodes+" z=Relu(y)", consts)
			_, err := g.PrefixLayers(Cut{Value: "y"})
			var ne *NotEncryptable
			if !errors.As(err, &ne) {
				t.Fatalf("got %v, want NotEncryptable", err)
			}
			if ne.Op != tt.op || !strings.Contains(ne.Remedy, tt.remedy) || ne.Why == "" || ne.Layer == "" {
				t.Errorf("got %+v, want operator %s and a remedy with %q", ne, tt.op, tt.remedy)
			}
		})
	}
}
