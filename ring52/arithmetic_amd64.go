package ring52

import (
	"math/bits"

	"github.com/tuneinsight/lattigo/v5/ring"
)

const (
	// maxTerms is how many rows the kernels of narrow primes take at once, maxWideTerms the others of sums.
	maxTerms     = 32
	maxWideTerms = 8
	// minWords is what the kernels take at a time; degrees are powers of two.
	minWords = 32
)

// accelerate chooses the kernels that serve p.
func (p *Prime) accelerate() {
	if p.N%minWords != 0 || p.Modulus <= 1<<12 || p.Modulus >= 1<<62 {
		return
	}
	switch {
	case hasDQ():
		p.vector = kernelsOfDQ
	case hasFMA():
		p.vector = kernelsOfFMA
	default:
		return
	}
	one := ring.IMForm(1, p.Modulus, p.MRedConstant)
	switch {
	case hasIFMA() && p.Modulus < maxIFMA:
		p.set(kernelsOfIFMA, arithmeticIFMA, p.shift12(1))
	case hasDQ() && p.Modulus < maxDQ:
		p.set(kernelsOfDQ, arithmeticDQ, one)
		p.sum.fold = newFactor(ring.BRed(one, 1<<62%p.Modulus, p.Modulus, p.BRedConstant), p.Modulus, arithmeticDQ)
	case p.vector == kernelsOfFMA && p.Modulus < maxIFMA:
		p.set(kernelsOfFMA, arithmeticFloat, one)
	}
}

// set gives p kernels, whose sums have yet to be multiplied by rest.
func (p *Prime) set(k kernelSet, a arithmetic, rest uint64) {
	p.kernels, p.arithmetic = k, a
	p.constants = newConstants(p.SubRing, a)
	p.sum = p.withFactor(rest)
}

// withFactor is the constants of p with a plain factor.
func (p *Prime) withFactor(w uint64) constants {
	c := p.constants
	c.w = newFactor(w, p.Modulus, p.arithmetic)
	return c
}

// scaled is the constants of p with a factor given in lattigo's Montgomery form.
func (p *Prime) scaled(factorMontgomery uint64) constants {
	if p.kernels == noKernels {
		return constants{}
	}
	return p.withFactor(ring.IMForm(factorMontgomery, p.Modulus, p.MRedConstant))
}

// shift12 returns x/2^12 mod q for x below q: (x+mq)/2^12 for m = -x/q mod 2^12, an exact division.
func (p *Prime) shift12(x uint64) uint64 {
	m := -x * p.MRedConstant & (1<<12 - 1)
	return (x + m*p.Modulus) >> 12
}

// Blocks, in words: limbs of a few terms stay in the nearest cache where factors b are short; else what matters is that
// these are read in long rows.
const (
	shortBlock = 512
	longBlock  = 2048
)

// sumsFast is Sums by kernels, or false.
func (p *Prime) sumsFast(list []Sum) bool {
	n := len(list[0].Out0)
	if p.kernels == noKernels || n%minWords != 0 {
		return false
	}
	size := shortBlock
	for _, s := range list {
		if s.Run == 1 {
			size = longBlock
		}
	}
	var few [3 * maxTerms]*uint64
	rows := few[:0]
	for _, s := range list {
		for i := range s.A0 {
			rows = append(rows, &s.B[i][0], &s.A0[i][0], &s.A1[i][0])
		}
	}
	size = min(size, n)
	for from := 0; from < n; from += size {
		at := rows
		for i := range list {
			factors := 3 * len(list[i].A0)
			p.sumBlock(&list[i], at[:factors], uint64(8*from), uint64(8*(from+size)))
			at = at[factors:]
		}
	}
	return true
}

