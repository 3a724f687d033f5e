package ring52

// digitsFast writes (x+half)*inverse mod q to y and adds y/q to sums, doubles, by a kernel, or returns false.
func (p *Prime) digitsFast(x []uint64, half, inverse uint64, y, sums []uint64) bool {
	if !p.fused {
		return false
	}
	c := p.scaled(inverse)
	digitsIFMA(&y[0], &sums[0], &x[0], uint64(p.N), half, p.Modulus, &c.q)
	return true
}

// truncateFast turns doubles into their integer parts by a kernel, or returns false.
func (p *Prime) truncateFast(v []uint64) bool {
	if !p.vector || len(v) == 0 || len(v)%minWords != 0 {
		return false
	}
	truncateDQ(&v[0], uint64(len(v)))
	return true
}

// combineFast writes offset + sum_i rows[i]*factors[i] to out by a kernel, not reduced, or returns
// false. Rows are digits modulo the source primes, and a number of at most as many.
func (p *Prime) combineFast(from []*Prime, rows [][]uint64, factors []uint64, offset uint64, out []uint64) bool {
	if !p.fused || len(rows) > maxTerms {
		return false
	}
	var pointers [maxTerms]*uint64
	var shifted [maxTerms]uint64
	for i, row := range rows {
		if i < len(from) && from[i].Modulus > 1<<52 {
			return false
		}
		pointers[i], shifted[i] = &row[0], p.shift12(factors[i])
	}
	combineIFMA(&out[0], &pointers[0], &shifted[0], uint64(len(rows)), uint64(p.N), offset, &p.constants.q)
	return true
}

// subMulFast is SubMul by a kernel, or false.
func (p *Prime) subMulFast(a, b []uint64, scalar uint64, out []uint64) bool {
	if !p.fused {
		return false
	}
	c := p.scaled(scalar)
	subMulIFMA(&out[0], &a[0], &b[0], uint64(p.N), &c.q)
	return true
}

// subMulAddFast is SubMulAdd by a kernel, or false.
func (p *Prime) subMulAddFast(a, b []uint64, scalar uint64, d, out []uint64) bool {
	if !p.fused {
		return false
	}
	c := p.scaled(scalar)
	subMulAddIFMA(&out[0], &a[0], &b[0], &d[0], uint64(p.N), &c.q)
	return true
}
