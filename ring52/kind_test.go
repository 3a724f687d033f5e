package ring52

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
)

// parameterSets cover both arithmetics, both ring types, one and several special primes, and
// neighbours of very different widths, whose residues reach each other's transforms unreduced.
var parameterSets = map[string]ckks.ParametersLiteral{
	"49 bits":                {LogN: 12, LogQ: []int{49, 40, 40, 40}, LogP: []int{49, 49}, LogDefaultScale: 40},
	"60 bits":                {LogN: 12, LogQ: []int{55, 40, 40, 40}, LogP: []int{60, 60}, LogDefaultScale: 40},
	"one special prime":      {LogN: 12, LogQ: []int{58, 30, 46, 30}, LogP: []int{45}, LogDefaultScale: 30},
	"wide over narrow":       {LogN: 11, LogQ: []int{46, 30, 58, 60}, LogP: []int{45, 60}, LogDefaultScale: 30},
	"conjugate 49 bits":      {LogN: 13, LogQ: []int{46, 40, 40}, LogP: []int{49}, LogDefaultScale: 40, RingType: ring.ConjugateInvariant},
	"conjugate mixed widths": {LogN: 12, LogQ: []int{46, 30, 60, 58}, LogP: []int{60, 36}, LogDefaultScale: 26, RingType: ring.ConjugateInvariant},
}

// parameters returns a set twice: stock and accelerated.
func parameters(t testing.TB, literal ckks.ParametersLiteral) (stock, fast ckks.Parameters) {
	t.Helper()
	stock, err := ckks.NewParametersFromLiteral(literal)
	if err != nil {
		t.Fatal(err)
	}
	literal.LogQ, literal.LogP, literal.Q, literal.P = nil, nil, stock.Q(), stock.P()
	if fast, err = ckks.NewParametersFromLiteral(literal); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*ring.Ring{fast.RingQ(), fast.RingP()} {
		for i, p := range NewPrimes(r, true) {
			if (p.transform != nil) != (hasDQ() || hasFMA() && p.Modulus < maxIFMA) {
				t.Fatalf("modulus %d: kernels serve it: %v", p.Modulus, p.transform != nil)
			}
			if p.transform != nil {
				r.SubRings[i] = hook(t, p)
			}
		}
	}
	return stock, fast
}

// hooked is a prime's transforms as lattigo wants them.
type hooked struct{ transform }

func (h hooked) ForwardLazy(in, out []uint64)  { h.Forward(in, out) }
func (h hooked) BackwardLazy(in, out []uint64) { h.Backward(in, out) }

// hook returns a subring of lattigo's that runs the transforms of p. Lattigo panics where it asks one for its type: in
// encoders, automorphisms of coefficients, packing, StandardRing and marshalling.
func hook(t testing.TB, p *Prime) *ring.SubRing {
	t.Helper()
	s, err := ring.NewSubRingWithCustomNTT(p.N, p.Modulus,
		func(*ring.SubRing, int) ring.NumberTheoreticTransformer { return hooked{p.transform} }, int(p.NthRoot))
	if err != nil {
		t.Fatal(err)
	}
	s.NTTTable, s.Factors = p.NTTTable, p.Factors
	return s
}

// evaluation runs what the transforms lie under, level by level down to the lowest.
func evaluation(t *testing.T, p ckks.Parameters, keys rlwe.EvaluationKeySet, a, b *rlwe.Ciphertext) (results []*rlwe.Ciphertext) {
	t.Helper()
	ev := ckks.NewEvaluator(p, keys)
	a = a.CopyNew()
	for {
		product, err := ev.MulRelinNew(a, b)
		if err != nil {
			t.Fatal(err)
		}
		rotated, err := ev.RotateNew(a, 3)
		if err != nil {
			t.Fatal(err)
		}
		hoisted, err := ev.RotateHoistedNew(a, []int{1, 3})
		if p.PCount() > 0 && err != nil {
			t.Fatal(err)
		}
		results = append(results, product, rotated, hoisted[1], hoisted[3])
		if a.Level() == 0 {
			return results
		}
		// A scale that the last prime alone takes down to the default.
		q := p.Q()[a.Level()]
		product.Scale = p.DefaultScale().Mul(rlwe.NewScale(q))
		a = ckks.NewCiphertext(p, 1, a.Level()-1)
		if err := ev.Rescale(product, a); err != nil {
			t.Fatal(err)
		}
		results = append(results, a)
	}
}