// sumBlock computes one sum on the words between two byte offsets.
func (p *Prime) sumBlock(s *Sum, rows []*uint64, from, to uint64) {
	if len(rows) == 0 {
		clear(s.Out0[from/8 : to/8])
		clear(s.Out1[from/8 : to/8])
	}
	most := maxWideTerms
	if p.kernels == kernelsOfIFMA {
		most = maxTerms
	}
	for keep := uint64(0); len(rows) > 0; keep = ^uint64(0) {
		terms := min(len(rows)/3, most)
		switch p.kernels {
		case kernelsOfIFMA:
			p.sumTermsIFMA(s, rows[:3*terms], from, to, keep)
		case kernelsOfDQ:
			p.sumTermsDQ(s, rows[:3*terms], from, to, keep)
		default:
			p.sumTermsFMA(s, rows[:3*terms], from, to, keep)
		}
		rows = rows[3*terms:]
	}
}

// sumTermsIFMA runs the kernel for the runs of a sum.
func (p *Prime) sumTermsIFMA(s *Sum, rows []*uint64, from, to, keep uint64) {
	out0, out1, c := &s.Out0[0], &s.Out1[0], &p.sum.q
	row, n, logRun := &rows[0], uint64(len(rows)/3), uint64(bits.TrailingZeros(uint(s.Run)))
	switch s.Run {
	case 1:
		mulAdd2Run1IFMA(out0, out1, row, n, from, to, keep, logRun, c)
	case 2:
		mulAdd2Run2IFMA(out0, out1, row, n, from, to, keep, logRun, c)
	case 4:
		mulAdd2Run4IFMA(out0, out1, row, n, from, to, keep, logRun, c)
	case 8:
		mulAdd2Run8IFMA(out0, out1, row, n, from, to, keep, logRun, c)
	case 16:
		mulAdd2Run16IFMA(out0, out1, row, n, from, to, keep, logRun, c)
	default:
		mulAdd2RunLongIFMA(out0, out1, row, n, from, to, keep, logRun, c)
	}
}

// vectorsFor is a set of kernels, or none if they do not take n words.
func vectorsFor(k kernelSet, n uint64) kernelSet {
	if n%minWords != 0 {
		return noKernels
	}
	return k
}

// addFast is Add by a kernel, or false.
func (p *Prime) addFast(a, b, out []uint64) bool {
	n := uint64(len(out))
	switch vectorsFor(p.vector, n) {
	case kernelsOfDQ:
		addBlocks(&out[0], &a[0], &b[0], n, p.Modulus)
	case kernelsOfFMA:
		addFMA(&out[0], &a[0], &b[0], n, p.Modulus)
	default:
		return false
	}
	return true
}

// scaleFast is Scale by a kernel, or false.
func (p *Prime) scaleFast(a []uint64, scalar uint64, out []uint64) bool {
	c, n := p.scaled(scalar), uint64(len(out))
	switch vectorsFor(p.kernels, n) {
	case kernelsOfIFMA:
		scaleIFMA(&out[0], &a[0], n, &c.q)
	case kernelsOfDQ:
		scaleDQ(&out[0], &a[0], n, &c.q)
	case kernelsOfFMA:
		scaleFMA(&out[0], &a[0], n, &c.q)
	default:
		return false
	}
	return true
}

// addPermutedFast is AddPermuted by a kernel, or false. An automorphism multiplies odd exponents, in
// bit-reversed order: it moves aligned blocks of four or eight words as wholes.
func (p *Prime) addPermutedFast(in, order, sum []uint64) bool {
	n := uint64(len(sum))
	switch vectorsFor(p.vector, n) {
	case kernelsOfDQ:
		addPermutedBlocks(&sum[0], &in[0], &order[0], n, p.Modulus)
	case kernelsOfFMA:
		addPermutedFMA(&sum[0], &in[0], &order[0], n, p.Modulus)
	default:
		return false
	}
	return true
}

// permuteFast is Permute by a kernel, or false.
func (p *Prime) permuteFast(in, order, out []uint64) bool {
	n := uint64(len(out))
	switch vectorsFor(p.vector, n) {
	case kernelsOfDQ:
		permuteBlocks(&out[0], &in[0], &order[0], n)
	case kernelsOfFMA:
		permuteFMA(&out[0], &in[0], &order[0], n)
	default:
		return false
	}
	return true
}
