package creator

import (
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

// Interpret makes a result of the output of a suffix, or of a whole model, as the manifest's output
// schema says; without one, probabilities and label of a classification.
func Interpret(out []float32, m protocol.Manifest, suffix *model.Graph) (r protocol.Result, err error) {
	for _, v := range out {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return r, refuse("the suffix gives %v for this intermediate", v)
		}
		r.Values = append(r.Values, float64(v))
	}
	if m.Output != nil {
		if r, err = m.Output.Interpret(r.Values, m.Labels); err != nil {
			return r, refuse("the suffix: %v", err)
		}
		return r, nil
	}
	if m.Task != "classification" || len(out) < 2 || len(out) != len(m.Labels) {
		return r, nil
	}
	r.Probabilities = slices.Clone(r.Values)
	if suffix.Nodes[len(suffix.Nodes)-1].Op != "Softmax" {
		r.Probabilities = protocol.Softmax(r.Values) // also right for logarithms of probabilities
	}
	r.Labels = m.Labels
	r.Label = m.Labels[slices.Index(r.Probabilities, slices.Max(r.Probabilities))]
	return r, nil
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
