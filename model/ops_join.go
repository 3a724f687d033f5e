package model

import (
	"fmt"
	"math"
	"slices"
)

func concatShape(c *call) ([][]int, error) {
	if err := c.need(max(1, len(c.shapes))); err != nil {
		return nil, err
	}
	axis, err := c.axis(c.int("axis", 1), len(c.shapes[0]))
	if err != nil {
		return nil, err
	}
	out := slices.Clone(c.shapes[0])
	for i, s := range c.shapes[1:] {
		if c.types[i+1] != c.types[0] {
			return nil, c.malformed("inputs hold %v and %v: must be of one type", c.types[0], c.types[i+1])
		}
		if len(s) != len(out) {
			return nil, c.malformed("shapes %v and %v", out, s)
		}
		for i := range s {
			if i != axis && s[i] != out[i] {
				return nil, c.malformed("shapes %v and %v", out, s)
			}
		}
		if out[axis] += s[axis]; out[axis] > c.limit {
			return nil, fmt.Errorf("%w: node %q: %d values along one axis", ErrTooLarge, c.node.Name, out[axis])
		}
	}
	return [][]int{out}, nil
}

func concatEval(c *call) ([]*Tensor, error) {
	shapes, err := concatShape(c)
	if err != nil {
		return nil, err
	}
	axis, _ := c.axis(c.int("axis", 1), len(shapes[0]))
	out, rows := &Tensor{Type: c.in[0].Type, Shape: shapes[0]}, product(shapes[0][:axis])
	var parts [][]float32
	for _, t := range c.in {
		if len(t.Floats) > 0 {
			parts = append(parts, t.Floats)
		}
	}
	if len(parts) > 0 {
		if out.Floats, err = (arith{}).concat(parts, rows); err != nil {
			return nil, c.malformed("%v", err)
		}
		return []*Tensor{out}, nil
	}
	for row := range rows {
		for _, t := range c.in {
			n := product(t.Shape[axis:])
			out.Ints = append(out.Ints, t.Ints[row*n:(row+1)*n]...)
		}
	}
	return []*Tensor{out}, nil
}

// parts reads the axis and the lengths of a Split node.
func (c *call) parts() (axis int, lengths []int, err error) {
	if err := c.need(1); err != nil {
		return 0, nil, err
	}
	if axis, err = c.axis(c.int("axis", 0), len(c.shapes[0])); err != nil {
		return 0, nil, err
	}
	if lengths, err = c.listed("split", 1); err != nil {
		return 0, nil, err
	}
	total, n := c.shapes[0][axis], len(c.node.Outputs)
	if lengths == nil {
		if n == 0 || n > total {
			return 0, nil, c.malformed("%d parts of %d", n, total)
		}
		size := (total + n - 1) / n
		for left := total; len(lengths) < n; left -= size {
			lengths = append(lengths, max(0, min(size, left)))
		}
	}
	sum := 0
	for _, l := range lengths {
		if l < 0 || l > total {
			return 0, nil, c.malformed("parts %v of %d", lengths, total)
		}
		sum += l
	}
	if sum != total || len(lengths) != n {
		return 0, nil, c.malformed("%d parts %v of %d", n, lengths, total)
	}
	return axis, lengths, nil
}

func splitShape(c *call) ([][]int, error) {
	axis, lengths, err := c.parts()
	if err != nil {
		return nil, err
	}
	var out [][]int
	for _, l := range lengths {
		s := slices.Clone(c.shapes[0])
		s[axis] = l
		out = append(out, s)
	}
	return out, nil
}

func splitEval(c *call) ([]*Tensor, error) {
	axis, _, err := c.parts()
	if err != nil {
		return nil, err
	}
	shapes, err := splitShape(c)
	if err != nil {
		return nil, err
	}
	step := strides(c.shapes[0])
	var out []*Tensor
	at := 0
	for _, s := range shapes {
		out = append(out, gather(c.in[0], s, at*step[axis], step))
		at += s[axis]
	}
	return out, nil
}

// span is what a Slice node takes from one axis.
type span struct{ start, step, n int }

func (c *call) spans() ([]span, error) {
	if err := c.need(1); err != nil {
		return nil, err
	}
	var lists [4][]int64 // starts, ends, axes, steps
	for i, name := range []string{"starts", "ends", "axes", "steps"} {
		list, err := c.constInts(i + 1)
		if err != nil {
			return nil, err
		}
		if list == nil {
			var e error
			list, e = c.node.Ints(name)
			list = attribute(c, list, e)
		}
		lists[i] = list
	}
	starts, ends, axes, steps := lists[0], lists[1], lists[2], lists[3]
	x := c.shapes[0]
	out := make([]span, len(x))
	for i, d := range x {
		out[i] = span{0, 1, d}
	}
	if len(starts) != len(ends) || axes == nil && len(starts) > len(x) ||
		axes != nil && len(axes) != len(starts) || steps != nil && len(steps) != len(starts) {
		return nil, c.malformed("starts %v, ends %v, axes %v, steps %v", starts, ends, axes, steps)
	}
	for i := range starts {
		a, step := i, int64(1)
		if axes != nil {
			if axes[i] != int64(int32(axes[i])) {
				return nil, c.malformed("axis %d", axes[i])
			}
			var err error
			if a, err = c.axis(int(axes[i]), len(x)); err != nil {
				return nil, err
			}
		}
		if steps != nil {
			step = steps[i]
		}
		if step == 0 || step == math.MinInt64 {
			return nil, c.malformed("step %d", step)
		}
		out[a] = sliceSpan(starts[i], ends[i], step, int64(x[a]))
	}
	return out, c.err
}

// sliceSpan resolves python's slice start:end:step of an axis of length d.
func sliceSpan(start, end, step, d int64) span {
	lo, hi := int64(0), d
	if step < 0 {
		lo, hi = -1, d-1
	}
	resolve := func(v int64) int64 {
		if v < 0 {
			v += d
		}
		return min(max(v, lo), hi)
	}
	// Only what is negative as given counts from the end.
	from, to := resolve(start), resolve(end)
	n := int64(0)
	switch {
	case step > 0 && to > from:
		n = (to-from-1)/step + 1
	case step < 0 && from > to:
		n = (from-to-1)/-step + 1
	}
	return span{int(from), int(max(min(step, d), -d)), int(n)}
}

func sliceShape(c *call) ([][]int, error) {
	spans, err := c.spans()
	if err != nil {
		return nil, err
	}
	out := make([]int, len(spans))
	for i, s := range spans {
		out[i] = s.n
	}
	return [][]int{out}, nil
}

func sliceEval(c *call) ([]*Tensor, error) {
	spans, err := c.spans()
	if err != nil {
		return nil, err
	}
	own := strides(c.shapes[0])
	shape, step := make([]int, len(spans)), make([]int, len(spans))
	base := 0
	for i, s := range spans {
		shape[i], step[i] = s.n, s.step*own[i]
		base += s.start * own[i]
	}
	return []*Tensor{gather(c.in[0], shape, base, step)}, nil
}
