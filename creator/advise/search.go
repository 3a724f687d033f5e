package advise

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/privacy/leakage"
	"github.com/encrypted-compute/encompute/protocol"
)

// Search says what to look through, and by which rules one release is recommended.
type Search struct {
	Graph *model.Graph
	Data  Data
	Date  string // of today, for sheets
	Seed  uint64

	Cuts         []model.Cut // none: all that can be encrypted and have at most MaxValues values
	Coefficients []int
	Noises       []float64
	Clip         float64
	Bits         []int // of quantised values; 0: not quantised

	MaxLoss      float64 // of accuracy, in points of 100
	MinAgreement float64 // share of answers that stay as the whole model gives them: noise flips the others at random
	MaxSeconds   float64 // that a plan may be predicted to take
	Quick        bool    // measures the front with quick effort, not the default
	// Plan says what a worker computes of a prefix; fhe.ErrUnplannable if it cannot.
	Plan func(ctx context.Context, prefix fhe.Prefix) (fhe.Plan, error)
	// Progress, if given, is told what is being done, and how much of it is.
	Progress func(task string, done, total int)
}

// MaxValues is how many values an intermediate may have to be searched by default.
const MaxValues = 1024

// maxFront is how many releases are measured with full effort.
const maxFront = 6

// Candidate is a release that was measured.
type Candidate struct {
	Cut     string          `json:"cut"`
	Index   int             `json:"index"`
	Sheet   *protocol.Sheet `json:"sheet"`
	Seconds float64         `json:"predictedSeconds,omitempty"` // of its plan, on one reference core
	Refused string          `json:"refused,omitempty"`          // why it is not recommended; empty: it may be

	release creator.Release
	cut     model.Cut
}

// Advice is what a search found.
type Advice struct {
	// Front holds the releases that no other surpasses in accuracy, agreement and recognition, most private first.
	Front       []Candidate `json:"front"`
	Recommended *Candidate  `json:"recommended"` // null: none fits the rules
	Searched    []Candidate `json:"searched"`    // with quick effort, among them what is sent without any mechanism
}

// Run searches: every cut and mechanism with quick effort and without searches by gradients, then the front with all attacks, and
// plans of that. Errors wrap
// leakage.ErrSubject or ErrMechanism, or are those of the model, plans or the context.
func (s Search) Run(ctx context.Context) (a Advice, err error) {
	cuts, err := s.cuts()
	if err != nil {
		return a, err
	}
	for i, cut := range cuts {
		found, err := s.try(ctx, cut, i == len(cuts)-1)
		if err != nil {
			return a, fmt.Errorf("cut %s: %w", cut.Layer, err)
		}
		a.Searched = append(a.Searched, found...)
	}
	if len(a.Searched) == 0 || a.Searched[0].Sheet.Accuracy == nil {
		return a, fmt.Errorf("%w: accuracy cannot be measured without labels", ErrData)
	}
	if a.Front, err = s.remeasure(ctx, s.front(a.Searched)); err != nil {
		return a, err
	}
	plans := map[prefixKey]planned{}
	for i := range a.Front {
		if err := s.judge(ctx, &a.Front[i], plans); err != nil {
			return a, err
		}
	}
	best := slices.Clone(a.Front)
	slices.SortStableFunc(best, better)
	if i := slices.IndexFunc(best, func(c Candidate) bool { return c.Refused == "" }); i >= 0 {
		a.Recommended = &best[i]
	}
	return a, nil
}

