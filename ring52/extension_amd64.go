package ring52

import "github.com/tuneinsight/lattigo/v5/ring"

// scaled is the constants of s with a factor given in lattigo's Montgomery form.
func scaled(s *ring.SubRing, factorMontgomery uint64) constants {
	c := newConstants(s, true)
	w := ring.IMForm(factorMontgomery, s.Modulus, s.MRedConstant)
	c.w = factor{w, companion(w, c.q, 52)}
	return c
}

// digitsFast writes (x+half)*inverse mod q to y and adds y/q to sums, doubles, by a kernel, or returns false.
func digitsFast(s *ring.SubRing, x []uint64, half, inverse uint64, y, sums []uint64) bool {
	if !fusable(s) {
		return false
	}
	c := scaled(s, inverse)
	digitsIFMA(&y[0], &sums[0], &x[0], uint64(s.N), half, s.Modulus, &c.q)
	return true
}

// truncateFast turns doubles into their integer parts by a kernel, or returns false.
func truncateFast(v []uint64) bool {
	if !hasDQ() || len(v) == 0 || len(v)%minWords != 0 {
		return false
	}
	truncateDQ(&v[0], uint64(len(v)))
	return true
}

// combineFast writes offset + sum_i rows[i]*factors[i] to out by a kernel, not reduced, or returns
// false. Rows are digits modulo the source primes, and a number of at most as many.
func combineFast(s *ring.SubRing, from []*ring.SubRing, rows [][]uint64, factors []uint64, offset uint64, out []uint64) bool {
	if !fusable(s) || len(rows) > maxTerms {
		return false
	}
	c := newConstants(s, true)
	var pointers [maxTerms]*uint64
	var shifted [maxTerms]uint64
	for i, row := range rows {
		if i < len(from) && from[i].Modulus > 1<<52 {
			return false
		}
		pointers[i], shifted[i] = &row[0], shift12(s, factors[i])
	}
	combineIFMA(&out[0], &pointers[0], &shifted[0], uint64(len(rows)), uint64(s.N), offset, &c.q)
	return true
}

// subMulFast is SubMul by a kernel, or false.
func subMulFast(s *ring.SubRing, a, b []uint64, scalar uint64, out []uint64) bool {
	if !fusable(s) {
		return false
	}
	c := scaled(s, scalar)
	subMulIFMA(&out[0], &a[0], &b[0], uint64(s.N), &c.q)
	return true
}

// subMulAddFast is SubMulAdd by a kernel, or false.
func subMulAddFast(s *ring.SubRing, a, b []uint64, scalar uint64, d, out []uint64) bool {
	if !fusable(s) {
		return false
	}
	c := scaled(s, scalar)
	subMulAddIFMA(&out[0], &a[0], &b[0], &d[0], uint64(s.N), &c.q)
	return true
}
