package fhe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// ErrUnplannable says that no plan runs the prefix with the wanted precision; it wraps the reasons.
var ErrUnplannable = errors.New("no plan fits")

// Options tell the compiler what a plan must achieve. Zero values mean the defaults.
type Options struct {
	Low, High       float64     // accepted input values; both zero: 0 to 1
	Bits            float64     // bits of the largest output that must survive flooding; default 8
	Tau             int         // releases per key the flooding must allow; default 1
	StatisticalBits int         // of the flooding; default 30
	Samples         [][]float64 // representative inputs, for ranges and noise; default: random ones
	OutputBound     float64     // largest absolute output; default: from intervals, or 32 times that of the samples
	Threads         int         // for the trial run; default all cores
}

// linkBytesPerSecond weighs bytes against seconds when plans are compared.
const linkBytesPerSecond = 25e6

// boundFactor is the room for outputs larger than those of the samples: products of activations have heavy tails.
const boundFactor = 32

// maxTrials bounds the plans that are tried under a throw-away key.
const maxTrials = 4

// FloodFactor is the standard deviation of the flooding over that of the circuit's noise: sqrt(12 tau) 2^(s/2), for
// tau releases under one key and s bits of statistical security (Li, Micciancio, Schultz and Sorrell, "Securing
// Approximate Homomorphic Encryption Using Differential Privacy", eprint 2022/816, with the constant as corrected in
// OpenFHE's documentation of its noise-flooding mode).
func FloodFactor(tau, statisticalBits int) float64 {
	return math.Sqrt(12*float64(tau)) * math.Exp2(float64(statisticalBits)/2)
}

// compiler carries what all candidate plans share.
type compiler struct {
	prefix   Prefix
	skeleton Prefix
	o        Options
	largest  float64 // absolute output on the samples
	bound    float64 // declared

	// what candidates share, by the start of the plan and by layouts
	programs [4]*program
	failed   [4]error
	grouped  map[*program]classes
	shifts   map[string][]int
}

// Compile finds the cheapest plan for a prefix: keyless if one linear map and at most one square suffice and fit,
// else levelled; starting from the input or from products of it, whichever costs less. It tries plans on the samples
// under a throw-away key, cheapest predicted first, and takes the first that keeps the wanted bits.
func Compile(p Prefix, o Options) (Plan, error) {
	if err := p.Validate(); err != nil {
		return Plan{}, err
	}
	k := newCompiler(p, o)
	if err := k.prepare(); err != nil {
		return Plan{}, err
	}
	candidates, reasons := k.candidates()
	for i, c := range candidates {
		if i == maxTrials {
			break
		}
		plan, err := k.try(c.lit)
		if err == nil {
			return plan, nil
		}
		reasons = append(reasons, fmt.Errorf("%s: %w", c.what, err))
	}
	return Plan{}, fmt.Errorf("%w: cut earlier or ask for fewer bits: %w", ErrUnplannable, errors.Join(reasons...))
}

func newCompiler(p Prefix, o Options) *compiler {
	return &compiler{prefix: p, skeleton: p.Skeleton(), o: o, grouped: map[*program]classes{}, shifts: map[string][]int{}}
}

func (k *compiler) prepare() error {
	o := &k.o
	if o.Low == 0 && o.High == 0 {
		o.High = 1
	}
	if o.Bits == 0 {
		o.Bits = 8
	}
	o.Tau, o.Threads = max(o.Tau, 1), workers(o.Threads)
	if o.StatisticalBits == 0 {
		o.StatisticalBits = 30
	}
	if !(o.Low < o.High) || math.IsInf(o.Low, 0) || math.IsInf(o.High, 0) || o.Bits < 1 || o.Bits > 40 || o.StatisticalBits < 30 || o.StatisticalBits > 64 {
		return fmt.Errorf("options: range [%v, %v], %v bits, %d statistical bits (at least 30)", o.Low, o.High, o.Bits, o.StatisticalBits)
	}
	if len(o.Samples) == 0 {
		o.Samples = randomInputs(size(k.prefix.Input), o.Low, o.High)
	}
	for i, x := range o.Samples {
		if len(x) != size(k.prefix.Input) {
			return fmt.Errorf("options: sample %d has %d values, want %d", i, len(x), size(k.prefix.Input))
		}
		for _, v := range x {
			if !(v >= o.Low && v <= o.High) {
				return fmt.Errorf("options: sample %d holds %v, outside [%v, %v]", i, v, o.Low, o.High)
			}
		}
		for _, v := range k.prefix.eval(x) {
			k.largest = max(k.largest, math.Abs(v))
		}
	}
	if !(k.largest > 0) || math.IsInf(k.largest, 0) {
		return fmt.Errorf("options: the prefix gives %v on every sample", k.largest)
	}
	k.bound = o.OutputBound
	if k.bound == 0 {
		k.bound = min(boundFactor*k.largest, k.interval())
	}
	if k.bound < k.largest || math.IsInf(k.bound, 0) {
		return fmt.Errorf("options: output bound %v, but a sample gives %v", k.bound, k.largest)
	}
	return nil
}

// randomInputs are test inputs, not secrets: constants and uniform values from a fixed seed.
func randomInputs(n int, low, high float64) [][]float64 {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	list := make([][]float64, 8)
	for i := range list {
		list[i] = make([]float64, n)
		for j := range list[i] {
			switch i {
			case 0:
				list[i][j] = low + (high-low)*float64(j+1)/float64(n)
			case 1:
				list[i][j] = high
			default:
				list[i][j] = low + (high-low)*r.Float64()
			}
		}
	}
	return list
}

