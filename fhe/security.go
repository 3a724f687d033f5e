package fhe

import (
	"errors"
	"fmt"
	"math"
)

// ErrInsecure marks parameters below 128-bit security.
var ErrInsecure = errors.New("parameters are below 128-bit security")

// maxLogQP is the largest modulus, in bits, that keeps 128-bit classical security for a uniform ternary secret and
// errors of standard deviation 3.19 or more, by log2 of the ring degree: Bossuat et al., "Security Guidelines for
// Implementing Homomorphic Encryption" (eprint 2024/463, table 5.2, uniform ternary). It is slightly stricter than the
// table of the Homomorphic Encryption Standard of 2018 (109, 218, 438, 881). Our secrets are uniform ternary, our
// errors have standard deviation 3.2. The conjugate-invariant ring of degree N counts as dimension N.
var maxLogQP = map[int]float64{
	12: 106,
	13: 214,
	14: 430,
	15: 868,
}

// minLogN and maxLogN bound the ring degrees of plans.
const (
	minLogN = 12
	maxLogN = 15
)

func logOf(primes ...[]uint64) float64 {
	s := 0.0
	for _, list := range primes {
		for _, q := range list {
			s += math.Log2(float64(q))
		}
	}
	return s
}

// checkSecurity refuses moduli beyond the table.
func checkSecurity(logN int, q, p []uint64) error {
	limit, ok := maxLogQP[logN]
	if !ok {
		return fmt.Errorf("%w: ring degree 2^%d is not in the table (2^%d to 2^%d)", ErrInsecure, logN, minLogN, maxLogN)
	}
	if logQP := logOf(q, p); !(logQP <= limit) {
		return fmt.Errorf("%w: modulus of %.1f bits at ring degree 2^%d, at most %.0f", ErrInsecure, logQP, logN, limit)
	}
	return nil
}
