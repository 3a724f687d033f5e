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
	params  ckks.Parameters // with fast transforms, where there are any
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
	if limbs*e.params.N() < wakingPays {
		threads = 1
	}
	return parallel(e.ctx, threads, n, func(_, i int) error { return f(i) })
}

func (e *engine) levelP() int { return e.params.MaxLevelP() }

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

func (e *engine) galois(step int) uint64 { return e.params.GaloisElement(mod(step, e.params.N())) }

// galoisKey returns the key of a rotation and the order in which it takes the values of a transform.
func (e *engine) galoisKey(step int) (*rlwe.GadgetCiphertext, []uint64, error) {
	el := e.galois(step)
	key, err := e.keys.set.GetGaloisKey(el)
	if err != nil {
		return nil, nil, fmt.Errorf("rotation by %d: %w", step, err)
	}
	return &key.GadgetCiphertext, e.keys.orders[el], nil
}

// rotations are x rotated by each step, times the special modulus, from one decomposition.
func (e *engine) rotations(x *rlwe.Ciphertext, steps []int) ([]extended, error) {
	list := make([]extended, len(steps))
	for i := range list {
		list[i] = e.newExtended(x.Level())
	}
	return list, e.rotate(x, steps, func(i int) (extended, bool) { return list[i], false })
}

// rotationSum is the sum of x rotated by each step, times the special modulus.
func (e *engine) rotationSum(x *rlwe.Ciphertext, steps []int) (extended, error) {
	sum := e.newExtended(x.Level())
	return sum, e.rotate(x, steps, func(i int) (extended, bool) { return sum, i > 0 })
}

// rotate sets what into names for each step to x rotated, times the special modulus, limb by limb, or adds to it.
func (e *engine) rotate(x *rlwe.Ciphertext, steps []int, into func(i int) (out extended, add bool)) error {
	level := x.Level()
	keys, orders := make([]*rlwe.GadgetCiphertext, len(steps)), make([][]uint64, len(steps))
	for i, s := range steps {
		if mod(s, e.params.N()) != 0 {
			var err error
			if keys[i], orders[i], err = e.galoisKey(s); err != nil {
				return err
			}
		}
	}
	d, err := e.decompose(x.Value[1].Coeffs, level)
	scratch := make([]*scratch, e.threads)
	for w := range scratch {
		scratch[w] = e.newScratch(level)
	}
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
		if l <= level {
			e.moduli.q[l].Scale(x.Value[0].Coeffs[l], e.moduli.special[l], s.spare)
		}
		for i, key := range keys {
			out, add := into(i)
			if key == nil {
				e.keep(s, x, l, out, add)
				continue
			}
			e.keyProduct(s, key, level, l, s.sum)
			if l <= level {
				e.moduli.q[l].Add(s.sum[0], s.spare, s.sum[0])
			}
			e.permute(s.sum, orders[i], level, l, out, add)
			if err := e.ctx.Err(); err != nil {
				return err
			}
		}
		return nil
	})
}

// keep sets limb l of out to that of x, times the special modulus, or adds it. That of half 0 is in s.spare.
func (e *engine) keep(s *scratch, x *rlwe.Ciphertext, l int, out extended, add bool) {
	level := x.Level()
	for h := range out.Value {
		to := limb(out.Value[h], level, l)
		switch {
		case l > level && !add:
			clear(to)
		case l > level:
		default:
			from := s.spare
			if h == 1 {
				from = s.sum[1]
				e.moduli.q[l].Scale(x.Value[1].Coeffs[l], e.moduli.special[l], from)
			}
			if add {
				e.moduli.q[l].Add(to, from, to)
			} else {
				copy(to, from)
			}
		}
	}
}

// permute sets limb l of out to both halves of a rotation before its automorphism, or adds them.
func (e *engine) permute(halves [2][]uint64, order []uint64, level, l int, out extended, add bool) {
	prime := e.prime(level, l)
	for h, in := range halves {
		if add {
			prime.AddPermuted(in, order, limb(out.Value[h], level, l))
		} else {
			prime.Permute(in, order, limb(out.Value[h], level, l))
		}
	}
}

