package model

import (
	"fmt"
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// The operator sets this package knows. Older ones broadcast differently.
const (
	minOpset = 6
	maxOpset = 24
	mlOpset  = 13 // of what machine learning operators become where the file names none
)

// builder turns a decoded file into a Graph.
type builder struct {
	Graph
	producer map[string]*Node
	batch    int             // declared batch that is read as 1; 0 if there is none
	text     map[string]bool // values that hold text, which nothing is computed from
	classes  []string        // names of classes that nodes have
	warnings []string
	lenient  bool // go on after nodes that fail
	problems []Problem
	doubted  map[string]bool // values that nothing is known of, because a node failed
	count    int             // nodes so far
	computed int             // elements of all computed values so far
	constant int             // elements of all constants so far
	folded   int             // elements read and written while evaluating constants
}

// graph builds a Graph. Exporters bake the batch of their sample input into the
// shapes; a graph whose outputs follow the batch is read with a batch of 1. What this
// package wrote has none but of 1.
func (l Limits) graph(m *onnx.ModelProto) (*Graph, error) {
	declared, err := declaredBatch(m.Graph)
	if err != nil {
		return nil, err
	}
	if declared > 1 && m.ProducerName != ownProducer {
		g, err := l.build(m, declared)
		if err == nil && !slices.ContainsFunc(g.Outputs, func(v Value) bool { return len(v.Shape) == 0 || v.Shape[0] != 1 }) {
			return g, nil
		}
	}
	return l.build(m, 0)
}

// declaredBatch returns the leading dimension that all inputs share, if it is fixed.
func declaredBatch(pb *onnx.GraphProto) (int, error) {
	batch := 0
	constants := make(map[string]bool)
	for _, t := range pb.Initializer {
		constants[t.Name] = true
	}
	for _, in := range pb.Input {
		dims := in.Tensor().Dims()
		if constants[in.Name] {
			continue
		}
		if len(dims) < 2 {
			return 0, nil
		}
		d := dims[0].DimValue
		if d < 0 || d > math.MaxInt32 {
			return 0, fmt.Errorf("%w: input %q: dimension %d", ErrMalformed, in.Name, d)
		}
		if batch != 0 && batch != int(d) {
			return 0, nil
		}
		batch = int(d)
	}
	return batch, nil
}

func (l Limits) build(m *onnx.ModelProto, batch int) (*Graph, error) {
	b := l.newBuilder(m, batch)
	if err := b.read(m); err != nil {
		return nil, err
	}
	// Keep only what the live nodes use.
	return b.subgraph(b.Name, b.Nodes, b.Inputs, b.Outputs), nil
}

func (l Limits) newBuilder(m *onnx.ModelProto, batch int) *builder {
	return &builder{
		Graph: Graph{
			Name: m.Graph.Name, irVersion: max(m.IrVersion, 4), limits: l,
			consts: make(map[string]*Tensor), shapes: make(map[string][]int), types: make(map[string]ElemType),
		},
		producer: make(map[string]*Node), text: make(map[string]bool), doubted: make(map[string]bool), batch: batch,
	}
}

// read takes the file in, step by step.
func (b *builder) read(m *onnx.ModelProto) error {
	pb := m.Graph
	for _, step := range []func() error{
		func() error { return b.readOpset(m.OpsetImport) },
		func() error { return b.readConstants(pb) },
		func() error { return b.readInputs(pb.Input) },
		func() error { return b.readNodes(pb.Node, m.Functions) },
		func() error { return b.sortNodes(pb.Output) },
		b.infer,
		b.readOutputs,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) readOpset(imports []*onnx.OperatorSetIdProto) error {
	for _, o := range imports {
		if o.Domain == mlDomain && len(imports) == 1 {
			b.Opset = mlOpset
			return nil
		}
		if d := o.Domain; d == "" || d == "ai.onnx" {
			if v := o.Version; v < minOpset || v > maxOpset {
				return fmt.Errorf("%w: opset %d: export with an opset from %d to %d", ErrOpset, v, minOpset, maxOpset)
			}
			b.Opset = int(o.Version)
			return nil
		}
	}
	return fmt.Errorf("%w: file names none of ONNX itself", ErrOpset)
}

func (b *builder) readConstants(pb *onnx.GraphProto) error {
	if len(pb.SparseInitializer) > 0 {
		return fmt.Errorf("%w: sparse weights are not supported: save them dense", ErrMalformed)
	}
	for _, p := range pb.Initializer {
		if p.DataType == onnx.String {
			b.text[p.Name] = true
			continue
		}
		t, err := decodeTensor(p, b.limits.Elements)
		if err != nil {
			return err
		}
		if err := b.addConstant(p.Name, t); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) addConstant(name string, t *Tensor) error {
	if name == "" || b.shapes[name] != nil || b.text[name] {
		return fmt.Errorf("%w: constant %q is unnamed or defined twice", ErrMalformed, name)
	}
	if b.constant += t.len(); b.constant > b.limits.Elements {
		return fmt.Errorf("%w: constants have more than %d elements", ErrTooLarge, b.limits.Elements)
	}
	b.consts[name], b.shapes[name], b.types[name] = t, known(t.Shape), t.Type
	return nil
}

// known makes the shape of a scalar different from an unknown shape.
func known(shape []int) []int {
	if shape == nil {
		return []int{}
	}
	return shape
}

func (b *builder) readInputs(inputs []*onnx.ValueInfoProto) error {
	for _, in := range inputs {
		name := in.Name
		if b.consts[name] != nil || b.text[name] {
			continue // before IR version 4, weights are listed as inputs too
		}
		if name == "" || b.shapes[name] != nil {
			return fmt.Errorf("%w: input %q is unnamed or defined twice", ErrMalformed, name)
		}
		typ := in.Tensor()
		if typ.Shape == nil {
			return fmt.Errorf("%w: input %q has no tensor shape", ErrMalformed, name)
		}
		kind := typ.ElemType
		elem, ok := elemTypes[kind]
		if !ok {
			return fmt.Errorf("%w: input %q holds %v: export the model with inputs of numbers", ErrMalformed, name, kind)
		}
		shape, err := b.inputShape(name, typ.Dims())
		if err != nil {
			return err
		}
		b.shapes[name], b.types[name] = shape, elem
		b.Inputs = append(b.Inputs, Value{Name: name, Shape: shape, Type: elem})
	}
	if len(b.Inputs) == 0 {
		return fmt.Errorf("%w: graph has no inputs", ErrMalformed)
	}
	return nil
}

func (b *builder) inputShape(name string, dims []*onnx.Dimension) ([]int, error) {
	shape := make([]int, len(dims))
	for i, dim := range dims {
		d := dim.DimValue
		switch {
		case d < 0 || d > math.MaxInt32:
			return nil, fmt.Errorf("%w: input %q: dimension %d", ErrMalformed, name, d)
		case d == 0 && i > 0:
			return nil, fmt.Errorf("%w: input %q: dimension %d", ErrDynamicShape, name, i)
		case i == 0 && (d == 0 || b.batch > 0):
			d = 1
		}
		shape[i] = int(d)
	}
	if _, err := elements(shape, b.limits.Elements); err != nil {
		return nil, fmt.Errorf("input %q: %w", name, err)
	}
	return shape, nil
}

func (b *builder) readNodes(nodes []*onnx.NodeProto, functions []*onnx.FunctionProto) error {
	nodes, err := b.expand(nodes, functions)
	if err != nil {
		return err
	}
	for _, pb := range nodes {
		n, err := b.newNode(pb)
		if err != nil {
			return err
		}
		b.Nodes = append(b.Nodes, n)
	}
	return nil
}

func (b *builder) newNode(pb *onnx.NodeProto) (*Node, error) {
	n := &Node{Name: nodeName(pb), Op: pb.OpType, Inputs: pb.Input, Outputs: pb.Output}
	n.attrs = make(map[string]*onnx.AttributeProto, len(pb.Attribute))
	for _, a := range pb.Attribute {
		if n.attrs[a.Name] != nil {
			return nil, fmt.Errorf("%w: node %q (%s): attribute %q given twice", ErrMalformed, n.Name, n.Op, a.Name)
		}
		n.attrs[a.Name] = a
	}
	for _, out := range n.Outputs {
		if out == "" {
			continue
		}
		if b.producer[out] != nil || b.shapes[out] != nil || b.text[out] {
			return nil, fmt.Errorf("%w: value %q is defined twice", ErrMalformed, out)
		}
		b.producer[out] = n
	}
	if n.Name == "" {
		return nil, fmt.Errorf("%w: a node (%s) has neither name nor output", ErrMalformed, n.Op)
	}
	if d := pb.Domain; d != "" && d != "ai.onnx" {
		n.Op = functionKey(d, n.Op)
	}
	if b.count++; b.count > b.limits.Nodes {
		return nil, fmt.Errorf("%w: graph has more than %d nodes", ErrTooLarge, b.limits.Nodes)
	}
	return n, nil
}

// sortNodes orders the nodes that the outputs depend on so that each stands after
// those it depends on, otherwise as in the file, and drops the others.
func (b *builder) sortNodes(outputs []*onnx.ValueInfoProto) error {
	live := make(map[*Node]bool)
	var pending []string
	for _, v := range outputs {
		pending = append(pending, v.Name)
		b.Outputs = append(b.Outputs, Value{Name: v.Name})
	}
	for len(pending) > 0 {
		n := b.producer[pending[len(pending)-1]]
		pending = pending[:len(pending)-1]
		if n != nil && !live[n] {
			live[n] = true
			pending = append(pending, slices.Concat(n.Inputs, captured(n))...)
		}
	}
	const visiting, done = 1, 2
	state := make(map[*Node]int)
	sorted := make([]*Node, 0, len(live))
	var visit func(n *Node) error
	visit = func(n *Node) error {
		switch state[n] {
		case done:
			return nil
		case visiting:
			return fmt.Errorf("%w: at node %q", ErrCycle, n.Name)
		}
		state[n] = visiting
		for _, in := range n.Inputs {
			if p := b.producer[in]; p != nil {
				if err := visit(p); err != nil {
					return err
				}
			} else if in != "" && b.shapes[in] == nil && !b.text[in] {
				return fmt.Errorf("%w: node %q reads %q, which nothing computes", ErrMalformed, n.Name, in)
			}
		}
		for _, in := range captured(n) {
			if p := b.producer[in]; p != nil {
				if err := visit(p); err != nil {
					return err
				}
			}
		}
		state[n] = done
		sorted = append(sorted, n)
		return nil
	}
	for _, n := range b.Nodes {
		if live[n] {
			if err := visit(n); err != nil {
				return err
			}
		}
	}
	b.Nodes = sorted
	return nil
}

func (b *builder) readOutputs() error {
	if len(b.Outputs) == 0 {
		return fmt.Errorf("%w: graph has no outputs", ErrMalformed)
	}
	b.Outputs = slices.DeleteFunc(b.Outputs, func(v Value) bool {
		if b.text[v.Name] {
			b.warn("output %q holds text and is left out", v.Name)
		}
		return b.text[v.Name]
	})
	if len(b.Outputs) == 0 {
		return fmt.Errorf("%w: every output holds text: export the scores", ErrMalformed)
	}
	b.Nodes = live(b.Nodes, b.Outputs)
	for i, v := range b.Outputs {
		shape := b.shapes[v.Name]
		if b.doubted[v.Name] {
			continue
		}
		if p := b.producer[v.Name]; shape == nil && p != nil {
			return &UnsupportedOpError{Op: p.Op, Node: p.Name, Why: fmt.Sprintf("output %q is not supported", v.Name)}
		}
		if shape == nil {
			return fmt.Errorf("%w: nothing computes the output %q", ErrMalformed, v.Name)
		}
		b.Outputs[i].Shape, b.Outputs[i].Type = shape, b.types[v.Name]
	}
	return nil
}
