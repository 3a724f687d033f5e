package model

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func layers(g *Graph) string {
	var out []string
	for _, c := range g.Cuts() {
		out = append(out, fmt.Sprintf("%s%v", c.Layer, c.Shape))
	}
	return strings.Join(out, " ")
}

func TestCuts(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{"k": floats([]int{2, 1, 1, 1}, 1, 2), "n": floats([]int{}, 2), "zeros": ints([]int{8}, 0, 0, 0, 0, 0, 0, 0, 0), "w": floats([]int{8, 3}, ramp(24)...)}
	tests := []struct {
		name, nodes, want string
	}{
		{"chain", "a=Conv(x,k) b=Relu(a) y=Flatten(b)", "a[2 2 2] b[2 2 2]"},
		{"one node", "y=Relu(x)", ""},
		{"polynomial in one piece", "a=Conv(x,k) u=Mul(n,a) v=Mul(u,a) w2=Mul(n,a) s=Add(v,w2) p=Add(s,n) y=Relu(p)", "a[2 2 2] p[2 2 2]"},
		{"bias goes with its product", "f=Flatten(x) c=Concat(f,f){axis=1} m=MatMul(c,w) b=Add(m,n) y=Relu(b)", "f[4] c[8] b[3]"},
		{"nothing after what changes nothing", "i=Identity(x) a=Conv(i,k) p=Pad(a,zeros) d=Dropout(p) y=Relu(d)", "a[2 2 2]"},
		{"branches", "a=Conv(x,k) l=Relu(a) r=Tanh(a) s=Add(l,r) y=Relu(s)", "a[2 2 2] s[2 2 2]"},
		{"skip from the input", "a=Relu(x) b=Tanh(a) s=Add(x,b) y=Relu(s)", "s[1 2 2]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := build(t, []int{1, 1, 2, 2}, tt.nodes, consts)
			if got := layers(g); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			checkSplits(t, g)
		})
	}
}

// checkSplits requires that at every cut prefix and suffix, through their files,
// compute what the graph computes.
func checkSplits(t *testing.T, g *Graph) {
	t.Helper()
	x := ramp(product(g.Inputs[0].Shape))
	want, err := g.Eval(x)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range g.Cuts() {
		prefix, suffix, err := g.Split(c)
		if err != nil {
			t.Fatal(err)
		}
		mid, err := reload(t, prefix).Eval(x)
		if err != nil {
			t.Fatal(err)
		}
		if len(mid) != product(c.Shape) {
			t.Errorf("cut %s has %d values, says %v", c.Layer, len(mid), c.Shape)
		}
		got, err := reload(t, suffix).Eval(mid)
		if err != nil {
			t.Fatal(err)
		}
		if d := maxDiff(t, got, want); d != 0 {
			t.Errorf("cut %s: the halves differ from the whole by %g", c.Layer, d)
		}
	}
}

func reload(t *testing.T, g *Graph) *Graph {
	t.Helper()
	again, err := Parse(g.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func TestExampleCuts(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"tab-wdbc":   "fc1[64] poly1[64] fc2[32] relu2[32]",
		"mnist-lola": "conv1[5 13 13] sq1[5 13 13] flat[845] fc1[100] sq2[100]",
		"pneumonia-trunk": "conv1[8 28 28] poly1[8 28 28] pool1[8 14 14] conv2[16 14 14] poly2[16 14 14] pool2[16 7 7] " +
			"conv3[32 7 7] poly3[32 7 7] conv4[64 7 7] poly4[64 7 7] gap[64 1 1] flat[64] fc1[64] relu[64]",
	}
	deepest := map[string]string{"tab-wdbc": "fc2", "mnist-lola": "sq2", "pneumonia-trunk": "fc1"}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := example(t, name)
			if got := layers(g); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			c, ok := g.DeepestCut()
			if !ok || c.Layer != deepest[name] {
				t.Errorf("deepest cut is %q, want %q", c.Layer, deepest[name])
			}
			checkSplits(t, g)
			for _, r := range g.Inspect() {
				if r.Encryptable != (r.Cut.Index <= c.Index) || r.Encryptable != (r.Reason == nil) {
					t.Errorf("report %+v", r)
				}
				if r.Encryptable {
					checkLayers(t, g, r.Cut, ramp(product(g.Inputs[0].Shape)))
				}
			}
		})
	}
}

