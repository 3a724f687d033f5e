package model

import (
	"math"
	"slices"
)

func poolShape(c *call) ([][]int, error) {
	w, err := c.pool()
	if err != nil {
		return nil, err
	}
	x := c.shapes[0]
	return [][]int{w.outShape(x[0], x[1], len(x))}, nil
}

// pool reads the geometry of AveragePool and MaxPool.
func (c *call) pool() (window, error) {
	if err := c.needFloats(1); err != nil {
		return window{}, err
	}
	x := c.shapes[0]
	if len(x) < 3 {
		return window{}, c.malformed("input of shape %v has no plane", x)
	}
	if c.int("storage_order", 0) != 0 {
		return window{}, c.unsupported("column-major storage order")
	}
	w, err := c.window(x, nil)
	if err != nil {
		return window{}, err
	}
	_, err = elements([]int{x[0], x[1], w.kernel[0], w.kernel[1], w.out[0], w.out[1]}, c.limit)
	return w, err
}

func averagePoolEval(c *call) ([]*Tensor, error) {
	w, err := c.pool()
	if err != nil {
		return nil, err
	}
	countPad := c.int("count_include_pad", 0) != 0
	return w.fold(c.in[0], 0, func(acc, v float64) float64 { return acc + v }, func(acc float64, y, x int) float64 {
		return acc / float64(max(1, w.divisor(y, x, countPad)))
	}), nil
}

func maxPoolEval(c *call) ([]*Tensor, error) {
	w, err := c.pool()
	if err != nil {
		return nil, err
	}
	return w.fold(c.in[0], math.Inf(-1), math.Max, func(acc float64, _, _ int) float64 { return acc }), nil
}

// fold reduces every window of x to one value.
func (w *window) fold(x *Tensor, start float64, step func(acc, v float64) float64, finish func(acc float64, y, x int) float64) []*Tensor {
	planes := x.Shape[0] * x.Shape[1]
	out := make([]float32, 0, planes*w.outPlane())
	for p := range planes {
		in := x.Floats[p*w.inPlane() : (p+1)*w.inPlane()]
		for y := range w.out[0] {
			for xo := range w.out[1] {
				acc := start
				w.taps(y, xo, func(_, at int) { acc = step(acc, float64(in[at])) })
				out = append(out, float32(finish(acc, y, xo)))
			}
		}
	}
	return []*Tensor{{Shape: w.outShape(x.Shape[0], x.Shape[1], len(x.Shape)), Floats: out}}
}

func globalPoolShape(c *call) ([][]int, error) {
	if err := c.needFloats(1); err != nil {
		return nil, err
	}
	x := c.shapes[0]
	if len(x) < 3 {
		return nil, c.malformed("input of shape %v has no plane", x)
	}
	return [][]int{append(slices.Clone(x[:2]), slices.Repeat([]int{1}, len(x)-2)...)}, nil
}

func globalAveragePoolEval(c *call) ([]*Tensor, error) {
	return c.reduceAxes(spatialAxes(len(c.shapes[0])), true, 0, func(acc, v float64) float64 { return acc + v }, true)
}

func globalMaxPoolEval(c *call) ([]*Tensor, error) {
	return c.reduceAxes(spatialAxes(len(c.shapes[0])), true, math.Inf(-1), math.Max, false)
}

// spatialAxes are all axes but batch and channel.
func spatialAxes(rank int) []int {
	var axes []int
	for a := 2; a < rank; a++ {
		axes = append(axes, a)
	}
	return axes
}

// reduction makes an operator that folds some axes of its input into one value each.
func reduction(start float64, step func(acc, v float64) float64, mean bool) operator {
	return operator{
		shape: func(c *call) ([][]int, error) {
			axes, keep, err := c.reducedAxes()
			if err != nil {
				return nil, err
			}
			return [][]int{reducedShape(c.shapes[0], axes, keep)}, nil
		},
		eval: func(c *call) ([]*Tensor, error) {
			axes, keep, err := c.reducedAxes()
			if err != nil {
				return nil, err
			}
			return c.reduceAxes(axes, keep, start, step, mean)
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

func (c *call) reduceAxes(axes []int, keep bool, start float64, step func(acc, v float64) float64, mean bool) ([]*Tensor, error) {
	x := c.in[0]
	if x.Type != Float {
		return nil, c.unsupported("integer input")
	}
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
	rows, err := permute(x, append(order, axes...))
	if err != nil {
		return nil, c.malformed("%v", err)
	}
	out := make([]float32, len(x.Floats)/n)
	for i := range out {
		acc := start
		for _, v := range rows.Floats[i*n : (i+1)*n] {
			acc = step(acc, float64(v))
		}
		if mean {
			acc /= float64(n)
		}
		out[i] = float32(acc)
	}
	return []*Tensor{{Shape: reducedShape(x.Shape, axes, keep), Floats: out}}, nil
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
