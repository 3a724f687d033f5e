package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// folder generates the outermost pass of transforms in conjugate-invariant rings, of radix 8, together with the map between
// Z[X+1/X] and the network's coefficients: with the root F, (x_j, x_n-j) becomes (x_j - F x_n-j, x_n-j - F x_j).
//
// A row k of the pass, n/8 words, holds x_n-j of row 7-k backwards, but for its first word. So columns 1 to n/16 go through
// memory with n/16 to n/8-1, which meet in one, and column 0 stands for itself.
type folder struct {
	*field
	table, stride reg.Register
	row           func(base reg.Register, k int) Mem
	reverse       reg.VecVirtual
	inverse       bool
}

// foldPass generates the forward pass, on any words, or the inverse one, to reduced words.
func (f *field) foldPass(inverse bool) {
	name := "forwardFold"
	if inverse {
		name = "inverseFold"
	}
	TEXT(name+f.name, NOSPLIT, "func(dst, src, table *uint64, groups, stride uint64, c *uint64)")
	Pragma("noescape")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	g := folder{field: f, table: Load(Param("table"), GP64()), stride: Load(Param("stride"), GP64()), inverse: inverse}
	f.load(Load(Param("c"), GP64()))
	g.row, _ = rows(g.stride, 8)
	g.first(src, dst)

	g.reverse = load(Mem{Base: f.c, Disp: offReverse})
	delta, high, n := GP64(), GP64(), GP64() // from dst to src; of dst, with its last columns
	MOVQ(src, delta)
	SUBQ(dst, delta)
	LEAQ(Mem{Base: dst, Index: g.stride, Scale: 1, Disp: -64}, high)
	ADDQ(U8(8), dst)
	MOVQ(g.stride, n)
	SHRQ(Imm(7), n)
	Label("loop")
	g.columns(dst, high, delta)
	ADDQ(U8(64), dst)
	SUBQ(U8(64), high)
	DECQ(n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

func (g folder) twiddle(i int) twiddle { return scalar(g.table, i) }

// columns does eight columns from low on and as many from high on.
func (g folder) columns(low, high, delta reg.Register) {
	x, y := make([]reg.VecVirtual, 8), make([]reg.VecVirtual, 8)
	for _, v := range []struct {
		at reg.Register
		x  []reg.VecVirtual
	}{{low, x}, {high, y}} {
		from := GP64()
		LEAQ(Mem{Base: v.at, Index: delta, Scale: 1}, from)
		for k := range v.x {
			v.x[k] = load(g.row(from, k))
		}
		if g.inverse {
			inverseOuter(g.field, v.x, g.twiddle)
		}
	}
	for k := range x {
		g.pair(&x[k], &y[7-k])
	}
	for _, v := range []struct {
		at reg.Register
		x  []reg.VecVirtual
	}{{low, x}, {high, y}} {
		if !g.inverse {
			forward8(g.field, v.x, g.twiddle)
		}
		for k := range v.x {
			VMOVDQU64(v.x[k], g.row(v.at, k))
		}
	}
}

// pair folds two vectors of which one is backwards.
func (g folder) pair(x, y *reg.VecVirtual) {
	g.enter(*x)
	g.enter(*y)
	fx, fy := g.mul(*x, g.constant(offFold)), g.mul(*y, g.constant(offFold))
	VPERMQ(fx, g.reverse, fx)
	VPERMQ(fy, g.reverse, fy)
	*x, *y = g.difference(*x, fy, 0), g.difference(*y, fx, 0)
	g.leave(*x)
	g.leave(*y)
}

// enter reduces any word of a forward pass.
func (g folder) enter(x reg.VecVirtual) {
	if g.inverse {
		return
	}
	g.reduceWord(x)
	if !g.narrow {
		g.reduceBound(x)
	}
}

// leave reduces the words of an inverse pass.
func (g folder) leave(x reg.VecVirtual) {
	if g.inverse {
		g.reduce(x)
	}
}

// first does column 0, where row k meets row 8-k, and row 0 nothing: it is doubled on the way back.
func (g folder) first(src, dst reg.Register) {
	x := make([]reg.VecVirtual, 8)
	for k := range x {
		x[k] = ZMM()
		VPBROADCASTQ(g.row(src, k), x[k])
		g.enter(x[k])
	}
	if g.inverse {
		inverseOuter(g.field, x, g.twiddle)
		VPADDQ(x[0], x[0], x[0])
	} else if g.narrow {
		VPADDQ(g.bias[0], x[0], x[0])
	}
	g.leave(x[0])
	for k := 1; k <= 4; k++ {
		fx, fy := g.mul(x[k], g.constant(offFold)), g.mul(x[8-k], g.constant(offFold))
		x[k], x[8-k] = g.difference(x[k], fy, 0), g.difference(x[8-k], fx, 0)
		if k == 4 {
			x[4] = x[8-k]
		}
		g.leave(x[k])
		if k < 4 {
			g.leave(x[8-k])
		}
	}
	if !g.inverse {
		forward8(g.field, x, g.twiddle)
	}
	one, lane := GP32(), K()
	MOVL(U32(1), one)
	KMOVB(one, lane)
	for k := range x {
		VMOVDQU64(x[k], lane, g.row(dst, k))
	}
}
