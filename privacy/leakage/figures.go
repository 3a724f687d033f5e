package leakage

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// GaussianCap bounds the bits that k coefficients carry on average when Gaussian noise of r standard deviations is added to
// each: (k/2) log2(1 + 1/r^2), what a Gaussian source of that variance gets through (Cover and Thomas, Elements of
// Information Theory, chapter 9). false: there is no noise, and no bound.
func GaussianCap(k int, r float64) (bits float64, bounded bool) {
	if !(r > 0) {
		return 0, false
	}
	return float64(k) / 2 * math.Log2(1+1/(r*r)), true
}

// ClippedCap bounds the same for every distribution of inputs when coefficients are clipped at c standard deviations:
// (k/2) log2(1 + c^2/r^2). false: no noise or no clip, and no bound.
func ClippedCap(k int, c, r float64) (bits float64, bounded bool) {
	if !(r > 0) || !(c > 0) {
		return 0, false
	}
	return float64(k) / 2 * math.Log2(1+c*c/(r*r)), true
}

// covarianceCap is 1/2 log2 det(I + Cov/r^2) for coefficients of the given covariance.
func covarianceCap(cov mat.Symmetric, r float64) (bits float64, bounded bool) {
	if !(r > 0) {
		return 0, false
	}
	var scaled mat.SymDense
	scaled.ScaleSym(1/(r*r), cov)
	var chol mat.Cholesky
	if !chol.Factorize(addDiagonal(&scaled, 1)) {
		return 0, false
	}
	return chol.LogDet() / 2 / math.Ln2, true
}

// Fano bounds the probability of picking the right one of n equally likely records from a release that carries the given
// bits: (bits + 1) / log2 n, at most 1.
func Fano(bits float64, n int) float64 {
	if n < 2 {
		return 1
	}
	return min(1, (bits+1)/math.Log2(float64(n)))
}

// local takes the derivative at some of the records under attack.
func (c *Calibration) local(ctx context.Context, s *scene, under Matrix) (Local, error) {
	var sum Local
	_, prior := moments(s.x)
	n := min(c.options.Jacobians, under.Rows)
	report := c.options.progress("derivatives of the prefix")
	for i := range n {
		j, err := s.jacobian(ctx, under.Slice(i, i+1))
		if err != nil {
			return Local{}, fmt.Errorf("derivatives of the prefix: %w", err)
		}
		l, err := describe(j, prior, s.mechanism.variance())
		if err != nil {
			return Local{}, err
		}
		sum.Rank += l.Rank / float64(n)
		sum.DFIL += l.DFIL / float64(n)
		sum.DOF += l.DOF / float64(n)
		sum.Blur += l.Blur / float64(n)
		report(i+1, n)
	}
	return sum, nil
}

// describe computes the figures for J (k x d) by the k x k matrices J J^T and K = J S J^T: tr I (I + S^-1)^-1 is
// tr K (K + N)^-1, and (I + S^-1)^-1 is S - S J^T (K + N)^-1 J S.
func describe(j *mat.Dense, prior mat.Symmetric, variance float64) (Local, error) {
	k, d := j.Dims()
	var l Local
	gram := mat.NewSymDense(k, nil)
	gram.SymOuterK(1, j)
	values, vectors, err := eigen(gram)
	if err != nil {
		return l, err
	}
	for _, v := range values {
		if v > 1e-4*values[0] {
			l.Rank++
		}
	}
	var rotated, spread mat.Dense
	if variance > 0 {
		l.DFIL = trace(gram) / variance / float64(d)
	} else { // keep the directions that carry something; they are known exactly
		vectors = mat.DenseCopyOf(vectors.Slice(0, k, 0, max(1, int(l.Rank))))
	}
	rotated.Mul(vectors.T(), j)
	spread.Mul(&rotated, prior) // J S
	n, _ := spread.Dims()
	inner := mat.NewDense(n, n, nil)
	inner.Mul(&spread, rotated.T())
	noisy := mat.NewSymDense(n, nil)
	jitter := variance + 1e-9*mat.Trace(inner)/float64(n) + 1e-300
	for a := range n {
		for b := a; b < n; b++ {
			noisy.SetSym(a, b, inner.At(a, b))
		}
		noisy.SetSym(a, a, inner.At(a, a)+jitter)
	}
	var chol mat.Cholesky
	if !chol.Factorize(noisy) {
		return l, fmt.Errorf("%w: derivative of the prefix is degenerate", ErrSubject)
	}
	var solved, known mat.Dense
	if err := chol.SolveTo(&solved, inner); err != nil {
		return l, fmt.Errorf("%w: derivative of the prefix is degenerate: %w", ErrSubject, err)
	}
	l.DOF = mat.Trace(&solved)
	if err := chol.SolveTo(&known, &spread); err != nil {
		return l, fmt.Errorf("%w: derivative of the prefix is degenerate: %w", ErrSubject, err)
	}
	gain := 0.0
	for a := range n {
		for b := range d {
			gain += spread.At(a, b) * known.At(a, b)
		}
	}
	l.Blur = 1
	if t := trace(prior); t > 0 {
		l.Blur = max(0, 1-gain/t)
	}
	return l, nil
}

// jacobian is the derivative of the encoded coefficients by one record: k x d.
func (s *scene) jacobian(ctx context.Context, x Matrix) (*mat.Dense, error) {
	k := s.projection.Coefficients()
	if s.subject.Pullback == nil {
		steps, one := make([]float64, x.Cols), mat.NewDiagDense(x.Cols, nil)
		for i := range steps {
			steps[i] = 1e-2
			one.SetDiag(i, 1)
		}
		dz, err := differences(ctx, func(ctx context.Context, x Matrix) (Matrix, error) {
			z, err := s.subject.Prefix(ctx, x)
			if err != nil {
				return Matrix{}, err
			}
			return s.projection.encode(z), nil
		}, x, one, steps)
		if err != nil {
			return nil, err
		}
		return mat.DenseCopyOf(dz.T()), nil
	}
	unit, same := NewMatrix(k, k), NewMatrix(k, x.Cols)
	for i := range k {
		unit.Row(i)[i] = 1
		copy(same.Row(i), x.Data)
	}
	j, err := s.subject.Pullback(ctx, same, s.projection.pull(unit))
	if err != nil {
		return nil, err
	}
	if err := j.check("pullback"); err != nil {
		return nil, err
	}
	if j.Rows != k || j.Cols != x.Cols {
		return nil, fmt.Errorf("%w: pullback of %d x %d, want %d x %d", ErrSubject, j.Rows, j.Cols, k, x.Cols)
	}
	return j.dense(), nil
}
