package fhe

import (
	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"

	"github.com/encrypted-compute/encompute/ring52"
)

// linear evaluates a stage's map on the ciphertexts it reads: products, rotations, the fold of the products, rescaling,
// bias. The result has one ciphertext for each part of the stage's layout, twice if the stage is factored.
func (e *engine) linear(s *encodedStage, x []*rlwe.Ciphertext) ([]*rlwe.Ciphertext, error) {
	in := operands(x)
	var rotated []extended
	defer func() {
		for _, b := range rotated {
			e.pool.release(b)
		}
	}()
	if !s.small {
		in = in[:0]
		for _, ct := range x {
			babies, err := e.rotations(ct, s.st.Babies)
			if err != nil {
				return nil, err
			}
			for _, b := range babies {
				in = append(in, limbsOfExtended(b))
			}
			rotated = append(rotated, babies...)
		}
	}
	out := make([]*rlwe.Ciphertext, len(s.pairs))
	for part := range out {
		y, err := e.part(s, part, in)
		if err != nil {
			return nil, err
		}
		if !s.st.FoldLate {
			if y, err = e.fold(y, s.geo.fold, s.st.Radix); err != nil {
				return nil, err
			}
		}
		if y, err = e.rescale(y); err != nil {
			return nil, err
		}
		if s.st.FoldLate {
			if y, err = e.fold(y, s.geo.fold, s.st.Radix); err != nil {
				return nil, err
			}
		}
		e.params.RingQ().AtLevel(y.Level()).Add(y.Value[0], s.bias[part], y.Value[0])
		out[part] = y
	}
	return out, nil
}

// part is the sum of the products for one part of the result, rotated, at the stage's level.
func (e *engine) part(s *encodedStage, part int, in []limbs) (*rlwe.Ciphertext, error) {
	if s.still(part) {
		y := e.c.newCiphertext(1, s.st.Level, s.scales[part])
		return y, e.products(s, s.pairs[part][0], in, limbsOf(y))
	}
	switchers := make([]*switcher, e.threads)
	for w := range switchers {
		switchers[w] = e.newSwitcher(s.st.Level)
	}
	defer func() {
		for _, s := range switchers {
			s.release()
		}
	}()
	inner, err := e.innerSums(s, s.pairs[part], in, switchers)
	if err != nil {
		return nil, err
	}
	total := make([]extended, len(switchers))
	for w := range total {
		total[w] = e.newExtended(s.st.Level)
	}
	err = parallel(e.ctx, len(total), len(s.st.Outer), func(w, o int) error {
		sum := e.addUp(inner, o, s.st.Level)
		if sum == nil {
			return nil
		}
		err := switchers[w].addRotated(s.st.Outer[o], sum, total[w], false)
		e.pool.release(sum)
		return err
	})
	if err != nil {
		return nil, err
	}
	return e.scaleDown(total, s.st.Level, s.scales[part])
}

// innerSums multiplies, rotates by inner steps and adds up, by goroutine and outer step.
func (e *engine) innerSums(s *encodedStage, pairs []pair, in []limbs, switchers []*switcher) ([][]extended, error) {
	inner := make([][]extended, len(switchers))
	products := make([]extended, len(switchers))
	for w := range switchers {
		inner[w] = make([]extended, len(s.st.Outer))
		products[w] = e.newExtended(s.st.Level)
	}
	defer func() {
		for _, p := range products {
			e.pool.release(p)
		}
	}()
	return inner, parallel(e.ctx, len(switchers), len(pairs), func(w, i int) error {
		p := pairs[i]
		sum := limbsOfExtended(products[w])
		if s.small {
			sum = limbs{products[w].Value[0].Q.Coeffs, products[w].Value[1].Q.Coeffs}
		}
		if err := e.products(s, p, in, sum); err != nil {
			return err
		}
		if inner[w][p.outer] == nil {
			inner[w][p.outer] = e.newExtended(s.st.Level)
		}
		return switchers[w].addRotated(s.st.Inner[p.inner], products[w], inner[w][p.outer], s.small)
	})
}

// addUp adds the goroutines' sums for one outer step; nil if there are none.
func (e *engine) addUp(inner [][]extended, outer, level int) (sum extended) {
	r := e.ring(level)
	for _, part := range inner {
		switch {
		case part[outer] == nil:
		case sum == nil:
			sum = part[outer]
		default:
			r.Add(sum.Value[0], part[outer].Value[0], sum.Value[0])
			r.Add(sum.Value[1], part[outer].Value[1], sum.Value[1])
			e.pool.release(part[outer])
		}
	}
	return sum
}

// switcher rotates products and adds them up; one for each goroutine.
type switcher struct {
	e       *engine
	level   int
	inverse ring.Poly
	digits  []ringqp.Poly
	rows    [][]uint64
	scratch scratch
}

func (e *engine) newSwitcher(level int) *switcher {
	s := &switcher{e: e, level: level, inverse: ring.Poly{Coeffs: e.pool.getAll(level + 1)}, rows: e.newRows(), scratch: e.newScratch()}
	for i := range e.switching.digits[level] {
		s.digits = append(s.digits, e.newDigit(level, i))
	}
	return s
}

func (s *switcher) release() {
	s.e.pool.put(s.inverse.Coeffs...)
	s.e.pool.put(s.rows...)
	s.e.releaseDigits(s.digits, s.level)
	s.e.releaseScratch(s.scratch)
}

// addRotated adds in, rotated by step, to acc. If small, in is modulo Q only and not yet times the special modulus.
func (s *switcher) addRotated(step int, in, acc extended, small bool) error {
	e, lp := s.e, s.e.levelP()
	r := e.ring(s.level)
	if small {
		for k := range 2 {
			if k == 0 || step == 0 {
				r.RingQ.MulScalarBigint(in.Value[k].Q, r.RingP.ModulusAtLevel[lp], in.Value[k].Q)
			}
		}
	}
	if step == 0 {
		for k := range 2 {
			if small {
				r.RingQ.Add(acc.Value[k].Q, in.Value[k].Q, acc.Value[k].Q)
			} else {
				r.Add(acc.Value[k], in.Value[k], acc.Value[k])
			}
		}
		return nil
	}
	key, order, err := e.galoisKey(step)
	if err != nil {
		return err
	}
	c1 := in.Value[1].Q
	if !small {
		e.splitSpecial(in.Value[1].P, s.level, s.rows)
		for l := range s.level + 1 {
			e.divide(c1.Coeffs[l], s.level, l, s.rows, s.scratch.c0, c1.Coeffs[l])
		}
	}
	r.RingQ.INTT(c1, s.inverse)
	for i, d := range s.digits {
		e.take(c1, s.inverse, s.level, i, d, s.rows)
		for k := range s.level + 2 + lp {
			e.extend(s.level, i, k, d, s.rows)
		}
	}
	for l := range s.level + 2 + lp {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		prime := e.subRing(s.level, l)
		e.keyProduct(&s.scratch.list, s.digits, key, s.level, l, s.scratch.tmp)
		if l <= s.level || !small {
			prime.Add(s.scratch.tmp[0], limb(in.Value[0], s.level, l), s.scratch.tmp[0])
		}
		for h, tmp := range s.scratch.tmp {
			ring52.AddPermuted(prime, tmp, order, limb(acc.Value[h], s.level, l))
		}
	}
	return nil
}
