package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
)

// trial runs the encrypted prefix of a model and the rest in plaintext, all on this machine.
type trial struct {
	whole, before, after *model.Graph
	prefix               fhe.Prefix
	plan                 fhe.Plan
	key                  *fhe.SecretKey // thrown away with the trial
	evaluator            *fhe.Evaluator
	keys                 *fhe.Keys
	keyBytes             int64
}

// newTrial makes keys and encodes the prefix's weights.
func newTrial(ctx context.Context, m *meter, g *model.Graph, cut model.Cut, prefix fhe.Prefix, plan fhe.Plan, threads int) (t *trial, err error) {
	t = &trial{whole: g, prefix: prefix, plan: plan}
	if t.before, t.after, err = g.Split(cut); err != nil {
		return nil, err
	}
	var blob bytes.Buffer
	err = m.do("keys", func() (err error) {
		if t.key, err = plan.NewSecretKey(); err != nil {
			return err
		}
		return plan.EvaluationKeys(ctx, t.key, &blob, nil)
	})
	if err != nil {
		return nil, err
	}
	t.keyBytes = int64(blob.Len())
	return t, m.do("encode weights", func() (err error) {
		if t.evaluator, err = fhe.NewEvaluator(ctx, plan, prefix, threads); err != nil {
			return err
		}
		t.keys, err = t.evaluator.LoadKeys(&blob)
		return err
	})
}

// outcome is what a trial found on one input.
type outcome struct {
	bits        float64 // log2 of the largest value of the intermediate over the largest error
	prefixError float64 // of the exact prefix against the model's own, relative to the largest value
	outputError float64 // largest difference of a final output, relative to the largest
	agrees      bool    // the largest final output is the same
	inputBytes  int64
	outputBytes int64
	total       time.Duration
	steps       []time.Duration
}

// run evaluates one input, encrypted and in plaintext.
func (t *trial) run(ctx context.Context, x []float64, progress func(step int)) (o outcome, err error) {
	want, err := t.prefix.Eval(x)
	if err != nil {
		return o, err
	}
	in, err := t.plan.Encrypt(t.key, x)
	if err != nil {
		return o, err
	}
	begun := time.Now()
	last := begun
	out, err := t.evaluator.Evaluate(ctx, t.keys, in, func(step int, _ string) {
		now := time.Now()
		o.steps = append(o.steps, now.Sub(last))
		last = now
		progress(step)
	})
	if err != nil {
		return o, err
	}
	o.total = time.Since(begun)
	o.inputBytes, o.outputBytes = int64(len(in)), int64(len(out))
	d, err := t.plan.Decrypt(t.key, out)
	if err != nil {
		return o, err
	}
	// Unflooded values together with their ciphertext give the secret key away. Neither leaves this
	// process, and the key, which has encrypted nothing else, ends with it.
	got, err := d.DecodeRawUnsafe()
	if err != nil {
		return o, err
	}
	largest, worst := compare(got, want)
	o.bits = math.Log2(largest / max(worst, largest*minError))
	return o, t.judge(&o, x, got, want)
}

// minError is the least relative error that float64 can tell.
const minError = 0x1p-53

// judge compares with what the model itself says, which computes in float32.
func (t *trial) judge(o *outcome, x, got, want []float64) error {
	intermediate, err := t.before.Eval(float32s(x))
	if err != nil {
		return err
	}
	o.prefixError = relative(want, float64s(intermediate))
	answer, err := firstOutput(t.whole, x)
	if err != nil {
		return err
	}
	ours, err := firstOutput(t.after, got)
	if err != nil {
		return err
	}
	o.outputError = relative(ours, answer)
	o.agrees = argmax(ours) == argmax(answer)
	return nil
}

// firstOutput evaluates a graph of one input on one sample.
func firstOutput(g *model.Graph, x []float64) ([]float64, error) {
	in, err := model.NewTensor(g.Inputs[0].Shape, float32s(x))
	if err != nil {
		return nil, err
	}
	out, err := g.Run(map[string]*model.Tensor{g.Inputs[0].Name: in})
	if err != nil {
		return nil, err
	}
	y := float64s(out[g.Outputs[0].Name].Floats)
	if len(y) == 0 || slices.ContainsFunc(y, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
		return nil, fmt.Errorf("output %q of %s holds no numbers: %v", g.Outputs[0].Name, g.Name, y)
	}
	return y, nil
}

// compare returns the largest value of what is wanted, and the largest difference.
func compare(got, want []float64) (largest, worst float64) {
	for i, w := range want {
		largest, worst = max(largest, math.Abs(w)), max(worst, math.Abs(got[i]-w))
	}
	return largest, worst
}

// relative is the largest difference over the largest value of what is wanted.
func relative(got, want []float64) float64 {
	largest, worst := compare(got, want)
	if largest == 0 {
		return worst
	}
	return worst / largest
}

func argmax(x []float64) int { return slices.Index(x, slices.Max(x)) }

func float64s(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
