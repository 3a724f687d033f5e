package model

import (
	"fmt"
	"math"
	"slices"
)

// ElemType is the type of a tensor's elements after import: every floating point
// type becomes Float, every integer type Int.
type ElemType uint8

const (
	Float ElemType = iota // float32, in Tensor.Floats
	Int                   // int64, in Tensor.Ints
	Bool                  // 0 or 1, in Tensor.Ints
)

// String names the type as ONNX does.
func (t ElemType) String() string {
	switch t {
	case Float:
		return "float"
	case Int:
		return "int64"
	case Bool:
		return "bool"
	}
	return fmt.Sprintf("ElemType(%d)", t)
}

// Tensor is a dense row-major tensor.
type Tensor struct {
	Type   ElemType
	Shape  []int
	Floats []float32
	Ints   []int64
}

// NewTensor returns a Float tensor over data, which it does not copy.
func NewTensor(shape []int, data []float32) (*Tensor, error) {
	n, err := elements(shape, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	if n != len(data) {
		return nil, fmt.Errorf("%w: %d values for shape %v", ErrInput, len(data), shape)
	}
	return &Tensor{Shape: slices.Clone(shape), Floats: data}, nil
}

func (t *Tensor) len() int {
	if t.Type == Float {
		return len(t.Floats)
	}
	return len(t.Ints)
}

// reshaped returns the same elements under another shape.
func (t *Tensor) reshaped(shape []int) *Tensor {
	return &Tensor{Type: t.Type, Shape: shape, Floats: t.Floats, Ints: t.Ints}
}

// maxRank is far above that of any network, whose tensors have five dimensions at most.
const maxRank = 16

// elements returns the number of elements of a shape. The rank is bounded, and so
// is the product of all dimensions that are not zero, since loops run over some of them.
func elements(shape []int, limit int) (int, error) {
	if len(shape) > maxRank {
		return 0, fmt.Errorf("%w: tensor of rank %d", ErrTooLarge, len(shape))
	}
	n := 1
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("%w: dimension %d in shape %v", ErrMalformed, d, shape)
		}
		if d > 0 && n > limit/d {
			return 0, fmt.Errorf("%w: shape %v has more than %d elements", ErrTooLarge, shape, limit)
		}
		n *= max(d, 1)
	}
	if slices.Contains(shape, 0) {
		return 0, nil
	}
	return n, nil
}

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// strides returns the row-major strides of a shape.
func strides(shape []int) []int {
	s := make([]int, len(shape))
	n := 1
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = n
		n *= shape[i]
	}
	return s
}

// gather builds a tensor of the given shape whose element at position p is
// t's element at offset base + sum of p[i]*step[i].
func gather(t *Tensor, shape []int, base int, step []int) *Tensor {
	out := &Tensor{Type: t.Type, Shape: shape}
	if t.Type == Float {
		out.Floats = gathered(t.Floats, shape, base, step)
	} else {
		out.Ints = gathered(t.Ints, shape, base, step)
	}
	return out
}

func gathered[T any](from []T, shape []int, base int, step []int) []T {
	out := make([]T, product(shape))
	if len(out) == 0 {
		return out
	}
	inner, stride, outer := 1, 0, len(shape)-1
	if outer >= 0 {
		inner, stride = shape[outer], step[outer]
	}
	pos := make([]int, len(shape))
	at := base
	for row := 0; row < len(out); row += inner {
		to := out[row : row+inner]
		switch stride {
		case 0:
			for i, v := 0, from[at]; i < len(to); i++ {
				to[i] = v
			}
		case 1:
			copy(to, from[at:])
		default:
			for i, k := 0, at; i < len(to); i, k = i+1, k+stride {
				to[i] = from[k]
			}
		}
		for axis := outer - 1; axis >= 0; axis-- {
			pos[axis]++
			at += step[axis]
			if pos[axis] < shape[axis] {
				break
			}
			at -= pos[axis] * step[axis]
			pos[axis] = 0
		}
	}
	return out
}

// broadcastShape applies numpy's broadcasting rule to two shapes.
func broadcastShape(a, b []int) ([]int, error) {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	for i, d := range b {
		at := len(a) - len(b) + i
		switch {
		case out[at] == d || d == 1:
		case out[at] == 1:
			out[at] = d
		default:
			return nil, fmt.Errorf("%w: shapes %v and %v do not broadcast", ErrMalformed, a, b)
		}
	}
	return out, nil
}

// expand broadcasts a tensor to a shape that broadcastShape gave for it.
func expand(t *Tensor, shape []int) *Tensor {
	if slices.Equal(t.Shape, shape) {
		return t
	}
	step := make([]int, len(shape))
	own := strides(t.Shape)
	for i := range t.Shape {
		if t.Shape[i] != 1 {
			step[len(shape)-len(t.Shape)+i] = own[i]
		}
	}
	return gather(t, shape, 0, step)
}
