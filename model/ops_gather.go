package model

import (
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// indices resolves the axis and the constant indices of a Gather node.
func (c *call) indices() (axis int, at []int, err error) {
	if err := c.need(2); err != nil {
		return 0, nil, err
	}
	if axis, err = c.axis(c.int("axis", 0), len(c.shapes[0])); err != nil {
		return 0, nil, err
	}
	list, err := c.constInts(1)
	if err != nil {
		return 0, nil, err
	}
	d := int64(c.shapes[0][axis])
	for _, v := range list {
		if v < -d || v >= d {
			return 0, nil, c.malformed("index %d of %d", v, d)
		}
		if v < 0 {
			v += d
		}
		at = append(at, int(v))
	}
	return axis, at, nil
}

func gatherShape(c *call) ([][]int, error) {
	if err := c.need(2); err != nil {
		return nil, err
	}
	if c.types[1] != Int {
		return nil, c.malformed("indices hold %v, must hold int64", c.types[1])
	}
	if c.in[1] != nil {
		if _, _, err := c.indices(); err != nil {
			return nil, err
		}
	}
	axis, err := c.axis(c.int("axis", 0), len(c.shapes[0]))
	if err != nil {
		return nil, err
	}
	x := c.shapes[0]
	return [][]int{slices.Concat(x[:axis], c.shapes[1], x[axis+1:])}, nil
}

func gatherEval(c *call) ([]*Tensor, error) {
	axis, at, err := c.indices()
	if err != nil {
		return nil, err
	}
	shapes, err := gatherShape(c)
	if err != nil {
		return nil, err
	}
	x := c.in[0]
	outer, d, inner := product(x.Shape[:axis]), x.Shape[axis], product(x.Shape[axis+1:])
	out := &Tensor{Type: x.Type, Shape: known(shapes[0])}
	for o := range outer {
		for _, i := range at {
			from := (o*d + i) * inner
			if x.Type == Float {
				out.Floats = append(out.Floats, x.Floats[from:from+inner]...)
			} else {
				out.Ints = append(out.Ints, x.Ints[from:from+inner]...)
			}
		}
	}
	return []*Tensor{out}, nil
}

func expandShape(c *call) ([][]int, error) {
	if err := c.need(2); err != nil {
		return nil, err
	}
	list, err := c.listed("shape", 1)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(list, func(d int) bool { return d < 1 }) {
		return nil, c.malformed("shape %v", list)
	}
	out, err := broadcastShape(c.shapes[0], list)
	if err != nil {
		return nil, c.malformed("%v", err)
	}
	return [][]int{out}, nil
}

func expandEval(c *call) ([]*Tensor, error) {
	shapes, err := expandShape(c)
	if err != nil {
		return nil, err
	}
	return []*Tensor{expand(c.in[0], shapes[0])}, nil
}

// tileShape repeats the input along its axes.
func tileShape(c *call) ([][]int, error) {
	if err := c.need(2); err != nil {
		return nil, err
	}
	repeats, err := c.listed("repeats", 1)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(c.shapes[0])
	if len(repeats) != len(out) {
		return nil, c.malformed("repeats %v for shape %v", repeats, out)
	}
	for i, r := range repeats {
		if r < 0 {
			return nil, c.malformed("repeats %v", repeats)
		}
		out[i] *= r
	}
	return [][]int{out}, nil
}

// tileEval reads the input through a shape of pairs (repeat, position) with steps of
// zero for the repeats, axis by axis.
func tileEval(c *call) ([]*Tensor, error) {
	shapes, err := tileShape(c)
	if err != nil {
		return nil, err
	}
	x := c.in[0]
	for a, d := range shapes[0] {
		if x.Shape[a] == d {
			continue
		}
		own := []int{product(x.Shape[:a]), d / x.Shape[a], product(x.Shape[a:])}
		repeated := slices.Clone(x.Shape)
		repeated[a] = d
		x = gather(x, own, 0, []int{own[2], 0, 1}).reshaped(repeated)
	}
	return []*Tensor{x}, nil
}

// constantValue reads whichever attribute a Constant node has.
func (c *call) constantValue() (*Tensor, error) {
	n := c.node
	switch {
	case n.attrs["value"] != nil:
		a, err := n.attr("value", onnx.AttributeTensor)
		if err != nil {
			return nil, err
		}
		if a.T == nil {
			return nil, c.malformed("attribute value holds no tensor")
		}
		return decodeTensor(a.T, c.limit)
	case n.attrs["value_float"] != nil:
		return &Tensor{Shape: []int{}, Floats: []float32{float32(c.float("value_float", 0))}}, nil
	case n.attrs["value_floats"] != nil:
		a, err := n.attr("value_floats", onnx.AttributeFloats)
		return &Tensor{Shape: []int{len(a.GetFloats())}, Floats: a.GetFloats()}, err
	case n.attrs["value_int"] != nil:
		v, err := n.Int("value_int", 0)
		return &Tensor{Type: Int, Shape: []int{}, Ints: []int64{v}}, err
	case n.attrs["value_ints"] != nil:
		v, err := n.Ints("value_ints")
		return &Tensor{Type: Int, Shape: []int{len(v)}, Ints: v}, err
	}
	return nil, c.unsupported("no dense value")
}

func constantShape(c *call) ([][]int, error) {
	t, err := c.constantValue()
	if err != nil {
		return nil, err
	}
	return [][]int{t.Shape}, nil
}

func constantEval(c *call) ([]*Tensor, error) {
	t, err := c.constantValue()
	return []*Tensor{t}, err
}

func constantOfShapeShape(c *call) ([][]int, error) {
	if err := c.need(1); err != nil {
		return nil, err
	}
	list, err := c.listed("shape", 0)
	return [][]int{known(list)}, err
}

func constantOfShapeEval(c *call) ([]*Tensor, error) {
	shapes, err := constantOfShapeShape(c)
	if err != nil {
		return nil, err
	}
	fill := &Tensor{Shape: []int{1}, Floats: []float32{0}}
	if c.node.attrs["value"] != nil {
		if fill, err = c.constantValue(); err != nil {
			return nil, err
		}
	}
	if fill.len() != 1 {
		return nil, c.malformed("value of shape %v", fill.Shape)
	}
	return []*Tensor{expand(fill.reshaped([]int{}), shapes[0])}, nil
}

// shapeShape returns the shape of a shape; it needs no values.
func shapeShape(c *call) ([][]int, error) {
	if err := c.need(1); err != nil {
		return nil, err
	}
	lo, hi := c.shapeRange()
	return [][]int{{hi - lo}}, nil
}

// shapeRange is the part of the shape that a Shape node returns.
func (c *call) shapeRange() (lo, hi int) {
	rank := len(c.shapes[0])
	clamp := func(v int) int {
		if v < 0 {
			v += rank
		}
		return min(max(v, 0), rank)
	}
	lo, hi = clamp(c.int("start", 0)), clamp(c.int("end", rank))
	return lo, max(lo, hi)
}

func shapeEval(c *call) ([]*Tensor, error) {
	lo, hi := c.shapeRange()
	out := &Tensor{Type: Int, Shape: []int{hi - lo}}
	for _, d := range c.shapes[0][lo:hi] {
		out.Ints = append(out.Ints, int64(d))
	}
	return []*Tensor{out}, nil
}

func sizeEval(c *call) ([]*Tensor, error) {
	return []*Tensor{{Type: Int, Shape: []int{}, Ints: []int64{int64(product(c.shapes[0]))}}}, nil
}

// rangeShape counts the values of a Range between constants.
func rangeShape(c *call) ([][]int, error) {
	if err := c.need(3); err != nil {
		return nil, err
	}
	if c.types[0] == Bool || c.types[1] != c.types[0] || c.types[2] != c.types[0] {
		return nil, c.malformed("inputs hold %v: must be numbers of one type", c.types)
	}
	var v [3]float64 // start, limit, delta
	for i := range v {
		var err error
		if v[i], err = c.number(i, 0); err != nil {
			return nil, err
		}
	}
	n := math.Ceil((v[1] - v[0]) / v[2])
	if !(math.Abs(n) <= float64(c.limit)) {
		return nil, c.malformed("from %g to %g by %g", v[0], v[1], v[2])
	}
	return [][]int{{max(int(n), 0)}}, nil
}

func rangeEval(c *call) ([]*Tensor, error) {
	shapes, err := rangeShape(c)
	if err != nil {
		return nil, err
	}
	out := &Tensor{Type: c.types[0], Shape: shapes[0]}
	for i := range shapes[0][0] {
		if out.Type == Float {
			out.Floats = append(out.Floats, c.in[0].Floats[0]+float32(i)*c.in[2].Floats[0])
		} else {
			out.Ints = append(out.Ints, c.in[0].Ints[0]+int64(i)*c.in[2].Ints[0])
		}
	}
	return []*Tensor{out}, nil
}
