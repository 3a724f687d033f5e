package fhe

import (
	"math/big"

	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"

	"github.com/encrypted-compute/encompute/ring52"
)

// keySwitching is what key switches need of the moduli: how a digit is carried over to all other primes, and how the
// special primes are divided away. It is read-only.
type keySwitching struct {
	digits  [][]digitSwitch     // by level, then by digit
	down    []*ring52.Extension // from the special primes to those up to a level
	inverse []uint64            // of the special modulus modulo each prime, in Montgomery form
}

// digitSwitch carries the limbs from first to last over to the others.
type digitSwitch struct {
	first, last int // last is not among them
	to          []int
	extension   *ring52.Extension
}

func newKeySwitching(params ckks.Parameters) *keySwitching {
	q, p := params.RingQ().SubRings, params.RingP().SubRings
	s := &keySwitching{}
	special := params.RingP().ModulusAtLevel[len(p)-1]
	for level, prime := range q {
		s.down = append(s.down, ring52.NewExtension(p, q[:level+1]))
		inverse := new(big.Int).ModInverse(special, new(big.Int).SetUint64(prime.Modulus)).Uint64()
		s.inverse = append(s.inverse, ring.MForm(inverse, prime.Modulus, prime.BRedConstant))
		var list []digitSwitch
		for first := 0; first <= level; first += len(p) {
			d := digitSwitch{first: first, last: min(first+len(p), level+1)}
			var others []*ring.SubRing
			for l := range level + 1 + len(p) {
				if l >= d.first && l < d.last {
					continue
				}
				d.to = append(d.to, l)
				if l > level {
					others = append(others, p[l-level-1])
				} else {
					others = append(others, q[l])
				}
			}
			d.extension = ring52.NewDigitExtension(q[d.first:d.last], others)
			list = append(list, d)
		}
		s.digits = append(s.digits, list)
	}
	return s
}

// newRows is scratch for an extension from the special primes or from a digit, which has no more.
func (e *engine) newRows() [][]uint64 { return e.pool.getAll(e.levelP() + 2) }

// take sets the limbs of digit i that p has itself, and splits the others' source: coefficients of p.
func (e *engine) take(p, coefficients ring.Poly, level, i int, digit ringqp.Poly, rows [][]uint64) {
	d := e.switching.digits[level][i]
	copy(digit.Q.Coeffs[d.first:d.last], p.Coeffs[d.first:d.last]) // shared: digits are only read
	d.extension.Split(coefficients.Coeffs[d.first:d.last], rows)
}

// extend sets the k-th other limb of digit i.
func (e *engine) extend(level, i, k int, digit ringqp.Poly, rows [][]uint64) {
	d := e.switching.digits[level][i]
	if k >= len(d.to) {
		return
	}
	out, prime := limb(digit, level, d.to[k]), e.subRing(level, d.to[k])
	d.extension.Extend(rows, k, out)
	prime.NTT(out, out)
}

// newDigit is a digit whose own limbs are still to be taken.
func (e *engine) newDigit(level, i int) ringqp.Poly {
	d := e.switching.digits[level][i]
	digit := ringqp.Poly{Q: ring.Poly{Coeffs: make([][]uint64, level+1)}, P: ring.Poly{Coeffs: make([][]uint64, e.levelP()+1)}}
	for _, l := range d.to {
		if l > level {
			digit.P.Coeffs[l-level-1] = e.pool.get()
		} else {
			digit.Q.Coeffs[l] = e.pool.get()
		}
	}
	return digit
}

// releaseDigits takes the limbs back that digits do not share.
func (e *engine) releaseDigits(digits []ringqp.Poly, level int) {
	for i, d := range digits {
		for _, l := range e.switching.digits[level][i].to {
			e.pool.put(limb(d, level, l))
		}
	}
}

// decompose splits a polynomial into digits, ready for many key switches. They share its limbs.
func (e *engine) decompose(p ring.Poly, level int) ([]ringqp.Poly, error) {
	coefficients := ring.Poly{Coeffs: e.pool.getAll(level + 1)}
	defer func() { e.pool.put(coefficients.Coeffs...) }()
	err := e.do(level+1, level+1, func(l int) error {
		e.subRing(level, l).INTT(p.Coeffs[l], coefficients.Coeffs[l])
		return nil
	})
	if err != nil {
		return nil, err
	}
	n := len(e.switching.digits[level])
	digits, rows := make([]ringqp.Poly, n), make([][][]uint64, n)
	err = e.do(n, level+1, func(i int) error {
		digits[i], rows[i] = e.newDigit(level, i), e.newRows()
		e.take(p, coefficients, level, i, digits[i], rows[i])
		return nil
	})
	if err != nil {
		return nil, err
	}
	limbs := level + 2 + e.levelP()
	err = e.do(n*limbs, n*limbs, func(i int) error {
		e.extend(level, i/limbs, i%limbs, digits[i/limbs], rows[i/limbs])
		return nil
	})
	for _, r := range rows {
		e.pool.put(r...)
	}
	return digits, err
}

// splitSpecial prepares the division of a polynomial by the special primes.
func (e *engine) splitSpecial(p ring.Poly, level int, rows [][]uint64) {
	for i, prime := range e.params.RingP().SubRings {
		prime.INTT(p.Coeffs[i], rows[i])
	}
	e.switching.down[level].Split(rows[:len(rows)-1], rows)
}

// divide sets out to one limb divided by the special primes; tmp is scratch.
func (e *engine) divide(q []uint64, level, l int, rows [][]uint64, tmp, out []uint64) {
	prime := e.subRing(level, l)
	e.switching.down[level].Extend(rows, l, tmp)
	prime.NTT(tmp, tmp)
	ring52.SubMul(prime, q, tmp, e.switching.inverse[l], out)
}
