package fhe

import (
	"errors"
	"fmt"
	"math"
)

// Limits on what a prefix may hold; they bound memory and time before anything is computed.
const (
	maxLayers  = 256
	maxTensor  = 1 << 18 // values of one tensor
	maxWeights = 1 << 24 // values of one layer
	maxSide    = 1 << 12 // kernel, stride, pad or dilation
	maxEntries = 1 << 24 // entries of one merged linear map
)

// ErrPrefix marks a prefix (or a plan's skeleton) that is malformed.
var ErrPrefix = errors.New("invalid prefix")

// Layer is one node of a prefix: exactly one of its kinds is set. Without weights it is the skeleton of that node.
type Layer struct {
	Name    string   `cbor:"name"`
	Conv    *Conv    `cbor:"conv,omitempty"`
	Pool    *Pool    `cbor:"pool,omitempty"`
	Dense   *Dense   `cbor:"dense,omitempty"`
	Affine  *Affine  `cbor:"affine,omitempty"`
	Poly    *Poly    `cbor:"poly,omitempty"`
	Reshape *Reshape `cbor:"reshape,omitempty"`
}

// Conv is a 2-D convolution. Pads are top, left, bottom, right. Weights are [Out][In/Groups][Kernel[0]][Kernel[1]].
type Conv struct {
	In       int       `cbor:"in"`
	Out      int       `cbor:"out"`
	Kernel   [2]int    `cbor:"kernel"`
	Stride   [2]int    `cbor:"stride"`
	Dilation [2]int    `cbor:"dilation"`
	Pads     [4]int    `cbor:"pads"`
	Groups   int       `cbor:"groups"`
	Weights  []float64 `cbor:"weights,omitempty"`
	Bias     []float64 `cbor:"bias,omitempty"`
}

// Pool is a 2-D average pool. CountPads is ONNX's count_include_pad.
type Pool struct {
	Kernel    [2]int `cbor:"kernel"`
	Stride    [2]int `cbor:"stride"`
	Pads      [4]int `cbor:"pads"`
	CountPads bool   `cbor:"countPads"`
}

// Dense is a fully connected layer on a flat tensor. Weights are [Out][In].
type Dense struct {
	In      int       `cbor:"in"`
	Out     int       `cbor:"out"`
	Weights []float64 `cbor:"weights,omitempty"`
	Bias    []float64 `cbor:"bias,omitempty"`
}

// Affine is Scale*x + Shift per channel (per element of a flat tensor): a batch normalisation.
type Affine struct {
	Scale []float64 `cbor:"scale,omitempty"`
	Shift []float64 `cbor:"shift,omitempty"`
}

// Poly is A*x^2 + B*x + C per channel (per element of a flat tensor).
type Poly struct {
	A []float64 `cbor:"a,omitempty"`
	B []float64 `cbor:"b,omitempty"`
	C []float64 `cbor:"c,omitempty"`
}

// Reshape keeps the values and their order.
type Reshape struct {
	Shape []int `cbor:"shape"`
}

// NewConv names a convolution. Zero strides, dilations and groups mean 1.
func NewConv(name string, c Conv) Layer {
	for i := range 2 {
		c.Stride[i] = max(c.Stride[i], 1)
		c.Dilation[i] = max(c.Dilation[i], 1)
	}
	c.Groups = max(c.Groups, 1)
	return Layer{Name: name, Conv: &c}
}

// NewPool names an average pool. Zero strides mean 1.
func NewPool(name string, p Pool) Layer {
	for i := range 2 {
		p.Stride[i] = max(p.Stride[i], 1)
	}
	return Layer{Name: name, Pool: &p}
}

// NewDense names a fully connected layer.
func NewDense(name string, d Dense) Layer { return Layer{Name: name, Dense: &d} }

// NewAffine names a per-channel scale and shift.
func NewAffine(name string, a Affine) Layer { return Layer{Name: name, Affine: &a} }

// NewPoly names a per-channel quadratic.
func NewPoly(name string, p Poly) Layer { return Layer{Name: name, Poly: &p} }

// NewReshape names a reshape to the given shape (without the batch).
func NewReshape(name string, shape ...int) Layer {
	return Layer{Name: name, Reshape: &Reshape{Shape: append([]int(nil), shape...)}}
}

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

// out is the shape after the layer; it checks everything but the weights.
func (l Layer) out(in []int) ([]int, error) {
	kinds := 0
	for _, set := range []bool{l.Conv != nil, l.Pool != nil, l.Dense != nil, l.Affine != nil, l.Poly != nil, l.Reshape != nil} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, fmt.Errorf("%d kinds set, want exactly one", kinds)
	}
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
	case l.Reshape != nil:
		if err := checkShape(l.Reshape.Shape); err != nil {
			return nil, err
		}
		if size(l.Reshape.Shape) != size(in) {
			return nil, fmt.Errorf("reshape of %v to %v changes the number of values", in, l.Reshape.Shape)
		}
		return append([]int(nil), l.Reshape.Shape...), nil
	}
	return append([]int(nil), in...), nil
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
	case l.Poly != nil:
		return errors.Join(need("a", l.Poly.A, c, false), need("b", l.Poly.B, c, false), need("c", l.Poly.C, c, false))
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
		l.Poly = &Poly{}
	}
	return l
}
