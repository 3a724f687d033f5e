package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Byte offsets in the block of constants that every kernel takes; package ring52 fills it
// (type constants, in the same order). A "companion" of w is floor(w*R/q) with R = 2^52 (IFMA) or
// 2^64 (DQ).
const (
	offQ       = 8 * iota // q
	offBound              // lazy bound B of a product: 2q (IFMA) or 4q (DQ)
	offTwoQ               // 2q
	offNegQ               // 2^52 - q
	offMask               // 2^52 - 1
	offZero               // 0
	offQInv               // q^-1 mod 2^52
	offNegQInv            // -q^-1 mod 2^52
	offOne                // 1
	offMu                 // floor(2^64/q), the companion of 1 to base 2^64
	offW                  // a factor: 1/n in transforms, 2^-12 mod q in mulAdd2
	_                     // its companion
	offFold               // the root of the conjugate-invariant fold
	_                     // its companion
	offReverse            // eight words 7..0: the permutation that reverses a vector
)

// What only narrow fields read, behind the eight words.
const (
	offBias = offReverse + 64 + 8*iota // multiples of q: see field
	_                                  // twice that, in inverse transforms
	_                                  // and four times
	offMu52                            // floor(2^52/q), the companion of 1 to base 2^52
)

// field generates arithmetic modulo q on vectors of eight words. Two exist. IFMA multiplies 52-bit
// words and serves q < 2^50; DQ multiplies 64-bit words with a high product that neglects the low
// halves' product and serves q < 2^61. Both keep values lazily: products lie in [0,B), operands of
// the forward butterfly in [0,2B), of the inverse one in [0,B).
//
// A narrow IFMA field has room for a whole transform without reductions: 2^52 is more than 64q and than q times four for each
// stage and eight. Values are what the lower 52 bits of words say, whatever the others hold: products are not
// masked. In forward transforms a bias of 2q for each stage keeps values from falling below zero, as products lie in [0,2q) and
// are added and taken away. In inverse ones operands of a pass lie in [0,8q), those of its second and third stages in [0,16q) and
// [0,32q), and their differences are biased by as much; then its first row alone needs a reduction.
type field struct {
	name         string
	ifma, narrow bool

	c                               reg.Register // constants
	q, bound, negQ, mask, zero, inv reg.VecVirtual
	bias                            [3]reg.VecVirtual
}

func broadcast(c reg.Register, off int) reg.VecVirtual {
	z := ZMM()
	VPBROADCASTQ(Mem{Base: c, Disp: off}, z)
	return z
}

func load(m Mem) reg.VecVirtual {
	z := ZMM()
	VMOVDQU64(m, z)
	return z
}

// load keeps the constants that butterflies need in registers.
func (f *field) load(c reg.Register) {
	f.c = c
	if f.narrow {
		for i := range f.bias {
			f.bias[i] = broadcast(c, offBias+8*i)
		}
	} else {
		f.bound = broadcast(c, offBound)
	}
	if f.ifma {
		f.zero = broadcast(c, offZero)
		f.negQ = broadcast(c, offNegQ)
		f.mask = broadcast(c, offMask)
	} else {
		f.q = broadcast(c, offQ)
	}
}

// loadTail keeps what Montgomery products need besides.
func (f *field) loadTail(c reg.Register) {
	f.load(c)
	if f.ifma {
		f.q = broadcast(c, offQ)
		f.inv = broadcast(c, offQInv)
	}
}

// twiddle is a factor in memory: one for all lanes or one per lane, with its companion, or
// (per lane, IFMA only) in Montgomery form to base 2^52 without one.
type twiddle struct {
	w, companion Mem
	broadcast    bool
	montgomery   bool
}

// scalar is the i-th factor of a table of pairs.
func scalar(table reg.Register, i int) twiddle {
	return twiddle{w: Mem{Base: table, Disp: 16 * i}, companion: Mem{Base: table, Disp: 16*i + 8}, broadcast: true}
}

// constant is a factor in the block of constants, followed by its companion.
func (f *field) constant(off int) twiddle {
	return twiddle{w: Mem{Base: f.c, Disp: off}, companion: Mem{Base: f.c, Disp: off + 8}, broadcast: true}
}

// mul returns x*w mod q in [0,B), for any x below 2^52 (IFMA) or 2^64 (DQ); if narrow, in its lower bits.
func (f *field) mul(x reg.VecVirtual, t twiddle) reg.VecVirtual {
	switch {
	case t.montgomery:
		return f.mulMontgomery(x, t.w)
	case f.ifma:
		return f.mulIFMA(x, t)
	default:
		return f.mulDQ(x, t)
	}
}

