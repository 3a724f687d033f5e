package fhe

import "fmt"

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
	for i, l := range p.Layers {
		if err := l.checkWeights(p.shapeOf(shapes, p.inputs(i)[0])); err != nil {
			return fmt.Errorf("%w: layer %q: %w", ErrPrefix, l.Name, err)
		}
	}
	return nil
}

// inputs lists the values that layer i reads.
func (p Prefix) inputs(i int) []int {
	if in := p.Layers[i].Inputs; len(in) > 0 {
		return in
	}
	return []int{i}
}

// shapeOf is the shape of a value: 0 the input, i the output of Layers[i-1].
func (p Prefix) shapeOf(shapes [][]int, value int) []int {
	if value == 0 {
		return p.Input
	}
	return shapes[value-1]
}

// Shapes returns the shape after each layer. It needs no weights. Every layer must read what stands before it, and
// all but the last must be read.
func (p Prefix) Shapes() ([][]int, error) {
	if err := checkShape(p.Input); err != nil {
		return nil, fmt.Errorf("%w: input: %w", ErrPrefix, err)
	}
	if len(p.Layers) == 0 || len(p.Layers) > maxLayers {
		return nil, fmt.Errorf("%w: %d layers, want 1 to %d", ErrPrefix, len(p.Layers), maxLayers)
	}
	shapes, used := make([][]int, len(p.Layers)), make([]bool, len(p.Layers)+1)
	for i, l := range p.Layers {
		var ins [][]int
		if len(l.Inputs) > maxLayers {
			return nil, fmt.Errorf("%w: layer %q: inputs: %d, at most %d", ErrPrefix, l.Name, len(l.Inputs), maxLayers)
		}
		for _, v := range p.inputs(i) {
			if v < 0 || v > i {
				return nil, fmt.Errorf("%w: layer %q: inputs: value %d does not stand before it", ErrPrefix, l.Name, v)
			}
			used[v] = true
			ins = append(ins, p.shapeOf(shapes, v))
		}
		out, err := l.out(ins...)
		if err == nil {
			err = checkShape(out)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: layer %q: %w", ErrPrefix, l.Name, err)
		}
		shapes[i] = out
	}
	for v, u := range used[:len(p.Layers)] {
		if !u && v > 0 {
			return nil, fmt.Errorf("%w: layer %q: nothing reads it", ErrPrefix, p.Layers[v-1].Name)
		}
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
