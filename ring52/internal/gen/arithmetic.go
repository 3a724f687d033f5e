package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vectors is how many vectors of a limb mulAdd2 holds at once.
const vectors = 4

// mulAdd2 generates out_h = sum_i b_i*a_h,i / 2^64 mod q for two halves h, on the words whose byte offsets in a limb
// are from "from" up to "to", added to what out_h holds if keep is 255, not if it is 0. The pointers come in groups b_i,
// a_0,i, a_1,i. Each word of b_i stands for a run of words: for log2 of the run from 0 to 4, or, given as a parameter, for
// any from 5. Products accumulate unreduced as 52-bit halves; the sum is reduced by Montgomery's method to base 2^52 and
// to a 52-bit word, and the missing 2^-12 rides on a last Shoup product. Up to 2^12 terms fit.
func mulAdd2(logRun int) {
	const halves = 2
	f := &field{ifma: true}
	name := fmt.Sprintf("mulAdd2Run%dIFMA", 1<<logRun)
	if logRun == longRun {
		name = "mulAdd2RunLongIFMA"
	}
	TEXT(name, NOSPLIT, "func(out0, out1 *uint64, rows **uint64, terms, from, to, keep, logRun uint64, c *uint64)")
	Pragma("noescape")
	out := []reg.Register{Load(Param("out0"), GP64()), Load(Param("out1"), GP64())}
	rows := Load(Param("rows"), GP64())
	at := Load(Param("from"), GP64()) // byte offset in every limb
	to, err := Param("to").Resolve()
	if err != nil {
		panic(err)
	}
	keep := K()
	KMOVB(Load(Param("keep"), GP64()).(reg.GP).As32(), keep)
	f.load(Load(Param("c"), GP64()))
	f.q, f.inv = broadcast(f.c, offQ), broadcast(f.c, offNegQInv)
	b := factors{logRun: logRun, at: at}
	if logRun == longRun {
		b.shift = Load(Param("logRun"), GP64())
	}
	if logRun == 1 || logRun == 2 {
		b.lanes = spread(f, logRun)
	}
	Label("loop")
	hi, lo := accumulators(f, halves)
	row, left := GP64(), GP64()
	MOVQ(rows, row)
	Load(Param("terms"), left)
	b.seek()
	Label("term")
	addTerm(row, at, b, hi, lo)
	ADDQ(U8(8*(1+halves)), row)
	DECQ(left)
	JNZ(LabelRef("term"))
	for h := range halves {
		for v := range vectors {
			dst := Mem{Base: out[h], Index: at, Scale: 1, Disp: 64 * v}
			before := ZMM()
			VMOVDQU64_Z(dst, keep, before)
			r := f.montgomerySum(hi[h][v], lo[h][v])
			f.reduceWord(r)
			r = f.mul(r, f.constant(offW))
			conditionalSub(f.q, r)
			VPADDQ(before, r, r)
			conditionalSub(f.q, r)
			VMOVDQU64(r, dst)
		}
	}
	ADDQ(U32(64*vectors), at)
	CMPQ(at, to.Addr)
	JNE(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// longRun stands for log2 of all runs that are at least as long as the vectors that mulAdd2 holds at once.
const longRun = 5

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

// factors are rows whose words stand for runs.
type factors struct {
	logRun    int
	at, shift reg.Register // byte offset in a limb; log2 of a long run
	word      reg.Register // byte offset in a row
	lanes     reg.VecVirtual
}

// spread loads which word of a vector each lane takes for runs of two or four.
func spread(f *field, logRun int) reg.VecVirtual {
	lanes := load(Mem{Base: f.c, Disp: offReverse}) // 7..0
	seven := ZMM()
	VPBROADCASTQ(Mem{Base: f.c, Disp: offReverse}, seven)
	VPSUBQ(lanes, seven, lanes)
	VPSRLQ(Imm(uint64(logRun)), lanes, lanes)
	return lanes
}

// seek sets word for the vectors at "at".
func (b *factors) seek() {
	b.word = b.at
	switch {
	case b.logRun == longRun:
		b.word = GP64()
		SHRXQ(b.shift, b.at, b.word)
		ANDQ(I8(-8), b.word)
	case b.logRun > 0:
		b.word = GP64()
		MOVQ(b.at, b.word)
		SHRQ(Imm(uint64(b.logRun)), b.word)
	}
}

// vectors loads a row for the next n vectors.
func (b *factors) vectors(row reg.Register, n int) []reg.VecVirtual {
	x := make([]reg.VecVirtual, n)
	for v := range x {
		m := Mem{Base: row, Index: b.word, Scale: 1, Disp: 64 * v >> b.logRun &^ 7}
		if b.logRun >= 3 && v > 0 && 8*v>>b.logRun == 8*(v-1)>>b.logRun {
			x[v] = x[v-1]
			continue
		}
		x[v] = ZMM()
		switch b.logRun {
		case 0:
			VMOVDQU64(m, x[v])
		case 1:
			VMOVDQU64(m, x[v].AsY())
			VPERMQ(x[v], b.lanes, x[v])
		case 2:
			VMOVDQU64(m, x[v].AsX())
			VPERMQ(x[v], b.lanes, x[v])
		default:
			VPBROADCASTQ(m, x[v])
		}
	}
	return x
}

// addTerm adds b*a_h, whose addresses begin at row, to both halves of every accumulator.
func addTerm(row, at reg.Register, factors factors, hi, lo [][vectors]reg.VecVirtual) {
	limb := func(i int) reg.Register {
		p := GP64()
		MOVQ(Mem{Base: row, Disp: 8 * i}, p)
		return p
	}
	b := factors.vectors(limb(0), vectors)
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

// add generates out = a+b mod q for words below q.
func add() {
	TEXT("addBlocks", NOSPLIT, "func(out, a, b *uint64, n, q uint64)")
	Pragma("noescape")
	out, a, b := Load(Param("out"), GP64()), Load(Param("a"), GP64()), Load(Param("b"), GP64())
	n, q := Load(Param("n"), GP64()), ZMM()
	VPBROADCASTQ(Load(Param("q"), GP64()), q)
	Label("loop")
	x := load(Mem{Base: a})
	VPADDQ(Mem{Base: b}, x, x)
	conditionalSub(q, x)
	VMOVDQU64(x, Mem{Base: out})
	for _, p := range []reg.Register{out, a, b} {
		ADDQ(U8(64), p)
	}
	SUBQ(U8(8), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// scale generates out = a*w mod q for a below 2q.
func (f *field) scale() {
	TEXT("scale"+f.name, NOSPLIT, "func(out, a *uint64, n uint64, c *uint64)")
	Pragma("noescape")
	out, a := Load(Param("out"), GP64()), Load(Param("a"), GP64())
	n := Load(Param("n"), GP64())
	f.load(Load(Param("c"), GP64()))
	Label("loop")
	v := f.mul(load(Mem{Base: a}), f.constant(offW))
	f.reduceFull(v)
	VMOVDQU64(v, Mem{Base: out})
	ADDQ(U8(64), a)
	ADDQ(U8(64), out)
	SUBQ(U8(8), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
