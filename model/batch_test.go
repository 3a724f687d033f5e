package model

import (
	"errors"
	"fmt"
	"math"
	"testing"
)

// TestBatches holds that samples are evaluated by themselves, whether the graph lets
// them be evaluated together or not.
func TestBatches(t *testing.T) {
	t.Parallel()
	consts := smallConsts()
	consts["flat"], consts["whole"], consts["copy"] = ints([]int{2}, 1, -1), ints([]int{2}, -1, 4), ints([]int{2}, 0, -1)
	consts["w4"], consts["i"], consts["minus"] = floats([]int{4, 4}, ramp(16)...), ints([]int{1}, 0), ints([]int{1}, -1)
	consts["low"], consts["m2"] = ints([]int{1}, math.MinInt64), floats([]int{1, 1}, 2)
	tests := []struct {
		name, nodes string
		together    bool
	}{
		{"network", "c=Conv(x,k,b){pads=1,1,1,1} r=MaxPool(c){kernel_shape=2,2 strides=2,2} f=Flatten(r) y=Softmax(f)", true},
		{"groups and strides", "a=Transpose(x){perm=0,2,3,1} s,t=Split(a){axis=1} c=Concat(s,t){axis=-1} m=MatMul(c,w4) y=InstanceNormalization(m,two,two)", true},
		{"reshape to one sample", "y=Reshape(x,flat)", true},
		{"reshape by copy", "y=Reshape(x,copy)", true},
		{"shape of the input", "s=Shape(x) n=Gather(s,i) u=Concat(n,minus){axis=0} y=Reshape(x,u)", true},
		{"rows of several samples", "f=Reshape(x,whole) m=MatMul(f,w4) y=Reshape(m,flat)", false},
		{"softmax over the batch", "y=Softmax(x){axis=0}", false},
		{"softmax from the batch on", "f=Flatten(x) y=Softmax(f){axis=-2}", false},
		{"batch reversed", "y=Slice(x,minus,low,i,minus)", false},
		{"batch moved away", "a=Transpose(x){perm=1,0,2,3} s=Softmax(a){axis=1} y=Transpose(s){perm=1,0,2,3}", false},
		{"mean over the batch", "a=ReduceMean(x){axes=0} y=Sub(x,a)", false},
		{"sum with a row", "f=Flatten(x) s=Squeeze(f,i) y=Add(f,s)", false},
		{"product of samples", "f=Flatten(x) g=Gemm(f,f){transB=1} y=Mul(g,m2)", false},
		{"labels", "f=Flatten(x) y=ArgMax(f){axis=1}", true},
	}
	consts["two"] = floats([]int{2}, 2, 1)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := build(t, []int{1, 2, 4, 4}, tt.nodes, consts)
			if g.keepsSamplesApart() != tt.together {
				t.Errorf("samples can be evaluated together: %v, want %v", !tt.together, tt.together)
			}
			for _, samples := range []int{1, 2, 3, 97} {
				checkBatch(t, g, samples)
			}
		})
	}
}

func checkBatch(t *testing.T, g *Graph, samples int) {
	t.Helper()
	size, in := product(g.Inputs[0].Shape), g.Inputs[0]
	x := ramp(samples * size)
	got, err := g.Run(map[string]*Tensor{in.Name: floats(withBatch(in.Shape, samples), x...)})
	if err != nil {
		t.Fatal(err)
	}
	for i := range samples {
		want, err := g.Run(map[string]*Tensor{in.Name: floats(in.Shape, x[i*size:(i+1)*size]...)})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range g.Outputs {
			y, w := got[v.Name], want[v.Name]
			if n := w.len(); fmt.Sprint(y.Shape) != fmt.Sprint(withBatch(v.Shape, samples)) || y.len() != n*samples {
				t.Fatalf("%s has shape %v for %d samples", v.Name, y.Shape, samples)
			} else if d := maxDiff(t, y.wide()[i*n:(i+1)*n], w.wide()); d > 1e-6 {
				t.Fatalf("sample %d of %d differs by %g", i, samples, d)
			}
		}
	}
}

// TestExampleBatches holds that the examples are evaluated many samples at a time.
func TestExampleBatches(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"tab-wdbc", "mnist-lola", "pneumonia-trunk"} {
		g := example(t, name)
		if g.perRun() < 2 {
			t.Errorf("%s is evaluated %d sample at a time", name, g.perRun())
		}
		checkBatch(t, g, 5)
	}
	for seed := range uint64(10) {
		checkBatch(t, randomGraph(t, seed), 3)
	}
}

