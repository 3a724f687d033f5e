package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// floatVectors is how many vectors mulAdd2FMA and combineFMA hold at once: together the words of a run of eight.
const floatVectors = 2

// product adds x*w to sum, which adds at most 7/8: x is at most 1, and w too, or q/2.
func (f *floats) product(x, w, sum reg.VecVirtual) {
	h := YMM()
	VMULPD(x, w, h)
	VFMSUB213PD(h, w, x)
	VFNMADD231PD(f.q, f.quotient(h), h)
	VADDPD(x, sum, sum)
	VADDPD(h, sum, sum)
}

// word reduces sums below 2^53, multiplied by the factor at offW if scaled, to words below q.
func (f *floats) word(sum reg.VecVirtual, scaled bool) reg.VecVirtual {
	x := float{v: sum}
	f.reduce(&x)
	if scaled {
		f.mul(&x, f.constant(offW))
	}
	return f.toWord(x)
}

// subWord takes q from words that are as much or more, below 2^63.
func subWord4(q, x reg.VecVirtual) {
	negative := YMM()
	VPSUBQ(q, x, x)
	VPXOR(negative, negative, negative)
	VPCMPGTQ(x, negative, negative)
	VPAND(q, negative, negative)
	VPADDQ(negative, x, x)
}

// mulAdd2FMA generates mulAdd2 for at most eight terms, of runs of one, two, four, or eight and more. Both factors are below
// 2q and lose q, so that a quotient is below 2^50 and errs by a quarter.
func (f *floats) mulAdd2(logRun int) {
	name := fmt.Sprintf("mulAdd2Run%dFMA", 1<<logRun)
	if logRun == longRun {
		name = "mulAdd2RunLongFMA"
	}
	TEXT(name, NOSPLIT, "func(out0, out1 *uint64, rows **uint64, terms, from, to, keep, logRun uint64, c *uint64)")
	Pragma("noescape")
	out := []reg.Register{Load(Param("out0"), GP64()), Load(Param("out1"), GP64())}
	at := Load(Param("from"), GP64()) // byte offset in every limb
	params := map[string]Mem{}
	for _, name := range []string{"rows", "terms", "to", "keep"} {
		param, err := Param(name).Resolve()
		if err != nil {
			panic(err)
		}
		params[name] = param.Addr
	}
	f.load(Load(Param("c"), GP64()))
	b := factors{logRun: logRun, at: at}
	if logRun == longRun {
		b.shift = Load(Param("logRun"), GP64())
	}
	Label("loop")
	var sums [2][floatVectors]reg.VecVirtual
	for h := range sums {
		for v := range sums[h] {
			sums[h][v] = YMM()
			VXORPD(sums[h][v], sums[h][v], sums[h][v])
		}
	}
	row, left := GP64(), GP64()
	MOVQ(params["rows"], row)
	MOVQ(params["terms"], left)
	b.seek()
	Label("term")
	f.addTerm(row, at, b, sums)
	ADDQ(U8(24), row)
	DECQ(left)
	JNZ(LabelRef("term"))
	for h := range sums {
		for v := range sums[h] {
			dst := Mem{Base: out[h], Index: at, Scale: 1, Disp: 32 * v}
			r, before := f.word(sums[h][v], true), YMM()
			VPBROADCASTQ(params["keep"], before)
			VPAND(dst, before, before)
			VPADDQ(before, r, r)
			subWord4(f.constant(offQ), r)
			VMOVDQU(r, dst)
		}
	}
	ADDQ(U32(32*floatVectors), at)
	CMPQ(at, params["to"])
	JNE(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// addTerm adds b*a_h, whose addresses begin at row, to both halves.
func (f *floats) addTerm(row, at reg.Register, factors factors, sums [2][floatVectors]reg.VecVirtual) {
	limb := func(i int) reg.Register {
		p := GP64()
		MOVQ(Mem{Base: row, Disp: 8 * i}, p)
		return p
	}
	two52, less := f.constant(offTwo52), f.constant(offTwo52PlusQ)
	toFloat := func(x reg.VecVirtual) reg.VecVirtual {
		VPOR(two52, x, x)
		VSUBPD(less, x, x)
		return x
	}
	var b [floatVectors]reg.VecVirtual
	base := limb(0)
	for v := range b {
		if factors.logRun == longRun && v > 0 {
			b[v] = b[0]
			continue
		}
		b[v] = toFloat(factors.float(base, v))
	}
	for h := range sums {
		a := limb(1 + h)
		for v := range b {
			f.product(toFloat(load4(Mem{Base: a, Index: at, Scale: 1, Disp: 32 * v})), b[v], sums[h][v])
		}
	}
}

// float loads the words of a row for the v-th of the next vectors.
func (b *factors) float(row reg.Register, v int) reg.VecVirtual {
	x := YMM()
	m := Mem{Base: row, Index: b.word, Scale: 1}
	switch b.logRun {
	case 0:
		VMOVDQU(m.Offset(32*v), x)
	case 1:
		const twice = 0x50 // words 0, 0, 1, 1
		VBROADCASTI128(m.Offset(16*v), x)
		VPERMQ(Imm(twice), x, x)
	case 2:
		VPBROADCASTQ(m.Offset(8*v), x)
	default:
		VPBROADCASTQ(m, x)
	}
	return x
}

// combine generates out = sum_i rows_i * factors_i + offset mod q, fully reduced, for at most eight rows of words below 2^50;
// offset and factors are doubles of least absolute value.
func (f *floats) combine() {
	TEXT("combineFMA", NOSPLIT, "func(out *uint64, rows **uint64, factors *uint64, terms, n, offset uint64, c *uint64)")
	Pragma("noescape")
	out, rows := Load(Param("out"), GP64()), Load(Param("rows"), GP64())
	factors, terms := Load(Param("factors"), GP64()), Load(Param("terms"), GP64())
	n, offset := Load(Param("n"), GP64()), YMM()
	param, err := Param("offset").Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSD(param.Addr, offset)
	f.load(Load(Param("c"), GP64()))
	two52, at := f.constant(offTwo52), GP64()
	XORQ(at, at)
	Label("loop")
	var sum [floatVectors]reg.VecVirtual
	for v := range sum {
		sum[v] = YMM()
		VMOVAPD(offset, sum[v])
	}
	i, row := GP64(), GP64()
	XORQ(i, i)
	Label("term")
	MOVQ(Mem{Base: rows, Index: i, Scale: 8}, row)
	factor := YMM()
	VBROADCASTSD(Mem{Base: factors, Index: i, Scale: 8}, factor)
	for v := range sum {
		x := load4(Mem{Base: row, Index: at, Scale: 1, Disp: 32 * v})
		VPOR(two52, x, x)
		VSUBPD(two52, x, x)
		f.product(x, factor, sum[v])
	}
	INCQ(i)
	CMPQ(i, terms)
	JNE(LabelRef("term"))
	for v := range sum {
		VMOVDQU(f.word(sum[v], false), Mem{Base: out, Index: at, Scale: 1, Disp: 32 * v})
	}
	ADDQ(U32(32*floatVectors), at)
	SUBQ(U8(4*floatVectors), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
