package fhe

import (
	"math/big"
	"slices"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"

	"github.com/encrypted-compute/encompute/ring52"
)

// moduli is what an engine needs of the primes: their arithmetic, how a digit is carried over to all other primes, and how
// the special primes, or the last one, are divided away. It is read-only.
type moduli struct {
	q, p    []*ring52.Prime
	digits  [][]digitSwitch // by level, then by digit
	special []uint64        // the product of the special primes modulo each prime, in Montgomery form
	down    []division      // by the special primes, of what has a level
	last    []division      // by the last prime, likewise
	both    []division      // by the special primes and the last one
}

// digitSwitch carries the limbs from first to last over to the others.
type digitSwitch struct {
	first, last int // last is not among them
	extension   *ring52.Extension
}

// division by some primes.
type division struct {
	primes    []*ring52.Prime
	extension *ring52.Extension // from them to those that stay
	inverse   []uint64          // of their product modulo each of these, in Montgomery form
}

// newModuli prepares a plan's moduli for the kernels of this machine, or for portable code.
func newModuli(params ckks.Parameters, kernels bool) *moduli {
	m := &moduli{q: ring52.NewPrimes(params.RingQ(), kernels), p: ring52.NewPrimes(params.RingP(), kernels)}
	special := len(m.p)
	for level, prime := range m.q {
		m.down = append(m.down, newDivision(m.p, m.q[:level+1]))
		m.last = append(m.last, newDivision(m.q[level:level+1], m.q[:level]))
		m.both = append(m.both, newDivision(slices.Concat(m.p, m.q[level:level+1]), m.q[:level]))
		m.special = append(m.special, residue(product(m.p), prime))
		var list []digitSwitch
		for first := 0; first <= level; first += special {
			d := digitSwitch{first: first, last: min(first+special, level+1)}
			others := append([]*ring52.Prime{}, m.q[:first]...)
			others = append(append(others, m.q[d.last:level+1]...), m.p...)
			d.extension = ring52.NewDigitExtension(m.q[d.first:d.last], others)
			list = append(list, d)
		}
		m.digits = append(m.digits, list)
	}
	return m
}

func newDivision(by, stay []*ring52.Prime) division {
	d := division{primes: by, extension: ring52.NewExtension(by, stay)}
	for _, prime := range stay {
		inverse := new(big.Int).ModInverse(product(by), new(big.Int).SetUint64(prime.Modulus))
		d.inverse = append(d.inverse, residue(inverse, prime))
	}
	return d
}

func product(primes []*ring52.Prime) *big.Int {
	x := big.NewInt(1)
	for _, prime := range primes {
		x.Mul(x, new(big.Int).SetUint64(prime.Modulus))
	}
	return x
}

// residue is x modulo a prime in Montgomery form.
func residue(x *big.Int, prime *ring52.Prime) uint64 {
	r := new(big.Int).Mod(x, new(big.Int).SetUint64(prime.Modulus)).Uint64()
	return ring.MForm(r, prime.Modulus, prime.BRedConstant)
}

// prime is that of limb l of an extended polynomial.
func (e *engine) prime(level, l int) *ring52.Prime {
	if l > level {
		return e.moduli.p[l-level-1]
	}
	return e.moduli.q[l]
}

// decomposition is a polynomial as digits. Each has some limbs itself; rows are what its others are made from.
type decomposition struct {
	level int
	own   [][]uint64   // transformed
	rows  [][][]uint64 // by digit
}

// decompose splits a polynomial, whose limbs are only read, and as long as the decomposition is in use.
func (e *engine) decompose(own [][]uint64, level int) (d decomposition, err error) {
	list := e.moduli.digits[level]
	d = decomposition{level: level, own: own, rows: make([][][]uint64, len(list))}
	for i, s := range list {
		d.rows[i] = e.pool.getAll(s.extension.Rows())
	}
	special := len(e.moduli.p)
	err = e.do(level+1, level+1, func(l int) error {
		e.moduli.q[l].INTT(own[l], d.rows[l/special][l%special])
		return nil
	})
	if err != nil {
		return d, err
	}
	return d, e.do(len(list), level+1, func(i int) error {
		s := list[i]
		s.extension.Split(d.rows[i][:s.last-s.first], d.rows[i])
		return nil
	})
}

