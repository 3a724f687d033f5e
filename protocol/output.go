package protocol

import (
	"fmt"
	"math"
	"slices"
)

// The kinds of output.
const (
	OutputLogits        = "logits"        // a score for each label; one score for two labels is the second's
	OutputProbabilities = "probabilities" // of each label; one for two labels is the second's
	OutputLabel         = "label"         // the index of the label
	OutputQuantities    = "quantities"    // numbers with names and units: a regression
)

// OutputSchema says what the values of a model's output mean.
type OutputSchema struct {
	Kind       string     `json:"kind"`
	Quantities []Quantity `json:"quantities,omitempty"` // what the values of OutputQuantities are, in order
}

// Quantity is what a value of a regression measures: value*Scale + Offset, in Unit.
type Quantity struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit,omitempty"`   // none for a number without dimension
	Scale  float64 `json:"scale,omitempty"`  // 0 means 1
	Offset float64 `json:"offset,omitempty"` // undoes what training subtracted
}

// Reading is a quantity with its value.
type Reading struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit,omitempty"`
}

// Validate checks the schema against the labels of the model.
func (o OutputSchema) Validate(labels []string) error {
	switch o.Kind {
	case OutputLogits, OutputProbabilities, OutputLabel:
		if len(labels) < 2 || len(o.Quantities) > 0 {
			return fmt.Errorf("%w: output of %s needs two labels at least, and no quantities; there are %d and %d", ErrMalformed, o.Kind, len(labels), len(o.Quantities))
		}
	case OutputQuantities:
		if len(labels) > 0 || len(o.Quantities) == 0 || len(o.Quantities) > maxLabels {
			return fmt.Errorf("%w: output of quantities needs 1 to %d quantities, and no labels; there are %d and %d", ErrMalformed, maxLabels, len(o.Quantities), len(labels))
		}
	default:
		return fmt.Errorf("%w: output kind is %.40q, must be one of %q", ErrMalformed, o.Kind,
			[]string{OutputLogits, OutputProbabilities, OutputLabel, OutputQuantities})
	}
	for _, q := range o.Quantities {
		if q.Name == "" || len(q.Name) > maxName || len(q.Unit) > maxName || !finite(q.Scale) || !finite(q.Offset) {
			return fmt.Errorf("%w: output quantity %.40q: give a name and finite numbers", ErrMalformed, q.Name)
		}
		for _, text := range []string{q.Name, q.Unit} {
			if err := checkText(text); err != nil {
				return err
			}
		}
	}
	return nil
}

// Interpret makes a result of a model's values. They must be finite and fit the schema, which must be valid for the labels.
func (o OutputSchema) Interpret(values []float64, labels []string) (r Result, err error) {
	r.Values = values
	switch o.Kind {
	case OutputQuantities:
		if len(values) != len(o.Quantities) {
			return r, fmt.Errorf("%w: model gives %d values for %d quantities", ErrMalformed, len(values), len(o.Quantities))
		}
		for i, q := range o.Quantities {
			scale := q.Scale
			if scale == 0 {
				scale = 1
			}
			r.Quantities = append(r.Quantities, Reading{q.Name, values[i]*scale + q.Offset, q.Unit})
		}
		return r, nil
	case OutputLabel:
		if len(values) != 1 || values[0] != math.Trunc(values[0]) || values[0] < 0 || values[0] >= float64(len(labels)) {
			return r, fmt.Errorf("%w: model gives %v, not the index of one of %d labels", ErrMalformed, values, len(labels))
		}
		r.Labels, r.Label = labels, labels[int(values[0])]
		return r, nil
	}
	if r.Probabilities, err = o.probabilities(values, len(labels)); err != nil {
		return r, err
	}
	r.Labels = labels
	r.Label = labels[slices.Index(r.Probabilities, slices.Max(r.Probabilities))]
	return r, nil
}

// probabilities are those of n labels.
func (o OutputSchema) probabilities(values []float64, n int) ([]float64, error) {
	alone := len(values) == 1 && n == 2
	if len(values) != n && !alone {
		return nil, fmt.Errorf("%w: model gives %d values for %d labels", ErrMalformed, len(values), n)
	}
	if o.Kind == OutputLogits {
		if alone {
			values = []float64{0, values[0]}
		}
		return Softmax(values), nil
	}
	p := slices.Clone(values)
	if alone {
		p = []float64{1 - values[0], values[0]}
	}
	const slack = 1e-3 // float32 sums
	sum := 0.0
	for _, v := range p {
		if !(v >= -slack && v <= 1+slack) {
			return nil, fmt.Errorf("%w: model gives %v as a probability", ErrMalformed, v)
		}
		sum += v
	}
	if math.Abs(sum-1) > slack*math.Sqrt(float64(n)) {
		return nil, fmt.Errorf("%w: the model's probabilities add up to %v", ErrMalformed, sum)
	}
	return p, nil
}

// Softmax makes probabilities of scores, also of logarithms of probabilities.
func Softmax(x []float64) []float64 {
	top, sum := slices.Max(x), 0.0
	p := make([]float64, len(x))
	for i, v := range x {
		p[i] = math.Exp(v - top)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}
