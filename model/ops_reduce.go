package model

import (
	"math"
	"slices"
)

// reducer folds numbers into one.
type reducer struct {
	start  float64
	step   func(acc, v float64) float64
	finish func(acc, n float64) float64 // nil: acc
	ints   bool                         // also for integers
}

func plus(acc, v float64) float64 { return acc + v }

var (
	mean      = reducer{0, plus, func(acc, n float64) float64 { return acc / n }, false}
	total     = reducer{0, plus, nil, true}
	largest   = reducer{math.Inf(-1), math.Max, nil, true}
	smallest  = reducer{math.Inf(1), math.Min, nil, true}
	factors   = reducer{1, func(acc, v float64) float64 { return acc * v }, nil, true}
	absolutes = reducer{0, func(acc, v float64) float64 { return acc + math.Abs(v) }, nil, true}
	squares   = reducer{0, func(acc, v float64) float64 { return acc + v*v }, nil, true}
	length    = reducer{0, squares.step, func(acc, _ float64) float64 { return math.Sqrt(acc) }, false}
	logTotal  = reducer{0, plus, func(acc, _ float64) float64 { return math.Log(acc) }, false}
	logExp    = reducer{math.Inf(-1), func(acc, v float64) float64 {
		if acc == v {
			return acc + math.Ln2
		}
		return max(acc, v) + math.Log1p(math.Exp(-math.Abs(acc-v)))
	}, nil, false}
)

// reduction makes an operator that folds some axes of its input into one value each.
func reduction(r reducer) operator {
	return operator{
		shape: func(c *call) ([][]int, error) {
			axes, keep, err := c.reducedAxes()
			if err != nil {
				return nil, err
			}
			if t := c.types[0]; t == Bool || t == Int && !r.ints {
				return nil, c.unsupported("input of %v", t)
			}
			return [][]int{reducedShape(c.shapes[0], axes, keep)}, nil
		},
		eval: func(c *call) ([]*Tensor, error) {
			axes, keep, err := c.reducedAxes()
			if err != nil {
				return nil, err
			}
			return c.reduce(r, axes, keep)
		},
	}
}

// reducedAxes reads the axes that a node folds: all of them if it names none.
func (c *call) reducedAxes() (axes []int, keep bool, err error) {
	if err := c.need(1); err != nil {
		return nil, false, err
	}
	list, err := c.listed("axes", 1)
	if err != nil {
		return nil, false, err
	}
	rank := len(c.shapes[0])
	if len(list) == 0 && c.int("noop_with_empty_axes", 0) == 0 {
		for a := range rank {
			list = append(list, a)
		}
	}
	axes, err = c.axes(list, rank)
	return axes, c.int("keepdims", 1) != 0, err
}

func reducedShape(shape, axes []int, keep bool) []int {
	out := []int{}
	for i, d := range shape {
		switch {
		case !slices.Contains(axes, i):
			out = append(out, d)
		case keep:
			out = append(out, 1)
		}
	}
	return out
}

func (c *call) reduce(r reducer, axes []int, keep bool) ([]*Tensor, error) {
	x := c.in[0]
	// Bring the folded axes to the end, so that each result has its values in a row.
	var order []int
	for i := range x.Shape {
		if !slices.Contains(axes, i) {
			order = append(order, i)
		}
	}
	n := 1
	for _, a := range axes {
		n *= x.Shape[a]
	}
	if n == 0 {
		return nil, c.malformed("nothing to reduce in shape %v", x.Shape)
	}
	rows := permute(x, append(order, axes...))
	out := &Tensor{Type: x.Type, Shape: reducedShape(x.Shape, axes, keep)}
	for i := range x.len() / n {
		acc := r.start
		if x.Type == Float {
			for _, v := range rows.Floats[i*n : (i+1)*n] {
				acc = r.step(acc, float64(v))
			}
		} else {
			for _, v := range rows.Ints[i*n : (i+1)*n] {
				acc = r.step(acc, float64(v))
			}
		}
		if r.finish != nil {
			acc = r.finish(acc, float64(n))
		}
		if x.Type == Float {
			out.Floats = append(out.Floats, float32(acc))
			continue
		}
		if !(math.Abs(acc) <= exactInt) {
			return nil, c.unsupported("integer result %g beyond 2^53", acc)
		}
		out.Ints = append(out.Ints, int64(acc))
	}
	return []*Tensor{out}, nil
}

