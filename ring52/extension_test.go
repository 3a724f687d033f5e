package ring52

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/tuneinsight/lattigo/v5/ring"
)

// chains are the widths of ordinary and special primes.
var chains = []struct {
	name string
	q, p []int
}{
	{"49 bits", []int{49, 40, 40, 40, 40}, []int{49, 49}},
	{"three special primes", []int{50, 50, 50, 50, 50, 45, 45}, []int{50, 50, 50}},
	{"60 bits", []int{60, 55, 55, 30, 45}, []int{60, 60}},
	{"mixed", []int{46, 58, 30, 49}, []int{45, 60}},
	{"one special prime", []int{49, 40, 30}, []int{49}},
	{"one wide special prime", []int{60, 58, 45}, []int{60}},
}

// split takes one ring for the ordinary and one for the special primes from a chain.
func split(t testing.TB, logN int, q, p []int) (ringQ, ringP *ring.Ring) {
	t.Helper()
	primes := newRing(t, logN, ring.Standard, append(append([]int{}, q...), p...)...).ModuliChain()
	ringQ, err := ring.NewRing(1<<logN, primes[:len(q)])
	if err != nil {
		t.Fatal(err)
	}
	if ringP, err = ring.NewRing(1<<logN, primes[len(q):]); err != nil {
		t.Fatal(err)
	}
	return ringQ, ringP
}

// hardCoefficients are residues of integers modulo the product of primes: random ones, and ones
// next to where the centred value changes its sign or the quotient changes.
func hardCoefficients(random *rand.Rand, primes []*Prime) [][]uint64 {
	n, q := primes[0].N, product(primes)
	anchors := []*big.Int{
		big.NewInt(0), new(big.Int).Rsh(q, 1), q, new(big.Int).Rsh(q, 2),
		new(big.Int).Quo(q, modulus(primes[0])), new(big.Int).Quo(q, big.NewInt(3)),
	}
	x := make([][]uint64, len(primes))
	for i := range x {
		x[i] = make([]uint64, n)
	}
	for j := range n {
		v := new(big.Int).Add(anchors[j%len(anchors)], big.NewInt(int64(random.IntN(5)-2)))
		for i, s := range primes {
			x[i][j] = residue(v, s)
			if j%7 == 0 {
				x[i][j] = random.Uint64N(s.Modulus)
			}
		}
	}
	return x
}

// extend runs an Extension from x and returns its fully reduced results.
func extend(e *Extension, x [][]uint64) (results [][]uint64) {
	rows := make([][]uint64, e.Rows())
	for i := range rows {
		rows[i] = make([]uint64, len(x[0]))
	}
	e.Split(x, rows)
	for j, s := range e.to {
		out := make([]uint64, s.N)
		e.Extend(rows, j, out)
		s.Reduce(out, out)
		results = append(results, out)
	}
	return results
}

func TestExtensionEqualsBasisExtender(t *testing.T) {
	t.Parallel()
	for _, chain := range chains {
		t.Run(chain.name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(7, 8))
			ringQ, ringP := split(t, minLogN, chain.q, chain.p)
			stock := ring.NewBasisExtender(ringQ, ringP)
			for levelP := range chain.p {
				sameExtension(t, random, stock, ringQ, ringP.AtLevel(levelP))
			}
		})
	}
}

// sameExtension compares that of integers modulo the special primes to all others.
func sameExtension(t *testing.T, random *rand.Rand, stock *ring.BasisExtender, ringQ, ringP *ring.Ring) {
	t.Helper()
	x, want := hardCoefficients(random, NewPrimes(ringP, true)), ringQ.NewPoly()
	stock.ModUpPtoQ(ringP.Level(), ringQ.Level(), ring.Poly{Coeffs: x}, want)
	ringQ.Reduce(want, want)
	for _, kernels := range []bool{true, false} {
		from, to := NewPrimes(ringP, kernels), NewPrimes(ringQ, kernels)
		for j, got := range extend(NewExtension(from, to), x) {
			equal(t, to[j].Modulus, ringP.Level(), "extension", got, want.Coeffs[j])
		}
	}
}

// TestQuotientsAreRounded requires the bits of Go's division of the kernels, which correct a product with a reciprocal.
func TestQuotientsAreRounded(t *testing.T) {
	t.Parallel()
	if !Available() {
		t.Skip("no kernels on this machine")
	}
	random := rand.New(rand.NewPCG(5, 7))
	for _, p := range NewPrimes(newRing(t, 13, ring.Standard, widths...), true) {
		if !hasDQ() && p.Modulus >= maxIFMA {
			continue // no kernels for these
		}
		one := ring.MForm(1, p.Modulus, p.BRedConstant)
		for _, x := range append(operands(random, p.N, p.Modulus, p.Modulus),
			limb(p.N, func(i int) uint64 { return p.Modulus - 1 - uint64(i) }),
			limb(p.N, func(i int) uint64 { return uint64(i) }),
			limb(p.N, func(int) uint64 { return random.Uint64N(p.Modulus) >> random.IntN(bits.Len64(p.Modulus)) }),
		) {
			y, sums := make([]uint64, p.N), make([]uint64, p.N)
			if !p.digitsFast(x, 0, one, y, sums) {
				t.Fatalf("no kernel for a modulus of %d bits", bits.Len64(p.Modulus))
			}
			for j := range y {
				if want := math.Float64bits(float64(x[j]) / float64(p.Modulus)); y[j] != x[j] || sums[j] != want {
					t.Fatalf("%d / %d is %x for %d, want %x", x[j], p.Modulus, sums[j], y[j], want)
				}
			}
		}
	}
}