// interval bounds the outputs over all accepted inputs, by magnitudes. Deep prefixes make it useless but correct.
func (k *compiler) interval() float64 {
	in := k.prefix.Input
	bound := make([]float64, size(in))
	for i := range bound {
		bound[i] = max(math.Abs(k.o.Low), math.Abs(k.o.High))
	}
	for _, l := range k.prefix.Layers {
		out, _ := l.out(in)
		if l.Poly != nil {
			_, plane := channels(in)
			for i, v := range bound {
				c := i / plane
				bound[i] = math.Abs(l.Poly.A[c])*v*v + math.Abs(l.Poly.B[c])*v + math.Abs(l.Poly.C[c])
			}
		} else if m, err := l.matrix(in, out, true); err == nil {
			for i := range m.val {
				m.val[i] = math.Abs(m.val[i])
			}
			for i := range m.bias {
				m.bias[i] = math.Abs(m.bias[i])
			}
			bound = m.apply(bound)
		} else {
			return math.Inf(1)
		}
		in = out
	}
	return slices.Max(bound)
}

// flood is the number of bits that flooding takes.
func (k *compiler) flood() float64 { return math.Log2(FloodFactor(k.o.Tau, k.o.StatisticalBits)) }

// candidate is an untried plan with its predicted cost in seconds, transfer included.
type candidate struct {
	what  string
	lit   PlanLiteral
	score float64
}

// candidates lists what may work, keyless plans first and then the cheapest, and why other ways cannot.
func (k *compiler) candidates() (list []candidate, reasons []error) {
	consider := func(what string, quadratic bool, logN int, build func() (PlanLiteral, error)) {
		what += " plan from the input"
		if quadratic {
			what += "'s products"
		}
		what = fmt.Sprintf("%s, ring degree 2^%d", what, logN)
		lit, err := build()
		if err == nil {
			var score float64
			if score, err = k.score(lit); err == nil {
				list = append(list, candidate{what, lit, score})
				return
			}
		}
		reasons = append(reasons, fmt.Errorf("%s: %w", what, err))
	}
	for _, quadratic := range []bool{false, true} {
		for logN := minLogN; logN <= maxLogN; logN++ {
			consider("keyless", quadratic, logN, func() (PlanLiteral, error) { return k.keyless(quadratic, logN) })
			for special := 1; special <= maxSpecial; special++ {
				consider("levelled", quadratic, logN, func() (PlanLiteral, error) { return k.levelled(quadratic, logN, special) })
			}
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(len(a.lit.P), 0)-cmp.Compare(len(b.lit.P), 0), cmp.Compare(a.score, b.score))
	})
	return list, reasons
}

// score is the predicted cost of a plan in seconds, if its noise can be small enough at all.
func (k *compiler) score(lit PlanLiteral) (float64, error) {
	plan, err := NewPlan(lit)
	if err != nil {
		return 0, err
	}
	if left := k.left(plan, plan.c.noiseFloor()); left < k.o.Bits {
		return 0, fmt.Errorf("at most %.1f bits would survive flooding, want %.1f", left, k.o.Bits)
	}
	info := plan.Info()
	return info.PredictedSeconds + float64(info.KeysBytes+info.InputBytes+info.OutputBytes)/linkBytesPerSecond, nil
}

// margin is the safety factor on measured noise.
const margin = 2

// left is how many bits of the largest output survive the flooding of a noise.
func (k *compiler) left(plan Plan, noiseStd float64) float64 {
	return math.Log2(k.largest / plan.SlotStd(noiseStd*FloodFactor(k.o.Tau, k.o.StatisticalBits)))
}

// base is what every candidate starts from.
func (k *compiler) base(quadratic bool, logN int) PlanLiteral {
	// The noise stands in for what the trial will measure: above the floor of any circuit.
	return PlanLiteral{
		Version: planVersion, Input: k.skeleton.Input, Layers: k.skeleton.Layers, LogN: logN, Outputs: 1,
		Packing:     InputLiteral{Low: k.o.Low, High: k.o.High, Quadratic: quadratic, Copies: 1},
		OutputBound: k.bound, NoiseStd: math.MaxFloat64,
	}
}

// try measures a plan's noise and precision on a few samples and completes it.
func (k *compiler) try(lit PlanLiteral) (Plan, error) {
	plan, err := NewPlan(lit)
	if err != nil {
		return Plan{}, err
	}
	const runs = 2
	m, err := measure(context.Background(), plan, k.prefix, k.o.Samples[:min(runs, len(k.o.Samples))], k.o.Threads)
	if err != nil {
		return Plan{}, err
	}
	lit.NoiseStd = max(margin*m.noiseStd, plan.c.noiseFloor())
	lit.PrecisionBits = math.Floor(10*m.bits) / 10
	if plan, err = NewPlan(lit); err != nil {
		return Plan{}, err
	}
	if left := k.left(plan, lit.NoiseStd); left < k.o.Bits {
		return Plan{}, fmt.Errorf("%.1f bits before flooding leave %.1f, want %.1f", m.bits, left, k.o.Bits)
	}
	return plan, plan.c.roomFor(lit.NoiseStd * FloodFactor(k.o.Tau, k.o.StatisticalBits))
}
