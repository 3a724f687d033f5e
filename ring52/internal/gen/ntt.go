package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// forwardButterfly is Harvey's (2014, algorithm 4): x, y < 2B become x+yw, x-yw, again < 2B.
func (f *field) forwardButterfly(x, y *reg.VecVirtual, t twiddle) {
	f.reduceBound(*x)
	v := f.mul(*y, t)
	d := ZMM()
	VPADDQ(f.bound, *x, d)
	VPSUBQ(v, d, d)
	VPADDQ(v, *x, *x)
	*y = d
}

// inverseButterfly is Harvey's (2014, algorithm 3): x, y < B become x+y, (x-y)w, again < B.
func (f *field) inverseButterfly(x, y *reg.VecVirtual, t twiddle) {
	d := ZMM()
	VPADDQ(f.bound, *x, d)
	VPSUBQ(*y, d, d)
	VPADDQ(*y, *x, *x)
	f.reduceBound(*x)
	*y = f.mul(d, t)
}

// network is some stages of a transform on vectors; t numbers their roots from the outer stage.
type network func(f *field, x []reg.VecVirtual, t func(int) twiddle)

func forward4(f *field, x []reg.VecVirtual, t func(int) twiddle) {
	f.forwardButterfly(&x[0], &x[2], t(0))
	f.forwardButterfly(&x[1], &x[3], t(0))
	f.forwardButterfly(&x[0], &x[1], t(1))
	f.forwardButterfly(&x[2], &x[3], t(2))
}

func forward8(f *field, x []reg.VecVirtual, t func(int) twiddle) {
	for i := range 4 {
		f.forwardButterfly(&x[i], &x[i+4], t(0))
	}
	for i := range 2 {
		forwardInner(f, x[4*i:], t, i)
	}
}

// forwardInner is one half of the two inner stages of forward8.
func forwardInner(f *field, x []reg.VecVirtual, t func(int) twiddle, half int) {
	f.forwardButterfly(&x[0], &x[2], t(1+half))
	f.forwardButterfly(&x[1], &x[3], t(1+half))
	f.forwardButterfly(&x[0], &x[1], t(3+2*half))
	f.forwardButterfly(&x[2], &x[3], t(4+2*half))
}

func inverse4(f *field, x []reg.VecVirtual, t func(int) twiddle) {
	f.inverseButterfly(&x[0], &x[1], t(1))
	f.inverseButterfly(&x[2], &x[3], t(2))
	f.inverseButterfly(&x[0], &x[2], t(0))
	f.inverseButterfly(&x[1], &x[3], t(0))
}

func inverse8(f *field, x []reg.VecVirtual, t func(int) twiddle) {
	inverseInner(f, x, t)
	for i := range 4 {
		f.inverseButterfly(&x[i], &x[i+4], t(0))
	}
}

// inverseInner is the two inner stages of inverse8.
func inverseInner(f *field, x []reg.VecVirtual, t func(int) twiddle) {
	for i := range 4 {
		f.inverseButterfly(&x[2*i], &x[2*i+1], t(3+i))
	}
	for i := range 2 {
		f.inverseButterfly(&x[4*i], &x[4*i+2], t(1+i))
		f.inverseButterfly(&x[4*i+1], &x[4*i+3], t(1+i))
	}
}

// forwardFirst is forward8 on any words at all.
func forwardFirst(f *field, x []reg.VecVirtual, t func(int) twiddle) {
	for i := range x {
		if f.ifma || i < 4 { // DQ multiplies any word, so needs only the sums' operands small
			f.reduceWord(x[i])
		}
	}
	forward8(f, x, t)
}

// inverseLast is inverse8 with the outer stage multiplied by 1/n, whose root t(0) holds it already,
// and full reduction.
func inverseLast(f *field, x []reg.VecVirtual, t func(int) twiddle) {
	inverseInner(f, x, t)
	for i := range 4 {
		sum, diff := ZMM(), ZMM()
		VPADDQ(x[i+4], x[i], sum)
		VPADDQ(f.bound, x[i], diff)
		VPSUBQ(x[i+4], diff, diff)
		x[i] = f.mul(sum, f.constant(offW))
		f.reduceFull(x[i])
		x[i+4] = f.mul(diff, t(0))
		f.reduceFull(x[i+4])
	}
}

