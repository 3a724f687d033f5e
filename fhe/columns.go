package fhe

import "fmt"

// columns is the one linear map of a keyless plan: outputs that read the same features, lane by lane, form a class.
// Slot k*classes+q of input ciphertext t holds the feature in lane t of class q; output ciphertext u holds there the
// output number u*copies+k of class q.
type columns struct {
	features []feature
	classes  classes
	copies   int
	outputs  int // ciphertexts
	shape    []int
	poly     *Poly
	bias     []float64                   // nil without weights
	weight   func(row, lane int) float64 // nil without weights
	uniform  bool                        // the weight of a lane is one for a whole output ciphertext
}

// newColumns reads a prefix as one linear map and at most one quadratic.
func newColumns(p Prefix, quadratic bool, slots int, d detail) (*columns, error) {
	c, err := tapColumns(p, quadratic, d)
	if c == nil && err == nil {
		c, err = matrixColumns(p, quadratic, d)
	}
	if err != nil {
		return nil, err
	}
	n := len(c.classes.cols)
	if n > slots {
		return nil, fmt.Errorf("%d positions do not fit %d slots", n, slots)
	}
	most := 0
	for _, s := range c.classes.size {
		most = max(most, s)
	}
	c.copies = min(slots/n, most)
	c.outputs = (most + c.copies - 1) / c.copies
	c.uniform = c.uniform && c.copies == 1
	if c.outputs > maxOutputs {
		return nil, fmt.Errorf("output needs %d ciphertexts, at most %d", c.outputs, maxOutputs)
	}
	if c.classes.width > maxInputs {
		return nil, fmt.Errorf("input needs %d ciphertexts, at most %d", c.classes.width, maxInputs)
	}
	return c, nil
}

// tapColumns takes the classes of a first layer from its windows, one for each position, so that a lane is a tap and
// its weight the same everywhere; nil if the prefix is more than such a layer.
func tapColumns(p Prefix, quadratic bool, d detail) (*columns, error) {
	head, ok := tapped(p)
	if !ok || quadratic {
		return nil, nil
	}
	g, err := assemble(p, false, false, shapesOnly)
	if err != nil {
		return nil, err
	}
	mid := g.stages[0].mid
	if head[0].Conv != nil {
		shapes, err := p.Shapes()
		if err != nil {
			return nil, err
		}
		mid = shapes[0]
	}
	c := &columns{features: rawFeatures(size(p.Input)), shape: mid, poly: g.stages[0].poly, uniform: true}
	if c.classes.cols, err = taps(head[0], p.Input, mid); err != nil {
		return nil, err
	}
	plane := len(c.classes.cols)
	c.classes.width = len(c.classes.cols[0])
	rows := size(mid)
	for i := range rows {
		c.classes.of, c.classes.rank = append(c.classes.of, int32(i%plane)), append(c.classes.rank, int32(i/plane))
	}
	for range plane {
		c.classes.size = append(c.classes.size, rows/plane)
	}
	if d == weights {
		w, bias := tapWeights(head)
		c.weight = func(row, lane int) float64 { return w[row/plane][lane] }
		for i := range rows {
			c.bias = append(c.bias, bias[i/plane])
		}
	}
	return c, nil
}

// matrixColumns takes the classes from the merged map of any prefix.
func matrixColumns(p Prefix, quadratic bool, d detail) (*columns, error) {
	g, err := assemble(p, quadratic, false, shapesOnly)
	if err != nil {
		return nil, err
	}
	if s := g.stages[0]; len(g.stages) != 1 || s.pool != nil || s.poly != nil && s.poly.Degree != 2 {
		return nil, fmt.Errorf("%d linear maps with activations and pools between, a keyless plan has one map and at most one quadratic", len(g.stages))
	}
	if g, err = assemble(p, quadratic, false, d); err != nil {
		return nil, err
	}
	s := g.stages[0]
	m := s.maps[0]
	c := &columns{features: g.features, classes: classify(m), shape: s.mid, poly: s.poly}
	if d == weights {
		c.bias = s.bias
		c.weight = func(row, lane int) float64 {
			cols, at := m.row(row)
			if lane >= len(cols) {
				return 0
			}
			return m.val[at+lane]
		}
	}
	return c, nil
}

// place returns the ciphertext and the slot of output i.
func (c *columns) place(i int) (ciphertext, slot int) {
	r := int(c.classes.rank[i])
	return r / c.copies, r%c.copies*len(c.classes.cols) + int(c.classes.of[i])
}

// packed lists what stands in which slot.
func (c *columns) packed(slots int) *packed {
	p := &packed{features: c.features, uniform: c.uniform}
	n := len(c.classes.cols)
	for t := range c.classes.width {
		src := make([]int32, slots)
		for s := range src {
			if src[s] = noValue; s < n*c.copies {
				src[s] = c.classes.lane(int32(s%n), t)
			}
		}
		p.inputs = append(p.inputs, src)
	}
	for range c.outputs {
		index := make([]int32, slots)
		for s := range index {
			index[s] = noValue
		}
		p.outputs = append(p.outputs, index)
	}
	for i := range c.classes.of {
		u, s := c.place(i)
		p.outputs[u][s] = int32(i)
	}
	return p
}

// packColumns is the packing of a keyless plan.
func (c *checkedPlan) packColumns() (*packed, error) {
	cols, err := newColumns(Prefix{Input: c.lit.Input, Layers: c.lit.Layers}, c.lit.Packing.Quadratic, c.slots(), structure)
	if err != nil {
		return nil, err
	}
	return cols.packed(c.slots()), nil
}
