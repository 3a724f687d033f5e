package model

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/encrypted-compute/encompute/model/onnxpb"
)

// captured lists the values that the branches of an If node may read from outside.
func captured(n *Node) []string {
	if n.Op != "If" {
		return nil
	}
	var names []string
	var read func(g *onnxpb.GraphProto)
	read = func(g *onnxpb.GraphProto) {
		for _, v := range g.GetOutput() {
			names = append(names, v.GetName())
		}
		for _, inner := range g.GetNode() {
			names = append(names, inner.GetInput()...)
			for _, a := range inner.GetAttribute() {
				read(a.GetG())
			}
		}
	}
	for _, a := range n.attrs {
		read(a.GetG())
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
	a, err := n.attr(name, onnxpb.AttributeProto_GRAPH)
	if err != nil {
		return nil, err
	}
	g := a.GetG()
	if len(g.GetInput()) > 0 || len(g.GetOutput()) != len(n.Outputs) {
		return nil, fmt.Errorf("%w: node %q (If): %s has %d inputs and %d outputs for %d", ErrMalformed, n.Name, name, len(g.GetInput()), len(g.GetOutput()), len(n.Outputs))
	}
	if err := b.readConstants(g); err != nil {
		return nil, err
	}
	inner := slices.Clone(g.GetNode())
	for i, out := range n.Outputs {
		delete(b.producer, out) // another node computes it now
		inner = append(inner, &onnxpb.NodeProto{
			OpType: proto.String("Identity"), Name: proto.String(n.Name + "/" + out), Input: []string{g.GetOutput()[i].GetName()}, Output: []string{out},
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
