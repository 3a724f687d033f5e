package model

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/encrypted-compute/encompute/model/onnxpb"
)

func floatsAttr(name string, v ...float32) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: proto.String(name), Type: onnxpb.AttributeProto_FLOATS.Enum(), Floats: v}
}

func textAttr(name, v string) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: proto.String(name), Type: onnxpb.AttributeProto_STRING.Enum(), S: []byte(v)}
}

func textsAttr(name string, v ...string) *onnxpb.AttributeProto {
	a := &onnxpb.AttributeProto{Name: proto.String(name), Type: onnxpb.AttributeProto_STRINGS.Enum()}
	for _, s := range v {
		a.Strings = append(a.Strings, []byte(s))
	}
	return a
}

func mlCall(op, in, out string, attrs ...*onnxpb.AttributeProto) *onnxpb.NodeProto {
	return &onnxpb.NodeProto{
		OpType: proto.String(op), Name: proto.String(op), Domain: proto.String(mlDomain),
		Input: []string{in}, Output: strings.Split(out, ","), Attribute: attrs,
	}
}

// classical is a file as sklearn-onnx writes them: a batch without a size, a label
// beside the scores, scores as maps.
func classical(outputs string, nodes ...*onnxpb.NodeProto) *onnxpb.ModelProto {
	m := &onnxpb.ModelProto{
		IrVersion: proto.Int64(8), ProducerName: proto.String("skl2onnx"),
		OpsetImport: []*onnxpb.OperatorSetIdProto{{Version: proto.Int64(15)}, {Domain: proto.String(mlDomain), Version: proto.Int64(1)}},
		Graph:       &onnxpb.GraphProto{Name: proto.String("sk"), Node: nodes, Input: []*onnxpb.ValueInfoProto{encodeValue(Value{Name: "x", Shape: []int{1, 2}})}},
	}
	m.Graph.Input[0].GetType().GetTensorType().Shape.Dim[0] = &onnxpb.TensorShapeProto_Dimension{}
	for _, name := range strings.Split(outputs, ",") {
		m.Graph.Output = append(m.Graph.Output, &onnxpb.ValueInfoProto{Name: proto.String(name)})
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
	numbers := &onnxpb.AttributeProto{Name: proto.String("classlabels_ints"), Type: onnxpb.AttributeProto_INTS.Enum(), Ints: []int64{10, 20, 30}}
	scaler := mlCall("Scaler", "x", "s", floatsAttr("offset", 1, 2), floatsAttr("scale", 2, 0.5))
	scores := []float64{4*1 - 1*2 + 0.5, -4 - 0.5 - 1, 0 - 1 + 2} // of x = [3 0], scaled to [4 -1]
	tests := []struct {
		name    string
		outputs string
		nodes   []*onnxpb.NodeProto
		want    map[string]string
	}{
		{"scaler", "s", []*onnxpb.NodeProto{scaler}, map[string]string{"s": "4.00000 -1.00000 "}},
		{"one scale for all", "s", []*onnxpb.NodeProto{mlCall("Scaler", "x", "s", floatsAttr("offset", 1), floatsAttr("scale", 2))}, map[string]string{"s": "4.00000 -2.00000 "}},
		{"classifier of numbers", "l,p", []*onnxpb.NodeProto{scaler, mlCall("LinearClassifier", "s", "l,p", coefficients, intercepts, numbers, textAttr("post_transform", "SOFTMAX"))}, map[string]string{
			"l": "10.00000 ", "p": softmax(scores...),
		}},
		{"classifier of texts", "l,z", []*onnxpb.NodeProto{
			scaler, mlCall("LinearClassifier", "s", "l,p", coefficients, intercepts, textsAttr("classlabels_strings", "a", "b", "c"), textAttr("post_transform", "NONE")),
			mlCall("ZipMap", "p", "z", textsAttr("classlabels_strings", "a", "b", "c")),
		}, map[string]string{"z": rounded(scores)}},
		{"one against the rest", "n", []*onnxpb.NodeProto{
			scaler, mlCall("LinearClassifier", "s", "l,p", coefficients, intercepts, numbers, textAttr("post_transform", "LOGISTIC")),
			mlCall("Normalizer", "p", "n", textAttr("norm", "L1")),
		}, map[string]string{"n": func() string {
			v := []float64{sigmoid(scores[0]), sigmoid(scores[1]), sigmoid(scores[2])}
			sum := v[0] + v[1] + v[2]
			return rounded([]float64{v[0] / sum, v[1] / sum, v[2] / sum})
		}()}},
		{"two classes of one row", "l,p", []*onnxpb.NodeProto{mlCall(
			"LinearClassifier", "x", "l,p", floatsAttr("coefficients", 1, 2), floatsAttr("intercepts", -1), textAttr("post_transform", "LOGISTIC"),
			&onnxpb.AttributeProto{Name: proto.String("classlabels_ints"), Type: onnxpb.AttributeProto_INTS.Enum(), Ints: []int64{0, 1}})}, map[string]string{
			"l": "1.00000 ", "p": rounded([]float64{1 - sigmoid(2), sigmoid(2)}),
		}},
		{"regressor", "y", []*onnxpb.NodeProto{mlCall("LinearRegressor", "x", "y", floatsAttr("coefficients", 1, 2, -1, 0.5), floatsAttr("intercepts", 7, 8), intAttr("targets", 2))}, map[string]string{
			"y": "10.00000 5.00000 ",
		}},
		{"norm", "y", []*onnxpb.NodeProto{mlCall("Normalizer", "x", "y", textAttr("norm", "L2"))}, map[string]string{"y": "1.00000 0.00000 "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, kind := range []onnxpb.TensorProto_DataType{onnxpb.TensorProto_FLOAT, onnxpb.TensorProto_INT64} {
				m := classical(tt.outputs, tt.nodes...)
				m.Graph.Input[0].GetType().GetTensorType().ElemType = proto.Int32(int32(kind))
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
		node *onnxpb.NodeProto
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
	for name, node := range map[string]*onnxpb.NodeProto{
		"coefficients that do not divide": mlCall("LinearRegressor", "x", "y", floatsAttr("coefficients", 1, 2, 3), intAttr("targets", 2)),
		"coefficients that do not fit":    mlCall("LinearRegressor", "x", "y", floatsAttr("coefficients", 1, 2, 3)),
		"only a label of text":            mlCall("LinearClassifier", "x", "y,p", floatsAttr("coefficients", 1, 2, 3, 4), textsAttr("classlabels_strings", "a", "b")),
		"no inputs":                       {OpType: proto.String("Scaler"), Domain: proto.String(mlDomain), Output: []string{"y"}},
	} {
		if _, err := Parse(marshal(t, classical("y", node))); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v, want %v", name, err, ErrMalformed)
		}
	}
}

// dense is a function of a file: Gemm and an activation whose parameter is the call's.
func dense() *onnxpb.FunctionProto {
	return &onnxpb.FunctionProto{
		Name: proto.String("dense"), Domain: proto.String("pkg"), Input: []string{"a", "w", "b"}, Output: []string{"r"}, Attribute: []string{"slope"},
		OpsetImport: []*onnxpb.OperatorSetIdProto{{Version: proto.Int64(13)}},
		Node: []*onnxpb.NodeProto{
			{OpType: proto.String("Gemm"), Input: []string{"a", "w", "b"}, Output: []string{"t"}},
			{OpType: proto.String("LeakyRelu"), Input: []string{"t"}, Output: []string{"r"}, Attribute: []*onnxpb.AttributeProto{
				{Name: proto.String("alpha"), Type: onnxpb.AttributeProto_FLOAT.Enum(), RefAttrName: proto.String("slope")},
			}},
		},
	}
}

func denseCall(name, in, out string, attrs ...*onnxpb.AttributeProto) *onnxpb.NodeProto {
	return &onnxpb.NodeProto{
		OpType: proto.String("dense"), Domain: proto.String("pkg"), Name: proto.String(name), Input: []string{in, "w"}, Output: []string{out}, Attribute: attrs,
	}
}

// TestFunctions evaluates functions of the file, as torch.onnx's dynamo exporter writes them.
func TestFunctions(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{"w": floats([]int{2, 2}, 1, -1, 2, 1)}
	m := file(t, []int64{1, 2}, "h=Relu(x) y=Neg(w)", consts)
	slope := &onnxpb.AttributeProto{Name: proto.String("slope"), Type: onnxpb.AttributeProto_FLOAT.Enum(), F: proto.Float32(0.5)}
	m.Functions = []*onnxpb.FunctionProto{dense()}
	m.Graph.Node = []*onnxpb.NodeProto{denseCall("one", "x", "h"), denseCall("two", "h", "y", slope)}
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
		bend func(m *onnxpb.ModelProto, f *onnxpb.FunctionProto)
	}{
		"calls itself": {ErrTooLarge, func(_ *onnxpb.ModelProto, f *onnxpb.FunctionProto) { f.Node[1] = denseCall("again", "t", "r") }},
		"doubles": {ErrTooLarge, func(m *onnxpb.ModelProto, f *onnxpb.FunctionProto) {
			for i := range maxCalls {
				g := proto.Clone(f).(*onnxpb.FunctionProto)
				g.Name = proto.String(fmt.Sprintf("f%d", i))
				for k := range 8 {
					n := denseCall("deeper", "a", fmt.Sprintf("t%d", k))
					n.OpType = proto.String(fmt.Sprintf("f%d", i+1))
					g.Node = append(g.Node, n)
				}
				m.Functions = append(m.Functions, g)
			}
			f.Node[0].OpType, f.Node[0].Domain = proto.String("f0"), proto.String("pkg")
		}},
		"twice": {ErrMalformed, func(m *onnxpb.ModelProto, f *onnxpb.FunctionProto) { m.Functions = append(m.Functions, f) }},
		"too many inputs": {ErrMalformed, func(m *onnxpb.ModelProto, _ *onnxpb.FunctionProto) {
			m.Graph.Node[0].Input = []string{"x", "w", "w", "w"}
		}},
		"other opset": {nil, func(_ *onnxpb.ModelProto, f *onnxpb.FunctionProto) { f.OpsetImport[0].Version = proto.Int64(11) }},
		"no body":     {ErrMalformed, func(_ *onnxpb.ModelProto, f *onnxpb.FunctionProto) { f.Node = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := file(t, []int64{1, 2}, "y=Neg(w)", consts)
			f := dense()
			m.Functions = []*onnxpb.FunctionProto{f}
			m.Graph.Node = []*onnxpb.NodeProto{denseCall("one", "x", "y")}
			tt.bend(m, f)
			_, err := Parse(marshal(t, m))
			var u *UnsupportedOpError
			if tt.want == nil && !errors.As(err, &u) || !errors.Is(err, tt.want) && tt.want != nil {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}
