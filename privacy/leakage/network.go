package leakage

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/privacy/compare"
)

// Network evaluates a prefix and its derivative in the clear, in single precision and on many records at once. Its
// methods Eval and Pullback are the Prefix and the Pullback of a Subject.
type Network struct {
	sizes  []int // of the values: the input, then the output of each layer
	layers []networkLayer

	low, span float32 // the prefix's input is low + span times a record
}

// networkLayer is a sum of affine maps of what it reads, or a polynomial by channel.
type networkLayer struct {
	reads  []int
	maps   []fhe.AffineMap
	powers [][]float64 // coefficients by power, then by channel
}

// NewNetwork prepares a prefix whose inputs lie between low and high: a record's values from 0 to 1 stand for them. Errors
// wrap fhe.ErrPrefix or ErrSubject.
func NewNetwork(p fhe.Prefix, low, high float64) (*Network, error) {
	if !(high > low) || math.IsInf(high-low, 0) {
		return nil, fmt.Errorf("%w: inputs from %v to %v", ErrSubject, low, high)
	}
	shapes, err := p.Shapes()
	if err != nil {
		return nil, err
	}
	n := &Network{sizes: []int{elements(p.Input)}, low: float32(low), span: float32(high - low)}
	for i, l := range p.Layers {
		maps, err := p.Maps(i)
		if err != nil {
			return nil, err
		}
		layer := networkLayer{reads: p.Reads(i), maps: maps}
		if l.Poly != nil {
			layer.powers = l.Poly.Coefficients
		}
		n.layers, n.sizes = append(n.layers, layer), append(n.sizes, elements(shapes[i]))
	}
	return n, nil
}

func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Eval maps records to intermediates.
func (n *Network) Eval(ctx context.Context, x Matrix) (Matrix, error) {
	out := NewMatrix(x.Rows, n.sizes[len(n.sizes)-1])
	err := n.blocks(ctx, x, func(from, to int) {
		values := n.forward(x.Slice(from, to))
		copy(out.Slice(from, to).Data, values[len(values)-1].transposed().Data)
	})
	return out, err
}

// Pullback maps gradients by the intermediates of x to gradients by x: the transposed Jacobian at each record.
func (n *Network) Pullback(ctx context.Context, x, dz Matrix) (Matrix, error) {
	if dz.Rows != x.Rows || dz.Cols != n.sizes[len(n.sizes)-1] {
		return Matrix{}, fmt.Errorf("%w: %d x %d gradients for %d records and %d values", ErrSubject, dz.Rows, dz.Cols, x.Rows, n.sizes[len(n.sizes)-1])
	}
	out := NewMatrix(x.Rows, x.Cols)
	err := n.blocks(ctx, x, func(from, to int) {
		dx := n.backward(n.forward(x.Slice(from, to)), dz.Slice(from, to))
		copy(out.Slice(from, to).Data, dx.transposed().Data)
	})
	return out, err
}

// blocks runs f on a few records at a time, on all cores.
func (n *Network) blocks(ctx context.Context, x Matrix, f func(from, to int)) error {
	if x.Cols != n.sizes[0] {
		return fmt.Errorf("%w: records of %d values, the prefix takes %d", ErrSubject, x.Cols, n.sizes[0])
	}
	total := 0
	for _, s := range n.sizes {
		total += s
	}
	const most, memory = 32, 16 << 20 // records, and values held at once
	size := max(1, min(most, memory/total))
	return compare.Parallel(ctx, (x.Rows+size-1)/size, func(i int) error {
		f(i*size, min((i+1)*size, x.Rows))
		return nil
	})
}

// forward returns all values, a record in each column: the entries of a sparse map then act on whole rows.
func (n *Network) forward(x Matrix) []Matrix {
	values := []Matrix{x.transposed()}
	for i, v := range values[0].Data {
		values[0].Data[i] = n.low + n.span*v
	}
	for i, l := range n.layers {
		y := NewMatrix(n.sizes[i+1], x.Rows)
		if l.powers != nil {
			in := values[l.reads[0]]
			plane := in.Rows / len(l.powers[0])
			for c := range in.Rows {
				l.polynomial(c/plane, in.Row(c), y.Row(c))
			}
		}
		for k, m := range l.maps {
			apply(m, values[l.reads[k]], y)
		}
		values = append(values, y)
	}
	return values
}

// backward returns the gradients by the records, one in each column.
func (n *Network) backward(values []Matrix, dz Matrix) Matrix {
	grads := make([]Matrix, len(values))
	for i := range grads {
		grads[i] = Matrix{Cols: dz.Rows}
	}
	grads[len(grads)-1] = dz.transposed()
	for i := len(n.layers) - 1; i >= 0; i-- {
		l, g := n.layers[i], grads[i+1]
		for _, v := range l.reads {
			if grads[v].Data == nil {
				grads[v] = NewMatrix(n.sizes[v], dz.Rows)
			}
		}
		if l.powers != nil {
			v := l.reads[0]
			plane := n.sizes[v] / len(l.powers[0])
			for c := range n.sizes[v] {
				l.derivative(c/plane, values[v].Row(c), g.Row(c), grads[v].Row(c))
			}
		}
		for k, m := range l.maps {
			applyTransposed(m, g, grads[l.reads[k]])
		}
		grads[i+1] = Matrix{}
	}
	for i := range grads[0].Data {
		grads[0].Data[i] *= n.span
	}
	return grads[0]
}

// apply adds A x + b to y.
func apply(m fhe.AffineMap, x, y Matrix) {
	for row := range m.Rows() {
		to := y.Row(row)
		if b := float32(m.Bias[row]); b != 0 {
			for i := range to {
				to[i] += b
			}
		}
		for j := m.Start[row]; j < m.Start[row+1]; j++ {
			axpy(float32(m.Values[j]), x.Row(int(m.Column[j])), to)
		}
	}
}

// applyTransposed adds A^T g to d.
func applyTransposed(m fhe.AffineMap, g, d Matrix) {
	for row := range m.Rows() {
		from := g.Row(row)
		for j := m.Start[row]; j < m.Start[row+1]; j++ {
			axpy(float32(m.Values[j]), from, d.Row(int(m.Column[j])))
		}
	}
}

func axpy(a float32, x, y []float32) {
	blas32.Axpy(a, blas32.Vector{N: len(x), Inc: 1, Data: x}, blas32.Vector{N: len(y), Inc: 1, Data: y})
}

func (l networkLayer) polynomial(channel int, x, y []float32) {
	for k := len(l.powers) - 1; k >= 0; k-- {
		c := float32(l.powers[k][channel])
		for i, v := range x {
			y[i] = y[i]*v + c
		}
	}
}

// derivative adds g times the polynomial's derivative at x to d.
func (l networkLayer) derivative(channel int, x, g, d []float32) {
	for i, v := range x {
		var s float32
		for k := len(l.powers) - 1; k > 0; k-- {
			s = s*v + float32(k)*float32(l.powers[k][channel])
		}
		d[i] += s * g[i]
	}
}
