package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// digits generates y = (x+half)*w mod q, fully reduced, and sum += y/q in double precision, rounded
// as Go rounds it.
func (f *field) digits() {
	TEXT("digits"+f.name, NOSPLIT, "func(y, sum, x *uint64, n, half, modulus uint64, c *uint64)")
	Pragma("noescape")
	y, sum, x := Load(Param("y"), GP64()), Load(Param("sum"), GP64()), Load(Param("x"), GP64())
	n := Load(Param("n"), GP64())
	half, modulus := ZMM(), ZMM()
	VPBROADCASTQ(Load(Param("half"), GP64()), half)
	VPBROADCASTQ(Load(Param("modulus"), GP64()), modulus)
	VCVTUQQ2PD(modulus, modulus)
	f.load(Load(Param("c"), GP64()))
	reciprocal := ZMM()
	VPBROADCASTQ(Mem{Base: f.c, Disp: offOne}, reciprocal)
	VCVTUQQ2PD(reciprocal, reciprocal)
	VDIVPD(modulus, reciprocal, reciprocal)
	Label("loop")
	v, quotient := ZMM(), ZMM()
	VPADDQ(Mem{Base: x}, half, v)
	v = f.mul(v, f.constant(offW))
	f.reduceFull(v)
	VMOVDQU64(v, Mem{Base: y})
	VCVTUQQ2PD(v, quotient)
	quotient = divide(quotient, modulus, reciprocal)
	VADDPD(Mem{Base: sum}, quotient, quotient)
	VMOVUPD(quotient, Mem{Base: sum})
	for _, p := range []reg.Register{x, y, sum} {
		ADDQ(U8(64), p)
	}
	SUBQ(U8(8), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// divide returns x/y, rounded as an instruction rounds it that takes three times as long, by a correctly rounded reciprocal
// of y and exact remainders: Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor" (1990).
// The first correction brings the quotient next to the exact one, the second rounds it. x is zero, or both are far from
// where doubles end.
func divide(x, y, reciprocal reg.VecVirtual) reg.VecVirtual {
	quotient := ZMM()
	VMULPD(reciprocal, x, quotient)
	for range 2 {
		remainder := ZMM()
		VMOVAPD(x, remainder)
		VFNMADD231PD(y, quotient, remainder)
		VFMADD231PD(reciprocal, remainder, quotient)
	}
	return quotient
}

// truncate generates the integer part of doubles, in place.
func truncate() {
	TEXT("truncateDQ", NOSPLIT, "func(v *uint64, n uint64)")
	Pragma("noescape")
	v, n := Load(Param("v"), GP64()), Load(Param("n"), GP64())
	Label("loop")
	x := ZMM()
	VCVTTPD2UQQ(Mem{Base: v}, x)
	VMOVDQU64(x, Mem{Base: v})
	ADDQ(U8(64), v)
	SUBQ(U8(8), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// combine generates out = sum_i rows_i * factors_i / 2^52 + offset mod q, not reduced: the sum over
// 2^52, and q, and offset at most. Rows are words below 2^52, factors below q.
func combine() {
	f := &field{ifma: true}
	TEXT("combineIFMA", NOSPLIT, "func(out *uint64, rows **uint64, factors *uint64, terms, n, offset uint64, c *uint64)")
	Pragma("noescape")
	out, rows := Load(Param("out"), GP64()), Load(Param("rows"), GP64())
	factors, terms := Load(Param("factors"), GP64()), Load(Param("terms"), GP64())
	n := Load(Param("n"), GP64())
	offset := ZMM()
	VPBROADCASTQ(Load(Param("offset"), GP64()), offset)
	f.load(Load(Param("c"), GP64()))
	f.q, f.inv = broadcast(f.c, offQ), broadcast(f.c, offNegQInv)
	at := GP64()
	XORQ(at, at)
	Label("loop")
	hi, lo := accumulators(f, 1)
	for v := range vectors {
		VMOVDQA64(offset, hi[0][v])
	}
	i, row := GP64(), GP64()
	XORQ(i, i)
	Label("term")
	MOVQ(Mem{Base: rows, Index: i, Scale: 8}, row)
	factor := ZMM()
	VPBROADCASTQ(Mem{Base: factors, Index: i, Scale: 8}, factor)
	for v := range vectors {
		word := Mem{Base: row, Index: at, Scale: 1, Disp: 64 * v}
		VPMADD52LUQ(word, factor, lo[0][v])
		VPMADD52HUQ(word, factor, hi[0][v])
	}
	INCQ(i)
	CMPQ(i, terms)
	JNE(LabelRef("term"))
	for v := range vectors {
		VMOVDQU64(f.montgomerySum(hi[0][v], lo[0][v]), Mem{Base: out, Index: at, Scale: 1, Disp: 64 * v})
	}
	ADDQ(U32(64*vectors), at)
	SUBQ(U8(8*vectors), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// subMul generates out = (a-b)*w mod q for a and b below 2q.
func (f *field) subMul() {
	TEXT("subMul"+f.name, NOSPLIT, "func(out, a, b *uint64, n uint64, c *uint64)")
	Pragma("noescape")
	out, a, b := Load(Param("out"), GP64()), Load(Param("a"), GP64()), Load(Param("b"), GP64())
	pointers := []reg.Register{out, a, b}
	n := Load(Param("n"), GP64())
	f.load(Load(Param("c"), GP64()))
	f.q = broadcast(f.c, offQ)
	Label("loop")
	v := ZMM()
	VPADDQ(Mem{Base: a}, f.bound, v)
	VPSUBQ(Mem{Base: b}, v, v)
	v = f.mul(v, f.constant(offW))
	f.reduceFull(v)
	VMOVDQU64(v, Mem{Base: out})
	for _, p := range pointers {
		ADDQ(U8(64), p)
	}
	SUBQ(U8(8), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
