package fhe

import (
	"fmt"
	"math"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
)

// maxKeylessBytes is the largest input of a keyless plan: beyond, evaluation keys are cheaper.
const maxKeylessBytes = 64 << 20

// keylessBonus is how much dearer a keyless plan may be than one with keys, which have to be made, sent and kept.
const keylessBonus = 3

// keylessCandidate is a keyless plan at one ring degree, with scales just large enough for the wanted bits.
func (k *compiler) keylessCandidate(quadratic bool, logN int) (candidate, error) {
	c := candidate{what: fmt.Sprintf("keyless plan from %s, ring degree 2^%d", start(quadratic), logN), logN: logN}
	cols, err := newColumns(k.prefix, quadratic, 1<<logN, weights)
	if err != nil {
		return c, err
	}
	lit := k.base(quadratic, logN)
	lit.Packing.Ciphertexts, lit.Outputs = cols.classes.width, cols.outputs
	if err := k.keylessScales(&lit, cols); err != nil {
		return c, err
	}
	plan, err := NewPlan(lit)
	if err != nil {
		return c, err
	}
	info := plan.Info()
	most := int64(maxKeylessBytes)
	if k.o.InputBytes > 0 {
		most = min(most, k.o.InputBytes)
	}
	if info.InputBytes > most {
		return c, fmt.Errorf("the input would have %d bytes, at most %d are allowed", info.InputBytes, most)
	}
	c.score = (plan.Predict(k.o.Machine) + float64(info.InputBytes+info.OutputBytes)/k.o.Link) / keylessBonus
	c.build = func() (PlanLiteral, error) { return lit, nil }
	return c, nil
}

// keylessScales chooses the scales of input and weights and the modulus that holds their product, or its square.
func (k *compiler) keylessScales(lit *PlanLiteral, cols *columns) error {
	n := float64(int(1) << lit.LogN)
	width := cols.classes.width
	norm := 0.0
	for i := range cols.classes.of {
		s := 0.0
		for t := range width {
			w := cols.weight(i, t)
			s += w * w
		}
		norm = max(norm, math.Sqrt(s))
	}
	slope := k.slope(cols)
	reach := max(math.Abs(k.o.Low), math.Abs(k.o.High))
	want := k.o.Bits + k.flood() + 4
	fresh := freshStd * math.Sqrt(2*n) * norm * slope / k.largest
	rounding := math.Sqrt(n/6*float64(width)) * max(reach, reach*reach) * slope / k.largest
	lit.Packing.LogScale = clamp(want+math.Log2(max(fresh, 1e-9)), 24, 55)
	lit.LogWeights = clamp(want+math.Log2(max(rounding, 1e-9)), 20, 50)
	degree := 1
	if cols.poly != nil {
		degree = 2
	}
	need := degree*(lit.Packing.LogScale+lit.LogWeights) + max(2, int(math.Ceil(math.Log2(k.bound)))+3)
	if limit := maxLogQP[lit.LogN] - 0.5; float64(need) > limit {
		return fmt.Errorf("needs a modulus of %d bits for %.1f bits of precision, ring degree 2^%d allows %.0f", need, want, lit.LogN, limit)
	}
	count := (need + narrowBits - 1) / narrowBits
	bits := make([]int, count)
	for i := range bits {
		bits[i] = (need + count - 1) / count
	}
	var err error
	lit.Q, _, err = rlwe.GenModuli(lit.LogN+2, bits, nil)
	return err
}

func clamp(v float64, low, high int) int { return min(max(int(math.Ceil(v)), low), high) }

// slope is the steepest an activation gets on the samples, 1 without one.
func (k *compiler) slope(cols *columns) float64 {
	if cols.poly == nil {
		return 1
	}
	_, plane := channels(cols.shape)
	steepest, values := 0.0, make([]float64, len(cols.features))
	for _, x := range k.o.Samples {
		for i, f := range cols.features {
			values[i] = f.value(x)
		}
		for i, class := range cols.classes.of {
			z := cols.bias[i]
			for t := range cols.classes.width {
				if j := cols.classes.lane(class, t); j >= 0 {
					z += cols.weight(i, t) * values[j]
				}
			}
			a, b := cols.poly.Coefficients[2][i/plane], cols.poly.Coefficients[1][i/plane]
			steepest = max(steepest, math.Abs(2*a*z+b))
		}
	}
	return steepest
}
