package input

import (
	"fmt"
	"io"
	"slices"
)

// The bounds of a file of numbers: 256 MB in the file and 256 MB in memory.
const (
	maxTensorBytes  = 256 << 20
	maxTensorValues = 32 << 20
	maxRank         = 16
)

// Tensor is what a file of numbers holds: a model's input as the model takes it, with no
// preprocessing, or a batch of such inputs.
type Tensor struct {
	Shape  []int
	Values []float64 // row-major; every one is finite
}

// NewTensor returns a tensor over values, which it does not copy. They must fit the shape and be
// finite. The error wraps ErrInput.
func NewTensor(shape []int, values []float64) (Tensor, error) {
	t := Tensor{shape, values}
	if err := t.check(); err != nil {
		return Tensor{}, err
	}
	for i, v := range values {
		if !finite(v) {
			return Tensor{}, fmt.Errorf("%w: value %d is %v", ErrInput, i, v)
		}
	}
	return t, nil
}

func (t Tensor) check() error {
	n, err := elements(t.Shape)
	if err == nil && n != len(t.Values) {
		err = fmt.Errorf("%w: %d values of shape %v", ErrInput, len(t.Values), t.Shape)
	}
	return err
}

// Samples splits the tensor into inputs of the given shape: it is one, or a batch of them along
// its first dimension. Dimensions of 1 do not count: 28x28 values are an input of shape
// [1 28 28]. The error wraps ErrInput.
func (t Tensor) Samples(shape []int) ([][]float64, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	have, want := squeeze(t.Shape), squeeze(shape)
	n := 1
	if len(have) == len(want)+1 {
		n, have = have[0], have[1:]
	}
	if !slices.Equal(have, want) {
		return nil, fmt.Errorf("%w: shape %v is neither the model's input %v nor a batch of it", ErrInput, t.Shape, shape)
	}
	return slices.Collect(slices.Chunk(t.Values, len(t.Values)/n)), nil
}

// squeeze drops dimensions of 1.
func squeeze(shape []int) []int {
	return slices.DeleteFunc(slices.Clone(shape), func(d int) bool { return d == 1 })
}

// elements is the number of values of a shape, which must be one at least and not too many.
func elements(shape []int) (int, error) {
	if len(shape) > maxRank {
		return 0, fmt.Errorf("%w: %d dimensions, at most %d are read", ErrInput, len(shape), maxRank)
	}
	n := 1
	for _, d := range shape {
		if d < 1 {
			return 0, fmt.Errorf("%w: dimension %d in shape %v, want 1 at least", ErrInput, d, shape)
		}
		if n > maxTensorValues/d {
			return 0, errTooMany
		}
		n *= d
	}
	return n, nil
}

var errTooMany = fmt.Errorf("%w: more than %d values: give a smaller batch", ErrInput, maxTensorValues)

// limitReader fails beyond a number of bytes, where io.LimitReader would end the file.
type limitReader struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (l *limitReader) Read(b []byte) (int, error) {
	n, err := l.r.Read(b[:min(int64(len(b)), l.left+1)])
	if l.left -= int64(n); l.left < 0 {
		return 0, fmt.Errorf("%w: the file is too large: give a smaller one", ErrInput)
	}
	return n, err
}
