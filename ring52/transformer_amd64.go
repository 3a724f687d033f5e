package ring52

import (
	"math/bits"

	"github.com/tuneinsight/lattigo/v5/ring"
)

// constants are what a kernel needs of a prime, in the order that internal/gen reads them.
type constants struct {
	q, bound, twoQ, negQ, mask uint64
	_                          uint64 // zero
	qInv, negQInv              uint64 // modulo 2^52
	one, mu                    uint64
	w, fold                    factor
	reverse                    [8]uint64
}

// factor is a multiplier w modulo q with its companion floor(w*R/q), R = 2^52 or 2^64.
type factor struct{ w, companion uint64 }

// kernels are the stages of transforms in one arithmetic. Rows lie stride bytes apart; a table holds
// the roots of each group or block.
type kernels struct {
	fold, unfold                                                      func(dst, src *uint64, n uint64, c *uint64)
	forwardFirst, forward8, forward4, inverse4, inverse8, inverseLast passKernel
	forwardTail, inverseTail                                          func(dst, src, table *uint64, blocks uint64, c *uint64)
}

type passKernel func(dst, src, table *uint64, groups, stride uint64, c *uint64)

func kernelsIFMA() kernels {
	return kernels{
		foldIFMA, unfoldIFMA,
		forwardFirstIFMA, forward8IFMA, forward4IFMA, inverse4IFMA, inverse8IFMA, inverseLastIFMA,
		forwardTailIFMA, inverseTailIFMA,
	}
}

func kernelsDQ() kernels {
	return kernels{
		foldDQ, unfoldDQ,
		forwardFirstDQ, forward8DQ, forward4DQ, inverse4DQ, inverse8DQ, inverseLastDQ,
		forwardTailDQ, inverseTailDQ,
	}
}

// transformer implements ring.NumberTheoreticTransformer. Its results are fully reduced, lazy or not.
// Forward takes any words below 2^63 like lattigo, whose rescaling and gadget products feed residues of one
// prime to the transform of another; Backward takes words below 2q. p1 and p2 may be the same slice.
type transformer struct {
	n                 int
	q                 uint64
	barrett           []uint64
	conjugate         bool
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

// Forward writes the transform of p1 to p2.
func (t *transformer) Forward(p1, p2 []uint64) {
	_, _ = p1[t.n-1], p2[t.n-1]
	c, src, dst := &t.forward.c.q, &p1[0], &p2[0]
	if t.conjugate {
		p2[0] = ring.BRedAddLazy(p1[0], t.q, t.barrett)
		t.kernels.fold(dst, src, uint64(t.n), c)
		src = dst
	}
	for _, p := range t.forward.passes {
		p.run(dst, src, &p.table[0], p.groups, p.stride, c)
		src = dst
	}
	t.kernels.forwardTail(dst, src, &t.forward.tail[0], uint64(t.n/block), c)
}

// Backward writes the inverse transform of p1 to p2.
func (t *transformer) Backward(p1, p2 []uint64) {
	_, _ = p1[t.n-1], p2[t.n-1]
	c, dst := &t.backward.c.q, &p2[0]
	t.kernels.inverseTail(dst, &p1[0], &t.backward.tail[0], uint64(t.n/block), c)
	for _, p := range t.backward.passes {
		p.run(dst, dst, &p.table[0], p.groups, p.stride, c)
	}
	if t.conjugate {
		t.kernels.unfold(dst, dst, uint64(t.n), c)
		d := p2[0]<<1 - t.q
		p2[0] = d + t.q&uint64(int64(d)>>63)
	}
}

// ForwardLazy is Forward: a reduced result is within lattigo's lazy bound.
func (t *transformer) ForwardLazy(p1, p2 []uint64) { t.Forward(p1, p2) }

// BackwardLazy is Backward likewise.
func (t *transformer) BackwardLazy(p1, p2 []uint64) { t.Backward(p1, p2) }

// companion returns floor(w*2^wordBits/q) for w below q.
func companion(w, q uint64, wordBits uint) uint64 {
	hi, lo := w>>(64-wordBits), w<<wordBits
	if wordBits == 64 {
		hi, lo = w, 0
	}
	quotient, _ := bits.Div64(hi, lo, q)
	return quotient
}
