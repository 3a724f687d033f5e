package fhe

import (
	"fmt"
	"math"
	"slices"
)

// Info is what people and schedulers want to know of a plan.
type Info struct {
	Kind             string  // how the input is packed and whether there are keys, e.g. "levelled, windows"
	LogN             int     // log2 of the ring degree
	LogQP            float64 // bits of all moduli together
	Limbs            int     // primes, special ones included
	Levels           int     // rescalings
	Keyless          bool
	Quadratic        bool   // the user sends products of input values
	Steps            []Step // one per progress step
	Rotations        int    // Galois keys
	InputCiphertexts int
	KeysBytes        int64 // exact serialized sizes
	InputBytes       int64
	OutputBytes      int64
	PredictedSeconds float64 // of one evaluation on one reference core
	PrecisionBits    float64 // of the largest output, measured by the compiler before flooding
	NoiseStd         float64 // see Plan.NoiseStd
	OutputBound      float64 // largest absolute output the plan declares
	InputLow         float64 // accepted input values
	InputHigh        float64
	InputShape       []int
	OutputShape      []int
}

// Step is what an evaluation reports as done at once.
type Step struct {
	Name             string  // of its layers, e.g. "conv2+poly2"
	Level            int     // primes left when it begins, less one
	PredictedSeconds float64 // on one reference core
}

// Info describes the plan; of the zero plan it is zero.
func (p Plan) Info() Info {
	if p.c == nil {
		return Info{}
	}
	c := p.c
	lit := c.lit
	info := Info{
		LogN:             lit.LogN,
		Kind:             c.kind(),
		LogQP:            logOf(lit.Q, lit.P),
		Limbs:            len(lit.Q) + len(lit.P),
		Keyless:          c.keyless(),
		Quadratic:        lit.Packing.Quadratic,
		Rotations:        len(c.rotations()),
		InputCiphertexts: lit.Packing.Ciphertexts,
		KeysBytes:        c.keysBytes(),
		InputBytes:       c.inputBytes(),
		OutputBytes:      c.outputBytes(),
		PredictedSeconds: p.Predict(ReferenceMachine()),
		PrecisionBits:    lit.PrecisionBits,
		NoiseStd:         lit.NoiseStd,
		OutputBound:      lit.OutputBound,
		InputLow:         lit.Packing.Low,
		InputHigh:        lit.Packing.High,
		InputShape:       slices.Clone(lit.Input),
		OutputShape:      slices.Clone(c.shape),
	}
	seconds := c.seconds(ReferenceMachine())
	for i, s := range c.geo.program.stages {
		step := Step{Name: s.name(), Level: len(lit.Q) - 1, PredictedSeconds: seconds[i]}
		if !info.Keyless {
			step.Level = lit.Stages[i].Level
		}
		info.Steps = append(info.Steps, step)
	}
	if !info.Keyless {
		info.Levels = len(lit.Q) - 1 - c.outputLevel()
	}
	return info
}

// kind names the shape of the plan.
func (c *checkedPlan) kind() string {
	kind, input := "levelled", inputWindow
	if c.keyless() {
		kind = "keyless"
	}
	switch {
	case c.lit.Packing.Quadratic:
		input = inputProd
	case c.lit.Packing.Layout != nil:
		input = inputSlots
	}
	return kind + ", " + input
}

// Skeleton is the prefix the plan is for, without weights.
func (p Plan) Skeleton() Prefix {
	if p.c == nil {
		return Prefix{}
	}
	return Prefix{Input: p.c.lit.Input, Layers: p.c.lit.Layers}.Skeleton()
}

// Literal returns a copy of the plan's fields.
func (p Plan) Literal() (PlanLiteral, error) {
	var lit PlanLiteral
	if p.c == nil {
		return lit, fmt.Errorf("%w: empty", ErrPlan)
	}
	err := decodeCBOR(p.c.bytes, &lit)
	return lit, err
}

// Rotations lists the Galois keys the plan needs.
func (p Plan) Rotations() []Rotation {
	if p.c == nil {
		return nil
	}
	return p.c.rotations()
}

// NoiseStd is the noise t of the circuit: the standard deviation, in units of plaintext coefficients (scaled
// integers), of what decryption adds to the exact result in each coefficient, or in each direction in which a value is
// read if that is more. Flooding is proportional to it.
//
// The compiler measures it under a throw-away key on the samples it was given and doubles it; whoever published the
// plan (the creator) vouches for that figure, because it depends on the weights. What a user can check without the
// weights is a floor (see noiseFloor), and ParsePlan refuses a plan that declares less. A creator who lies above the
// floor weakens the flooding, by at most the logarithm of the true noise over the floor, and gains from it only
// together with somebody who holds the ciphertext.
func (p Plan) NoiseStd() float64 {
	if p.c == nil {
		return 0
	}
	return p.c.lit.NoiseStd
}

// noiseFloor is the analytic lower limit of NoiseStd, the larger of two:
//
//   - A rescaling rounds both halves of a ciphertext to integers: an error uniform in [-1/2, 1/2], of variance 1/12,
//     plus one times the ternary secret, of variance 2/3; in the conjugate-invariant ring a coefficient of that product
//     sums 2N terms. A keyless plan does not rescale; its least noise is that of a fresh ciphertext.
//   - A map of F features, each at most X, that reaches an output Y has weights of Euclidean norm Y/(X sqrt(F)) at
//     least, which multiply the noise of fresh ciphertexts. Y is the declared bound over twice the compiler's own
//     reserve. (A bias may reach Y without weights; then the floor is higher than need be, which does no harm.)
func (c *checkedPlan) noiseFloor() float64 {
	in, n := c.lit.Packing, float64(c.slots())
	rounding, features := freshStd, float64(in.Ciphertexts)
	if !c.keyless() {
		rounding = math.Sqrt(1.0/12 + 2*n*2/3/12)
		features *= n
	}
	reach := max(math.Abs(in.Low), math.Abs(in.High))
	if in.Quadratic {
		reach = max(reach, reach*reach)
	}
	weights := c.lit.OutputBound / (2 * boundFactor) / (reach * math.Sqrt(features))
	return max(rounding, freshStd*weights*math.Exp2(float64(c.outputLogScale()-in.LogScale)))
}

// freshStd is the standard deviation of the error of a fresh ciphertext.
const freshStd = 3.2

// SlotStd is the standard deviation that noise of std (in coefficient units) has in a decoded value.
func (p Plan) SlotStd(std float64) float64 {
	if p.c == nil {
		return math.NaN()
	}
	return std * math.Sqrt(2*float64(p.c.slots())) / math.Exp2(float64(p.c.outputLogScale()))
}
