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

// small is a model that the tables below bend.
func small(t *testing.T) *onnx.ModelProto {
	return file(t, []int64{1, 2, 4, 4}, "c=Conv(x,k,b){pads=1,1,1,1} r=Relu(c) f=Flatten(r) y=Gemm(f,w)", smallConsts())
}

func smallConsts() map[string]*Tensor {
	return map[string]*Tensor{
		"k": floats([]int{3, 2, 3, 3}, ramp(54)...), "b": floats([]int{3}, 1, 2, 3), "w": floats([]int{48, 2}, ramp(96)...),
	}
}

func setDim(m *onnx.ModelProto, i int, d *onnx.Dimension) {
	m.Graph.Input[0].Tensor().Shape.Dim[i] = d
}

func dimValue(v int64) *onnx.Dimension {
	return &onnx.Dimension{DimValue: v}
}

func dimParam(s string) *onnx.Dimension {
	return &onnx.Dimension{DimParam: s}
}

// TestParseVariants holds the harmless differences between exporters.
func TestParseVariants(t *testing.T) {
	t.Parallel()
	plain, err := Parse(marshal(t, small(t)))
	if err != nil {
		t.Fatal(err)
	}
	want, err := plain.Eval(ramp(32))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		bend func(m *onnx.ModelProto)
	}{
		{"batch N", func(m *onnx.ModelProto) { setDim(m, 0, dimParam("N")) }},
		{"batch 0", func(m *onnx.ModelProto) { setDim(m, 0, dimValue(0)) }},
		{"batch unknown", func(m *onnx.ModelProto) { setDim(m, 0, &onnx.Dimension{}) }},
		{"batch 10", func(m *onnx.ModelProto) { setDim(m, 0, dimValue(10)) }},
		{"batch 10 in a reshape", func(m *onnx.ModelProto) {
			setDim(m, 0, dimValue(10))
			m.Graph.Node[2] = &onnx.NodeProto{OpType: "Reshape", Input: []string{"r", "to"}, Output: []string{"f"}}
			m.Graph.Initializer = append(m.Graph.Initializer, encodeTensor("to", ints([]int{2}, 10, 48)))
		}},
		{"shape computed from the input", func(m *onnx.ModelProto) {
			computed := file(t, []int64{1}, "s=Shape(r) n=Gather(s,zero) u=Unsqueeze(n,zeros) t=Concat(u,minus){axis=0} f=Reshape(r,t)",
				map[string]*Tensor{"zero": ints([]int{}, 0), "zeros": ints([]int{1}, 0), "minus": ints([]int{1}, -1)})
			m.Graph.Node = slices.Concat(m.Graph.Node[:2], computed.Graph.Node, m.Graph.Node[3:])
			m.Graph.Initializer = append(m.Graph.Initializer, computed.Graph.Initializer...)
		}},
		{"unsorted nodes", func(m *onnx.ModelProto) { slices.Reverse(m.Graph.Node) }},
		{"unnamed nodes", func(m *onnx.ModelProto) {
			for _, n := range m.Graph.Node {
				n.Name = ""
			}
		}},
		{"weights among the inputs", func(m *onnx.ModelProto) {
			m.Graph.Input = append(m.Graph.Input, encodeValue(Value{Name: "k", Shape: []int{3, 2, 3, 3}}))
		}},
		{"weights in float_data", func(m *onnx.ModelProto) {
			for _, p := range m.Graph.Initializer {
				v, _ := decodeTensor(p, 1<<20)
				p.RawData, p.FloatData = nil, v.Floats
			}
		}},
		{"weights in doubles", func(m *onnx.ModelProto) {
			for _, p := range m.Graph.Initializer {
				v, _ := decodeTensor(p, 1<<20)
				p.RawData, p.DoubleData, p.DataType = nil, widen(v.Floats), onnx.Double
			}
		}},
		{"weights by a Constant node", func(m *onnx.ModelProto) {
			p := m.Graph.Initializer[0]
			m.Graph.Initializer = m.Graph.Initializer[1:]
			a := &onnx.AttributeProto{Name: "value", T: p, Type: onnx.AttributeTensor}
			n := &onnx.NodeProto{OpType: "Constant", Output: []string{p.Name}, Attribute: []*onnx.AttributeProto{a}}
			m.Graph.Node = append(m.Graph.Node, n)
		}},
		{"attributes without type", func(m *onnx.ModelProto) {
			for _, a := range m.Graph.Node[0].Attribute {
				a.Type = 0
			}
		}},
		{"dead nodes of unknown operators", func(m *onnx.ModelProto) {
			m.Graph.Node = append(m.Graph.Node, &onnx.NodeProto{OpType: "Magic", Input: []string{"c"}, Output: []string{"unused"}})
		}},
		{"dropout with a mask", func(m *onnx.ModelProto) {
			m.Graph.Node[1].Input[0] = "d"
			m.Graph.Node = append(m.Graph.Node, &onnx.NodeProto{OpType: "Dropout", Input: []string{"c"}, Output: []string{"d", "mask"}})
		}},
		{"domain spelled out", func(m *onnx.ModelProto) {
			m.OpsetImport[0].Domain = "ai.onnx"
			m.Graph.Node[0].Domain = "ai.onnx"
		}},
	}
	for opset := int64(7); opset <= 22; opset++ {
		tests = append(tests, struct {
			name string
			bend func(m *onnx.ModelProto)
		}{fmt.Sprintf("opset %d", opset), func(m *onnx.ModelProto) { m.OpsetImport[0].Version = opset }})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := small(t)
			tt.bend(m)
			g, err := Parse(marshal(t, m))
			if err != nil {
				t.Fatal(err)
			}
			if s := g.Inputs[0].Shape; !slices.Equal(s, []int{1, 2, 4, 4}) {
				t.Errorf("input has shape %v", s)
			}
			if s := g.Outputs[0].Shape; !slices.Equal(s, []int{1, 2}) {
				t.Errorf("output has shape %v", s)
			}
			got, err := g.Eval(ramp(32))
			if err != nil {
				t.Fatal(err)
			}
			if d := maxDiff(t, got, want); d > 1e-6 {
				t.Errorf("differs by %g", d)
			}
			if g, err = Parse(g.Marshal()); err != nil {
				t.Fatalf("own file: %v", err)
			}
			if got, err = g.Eval(ramp(32)); err != nil || maxDiff(t, got, want) > 1e-6 {
				t.Errorf("own file gives %v, %v", got, err)
			}
		})
	}
}

