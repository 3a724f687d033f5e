package model

import (
	"slices"

	"github.com/encrypted-compute/encompute/model/onnx"
)

func identityEval(c *call) ([]*Tensor, error) { return []*Tensor{c.in[0]}, nil }

// dropoutShape refuses training mode: at inference nothing is dropped.
func dropoutShape(c *call) ([][]int, error) {
	if training := c.has(2) && (c.in[2] == nil || slices.Contains(c.in[2].Ints, 1)); training {
		return nil, c.unsupported("training mode: export the model for inference")
	}
	if err := c.need(1); err != nil {
		return nil, err
	}
	return [][]int{c.shapes[0], c.shapes[0]}, nil
}

func dropoutTypes(c *call) []ElemType { return []ElemType{c.types[0], Bool} }

// dropoutEval returns the input and a mask that keeps everything.
func dropoutEval(c *call) ([]*Tensor, error) {
	x := c.in[0]
	return []*Tensor{x, {Type: Bool, Shape: x.Shape, Ints: slices.Repeat([]int64{1}, x.len())}}, nil
}

// castShape accepts casts of constants to any number and of values to those that
// are stored as computed: float32, int64, bool.
func castShape(c *call) ([][]int, error) {
	if _, err := c.castTarget(); err != nil {
		return nil, err
	}
	return sameShape(c)
}

func (c *call) castTarget() (ElemType, error) {
	if err := c.need(1); err != nil {
		return 0, err
	}
	kind := onnx.DataType(c.int("to", 0))
	to, ok := elemTypes[kind]
	if !ok {
		return 0, c.unsupported("to %v", kind)
	}
	wide := to != Int || kind == onnx.Int64 || kind == onnx.Int32
	if c.in[0] == nil && !wide {
		return 0, c.unsupported("to %v: cast to int64 instead", kind)
	}
	return to, nil
}

func castTypes(c *call) []ElemType {
	to, _ := c.castTarget() // castShape has refused what fails
	return []ElemType{to}
}

// widenCast makes a Cast node ask for the type that this package computes in, so
// that the graph's own file is well typed.
func widenCast(n *Node) {
	a := n.attrs["to"]
	if to, ok := elemTypes[onnx.DataType(a.GetI())]; ok {
		n.attrs["to"] = &onnx.AttributeProto{Name: a.Name, Type: a.Type, I: int64(storedTypes[to])}
	}
}

func castEval(c *call) ([]*Tensor, error) {
	to, err := c.castTarget()
	if err != nil {
		return nil, err
	}
	return []*Tensor{c.in[0].cast(to)}, nil
}

// castLikeShape takes its target from the type of the second input.
func castLikeShape(c *call) ([][]int, error) {
	if err := c.need(2); err != nil {
		return nil, err
	}
	return sameShape(c)
}

func castLikeEval(c *call) ([]*Tensor, error) { return []*Tensor{c.in[0].cast(c.types[1])}, nil }

// cast returns the elements as another type: numbers lose their fractions, and all but
// zero is true.
func (t *Tensor) cast(to ElemType) *Tensor {
	switch {
	case t.Type == to:
		return t
	case to == Float:
		return castToFloat(t)
	}
	out := &Tensor{Type: to, Shape: t.Shape, Ints: slices.Clone(t.Ints)}
	for _, v := range t.Floats {
		if to == Bool {
			out.Ints = append(out.Ints, truth(v != 0))
		} else {
			out.Ints = append(out.Ints, int64(v))
		}
	}
	if to == Bool {
		for i, v := range out.Ints {
			out.Ints[i] = truth(v != 0)
		}
	}
	return out
}
