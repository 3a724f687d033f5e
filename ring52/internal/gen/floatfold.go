package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// floatFolder is a folder in doubles. Sixteen rows do not fit the registers, so they go through the stack.
type floatFolder struct {
	*floats
	table   reg.Register
	row     func(base reg.Register, k int) Mem
	rows    Mem // on the stack
	inverse bool
}

// foldPass generates the forward pass, on any words, or the inverse one, to reduced words.
func (f *floats) foldPass(inverse bool) {
	name := "forwardFold"
	if inverse {
		name = "inverseFold"
	}
	TEXT(name+"FMA", NOSPLIT, "func(dst, src, table *uint64, groups, stride uint64, c *uint64)")
	Pragma("noescape")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	stride := Load(Param("stride"), GP64())
	g := floatFolder{floats: f, table: Load(Param("table"), GP64()), rows: AllocLocal(16 * 32), inverse: inverse}
	f.load(Load(Param("c"), GP64()))
	g.row, _ = rows(stride, 8)
	g.first(src, dst)

	delta, high, n := GP64(), GP64(), GP64() // from dst to src; of dst, with its last columns
	MOVQ(src, delta)
	SUBQ(dst, delta)
	LEAQ(Mem{Base: dst, Index: stride, Scale: 1, Disp: -32}, high)
	ADDQ(U8(8), dst)
	MOVQ(stride, n)
	SHRQ(Imm(6), n)
	Label("loop")
	g.columns(dst, high, delta)
	ADDQ(U8(32), dst)
	SUBQ(U8(32), high)
	DECQ(n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

func (g floatFolder) root(i int) reg.VecVirtual { return broadcast4(g.table, 16*i) }

// spilled is row k on the stack, of the low columns; those of the high ones follow.
func (g floatFolder) spilled(k int) Mem { return g.rows.Offset(32 * k) }

// network runs the butterflies on eight rows and hands them to store.
func (g floatFolder) network(load func(k int) reg.VecVirtual, store func(k int, x float)) {
	x := make([]float, 8)
	for k := range x {
		x[k] = float{v: load(k), bound: 1}
	}
	if g.inverse {
		floatOuter(g.floats, x, g.root)
	} else {
		for k := range x {
			x[k].bound = maxFloat
		}
		floatForward(g.floats, x, g.root)
	}
	for k := range x {
		store(k, x[k])
	}
}

// columns does four columns from low on and as many from high on.
func (g floatFolder) columns(low, high, delta reg.Register) {
	from := []reg.Register{GP64(), GP64()}
	to := []reg.Register{low, high}
	for i := range from {
		LEAQ(Mem{Base: to[i], Index: delta, Scale: 1}, from[i])
	}
	if g.inverse {
		for i := range from {
			g.network(func(k int) reg.VecVirtual { return load4(g.row(from[i], k)) },
				func(k int, x float) { VMOVUPD(x.v, g.spilled(8*i+k)) })
		}
		for k := range 8 {
			x, y := g.pair(load4(g.spilled(k)), load4(g.spilled(15-k)), true)
			VMOVUPD(x.v, g.row(low, k))
			VMOVUPD(y.v, g.row(high, 7-k))
		}
		return
	}
	for k := range 8 {
		x, y := g.pair(load4(g.row(from[0], k)), load4(g.row(from[1], 7-k)), true)
		VMOVUPD(x.v, g.spilled(k))
		VMOVUPD(y.v, g.spilled(15-k))
	}
	for i := range to {
		g.network(func(k int) reg.VecVirtual { return load4(g.spilled(8*i + k)) },
			func(k int, x float) { VMOVUPD(x.v, g.row(to[i], k)) })
	}
}

// pair folds two vectors of which one may be backwards.
func (g floatFolder) pair(xv, yv reg.VecVirtual, reverse bool) (x, y float) {
	x, y = g.enter(xv), g.enter(yv)
	fx, fy := g.folded(x, reverse), g.folded(y, reverse)
	g.sub(&x, fy)
	g.sub(&y, fx)
	return g.leave(x), g.leave(y)
}

// folded returns F x.
func (g floatFolder) folded(x float, reverse bool) float {
	fx := float{v: YMM(), bound: x.bound}
	VMOVAPD(x.v, fx.v)
	g.mul(&fx, g.constant(offFold))
	if reverse {
		const backwards = 0x1B
		VPERMPD(Imm(backwards), fx.v, fx.v)
	}
	return fx
}

// enter takes words of a forward pass, or residues.
func (g floatFolder) enter(x reg.VecVirtual) float {
	if g.inverse {
		return float{v: x, bound: 1}
	}
	return g.fromWord(x)
}

// leave makes words of what an inverse pass leaves.
func (g floatFolder) leave(x float) float {
	if g.inverse {
		g.reduce(&x)
		x.v = g.toWord(x)
	}
	return x
}

// first does column 0, where row k meets row 8-k, and row 0 nothing: it is doubled on the way back.
func (g floatFolder) first(src, dst reg.Register) {
	column := func(k int) reg.VecVirtual {
		x := YMM()
		VBROADCASTSD(g.row(src, k), x)
		return x
	}
	spill := func(k int, x float) { VMOVUPD(x.v, g.spilled(k)) }
	word := func(k int, x float) { VMOVSD(x.v.AsX(), g.row(dst, k)) }
	enter, leave := column, spill
	if g.inverse {
		g.network(column, spill)
		enter, leave = func(k int) reg.VecVirtual { return load4(g.spilled(k)) }, word
	}
	x := g.enter(enter(0))
	if g.inverse {
		VADDPD(x.v, x.v, x.v)
		x.bound *= 2
	}
	leave(0, g.leave(x))
	for k := 1; k <= 4; k++ {
		x, y := g.pair(enter(k), enter(8-k), false)
		leave(k, x)
		if k < 4 {
			leave(8-k, y)
		}
	}
	if !g.inverse {
		g.network(func(k int) reg.VecVirtual { return load4(g.spilled(k)) }, word)
	}
}
