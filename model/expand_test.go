package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/model/onnx"
)

func floatsAttr(name string, v ...float32) *onnx.AttributeProto {
	return &onnx.AttributeProto{Name: name, Type: onnx.AttributeFloats, Floats: v}
}

func textAttr(name, v string) *onnx.AttributeProto {
	return &onnx.AttributeProto{Name: name, Type: onnx.AttributeString, S: []byte(v)}
}

func textsAttr(name string, v ...string) *onnx.AttributeProto {
	a := &onnx.AttributeProto{Name: name, Type: onnx.AttributeStrings}
	for _, s := range v {
		a.Strings = append(a.Strings, []byte(s))
	}
	return a
}

func mlCall(op, in, out string, attrs ...*onnx.AttributeProto) *onnx.NodeProto {
	return &onnx.NodeProto{
		OpType: op, Name: op, Domain: mlDomain,
		Input: []string{in}, Output: strings.Split(out, ","), Attribute: attrs,
	}
}

// classical is a file as sklearn-onnx writes them: a batch without a size, a label
// beside the scores, scores as maps.
func classical(outputs string, nodes ...*onnx.NodeProto) *onnx.ModelProto {
	m := &onnx.ModelProto{
		IrVersion: 8, ProducerName: "skl2onnx",
		OpsetImport: []*onnx.OperatorSetIdProto{{Version: 15}, {Domain: mlDomain, Version: 1}},
		Graph:       &onnx.GraphProto{Name: "sk", Node: nodes, Input: []*onnx.ValueInfoProto{encodeValue(Value{Name: "x", Shape: []int{1, 2}})}},
	}
	m.Graph.Input[0].Tensor().Shape.Dim[0] = &onnx.Dimension{}
	for _, name := range strings.Split(outputs, ",") {
		m.Graph.Output = append(m.Graph.Output, &onnx.ValueInfoProto{Name: name})
	}
	return m
}

func softmax(v ...float64) string {
	sum := 0.0
	for _, x := range v {
		sum += math.Exp(x)
	}
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = math.Exp(x) / sum
	}
	return rounded(out)
}

func rounded(v []float64) string {
	var b strings.Builder
	for _, x := range v {
		fmt.Fprintf(&b, "%.5f ", x)
	}
	return b.String()
}

func TestClassicalModels(t *testing.T) {
	t.Parallel()
	coefficients, intercepts := floatsAttr("coefficients", 1, 2, -1, 0.5, 0, 1), floatsAttr("intercepts", 0.5, -1, 2)
	numbers := &onnx.AttributeProto{Name: "classlabels_ints", Type: onnx.AttributeInts, Ints: []int64{10, 20, 30}}
	scaler := mlCall("Scaler", "x", "s", floatsAttr("offset", 1, 2), floatsAttr("scale", 2, 0.5))
	scores := []float64{4*1 - 1*2 + 0.5, -4 - 0.5 - 1, 0 - 1 + 2} // of x = [3 0], scaled to [4 -1]
	tests := []struct {
		name    string
		outputs string
		nodes   []*onnx.NodeProto
		want    map[string]string
	}{
		{"scaler", "s", []*onnx.NodeProto{scaler}, map[string]string{"s": "4.00000 -1.00000 "}},
		{"one scale for all", "s", []*onnx.NodeProto{mlCall("Scaler", "x", "s", floatsAttr("offset", 1), floatsAttr("scale", 2))}, map[string]string{"s": "4.00000 -2.00000 "}},
		{"classifier of numbers", "l,p", []*onnx.NodeProto{scaler, mlCall("LinearClassifier", "s", "l,p", coefficients, intercepts, numbers, textAttr("post_transform", "SOFTMAX"))}, map[string]string{
			"l": "10.00000 ", "p": softmax(scores...),
		}},
		{"classifier of texts", "l,z", []*onnx.NodeProto{
			scaler, mlCall("LinearClassifier", "s", "l,p", coefficients, intercepts, textsAttr("classlabels_strings", "a", "b", "c"), textAttr("post_transform", "NONE")),
			mlCall("ZipMap", "p", "z", textsAttr("classlabels_strings", "a", "b", "c")),
		}, map[string]string{"z": rounded(scores)}},
		{"one against the rest", "n", []*onnx.NodeProto{
			scaler, mlCall("LinearClassifier", "s", "l,p", coefficients, intercepts, numbers, textAttr("post_transform", "LOGISTIC")),
			mlCall("Normalizer", "p", "n", textAttr("norm", "L1")),
		}, map[string]string{"n": func() string {
			v := []float64{sigmoid(scores[0]), sigmoid(scores[1]), sigmoid(scores[2])}
			sum := v[0] + v[1] + v[2]
			return rounded([]float64{v[0] / sum, v[1] / sum, v[2] / sum})
		}()}},
		{"two classes of one row", "l,p", []*onnx.NodeProto{mlCall(
			"LinearClassifier", "x", "l,p", floatsAttr("coefficients", 1, 2), floatsAttr("intercepts", -1), textAttr("post_transform", "LOGISTIC"),
			&onnx.AttributeProto{Name: "classlabels_ints", Type: onnx.AttributeInts, Ints: []int64{0, 1}})}, map[string]string{
			"l": "1.00000 ", "p": rounded([]float64{1 - sigmoid(2), sigmoid(2)}),
		}},
		{"regressor", "y", []*onnx.NodeProto{mlCall("LinearRegressor", "x", "y", floatsAttr("coefficients", 1, 2, -1, 0.5), floatsAttr("intercepts", 7, 8), intAttr("targets", 2))}, map[string]string{
			"y": "10.00000 5.00000 ",
		}},
		{"norm", "y", []*onnx.NodeProto{mlCall("Normalizer", "x", "y", textAttr("norm", "L2"))}, map[string]string{"y": "1.00000 0.00000 "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, kind := range []onnx.DataType{onnx.Float, onnx.Int64} {
				m := classical(tt.outputs, tt.nodes...)
				m.Graph.Input[0].Tensor().ElemType = kind
				g, err := Parse(marshal(t, m))
				if err != nil {
					t.Fatal(err)
				}
				x, err := g.Inputs[0].Tensor([]float64{3, 0})
				if err != nil {
					t.Fatal(err)
				}
				got, err := reload(t, g).Run(map[string]*Tensor{"x": x})
				if err != nil {
					t.Fatal(err)
				}
				if len(got) != len(tt.want) {
					t.Errorf("%d outputs, want %d", len(got), len(tt.want))
				}
				for name, want := range tt.want {
					if y := got[name]; y == nil || rounded(y.wide()) != want {
						t.Errorf("%s is %v, want %s", name, y, want)
					}
				}
			}
		})
	}
}

