//go:build !js && !lean

package model

import (
	"fmt"
	"slices"

	// gorgonia's tensors refuse to start on a Go release that this module has
	// not been told of.
	_ "go4.org/unsafe/assume-no-moving-gc"
	"gorgonia.org/tensor"
)

// arith is the arithmetic that graphs are evaluated with.
type arith = gorgonia

// gorgonia is arithmetic on the elements of dense tensors of one shape.
type gorgonia struct{}

func (gorgonia) add(a, b []float32) ([]float32, error)     { return pair(tensor.Add, a, b) }
func (gorgonia) sub(a, b []float32) ([]float32, error)     { return pair(tensor.Sub, a, b) }
func (gorgonia) mul(a, b []float32) ([]float32, error)     { return pair(tensor.Mul, a, b) }
func (gorgonia) minimum(a, b []float32) ([]float32, error) { return pair(tensor.MinBetween, a, b) }
func (gorgonia) maximum(a, b []float32) ([]float32, error) { return pair(tensor.MaxBetween, a, b) }

// div leaves zeros to plain, since gorgonia says that anything over zero, zero too, is plus infinity.
func (gorgonia) div(a, b []float32) ([]float32, error) {
	if slices.Contains(b, 0) {
		return plain{}.div(a, b)
	}
	return pair(tensor.Div, a, b)
}

// concat joins matrices of so many rows side by side.
func (gorgonia) concat(parts [][]float32, rows int) ([]float32, error) {
	list := make([]tensor.Tensor, len(parts))
	for i, p := range parts {
		list[i] = tensorOf(p, rows, len(p)/rows)
	}
	joined, err := tensor.Concat(1, list[0], list[1:]...)
	if err != nil {
		return nil, fmt.Errorf("concatenation: %w", err)
	}
	return backing(joined)
}

// matMul multiplies row-major a (m x k) by b (k x n); transB reads b as n x k.
func (gorgonia) matMul(a, b []float32, m, k, n int, transB bool) ([]float32, error) {
	left, right := tensorOf(a, m, k), tensorOf(b, k, n)
	if transB {
		right = tensorOf(b, n, k)
		if err := right.T(); err != nil {
			return nil, fmt.Errorf("transpose: %w", err)
		}
	}
	product, err := tensor.MatMul(left, right)
	if err != nil {
		return nil, fmt.Errorf("matrix product: %w", err)
	}
	return backing(product)
}

func pair(f func(a, b any, opts ...tensor.FuncOpt) (tensor.Tensor, error), a, b []float32) ([]float32, error) {
	out, err := f(tensorOf(a, len(a)), tensorOf(b, len(b)))
	if err != nil {
		return nil, err
	}
	return backing(out)
}

// tensorOf views elements as a tensor, which shares them.
func tensorOf(data []float32, shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
}

// backing takes the elements of a contiguous tensor.
func backing(t tensor.Tensor) ([]float32, error) {
	switch data := t.Data().(type) {
	case []float32:
		return data, nil
	case float32:
		return []float32{data}, nil
	default:
		return nil, fmt.Errorf("tensor engine returned %T", data)
	}
}
