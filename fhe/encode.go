package fhe

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
)

// encodedStage is a stage with its diagonals as plaintext polynomials. A factored stage has two maps, that of a z + b
// behind that of z: its lists are twice as long as the layout has parts.
type encodedStage struct {
	st       StageLiteral
	geo      stageGeometry
	small    bool         // no rotation before the products: they stay modulo Q
	pairs    [][]pair     // by part of the result
	scales   []rlwe.Scale // of the products, by part
	bias     []ring.Poly  // by part
	square   bool
	constant []ring.Poly // of a factored quadratic, by part
	poly     *encodedPoly
}

// pair is a giant step: an inner and an outer rotation and the products before them.
type pair struct {
	inner, outer int
	terms        []encodedTerm
}

// encodedTerm is one diagonal and what it multiplies: a ciphertext, or one of its rotations.
type encodedTerm struct {
	operand  int
	diagonal diagonal
}

// still says that a part needs no rotation at all for its products.
func (s *encodedStage) still(part int) bool {
	p := s.pairs[part]
	return s.small && len(p) == 1 && s.st.Inner[p[0].inner] == 0 && s.st.Outer[p[0].outer] == 0
}

func (c *checkedPlan) encodeStage(ctx context.Context, k int, sg *stage, packing *packed, scales []rlwe.Scale, threads int) (*encodedStage, error) {
	st := c.lit.Stages[k]
	s := &encodedStage{
		st: st, geo: c.geo.stages[k], square: sg.poly != nil && sg.poly.Degree == 2 && !st.Factored,
		small: len(st.Babies) == 1 && st.Babies[0] == 0,
	}
	encoders := newEncoders(c, threads)
	maps, results := []*stage{sg}, []rlwe.Scale{exp2(st.LogScale)}
	if st.Factored { // the factors share the bits of their product, which comes out at the stage's scale
		q := rlwe.NewScale(c.lit.Q[s.geo.linear])
		z := exp2((st.LogScale + bits.Len64(c.lit.Q[s.geo.linear]) - 1) / 2)
		maps, results = append(maps, sg.slope()), []rlwe.Scale{z, exp2(st.LogScale).Mul(q).Div(z)}
	}
	products, pairs := 0, 0
	for i, sg := range maps {
		at := newPlacement(c.operands(k, sg, packing.inputs), st.Layout, sg.mid)
		terms, err := at.terms(st)
		if err != nil {
			return nil, err
		}
		n, p := countTerms(terms)
		if products, pairs = products+n, pairs+p; products > st.Products { // before memory is spent on what was not declared
			return nil, fmt.Errorf("stage %q: %d products declared, its map needs more", st.Name, st.Products)
		}
		if err := c.encodeMap(ctx, s, at, terms, sg, results[i], scales, encoders); err != nil {
			return nil, fmt.Errorf("encode stage %q: %w", st.Name, err)
		}
	}
	if products != st.Products || pairs != st.Pairs {
		return nil, fmt.Errorf("stage %q: %d products and %d pairs declared, its map needs %d and %d", st.Name, st.Products, st.Pairs, products, pairs)
	}
	var err error
	switch {
	case sg.poly == nil || s.square:
	case st.Factored:
		s.constant, err = c.encodeConstants(encoders[0], st, sg, s.geo.after)
	default:
		s.poly, err = c.encodePolynomial(encoders[0], k, sg)
	}
	return s, err
}

// slope is the stage with the map a z + b instead of z, over the area of the pool that follows.
func (s *stage) slope() *stage {
	t := *s
	t.maps, t.bias = nil, slices.Clone(s.bias)
	_, plane := channels(s.mid)
	a, b := s.poly.Coefficients[2], s.poly.Coefficients[1]
	for i := range t.bias {
		t.bias[i] = (a[i/plane]*t.bias[i] + b[i/plane]) / s.area()
	}
	for _, m := range s.maps {
		scaled := *m
		scaled.val = slices.Clone(m.val)
		for i := range m.rows() {
			for n := m.ptr[i]; n < m.ptr[i+1]; n++ {
				scaled.val[n] *= a[i/plane] / s.area()
			}
		}
		t.maps = append(t.maps, &scaled)
	}
	return &t
}

