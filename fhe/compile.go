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
	Keyless         bool        // only plans without evaluation keys
	Raw             bool        // the output never leaves the user: it is not flooded, and Bits are those before
	Tau             int         // releases per key the flooding must allow; default 1
	StatisticalBits int         // of the flooding; default 30
	Samples         [][]float64 // representative inputs, for ranges and noise; default: random ones
	OutputBound     float64     // largest absolute output; default: from intervals, or 32 times that of the samples
	Threads         int         // for the trial run; default all cores
	Machine         Machine     // that evaluates; default the reference machine
	InputBytes      int64       // the most that one input may take on the wire; default any number
	Memory          int64       // bytes that weights, keys and an evaluation may take there; default 4 GiB
	Link            float64     // bytes a second between user and worker, to weigh transfers with; default 25e6
}

// boundFactor is the room for outputs larger than those of the samples: products of activations have heavy tails.
const boundFactor = 32

// maxTrials bounds the plans that are tried under a throw-away key.
const maxTrials = 12

// spread is how many bits plans of one family and scale differ by.
const spread = 0.25

// maxPlannedSeconds is what a plan may take on the machine it is made for: the limit of a job is 60 s, and the
// prediction may be off.
const maxPlannedSeconds = 36

// FloodFactor is the standard deviation of the flooding, in each coefficient, over that of the circuit's noise in each
// coefficient: sqrt(12 tau k) 2^(s/2), for tau releases of k values each under one key and s bits of statistical
// security (Li, Micciancio, Schultz and Sorrell, "Securing Approximate Homomorphic Encryption Using Differential
// Privacy", eprint 2022/816: their t bounds the Euclidean norm of the noise in all that is released, which is sqrt(k)
// times what one coefficient has). The derivation is in docs/decisions/0006-flooding.md.
func FloodFactor(tau, statisticalBits, values int) float64 {
	return math.Sqrt(12*float64(tau)*float64(values)) * math.Exp2(float64(statisticalBits)/2)
}

// compiler carries what all candidate plans share.
type compiler struct {
	prefix   Prefix
	skeleton Prefix
	o        Options
	values   int     // of the output
	largest  float64 // absolute output on the samples
	least    float64 // of the largest of each sample
	bound    float64 // declared

	// what candidates share, by the start of the plan and by layouts
	programs [4]*program
	failed   [4]error
	grouped  map[*program]classes
	placed   map[string]placed
	packable map[string]bool
}

// Compile finds the cheapest plan for a prefix in seconds of computation and transfer: keyless or levelled, starting
// from windows of the input, from products of its values, or from the input in slots. It tries plans on the samples
// under a throw-away key, cheapest predicted first, and takes the first that keeps the wanted bits. Equal prefixes and
// options give equal plans, up to the figures of the trial. The error wraps ErrUnplannable, ErrPrefix or the context's.
func Compile(ctx context.Context, p Prefix, o Options) (Plan, error) {
	if err := p.Validate(); err != nil {
		return Plan{}, err
	}
	k := newCompiler(p, o)
	if err := k.prepare(); err != nil {
		return Plan{}, err
	}
	candidates, reasons := k.candidates(ctx)
	if err := ctx.Err(); err != nil {
		return Plan{}, err
	}
	type family struct {
		logN, gain int
		late       bool
	}
	short := map[family]float64{} // the scale below which plans are known to lack precision
	for trials := 0; trials < maxTrials && len(candidates) > 0; {
		c := candidates[0]
		candidates = candidates[1:]
		of := family{c.logN, c.gain, c.late}
		if float64(c.scale) < short[of] {
			continue
		}
		lit, err := c.build()
		if err != nil {
			reasons = append(reasons, fmt.Errorf("%s: %w", c.what, err))
			continue
		}
		trials++
		plan, missing, err := k.try(ctx, lit)
		if err == nil {
			return plan, nil
		}
		if ctx.Err() != nil {
			return Plan{}, ctx.Err()
		}
		if missing > 0 && c.scale > 0 {
			short[of] = max(short[of], float64(c.scale)+missing-spread)
		}
		reasons = append(reasons, fmt.Errorf("%s: %w", c.what, err))
	}
	return Plan{}, fmt.Errorf("%w: cut earlier or ask for fewer bits: %w", ErrUnplannable, errors.Join(reasons...))
}

