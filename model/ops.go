package model

import (
	"fmt"
	"slices"
)

// operator is the support for one ONNX operator. To add one, write shape and eval,
// and types if the outputs are not of the first input's type, and enter them in the table.
type operator struct {
	// shape returns the shapes of the outputs that eval computes; of c.in it may
	// use only what is not nil, that is the constants.
	shape func(c *call) ([][]int, error)
	// eval computes the outputs; every c.in is there unless it was omitted.
	eval func(c *call) ([]*Tensor, error)
	// types returns the element types of the outputs; nil if all are of the first input's.
	types func(c *call) []ElemType
	// work is how many values an element of the output is computed from; nil if few.
	work func(c *call) int
	// static operators depend on the shape of their input, not on its values.
	static bool
	// scalar is the function that an elementwise operator of one variable applies.
	scalar func(c *call) scalar
}

// call is one application of an operator. Attributes are read through it: the
// first one of a wrong type makes the whole call fail.
type call struct {
	node   *Node
	op     operator
	opset  int
	limit  int // elements of a tensor
	in     []*Tensor
	shapes [][]int    // of in; nil where an input is omitted
	types  []ElemType // of in
	batch  int        // samples that are evaluated together, in shapes; 0 or 1 for one
	err    error
}

// attribute keeps the first error of a call and passes the value on.
func attribute[T any](c *call, v T, err error) T {
	if c.err == nil {
		c.err = err
	}
	return v
}

func (c *call) int(name string, def int) int {
	v, err := c.node.Int(name, int64(def))
	if v != int64(int32(v)) && err == nil {
		err = c.malformed("attribute %s is %d", name, v)
	}
	return attribute(c, int(v), err)
}

func (c *call) ints(name string) []int {
	list, err := c.node.Ints(name)
	out, narrow := narrowInts(list)
	if !narrow && err == nil {
		err = c.malformed("attribute %s is %v", name, list)
	}
	return attribute(c, out, err)
}

func (c *call) float(name string, def float64) float64 {
	v, err := c.node.Float(name, def)
	return attribute(c, v, err)
}

func (c *call) text(name, def string) string {
	v, err := c.node.Text(name, def)
	return attribute(c, v, err)
}

// narrowInts converts to int; false if a value does not fit 32 bits. Slices use
// the extreme int64 values for "to the end" and are clamped by their reader.
func narrowInts(list []int64) ([]int, bool) {
	if list == nil {
		return nil, true
	}
	out := make([]int, len(list))
	ok := true
	for i, v := range list {
		out[i] = int(v)
		ok = ok && v == int64(int32(v))
	}
	return out, ok
}

// has reports whether input i is given.
func (c *call) has(i int) bool { return i < len(c.shapes) && c.shapes[i] != nil }

// need fails unless the first n inputs are given.
func (c *call) need(n int) error {
	for i := range n {
		if !c.has(i) {
			return c.malformed("input %d is missing", i)
		}
	}
	return nil
}

// constInts returns the integers of constant input i; nil if it is omitted.
func (c *call) constInts(i int) ([]int64, error) {
	if !c.has(i) {
		return nil, nil
	}
	if c.in[i] == nil {
		return nil, c.unsupported("input %d must be a constant", i)
	}
	if c.types[i] == Float {
		return nil, c.malformed("input %d must hold integers", i)
	}
	return c.in[i].Ints, nil
}

// listed reads a list of integers that older opsets have as an attribute and
// newer ones as input i; nil if there is none.
func (c *call) listed(name string, i int) ([]int, error) {
	if list := c.ints(name); list != nil {
		return list, c.err
	}
	list, err := c.constInts(i)
	if err != nil {
		return nil, err
	}
	out, ok := narrowInts(list)
	if !ok {
		return nil, c.malformed("%s is %v", name, list)
	}
	return out, c.err
}

