package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// wideVectors is how many vectors of a limb mulAdd2DQ holds at once, and wideTerms how many products it adds up before
// it carries: four products of 31-bit halves, and what is left of a carry, are a 64-bit word.
const (
	wideVectors = 2
	wideTerms   = 4
)

// wideSum is a vector of sums high*2^62 + (middle[0]+middle[1])*2^31 + low of products of two 62-bit words.
type wideSum struct {
	low, high reg.VecVirtual
	middle    [2]reg.VecVirtual
}

// mulAdd2DQ generates mulAdd2 for primes below 2^61 and at most eight terms: a factor below 2q and one below q are split
// into halves of 31 bits, and eight products of such are below 2^126, so that no word of a wideSum overflows. Of the sum,
// the part above 2^62 times 2^-2 and the part below times 2^-64 are Shoup products.
func mulAdd2DQ(logRun int) {
	f := &field{name: "DQ"}
	name := fmt.Sprintf("mulAdd2Run%dDQ", 1<<logRun)
	if logRun == longRun {
		name = "mulAdd2RunLongDQ"
	}
	TEXT(name, NOSPLIT, "func(out0, out1 *uint64, rows **uint64, terms, from, to, keep, logRun uint64, c *uint64)")
	Pragma("noescape")
	out := []reg.Register{Load(Param("out0"), GP64()), Load(Param("out1"), GP64())}
	at := Load(Param("from"), GP64()) // byte offset in every limb
	params := map[string]Mem{}
	for _, name := range []string{"rows", "terms", "to"} {
		param, err := Param(name).Resolve()
		if err != nil {
			panic(err)
		}
		params[name] = param.Addr
	}
	keep := K()
	KMOVB(Load(Param("keep"), GP64()).(reg.GP).As32(), keep)
	f.load(Load(Param("c"), GP64()))
	mask := broadcast(f.c, offMask)
	VPSRLQ(Imm(52-31), mask, mask)
	b := factors{logRun: logRun, at: at}
	if logRun == longRun {
		b.shift = Load(Param("logRun"), GP64())
	}
	if logRun == 1 || logRun == 2 {
		b.lanes = spread(f, logRun)
	}
	Label("loop")
	sums := newWideSums(f)
	row, left := GP64(), GP64()
	MOVQ(params["rows"], row)
	MOVQ(params["terms"], left)
	b.seek()
	Label("some")
	n := GP64()
	MOVQ(U64(wideTerms), n)
	CMPQ(left, n)
	CMOVQLT(left, n)
	SUBQ(n, left)
	Label("term")
	addWideTerm(row, at, b, mask, sums)
	ADDQ(U8(24), row)
	DECQ(n)
	JNZ(LabelRef("term"))
	for h := range sums {
		for v := range sums[h] {
			sums[h][v].carry(mask)
		}
	}
	TESTQ(left, left)
	JNZ(LabelRef("some"))
	for h := range sums {
		for v := range sums[h] {
			dst := Mem{Base: out[h], Index: at, Scale: 1, Disp: 64 * v}
			before := ZMM()
			VMOVDQU64_Z(dst, keep, before)
			r := sums[h][v].reduce(f)
			VPADDQ(before, r, r)
			conditionalSub(f.q, r)
			VMOVDQU64(r, dst)
		}
	}
	ADDQ(U32(64*wideVectors), at)
	CMPQ(at, params["to"])
	JNE(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

func newWideSums(f *field) (sums [2][wideVectors]wideSum) {
	for h := range sums {
		for v := range sums[h] {
			s := &sums[h][v]
			s.low, s.high, s.middle = ZMM(), ZMM(), [2]reg.VecVirtual{ZMM(), ZMM()}
			for _, word := range []reg.VecVirtual{s.low, s.high, s.middle[0], s.middle[1]} {
				VPXORQ(f.q, f.q, word)
			}
		}
	}
	return sums
}

// addWideTerm adds b*a_h, whose addresses begin at row, to both halves.
func addWideTerm(row, at reg.Register, factors factors, mask reg.VecVirtual, sums [2][wideVectors]wideSum) {
	limb := func(i int) reg.Register {
		p := GP64()
		MOVQ(Mem{Base: row, Disp: 8 * i}, p)
		return p
	}
	b := factors.vectors(limb(0), wideVectors)
	low, high := make([]reg.VecVirtual, len(b)), make([]reg.VecVirtual, len(b))
	for v := range b {
		if v > 0 && b[v] == b[v-1] {
			low[v], high[v] = low[v-1], high[v-1]
			continue
		}
		low[v], high[v] = halves31(b[v], mask)
	}
	for h := range sums {
		ap := limb(1 + h)
		for v := range b {
			s := &sums[h][v]
			l, u := halves31(load(Mem{Base: ap, Index: at, Scale: 1, Disp: 64 * v}), mask)
			addProduct(l, low[v], s.low)
			addProduct(u, low[v], s.middle[0])
			addProduct(l, high[v], s.middle[1])
			addProduct(u, high[v], s.high)
		}
	}
}

// halves31 splits words below 2^62.
func halves31(x, mask reg.VecVirtual) (low, high reg.VecVirtual) {
	low, high = ZMM(), ZMM()
	VPANDQ(mask, x, low)
	VPSRLQ(Imm(31), x, high)
	return low, high
}

// addProduct adds the product of two 32-bit words.
func addProduct(x, y, sum reg.VecVirtual) {
	product := ZMM()
	VPMULUDQ(x, y, product)
	VPADDQ(product, sum, sum)
}

// carry leaves 31 bits in all words but the highest.
func (s *wideSum) carry(mask reg.VecVirtual) {
	carry := func(from, to reg.VecVirtual) {
		c := ZMM()
		VPSRLQ(Imm(31), from, c)
		VPADDQ(c, to, to)
		VPANDQ(mask, from, from)
	}
	carry(s.low, s.middle[0])
	carry(s.middle[0], s.high)
	carry(s.middle[1], s.high)
}

// reduce returns the sum, carried, over 2^64 modulo q.
func (s *wideSum) reduce(f *field) reg.VecVirtual {
	VPADDQ(s.middle[0], s.middle[1], s.middle[1])
	VPSLLQ(Imm(31), s.middle[1], s.middle[1])
	VPADDQ(s.middle[1], s.low, s.low) // below 2^64
	r := f.mul(s.high, f.constant(offFold))
	VPADDQ(f.mul(s.low, f.constant(offW)), r, r) // below 8q
	f.reduceBound(r)
	f.reduceFull(r)
	return r
}

// combineDQ generates out = sum_i rows_i * factors_i + offset mod q, below 4q, for any words. Factors come in pairs with
// their companions, and one more word.
func combineDQ() {
	f := &field{name: "DQ"}
	TEXT("combineDQ", NOSPLIT, "func(out *uint64, rows **uint64, factors *uint64, terms, n, offset uint64, c *uint64)")
	Pragma("noescape")
	out, rows := Load(Param("out"), GP64()), Load(Param("rows"), GP64())
	factors, terms := Load(Param("factors"), GP64()), Load(Param("terms"), GP64())
	n := Load(Param("n"), GP64())
	offset := ZMM()
	VPBROADCASTQ(Load(Param("offset"), GP64()), offset)
	f.load(Load(Param("c"), GP64()))
	at := GP64()
	XORQ(at, at)
	Label("loop")
	var sum [vectors]reg.VecVirtual
	for v := range sum {
		sum[v] = ZMM()
		VMOVDQA64(offset, sum[v])
	}
	i, row, pair := GP64(), GP64(), GP64()
	XORQ(i, i)
	MOVQ(factors, pair)
	Label("term")
	MOVQ(Mem{Base: rows, Index: i, Scale: 8}, row)
	for v := range sum {
		product := f.mul(load(Mem{Base: row, Index: at, Scale: 1, Disp: 64 * v}), scalar(pair, 0))
		VPADDQ(product, sum[v], sum[v])
		f.reduceBound(sum[v])
	}
	ADDQ(U8(16), pair)
	INCQ(i)
	CMPQ(i, terms)
	JNE(LabelRef("term"))
	for v := range sum {
		VMOVDQU64(sum[v], Mem{Base: out, Index: at, Scale: 1, Disp: 64 * v})
	}
	ADDQ(U32(64*vectors), at)
	SUBQ(U8(8*vectors), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