func TestDigitExtensionEqualsDecomposer(t *testing.T) {
	t.Parallel()
	for _, chain := range chains {
		t.Run(chain.name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(9, 10))
			ringQ, ringP := split(t, minLogN, chain.q, chain.p)
			stock := ring.NewDecomposer(ringQ, ringP)
			for level := range chain.q {
				for first := 0; first <= level; first += len(chain.p) {
					sameDigit(t, random, stock, ringQ.AtLevel(level), ringP, first)
				}
			}
		})
	}
}

// sameDigit compares the digit whose first prime is given, modulo all other primes up to the ring's level.
func sameDigit(t *testing.T, random *rand.Rand, stock *ring.Decomposer, ringQ, ringP *ring.Ring, first int) {
	t.Helper()
	level, size := ringQ.Level(), len(ringP.SubRings)
	last := min(first+size, level+1)
	x := ringQ.NewPoly()
	copy(x.Coeffs[first:last], hardCoefficients(random, NewPrimes(ringQ, true)[first:last]))
	wantQ, wantP := ringQ.NewPoly(), ringP.NewPoly()
	stock.DecomposeAndSplit(level, size-1, size, first/size, x, wantQ, wantP)
	ringQ.Reduce(wantQ, wantQ)
	ringP.Reduce(wantP, wantP)

	want := append(append([][]uint64{}, wantQ.Coeffs...), wantP.Coeffs...)
	for _, kernels := range []bool{true, false} {
		primes := NewPrimes(ringQ, kernels)
		to := append(append([]*Prime{}, primes...), NewPrimes(ringP, kernels)...)
		for j, got := range extend(NewDigitExtension(primes[first:last], to), x.Coeffs[first:last]) {
			if j < first || j >= last { // lattigo leaves the digit's own residues to the caller
				equal(t, to[j].Modulus, level, fmt.Sprintf("digit from prime %d", first), got, want[j])
			}
		}
	}
}

func FuzzExtensions(f *testing.F) {
	f.Add(uint64(1), []byte{29, 20, 30}, uint8(2))
	f.Add(uint64(2), []byte{20, 41, 28, 40, 25}, uint8(3))
	f.Add(uint64(3), []byte{10, 9}, uint8(1))
	f.Fuzz(func(t *testing.T, seed uint64, widths []byte, special uint8) {
		size := 1 + int(special%3)
		if len(widths) <= size || len(widths) > 8 {
			t.Skip("want one to three special primes and some others")
		}
		var bits []int
		for _, w := range widths {
			bits = append(bits, 22+int(w%40))
		}
		random := rand.New(rand.NewPCG(seed, 0))
		ringQ, ringP := split(t, minLogN, bits[size:], bits[:size])
		sameExtension(t, random, ring.NewBasisExtender(ringQ, ringP), ringQ, ringP)
		stock := ring.NewDecomposer(ringQ, ringP)
		for first := 0; first <= ringQ.Level(); first += size {
			sameDigit(t, random, stock, ringQ, ringP, first)
		}
	})
}

func BenchmarkExtension(b *testing.B) {
	for _, width := range []int{49, 58} {
		ringQ, ringP := split(b, 13, []int{width, width, width, width, width, width, width}, []int{width, width})
		random := rand.New(rand.NewPCG(13, 14))
		x, out := hardCoefficients(random, NewPrimes(ringP, true)), ringQ.NewPoly()
		stock := ring.NewBasisExtender(ringQ, ringP)
		b.Run(fmt.Sprintf("%dbit/lattigo", width), func(b *testing.B) {
			for b.Loop() {
				stock.ModUpPtoQ(ringP.Level(), ringQ.Level(), ring.Poly{Coeffs: x}, out)
			}
		})
		for _, kernels := range []bool{true, false} {
			e := NewExtension(NewPrimes(ringP, kernels), NewPrimes(ringQ, kernels))
			rows := ring.NewPoly(ringQ.N(), e.Rows()-1).Coeffs
			b.Run(fmt.Sprintf("%dbit/%s", width, e.to[0].kind()), func(b *testing.B) {
				for b.Loop() {
					e.Split(x, rows)
					for j := range e.to {
						e.Extend(rows, j, out.Coeffs[j])
					}
				}
			})
		}
	}
}

func BenchmarkSubMul(b *testing.B) {
	for _, s := range newRing(b, 13, ring.Standard, 49, 58).SubRings {
		v := operands(rand.New(rand.NewPCG(17, 18)), s.N, s.Modulus, s.Modulus)
		eachKind(s, func(p *Prime) {
			b.Run(fmt.Sprintf("%dbit/%s", bits.Len64(s.Modulus), p.kind()), func(b *testing.B) {
				for b.Loop() {
					p.SubMul(v[0], v[1], 12345, v[2])
				}
			})
		})
	}
}
