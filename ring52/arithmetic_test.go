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

// eachKind calls f with the prime of s as kernels serve it and as portable code does.
func eachKind(s *ring.SubRing, f func(p *Prime)) {
	r := &ring.Ring{SubRings: []*ring.SubRing{s}}
	f(NewPrimes(r, true)[0])
	f(NewPrimes(r, false)[0])
}

// kind names the kernels that serve p.
func (p *Prime) kind() string {
	return []string{noKernels: KindPortable, kernelsOfIFMA: KindIFMA, kernelsOfDQ: KindDQ, kernelsOfFMA: KindFMA}[p.kernels]
}

func TestSumsEqualLattigo(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, s := range newRing(t, minLogN, ring.Standard, widths...).SubRings {
		eachKind(s, func(p *Prime) {
			for _, terms := range []int{0, 1, 2, 5, 6, 7, 12, 13, 33, 70} {
				for _, run := range []int{1, 2, 4, 8, 16, 32, 512, s.N} {
					sameSums(t, random, p, terms, run)
				}
			}
		})
	}
}

// spread makes rows of runs of equal words, whose first ones are also returned.
func spread(rows [][]uint64, run int) (full, first [][]uint64) {
	for _, row := range rows {
		wide, short := make([]uint64, len(row)), make([]uint64, 0, len(row)/run)
		for j := range row {
			if wide[j] = row[j-j%run]; j%run == 0 {
				short = append(short, row[j])
			}
		}
		full, first = append(full, wide), append(first, short)
	}
	return full, first
}

// sameSums requires that Sums gives lattigo's sums, with either factor lazy, also for several at once.
func sameSums(t *testing.T, random *rand.Rand, p *Prime, terms, run int) {
	t.Helper()
	q := p.Modulus
	reduced, short := spread(limbs(random, terms, p.N, q, q), run)
	lazy0, lazy1 := limbs(random, terms, p.N, q, 2*q), limbs(random, terms, p.N, q, 2*q)
	slices.Reverse(lazy1)
	want0, want1 := products(p.SubRing, lazy0, reduced), products(p.SubRing, lazy1, reduced)
	first := Sum{A0: lazy0, A1: lazy1, B: short, Run: run}
	second := Sum{A0: lazy1, A1: lazy0, B: short, Run: run}
	for _, s := range []*Sum{&first, &second} {
		s.Out0, s.Out1 = limb(p.N, func(int) uint64 { return ^uint64(0) }), make([]uint64, p.N)
	}
	what := fmt.Sprintf("sum with runs of %d", run)
	p.Sums(first, second)
	equal(t, q, terms, what, first.Out0, want0)
	equal(t, q, terms, what, first.Out1, want1)
	equal(t, q, terms, what, second.Out0, want1)
	equal(t, q, terms, what, second.Out1, want0)

	lazy, few := spread(lazy0, run)
	want0 = products(p.SubRing, lazy, reduced)
	p.Sums(Sum{A0: reduced, A1: reduced, B: few, Run: run, Out0: first.Out0, Out1: first.Out1})
	equal(t, q, terms, what+", lazy", first.Out0, want0)
	equal(t, q, terms, what+", lazy", first.Out1, want0)
}

func equal(t *testing.T, q uint64, terms int, what string, got, want []uint64) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s of %d terms modulo %d: word %d is %d, want %d", what, terms, q, i, got[i], want[i])
		}
	}
}

func FuzzSums(f *testing.F) {
	f.Add(uint64(1), uint8(29), uint8(6), uint8(0))
	f.Add(uint64(2), uint8(30), uint8(40), uint8(2))
	f.Add(uint64(3), uint8(10), uint8(16), uint8(7))
	f.Fuzz(func(t *testing.T, seed uint64, width, terms, logRun uint8) {
		s := newRing(t, minLogN, ring.Standard, 20+int(width%41)).SubRings[0]
		eachKind(s, func(p *Prime) {
			sameSums(t, rand.New(rand.NewPCG(seed, 0)), p, int(terms%80), 1<<(logRun%(minLogN+1)))
		})
	})
}

func TestVectorsEqualLattigo(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(15, 16))
	for _, s := range newRing(t, minLogN, ring.Standard, widths...).SubRings {
		eachKind(s, func(p *Prime) { sameVectors(t, random, p) })
	}
}

// sameVectors compares what goes word by word, besides sums.
func sameVectors(t *testing.T, random *rand.Rand, p *Prime) {
	t.Helper()
	q, s := p.Modulus, p.SubRing
	want, got := make([]uint64, s.N), make([]uint64, s.N)
	for i, a := range operands(random, s.N, q, q) {
		b := operands(random, s.N, q, q)[3-i]
		s.Add(a, b, want)
		p.Add(a, b, got)
		equal(t, q, i, "Add", got, want)
		s.MForm(a, want)
		p.ToMontgomery(a, got)
		equal(t, q, i, "ToMontgomery", got, want)
	}
	for i, a := range operands(random, s.N, q, 2*q) {
		b := operands(random, s.N, q, 2*q)[3-i]
		for _, scalar := range []uint64{0, 1, q - 1, random.Uint64N(q)} {
			s.MulScalarMontgomery(a, scalar, want)
			p.Scale(a, scalar, got)
			equal(t, q, i, "Scale", got, want)
			s.SubThenMulScalarMontgomeryTwoModulus(a, b, scalar, want)
			p.SubMul(a, b, scalar, got)
			equal(t, q, i, "SubMul", got, want)
			copy(got, b)
			p.SubMul(a, got, scalar, got)
			equal(t, q, i, "SubMul in place", got, want)
		}
	}
}

