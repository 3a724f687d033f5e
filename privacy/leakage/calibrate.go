package leakage

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/encrypted-compute/encompute/protocol"
)

// Options say how hard the attacker tries, and how much is measured. Start from DefaultOptions.
type Options struct {
	Effort      string // what these options are called on a sheet
	Seed        uint64
	Gallery     int // test records among which one is to be recognised, and on which attacks are measured
	Epochs      int // of the decoder's training; 0: no decoder
	Hidden      int // width of its two hidden layers
	Searches    int // records rebuilt by gradients; 0: none
	SearchSteps int
	Draws       int // of the noise, over which accuracy is averaged
	Jacobians   int // records at which the derivative is taken
	Evaluations int // of the suffix, about, to find its derivatives
	// Progress, if given, is told what is being done, and how much of it is; it must be quick.
	Progress func(task string, done, total int)
}

// DefaultOptions is what published sheets are measured with: minutes on two cores.
func DefaultOptions() Options {
	return Options{Effort: "default", Seed: 1, Gallery: 600, Epochs: 40, Hidden: 512, Searches: 24, SearchSteps: 110, Draws: 8, Jacobians: 2, Evaluations: 1 << 16}
}

// QuickOptions is a tenth of the effort: for a first look, never for a sheet that is shown to users.
func QuickOptions() Options {
	o := DefaultOptions()
	o.Effort = "quick"
	o.Epochs, o.Hidden, o.Searches, o.SearchSteps, o.Draws, o.Jacobians, o.Evaluations = 6, 256, 8, 40, 4, 1, 1<<14
	return o
}

func (o Options) validate() error {
	for _, f := range []struct {
		name     string
		v, least int
		most     int
	}{
		{"gallery", o.Gallery, 2, 1e5},
		{"epochs", o.Epochs, 0, 1e4},
		{"hidden", o.Hidden, 1, 1e4},
		{"searches", o.Searches, 0, 1e4},
		{"searchSteps", o.SearchSteps, 1, 1e5},
		{"draws", o.Draws, 1, 1e3},
		{"jacobians", o.Jacobians, 1, 100},
		{"evaluations", o.Evaluations, 1, 1 << 30},
	} {
		if f.v < f.least || f.v > f.most {
			return fmt.Errorf("%w: %s: %d, want %d to %d", ErrOptions, f.name, f.v, f.least, f.most)
		}
	}
	return nil
}

func (o Options) progress(task string) func(done, total int) {
	return func(done, total int) {
		if o.Progress != nil {
			o.Progress(task, done, total)
		}
	}
}

// Calibration is what all releases at one cut share: intermediates, their moments, and what the logits depend on. It may be
// used by one goroutine at a time.
type Calibration struct {
	subject *Subject
	options Options

	z, zTest  Matrix
	zShown    Matrix
	logits    Matrix // of the test records, nothing done to the intermediate
	zMean     []float64
	zCov      *mat.SymDense
	gallery   []int // of test records
	basis     *mat.Dense
	variances []float64     // of z along the basis
	task      *mat.SymDense // G in the basis, once it is known
}

// batch is how many records go through the model at a time.
const batch = 256

// Calibrate runs all records through the model. Errors wrap ErrSubject, ErrOptions, or come from the model or the context.
func Calibrate(ctx context.Context, s Subject, o Options) (*Calibration, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	if err := o.validate(); err != nil {
		return nil, err
	}
	c := &Calibration{subject: &s, options: o}
	report, total := o.progress("run the model"), s.Train.X.Rows+2*s.Test.X.Rows
	var err error
	if c.z, err = batched(ctx, s.Prefix, s.Train.X, batch); err != nil {
		return nil, fmt.Errorf("prefix: %w", err)
	}
	report(s.Train.X.Rows, total)
	if c.zTest, err = batched(ctx, s.Prefix, s.Test.X, batch); err != nil {
		return nil, fmt.Errorf("prefix: %w", err)
	}
	if c.zShown, err = batched(ctx, s.Prefix, s.Shown, batch); err != nil {
		return nil, fmt.Errorf("prefix: %w", err)
	}
	report(s.Train.X.Rows+s.Test.X.Rows, total)
	if c.logits, err = batched(ctx, s.Suffix, c.zTest, batch); err != nil {
		return nil, fmt.Errorf("suffix: %w", err)
	}
	if c.logits.Cols < 2 {
		return nil, fmt.Errorf("%w: suffix gives %d logits, want one for each of at least 2 classes", ErrSubject, c.logits.Cols)
	}
	for i, l := range slices.Concat(s.Test.Labels, s.Train.Labels) {
		if l < 0 || l >= c.logits.Cols {
			return nil, fmt.Errorf("%w: label %d (number %d) is not one of %d classes", ErrSubject, l, i, c.logits.Cols)
		}
	}
	report(total, total)
	c.zMean, c.zCov = moments(c.z)
	c.gallery = stream(o.Seed, streamGallery).Perm(s.Test.X.Rows)[:min(o.Gallery, s.Test.X.Rows)]
	return c, nil
}

// All sends every value of the intermediate, with noise of r standard deviations expected on each.
func (c *Calibration) All(r float64) (Projection, error) { return allValues(c.zMean, c.zCov, r) }

// Principal sends the k coefficients that hold most of the intermediate's variance.
func (c *Calibration) Principal(k int, r float64) (Projection, error) {
	if err := c.spectrum(); err != nil {
		return Projection{}, err
	}
	if k < 1 || k > len(c.variances) {
		return Projection{}, fmt.Errorf("%w: %d coefficients, want 1 to %d", ErrMechanism, k, len(c.variances))
	}
	p, err := newProjection(c.zMean, c.zCov, mat.DenseCopyOf(c.basis.Slice(0, len(c.zMean), 0, k)), r)
	p.Kind = protocol.ProjectionPrincipal
	return p, err
}

