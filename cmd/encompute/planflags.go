package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
)

// planFlags say what the plans of a model file must achieve.
type planFlags struct {
	Card     string  `placeholder:"FILE" help:"Card that says the range of the input and how it is scaled (default: the model's name with .json)."`
	Range    *span   `placeholder:"LOW,HIGH" help:"Range of the input's values, as in --range=-1,1 (default: the card's)."`
	Bits     float64 `placeholder:"N" help:"Bits of the largest output that must be left after a release (default 8)."`
	Raw      bool    `help:"Plan for an output that never leaves the user: --bits are those before flooding."`
	Releases int     `placeholder:"N" help:"Releases under one key that must be safe; more of them cost bits (default 1)."`
	Threads  int     `placeholder:"N" help:"Goroutines that evaluate (default: all cores)."`

	Approximate []approximation `placeholder:"LAYER[:DEGREE[:LOW:HIGH]]" help:"Activation to replace by a polynomial of degree 3 to 7 (default 7) that is near it between two bounds of its input (default: those of the samples, widened); repeatable."`
}

// span is a range of input values.
type span struct{ low, high float64 }

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *span) UnmarshalText(b []byte) error {
	low, high, _ := strings.Cut(string(b), ",")
	var err [2]error
	r.low, err[0] = strconv.ParseFloat(strings.TrimSpace(low), 64)
	r.high, err[1] = strconv.ParseFloat(strings.TrimSpace(high), 64)
	if errors.Join(err[:]...) != nil || !(r.low < r.high) {
		return fmt.Errorf("%q is not LOW,HIGH, such as --range=-1,1", b)
	}
	return nil
}

func (r span) String() string { return fmt.Sprintf("[%.4g, %.4g]", r.low, r.high) }

// spanOf is a range for inputs like the given ones: theirs, and an eighth of its width to
// either side, but not across zero, where data often ends.
func spanOf(samples [][]float64) span {
	r := span{samples[0][0], samples[0][0]}
	for _, x := range samples {
		for _, v := range x {
			r.low, r.high = min(r.low, v), max(r.high, v)
		}
	}
	room := (r.high - r.low) / 8
	if room == 0 {
		room = max(1, r.high, -r.low) / 8
	}
	wide := span{r.low - room, r.high + room}
	switch {
	case r.low >= 0:
		wide.low = max(wide.low, 0)
	case r.high <= 0:
		wide.high = min(wide.high, 0)
	}
	return wide
}

// inputRange is the range that plans are made for: that of --range, of the card, or of the
// samples; without any of them that of scaled pictures. Samples outside it are refused.
func (f planFlags) inputRange(reader inputReader, samples [][]float64) (span, error) {
	r, source := span{0, 1}, ""
	switch {
	case f.Range != nil:
		r, source = *f.Range, "given with --range"
	case reader.card != nil:
		r, source = span{reader.card.InputRange.Low, reader.card.InputRange.High}, "of the card"
	case len(samples) > 0:
		return spanOf(samples), nil
	}
	for n, x := range samples {
		for i, v := range x {
			if v < r.low || v > r.high {
				return r, fault{
					Code: "input-range", Field: reader.flag, Detail: fmt.Sprintf("value %d of input %d is %g, outside the range %v %s", i, n+1, v, r, source),
					Remedy: "correct inputRange in the card, or give --range=LOW,HIGH",
				}
			}
		}
	}
	return r, nil
}

// compile lowers the prefix before a cut and plans it. Scales and noise are measured on the
// samples, if there are any.
func (f planFlags) compile(ctx context.Context, g *model.Graph, cut model.Cut, r span, samples [][]float64) (fhe.Prefix, fhe.Plan, error) {
	prefix, err := creator.Lower(g, cut)
	if err != nil {
		return prefix, fhe.Plan{}, err
	}
	plan, err := fhe.Compile(ctx, prefix, f.options(r, samples))
	return prefix, plan, err
}

func (f planFlags) options(r span, samples [][]float64) fhe.Options {
	return fhe.Options{Low: r.low, High: r.high, Bits: f.Bits, Raw: f.Raw, Tau: f.Releases, Threads: f.Threads, Samples: samples}
}

// planReport is a plan for people and programs.
type planReport struct {
	Kind             string  `json:"kind"` // whether there are keys, and how the input is packed
	LogN             int     `json:"logN"`
	LogQP            float64 `json:"logQP"` // bits of all moduli together
	Limbs            int     `json:"limbs"` // primes of the moduli
	Levels           int     `json:"levels"`
	Keyless          bool    `json:"keyless"`
	Rotations        int     `json:"rotations"`
	KeysBytes        int64   `json:"keysBytes"`
	InputBytes       int64   `json:"inputBytes"`
	OutputBytes      int64   `json:"outputBytes"`
	PredictedSeconds float64 `json:"predictedSeconds"` // on one reference core
	PrecisionBits    float64 `json:"precisionBits"`    // of the largest output, before flooding
}

func newPlanReport(p fhe.Plan) *planReport {
	i := p.Info()
	return &planReport{
		Kind: i.Kind, LogN: i.LogN, LogQP: i.LogQP, Limbs: i.Limbs, Levels: i.Levels, Keyless: i.Keyless, Rotations: i.Rotations,
		KeysBytes: i.KeysBytes, InputBytes: i.InputBytes, OutputBytes: i.OutputBytes,
		PredictedSeconds: i.PredictedSeconds, PrecisionBits: i.PrecisionBits,
	}
}

// readSamples reads files as inputs, until there are enough.
func readSamples(r inputReader, paths []string, limit int) (samples [][]float64, err error) {
	for _, path := range paths {
		if len(samples) >= limit {
			break
		}
		more, err := r.read(path, nil, limit-len(samples))
		if err != nil {
			return nil, err
		}
		samples = append(samples, more...)
	}
	return samples[:min(len(samples), limit)], nil
}

// pickLayer finds a cut that can be encrypted, by layer, index or as "deepest".
func pickLayer(g *model.Graph, name string) (model.Cut, error) {
	if name == deepest {
		if cut, ok := g.DeepestCut(); ok {
			return cut, nil
		}
		if reports := g.Inspect(); len(reports) > 0 {
			return model.Cut{}, cutFault(reports[0].Reason, reports[0].Cut.Layer)
		}
		return model.Cut{}, fault{
			Code: "not-encryptable", Field: "--cut", Detail: "the model has no cut, a place that a single tensor crosses", Remedy: "give a model of several layers",
		}
	}
	cut, err := g.CutByName(name)
	if err != nil {
		return cut, fault{Code: string(client.CodeCutNotOffered), Field: "--cut", Detail: err.Error()}
	}
	if _, err := g.PrefixLayers(cut); err != nil {
		return cut, cutFault(err, cut.Layer)
	}
	return cut, nil
}

// deepest names the last cut that can be encrypted.
const deepest = "deepest"
