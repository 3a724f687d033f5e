package fhe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/big"

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
	params  ckks.Parameters // with fast transforms
	ctx     context.Context
	keys    *Keys
	threads int

	switching *keySwitching
	pool      *limbPool
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

func (e *engine) ring(level int) ringqp.Ring { return e.params.RingQP().AtLevel(level, e.levelP()) }

// subRing is the ring of limb l of an extended polynomial.
func (e *engine) subRing(level, l int) *ring.SubRing {
	if l > level {
		return e.params.RingP().SubRings[l-level-1]
	}
	return e.params.RingQ().SubRings[l]
}

// limb is limb l of an extended polynomial: those of the special primes stand last.
func limb(p ringqp.Poly, level, l int) []uint64 {
	if l > level {
		return p.P.Coeffs[l-level-1]
	}
	return p.Q.Coeffs[l]
}

func (e *engine) newExtended(level int) extended {
	x := &rlwe.Element[ringqp.Poly]{MetaData: &rlwe.MetaData{}}
	x.Value = []ringqp.Poly{e.pool.zero(level, e.levelP()), e.pool.zero(level, e.levelP())}
	x.IsNTT = true
	return x
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

// keyProduct sets out to one limb of both halves of the product of digits and a key, fully reduced.
func (e *engine) keyProduct(list *terms, digits []ringqp.Poly, key *rlwe.GadgetCiphertext, level, l int, out [2][]uint64) {
	prime := e.subRing(level, l)
	for from := 0; from < len(out[0]); from += block {
		list.reset()
		for i, d := range digits {
			half := func(h int) []uint64 {
				k := key.Value[i][0][h]
				if l > level {
					return k.P.Coeffs[l-level-1][from : from+block]
				}
				return k.Q.Coeffs[l][from : from+block]
			}
			list.add(half(0), half(1), limb(d, level, l)[from:from+block])
		}
		list.sum(prime, out[0][from:], out[1][from:])
	}
}

// rotations are x rotated by each step, times the special modulus, from one decomposition.
func (e *engine) rotations(x *rlwe.Ciphertext, steps []int) ([]extended, error) {
	level := x.Level()
	list := make([]extended, len(steps))
	for i := range list {
		list[i] = e.newExtended(level)
	}
	return list, e.rotate(x, steps, func(i int) extended { return list[i] })
}

// rotationSum is the sum of x rotated by each step, times the special modulus.
func (e *engine) rotationSum(x *rlwe.Ciphertext, steps []int) (extended, error) {
	sum := e.newExtended(x.Level())
	return sum, e.rotate(x, steps, func(int) extended { return sum })
}

// rotate adds x rotated by each step, times the special modulus, to what into names for it, limb by limb.
func (e *engine) rotate(x *rlwe.Ciphertext, steps []int, into func(i int) extended) error {
	level := x.Level()
	digits, err := e.decompose(x.Value[1], level)
	if err != nil {
		return err
	}
	r := e.ring(level)
	special := r.RingP.ModulusAtLevel[e.levelP()]
	keys, orders := make([]*rlwe.GadgetCiphertext, len(steps)), make([][]uint64, len(steps))
	for i, s := range steps {
		if mod(s, e.params.N()) != 0 {
			if keys[i], orders[i], err = e.galoisKey(s); err != nil {
				return err
			}
		}
	}
	scratch := make([]scratch, e.threads)
	for w := range scratch {
		scratch[w] = e.newScratch()
	}
	defer func() {
		e.releaseDigits(digits, level)
		for _, s := range scratch {
			e.releaseScratch(s)
		}
	}()
	return parallel(e.ctx, e.threads, level+2+e.levelP(), func(w, l int) error {
		prime := e.subRing(level, l)
		tmp, c0 := scratch[w].tmp, scratch[w].c0
		factor := new(big.Int).Mod(special, new(big.Int).SetUint64(prime.Modulus)).Uint64()
		factor = ring.MForm(factor, prime.Modulus, prime.BRedConstant)
		if l <= level {
			prime.MulScalarMontgomery(x.Value[0].Coeffs[l], factor, c0)
		}
		for i, key := range keys {
			out := into(i)
			if key == nil {
				if l <= level {
					prime.MulScalarMontgomery(x.Value[1].Coeffs[l], factor, tmp[1])
					prime.Add(limb(out.Value[0], level, l), c0, limb(out.Value[0], level, l))
					prime.Add(limb(out.Value[1], level, l), tmp[1], limb(out.Value[1], level, l))
				}
				continue
			}
			e.keyProduct(&scratch[w].list, digits, key, level, l, tmp)
			if l <= level {
				prime.Add(tmp[0], c0, tmp[0])
			}
			for h := range tmp {
				ring52.AddPermuted(prime, tmp[h], orders[i], limb(out.Value[h], level, l))
			}
			if err := e.ctx.Err(); err != nil {
				return err
			}
		}
		return nil
	})
}

// scratch is what one goroutine needs for key switches.
type scratch struct {
	list terms
	tmp  [2][]uint64
	c0   []uint64
}

func (e *engine) newScratch() scratch {
	return scratch{tmp: [2][]uint64{e.pool.get(), e.pool.get()}, c0: e.pool.get()}
}

func (e *engine) releaseScratch(s scratch) { e.pool.put(s.tmp[0], s.tmp[1], s.c0) }

// scaleDown adds up parts, which it uses up, and divides by the special modulus.
func (e *engine) scaleDown(parts []extended, level int, scale rlwe.Scale) (*rlwe.Ciphertext, error) {
	y := e.c.newCiphertext(1, level, scale)
	r := e.ring(level)
	var rows [2][][]uint64
	defer func() {
		e.pool.put(rows[0]...)
		e.pool.put(rows[1]...)
		for _, p := range parts {
			e.pool.release(p)
		}
	}()
	err := e.do(2, 2*(level+2+e.levelP()), func(k int) error {
		for _, p := range parts[1:] {
			r.Add(parts[0].Value[k], p.Value[k], parts[0].Value[k])
		}
		rows[k] = e.newRows()
		e.splitSpecial(parts[0].Value[k].P, level, rows[k])
		return nil
	})
	if err != nil {
		return nil, err
	}
	tmp := e.pool.getAll(e.threads)
	defer e.pool.put(tmp...)
	return y, parallel(e.ctx, e.threads, 2*(level+1), func(w, i int) error {
		k, l := i/(level+1), i%(level+1)
		e.divide(parts[0].Value[k].Q.Coeffs[l], level, l, rows[k], tmp[w], y.Value[k].Coeffs[l])
		return nil
	})
}

// rescale divides by the last prime.
func (e *engine) rescale(y *rlwe.Ciphertext) (*rlwe.Ciphertext, error) {
	level := y.Level()
	z := e.c.newCiphertext(1, level-1, y.Scale.Div(rlwe.NewScale(e.c.lit.Q[level])))
	r := e.params.RingQ().AtLevel(level)
	err := e.do(2, 2*(level+1), func(k int) error {
		r.DivRoundByLastModulusNTT(y.Value[k], r.NewPoly(), z.Value[k])
		return nil
	})
	return z, err
}

// fold adds up blocks of slots, cyclically.
func (e *engine) fold(x *rlwe.Ciphertext, f slotFold, radix int) (*rlwe.Ciphertext, error) {
	for _, round := range foldSteps(f.stride, f.count, radix) {
		sum, err := e.rotationSum(x, round)
		if err != nil {
			return nil, err
		}
		y, err := e.scaleDown([]extended{sum}, x.Level(), x.Scale)
		if err != nil {
			return nil, err
		}
		r := e.params.RingQ().AtLevel(x.Level())
		for k := range 2 {
			r.Add(y.Value[k], x.Value[k], y.Value[k])
		}
		x = y
	}
	return x, nil
}

// multiply is the relinearised product of two ciphertexts of one level, not rescaled.
func (e *engine) multiply(x, y *rlwe.Ciphertext) (*rlwe.Ciphertext, error) {
	level := min(x.Level(), y.Level())
	x, y = atLevel(x, level), atLevel(y, level)
	z := e.c.newCiphertext(1, level, x.Scale.Mul(y.Scale))
	r := e.params.RingQ().AtLevel(level)
	degreeTwo := r.NewPoly()
	err := e.do(level+1, level+1, func(l int) error {
		prime := r.SubRings[l]
		a, b := e.pool.get(), e.pool.get()
		defer e.pool.put(a, b)
		prime.MForm(x.Value[0].Coeffs[l], a)
		prime.MForm(x.Value[1].Coeffs[l], b)
		prime.MulCoeffsMontgomery(a, y.Value[0].Coeffs[l], z.Value[0].Coeffs[l])
		prime.MulCoeffsMontgomery(a, y.Value[1].Coeffs[l], z.Value[1].Coeffs[l])
		prime.MulCoeffsMontgomeryThenAdd(b, y.Value[0].Coeffs[l], z.Value[1].Coeffs[l])
		prime.MulCoeffsMontgomery(b, y.Value[1].Coeffs[l], degreeTwo.Coeffs[l])
		return nil
	})
	if err != nil {
		return nil, err
	}
	digits, err := e.decompose(degreeTwo, level)
	if err != nil {
		return nil, err
	}
	key, err := e.keys.set.GetRelinearizationKey()
	if err != nil {
		return nil, fmt.Errorf("relinearise: %w", err)
	}
	defer e.releaseDigits(digits, level)
	product := e.newExtended(level)
	err = e.do(level+2+e.levelP(), level+2+e.levelP(), func(l int) error {
		e.keyProduct(new(terms), digits, &key.GadgetCiphertext, level, l, [2][]uint64{limb(product.Value[0], level, l), limb(product.Value[1], level, l)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	down, err := e.scaleDown([]extended{product}, level, z.Scale)
	if err != nil {
		return nil, err
	}
	for k := range 2 {
		r.Add(z.Value[k], down.Value[k], z.Value[k])
	}
	return z, nil
}