func TestEvaluationsEqualLattigo(t *testing.T) {
	t.Parallel()
	for name, literal := range parameterSets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, fast := parameters(t, literal)
			kg := rlwe.NewKeyGenerator(stock)
			sk := kg.GenSecretKeyNew()
			galois := kg.GenGaloisKeysNew([]uint64{stock.GaloisElement(1), stock.GaloisElement(3)}, sk)
			keys := rlwe.NewMemEvaluationKeySet(kg.GenRelinearizationKeyNew(sk), galois...)
			var cts [2]*rlwe.Ciphertext
			for i := range cts {
				cts[i] = encrypt(t, stock, sk)
			}
			want := evaluation(t, stock, keys, cts[0], cts[1])
			got := evaluation(t, fast, keys, cts[0], cts[1])
			for i := range want {
				if !want[i].Equal(got[i]) {
					t.Errorf("result %d at level %d differs", i, want[i].Level())
				}
			}
		})
	}
}

func encrypt(t *testing.T, p ckks.Parameters, sk *rlwe.SecretKey) *rlwe.Ciphertext {
	t.Helper()
	values := make([]float64, p.MaxSlots())
	for i := range values {
		values[i] = 2*rand.Float64() - 1
	}
	pt := ckks.NewPlaintext(p, p.MaxLevel())
	if err := ckks.NewEncoder(p).Encode(values, pt); err != nil {
		t.Fatal(err)
	}
	ct, err := rlwe.NewEncryptor(p, sk).EncryptNew(pt)
	if err != nil {
		t.Fatal(err)
	}
	return ct
}

func TestSmallRingsStayLattigos(t *testing.T) {
	t.Parallel()
	for _, p := range NewPrimes(newRing(t, minLogN-1, ring.Standard, 45), true) {
		if p.transform != nil || p.Parts() != 1 {
			t.Error("kernels for a ring below the degrees served")
		}
	}
}

// kindVariable tells a test process which kind of arithmetic it must find.
const kindVariable = "RING52_TEST_KIND"

func TestKind(t *testing.T) {
	t.Parallel()
	if want, set := os.LookupEnv(kindVariable); set && want != Kind() {
		t.Errorf("this process runs %s, not %s", Kind(), want)
	}
	if Available() != (Kind() != KindPortable) {
		t.Errorf("kernels available: %v, but kind %s", Available(), Kind())
	}
}

// TestOtherKinds runs the tests of this package again with the processor's extensions off.
func TestOtherKinds(t *testing.T) {
	t.Parallel()
	if _, set := os.LookupEnv(kindVariable); set {
		t.Skip("this is such a run")
	}
	for off, kind := range map[string]string{"cpu.avx512ifma=off": KindDQ, "cpu.avx512f=off": KindFMA, "cpu.avx512f=off,cpu.avx2=off": KindPortable} {
		if kind == KindDQ && !hasDQ() {
			kind = KindFMA
		}
		if !hasFMA() {
			kind = KindPortable
		}
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^Test")
			cmd.Env = append(os.Environ(), "GODEBUG="+os.Getenv("GODEBUG")+","+off, kindVariable+"="+kind)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func BenchmarkEvaluations(b *testing.B) {
	literal := ckks.ParametersLiteral{
		LogN: 14, LogQ: []int{49, 40, 40, 40, 40, 40, 40, 40}, LogP: []int{49, 49}, LogDefaultScale: 40,
	}
	stock, fast := parameters(b, literal)
	kg := rlwe.NewKeyGenerator(stock)
	sk := kg.GenSecretKeyNew()
	keys := rlwe.NewMemEvaluationKeySet(kg.GenRelinearizationKeyNew(sk), kg.GenGaloisKeyNew(stock.GaloisElement(1), sk))
	ct := rlwe.NewEncryptor(stock, sk).EncryptZeroNew(stock.MaxLevel())
	for name, p := range map[string]ckks.Parameters{"lattigo": stock, Kind(): fast} {
		ev, out := ckks.NewEvaluator(p, keys), ckks.NewCiphertext(p, 1, p.MaxLevel())
		b.Run("rotate/"+name, func(b *testing.B) {
			for b.Loop() {
				if err := ev.Rotate(ct, 1, out); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("multiply/"+name, func(b *testing.B) {
			for b.Loop() {
				if err := ev.MulRelin(ct, ct, out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
