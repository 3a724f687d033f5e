package leakage

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/encrypted-compute/encompute/protocol"
)

// Projection takes an intermediate z of m values to k coefficients c = Matrix (z - Mean), and back to the likeliest
// intermediate behind noisy ones, Mean + Rebuild y. Both are affine: the first can be the last layer of the encrypted
// prefix, the second the first layer of the creator's suffix.
type Projection struct {
	Kind    string    `json:"kind"`    // how it was found: protocol.ProjectionTask and others
	Mean    []float64 `json:"mean"`    // m
	Matrix  []float64 `json:"matrix"`  // k x m, row-major
	Rebuild []float64 `json:"rebuild"` // m x k, row-major; the linear minimum mean square estimate under the noise it was made for
	Std     []float64 `json:"std"`     // k: of each coefficient over the calibration data, 1 unless all values are sent as they are
}

// Coefficients is k, how many numbers a release holds.
func (p Projection) Coefficients() int { return len(p.Std) }

func (p Projection) validate() error {
	m, k := len(p.Mean), len(p.Std)
	if m == 0 || k == 0 || len(p.Matrix) != k*m || len(p.Rebuild) != k*m {
		return fmt.Errorf("%w: projection of %d values to %d has matrices of %d and %d entries", ErrMechanism, m, k, len(p.Matrix), len(p.Rebuild))
	}
	for i, s := range p.Std {
		if !(s > 0) || math.IsInf(s, 0) {
			return fmt.Errorf("%w: coefficient %d has standard deviation %v", ErrMechanism, i, s)
		}
	}
	return nil
}

// encode returns the coefficients in units of their standard deviations.
func (p Projection) encode(z Matrix) Matrix {
	k, m := len(p.Std), len(p.Mean)
	w := NewMatrix(k, m)
	shift := make([]float64, k)
	for i := range k {
		for j := range m {
			v := p.Matrix[i*m+j] / p.Std[i]
			w.Data[i*m+j] = float32(v)
			shift[i] -= v * p.Mean[j]
		}
	}
	c := multiplyT(z, w)
	for i := range c.Rows {
		for j, s := range shift {
			c.Row(i)[j] += float32(s)
		}
	}
	return c
}

// pull takes gradients by encoded coefficients to gradients by the intermediate.
func (p Projection) pull(dc Matrix) Matrix {
	k, m := len(p.Std), len(p.Mean)
	w := NewMatrix(k, m)
	for i := range k {
		for j := range m {
			w.Data[i*m+j] = float32(p.Matrix[i*m+j] / p.Std[i])
		}
	}
	return multiply(dc, w)
}

// decode is the receiver's estimate of the intermediate from encoded coefficients.
func (p Projection) decode(y Matrix) Matrix {
	k, m := len(p.Std), len(p.Mean)
	w := NewMatrix(m, k)
	for i := range w.Data {
		w.Data[i] = float32(p.Rebuild[i] * p.Std[i%k])
	}
	z := multiplyT(y, w)
	for i := range z.Rows {
		for j, v := range p.Mean {
			z.Row(i)[j] += float32(v)
		}
	}
	return z
}

// newProjection projects on the columns of h (m x k), scaled so that every coefficient has unit variance. The receiver
// expects noise of r standard deviations on each.
func newProjection(mean []float64, cov mat.Symmetric, h *mat.Dense, r float64) (Projection, error) {
	m, k := h.Dims()
	var cross, gram mat.Dense
	cross.Mul(cov, h)
	gram.Mul(h.T(), &cross)
	scaled := mat.NewDense(m, k, nil)
	std := make([]float64, k)
	for j := range k {
		s := math.Sqrt(gram.At(j, j))
		if !(s > 0) {
			return Projection{}, fmt.Errorf("%w: coefficient %d of %d does not vary: send fewer", ErrMechanism, j+1, k)
		}
		for i := range m {
			scaled.Set(i, j, h.At(i, j)/s)
		}
		std[j] = 1
	}
	return finish(mean, cov, scaled, std, r)
}