// axis resolves an axis, negative ones from the end.
func (c *call) axis(axis, rank int) (int, error) {
	if axis < -rank || axis >= rank {
		return 0, c.malformed("axis %d is outside a tensor of rank %d", axis, rank)
	}
	if axis < 0 {
		axis += rank
	}
	return axis, nil
}

// axes resolves a list of axes and sorts it.
func (c *call) axes(list []int, rank int) ([]int, error) {
	out := make([]int, len(list))
	for i, a := range list {
		var err error
		if out[i], err = c.axis(a, rank); err != nil {
			return nil, err
		}
	}
	slices.Sort(out)
	if len(slices.Compact(slices.Clone(out))) != len(out) {
		return nil, c.malformed("axes %v name one axis twice", list)
	}
	return out, nil
}

// needFloats fails unless the first n inputs are given and all that are hold floats.
func (c *call) needFloats(n int) error {
	if err := c.need(n); err != nil {
		return err
	}
	for i := range c.shapes {
		if c.has(i) && c.types[i] != Float {
			return c.malformed("input %d holds %v, must hold floats", i, c.types[i])
		}
	}
	return nil
}

// number is the value of input i, which has one element; def if it is omitted.
func (c *call) number(i int, def float64) (float64, error) {
	switch {
	case !c.has(i):
		return def, nil
	case product(c.shapes[i]) != 1:
		return 0, c.malformed("input %d of shape %v must be one number", i, c.shapes[i])
	case c.in[i] == nil:
		return 0, c.unsupported("input %d must be a constant", i)
	}
	return number(c.in[i]), nil
}

func (c *call) malformed(format string, args ...any) error {
	return fmt.Errorf("%w: node %q (%s): %s", ErrMalformed, c.node.Name, c.node.Op, fmt.Sprintf(format, args...))
}

func (c *call) unsupported(format string, args ...any) error {
	return &UnsupportedOpError{Op: c.node.Op, Node: c.node.Name, Why: fmt.Sprintf(format, args...)}
}

// constant reports whether the outputs can be computed now.
func (c *call) constant() bool {
	if c.op.static {
		return true
	}
	for i, t := range c.in {
		if t == nil && c.shapes[i] != nil {
			return false
		}
	}
	return true
}

// outputTypes returns the element types of n outputs.
func (c *call) outputTypes(n int) []ElemType {
	if c.op.types != nil {
		return c.op.types(c)
	}
	out := make([]ElemType, n)
	for i := range out {
		if c.has(0) {
			out[i] = c.types[0]
		}
	}
	return out
}

// always makes the types function of outputs whose types do not depend on the inputs.
func always(types ...ElemType) func(*call) []ElemType {
	return func(*call) []ElemType { return types }
}

func (c *call) inferShapes() ([][]int, error) {
	shapes, err := c.op.shape(c)
	if c.err != nil {
		return nil, c.err
	}
	return shapes, err
}

// evaluate runs the operator. The tensor engine panics on what it does not
// expect; that must not take the process down.
func (c *call) evaluate() (outs []*Tensor, err error) {
	defer func() {
		if r := recover(); r != nil {
			outs, err = nil, fmt.Errorf("node %q (%s): tensor engine: %v", c.node.Name, c.node.Op, r)
		}
	}()
	outs, err = c.op.eval(c)
	if c.err != nil {
		err = c.err
	}
	if err != nil {
		return nil, err
	}
	for _, t := range outs {
		if t.len() != product(t.Shape) {
			return nil, c.malformed("wrong element type")
		}
	}
	return outs, nil
}

// longest is the work of matrix products: no more than the longest dimension.
func longest(c *call) int { return slices.Max(append([]int{1}, c.shapes[0]...)) }

// sameShape is the shape function of operators whose output is like their first input.
func sameShape(c *call) ([][]int, error) {
	if err := c.need(1); err != nil {
		return nil, err
	}
	return [][]int{c.shapes[0]}, nil
}

// floatShape is sameShape for operators of floats only.
func floatShape(c *call) ([][]int, error) {
	if err := c.needFloats(1); err != nil {
		return nil, err
	}
	return sameShape(c)
}
