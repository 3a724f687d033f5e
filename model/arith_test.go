//go:build !js && !lean

package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// awkward returns n values, some of them zero, infinite, or no number.
func awkward(r *rand.Rand, n int) []float32 {
	out := finite(r, n)
	for i := range out {
		if r.IntN(8) == 0 {
			out[i] = []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), math.SmallestNonzeroFloat32, math.MaxFloat32}[r.IntN(7)]
		}
	}
	return out
}

// finite returns n numbers, every tenth of them zero.
func finite(r *rand.Rand, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		if r.IntN(10) > 0 {
			out[i] = float32(r.NormFloat64())
		}
	}
	return out
}

// sameBits reports whether two lists are equal, with every NaN as good as any other.
func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool {
		return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
	})
}

// TestPlainPairs holds that browsers compute what gorgonia does, bit for bit, and leave their operands alone.
func TestPlainPairs(t *testing.T) {
	t.Parallel()
	type pairs func(a, b []float32) ([]float32, error)
	for name, f := range map[string][2]pairs{
		"add": {plain{}.add, gorgonia{}.add}, "sub": {plain{}.sub, gorgonia{}.sub}, "mul": {plain{}.mul, gorgonia{}.mul},
		"div": {plain{}.div, gorgonia{}.div}, "minimum": {plain{}.minimum, gorgonia{}.minimum}, "maximum": {plain{}.maximum, gorgonia{}.maximum},
	} {
		r := rand.New(rand.NewPCG(1, 2))
		for n := 1; n < 200; n++ {
			a, b := awkward(r, n), awkward(r, n)
			keptA, keptB := slices.Clone(a), slices.Clone(b)
			got, err := f[0](a, b)
			if err != nil {
				t.Fatal(err)
			}
			want, err := f[1](a, b)
			if err != nil {
				t.Fatal(err)
			}
			if !sameBits(got, want) {
				t.Fatalf("%s of %v and %v: %v, gorgonia %v", name, a, b, got, want)
			}
			if !sameBits(a, keptA) || !sameBits(b, keptB) {
				t.Fatalf("%s changes an operand", name)
			}
		}
	}
}

// TestDivisionByZero follows IEEE 754, as ONNX does.
func TestDivisionByZero(t *testing.T) {
	t.Parallel()
	got, err := arith{}.div([]float32{1, -1, 0, 6}, []float32{0, 0, 0, 3})
	want := []float32{float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 2}
	if err != nil || !sameBits(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
}

func TestPlainConcat(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		rows := 1 + r.IntN(6)
		parts := make([][]float32, 1+r.IntN(4))
		for i := range parts {
			parts[i] = awkward(r, rows*(1+r.IntN(7)))
		}
		got, err := plain{}.concat(parts, rows)
		if err != nil {
			t.Fatal(err)
		}
		want, err := gorgonia{}.concat(parts, rows)
		if err != nil {
			t.Fatal(err)
		}
		if !sameBits(got, want) {
			t.Fatalf("%d rows of %v: %v, gorgonia %v", rows, parts, got, want)
		}
	}
}

// TestPlainMatMul holds that products are the same bit for bit, and of a transposed matrix within what the order of additions
// may change: there, gorgonia adds as the processor's vectors do.
func TestPlainMatMul(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 120 {
		size := func() int { return 1 + r.IntN([]int{8, 80, 200}[i%3]) }
		m, k, n := size(), size(), size()
		if i%10 == 9 {
			m, n = 1+r.IntN(3), tileColumns+r.IntN(2*tileColumns)
		}
		a, b := finite(r, m*k), finite(r, k*n)
		for _, transB := range []bool{false, true} {
			got, err := plain{}.matMul(a, b, m, k, n, transB)
			if err != nil {
				t.Fatal(err)
			}
			want, err := gorgonia{}.matMul(a, b, m, k, n, transB)
			if err != nil {
				t.Fatal(err)
			}
			if !transB && !sameBits(got, want) {
				t.Fatalf("%d x %d x %d: the products differ", m, k, n)
			}
			for i, v := range want {
				if !(math.Abs(float64(got[i]-v)) <= 1e-6*float64(k)) {
					t.Fatalf("%d x %d x %d, transposed %t: value %d is %g, gorgonia %g", m, k, n, transB, i, got[i], v)
				}
			}
		}
	}
}