func FuzzVectors(f *testing.F) {
	f.Add(uint64(1), uint8(29))
	f.Add(uint64(2), uint8(26))
	f.Add(uint64(3), uint8(40))
	f.Fuzz(func(t *testing.T, seed uint64, width uint8) {
		s := newRing(t, minLogN, ring.Standard, 20+int(width%41)).SubRings[0]
		eachKind(s, func(p *Prime) { sameVectors(t, rand.New(rand.NewPCG(seed, 0)), p) })
	})
}

// TestPartsOfLimbs requires of parts, also such as no kernel takes, what whole limbs give, and no word behind them.
func TestPartsOfLimbs(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(21, 22))
	for _, s := range newRing(t, minLogN, ring.Standard, widths...).SubRings {
		v := operands(random, s.N, s.Modulus, s.Modulus)
		eachKind(s, func(p *Prime) {
			for name, do := range map[string]func(a, b, out []uint64){
				"Add":    p.Add,
				"Scale":  func(a, _, out []uint64) { p.Scale(a, 12345, out) },
				"SubMul": func(a, b, out []uint64) { p.SubMul(a, b, 12345, out) },
				"Sums": func(a, b, out []uint64) {
					p.Sums(Sum{A0: [][]uint64{a, b}, A1: [][]uint64{b, b}, B: [][]uint64{b, a}, Out0: out, Out1: make([]uint64, len(out))})
				},
			} {
				whole := make([]uint64, s.N)
				do(v[0], v[2], whole)
				for _, n := range []int{8, 24, 32, 160, s.N / 8, s.N - 8} {
					out := slices.Repeat([]uint64{7}, s.N)
					do(v[0][8:8+n], v[2][8:8+n], out[8:8+n:8+n])
					want := slices.Repeat([]uint64{7}, s.N)
					copy(want[8:8+n], whole[8:])
					equal(t, s.Modulus, n, name+" of a part", out, want)
				}
			}
		})
	}
}

func TestPrimesPanicOnShortLimbs(t *testing.T) {
	t.Parallel()
	s := newRing(t, minLogN, ring.Standard, 45).SubRings[0]
	whole, short := make([]uint64, s.N), make([]uint64, s.N-1)
	good, bad := [][]uint64{whole, whole}, [][]uint64{whole, short}
	other := make([]uint64, s.N)
	eachKind(s, func(p *Prime) {
		for name, call := range map[string]func(){
			"factor a":    func() { p.Sums(Sum{A0: bad, A1: good, B: good, Out0: other, Out1: other}) },
			"second half": func() { p.Sums(Sum{A0: good, A1: bad, B: good, Out0: other, Out1: other}) },
			"factor b":    func() { p.Sums(Sum{A0: good, A1: good, B: bad, Out0: other, Out1: other}) },
			"runs": func() {
				p.Sums(Sum{A0: good, A1: good, B: [][]uint64{whole[:s.N/2-1]}, Run: 2, Out0: other, Out1: other})
			},
			"fewer factors": func() { p.Sums(Sum{A0: good, A1: good, B: good[:1], Out0: other, Out1: other}) },
			"second sum":    func() { p.Sums(Sum{A0: good, A1: good, B: good, Out0: other, Out1: short}) },
			"addend":        func() { p.Add(whole, short, other) },
			"scaled":        func() { p.Scale(short, 1, other) },
			"permuted":      func() { p.AddPermuted(short, whole, other) },
			"order":         func() { p.Permute(whole, short, other) },
			"odd part":      func() { p.Add(whole, whole, other[:12]) },
			"no part":       func() { p.Scale(whole, 1, other[:0]) },
			"unequal sums": func() {
				p.Sums(Sum{Out0: other, Out1: other}, Sum{Out0: other[:8], Out1: other})
			},
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
	})
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
					eachKind(s, func(p *Prime) {
						p.Permute(in.Coeffs[i], order, out)
						equal(t, s.Modulus, logN, "Permute", out, moved.Coeffs[i])
						copy(out, sum.Coeffs[i])
						p.AddPermuted(in.Coeffs[i], order, out)
						equal(t, s.Modulus, logN, "AddPermuted", out, want.Coeffs[i])
						clear(out)
						for part := range p.Parts() {
							moved := p.Moved(order, part)
							p.AddPermuted(p.Part(in.Coeffs[i], part), p.Part(order, moved), p.Part(out, moved))
						}
						equal(t, s.Modulus, logN, "AddPermuted by parts", out, moved.Coeffs[i])
					})
				}
			}
		}
	}
}

func BenchmarkSums(b *testing.B) {
	for _, logN := range []int{13, 14} {
		for _, s := range newRing(b, logN, ring.Standard, 49, 58).SubRings {
			random := rand.New(rand.NewPCG(5, 6))
			sum := Sum{Out0: make([]uint64, s.N), Out1: make([]uint64, s.N)}
			for _, terms := range []int{4, 9, 16} {
				for _, rows := range []*[][]uint64{&sum.A0, &sum.A1, &sum.B} {
					for len(*rows) < terms {
						*rows = append(*rows, limb(s.N, func(int) uint64 { return random.Uint64N(s.Modulus) }))
					}
				}
				for _, run := range []int{1, 4, 8} {
					sum.Run = run
					eachKind(s, func(p *Prime) {
						b.Run(fmt.Sprintf("%d/%dbit/%dterms/run%d/%s", logN, bits.Len64(s.Modulus), terms, run, p.kind()), func(b *testing.B) {
							for b.Loop() {
								p.Sums(sum)
							}
						})
					})
				}
			}
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
	p := &Prime{SubRing: s}
	p.accelerate()
	b.Run(Kind(), func(b *testing.B) {
		for b.Loop() {
			p.AddPermuted(in.Coeffs[0], order, sum.Coeffs[0])
		}
	})
}
