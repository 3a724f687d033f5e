package fhe

import (
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

// expand writes the diagonal's residues for one prime in full.
func (d diagonal) expand(limb int, full []uint64) []uint64 {
	short := d[limb]
	if len(short) == len(full) {
		return short
	}
	run := len(full) / len(short)
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

// products sets sum to the sum of a giant step's products, fully reduced.
func (e *engine) products(s *encodedStage, p pair, in []limbs, sum limbs) error {
	full := make([]uint64, e.c.slots())
	for l := range sum[0] {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		prime := e.subRing(s.st.Level, l)
		for n, t := range p.terms {
			d := t.diagonal.expand(l, full)
			for k := range sum {
				if n == 0 {
					prime.MulCoeffsMontgomeryLazy(in[t.operand][k][l], d, sum[k][l])
				} else {
					prime.MulCoeffsMontgomeryLazyThenAddLazy(in[t.operand][k][l], d, sum[k][l])
				}
				if n%e.lazy == e.lazy-1 || n == len(p.terms)-1 {
					prime.Reduce(sum[k][l], sum[k][l])
				}
			}
		}
	}
	return nil
}
