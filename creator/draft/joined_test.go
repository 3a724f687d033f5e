package draft

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/model/onnx"
	"github.com/encrypted-compute/encompute/protocol"
)

// residual is where a classifier of table rows with a residual block is kept, its card and a row; the pages' tests give it, too.
var residual = filepath.Join("testdata", "residual")

// TestJoinedCuts shows and plans the cuts that several tensors cross.
func TestJoinedCuts(t *testing.T) {
	t.Parallel()
	if *update {
		writeResidual(t)
	}
	d := new(Draft)
	for _, name := range []string{"model.onnx", "model.json", "rows.csv"} {
		b, err := os.ReadFile(filepath.Join(residual, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Take(name, b); err != nil {
			t.Fatal(err)
		}
	}
	v := view(t, d)
	for _, name := range []string{"card", "sample"} {
		if c := check(v, name); c.Status != attestation.Passed {
			t.Errorf("check %s: %+v", name, c)
		}
	}
	if slices.ContainsFunc(v.Cuts, func(c Cut) bool { return strings.Contains(c.Layer, "+") }) {
		t.Errorf("cuts that one tensor crosses: %+v", v.Cuts)
	}
	var names []string
	for _, c := range v.Joined {
		names = append(names, c.Layer)
		if !c.Encryptable || c.After < 3 || c.After > 5 || len(c.Shape) != 1 || c.Shape[0] < 16+12 {
			t.Errorf("joined cut %+v", c)
		}
	}
	if want := []string{"stem/square+block/fc1", "stem/square+block/square", "stem/square+block/fc2"}; !slices.Equal(names, want) {
		t.Fatalf("joined cuts are %q, want %q", names, want)
	}
	plan, err := d.Plan(t.Context(), v.Joined[1].Layer)
	if err != nil || !slices.Equal(plan.Info().OutputShape, v.Joined[1].Shape) {
		t.Errorf("plan %+v, %v", plan.Info(), err)
	}
	cfg, err := d.Config([]creator.Offer{{Layer: names[0], Price: 1}})
	if err != nil || cfg.Offers[0].Layer != names[0] {
		t.Errorf("configuration %+v, %v", cfg.Offers, err)
	}
	if _, err := d.Plan(t.Context(), "block/fc1"); err == nil {
		t.Error("a cut around which the skip goes was planned")
	}
}

// writeResidual writes a stem of 16 values, a block that adds to them what two layers of 12 and 16 make of them, and a head.
func writeResidual(t *testing.T) {
	t.Helper()
	g := &onnx.GraphProto{Name: "residual", Input: values("x", 8), Output: values("y", 2)}
	node := func(name, op, out string, inputs ...string) {
		g.Node = append(g.Node, &onnx.NodeProto{OpType: op, Name: name, Input: inputs, Output: []string{out}})
	}
	dense := func(name, out, in string, rows, columns int) {
		w := make([]float32, rows*columns)
		for i := range w {
			w[i] = float32(math.Sin(float64(7*i+len(g.Node))) / math.Sqrt(float64(rows)))
		}
		g.Initializer = append(g.Initializer, &onnx.TensorProto{
			Name: out + ".w", DataType: onnx.Float, Dims: []int64{int64(rows), int64(columns)}, FloatData: w,
		})
		node(name, "Gemm", out, in, out+".w")
	}
	dense("/stem/fc/Gemm", "s", "x", 8, 16)
	node("/stem/square/Mul", "Mul", "ss", "s", "s")
	dense("/block/fc1/Gemm", "b", "ss", 16, 12)
	node("/block/square/Mul", "Mul", "bb", "b", "b")
	dense("/block/fc2/Gemm", "c", "bb", 12, 16)
	node("/block/Add", "Add", "d", "c", "ss")
	node("/relu/Relu", "Relu", "r", "d")
	dense("/head/Gemm", "y", "r", 16, 2)
	file := onnx.Marshal(&onnx.ModelProto{IrVersion: 8, Graph: g, OpsetImport: []*onnx.OperatorSetIdProto{{Version: 17}}})
	row := []float32{0.5, -0.25, 0.125, 0.75, -0.5, 0.25, -0.125, 0.625}
	write(t, "model.onnx", file)
	write(t, "rows.csv", []byte("a,b,c,d,e,f,g,h\n"+strings.Trim(fmt.Sprint(strings.ReplaceAll(fmt.Sprint(row), " ", ",")), "[]")+"\n"))
	parsed, err := model.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	out, err := parsed.Eval(row)
	if err != nil {
		t.Fatal(err)
	}
	card := creator.Card{
		Name: "residual", Description: "Rows of numbers, with a residual block.", Task: "classification", Labels: []string{"low", "high"},
		Input:      protocol.InputSchema{Kind: input.Table, Shape: []int{8}, Columns: strings.Split("abcdefgh", ""), Scale: 1, Clip: 1},
		InputRange: protocol.Range{Low: -1, High: 1}, Sample: &creator.SampleVector{Input: "rows.csv", Output: []float64{float64(out[0]), float64(out[1])}},
	}
	b, err := json.MarshalIndent(card, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	write(t, "model.json", append(b, '\n'))
}

func values(name string, columns int64) []*onnx.ValueInfoProto {
	return []*onnx.ValueInfoProto{{Name: name, Type: &onnx.TypeProto{TensorType: &onnx.TensorTypeProto{
		ElemType: onnx.Float, Shape: &onnx.TensorShapeProto{Dim: []*onnx.Dimension{{DimValue: 1}, {DimValue: columns}}},
	}}}}
}

func write(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(residual, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(residual, name), b, 0o644); err != nil {
		t.Fatal(err)
	}
}
