package advise

import (
	"context"
	"fmt"
	"slices"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy/leakage"
	"github.com/encrypted-compute/encompute/protocol"
)

// Data is what releases are measured on: see ReadRecords.
type Data struct {
	Train, Test leakage.Records
	Shown       leakage.Matrix // pictures that are published beside what was rebuilt of them; none: nothing is
	Range       protocol.Range // of inputs: the records' 0 to 1 stand for it
}

// subject is a model cut in two, with data.
func subject(g *model.Graph, cut model.Cut, d Data) (s leakage.Subject, err error) {
	prefix, err := creator.Lower(g, cut)
	if err != nil {
		return s, err
	}
	net, err := leakage.NewNetwork(prefix, d.Range.Low, d.Range.High)
	if err != nil {
		return s, err
	}
	_, suffix, err := g.Split(cut)
	if err != nil {
		return s, err
	}
	return leakage.Subject{
		Shape: recordShape(prefix.Input), Train: d.Train, Test: d.Test, Shown: d.Shown, Prefix: net.Eval, Pullback: net.Pullback, Suffix: evaluator(suffix),
	}, nil
}

// recordShape is that of an image, or of the row of a table.
func recordShape(shape []int) []int {
	if len(shape) == 3 {
		return shape
	}
	n := 1
	for _, d := range shape {
		n *= d
	}
	return []int{n}
}

// evaluator runs a graph of one input and one output on many rows.
func evaluator(g *model.Graph) leakage.Func {
	in, out := g.Inputs[0], g.Outputs[0]
	return func(ctx context.Context, rows leakage.Matrix) (leakage.Matrix, error) {
		together := rows.Rows
		if !g.Batched() {
			together = 1
		}
		y := leakage.Matrix{Rows: rows.Rows}
		for from := 0; from < rows.Rows; from += together {
			if err := ctx.Err(); err != nil {
				return y, err
			}
			shape := slices.Clone(in.Shape)
			if together > 1 {
				shape = append([]int{together}, in.Sample()...)
			}
			x, err := model.NewTensor(shape, rows.Slice(from, from+together).Data)
			if err != nil {
				return y, err
			}
			results, err := g.Run(map[string]*model.Tensor{in.Name: x})
			if err != nil {
				return y, err
			}
			y.Data = append(y.Data, results[out.Name].Floats...)
		}
		if len(y.Data)%rows.Rows != 0 {
			return y, fmt.Errorf("the rest of the model gives %d values for %d records", len(y.Data), rows.Rows)
		}
		y.Cols = len(y.Data) / rows.Rows
		return y, nil
	}
}

// Wish is a release to be measured.
type Wish struct {
	Kind         string // protocol.ProjectionTask and others
	Coefficients int    // unless every value is sent
	Mechanism    leakage.Mechanism
}

// Measurer measures releases of a cut.
type Measurer struct {
	cut         model.Cut
	shape       []int // of a record
	shown       leakage.Matrix
	calibration *leakage.Calibration
	date        string
}

// NewMeasurer runs all records through the model. The date, of today, will stand on sheets. Errors wrap leakage.ErrSubject,
// or are those of the model or the context.
func NewMeasurer(ctx context.Context, g *model.Graph, cut model.Cut, d Data, o leakage.Options, date string) (*Measurer, error) {
	s, err := subject(g, cut, d)
	if err != nil {
		return nil, err
	}
	c, err := leakage.Calibrate(ctx, s, o)
	if err != nil {
		return nil, err
	}
	return &Measurer{cut: cut, shape: s.Shape, shown: d.Shown, calibration: c, date: date}, nil
}

// Measure finds the projection that is wished for and runs all attacks on its releases.
func (m *Measurer) Measure(ctx context.Context, w Wish) (creator.Release, error) {
	r := leakage.Release{Mechanism: w.Mechanism, Date: m.date}
	var err error
	switch w.Kind {
	case protocol.ProjectionAll:
		r.Projection, err = m.calibration.All(w.Mechanism.Noise)
	case protocol.ProjectionPrincipal:
		r.Projection, err = m.calibration.Principal(w.Coefficients, w.Mechanism.Noise)
	default:
		r.Projection, err = m.calibration.Task(ctx, w.Coefficients, w.Mechanism.Noise)
	}
	if err != nil {
		return creator.Release{}, err
	}
	measured, err := m.calibration.Measure(ctx, r)
	if err != nil {
		return creator.Release{}, err
	}
	release := releaseOf(r, measured.Sheet)
	release.Pictures = show(m.shape, m.shown, measured.Shown)
	return release, nil
}

// releaseOf is a measured release as creators publish it: the projection is the last matrix of the encrypted prefix. If all
// values are sent, the client only subtracts their mean, so that the creator can take noise out of what it gets, as was measured.
func releaseOf(r leakage.Release, sheet protocol.Sheet) creator.Release {
	p, all := r.Projection, r.Projection.Kind == protocol.ProjectionAll
	out := creator.Release{Noise: r.Mechanism.Noise, Clip: r.Mechanism.Clip, Bits: r.Mechanism.Bits, Std: slices.Clone(p.Std), Sheet: &sheet}
	if all && r.Mechanism.Noise == 0 {
		out.Mean = slices.Clone(p.Mean)
		return out
	}
	out.Projection = &creator.Projection{
		Matrix: matrix(p.Matrix, len(p.Mean)), Mean: slices.Clone(p.Mean), Rebuild: matrix(p.Rebuild, p.Coefficients()), InClient: all,
	}
	return out
}

// matrix splits row-major numbers into rows.
func matrix(flat []float64, cols int) [][]float64 {
	return slices.Collect(slices.Chunk(slices.Clone(flat), cols))
}