// TestParseRefuses holds what is not a model, each with its error.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		bend func(m *onnx.ModelProto)
		want error
	}{
		{"no graph", func(m *onnx.ModelProto) { m.Graph = nil }, ErrMalformed},
		{"no opset", func(m *onnx.ModelProto) { m.OpsetImport = nil }, ErrOpset},
		{"old opset", func(m *onnx.ModelProto) { m.OpsetImport[0].Version = 5 }, ErrOpset},
		{"future opset", func(m *onnx.ModelProto) { m.OpsetImport[0].Version = 99 }, ErrOpset},
		{"no inputs", func(m *onnx.ModelProto) { m.Graph.Input = nil }, ErrMalformed},
		{"no outputs", func(m *onnx.ModelProto) { m.Graph.Output = nil }, ErrMalformed},
		{"unknown output", func(m *onnx.ModelProto) { m.Graph.Output[0].Name = "none" }, ErrMalformed},
		{"unknown value", func(m *onnx.ModelProto) { m.Graph.Node[0].Input[0] = "none" }, ErrMalformed},
		{"unknown bias", func(m *onnx.ModelProto) { m.Graph.Node[0].Input[2] = "none" }, ErrMalformed},
		{"value twice", func(m *onnx.ModelProto) { m.Graph.Node[1].Output[0] = "c" }, ErrMalformed},
		{"value named as input", func(m *onnx.ModelProto) { m.Graph.Node[1].Output[0] = "x" }, ErrMalformed},
		{"input twice", func(m *onnx.ModelProto) { m.Graph.Input = append(m.Graph.Input, m.Graph.Input[0]) }, ErrMalformed},
		{"weight twice", func(m *onnx.ModelProto) { m.Graph.Initializer = append(m.Graph.Initializer, m.Graph.Initializer[0]) }, ErrMalformed},
		{"node without output", func(m *onnx.ModelProto) { m.Graph.Node[0].Name, m.Graph.Node[0].Output = "", nil }, ErrMalformed},
		{"self loop", func(m *onnx.ModelProto) { m.Graph.Node[1].Input[0] = "r" }, ErrCycle},
		{"loop", func(m *onnx.ModelProto) { m.Graph.Node[0].Input[0] = "f" }, ErrCycle},
		{"dynamic height", func(m *onnx.ModelProto) { setDim(m, 2, dimParam("H")) }, ErrDynamicShape},
		{"negative dimension", func(m *onnx.ModelProto) { setDim(m, 2, dimValue(-4)) }, ErrMalformed},
		{"negative batch", func(m *onnx.ModelProto) { setDim(m, 0, dimValue(-4)) }, ErrMalformed},
		{"huge dimension", func(m *onnx.ModelProto) { setDim(m, 2, dimValue(math.MaxInt64)) }, ErrMalformed},
		{"huge input", func(m *onnx.ModelProto) { setDim(m, 2, dimValue(1<<30)) }, ErrTooLarge},
		{"integer input", func(m *onnx.ModelProto) { m.Graph.Input[0].Tensor().ElemType = 7 }, ErrMalformed},
		{"no shape", func(m *onnx.ModelProto) { m.Graph.Input[0].Tensor().Shape = nil }, ErrMalformed},
		{"huge weight", func(m *onnx.ModelProto) { m.Graph.Initializer[0].Dims = []int64{1 << 30, 1 << 30, 1 << 30, 1 << 30} }, ErrTooLarge},
		{"negative weight", func(m *onnx.ModelProto) { m.Graph.Initializer[0].Dims = []int64{-1} }, ErrMalformed},
		{"short weight", func(m *onnx.ModelProto) { m.Graph.Initializer[0].RawData = m.Graph.Initializer[0].RawData[1:] }, ErrMalformed},
		{"weight of strings", func(m *onnx.ModelProto) { m.Graph.Initializer[0].DataType = 8 }, ErrMalformed},
		{"weights of integers", func(m *onnx.ModelProto) { m.Graph.Initializer[1].DataType = 6 }, ErrMalformed},
		{"external weight", func(m *onnx.ModelProto) { m.Graph.Initializer[0].DataLocation = onnx.External }, ErrExternalData},
		{"sparse weight", func(m *onnx.ModelProto) { m.Graph.SparseInitializer = [][]byte{{}} }, ErrMalformed},
		{"attribute of a wrong type", func(m *onnx.ModelProto) {
			m.Graph.Node[0].Attribute[0] = shorthand("pads=1")
			m.Graph.Node[0].Attribute[0].Type = onnx.AttributeInt
		}, ErrMalformed},
		{"attribute twice", func(m *onnx.ModelProto) {
			m.Graph.Node[0].Attribute = append(m.Graph.Node[0].Attribute, m.Graph.Node[0].Attribute[0])
		}, ErrMalformed},
		{"softmax of integers", func(m *onnx.ModelProto) {
			m.Graph.Node[1] = &onnx.NodeProto{OpType: "Softmax", Input: []string{"i"}, Output: []string{"r"}}
			m.Graph.Initializer = append(m.Graph.Initializer, encodeTensor("i", ints([]int{1, 48}, make([]int64, 48)...)))
		}, ErrMalformed},
		{"missing input", func(m *onnx.ModelProto) { m.Graph.Node[0].Input = []string{"x"} }, ErrMalformed},
		{"mask as a factor", func(m *onnx.ModelProto) {
			m.Graph.Node[1] = &onnx.NodeProto{OpType: "Mul", Input: []string{"c", "mask"}, Output: []string{"r"}}
			m.Graph.Node = append(m.Graph.Node, &onnx.NodeProto{OpType: "Dropout", Input: []string{"c"}, Output: []string{"kept", "mask"}})
		}, ErrMalformed},
		{"input of strings", func(m *onnx.ModelProto) { m.Graph.Input[0].Tensor().ElemType = 8 }, ErrMalformed},
		{"no inputs at all", func(m *onnx.ModelProto) { m.Graph.Node[1].Input = nil }, ErrMalformed},
		{"channels differ", func(m *onnx.ModelProto) { setDim(m, 1, dimValue(5)) }, ErrMalformed},
		{"matrix does not fit", func(m *onnx.ModelProto) { setDim(m, 2, dimValue(5)) }, ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := small(t)
			tt.bend(m)
			if _, err := Parse(marshal(t, m)); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestUnsupportedOperators(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{"k": floats([]int{1, 1, 1, 1, 1}, 1), "m": floats([]int{2, 2}, 1, 2, 3, 4), "yes": {Type: Bool, Shape: []int{}, Ints: []int64{1}}, "one": ints([]int{4}, 0, 1, 0, 1)}
	tests := []struct {
		name, nodes, op string
		shape           []int64
	}{
		{"unknown", "y=Loop(x)", "Loop", []int64{1, 2}},
		{"two operators", "a=Relu(x) y=NonZero(a)", "NonZero", []int64{1, 2}},
		{"three dimensions", "y=Conv(x,k)", "Conv", []int64{1, 1, 3, 3, 3}},
		{"computed shape", "y=Reshape(x,x)", "Reshape", []int64{2, 2}},
		{"cast to bytes", "y=Cast(x){to=2}", "Cast", []int64{2, 2}},
		{"training", "y=Dropout(x,,yes)", "Dropout", []int64{2, 2}},
		{"twisted pad", "y=Pad(x,one){mode=twist}", "Pad", []int64{2, 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(marshal(t, file(t, tt.shape, tt.nodes, consts)))
			var u *UnsupportedOpError
			if !errors.As(err, &u) || u.Op != tt.op || u.Node == "" {
				t.Errorf("got %v, want operator %s", err, tt.op)
			}
		})
	}
	t.Run("other domain", func(t *testing.T) {
		t.Parallel()
		m := small(t)
		m.Graph.Node[0].Domain = "com.example"
		_, err := Parse(marshal(t, m))
		var u *UnsupportedOpError
		if !errors.As(err, &u) || u.Op != "com.example.Conv" {
			t.Errorf("got %v", err)
		}
	})
}

// TestLimits holds that a small file cannot cost much.
func TestLimits(t *testing.T) {
	t.Parallel()
	tight := DefaultLimits()
	tight.Elements = 1 << 16
	bombs := map[string]*Tensor{
		"shape": ints([]int{2}, 1<<30, 1<<30), "long": ints([]int{2}, 1<<10, 1), "wide": ints([]int{2}, 1, 1<<10), "one": floats([]int{}, 1),
	}
	models := map[string]string{
		"constant of a shape":   "a=ConstantOfShape(shape) y=Add(x,a)",
		"expanded constant":     "a=Expand(one,shape) y=Add(x,a)",
		"broadcast constants":   "a=ConstantOfShape(long) b=ConstantOfShape(wide) c=Add(a,b) y=Add(x,c)",
		"many constants":        "z0=ConstantOfShape(long) " + negations(64) + "y=Add(x,z64)",
		"padded value":          "y=Pad(x){pads=0,0,1000,1000}",
		"broadcast value":       "a=ConstantOfShape(long) b=Add(a,x) c=Transpose(b) y=Add(b,c)",
		"many values":           "z0=Pad(x){pads=0,0,0,1023} " + negations(64) + "y=Neg(z64)",
		"window over a padding": "u=Unsqueeze(x){axes=0,1} y=MaxPool(u){kernel_shape=300,300 pads=300,300,300,300}",
		"rank":                  "y=Reshape(x,ranks)",
		"rank by Unsqueeze":     "u=Unsqueeze(x){axes=0,1,2,3,4,5,6,7} y=Unsqueeze(u){axes=0,1,2,3,4,5,6}",
		"empty and long":        "y=Reshape(x,empty){allowzero=1}",
		"product of constants":  "a=ConstantOfShape(matrix) m=MatMul(a,a) y=Add(x,m)",
		"unrolled convolution":  "u=Unsqueeze(x){axes=0,1} y=Conv(u,kernel){pads=99,99,99,99}",
	}
	bombs["matrix"] = ints([]int{2}, 128, 128)
	bombs["ranks"] = ints([]int{17}, slices.Repeat([]int64{1}, 17)...)
	bombs["empty"] = ints([]int{3}, 1<<30, 1<<30, 0)
	bombs["kernel"] = floats([]int{1, 1, 50, 50}, ramp(2500)...)
	for name, nodes := range models {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := file(t, []int64{1, 1}, nodes, bombs)
			m.OpsetImport[0].Version = 9 // axes and pads as attributes
			if _, err := tight.Parse(marshal(t, m)); !errors.Is(err, ErrTooLarge) {
				t.Errorf("got %v, want %v", err, ErrTooLarge)
			}
		})
	}
	good := marshal(t, small(t))
	for name, change := range map[string]func(l *Limits){
		"file":     func(l *Limits) { l.FileBytes = int64(len(good)) - 1 },
		"fields":   func(l *Limits) { l.Fields = 20 },
		"depth":    func(l *Limits) { l.Depth = 3 },
		"nodes":    func(l *Limits) { l.Nodes = 3 },
		"elements": func(l *Limits) { l.Elements = 152 }, // 153 weights
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := DefaultLimits()
			change(&l)
			if _, err := l.Load(strings.NewReader(string(good))); !errors.Is(err, ErrTooLarge) {
				t.Errorf("got %v, want %v", err, ErrTooLarge)
			}
		})
	}
}

