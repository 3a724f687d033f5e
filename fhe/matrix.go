package fhe

import (
	"fmt"
	"slices"
)

// matrix is a sparse affine map, rows in compressed form with ascending columns. Entries are structural: they exist
// because shapes allow them, whatever the weights are. A matrix without weights has no val and no bias.
type matrix struct {
	cols int
	ptr  []int32
	col  []int32
	val  []float64
	bias []float64
	unit bool // the identity
}

func (m *matrix) rows() int { return len(m.ptr) - 1 }

// row returns the columns of row i and the position of the first.
func (m *matrix) row(i int) (cols []int32, at int) {
	return m.col[m.ptr[i]:m.ptr[i+1]], int(m.ptr[i])
}

// builder grows a matrix row by row.
type builder struct {
	m      *matrix
	values bool
}

func newBuilder(cols int, values bool) *builder {
	m := &matrix{cols: cols, ptr: []int32{0}}
	if values { // a map without any entry has values, too
		m.val, m.bias = []float64{}, []float64{}
	}
	return &builder{m: m, values: values}
}

func (b *builder) add(col int, val float64) {
	b.m.col = append(b.m.col, int32(col))
	if b.values {
		b.m.val = append(b.m.val, val)
	}
}

func (b *builder) endRow(bias float64) error {
	if len(b.m.col) > maxEntries {
		return fmt.Errorf("merged linear map has more than %d entries", maxEntries)
	}
	b.m.ptr = append(b.m.ptr, int32(len(b.m.col)))
	if b.values {
		b.m.bias = append(b.m.bias, bias)
	}
	return nil
}

func identity(n int, values bool) *matrix {
	b := newBuilder(n, values)
	for i := range n {
		b.add(i, 1)
		_ = b.endRow(0) // one entry a row: cannot exceed the limit
	}
	b.m.unit = true
	return b.m
}

// at returns v[i], or 0 where weights are absent.
func at(v []float64, i int) float64 {
	if v == nil {
		return 0
	}
	return v[i]
}

// matrix is the layer as an affine map; the layer must be linear and fit its input.
func (l Layer) matrix(in, out []int, values bool) (*matrix, error) {
	b := newBuilder(size(in), values)
	switch {
	case l.Conv != nil:
		return l.Conv.matrix(b, in, out)
	case l.Pool != nil:
		return l.Pool.matrix(b, in, out)
	case l.Dense != nil:
		d := l.Dense
		if d.In*d.Out > maxEntries {
			return nil, fmt.Errorf("more than %d entries", maxEntries)
		}
		for o := range d.Out {
			for i := range d.In {
				b.add(i, at(d.Weights, o*d.In+i))
			}
			if err := b.endRow(at(d.Bias, o)); err != nil {
				return nil, err
			}
		}
	case l.Affine != nil:
		_, plane := channels(in)
		for i := range size(in) {
			b.add(i, at(l.Affine.Scale, i/plane))
			if err := b.endRow(at(l.Affine.Shift, i/plane)); err != nil {
				return nil, err
			}
		}
	case l.Reshape != nil:
		return identity(size(in), values), nil
	case l.Permute != nil, l.Pad != nil:
		for _, j := range l.gather(in, out) {
			bias := 0.0
			if j >= 0 {
				b.add(int(j), 1)
			} else {
				bias = l.Pad.Value
			}
			if err := b.endRow(bias); err != nil {
				return nil, err
			}
		}
	default:
		return nil, fmt.Errorf("not linear")
	}
	return b.m, nil
}

// selection is the map that spreads the values of one input of a concatenation over its places.
func selection(n int, to []int32, values bool) *matrix {
	from := make([]int32, n)
	for i := range from {
		from[i] = -1
	}
	for i, j := range to {
		from[j] = int32(i)
	}
	b := newBuilder(len(to), values)
	for _, i := range from {
		if i >= 0 {
			b.add(int(i), 1)
		}
		_ = b.endRow(0) // one entry a row: cannot exceed the limit
	}
	return b.m
}

