package leakage

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/encrypted-compute/encompute/privacy/compare"
	"github.com/encrypted-compute/encompute/protocol"
)

// Release is what is to be measured: coefficients, what is done to them, and who reads them.
type Release struct {
	Projection Projection
	Mechanism  Mechanism
	Head       *Head  // reads the coefficients; nil: the unchanged suffix, after Projection.Rebuild
	Date       string // of the measurement, as it will stand on the sheet
}

// What a sheet is made of; the types stand in protocol, so that whoever reads sheets need not be able to measure.
type (
	Sheet   = protocol.Sheet
	Quality = protocol.Quality
	Local   = protocol.Local
	Attack  = protocol.Attack
)

// Measured is a sheet, and what becomes of the records that may be shown.
type Measured struct {
	Sheet Sheet
	Shown Matrix // Subject.Shown, as the attack with the least mean square error on the whole gallery rebuilds them
}

// Measure runs all attacks on a release and fills in a sheet. It can be ended by the context at any moment. Errors wrap
// ErrMechanism, or come from the model or the context.
func (c *Calibration) Measure(ctx context.Context, r Release) (Measured, error) {
	if err := c.checkRelease(r); err != nil {
		return Measured{}, err
	}
	s := &scene{
		subject: c.subject, options: c.options, projection: r.Projection, mechanism: r.Mechanism,
		train: r.Projection.encode(c.z), x: c.subject.Train.X,
	}
	coefficients := r.Projection.encode(c.zTest)
	truth, clean := c.subject.Test.X.Pick(c.gallery), coefficients.Pick(c.gallery)
	sent := clean
	if s.shown = c.zShown.Rows; s.shown > 0 { // behind the others, so that these get the same noise without them
		sent = clean.append(r.Projection.encode(c.zShown))
	}
	s.released = r.Mechanism.release(sent, stream(c.options.Seed, streamNoise))
	m := Measured{Sheet: Sheet{
		Version: protocol.SheetVersion, MeasuredBy: protocol.ByCreator, Values: r.Projection.Coefficients(), Projection: r.Projection.Kind,
		Clip: r.Mechanism.Clip, Noise: r.Mechanism.Noise, Bits: r.Mechanism.Bits, Classes: c.logits.Cols, TestRecords: c.zTest.Rows,
		Gallery: len(c.gallery), Effort: c.options.Effort, Seed: c.options.Seed, Dataset: c.digest(), Date: r.Date,
	}}
	if err := c.utility(ctx, r, coefficients, &m.Sheet); err != nil {
		return Measured{}, err
	}
	if err := c.attack(ctx, s, truth, &m); err != nil {
		return Measured{}, err
	}
	match, err := ranks(ctx, s.released.Slice(0, clean.Rows), r.Mechanism.clipped(clean))
	if err != nil {
		return Measured{}, err
	}
	m.Sheet.Match1, m.Sheet.Match10 = compare.Within(match, 1), compare.Within(match, 10)
	caps(s, &m.Sheet)
	if m.Sheet.Local, err = c.local(ctx, s, truth); err != nil {
		return Measured{}, err
	}
	m.Sheet.Rating = m.Sheet.Rate()
	return m, nil
}

func (c *Calibration) checkRelease(r Release) error {
	if err := r.Projection.validate(); err != nil {
		return err
	}
	if err := r.Mechanism.validate(); err != nil {
		return err
	}
	if m := len(r.Projection.Mean); m != c.z.Cols {
		return fmt.Errorf("%w: projection of %d values, the intermediate has %d", ErrMechanism, m, c.z.Cols)
	}
	if h := r.Head; h != nil && (h.Inputs != r.Projection.Coefficients() || h.Classes != c.logits.Cols) {
		return fmt.Errorf("%w: head from %d coefficients to %d classes, want %d and %d", ErrMechanism, h.Inputs, h.Classes, r.Projection.Coefficients(), c.logits.Cols)
	}
	return nil
}

// utility fills in accuracy and agreement.
func (c *Calibration) utility(ctx context.Context, r Release, coefficients Matrix, sheet *Sheet) error {
	base := argmax(c.logits)
	draws := c.options.Draws
	if r.Mechanism.Noise == 0 {
		draws = 1
	}
	random := stream(c.options.Seed, streamUtility)
	report := c.options.progress("accuracy")
	accuracy, labels := 0.0, c.subject.Test.Labels
	for i := range draws {
		y := r.Mechanism.release(coefficients, random)
		var logits Matrix
		if r.Head != nil {
			logits = r.Head.eval(y)
		} else {
			var err error
			if logits, err = batched(ctx, c.subject.Suffix, r.Projection.decode(y), batch); err != nil {
				return fmt.Errorf("suffix: %w", err)
			}
		}
		predicted := argmax(logits)
		sheet.Agreement += share(predicted, base) / float64(draws)
		if len(labels) > 0 {
			accuracy += share(predicted, labels) / float64(draws)
		}
		report(i+1, draws)
	}
	if len(labels) > 0 {
		plain := share(base, labels)
		low, high := wilson(accuracy, len(labels))
		sheet.BaseAccuracy, sheet.Accuracy, sheet.AccuracyLow, sheet.AccuracyHigh = &plain, &accuracy, &low, &high
	}
	return nil
}

