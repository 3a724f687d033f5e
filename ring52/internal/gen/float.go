package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Byte offsets of what only floats read, behind what narrow fields do: doubles but for the first.
const (
	offTwo52      = offMu52 + 8 + 8*iota // 2^52, whose bits a word below 2^52 completes to a double
	offFloatQ                            // q
	offFloatInv                          // 1/q, rounded
	offMagic                             // 3*2^51: a sum with it is rounded to an integer
	offTwo52PlusQ                        // 2^52 + q
	offTwo32                             // 2^32 modulo q, of least absolute value
	offLow                               // the word 2^32 - 1
)

// floats generates arithmetic modulo q < 2^50 on vectors of four doubles (AVX2 and FMA), as in van der Hoeven, Lecerf and
// Quintin, "Modular SIMD arithmetic in Mathemagix" (2016), section 3.3. Values are integers, of either sign; factors w are of
// least absolute value.
//
// A product xw of |x| <= 2^52 is h + l exactly, h rounded and l what a fused multiply-subtract leaves. With k the integer nearest
// to h/q as computed, h - kq is an integer below 2^53, so that a fused multiply-subtract gives it exactly, and so is the result
// h - kq + l. As |xw/q| <= 2^51, two roundings move the quotient by at most |x|/2^53, and the result is at most
// (1/2 + |x|/2^53) q. There is no zero of negative sign: differences of equal numbers are positive zeros.
type floats struct {
	c                 reg.Register
	q, inverse, magic reg.VecVirtual
}

// float is a vector with a bound on absolute values, in units of 2^50: the generator checks what is exact.
type float struct {
	v       reg.VecVirtual
	bound   float64
	residue bool // below q in absolute value
}

// maxFloat is the largest operand of products.
const maxFloat = 4

func broadcast4(c reg.Register, off int) reg.VecVirtual {
	y := YMM()
	VBROADCASTSD(Mem{Base: c, Disp: off}, y)
	return y
}

func load4(m Mem) reg.VecVirtual {
	y := YMM()
	VMOVUPD(m, y)
	return y
}

func (f *floats) load(c reg.Register) {
	f.c = c
	f.q, f.inverse, f.magic = broadcast4(c, offFloatQ), broadcast4(c, offFloatInv), broadcast4(c, offMagic)
}

// constant is a factor in the block of constants.
func (f *floats) constant(off int) reg.VecVirtual { return broadcast4(f.c, off) }

// quotient returns the integer nearest to x/q, as computed.
func (f *floats) quotient(x reg.VecVirtual) reg.VecVirtual {
	k := YMM()
	VMOVAPD(f.magic, k)
	VFMADD231PD(f.inverse, x, k)
	VSUBPD(f.magic, k, k)
	return k
}

// reduce brings x to at most q/2 and some units.
func (f *floats) reduce(x *float) {
	VFNMADD231PD(f.q, f.quotient(x.v), x.v)
	x.bound, x.residue = 0.5+1.0/1024, true
}

// limit reduces x where its bound is larger.
func (f *floats) limit(x *float, bound float64) {
	if x.bound > bound {
		f.reduce(x)
	}
}

// mul multiplies x by w; it is a residue for |x| <= 3.
func (f *floats) mul(x *float, w reg.VecVirtual) {
	if x.bound > maxFloat {
		panic(fmt.Sprintf("factor of %v*2^50", x.bound))
	}
	h := YMM()
	VMULPD(x.v, w, h)
	VFMSUB213PD(h, w, x.v)
	VFNMADD231PD(f.q, f.quotient(h), h)
	VADDPD(x.v, h, h)
	*x = float{h, 0.5 + x.bound/8 + 1.0/1024, x.bound <= 3}
}

// addSub returns x+y and x-y for the next products.
func (f *floats) addSub(x, y *float) {
	if x.bound+y.bound > maxFloat {
		if y.bound > x.bound {
			f.reduce(y)
		} else {
			f.reduce(x)
		}
	}
	if x.bound+y.bound > maxFloat {
		f.limit(x, 1)
		f.limit(y, 1)
	}
	bound := x.bound + y.bound
	d := YMM()
	VSUBPD(y.v, x.v, d)
	VADDPD(y.v, x.v, x.v)
	*x, *y = float{v: x.v, bound: bound}, float{v: d, bound: bound}
}

// sub takes y from x.
func (f *floats) sub(x *float, y float) {
	VSUBPD(y.v, x.v, x.v)
	x.bound, x.residue = x.bound+y.bound, false
}

// fromWord converts any words.
func (f *floats) fromWord(x reg.VecVirtual) float {
	two52, low := f.constant(offTwo52), YMM()
	VPAND(f.constant(offLow), x, low)
	VPOR(two52, low, low)
	VSUBPD(two52, low, low)
	VPSRLQ(Imm(32), x, x)
	VPOR(two52, x, x)
	VSUBPD(two52, x, x)
	high := float{v: x, bound: 1.0 / (1 << 18)}
	f.mul(&high, f.constant(offTwo32))
	VADDPD(low, high.v, high.v)
	return float{v: high.v, bound: high.bound + 1.0/(1<<18)}
}

// fromLazy converts words below 2q, less q.
func (f *floats) fromLazy(x reg.VecVirtual) float {
	VPOR(f.constant(offTwo52), x, x)
	VSUBPD(f.constant(offTwo52PlusQ), x, x)
	return float{v: x, bound: 1}
}

// toWord converts residues to words below q.
func (f *floats) toWord(x float) reg.VecVirtual {
	if !x.residue {
		panic(fmt.Sprintf("no residue, but %v*2^50", x.bound))
	}
	VADDPD(f.magic, x.v, x.v)
	VPSUBQ(f.magic, x.v, x.v)
	q := YMM()
	VPXOR(q, q, q)
	VPCMPGTQ(x.v, q, q)
	VPAND(f.constant(offQ), q, q)
	VPADDQ(q, x.v, x.v)
	return x.v
}

// transpose4 turns four vectors over their diagonal.
func transpose4(x []float) {
	var t [4]reg.VecVirtual
	bound := 0.0
	for i := range t {
		t[i] = YMM()
		bound = max(bound, x[i].bound)
	}
	VUNPCKLPD(x[1].v, x[0].v, t[0])
	VUNPCKHPD(x[1].v, x[0].v, t[1])
	VUNPCKLPD(x[3].v, x[2].v, t[2])
	VUNPCKHPD(x[3].v, x[2].v, t[3])
	const low, high = 0x20, 0x31 // halves of both sources
	for i := range 2 {
		x[i], x[2+i] = float{v: YMM(), bound: bound}, float{v: YMM(), bound: bound}
		VPERM2F128(Imm(low), t[2+i], t[i], x[i].v)
		VPERM2F128(Imm(high), t[2+i], t[i], x[2+i].v)
	}
}