// negations writes n nodes after z0, each as large as z0.
func negations(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "z%d=Neg(z%d) ", i+1, i)
	}
	return b.String()
}

func TestNestedMessages(t *testing.T) {
	t.Parallel()
	// A graph in an attribute of a node of a graph, and so on.
	inner := &onnx.GraphProto{}
	for range 40 {
		a := &onnx.AttributeProto{Name: "body", G: inner}
		inner = &onnx.GraphProto{Node: []*onnx.NodeProto{{Attribute: []*onnx.AttributeProto{a}}}}
	}
	if _, err := Parse(marshal(t, &onnx.ModelProto{Graph: inner})); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v, want %v", err, ErrTooLarge)
	}
	// Two bytes for each empty node.
	nodes := strings.Repeat("\x0a\x00", 5<<20)
	b := append([]byte{0x3a, 0x80, 0x80, 0x80, 0x05}, nodes...)
	if _, err := Parse(b); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v, want %v", err, ErrTooLarge)
	}
}

// TestMutations changes every byte of a model: no change may crash the import or
// the evaluation.
func TestMutations(t *testing.T) {
	t.Parallel()
	good := marshal(t, small(t))
	for i := range good {
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			b := slices.Clone(good)
			b[i] ^= flip
			exercise(t, b)
		}
		exercise(t, good[:i])
	}
}