// allValues sends an intermediate as it is. Values that do not vary are sent, too.
func allValues(mean []float64, cov mat.Symmetric, r float64) (Projection, error) {
	m := len(mean)
	one, std := mat.NewDense(m, m, nil), make([]float64, m)
	floor := 1e-6*math.Sqrt(trace(cov)/float64(m)) + 1e-12
	for i := range m {
		one.Set(i, i, 1)
		std[i] = max(math.Sqrt(cov.At(i, i)), floor)
	}
	if r == 0 { // nothing to estimate, and the covariance may be singular
		p := Projection{Kind: protocol.ProjectionAll, Mean: mean, Std: std, Matrix: one.RawMatrix().Data}
		p.Rebuild = p.Matrix
		return p, nil
	}
	p, err := finish(mean, cov, one, std, r)
	p.Kind = protocol.ProjectionAll
	return p, err
}

// finish computes the receiver's estimate Cov H (H^T Cov H + N)^-1, with N = r^2 std^2 on the diagonal.
func finish(mean []float64, cov mat.Symmetric, h *mat.Dense, std []float64, r float64) (Projection, error) {
	var cross, gram, rebuild mat.Dense
	cross.Mul(cov, h)
	gram.Mul(h.T(), &cross)
	k := len(std)
	noisy := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			noisy.SetSym(i, j, gram.At(i, j))
		}
		noisy.SetSym(i, i, gram.At(i, i)*(1+1e-9)+r*r*std[i]*std[i])
	}
	var chol mat.Cholesky
	if !chol.Factorize(noisy) {
		return Projection{}, fmt.Errorf("%w: the %d coefficients are not independent: send fewer", ErrMechanism, k)
	}
	if err := chol.SolveTo(&rebuild, cross.T()); err != nil {
		return Projection{}, fmt.Errorf("%w: the %d coefficients are nearly dependent: send fewer: %w", ErrMechanism, k, err)
	}
	return Projection{
		Mean: mean, Std: std,
		Matrix:  mat.DenseCopyOf(h.T()).RawMatrix().Data,
		Rebuild: mat.DenseCopyOf(rebuild.T()).RawMatrix().Data,
	}, nil
}

// eigen returns eigenvalues, falling, and the eigenvectors as columns.
func eigen(s mat.Symmetric) (values []float64, vectors *mat.Dense, err error) {
	var e mat.EigenSym
	if !e.Factorize(s, true) {
		return nil, nil, fmt.Errorf("%w: eigenvalues of a %d x %d matrix do not converge", ErrMechanism, s.SymmetricDim(), s.SymmetricDim())
	}
	rising := e.Values(nil)
	var v mat.Dense
	e.VectorsTo(&v)
	n := len(rising)
	values, vectors = make([]float64, n), mat.NewDense(n, n, nil)
	for j := range n {
		values[j] = rising[n-1-j]
		for i := range n {
			vectors.Set(i, j, v.At(i, n-1-j))
		}
	}
	return values, vectors, nil
}

// taskDirections returns H = G^1/2 U (m x k), U the first k eigenvectors of G^1/2 Cov G^1/2, after both matrices got a
// ten-thousandth of their mean diagonal: the coefficients that the logits depend on most.
func taskDirections(g, cov mat.Symmetric, k int) (*mat.Dense, error) {
	m := g.SymmetricDim()
	values, vectors, err := eigen(addDiagonal(g, 1e-4*trace(g)/float64(m)))
	if err != nil {
		return nil, err
	}
	scaled := mat.NewDense(m, m, nil)
	for j, v := range values {
		for i := range m {
			scaled.Set(i, j, vectors.At(i, j)*math.Sqrt(max(v, 0)))
		}
	}
	var root, half, both mat.Dense
	root.Mul(scaled, vectors.T())
	half.Mul(&root, addDiagonal(cov, 1e-4*trace(cov)/float64(m)))
	both.Mul(&half, &root)
	symmetric := mat.NewSymDense(m, nil)
	for i := range m {
		for j := i; j < m; j++ {
			symmetric.SetSym(i, j, both.At(i, j))
		}
	}
	_, u, err := eigen(symmetric)
	if err != nil {
		return nil, err
	}
	var h mat.Dense
	h.Mul(&root, u.Slice(0, m, 0, k))
	return &h, nil
}