// plus is the sum of the linear parts of two maps of the same sides.
func (m *matrix) plus(n *matrix) (*matrix, error) {
	values := m.val != nil
	b := newBuilder(m.cols, values)
	for i := range m.rows() {
		mc, ma := m.row(i)
		nc, na := n.row(i)
		for len(mc)+len(nc) > 0 {
			var col int32
			v := 0.0
			fromM := len(nc) == 0 || len(mc) > 0 && mc[0] <= nc[0]
			fromN := len(mc) == 0 || len(nc) > 0 && nc[0] <= mc[0]
			if fromM {
				col, v = mc[0], v+at(m.val, ma)
				mc, ma = mc[1:], ma+1
			}
			if fromN {
				col, v = nc[0], v+at(n.val, na)
				nc, na = nc[1:], na+1
			}
			b.add(int(col), v)
		}
		if err := b.endRow(0); err != nil {
			return nil, err
		}
	}
	return b.m, nil
}

func (c *Conv) matrix(b *builder, in, out []int) (*matrix, error) {
	per, taps := c.In/c.Groups, c.Kernel[0]*c.Kernel[1]
	for o := range c.Out {
		first := o / (c.Out / c.Groups) * per
		for i := range out[1] * out[2] {
			for k := range per {
				for t := range taps {
					iy := i/out[2]*c.Stride[0] - c.Pads[0] + t/c.Kernel[1]*c.Dilation[0]
					ix := i%out[2]*c.Stride[1] - c.Pads[1] + t%c.Kernel[1]*c.Dilation[1]
					if iy >= 0 && ix >= 0 && iy < in[1] && ix < in[2] {
						b.add(((first+k)*in[1]+iy)*in[2]+ix, at(c.Weights, (o*per+k)*taps+t))
					}
				}
			}
			if err := b.endRow(at(c.Bias, o)); err != nil {
				return nil, err
			}
		}
	}
	return b.m, nil
}

func (p *Pool) matrix(b *builder, in, out []int) (*matrix, error) {
	for i := range size(out) {
		c, oy, ox := i/(out[1]*out[2]), i/out[2]%out[1], i%out[2]
		var cells []int
		for t := range p.Kernel[0] * p.Kernel[1] {
			iy := oy*p.Stride[0] - p.Pads[0] + t/p.Kernel[1]
			ix := ox*p.Stride[1] - p.Pads[1] + t%p.Kernel[1]
			if iy >= 0 && ix >= 0 && iy < in[1] && ix < in[2] {
				cells = append(cells, (c*in[1]+iy)*in[2]+ix)
			}
		}
		n := len(cells)
		if p.CountPads {
			n = p.Kernel[0] * p.Kernel[1]
		}
		for _, j := range cells {
			b.add(j, 1/float64(n))
		}
		if err := b.endRow(0); err != nil {
			return nil, err
		}
	}
	return b.m, nil
}

// linear is a copy without bias; what no one changes is shared.
func (m *matrix) linear() *matrix {
	c := &matrix{cols: m.cols, ptr: m.ptr, col: m.col, unit: m.unit}
	if m.val != nil {
		c.val, c.bias = slices.Clone(m.val), make([]float64, m.rows())
	}
	return c
}

// after is the composition of the linear parts, m(first(x)) without any bias.
func (m *matrix) after(first *matrix) (*matrix, error) {
	values := m.val != nil
	switch {
	case first.unit:
		return m.linear(), nil
	case m.unit:
		return first.linear(), nil
	}
	b := newBuilder(first.cols, values)
	sum, seen := make([]float64, first.cols), make([]bool, first.cols)
	var touched []int32
	for i := range m.rows() {
		cols, at := m.row(i)
		for k, j := range cols {
			inner, from := first.row(int(j))
			for n, c := range inner {
				if !seen[c] {
					seen[c] = true
					touched = append(touched, c)
				}
				if values {
					sum[c] += m.val[at+k] * first.val[from+n]
				}
			}
		}
		slices.Sort(touched)
		for _, c := range touched {
			b.add(int(c), sum[c])
			sum[c], seen[c] = 0, false
		}
		touched = touched[:0]
		if err := b.endRow(0); err != nil {
			return nil, err
		}
	}
	return b.m, nil
}

// apply evaluates the map in the clear.
func (m *matrix) apply(x []float64) []float64 {
	y := make([]float64, m.rows())
	for i := range y {
		cols, at := m.row(i)
		y[i] = m.bias[i]
		for k, j := range cols {
			y[i] += m.val[at+k] * x[j]
		}
	}
	return y
}
