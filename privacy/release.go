// Package privacy turns a decrypted intermediate into what may be handed over.
//
// Two things must not be confused. Flooding, which every release gets, protects the
// secret key: a decrypted CKKS value together with its ciphertext gives the key away (Li
// and Micciancio, eprint 2020/1533). It does not hide the input from whoever receives the
// intermediate. That is what a Mechanism is for, as far as it goes; docs/privacy.md has figures.
package privacy

import (
	"fmt"
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// Report says in numbers what was done to a release.
type Report struct {
	Sigma     float64 `json:"sigma"`     // of the flooding, in plaintext coefficients
	FloodBits float64 `json:"floodBits"` // log2 of the flooding over the circuit's noise
	ValueStd  float64 `json:"valueStd"`  // what the flooding amounts to in a decrypted value
	Step      float64 `json:"step"`      // decrypted values are rounded to multiples of this power of two
	Bits      float64 `json:"bits"`      // log2 of the largest decrypted value over ValueStd; 0 if all is noise

	Values int `json:"values"` // how many are handed over
	// Tells is the most that the release tells of the input in bits; nil if nothing bounds it. See Mechanism.Cap.
	Tells *float64 `json:"tells,omitempty"`
	// Clipped is how many of the values were out of the mechanism's bounds.
	Clipped int `json:"clipped,omitempty"`
}

// String says in one line what leaves and what it tells.
func (r Report) String() string {
	tells := "no bound on what they tell"
	if r.Tells != nil {
		tells = fmt.Sprintf("they tell up to %.1f bits", *r.Tells)
	}
	return fmt.Sprintf("%d values, %.1f bits left after flooding; %s", r.Values, r.Bits, tells)
}

// Released is what is safe to hand over as far as Report says. Only this package makes one;
// the zero value holds nothing.
type Released struct {
	values []float64
	slack  []float64 // how far another release of the same input may be off
	report Report
}

// Values returns the released numbers, flat and row-major, nil for the zero value.
func (r Released) Values() []float64 { return slices.Clone(r.values) }

// Report returns what was done to them.
func (r Released) Report() Report { return r.report }

// Release floods and decodes a decryption as Flood does and hands it over as it is: without a
// mechanism, nothing bounds what it tells.
func Release(d *fhe.Decrypted, plan fhe.Plan, p Params) (Released, error) {
	f, err := Flood(d, plan, p)
	if err != nil {
		return Released{}, err
	}
	none, err := NewMechanism(protocol.Mechanism{}, plan.Info().OutputShape)
	if err != nil {
		return Released{}, err
	}
	return f.Release(none, NoiseKey{}, Subject{})
}

// Release applies a mechanism: layers, projection, bounds, noise, quantisation. The noise follows from
// the key and the subject, so that another release of the same has the same noise.
func (f Flooded) Release(m Mechanism, key NoiseKey, s Subject) (Released, error) {
	if len(f.values) != size(m.in) {
		return Released{}, fmt.Errorf("%w: %d values, the mechanism takes %d", ErrReleased, len(f.values), size(m.in))
	}
	r := Released{report: f.report}
	values, slack := m.linear(f.values, 2*(16*f.report.ValueStd+f.report.Step))
	clipped, err := m.finish(values, key, s)
	if err != nil {
		return Released{}, err
	}
	r.report.Values, r.report.Tells, r.report.Clipped = len(values), m.Cap(), clipped
	for i := range slack {
		slack[i] += m.grid(i)
	}
	r.values, r.slack = values, slack
	return r, nil
}

// Again returns the release with the values of an earlier one of the same input by the same mechanism, so that the two
// tell no more than the first. It demands that they differ by no more than flooding explains: if they do, the worker
// computed something else, and the difference would be free of noise. Errors wrap ErrReleased.
func (r Released) Again(earlier []float64) (Released, error) {
	if len(earlier) != len(r.values) {
		return Released{}, fmt.Errorf("%w: %d values, the earlier release had %d", ErrReleased, len(r.values), len(earlier))
	}
	for i, v := range earlier {
		if !(math.Abs(v-r.values[i]) <= r.slack[i]) {
			return Released{}, fmt.Errorf("%w: value %d is not what the same input gave before: the worker computed something else", ErrReleased, i)
		}
	}
	r.values = slices.Clone(earlier)
	return r, nil
}
