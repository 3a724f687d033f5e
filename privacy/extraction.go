package privacy

import (
	"fmt"
	"math"

	"github.com/encrypted-compute/encompute/fhe"
)

// Extraction estimates, by counting dimensions, how many answers tell a user who chooses the inputs the weights of a
// prefix. It counts what must be known, not what an attack needs that was carried out: a lower bound for a careful
// creator, without noise. Noise of a mechanism makes each answer tell less, see Answers.
type Extraction struct {
	Weights  int     `json:"weights"`  // numbers in the prefix that shapes do not tell
	Degree   int     `json:"degree"`   // of the released values as polynomials in the input; 1: the prefix is linear
	Unknowns float64 `json:"unknowns"` // coefficients of one such polynomial: C(inputs + degree, degree)
	Values   int     `json:"values"`   // numbers an answer gives
	// Answers is the smaller of two: as many as give one equation for each weight, and as many as determine each
	// polynomial by linear equations. For one dense layer both are the number of its inputs plus one.
	Answers float64 `json:"answers"`
}

// Extract estimates the extraction of a prefix, which needs no weights, of which values numbers are handed over.
func Extract(prefix fhe.Prefix, values int) (Extraction, error) {
	shapes, err := prefix.Shapes()
	if err != nil {
		return Extraction{}, err
	}
	if values < 1 {
		return Extraction{}, fmt.Errorf("%w: %d values an answer", ErrParams, values)
	}
	e := Extraction{Values: values}
	degrees := []int{1} // of the input, then of the output of each layer
	for i, l := range prefix.Layers {
		in, degree := prefix.Input, 1
		inputs := l.Inputs
		if len(inputs) == 0 {
			inputs = []int{i}
		}
		for _, v := range inputs {
			degree = max(degree, degrees[v])
		}
		if v := inputs[0]; v > 0 {
			in = shapes[v-1]
		}
		if l.Poly != nil {
			degree *= max(l.Poly.Degree, 1)
		}
		degrees = append(degrees, min(degree, maxDegree))
		e.Weights += weights(l, in)
	}
	e.Degree = degrees[len(degrees)-1]
	e.Unknowns = 1
	for i := range e.Degree {
		e.Unknowns *= float64(size(prefix.Input)+i+1) / float64(i+1)
	}
	e.Unknowns = math.Round(e.Unknowns)
	e.Answers = min(math.Ceil(float64(e.Weights)/float64(values)), e.Unknowns)
	return e, nil
}

// maxDegree keeps degrees from overflowing; beyond it no one interpolates.
const maxDegree = 1 << 10

// weights counts the numbers of a layer whose input has shape in.
func weights(l fhe.Layer, in []int) int {
	switch {
	case l.Conv != nil:
		return l.Conv.Out * (l.Conv.In/max(l.Conv.Groups, 1)*l.Conv.Kernel[0]*l.Conv.Kernel[1] + 1)
	case l.Dense != nil:
		return l.Dense.Out * (l.Dense.In + 1)
	case l.Affine != nil:
		return 2 * size(in)
	case l.Poly != nil:
		return (l.Poly.Degree + 1) * in[0] // by channel
	}
	return 0
}
