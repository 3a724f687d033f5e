package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// walk generates a loop over limbs, four words at a time.
func walk(n reg.Register, limbs []reg.Register, body func()) {
	Label("loop")
	body()
	for _, p := range limbs {
		ADDQ(U8(32), p)
	}
	SUBQ(U8(4), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// params loads parameters.
func params(names ...string) (list []reg.Register) {
	for _, name := range names {
		list = append(list, Load(Param(name), GP64()))
	}
	return list
}

// scale generates that of fields, for words below 2q.
func (f *floats) scale() {
	TEXT("scaleFMA", NOSPLIT, "func(out, a *uint64, n uint64, c *uint64)")
	Pragma("noescape")
	p := params("out", "a", "n", "c")
	f.load(p[3])
	walk(p[2], p[:2], func() {
		x := f.fromLazy(load4(Mem{Base: p[1]}))
		f.mul(&x, f.constant(offW))
		VMOVDQU(f.toWord(x), Mem{Base: p[0]})
	})
}

// subMul generates that of fields.
func (f *floats) subMul() {
	TEXT("subMulFMA", NOSPLIT, "func(out, a, b *uint64, n uint64, c *uint64)")
	Pragma("noescape")
	p := params("out", "a", "b", "n", "c")
	f.load(p[4])
	walk(p[3], p[:3], func() {
		x, y := f.fromLazy(load4(Mem{Base: p[1]})), f.fromLazy(load4(Mem{Base: p[2]}))
		f.sub(&x, y)
		f.mul(&x, f.constant(offW))
		VMOVDQU(f.toWord(x), Mem{Base: p[0]})
	})
}

// digits generates that of fields: words x+half are below 3q.
func (f *floats) digits() {
	TEXT("digitsFMA", NOSPLIT, "func(y, sum, x *uint64, n, half uint64, c *uint64)")
	Pragma("noescape")
	p, half := params("y", "sum", "x", "n", "c"), YMM()
	param, err := Param("half").Resolve()
	if err != nil {
		panic(err)
	}
	VPBROADCASTQ(param.Addr, half)
	f.load(p[4])
	walk(p[3], p[:3], func() {
		v := YMM()
		VPADDQ(Mem{Base: p[2]}, half, v)
		x := f.fromLazy(v)
		x.bound = 2
		f.mul(&x, f.constant(offW))
		y := f.toWord(x)
		VMOVDQU(y, Mem{Base: p[0]})
		VPOR(f.constant(offTwo52), y, y)
		VSUBPD(f.constant(offTwo52), y, y)
		VDIVPD(f.q, y, y)
		VADDPD(Mem{Base: p[1]}, y, y)
		VMOVUPD(y, Mem{Base: p[1]})
	})
}

// truncate generates the integer part of doubles from 0 to 2^52, in place.
func (f *floats) truncate() {
	TEXT("truncateFMA", NOSPLIT, "func(v *uint64, n uint64, c *uint64)")
	Pragma("noescape")
	p := params("v", "n", "c")
	two52 := broadcast4(p[2], offTwo52)
	walk(p[1], p[:1], func() {
		x := YMM()
		const down = 3
		VROUNDPD(Imm(down), Mem{Base: p[0]}, x)
		VADDPD(two52, x, x)
		VPXOR(two52, x, x)
		VMOVDQU(x, Mem{Base: p[0]})
	})
}

// add4 generates add, for words below 2^62.
func add4() {
	TEXT("addFMA", NOSPLIT, "func(out, a, b *uint64, n, q uint64)")
	Pragma("noescape")
	p, q := params("out", "a", "b", "n"), YMM()
	param, err := Param("q").Resolve()
	if err != nil {
		panic(err)
	}
	VPBROADCASTQ(param.Addr, q)
	walk(p[3], p[:3], func() {
		x := load4(Mem{Base: p[1]})
		VPADDQ(Mem{Base: p[2]}, x, x)
		subWord4(q, x)
		VMOVDQU(x, Mem{Base: p[0]})
	})
}

// permute4 generates permute with aligned blocks of four, which orders map to such too.
func permute4(add bool) {
	name, signature := "permuteFMA", "func(out, in, order *uint64, n uint64)"
	if add {
		name, signature = "addPermutedFMA", "func(out, in, order *uint64, n, q uint64)"
	}
	TEXT(name, NOSPLIT, signature)
	Pragma("noescape")
	p := params("out", "in", "order", "n")
	q, odd := YMM(), YMM()
	if add {
		param, err := Param("q").Resolve()
		if err != nil {
			panic(err)
		}
		VPBROADCASTQ(param.Addr, q)
	}
	VPCMPEQQ(odd, odd, odd)
	VPSRLQ(Imm(63), odd, odd)
	VPSLLQ(Imm(32), odd, odd)
	blocks := GP64()
	MOVQ(p[3], blocks)
	SUBQ(U8(4), blocks) // n-4 keeps the number of a block below n
	walk(p[3], []reg.Register{p[0], p[2]}, func() {
		block := GP64()
		MOVQ(Mem{Base: p[2]}, block)
		ANDQ(blocks, block)
		// Word l is made of the 32-bit words 2l and 2l+1.
		lanes, upper, x := load4(Mem{Base: p[2]}), YMM(), YMM()
		VPADDQ(lanes, lanes, lanes)
		VPSLLQ(Imm(32), lanes, upper)
		VPADDQ(upper, lanes, lanes)
		VPADDQ(odd, lanes, lanes)
		VPERMD(Mem{Base: p[1], Index: block, Scale: 8}, lanes, x)
		if add {
			VPADDQ(Mem{Base: p[0]}, x, x)
			subWord4(q, x)
		}
		VMOVDQU(x, Mem{Base: p[0]})
	})
}
