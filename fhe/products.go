package fhe

import (
	"math/bits"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
)

// limbs are the residue polynomials of both halves of a ciphertext, those of the special primes last.
type limbs [2][][]uint64

func limbsOf(x *rlwe.Ciphertext) limbs { return limbs{x.Value[0].Coeffs, x.Value[1].Coeffs} }

func limbsOfExtended(x extended) (l limbs) {
	for k, p := range x.Value {
		l[k] = append(append(l[k], p.Q.Coeffs...), p.P.Coeffs...)
	}
	return l
}

func operands(x []*rlwe.Ciphertext) (list []limbs) {
	for _, ct := range x {
		list = append(list, limbsOf(ct))
	}
	return list
}

// diagonal is a plaintext polynomial, transformed and in Montgomery form. Slots that repeat with a period make the
// transform constant on runs as long as the number of repetitions; one value a run is kept.
type diagonal [][]uint64

func newDiagonal(p ringqp.Poly, run int) diagonal {
	var d diagonal
	for _, poly := range []ring.Poly{p.Q, p.P} {
		for _, coeffs := range poly.Coeffs {
			short := make([]uint64, len(coeffs)/run)
			for i := range short {
				short[i] = coeffs[i*run]
			}
			d = append(d, short)
		}
	}
	return d
}

// expand returns the residues of a block of len(full) coefficients from the given one on, of n in all.
func expand(short []uint64, from, n int, full []uint64) []uint64 {
	run := n / len(short)
	if run == 1 {
		return short[from : from+len(full)]
	}
	if run >= len(full) {
		w := short[from/run]
		for j := range full {
			full[j] = w
		}
		return full
	}
	short = short[from/run:][:len(full)/run]
	if run == 2 {
		for i, w := range short {
			*(*[2]uint64)(full[2*i:]) = [2]uint64{w, w}
		}
		return full
	}
	for i, w := range short {
		for j := i * run; j < (i+1)*run; j += 4 {
			*(*[4]uint64)(full[j:]) = [4]uint64{w, w, w, w}
		}
	}
	return full
}

// block is how many coefficients are added up at once, so that the sums stay in the nearest cache.
const block = 512

// products sets sum to the sum of a giant step's products, fully reduced.
func (e *engine) products(s *encodedStage, p pair, in []limbs, sum limbs) error {
	n := e.c.slots()
	var full [block]uint64
	var acc accumulator
	for l := range sum[0] {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		prime := e.subRing(s.st.Level, l)
		for from := 0; from < n; from += block {
			acc.reset()
			for _, t := range p.terms {
				d := expand(t.diagonal[l], from, n, full[:])
				acc.add(in[t.operand][0][l][from:], in[t.operand][1][l][from:], d)
			}
			acc.reduce(prime, sum[0][l][from:], sum[1][l][from:])
		}
	}
	return nil
}

// accumulator adds up products of reduced residues in 128 bits, for both halves of a ciphertext: one reduction for all.
// A product has 118 bits at most, so that a thousand fit.
type accumulator struct{ high, low [2][block]uint64 }

func (a *accumulator) reset() { *a = accumulator{} }

// add adds x0*y and x1*y.
func (a *accumulator) add(x0, x1, y []uint64) {
	a0, a1 := x0[:block], x1[:block]
	y = y[:block]
	h0, l0, h1, l1 := &a.high[0], &a.low[0], &a.high[1], &a.low[1]
	for j := range block {
		w := y[j]
		high, low := bits.Mul64(a0[j], w)
		var carry uint64
		l0[j], carry = bits.Add64(l0[j], low, 0)
		h0[j] += high + carry
		high, low = bits.Mul64(a1[j], w)
		l1[j], carry = bits.Add64(l1[j], low, 0)
		h1[j] += high + carry
	}
}

// reduce writes the sums over 2^64 modulo a prime: products with Montgomery forms come out plain.
func (a *accumulator) reduce(prime *ring.SubRing, out0, out1 []uint64) {
	q, inverse, barrett := prime.Modulus, prime.MRedConstant, prime.BRedConstant
	for k, out := range [2][]uint64{out0[:block], out1[:block]} {
		high, low := &a.high[k], &a.low[k]
		for j := range block {
			m, _ := bits.Mul64(low[j]*inverse, q)
			out[j] = ring.BRedAdd(high[j]-m+q, q, barrett)
		}
	}
}
