package ring52

import (
	"fmt"
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

// Install gives the subrings of rings transformers made of the kernels, and returns how many it
// replaced: none where the machine has no kernels, and none that a kernel does not serve or that have
// a transformer other than lattigo's. A nil ring is skipped, so Install(p.RingQ(), p.RingP()) serves
// parameters without special primes.
//
// It writes to r.SubRings, which all views of a ring and all objects made from its parameters share:
// install into parameters of one's own before anything else uses them. A subring with a foreign
// transformer does not know its Type, and lattigo panics where it asks for it: in encoders, automorphisms
// of coefficients, packing, StandardRing and marshalling. Keep a second, untouched parameter set for
// those; keys and ciphertexts are the same for both.
//
// The tables of a prime take about 19 bytes for each coefficient (IFMA), 33 (DQ) or 14 (FMA). They are read-only:
// goroutines may share rings as before.
func Install(rings ...*ring.Ring) (installed int, err error) {
	for _, r := range rings {
		if r == nil {
			continue
		}
		for i, s := range r.SubRings {
			fast, err := accelerated(s)
			if err != nil {
				return installed, fmt.Errorf("accelerate modulus %d: %w", s.Modulus, err)
			}
			if fast != nil {
				r.SubRings[i] = fast
				installed++
			}
		}
	}
	return installed, nil
}

// accelerated returns a copy of s whose transforms are ours, or nil where s must stay as it is.
func accelerated(s *ring.SubRing) (*ring.SubRing, error) {
	kind, ok := typeOf(s)
	if !ok || !served(s) {
		return nil, nil
	}
	t := newTransformer(s, kind, arithmeticOf(s))
	fast, err := ring.NewSubRingWithCustomNTT(s.N, s.Modulus,
		func(*ring.SubRing, int) ring.NumberTheoreticTransformer { return t }, int(s.NthRoot))
	if err != nil {
		return nil, err
	}
	fast.NTTTable, fast.Factors = s.NTTTable, s.Factors
	return fast, nil
}

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

// typeOf returns the type of s, or false if its transformer is not lattigo's: Type panics then.
func typeOf(s *ring.SubRing) (t ring.Type, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return s.Type(), true
}
