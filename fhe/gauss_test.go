package fhe

import (
	"math"
	"math/big"
	"testing"
)

func TestDiscreteGaussian(t *testing.T) {
	t.Parallel()
	const n = 20000
	for _, sigma := range []float64{1, 3.2, 1000, math.Exp2(30), math.Exp2(110)} {
		g, err := newGaussian(sigma)
		if err != nil {
			t.Fatal(err)
		}
		var sum, square, beyond, low float64
		x := new(big.Int)
		for range n {
			if err := g.draw(x); err != nil {
				t.Fatal(err)
			}
			f, _ := new(big.Float).SetInt(x).Float64()
			f /= sigma
			sum += f
			square += f * f
			if math.Abs(f) > 2 {
				beyond++
			}
			low += float64(x.Bit(0))
		}
		// Six standard deviations of each estimate.
		if mean := sum / n; math.Abs(mean) > 6/math.Sqrt(n) {
			t.Errorf("sigma %v: mean %v", sigma, mean)
		}
		if v := square / n; math.Abs(v-1) > 6*math.Sqrt(2.0/n) {
			t.Errorf("sigma %v: variance %v", sigma, v)
		}
		if p := beyond / n; sigma > 100 && math.Abs(p-0.0455) > 6*math.Sqrt(0.0455/n) {
			t.Errorf("sigma %v: %v beyond two deviations, want 0.0455", sigma, p)
		}
		if p := low / n; math.Abs(p-0.5) > 0.01+6*math.Sqrt(0.25/n) {
			t.Errorf("sigma %v: the lowest bit is set in %v", sigma, p)
		}
	}
}

func TestGaussianRefusesBadDeviations(t *testing.T) {
	t.Parallel()
	for _, sigma := range []float64{0, -1, 0.99, math.NaN(), math.Inf(1), math.Exp2(513)} {
		if _, err := newGaussian(sigma); err == nil {
			t.Errorf("%v accepted", sigma)
		}
	}
}
