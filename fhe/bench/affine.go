package bench

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/fhe"
)

// entry is one weight in a row of a map.
type entry struct {
	col    int
	weight float64
}

// affine is a sparse affine map: y[i] = bias[i] + the sum of its row over x.
type affine struct {
	cols int
	rows [][]entry
	bias []float64
}

func newAffine(rows, cols int) affine {
	return affine{cols: cols, rows: make([][]entry, rows), bias: make([]float64, rows)}
}

func (m affine) add(row, col int, weight float64) {
	m.rows[row] = append(m.rows[row], entry{col, weight})
}

func (m affine) apply(x []float64) []float64 {
	y := slices.Clone(m.bias)
	for i, row := range m.rows {
		for _, e := range row {
			y[i] += e.weight * x[e.col]
		}
	}
	return y
}

// after is the composition m(first(x)).
func (m affine) after(first affine) affine {
	out := newAffine(len(m.rows), first.cols)
	sum, seen := make([]float64, first.cols), make([]bool, first.cols)
	for i, row := range m.rows {
		out.bias[i] = m.bias[i]
		var touched []int
		for _, e := range row {
			out.bias[i] += e.weight * first.bias[e.col]
			for _, f := range first.rows[e.col] {
				if !seen[f.col] {
					seen[f.col] = true
					touched = append(touched, f.col)
				}
				sum[f.col] += e.weight * f.weight
			}
		}
		for _, j := range touched {
			out.add(i, j, sum[j])
			sum[j], seen[j] = 0, false
		}
	}
	return out
}

// perChannel is scale*x + shift, by channel.
func perChannel(shape []int, scale, shift func(channel int) float64) affine {
	n := size(shape)
	m := newAffine(n, n)
	for i := range n {
		c := i / (n / shape[0])
		m.add(i, i, scale(c))
		m.bias[i] = shift(c)
	}
	return m
}

// layerMap is a linear layer from shape in to shape out.
func layerMap(l fhe.Layer, in, out []int) (affine, error) {
	switch {
	case l.Conv != nil:
		return convMap(l.Conv, in, out), nil
	case l.Pool != nil:
		return poolMap(l.Pool, in, out), nil
	case l.Dense != nil:
		m := newAffine(l.Dense.Out, l.Dense.In)
		copy(m.bias, l.Dense.Bias)
		for k, w := range l.Dense.Weights {
			m.add(k/l.Dense.In, k%l.Dense.In, w)
		}
		return m, nil
	case l.Affine != nil:
		a := l.Affine
		return perChannel(in, func(c int) float64 { return a.Scale[c] }, func(c int) float64 { return a.Shift[c] }), nil
	}
	return affine{}, fmt.Errorf("layer %q: the baselines know convolution, pool, dense, affine, reshape and quadratic", l.Name)
}

func convMap(v *fhe.Conv, in, out []int) affine {
	m := newAffine(size(out), size(in))
	per, taps := v.In/v.Groups, v.Kernel[0]*v.Kernel[1]
	for i := range m.rows {
		o, oy, ox := i/(out[1]*out[2]), i/out[2]%out[1], i%out[2]
		if v.Bias != nil {
			m.bias[i] = v.Bias[o]
		}
		first := o / (v.Out / v.Groups) * per
		for t := range taps {
			y := oy*v.Stride[0] - v.Pads[0] + t/v.Kernel[1]*v.Dilation[0]
			x := ox*v.Stride[1] - v.Pads[1] + t%v.Kernel[1]*v.Dilation[1]
			if y < 0 || x < 0 || y >= in[1] || x >= in[2] {
				continue
			}
			for k := range per {
				m.add(i, ((first+k)*in[1]+y)*in[2]+x, v.Weights[(o*per+k)*taps+t])
			}
		}
	}
	return m
}

