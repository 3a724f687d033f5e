package fhe

import (
	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"

	"github.com/encrypted-compute/encompute/ring52"
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

// block is how many coefficients are added up at once, so that what one term brings stays in the nearest cache.
const block = 1024

// terms are the factors of a sum of products, for a block of coefficients: both halves of ciphertexts, and plaintexts.
type terms struct{ half0, half1, factor [][]uint64 }

func (t *terms) reset() { t.half0, t.half1, t.factor = t.half0[:0], t.half1[:0], t.factor[:0] }

func (t *terms) add(half0, half1, factor []uint64) {
	t.half0, t.half1, t.factor = append(t.half0, half0), append(t.half1, half1), append(t.factor, factor)
}

// sum writes the sums modulo a prime, fully reduced. One factor of each product is in Montgomery form.
func (t *terms) sum(prime *ring.SubRing, out0, out1 []uint64) {
	ring52.MulAdd2(prime, t.half0, t.half1, t.factor, out0[:block], out1[:block])
}

// products sets sum to the sum of a giant step's products, fully reduced.
func (e *engine) products(s *encodedStage, p pair, in []limbs, sum limbs) error {
	n := e.c.slots()
	full := make([]uint64, len(p.terms)*block)
	var list terms
	for l := range sum[0] {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		prime := e.subRing(s.st.Level, l)
		for from := 0; from < n; from += block {
			list.reset()
			for i, t := range p.terms {
				d := expand(t.diagonal[l], from, n, full[i*block:(i+1)*block])
				list.add(in[t.operand][0][l][from:from+block], in[t.operand][1][l][from:from+block], d)
			}
			list.sum(prime, sum[0][l][from:], sum[1][l][from:])
		}
	}
	return nil
}
