package fhe

import (
	"fmt"
	"math"
	"slices"
)

// Eval is the float64 reference: the flat row-major tensor after the last layer.
func (p Prefix) Eval(x []float64) ([]float64, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if len(x) != size(p.Input) {
		return nil, fmt.Errorf("input has %d values, want %d (%v)", len(x), size(p.Input), p.Input)
	}
	return p.eval(x), nil
}

// eval is Eval on a validated prefix.
func (p Prefix) eval(x []float64) []float64 {
	shapes, _ := p.Shapes()
	values := [][]float64{x}
	for i, l := range p.Layers {
		var ins [][]float64
		var from [][]int
		for _, v := range p.inputs(i) {
			ins, from = append(ins, values[v]), append(from, p.shapeOf(shapes, v))
		}
		values = append(values, l.eval(ins, from, shapes[i]))
	}
	return values[len(values)-1]
}

func (l Layer) eval(xs [][]float64, ins [][]int, out []int) []float64 {
	x, in := xs[0], ins[0]
	switch {
	case l.Conv != nil:
		return l.Conv.eval(x, in, out)
	case l.Pool != nil:
		return l.Pool.eval(x, in, out)
	case l.Dense != nil:
		return l.Dense.eval(x)
	case l.Affine != nil, l.Poly != nil:
		_, plane := channels(in)
		y := make([]float64, len(x))
		for i, v := range x {
			if c := i / plane; l.Affine != nil {
				y[i] = l.Affine.Scale[c]*v + l.Affine.Shift[c]
			} else {
				y[i] = l.Poly.at(c, v)
			}
		}
		return y
	case l.Permute != nil, l.Pad != nil:
		y := make([]float64, size(out))
		for i, j := range l.gather(in, out) {
			if j >= 0 {
				y[i] = x[j]
			} else {
				y[i] = l.Pad.Value
			}
		}
		return y
	case l.Add != nil:
		y := slices.Clone(x)
		for _, more := range xs[1:] {
			for i, v := range more {
				y[i] += v
			}
		}
		return y
	case l.Concat != nil:
		y := make([]float64, size(out))
		for k, to := range l.Concat.scatter(ins, out) {
			for i, j := range to {
				y[j] = xs[k][i]
			}
		}
		return y
	}
	return x
}

func (d *Dense) eval(x []float64) []float64 {
	y := make([]float64, d.Out)
	for o := range y {
		y[o] = at(d.Bias, o)
		for i, w := range d.Weights[o*d.In:][:d.In] {
			y[o] += w * x[i]
		}
	}
	return y
}

// gather lists for each value after a permutation or a padding the value it takes, -1 for the padding.
func (l Layer) gather(in, out []int) []int32 {
	list := make([]int32, size(out))
	for i := range list {
		if p := l.Pad; p != nil {
			c, y, x := i/(out[1]*out[2])-p.Before[0], i/out[2]%out[1]-p.Before[1], i%out[2]-p.Before[2]
			list[i] = -1
			if min(c, y, x) >= 0 && c < in[0] && y < in[1] && x < in[2] {
				list[i] = int32((c*in[1]+y)*in[2] + x)
			}
			continue
		}
		p, rest, from := l.Permute, i, 0
		for k := len(p.Perm) - 1; k >= 0; k-- {
			a := p.Perm[k]
			from += rest % p.Shape[a] * size(p.Shape[a+1:])
			rest /= p.Shape[a]
		}
		list[i] = int32(from)
	}
	return list
}

// scatter lists for each value of each input its place in the concatenation.
func (c *Concat) scatter(ins [][]int, out []int) [][]int32 {
	list := make([][]int32, len(ins))
	offset := 0
	inner := size(out[c.Axis+1:])
	for k, in := range ins {
		n := in[c.Axis] * inner
		for i := range size(in) {
			list[k] = append(list[k], int32(i/n*out[c.Axis]*inner+offset*inner+i%n))
		}
		offset += in[c.Axis]
	}
	return list
}

func (c *Conv) eval(x []float64, in, out []int) []float64 {
	y := make([]float64, size(out))
	per := c.In / c.Groups
	taps := c.Kernel[0] * c.Kernel[1]
	for o := range c.Out {
		first := o / (c.Out / c.Groups) * per
		for i := range out[1] * out[2] {
			s := 0.0
			if c.Bias != nil {
				s = c.Bias[o]
			}
			for t := range taps {
				iy := i/out[2]*c.Stride[0] - c.Pads[0] + t/c.Kernel[1]*c.Dilation[0]
				ix := i%out[2]*c.Stride[1] - c.Pads[1] + t%c.Kernel[1]*c.Dilation[1]
				if iy < 0 || ix < 0 || iy >= in[1] || ix >= in[2] {
					continue
				}
				for k := range per {
					s += c.Weights[(o*per+k)*taps+t] * x[((first+k)*in[1]+iy)*in[2]+ix]
				}
			}
			y[o*out[1]*out[2]+i] = s
		}
	}
	return y
}

func (p *Pool) eval(x []float64, in, out []int) []float64 {
	y := make([]float64, size(out))
	for i := range y {
		c, oy, ox := i/(out[1]*out[2]), i/out[2]%out[1], i%out[2]
		s, n := 0.0, 0
		for t := range p.Kernel[0] * p.Kernel[1] {
			iy := oy*p.Stride[0] - p.Pads[0] + t/p.Kernel[1]
			ix := ox*p.Stride[1] - p.Pads[1] + t%p.Kernel[1]
			if iy >= 0 && ix >= 0 && iy < in[1] && ix < in[2] {
				s += x[(c*in[1]+iy)*in[2]+ix]
				n++
			}
		}
		if p.CountPads {
			n = p.Kernel[0] * p.Kernel[1]
		}
		y[i] = s / math.Max(float64(n), 1)
	}
	return y
}

// magnitude bounds the absolute outputs over all inputs up to a bound, by magnitudes. Deep prefixes make it useless but
// correct.
func (p Prefix) magnitude(bound float64) []float64 {
	abs := func(list []float64) []float64 {
		out := slices.Clone(list)
		for i, v := range out {
			out[i] = math.Abs(v)
		}
		return out
	}
	q := p
	q.Layers = slices.Clone(p.Layers)
	for i, l := range q.Layers {
		switch {
		case l.Conv != nil:
			c := *l.Conv
			c.Weights, c.Bias = abs(c.Weights), abs(c.Bias)
			q.Layers[i].Conv = &c
		case l.Dense != nil:
			d := *l.Dense
			d.Weights, d.Bias = abs(d.Weights), abs(d.Bias)
			q.Layers[i].Dense = &d
		case l.Affine != nil:
			q.Layers[i].Affine = &Affine{Scale: abs(l.Affine.Scale), Shift: abs(l.Affine.Shift)}
		case l.Pad != nil:
			pad := *l.Pad
			pad.Value = math.Abs(pad.Value)
			q.Layers[i].Pad = &pad
		case l.Poly != nil:
			poly := *l.Poly
			poly.Coefficients = nil
			for _, c := range l.Poly.Coefficients {
				poly.Coefficients = append(poly.Coefficients, abs(c))
			}
			q.Layers[i].Poly = &poly
		}
	}
	return q.eval(slices.Repeat([]float64{bound}, size(p.Input)))
}
