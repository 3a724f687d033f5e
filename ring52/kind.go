package ring52

import (
	"math/bits"

	"github.com/tuneinsight/lattigo/v5/ring"
)

// Kinds of arithmetic that a machine may offer, in the words of Kind.
const (
	KindIFMA     = "avx512ifma" // 52-bit kernels for primes below 2^50, DQ kernels for the others
	KindDQ       = "avx512dq"   // DQ kernels for all
	KindFMA      = "avx2"       // kernels in double precision (AVX2 and FMA) for primes below 2^50
	KindPortable = "portable"   // lattigo's own code
)

// Kind names the arithmetic that this machine runs.
func Kind() string {
	switch {
	case hasIFMA():
		return KindIFMA
	case hasDQ():
		return KindDQ
	case hasFMA():
		return KindFMA
	default:
		return KindPortable
	}
}

// Available says whether this machine has any of the kernels.
func Available() bool { return hasDQ() || hasFMA() }

// arithmetic is how transforms multiply.
type arithmetic int

const (
	arithmeticDQ arithmetic = iota
	arithmeticIFMA
	arithmeticNarrow // IFMA without reductions between stages
	arithmeticFloat  // in double precision
)

// arithmeticOf is the fastest for the transforms of s, which is served.
func arithmeticOf(s *ring.SubRing) arithmetic {
	switch {
	case s.Modulus >= maxIFMA:
		return arithmeticDQ
	case !hasIFMA() && hasFMA(): // faster than DQ
		return arithmeticFloat
	case !hasIFMA():
		return arithmeticDQ
	case narrow(s):
		return arithmeticNarrow
	default:
		return arithmeticIFMA
	}
}

// narrow says whether 52-bit words hold what a whole transform adds up: 2q for each stage and as much for a bias, or 64q on
// the way back, see internal/gen.
func narrow(s *ring.SubRing) bool {
	return s.Modulus*max(64, uint64(4*bits.Len(uint(s.N))+4)) < 1<<52
}

// Bounds of what the kernels serve.
const (
	minLogN = 11
	maxLogN = 16
	maxIFMA = 1 << 50 // 4q must be a 52-bit word
	maxDQ   = 1 << 61 // 8q must be a 64-bit word
)

// served says whether a kernel of this machine transforms s, whose NTT constants must be there.
func served(s *ring.SubRing) bool {
	n := s.N
	return n&(n-1) == 0 && n >= 1<<minLogN && n <= 1<<maxLogN && len(s.RootsForward) > 0 &&
		(hasDQ() && s.Modulus < maxDQ || hasFMA() && s.Modulus < maxIFMA)
}
