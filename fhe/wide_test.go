package fhe

import (
	"slices"
	"testing"

	"github.com/tuneinsight/lattigo/v5/ring"
)

// widePrimes are the largest of a width that a ring degree admits.
func widePrimes(t *testing.T, logN, width, count int) []uint64 {
	t.Helper()
	generator := ring.NewNTTFriendlyPrimesGenerator(uint64(width), 4<<logN)
	list, err := generator.NextDownstreamPrimes(count)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestWideKernelsChangeNothing evaluates a plan whose primes are above 2^50, or are narrow and wide in turn. Its values
// make no sense, which what it computes with does not know.
func TestWideKernelsChangeNothing(t *testing.T) {
	t.Parallel()
	k := looseCompiler(t, smallPrefix(false))
	for _, special := range []int{1, 2} {
		for _, step := range []int{1, 2} {
			lit, err := k.levelled(inputWindow, 14, special, false)
			if err != nil {
				t.Fatal(err)
			}
			wide := widePrimes(t, 14, 60, special+1)
			lit.Q, lit.P = slices.Clone(lit.Q), wide[1:]
			lit.Q[0] = wide[0]
			for i, q := range widePrimes(t, 14, 51, len(lit.Q)) {
				if i > 0 && i%step == 0 {
					lit.Q[i] = q
				}
			}
			s, err := k.session(lit)
			if err != nil {
				t.Fatal(err)
			}
			sameWithoutKernels(t, s)
		}
	}
}
