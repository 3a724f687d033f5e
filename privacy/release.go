// Package privacy turns a decrypted intermediate into what may be handed over.
//
// Two things must not be confused. Flooding, which every release gets, protects the
// secret key: a decrypted CKKS value together with its ciphertext gives the key away (Li
// and Micciancio, eprint 2020/1533). It does not hide the input from whoever receives the
// intermediate; docs/leakage.md has figures of what that tells.
package privacy

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/fhe"
)

// Errors of a release.
var (
	ErrParams   = errors.New("release parameters")
	ErrReleased = errors.New("nothing was released")
)

// Limits of Params.
const (
	MinStatisticalBits = 30
	maxStatisticalBits = 128
	maxReleasesPerKey  = 1 << 20
)

// Params say how much a release is flooded.
type Params struct {
	ReleasesPerKey  int // tau: how many outputs will ever be released under one secret key
	StatisticalBits int // s: at least MinStatisticalBits
}

// OneReleasePerKey is for a secret key that is made for a job and forgotten after it.
func OneReleasePerKey() Params { return Params{ReleasesPerKey: 1, StatisticalBits: MinStatisticalBits} }

// Validate refuses parameters that would not protect the key; errors wrap ErrParams.
func (p Params) Validate() error {
	if p.ReleasesPerKey < 1 || p.ReleasesPerKey > maxReleasesPerKey {
		return fmt.Errorf("%w: %d releases per key, want 1 to %d", ErrParams, p.ReleasesPerKey, maxReleasesPerKey)
	}
	if p.StatisticalBits < MinStatisticalBits || p.StatisticalBits > maxStatisticalBits {
		return fmt.Errorf("%w: %d statistical bits, want %d to %d", ErrParams, p.StatisticalBits, MinStatisticalBits, maxStatisticalBits)
	}
	return nil
}

// FloodSigma is the standard deviation, in units of plaintext coefficients, of the noise
// that hides the circuit's: sqrt(12 tau) 2^(s/2) t, with t the circuit's noise as
// fhe.Plan.NoiseStd declares it (Li, Micciancio, Schultz and Sorrell, eprint 2022/816; see
// fhe.FloodFactor). Errors wrap ErrParams.
func FloodSigma(noiseStd float64, p Params) (float64, error) {
	if err := p.Validate(); err != nil {
		return 0, err
	}
	if !(noiseStd > 0) || math.IsInf(noiseStd, 0) {
		return 0, fmt.Errorf("%w: noise of the circuit is %v, want a positive number", ErrParams, noiseStd)
	}
	return noiseStd * fhe.FloodFactor(p.ReleasesPerKey, p.StatisticalBits), nil
}

// Fits says whether a release under plan can work at all: the modulus must have room for the
// flooding. Ask before anything is paid. Errors wrap ErrParams or fhe.ErrPlan.
func (p Params) Fits(plan fhe.Plan) error {
	sigma, err := FloodSigma(plan.NoiseStd(), p)
	if err != nil {
		return err
	}
	return plan.FloodFits(sigma)
}

// Report says in numbers what was done to a release.
type Report struct {
	Sigma     float64 `json:"sigma"`     // of the flooding, in plaintext coefficients
	FloodBits float64 `json:"floodBits"` // log2 of the flooding over the circuit's noise
	ValueStd  float64 `json:"valueStd"`  // what the flooding amounts to in a value
	Step      float64 `json:"step"`      // values are rounded to multiples of this power of two
	Bits      float64 `json:"bits"`      // log2 of the largest value over ValueStd; 0 if all is noise
}

// Released is an intermediate that is safe to hand over as far as Report says. Only
// Release makes one; the zero value holds nothing.
type Released struct {
	values []float64
	report Report
}

// Values returns the released numbers, flat and row-major, nil for the zero value.
func (r Released) Values() []float64 { return slices.Clone(r.values) }

// Report returns what was done to them.
func (r Released) Report() Report { return r.report }

// Release floods a decryption, decodes it, which demands that values are within the plan's
// bound and unused slots are empty, and rounds the values to the grid that the flooding leaves
// meaningful. It uses the decryption up: a second release with other noise, which could be averaged
// with the first, is refused.
func Release(d *fhe.Decrypted, plan fhe.Plan, p Params) (Released, error) {
	if d == nil {
		return Released{}, fmt.Errorf("%w: there is no decryption", ErrReleased)
	}
	if d.Plan().Digest() != plan.Digest() {
		return Released{}, fmt.Errorf("%w: the decryption was made under another plan", ErrReleased)
	}
	sigma, err := FloodSigma(plan.NoiseStd(), p)
	if err != nil {
		return Released{}, err
	}
	if err := d.Flood(sigma); err != nil {
		return Released{}, fmt.Errorf("flood: %w", err)
	}
	values, err := d.Decode()
	if err != nil {
		return Released{}, fmt.Errorf("check released values: %w", err)
	}
	r := Report{Sigma: sigma, FloodBits: math.Log2(sigma / plan.NoiseStd()), ValueStd: plan.SlotStd(sigma)}
	r.Step = math.Exp2(math.Floor(math.Log2(r.ValueStd)))
	largest := 0.0
	for i, v := range values {
		values[i] = r.Step * math.RoundToEven(v/r.Step)
		largest = max(largest, math.Abs(values[i]))
	}
	if largest > r.ValueStd {
		r.Bits = math.Log2(largest / r.ValueStd)
	}
	return Released{values, r}, nil
}
