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

// maxPoolShape has a second output: where in the input each maximum is.
func maxPoolShape(c *call) ([][]int, error) {
	out, err := poolShape(c)
	return slices.Concat(out, out), err
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
	divisors := make([]float32, 0, w.outPlane())
	countPad := c.int("count_include_pad", 0) != 0
	for y := range w.out[0] {
		for x := range w.out[1] {
			divisors = append(divisors, float32(max(1, w.divisor(y, x, countPad))))
		}
	}
	x := c.in[0]
	out := make([]float32, x.Shape[0]*x.Shape[1]*w.outPlane())
	w.eachPlane(out, x.Floats, func(out, in []float32) {
		w.eachTap(func(to, at int) { out[to] += in[at] })
		for i := range out {
			out[i] /= divisors[i]
		}
	})
	return []*Tensor{{Shape: w.outShape(x.Shape[0], x.Shape[1], len(x.Shape)), Floats: out}}, nil
}

func maxPoolEval(c *call) ([]*Tensor, error) {
	w, err := c.pool()
	if err != nil {
		return nil, err
	}
	x := c.in[0]
	shape := w.outShape(x.Shape[0], x.Shape[1], len(x.Shape))
	out := slices.Repeat([]float32{float32(math.Inf(-1))}, product(shape))
	if len(c.node.Outputs) < 2 || c.node.Outputs[1] == "" {
		w.eachPlane(out, x.Floats, func(out, in []float32) {
			w.eachTap(func(to, at int) { out[to] = max(out[to], in[at]) })
		})
		return []*Tensor{{Shape: shape, Floats: out}, {Type: Int, Shape: shape, Ints: make([]int64, len(out))}}, nil
	}
	indices, plane := make([]int64, 0, len(out)), 0
	w.eachPlane(out, x.Floats, func(out, in []float32) {
		where := make([]int64, len(out))
		w.eachTap(func(to, at int) {
			if in[at] > out[to] {
				out[to], where[to] = in[at], int64(plane*len(in)+at)
			}
		})
		indices, plane = append(indices, where...), plane+1
	})
	return []*Tensor{{Shape: shape, Floats: out}, {Type: Int, Shape: shape, Ints: indices}}, nil
}

// eachPlane calls f for every channel of every sample.
func (w *window) eachPlane(out, in []float32, f func(out, in []float32)) {
	for p := range len(out) / w.outPlane() {
		f(out[p*w.outPlane():][:w.outPlane()], in[p*w.inPlane():][:w.inPlane()])
	}
}

// eachTap calls f for every pair of an out position and an in position that its
// window covers, by offset.
func (w *window) eachTap(f func(to, at int)) {
	for k := range w.kernel[0] * w.kernel[1] {
		dy, dx := k/w.kernel[1]*w.dilations[0]-w.pads[0], k%w.kernel[1]*w.dilations[1]-w.pads[1]
		first, end := w.inside(1, dx)
		for y := range w.out[0] {
			iy := y*w.strides[0] + dy
			if iy < 0 || iy >= w.in[0] {
				continue
			}
			for x := first; x < end; x++ {
				f(y*w.out[1]+x, iy*w.in[1]+x*w.strides[1]+dx)
			}
		}
	}
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
	return c.reduce(mean, spatialAxes(len(c.shapes[0])), true)
}

func globalMaxPoolEval(c *call) ([]*Tensor, error) {
	return c.reduce(largest, spatialAxes(len(c.shapes[0])), true)
}

// spatialAxes are all axes but batch and channel.
func spatialAxes(rank int) []int {
	var axes []int
	for a := 2; a < rank; a++ {
		axes = append(axes, a)
	}
	return axes
}