// scaleDown adds up parts, which it uses up, divides by the special modulus, and adds a ciphertext if it is not nil.
func (e *engine) scaleDown(parts []extended, level int, scale rlwe.Scale, add *rlwe.Ciphertext) (*rlwe.Ciphertext, error) {
	y, by := e.newCiphertext(level, scale), e.moduli.down[level]
	var rows [2][][]uint64
	tmp := e.pool.getAll(e.threads)
	defer func() {
		e.pool.put(slices.Concat(rows[0], rows[1], tmp)...)
		for _, p := range parts {
			e.pool.release(p)
		}
	}()
	err := e.do(2, 2*(level+2+e.levelP()), func(k int) error {
		for _, p := range parts[1:] {
			for l := range level + 2 + e.levelP() {
				sum := limb(parts[0].Value[k], level, l)
				e.prime(level, l).Add(sum, limb(p.Value[k], level, l), sum)
			}
		}
		rows[k] = e.rows(by, e.moduli.p, parts[0].Value[k].P.Coeffs)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return y, parallel(e.ctx, e.threads, 2*(level+1), func(w, i int) error {
		k, l := i/(level+1), i%(level+1)
		var more []uint64
		if add != nil {
			more = add.Value[k].Coeffs[l]
		}
		e.divide(by, rows[k], l, parts[0].Value[k].Q.Coeffs[l], more, tmp[w], y.Value[k].Coeffs[l])
		return nil
	})
}

// rescale divides by the last prime and drops y.
func (e *engine) rescale(y *rlwe.Ciphertext) (*rlwe.Ciphertext, error) {
	level := y.Level()
	z, by := e.newCiphertext(level-1, y.Scale.Div(rlwe.NewScale(e.c.lit.Q[level]))), e.moduli.last[level]
	err := e.do(2, 2*(level+1), func(k int) error {
		x, tmp := y.Value[k].Coeffs, e.pool.get()
		rows := e.rows(by, e.moduli.q[level:level+1], x[level:])
		for l := range level {
			e.divide(by, rows, l, x[l], nil, tmp, z.Value[k].Coeffs[l])
		}
		e.pool.put(rows...)
		e.pool.put(tmp)
		return nil
	})
	e.drop(y)
	return z, err
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

// fold adds up blocks of slots, cyclically, and drops x.
func (e *engine) fold(x *rlwe.Ciphertext, f slotFold, radix int) (*rlwe.Ciphertext, error) {
	for _, round := range foldSteps(f.stride, f.count, radix) {
		sum, err := e.rotationSum(x, round)
		if err != nil {
			return nil, err
		}
		y, err := e.scaleDown([]extended{sum}, x.Level(), x.Scale, x)
		if err != nil {
			return nil, err
		}
		e.drop(x)
		x = y
	}
	return x, nil
}

// multiply is the relinearised product of two ciphertexts of one level, not rescaled.
func (e *engine) multiply(x, y *rlwe.Ciphertext) (*rlwe.Ciphertext, error) {
	level := min(x.Level(), y.Level())
	z, degreeTwo := e.newCiphertext(level, x.Scale.Mul(y.Scale)), e.pool.getAll(level+1)
	defer func() {
		e.pool.put(degreeTwo...)
		e.drop(z)
	}()
	err := e.do(level+1, level+1, func(l int) error {
		e.products2(l, x, y, [3][]uint64{z.Value[0].Coeffs[l], z.Value[1].Coeffs[l], degreeTwo[l]})
		return nil
	})
	if err != nil {
		return nil, err
	}
	d, err := e.decompose(degreeTwo, level)
	defer func() { e.release(d) }()
	if err != nil {
		return nil, err
	}
	key, err := e.keys.set.GetRelinearizationKey()
	if err != nil {
		return nil, fmt.Errorf("relinearise: %w", err)
	}
	product := e.newExtended(level)
	limbs := level + 2 + e.levelP()
	err = e.do(limbs, limbs, func(l int) error {
		s := e.newScratch(level)
		e.setLimb(s, d, l)
		e.keyProduct(s, &key.GadgetCiphertext, level, l, [2][]uint64{limb(product.Value[0], level, l), limb(product.Value[1], level, l)})
		e.releaseScratch(s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return e.scaleDown([]extended{product}, level, z.Scale, z)
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
