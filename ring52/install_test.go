package ring52

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
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
	installed, err := Install(fast.RingQ(), fast.RingP())
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, q := range append(stock.Q(), stock.P()...) {
		if hasDQ() || hasFMA() && q < maxIFMA {
			want++
		}
	}
	if installed != want {
		t.Fatalf("installed %d transformers, want %d", installed, want)
	}
	return stock, fast
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

func TestInstallLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	small := newRing(t, minLogN-1, ring.Standard, 45)
	twice := newRing(t, minLogN, ring.Standard, 45, 58)
	first, err := Install(nil, small, twice)
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, s := range twice.SubRings {
		if hasDQ() || hasFMA() && s.Modulus < maxIFMA {
			want++
		}
	}
	if first != want {
		t.Errorf("installed %d transformers, want %d", first, want)
	}
	if small.Type() != ring.Standard {
		t.Error("a ring below the degrees served has changed")
	}
	if !Available() {
		return
	}
	before := slices.Clone(twice.SubRings)
	if again, err := Install(twice); again != 0 || err != nil {
		t.Errorf("installed again: %d, %v", again, err)
	}
	if !slices.Equal(before, twice.SubRings) {
		t.Error("a second Install changed the ring")
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
