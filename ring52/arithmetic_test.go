package ring52

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tuneinsight/lattigo/v5/ring"
)

// products is lattigo's sum of products, reduced at every step.
func products(s *ring.SubRing, a, b [][]uint64) []uint64 {
	sum, product := make([]uint64, s.N), make([]uint64, s.N)
	for i := range a {
		s.MulCoeffsMontgomery(a[i], b[i], product)
		s.Add(sum, product, sum)
	}
	return sum
}

// limbs are terms limbs of words below bound, extreme ones among them.
func limbs(r *rand.Rand, terms, n int, q, bound uint64) (v [][]uint64) {
	for len(v) < terms {
		v = append(v, operands(r, n, q, bound)...)
	}
	return v[:terms]
}

func TestMulAddEqualsLattigo(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, s := range newRing(t, minLogN, ring.Standard, widths...).SubRings {
		for _, terms := range []int{0, 1, 2, 5, 6, 7, 12, 13, 33, 70} {
			sameProducts(t, random, s, terms)
		}
	}
}

// sameProducts requires that MulAdd and MulAdd2 give lattigo's sums, with either factor lazy.
func sameProducts(t *testing.T, random *rand.Rand, s *ring.SubRing, terms int) {
	t.Helper()
	q := s.Modulus
	reduced := limbs(random, terms, s.N, q, q)
	lazy0, lazy1 := limbs(random, terms, s.N, q, 2*q), limbs(random, terms, s.N, q, 2*q)
	slices.Reverse(lazy1)
	want0, want1 := products(s, lazy0, reduced), products(s, lazy1, reduced)
	out0, out1 := limb(s.N, func(int) uint64 { return ^uint64(0) }), make([]uint64, s.N)
	MulAdd(s, lazy0, reduced, out0)
	equal(t, q, terms, "MulAdd", out0, want0)
	MulAdd(s, reduced, lazy1, out1)
	equal(t, q, terms, "MulAdd swapped", out1, want1)
	MulAdd2(s, lazy0, lazy1, reduced, out1, out0)
	equal(t, q, terms, "MulAdd2 half 0", out1, want0)
	equal(t, q, terms, "MulAdd2 half 1", out0, want1)
	for _, n := range []int{16, 24, 528} { // parts of limbs
		clear(out0)
		MulAdd2(s, lazy0, lazy1, reduced, out0[:n], out1[:n])
		equal(t, q, terms, "MulAdd2 of a part", out0[:n], want0[:n])
		equal(t, q, terms, "MulAdd2 of a part", out1[:n], want1[:n])
		if out0[n] != 0 {
			t.Fatalf("MulAdd2 of %d words wrote word %d", n, n)
		}
	}
}

func equal(t *testing.T, q uint64, terms int, what string, got, want []uint64) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s of %d terms modulo %d: word %d is %d, want %d", what, terms, q, i, got[i], want[i])
		}
	}
}

func FuzzMulAdd(f *testing.F) {
	f.Add(uint64(1), uint8(29), uint8(6))
	f.Add(uint64(2), uint8(30), uint8(40))
	f.Add(uint64(3), uint8(10), uint8(16))
	f.Fuzz(func(t *testing.T, seed uint64, width, terms uint8) {
		s := newRing(t, minLogN, ring.Standard, 20+int(width%41)).SubRings[0]
		sameProducts(t, rand.New(rand.NewPCG(seed, 0)), s, int(terms%80))
	})
}

func TestMulAddPanicsOnShortLimbs(t *testing.T) {
	t.Parallel()
	s := newRing(t, minLogN, ring.Standard, 45).SubRings[0]
	whole, short := make([]uint64, s.N), make([]uint64, s.N-1)
	good, bad := [][]uint64{whole, whole}, [][]uint64{whole, short}
	for name, call := range map[string]func(){
		"factor a":      func() { MulAdd(s, bad, good, whole) },
		"factor b":      func() { MulAdd(s, good, bad, whole) },
		"fewer factors": func() { MulAdd(s, good, good[:1], whole) },
		"second half":   func() { MulAdd2(s, good, bad, good, whole, whole) },
		"second sum":    func() { MulAdd2(s, good, good, good, whole, short) },
		"permuted":      func() { AddPermuted(s, short, whole, whole) },
		"order":         func() { Permute(s, whole, short, whole) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

func TestPermutationsEqualLattigo(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for kind := range types {
		for logN := minLogN; logN <= maxLogN; logN++ {
			r := newRing(t, logN, kind, 45, 60)
			in, sum := r.NewPoly(), r.NewPoly()
			for i, s := range r.SubRings {
				copy(in.Coeffs[i], operands(random, s.N, s.Modulus, s.Modulus)[random.IntN(4)])
				copy(sum.Coeffs[i], operands(random, s.N, s.Modulus, s.Modulus)[random.IntN(4)])
			}
			elements := []uint64{5, 25, random.Uint64N(r.NthRoot())&^3 | 1}
			if kind == ring.Standard { // the others leave the conjugate-invariant ring's half
				elements = append(elements, 3, r.NthRoot()-1)
			}
			for _, element := range elements {
				order, err := ring.AutomorphismNTTIndex(r.N(), r.NthRoot(), element)
				if err != nil {
					t.Fatal(err)
				}
				moved, want := r.NewPoly(), r.NewPoly()
				r.AutomorphismNTTWithIndex(in, order, moved)
				r.Add(moved, sum, want)
				for i, s := range r.SubRings {
					out := make([]uint64, s.N)
					Permute(s, in.Coeffs[i], order, out)
					equal(t, s.Modulus, logN, "Permute", out, moved.Coeffs[i])
					copy(out, sum.Coeffs[i])
					AddPermuted(s, in.Coeffs[i], order, out)
					equal(t, s.Modulus, logN, "AddPermuted", out, want.Coeffs[i])
				}
			}
		}
	}
}

func BenchmarkMulAdd2(b *testing.B) {
	for _, logN := range []int{13, 14} {
		s := newRing(b, logN, ring.Standard, 49).SubRings[0]
		random := rand.New(rand.NewPCG(5, 6))
		out0, out1 := make([]uint64, s.N), make([]uint64, s.N)
		for _, terms := range []int{4, 16} {
			var v [3][][]uint64
			for i := range v {
				for range terms {
					v[i] = append(v[i], limb(s.N, func(int) uint64 { return random.Uint64N(s.Modulus) }))
				}
			}
			name := fmt.Sprintf("%d/%dbit/%dterms/", logN, bits.Len64(s.Modulus), terms)
			b.Run(name+"lattigo", func(b *testing.B) {
				for b.Loop() {
					mulAddGeneric(s, v[0], v[2], out0)
					mulAddGeneric(s, v[1], v[2], out1)
				}
			})
			b.Run(name+Kind(), func(b *testing.B) {
				for b.Loop() {
					MulAdd2(s, v[0], v[1], v[2], out0, out1)
				}
			})
		}
	}
}

func BenchmarkAddPermuted(b *testing.B) {
	r := newRing(b, 14, ring.Standard, 49)
	s, in, sum := r.SubRings[0], r.NewPoly(), r.NewPoly()
	order, err := ring.AutomorphismNTTIndex(r.N(), r.NthRoot(), 5)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("lattigo", func(b *testing.B) {
		for b.Loop() {
			r.AutomorphismNTTWithIndexThenAddLazy(in, order, sum)
			r.Reduce(sum, sum)
		}
	})
	b.Run(Kind(), func(b *testing.B) {
		for b.Loop() {
			AddPermuted(s, in.Coeffs[0], order, sum.Coeffs[0])
		}
	})
}
