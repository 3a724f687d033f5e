package privacy

import (
	"errors"
	"math"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
)

func TestExtract(t *testing.T) {
	t.Parallel()
	dense := func(in, out int) fhe.Layer { return fhe.NewDense("fc", fhe.Dense{In: in, Out: out}) }
	square := fhe.NewPoly("square", fhe.Poly{Degree: 2})
	for name, c := range map[string]struct {
		prefix fhe.Prefix
		values int
		want   Extraction
	}{
		"linear":            {fhe.Prefix{Input: []int{30}, Layers: []fhe.Layer{dense(30, 8)}}, 8, Extraction{8 * 31, 1, 31, 8, 31}},
		"linear, projected": {fhe.Prefix{Input: []int{30}, Layers: []fhe.Layer{dense(30, 8), dense(8, 2)}}, 2, Extraction{8*31 + 2*9, 1, 31, 2, 31}},
		// 30 inputs, squared: C(32, 2) = 496 coefficients of each output, but only 2176 weights by 64 values.
		"squared": {fhe.Prefix{Input: []int{30}, Layers: []fhe.Layer{dense(30, 64), square}}, 64, Extraction{64*31 + 3*64, 2, 496, 64, 34}},
		"deep":    {fhe.Prefix{Input: []int{2}, Layers: []fhe.Layer{dense(2, 40), square, dense(40, 40), square}}, 1, Extraction{40*3 + 120 + 40*41 + 120, 4, 15, 1, 15}},
		"convolution": {fhe.Prefix{Input: []int{4, 8, 8}, Layers: []fhe.Layer{
			fhe.NewConv("conv", fhe.Conv{In: 4, Out: 8, Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}, Groups: 2}),
		}}, 288, Extraction{8 * (2*9 + 1), 1, 257, 288, 1}},
	} {
		got, err := Extract(c.prefix, c.values)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, want %+v (%v)", name, got, c.want, err)
		}
	}
	if _, err := Extract(fhe.Prefix{}, 1); !errors.Is(err, fhe.ErrPrefix) {
		t.Errorf("no prefix: %v", err)
	}
	if _, err := Extract(fhe.Prefix{Input: []int{2}, Layers: []fhe.Layer{dense(2, 1)}}, 0); !errors.Is(err, ErrParams) {
		t.Errorf("no values: %v", err)
	}
}

// TestLinearPrefixIsExtracted solves for a linear prefix with as many answers as were estimated, and cannot with one less.
func TestLinearPrefixIsExtracted(t *testing.T) {
	t.Parallel()
	const n, k = 5, 3
	w := make([]float64, n*k)
	for i := range w {
		w[i] = math.Sin(float64(3*i + 1))
	}
	prefix := fhe.Prefix{Input: []int{n}, Layers: []fhe.Layer{fhe.NewDense("fc", fhe.Dense{In: n, Out: k, Weights: w, Bias: []float64{1, 2, 3}})}}
	e, err := Extract(prefix.Skeleton(), k)
	if err != nil {
		t.Fatal(err)
	}
	// The inputs 0 and the unit vectors determine an affine map; the last unit vector is seen by no other of them.
	answers := 0
	ask := func(x []float64) []float64 {
		answers++
		y, err := prefix.Eval(x)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	bias := ask(make([]float64, n))
	for j := range n {
		x := make([]float64, n)
		x[j] = 1
		for i, v := range ask(x) {
			if math.Abs(v-bias[i]-w[i*n+j]) > 1e-12 {
				t.Fatalf("weight %d, %d is %v, solved as %v", i, j, w[i*n+j], v-bias[i])
			}
		}
	}
	if float64(answers) != e.Answers {
		t.Errorf("%d answers, estimated were %v", answers, e.Answers)
	}
}
