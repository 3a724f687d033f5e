package ring52

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tuneinsight/lattigo/v5/ring"
)

// widths are the prime sizes in bits at which the arithmetic changes or nearly overflows.
var widths = []int{30, 45, 46, 49, 50, 55, 58, 60, 61}

var types = map[ring.Type]string{ring.Standard: "standard", ring.ConjugateInvariant: "conjugate"}

// newRing returns a stock ring with the largest primes of the given widths: at most 2^bits.
func newRing(t testing.TB, logN int, kind ring.Type, widths ...int) *ring.Ring {
	t.Helper()
	var primes []uint64
	for _, bits := range widths {
		g := ring.NewNTTFriendlyPrimesGenerator(uint64(bits), 4<<logN)
		for {
			q, err := g.NextDownstreamPrime()
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(primes, q) {
				primes = append(primes, q)
				break
			}
		}
	}
	r, err := ring.NewRingFromType(1<<logN, primes, kind)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// arithmetics are the transforms of s that this machine can run.
func arithmetics(s *ring.SubRing, kind ring.Type) map[string]transform {
	all := map[string]transform{}
	if hasFMA() && s.Modulus < maxIFMA {
		all["FMA"] = newTransformer(s, kind, arithmeticFloat)
	}
	if hasDQ() {
		all["DQ"] = newTransformer(s, kind, arithmeticDQ)
	}
	if hasIFMA() && s.Modulus < maxIFMA {
		all["IFMA"] = newTransformer(s, kind, arithmeticIFMA)
	}
	if hasIFMA() && narrow(s) {
		all["narrow"] = newTransformer(s, kind, arithmeticNarrow)
	}
	return all
}

// limb fills n words by f.
func limb(n int, f func(i int) uint64) []uint64 {
	v := make([]uint64, n)
	for i := range v {
		v[i] = f(i)
	}
	return v
}

// operands are limbs of words below bound: random ones, extreme ones, and extreme words in between.
func operands(r *rand.Rand, n int, q, bound uint64) [][]uint64 {
	edges := []uint64{0, 1, q - 1, q, bound - 1}
	for i, e := range edges {
		edges[i] = min(e, bound-1)
	}
	return [][]uint64{
		limb(n, func(int) uint64 { return r.Uint64N(bound) }),
		limb(n, func(int) uint64 { return bound - 1 }),
		limb(n, func(int) uint64 { return edges[r.IntN(len(edges))] }),
		limb(n, func(i int) uint64 { return uint64(i%2) * (bound - 1) }),
	}
}

// sameTransforms requires that t does on p what s does, to another slice and in place, where it goes through the parts in
// another order.
func sameTransforms(t *testing.T, s *ring.SubRing, fast transform, p []uint64, forward bool) {
	t.Helper()
	want, got, inPlace := make([]uint64, s.N), make([]uint64, s.N), slices.Clone(p)
	if forward {
		s.NTT(p, want)
		fast.Forward(p, got)
		fast.begin(inPlace, inPlace)
		for i := range parts {
			fast.finish(inPlace, (i*3+1)%parts)
		}
	} else {
		s.INTT(p, want)
		fast.Backward(p, got)
		fast.Backward(inPlace, inPlace)
	}
	for i := range want {
		if want[i] != got[i] || want[i] != inPlace[i] {
			t.Fatalf("q=%d forward=%v: word %d is %d, in place %d, want %d", s.Modulus, forward, i, got[i], inPlace[i], want[i])
		}
	}
}

func TestTransformsEqualLattigo(t *testing.T) {
	t.Parallel()
	for kind, name := range types {
		for logN := minLogN; logN <= maxLogN; logN++ {
			t.Run(fmt.Sprintf("%s/%d", name, logN), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(uint64(logN), uint64(kind)))
				for _, s := range newRing(t, logN, kind, widths...).SubRings {
					for _, fast := range arithmetics(s, kind) {
						for _, bound := range []uint64{s.Modulus, 4 * s.Modulus, 1 << 63} {
							for _, p := range operands(random, s.N, s.Modulus, bound) {
								sameTransforms(t, s, fast, p, true)
							}
						}
						for _, p := range operands(random, s.N, s.Modulus, 2*s.Modulus) {
							sameTransforms(t, s, fast, p, false)
						}
					}
				}
			})
		}
	}
}

func FuzzTransforms(f *testing.F) {
	f.Add(uint64(1), uint8(49), uint8(0), true)
	f.Add(uint64(2), uint8(60), uint8(1), false)
	f.Add(uint64(3), uint8(29), uint8(2), true)
	f.Fuzz(func(t *testing.T, seed uint64, width, degree uint8, conjugate bool) {
		kind := ring.Standard
		if conjugate {
			kind = ring.ConjugateInvariant
		}
		s := newRing(t, minLogN+int(degree%3), kind, 20+int(width%41)).SubRings[0]
		random := rand.New(rand.NewPCG(seed, 0))
		for _, fast := range arithmetics(s, kind) {
			for _, p := range operands(random, s.N, s.Modulus, 1<<63) {
				sameTransforms(t, s, fast, p, true)
			}
			for _, p := range operands(random, s.N, s.Modulus, 2*s.Modulus) {
				sameTransforms(t, s, fast, p, false)
			}
		}
	})
}

func BenchmarkTransforms(b *testing.B) {
	for logN := 13; logN <= 15; logN++ {
		for _, kind := range []ring.Type{ring.Standard, ring.ConjugateInvariant} {
			for _, s := range newRing(b, logN, kind, 45, 49, 58).SubRings {
				p := limb(s.N, func(int) uint64 { return rand.Uint64N(s.Modulus) })
				out := make([]uint64, s.N)
				bench := func(who, direction string, run func(p1, p2 []uint64)) {
					b.Run(fmt.Sprintf("%s/%d/%dbit/%s/%s", types[kind], logN, bits.Len64(s.Modulus), direction, who), func(b *testing.B) {
						for b.Loop() {
							run(p, out)
						}
					})
				}
				bench("lattigo", "forward", s.NTT)
				bench("lattigo", "inverse", s.INTT)
				for who, fast := range arithmetics(s, kind) {
					bench(who, "forward", fast.Forward)
					bench(who, "inverse", fast.Backward)
				}
			}
		}
	}
}