func TestClassicalModelsReport(t *testing.T) {
	t.Parallel()
	r := check(t, classical("l,z",
		mlCall("LinearClassifier", "x", "l,p", floatsAttr("coefficients", 1, 2, 3, 4), floatsAttr("intercepts", 0, 1), textsAttr("classlabels_strings", "no", "yes")),
		mlCall("ZipMap", "p", "z")))
	if got := strings.Join(r.Warnings, "\n"); fmt.Sprint(r.Classes) != "[no yes]" || !strings.Contains(got, `output "l" holds text`) || !strings.Contains(got, "ZipMap") {
		t.Errorf("classes %v, warnings %s", r.Classes, got)
	}
	if r.Domains[mlDomain] != 1 || r.Operators["ai.onnx.ml.ZipMap"] != 1 {
		t.Errorf("got %+v", r)
	}
}

func TestClassicalModelsRefused(t *testing.T) {
	t.Parallel()
	unsupported := new(UnsupportedOpError)
	tests := []struct {
		name string
		node *onnx.NodeProto
		want string
	}{
		{"trees", mlCall("TreeEnsembleClassifier", "x", "y"), "TreeEnsembleClassifier"},
		{"greatest norm", mlCall("Normalizer", "x", "y", textAttr("norm", "MAX")), "use L1 or L2"},
		{"other transform", mlCall("LinearRegressor", "x", "y", floatsAttr("coefficients", 1, 2), textAttr("post_transform", "PROBIT")), "PROBIT"},
		{"scaler of nothing", mlCall("Scaler", "x", "y"), "missing"},
		{"many targets", mlCall("LinearRegressor", "x", "y", floatsAttr("coefficients", 1, 2), intAttr("targets", math.MaxInt64)), "targets"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(marshal(t, classical("y", tt.node)))
			if !errors.As(err, &unsupported) || !strings.Contains(err.Error(), tt.want) || Remedy(err) == "" {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	for name, node := range map[string]*onnx.NodeProto{
		"coefficients that do not divide": mlCall("LinearRegressor", "x", "y", floatsAttr("coefficients", 1, 2, 3), intAttr("targets", 2)),
		"coefficients that do not fit":    mlCall("LinearRegressor", "x", "y", floatsAttr("coefficients", 1, 2, 3)),
		"only a label of text":            mlCall("LinearClassifier", "x", "y,p", floatsAttr("coefficients", 1, 2, 3, 4), textsAttr("classlabels_strings", "a", "b")),
		"no inputs":                       {OpType: "Scaler", Domain: mlDomain, Output: []string{"y"}},
	} {
		if _, err := Parse(marshal(t, classical("y", node))); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v, want %v", name, err, ErrMalformed)
		}
	}
}

// dense is a function of a file: Gemm and an activation whose parameter is the call's.
func dense() *onnx.FunctionProto {
	return &onnx.FunctionProto{
		Name: "dense", Domain: "pkg", Input: []string{"a", "w", "b"}, Output: []string{"r"}, Attribute: []string{"slope"},
		OpsetImport: []*onnx.OperatorSetIdProto{{Version: 13}},
		Node: []*onnx.NodeProto{
			{OpType: "Gemm", Input: []string{"a", "w", "b"}, Output: []string{"t"}},
			{OpType: "LeakyRelu", Input: []string{"t"}, Output: []string{"r"}, Attribute: []*onnx.AttributeProto{
				{Name: "alpha", Type: onnx.AttributeFloat, RefAttrName: "slope"},
			}},
		},
	}
}

func denseCall(name, in, out string, attrs ...*onnx.AttributeProto) *onnx.NodeProto {
	return &onnx.NodeProto{
		OpType: "dense", Domain: "pkg", Name: name, Input: []string{in, "w"}, Output: []string{out}, Attribute: attrs,
	}
}

// TestFunctions evaluates functions of the file, as torch.onnx's dynamo exporter writes them.
func TestFunctions(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{"w": floats([]int{2, 2}, 1, -1, 2, 1)}
	m := file(t, []int64{1, 2}, "h=Relu(x) y=Neg(w)", consts)
	slope := &onnx.AttributeProto{Name: "slope", Type: onnx.AttributeFloat, F: 0.5}
	m.Functions = []*onnx.FunctionProto{dense()}
	m.Graph.Node = []*onnx.NodeProto{denseCall("one", "x", "h"), denseCall("two", "h", "y", slope)}
	g, err := Parse(marshal(t, m))
	if err != nil {
		t.Fatal(err)
	}
	got, err := reload(t, g).Eval([]float32{1, -2})
	if err != nil {
		t.Fatal(err)
	}
	// [1 -2] w = [-3 -3], times 0.01; [-0.03 -0.03] w = [-0.09 0], times 0.5 below zero.
	if d := maxDiff(t, got, []float32{-0.045, 0}); d > 1e-6 {
		t.Errorf("got %v", got)
	}
	if got := layers(g); got != "one/t[2] one/r[2] two[2]" {
		t.Errorf("got cuts %s", got)
	}
}

func TestFunctionsRefused(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{"w": floats([]int{2, 2}, 1, -1, 2, 1)}
	for name, tt := range map[string]struct {
		want error
		bend func(m *onnx.ModelProto, f *onnx.FunctionProto)
	}{
		"calls itself": {ErrTooLarge, func(_ *onnx.ModelProto, f *onnx.FunctionProto) { f.Node[1] = denseCall("again", "t", "r") }},
		"doubles": {ErrTooLarge, func(m *onnx.ModelProto, f *onnx.FunctionProto) {
			for i := range maxCalls {
				g := *f
				g.Node = slices.Clone(f.Node)
				g.Name = fmt.Sprintf("f%d", i)
				for k := range 8 {
					n := denseCall("deeper", "a", fmt.Sprintf("t%d", k))
					n.OpType = fmt.Sprintf("f%d", i+1)
					g.Node = append(g.Node, n)
				}
				m.Functions = append(m.Functions, &g)
			}
			f.Node[0].OpType, f.Node[0].Domain = "f0", "pkg"
		}},
		"twice": {ErrMalformed, func(m *onnx.ModelProto, f *onnx.FunctionProto) { m.Functions = append(m.Functions, f) }},
		"too many inputs": {ErrMalformed, func(m *onnx.ModelProto, _ *onnx.FunctionProto) {
			m.Graph.Node[0].Input = []string{"x", "w", "w", "w"}
		}},
		"other opset": {nil, func(_ *onnx.ModelProto, f *onnx.FunctionProto) { f.OpsetImport[0].Version = 11 }},
		"no body":     {ErrMalformed, func(_ *onnx.ModelProto, f *onnx.FunctionProto) { f.Node = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := file(t, []int64{1, 2}, "y=Neg(w)", consts)
			f := dense()
			m.Functions = []*onnx.FunctionProto{f}
			m.Graph.Node = []*onnx.NodeProto{denseCall("one", "x", "y")}
			tt.bend(m, f)
			_, err := Parse(marshal(t, m))
			var u *UnsupportedOpError
			if tt.want == nil && !errors.As(err, &u) || !errors.Is(err, tt.want) && tt.want != nil {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}