// extreme makes ArgMax and ArgMin: where along an axis the value is that comes
// first in the order of before.
func extreme(before func(a, b float64) bool) operator {
	shape := func(c *call) ([][]int, error) {
		if err := c.need(1); err != nil {
			return nil, err
		}
		axis, err := c.axis(c.int("axis", 0), len(c.shapes[0]))
		if err != nil {
			return nil, err
		}
		if c.shapes[0][axis] == 0 {
			return nil, c.malformed("axis %d of shape %v is empty", axis, c.shapes[0])
		}
		return [][]int{reducedShape(c.shapes[0], []int{axis}, c.int("keepdims", 1) != 0)}, nil
	}
	return operator{types: always(Int), shape: shape, eval: func(c *call) ([]*Tensor, error) {
		shapes, err := shape(c)
		if err != nil {
			return nil, err
		}
		axis, _ := c.axis(c.int("axis", 0), len(c.shapes[0]))
		last := c.int("select_last_index", 0) != 0
		x, n, inner := c.in[0].wide(), c.shapes[0][axis], product(c.shapes[0][axis+1:])
		out := &Tensor{Type: Int, Shape: shapes[0]}
		for i := range len(x) / n {
			start, best := i/inner*inner*n+i%inner, 0
			for k := range n {
				v, w := x[start+k*inner], x[start+best*inner]
				if before(v, w) || last && v == w {
					best = k
				}
			}
			out.Ints = append(out.Ints, int64(best))
		}
		return []*Tensor{out}, nil
	}}
}

func softmaxShape(c *call) ([][]int, error) {
	if err := c.needFloats(1); err != nil {
		return nil, err
	}
	if _, err := c.softmaxAxis(); err != nil {
		return nil, err
	}
	return sameShape(c)
}

func (c *call) softmaxAxis() (int, error) {
	def := -1
	if c.opset < 13 {
		def = 1
	}
	return c.axis(c.int("axis", def), len(c.shapes[0]))
}

// softmaxEval makes Softmax or LogSoftmax: along one axis since opset 13, over
// everything from that axis on before.
func softmaxEval(logarithm bool) func(c *call) ([]*Tensor, error) {
	return func(c *call) ([]*Tensor, error) {
		x := c.in[0]
		axis, err := c.softmaxAxis()
		if err != nil {
			return nil, err
		}
		n, inner := x.Shape[axis], product(x.Shape[axis+1:])
		if c.opset < 13 {
			n, inner = n*inner, 1
		}
		out := make([]float32, len(x.Floats))
		for start := 0; start < len(out); start += n * inner {
			for i := range inner {
				softmaxRow(out[start+i:], x.Floats[start+i:], n, inner, logarithm)
			}
		}
		return []*Tensor{{Shape: x.Shape, Floats: out}}, nil
	}
}

// softmaxRow normalizes n values that lie stride apart.
func softmaxRow(out, in []float32, n, stride int, logarithm bool) {
	peak := math.Inf(-1)
	for i := range n {
		peak = max(peak, float64(in[i*stride]))
	}
	sum := 0.0
	for i := range n {
		sum += math.Exp(float64(in[i*stride]) - peak)
	}
	for i := range n {
		v := float64(in[i*stride]) - peak
		if logarithm {
			out[i*stride] = float32(v - math.Log(sum))
		} else {
			out[i*stride] = float32(math.Exp(v) / sum)
		}
	}
}
