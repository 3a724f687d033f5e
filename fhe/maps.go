package fhe

import "fmt"

// AffineMap is a sparse affine map y = A x + b in compressed rows: row i of A holds Values[j] in column Column[j] for j
// from Start[i] up to Start[i+1].
type AffineMap struct {
	Columns int
	Start   []int32 // one more than there are rows
	Column  []int32
	Values  []float64
	Bias    []float64 // one a row
}

// Rows is the number of values of the map's result.
func (m AffineMap) Rows() int { return len(m.Bias) }

// Maps returns layer i as affine maps on flat row-major tensors, one for each value it reads, in the order of
// [Prefix.Reads]; their results add up to the layer's. There are none for a polynomial. To differentiate a prefix in the
// clear takes no more. Errors wrap ErrPrefix.
func (p Prefix) Maps(i int) ([]AffineMap, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if i < 0 || i >= len(p.Layers) {
		return nil, fmt.Errorf("%w: there is no layer %d among %d", ErrPrefix, i, len(p.Layers))
	}
	shapes, err := p.Shapes()
	if err != nil {
		return nil, err
	}
	l, reads := p.Layers[i], p.inputs(i)
	var ins [][]int
	for _, v := range reads {
		ins = append(ins, p.shapeOf(shapes, v))
	}
	var maps []AffineMap
	for k := range reads {
		var m *matrix
		switch {
		case l.Poly != nil:
			return nil, nil
		case l.Add != nil:
			m = identity(size(ins[k]), true)
		case l.Concat != nil:
			m = selection(size(shapes[i]), l.Concat.scatter(ins, shapes[i])[k], true)
		default:
			if m, err = l.matrix(ins[k], shapes[i], true); err != nil {
				return nil, fmt.Errorf("%w: layer %q: %w", ErrPrefix, l.Name, err)
			}
		}
		maps = append(maps, AffineMap{Columns: m.cols, Start: m.ptr, Column: m.col, Values: m.val, Bias: m.bias})
	}
	return maps, nil
}

// Reads lists the values that layer i reads: 0 is the prefix's input, v the output of Layers[v-1].
func (p Prefix) Reads(i int) []int { return append([]int(nil), p.inputs(i)...) }
