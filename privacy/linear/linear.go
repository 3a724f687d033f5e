// Package linear measures a release by what an attacker who knows the prefix can compute in closed form: the best linear
// estimate of the records, the match against known records, and the bounds on what any attacker learns. It needs no
// library, so that the attested binary can hold it; package leakage has attacks by search and by training besides. The
// release is made by the code that makes users' releases.
package linear

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/privacy/compare"
	"github.com/encrypted-compute/encompute/protocol"
)

// ErrSubject says that something cannot be measured.
var ErrSubject = errors.New("cannot be measured")

// Limits of a measurement.
const (
	maxValues  = 2048    // in a release
	maxNumbers = 1 << 24 // in a matrix: 128 MiB
)

// Subject is what is measured.
type Subject struct {
	Prefix    fhe.Prefix // one that validates
	Range     protocol.Range
	Shape     []int // of the intermediate, as clients read it
	Mechanism protocol.Mechanism
	Train     [][]float32 // what the attacker owns, from 0 to 1 for the ends of Range
	Test      [][]float32 // the records under attack
	Seed      protocol.Digest
}

// Memory is about how many bytes Measure needs besides its subject.
func (s Subject) Memory(values int) int64 {
	k, d, n := int64(values), int64(len(s.Train[0])), int64(len(s.Train)+2*len(s.Test))
	return 8 * (k*n + 2*k*k + 2*k*d + 2*d*int64(len(s.Test)))
}

// Measure fills in the figures of a sheet. It can be ended by the context at any moment. Errors wrap ErrSubject, or are
// the mechanism's or the context's.
func Measure(ctx context.Context, s Subject) (sheet protocol.AttestedSheet, err error) {
	shapes, err := s.Prefix.Shapes()
	if err != nil {
		return sheet, fmt.Errorf("%w: %w", ErrSubject, err)
	}
	mechanism, err := privacy.NewMechanism(s.Mechanism, s.Shape)
	if err != nil {
		return sheet, err
	}
	if got, want := size(shapes[len(shapes)-1]), size(s.Shape); got != want {
		return sheet, fmt.Errorf("%w: the prefix gives %d values, an intermediate of shape %v has %d", ErrSubject, got, s.Shape, want)
	}
	if err := s.check(mechanism.Values()); err != nil {
		return sheet, err
	}
	x, err := s.release(ctx, mechanism)
	if err != nil {
		return sheet, err
	}
	sheet.Shape, sheet.Values, sheet.Train, sheet.Gallery = s.Shape, mechanism.Values(), len(s.Train), len(s.Test)
	mean := means(s.Train)
	floor := make([][]float64, len(s.Test))
	for i := range floor {
		floor[i] = mean
	}
	q, err := compare.Quality(ctx, floor, s.Test, s.Prefix.Input)
	if err != nil {
		return sheet, err
	}
	sheet.FloorSSIM, sheet.FloorPSNR, sheet.FloorMSE = q.SSIM, q.PSNR, q.MSE
	if err := x.caps(ctx, &sheet, mechanism); err != nil {
		return sheet, err
	}
	if sheet.Linear, err = x.attack(ctx, s, mean); err != nil {
		return sheet, err
	}
	ranks, err := compare.Ranks(ctx, x.released, x.test)
	sheet.Match1, sheet.Match10 = compare.Within(ranks, 1), compare.Within(ranks, 10)
	return sheet, err
}

func (s Subject) check(values int) error {
	d := size(s.Prefix.Input)
	switch {
	case len(s.Train) < 2 || len(s.Test) < 2:
		return fmt.Errorf("%w: %d records of the attacker, %d under attack: want at least 2 of both", ErrSubject, len(s.Train), len(s.Test))
	case len(s.Train[0]) != d || len(s.Test[0]) != d:
		return fmt.Errorf("%w: records of %d and %d values, the prefix takes %d", ErrSubject, len(s.Train[0]), len(s.Test[0]), d)
	case values > maxValues || values*max(len(s.Train), d) > maxNumbers:
		return fmt.Errorf("%w: %d values, %d records of %d: want at most %d values, and %d in all of the attacker's releases: send fewer, or fewer records",
			ErrSubject, values, len(s.Train), d, maxValues, maxNumbers)
	case !(s.Range.High > s.Range.Low) || math.IsInf(s.Range.High-s.Range.Low, 0):
		return fmt.Errorf("%w: inputs from %v to %v", ErrSubject, s.Range.Low, s.Range.High)
	}
	return nil
}

// releases are what the attacker works with, in units of the declared deviations, else of those of its own records.
type releases struct {
	train, test [][]float64 // bounded, without noise
	released    [][]float64 // of the records under attack
	noise       float64     // standard deviation in these units
	variance    float64     // of noise and quantisation
}

