package model

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
)

// samplesOf are inputs that fill the range of a graph's input.
func samplesOf(g *Graph, n int) [][]float64 {
	size := product(g.Inputs[0].Shape)
	all := ramp(n * size)
	var out [][]float64
	for i := range n {
		out = append(out, widen(all[i*size:(i+1)*size]))
	}
	return out
}

// TestApproximate replaces activations however they are written, and requires that the
// whole becomes one node, within the error that is reported.
func TestApproximate(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{
		"k": floats([]int{2, 2, 3, 3}, ramp(36)...), "one": floats([]int{}, 1), "half": floats([]int{1}, 0.5), "root": floats([]int{}, math.Sqrt2),
		"three": floats([]int{}, 3), "c": floats([]int{}, 0.044715), "s": floats([]int{}, 0.7978846), "zero": floats([]int{}, 0), "six": floats([]int{}, 6),
		"bn": floats([]int{2}, 2, -1), "var": floats([]int{2}, 1, 4),
	}
	tests := []struct {
		name, nodes, layer string
		f                  func(x float64) float64
		most               float64 // error, for a range of at most [-14, 14]
	}{
		{"Relu", "y=Relu(q)", "y", func(x float64) float64 { return max(x, 0) }, 0.5},
		{"LeakyRelu", "y=LeakyRelu(q){alpha=0.2}", "y", func(x float64) float64 { return max(x, 0.2*x) }, 0.4},
		{"Sigmoid", "y=Sigmoid(q)", "y", func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 0.05},
		{"Tanh", "y=Tanh(q)", "y", math.Tanh, 0.3},
		{"Relu6", "y=Clip(q,zero,six)", "y", func(x float64) float64 { return min(max(x, 0), 6) }, 0.5},
		{"Gelu", "y=Gelu(q)", "y", gelu(&call{node: &Node{}}), 0.3},
		{"Gelu by Erf", "a=Div(q,root) b=Erf(a) d=Add(b,one) e=Mul(q,d) y=Mul(e,half)", "b", gelu(&call{node: &Node{}}), 0.3},
		{"Gelu by Erf, half first", "h=Mul(q,half) a=Div(q,root) b=Erf(a) d=Add(b,one) y=Mul(h,d)", "b", gelu(&call{node: &Node{}}), 0.3},
		{"Gelu by Tanh", "p=Pow(q,three) a=Mul(p,c) d=Add(q,a) e=Mul(d,s) b=Tanh(e) l=Add(b,one) h=Mul(half,q) y=Mul(h,l)", "b", gelu(&call{node: &Node{}}), 0.3},
		{"Silu", "a=Sigmoid(q) y=Mul(q,a)", "a", func(x float64) float64 { return x / (1 + math.Exp(-x)) }, 0.2},
		{"HardSwish", "y=HardSwish(q)", "y", func(x float64) float64 { return x * min(max(x/6+0.5, 0), 1) }, 0.2},
		{"HardSwish by Clip", "a=Add(q,three) b=Clip(a,zero,six) d=Mul(q,b) y=Div(d,six)", "b", func(x float64) float64 { return x * min(max(x/6+0.5, 0), 1) }, 0.2},
		{"after a normalization", "r=BatchNormalization(q,bn,bn,bn,var) y=Relu(r)", "y", nil, 1},
		{"on a skip", "a=Relu(q) y=Add(q,a)", "a", nil, 0.5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := file(t, []int64{1, 2, 6, 6}, "q=Conv(x,k) "+tt.nodes+" o=Conv(y,k)", consts)
			m.OpsetImport[0].Version = 20
			g, err := Parse(marshal(t, m))
			if err != nil {
				t.Fatal(err)
			}
			samples := samplesOf(g, 8)
			approximated, done, err := g.Approximate([]Approximation{{Layer: tt.layer}}, samples)
			if err != nil {
				t.Fatal(err)
			}
			a := done[0]
			if len(done) != 1 || a.Degree != 7 || !(a.MaxError > 0 && a.MaxError < tt.most) || a.Low < -14 || a.High > 14 {
				t.Errorf("got %+v", done)
			}
			checkLayers(t, approximated, Cut{Value: "y"}, narrow(samples[0]))
			checkSplits(t, approximated)
			checkWithin(t, g, approximated, samples, 1.001*a.MaxError)
			if tt.f != nil {
				checkFunction(t, approximated, samples, tt.f, 1.001*a.MaxError)
			}
		})
	}
}

