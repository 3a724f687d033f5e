package inference

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/model/onnx"
)

// joined are the suffixes of a residual network behind cuts that two tensors cross: of one plane, and of two.
func joined(t *testing.T) (list []Suffix) {
	t.Helper()
	g := residual(t)
	for _, name := range []string{"stem+branch", "stem+mean"} {
		cut, err := g.CutByName(name)
		if err != nil {
			t.Fatal(err)
		}
		_, suffix, err := g.Split(cut)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, Suffix{"residual", name, suffix})
	}
	return list
}

// residual is y = mean over the plane of Relu(stem + c) for the branch c of a block, c the branch times the stem's mean.
func residual(t *testing.T) *model.Graph {
	t.Helper()
	value := func(name string, dims ...int64) *onnx.ValueInfoProto {
		shape := &onnx.TensorShapeProto{}
		for _, d := range dims {
			shape.Dim = append(shape.Dim, &onnx.Dimension{DimValue: d})
		}
		return &onnx.ValueInfoProto{Name: name, Type: &onnx.TypeProto{
			TensorType: &onnx.TensorTypeProto{ElemType: onnx.Float, Shape: shape},
		}}
	}
	g := &onnx.GraphProto{Name: "residual", Input: []*onnx.ValueInfoProto{value("x", 1, 2, 3, 4)}, Output: []*onnx.ValueInfoProto{value("y", 1, 2)}}
	kernel := &onnx.TensorProto{Name: "k", DataType: onnx.Float, Dims: []int64{2, 2, 1, 1}, FloatData: []float32{1, -2, 0.5, 0.25}}
	g.Initializer = []*onnx.TensorProto{kernel}
	for _, n := range [][]string{
		{"Conv", "stem", "x", "k"},
		{"Conv", "branch", "stem", "k"},
		{"Relu", "r", "branch"},
		{"GlobalAveragePool", "mean", "r"},
		{"Add", "sum", "stem", "mean"},
		{"Tanh", "t", "sum"},
		{"GlobalAveragePool", "g", "t"},
		{"Flatten", "y", "g"},
	} {
		g.Node = append(g.Node, &onnx.NodeProto{OpType: n[0], Name: n[1], Output: n[1:2], Input: n[2:]})
	}
	parsed, err := model.Parse(onnx.Marshal(&onnx.ModelProto{IrVersion: 8, OpsetImport: []*onnx.OperatorSetIdProto{{Version: 13}}, Graph: g}))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// conformJoined holds a runtime's answers, in batches, against the whole model behind the same intermediate.
func conformJoined(t *testing.T, open func(t *testing.T, s Suffix) Runtime) {
	t.Helper()
	for _, s := range joined(t) {
		t.Run(s.Cut, func(t *testing.T) {
			t.Parallel()
			r, err := open(t, s).Load(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}()
			whole := residual(t)
			cut, err := whole.CutByName(s.Cut)
			if err != nil {
				t.Fatal(err)
			}
			prefix, _, err := whole.Split(cut)
			if err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(3, 4))
			var batch, want [][]float32
			for range 5 {
				x := make([]float32, size(whole.Inputs[0].Shape))
				for i := range x {
					x[i] = float32(random.NormFloat64())
				}
				z, err := prefix.Eval(x)
				if err != nil {
					t.Fatal(err)
				}
				y, err := whole.Eval(x)
				if err != nil {
					t.Fatal(err)
				}
				batch, want = append(batch, z), append(want, y)
			}
			got, err := r.Run(t.Context(), batch)
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				for j, w := range want[i] {
					if !(math.Abs(float64(got[i][j]-w)) <= 1e-5) {
						t.Fatalf("sample %d: got %v, want %v", i, got[i], want[i])
					}
				}
			}
		})
	}
}

func TestBuiltinJoined(t *testing.T) {
	t.Parallel()
	conformJoined(t, func(*testing.T, Suffix) Runtime { return Builtin{} })
}

// TestHTTPJoined: a server of the creator's own runs the suffix's file on the joined intermediate.
func TestHTTPJoined(t *testing.T) {
	t.Parallel()
	conformJoined(t, func(t *testing.T, s Suffix) Runtime {
		b := s.Graph.Marshal()
		suffix, err := model.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if cut := r.URL.Query().Get("cut"); cut != s.Cut {
				t.Errorf("asked for the suffix behind %q, want %q", cut, s.Cut)
			}
			in, err := input.ReadNPY(r.Body)
			if err != nil {
				t.Error(err)
				return
			}
			var answer struct {
				Outputs [][]float32 `json:"outputs"`
			}
			for at := 0; at < len(in.Values); at += len(in.Values) / in.Shape[0] {
				z := make([]float32, len(in.Values)/in.Shape[0])
				for i := range z {
					z[i] = float32(in.Values[at+i])
				}
				y, err := suffix.Eval(z)
				if err != nil {
					t.Error(err)
				}
				answer.Outputs = append(answer.Outputs, y)
			}
			if err := json.NewEncoder(w).Encode(answer); err != nil {
				t.Error(err)
			}
		}))
		t.Cleanup(server.Close)
		h, err := NewHTTP(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		return h
	})
}

// TestExecJoined: a process of the creator's own takes the joined intermediate apart: the parts stand one after the other.
func TestExecJoined(t *testing.T) {
	t.Parallel()
	p := python(t)
	const program = `
import array, ast, json, math, os, struct, sys
while magic := sys.stdin.buffer.read(10):
    shape = ast.literal_eval(sys.stdin.buffer.read(struct.unpack("<H", magic[8:])[0]).decode())["shape"]
    values = array.array("f", sys.stdin.buffer.read(4 * math.prod(shape)))
    outputs, n = [], math.prod(shape[1:])
    for at in range(0, len(values), n):
        stem, rest = values[at:at + 24], values[at + 24:at + n]
        if os.environ["ENCOMPUTE_CUT"] == "stem+branch":
            rest = [sum(max(v, 0) for v in rest[c * 12:c * 12 + 12]) / 12 for c in range(2)]
        outputs.append([sum(math.tanh(v + rest[c]) for v in stem[c * 12:c * 12 + 12]) / 12 for c in range(2)])
    print(json.dumps({"outputs": outputs}), flush=True)
`
	path := filepath.Join(t.TempDir(), "suffix.py")
	if err := os.WriteFile(path, bytes.TrimSpace([]byte(program)), 0o600); err != nil {
		t.Fatal(err)
	}
	conformJoined(t, func(t *testing.T, _ Suffix) Runtime {
		e, err := NewExec([]string{p, path})
		if err != nil {
			t.Fatal(err)
		}
		return e
	})
}
