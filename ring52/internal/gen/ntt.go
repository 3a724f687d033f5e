package main

import (
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// forwardButterfly is Harvey's (2014, algorithm 4): x, y < 2B become x+yw, x-yw, again < 2B.
// Narrow fields need neither the reduction nor the bound.
func (f *field) forwardButterfly(x, y *reg.VecVirtual, t twiddle) {
	v, d := reg.VecVirtual(nil), ZMM()
	if f.narrow {
		v = f.mul(*y, t)
		VPSUBQ(v, *x, d)
	} else {
		f.reduceBound(*x)
		v = f.mul(*y, t)
		VPADDQ(f.bound, *x, d)
		VPSUBQ(v, d, d)
	}
	VPADDQ(v, *x, *x)
	*y = d
}

// inverseButterfly is Harvey's (2014, algorithm 3): x, y < B become x+y, (x-y)w, again < B. Narrow fields bias by the stage
// within the pass and do not reduce the sum.
func (f *field) inverseButterfly(x, y *reg.VecVirtual, stage int, t twiddle) {
	d := f.difference(*x, *y, stage)
	VPADDQ(*y, *x, *x)
	if !f.narrow {
		f.reduceBound(*x)
	}
	*y = f.mul(d, t)
}

// difference returns x-y, not below zero.
func (f *field) difference(x, y reg.VecVirtual, stage int) reg.VecVirtual {
	d := ZMM()
	if f.narrow {
		VPADDQ(f.bias[stage], x, d)
	} else {
		VPADDQ(f.bound, x, d)
	}
	VPSUBQ(y, d, d)
	return d
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
	for stage := range 3 {
		f.forwardStage(x, stage, t)
	}
}

// forwardStage is one stage of forward8.
func (f *field) forwardStage(x []reg.VecVirtual, stage int, t func(int) twiddle) {
	butterflies(stage, func(i, j, root int) { f.forwardButterfly(&x[i], &x[j], t(root)) })
}

// butterflies calls do for those of one of three stages on eight rows, counted from the outer one, with their roots.
func butterflies(stage int, do func(i, j, root int)) {
	half := 4 >> stage
	for i := range 8 {
		if i&half == 0 {
			do(i, i+half, 1<<stage-1+i/(2*half))
		}
	}
}

func inverse4(f *field, x []reg.VecVirtual, t func(int) twiddle) {
	f.inverseButterfly(&x[0], &x[1], 0, t(1))
	f.inverseButterfly(&x[2], &x[3], 0, t(2))
	f.inverseButterfly(&x[0], &x[2], 1, t(0))
	f.inverseButterfly(&x[1], &x[3], 1, t(0))
	f.settle(x)
}

func inverse8(f *field, x []reg.VecVirtual, t func(int) twiddle) {
	for stage := range 3 {
		f.inverseStage(x, stage, t)
	}
}

// inverseStage is one stage of inverse8, counted from the inner one.
func (f *field) inverseStage(x []reg.VecVirtual, stage int, t func(int) twiddle) {
	butterflies(2-stage, func(i, j, root int) { f.inverseButterfly(&x[i], &x[j], stage, t(root)) })
	if stage == 2 {
		f.settle(x)
	}
}

// settle ends a pass of an inverse transform: rows but the first have narrow values below 8q already.
func (f *field) settle(x []reg.VecVirtual) {
	if f.narrow {
		f.reduceNarrow(x[0])
	}
}

// forwardFirst is forward8 on any words at all.
func forwardFirst(f *field, x []reg.VecVirtual, t func(int) twiddle) {
	for i := range x {
		if f.ifma || i < 4 { // DQ multiplies any word, so needs only the sums' operands small
			f.reduceWord(x[i])
		}
		if f.narrow && i < 4 {
			VPADDQ(f.bias[0], x[i], x[i])
		}
	}
	forward8(f, x, t)
}

// inverseOuter is inverse8 with the outer stage multiplied by 1/n, whose root t(0) holds it already: to products.
func inverseOuter(f *field, x []reg.VecVirtual, t func(int) twiddle) {
	for stage := range 2 {
		f.inverseStage(x, stage, t)
	}
	for i := range 4 {
		sum, diff := ZMM(), f.difference(x[i], x[i+4], 2)
		VPADDQ(x[i+4], x[i], sum)
		x[i], x[i+4] = f.mul(sum, f.constant(offW)), f.mul(diff, t(0))
	}
}

// inverseLast is inverseOuter with full reduction.
func inverseLast(f *field, x []reg.VecVirtual, t func(int) twiddle) {
	inverseOuter(f, x, t)
	for i := range x {
		f.reduceFull(x[i])
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

// together is how many blocks a tail has in registers: one alone would wait for its own products.
const together = 2

// tail generates the six stages within blocks of 64 words: three across vectors with a factor for
// all lanes, and, after a transposition, three more with a factor per lane. A block's table holds
// seven pairs, two words of padding, and seven vectors (IFMA, Montgomery form) or pairs of vectors.
// The number of blocks must be even.
func (f *field) tail(name string, steps ...func(x []reg.VecVirtual, pairs, lanes func(int) twiddle)) {
	TEXT(name+f.name, NOSPLIT, "func(dst, src, table *uint64, blocks uint64, c *uint64)")
	Pragma("noescape")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	table, blocks := Load(Param("table"), GP64()), Load(Param("blocks"), GP64())
	f.loadTail(Load(Param("c"), GP64()))
	size, vector := 128+7*128, 128
	if f.ifma {
		size, vector = 128+7*64, 64
	}
	Label("loop")
	var x [together][8]reg.VecVirtual
	for b := range x {
		for k := range x[b] {
			x[b][k] = load(Mem{Base: src, Disp: 512*b + 64*k})
		}
	}
	for _, step := range steps {
		for b := range x {
			step(x[b][:], func(i int) twiddle {
				return twiddle{w: Mem{Base: table, Disp: size*b + 16*i}, companion: Mem{Base: table, Disp: size*b + 16*i + 8}, broadcast: true}
			}, func(i int) twiddle {
				at := size*b + 128 + vector*i
				return twiddle{w: Mem{Base: table, Disp: at}, companion: Mem{Base: table, Disp: at + 64}, montgomery: f.ifma}
			})
		}
	}
	for b := range x {
		for k := range x[b] {
			VMOVDQU64(x[b][k], Mem{Base: dst, Disp: 512*b + 64*k})
		}
	}
	ADDQ(U32(512*together), src)
	ADDQ(U32(512*together), dst)
	ADDQ(U32(size*together), table)
	SUBQ(U8(together), blocks)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

type step = func(x []reg.VecVirtual, pairs, lanes func(int) twiddle)

// forwardTail ends the forward transform: its results are fully reduced.
func (f *field) forwardTail() {
	var outer, inner []step
	for s := range 3 {
		outer = append(outer, func(x []reg.VecVirtual, pairs, _ func(int) twiddle) { f.forwardStage(x, s, pairs) })
		inner = append(inner, func(x []reg.VecVirtual, _, lanes func(int) twiddle) { f.forwardStage(x, s, lanes) })
	}
	reduce := func(x []reg.VecVirtual, _, _ func(int) twiddle) {
		for k := range x {
			f.reduce(x[k])
		}
	}
	f.tail("forwardTail", slices.Concat(outer, []step{turn}, inner, []step{reduce, turn})...)
}

// inverseTail begins the inverse transform, on words below B.
func (f *field) inverseTail() {
	var outer, inner []step
	for s := range 3 {
		inner = append(inner, func(x []reg.VecVirtual, _, lanes func(int) twiddle) { f.inverseStage(x, s, lanes) })
		outer = append(outer, func(x []reg.VecVirtual, pairs, _ func(int) twiddle) { f.inverseStage(x, s, pairs) })
	}
	f.tail("inverseTail", slices.Concat([]step{turn}, inner, []step{turn}, outer)...)
}

func turn(x []reg.VecVirtual, _, _ func(int) twiddle) { transpose(x) }

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
