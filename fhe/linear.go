package fhe

import (
	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
)

// linear evaluates a stage's map on the ciphertexts it reads: products, rotations, the fold of the products, rescaling,
// bias. The result has one ciphertext for each part of the stage's layout, twice if the stage is factored.
func (e *engine) linear(s *encodedStage, x []*rlwe.Ciphertext) ([]*rlwe.Ciphertext, error) {
	in := operands(x)
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
		e.c.params.RingQ().AtLevel(y.Level()).Add(y.Value[0], s.bias[part], y.Value[0])
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
	switchers := make([]*switcher, len(e.ev))
	for w := range switchers {
		switchers[w] = &switcher{e: e, ev: e.ev[w], level: s.st.Level, tmp: e.newExtended(s.st.Level)}
	}
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
		return switchers[w].addRotated(s.st.Outer[o], sum, total[w], false)
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
		}
	}
	return sum
}

// switcher rotates products and adds them up; one for each goroutine.
type switcher struct {
	e     *engine
	ev    *ckks.Evaluator
	level int
	tmp   extended
}

// addRotated adds in, rotated by step, to acc. If small, in is modulo Q only and not yet times the special modulus.
func (s *switcher) addRotated(step int, in, acc extended, small bool) error {
	e, lp := s.e, s.e.levelP()
	r := e.ring(s.level)
	if step == 0 {
		for k := range 2 {
			if small {
				r.RingQ.MulScalarBigint(in.Value[k].Q, r.RingP.ModulusAtLevel[lp], in.Value[k].Q)
				r.RingQ.Add(acc.Value[k].Q, in.Value[k].Q, acc.Value[k].Q)
			} else {
				r.Add(acc.Value[k], in.Value[k], acc.Value[k])
			}
		}
		return nil
	}
	if !small {
		s.ev.BasisExtender.ModDownQPtoQNTT(s.level, lp, in.Value[1].Q, in.Value[1].P, in.Value[1].Q)
	}
	key, order, err := e.galoisKey(step)
	if err != nil {
		return err
	}
	s.ev.GadgetProductLazy(s.level, in.Value[1].Q, key, s.tmp)
	if small {
		r.RingQ.MulScalarBigint(in.Value[0].Q, r.RingP.ModulusAtLevel[lp], in.Value[0].Q)
		r.RingQ.Add(s.tmp.Value[0].Q, in.Value[0].Q, s.tmp.Value[0].Q)
	} else {
		r.Add(s.tmp.Value[0], in.Value[0], s.tmp.Value[0])
	}
	for k := range 2 {
		r.AutomorphismNTTWithIndexThenAddLazy(s.tmp.Value[k], order, acc.Value[k])
		r.Reduce(acc.Value[k], acc.Value[k])
	}
	return nil
}
