package creator

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/model/onnx"
)

// network is an ONNX file as it grows, with weights at random.
type network struct {
	pb  *onnx.GraphProto
	rng *rand.Rand
	at  string // the value that the next node reads
}

func newNetwork(seed uint64, shape ...int) *network {
	n := &network{pb: &onnx.GraphProto{}, rng: rand.New(rand.NewPCG(seed, 1)), at: "x"}
	n.pb.Input = []*onnx.ValueInfoProto{info("x", shape...)}
	return n
}

func info(name string, shape ...int) *onnx.ValueInfoProto {
	s := &onnx.TensorShapeProto{}
	for _, d := range shape {
		s.Dim = append(s.Dim, &onnx.Dimension{DimValue: int64(d)})
	}
	float := onnx.Float
	return &onnx.ValueInfoProto{Name: name, Type: &onnx.TypeProto{
		TensorType: &onnx.TensorTypeProto{ElemType: float, Shape: s},
	}}
}

// node adds a node; an attribute is an int or a list of them.
func (n *network) node(op string, attributes map[string]any, inputs ...string) string {
	out := fmt.Sprintf("v%d", len(n.pb.Node))
	pb := &onnx.NodeProto{OpType: op, Name: out, Input: inputs, Output: []string{out}}
	for name, v := range attributes {
		a := &onnx.AttributeProto{Name: name}
		switch v := v.(type) {
		case int:
			a.Type, a.I = onnx.AttributeInt, int64(v)
		case []int:
			a.Type = onnx.AttributeInts
			for _, i := range v {
				a.Ints = append(a.Ints, int64(i))
			}
		}
		pb.Attribute = append(pb.Attribute, a)
	}
	n.pb.Node = append(n.pb.Node, pb)
	n.at = out
	return out
}

// weights adds constants from -1/scale to 1/scale.
func (n *network) weights(scale float64, shape ...int) string {
	data := make([]float32, size(shape))
	for i := range data {
		data[i] = float32((2*n.rng.Float64() - 1) / scale)
	}
	return n.constant(&onnx.TensorProto{DataType: onnx.Float, FloatData: data}, shape)
}

func (n *network) ints(v ...int) string {
	t := &onnx.TensorProto{DataType: onnx.Int64}
	for _, i := range v {
		t.Int64Data = append(t.Int64Data, int64(i))
	}
	return n.constant(t, []int{len(v)})
}

func (n *network) constant(t *onnx.TensorProto, shape []int) string {
	t.Name = fmt.Sprintf("c%d", len(n.pb.Initializer))
	for _, d := range shape {
		t.Dims = append(t.Dims, int64(d))
	}
	n.pb.Initializer = append(n.pb.Initializer, t)
	return t.Name
}

// graph is the network with a last activation, so that there is a cut before it.
func (n *network) graph() (*model.Graph, error) {
	pb := *n.pb
	pb.Node = append(pb.Node, &onnx.NodeProto{OpType: "Relu", Input: []string{n.at}, Output: []string{"y"}})
	pb.Output = []*onnx.ValueInfoProto{info("y")}
	m := &onnx.ModelProto{IrVersion: 8, Graph: &pb, OpsetImport: []*onnx.OperatorSetIdProto{{Version: 18}}}
	return model.Parse(onnx.Marshal(m))
}

func (n *network) upTo(most int) int { return n.rng.IntN(most + 1) }

// pair is two numbers from 1 to most.
func (n *network) pair(most int) []int { return []int{1 + n.upTo(most-1), 1 + n.upTo(most-1)} }

