package model

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/model/onnx"
)

func floats(shape []int, v ...float32) *Tensor { return &Tensor{Shape: shape, Floats: v} }

func ints(shape []int, v ...int64) *Tensor { return &Tensor{Type: Int, Shape: shape, Ints: v} }

// zeros returns what a value may hold.
func zeros(v Value) *Tensor {
	t, n := &Tensor{Type: v.Type, Shape: v.Shape}, product(v.Shape)
	if v.Type == Float {
		t.Floats = make([]float32, n)
	} else {
		t.Ints = make([]int64, n)
	}
	return t
}

// ramp returns n values without much regularity between -1 and 1.
func ramp(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(math.Sin(float64(i*i)*0.37 + float64(i)))
	}
	return out
}

var nodePattern = regexp.MustCompile(`^([\w,]+)=(\w+)\(([\w,]*)\)(?:\{(.*)\})?$`)

// file writes a model in shorthand: nodes "y=Op(a,b){attr=1,2 other=x}" separated
// by blanks outside braces; the last node's first output is the graph's output.
func file(t *testing.T, shape []int64, nodes string, consts map[string]*Tensor) *onnx.ModelProto {
	t.Helper()
	g := &onnx.GraphProto{Name: "test"}
	for _, text := range regexp.MustCompile(`\S+?\([^)]*\)(\{[^}]*\})?`).FindAllString(nodes, -1) {
		m := nodePattern.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("bad node %q", text)
		}
		n := &onnx.NodeProto{OpType: m[2], Name: m[1], Output: strings.Split(m[1], ",")}
		if m[3] != "" {
			n.Input = strings.Split(m[3], ",")
		}
		for _, a := range strings.Fields(m[4]) {
			n.Attribute = append(n.Attribute, shorthand(a))
		}
		g.Node = append(g.Node, n)
	}
	for _, name := range sortedKeys(consts) {
		if strings.Contains(nodes, name) {
			g.Initializer = append(g.Initializer, encodeTensor(name, consts[name]))
		}
	}
	in := &onnx.TensorShapeProto{}
	for _, d := range shape {
		in.Dim = append(in.Dim, &onnx.Dimension{DimValue: d})
	}
	g.Input = []*onnx.ValueInfoProto{encodeValue(Value{Name: "x"})}
	g.Input[0].Type.TensorType.Shape = in
	g.Output = []*onnx.ValueInfoProto{encodeValue(Value{Name: g.Node[len(g.Node)-1].Output[0]})}
	return &onnx.ModelProto{
		IrVersion: 8, Graph: g,
		OpsetImport: []*onnx.OperatorSetIdProto{{Version: 13}},
	}
}

// listAttributes are lists even when they have one element.
var listAttributes = map[string]bool{
	"pads": true, "strides": true, "dilations": true, "kernel_shape": true, "axes": true, "perm": true, "split": true,
	"starts": true, "ends": true, "value_ints": true, "output_shape": true, "output_padding": true,
}

// shorthand reads one attribute: an integer, a float with a point, a list or a string.
func shorthand(text string) *onnx.AttributeProto {
	name, value, _ := strings.Cut(text, "=")
	a := &onnx.AttributeProto{Name: name, Type: onnx.AttributeInt}
	if listAttributes[name] {
		a.Type = onnx.AttributeInts
		for _, s := range strings.Split(value, ",") {
			v, _ := strconv.ParseInt(s, 10, 64)
			a.Ints = append(a.Ints, v)
		}
		return a
	}
	if v, err := strconv.ParseInt(value, 10, 64); err == nil {
		a.I = v
	} else if f, err := strconv.ParseFloat(value, 32); err == nil {
		a.Type, a.F = onnx.AttributeFloat, float32(f)
	} else {
		a.Type, a.S = onnx.AttributeString, []byte(value)
	}
	return a
}

func marshal(t *testing.T, m *onnx.ModelProto) []byte {
	t.Helper()
	return onnx.Marshal(m)
}

// build imports a model written in the shorthand of file.
func build(t *testing.T, shape []int, nodes string, consts map[string]*Tensor) *Graph {
	t.Helper()
	dims := make([]int64, len(shape))
	for i, d := range shape {
		dims[i] = int64(d)
	}
	g, err := Parse(marshal(t, file(t, dims, nodes, consts)))
	if err != nil {
		t.Fatal(err)
	}
	return g
}
