package main

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
)

// newTestTrial plans a cut of the smallest example for a few rows of its table.
func newTestTrial(t *testing.T, layer string) (*trial, [][]float64) {
	t.Helper()
	const file = "../../examples/tab-wdbc/model.onnx"
	g, err := openModel(file)
	if err != nil {
		t.Fatal(err)
	}
	cut, err := pickLayer(g, layer)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := newInputReader(file, "", g.Inputs[0])
	if err != nil {
		t.Fatal(err)
	}
	samples, err := reader.read("../../examples/tab-wdbc/wdbc.csv", nil, 4)
	if err != nil {
		t.Fatal(err)
	}
	prefix, plan, err := planFlags{}.compile(t.Context(), g, cut, span{-4, 4}, samples)
	if err != nil {
		t.Fatal(err)
	}
	m := newOutput(&bytes.Buffer{}, &bytes.Buffer{}).meter()
	defer m.close()
	tr, err := newTrial(t.Context(), m, g, cut, prefix, plan, 0)
	if err != nil {
		t.Fatal(err)
	}
	return tr, samples
}

// biased returns the prefix with every bias moved.
func biased(p fhe.Prefix, by float64) fhe.Prefix {
	p.Layers = slices.Clone(p.Layers)
	for i, l := range p.Layers {
		if l.Dense != nil {
			d := *l.Dense
			d.Bias = slices.Clone(d.Bias)
			for k := range d.Bias {
				d.Bias[k] += by
			}
			p.Layers[i].Dense = &d
		}
	}
	return p
}

func TestTrial(t *testing.T) {
	t.Parallel()
	tr, samples := newTestTrial(t, "poly1")
	run := func(tr *trial) outcome {
		steps := 0
		o, err := tr.run(t.Context(), samples[0], func(int) { steps++ })
		if err != nil {
			t.Fatal(err)
		}
		if n := len(tr.plan.Info().Steps); steps != n || len(o.steps) != n {
			t.Errorf("%d steps were told and %d timed, the plan has %d", steps, len(o.steps), n)
		}
		return o
	}
	good := run(tr)
	if good.bits < 15 || good.prefixError > 1e-5 || good.outputError > 1e-3 || !good.agrees {
		t.Errorf("got %+v of a sound trial", good)
	}
	info := tr.plan.Info()
	if good.inputBytes != info.InputBytes || good.outputBytes != info.OutputBytes || tr.keyBytes != info.KeysBytes {
		t.Errorf("%d, %d and %d bytes, the plan says %d, %d and %d", good.inputBytes, good.outputBytes, tr.keyBytes, info.InputBytes, info.OutputBytes, info.KeysBytes)
	}

	// An evaluation of other weights than are expected must show.
	wrong := *tr
	wrong.prefix = biased(tr.prefix, 0.1)
	if bad := run(&wrong); bad.bits > 8 || bad.prefixError < 1e-3 {
		t.Errorf("got %+v of a trial with wrong weights", bad)
	}
	// So must another answer.
	answer, err := firstOutput(tr.whole, samples[0])
	if err != nil {
		t.Fatal(err)
	}
	wrong = *tr
	if wrong.after, err = model.Parse(constantModel(64, []float32{-float32(answer[0]), -float32(answer[1])})); err != nil {
		t.Fatal(err)
	}
	if bad := run(&wrong); bad.agrees || bad.outputError < 1 {
		t.Errorf("got %+v of a trial with the opposite answer", bad)
	}
}

// TestInterruptedPlan: the compiler goes on for as long as it likes, but not the command.
func TestInterruptedPlan(t *testing.T) {
	t.Parallel()
	g, err := openModel("../../examples/pneumonia-trunk/model.onnx")
	if err != nil {
		t.Fatal(err)
	}
	cut, err := pickLayer(g, "conv1")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := (planFlags{}).compile(ctx, g, cut, span{0, 1}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestTrialReport(t *testing.T) {
	t.Parallel()
	tr, _ := newTestTrial(t, "poly1")
	one := func(bits, worst float64, agrees bool, ms int) outcome {
		d := time.Duration(ms) * time.Millisecond
		return outcome{bits: bits, outputError: worst, prefixError: worst / 2, agrees: agrees, total: d, steps: []time.Duration{d}}
	}
	doc := newTrialReport(tr, []outcome{one(20, 0.1, true, 70), one(12, 0.2, false, 10), one(25, 0.05, true, 30), one(30, 0, true, 500)})
	if doc.Bits != 12 || doc.OutputError != 0.2 || doc.PrefixError != 0.1 || doc.ArgmaxAgree != 0.75 || doc.Inputs != 4 {
		t.Errorf("the worst counts, got %+v", doc)
	}
	if doc.Seconds != 0.03 || len(doc.Layers) != 1 || doc.Layers[0].Seconds != 0.03 {
		t.Errorf("the median counts, got %v s and layers %v", doc.Seconds, doc.Layers)
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]span{"0,1": {0, 1}, "-1,1": {-1, 1}, " -2.5 , 1e3 ": {-2.5, 1000}} {
		var got span
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "1,", ",1", "1,1", "2,1", "NaN,1", "0,NaN", "0,1,2", "a,b"} {
		if err := new(span).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
	for _, tt := range []struct {
		values []float64
		want   span
	}{
		{[]float64{0, 8}, span{0, 9}},
		{[]float64{-8, 0}, span{-9, 0}},
		{[]float64{-4, 4}, span{-5, 5}},
		{[]float64{4, 12}, span{3, 13}},
		{[]float64{1, 17}, span{0, 19}},
		{[]float64{16, 16}, span{14, 18}},
		{[]float64{0, 0}, span{0, 0.125}},
	} {
		if got := spanOf([][]float64{tt.values, tt.values[:1]}); got != tt.want || !(got.low < got.high) {
			t.Errorf("%v: got %v, want %v", tt.values, got, tt.want)
		}
	}
}

func TestApproximationFlag(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]approximation{
		"relu1":            {Layer: "relu1"},
		"relu1:5":          {Layer: "relu1", Degree: 5},
		"relu1:3:-4:4.5":   {Layer: "relu1", Degree: 3, Low: -4, High: 4.5},
		"Relu:0":           {Layer: "Relu:0"}, // as TensorFlow names values
		"Relu:0:7":         {Layer: "Relu:0", Degree: 7},
		"Relu:0:7:-1:1":    {Layer: "Relu:0", Degree: 7, Low: -1, High: 1},
		"/block/relu:-1:1": {Layer: "/block/relu:-1:1"}, // no layer of that name will be found
	} {
		var got approximation
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", ":5", "relu:5:1:1", "relu:5:2:1", "relu:5:NaN:1"} {
		if err := new(approximation).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestInfinitePrecision(t *testing.T) {
	t.Parallel()
	if largest, worst := compare([]float64{1, -3}, []float64{1, -2}); largest != 2 || worst != 1 {
		t.Errorf("got %v, %v", largest, worst)
	}
	if got := relative([]float64{0.5}, []float64{0}); got != 0.5 {
		t.Errorf("got %v, want the difference itself where everything is zero", got)
	}
	if got := argmax([]float64{-1, 3, 3}); got != 1 {
		t.Errorf("got %v, want the first of the largest", got)
	}
	if bits := math.Log2(1 / minError); bits != 53 {
		t.Errorf("exact values have %v bits", bits)
	}
}
