package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/model/onnx"
)

func check(t *testing.T, m *onnx.ModelProto) Report {
	t.Helper()
	b := marshal(t, m)
	r, err := Check(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(b); (err == nil) != r.Supported {
		t.Errorf("supported: %v, but the import says %v", r.Supported, err)
	}
	return r
}

func TestCheck(t *testing.T) {
	t.Parallel()
	m := small(t)
	setDim(m, 0, dimParam("N"))
	m.ProducerName, m.ProducerVersion = "pytorch", "2.5"
	r := check(t, m)
	if !r.Supported || r.Producer != "pytorch 2.5" || r.Opset != 13 || r.Nodes != 4 || r.Used != 4 || r.Parameters != 54+3+96 {
		t.Errorf("got %+v", r)
	}
	if got := fmt.Sprint(r.Operators, r.Inputs, r.Outputs); got != "map[Conv:1 Flatten:1 Gemm:1 Relu:1] [{x [N 2 4 4] [1 2 4 4] float}] [{y [] [1 2] float}]" {
		t.Errorf("got %s", got)
	}
	if len(r.Needs) != 1 || len(r.Problems)+len(r.Warnings) != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestCheckNeeds(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{"mean": floats([]int{}, 0.5), "std": floats([]int{}, 0.25)}
	tests := []struct {
		name, nodes, kind, declares, scaling string
		shape                                []int64
	}{
		{"planes", "y=Relu(x)", "image", "channels, rows, columns: 3 x 8 x 6", "[]", []int64{1, 3, 8, 6}},
		{"pixels", "y=Relu(x)", "image", "rows, columns, channels: 8 x 6 x 3", "[]", []int64{1, 8, 6, 3}},
		{"columns", "y=Relu(x)", "table", "the names of the 7 values", "[]", []int64{1, 7}},
		{"neither", "y=Relu(x)", "tensor", "what the dimensions [9 7] are", "[]", []int64{1, 9, 7}},
		{"scales itself", "a=Sub(x,mean) b=Div(a,std) y=Relu(b)", "table", "the graph scales, too", "[a b]", []int64{1, 7}},
		{"reads twice", "a=Sub(x,mean) y=Mul(a,x)", "table", "a wrong scale gives wrong answers", "[]", []int64{1, 7}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := check(t, file(t, tt.shape, tt.nodes, consts))
			n := r.Needs[0]
			if n.Kind != tt.kind || !strings.Contains(strings.Join(n.Declare, "\n"), tt.declares) || fmt.Sprint(n.Scaling) != tt.scaling {
				t.Errorf("got %+v", n)
			}
		})
	}
}

// TestCheckProblems holds that all problems are named, with what can be done.
func TestCheckProblems(t *testing.T) {
	t.Parallel()
	consts := smallConsts()
	tests := []struct {
		name, nodes, want, remedy string
	}{
		{"two operators", "n1=NonZero(x) n2=Relu(n1) n3=Loop(n2) n4=Conv(x,k) y=Add(n3,n4)", "n1 NonZero, n3 Loop", "loop is unrolled"},
		{"beside one another", "n1=GRU(x) n2=QLinearConv(x) y=Add(n1,n2)", "n1 GRU, n2 QLinearConv", "not quantized"},
		{"one argument", "n1=Resize(x,k,k){antialias=1} y=Relu(n1)", "n1 Resize", "without it"},
		{"after a shape that does not fit", "n1=Conv(x,w) n2=NonZero(x) y=Add(n1,n2)", "  ,n2 NonZero", "export the model"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := check(t, file(t, []int64{1, 2, 4, 4}, tt.nodes, consts))
			var got []string
			remedies := ""
			for _, p := range r.Problems {
				got = append(got, p.Node+" "+p.Op)
				remedies += p.Remedy + "\n"
				if p.Why == "" || p.Remedy == "" {
					t.Errorf("problem %+v explains nothing", p)
				}
			}
			if strings.ReplaceAll(strings.Join(got, ", "), " , ", "  ,") != tt.want || !strings.Contains(remedies, tt.remedy) {
				t.Errorf("got %q, %q", strings.Join(got, ", "), remedies)
			}
		})
	}
}

func TestCheckBounds(t *testing.T) {
	t.Parallel()
	var nodes strings.Builder
	for i := range 300 {
		fmt.Fprintf(&nodes, "a%d=NonZero(x) ", i)
	}
	sum := "y=Sum("
	for i := range 300 {
		sum += fmt.Sprintf("a%d,", i)
	}
	r := check(t, file(t, []int64{1, 2}, nodes.String()+strings.TrimSuffix(sum, ",")+")", nil))
	if len(r.Problems) != maxProblems+1 || !strings.Contains(r.Problems[maxProblems].Why, "more") {
		t.Errorf("got %d problems", len(r.Problems))
	}
	for _, b := range [][]byte{nil, []byte("PK\x03\x04 no model"), {0x3a, 0x7f}} {
		if _, err := Check(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: got %v, want %v", b, err, ErrMalformed)
		}
	}
}

func TestCheckWarnings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		bend       func(m *onnx.ModelProto)
	}{
		{"batch", "the batch of 10", func(m *onnx.ModelProto) { setDim(m, 0, dimValue(10)) }},
		{"no names", "4 nodes have no name", func(m *onnx.ModelProto) {
			for _, n := range m.Graph.Node {
				n.Name = ""
			}
		}},
		{"one name", "3 nodes have the name of another one", func(m *onnx.ModelProto) {
			for _, n := range m.Graph.Node {
				n.Name = "layer"
			}
		}},
		{"not finite", "weights that are not finite: b", func(m *onnx.ModelProto) {
			copy(m.Graph.Initializer[0].RawData, "\x00\x00\xc0\x7f")
		}},
		{"doubles", "1 weights of another precision", func(m *onnx.ModelProto) {
			p := m.Graph.Initializer[0]
			p.RawData, p.DoubleData, p.DataType = nil, []float64{1, 2, 3}, onnx.Double
		}},
		{"labels", `output "i" holds int64`, func(m *onnx.ModelProto) {
			m.Graph.Node = append(m.Graph.Node, &onnx.NodeProto{OpType: "ArgMax", Name: "i", Input: []string{"y"}, Output: []string{"i"}})
			m.Graph.Output = append(m.Graph.Output, encodeValue(Value{Name: "i"}))
		}},
		{"two inputs", "several inputs", func(m *onnx.ModelProto) {
			m.Graph.Input = append(m.Graph.Input, encodeValue(Value{Name: "z", Shape: []int{1, 2}}))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := small(t)
			tt.bend(m)
			r := check(t, m)
			if !r.Supported || !slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, tt.want) }) {
				t.Errorf("got %q, problems %v", r.Warnings, r.Problems)
			}
		})
	}
}

// TestRemedies holds that every kind of error has one of its own.
func TestRemedies(t *testing.T) {
	t.Parallel()
	seen := map[string]error{}
	for _, err := range []error{ErrMalformed, ErrTooLarge, ErrOpset, ErrCycle, ErrExternalData, ErrDynamicShape, &UnsupportedOpError{Op: "Loop"}, &UnsupportedOpError{Op: "ai.onnx.ml.TreeEnsembleClassifier"}} {
		r := Remedy(fmt.Errorf("model: %w", err))
		if seen[r] != nil || r == "" {
			t.Errorf("%v and %v have the remedy %q", err, seen[r], r)
		}
		seen[r] = err
	}
}
