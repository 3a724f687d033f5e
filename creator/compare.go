package creator

import (
	"fmt"
	"math"

	"github.com/encrypted-compute/encompute/model"
)

// difference evaluates x twice and returns the largest difference, relative to the largest
// value where that is above 1.
func difference(eval func([]float64) ([]float64, error), g *model.Graph, x []float64) (float64, error) {
	got, err := eval(x)
	if err != nil {
		return 0, err
	}
	want, err := g.Eval(float32s(x))
	if err != nil {
		return 0, err
	}
	if len(got) != len(want) {
		return 0, fmt.Errorf("%d values where the model gives %d", len(got), len(want))
	}
	worst, scale := 0.0, 1.0
	for i, w := range want {
		d := math.Abs(got[i] - float64(w))
		if math.IsNaN(d) {
			return 0, fmt.Errorf("value %d is %v where the model gives %v", i, got[i], w)
		}
		worst, scale = max(worst, d), max(scale, math.Abs(float64(w)))
	}
	return worst / scale, nil
}

func float32s(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

func float64s(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
