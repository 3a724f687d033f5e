package advise

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/examples"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/privacy/leakage"
	"github.com/encrypted-compute/encompute/protocol"
)

// wdbc is the example of a table, with its data.
func wdbc(t *testing.T) (*model.Graph, Data) {
	t.Helper()
	f, err := examples.Files.Open("tab-wdbc/model.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var card creator.Card
	if err := protocol.UnmarshalJSON(f, 1<<20, &card); err != nil {
		t.Fatal(err)
	}
	g, err := model.Open("../../examples/tab-wdbc/model.onnx")
	if err != nil {
		t.Fatal(err)
	}
	d := Data{Range: card.InputRange}
	if d.Train, d.Test, err = ReadRecords("../../examples/tab-wdbc/wdbc.csv", "target_benign", card, 1); err != nil {
		t.Fatal(err)
	}
	return g, d
}

func measurer(t *testing.T, g *model.Graph, cut string, d Data) (*Measurer, model.Cut) {
	t.Helper()
	c, err := g.CutByName(cut)
	if err != nil {
		t.Fatal(err)
	}
	o := leakage.QuickOptions()
	o.Epochs, o.Hidden, o.Searches = 2, 16, 0
	m, err := NewMeasurer(t.Context(), g, c, d, o, "2026-11-26")
	if err != nil {
		t.Fatal(err)
	}
	return m, c
}

// What a creator publishes does what was measured: the encrypted prefix gives the coefficients, the sheet is of the
// mechanism, and what is rebuilt of coefficients without noise gives nearly the whole model's answers.
func TestReleaseOf(t *testing.T) {
	t.Parallel()
	g, d := wdbc(t)
	m, cut := measurer(t, g, "poly1", d)
	r, err := m.Measure(t.Context(), Wish{protocol.ProjectionTask, 3, leakage.Mechanism{Noise: 0.1, Clip: 4, Bits: 8}})
	if err != nil {
		t.Fatal(err)
	}
	prefix, err := r.Prefix(g, cut)
	if err != nil {
		t.Fatal(err)
	}
	mechanism := protocol.Mechanism{ProjectedFrom: 64, Std: r.Std, Clip: r.Clip, Noise: r.Noise, Bits: r.Bits}
	if err := r.Sheet.Validate(mechanism, 3); err != nil {
		t.Error(err)
	}
	applied, err := privacy.NewMechanism(mechanism, []int{3})
	if err != nil {
		t.Fatal(err)
	}
	if cap := *applied.Cap(); *r.Sheet.BitCap > cap || *r.Sheet.BitCap < cap/2 {
		t.Errorf("cap %.2f bits, by the mechanism alone %.2f", *r.Sheet.BitCap, cap)
	}
	_, suffix, err := g.Split(cut)
	if err != nil {
		t.Fatal(err)
	}
	agree, spread := 0, make([]float64, 3)
	for i := range d.Test.X.Rows {
		x := sample(d, i)
		c, err := prefix.Eval(x)
		if err != nil {
			t.Fatal(err)
		}
		z := make([]float32, len(r.Projection.Mean))
		for j, row := range r.Projection.Rebuild {
			sum := r.Projection.Mean[j]
			for k, v := range c {
				sum += row[k] * v
			}
			z[j] = float32(sum)
		}
		for k, v := range c {
			spread[k] += v * v / float64(d.Test.X.Rows)
		}
		want, err := g.Eval(float32s(x))
		if err != nil {
			t.Fatal(err)
		}
		got, err := suffix.Eval(z)
		if err != nil {
			t.Fatal(err)
		}
		if (got[0] > got[1]) == (want[0] > want[1]) {
			agree++
		}
	}
	if share := float64(agree) / float64(d.Test.X.Rows); share < 0.95 {
		t.Errorf("%.3f of answers agree with the whole model", share)
	}
	for k, v := range spread {
		if s := math.Sqrt(v) / r.Std[k]; s < 0.7 || s > 1.4 {
			t.Errorf("coefficient %d deviates by %.2f of what is declared", k, s)
		}
	}
}

func sample(d Data, i int) []float64 {
	var x []float64
	for _, v := range d.Test.X.Row(i) {
		x = append(x, d.Range.Low+float64(v)*(d.Range.High-d.Range.Low))
	}
	return x
}

func float32s(x []float64) (y []float32) {
	for _, v := range x {
		y = append(y, float32(v))
	}
	return y
}

// Every value with noise is denoised by the creator, and without is handed over as it is.
func TestReleaseOfAll(t *testing.T) {
	t.Parallel()
	g, d := wdbc(t)
	m, cut := measurer(t, g, "fc2", d)
	for _, noise := range []float64{0, 0.3} {
		w := Wish{Kind: protocol.ProjectionAll, Mechanism: leakage.Mechanism{Noise: noise, Clip: 4}}
		r, err := m.Measure(t.Context(), w)
		if err != nil {
			t.Fatal(err)
		}
		if (r.Projection != nil) != (noise > 0) || noise > 0 && !r.Projection.InClient {
			t.Errorf("noise %g: projection %+v", noise, r.Projection)
		}
		if _, err := r.Prefix(g, cut); err != nil {
			t.Errorf("noise %g: %v", noise, err)
		}
	}
}

// search looks through little of a table.
func search(t *testing.T, plan func(context.Context, fhe.Prefix) (fhe.Plan, error)) Search {
	t.Helper()
	g, d := wdbc(t)
	cut, err := g.CutByName("poly1")
	if err != nil {
		t.Fatal(err)
	}
	return Search{
		Graph: g, Data: d, Date: "2026-11-26", Seed: 1, Cuts: []model.Cut{cut}, Coefficients: []int{1, 4, 100}, Noises: []float64{0.1, 1}, Clip: 4, Bits: []int{8},
		MaxLoss: 2, MaxSeconds: 60, Quick: true, Plan: plan,
	}
}

func compile(ctx context.Context, p fhe.Prefix) (fhe.Plan, error) {
	return fhe.Compile(ctx, p, fhe.Options{Low: -4, High: 4})
}

func TestSearch(t *testing.T) {
	t.Parallel()
	s := search(t, compile)
	a, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Searched) != 5 { // two of one coefficient, two of four, and all as they are
		t.Errorf("%d releases were searched", len(a.Searched))
	}
	if a.Recommended == nil {
		t.Fatalf("nothing is recommended of %d", len(a.Front))
	}
	for i, c := range a.Front {
		if c.Sheet.Effort != "quick" || c.Refused == "" && (c.loss() > s.MaxLoss || c.Seconds == 0 || c.Sheet.BitCap == nil) {
			t.Errorf("%d: refused %q, effort %s, loss %.1f, %g s", i, c.Refused, c.Sheet.Effort, c.loss(), c.Seconds)
		}
		if c.Refused == "" && better(c, *a.Recommended) < 0 {
			t.Errorf("%d is more private than what is recommended", i)
		}
	}
	again, err := s.Run(t.Context())
	if err != nil || !reflect.DeepEqual(again.Front[0].Sheet, a.Front[0].Sheet) || again.Chart("x") != a.Chart("x") {
		t.Errorf("another run gave something else: %v", err)
	}
	for layer, r := range a.Recommended.Release(a.Chart("x")) {
		if layer != "poly1" || r.Sheet == nil || protocol.CheckChart(r.Chart) != nil {
			t.Errorf("release of %s: %v", layer, protocol.CheckChart(r.Chart))
		}
	}
}

