package ring52

import (
	"slices"

	"github.com/tuneinsight/lattigo/v5/ring"
)

// digitsFast writes (x+half)*inverse mod q to y and adds y/q to sums, doubles, by a kernel, or returns false.
func (p *Prime) digitsFast(x []uint64, half, inverse uint64, y, sums []uint64) bool {
	c := p.scaled(inverse)
	switch p.kernels {
	case kernelsOfIFMA:
		digitsIFMA(&y[0], &sums[0], &x[0], uint64(p.N), half, p.Modulus, &c.q)
	case kernelsOfDQ:
		digitsDQ(&y[0], &sums[0], &x[0], uint64(p.N), half, p.Modulus, &c.q)
	case kernelsOfFMA:
		digitsFMA(&y[0], &sums[0], &x[0], uint64(p.N), half, &c.q)
	default:
		return false
	}
	return true
}

// truncateFast turns doubles into their integer parts by a kernel, or returns false.
func (p *Prime) truncateFast(v []uint64) bool {
	if len(v) == 0 || len(v)%minWords != 0 {
		return false
	}
	switch {
	case p.vector == kernelsOfDQ:
		truncateDQ(&v[0], uint64(len(v)))
	case p.kernels == kernelsOfFMA:
		truncateFMA(&v[0], uint64(len(v)), &p.constants.q)
	default:
		return false
	}
	return true
}

// combineFast writes offset + sum_i rows[i]*factors[i] to out by a kernel, not reduced, or returns
// false. Rows are digits modulo the source primes, and a number of at most as many.
func (p *Prime) combineFast(from []*Prime, rows [][]uint64, factors []uint64, offset uint64, out []uint64) bool {
	if len(rows) > maxTerms {
		return false
	}
	var pointers [maxTerms]*uint64
	for i, row := range rows {
		pointers[i] = &row[0]
	}
	wide := slices.ContainsFunc(from, func(s *Prime) bool { return s.Modulus >= maxIFMA })
	switch {
	case p.kernels == kernelsOfIFMA && !wide:
		var shifted [maxTerms]uint64
		for i, f := range factors {
			shifted[i] = p.shift12(f)
		}
		combineIFMA(&out[0], &pointers[0], &shifted[0], uint64(len(rows)), uint64(p.N), offset, &p.constants.q)
	case p.kernels == kernelsOfFMA && !wide && len(rows) <= maxWideTerms:
		var doubles [maxWideTerms]uint64
		for i, f := range factors {
			doubles[i] = double(ring.IMForm(f, p.Modulus, p.MRedConstant), p.Modulus)
		}
		combineFMA(&out[0], &pointers[0], &doubles[0], uint64(len(rows)), uint64(p.N), double(offset, p.Modulus), &p.constants.q)
	case p.vector == kernelsOfDQ && p.Modulus < maxDQ: // where there is IFMA there is DQ
		var pairs [2*maxTerms + 1]uint64
		for i, f := range factors {
			w := ring.IMForm(f, p.Modulus, p.MRedConstant)
			pairs[2*i], pairs[2*i+1] = w, companion(w, p.Modulus, 64)
		}
		c := p.constants
		c.bound = 4 * p.Modulus
		combineDQ(&out[0], &pointers[0], &pairs[0], uint64(len(rows)), uint64(p.N), offset, &c.q)
	default:
		return false
	}
	return true
}

// subMulFast is SubMul by a kernel, or false.
func (p *Prime) subMulFast(a, b []uint64, scalar uint64, out []uint64) bool {
	c, n := p.scaled(scalar), uint64(len(out))
	switch vectorsFor(p.kernels, n) {
	case kernelsOfIFMA:
		subMulIFMA(&out[0], &a[0], &b[0], n, &c.q)
	case kernelsOfDQ:
		subMulDQ(&out[0], &a[0], &b[0], n, &c.q)
	case kernelsOfFMA:
		subMulFMA(&out[0], &a[0], &b[0], n, &c.q)
	default:
		return false
	}
	return true
}
