package leakage

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// gaussianWorld is a linear prefix of records that are Gaussian but for values outside [0, 1], which are too rare to
// count: x = 1/2 + A s with A d x d, z = W x, and one logit that is a linear function of z, against another of 0.
type gaussianWorld struct {
	subject Subject
	mix     Matrix // A: d x d
	weights Matrix // W: m x d
	task    []float32
}

func newGaussianWorld(records, d, m int) gaussianWorld {
	random := rand.New(rand.NewPCG(9, 9))
	w := gaussianWorld{mix: NewMatrix(d, d), weights: NewMatrix(m, d), task: make([]float32, m)}
	for i := range w.mix.Data {
		w.mix.Data[i] = float32(random.NormFloat64() * 0.12 / math.Sqrt(float64(d)))
	}
	for i := range w.weights.Data {
		w.weights.Data[i] = float32(random.NormFloat64())
	}
	for i := range w.task {
		w.task[i] = float32(random.NormFloat64())
	}
	draw := func() (r Records) {
		s := NewMatrix(records, d)
		for i := range s.Data {
			s.Data[i] = float32(random.NormFloat64())
		}
		r.X = multiplyT(s, w.mix)
		for i, v := range r.X.Data {
			r.X.Data[i] = max(0, min(1, v+0.5))
		}
		z, _ := w.prefix(context.Background(), r.X)
		logits, _ := w.suffix(context.Background(), z)
		r.Labels = argmax(logits)
		return r
	}
	w.subject = Subject{
		Shape: []int{d}, Train: draw(), Test: draw(), Prefix: w.prefix, Suffix: w.suffix,
		Pullback: func(_ context.Context, _, dz Matrix) (Matrix, error) { return multiply(dz, w.weights), nil },
	}
	return w
}

func (w gaussianWorld) prefix(_ context.Context, x Matrix) (Matrix, error) {
	return multiplyT(x, w.weights), nil
}

func (w gaussianWorld) suffix(_ context.Context, z Matrix) (Matrix, error) {
	center, _ := w.prefix(context.Background(), Matrix{Rows: 1, Cols: w.weights.Cols, Data: halves(w.weights.Cols)})
	out := NewMatrix(z.Rows, 2)
	for i := range z.Rows {
		for j, v := range z.Row(i) {
			out.Row(i)[1] += (v - center.Data[j]) * w.task[j]
		}
	}
	return out, nil
}

func halves(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = 0.5
	}
	return out
}

func quick() Options {
	o := QuickOptions()
	o.Gallery = 200
	return o
}

func calibrate(t *testing.T, s Subject, o Options) *Calibration {
	t.Helper()
	c, err := Calibrate(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func measure(t *testing.T, c *Calibration, r Release) Measured {
	t.Helper()
	m, err := c.Measure(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// must is for what cannot fail in a test.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
