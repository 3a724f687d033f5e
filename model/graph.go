// Package model imports ONNX models: it checks and orders the graph, infers
// shapes, lists the places where the graph can be cut in two, evaluates it in
// plaintext on gorgonia tensors (in browsers, in plain Go), and describes a prefix as the linear maps and
// polynomials that an encrypted evaluation needs.
//
// A graph is of one sample: a dynamic or larger batch dimension is read as 1. It can
// be evaluated on several samples at a time.
package model

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// Graph is a checked ONNX graph. It is immutable; all methods may be called
// from several goroutines.
type Graph struct {
	Name    string
	Opset   int // version of ONNX's own operator set
	Inputs  []Value
	Outputs []Value
	Nodes   []*Node // in topological order, dead and constant ones removed

	irVersion int64
	limits    Limits
	consts    map[string]*Tensor
	shapes    map[string][]int    // of every constant and every computed value
	types     map[string]ElemType // of every constant and every computed value
	perRun    func() int          // samples that are best evaluated together
}

// Value is a named tensor of a graph.
type Value struct {
	Name  string
	Shape []int // with the batch dimension, which is 1
	Type  ElemType
}

// Sample returns the shape of one sample: Shape without the batch dimension.
func (v Value) Sample() []int { return sampleShape(v.Shape) }

// sampleShape drops the leading batch dimension of 1.
func sampleShape(shape []int) []int {
	if len(shape) > 1 && shape[0] == 1 {
		return slices.Clone(shape[1:])
	}
	return slices.Clone(shape)
}

// Node is one operation of a graph. Name is never empty; an omitted optional
// input or output is the empty string.
type Node struct {
	Name    string
	Op      string
	Inputs  []string
	Outputs []string

	attrs map[string]*onnx.AttributeProto
}

// attr returns the named attribute if it is present; it must be of the wanted type.
func (n *Node) attr(name string, want onnx.AttributeType) (*onnx.AttributeProto, error) {
	a, ok := n.attrs[name]
	if !ok {
		return nil, nil
	}
	if a.Type != 0 && a.Type != want {
		return nil, fmt.Errorf("%w: node %q: attribute %s is of type %v, not %v", ErrMalformed, n.Name, name, a.Type, want)
	}
	return a, nil
}

// Int returns an integer attribute, or def if it is absent.
func (n *Node) Int(name string, def int64) (int64, error) {
	a, err := n.attr(name, onnx.AttributeInt)
	if a == nil {
		return def, err
	}
	return a.I, nil
}

// Ints returns a list attribute; nil if it is absent.
func (n *Node) Ints(name string) ([]int64, error) {
	a, err := n.attr(name, onnx.AttributeInts)
	return slices.Clone(a.GetInts()), err
}

// Float returns a floating point attribute, or def if it is absent.
func (n *Node) Float(name string, def float64) (float64, error) {
	a, err := n.attr(name, onnx.AttributeFloat)
	if a == nil {
		return def, err
	}
	return float64(a.F), nil
}

// Text returns a string attribute, or def if it is absent.
func (n *Node) Text(name, def string) (string, error) {
	a, err := n.attr(name, onnx.AttributeString)
	if a == nil {
		return def, err
	}
	return string(a.S), nil
}

// Shape returns the shape of a value of the graph, with the batch dimension.
func (g *Graph) Shape(value string) ([]int, error) {
	shape, ok := g.shapes[value]
	if !ok {
		return nil, fmt.Errorf("graph has no value %q", value)
	}
	return slices.Clone(shape), nil
}

// Shapes returns the shapes of all inputs and computed values, without constants.
func (g *Graph) Shapes() map[string][]int {
	out := make(map[string][]int)
	for name, shape := range g.shapes {
		if g.consts[name] == nil {
			out[name] = slices.Clone(shape)
		}
	}
	return out
}

// Constant returns a constant of the graph (a weight); nil if there is none of
// that name. It must not be changed.
func (g *Graph) Constant(name string) *Tensor { return g.consts[name] }

// variable reports whether a node's input is present and depends on the graph's inputs.
func (g *Graph) variable(name string) bool { return name != "" && g.consts[name] == nil }

// subgraph returns the graph of some of the nodes, with the constants they use.
func (g *Graph) subgraph(name string, nodes []*Node, inputs, outputs []Value) *Graph {
	sub := &Graph{
		Name: name, Opset: g.Opset, Inputs: inputs, Outputs: outputs, Nodes: nodes,
		irVersion: g.irVersion, limits: g.limits,
		consts: make(map[string]*Tensor), shapes: make(map[string][]int), types: make(map[string]ElemType),
	}
	sub.perRun = sync.OnceValue(sub.samplesPerRun)
	keep := func(value string) {
		if t := g.consts[value]; t != nil {
			sub.consts[value] = t
		}
		if value != "" {
			sub.shapes[value], sub.types[value] = g.shapes[value], g.types[value]
		}
	}
	for _, v := range slices.Concat(inputs, outputs) {
		keep(v.Name)
	}
	for _, n := range nodes {
		for _, v := range slices.Concat(n.Inputs, n.Outputs) {
			keep(v)
		}
	}
	return sub
}

// sortedKeys gives maps one order, so that equal graphs give equal bytes.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
