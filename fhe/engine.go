package fhe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"math/big"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
)

// extended is a ciphertext modulo Q and the special primes: what key switches return before they are scaled down.
type extended = *rlwe.Element[ringqp.Poly]

// engine evaluates operations with one user's keys. It belongs to one evaluation.
type engine struct {
	c    *checkedPlan
	ctx  context.Context
	ev   []*ckks.Evaluator // one a goroutine
	lazy int               // products of reduced residues that fit a word before a reduction
}

func newEngine(ctx context.Context, c *checkedPlan, set *rlwe.MemEvaluationKeySet, threads int) *engine {
	e := &engine{c: c, ctx: ctx, lazy: lazyProducts(c.lit)}
	e.ev = append(e.ev, ckks.NewEvaluator(c.params, set))
	for len(e.ev) < threads {
		e.ev = append(e.ev, e.ev[0].ShallowCopy())
	}
	return e
}

// lazyProducts is how many lazy Montgomery products, each below twice its prime, can be added in 64 bits.
func lazyProducts(lit PlanLiteral) int {
	largest := uint64(0)
	for _, list := range [][]uint64{lit.Q, lit.P} {
		for _, q := range list {
			largest = max(largest, q)
		}
	}
	return max(1, int(math.MaxUint64/(2*largest))-1)
}

func exp2(log int) rlwe.Scale {
	return rlwe.NewScale(new(big.Float).SetPrec(rlwe.ScalePrecision).SetMantExp(big.NewFloat(1), log))
}

func bytesReader(b []byte) io.Reader { return bytes.NewReader(b) }

func (c *checkedPlan) metadata(scale rlwe.Scale) *rlwe.MetaData {
	md := &rlwe.MetaData{}
	md.IsNTT, md.IsBatched = true, true
	md.Scale, md.LogDimensions = scale, c.params.LogMaxDimensions()
	return md
}

func (c *checkedPlan) newCiphertext(degree, level int, scale rlwe.Scale) *rlwe.Ciphertext {
	ct := ckks.NewCiphertext(c.params, degree, level)
	ct.MetaData = c.metadata(scale)
	return ct
}

func (e *engine) do(n int, f func(ev *ckks.Evaluator, i int) error) error {
	return parallel(e.ctx, len(e.ev), n, func(w, i int) error { return f(e.ev[w], i) })
}

func (e *engine) levelP() int { return e.c.params.MaxLevelP() }

func (e *engine) ring(level int) ringqp.Ring { return e.c.params.RingQP().AtLevel(level, e.levelP()) }

func (e *engine) newExtended(level int) extended {
	x := rlwe.NewElementExtended(e.c.params, 1, level, e.levelP())
	x.MetaData = &rlwe.MetaData{}
	x.IsNTT = true
	return x
}

func (e *engine) galois(step int) uint64 { return e.c.params.GaloisElement(mod(step, e.c.slots())) }

// decompose splits the second half of x into digits, ready for many rotations.
func (e *engine) decompose(x *rlwe.Ciphertext) ([]ringqp.Poly, error) {
	level, lp := x.Level(), e.levelP()
	r := e.ring(level)
	digits := make([]ringqp.Poly, e.c.params.BaseRNSDecompositionVectorSize(level, lp))
	inv := r.RingQ.NewPoly()
	r.RingQ.INTT(x.Value[1], inv)
	err := e.do(len(digits), func(ev *ckks.Evaluator, i int) error {
		digits[i] = r.NewPoly()
		ev.DecomposeSingleNTT(level, lp, lp+1, i, x.Value[1], inv, digits[i].Q, digits[i].P)
		return nil
	})
	return digits, err
}

// rotated returns x rotated by each step, times the special modulus, from one decomposition.
func (e *engine) rotated(x *rlwe.Ciphertext, steps []int) ([]extended, error) {
	digits, err := e.decompose(x)
	if err != nil {
		return nil, err
	}
	r := e.ring(x.Level())
	list := make([]extended, len(steps))
	err = e.do(len(steps), func(ev *ckks.Evaluator, i int) error {
		y := e.newExtended(x.Level())
		list[i] = y
		if mod(steps[i], e.c.slots()) == 0 {
			for k := range 2 {
				r.RingQ.MulScalarBigint(x.Value[k], r.RingP.ModulusAtLevel[e.levelP()], y.Value[k].Q)
			}
			return nil
		}
		return ev.AutomorphismHoistedLazy(x.Level(), x, digits, e.galois(steps[i]), y)
	})
	return list, err
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
	element := e.galois(step)
	key, err := s.ev.CheckAndGetGaloisKey(element)
	if err != nil {
		return fmt.Errorf("rotation by %d: %w", step, err)
	}
	s.ev.GadgetProductLazy(s.level, in.Value[1].Q, &key.GadgetCiphertext, s.tmp)
	if small {
		r.RingQ.MulScalarBigint(in.Value[0].Q, r.RingP.ModulusAtLevel[lp], in.Value[0].Q)
		r.RingQ.Add(s.tmp.Value[0].Q, in.Value[0].Q, s.tmp.Value[0].Q)
	} else {
		r.Add(s.tmp.Value[0], in.Value[0], s.tmp.Value[0])
	}
	index := s.ev.AutomorphismIndex(element)
	for k := range 2 {
		r.AutomorphismNTTWithIndexThenAddLazy(s.tmp.Value[k], index, acc.Value[k])
		r.Reduce(acc.Value[k], acc.Value[k])
	}
	return nil
}

