package fhe

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
)

// TestEnergy requires that an error which is read in every slot has the norm of all its coefficients, that fewer slots
// hold no more of it, and that each slot holds its share of an error that has no direction.
func TestEnergy(t *testing.T) {
	t.Parallel()
	prefix := Prefix{Input: []int{3}, Layers: []Layer{NewDense("fc", Dense{In: 3, Out: 2, Weights: []float64{1, 2, 3, 4, 5, 6}, Bias: []float64{0, 1}})}}
	plan, err := Compile(t.Context(), prefix, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := plan.c
	const amplitude = 1 << 20
	r := rand.New(rand.NewPCG(3, 4))
	pt := ckks.NewPlaintext(c.params, c.outputLevel())
	pt.Scale, pt.IsNTT = exp2(c.outputLogScale()), false
	for i := range c.slots() {
		v := int64(r.NormFloat64() * amplitude)
		for k, q := range c.lit.Q[:c.outputLevel()+1] {
			pt.Value.Coeffs[k][i] = uint64((v%int64(q) + int64(q))) % q
		}
	}
	ecd := ckks.NewEncoder(c.params)
	slots, zero := make([]float64, c.slots()), make([]float64, c.slots())
	if err := ecd.Decode(pt, slots); err != nil {
		t.Fatal(err)
	}
	d := &Decrypted{c: c}
	want, err := d.deviation(ecd, pt, zero)
	if err != nil {
		t.Fatal(err)
	}
	every := make([]int, c.slots())
	for i := range every {
		every[i] = i
	}
	if got := c.energy(every, slots, zero); math.Abs(got/want-1) > 1e-6 {
		t.Errorf("all slots hold %v of an error of %v", got, want)
	}
	for _, k := range []int{64, 512} {
		if got := c.energy(every[:k], slots, zero) / float64(k) / amplitude / amplitude; got < 0.5 || got > 1.6 {
			t.Errorf("%d slots hold %v of what they should", k, got)
		}
	}
}

func TestFloodFactor(t *testing.T) {
	t.Parallel()
	// sqrt(12) 2^15 = 2^16.79; four times the releases or the values are one bit more, as are two bits of security.
	for _, c := range []struct {
		tau, s, values int
		bits           float64
	}{{1, 30, 1, 16.7925}, {4, 30, 1, 17.7925}, {1, 30, 64, 19.7925}, {1, 32, 4, 18.7925}, {1024, 30, 1, 21.7925}} {
		if got := math.Log2(FloodFactor(c.tau, c.s, c.values)); math.Abs(got-c.bits) > 1e-4 {
			t.Errorf("%+v: %v bits", c, got)
		}
	}
}

// TestTrialInputs requires enough decrypted values for their noise to be known.
func TestTrialInputs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ values, samples, want int }{{1, 1, 16}, {1, 8, 16}, {8, 8, 2}, {64, 8, 2}, {64, 1, 1}, {5, 3, 4}} {
		k := compiler{values: c.values, o: Options{Samples: make([][]float64, c.samples)}}
		if got := len(k.trialInputs()); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}