// step adds what a layer may be to a value of the given shape.
func (n *network) step(shape []int) {
	x := n.at
	if len(shape) != 4 {
		n.stepFlat(x, shape)
		return
	}
	channels := shape[1]
	switch n.rng.IntN(14) {
	case 0, 1:
		k, groups := n.pair(3), 1
		if n.upTo(1) == 1 {
			groups = channels
		}
		out := groups * (1 + n.upTo(1))
		n.node("Conv", map[string]any{
			"strides": n.pair(2), "dilations": n.pair(2), "pads": []int{n.upTo(3), n.upTo(3), n.upTo(3), n.upTo(3)}, "group": groups,
		}, x, n.weights(3, out, channels/groups, k[0], k[1]), n.weights(1, out))
	case 2, 3:
		k := n.pair(3)
		n.node("AveragePool", map[string]any{
			"kernel_shape": k, "strides": n.pair(3), "dilations": n.pair(2), "pads": []int{n.upTo(2), n.upTo(2), n.upTo(2), n.upTo(2)},
			"ceil_mode": n.upTo(1), "count_include_pad": n.upTo(1),
		}, x)
	case 4:
		n.node("Add", nil, n.node("Mul", nil, x, n.weights(1, channels, 1, 1)), n.weights(1, shape[3]))
	case 5:
		n.node("Mul", nil, n.weights(1, shape...), x)
	case 6:
		n.node("Mul", nil, x, x)
	case 7:
		square := n.node("Mul", nil, x, x)
		cube := n.node("Mul", nil, square, n.node("Sub", nil, n.weights(1, 1, channels, 1, 1), x))
		n.node("Add", nil, cube, x)
	case 8:
		conv := n.node("Conv", nil, x, n.weights(2, channels, channels, 1, 1))
		n.node([]string{"Add", "Sub"}[n.upTo(1)], nil, conv, x)
	case 9:
		n.node("Concat", map[string]any{"axis": 1 + n.upTo(2)}, x, n.node("Neg", nil, x))
	case 10:
		n.node("Transpose", map[string]any{"perm": [][]int{{0, 1, 3, 2}, {0, 2, 3, 1}, {0, 3, 1, 2}, {0, 2, 1, 3}}[n.upTo(3)]}, x)
	case 11:
		crop := func(d int) int { return n.upTo(2) - min(1, d-1) } // of more than one row only
		pads := []int{0, n.upTo(1), crop(shape[2]), crop(shape[3]), 0, n.upTo(1), n.upTo(2), n.upTo(2)}
		n.node("Pad", nil, x, n.ints(pads...), n.weights(1))
	case 12:
		n.node([]string{"ReduceMean", "ReduceSum"}[n.upTo(1)], nil, x, n.ints(1+n.upTo(2)))
	case 13:
		if n.upTo(1) == 0 {
			n.node("MatMul", nil, x, n.weights(2, shape[3], 3))
		} else {
			n.node("Reshape", nil, x, n.ints(1, -1))
		}
	}
}

func (n *network) stepFlat(x string, shape []int) {
	width := shape[len(shape)-1]
	switch n.rng.IntN(4) {
	case 0:
		n.node("Gemm", nil, x, n.weights(float64(width), width, 4), n.weights(1, 4))
	case 1:
		n.node("Add", nil, n.node("Mul", nil, x, x), n.node("Mul", nil, x, n.weights(1, width)))
	case 2:
		n.node("Slice", nil, x, n.ints(0), n.ints(max(1, width-1)), n.ints(1))
	case 3:
		n.node("Concat", map[string]any{"axis": 1}, n.node("MatMul", nil, x, n.weights(float64(width), width, 2)), x)
	}
}

// TestLowerRandom holds on networks at random: every cut of them can be lowered, and what
// comes out computes what the graph computes.
func TestLowerRandom(t *testing.T) {
	t.Parallel()
	const networks, layers, elements = 300, 7, 2000
	kinds := map[string]int{}
	for seed := range uint64(networks) {
		n := newNetwork(seed, 1, 2, 5, 6)
		shape := []int{1, 2, 5, 6}
		for range layers {
			before := *n.pb
			at := n.at
			n.step(shape)
			g, err := n.graph() // a window may not fit
			if err != nil || size(g.Outputs[0].Shape) > elements {
				n.pb, n.at = &before, at
				continue
			}
			shape = g.Outputs[0].Shape
		}
		g, err := n.graph()
		if err != nil {
			t.Fatal(err)
		}
		for _, cut := range g.Cuts() {
			lowered := checkLowered(t, g, cut)
			for _, l := range lowered.Layers {
				kinds[kind(l)]++
			}
		}
		if t.Failed() {
			t.Fatalf("network %d: %v", seed, n.pb.Node)
		}
	}
	for _, want := range []string{"conv", "pool", "dense", "affine", "poly", "reshape", "permute", "pad", "add", "concat"} {
		if kinds[want] == 0 {
			t.Errorf("no network has a layer %s", want)
		}
	}
}