// cuts are those to search.
func (s Search) cuts() ([]model.Cut, error) {
	if len(s.Cuts) > 0 {
		return s.Cuts, nil
	}
	var list []model.Cut
	for _, r := range s.Graph.Inspect() {
		if r.Encryptable && values(r.Cut) <= MaxValues {
			list = append(list, r.Cut)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: no cut can be encrypted and has at most %d values: name cuts", leakage.ErrSubject, MaxValues)
	}
	return list, nil
}

func values(cut model.Cut) int {
	n := 1
	for _, d := range cut.Shape {
		n *= d
	}
	return n
}

// try measures all mechanisms at a cut with quick effort, and on demand what it is without any.
func (s Search) try(ctx context.Context, cut model.Cut, open bool) (list []Candidate, err error) {
	o := leakage.QuickOptions()
	o.Seed, o.Effort, o.Searches = s.Seed, "screening", 0
	m, err := NewMeasurer(ctx, s.Graph, cut, s.Data, o, s.Date)
	if err != nil {
		return nil, err
	}
	wishes := s.wishes(values(cut))
	if open {
		wishes = append(wishes, Wish{Kind: protocol.ProjectionAll})
	}
	for i, w := range wishes {
		if s.Progress != nil {
			s.Progress("try "+cut.Layer, i, len(wishes))
		}
		r, err := m.Measure(ctx, w)
		if errors.Is(err, leakage.ErrMechanism) { // more coefficients than vary
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, Candidate{Cut: cut.Layer, Index: cut.Index, Sheet: r.Sheet, release: r, cut: cut})
	}
	return list, nil
}

// wishes are the mechanisms to try on intermediates of n values.
func (s Search) wishes(n int) (list []Wish) {
	for _, k := range s.Coefficients {
		for _, r := range s.Noises {
			for _, bits := range s.Bits {
				if k <= n {
					list = append(list, Wish{protocol.ProjectionTask, k, leakage.Mechanism{Clip: s.Clip, Noise: r, Bits: bits}})
				}
			}
		}
	}
	return list
}

// remeasure measures candidates with all attacks.
func (s Search) remeasure(ctx context.Context, list []Candidate) ([]Candidate, error) {
	o := leakage.DefaultOptions()
	if s.Quick {
		o = leakage.QuickOptions()
	}
	o.Seed = s.Seed
	var m *Measurer
	byCut := slices.Clone(list)
	slices.SortStableFunc(byCut, func(a, b Candidate) int { return cmp.Compare(a.Index, b.Index) })
	for i, c := range byCut {
		if s.Progress != nil {
			s.Progress("measure the front", i, len(list))
		}
		var err error
		if m == nil || m.cut.Index != c.Index {
			if m, err = NewMeasurer(ctx, s.Graph, c.cut, s.Data, o, s.Date); err != nil {
				return nil, err
			}
		}
		if c.release, err = m.Measure(ctx, Wish{c.Sheet.Projection, c.Sheet.Values, leakage.Mechanism{Clip: c.Sheet.Clip, Noise: c.Sheet.Noise, Bits: c.Sheet.Bits}}); err != nil {
			return nil, err
		}
		c.Sheet = c.release.Sheet
		byCut[i] = c
	}
	slices.SortStableFunc(byCut, better)
	return byCut, nil
}

// prefixKey names a prefix: noise, bounds and bits come after it.
type prefixKey struct {
	cut, values int
	projection  string
}

// planned is how long a plan is predicted to take, or why there is none.
type planned struct {
	seconds float64
	refused string
}

// judge plans a candidate and says by which rule it is refused, if by one.
func (s Search) judge(ctx context.Context, c *Candidate, plans map[prefixKey]planned) error {
	if loss := c.loss(); loss > s.MaxLoss {
		c.Refused = fmt.Sprintf("it costs %.1f points of accuracy, more than %g", loss, s.MaxLoss)
		return nil
	}
	if c.Sheet.Agreement < s.MinAgreement {
		c.Refused = fmt.Sprintf("it leaves %.1f %% of the answers as they are, less than %g %%", 100*c.Sheet.Agreement, 100*s.MinAgreement)
		return nil
	}
	if bits := c.bits(); bits > privacy.DefaultBudgetBits {
		c.Refused = fmt.Sprintf("it tells %s, users allow %d bits", c.Sheet.CapText(), privacy.DefaultBudgetBits)
		return nil
	}
	key := prefixKey{c.Index, c.Sheet.Values, c.Sheet.Projection}
	p, ok := plans[key]
	if !ok {
		var err error
		if p, err = s.plan(ctx, *c); err != nil {
			return err
		}
		plans[key] = p
	}
	c.Seconds, c.Refused = p.seconds, p.refused
	if c.Refused == "" && c.Seconds > s.MaxSeconds {
		c.Refused = fmt.Sprintf("it is predicted to take %.0f s, more than %g", c.Seconds, s.MaxSeconds)
	}
	return nil
}

func (s Search) plan(ctx context.Context, c Candidate) (planned, error) {
	if s.Progress != nil {
		s.Progress(fmt.Sprintf("plan %s, %s", c.Cut, plural(c.Sheet.Values, "value")), 0, 0)
	}
	prefix, err := c.release.Prefix(s.Graph, c.cut)
	if err != nil {
		return planned{}, err
	}
	plan, err := s.Plan(ctx, prefix)
	if errors.Is(err, fhe.ErrUnplannable) {
		return planned{refused: err.Error()}, nil
	}
	if err != nil {
		return planned{}, err
	}
	return planned{seconds: plan.Info().PredictedSeconds}, nil
}

// loss is what the release costs of the accuracy, in points of 100.
func (c Candidate) loss() float64 { return 100 * (*c.Sheet.BaseAccuracy - *c.Sheet.Accuracy) }

// bits is the cap.
func (c Candidate) bits() float64 {
	if c.Sheet.BitCap == nil {
		return math.Inf(1)
	}
	return *c.Sheet.BitCap
}

// better orders candidates: first who is recognised less, then who tells fewer bits, then who is more accurate.
func better(a, b Candidate) int {
	return cmp.Or(cmp.Compare(a.Sheet.Recognised(), b.Sheet.Recognised()), cmp.Compare(a.bits(), b.bits()), cmp.Compare(a.loss(), b.loss()))
}

// front picks the candidates that no other surpasses in accuracy, agreement and recognition: the most private that lose not
// more than three times what is allowed, so that it is seen what more privacy would cost.
func (s Search) front(all []Candidate) (list []Candidate) {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, better)
	least, steadiest := math.Inf(1), math.Inf(-1)
	for _, c := range sorted {
		surpassed := c.loss() >= least && c.Sheet.Agreement <= steadiest
		if c.loss() > 3*max(s.MaxLoss, 1) || surpassed || len(list) == maxFront {
			continue
		}
		least, steadiest = min(least, c.loss()), max(steadiest, c.Sheet.Agreement)
		list = append(list, c)
	}
	return list
}

// Release returns what "creator publish --release" takes of a candidate: the release by its cut, with the chart.
func (c Candidate) Release(chart string) map[string]creator.Release {
	r := c.release
	r.Chart = chart
	return map[string]creator.Release{c.Cut: r}
}
