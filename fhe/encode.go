package fhe

import (
	"context"
	"fmt"
	"math"
	"math/bits"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
)

// encodedStage is a stage with its diagonals as plaintext polynomials.
type encodedStage struct {
	st     StageLiteral
	geo    stageGeometry
	small  bool        // no rotation before the products: they stay modulo Q
	pairs  [][]pair    // by part of the result
	scale  rlwe.Scale  // of the products
	bias   []ring.Poly // by part
	square bool
	poly   *encodedPoly
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
	at := newPlacement(c.operands(k, sg, packing.inputs), st.Layout, sg.mid)
	terms, err := at.terms(st)
	if err != nil {
		return nil, err
	}
	if len(terms) != st.Products { // before memory is spent on what was not declared
		return nil, fmt.Errorf("stage %q: %d products declared, its map needs %d", st.Name, st.Products, len(terms))
	}
	s := &encodedStage{
		st: st, geo: c.geo.stages[k], square: sg.poly != nil && sg.poly.folds(),
		small: len(st.Babies) == 1 && st.Babies[0] == 0,
		scale: exp2(st.LogScale).Mul(rlwe.NewScale(c.lit.Q[st.Level])),
	}
	weightScales, err := c.weightScales(k, s.scale, scales)
	if err != nil {
		return nil, fmt.Errorf("stage %q: %w", st.Name, err)
	}
	diagonals := make([]diagonal, len(terms))
	encoders := newEncoders(c, threads)
	err = parallel(ctx, threads, len(terms), func(w, i int) error {
		levelP := c.params.MaxLevelP()
		if s.small {
			levelP = -1
		}
		p, err := c.encodePoly(encoders[w], terms[i].values, weightScales[terms[i].input], st.Level, levelP, true)
		diagonals[i] = newDiagonal(p, c.slots()/at.period)
		terms[i].values = nil
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("encode stage %q: %w", st.Name, err)
	}
	if err := s.group(terms, diagonals); err != nil {
		return nil, fmt.Errorf("stage %q: %w", st.Name, err)
	}
	if err := c.encodeBias(encoders[0], s, sg); err != nil {
		return nil, fmt.Errorf("encode stage %q: %w", st.Name, err)
	}
	if sg.poly != nil && !s.square {
		s.poly, err = c.encodePolynomial(encoders[0], k, sg)
	}
	return s, err
}

// weightScales are the scales of the weights for each ciphertext that stage k reads, so that all products have one.
func (c *checkedPlan) weightScales(k int, product rlwe.Scale, scales []rlwe.Scale) (list []rlwe.Scale, err error) {
	for _, in := range c.geo.stages[k].in {
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

// group sorts the diagonals into giant steps.
func (s *encodedStage) group(terms []term, diagonals []diagonal) error {
	s.pairs = make([][]pair, s.st.Layout.parts())
	count := 0
	for i, t := range terms {
		list := s.pairs[t.part]
		if n := len(list); n == 0 || list[n-1].inner != t.inner || list[n-1].outer != t.outer {
			list = append(list, pair{inner: t.inner, outer: t.outer})
			count++
		}
		operand := t.input*len(s.st.Babies) + t.baby
		last := &list[len(list)-1]
		last.terms = append(last.terms, encodedTerm{operand: operand, diagonal: diagonals[i]})
		s.pairs[t.part] = list
	}
	if count != s.st.Pairs {
		return fmt.Errorf("%d pairs declared, its map needs %d", s.st.Pairs, count)
	}
	return nil
}

func (c *checkedPlan) encodeBias(ecd *ckks.Encoder, s *encodedStage, sg *stage) error {
	for part := range s.st.Layout.parts() {
		index := s.st.Layout.index(sg.mid, part)
		bias := make([]float64, len(index))
		for slot, i := range index {
			if i >= 0 {
				bias[slot] = sg.bias[i]
			}
		}
		poly, err := c.encodePoly(ecd, bias, exp2(s.st.LogScale), s.geo.linear, -1, false)
		if err != nil {
			return err
		}
		s.bias = append(s.bias, poly.Q)
	}
	return nil
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
