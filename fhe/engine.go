package fhe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/big"
	"slices"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"

	"github.com/encrypted-compute/encompute/ring52"
)

// extended is a ciphertext modulo Q and the special primes: what key switches return before they are scaled down.
type extended = *rlwe.Element[ringqp.Poly]

// engine evaluates operations with one user's keys. It belongs to one evaluation.
type engine struct {
	c       *checkedPlan
	ctx     context.Context
	keys    *Keys
	threads int
	moduli  *moduli
	pool    *limbPool
}

// alone is the engine on one goroutine.
func (e *engine) alone() *engine {
	one := *e
	one.threads = 1
	return &one
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

// atLevel is x modulo fewer primes; it shares x's memory.
func atLevel(x *rlwe.Ciphertext, level int) *rlwe.Ciphertext {
	y := &rlwe.Ciphertext{Element: rlwe.Element[ring.Poly]{MetaData: x.MetaData}}
	for _, p := range x.Value {
		y.Value = append(y.Value, ring.Poly{Coeffs: p.Coeffs[:level+1]})
	}
	return y
}

// wakingPays is how many coefficients must be transformed before a second goroutine is worth waking.
const wakingPays = 1 << 17

// do runs f n times, for as many limbs in all, on several goroutines if that is enough to do.
func (e *engine) do(n, limbs int, f func(i int) error) error {
	threads := e.threads
	if limbs*e.c.params.N() < wakingPays {
		threads = 1
	}
	return parallel(e.ctx, threads, n, func(_, i int) error { return f(i) })
}

func (e *engine) levelP() int { return e.c.params.MaxLevelP() }

// plain is x before it is times the special modulus: without limbs of its primes. It shares x's memory.
func plain(x *rlwe.Ciphertext) extended {
	y := &rlwe.Element[ringqp.Poly]{MetaData: x.MetaData}
	for _, p := range x.Value {
		y.Value = append(y.Value, ringqp.Poly{Q: p})
	}
	return y
}

func isPlain(x extended) bool { return len(x.Value[0].P.Coeffs) == 0 }

// limb is limb l of an extended polynomial: those of the special primes stand last.
func limb(p ringqp.Poly, level, l int) []uint64 {
	if l > level {
		return p.P.Coeffs[l-level-1]
	}
	return p.Q.Coeffs[l]
}

// newExtended may hold anything.
func (e *engine) newExtended(level int) extended { return e.pool.extended(level, e.levelP()) }

// newCiphertext may hold anything.
func (e *engine) newCiphertext(level int, scale rlwe.Scale) *rlwe.Ciphertext {
	ct := &rlwe.Ciphertext{Element: rlwe.Element[ring.Poly]{MetaData: e.c.metadata(scale)}}
	for range 2 {
		ct.Value = append(ct.Value, ring.Poly{Coeffs: e.pool.getAll(level + 1)})
	}
	return ct
}

// drop takes a ciphertext back that nobody reads any more.
func (e *engine) drop(x *rlwe.Ciphertext) {
	for _, p := range x.Value {
		e.pool.put(p.Coeffs...)
	}
}

func (e *engine) galois(step int) uint64 { return e.c.params.GaloisElement(mod(step, e.c.params.N())) }

// rotationKey is that of a rotation, with the order in which it takes the values of a transform. It is zero if nothing rotates.
type rotationKey struct {
	switching *rlwe.GadgetCiphertext
	order     []uint64
}

func (e *engine) rotationKey(step int) (rotationKey, error) {
	if mod(step, e.c.params.N()) == 0 {
		return rotationKey{}, nil
	}
	el := e.galois(step)
	key, err := e.keys.set.GetGaloisKey(el)
	if err != nil {
		return rotationKey{}, fmt.Errorf("rotation by %d: %w", step, err)
	}
	return rotationKey{&key.GadgetCiphertext, e.keys.orders[el]}, nil
}

// target is what a rotation is set to, or added to.
type target struct {
	sum extended
	add bool
}

// rotations are x rotated by each step, times the special modulus, from one decomposition.
func (e *engine) rotations(x *rlwe.Ciphertext, steps []int) ([]extended, error) {
	list := make([]extended, len(steps))
	for i := range list {
		list[i] = e.newExtended(x.Level())
	}
	return list, e.rotate(plain(x), x.Level(), steps, func(i int) target { return target{sum: list[i]} })
}

// rotationSum is the sum of x rotated by each step, times the special modulus.
func (e *engine) rotationSum(x extended, level int, steps []int) (extended, error) {
	sum := e.newExtended(level)
	return sum, e.rotate(x, level, steps, func(i int) target { return target{sum, i > 0} })
}

// rotate sets what into names for each step to x rotated, times the special modulus, limb by limb, or adds to it; that may
// be x itself.
func (e *engine) rotate(x extended, level int, steps []int, into func(i int) target) (err error) {
	keys := make([]rotationKey, len(steps))
	for i, s := range steps {
		if keys[i], err = e.rotationKey(s); err != nil {
			return err
		}
	}
	c1 := x.Value[1].Q.Coeffs
	if !isPlain(x) {
		c1 = e.pool.getAll(level + 1)
		defer func() { e.pool.put(c1...) }()
		if err := e.divide(e.moduli.down[level], x, []int{1}, [2][][]uint64{1: c1}); err != nil {
			return err
		}
	}
	d, err := e.decompose(c1, level)
	scratch := e.scratchForAll(level)
	defer func() {
		e.release(d)
		e.releaseScratch(scratch...)
	}()
	if err != nil {
		return err
	}
	return parallel(e.ctx, e.threads, level+2+e.levelP(), func(w, l int) error {
		s := scratch[w]
		e.setLimb(s, d, l)
		if !isPlain(x) { // rotations may be added to it, and parts move
			copy(s.spare, limb(x.Value[0], level, l))
		}
		for at := range e.places(level, l) {
			s.finish(at)
			e.rotatePart(s, x, keys[0], at, into(0))
		}
		if len(keys) == 1 {
			return nil
		}
		for at := range e.places(level, l) { // others may be added to the first, of which each part must be there
			s.setFactors(at)
			for i, key := range keys[1:] {
				e.rotatePart(s, x, key, at, into(1+i))
			}
		}
		return nil
	})
}

// rotatePart rotates a part of x, whose first half, if it is times the special modulus, lies in s.spare.
func (e *engine) rotatePart(s *scratch, x extended, key rotationKey, at place, to target) {
	first := at.in(s.spare)
	if isPlain(x) {
		first = e.lifted(x, 0, at, first)
	}
	if key.switching != nil {
		s.addKeyed(key, first, at, to)
		return
	}
	for h, from := range [][]uint64{first, e.lifted(x, 1, at, at.in(s.sum[1]))} {
		at.keep(from, to.sum.Value[h], to.add)
	}
}

// lifted is a part of a half of x, times the special modulus; nil if it is zero. It may use tmp.
func (e *engine) lifted(x extended, half int, at place, tmp []uint64) []uint64 {
	switch {
	case !isPlain(x):
		return at.of(x.Value[half])
	case at.limb > at.level:
		return nil
	}
	at.prime.Scale(at.of(x.Value[half]), e.moduli.special[at.limb], tmp)
	return tmp
}

// settle divides x, which it uses up, by the special modulus if it is times that, and if it is rescaled by its last prime:
// at once, which takes fewer transforms and rounds once. scale is that before it is rescaled.
func (e *engine) settle(x extended, level int, scale rlwe.Scale, rescaled bool) (*rlwe.Ciphertext, error) {
	by := e.moduli.down[level]
	switch {
	case rescaled && isPlain(x):
		by = e.moduli.last[level]
	case rescaled:
		by = e.moduli.both[level]
	case isPlain(x):
		return &rlwe.Ciphertext{Element: rlwe.Element[ring.Poly]{MetaData: e.c.metadata(scale), Value: []ring.Poly{x.Value[0].Q, x.Value[1].Q}}}, nil
	}
	if rescaled {
		level, scale = level-1, scale.Div(rlwe.NewScale(e.c.lit.Q[level]))
	}
	y := e.newCiphertext(level, scale)
	err := e.divide(by, x, []int{0, 1}, limbsOf(y))
	e.pool.release(x)
	return y, err
}

// divide sets out to halves of x, divided by some primes.
func (e *engine) divide(by division, x extended, halves []int, out limbs) error {
	stay := len(by.inverse)
	rows, tmp := make([][][]uint64, len(halves)), e.pool.getAll(e.threads)
	defer func() { e.pool.put(slices.Concat(slices.Concat(rows...), tmp)...) }()
	err := e.do(len(halves), len(halves)*len(by.primes), func(k int) error {
		v := x.Value[halves[k]]
		rows[k] = e.rows(by, slices.Concat(v.P.Coeffs, v.Q.Coeffs[stay:]))
		return nil
	})
	if err != nil {
		return err
	}
	n := len(halves) * stay
	threads := e.threads
	if n*e.c.params.N() < wakingPays {
		threads = 1
	}
	return parallel(e.ctx, threads, n, func(w, i int) error {
		k, l := i/stay, i%stay
		e.divideLimb(by, rows[k], l, x.Value[halves[k]].Q.Coeffs[l], tmp[w], out[halves[k]][l])
		return nil
	})
}

// add adds x to y; x has as many primes as y or more.
func (e *engine) add(y, x *rlwe.Ciphertext) {
	for k := range y.Value {
		for l, to := range y.Value[k].Coeffs {
			e.moduli.q[l].Add(to, x.Value[k].Coeffs[l], to)
		}
	}
}

// addConstant adds a plaintext of as many primes, or more, to y.
func (e *engine) addConstant(y *rlwe.Ciphertext, p ring.Poly) {
	for l, to := range y.Value[0].Coeffs {
		e.moduli.q[l].Add(to, p.Coeffs[l], to)
	}
}

// fold adds up blocks of slots, cyclically, and uses x up. Between its rounds sums stay times the special modulus: only
// what keys are multiplied with is divided.
func (e *engine) fold(x extended, level int, f slotFold, radix int) (extended, error) {
	for _, round := range foldSteps(f.stride, f.count, radix) {
		if !isPlain(x) {
			if err := e.rotate(x, level, round, func(int) target { return target{x, true} }); err != nil {
				return nil, err
			}
			continue
		}
		sum, err := e.rotationSum(x, level, append([]int{0}, round...))
		e.pool.release(x)
		if err != nil {
			return nil, err
		}
		x = sum
	}
	return x, nil
}

// multiply is the relinearised product of two ciphertexts of one level, times the special modulus, and its scale.
func (e *engine) multiply(x, y *rlwe.Ciphertext) (extended, rlwe.Scale, error) {
	level, scale := min(x.Level(), y.Level()), x.Scale.Mul(y.Scale)
	z, degreeTwo := e.pool.extended(level, -1), e.pool.getAll(level+1)
	defer func() {
		e.pool.put(degreeTwo...)
		e.pool.release(z)
	}()
	err := e.do(level+1, level+1, func(l int) error {
		e.products2(l, x, y, [3][]uint64{z.Value[0].Q.Coeffs[l], z.Value[1].Q.Coeffs[l], degreeTwo[l]})
		return nil
	})
	if err != nil {
		return nil, scale, err
	}
	d, err := e.decompose(degreeTwo, level)
	defer func() { e.release(d) }()
	if err != nil {
		return nil, scale, err
	}
	key, err := e.keys.set.GetRelinearizationKey()
	if err != nil {
		return nil, scale, fmt.Errorf("relinearise: %w", err)
	}
	product := e.newExtended(level)
	limbs := level + 2 + e.levelP()
	return product, scale, e.do(limbs, limbs, func(l int) error {
		s := e.newScratch(level)
		e.setLimb(s, d, l)
		for at := range e.places(level, l) {
			s.finish(at)
			s.keyProduct(&key.GadgetCiphertext, at, [2][]uint64{at.of(product.Value[0]), at.of(product.Value[1])})
			for h, half := range product.Value {
				at.keep(e.lifted(z, h, at, at.in(s.spare)), half, true)
			}
		}
		e.releaseScratch(s)
		return nil
	})
}

// products2 sets out to limb l of the product of two ciphertexts, of degree two.
func (e *engine) products2(l int, x, y *rlwe.Ciphertext, out [3][]uint64) {
	prime, m, part := e.moduli.q[l], e.pool.get(), e.pool.get()
	y0, y1, b := [][]uint64{y.Value[0].Coeffs[l]}, [][]uint64{y.Value[1].Coeffs[l]}, [][]uint64{m}
	prime.ToMontgomery(x.Value[0].Coeffs[l], m)
	prime.Sums(ring52.Sum{A0: y0, A1: y1, B: b, Out0: out[0], Out1: out[1]})
	prime.ToMontgomery(x.Value[1].Coeffs[l], m)
	prime.Sums(ring52.Sum{A0: y0, A1: y1, B: b, Out0: part, Out1: out[2]})
	prime.Add(out[1], part, out[1])
	e.pool.put(m, part)
}
