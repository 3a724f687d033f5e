package fhe

import (
	"errors"
	"math/bits"
	"slices"
)

// Limits on what a prefix may hold; they bound memory and time before anything is computed.
const (
	maxLayers  = 256
	maxTensor  = 1 << 20 // values of one tensor
	maxWeights = 1 << 24 // values of one layer
	maxSide    = 1 << 12 // kernel, stride, pad or dilation
	maxEntries = 1 << 24 // entries of one merged linear map
)

// ErrPrefix marks a prefix (or a plan's skeleton) that is malformed.
var ErrPrefix = errors.New("invalid prefix")

// Layer is one node of a prefix: exactly one of its kinds is set. Without weights it is the skeleton of that node.
type Layer struct {
	Name    string   `cbor:"name"`
	Inputs  []int    `cbor:"inputs,omitempty"` // what it reads: 0 the prefix's input, i the output of Layers[i-1]; none: the layer before
	Conv    *Conv    `cbor:"conv,omitempty"`
	Pool    *Pool    `cbor:"pool,omitempty"`
	Dense   *Dense   `cbor:"dense,omitempty"`
	Affine  *Affine  `cbor:"affine,omitempty"`
	Poly    *Poly    `cbor:"poly,omitempty"`
	Reshape *Reshape `cbor:"reshape,omitempty"`
	Permute *Permute `cbor:"permute,omitempty"`
	Pad     *Pad     `cbor:"pad,omitempty"`
	Add     *Add     `cbor:"add,omitempty"`
	Concat  *Concat  `cbor:"concat,omitempty"`
}

// From returns the layer reading the given values: 0 is the prefix's input, i the output of Layers[i-1].
func (l Layer) From(inputs ...int) Layer {
	l.Inputs = append([]int(nil), inputs...)
	return l
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

// maxDegree is the highest degree of an activation.
const maxDegree = 7

// Poly is a polynomial of degree 2 to 7 per channel (per element of a flat tensor).
//
// Mixed says that a square is missing in some channel of a quadratic. Such a layer is evaluated in another way, which a
// plan shows; so it is part of the skeleton.
type Poly struct {
	Degree       int         `cbor:"degree"`
	Mixed        bool        `cbor:"mixed,omitempty"`
	Coefficients [][]float64 `cbor:"coefficients,omitempty"` // by power from 0 to Degree, then by channel
}

// NewQuadratic is a*x^2 + b*x + c, by channel.
func NewQuadratic(a, b, c []float64) Poly { return Poly{Degree: 2, Coefficients: [][]float64{c, b, a}} }

// folds says that the polynomial is a square up to what the layers around it can do: a (x + b/2a)^2 + c - b^2/4a.
func (p *Poly) folds() bool { return p.Degree == 2 && !p.Mixed }

// levels is how many rescalings the polynomial takes.
func (p *Poly) levels() int {
	return bits.Len(uint(p.Degree)) - 1 + min(1, p.Degree-2)
}

// at evaluates the polynomial of a channel.
func (p *Poly) at(c int, x float64) float64 {
	y := 0.0
	for k := p.Degree; k >= 0; k-- {
		y = y*x + p.Coefficients[k][c]
	}
	return y
}

// Reshape keeps the values and their order.
type Reshape struct {
	Shape []int `cbor:"shape"`
}

// Permute reads the tensor as Shape and reorders its axes: axis i of the result is axis Perm[i] of Shape. The result
// is flat unless it has one or three axes.
type Permute struct {
	Shape []int `cbor:"shape"`
	Perm  []int `cbor:"perm"`
}

// Pad puts constant values around a [channels, height, width] tensor. Value counts as a weight.
type Pad struct {
	Before [3]int  `cbor:"before"`
	After  [3]int  `cbor:"after"`
	Value  float64 `cbor:"value,omitempty"`
}

// Add is the sum of two or more tensors of one shape.
type Add struct{}

// Concat joins two or more tensors along an axis.
type Concat struct {
	Axis int `cbor:"axis"`
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

// NewPoly names a per-channel polynomial. A quadratic that lacks the square in some channel becomes Mixed.
func NewPoly(name string, p Poly) Layer {
	if p.Degree == 2 && len(p.Coefficients) == 3 {
		p.Mixed = p.Mixed || slices.Contains(p.Coefficients[2], 0)
	}
	return Layer{Name: name, Poly: &p}
}

// NewReshape names a reshape to the given shape (without the batch).
func NewReshape(name string, shape ...int) Layer {
	return Layer{Name: name, Reshape: &Reshape{Shape: append([]int(nil), shape...)}}
}

// NewPermute names a reordering of axes.
func NewPermute(name string, p Permute) Layer { return Layer{Name: name, Permute: &p} }

// NewPad names a padding.
func NewPad(name string, p Pad) Layer { return Layer{Name: name, Pad: &p} }

// NewAdd names the sum of two or more values; see [Layer.From] for their numbers.
func NewAdd(name string, inputs ...int) Layer {
	return Layer{Name: name, Add: &Add{}}.From(inputs...)
}

// NewConcat names the concatenation of two or more values along an axis.
func NewConcat(name string, axis int, inputs ...int) Layer {
	return Layer{Name: name, Concat: &Concat{Axis: axis}}.From(inputs...)
}
