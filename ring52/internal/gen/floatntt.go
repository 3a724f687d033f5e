package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Between passes rows hold doubles: of any bound that addSub leaves on the way forth, of at most 1 on the way back.

// floatNetwork is some stages of a transform on vectors; t gives their roots, numbered from the outer stage.
type floatNetwork func(f *floats, x []float, t func(int) reg.VecVirtual)

// floatButterflies calls do for those of a stage, counted from the outer one, with their roots.
func floatButterflies(x []float, stage int, do func(x, y *float, root int)) {
	half := len(x) / 2 >> stage
	for i := range x {
		if i&half == 0 {
			do(&x[i], &x[i+half], 1<<stage-1+i/(2*half))
		}
	}
}

// floatStages is how many stages there are on as many vectors, four or eight.
func floatStages(x []float) int { return 1 + len(x)/4 }

func floatForward(f *floats, x []float, t func(int) reg.VecVirtual) {
	for stage := range floatStages(x) {
		floatButterflies(x, stage, func(x, y *float, root int) {
			f.mul(y, t(root))
			f.addSub(x, y)
		})
	}
}

func floatInverse(f *floats, x []float, t func(int) reg.VecVirtual) {
	for stage := floatStages(x) - 1; stage >= 0; stage-- {
		floatButterflies(x, stage, func(x, y *float, root int) {
			f.addSub(x, y)
			f.mul(y, t(root))
		})
	}
	for i := range x {
		f.limit(&x[i], 1)
	}
}

// floatFirst is floatForward on any words.
func floatFirst(f *floats, x []float, t func(int) reg.VecVirtual) {
	for i := range x {
		x[i] = f.fromWord(x[i].v)
	}
	floatForward(f, x, t)
}

// floatOuter is floatInverse with the outer stage multiplied by 1/n, whose root t(0) holds it already: to residues.
func floatOuter(f *floats, x []float, t func(int) reg.VecVirtual) {
	for stage := 2; stage >= 0; stage-- {
		floatButterflies(x, stage, func(x, y *float, root int) {
			f.addSub(x, y)
			if stage == 0 {
				f.limit(x, 3)
				f.limit(y, 3)
				f.mul(x, f.constant(offW))
			}
			f.mul(y, t(root))
		})
	}
}

// floatLast is floatOuter to words.
func floatLast(f *floats, x []float, t func(int) reg.VecVirtual) {
	floatOuter(f, x, t)
	for i := range x {
		x[i].v = f.toWord(x[i])
	}
}

// pass is that of a field, on rows that hold floats of a bound.
func (f *floats) pass(name string, apply floatNetwork, radix int, bound float64) {
	TEXT(name+"FMA", NOSPLIT, "func(dst, src, table *uint64, groups, stride uint64, c *uint64)")
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
	SHRQ(Imm(5), n)
	Label("inner")
	from := GP64()
	LEAQ(Mem{Base: dst, Index: delta, Scale: 1}, from)
	x := make([]float, radix)
	for k := range x {
		x[k] = float{v: load4(row(from, k)), bound: bound}
	}
	apply(f, x, func(i int) reg.VecVirtual { return broadcast4(table, 16*i) })
	for k := range x {
		VMOVUPD(x[k].v, row(dst, k))
	}
	ADDQ(U8(32), dst)
	DECQ(n)
	JNZ(LabelRef("inner"))
	ADDQ(past, dst) // dst has advanced by one stride already
	ADDQ(U32(16*radix), table)
	DECQ(groups)
	JNZ(LabelRef("group"))
	VZEROUPPER()
	RET()
}

// tail generates the four stages within blocks of 16 words, as that of a field does six. A block's table holds three pairs,
// one of padding, and three vectors.
func (f *floats) tail(name string, body func(x []float, pairs, lanes func(int) reg.VecVirtual)) {
	TEXT(name+"FMA", NOSPLIT, "func(dst, src, table *uint64, blocks uint64, c *uint64)")
	Pragma("noescape")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	table, blocks := Load(Param("table"), GP64()), Load(Param("blocks"), GP64())
	f.load(Load(Param("c"), GP64()))
	Label("loop")
	x := make([]float, 4)
	for k := range x {
		x[k] = float{v: load4(Mem{Base: src, Disp: 32 * k}), bound: maxFloat}
	}
	body(x,
		func(i int) reg.VecVirtual { return broadcast4(table, 16*i) },
		func(i int) reg.VecVirtual { return load4(Mem{Base: table, Disp: 64 + 32*i}) })
	for k := range x {
		VMOVUPD(x[k].v, Mem{Base: dst, Disp: 32 * k})
	}
	ADDQ(U32(128), src)
	ADDQ(U32(128), dst)
	ADDQ(U32(64+3*32), table)
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// tails ends the forward transform, to reduced words, and begins the inverse one, on words below 2q.
func (f *floats) tails() {
	f.tail("forwardTail", func(x []float, pairs, lanes func(int) reg.VecVirtual) {
		floatForward(f, x, pairs)
		transpose4(x)
		floatForward(f, x, lanes)
		for k := range x {
			f.reduce(&x[k])
			x[k].v = f.toWord(x[k])
		}
		transpose4(x)
	})
	f.tail("inverseTail", func(x []float, pairs, lanes func(int) reg.VecVirtual) {
		for k := range x {
			x[k] = f.fromLazy(x[k].v)
		}
		transpose4(x)
		floatInverse(f, x, lanes)
		transpose4(x)
		floatInverse(f, x, pairs)
	})
}
