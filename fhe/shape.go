package fhe

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

func checkShape(shape []int) error {
	if len(shape) != 1 && len(shape) != 3 {
		return fmt.Errorf("shape %v: want [n] or [channels, height, width]", shape)
	}
	n := 1
	for _, d := range shape {
		if d < 1 || d > maxTensor || n*d > maxTensor {
			return fmt.Errorf("shape %v: sides must be positive and at most %d values together", shape, maxTensor)
		}
		n *= d
	}
	return nil
}

// channels is the number of channels and of values in each.
func channels(shape []int) (c, plane int) { return shape[0], size(shape[1:]) }

// window is the geometry shared by convolution and pool.
func window(in []int, kernel, stride, dilation [2]int, pads [4]int) (h, w int, err error) {
	if len(in) != 3 {
		return 0, 0, fmt.Errorf("needs [channels, height, width], has %v", in)
	}
	var out [2]int
	for i := range 2 {
		for _, v := range []int{kernel[i], stride[i], dilation[i]} {
			if v < 1 || v > maxSide {
				return 0, 0, fmt.Errorf("kernel %v, stride %v, dilation %v: each must be in 1..%d", kernel, stride, dilation, maxSide)
			}
		}
		span := dilation[i]*(kernel[i]-1) + 1
		for _, v := range []int{pads[i], pads[i+2]} {
			if v < 0 || v >= span {
				return 0, 0, fmt.Errorf("pads %v: each must be smaller than the kernel", pads)
			}
		}
		room := in[1+i] + pads[i] + pads[i+2] - span
		if room < 0 {
			return 0, 0, fmt.Errorf("kernel %v is larger than the padded input %v", kernel, in)
		}
		out[i] = room/stride[i] + 1
	}
	return out[0], out[1], nil
}

// kinds counts the kinds set.
func (l Layer) kinds() (n int) {
	for _, set := range []bool{
		l.Conv != nil, l.Pool != nil, l.Dense != nil, l.Affine != nil, l.Poly != nil, l.Reshape != nil,
		l.Permute != nil, l.Pad != nil, l.Add != nil, l.Concat != nil,
	} {
		if set {
			n++
		}
	}
	return n
}

// out is the shape after the layer, given those of what it reads; it checks everything but the weights.
func (l Layer) out(ins ...[]int) ([]int, error) {
	if n := l.kinds(); n != 1 {
		return nil, fmt.Errorf("%d kinds set, want exactly one", n)
	}
	if joins := l.Add != nil || l.Concat != nil; joins != (len(ins) > 1) {
		return nil, fmt.Errorf("reads %d values: sums and concatenations read two or more, all others one", len(ins))
	}
	in := ins[0]
	switch {
	case l.Conv != nil:
		c := l.Conv
		h, w, err := window(in, c.Kernel, c.Stride, c.Dilation, c.Pads)
		if err != nil {
			return nil, err
		}
		if c.Groups < 1 || c.In != in[0] || c.Out < 1 || c.Out > maxTensor || c.In%c.Groups != 0 || c.Out%c.Groups != 0 {
			return nil, fmt.Errorf("in %d, out %d, groups %d do not fit an input of %d channels", c.In, c.Out, c.Groups, in[0])
		}
		return []int{c.Out, h, w}, nil
	case l.Pool != nil:
		p := l.Pool
		h, w, err := window(in, p.Kernel, p.Stride, [2]int{1, 1}, p.Pads)
		return []int{in[0], h, w}, err
	case l.Dense != nil:
		if len(in) != 1 || in[0] != l.Dense.In || l.Dense.Out < 1 || l.Dense.Out > maxTensor {
			return nil, fmt.Errorf("dense %d to %d does not fit an input of shape %v (flatten it first)", l.Dense.In, l.Dense.Out, in)
		}
		return []int{l.Dense.Out}, nil
	case l.Poly != nil:
		if d := l.Poly.Degree; d < 2 || d > maxDegree || l.Poly.Mixed && d != 2 {
			return nil, fmt.Errorf("polynomial of degree %d (mixed: %v): want 2 to %d, mixed only for 2", d, l.Poly.Mixed, maxDegree)
		}
	case l.Reshape != nil:
		if err := checkShape(l.Reshape.Shape); err != nil {
			return nil, err
		}
		if size(l.Reshape.Shape) != size(in) {
			return nil, fmt.Errorf("reshape of %v to %v changes the number of values", in, l.Reshape.Shape)
		}
		return slices.Clone(l.Reshape.Shape), nil
	case l.Permute != nil:
		return l.Permute.out(in)
	case l.Pad != nil:
		return l.Pad.out(in)
	case l.Add != nil, l.Concat != nil:
		return l.join(ins)
	}
	return slices.Clone(in), nil
}

