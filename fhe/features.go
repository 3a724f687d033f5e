package fhe

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// maxTaps bounds the window of a first layer whose products the user computes.
const maxTaps = 64

// monomial is a product of two input values, or one value if v is negative.
type monomial struct{ u, v int32 }

// feature is the sum of its monomials over count: what the user puts into one slot.
type feature struct {
	terms []monomial
	count int
}

func (f feature) value(x []float64) float64 {
	s := 0.0
	for _, t := range f.terms {
		if t.v < 0 {
			s += x[t.u]
		} else {
			s += x[t.u] * x[t.v]
		}
	}
	return s / float64(f.count)
}

func rawFeatures(n int) []feature {
	f := make([]feature, n)
	for i := range f {
		f[i] = feature{terms: []monomial{{int32(i), -1}}, count: 1}
	}
	return f
}

// taps lists, for every output position of a convolution or dense layer, the input each tap reads, -1 in the padding.
func taps(l Layer, in, out []int) ([][]int32, error) {
	switch {
	case l.Dense != nil:
		row := make([]int32, l.Dense.In)
		for i := range row {
			row[i] = int32(i)
		}
		return [][]int32{row}, nil
	case l.Conv != nil && l.Conv.Groups == 1:
		c := l.Conv
		list := make([][]int32, out[1]*out[2])
		area := c.Kernel[0] * c.Kernel[1]
		if area > maxWeights || c.In*area*len(list) > maxWeights {
			return nil, fmt.Errorf("layer %q: its windows hold more than %d values", l.Name, maxWeights)
		}
		for i := range list {
			row := make([]int32, c.In*area)
			for t := range row {
				iy := i/out[2]*c.Stride[0] - c.Pads[0] + t%area/c.Kernel[1]*c.Dilation[0]
				ix := i%out[2]*c.Stride[1] - c.Pads[1] + t%c.Kernel[1]*c.Dilation[1]
				row[t] = -1
				if iy >= 0 && ix >= 0 && iy < in[1] && ix < in[2] {
					row[t] = int32((t/area*in[1]+iy)*in[2] + ix)
				}
			}
			list[i] = row
		}
		return list, nil
	}
	return nil, fmt.Errorf("layer %q: only an ungrouped convolution or a dense layer can be packed by its windows", l.Name)
}

// tapped are the layers of a prefix that is one convolution or dense layer, affine ones, at most one quadratic and
// reshapes of its result: its windows can be packed tap by tap.
func tapped(p Prefix) (head []Layer, ok bool) {
	for i, l := range p.Layers {
		switch {
		case !slices.Equal(p.inputs(i), []int{i}):
			return nil, false
		case i == 0 && (l.Dense != nil || l.Conv != nil && l.Conv.Groups == 1), i > 0 && i == len(head) && l.Affine != nil:
			head = append(head, l)
		case i > 0 && i == len(head) && l.Poly != nil && l.Poly.Degree == 2, i > 0 && l.Reshape != nil:
		default:
			return nil, false
		}
	}
	return head, true
}

// tapWeights are the weights and biases of the first layer with the affine layers behind it merged in.
func tapWeights(layers []Layer) (w [][]float64, bias []float64) {
	switch l := layers[0]; {
	case l.Dense != nil:
		for o := range l.Dense.Out {
			w = append(w, append([]float64(nil), l.Dense.Weights[o*l.Dense.In:][:l.Dense.In]...))
			bias = append(bias, at(l.Dense.Bias, o))
		}
	case l.Conv != nil:
		n := l.Conv.In * l.Conv.Kernel[0] * l.Conv.Kernel[1]
		for o := range l.Conv.Out {
			w = append(w, append([]float64(nil), l.Conv.Weights[o*n:][:n]...))
			bias = append(bias, at(l.Conv.Bias, o))
		}
	}
	for _, l := range layers[1:] {
		for o := range w {
			for t := range w[o] {
				w[o][t] *= l.Affine.Scale[o]
			}
			bias[o] = bias[o]*l.Affine.Scale[o] + l.Affine.Shift[o]
		}
	}
	return w, bias
}

