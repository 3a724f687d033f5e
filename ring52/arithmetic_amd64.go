package ring52

import "github.com/tuneinsight/lattigo/v5/ring"

const (
	// maxTerms is how many products a kernel adds up at once.
	maxTerms = 32
	// minWords is what the kernels take at a time; degrees are powers of two.
	minWords = 32
)

// fusable says whether the machine multiplies modulo the prime of s by IFMA kernels.
func fusable(s *ring.SubRing) bool {
	return hasIFMA() && s.Modulus < maxIFMA && s.Modulus > 1<<12
}

// mulAddFast is MulAdd by kernels, or false.
func mulAddFast(s *ring.SubRing, a, b [][]uint64, out []uint64) bool {
	if !fusable(s) || len(a) == 0 || len(out)%minWords != 0 || len(out) == 0 {
		return false
	}
	c := mulAddConstants(s)
	var rows [2 * maxTerms]*uint64
	limit := termLimit(s.Modulus)
	for done := 0; done < len(a); {
		terms := min(len(a)-done, limit)
		for i := range terms {
			rows[2*i], rows[2*i+1] = &b[done+i][0], &a[done+i][0]
		}
		if done == 0 {
			mulAddIFMA(&out[0], &rows[0], uint64(terms), uint64(len(out)), &c.q)
		} else {
			mulAddMoreIFMA(&out[0], &rows[0], uint64(terms), uint64(len(out)), &c.q)
		}
		done += terms
	}
	return true
}

// mulAdd2Fast is MulAdd2 by kernels, or false.
func mulAdd2Fast(s *ring.SubRing, a0, a1, b [][]uint64, out0, out1 []uint64) bool {
	if !fusable(s) || len(a0) == 0 || len(a0) != len(a1) || len(out0)%minWords != 0 || len(out0) == 0 {
		return false
	}
	c := mulAddConstants(s)
	var rows [3 * maxTerms]*uint64
	limit := termLimit(s.Modulus)
	for done := 0; done < len(a0); {
		terms := min(len(a0)-done, limit)
		for i := range terms {
			rows[3*i], rows[3*i+1], rows[3*i+2] = &b[done+i][0], &a0[done+i][0], &a1[done+i][0]
		}
		if done == 0 {
			mulAdd2IFMA(&out0[0], &out1[0], &rows[0], uint64(terms), uint64(len(out0)), &c.q)
		} else {
			mulAdd2MoreIFMA(&out0[0], &out1[0], &rows[0], uint64(terms), uint64(len(out0)), &c.q)
		}
		done += terms
	}
	return true
}

// termLimit returns how many products of words below 2q and q may be added up: their sum over 2^52, and q
// from the reduction, must be a 52-bit word for the last product. For q close to 2^50 that is six.
func termLimit(q uint64) int {
	const cap = 1 << 10 // keeps the product small
	room := min(1<<52/q-1, cap)
	return int(min(room*min(1<<51/q, cap), maxTerms))
}

// mulAddConstants are those of the prime with the factor 2^-12 that Montgomery's 2^-64 has over
// the kernels' 2^-52.
func mulAddConstants(s *ring.SubRing) constants {
	c := newConstants(s, true)
	w := shift12(s, 1)
	c.w = factor{w, companion(w, c.q, 52)}
	return c
}

// shift12 returns x/2^12 mod q for x below q: (x+mq)/2^12 for m = -x/q mod 2^12, an exact division.
func shift12(s *ring.SubRing, x uint64) uint64 {
	m := -x * s.MRedConstant & (1<<12 - 1)
	return (x + m*s.Modulus) >> 12
}

// addPermutedFast is AddPermuted by a kernel, or false. An automorphism multiplies odd exponents, in
// bit-reversed order: it moves aligned blocks of eight words as wholes.
func addPermutedFast(s *ring.SubRing, in, order, sum []uint64) bool {
	if !hasDQ() || s.N%minWords != 0 || s.Modulus >= 1<<63 {
		return false
	}
	addPermutedBlocks(&sum[0], &in[0], &order[0], uint64(s.N), s.Modulus)
	return true
}

// permuteFast is Permute by a kernel, or false.
func permuteFast(s *ring.SubRing, in, order, out []uint64) bool {
	if !hasDQ() || s.N%minWords != 0 {
		return false
	}
	permuteBlocks(&out[0], &in[0], &order[0], uint64(s.N))
	return true
}