func TestBatchRefused(t *testing.T) {
	t.Parallel()
	one := build(t, []int{1, 3}, "y=Relu(x)", nil)
	none := build(t, []int{3}, "y=Relu(x)", nil)
	two := file(t, []int64{1, 2}, "y=Add(x,z)", nil)
	two.Graph.Input = append(two.Graph.Input, encodeValue(Value{Name: "z", Shape: []int{1, 2}}))
	pair, err := Parse(marshal(t, two))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		g  *Graph
		in map[string]*Tensor
	}{
		"no samples":        {one, map[string]*Tensor{"x": floats([]int{0, 3})}},
		"no batch":          {none, map[string]*Tensor{"x": floats([]int{6}, ramp(6)...)}},
		"different samples": {pair, map[string]*Tensor{"x": floats([]int{2, 2}, ramp(4)...), "z": floats([]int{3, 2}, ramp(6)...)}},
	} {
		if _, err := tt.g.Run(tt.in); !errors.Is(err, ErrInput) {
			t.Errorf("%s: got %v, want %v", name, err, ErrInput)
		}
	}
}

func TestValueTensor(t *testing.T) {
	t.Parallel()
	float, whole, truth := Value{Name: "f", Shape: []int{1, 2}}, Value{Name: "i", Shape: []int{1, 2}, Type: Int}, Value{Name: "b", Shape: []int{2}, Type: Bool}
	for _, tt := range []struct {
		name    string
		value   Value
		samples [][]float64
		want    string
	}{
		{"one", float, [][]float64{{1.5, 2}}, "float [1 2] [1.5 2] []"},
		{"several", float, [][]float64{{1, 2}, {3, 4}}, "float [2 2] [1 2 3 4] []"},
		{"integers", whole, [][]float64{{1, -2}}, "int64 [1 2] [] [1 -2]"},
		{"truths", truth, [][]float64{{1, 0}}, "bool [2] [] [1 0]"},
		{"fraction", whole, [][]float64{{1, 0.5}}, ""},
		{"not a number", whole, [][]float64{{1, math.NaN()}}, ""},
		{"too large", whole, [][]float64{{1, 1e300}}, ""},
		{"no truth", truth, [][]float64{{1, 2}}, ""},
		{"too few", float, [][]float64{{1}}, ""},
		{"several without a batch", truth, [][]float64{{1, 0}, {0, 0}}, ""},
	} {
		x, err := tt.value.Tensor(tt.samples...)
		switch {
		case tt.want == "" && !errors.Is(err, ErrInput):
			t.Errorf("%s: got %v, want %v", tt.name, err, ErrInput)
		case tt.want != "" && (err != nil || fmt.Sprint(x.Type, x.Shape, x.Floats, x.Ints) != tt.want):
			t.Errorf("%s: got %+v, %v, want %s", tt.name, x, err, tt.want)
		}
	}
}

// TestIntegerInputs evaluates models of integers and truths, which cannot be encrypted.
func TestIntegerInputs(t *testing.T) {
	t.Parallel()
	m := file(t, []int64{1, 3}, "e=Gather(table,x) r=ReduceMean(e){axes=1 keepdims=0} y=Neg(r)", map[string]*Tensor{"table": floats([]int{4, 2}, ramp(8)...)})
	m.Graph.Input[0] = encodeValue(Value{Name: "x", Shape: []int{1, 3}, Type: Int})
	g, err := Parse(marshal(t, m))
	if err != nil {
		t.Fatal(err)
	}
	out, err := g.Run(map[string]*Tensor{"x": ints([]int{1, 3}, 2, -1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	r := ramp(8)
	if d := maxDiff(t, out["y"].Floats, []float32{-(r[4] + r[6] + r[0]) / 3, -(r[5] + r[7] + r[1]) / 3}); d > 1e-6 {
		t.Errorf("got %v", out["y"])
	}
	if _, err := g.Run(map[string]*Tensor{"x": ints([]int{1, 3}, 2, 4, 0)}); !errors.Is(err, ErrMalformed) {
		t.Errorf("index out of range: got %v, want %v", err, ErrMalformed)
	}
	if _, ok := g.DeepestCut(); ok {
		t.Error("a prefix of integers can be encrypted")
	}
	if again := reload(t, g); again.Inputs[0].Type != Int {
		t.Errorf("own file has the input %+v", again.Inputs[0])
	}
}
