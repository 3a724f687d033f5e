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

// products sets sums to the sums of giant steps' products, fully reduced, limb by limb: all read the same operands.
func (e *engine) products(pairs []pair, level int, in, sums []limbs) error {
	n := e.c.slots()
	return parallel(e.ctx, e.threads, len(sums[0][0]), func(_, l int) error {
		list := make([]ring52.Sum, len(pairs))
		for i, p := range pairs {
			s := ring52.Sum{Out0: sums[i][0][l], Out1: sums[i][1][l]}
			for _, t := range p.terms {
				s.A0, s.A1, s.B = append(s.A0, in[t.operand][0][l]), append(s.A1, in[t.operand][1][l]), append(s.B, t.diagonal[l])
				s.Run = n / len(t.diagonal[l])
			}
			list[i] = s
		}
		e.prime(level, l).Sums(list...)
		return nil
	})
}