// scaleDown adds up parts and divides by the special modulus.
func (e *engine) scaleDown(parts []extended, level int, scale rlwe.Scale) (*rlwe.Ciphertext, error) {
	y := e.c.newCiphertext(1, level, scale)
	r := e.ring(level)
	err := e.do(2, func(ev *ckks.Evaluator, k int) error {
		for _, p := range parts[1:] {
			r.Add(parts[0].Value[k], p.Value[k], parts[0].Value[k])
		}
		ev.BasisExtender.ModDownQPtoQNTT(level, e.levelP(), parts[0].Value[k].Q, parts[0].Value[k].P, y.Value[k])
		return nil
	})
	return y, err
}

// rescale divides by the last prime, and adds a bias if there is one.
func (e *engine) rescale(y *rlwe.Ciphertext, bias *ring.Poly) (*rlwe.Ciphertext, error) {
	level := y.Level()
	z := e.c.newCiphertext(1, level-1, y.Scale.Div(rlwe.NewScale(e.c.lit.Q[level])))
	r := e.c.params.RingQ().AtLevel(level)
	err := e.do(2, func(_ *ckks.Evaluator, k int) error {
		r.DivRoundByLastModulusNTT(y.Value[k], r.NewPoly(), z.Value[k])
		if k == 0 && bias != nil {
			r.AtLevel(level-1).Add(z.Value[0], *bias, z.Value[0])
		}
		return nil
	})
	return z, err
}

// fold adds up count blocks of stride slots, cyclically.
func (e *engine) fold(x *rlwe.Ciphertext, stride, count int) (*rlwe.Ciphertext, error) {
	for _, round := range foldSteps(stride, count) {
		parts, err := e.rotated(x, round)
		if err != nil {
			return nil, err
		}
		y, err := e.scaleDown(parts, x.Level(), x.Scale)
		if err != nil {
			return nil, err
		}
		r := e.c.params.RingQ().AtLevel(x.Level())
		for k := range 2 {
			r.Add(y.Value[k], x.Value[k], y.Value[k])
		}
		x = y
	}
	return x, nil
}

// square multiplies x by itself, adds up the phases of the pool that follows, if any, and rescales once.
func (e *engine) square(x *rlwe.Ciphertext, pool poolFold) (*rlwe.Ciphertext, error) {
	if err := e.ctx.Err(); err != nil {
		return nil, err
	}
	y, err := e.ev[0].MulRelinNew(x, x)
	if err != nil {
		return nil, fmt.Errorf("square: %w", err)
	}
	if y, err = e.fold(y, pool.stride, pool.count); err != nil {
		return nil, err
	}
	return e.rescale(y, nil)
}

// linear evaluates a stage's map: products, rotations, the fold of its columns, rescaling, bias.
func (e *engine) linear(s *encodedStage, x []*rlwe.Ciphertext) (*rlwe.Ciphertext, error) {
	scale := x[0].Scale.Mul(s.scale)
	var y *rlwe.Ciphertext
	var err error
	if s.still() {
		y = e.c.newCiphertext(1, s.level, scale)
		err = e.products(s, s.pairs[0], operands(x, s.level), limbsOf(y))
	} else {
		y, err = e.rotations(s, x, scale)
	}
	if err != nil {
		return nil, err
	}
	own := s.st.Layout.period()
	if y, err = e.fold(y, own, s.period/own); err != nil {
		return nil, err
	}
	return e.rescale(y, &s.bias)
}

// rotations is the two-level baby-step giant-step sum of a stage.
func (e *engine) rotations(s *encodedStage, x []*rlwe.Ciphertext, scale rlwe.Scale) (*rlwe.Ciphertext, error) {
	in := operands(x, s.level)
	if !s.small {
		babies, err := e.rotated(x[0], s.st.Babies)
		if err != nil {
			return nil, err
		}
		in = in[:0]
		for _, b := range babies {
			in = append(in, limbsOfExtended(b))
		}
	}
	switchers := make([]*switcher, len(e.ev))
	for w := range switchers {
		switchers[w] = &switcher{e: e, ev: e.ev[w], level: s.level, tmp: e.newExtended(s.level)}
	}
	inner, err := e.innerSums(s, in, switchers)
	if err != nil {
		return nil, err
	}
	total := make([]extended, len(switchers))
	for w := range total {
		total[w] = e.newExtended(s.level)
	}
	err = parallel(e.ctx, len(total), len(s.st.Outer), func(w, o int) error {
		sum := e.addUp(inner, o, s.level)
		if sum == nil {
			return nil
		}
		return switchers[w].addRotated(s.st.Outer[o], sum, total[w], false)
	})
	if err != nil {
		return nil, err
	}
	return e.scaleDown(total, s.level, scale)
}

// innerSums multiplies, rotates by inner steps and adds up, by goroutine and outer step.
func (e *engine) innerSums(s *encodedStage, in []limbs, switchers []*switcher) ([][]extended, error) {
	inner := make([][]extended, len(switchers))
	products := make([]extended, len(switchers))
	for w := range switchers {
		inner[w] = make([]extended, len(s.st.Outer))
		products[w] = e.newExtended(s.level)
	}
	return inner, parallel(e.ctx, len(switchers), len(s.pairs), func(w, i int) error {
		p := s.pairs[i]
		sum := limbsOfExtended(products[w])
		if s.small {
			sum = limbs{products[w].Value[0].Q.Coeffs, products[w].Value[1].Q.Coeffs}
		}
		if err := e.products(s, p, in, sum); err != nil {
			return err
		}
		if inner[w][p.outer] == nil {
			inner[w][p.outer] = e.newExtended(s.level)
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
