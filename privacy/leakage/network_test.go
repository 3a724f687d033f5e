package leakage

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
)

// layered has one layer of every kind, a residual and a concatenation.
func layered() fhe.Prefix {
	random := rand.New(rand.NewPCG(6, 6))
	draw := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = random.NormFloat64() / 3
		}
		return v
	}
	cubic := fhe.Poly{Degree: 3}
	for range 4 {
		cubic.Coefficients = append(cubic.Coefficients, draw(4))
	}
	conv := fhe.NewConv("conv", fhe.Conv{In: 2, Out: 4, Groups: 2, Kernel: [2]int{3, 3}, Pads: [4]int{1, 1, 1, 1}, Weights: draw(36), Bias: draw(4)})
	return fhe.Prefix{Input: []int{2, 6, 6}, Layers: []fhe.Layer{
		conv, // value 1
		fhe.NewPoly("quadratic", fhe.NewQuadratic(draw(4), draw(4), draw(4))),
		fhe.NewConv("wide", fhe.Conv{In: 4, Out: 4, Kernel: [2]int{3, 3}, Dilation: [2]int{2, 2}, Pads: [4]int{2, 2, 2, 2}, Weights: draw(144)}),
		fhe.NewAdd("residual", 1, 3),     // value 4
		fhe.NewConcat("concat", 0, 4, 2), // value 5: 8 x 6 x 6
		fhe.NewAffine("norm", fhe.Affine{Scale: draw(8), Shift: draw(8)}),
		fhe.NewPool("pool", fhe.Pool{Kernel: [2]int{3, 3}, Stride: [2]int{2, 2}, Pads: [4]int{1, 1, 1, 1}}),
		fhe.NewPad("pad", fhe.Pad{Before: [3]int{0, 0, 0}, After: [3]int{0, 1, 1}, Value: 0.5}),
		fhe.NewConv("last", fhe.Conv{In: 8, Out: 4, Kernel: [2]int{2, 2}, Stride: [2]int{2, 2}, Weights: draw(128), Bias: draw(4)}),
		fhe.NewPoly("cubic", cubic),
		fhe.NewPermute("order", fhe.Permute{Shape: []int{4, 2, 2}, Perm: []int{1, 2, 0}}),
		fhe.NewReshape("flat", 16),
		fhe.NewDense("dense", fhe.Dense{In: 16, Out: 5, Weights: draw(80), Bias: draw(5)}),
	}}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	p := layered()
	const low, high = -1, 0.5
	n, err := NewNetwork(p, low, high)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(7, 7))
	x, dz := randomMatrix(random, 70, 72), randomMatrix(random, 70, 5) // three blocks, the last not full
	z, err := n.Eval(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	dx, err := n.Pullback(t.Context(), x, dz)
	if err != nil {
		t.Fatal(err)
	}
	eval := func(row []float64) []float64 {
		y, err := p.Eval(row)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	for _, i := range []int{0, 31, 32, 69} {
		row := make([]float64, x.Cols)
		for j, v := range x.Row(i) {
			row[j] = low + (high-low)*float64(v)
		}
		for j, v := range eval(row) {
			near(t, "value", float64(z.Row(i)[j]), v, 1e-4*(1+math.Abs(v)))
		}
		const h = 1e-5
		for j := range row {
			v := row[j]
			row[j] = v + h
			up := eval(row)
			row[j] = v - h
			down := eval(row)
			row[j] = v
			want := 0.0
			for k := range up {
				want += float64(dz.Row(i)[k]) * (up[k] - down[k]) / (2 * h) * (high - low)
			}
			near(t, "derivative", float64(dx.Row(i)[j]), want, 1e-3*(1+math.Abs(want)))
		}
	}
	if _, err := n.Eval(t.Context(), NewMatrix(1, 71)); !errors.Is(err, ErrSubject) {
		t.Errorf("too few values: %v", err)
	}
	if _, err := n.Pullback(t.Context(), x, NewMatrix(70, 4)); !errors.Is(err, ErrSubject) {
		t.Errorf("too few gradients: %v", err)
	}
	if _, err := NewNetwork(p, 1, 1); !errors.Is(err, ErrSubject) {
		t.Errorf("inputs of no range: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := n.Eval(ctx, x); !errors.Is(err, context.Canceled) {
		t.Errorf("ended before it began: %v", err)
	}
}

// Both ways to the derivative of a release agree.
func TestJacobian(t *testing.T) {
	t.Parallel()
	n, err := NewNetwork(layered(), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(8, 8))
	x := randomMatrix(random, 40, 72)
	z, err := n.Eval(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	mean, cov := moments(z)
	p, err := allValues(mean, cov, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{subject: &Subject{Prefix: n.Eval, Pullback: n.Pullback}, projection: p}
	exact, err := s.jacobian(t.Context(), x.Slice(3, 4))
	if err != nil {
		t.Fatal(err)
	}
	s.subject = &Subject{Prefix: n.Eval}
	differences, err := s.jacobian(t.Context(), x.Slice(3, 4))
	if err != nil {
		t.Fatal(err)
	}
	rows, cols := exact.Dims()
	if rows != 5 || cols != 72 {
		t.Fatalf("jacobian of %d x %d", rows, cols)
	}
	for i := range rows {
		for j := range cols {
			near(t, "derivative", differences.At(i, j), exact.At(i, j), 2e-3*(1+math.Abs(exact.At(i, j))))
		}
	}
}