func (f *field) first() { f.pass("forwardFirst", forwardFirst, 8) }
func (f *field) last()  { f.pass("inverseLast", inverseLast, 8) }

// pass generates a walk of a network over memory: groups of radix rows, stride bytes apart, one set
// of roots per group.
func (f *field) pass(name string, apply network, radix int) {
	TEXT(name+f.name, NOSPLIT, "func(dst, src, table *uint64, groups, stride uint64, c *uint64)")
	Pragma("noescape")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	table, groups := Load(Param("table"), GP64()), Load(Param("groups"), GP64())
	stride := Load(Param("stride"), GP64())
	f.load(Load(Param("c"), GP64()))
	row, past := rows(stride, radix)

	delta := GP64() // from dst to src
	MOVQ(src, delta)
	SUBQ(dst, delta)
	Label("group")
	n := GP64()
	MOVQ(stride, n)
	SHRQ(Imm(6), n)
	Label("inner")
	from := GP64()
	LEAQ(Mem{Base: dst, Index: delta, Scale: 1}, from)
	x := make([]reg.VecVirtual, radix)
	for k := range x {
		x[k] = load(row(from, k))
	}
	apply(f, x, func(i int) twiddle { return scalar(table, i) })
	for k := range x {
		VMOVDQU64(x[k], row(dst, k))
	}
	ADDQ(U8(64), dst)
	DECQ(n)
	JNZ(LabelRef("inner"))
	ADDQ(past, dst) // dst has advanced by one stride already
	ADDQ(U32(16*radix), table)
	DECQ(groups)
	JNZ(LabelRef("group"))
	VZEROUPPER()
	RET()
}

// rows returns the address of row k, and a register that holds radix-1 strides.
func rows(stride reg.Register, radix int) (row func(base reg.Register, k int) Mem, past reg.Register) {
	s3, s5, s7 := GP64(), GP64(), GP64()
	LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, s3)
	past = s3
	if radix == 8 {
		LEAQ(Mem{Base: stride, Index: stride, Scale: 4}, s5)
		LEAQ(Mem{Base: s3, Index: stride, Scale: 4}, s7)
		past = s7
	}
	return func(base reg.Register, k int) Mem {
		return []Mem{
			{Base: base},
			{Base: base, Index: stride, Scale: 1},
			{Base: base, Index: stride, Scale: 2},
			{Base: base, Index: s3, Scale: 1},
			{Base: base, Index: stride, Scale: 4},
			{Base: base, Index: s5, Scale: 1},
			{Base: base, Index: s3, Scale: 2},
			{Base: base, Index: s7, Scale: 1},
		}[k]
	}, past
}

