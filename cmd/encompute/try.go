package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
)

type modelTry struct {
	Model string   `arg:"" placeholder:"M.onnx" help:"Model file."`
	Cut   string   `default:"deepest" placeholder:"LAYER" help:"Cut, by layer or index, by all that crosses it, as in a+b, or \"deepest\" for the last that can be encrypted (default deepest)."`
	Input []string `required:"" placeholder:"FILE" help:"Picture (.png, .jpg), table (.csv), array of NumPy (.npy) or JSON (.json), ONNX TensorProto (.pb), or raw float32 little-endian values (.bin), of one input or a batch; repeatable."`
	Limit int      `default:"8" placeholder:"N" help:"Inputs to try at most (default 8)."`
	planFlags
}

// Help implements kong.HelpProvider.
func (modelTry) Help() string {
	return `The layers before the cut are planned and run on encrypted inputs, as a worker would, and the model itself beside
it: how exact the intermediate is, whether the answer is the same, how long each layer takes, what has to be sent.
Everything happens on this machine, under a key that is thrown away. The inputs also serve as samples for the plan,
as those of "creator publish" do, and for the intervals of approximations. Without a card and --range, the range of the input is that of the files, widened.

  encompute model try model.onnx --input batch.npy
  encompute model try model.onnx --cut pool2 --input a.png --input b.png --json
  encompute model try resnet.onnx --cut relu1+conv2 --input batch.npy
  encompute model try model.onnx --input patients.csv --limit 50 --bits 12
  encompute model try model.onnx --input batch.npy --approximate relu1:5`
}

// trialReport is what model try prints.
type trialReport struct {
	Model            string      `json:"model"`
	Cut              string      `json:"cut"`
	Index            int         `json:"index,omitempty"` // none if several tensors cross
	Shape            []int       `json:"shape"`           // of the intermediate
	Range            [2]float64  `json:"range"`           // of the input, as planned for
	Inputs           int         `json:"inputs"`          // that were tried
	Bits             float64     `json:"bits"`            // worst input: log2 of the largest value of the intermediate over the largest error
	ArgmaxAgree      float64     `json:"argmaxAgree"`
	OutputError      float64     `json:"outputError"`      // worst difference of a final output, over the largest
	PrefixError      float64     `json:"prefixError"`      // of the exact prefix against the model's own, over the largest value
	PredictedSeconds float64     `json:"predictedSeconds"` // for this machine, as it was measured just now
	Seconds          float64     `json:"seconds"`          // of one evaluation, median
	Layers           []layerTime `json:"layers"`           // of the median evaluation
	KeyBytes         int64       `json:"keyBytes"`
	InputBytes       int64       `json:"inputBytes"`
	OutputBytes      int64       `json:"outputBytes"`
	Plan             *planReport `json:"plan"`

	Approximations []model.Approximation `json:"approximations,omitempty"`
}

type layerTime struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	Level   int     `json:"level"` // primes left at its start, less one
}

// Run tries the model.
func (c *modelTry) Run(ctx context.Context, a *app) error {
	g, err := openModel(c.Model)
	if err != nil {
		return err
	}
	samples, r, err := c.samples(g)
	if err != nil {
		return err
	}
	planned, approximations, err := approximate(g, c.Approximate, samples)
	if err != nil {
		return err
	}
	cut, err := pickLayer(planned, c.Cut)
	if err != nil {
		return err
	}
	m := a.meter()
	defer m.close()
	var prefix fhe.Prefix
	var plan fhe.Plan
	err = m.do("plan "+cut.Layer, func() (err error) {
		prefix, plan, err = c.compile(ctx, planned, cut, r, samples)
		return err
	})
	if err != nil {
		return planFault(err, cut.Layer)
	}
	t, err := newTrial(ctx, m, planned, cut, prefix, plan, c.Threads)
	if err != nil {
		return err
	}
	t.whole = g // without approximations
	outcomes, err := t.runAll(ctx, m, samples)
	if err != nil {
		return err
	}
	machine, err := fhe.Calibrate(ctx, c.Threads)
	if err != nil {
		return err
	}
	doc := newTrialReport(t, outcomes)
	doc.PredictedSeconds, doc.Approximations = plan.Predict(machine), approximations
	doc.Model, doc.Cut, doc.Index, doc.Shape, doc.Range = c.Model, cut.Layer, cut.Index, cut.Shape, [2]float64{r.low, r.high}
	if doc.PrefixError > maxPrefixError {
		return fault{
			Code: "not-encryptable", Field: "--cut " + cut.Layer,
			Detail: fmt.Sprintf("the prefix as layers of the engine differs from the model by %.2g of its largest value", doc.PrefixError),
			Remedy: "cut earlier, and tell the developers: this is a fault of the program",
		}
	}
	return a.document(doc, doc.write)
}

