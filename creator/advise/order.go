package advise

import (
	"context"
	"fmt"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy/leakage"
	"github.com/encrypted-compute/encompute/protocol"
)

// Order is a measurement as a person orders it, by options of a command or on a page: each may be left out.
type Order struct {
	K         int     `json:"k"`         // coefficients, those that the answer depends on most; 0: all values are sent
	Principal bool    `json:"principal"` // those that hold most of the variance instead
	Noise     float64 `json:"noise"`     // in standard deviations of each coefficient; 0: none
	Clip      float64 `json:"clip"`      // likewise; 0: DefaultClip with noise or bits, else none
	Bits      int     `json:"bits"`      // that each coefficient is quantised to; 0: it is not
	Effort    string  `json:"effort"`    // of the attacks: "quick" or "default"; empty: default
	Seed      uint64  `json:"seed"`      // of everything that is drawn; 0: DefaultSeed
}

// What is measured unless a person says otherwise: bounds in standard deviations, and the seed.
const (
	DefaultClip = 4
	DefaultSeed = 1
)

// Wish is the release that is ordered.
func (o Order) Wish() Wish {
	w := Wish{Kind: protocol.ProjectionAll, Coefficients: o.K, Mechanism: leakage.Mechanism{Noise: o.Noise, Clip: o.Clip, Bits: o.Bits}}
	switch {
	case o.Principal:
		w.Kind = protocol.ProjectionPrincipal
	case o.K > 0:
		w.Kind = protocol.ProjectionTask
	}
	if o.Clip == 0 && (o.Noise > 0 || o.Bits > 0) {
		w.Mechanism.Clip = DefaultClip
	}
	return w
}

// DrawnBy is the seed.
func (o Order) DrawnBy() uint64 {
	if o.Seed == 0 {
		return DefaultSeed
	}
	return o.Seed
}

// Options are those of the attacks. Errors wrap leakage.ErrOptions.
func (o Order) Options() (leakage.Options, error) {
	options := leakage.DefaultOptions()
	switch o.Effort {
	case "", options.Effort:
	case leakage.QuickOptions().Effort:
		options = leakage.QuickOptions()
	default:
		return options, fmt.Errorf("%w: effort %.40q, want quick or default", leakage.ErrOptions, o.Effort)
	}
	options.Seed = o.DrawnBy()
	return options, nil
}

// Measure measures one release of a cut: see NewMeasurer and Measurer.Measure.
func Measure(ctx context.Context, g *model.Graph, cut model.Cut, d Data, o leakage.Options, w Wish, date string) (creator.Release, error) {
	m, err := NewMeasurer(ctx, g, cut, d, o, date)
	if err != nil {
		return creator.Release{}, err
	}
	return m.Measure(ctx, w)
}

// Tried is a release whose sheet is known.
type Tried struct {
	Cut   string          `json:"cut"`
	Sheet *protocol.Sheet `json:"sheet"`
}

// Chart draws a release among others that were tried on the same data; nothing if accuracy is not known.
func (t Tried) Chart(name string, others []Tried) string {
	own := Candidate{Cut: t.Cut, Sheet: t.Sheet}
	a := Advice{Front: []Candidate{own}, Recommended: &own}
	for _, o := range append([]Tried{t}, others...) {
		if o.Sheet == nil || o.Sheet.Accuracy == nil {
			continue
		}
		if o.Sheet.Dataset == t.Sheet.Dataset {
			a.Searched = append(a.Searched, Candidate{Cut: o.Cut, Sheet: o.Sheet})
		}
	}
	if t.Sheet.Accuracy == nil {
		return ""
	}
	return a.Chart(name)
}
