package model

import (
	"fmt"
	"slices"
)

// reshaping makes an operator that keeps all elements in their order.
func reshaping(target func(c *call) ([]int, error)) operator {
	shape := func(c *call) ([][]int, error) {
		if err := c.need(1); err != nil {
			return nil, err
		}
		out, err := target(c)
		if err != nil {
			return nil, err
		}
		n, err := elements(out, c.limit)
		if err != nil {
			return nil, err
		}
		if n != product(c.shapes[0]) {
			return nil, c.malformed("shape %v cannot become %v", c.shapes[0], out)
		}
		return [][]int{out}, nil
	}
	return operator{shape: shape, eval: func(c *call) ([]*Tensor, error) {
		shapes, err := shape(c)
		if err != nil {
			return nil, err
		}
		return []*Tensor{c.in[0].reshaped(shapes[0])}, nil
	}}
}

func flattenShape(c *call) ([]int, error) {
	x := c.shapes[0]
	axis := c.int("axis", 1)
	if axis < 0 {
		axis += len(x)
	}
	if axis < 0 || axis > len(x) {
		return nil, c.malformed("axis %d is outside a tensor of rank %d", axis, len(x))
	}
	return []int{product(x[:axis]), product(x[axis:])}, nil
}

func reshapeShape(c *call) ([]int, error) {
	list, err := c.listed("shape", 1)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(list)
	keepZero := c.int("allowzero", 0) != 0
	if c.batch > 1 && len(out) > 0 && out[0] == 1 && len(c.shapes[0]) > 0 && c.shapes[0][0] == c.batch {
		out[0] = c.batch // the target is for one sample
	}
	unknown := -1
	for i, d := range out {
		switch {
		case d == 0 && !keepZero:
			if i >= len(c.shapes[0]) {
				return nil, c.malformed("shape %v copies a dimension that the input %v lacks", list, c.shapes[0])
			}
			out[i] = c.shapes[0][i]
		case d == -1 && unknown < 0:
			unknown, out[i] = i, 1
		case d < 0:
			return nil, c.malformed("shape %v", list)
		}
	}
	if unknown >= 0 {
		rest, err := elements(out, c.limit)
		if err != nil {
			return nil, err
		}
		if rest == 0 {
			return nil, c.malformed("shape %v", list)
		}
		out[unknown] = product(c.shapes[0]) / rest
	}
	return known(out), nil
}

func squeezeShape(c *call) ([]int, error) {
	x := c.shapes[0]
	list, err := c.listed("axes", 1)
	if err != nil {
		return nil, err
	}
	axes, err := c.axes(list, len(x))
	if err != nil {
		return nil, err
	}
	out := []int{}
	for i, d := range x {
		switch {
		case len(axes) == 0 && d == 1:
		case slices.Contains(axes, i):
			if d != 1 {
				return nil, c.malformed("axis %d of shape %v is not 1", i, x)
			}
		default:
			out = append(out, d)
		}
	}
	return out, nil
}

func unsqueezeShape(c *call) ([]int, error) {
	list, err := c.listed("axes", 1)
	if err != nil {
		return nil, err
	}
	rank := len(c.shapes[0]) + len(list)
	if rank > maxRank {
		return nil, fmt.Errorf("%w: tensor of rank %d", ErrTooLarge, rank)
	}
	axes, err := c.axes(list, rank)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(c.shapes[0])
	for _, a := range axes {
		out = slices.Insert(out, a, 1)
	}
	return out, nil
}

// permutation reads perm; without it the axes are reversed.
func (c *call) permutation() ([]int, error) {
	if err := c.need(1); err != nil {
		return nil, err
	}
	rank := len(c.shapes[0])
	perm := c.ints("perm")
	if perm == nil {
		for a := range rank {
			perm = append(perm, rank-1-a)
		}
	}
	sorted, err := c.axes(perm, rank)
	if err == nil && (len(sorted) != rank || slices.ContainsFunc(perm, func(a int) bool { return a < 0 })) {
		err = c.malformed("perm %v for rank %d", perm, rank)
	}
	return perm, err
}

func transposeShape(c *call) ([][]int, error) {
	perm, err := c.permutation()
	if err != nil {
		return nil, err
	}
	out := make([]int, len(perm))
	for i, a := range perm {
		out[i] = c.shapes[0][a]
	}
	return [][]int{out}, nil
}

func transposeEval(c *call) ([]*Tensor, error) {
	perm, err := c.permutation()
	if err != nil {
		return nil, err
	}
	return []*Tensor{permute(c.in[0], perm)}, nil
}

// permute reorders the axes of a tensor.
func permute(t *Tensor, perm []int) *Tensor {
	if slices.IsSorted(perm) {
		return t
	}
	shape, step, own := make([]int, len(perm)), make([]int, len(perm)), strides(t.Shape)
	for i, a := range perm {
		shape[i], step[i] = t.Shape[a], own[a]
	}
	return gather(t, shape, 0, step)
}

// blocks makes DepthToSpace, or SpaceToDepth if it is the inverse: square blocks
// of pixels become channels of one pixel or the other way round.
func blocks(inverse bool) operator {
	shape := func(c *call) ([][]int, error) {
		if err := c.need(1); err != nil {
			return nil, err
		}
		x, b := c.shapes[0], c.int("blocksize", 0)
		if len(x) != 4 || b < 1 || b > maxExtent {
			return nil, c.malformed("blocks of %d in shape %v", b, x)
		}
		if inverse {
			if x[2]%b != 0 || x[3]%b != 0 {
				return nil, c.malformed("blocks of %d in shape %v", b, x)
			}
			return [][]int{{x[0], x[1] * b * b, x[2] / b, x[3] / b}}, nil
		}
		if x[1]%(b*b) != 0 {
			return nil, c.malformed("blocks of %d in shape %v", b, x)
		}
		return [][]int{{x[0], x[1] / (b * b), x[2] * b, x[3] * b}}, nil
	}
	return operator{shape: shape, eval: func(c *call) ([]*Tensor, error) {
		out, err := shape(c)
		if err != nil {
			return nil, err
		}
		x, b := c.shapes[0], c.int("blocksize", 1)
		inner, perm := []int{x[0], b, b, x[1] / (b * b), x[2], x[3]}, []int{0, 3, 4, 1, 5, 2}
		switch {
		case inverse:
			inner, perm = []int{x[0], x[1], x[2] / b, b, x[3] / b, b}, []int{0, 3, 5, 1, 2, 4}
		case c.text("mode", "DCR") == "CRD":
			inner, perm = []int{x[0], x[1] / (b * b), b, b, x[2], x[3]}, []int{0, 1, 4, 2, 5, 3}
		}
		return []*Tensor{permute(c.in[0].reshaped(inner), perm).reshaped(out[0])}, nil
	}}
}