// checkLowered requires that a cut can be lowered and that it computes the graph's prefix.
func checkLowered(t *testing.T, g *model.Graph, cut model.Cut) fhe.Prefix {
	t.Helper()
	lowered, err := Lower(g, cut)
	if refused, ok := errors.AsType[*model.NotEncryptable](err); ok && strings.HasPrefix(refused.Why, "no layer before the cut") {
		return lowered // a mean over one row
	}
	if err != nil {
		t.Errorf("cut %s: %v", cut.Layer, err)
		return lowered
	}
	prefix, _, err := g.Split(cut)
	if err != nil {
		t.Fatal(err)
	}
	if worst, err := difference(lowered.Eval, prefix, uniform(t, g, 1)); err != nil || worst > 1e-5 {
		t.Errorf("cut %s: differs by %g, %v", cut.Layer, worst, err)
	}
	return lowered
}

func kind(l fhe.Layer) string {
	for name, set := range map[string]bool{
		"conv": l.Conv != nil, "pool": l.Pool != nil, "dense": l.Dense != nil, "affine": l.Affine != nil, "poly": l.Poly != nil,
		"reshape": l.Reshape != nil, "permute": l.Permute != nil, "pad": l.Pad != nil, "add": l.Add != nil, "concat": l.Concat != nil,
	} {
		if set {
			return name
		}
	}
	return ""
}

// TestLowerShapes lowers tensors of other ranks than the engine's.
func TestLowerShapes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		input []int
		build func(n *network)
	}{
		{"signal", []int{1, 2, 9}, func(n *network) {
			conv := n.node("Conv", map[string]any{"pads": []int{1, 3}}, "x", n.weights(1, 2, 2, 3), n.weights(1, 2))
			pool := n.node("AveragePool", map[string]any{"kernel_shape": []int{3}, "strides": []int{1}}, conv)
			n.node("Concat", map[string]any{"axis": 2}, n.node("Mul", nil, pool, pool), "x")
		}},
		{"volume", []int{1, 2, 3, 2, 2}, func(n *network) {
			scaled := n.node("Mul", nil, "x", n.weights(1, 2, 1, 1, 1))
			mean := n.node("GlobalAveragePool", nil, scaled)
			n.node("Transpose", map[string]any{"perm": []int{0, 4, 2, 3, 1}}, n.node("Add", nil, scaled, mean))
		}},
		{"tokens", []int{1, 5, 4}, func(n *network) {
			mixed := n.node("MatMul", nil, "x", n.weights(1, 4, 6))
			sum := n.node("Add", nil, n.node("Add", nil, mixed, n.weights(1, 6)), n.weights(1, 1, 5, 6))
			heads := n.node("Transpose", map[string]any{"perm": []int{0, 2, 1, 3}}, n.node("Reshape", nil, sum, n.ints(1, 5, 2, 3)))
			n.node("Mul", nil, heads, heads)
		}},
		{"no batch", []int{7}, func(n *network) { n.node("MatMul", nil, n.node("Mul", nil, "x", "x"), n.weights(1, 7, 3)) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(3, tt.input...)
			tt.build(n)
			g, err := n.graph()
			if err != nil {
				t.Fatal(err)
			}
			for _, cut := range g.Cuts() {
				checkLowered(t, g, cut)
			}
		})
	}
}

