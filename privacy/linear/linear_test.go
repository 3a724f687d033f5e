package linear

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/privacy/leakage"
	"github.com/encrypted-compute/encompute/protocol"
)

const (
	testInputs = 8
	testValues = 4
)

// prefix is dense, of testInputs values to testValues, with a square after it.
func prefix(seed uint64) fhe.Prefix {
	random := rand.New(rand.NewPCG(seed, 1))
	d := fhe.Dense{In: testInputs, Out: testValues, Weights: make([]float64, testInputs*testValues)}
	for i := range d.Weights {
		d.Weights[i] = random.NormFloat64()
	}
	one := make([]float64, testValues)
	for i := range one {
		one[i] = 1
	}
	return fhe.Prefix{Input: []int{testInputs}, Layers: []fhe.Layer{
		fhe.NewDense("fc", d), fhe.NewPoly("square", fhe.NewQuadratic(make([]float64, testValues), one, one)),
	}}
}

func records(seed uint64, n int) [][]float32 {
	random := rand.New(rand.NewPCG(seed, 2))
	list := make([][]float32, n)
	for i := range list {
		shared := random.NormFloat64() * 0.15 // or nothing could be told of four values from eight
		for range testInputs {
			list[i] = append(list[i], float32(max(0, min(1, 0.5+shared+0.05*random.NormFloat64()))))
		}
	}
	return list
}

func subject(m protocol.Mechanism) Subject {
	return Subject{
		Prefix: prefix(1), Range: protocol.Range{Low: -1, High: 1}, Shape: []int{testValues}, Mechanism: m, Train: records(1, 400), Test: records(2, 60), Seed: protocol.Digest{7},
	}
}