func newCompiler(p Prefix, o Options) *compiler {
	return &compiler{prefix: p, skeleton: p.Skeleton(), o: o, grouped: map[*program]classes{}, placed: map[string]placed{}, packable: map[string]bool{}}
}

func (k *compiler) prepare() error {
	o := &k.o
	if o.Low == 0 && o.High == 0 {
		o.High = 1
	}
	if o.Bits == 0 {
		o.Bits = 8
	}
	if o.Machine == (Machine{}) {
		o.Machine = ReferenceMachine()
	}
	if o.Link == 0 {
		o.Link = 25e6
	}
	if o.Memory == 0 {
		o.Memory = 4 << 30
	}
	o.Tau, o.Threads = max(o.Tau, 1), workers(o.Threads)
	if o.StatisticalBits == 0 {
		o.StatisticalBits = 30
	}
	if !(o.Low < o.High) || math.IsInf(o.Low, 0) || math.IsInf(o.High, 0) || o.Bits < 1 || o.Bits > 40 || o.StatisticalBits < 30 || o.StatisticalBits > 64 {
		return fmt.Errorf("options: range [%v, %v], %v bits, %d statistical bits (at least 30)", o.Low, o.High, o.Bits, o.StatisticalBits)
	}
	if err := o.Machine.Validate(); err != nil {
		return fmt.Errorf("options: %w", err)
	}
	if !(o.Link > 0) {
		return fmt.Errorf("options: link of %v bytes a second", o.Link)
	}
	if len(o.Samples) == 0 {
		o.Samples = randomInputs(size(k.prefix.Input), o.Low, o.High)
	}
	return k.boundOutput()
}

