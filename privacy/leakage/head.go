package leakage

import (
	"context"
	"fmt"
	"math"
)

// Head is a suffix that reads released coefficients instead of an intermediate: Gemm, ReLU, Gemm.
type Head struct {
	Inputs, Hidden, Classes int
	Std                     []float64 // of each coefficient: what it divides them by first
	First, Second           []float32 // weights, Hidden x Inputs and Classes x Hidden, row-major
	FirstBias, SecondBias   []float32
}

// Tuning says how a head is trained.
type Tuning struct {
	Hidden int
	Epochs int
	Rate   float64 // of learning
	Decay  float64 // of weights
	Soft   float64 // share of the unchanged suffix's opinion in what is learnt, 0 to 1; the rest is the labels
	// Balance is the share of the classes' log frequencies in what is learnt that is taken off the logits afterwards: 0 for
	// users among whom classes are as frequent as in training, 1 if all may be equally frequent (Menon et al.,
	// arXiv 2007.07314). With noise a head leans on these frequencies more.
	Balance float64
}

// DefaultTuning is a small head that learns the unchanged suffix's opinion.
func DefaultTuning() Tuning { return Tuning{Hidden: 32, Epochs: 60, Rate: 3e-3, Decay: 1e-2, Soft: 1} }

// Tune trains a head on releases of the training records, with fresh noise at every step: the suffix for creators who may
// change theirs. Errors wrap ErrMechanism or ErrOptions.
func (c *Calibration) Tune(ctx context.Context, p Projection, m Mechanism, t Tuning) (*Head, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	if err := m.validate(); err != nil {
		return nil, err
	}
	if t.Hidden < 1 || t.Epochs < 1 || !(t.Rate > 0) || !(t.Decay >= 0) || !(t.Soft >= 0 && t.Soft <= 1) || !(t.Balance >= 0 && t.Balance <= 1) {
		return nil, fmt.Errorf("%w: tuning %+v", ErrOptions, t)
	}
	if t.Soft < 1 && len(c.subject.Train.Labels) == 0 {
		return nil, fmt.Errorf("%w: tuning without training labels: learn from the suffix alone (soft = 1)", ErrOptions)
	}
	teacher, err := batched(ctx, c.subject.Suffix, c.z, batch)
	if err != nil {
		return nil, fmt.Errorf("suffix: %w", err)
	}
	targets := softmax(teacher)
	for i, label := range c.subject.Train.Labels {
		for j, v := range targets.Row(i) {
			targets.Row(i)[j] = float32(t.Soft) * v
		}
		targets.Row(i)[label] += float32(1 - t.Soft)
	}
	coefficients := p.encode(c.z)
	random := stream(c.options.Seed, streamHead)
	net := newPerceptron(relu, random, coefficients.Cols, t.Hidden, targets.Cols)
	run := training{
		records: c.z.Rows, epochs: t.Epochs, batch: 100, rate: t.Rate, decay: t.Decay, random: random,
		progress: c.options.progress("train a suffix"),
	}
	err = net.train(ctx, run, func(batch []int) (Matrix, func(Matrix) Matrix) {
		want := targets.Pick(batch)
		return m.release(coefficients.Pick(batch), random), func(logits Matrix) Matrix { return crossEntropy(logits, want) }
	})
	if err != nil {
		return nil, err
	}
	for j, frequency := range means(targets) {
		net.layers[1].bias.Data[j] -= float32(t.Balance * math.Log(max(frequency, 1e-6)))
	}
	return &Head{
		Inputs: coefficients.Cols, Hidden: t.Hidden, Classes: targets.Cols, Std: p.Std,
		First: net.layers[0].weights.Data, FirstBias: net.layers[0].bias.Data,
		Second: net.layers[1].weights.Data, SecondBias: net.layers[1].bias.Data,
	}, nil
}

// eval returns the logits of encoded coefficients.
func (h *Head) eval(y Matrix) Matrix {
	p := &perceptron{activation: relu, layers: []*dense{
		{weights: Matrix{Rows: h.Hidden, Cols: h.Inputs, Data: h.First}, bias: Matrix{Rows: 1, Cols: h.Hidden, Data: h.FirstBias}},
		{weights: Matrix{Rows: h.Classes, Cols: h.Hidden, Data: h.Second}, bias: Matrix{Rows: 1, Cols: h.Classes, Data: h.SecondBias}},
	}}
	return p.eval(y)
}

func softmax(logits Matrix) Matrix {
	out := NewMatrix(logits.Rows, logits.Cols)
	for i := range out.Rows {
		row, to := logits.Row(i), out.Row(i)
		top, sum := row[0], 0.0
		for _, v := range row {
			top = max(top, v)
		}
		for j, v := range row {
			e := math.Exp(float64(v - top))
			to[j] = float32(e)
			sum += e
		}
		for j := range to {
			to[j] /= float32(sum)
		}
	}
	return out
}

// crossEntropy is the gradient, by logits, of the mean cross entropy against targets.
func crossEntropy(logits, targets Matrix) Matrix {
	g := softmax(logits)
	for i, t := range targets.Data {
		g.Data[i] = (g.Data[i] - t) / float32(g.Rows)
	}
	return g
}
