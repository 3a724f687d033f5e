package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vectors is how many vectors of a limb mulAdd holds at once.
const vectors = 4

// mulAdd generates out_h = sum_i b_i*a_h,i / 2^64 mod q for one or two halves h, added to what out_h
// holds if accumulate. The pointers come in groups b_i, a_0,i, a_1,i. Products accumulate unreduced
// as 52-bit halves; the sum is reduced by Montgomery's method to base 2^52, and the missing 2^-12
// rides on a last Shoup product. The caller bounds the terms so that the sum over 2^52 stays below 2^52.
func mulAdd(halves int, accumulate bool) {
	f := &field{ifma: true}
	name := map[int]string{1: "mulAdd", 2: "mulAdd2"}[halves]
	if accumulate {
		name += "More"
	}
	params := map[int]string{1: "out0", 2: "out0, out1"}[halves]
	TEXT(name+"IFMA", NOSPLIT, "func("+params+" *uint64, rows **uint64, terms, n uint64, c *uint64)")
	Pragma("noescape")
	out := []reg.Register{Load(Param("out0"), GP64())}
	if halves == 2 {
		out = append(out, Load(Param("out1"), GP64()))
	}
	rows := Load(Param("rows"), GP64())
	terms, n := Load(Param("terms"), GP64()), Load(Param("n"), GP64())
	f.load(Load(Param("c"), GP64()))
	f.q, f.inv = broadcast(f.c, offQ), broadcast(f.c, offNegQInv)
	at := GP64() // byte offset in every limb
	XORQ(at, at)
	Label("loop")
	hi, lo := accumulators(f, halves)
	row, left := GP64(), GP64()
	MOVQ(rows, row)
	MOVQ(terms, left)
	Label("term")
	addTerm(row, at, hi, lo)
	ADDQ(U8(8*(1+halves)), row)
	DECQ(left)
	JNZ(LabelRef("term"))
	for h := range halves {
		for v := range vectors {
			dst := Mem{Base: out[h], Index: at, Scale: 1, Disp: 64 * v}
			r := f.mul(f.montgomerySum(hi[h][v], lo[h][v]), f.constant(offW))
			conditionalSub(f.q, r)
			if accumulate {
				VPADDQ(dst, r, r)
				conditionalSub(f.q, r)
			}
			VMOVDQU64(r, dst)
		}
	}
	ADDQ(U32(64*vectors), at)
	SUBQ(U8(8*vectors), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

func accumulators(f *field, halves int) (hi, lo [][vectors]reg.VecVirtual) {
	hi, lo = make([][vectors]reg.VecVirtual, halves), make([][vectors]reg.VecVirtual, halves)
	for h := range halves {
		for v := range vectors {
			hi[h][v], lo[h][v] = ZMM(), ZMM()
			VMOVDQA64(f.zero, hi[h][v])
			VMOVDQA64(f.zero, lo[h][v])
		}
	}
	return hi, lo
}

// addTerm adds b*a_h, whose addresses begin at row, to both halves of every accumulator.
func addTerm(row, at reg.Register, hi, lo [][vectors]reg.VecVirtual) {
	limb := func(i int) reg.Register {
		p := GP64()
		MOVQ(Mem{Base: row, Disp: 8 * i}, p)
		return p
	}
	bp := limb(0)
	var b [vectors]reg.VecVirtual
	for v := range b {
		b[v] = load(Mem{Base: bp, Index: at, Scale: 1, Disp: 64 * v})
	}
	for h := range hi {
		ap := limb(1 + h)
		for v := range b {
			a := load(Mem{Base: ap, Index: at, Scale: 1, Disp: 64 * v})
			VPMADD52LUQ(a, b[v], lo[h][v])
			VPMADD52HUQ(a, b[v], hi[h][v])
		}
	}
}

// montgomerySum returns (hi*2^52 + lo)/2^52 mod q, at most the quotient plus q.
func (f *field) montgomerySum(hi, lo reg.VecVirtual) reg.VecVirtual {
	m := ZMM()
	VMOVDQA64(f.zero, m)
	VPMADD52LUQ(f.inv, lo, m)
	VPMADD52LUQ(f.q, m, lo)
	VPMADD52HUQ(f.q, m, hi)
	VPSRLQ(Imm(52), lo, lo)
	VPADDQ(lo, hi, hi)
	return hi
}

// permute generates out[j] = in[order[j]], or out[j] + in[order[j]] mod q if add, for an order
// that maps aligned blocks of eight to such. Block numbers are taken modulo n, a power of two, so
// no order reads outside in.
func permute(add bool) {
	name, signature := "permute", "func(out, in, order *uint64, n uint64)"
	if add {
		name, signature = "addPermuted", "func(out, in, order *uint64, n, q uint64)"
	}
	TEXT(name+"Blocks", NOSPLIT, signature)
	Pragma("noescape")
	out, in := Load(Param("out"), GP64()), Load(Param("in"), GP64())
	order, n := Load(Param("order"), GP64()), Load(Param("n"), GP64())
	var q reg.VecVirtual
	if add {
		q = ZMM()
		VPBROADCASTQ(Load(Param("q"), GP64()), q)
	}
	blocks := GP64()
	MOVQ(n, blocks)
	SUBQ(U8(8), blocks) // n-8 keeps the number of a block below n
	Label("loop")
	block := GP64()
	MOVQ(Mem{Base: order}, block)
	ANDQ(blocks, block)
	x := ZMM()
	lanes := load(Mem{Base: order})
	VPERMQ(Mem{Base: in, Index: block, Scale: 8}, lanes, x)
	if add {
		VPADDQ(Mem{Base: out}, x, x)
		conditionalSub(q, x)
	}
	VMOVDQU64(x, Mem{Base: out})
	ADDQ(U8(64), order)
	ADDQ(U8(64), out)
	SUBQ(U8(8), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