// Task sends the k coefficients that the logits depend on most: H = G^1/2 U, with G the mean outer product of the gradients
// of logit minus mean logit by the intermediate, U the first eigenvectors of G^1/2 Cov G^1/2. An intermediate of more than
// 256 values is first reduced to its 256 principal directions.
func (c *Calibration) Task(ctx context.Context, k int, r float64) (Projection, error) {
	if err := c.spectrum(); err != nil {
		return Projection{}, err
	}
	if k < 1 || k > len(c.variances) {
		return Projection{}, fmt.Errorf("%w: %d coefficients, want 1 to %d", ErrMechanism, k, len(c.variances))
	}
	if c.task == nil {
		g, err := c.sensitivity(ctx)
		if err != nil {
			return Projection{}, err
		}
		c.task = g
	}
	within := mat.NewSymDense(len(c.variances), nil)
	for i, v := range c.variances {
		within.SetSym(i, i, v)
	}
	small, err := taskDirections(c.task, within, k)
	if err != nil {
		return Projection{}, err
	}
	var h mat.Dense
	h.Mul(c.basis, small)
	p, err := newProjection(c.zMean, c.zCov, &h, r)
	p.Kind = protocol.ProjectionTask
	return p, err
}

// directions is how many principal directions of an intermediate are looked at.
const directions = 256

// spectrum finds the principal directions of the intermediate.
func (c *Calibration) spectrum() error {
	if c.basis != nil {
		return nil
	}
	values, vectors, err := eigen(c.zCov)
	if err != nil {
		return err
	}
	if !(values[0] > 0) {
		return fmt.Errorf("%w: the intermediate is the same for all training records", ErrSubject)
	}
	n := min(len(values), directions)
	c.basis = mat.DenseCopyOf(vectors.Slice(0, len(values), 0, n))
	for _, v := range values[:n] {
		c.variances = append(c.variances, max(v, 0))
	}
	return nil
}

// sensitivity is G in the basis, on some training records.
func (c *Calibration) sensitivity(ctx context.Context) (*mat.SymDense, error) {
	n := len(c.variances)
	samples := min(c.z.Rows, 1000)
	if c.subject.Jacobian == nil {
		samples = min(samples, max(16, c.options.Evaluations/(2*n)))
	}
	report := c.options.progress("derivatives of the suffix")
	chosen := stream(c.options.Seed, streamSubspace).Perm(c.z.Rows)[:samples]
	g := mat.NewSymDense(n, nil)
	for i, at := range chosen {
		j, err := c.suffixJacobian(ctx, c.z.Slice(at, at+1))
		if err != nil {
			return nil, fmt.Errorf("derivatives of the suffix: %w", err)
		}
		center(j, columnMeans(j))
		var one mat.SymDense
		one.SymOuterK(1/float64(samples), j.T())
		g.AddSym(g, &one)
		report(i+1, samples)
	}
	if !(trace(g) > 0) {
		return nil, fmt.Errorf("%w: the logits do not depend on the intermediate", ErrSubject)
	}
	return g, nil
}

func columnMeans(d *mat.Dense) []float64 {
	rows, cols := d.Dims()
	mean := make([]float64, cols)
	for i := range rows {
		for j, v := range d.RawRowView(i) {
			mean[j] += v / float64(rows)
		}
	}
	return mean
}

// suffixJacobian is the derivative of the logits along the basis at one intermediate: c x n.
func (c *Calibration) suffixJacobian(ctx context.Context, z Matrix) (*mat.Dense, error) {
	classes, n := c.logits.Cols, len(c.variances)
	if c.subject.Jacobian != nil {
		flat, err := c.subject.Jacobian(ctx, z)
		if err != nil {
			return nil, err
		}
		if flat.Rows != 1 || flat.Cols != classes*z.Cols {
			return nil, fmt.Errorf("%w: jacobian of %d x %d, want 1 x %d", ErrSubject, flat.Rows, flat.Cols, classes*z.Cols)
		}
		var j mat.Dense
		j.Mul(Matrix{Rows: classes, Cols: z.Cols, Data: flat.Data}.dense(), c.basis)
		return &j, nil
	}
	steps := make([]float64, n)
	for d := range steps {
		steps[d] = 1e-2 * math.Sqrt(max(c.variances[d], 1e-2*c.variances[0]))
	}
	logits, err := differences(ctx, c.subject.Suffix, z, c.basis, steps)
	if err != nil {
		return nil, err
	}
	return mat.DenseCopyOf(logits.T()), nil
}

// differences are the central differences of f at one row along the columns of a basis: a derivative in each row.
func differences(ctx context.Context, f Func, at Matrix, basis mat.Matrix, steps []float64) (*mat.Dense, error) {
	n := len(steps)
	moved := NewMatrix(2*n, at.Cols)
	for d, step := range steps {
		for i, v := range at.Data {
			delta := step * basis.At(i, d)
			moved.Row(2 * d)[i], moved.Row(2*d + 1)[i] = float32(float64(v)+delta), float32(float64(v)-delta)
		}
	}
	y, err := batched(ctx, f, moved, batch)
	if err != nil {
		return nil, err
	}
	out := mat.NewDense(n, y.Cols, nil)
	for d, step := range steps {
		for c := range y.Cols {
			out.Set(d, c, float64(y.Row(2 * d)[c]-y.Row(2*d + 1)[c])/(2*step))
		}
	}
	return out, nil
}