// exercise imports a file under tight limits and uses whatever comes out.
func exercise(t *testing.T, b []byte) {
	t.Helper()
	l := Limits{FileBytes: 1 << 20, Fields: 1 << 16, Depth: 16, Nodes: 100, Elements: 1 << 16}
	g, err := l.Parse(b)
	if r, e := l.Check(b); e == nil && r.Supported != (err == nil) {
		t.Errorf("check says supported: %v, the import says %v", r.Supported, err)
	}
	if err != nil {
		return
	}
	for _, r := range g.Inspect(g.AllCuts()...) {
		if _, err := g.PrefixLayers(r.Cut); (err == nil) != r.Encryptable {
			t.Errorf("cut %s: reported %v, compiled with %v", r.Cut.Layer, r.Reason, err)
		}
		_, suffix, err := g.Split(r.Cut)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(suffix.Marshal()); err != nil {
			t.Errorf("cut %s: the file of the suffix is refused: %v", r.Cut.Layer, err)
		}
	}
	for _, layer := range g.activations() {
		if h, _, err := g.Approximate([]Approximation{{Layer: layer, Low: -1, High: 1}}, nil); err == nil {
			h.Inspect()
		}
	}
	inputs := make(map[string]*Tensor)
	for _, v := range g.Inputs {
		inputs[v.Name] = zeros(v)
	}
	out, err := g.Run(inputs)
	if err == nil {
		for _, v := range g.Outputs {
			if got := out[v.Name]; !slices.Equal(got.Shape, v.Shape) || got.Type != v.Type {
				t.Errorf("output %q is %v %v, inferred was %v %v", v.Name, got.Type, got.Shape, v.Type, v.Shape)
			}
		}
	}
	if _, err := Parse(g.Marshal()); err != nil {
		t.Errorf("own file is refused: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	t := &testing.T{}
	f.Add(marshal(t, small(t)))
	f.Add(marshal(t, file(t, []int64{1, 4}, "u=Mul(a,x) v=Mul(u,x) y=Add(v,x)", map[string]*Tensor{"a": floats([]int{4}, 1, 2, 3, 4)})))
	f.Add(marshal(t, file(t, []int64{1, 2, 5}, "p=AveragePool(x){kernel_shape=2 strides=2 ceil_mode=1} s=Slice(p,a,b) y=Softmax(s)",
		map[string]*Tensor{"a": ints([]int{3}, 0, 0, 1), "b": ints([]int{3}, 1, 2, 9)})))
	f.Add(marshal(t, file(t, []int64{1, 6}, "a,b=Split(x){axis=1} c=Concat(a,b){axis=0} t=Transpose(c) y=ReduceMean(t){axes=0 keepdims=0}", nil)))
	f.Add(marshal(t, file(t, []int64{1, 2, 4, 4}, "c=Conv(x,k) a=Add(c,x) q=Mul(a,a) t=Transpose(q){perm=0,2,3,1} m=MatMul(t,w) g=Sigmoid(m) s=Mul(m,g) p=Pad(s,d) r=Gather(p,i){axis=1} y=Neg(r)",
		map[string]*Tensor{
			"k": floats([]int{2, 2, 1, 1}, 1, 2, 3, 4), "w": floats([]int{2, 2}, 1, 2, 3, 4), "d": ints([]int{8}, 0, 1, -1, 0, 0, 2, 0, 0), "i": ints([]int{1}, 1),
		})))
	for _, c := range runtimeCases {
		f.Add(runtimeModel(t, c))
	}
	f.Add(marshal(t, classical("l,z", mlCall("Scaler", "x", "s", floatsAttr("offset", 1, 2), floatsAttr("scale", 2, 1)),
		mlCall("LinearClassifier", "s", "l,p", floatsAttr("coefficients", 1, 2, 3, 4), floatsAttr("intercepts", 0, 1), textsAttr("classlabels_strings", "a", "b")), mlCall("ZipMap", "p", "z"))))
	calls := file(t, []int64{1, 2}, "y=Neg(w)", map[string]*Tensor{"w": floats([]int{2, 2}, 1, -1, 2, 1)})
	calls.Functions, calls.Graph.Node = []*onnx.FunctionProto{dense()}, []*onnx.NodeProto{denseCall("one", "x", "y")}
	f.Add(marshal(t, calls))
	f.Add(marshal(t, squeezed(t, 2)))
	f.Add(marshal(t, file(t, []int64{1, 2, 3, 3}, "a=Conv(x,k) g=GlobalAveragePool(a) c=Conv(a,k) d=Mul(c,c) e=Add(d,a) f=Sub(e,g) y=Relu(f)",
		map[string]*Tensor{"k": floats([]int{2, 2, 1, 1}, 1, 2, 3, 4)})))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) { exercise(t, b) })
}
