package model

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/encrypted-compute/encompute/model/onnxpb"
)

// conformanceData is where Debian's package libonnx-testdata puts ONNX's own
// backend tests.
const conformanceData = "/usr/share/libonnx-testdata/data"

// TestConformance runs those of ONNX's backend tests that consist of supported
// operators on float inputs.
func TestConformance(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(conformanceData); err != nil {
		t.Skip("ONNX's backend tests are not installed (Debian: libonnx-testdata)")
	}
	for _, category := range []string{"node", "simple", "pytorch-operator", "pytorch-converted"} {
		files, err := filepath.Glob(filepath.Join(conformanceData, category, "*", "model.onnx"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			dir := filepath.Dir(file)
			t.Run(category+"/"+filepath.Base(dir), func(t *testing.T) {
				t.Parallel()
				runConformance(t, dir)
			})
		}
	}
}

func runConformance(t *testing.T, dir string) {
	m := new(onnxpb.ModelProto)
	read(t, filepath.Join(dir, "model.onnx"), m)
	inputs, err := bindInputs(t, m, dir)
	if err != nil {
		t.Skip(err)
	}
	for i := range m.GetGraph().GetOutput() {
		p := new(onnxpb.TensorProto)
		read(t, filepath.Join(dir, "test_data_set_0", fmt.Sprintf("output_%d.pb", i)), p)
		if slices.Contains(p.GetDims(), 0) {
			t.Skip("output is empty")
		}
	}
	for _, n := range m.GetGraph().GetNode() {
		for _, a := range n.GetAttribute() {
			half := a.GetI() == int64(onnxpb.TensorProto_FLOAT16) || a.GetI() == int64(onnxpb.TensorProto_BFLOAT16)
			if n.GetOpType() == "Cast" && half {
				t.Skip("float32 is not rounded to half precision")
			}
		}
	}
	// The leading dimension of these inputs is no batch.
	g, err := DefaultLimits().build(m, 0)
	var unsupported *UnsupportedOpError
	if errors.As(err, &unsupported) || errors.Is(err, ErrOpset) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := g.Run(inputs)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range m.GetGraph().GetOutput() {
		p := new(onnxpb.TensorProto)
		read(t, filepath.Join(dir, "test_data_set_0", fmt.Sprintf("output_%d.pb", i)), p)
		want, err := decodeTensor(p, math.MaxInt32)
		if err != nil {
			t.Fatal(err)
		}
		out := got[v.GetName()]
		if fmt.Sprint(out.Shape) != fmt.Sprint(want.Shape) || out.Type != want.Type {
			t.Fatalf("output %d is %v %v, want %v %v", i, out.Type, out.Shape, want.Type, want.Shape)
		}
		for j, w := range want.Floats {
			near := math.Abs(float64(out.Floats[j]-w)) <= 1e-4*max(1, math.Abs(float64(w)))
			if same := out.Floats[j] == w || out.Floats[j] != out.Floats[j] && w != w; !near && !same {
				t.Fatalf("output %d, value %d is %g, want %g", i, j, out.Floats[j], w)
			}
		}
	}
}

// bindInputs turns all inputs but the first into constants, as models have them.
func bindInputs(t *testing.T, m *onnxpb.ModelProto, dir string) (map[string]*Tensor, error) {
	constants := make(map[string]bool)
	for _, c := range m.GetGraph().GetInitializer() {
		constants[c.GetName()] = true
	}
	inputs := make(map[string]*Tensor)
	n := 0
	for _, v := range m.GetGraph().GetInput() {
		if constants[v.GetName()] {
			continue
		}
		p := new(onnxpb.TensorProto)
		path := filepath.Join(dir, "test_data_set_0", fmt.Sprintf("input_%d.pb", n))
		n++
		if _, err := os.Stat(path); err != nil || v.GetType().GetTensorType() == nil {
			return nil, errors.New("input is not a tensor")
		}
		read(t, path, p)
		x, err := decodeTensor(p, math.MaxInt32)
		if err != nil {
			return nil, err
		}
		if n > 1 {
			p.Name = v.Name
			m.GetGraph().Initializer = append(m.GetGraph().Initializer, p)
			continue
		}
		if x.Type != Float || x.len() == 0 {
			return nil, errors.New("first input does not hold floats")
		}
		inputs[v.GetName()] = x
	}
	if n == 0 {
		return nil, errors.New("graph has no inputs")
	}
	return inputs, nil
}

func read(t *testing.T, path string, m proto.Message) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := proto.Unmarshal(b, m); err != nil {
		t.Fatal(err)
	}
}