func narrow(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}

// prefixOf is the part of a graph before a value.
func prefixOf(t *testing.T, g *Graph, value string) *Graph {
	t.Helper()
	prefix, _, err := g.Split(Cut{Value: value})
	if err != nil {
		t.Fatal(err)
	}
	return prefix
}

// checkWithin requires that two graphs give nearly the same y.
func checkWithin(t *testing.T, g, h *Graph, samples [][]float64, most float64) {
	t.Helper()
	for _, x := range samples {
		want, err := prefixOf(t, g, "y").Eval(narrow(x))
		if err != nil {
			t.Fatal(err)
		}
		got, err := prefixOf(t, h, "y").Eval(narrow(x))
		if err != nil {
			t.Fatal(err)
		}
		if d := maxDiff(t, got, want); d > most {
			t.Errorf("differs by %g, reported is %g", d, most)
		}
	}
}

// checkFunction requires that y is nearly f of q.
func checkFunction(t *testing.T, g *Graph, samples [][]float64, f func(float64) float64, most float64) {
	t.Helper()
	for _, x := range samples {
		q, err := prefixOf(t, g, "q").Eval(narrow(x))
		if err != nil {
			t.Fatal(err)
		}
		y, err := prefixOf(t, g, "y").Eval(narrow(x))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range q {
			if d := math.Abs(float64(y[i]) - f(float64(v))); d > most+1e-5 {
				t.Fatalf("value %d differs by %g, reported is %g", i, d, most)
			}
		}
	}
}

// TestApproximateShared replaces an activation alone if more than its product with
// the input is needed.
func TestApproximateShared(t *testing.T) {
	t.Parallel()
	g := build(t, []int{1, 2}, "a=Sigmoid(x) b=Mul(x,a) y=Add(b,a)", nil)
	h, _, err := g.Approximate([]Approximation{{Layer: "a"}}, [][]float64{{-2, 2}})
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Nodes) != 3 || h.Nodes[0].Op != polynomialOp {
		t.Errorf("got %v", h.Nodes)
	}
	want, err := g.Eval([]float32{-1.5, 0.75})
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.Eval([]float32{-1.5, 0.75})
	if err != nil {
		t.Fatal(err)
	}
	if d := maxDiff(t, got, want); d == 0 || d > 1e-3 {
		t.Errorf("differs by %g", d)
	}
}

// TestChebyshev requires that polynomials are found exactly, in powers of what is on [-1, 1].
func TestChebyshev(t *testing.T) {
	t.Parallel()
	for degree := 3; degree <= 7; degree++ {
		want := approximating{low: -2, high: 5, coefficients: widen(ramp(degree + 1))}
		got := chebyshev(-2, 5, degree, want.eval)
		if d := maxDiff(t, got.coefficients, want.coefficients); d > 1e-6 {
			t.Errorf("degree %d: coefficients %v, want %v", degree, got.coefficients, want.coefficients)
		}
	}
	if a := chebyshev(-3, 3, 7, math.Abs); a.coefficients[1] != 0 || a.coefficients[7] != 0 || a.coefficients[6] == 0 {
		t.Errorf("an even function has coefficients %v", a.coefficients)
	}
}