// productMap takes products of input values to the output of the first stage: a first layer, its quadratic and a pool
// in one linear map. Products that a pool adds up with equal weights are one feature.
func productMap(p Prefix, first *stage, values bool) ([]feature, *matrix, error) {
	head, err := firstLayers(p)
	if err != nil {
		return nil, nil, err
	}
	reads, err := taps(head[0], p.Input, first.mid)
	if err != nil {
		return nil, nil, err
	}
	nTaps := len(reads[0])
	if nTaps > maxTaps {
		return nil, nil, fmt.Errorf("layer %q has more than %d taps", head[0].Name, maxTaps)
	}
	table := newFeatureTable()
	windows := poolWindows(first.pool, first.mid, first.out)
	ids := make([][]int32, len(windows)) // per pooled position: a feature for each pair of taps, then for each tap
	for q, window := range windows {
		for j := range nTaps {
			for k := j; k < nTaps; k++ {
				ids[q] = append(ids[q], table.id(reads, window, j, k))
			}
		}
		for j := range nTaps {
			ids[q] = append(ids[q], table.id(reads, window, j, -1))
		}
	}
	ch, _ := channels(first.mid)
	m, err := pooledRows(table, ids, ch, nTaps, head, first.poly, values)
	return table.list, m, err
}

// firstLayers are the layers up to the first activation: a convolution or dense layer and affine ones.
func firstLayers(p Prefix) (list []Layer, err error) {
	for i, l := range p.Layers {
		switch {
		case !slices.Equal(p.inputs(i), []int{i}):
			return nil, fmt.Errorf("%w: layer %q: the first layers branch", ErrPlan, l.Name)
		case l.Poly != nil && i > 0:
			return list, nil
		case i == 0 && l.Affine == nil || i > 0 && l.Affine != nil:
			list = append(list, l)
		default:
			return nil, fmt.Errorf("%w: layer %q: only affine layers may stand between the first layer and its activation", ErrPlan, l.Name)
		}
	}
	return list, nil
}

// pooledRows is the map from features to the pooled activation of the first layer.
func pooledRows(table *featureTable, ids [][]int32, ch, nTaps int, head []Layer, poly *Poly, values bool) (*matrix, error) {
	var w [][]float64
	var bias []float64
	if values {
		w, bias = tapWeights(head)
	}
	b := newBuilder(len(table.list), values)
	for c := range ch {
		var coef []float64
		constant := 0.0
		if values {
			a, p := poly.Coefficients[2][c], poly.Coefficients[1][c]
			for j := range nTaps {
				for k := j; k < nTaps; k++ {
					f := 2.0
					if j == k {
						f = 1
					}
					coef = append(coef, f*a*w[c][j]*w[c][k])
				}
			}
			for j := range nTaps {
				coef = append(coef, (2*a*bias[c]+p)*w[c][j])
			}
			constant = poly.at(c, bias[c])
		}
		for q := range ids {
			for i, id := range ids[q] {
				if id >= 0 {
					b.add(int(id), at(coef, i))
				}
			}
			if err := b.endRow(constant); err != nil {
				return nil, err
			}
		}
	}
	return b.m.sorted(), nil
}

// sorted merges duplicate columns and orders them.
func (m *matrix) sorted() *matrix {
	one := identity(m.rows(), m.val != nil)
	one.unit = false // it is to be multiplied out
	s, err := one.after(m)
	if err != nil { // never longer than m, which was accepted
		return m
	}
	s.bias = m.bias
	return s
}

// poolWindows lists the positions that each pooled position averages.
func poolWindows(p *Pool, in, out []int) [][]int {
	_, plane := channels(out)
	windows := make([][]int, plane)
	for q := range windows {
		if p == nil {
			windows[q] = []int{q}
			continue
		}
		for t := range p.Kernel[0] * p.Kernel[1] {
			y, x := q/out[2]*p.Stride[0]+t/p.Kernel[1], q%out[2]*p.Stride[1]+t%p.Kernel[1]
			windows[q] = append(windows[q], y*in[2]+x)
		}
	}
	return windows
}

// featureTable gives equal sums of products the same number.
type featureTable struct {
	list  []feature
	known map[string]int32
}

func newFeatureTable() *featureTable { return &featureTable{known: map[string]int32{}} }

// id is the number of the feature sum over the window of tap j times tap k (k < 0: tap j alone), or -1 if all of it
// lies in the padding.
func (t *featureTable) id(reads [][]int32, window []int, j, k int) int32 {
	var terms []monomial
	var key []byte
	for _, at := range window {
		u, v := reads[at][j], int32(-1)
		if u < 0 {
			continue
		}
		if k >= 0 {
			if v = reads[at][k]; v < 0 {
				continue
			}
			u, v = min(u, v), max(u, v)
		}
		terms = append(terms, monomial{u, v})
		key = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(key, uint32(u)), uint32(v))
	}
	if len(terms) == 0 {
		return -1
	}
	id, ok := t.known[string(key)]
	if !ok {
		id = int32(len(t.list))
		t.known[string(key)] = id
		t.list = append(t.list, feature{terms: terms, count: len(window)})
	}
	return id
}