// tail generates the six stages within blocks of 64 words: three across vectors with a factor for
// all lanes, and, after a transposition, three more with a factor per lane. A block's table holds
// seven pairs, two words of padding, and seven vectors (IFMA, Montgomery form) or pairs of vectors.
func (f *field) tail(name string, body func(x []reg.VecVirtual, pairs, lanes func(int) twiddle)) {
	TEXT(name+f.name, NOSPLIT, "func(dst, src, table *uint64, blocks uint64, c *uint64)")
	Pragma("noescape")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	table, blocks := Load(Param("table"), GP64()), Load(Param("blocks"), GP64())
	f.loadTail(Load(Param("c"), GP64()))
	Label("loop")
	x := make([]reg.VecVirtual, 8)
	for k := range x {
		x[k] = load(Mem{Base: src, Disp: 64 * k})
	}
	size := 128 + 7*128
	lanes := func(i int) twiddle {
		return twiddle{w: Mem{Base: table, Disp: 128 + 128*i}, companion: Mem{Base: table, Disp: 192 + 128*i}}
	}
	if f.ifma {
		size = 128 + 7*64
		lanes = func(i int) twiddle {
			return twiddle{w: Mem{Base: table, Disp: 128 + 64*i}, montgomery: true}
		}
	}
	body(x, func(i int) twiddle { return scalar(table, i) }, lanes)
	for k := range x {
		VMOVDQU64(x[k], Mem{Base: dst, Disp: 64 * k})
	}
	ADDQ(U32(512), src)
	ADDQ(U32(512), dst)
	ADDQ(U32(size), table)
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// forwardTail ends the forward transform: its results are fully reduced.
func (f *field) forwardTail() {
	f.tail("forwardTail", func(x []reg.VecVirtual, pairs, lanes func(int) twiddle) {
		forward8(f, x, pairs)
		transpose(x)
		forward8(f, x, lanes)
		for k := range x {
			f.reduceBound(x[k])
			f.reduceFull(x[k])
		}
		transpose(x)
	})
}

// inverseTail begins the inverse transform, on words below B.
func (f *field) inverseTail() {
	f.tail("inverseTail", func(x []reg.VecVirtual, pairs, lanes func(int) twiddle) {
		transpose(x)
		inverse8(f, x, lanes)
		transpose(x)
		inverse8(f, x, pairs)
	})
}

// transpose turns eight vectors of eight words over their diagonal.
func transpose(x []reg.VecVirtual) {
	var t [8]reg.VecVirtual
	for i := 0; i < 8; i += 2 {
		t[i], t[i+1] = ZMM(), ZMM()
		VPUNPCKLQDQ(x[i+1], x[i], t[i])
		VPUNPCKHQDQ(x[i+1], x[i], t[i+1])
	}
	const even, odd = 0x88, 0xDD // 128-bit lanes 0, 2 or 1, 3 of both sources
	for h := range 2 {
		u0, u1, v0, v1 := ZMM(), ZMM(), ZMM(), ZMM()
		VSHUFI64X2(Imm(even), t[2+h], t[h], u0)
		VSHUFI64X2(Imm(odd), t[2+h], t[h], u1)
		VSHUFI64X2(Imm(even), t[6+h], t[4+h], v0)
		VSHUFI64X2(Imm(odd), t[6+h], t[4+h], v1)
		for k := range 4 {
			x[2*k+h] = ZMM()
		}
		VSHUFI64X2(Imm(even), v0, u0, x[h])
		VSHUFI64X2(Imm(odd), v0, u0, x[4+h])
		VSHUFI64X2(Imm(even), v1, u1, x[2+h])
		VSHUFI64X2(Imm(odd), v1, u1, x[6+h])
	}
}

// fold generates the map between Z[X+1/X] and the transform's input: with the root F,
// (x_j, x_n-j) becomes (x_j - F x_n-j, x_n-j - F x_j) for 0 < j <= n/2. The last vectors of both
// ends share the word n/2. The forward map takes any words and gives words below 2B; the inverse
// one (name unfold) takes reduced words and gives such.
func (f *field) fold(inverse bool) {
	name := "fold"
	if inverse {
		name = "unfold"
	}
	TEXT(name+f.name, NOSPLIT, "func(dst, src *uint64, n uint64, c *uint64)")
	Pragma("noescape")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	n := Load(Param("n"), GP64())
	f.load(Load(Param("c"), GP64()))
	reverse := load(Mem{Base: f.c, Disp: offReverse})
	low, high := GP64(), GP64() // byte offsets of words j..j+7 and n-j-7..n-j
	MOVQ(U64(8), low)
	LEAQ(Mem{Base: low, Index: n, Scale: 8, Disp: -72}, high)
	SHRQ(Imm(4), n)
	Label("loop")
	a, b := load(Mem{Base: src, Index: low, Scale: 1}), ZMM()
	VPERMQ(Mem{Base: src, Index: high, Scale: 1}, reverse, b)
	if !inverse {
		for _, x := range []reg.VecVirtual{a, b} {
			f.reduceWord(x)
			f.reduceBound(x)
		}
	}
	fa, fb := f.mul(a, f.constant(offFold)), f.mul(b, f.constant(offFold))
	VPADDQ(f.bound, a, a)
	VPADDQ(f.bound, b, b)
	VPSUBQ(fb, a, a)
	VPSUBQ(fa, b, b)
	if inverse {
		for _, x := range []reg.VecVirtual{a, b} {
			f.reduceBound(x)
			f.reduceFull(x)
		}
	}
	VPERMQ(b, reverse, b)
	VMOVDQU64(a, Mem{Base: dst, Index: low, Scale: 1})
	VMOVDQU64(b, Mem{Base: dst, Index: high, Scale: 1})
	ADDQ(U8(64), low)
	SUBQ(U8(64), high)
	DECQ(n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
