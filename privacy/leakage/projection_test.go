package leakage

import (
	"context"
	"errors"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// The receiver's estimate is Mean + Cov H (H^T Cov H)^-1 c / (1 + r^2) for coefficients that are not correlated.
func TestRebuild(t *testing.T) {
	t.Parallel()
	w := newGaussianWorld(3000, 6, 5)
	c := calibrate(t, w.subject, quick())
	for _, r := range []float64{0, 0.3, 1} {
		for name, p := range map[string]Projection{
			"task":      must(c.Task(t.Context(), 2, r))(t),
			"principal": must(c.Principal(3, r))(t),
		} {
			k, m := p.Coefficients(), len(p.Mean)
			h := mat.DenseCopyOf(mat.NewDense(k, m, p.Matrix).T())
			var cross, gram, inverse, want mat.Dense
			cross.Mul(c.zCov, h)
			gram.Mul(h.T(), &cross)
			for i := range k {
				near(t, name+": variance", gram.At(i, i), 1, 1e-6)
				near(t, name+": std", p.Std[i], 1, 0)
				for j := range i {
					near(t, name+": correlation", gram.At(i, j), 0, 1e-2)
				}
			}
			if err := inverse.Inverse(&gram); err != nil {
				t.Fatal(err)
			}
			want.Mul(&cross, &inverse)
			for i := range m {
				for j := range k {
					near(t, name+": rebuild", p.Rebuild[i*k+j], want.At(i, j)/(1+r*r), 2e-2)
				}
			}
		}
	}
	all := must(c.All(0))(t)
	z := all.decode(all.encode(c.z))
	for i, v := range c.z.Data {
		near(t, "all values", float64(z.Data[i]), float64(v), 1e-4)
	}
}

// One task coefficient holds all that the only logit depends on, one principal coefficient does not.
func TestTaskFindsTheLogit(t *testing.T) {
	t.Parallel()
	w := newGaussianWorld(2000, 6, 5)
	o := quick()
	o.Epochs, o.Searches = 0, 0
	c := calibrate(t, w.subject, o)
	one := measure(t, c, Release{Projection: must(c.Task(t.Context(), 1, 0))(t)}).Sheet
	if *one.Accuracy < 0.985 || one.Agreement < 0.985 {
		t.Errorf("one task coefficient: accuracy %v, agreement %v", *one.Accuracy, one.Agreement)
	}
	principal := measure(t, c, Release{Projection: must(c.Principal(1, 0))(t)}).Sheet
	if *principal.Accuracy > *one.Accuracy-0.02 {
		t.Errorf("one principal coefficient: accuracy %v", *principal.Accuracy)
	}
	// The exact derivative gives the same coefficient as differences.
	w.subject.Jacobian = func(_ context.Context, z Matrix) (Matrix, error) {
		out := NewMatrix(z.Rows, 10)
		for i := range z.Rows {
			copy(out.Row(i)[5:], w.task)
		}
		return out, nil
	}
	exact := must(calibrate(t, w.subject, o).Task(t.Context(), 1, 0))(t)
	for i, v := range must(c.Task(t.Context(), 1, 0))(t).Matrix {
		near(t, "direction", math.Abs(v), math.Abs(exact.Matrix[i]), 1e-2*math.Abs(exact.Matrix[0]))
	}
}

func TestProjectionErrors(t *testing.T) {
	t.Parallel()
	c := calibrate(t, newGaussianWorld(300, 4, 3).subject, quick())
	for name, err := range map[string]error{
		"none":             failure(c.Task(t.Context(), 0, 0)),
		"more than values": failure(c.Task(t.Context(), 4, 0)),
		"principal":        failure(c.Principal(4, 0)),
		"empty":            failure(c.Measure(t.Context(), Release{})),
		"of another cut":   failure(c.Measure(t.Context(), Release{Projection: Projection{Mean: make([]float64, 2), Std: []float64{1}, Matrix: make([]float64, 2), Rebuild: make([]float64, 2)}})),
		"head":             failure(c.Measure(t.Context(), Release{Projection: must(c.All(0))(t), Head: &Head{Inputs: 2, Classes: 2}})),
	} {
		if !errors.Is(err, ErrMechanism) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func failure[T any](_ T, err error) error { return err }

func TestMechanism(t *testing.T) {
	t.Parallel()
	for _, m := range []Mechanism{{Noise: -1}, {Noise: math.NaN()}, {Clip: -1}, {Clip: math.Inf(1)}, {Bits: -1}, {Bits: 30, Clip: 1}, {Bits: 4}} {
		if err := m.validate(); !errors.Is(err, ErrMechanism) {
			t.Errorf("%+v: %v", m, err)
		}
	}
	c := Matrix{Rows: 1, Cols: 5, Data: []float32{-9, -1, 0.1, 1.4, 2}}
	got := Mechanism{Clip: 1.5, Bits: 2}.release(c, nil)
	for i, want := range []float64{-1.5, -0.5, 0.5, 1.5, 1.5} {
		near(t, "quantized", float64(got.Data[i]), want, 1e-6)
	}
	many := NewMatrix(1, 40000)
	noisy := Mechanism{Noise: 0.3}.release(many, stream(1, streamNoise))
	sum := 0.0
	for _, v := range noisy.Data {
		sum += float64(v) * float64(v)
	}
	near(t, "noise", math.Sqrt(sum/40000), 0.3, 0.005)
}