func (p *Permute) out(in []int) ([]int, error) {
	n, seen := 1, make([]bool, len(p.Shape))
	if len(p.Shape) < 1 || len(p.Shape) > 8 || len(p.Perm) != len(p.Shape) {
		return nil, fmt.Errorf("permute: %d axes and %d positions, want 1 to 8 and as many", len(p.Shape), len(p.Perm))
	}
	shape := make([]int, len(p.Perm))
	for i, a := range p.Perm {
		if a < 0 || a >= len(p.Shape) || seen[a] || p.Shape[a] < 1 || p.Shape[a] > maxTensor || n*p.Shape[a] > maxTensor {
			return nil, fmt.Errorf("permute: perm %v of shape %v is no reordering of axes of at most %d values", p.Perm, p.Shape, maxTensor)
		}
		seen[a], shape[i] = true, p.Shape[a]
		n *= shape[i]
	}
	if n != size(in) {
		return nil, fmt.Errorf("permute: shape %v does not hold the %d values of %v", p.Shape, size(in), in)
	}
	if len(shape) != 1 && len(shape) != 3 {
		shape = []int{n}
	}
	return shape, nil
}

func (p *Pad) out(in []int) ([]int, error) {
	if len(in) != 3 {
		return nil, fmt.Errorf("pad: needs [channels, height, width], has %v", in)
	}
	out := slices.Clone(in)
	for i := range out {
		if b, a := p.Before[i], p.After[i]; b < 0 || a < 0 || b > maxSide || a > maxSide {
			return nil, fmt.Errorf("pad: %v before and %v after: want 0 to %d", p.Before, p.After, maxSide)
		}
		out[i] += p.Before[i] + p.After[i]
	}
	return out, nil
}

// join is the shape of a sum or a concatenation.
func (l Layer) join(ins [][]int) ([]int, error) {
	out := slices.Clone(ins[0])
	for _, in := range ins[1:] {
		if l.Concat != nil {
			a := l.Concat.Axis
			if a < 0 || a >= len(out) || len(in) != len(out) {
				return nil, fmt.Errorf("concat: axis %d of shapes %v", a, ins)
			}
			out[a] += in[a]
			in = slices.Clone(in)
			in[a] = out[a]
		}
		if !slices.Equal(in, out) {
			return nil, fmt.Errorf("joins tensors of unequal shapes %v", ins)
		}
	}
	return out, nil
}

// checkWeights demands weights of the right length, all finite.
func (l Layer) checkWeights(in []int) error {
	need := func(field string, v []float64, n int, optional bool) error {
		if optional && v == nil {
			return nil
		}
		if len(v) != n || n > maxWeights {
			return fmt.Errorf("%s has %d values, want %d (at most %d)", field, len(v), n, maxWeights)
		}
		for i, f := range v {
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return fmt.Errorf("%s[%d] is not finite", field, i)
			}
		}
		return nil
	}
	c, _ := channels(in)
	switch {
	case l.Conv != nil:
		v := l.Conv
		if v.Kernel[0]*v.Kernel[1] > maxWeights || v.Kernel[0]*v.Kernel[1]*(v.In/v.Groups) > maxWeights {
			return fmt.Errorf("weights: more than %d values", maxWeights)
		}
		return errors.Join(need("weights", v.Weights, v.Out*(v.In/v.Groups)*v.Kernel[0]*v.Kernel[1], false), need("bias", v.Bias, v.Out, true))
	case l.Dense != nil:
		return errors.Join(need("weights", l.Dense.Weights, l.Dense.Out*l.Dense.In, false), need("bias", l.Dense.Bias, l.Dense.Out, true))
	case l.Affine != nil:
		return errors.Join(need("scale", l.Affine.Scale, c, false), need("shift", l.Affine.Shift, c, false))
	case l.Pad != nil:
		return need("value", []float64{l.Pad.Value}, 1, false)
	case l.Poly != nil:
		if n := len(l.Poly.Coefficients); n != l.Poly.Degree+1 {
			return fmt.Errorf("coefficients: %d powers, a polynomial of degree %d has %d", n, l.Poly.Degree, l.Poly.Degree+1)
		}
		for k, v := range l.Poly.Coefficients {
			if err := need(fmt.Sprintf("coefficients[%d]", k), v, c, false); err != nil {
				return err
			}
		}
		if l.Poly.folds() && slices.Contains(l.Poly.Coefficients[2], 0) {
			return fmt.Errorf("coefficients[2]: a square is missing in channel %d: set Mixed", slices.Index(l.Poly.Coefficients[2], 0))
		}
	}
	return nil
}

// skeleton is the layer without its weights.
func (l Layer) skeleton() Layer {
	switch {
	case l.Conv != nil:
		c := *l.Conv
		c.Weights, c.Bias = nil, nil
		l.Conv = &c
	case l.Dense != nil:
		l.Dense = &Dense{In: l.Dense.In, Out: l.Dense.Out}
	case l.Affine != nil:
		l.Affine = &Affine{}
	case l.Poly != nil:
		l.Poly = &Poly{Degree: l.Poly.Degree, Mixed: l.Poly.Mixed}
	case l.Pad != nil:
		l.Pad = &Pad{Before: l.Pad.Before, After: l.Pad.After}
	}
	return l
}