// TestApproximateInterval holds where the interval comes from.
func TestApproximateInterval(t *testing.T) {
	t.Parallel()
	g := build(t, []int{1, 2}, "y=Tanh(x)", nil)
	samples := [][]float64{{-1, 0.5}, {0, 3}}
	tests := []struct {
		name      string
		a         Approximation
		samples   [][]float64
		low, high float64
	}{
		{"range and a tenth", Approximation{Layer: "y"}, samples, -1.4, 3.4},
		{"given", Approximation{Layer: "y", Degree: 3, Low: -2, High: 0}, nil, -2, 0},
		{"one value", Approximation{Layer: "y"}, [][]float64{{20, 20}}, 18, 22},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, done, err := g.Approximate([]Approximation{tt.a}, tt.samples)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(done[0].Low-tt.low)+math.Abs(done[0].High-tt.high) > 1e-5 {
				t.Errorf("interval from %g to %g, want %g to %g", done[0].Low, done[0].High, tt.low, tt.high)
			}
			again, _, err := g.Approximate(done, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(h.Marshal(), again.Marshal()) {
				t.Error("the approximation that was reported gives another graph")
			}
		})
	}
}

// TestApproximateScope replaces all activations of a layer, each on its own interval.
func TestApproximateScope(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{"n": floats([]int{}, 10)}
	m := file(t, []int64{1, 2}, "a=Softplus(x) b=Tanh(a) c=Mul(x,b) d=Mul(c,n) e=Relu(d) y=Relu(e)", consts)
	for i, name := range []string{"/act/Softplus", "/act/Tanh", "/act/Mul", "/scale/Mul", "/block/Relu", "/block/Relu_1"} {
		m.Graph.Node[i].Name = name
	}
	g, err := Parse(marshal(t, m))
	if err != nil {
		t.Fatal(err)
	}
	h, done, err := g.Approximate([]Approximation{{Layer: "block", Degree: 3}, {Layer: "act"}}, [][]float64{{-1, 1}, {2, 0}})
	if err != nil {
		t.Fatal(err)
	}
	if len(done) != 3 || done[0].Layer != "/block/Relu" || done[1].Layer != "/block/Relu_1" || done[2].Layer != "act" {
		t.Fatalf("got %+v", done)
	}
	if done[0].Low >= 0 || done[1].Low >= 0 || done[1].Low <= done[0].Low || done[2].High > 2.31 {
		t.Errorf("intervals %+v", done)
	}
	if len(h.Nodes) != 3 { // Mish with the factor, and twice a Relu
		t.Errorf("%d nodes are left", len(h.Nodes))
	}
}

func TestApproximateRefuses(t *testing.T) {
	t.Parallel()
	g := build(t, []int{1, 2}, "a=Relu(x) b=Log(a) y=Neg(b)", nil)
	nan := math.NaN()
	tests := []struct {
		name    string
		list    []Approximation
		samples [][]float64
		want    error
		text    string
	}{
		{"no such layer", []Approximation{{Layer: "none", Low: -1, High: 1}}, nil, ErrApproximation, "choose one of [a b]"},
		{"no activation", []Approximation{{Layer: "y", Low: -1, High: 1}}, nil, ErrApproximation, "choose one of [a b]"},
		{"no name", []Approximation{{Low: -1, High: 1}}, nil, ErrApproximation, "choose one of"},
		{"twice", []Approximation{{Layer: "a", Low: -1, High: 1}, {Layer: "a", Low: -1, High: 1}}, nil, ErrApproximation, "another approximation"},
		{"low degree", []Approximation{{Layer: "a", Degree: 2}}, nil, ErrApproximation, "from 3 to 7"},
		{"high degree", []Approximation{{Layer: "a", Degree: 8}}, nil, ErrApproximation, "from 3 to 7"},
		{"no samples", []Approximation{{Layer: "a"}}, nil, ErrApproximation, "give some"},
		{"short sample", []Approximation{{Layer: "a"}}, [][]float64{{1}}, ErrInput, "1 values"},
		{"wrong order", []Approximation{{Layer: "a", Low: 1, High: -1}}, nil, ErrApproximation, "in order"},
		{"no number", []Approximation{{Layer: "a", Low: nan, High: 1}}, nil, ErrApproximation, "in order"},
		{"infinite", []Approximation{{Layer: "a", Low: math.Inf(-1), High: 1}}, nil, ErrApproximation, "finite"},
		{"pole", []Approximation{{Layer: "b", Low: -1, High: 1}}, nil, ErrApproximation, "no finite values"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := g.Approximate(tt.list, tt.samples)
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("got %v, want %v with %q", err, tt.want, tt.text)
			}
		})
	}
}