func poolMap(v *fhe.Pool, in, out []int) affine {
	m := newAffine(size(out), size(in))
	taps := v.Kernel[0] * v.Kernel[1]
	for i := range m.rows {
		c, oy, ox := i/(out[1]*out[2]), i/out[2]%out[1], i%out[2]
		for t := range taps {
			y, x := oy*v.Stride[0]-v.Pads[0]+t/v.Kernel[1], ox*v.Stride[1]-v.Pads[1]+t%v.Kernel[1]
			if y >= 0 && x >= 0 && y < in[1] && x < in[2] {
				m.add(i, (c*in[1]+y)*in[2]+x, 1)
			}
		}
		n := len(m.rows[i])
		if v.CountPads {
			n = taps
		}
		for k := range m.rows[i] {
			m.rows[i][k].weight /= float64(n)
		}
	}
	return m
}

// step is one linear map and, if squared, the square of what it gives.
type step struct {
	m       affine
	in, out []int
	stride  int // of its windows together
	squared bool
}

// program is a prefix as steps. Activations are squares up to what the maps around them do: a x^2 + b x + c is
// s z^2 + d with z = sqrt|a| (x + b/2a) and s the sign of a. What the last activation leaves is done in the clear.
type program struct {
	steps   []step
	closing *affine
}

// newProgram fails if a layer is not linear, not quadratic, or does not read the one before it.
func newProgram(p fhe.Prefix) (*program, error) {
	shapes, err := p.Shapes()
	if err != nil {
		return nil, err
	}
	g := &program{}
	in := p.Input
	cur := step{in: in, stride: 1}
	var m *affine // of the current step
	for i, l := range p.Layers {
		if len(l.Inputs) > 0 && !slices.Equal(l.Inputs, []int{i}) {
			return nil, fmt.Errorf("layer %q: the baselines know chains only", l.Name)
		}
		switch {
		case l.Reshape != nil:
		case l.Poly != nil:
			before, after, err := completeSquare(l, in)
			if err != nil {
				return nil, err
			}
			cur.m, cur.out, cur.squared = compose(before, m), in, true
			g.steps = append(g.steps, cur)
			cur, m = step{in: in, stride: 1}, &after
		default:
			next, err := layerMap(l, in, shapes[i])
			if err != nil {
				return nil, err
			}
			next, cur.stride = compose(next, m), cur.stride*strideOf(l)
			m = &next
		}
		in = shapes[i]
	}
	if last := p.Layers[len(p.Layers)-1]; last.Poly != nil {
		g.closing = m
	} else if m != nil {
		cur.m, cur.out = *m, in
		g.steps = append(g.steps, cur)
	}
	return g, nil
}

func compose(m affine, first *affine) affine {
	if first == nil {
		return m
	}
	return m.after(*first)
}

// strideOf is how much coarser a layer makes the grid, along its finer axis.
func strideOf(l fhe.Layer) int {
	switch {
	case l.Conv != nil:
		return min(l.Conv.Stride[0], l.Conv.Stride[1])
	case l.Pool != nil:
		return min(l.Pool.Stride[0], l.Pool.Stride[1])
	}
	return 1
}

// completeSquare returns what stands before and after the square of an activation.
func completeSquare(l fhe.Layer, shape []int) (before, after affine, err error) {
	if l.Poly.Degree != 2 || slices.Contains(l.Poly.Coefficients[2], 0) {
		return before, after, fmt.Errorf("layer %q: the baselines know quadratics with a square in every channel", l.Name)
	}
	c, b, a := l.Poly.Coefficients[0], l.Poly.Coefficients[1], l.Poly.Coefficients[2]
	sign := func(i int) float64 { return float64(cmp.Compare(a[i], 0)) }
	root := func(i int) float64 { return math.Sqrt(math.Abs(a[i])) }
	before = perChannel(shape, root, func(i int) float64 { return root(i) * b[i] / (2 * a[i]) })
	after = perChannel(shape, sign, func(i int) float64 { return c[i] - b[i]*b[i]/(4*a[i]) })
	return before, after, nil
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
