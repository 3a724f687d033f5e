package ring52

import (
	"math"
	"math/bits"
)

// floatConstants are what kernels in double precision read besides: words 2^32-1 and bits of doubles.
type floatConstants struct{ two52, q, inverse, magic, two52PlusQ, two32, low uint64 }

func newFloatConstants(q uint64) floatConstants {
	return floatConstants{
		two52: math.Float64bits(1 << 52), q: math.Float64bits(float64(q)), inverse: math.Float64bits(1 / float64(q)),
		magic: math.Float64bits(3 << 51), two52PlusQ: math.Float64bits(1<<52 + float64(q)),
		two32: double(1<<32%q, q), low: 1<<32 - 1,
	}
}

// double is the bits of the integer of least absolute value that is w modulo q < 2^50.
func double(w, q uint64) uint64 {
	x := float64(w)
	if w > q/2 {
		x = -float64(q - w)
	}
	return math.Float64bits(x)
}

func kernelsFMA() kernels {
	return kernels{
		forwardFoldFMA, inverseFoldFMA,
		forwardFirstFMA, forward8FMA, forward4FMA, inverse4FMA, inverse8FMA, inverseLastFMA,
		forwardTailFMA, inverseTailFMA,
	}
}

// floatTail makes the table of the tail: for each block the pairs of its outer two stages, padding, and for the inner two
// three vectors of roots.
func (t *tabler) floatTail() []uint64 {
	const lanes, size = 4, 8 + 3*4
	blocks := t.s.N / t.block()
	table := make([]uint64, blocks*size)
	for b := range blocks {
		d := table[b*size:]
		t.stages(d, blocks+b, lanes)
		d = d[8:]
		for width := 1; width < lanes; width *= 2 {
			for k := range width {
				// After the transposition lane l holds words 4l..4l+3 of the block.
				for l := range lanes {
					d[l] = t.factor(t.roots[width*(lanes*(blocks+b)+l)+k]).w
				}
				d = d[lanes:]
			}
		}
	}
	return table
}

// sumTermsFMA is sumTermsIFMA by the kernels in double precision.
func (p *Prime) sumTermsFMA(s *Sum, rows []*uint64, from, to, keep uint64) {
	out0, out1, c := &s.Out0[0], &s.Out1[0], &p.sum.q
	row, n, logRun := &rows[0], uint64(len(rows)/3), uint64(bits.TrailingZeros(uint(s.Run)))
	switch s.Run {
	case 1:
		mulAdd2Run1FMA(out0, out1, row, n, from, to, keep, logRun, c)
	case 2:
		mulAdd2Run2FMA(out0, out1, row, n, from, to, keep, logRun, c)
	case 4:
		mulAdd2Run4FMA(out0, out1, row, n, from, to, keep, logRun, c)
	default:
		mulAdd2RunLongFMA(out0, out1, row, n, from, to, keep, logRun, c)
	}
}
