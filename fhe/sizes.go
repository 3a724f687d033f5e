package fhe

import (
	"fmt"
	"math"
	"slices"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
)

// sizes are the bits of the primes of a levelled plan. A linear map consumes a prime of about the scale of its
// weights, a square one of about the scale of its input, which it keeps.
//
// Merged, a square is not rescaled: the map behind it consumes one prime for both. A limb costs the same whether its
// prime has 26 or 60 bits, so that shallow precision gets by with two thirds of the limbs.
type sizes struct {
	q, p  []int // q from the last prime, level 0, to the first consumed
	scale int   // log2 of the scale before each activation
	last  int   // and at the end; a little lower where that makes the bottom prime one of the fastest
}

// rank is how deep a stage stands: stages of one rank are evaluated at one level.
type rank struct {
	poly   int  // levels its activations take
	merges bool // its activations are squares that the next rank can rescale
}

// ranks lists the ranks of a program and that of each stage.
func (g *program) ranks() (list []rank, of []int) {
	for _, s := range g.stages {
		r := 0
		for _, t := range s.sources {
			if t > 0 {
				r = max(r, of[t-1]+1)
			}
		}
		of = append(of, r)
		for len(list) <= r {
			list = append(list, rank{merges: true})
		}
		if s.poly != nil {
			list[r].poly = max(list[r].poly, s.poly.levels())
		}
		list[r].merges = list[r].merges && s.poly != nil && s.poly.folds()
	}
	list[len(list)-1].merges = false
	// A tensor that skips ranks would be read unscaled at a level where another prime stands.
	for k, s := range g.stages {
		for _, t := range s.sources {
			if t > 0 && of[t-1] != of[k]-1 {
				list[of[t-1]].merges = false
			}
		}
	}
	return list, of
}

// finalGain is how many bits the last scale exceeds the others. The rounding of the last rescaling is then small
// beside the noise before it, for nothing: what the bottom prime gains, the last map's prime gives. Only where each
// prime is a digit of its own does a wider bottom prime ask for a wider special prime.
func finalGain(special int) int {
	if special == 1 {
		return 2
	}
	return 8
}

const (
	minPrimeBits = 20 // there are few smaller primes of the right form
	maxPrimeBits = 59
	narrowBits   = wideBits - 1 // primes below are the fastest: a few bits of precision are given for them
	maxNarrowing = 6            // so many
	minScale     = 22
	maxScale     = 50

	// A merged prime has room for a scale and for weights four bits below it: rounding a ciphertext costs about
	// sqrt(2N * N/9) of its scale, rounding weights sqrt(N/12) for each product.
	maxMergedScale = 32
)

// leastWeights is how many bits the last map's weights keep where its prime is made smaller than a single special prime that
// could only be wider at the cost of speed: what is rotated at the scale of a tensor, behind the map before, gets half the
// noise from it.
const leastWeights = 20

// finalSpare is how many bits more than wanted the last rescaling alone must leave where its scale is lowered: the noise
// before it comes on top.
const finalSpare = 1

// leastLast is the lowest scale of an output that its last rescaling leaves precise enough.
func (k *compiler) leastLast(logN int) int {
	missing := math.Log2(k.largest / max(k.least, math.SmallestNonzeroFloat64)) // for the sample of the smallest output
	return int(min(maxPrimeBits, math.Ceil(k.o.Bits+finalSpare+missing-k.precision(logN, 0))))
}

// room is how many bits an output within its bound, and a sign, take beyond its scale.
func room(bound float64) int {
	const primes = 0.05 // a prime may be a little below its power of two
	return max(2, int(math.Ceil(math.Log2(bound)+1+primes)))
}

// primeBits sizes the primes for a scale; false if they do not fit the security budget of the ring degree. bound is that
// of outputs, least the lowest scale that they may get for a faster bottom prime.
func primeBits(list []rank, logN, special, scale int, merged bool, bound float64, least int) (sizes, bool) {
	headroom := room(bound)
	linear := min(scale-5, 44)
	if merged {
		if linear = min(scale-4, maxPrimeBits-scale); scale > maxMergedScale {
			return sizes{}, false
		}
	}
	alone := linear // where a map has a prime for itself
	if merged {
		if over := scale + linear - narrowBits; over > 0 && over <= maxNarrowing {
			linear -= over
		}
	}
	gain := max(0, min(finalGain(special), maxPrimeBits-scale-headroom, linear-24))
	s := sizes{scale: scale}
	if narrow := narrowBits - scale - headroom; narrow >= 0 || scale+narrow >= least {
		gain = min(gain, narrow)
	}
	s.last, s.q = scale+gain, []int{scale + gain + headroom}
	for r, rank := range slices.Backward(list) {
		if !merged || !rank.merges {
			for range rank.poly {
				s.q = append(s.q, scale)
			}
		}
		if merged && r > 0 && list[r-1].merges {
			s.q = append(s.q, linear+scale)
		} else {
			s.q = append(s.q, alone)
		}
	}
	s.q[1] -= gain
	digit := 0
	for group := range slices.Chunk(s.q, special) {
		digit = max(digit, sum(group))
	}
	p := (digit + special) / special
	if special == 1 && merged && p == wideBits && s.q[1] == digit {
		if s.q[1]--; s.q[1]-scale < leastWeights {
			return s, false
		}
	}
	s.p = slices.Repeat([]int{p}, special)
	fits := slices.Min(s.q) >= minPrimeBits && max(slices.Max(s.q), s.p[0]) <= maxPrimeBits && len(s.q)+len(s.p) <= maxPrimes && len(s.q) >= special
	return s, fits && float64(sum(s.q)+sum(s.p)) <= maxLogQP[logN]-0.5
}

// largestSizes sizes the primes for the largest scale up to a limit that fits. That of outputs may be lower, if so asked for.
func (k *compiler) largestSizes(list []rank, logN, special, limit int, merged, lower bool) (sizes, error) {
	least := maxPrimeBits
	if lower {
		least = k.leastLast(logN)
	}
	for scale := min(limit, maxScale); scale >= minScale; scale-- {
		if s, ok := primeBits(list, logN, special, scale, merged, k.bound, least); ok {
			return s, nil
		}
	}
	return sizes{}, fmt.Errorf("%d linear maps and their activations need a larger modulus than ring degree 2^%d allows", len(list), logN)
}

func sum(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

// primes draws the moduli: special ones of wideBits from below, where the fastest kernels still serve.
func (s sizes) primes(logN int) (q, p []uint64, err error) {
	if q, p, err = rlwe.GenModuli(logN+2, s.q, s.p); err != nil || s.p[0] != wideBits || slices.Contains(s.q, wideBits) {
		return q, p, err // others of that size would be the same ones
	}
	g := ring.NewNTTFriendlyPrimesGenerator(wideBits, 4<<logN)
	for i := range p {
		if p[i], err = g.NextDownstreamPrime(); err != nil {
			return nil, nil, fmt.Errorf("special primes below 2^%d: %w", wideBits, err)
		}
	}
	return q, p, nil
}
