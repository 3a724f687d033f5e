package ring52

import (
	"math"
	"math/big"

	"github.com/tuneinsight/lattigo/v5/ring"
)

// Extension carries residues from some primes over to others, centred: the integer of least absolute value
// that has the given residues modulo the first primes is reduced modulo the others. The method is that
// of Halevi, Polyakov and Shoup (eprint 2018/117), as lattigo's with a quotient estimated in double precision:
// results are congruent to lattigo's even where that estimate errs.
//
// Split does the work that all target primes share, Extend that of one. An Extension is read-only.
type Extension struct {
	from, to []*Prime
	digit    bool     // a single source prime needs no quotient
	half     []uint64 // what centres, modulo each source prime
	inverse  []uint64 // of Q/q_i modulo q_i, in Montgomery form; Q is the product of the source primes
	offset   []uint64 // -half modulo each target prime
	factors  [][]uint64
	// factors holds for each target prime, in Montgomery form, Q/q_i for all source primes, and -Q.
}

// NewExtension extends as ring.BasisExtender does in ModUpPtoQ and ModDownQPtoQNTT.
func NewExtension(from, to []*Prime) *Extension {
	q := product(from)
	return newExtension(from, to, q, new(big.Int).Rsh(q, 1))
}

// NewDigitExtension extends as ring.Decomposer does, whose digits of a single prime q take the residue
// (q-1)/2 for negative, unlike other extensions.
func NewDigitExtension(from, to []*Prime) *Extension {
	if len(from) != 1 {
		return NewExtension(from, to)
	}
	q := product(from)
	e := newExtension(from, to, q, new(big.Int).Sub(q, new(big.Int).Rsh(q, 1)))
	e.digit = true
	return e
}

func newExtension(from, to []*Prime, q, half *big.Int) *Extension {
	e := &Extension{from: from, to: to}
	hat := make([]*big.Int, len(from)+1)
	for i, s := range from {
		hat[i] = new(big.Int).Quo(q, modulus(s))
		e.half = append(e.half, residue(half, s))
		e.inverse = append(e.inverse, montgomery(new(big.Int).ModInverse(hat[i], modulus(s)), s))
	}
	hat[len(from)] = new(big.Int).Neg(q)
	for _, s := range to {
		e.offset = append(e.offset, residue(new(big.Int).Neg(half), s))
		row := make([]uint64, len(hat))
		for i := range hat {
			row[i] = montgomery(hat[i], s)
		}
		e.factors = append(e.factors, row)
	}
	return e
}

func modulus(s *Prime) *big.Int { return new(big.Int).SetUint64(s.Modulus) }

func product(primes []*Prime) *big.Int {
	q := big.NewInt(1)
	for _, s := range primes {
		q.Mul(q, modulus(s))
	}
	return q
}

func residue(x *big.Int, s *Prime) uint64 { return new(big.Int).Mod(x, modulus(s)).Uint64() }

func montgomery(x *big.Int, s *Prime) uint64 {
	return ring.MForm(residue(x, s), s.Modulus, s.BRedConstant)
}

// Rows returns the number of limbs that Split writes: one for each source prime, and one more.
func (e *Extension) Rows() int { return len(e.from) + 1 }

// Split prepares coefficients x, one limb below 2q for each source prime, and writes Rows limbs for Extend.
// x[i] may be rows[i].
func (e *Extension) Split(x, rows [][]uint64) {
	sums := rows[len(e.from)][:e.from[0].N]
	clear(sums)
	for i, s := range e.from {
		y, x := rows[i], x[i]
		_, _, _ = x[s.N-1], y[s.N-1], sums[s.N-1]
		if s.digitsFast(x, e.half[i], e.inverse[i], y, sums) {
			continue
		}
		for j := range s.N {
			y[j] = ring.MRed(x[j]+e.half[i], e.inverse[i], s.Modulus, s.MRedConstant)
			if !e.digit {
				sums[j] = math.Float64bits(math.Float64frombits(sums[j]) + float64(y[j])/float64(s.Modulus))
			}
		}
	}
	if e.digit {
		clear(sums) // the kernels have estimated a quotient, which may round up to one
	} else if !e.from[0].truncateFast(sums) {
		for j, sum := range sums {
			sums[j] = uint64(math.Float64frombits(sum))
		}
	}
}

// Extend writes residues modulo the j-th target prime: what Forward takes, congruent to the result and below
// 2^63, but not always reduced. out must not overlap rows.
func (e *Extension) Extend(rows [][]uint64, j int, out []uint64) {
	s, n := e.to[j], e.to[j].N
	_ = out[n-1]
	for _, row := range rows[:e.Rows()] {
		_ = row[n-1]
	}
	if s.combineFast(e.from, rows[:e.Rows()], e.factors[j], e.offset[j], out) {
		return
	}
	for k := range n {
		out[k] = e.offset[j]
	}
	for i, factor := range e.factors[j] {
		s.MulScalarMontgomeryThenAdd(rows[i][:n], factor, out[:n])
	}
}