func (e *engine) release(d decomposition) {
	for _, rows := range d.rows {
		e.pool.put(rows...)
	}
}

// scratch is what one goroutine needs for key switches.
type scratch struct {
	digits  [][]uint64    // one limb of each
	sum     [2][]uint64   // of the products with a key
	spare   []uint64      //
	begun   [][]uint64    // those digits whose transforms wait for their parts
	terms   [3][][]uint64 // factors of the sum: a part of both halves of the key, and whole digits
	factors [][]uint64    // a part of these
}

func (e *engine) newScratch(level int) *scratch {
	s := &scratch{digits: e.pool.getAll(len(e.moduli.digits[level])), spare: e.pool.get()}
	for h := range s.sum {
		s.sum[h] = e.pool.get()
	}
	return s
}

func (e *engine) releaseScratch(list ...*scratch) {
	for _, s := range list {
		e.pool.put(s.digits...)
		e.pool.put(s.sum[0], s.sum[1], s.spare)
	}
}

// setLimb begins the transforms of limb l of each digit.
func (e *engine) setLimb(s *scratch, d decomposition, l int) {
	prime := e.prime(d.level, l)
	s.begun, s.terms[2] = s.begun[:0], s.terms[2][:0]
	for i, digit := range e.moduli.digits[d.level] {
		if l >= digit.first && l < digit.last {
			s.terms[2] = append(s.terms[2], d.own[l])
			continue
		}
		k := l
		if l >= digit.last {
			k -= digit.last - digit.first
		}
		digit.extension.Extend(d.rows[i], k, s.digits[i])
		prime.BeginNTT(s.digits[i], s.digits[i])
		s.begun = append(s.begun, s.digits[i])
		s.terms[2] = append(s.terms[2], s.digits[i])
	}
}

// setPart puts a part of that limb in place for products with keys.
func (e *engine) setPart(s *scratch, level, l, part int) {
	prime := e.prime(level, l)
	for _, x := range s.begun {
		prime.FinishNTT(x, part)
	}
	s.setFactors(prime, part)
}

// setFactors takes a part of the digits for products.
func (s *scratch) setFactors(prime *ring52.Prime, part int) {
	s.factors = s.factors[:0]
	for _, x := range s.terms[2] {
		s.factors = append(s.factors, prime.Part(x, part))
	}
}

// keyProduct sets out to a part of a limb of both halves of the product of the digits and a key, fully reduced.
func (e *engine) keyProduct(s *scratch, key *rlwe.GadgetCiphertext, level, l, part int, out [2][]uint64) {
	prime := e.prime(level, l)
	for h := range out {
		s.terms[h] = s.terms[h][:0]
		for i := range s.factors {
			s.terms[h] = append(s.terms[h], prime.Part(limb(key.Value[i][0][h], level, l), part))
		}
	}
	prime.Sums(ring52.Sum{A0: s.terms[0], A1: s.terms[1], B: s.factors, Out0: out[0], Out1: out[1]})
}

// rows splits limbs, which are transformed, of the primes that are divided by.
func (e *engine) rows(d division, limbs [][]uint64) [][]uint64 {
	rows := e.pool.getAll(d.extension.Rows())
	for i, prime := range d.primes {
		prime.INTT(limbs[i], rows[i])
	}
	d.extension.Split(rows[:len(d.primes)], rows)
	return rows
}

// divideLimb sets out to limb l, which is x, divided; tmp is scratch. out may be x.
func (e *engine) divideLimb(d division, rows [][]uint64, l int, x, tmp, out []uint64) {
	prime := e.moduli.q[l]
	d.extension.Extend(rows, l, tmp)
	prime.BeginNTT(tmp, tmp)
	for i := range prime.Parts() {
		prime.FinishNTT(tmp, i)
		prime.SubMul(prime.Part(x, i), prime.Part(tmp, i), d.inverse[l], prime.Part(out, i))
	}
}
