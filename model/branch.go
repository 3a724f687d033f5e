package model

import (
	"fmt"
	"slices"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// captured lists the values that the branches of an If node may read from outside.
func captured(n *Node) []string {
	if n.Op != "If" {
		return nil
	}
	var names []string
	var read func(g *onnx.GraphProto)
	read = func(g *onnx.GraphProto) {
		if g == nil {
			return
		}
		for _, v := range g.Output {
			names = append(names, v.Name)
		}
		for _, inner := range g.Node {
			names = append(names, inner.Input...)
			for _, a := range inner.Attribute {
				read(a.G)
			}
		}
	}
	for _, a := range n.attrs {
		read(a.G)
	}
	return names
}

// branch returns the nodes that take the place of an If node whose condition does not
// depend on the graph's inputs. Exporters write such nodes where shapes decide. Names
// in a branch differ from those outside, as ONNX requires of them.
func (b *builder) branch(n *Node) ([]*Node, error) {
	condition := b.consts[slices.Concat(n.Inputs, []string{""})[0]]
	if condition == nil || condition.Type != Bool || condition.len() != 1 {
		return nil, &UnsupportedOpError{Op: n.Op, Node: n.Name, Why: "the condition must be a constant: export the model with fixed shapes and simplify it"}
	}
	name := "else_branch"
	if condition.Ints[0] != 0 {
		name = "then_branch"
	}
	a, err := n.attr(name, onnx.AttributeGraph)
	if err != nil {
		return nil, err
	}
	if a == nil || a.G == nil {
		return nil, fmt.Errorf("%w: node %q (If) has no %s", ErrMalformed, n.Name, name)
	}
	g := a.G
	if len(g.Input) > 0 || len(g.Output) != len(n.Outputs) {
		return nil, fmt.Errorf("%w: node %q (If): %s has %d inputs and %d outputs for %d", ErrMalformed, n.Name, name, len(g.Input), len(g.Output), len(n.Outputs))
	}
	if err := b.readConstants(g); err != nil {
		return nil, err
	}
	inner := slices.Clone(g.Node)
	for i, out := range n.Outputs {
		delete(b.producer, out) // another node computes it now
		inner = append(inner, &onnx.NodeProto{
			OpType: "Identity", Name: n.Name + "/" + out, Input: []string{g.Output[i].Name}, Output: []string{out},
		})
	}
	var nodes []*Node
	for _, pb := range inner {
		node, err := b.newNode(pb)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, node)
	}
	return nodes, nil
}
