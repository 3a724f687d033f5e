package model

import "slices"

// padding returns what a Pad node adds before and after every axis, and the one
// value that it adds.
func (c *call) padding() (begin, end []int, value float64, err error) {
	if mode := c.text("mode", "constant"); mode != "constant" {
		return nil, nil, 0, c.unsupported("mode %q", mode)
	}
	value, err = c.number(2, c.float("value", 0))
	if err != nil {
		return nil, nil, 0, err
	}
	begin, end, err = c.pads()
	return begin, end, value, err
}

// pads returns what a Pad node adds before and after every axis.
func (c *call) pads() (begin, end []int, err error) {
	if err := c.need(1); err != nil {
		return nil, nil, err
	}
	list, err := c.listed("pads", 1)
	if err != nil {
		return nil, nil, err
	}
	rank := len(c.shapes[0])
	axes, err := c.constInts(3)
	if err != nil {
		return nil, nil, err
	}
	on := make([]int, 0, rank)
	for _, a := range axes {
		on = append(on, int(a))
	}
	if axes == nil {
		for a := range rank {
			on = append(on, a)
		}
	}
	if on, err = c.axes(on, rank); err != nil {
		return nil, nil, err
	}
	if len(list) != 2*len(on) {
		return nil, nil, c.malformed("pads %v for %d axes", list, len(on))
	}
	begin, end = make([]int, rank), make([]int, rank)
	for i, a := range on {
		begin[a], end[a] = list[i], list[len(on)+i]
		if max(begin[a], end[a]) > maxExtent || min(begin[a], end[a]) < -c.shapes[0][a] {
			return nil, nil, c.malformed("pads %v", list)
		}
	}
	return begin, end, c.err
}

func padShape(c *call) ([][]int, error) {
	begin, end, err := c.pads()
	if err != nil {
		return nil, err
	}
	out := slices.Clone(c.shapes[0])
	for i := range out {
		if out[i] += begin[i] + end[i]; out[i] < 0 {
			return nil, c.malformed("pads leave %d values on axis %d", out[i], i)
		}
		if _, err := c.padSources(out[i], c.shapes[0][i], begin[i]); err != nil {
			return nil, err
		}
	}
	if c.has(2) && (c.types[2] != c.types[0] || product(c.shapes[2]) != 1) {
		return nil, c.malformed("value of %v, shape %v, for an input of %v", c.types[2], c.shapes[2], c.types[0])
	}
	return [][]int{out}, nil
}

// padSources gives for each of n positions along an axis the one of the d that it is
// filled from; -1 for the constant.
func (c *call) padSources(n, d, begin int) ([]int, error) {
	mode := c.text("mode", "constant")
	from := make([]int, n)
	for i := range from {
		p := i - begin
		switch {
		case p >= 0 && p < d:
		case mode == "constant":
			p = -1
		case d == 0:
			return nil, c.malformed("mode %q on an empty axis", mode)
		case mode == "edge":
			p = min(max(p, 0), d-1)
		case mode == "wrap":
			p = (p%d + d) % d
		case mode == "reflect" && d > 1:
			period := 2 * (d - 1)
			p = (p%period + period) % period
			p = min(p, period-p)
		case mode == "reflect":
			p = 0
		default:
			return nil, c.unsupported("mode %q", mode)
		}
		from[i] = p
	}
	return from, nil
}

// padEval surrounds the input; negative pads crop.
func padEval(c *call) ([]*Tensor, error) {
	begin, _, err := c.pads()
	if err != nil {
		return nil, err
	}
	shapes, err := padShape(c)
	if err != nil {
		return nil, err
	}
	x, shape := c.in[0], shapes[0]
	sources := make([][]int, len(shape))
	for a := range shape {
		if sources[a], err = c.padSources(shape[a], x.Shape[a], begin[a]); err != nil {
			return nil, err
		}
	}
	value, err := c.number(2, c.float("value", 0))
	if err != nil {
		return nil, err
	}
	out := &Tensor{Type: x.Type, Shape: shape}
	if x.Type == Float {
		out.Floats = slices.Repeat([]float32{float32(value)}, product(shape))
		fill(out.Floats, x.Floats, sources, strides(shape), strides(x.Shape))
	} else {
		out.Ints = slices.Repeat([]int64{int64(value)}, product(shape))
		fill(out.Ints, x.Ints, sources, strides(shape), strides(x.Shape))
	}
	return []*Tensor{out}, nil
}

// fill copies, axis by axis, what the sources name and leaves the rest.
func fill[T any](out, in []T, sources [][]int, to, from []int) {
	if len(sources) == 0 {
		copy(out, in)
		return
	}
	for i, p := range sources[0] {
		switch {
		case p < 0:
		case len(sources) == 1:
			out[i] = in[p]
		default:
			fill(out[i*to[0]:], in[p*from[0]:], sources[1:], to[1:], from[1:])
		}
	}
}