// release runs all records through prefix and mechanism.
func (s Subject) release(ctx context.Context, m privacy.Mechanism) (x releases, err error) {
	bare := s.Mechanism
	bare.Noise, bare.Bits = 0, 0
	bounded, err := privacy.NewMechanism(bare, s.Shape)
	if err != nil {
		return x, err
	}
	x.train, x.test, x.released = make([][]float64, len(s.Train)), make([][]float64, len(s.Test)), make([][]float64, len(s.Test))
	err = compare.Parallel(ctx, len(s.Train)+len(s.Test), func(i int) error {
		if i < len(s.Train) {
			z, err := s.eval(s.Train[i])
			if err != nil {
				return err
			}
			x.train[i], err = bounded.Apply(z, privacy.NoiseKey{}, privacy.Subject{})
			return err
		}
		i -= len(s.Train)
		z, err := s.eval(s.Test[i])
		if err != nil {
			return err
		}
		if x.test[i], err = bounded.Apply(z, privacy.NoiseKey{}, privacy.Subject{}); err != nil {
			return err
		}
		x.released[i], err = m.Apply(z, privacy.NoiseKey(s.Seed), privacy.Subject{Input: protocol.Digest{byte(i >> 8), byte(i)}})
		return err
	})
	if err != nil {
		return x, err
	}
	x.scale(s.Mechanism)
	return x, nil
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// eval returns the intermediate of a record.
func (s Subject) eval(record []float32) ([]float64, error) {
	in := make([]float64, len(record))
	for i, v := range record {
		in[i] = s.Range.Low + (s.Range.High-s.Range.Low)*float64(v)
	}
	z, err := s.Prefix.Eval(in)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSubject, err)
	}
	for _, v := range z {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%w: the prefix gives %v for one of the records", ErrSubject, v)
		}
	}
	return z, nil
}

// scale brings all coefficients to their units.
func (x *releases) scale(m protocol.Mechanism) {
	unit := m.Std
	if len(unit) == 0 {
		unit = deviations(x.train)
	}
	for _, rows := range [][][]float64{x.train, x.test, x.released} {
		for _, row := range rows {
			for j, u := range unit {
				row[j] /= u
			}
		}
	}
	x.noise = m.Noise
	step := 0.0
	if m.Bits > 0 {
		step = 2 * (m.Clip + 4*m.Noise) / (math.Exp2(float64(m.Bits)) - 1)
	}
	x.variance = m.Noise*m.Noise + step*step/12
}

// attack is the linear estimate of the records with the least mean square error, for known noise: ridge regression whose
// penalty is the variance of the noise.
func (x *releases) attack(ctx context.Context, s Subject, mean []float64) (a protocol.Attack, err error) {
	center := means(x.train)
	cov, err := covariance(ctx, x.train, x.train, center)
	if err != nil {
		return a, err
	}
	weights, err := covariance(ctx, x.train, s.Train, center) // k x d, then the solution
	if err != nil {
		return a, err
	}
	addDiagonal(cov, x.variance+1e-5*trace(cov)/float64(len(cov))+1e-12)
	if err := factorize(ctx, cov); err != nil {
		return a, err
	}
	if err := solve(ctx, cov, weights); err != nil {
		return a, err
	}
	rebuilt := make([][]float64, len(x.released))
	err = compare.Parallel(ctx, len(rebuilt), func(i int) error {
		y := append([]float64(nil), mean...)
		for j, w := range weights {
			axpy(x.released[i][j]-center[j], w, y)
		}
		for j, v := range y {
			y[j] = max(0, min(1, v))
		}
		rebuilt[i] = y
		return nil
	})
	if err != nil {
		return a, err
	}
	a = protocol.Attack{Name: "ridge", Effort: fmt.Sprintf("closed form, %d records", len(s.Train)), Records: len(s.Test)}
	if a.Quality, err = compare.Quality(ctx, rebuilt, s.Test, s.Prefix.Input); err != nil {
		return a, err
	}
	ranks, err := compare.Ranks(ctx, rebuilt, s.Test)
	a.ReID1, a.ReID10 = compare.Within(ranks, 1), compare.Within(ranks, 10)
	return a, err
}

// caps fills in the bounds: 1/2 log2 det(I + Cov/r^2) for records like these, what the mechanism promises for all, and
// Fano's on picking one of the gallery.
func (x *releases) caps(ctx context.Context, sheet *protocol.AttestedSheet, m privacy.Mechanism) error {
	if x.noise == 0 {
		return nil
	}
	cov, err := covariance(ctx, x.train, x.train, means(x.train))
	if err != nil {
		return err
	}
	for _, row := range cov {
		for j := range row {
			row[j] /= x.noise * x.noise
		}
	}
	addDiagonal(cov, 1)
	if err := factorize(ctx, cov); err != nil {
		return err
	}
	bits := 0.0
	for i, row := range cov {
		bits += math.Log2(row[i])
	}
	if b := m.Literal().Bits; b > 0 {
		bits = min(bits, float64(sheet.Values*b))
	}
	fano := min(1, (bits+1)/math.Log2(float64(sheet.Gallery)))
	sheet.BitCap, sheet.Fano, sheet.AnyCap = &bits, &fano, m.HardCap()
	return nil
}