// maxPrefixError is what a prefix in float64 may differ from the model in float32, as when a
// model is published.
const maxPrefixError = 1e-4

// samples reads the inputs and says which range is planned for.
func (c *modelTry) samples(g *model.Graph) (samples [][]float64, r span, err error) {
	if c.Limit < 1 {
		return nil, r, misuse("--limit", "nothing would be tried", "give 1 or more")
	}
	reader, err := newInputReader(c.Model, c.Card, g.Inputs[0])
	if err != nil {
		return nil, r, err
	}
	if samples, err = readSamples(reader, c.Input, c.Limit); err != nil {
		return nil, r, err
	}
	r, err = c.inputRange(reader, samples)
	return samples, r, err
}

// planFault says why a cut cannot be planned.
func planFault(err error, layer string) error {
	if errors.Is(err, fhe.ErrUnplannable) {
		return fault{Code: "not-encryptable", Field: "--cut " + layer, Detail: err.Error(), Remedy: "cut earlier, or ask for fewer --bits"}
	}
	return cutFault(err, layer)
}

// runAll tries every sample.
func (t *trial) runAll(ctx context.Context, m *meter, samples [][]float64) (list []outcome, err error) {
	begun, steps := time.Now(), len(t.plan.Info().Steps)
	total := int64(steps * len(samples))
	for i, x := range samples {
		m.progress("evaluate", int64(i*steps), total, "")
		o, err := t.run(ctx, x, func(step int) { m.progress("evaluate", int64(i*steps+step+1), total, "") })
		if err != nil {
			return nil, fmt.Errorf("input %d: %w", i+1, err)
		}
		list = append(list, o)
	}
	m.finish("evaluate", time.Since(begun), 0, fmt.Sprintf("%s, in plaintext too", count(len(samples), "input")))
	return list, nil
}

// newTrialReport takes the worst of the outcomes, and the median in time.
func newTrialReport(t *trial, outcomes []outcome) *trialReport {
	doc := &trialReport{
		Inputs: len(outcomes), Bits: math.Inf(1), KeyBytes: t.keyBytes, InputBytes: outcomes[0].inputBytes, OutputBytes: outcomes[0].outputBytes, Plan: newPlanReport(t.plan),
	}
	same := 0
	for _, o := range outcomes {
		doc.Bits = min(doc.Bits, o.bits)
		doc.OutputError, doc.PrefixError = max(doc.OutputError, o.outputError), max(doc.PrefixError, o.prefixError)
		if o.agrees {
			same++
		}
	}
	doc.ArgmaxAgree = float64(same) / float64(len(outcomes))
	byTime := slices.SortedFunc(slices.Values(outcomes), func(a, b outcome) int { return int(a.total - b.total) })
	median := byTime[(len(byTime)-1)/2]
	doc.Seconds = median.total.Seconds()
	for i, s := range t.plan.Info().Steps {
		doc.Layers = append(doc.Layers, layerTime{Name: s.Name, Level: s.Level, Seconds: median.steps[i].Seconds()})
	}
	return doc
}

func (doc *trialReport) write(w io.Writer) {
	p := doc.Plan
	number := ""
	if doc.Index > 0 {
		number = fmt.Sprintf(" (%d)", doc.Index)
	}
	fmt.Fprintf(w, "%s, cut after %s%s, intermediate %v\n\n", doc.Model, doc.Cut, number, doc.Shape)
	keys := size(doc.KeyBytes) + " of keys once, "
	if p.Keyless {
		keys = "no keys, "
	}
	table(w, [][]string{
		{"plan", fmt.Sprintf("%s, ring degree 2^%d, %s of %.0f bits together, %s", p.Kind, p.LogN, count(p.Limbs, "limb"), p.LogQP, count(p.Rotations, "rotation"))},
		{"range", fmt.Sprint(span{doc.Range[0], doc.Range[1]})},
		{"to send", fmt.Sprintf("%s%s up and %s down for each input", keys, size(doc.InputBytes), size(doc.OutputBytes))},
		{"exact to", fmt.Sprintf("%.1f bits of the largest value, before flooding; worst of %s", doc.Bits, count(doc.Inputs, "input"))},
		{"answer", fmt.Sprintf("the same for %.1f %% of inputs; outputs differ by %.2g of the largest at most", 100*doc.ArgmaxAgree, doc.OutputError)},
		{"time", fmt.Sprintf("%.3g s, predicted %.3g s for this machine", doc.Seconds, doc.PredictedSeconds)},
	})
	rows := [][]string{{"LAYER", "LEVEL", "SECONDS"}}
	for _, l := range doc.Layers {
		rows = append(rows, []string{l.Name, fmt.Sprint(l.Level), fmt.Sprintf("%.3g", l.Seconds)})
	}
	fmt.Fprintln(w)
	table(w, rows)
	writeApproximations(w, doc.Approximations)
}