// calibrated runs package leakage on the same subject.
func calibrated(t *testing.T, s Subject) *leakage.Calibration {
	t.Helper()
	matrix := func(rows [][]float32) leakage.Records {
		m := leakage.NewMatrix(len(rows), testInputs)
		for i, row := range rows {
			copy(m.Row(i), row)
		}
		return leakage.Records{X: m}
	}
	network, err := leakage.NewNetwork(s.Prefix, s.Range.Low, s.Range.High)
	if err != nil {
		t.Fatal(err)
	}
	o := leakage.QuickOptions()
	o.Epochs, o.Searches, o.Gallery = 0, 0, len(s.Test)
	c, err := leakage.Calibrate(t.Context(), leakage.Subject{
		Shape: s.Prefix.Input, Train: matrix(s.Train), Test: matrix(s.Test), Prefix: network.Eval, Pullback: network.Pullback,
		Suffix: func(_ context.Context, z leakage.Matrix) (leakage.Matrix, error) { return z, nil },
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The same figures as package leakage, which has its own matrices and another generator of noise.
func TestAgainstLeakage(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]leakage.Mechanism{
		"nothing done": {}, "clipped": {Clip: 2}, "noise": {Clip: 4, Noise: 0.3}, "much noise": {Clip: 4, Noise: 1}, "quantised": {Clip: 3, Noise: 0.3, Bits: 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := subject(protocol.Mechanism{})
			c := calibrated(t, s)
			p, err := c.All(m.Noise)
			if err != nil {
				t.Fatal(err)
			}
			r := leakage.Release{Projection: p, Mechanism: m}
			want, err := c.Measure(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			s.Mechanism = r.Declared(false)
			got, err := Measure(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			ridge := want.Sheet.Attacks[0]
			exact, noisy := 2e-3, 0.3 // relative; draws of the noise differ, and the order of records
			if m.Noise == 0 {
				noisy = exact
			}
			for _, f := range []struct {
				what                 string
				got, want, tolerance float64
			}{
				{"floor MSE", got.FloorMSE, want.Sheet.FloorMSE, exact},
				{"MSE", got.Linear.MSE, ridge.MSE, noisy},
				{"PSNR", got.Linear.PSNR, ridge.PSNR, noisy},
				{"worst MSE", got.Linear.WorstMSE, ridge.WorstMSE, 2 * noisy},
				{"re-ID", got.Linear.ReID1, ridge.ReID1, 2 * noisy},
				{"re-ID 10", got.Linear.ReID10, ridge.ReID10, noisy},
				{"match", got.Match1, want.Sheet.Match1, noisy},
				{"match 10", got.Match10, want.Sheet.Match10, noisy},
				{"bits", bits(got.BitCap), bits(want.Sheet.BitCap), exact},
				{"bits for any", bits(got.AnyCap), bits(want.Sheet.AnyCap), exact},
				{"Fano", bits(got.Fano), bits(want.Sheet.Fano), exact},
			} {
				if math.Abs(f.got-f.want) > f.tolerance*math.Abs(f.want)+1e-9 {
					t.Errorf("%s is %v, package leakage says %v", f.what, f.got, f.want)
				}
			}
			if got.Values != testValues || got.Train != 400 || got.Gallery != 60 || got.Linear.Records != 60 {
				t.Errorf("measured %+v", got)
			}
		})
	}
}

func bits(p *float64) float64 {
	if p == nil {
		return -1
	}
	return *p
}

// A prefix that keeps everything lets everything be rebuilt, and its sheet says so.
func TestIdentity(t *testing.T) {
	t.Parallel()
	s := subject(protocol.Mechanism{})
	same := fhe.Dense{In: testInputs, Out: testInputs, Weights: make([]float64, testInputs*testInputs)}
	for i := range testInputs {
		same.Weights[i*testInputs+(i+3)%testInputs] = 2 // in another order
	}
	s.Prefix.Layers, s.Shape = []fhe.Layer{fhe.NewDense("same", same)}, []int{2, 2, 2}
	sheet, err := Measure(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if sheet.Linear.ReID1 != 1 || sheet.Match1 != 1 || sheet.Linear.MSE > 1e-6 || sheet.BitCap != nil || !sheet.Red() {
		t.Errorf("measured %+v", sheet)
	}
}

// Images get SSIM, and the seed alone decides on the noise.
func TestImages(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 3))
	image := func(n int) (list [][]float32) {
		for range n {
			x, level := make([]float32, 64), random.Float32()
			for i := range x {
				x[i] = max(0, min(1, level*float32(i%8)/7+0.05*random.Float32()))
			}
			list = append(list, x)
		}
		return list
	}
	weights := make([]float64, 2*64)
	for i := range weights {
		weights[i] = random.NormFloat64()
	}
	s := Subject{
		Prefix: fhe.Prefix{Input: []int{1, 8, 8}, Layers: []fhe.Layer{fhe.NewReshape("flat", 64), fhe.NewDense("fc", fhe.Dense{In: 64, Out: 2, Weights: weights})}},
		Range:  protocol.Range{Low: 0, High: 1}, Shape: []int{2}, Mechanism: protocol.Mechanism{Clip: 4, Noise: 0.3, Std: []float64{1, 1}, Mean: []float64{0, 0}},
		Train: image(100), Test: image(30), Seed: protocol.Digest{1},
	}
	first, err := Measure(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if first.FloorSSIM == nil || first.Linear.SSIM == nil || *first.Linear.SSIM < *first.FloorSSIM {
		t.Errorf("SSIM %v over a floor of %v", first.Linear.SSIM, first.FloorSSIM)
	}
	again, err := Measure(t.Context(), s)
	if err != nil || again.Linear.MSE != first.Linear.MSE || again.Match1 != first.Match1 {
		t.Errorf("measured %+v, then %+v: %v", first, again, err)
	}
	s.Seed[0]++
	other, err := Measure(t.Context(), s)
	if err != nil || other.Linear.MSE == first.Linear.MSE {
		t.Errorf("another seed gives the same noise: %v", err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Subject){
		"no records":         func(s *Subject) { s.Train = nil },
		"one record":         func(s *Subject) { s.Test = s.Test[:1] },
		"other size":         func(s *Subject) { s.Prefix.Input = []int{testInputs + 1} },
		"short test records": func(s *Subject) { s.Test = [][]float32{{0}, {1}} },
		"empty range":        func(s *Subject) { s.Range.High = s.Range.Low },
		"another shape":      func(s *Subject) { s.Shape = []int{testValues, 2} },
		"no prefix":          func(s *Subject) { s.Prefix = fhe.Prefix{} },
		"overflow":           func(s *Subject) { s.Prefix.Layers[0].Dense.Weights[0] = 1e308; s.Range.High = 1e9 },
		"too many values":    func(s *Subject) { s.Prefix.Layers, s.Shape = []fhe.Layer{wide(maxValues + 1)}, []int{maxValues + 1} },
		"too many in all": func(s *Subject) {
			s.Prefix.Layers, s.Shape = []fhe.Layer{wide(maxValues)}, []int{maxValues}
			s.Train = records(1, maxNumbers/maxValues+1)
		},
	} {
		s := subject(protocol.Mechanism{})
		change(&s)
		if _, err := Measure(t.Context(), s); !errors.Is(err, ErrSubject) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := subject(protocol.Mechanism{Clip: 1, Std: []float64{1}})
	if _, err := Measure(t.Context(), s); !errors.Is(err, protocol.ErrMalformed) {
		t.Errorf("foreign mechanism: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Measure(ctx, subject(protocol.Mechanism{})); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func wide(out int) fhe.Layer {
	return fhe.NewDense("wide", fhe.Dense{In: testInputs, Out: out, Weights: make([]float64, testInputs*out)})
}

// L L^T X = B has the solution that was put into it; matrices that are not positive are refused.
func TestSolve(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(4, 4))
	for n := 1; n < 12; n++ {
		root, want := make([][]float64, n), make([][]float64, n)
		for i := range n {
			root[i], want[i] = make([]float64, n), []float64{random.NormFloat64(), random.NormFloat64()}
			for j := range n {
				root[i][j] = random.NormFloat64()
			}
		}
		a, b := make([][]float64, n), make([][]float64, n)
		for i := range n {
			a[i], b[i] = make([]float64, n), make([]float64, 2)
			for j := range n {
				for k := range n {
					a[i][j] += root[i][k] * root[j][k]
				}
			}
			a[i][i] += 0.1
			for j := range n {
				axpy(a[i][j], want[j], b[i])
			}
		}
		if err := errors.Join(factorize(t.Context(), a), solve(t.Context(), a, b)); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			for j := range 2 {
				if math.Abs(b[i][j]-want[i][j]) > 1e-8 {
					t.Errorf("n = %d: %v, want %v", n, b, want)
				}
			}
		}
	}
	for _, a := range [][][]float64{{{-1}}, {{1, 2}, {2, 1}}, {{math.NaN()}}, {{0}}} {
		if err := factorize(t.Context(), a); !errors.Is(err, ErrSubject) {
			t.Errorf("%v: %v", a, err)
		}
	}
}
