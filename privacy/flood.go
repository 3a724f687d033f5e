package privacy

import (
	"errors"
	"fmt"
	"math"

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
	MaxReleasesPerKey  = 1 << 20
)

// Params say how much a release is flooded.
type Params struct {
	ReleasesPerKey  int `json:"releasesPerKey"`  // tau: how many outputs will ever be released under one secret key
	StatisticalBits int `json:"statisticalBits"` // s: at least MinStatisticalBits
}

// OneReleasePerKey is for a secret key that is made for a job and forgotten after it.
func OneReleasePerKey() Params { return Params{ReleasesPerKey: 1, StatisticalBits: MinStatisticalBits} }

// Validate refuses parameters that would not protect the key; errors wrap ErrParams.
func (p Params) Validate() error {
	if p.ReleasesPerKey < 1 || p.ReleasesPerKey > MaxReleasesPerKey {
		return fmt.Errorf("%w: %d releases per key, want 1 to %d", ErrParams, p.ReleasesPerKey, MaxReleasesPerKey)
	}
	if p.StatisticalBits < MinStatisticalBits || p.StatisticalBits > maxStatisticalBits {
		return fmt.Errorf("%w: %d statistical bits, want %d to %d", ErrParams, p.StatisticalBits, MinStatisticalBits, maxStatisticalBits)
	}
	return nil
}

// FloodSigma is the standard deviation, in units of plaintext coefficients, of the noise
// that hides the circuit's in a release of values numbers: sqrt(12 tau k) 2^(s/2) t, with t
// the circuit's noise as fhe.Plan.NoiseStd declares it (Li, Micciancio, Schultz and Sorrell,
// eprint 2022/816; see fhe.FloodFactor). Errors wrap ErrParams.
func FloodSigma(noiseStd float64, values int, p Params) (float64, error) {
	if err := p.Validate(); err != nil {
		return 0, err
	}
	if !(noiseStd > 0) || math.IsInf(noiseStd, 0) || values < 1 {
		return 0, fmt.Errorf("%w: noise of the circuit is %v in %d values, want positive numbers", ErrParams, noiseStd, values)
	}
	return noiseStd * fhe.FloodFactor(p.ReleasesPerKey, p.StatisticalBits, values), nil
}

// sigma is the flooding of an output of a plan. What a mechanism makes of fewer values tells no more than all of them.
func (p Params) sigma(plan fhe.Plan) (float64, error) {
	return FloodSigma(plan.NoiseStd(), size(plan.Info().OutputShape), p)
}

// Fits says whether a release under plan can work at all: the modulus must have room for the
// flooding. Ask before anything is paid. Errors wrap ErrParams or fhe.ErrPlan.
func (p Params) Fits(plan fhe.Plan) error {
	sigma, err := p.sigma(plan)
	if err != nil {
		return err
	}
	return plan.FloodFits(sigma)
}

// Flooded is a decryption that no longer tells the secret key, and nothing more: it is for the user, not to be handed
// over. Only Flood makes one; the zero value holds nothing.
type Flooded struct {
	values []float64
	report Report
}

// Flood floods a decryption, decodes it, which demands that values are within the plan's
// bound and unused slots are empty, and rounds the values to the grid that the flooding leaves
// meaningful. It uses the decryption up: a second one with other noise, which could be averaged
// with the first, is refused.
func Flood(d *fhe.Decrypted, plan fhe.Plan, p Params) (Flooded, error) {
	if d == nil {
		return Flooded{}, fmt.Errorf("%w: there is no decryption", ErrReleased)
	}
	if d.Plan().Digest() != plan.Digest() {
		return Flooded{}, fmt.Errorf("%w: the decryption was made under another plan", ErrReleased)
	}
	sigma, err := p.sigma(plan)
	if err != nil {
		return Flooded{}, err
	}
	if err := d.Flood(sigma); err != nil {
		return Flooded{}, fmt.Errorf("flood: %w", err)
	}
	values, err := d.Decode()
	if err != nil {
		return Flooded{}, fmt.Errorf("check released values: %w", err)
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
	return Flooded{values, r}, nil
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