// boundOutput checks the samples and bounds the output by them.
func (k *compiler) boundOutput() error {
	o := &k.o
	for i, x := range o.Samples {
		if len(x) != size(k.prefix.Input) {
			return fmt.Errorf("options: sample %d has %d values, want %d", i, len(x), size(k.prefix.Input))
		}
		for _, v := range x {
			if !(v >= o.Low && v <= o.High) {
				return fmt.Errorf("options: sample %d holds %v, outside [%v, %v]", i, v, o.Low, o.High)
			}
		}
		out := k.prefix.eval(x)
		k.values = len(out)
		largest := 0.0
		for _, v := range out {
			largest = max(largest, math.Abs(v))
		}
		k.largest = max(k.largest, largest)
		if i == 0 || largest < k.least {
			k.least = largest
		}
	}
	if !(k.largest > 0) || math.IsInf(k.largest, 0) {
		return fmt.Errorf("options: the prefix gives %v on every sample", k.largest)
	}
	k.bound = o.OutputBound
	if k.bound == 0 {
		k.bound = min(boundFactor*k.largest, slices.Max(k.prefix.magnitude(max(math.Abs(o.Low), math.Abs(o.High)))))
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

// flood is the number of bits that flooding takes.
func (k *compiler) flood() float64 {
	if k.o.Raw {
		return 0
	}
	return math.Log2(k.floodFactor())
}

func (k *compiler) floodFactor() float64 { return FloodFactor(k.o.Tau, k.o.StatisticalBits, k.values) }

// candidate is an untried plan with its predicted cost in seconds, transfers included.
type candidate struct {
	what  string
	logN  int
	scale int // log2, 0 for a keyless plan
	gain  int // by which the scale of the output is higher
	late  bool
	score float64
	build func() (PlanLiteral, error)
}

// candidates lists what may work, cheapest first, and why other ways cannot.
func (k *compiler) candidates(ctx context.Context) (list []candidate, reasons []error) {
	for _, quadratic := range []bool{false, true} {
		for logN := minLogN; logN <= maxLogN; logN++ {
			c, err := k.keylessCandidate(quadratic, logN)
			if err == nil {
				list = append(list, c)
			} else if logN == maxLogN {
				reasons = append(reasons, fmt.Errorf("keyless plan from %s: %w", start(quadratic), err))
			}
		}
	}
	for _, kind := range []string{inputWindow, inputProd, inputSlots} {
		if k.o.Keyless {
			break
		}
		if ctx.Err() != nil {
			return nil, []error{ctx.Err()}
		}
		found, err := k.levelledCandidates(kind)
		if err != nil {
			reasons = append(reasons, fmt.Errorf("plan from %s: %w", kind, err))
		}
		list = append(list, found...)
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(a.score, b.score) })
	return list, reasons
}

func start(quadratic bool) string {
	if quadratic {
		return inputProd
	}
	return inputWindow
}

// levelledCandidates are the levelled plans of one kind of input that promise the wanted bits.
func (k *compiler) levelledCandidates(kind string) (list []candidate, failed error) {
	for _, closing := range k.closings() {
		g, err := k.structure(kind == inputProd, closing)
		if err != nil {
			failed = err
			continue
		}
		ranks, _ := g.ranks()
		for special := 1; special <= maxSpecial; special++ {
			for _, merged := range []bool{false, true} {
				found, err := k.underSizes(g, kind, ranks, special, merged)
				list = append(list, found...)
				if err != nil {
					failed = err
				}
			}
		}
	}
	return list, failed
}

// closings says whether the last activation must, or may, be followed by an identity: a square is cheaper to evaluate,
// two factors need no such map.
func (k *compiler) closings() []bool {
	for _, l := range slices.Backward(k.skeleton.Layers) {
		switch {
		case l.Poly != nil && l.Poly.folds():
			return []bool{false, true}
		case l.Reshape == nil && l.Pool == nil:
			return []bool{false}
		}
	}
	return []bool{false}
}

// underSizes tries moduli from the smallest promising ones, at the two least ring degrees that hold them.
func (k *compiler) underSizes(g *program, kind string, ranks []rank, special int, merged bool) (list []candidate, failed error) {
	const noiseBits = 16 // what a circuit costs about, between its scale and its precision
	want := int(k.o.Bits + k.flood() + noiseBits)
	degrees := 0
	for logN := minLogN; logN <= maxLogN && degrees < 2; logN++ {
		tried, found := 0, false
		for _, limit := range []int{want - 2, want + 2, want + 7, maxScale} {
			s, err := k.largestSizes(ranks, logN, special, limit, merged, true)
			if err == nil && s.scale == tried {
				continue
			}
			if err != nil {
				failed = fmt.Errorf("ring degree 2^%d: %w", logN, err)
				continue
			}
			tried = s.scale
			for _, late := range []bool{false, true} {
				c, err := k.levelledCandidate(g, kind, logN, s, merged, late)
				if err != nil {
					failed = fmt.Errorf("ring degree 2^%d: %w", logN, err)
					continue
				}
				if list, found = append(list, c), true; s.last < s.scale {
					if s, err = k.largestSizes(ranks, logN, special, s.scale, merged, false); err == nil {
						list = append(list, k.raised(c, g, kind, s, merged))
					}
				}
			}
		}
		if found {
			degrees++
		}
	}
	return list, failed
}

// raised is what may do if the lower scale of an output leaves too few bits. Its arrangement is searched for only then.
func (k *compiler) raised(c candidate, g *program, kind string, s sizes, merged bool) candidate {
	const slower = 1.3 // with a wide bottom prime
	logN, late := c.logN, c.late
	c.what += ", the output's scale raised"
	c.score *= slower
	c.gain = s.last - s.scale
	c.build = func() (PlanLiteral, error) {
		c, err := k.levelledCandidate(g, kind, logN, s, merged, late)
		if err != nil {
			return PlanLiteral{}, err
		}
		return c.build()
	}
	return c
}

func (k *compiler) levelledCandidate(g *program, kind string, logN int, s sizes, merged, late bool) (candidate, error) {
	c := candidate{what: fmt.Sprintf("plan from %s, ring degree 2^%d, %d+%d primes, scale 2^%d", kind, logN, len(s.q), len(s.p), s.scale), logN: logN, scale: s.scale, gain: s.last - s.scale, late: late}
	if most := k.precision(logN, s.last); most < k.o.Bits {
		return c, fmt.Errorf("at most %.1f bits would be left, want %.1f", most, k.o.Bits)
	}
	lit := k.base(kind == inputProd, logN)
	lit.Closing = g.closing
	a, err := k.newArranger(g, lit, s, merged, late)
	if err != nil {
		return c, err
	}
	states, err := a.arrange(kind)
	if err != nil {
		return c, err
	}
	c.score = states[0].price
	seconds := 0.0
	for n, st := range states[0].choices {
		seconds += a.seconds(st[0], states[0].geo.stages[n], n, 1)
	}
	if seconds > maxPlannedSeconds {
		return c, fmt.Errorf("it would take %.0f s, at most %d are allowed", seconds, maxPlannedSeconds)
	}
	c.build = func() (lit PlanLiteral, err error) {
		for _, s := range states {
			if lit, err = a.complete(s); err == nil {
				return lit, nil
			}
		}
		return lit, err
	}
	return c, nil
}

// structure is the program without weights, built once.
func (k *compiler) structure(quadratic, closing bool) (*program, error) {
	i := 0
	if quadratic {
		i++
	}
	if closing {
		i += 2
	}
	if k.programs[i] == nil && k.failed[i] == nil {
		k.programs[i], k.failed[i] = assemble(k.skeleton, quadratic, closing, structure)
	}
	return k.programs[i], k.failed[i]
}

// margin is the safety factor on measured noise.
const margin = 2

// luck is by how many bits the worst error of a trial may be smaller than that of other keys, where no flooding comes on top.
const luck = 0.2

// left is how many bits of the largest output survive the flooding of a noise.
func (k *compiler) left(plan Plan, noiseStd float64) float64 {
	return math.Log2(k.largest / plan.SlotStd(noiseStd*k.floodFactor()))
}

// base is what every candidate starts from.
func (k *compiler) base(quadratic bool, logN int) PlanLiteral {
	// The noise stands in for what the trial will measure: above the floor of any circuit.
	return PlanLiteral{
		Version: planVersion, Input: k.skeleton.Input, Layers: k.skeleton.Layers, LogN: logN, Outputs: 1,
		Packing:     InputLiteral{Low: k.o.Low, High: k.o.High, Quadratic: quadratic, Copies: 1, Rolls: 1},
		OutputBound: k.bound, NoiseStd: math.MaxFloat64,
	}
}

// trialInputs are the inputs of a trial: two samples, and more, or again, if outputs are so few that noise in all of them
// may be small by chance.
func (k *compiler) trialInputs() [][]float64 {
	const runs, values = 2, 16
	list := make([][]float64, max(min(runs, len(k.o.Samples)), (values+k.values-1)/k.values))
	for i := range list {
		list[i] = k.o.Samples[i%len(k.o.Samples)]
	}
	return list
}

// try measures a plan's noise and precision on a few samples and completes it. missing is how many bits it lacks.
func (k *compiler) try(ctx context.Context, lit PlanLiteral) (plan Plan, missing float64, err error) {
	if plan, err = NewPlan(lit); err != nil {
		return Plan{}, 0, err
	}
	if need := plan.Memory(k.o.Machine.Cores).Total(); need > k.o.Memory {
		return Plan{}, 0, fmt.Errorf("it would take %d MB of memory, at most %d are allowed", need>>20, k.o.Memory>>20)
	}
	m, err := measure(ctx, plan, k.prefix, k.trialInputs(), k.o.Threads)
	if err != nil {
		return Plan{}, 0, err
	}
	lit.NoiseStd = max(margin*m.noiseStd, plan.c.noiseFloor())
	lit.PrecisionBits = math.Floor(10*m.bits) / 10
	if plan, err = NewPlan(lit); err != nil {
		return Plan{}, 0, err
	}
	left := m.bits - luck
	if !k.o.Raw {
		left = min(m.bits, k.left(plan, lit.NoiseStd)) // errors that grow with values show in few slots, and hardly in the deviation
	}
	if left < k.o.Bits {
		return Plan{}, k.o.Bits - left, fmt.Errorf("%.1f bits before flooding leave %.1f, want %.1f", m.bits, left, k.o.Bits)
	}
	if !k.o.Raw {
		err = plan.c.roomFor(lit.NoiseStd * k.floodFactor())
	}
	return plan, 0, err
}
