package fhe

import (
	"fmt"
	"math"
)

// maxPrefixBytes bounds a serialized prefix.
const maxPrefixBytes = 256 << 20

// Prefix is the part of a model that runs encrypted: the shape of its input without the batch ([n] or [channels,
// height, width]) and its layers.
type Prefix struct {
	Input  []int   `cbor:"input"`
	Layers []Layer `cbor:"layers"`
}

// Validate checks shapes and weights. Its errors name the layer and the field.
func (p Prefix) Validate() error {
	shapes, err := p.Shapes()
	if err != nil {
		return err
	}
	in := p.Input
	for i, l := range p.Layers {
		if err := l.checkWeights(in); err != nil {
			return fmt.Errorf("%w: layer %q: %w", ErrPrefix, l.Name, err)
		}
		in = shapes[i]
	}
	return nil
}

// Shapes returns the shape after each layer. It needs no weights.
func (p Prefix) Shapes() ([][]int, error) {
	if err := checkShape(p.Input); err != nil {
		return nil, fmt.Errorf("%w: input: %w", ErrPrefix, err)
	}
	if len(p.Layers) == 0 || len(p.Layers) > maxLayers {
		return nil, fmt.Errorf("%w: %d layers, want 1 to %d", ErrPrefix, len(p.Layers), maxLayers)
	}
	shapes := make([][]int, len(p.Layers))
	in := p.Input
	for i, l := range p.Layers {
		out, err := l.out(in)
		if err == nil {
			err = checkShape(out)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: layer %q: %w", ErrPrefix, l.Name, err)
		}
		shapes[i], in = out, out
	}
	return shapes, nil
}

// Skeleton is the prefix without its weights: what a plan shows of it.
func (p Prefix) Skeleton() Prefix {
	s := Prefix{Input: append([]int(nil), p.Input...)}
	for _, l := range p.Layers {
		s.Layers = append(s.Layers, l.skeleton())
	}
	return s
}

// MarshalBinary writes the prefix as deterministic CBOR.
func (p Prefix) MarshalBinary() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return encodeCBOR(plainPrefix(p))
}

// plainPrefix has no methods, so that the CBOR codec sees the fields.
type plainPrefix Prefix

// ParsePrefix reads what MarshalBinary wrote, and nothing else.
func ParsePrefix(b []byte) (Prefix, error) {
	if len(b) > maxPrefixBytes {
		return Prefix{}, fmt.Errorf("%w: %d bytes, at most %d", ErrPrefix, len(b), maxPrefixBytes)
	}
	var p plainPrefix
	if err := decodeCBOR(b, &p); err != nil {
		return Prefix{}, fmt.Errorf("%w: %w", ErrPrefix, err)
	}
	if err := Prefix(p).Validate(); err != nil {
		return Prefix{}, err
	}
	return Prefix(p), nil
}

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
	in := p.Input
	for _, l := range p.Layers {
		out, _ := l.out(in)
		x = l.eval(x, in, out)
		in = out
	}
	return x
}

func (l Layer) eval(x []float64, in, out []int) []float64 {
	switch {
	case l.Conv != nil:
		return l.Conv.eval(x, in, out)
	case l.Pool != nil:
		return l.Pool.eval(x, in, out)
	case l.Dense != nil:
		y := make([]float64, l.Dense.Out)
		for o := range y {
			row := l.Dense.Weights[o*l.Dense.In:][:l.Dense.In]
			if l.Dense.Bias != nil {
				y[o] = l.Dense.Bias[o]
			}
			for i, w := range row {
				y[o] += w * x[i]
			}
		}
		return y
	case l.Affine != nil, l.Poly != nil:
		_, plane := channels(in)
		y := make([]float64, len(x))
		for i, v := range x {
			c := i / plane
			if l.Affine != nil {
				y[i] = l.Affine.Scale[c]*v + l.Affine.Shift[c]
			} else {
				y[i] = (l.Poly.A[c]*v+l.Poly.B[c])*v + l.Poly.C[c]
			}
		}
		return y
	}
	return x
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