// mulMontgomery returns floor(xw/2^52) + q - floor(mq/2^52), m = xw/q mod 2^52: the low halves cancel.
func (f *field) mulMontgomery(x reg.VecVirtual, w Mem) reg.VecVirtual {
	hi, lo, m, h := ZMM(), ZMM(), ZMM(), ZMM()
	VMOVDQA64(f.q, hi)
	VMOVDQA64(f.zero, lo)
	VMOVDQA64(f.zero, m)
	VMOVDQA64(f.zero, h)
	VPMADD52LUQ(w, x, lo)
	VPMADD52HUQ(w, x, hi)
	VPMADD52LUQ(f.inv, lo, m)
	VPMADD52HUQ(f.q, m, h)
	VPSUBQ(h, hi, hi)
	return hi
}

// mulIFMA is Shoup's product: xw - floor(x*companion/2^52)*q, computed modulo 2^52.
func (f *field) mulIFMA(x reg.VecVirtual, t twiddle) reg.VecVirtual {
	hi, lo := ZMM(), ZMM()
	VMOVDQA64(f.zero, hi)
	VMOVDQA64(f.zero, lo)
	if t.broadcast {
		VPMADD52HUQ_BCST(t.companion, x, hi)
		VPMADD52LUQ_BCST(t.w, x, lo)
	} else {
		VPMADD52HUQ(t.companion, x, hi)
		VPMADD52LUQ(t.w, x, lo)
	}
	VPMADD52LUQ(f.negQ, hi, lo)
	if !f.narrow {
		VPANDQ(f.mask, lo, lo)
	}
	return lo
}

// mulDQ is Shoup's product modulo 2^64. It reads four bytes past the companion. The high product leaves out low*low and the carries of the
// middle products, so the quotient may fall short by two more: hence B = 4q.
func (f *field) mulDQ(x reg.VecVirtual, t twiddle) reg.VecVirtual {
	xh, a, b, c, lo := ZMM(), ZMM(), ZMM(), ZMM(), ZMM()
	high := t.companion
	high.Disp += 4
	VPSRLQ(Imm(32), x, xh)
	if t.broadcast {
		VPMULUDQ_BCST(high, xh, a)
		VPMULUDQ_BCST(t.companion, xh, b)
		VPMULUDQ_BCST(high, x, c)
		VPMULLQ_BCST(t.w, x, lo)
	} else {
		VPMULUDQ(high, xh, a)
		VPMULUDQ(t.companion, xh, b)
		VPMULUDQ(high, x, c)
		VPMULLQ(t.w, x, lo)
	}
	VPSRLQ(Imm(32), b, b)
	VPSRLQ(Imm(32), c, c)
	VPADDQ(b, a, a)
	VPADDQ(c, a, a)
	VPMULLQ(f.q, a, a)
	VPSUBQ(a, lo, lo)
	return lo
}

// conditionalSub takes m from x where x >= m: otherwise the difference wraps and is the larger.
func conditionalSub(m, x reg.VecVirtual) {
	t := ZMM()
	VPSUBQ(m, x, t)
	VPMINUQ(t, x, x)
}

// reduceBound brings x from [0,2B) to [0,B).
func (f *field) reduceBound(x reg.VecVirtual) { conditionalSub(f.bound, x) }

// reduceNarrow brings the lower bits of x to [0,2q).
func (f *field) reduceNarrow(x reg.VecVirtual) {
	quotient := ZMM()
	VMOVDQA64(f.zero, quotient)
	VPMADD52HUQ_BCST(Mem{Base: f.c, Disp: offMu52}, x, quotient)
	VPMADD52LUQ(f.negQ, quotient, x)
}

// reduce brings x from [0,2B), or any lower bits, to [0,q).
func (f *field) reduce(x reg.VecVirtual) {
	if f.narrow {
		f.reduceNarrow(x)
	} else {
		f.reduceBound(x)
	}
	f.reduceFull(x)
}

// reduceFull brings x from [0,B) or, if narrow, its lower bits from [0,2q) to [0,q).
func (f *field) reduceFull(x reg.VecVirtual) {
	switch {
	case f.narrow:
		VPANDQ(f.mask, x, x)
	case !f.ifma:
		conditionalSub(broadcast(f.c, offTwoQ), x)
	}
	conditionalSub(broadcast(f.c, offQ), x)
}

// reduceWord brings any word to [0,2B): Barrett's quotient of the upper 52 bits, short by less than 3
// (IFMA, as q > 2^12), or a product by one (DQ).
func (f *field) reduceWord(x reg.VecVirtual) {
	if !f.ifma {
		VMOVDQA64(f.mul(x, f.constant(offOne)), x)
		return
	}
	upper, quotient := ZMM(), ZMM()
	VPSRLQ(Imm(12), x, upper)
	VMOVDQA64(f.zero, quotient)
	VPMADD52HUQ_BCST(Mem{Base: f.c, Disp: offMu}, upper, quotient)
	VPMADD52LUQ(f.negQ, quotient, x)
	if !f.narrow {
		VPANDQ(f.mask, x, x)
	}
}
