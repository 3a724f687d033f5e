package fhe

import (
	"fmt"
	"math"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
)

// maxKeylessInputs is the most ciphertexts a keyless plan may send: beyond, evaluation keys are cheaper.
const maxKeylessInputs = 64

// keyless builds a keyless plan at one ring degree, with scales just large enough for the wanted bits.
func (k *compiler) keyless(quadratic bool, logN int) (PlanLiteral, error) {
	lit := k.base(quadratic, logN)
	list, err := split(k.skeleton)
	if err != nil {
		return lit, err
	}
	if quadratic && len(list) < 2 {
		return lit, fmt.Errorf("%w: no layer follows the first activation", ErrPlan)
	}
	if list, err = arrange(list, quadratic, false); err != nil {
		return lit, err
	}
	if len(list) != 1 {
		return lit, fmt.Errorf("%d linear maps, a keyless plan has one", len(list))
	}
	g, err := k.structure(quadratic, false)
	if err != nil {
		return lit, err
	}
	w, err := packColumnwise(g.maps[0], 1<<logN)
	if err != nil {
		return lit, err
	}
	if w.classes.width > maxKeylessInputs {
		return lit, fmt.Errorf("%d input ciphertexts, at most %d", w.classes.width, maxKeylessInputs)
	}
	lit.Packing.Ciphertexts, lit.Outputs = w.classes.width, w.outputs
	degree := 1
	if list[0].poly != nil {
		degree = 2
	}
	if err := k.keylessScales(&lit, degree, w.classes.width); err != nil {
		return lit, err
	}
	return lit, nil
}

// keylessScales chooses the scales of input and weights and the modulus that holds their product, or its square.
func (k *compiler) keylessScales(lit *PlanLiteral, degree, width int) error {
	features, first, err := firstMap(k.prefix, lit.Packing.Quadratic, true)
	if err != nil {
		return err
	}
	n := float64(int(1) << lit.LogN)
	norm := 0.0
	for i := range first.rows() {
		_, from := first.row(i)
		s := 0.0
		for _, v := range first.val[from:first.ptr[i+1]] {
			s += v * v
		}
		norm = max(norm, math.Sqrt(s))
	}
	slope, err := k.slope(features, first, lit.Packing.Quadratic)
	if err != nil {
		return err
	}
	reach := max(math.Abs(k.o.Low), math.Abs(k.o.High))
	want := k.o.Bits + k.flood() + 4
	fresh := freshStd * math.Sqrt(2*n) * norm * slope / k.largest
	rounding := math.Sqrt(n/6*float64(width)) * max(reach, reach*reach) * slope / k.largest
	lit.Packing.LogScale = clamp(want+math.Log2(max(fresh, 1e-9)), 24, 55)
	lit.LogWeights = clamp(want+math.Log2(max(rounding, 1e-9)), 20, 50)
	need := degree*(lit.Packing.LogScale+lit.LogWeights) + max(2, int(math.Ceil(math.Log2(k.bound)))+3)
	if limit := maxLogQP[lit.LogN] - 0.5; float64(need) > limit {
		return fmt.Errorf("needs a modulus of %d bits for %.1f bits of precision, ring degree 2^%d allows %.0f", need, want, lit.LogN, limit)
	}
	count := (need + 54) / 55
	bits := make([]int, count)
	for i := range bits {
		bits[i] = (need + count - 1) / count
	}
	lit.Q, _, err = rlwe.GenModuli(lit.LogN+2, bits, nil)
	return err
}

func clamp(v float64, low, high int) int { return min(max(int(math.Ceil(v)), low), high) }

// slope is the steepest an activation gets on the samples, 1 without one.
func (k *compiler) slope(features []feature, first *matrix, quadratic bool) (float64, error) {
	list, err := split(k.prefix)
	if err != nil {
		return 0, err
	}
	if list, err = arrange(list, quadratic, false); err != nil {
		return 0, err
	}
	poly := list[0].poly
	if poly == nil {
		return 1, nil
	}
	_, plane := channels(list[0].out)
	steepest, values := 0.0, make([]float64, len(features))
	for _, x := range k.o.Samples {
		for i, f := range features {
			values[i] = f.value(x)
		}
		for i, z := range first.apply(values) {
			steepest = max(steepest, math.Abs(2*poly.A[i/plane]*z+poly.B[i/plane]))
		}
	}
	return steepest, nil
}
