package fhe

import (
	"fmt"
	"math"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"

	"github.com/encrypted-compute/encompute/ring52"
)

// square splits the folding quadratic of a channel: a z^2 + b z + c = sign (root z + ...)^2 + constant.
func (p *Poly) square(c int) (root, sign, constant float64) {
	a, b := p.Coefficients[2][c], p.Coefficients[1][c]
	return math.Sqrt(math.Abs(a)), math.Copysign(1, a), p.Coefficients[0][c] - b*b/(4*a)
}

// encodedPoly is a polynomial as pairs c0 + c1 z, c2 + c3 z, ...: with z^2 and z^4, as many levels as the degree has
// bits (Paterson and Stockmeyer, "On the number of nonscalar multiplications necessary to evaluate polynomials", SIAM J.
// Comput. 1973, with a baby step of two). Coefficients are plaintexts, one value a channel, and empty slots stay empty.
type encodedPoly struct {
	degree int
	pairs  [][]encodedPair // by part
}

// encodedPair is constant + slope*z, as it is added at its place.
type encodedPair struct {
	scale    rlwe.Scale // of slope*z before it is rescaled
	slope    *ring.Poly // Montgomery form, at the level of z; nil if the degree ends before
	constant ring.Poly  // one level below
}

// encodePolynomial encodes the coefficients of stage k's polynomial, those of the area of its pool included. Pairs get the
// scales at which the products they are added to come out, so that the result has the stage's scale.
func (c *checkedPlan) encodePolynomial(ecd *ckks.Encoder, k int, sg *stage) (*encodedPoly, error) {
	st, level := c.lit.Stages[k], c.geo.stages[k].linear
	q := func(l int) rlwe.Scale { return rlwe.NewScale(c.lit.Q[l]) }
	z := exp2(st.LogScale)
	square := z.Mul(z).Div(q(level))
	p := &encodedPoly{degree: sg.poly.Degree}
	targets := []rlwe.Scale{z, z.Mul(q(level - 1)).Div(square)}
	if p.degree > 3 {
		fourth := square.Mul(square).Div(q(level - 1))
		high := z.Mul(q(level - 2)).Div(fourth)
		targets = append(targets, high, high.Mul(q(level-1)).Div(square))
	}
	for part := range st.Layout.parts() {
		index := st.Layout.index(sg.mid, part)
		_, plane := channels(sg.mid)
		slots := func(power int) []float64 {
			v := make([]float64, len(index))
			for s, i := range index {
				if i >= 0 {
					v[s] = sg.poly.Coefficients[power][int(i)/plane] / sg.area()
				}
			}
			return v
		}
		var pairs []encodedPair
		for i := 0; 2*i <= p.degree; i++ {
			target := targets[i]
			constant, err := c.encodePoly(ecd, slots(2*i), target, level-1, -1, false)
			if err != nil {
				return nil, fmt.Errorf("encode polynomial: %w", err)
			}
			pair := encodedPair{scale: target.Mul(q(level)), constant: constant.Q}
			if 2*i+1 <= p.degree {
				slope, err := c.encodePoly(ecd, slots(2*i+1), target.Mul(q(level)).Div(z), level, -1, true)
				if err != nil {
					return nil, fmt.Errorf("encode polynomial: %w", err)
				}
				pair.slope = &slope.Q
			}
			pairs = append(pairs, pair)
		}
		p.pairs = append(p.pairs, pairs)
	}
	return p, nil
}

// polynomial evaluates p at z: two levels up to degree 3, three up to degree 7.
func (e *engine) polynomial(p *encodedPoly, part int, z *rlwe.Ciphertext) (*rlwe.Ciphertext, error) {
	pairs := make([]*rlwe.Ciphertext, len(p.pairs[part]))
	for i, pair := range p.pairs[part] {
		var err error
		if pairs[i], err = e.pair(pair, z); err != nil {
			return nil, err
		}
	}
	square, err := e.multiplyRescaled(z, z)
	if err != nil {
		return nil, err
	}
	low, err := e.step(pairs[0], pairs[1], square)
	if err != nil || p.degree <= 3 {
		return low, err
	}
	high := pairs[2]
	if len(pairs) > 3 {
		if high, err = e.step(pairs[2], pairs[3], square); err != nil {
			return nil, err
		}
	}
	fourth, err := e.multiplyRescaled(square, square)
	if err != nil {
		return nil, err
	}
	return e.step(low, high, fourth)
}

func (e *engine) pair(p encodedPair, z *rlwe.Ciphertext) (*rlwe.Ciphertext, error) {
	level := z.Level()
	if p.slope == nil {
		y := e.c.newCiphertext(1, level-1, p.scale.Div(rlwe.NewScale(e.c.lit.Q[level])))
		y.Value[0].Copy(p.constant)
		return y, nil
	}
	y := e.pool.extended(level, -1)
	for l, slope := range p.slope.Coeffs {
		e.moduli.q[l].Sums(ring52.Sum{
			A0: [][]uint64{z.Value[0].Coeffs[l]}, A1: [][]uint64{z.Value[1].Coeffs[l]}, B: [][]uint64{slope},
			Out0: y.Value[0].Q.Coeffs[l], Out1: y.Value[1].Q.Coeffs[l],
		})
	}
	z, err := e.settle(y, level, p.scale, true)
	if err == nil {
		e.addConstant(z, p.constant)
	}
	return z, err
}

// step is low + high*power.
func (e *engine) step(low, high, power *rlwe.Ciphertext) (*rlwe.Ciphertext, error) {
	y, err := e.multiplyRescaled(high, power)
	if err != nil {
		return nil, err
	}
	e.add(y, low)
	return y, nil
}

func (e *engine) multiplyRescaled(x, y *rlwe.Ciphertext) (*rlwe.Ciphertext, error) {
	z, scale, err := e.multiply(x, y)
	if err != nil {
		return nil, err
	}
	return e.settle(z, min(x.Level(), y.Level()), scale, true)
}