// TestLowerWindows holds windows that the engine has no layer for.
func TestLowerWindows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		op         string
		attributes map[string]any
	}{
		{"plain", "pool", "AveragePool", map[string]any{"kernel_shape": []int{2, 2}, "strides": []int{2, 2}}},
		{"pads count", "pool", "AveragePool", map[string]any{"kernel_shape": []int{3, 3}, "pads": []int{1, 1, 1, 1}, "count_include_pad": 1}},
		{"pads do not count", "pool", "AveragePool", map[string]any{"kernel_shape": []int{3, 3}, "pads": []int{1, 1, 1, 1}}},
		{"hangs over", "pool", "AveragePool", map[string]any{"kernel_shape": []int{2, 2}, "strides": []int{2, 2}, "ceil_mode": 1}},
		{
			"hangs over pads that count", "conv reshape affine reshape", "AveragePool",
			map[string]any{"kernel_shape": []int{3, 3}, "strides": []int{2, 2}, "pads": []int{1, 0, 0, 0}, "ceil_mode": 1, "count_include_pad": 1},
		},
		{"dilated", "conv", "AveragePool", map[string]any{"kernel_shape": []int{2, 2}, "dilations": []int{2, 2}}},
		{
			"dilated and padded", "conv reshape affine reshape", "AveragePool",
			map[string]any{"kernel_shape": []int{2, 2}, "dilations": []int{3, 2}, "pads": []int{1, 1, 1, 1}},
		},
		{
			"pads as wide as the window", "pad conv", "AveragePool",
			map[string]any{"kernel_shape": []int{2, 2}, "pads": []int{2, 0, 0, 3}, "count_include_pad": 1},
		},
		{"wide convolution", "pad conv", "Conv", map[string]any{"pads": []int{2, 0, 0, 3}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(1, 1, 2, 5, 6)
			inputs := []string{"x"}
			if tt.op == "Conv" {
				inputs = append(inputs, n.weights(1, 2, 2, 2, 2))
			}
			at := n.node(tt.op, tt.attributes, inputs...)
			g, err := n.graph()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range checkLowered(t, g, model.Cut{Layer: "v0", Value: at}).Layers {
				got = append(got, kind(l))
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got layers %v, want %s", got, tt.want)
			}
		})
	}
}

// TestLowerApproximation lowers a graph whose activation became a polynomial: what the
// engine sees lies on [-1, 1].
func TestLowerApproximation(t *testing.T) {
	t.Parallel()
	n := newNetwork(2, 1, 2, 5, 6)
	conv := n.node("Conv", nil, "x", n.weights(1, 3, 2, 3, 3), n.weights(1, 3))
	act := n.node("Mul", nil, conv, n.node("Sigmoid", nil, conv))
	n.node("Conv", nil, act, n.weights(1, 2, 3, 1, 1))
	plain, err := n.graph()
	if err != nil {
		t.Fatal(err)
	}
	g, done, err := plain.Approximate([]model.Approximation{{Layer: "v1", Degree: 5}}, [][]float64{uniform(t, plain, 1)})
	if err != nil {
		t.Fatal(err)
	}
	cuts := g.Cuts()
	lowered := checkLowered(t, g, cuts[len(cuts)-1])
	i := slices.IndexFunc(lowered.Layers, func(l fhe.Layer) bool { return l.Poly != nil })
	if i < 1 || lowered.Layers[i].Poly.Degree != 5 && lowered.Layers[i].Poly.Degree != 4 {
		t.Fatalf("got layers %+v", lowered.Layers)
	}
	before := lowered
	before.Layers = before.Layers[:i]
	low, high := math.Inf(1), math.Inf(-1)
	for range 4 {
		u, err := before.Eval(uniform(t, g, 0.3))
		if err != nil {
			t.Fatal(err)
		}
		low, high = min(low, slices.Min(u)), max(high, slices.Max(u))
	}
	if low < -1 || high > 1 || done[0].MaxError <= 0 || done[0].Low >= done[0].High {
		t.Errorf("the polynomial's input is from %g to %g, and the approximation %+v", low, high, done[0])
	}
}