// The rules refuse what costs too much, takes too long, cannot be planned or tells without bound.
func TestSearchRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(s *Search)
		want   string
	}{
		"loss":      {func(s *Search) { s.MaxLoss = -100 }, "points of accuracy"},
		"agreement": {func(s *Search) { s.MinAgreement = 1.1 }, "of the answers"},
		"time":      {func(s *Search) { s.MaxSeconds = 0 }, "predicted to take"},
		"plan": {func(s *Search) {
			s.Plan = func(context.Context, fhe.Prefix) (fhe.Plan, error) { return fhe.Plan{}, fhe.ErrUnplannable }
		}, fhe.ErrUnplannable.Error()},
		"noise": {func(s *Search) { s.Noises = []float64{0} }, "it tells unbounded"},
	} {
		s := search(t, compile)
		s.Coefficients, s.Noises, s.MaxLoss = []int{1}, []float64{0.1}, 5
		c.change(&s)
		a, err := s.Run(t.Context())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a.Recommended != nil || len(a.Front) == 0 || !strings.Contains(a.Front[0].Refused, c.want) {
			t.Errorf("%s: recommended %v, front of %d, want %q", name, a.Recommended != nil, len(a.Front), c.want)
		}
	}
	s := search(t, compile)
	s.Data.Test.Labels = nil
	if _, err := s.Run(t.Context()); !errors.Is(err, ErrData) {
		t.Errorf("no labels: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s = search(t, compile)
	s.Progress = func(string, int, int) { cancel() }
	if _, err := s.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A chart is well-formed, says everything in words too, and takes hostile names.
func TestChart(t *testing.T) {
	t.Parallel()
	accuracy, base, bits := 0.9, 0.88, 3.3
	sheet := protocol.Sheet{Values: 1, Noise: 0.1, Accuracy: &accuracy, BaseAccuracy: &base, BitCap: &bits, Match1: 0.03, ReID1: 0.005}
	open := protocol.Sheet{Values: 64, Accuracy: &base, BaseAccuracy: &base, Match1: 1}
	c := Candidate{Cut: "gap", Sheet: &sheet}
	a := Advice{Front: []Candidate{c}, Recommended: &c, Searched: []Candidate{c, {Cut: "gap", Sheet: &open}}}
	svg := a.Chart("<b>\"x\"\x1b\n&")
	if err := protocol.CheckChart(svg); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{
		`role="img" aria-labelledby="t d"`, `<title id="t">What releases of &lt;b&gt;&#34;x&#34;&amp; cost and tell</title>`,
		"1 value after gap with noise 0.1: accuracy 90.0 of 100, right record picked in 3.0 of 100 cases, at most 3.3 bits", "lower bounds",
		`<circle class="best" cx="80.6" cy="48.0" r="8"/>`, `<circle class="open" cx="616.0"`, "prefers-color-scheme:dark",
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is not in\n%s", want, svg)
		}
	}
}