// encodeMap encodes one map of a stage and appends it.
func (c *checkedPlan) encodeMap(ctx context.Context, s *encodedStage, at placement, terms []term, sg *stage, result rlwe.Scale, scales []rlwe.Scale, encoders []*ckks.Encoder) error {
	product := result.Mul(rlwe.NewScale(c.lit.Q[s.st.Level]))
	weightScales, err := c.weightScales(s.geo, product, scales)
	if err != nil {
		return err
	}
	diagonals := make([]diagonal, len(terms))
	err = parallel(ctx, len(encoders), len(terms), func(w, i int) error {
		levelP := c.params.MaxLevelP()
		if s.small {
			levelP = -1
		}
		p, err := c.encodePoly(encoders[w], terms[i].values, weightScales[terms[i].input], s.st.Level, levelP, true)
		diagonals[i] = newDiagonal(p, c.slots()/at.period)
		terms[i].values = nil
		return err
	})
	if err != nil {
		return err
	}
	s.group(terms, diagonals)
	for part := range s.st.Layout.parts() {
		bias, err := c.encodeValues(encoders[0], s.st, sg, part, result, s.geo.linear, func(i int) float64 { return sg.bias[i] })
		if err != nil {
			return err
		}
		s.bias, s.scales = append(s.bias, bias), append(s.scales, product)
	}
	return nil
}

// weightScales are the scales of the weights for each ciphertext that a stage reads, so that all products have one.
func (c *checkedPlan) weightScales(g stageGeometry, product rlwe.Scale, scales []rlwe.Scale) (list []rlwe.Scale, err error) {
	for _, in := range g.in {
		w := product.Div(scales[in.tensor])
		if log := math.Log2(w.Float64()); !(log >= 8 && log <= 58) {
			return nil, fmt.Errorf("needs weights at scale 2^%.0f, want 2^8 to 2^58", log)
		}
		n := in.layout.parts()
		if in.tensor == 0 {
			n = c.lit.Packing.Ciphertexts
		}
		for range n {
			list = append(list, w)
		}
	}
	return list, nil
}

// group sorts the diagonals of a map into giant steps and appends them.
func (s *encodedStage) group(terms []term, diagonals []diagonal) {
	pairs := make([][]pair, s.st.Layout.parts())
	for i, t := range terms {
		list := pairs[t.part]
		if n := len(list); n == 0 || list[n-1].inner != t.inner || list[n-1].outer != t.outer {
			list = append(list, pair{inner: t.inner, outer: t.outer})
		}
		last := &list[len(list)-1]
		last.terms = append(last.terms, encodedTerm{operand: t.input*len(s.st.Babies) + t.baby, diagonal: diagonals[i]})
		pairs[t.part] = list
	}
	s.pairs = append(s.pairs, pairs...)
}

// encodeConstants encodes the constants of a quadratic, for each part, where its pool leaves them.
func (c *checkedPlan) encodeConstants(ecd *ckks.Encoder, st StageLiteral, sg *stage, level int) (list []ring.Poly, err error) {
	if sg.pool != nil {
		st.Layout = st.Layout.folded()
	}
	after := *sg
	after.mid = sg.out
	_, plane := channels(sg.out)
	for part := range st.Layout.parts() {
		poly, err := c.encodeValues(ecd, st, &after, part, exp2(st.LogScale), level, func(i int) float64 { return sg.poly.Coefficients[0][i/plane] })
		if err != nil {
			return nil, err
		}
		list = append(list, poly)
	}
	return list, nil
}

// encodeValues encodes a number for each value of a part of the stage's result.
func (c *checkedPlan) encodeValues(ecd *ckks.Encoder, st StageLiteral, sg *stage, part int, scale rlwe.Scale, level int, f func(i int) float64) (ring.Poly, error) {
	index := st.Layout.index(sg.mid, part)
	values := make([]float64, len(index))
	for slot, i := range index {
		if i >= 0 {
			values[slot] = f(int(i))
		}
	}
	poly, err := c.encodePoly(ecd, values, scale, level, -1, false)
	return poly.Q, err
}

func newEncoders(c *checkedPlan, n int) []*ckks.Encoder {
	list := []*ckks.Encoder{ckks.NewEncoder(c.params)}
	for len(list) < n {
		list = append(list, list[0].ShallowCopy())
	}
	return list
}

// encodePoly encodes values, repeated to fill the slots, as a plaintext polynomial modulo Q up to a level and the
// special primes. The number of values is a power of two.
func (c *checkedPlan) encodePoly(ecd *ckks.Encoder, values []float64, scale rlwe.Scale, level, levelP int, montgomery bool) (ringqp.Poly, error) {
	if len(values) == 1 { // the encoder wants two at least
		values = []float64{values[0], values[0]}
	}
	md := c.metadata(scale)
	md.IsMontgomery = montgomery
	md.LogDimensions.Cols = bits.Len(uint(len(values))) - 1
	if levelP < 0 {
		p := c.params.RingQ().AtLevel(level).NewPoly()
		return ringqp.Poly{Q: p}, ecd.Embed(values, md, p)
	}
	p := c.params.RingQP().AtLevel(level, levelP).NewPoly()
	return p, ecd.Embed(values, md, p)
}