func example(t *testing.T, name string) *Graph {
	t.Helper()
	g, err := Open(filepath.Join("..", "examples", name, "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestCutByName(t *testing.T) {
	t.Parallel()
	g := example(t, "pneumonia-trunk")
	for _, name := range []string{"pool1", "/pool1/AveragePool", "/pool1/AveragePool_output_0", "3"} {
		if c, err := g.CutByName(name); err != nil || c.Index != 3 {
			t.Errorf("%q: got %+v, %v", name, c, err)
		}
	}
	for _, name := range []string{"", "pool9", "0", "15", "input", "output"} {
		_, err := g.CutByName(name)
		if !errors.Is(err, ErrNoCut) || !strings.Contains(err.Error(), "11 gap") {
			t.Errorf("%q: got %v, want the list of cuts", name, err)
		}
	}
	for _, value := range []string{"", "input", "/poly1/Mul_1_output_0", "conv1.weight"} {
		if _, _, err := g.Split(Cut{Value: value}); !errors.Is(err, ErrNoCut) {
			t.Errorf("split at %q: got %v, want %v", value, err, ErrNoCut)
		}
		if _, err := g.PrefixLayers(Cut{Value: value}); !errors.Is(err, ErrNoCut) {
			t.Errorf("layers to %q: got %v, want %v", value, err, ErrNoCut)
		}
	}
}

func TestShapes(t *testing.T) {
	t.Parallel()
	g := example(t, "tab-wdbc")
	if s, err := g.Shape("/fc1/Gemm_output_0"); err != nil || fmt.Sprint(s) != "[1 64]" {
		t.Errorf("got %v, %v", s, err)
	}
	if _, err := g.Shape("none"); err == nil {
		t.Error("a value that does not exist has a shape")
	}
	if s := g.Shapes(); fmt.Sprint(s["input"]) != "[1 30]" || s["fc1.weight"] != nil || g.Constant("fc1.weight") == nil {
		t.Errorf("got %v", s)
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	g := build(t, []int{1, 3}, "y=Relu(x)", nil)
	for name, in := range map[string]map[string]*Tensor{
		"nothing":      nil,
		"other name":   {"z": floats([]int{1, 3}, 1, 2, 3)},
		"other shape":  {"x": floats([]int{1, 4}, 1, 2, 3, 4)},
		"other rank":   {"x": floats([]int{3}, 1, 2, 3)},
		"other type":   {"x": ints([]int{1, 3}, 1, 2, 3)},
		"missing data": {"x": floats([]int{1, 3}, 1)},
	} {
		if _, err := g.Run(in); !errors.Is(err, ErrInput) {
			t.Errorf("%s: got %v, want %v", name, err, ErrInput)
		}
	}
	if _, err := g.Eval([]float32{1}); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "takes 3") {
		t.Errorf("got %v", err)
	}
	if _, err := NewTensor([]int{2, 2}, make([]float32, 3)); !errors.Is(err, ErrInput) {
		t.Errorf("got %v, want %v", err, ErrInput)
	}
}

// TestConstants holds that what does not depend on the input is no part of the graph.
func TestConstants(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{"m": floats([]int{2, 2}, 1, 2, 3, 4), "v": floats([]int{2}, 10, 20), "k": floats([]int{1, 2, 1, 1}, 1, -1), "p": floats([]int{1, 2, 1, 2}, 5, 6, 7, 9)}
	g := build(t, []int{1, 2}, "a=MatMul(m,m) g=Gemm(a,m,v){transB=1} c=Conv(p,k) f=Flatten(c) w=Add(g,f) y=MatMul(x,w)", consts)
	if len(g.Nodes) != 1 {
		t.Errorf("got %d nodes, want 1", len(g.Nodes))
	}
	// m m = [[7 10] [15 22]], times the transpose of m = [[27 61] [59 133]]; the convolution gives [-2 -3].
	if got, err := g.Eval([]float32{1, 0}); err != nil || fmt.Sprint(got) != "[35 78]" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestSeveralInputs(t *testing.T) {
	t.Parallel()
	m := file(t, []int64{1, 2}, "s=Add(x,z) r=Relu(s) y=Neg(r)", nil)
	m.Graph.Input = append(m.Graph.Input, encodeValue(Value{Name: "z", Shape: []int{1, 2}}))
	m.Graph.Output = append(m.Graph.Output, encodeValue(Value{Name: "s"}))
	g, err := Parse(marshal(t, m))
	if err != nil {
		t.Fatal(err)
	}
	out, err := g.Run(map[string]*Tensor{"x": floats([]int{1, 2}, 1, -2), "z": floats([]int{1, 2}, 3, 4)})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(out["y"].Floats, out["s"].Floats); got != "[-4 -2] [4 2]" {
		t.Errorf("got %s", got)
	}
	if _, err := g.Eval([]float32{1, 2}); !errors.Is(err, ErrInput) {
		t.Errorf("got %v, want %v", err, ErrInput)
	}
	var ne *NotEncryptable
	if _, err := g.PrefixLayers(Cut{Value: "s"}); !errors.As(err, &ne) {
		t.Errorf("got %v, want NotEncryptable", err)
	}
}