// wilson is the 95 in 100 confidence interval of a share of n (Wilson, JASA 1927).
func wilson(p float64, n int) (low, high float64) {
	const z = 1.959964
	m := float64(n)
	center := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, center-half), min(1, center+half)
}

// attack runs all attacks and fills in what they achieve.
func (c *Calibration) attack(ctx context.Context, s *scene, truth Matrix, m *Measured) error {
	blind := NewMatrix(s.released.Rows, truth.Cols)
	for j, v := range means(s.x) {
		for i := range blind.Rows {
			blind.Row(i)[j] = float32(v)
		}
	}
	mean := blind.Slice(0, truth.Rows)
	floor, err := quality(ctx, mean, truth, s.subject)
	if err != nil {
		return err
	}
	m.Shown, m.Sheet.Quality = blind.Slice(truth.Rows, blind.Rows), floor
	m.Sheet.FloorSSIM, m.Sheet.FloorPSNR, m.Sheet.FloorMSE = floor.SSIM, floor.PSNR, floor.MSE
	least := floor.MSE // of attacks on all
	record := func(name, effort string, all Matrix) error {
		n := min(all.Rows, truth.Rows)
		rebuilt := all.Slice(0, n)
		q, err := quality(ctx, rebuilt, truth.Slice(0, n), s.subject)
		if err != nil {
			return err
		}
		r, err := ranks(ctx, rebuilt, truth)
		if err != nil {
			return err
		}
		a := Attack{Name: name, Effort: effort, Records: n, Quality: q, ReID1: compare.Within(r, 1), ReID10: compare.Within(r, 10)}
		m.Sheet.Attacks = append(m.Sheet.Attacks, a)
		if len(c.subject.Shape) == 1 && q.MSE <= m.Sheet.MSE {
			m.Sheet.Features = featureErrors(rebuilt, truth.Slice(0, n))
		}
		if n == truth.Rows {
			if all.Rows == n+s.shown && q.MSE <= least {
				m.Shown, least = all.Slice(n, all.Rows), q.MSE
			}
			m.Sheet.ReID1, m.Sheet.ReID10 = max(m.Sheet.ReID1, a.ReID1), max(m.Sheet.ReID10, a.ReID10)
		}
		improve(&m.Sheet.Quality, q)
		return nil
	}
	rebuilt, effort, err := s.ridge(ctx)
	if err != nil {
		return err
	}
	if err := record("ridge", effort, rebuilt); err != nil {
		return err
	}
	if s.options.Epochs > 0 {
		if rebuilt, effort, err = s.decoder(ctx); err != nil {
			return err
		}
		if err := record("decoder", effort, rebuilt); err != nil {
			return err
		}
	}
	if s.options.Searches == 0 || s.subject.Pullback == nil {
		return nil
	}
	for _, weight := range s.priors() {
		if rebuilt, err = s.search(ctx, weight); err != nil {
			return err
		}
		effort := fmt.Sprintf("%d steps of Adam from ridge, total variation weighted %.3g", s.options.SearchSteps, weight)
		if err := record("gradient search", effort, rebuilt); err != nil {
			return err
		}
	}
	return nil
}

// improve takes from other whatever is better for the attacker.
func improve(q *Quality, other Quality) {
	q.MSE, q.PSNR, q.WorstMSE = min(q.MSE, other.MSE), max(q.PSNR, other.PSNR), min(q.WorstMSE, other.WorstMSE)
	if q.SSIM != nil && *other.SSIM > *q.SSIM {
		q.SSIM = other.SSIM
	}
	if q.WorstSSIM != nil && *other.WorstSSIM > *q.WorstSSIM {
		q.WorstSSIM = other.WorstSSIM
	}
}

// caps fills in the bounds.
func caps(s *scene, sheet *Sheet) {
	_, cov := moments(s.mechanism.clipped(s.train))
	if bits, ok := covarianceCap(cov, s.mechanism.Noise); ok {
		if s.mechanism.Bits > 0 {
			bits = min(bits, float64(sheet.Values*s.mechanism.Bits))
		}
		f := Fano(bits, sheet.Gallery)
		sheet.BitCap, sheet.Fano = &bits, &f
	}
	sheet.BitCapText = sheet.CapText()
	if bits, ok := ClippedCap(sheet.Values, s.mechanism.Clip, s.mechanism.Noise); ok {
		sheet.AnyCap = &bits
	}
}

// digest is that of all records and labels.
func (c *Calibration) digest() protocol.Digest {
	h := protocol.NewHash("dataset")
	number := func(v int) { _ = binary.Write(h, binary.LittleEndian, int64(v)) } // a hash takes everything
	for _, r := range []Records{c.subject.Train, c.subject.Test} {
		number(r.X.Rows)
		number(r.X.Cols)
		_ = binary.Write(h, binary.LittleEndian, r.X.Data)
		number(len(r.Labels))
		for _, l := range r.Labels {
			number(l)
		}
	}
	return protocol.SumDigest(h)
}
