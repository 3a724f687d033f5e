package leakage

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestCaps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		k    int
		r    float64
		want float64
	}{{8, 0.3, 14.393}, {2, 0.3, 3.598}, {64, 1, 32}, {1, math.Sqrt(1.0 / 3), 1}} {
		bits, ok := GaussianCap(c.k, c.r)
		if !ok {
			t.Errorf("k %d, r %v is unbounded", c.k, c.r)
		}
		near(t, "gaussian", bits, c.want, 1e-3)
		unit := mat.NewSymDense(c.k, nil)
		for i := range c.k {
			unit.SetSym(i, i, 1)
		}
		same, _ := covarianceCap(unit, c.r)
		near(t, "uncorrelated coefficients", same, bits, 1e-9)
		clipped, _ := ClippedCap(c.k, 3, c.r)
		near(t, "clipped", clipped, float64(c.k)/2*math.Log2(1+9/(c.r*c.r)), 1e-9)
	}
	// Correlated by rho: 1/2 log2((1 + 1/r^2)^2 - rho^2/r^4).
	correlated := mat.NewSymDense(2, []float64{1, 0.8, 0.8, 1})
	bits, _ := covarianceCap(correlated, 0.5)
	near(t, "correlated", bits, math.Log2(25-0.64*16)/2, 1e-9)
	for name, bounded := range map[string]bool{
		"gaussian":   second(GaussianCap(8, 0)),
		"covariance": second(covarianceCap(correlated, 0)),
		"no clip":    second(ClippedCap(8, 0, 1)),
		"no noise":   second(ClippedCap(8, 3, 0)),
	} {
		if bounded {
			t.Errorf("%s: bounded", name)
		}
	}
	near(t, "Fano", Fano(3.598, 600), 4.598/math.Log2(600), 1e-9)
	near(t, "Fano, many bits", Fano(20, 600), 1, 0)
	near(t, "Fano, one record", Fano(0, 1), 1, 0)
}

func second(_ float64, ok bool) bool { return ok }

// The figures agree with their definitions, which invert d x d matrices.
func TestDescribe(t *testing.T) {
	t.Parallel()
	const k, d = 4, 7
	random := rand.New(rand.NewPCG(2, 2))
	gaussian := func(r, c int) *mat.Dense {
		m := mat.NewDense(r, c, nil)
		for i := range r {
			for j := range c {
				m.Set(i, j, random.NormFloat64())
			}
		}
		return m
	}
	prior := mat.NewSymDense(d, nil)
	prior.SymOuterK(1, gaussian(d, 2*d))
	for _, variance := range []float64{0.01, 1, 50} {
		j := gaussian(k, d)
		got, err := describe(j, prior, variance)
		if err != nil {
			t.Fatal(err)
		}
		var fisher, inverse, sum, estimate, known mat.Dense
		fisher.Mul(j.T(), j)
		fisher.Scale(1/variance, &fisher)
		if err := inverse.Inverse(prior); err != nil {
			t.Fatal(err)
		}
		sum.Add(&fisher, &inverse)
		if err := estimate.Inverse(&sum); err != nil {
			t.Fatal(err)
		}
		known.Mul(&fisher, &estimate)
		near(t, "rank", got.Rank, k, 0)
		near(t, "dFIL", got.DFIL, mat.Trace(&fisher)/d, 1e-9*mat.Trace(&fisher))
		near(t, "dof", got.DOF, mat.Trace(&known), 1e-6)
		near(t, "blur", got.Blur, mat.Trace(&estimate)/mat.Trace(prior), 1e-6)
	}
	// Two directions, one of them twice, no noise: both are known, nothing else is.
	twice := mat.NewDense(3, d, nil)
	twice.Set(0, 0, 1)
	twice.Set(1, 1, 2)
	twice.Set(2, 1, 1)
	flat := mat.NewSymDense(d, nil)
	for i := range d {
		flat.SetSym(i, i, 0.1)
	}
	got, err := describe(twice, flat, 0)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "rank without noise", got.Rank, 2, 0)
	near(t, "dFIL without noise", got.DFIL, 0, 0)
	near(t, "dof without noise", got.DOF, 2, 1e-6)
	near(t, "blur without noise", got.Blur, 1-2.0/d, 1e-6)
}
