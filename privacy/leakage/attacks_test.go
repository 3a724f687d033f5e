package leakage

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// On a linear prefix of Gaussian records the linear attack is the best there is: its weights are Cov(x, y) Cov(y)^-1 and
// its error the trace of the conditional covariance, both of the population. No other attack does better.
func TestRidgeIsOptimal(t *testing.T) {
	t.Parallel()
	const d, m, r = 6, 4, 0.5
	w := newGaussianWorld(6000, d, m)
	o := quick()
	o.Gallery, o.Epochs, o.Hidden, o.Searches = 3000, 8, 32, 200
	c := calibrate(t, w.subject, o)
	p := must(c.All(r))(t)
	sheet := measure(t, c, Release{Projection: p, Mechanism: Mechanism{Noise: r}}).Sheet

	var prior, wx, cov, y, inverse, gain, known mat.Dense
	a, weights := w.mix.dense(), w.weights.dense()
	prior.Mul(a, a.T())
	wx.Mul(weights, &prior)
	cov.Mul(&wx, weights.T())
	y.CloneFrom(&cov)
	for i := range m {
		y.Set(i, i, cov.At(i, i)*(1+r*r))
	}
	if err := inverse.Inverse(&y); err != nil {
		t.Fatal(err)
	}
	gain.Mul(wx.T(), &inverse)
	known.Mul(&gain, &wx)
	optimum := (mat.Trace(&prior) - mat.Trace(&known)) / d

	attacks := map[string]Attack{}
	for _, a := range sheet.Attacks {
		attacks[a.Name] = a
	}
	near(t, "error of ridge", attacks["ridge"].MSE, optimum, 0.05*optimum)
	near(t, "gaussian estimate", sheet.Blur, optimum*d/mat.Trace(&prior), 0.05*sheet.Blur)
	for name, a := range attacks {
		if a.MSE < 0.93*optimum {
			t.Errorf("%s: error %v is below the optimum %v", name, a.MSE, optimum)
		}
	}
	if got := attacks["decoder"].MSE; got > 1.25*optimum {
		t.Errorf("decoder: error %v, the optimum is %v", got, optimum)
	}
	for j, f := range sheet.Features {
		want := math.Sqrt((prior.At(j, j) - known.At(j, j)) / prior.At(j, j))
		near(t, "error of a column", f, want, 0.06)
	}
	scaled := mat.NewSymDense(m, nil)
	for i := range m {
		for j := i; j < m; j++ {
			scaled.SetSym(i, j, c.zCov.At(i, j)/p.Std[i]/p.Std[j])
		}
	}
	bits, _ := covarianceCap(scaled, r)
	near(t, "cap", *sheet.BitCap, bits, 1e-3)
}

// A prefix that can be inverted is inverted; one drowned in noise tells nothing.
func TestExtremes(t *testing.T) {
	t.Parallel()
	w := newGaussianWorld(1000, 5, 5)
	o := quick()
	o.Epochs, o.Searches, o.SearchSteps = 0, 20, 200
	c := calibrate(t, w.subject, o)

	open := measure(t, c, Release{Projection: must(c.All(0))(t)}).Sheet
	for _, a := range open.Attacks {
		if a.MSE > 0.01*open.FloorMSE {
			t.Errorf("%s of an invertible prefix: error %v, the mean record's is %v", a.Name, a.MSE, open.FloorMSE)
		}
	}
	near(t, "recognised", open.ReID1, 1, 0.02)
	near(t, "matched", open.Match1, 1, 0)
	near(t, "blur", open.Blur, 0, 1e-3)
	near(t, "rank", open.Rank, 5, 0)
	if open.BitCap != nil || open.BitCapText != "unbounded" || open.Fano != nil || open.Rating != "red" {
		t.Errorf("cap %v %q, Fano %v, rating %s", open.BitCap, open.BitCapText, open.Fano, open.Rating)
	}

	closed := measure(t, c, Release{Projection: must(c.All(1000))(t), Mechanism: Mechanism{Noise: 1000}}).Sheet
	near(t, "recognised in noise", closed.ReID1, 1.0/200, 0.02)
	near(t, "among ten in noise", closed.ReID10, 10.0/200, 0.06)
	near(t, "matched in noise", closed.Match1, 1.0/200, 0.02)
	near(t, "blur of noise", closed.Blur, 1, 1e-3)
	near(t, "cap of noise", *closed.BitCap, 0, 1e-3)
	near(t, "agreement with chance", closed.Agreement, 0.5, 0.1)
	if closed.Rating != "green" {
		t.Errorf("noise is rated %s", closed.Rating)
	}
	if ridge := closed.Attacks[0]; ridge.MSE < 0.99*closed.FloorMSE || ridge.MSE > 1.02*closed.FloorMSE {
		t.Errorf("ridge on noise: error %v, the mean record's is %v", ridge.MSE, closed.FloorMSE)
	}
}
