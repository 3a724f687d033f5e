package ring52

import (
	"math/bits"
)

// constants are what a kernel needs of a prime, in the order that internal/gen reads them.
type constants struct {
	q, bound, twoQ, negQ, mask uint64
	_                          uint64 // zero
	qInv, negQInv              uint64 // modulo 2^52
	one, mu                    uint64
	w, fold                    factor
	reverse                    [8]uint64
	bias                       [3]uint64 // of narrow transforms
	mu52                       uint64
	floats                     floatConstants
}

// factor is a multiplier w modulo q with its companion floor(w*R/q), R = 2^52 or 2^64.
type factor struct{ w, companion uint64 }

// kernels are the stages of transforms in one arithmetic. Rows lie stride bytes apart; a table holds
// the roots of each group or block.
type kernels struct {
	forwardFold, inverseFold, // the outermost passes of conjugate-invariant rings
	forwardFirst, forward8, forward4, inverse4, inverse8, inverseLast passKernel
	forwardTail, inverseTail func(dst, src, table *uint64, blocks uint64, c *uint64)
}

type passKernel func(dst, src, table *uint64, groups, stride uint64, c *uint64)

func kernelsIFMA() kernels {
	return kernels{
		forwardFoldIFMA, inverseFoldIFMA,
		forwardFirstIFMA, forward8IFMA, forward4IFMA, inverse4IFMA, inverse8IFMA, inverseLastIFMA,
		forwardTailIFMA, inverseTailIFMA,
	}
}

func kernelsNarrow() kernels {
	return kernels{
		forwardFoldNarrow, inverseFoldNarrow,
		forwardFirstNarrow, forward8Narrow, forward4Narrow, inverse4Narrow, inverse8Narrow, inverseLastNarrow,
		forwardTailNarrow, inverseTailNarrow,
	}
}

func kernelsDQ() kernels {
	return kernels{
		forwardFoldDQ, inverseFoldDQ,
		forwardFirstDQ, forward8DQ, forward4DQ, inverse4DQ, inverse8DQ, inverseLastDQ,
		forwardTailDQ, inverseTailDQ,
	}
}

// transformer implements transform. Its results are fully reduced.
// Forward takes any words below 2^63 like lattigo, whose rescaling and gadget products feed residues of one
// prime to the transform of another; Backward takes words below 2q. p1 and p2 may be the same slice.
type transformer struct {
	n, block          int
	kernels           kernels
	forward, backward half
}

// half is one direction of a transformer.
type half struct {
	c      constants
	passes []pass // in order of execution, without the tail
	tail   []uint64
}

// pass is some stages at once on rows in memory.
type pass struct {
	run            passKernel
	groups, stride uint64
	table          []uint64
}

// part runs a pass within one part.
func (p *pass) part(i int, words, c *uint64) {
	p.run(words, words, &p.table[i*len(p.table)/parts], p.groups/parts, p.stride, c)
}

// Forward writes the transform of p1 to p2.
func (t *transformer) Forward(p1, p2 []uint64) {
	t.begin(p1, p2)
	for i := range parts {
		t.finish(p2, i)
	}
}

// begin does the outermost pass.
func (t *transformer) begin(p1, p2 []uint64) {
	_, _ = p1[t.n-1], p2[t.n-1]
	outer := t.forward.passes[0]
	outer.run(&p2[0], &p1[0], &outer.table[0], outer.groups, outer.stride, &t.forward.c.q)
}

// finish does all others on a part of x.
func (t *transformer) finish(x []uint64, i int) {
	_ = x[t.n-1]
	part, c := &x[i*t.n/parts], &t.forward.c.q
	for _, p := range t.forward.passes[1:] {
		p.part(i, part, c)
	}
	t.kernels.forwardTail(part, part, &t.forward.tail[i*len(t.forward.tail)/parts], uint64(t.n/parts/t.block), c)
}

// Backward writes the inverse transform of p1 to p2.
func (t *transformer) Backward(p1, p2 []uint64) {
	_, _ = p1[t.n-1], p2[t.n-1]
	c, dst := &t.backward.c.q, &p2[0]
	last := len(t.backward.passes) - 1
	outer, inner := t.backward.passes[last], t.backward.passes[:last]
	for i := range parts {
		part := &p2[i*t.n/parts]
		t.kernels.inverseTail(part, &p1[i*t.n/parts], &t.backward.tail[i*len(t.backward.tail)/parts], uint64(t.n/parts/t.block), c)
		for _, p := range inner {
			p.part(i, part, c)
		}
	}
	outer.run(dst, dst, &outer.table[0], outer.groups, outer.stride, c)
}

// companion returns floor(w*2^wordBits/q) for w below q.
func companion(w, q uint64, wordBits uint) uint64 {
	hi, lo := w>>(64-wordBits), w<<wordBits
	if wordBits == 64 {
		hi, lo = w, 0
	}
	quotient, _ := bits.Div64(hi, lo, q)
	return quotient
}
