package fhe

import (
	"iter"
	"math/big"
	"slices"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
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
	digits  [][]uint64  // for limbs of digits
	sum     [2][]uint64 // of the products with a key
	spare   []uint64
	limb    [][]uint64    // of each digit, its own or one of digits
	begun   [][]uint64    // those whose transforms wait for their parts
	factors [3][][]uint64 // of a sum: both halves of a key and the digits, in parts
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
	s.begun, s.limb = s.begun[:0], s.limb[:0]
	for i, digit := range e.moduli.digits[d.level] {
		if l >= digit.first && l < digit.last {
			s.limb = append(s.limb, d.own[l])
			continue
		}
		k := l
		if l >= digit.last {
			k -= digit.last - digit.first
		}
		digit.extension.Extend(d.rows[i], k, s.digits[i])
		prime.BeginNTT(s.digits[i], s.digits[i])
		s.begun = append(s.begun, s.digits[i])
		s.limb = append(s.limb, s.digits[i])
	}
}

// place is a part of a limb of polynomials of a level, those of the special primes last.
type place struct {
	prime             *ring52.Prime
	level, limb, part int
}

// places are the parts of a limb: what is done in one follows while it is in a near cache.
func (e *engine) places(level, limb int) iter.Seq[place] {
	prime := e.prime(level, limb)
	return func(yield func(place) bool) {
		for part := range prime.Parts() {
			if !yield(place{prime, level, limb, part}) {
				return
			}
		}
	}
}

// in is the place in a limb.
func (p place) in(limb []uint64) []uint64 { return p.prime.Part(limb, p.part) }

// of is the place in a polynomial.
func (p place) of(x ringqp.Poly) []uint64 { return p.in(limb(x, p.level, p.limb)) }

// keep sets the place in a polynomial to from, where nil is zero, or adds it.
func (p place) keep(from []uint64, x ringqp.Poly, add bool) {
	to := p.of(x)
	switch {
	case from != nil && add:
		p.prime.Add(to, from, to)
	case from != nil:
		copy(to, from)
	case !add:
		clear(to)
	}
}

// finish puts a part of the digits' limb in place for products with keys.
func (s *scratch) finish(at place) {
	for _, x := range s.begun {
		at.prime.FinishNTT(x, at.part)
	}
	s.setFactors(at)
}

// setFactors takes a part of the digits, which is finished.
func (s *scratch) setFactors(at place) {
	s.factors[2] = s.factors[2][:0]
	for _, x := range s.limb {
		s.factors[2] = append(s.factors[2], at.in(x))
	}
}

// keyProduct sets out to both halves of the product of the digits and a key, fully reduced.
func (s *scratch) keyProduct(key *rlwe.GadgetCiphertext, at place, out [2][]uint64) {
	for h := range out {
		s.factors[h] = s.factors[h][:0]
		for i := range s.limb {
			s.factors[h] = append(s.factors[h], at.of(key.Value[i][0][h]))
		}
	}
	at.prime.Sums(ring52.Sum{A0: s.factors[0], A1: s.factors[1], B: s.factors[2], Out0: out[0], Out1: out[1]})
}

// addKeyed sets a target to the product of the digits and a key, and first, unless nil, rotated, or adds them: of a part, which
// moves to another.
func (s *scratch) addKeyed(key rotationKey, first []uint64, at place, to target) {
	sum := [2][]uint64{at.in(s.sum[0]), at.in(s.sum[1])}
	s.keyProduct(key.switching, at, sum)
	if first != nil {
		at.prime.Add(sum[0], first, sum[0])
	}
	at.part = at.prime.Moved(key.order, at.part)
	order := at.in(key.order)
	for h, in := range sum {
		if out := at.of(to.sum.Value[h]); to.add {
			at.prime.AddPermuted(in, order, out)
		} else {
			at.prime.Permute(in, order, out)
		}
	}
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
