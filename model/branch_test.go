package model

import (
	"errors"
	"fmt"
	"testing"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// squeezed is a model as torch.onnx exports a squeeze of unknown shape: an If on the
// size of an axis, whose branches read a value from outside.
func squeezed(t *testing.T, axis int64) *onnx.ModelProto {
	t.Helper()
	consts := map[string]*Tensor{"axis": ints([]int{}, axis), "size": ints([]int{}, 1), "axes": ints([]int{1}, axis)}
	m := file(t, []int64{1, 3, 1, 2}, "early=Relu(x) s=Shape(early) d=Gather(s,axis) c=Equal(d,size) out=Identity(c) y=Neg(out)", consts)
	m.Graph.Initializer = append(m.Graph.Initializer, encodeTensor("axes", consts["axes"]))
	branch := func(name, nodes string) *onnx.AttributeProto {
		g := file(t, []int64{1}, nodes, nil).Graph
		g.Input, g.Initializer = nil, nil
		return &onnx.AttributeProto{Name: name, Type: onnx.AttributeGraph, G: g}
	}
	m.Graph.Node[4] = &onnx.NodeProto{
		OpType: "If", Name: "squeeze", Input: []string{"c"}, Output: []string{"out"},
		Attribute: []*onnx.AttributeProto{branch("then_branch", "a1=Squeeze(early,axes)"), branch("else_branch", "b1=Tanh(early) b2=Identity(b1)")},
	}
	return m
}

func TestConditionOfShapes(t *testing.T) {
	t.Parallel()
	for axis, want := range map[int64]string{2: "[1 3 2]", 1: "[1 3 1 2]"} {
		g, err := Parse(marshal(t, squeezed(t, axis)))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(g.Outputs[0].Shape); got != want {
			t.Errorf("axis %d: got %s, want %s", axis, got, want)
		}
		if _, err := reload(t, g).Eval(ramp(6)); err != nil {
			t.Error(err)
		}
	}
}

func TestConditionsRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		want error
		bend func(n *onnx.NodeProto)
	}{
		"no condition": {nil, func(n *onnx.NodeProto) { n.Input = nil }},
		"of floats":    {nil, func(n *onnx.NodeProto) { n.Input[0] = "early" }},
		"no branch":    {ErrMalformed, func(n *onnx.NodeProto) { n.Attribute = n.Attribute[1:] }},
		"no graph":     {ErrMalformed, func(n *onnx.NodeProto) { n.Attribute[0] = intAttr("then_branch", 1) }},
		"more outputs": {ErrMalformed, func(n *onnx.NodeProto) { n.Output = append(n.Output, "more") }},
		"its own result": {ErrCycle, func(n *onnx.NodeProto) {
			n.Attribute[0].G.Node[0].Input[0] = "y"
		}},
		"name of outside": {ErrMalformed, func(n *onnx.NodeProto) { n.Attribute[0].G.Node[0].Output[0] = "early" }},
		"nothing computes it": {nil, func(n *onnx.NodeProto) {
			n.Attribute[0].G.Node[0].Input[0] = "none"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := squeezed(t, 2)
			tt.bend(m.Graph.Node[4])
			_, err := Parse(marshal(t, m))
			var u *UnsupportedOpError
			if tt.want == nil && !errors.As(err, &u) || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			check(t, m)
		})
	}
}
