package fhe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
	"github.com/tuneinsight/lattigo/v5/utils/sampling"

	"github.com/encrypted-compute/encompute/ring52"
)

// ErrMachine marks figures that no computer has.
var ErrMachine = errors.New("implausible machine")

// Machine is how fast a computer does the operations that a plan is made of, in nanoseconds on one core.
type Machine struct {
	Butterfly  float64 `json:"butterfly"`  // one butterfly of a number-theoretic transform
	Extend     float64 `json:"extend"`     // one coefficient of a basis extension, per digit and limb split or extended to
	KeyProduct float64 `json:"keyProduct"` // one coefficient of a key-switching inner product, per digit and polynomial
	Permute    float64 `json:"permute"`    // one coefficient of an automorphism with its addition, per polynomial
	Multiply   float64 `json:"multiply"`   // one coefficient of a fused multiply-add with a plaintext, per polynomial
	Add        float64 `json:"add"`        // one coefficient of an addition
	WideNTT    float64 `json:"wideNTT"`    // how much longer transforms take modulo primes of 2^50 and more
	WideSum    float64 `json:"wideSum"`    // and sums of products
	Cores      int     `json:"cores"`      // goroutines of an evaluation
	Speedup    float64 `json:"speedup"`    // of all of them over one, on work that is bound by memory; 1 to Cores
}

// ReferenceMachine is one core of a server with AVX-512 IFMA, as every processor with TDX has it: a fourth-generation
// Xeon, by Calibrate.
func ReferenceMachine() Machine {
	return Machine{Butterfly: 0.24, Extend: 0.3, KeyProduct: 0.37, Permute: 0.55, Multiply: 0.4, Add: 0.32, WideNTT: 3.3, WideSum: 1.2, Cores: 1, Speedup: 1}
}

// The bounds of a plausible machine.
const (
	leastNs  = 0.01   // of an operation
	mostNs   = 10_000 // of one under a race detector, with a dozen others
	maxCores = 4096
)

// Validate refuses figures that are no numbers or that no computer has; the error wraps ErrMachine.
func (m Machine) Validate() error {
	for _, f := range []struct {
		name  string
		value float64
	}{
		{"butterfly", m.Butterfly},
		{"extend", m.Extend},
		{"keyProduct", m.KeyProduct},
		{"permute", m.Permute},
		{"multiply", m.Multiply},
		{"add", m.Add},
		{"wideNTT", m.WideNTT},
		{"wideSum", m.WideSum},
	} {
		if !(f.value >= leastNs && f.value <= mostNs) { // nor if it is not a number
			return fmt.Errorf("%w: %s is %v ns, want %v to %v", ErrMachine, f.name, f.value, leastNs, mostNs)
		}
	}
	if m.Cores < 1 || m.Cores > maxCores {
		return fmt.Errorf("%w: cores is %d, want 1 to %d", ErrMachine, m.Cores, maxCores)
	}
	if !(m.Speedup >= 1 && m.Speedup <= float64(m.Cores)) {
		return fmt.Errorf("%w: speedup is %v, want 1 to %d, the cores", ErrMachine, m.Speedup, m.Cores)
	}
	return nil
}

// MarshalBinary returns the canonical bytes of the machine.
func (m Machine) MarshalBinary() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	type plain Machine // without this method
	return encodeCBOR(plain(m))
}

// maxMachineBytes bounds a machine in its canonical bytes.
const maxMachineBytes = 256

// ParseMachine reads what MarshalBinary wrote, and nothing else; the error wraps ErrMachine.
func ParseMachine(b []byte) (m Machine, err error) {
	if len(b) > maxMachineBytes {
		return m, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrMachine, len(b), maxMachineBytes)
	}
	type plain Machine
	if err := decodeCBOR(b, (*plain)(&m)); err != nil {
		return Machine{}, fmt.Errorf("%w: %w", ErrMachine, err)
	}
	if err := m.Validate(); err != nil {
		return Machine{}, err
	}
	return m, nil
}

// Calibrate measures this machine for evaluations on a number of goroutines (0: all cores). It takes a few hundred
// milliseconds, and ends early with the context.
func Calibrate(ctx context.Context, goroutines int) (m Machine, err error) {
	defer recoverTo(&err, ErrEngine)
	m.Cores = workers(goroutines)
	b, err := newBench(ctx, calibrationSet, m.Cores)
	if err != nil {
		return Machine{}, fmt.Errorf("calibrate: %w", err)
	}
	n, limbs, digits := b.size()
	t := b.fastest(
		b.transform,
		b.digit,
		b.keyProduct,
		b.rotate,
		b.add,
		func() { b.multiply(1) },
		func() { b.multiply(m.Cores) },
		func() { b.oneTransform(b.wide) },
		func() { b.oneTransform(b.narrow) },
		func() { b.oneSum(b.wide, limbsOfExtended(b.x), 0, 0, 0) },
	)
	if b.err != nil {
		return Machine{}, fmt.Errorf("calibrate: %w", b.err)
	}
	for i := range t {
		t[i] /= limbs * n // of one coefficient
	}
	transform, digit, product, rotation, addition, one, all := t[0], t[1], t[2], t[3], t[4], t[5], t[6]
	m.Butterfly = transform / (float64(b.params.LogN()) / 2)
	// On a busy machine the difference of two times may come out below zero.
	m.Extend = max(leastNs, digit-transform*(limbs-float64(b.params.PCount()))/limbs)
	m.KeyProduct = product / (2 * digits)
	m.Permute = max(leastNs, (rotation-product)/2)
	one, all = one*limbs, all*limbs // they take one limb at a time
	m.Multiply = one / float64(2*len(b.plain))
	m.Add = addition
	m.WideNTT = max(1, t[7]/t[8])
	m.WideSum = max(1, t[9]*limbs/float64(2*len(b.plain))/m.Multiply)
	m.Speedup = min(max(float64(m.Cores)*one/all, 1), float64(m.Cores))
	return m, m.Validate()
}

// benchSet is the primes of a measurement, in bits, in a conjugate-invariant ring.
type benchSet struct {
	logN int
	q, p []int
}

// calibrationSet is that of a deep prefix, so that keys and digits do not fit into the nearest caches.
var calibrationSet = benchSet{14, []int{45, 45, 45, 45, 45, 45}, []int{45, 45}}

// calibrationPlain is how many plaintexts are multiplied: together more than nearby caches hold, since an evaluation
// reads every plaintext once.
const calibrationPlain = 40

// wideCalibrationPrime has 56 bits and is 1 modulo 2^17.
const wideCalibrationPrime = 1<<55 + 1<<19 + 1

// bench holds what the timed operations work on: random residues, because reductions of zeros are quicker. After an
// error it times nothing more.
type bench struct {
	ctx    context.Context
	err    error
	params ckks.Parameters
	engine *engine
	ev     *rlwe.Evaluator
	key    *rlwe.GaloisKey
	ct     *rlwe.Ciphertext
	coeffs ring.Poly // half of ct, not transformed
	digits decomposition
	x, out extended
	plain  [][][]uint64  // by limb; more than nearby caches hold, since an evaluation reads every plaintext once
	sums   [][2][]uint64 // one for each goroutine

	wide, narrow *ring52.Prime
	order        []uint64
	scratch      *scratch
	turn         int
}

func (s benchSet) parameters() (ckks.Parameters, error) {
	return ckks.NewParametersFromLiteral(ckks.ParametersLiteral{
		LogN: s.logN, LogQ: s.q, LogP: s.p, LogDefaultScale: 40, RingType: ring.ConjugateInvariant,
	})
}

func newBench(ctx context.Context, set benchSet, goroutines int) (*bench, error) {
	params, err := set.parameters()
	if err != nil {
		return nil, err
	}
	wide, err := ring.NewRingConjugateInvariant(params.N(), []uint64{wideCalibrationPrime})
	if err != nil {
		return nil, err
	}
	prng, err := sampling.NewPRNG()
	if err != nil {
		return nil, err
	}
	level, levelP := params.MaxLevel(), params.MaxLevelP()
	b := &bench{
		ctx: ctx, params: params, wide: ring52.NewPrimes(wide, true)[0],
		engine: &engine{c: &checkedPlan{params: params}, ctx: ctx, threads: 1, moduli: newModuli(params, true), pool: newLimbPool(params.N())},
		key:    rlwe.NewGaloisKey(params), ct: rlwe.NewCiphertext(params, 1, level),
		x: rlwe.NewElementExtended(params, 1, level, levelP), out: rlwe.NewElementExtended(params, 1, level, levelP),
		coeffs: params.RingQ().NewPoly(),
		plain:  make([][][]uint64, calibrationPlain),
		sums:   make([][2][]uint64, goroutines),
	}
	b.ct.IsNTT, b.out.IsNTT = true, true
	b.key.GaloisElement = params.GaloisElement(1)
	b.ev = rlwe.NewEvaluator(params, rlwe.NewMemEvaluationKeySet(nil, b.key))
	b.order = b.ev.AutomorphismIndex(b.key.GaloisElement)
	b.scratch, b.narrow = b.engine.newScratch(level), b.engine.moduli.q[0]

	uniform := ringqp.NewUniformSampler(prng, *params.RingQP())
	for k := range 2 {
		uniform.Read(b.x.Value[k])
		b.ct.Value[k].CopyLvl(level, b.x.Value[k].Q)
		for _, digit := range b.key.Value {
			uniform.Read(digit[0][k])
		}
	}
	if b.digits, err = b.engine.decompose(b.ct.Value[1].Coeffs, level); err != nil {
		return nil, err
	}
	b.engine.setLimb(b.scratch, b.digits, level+1) // no digit has this limb itself
	for at := range b.engine.places(level, level+1) {
		b.scratch.finish(at)
	}
	for i := range b.plain {
		p := b.x.Value[0].CopyNew()
		b.plain[i] = slices.Concat(p.Q.Coeffs, p.P.Coeffs)
	}
	for i := range b.sums {
		b.sums[i] = [2][]uint64{make([]uint64, params.N()), make([]uint64, params.N())}
	}
	return b, nil
}

// size returns coefficients, limbs and digits.
func (b *bench) size() (n, limbs, digits float64) {
	return float64(b.params.N()), float64(b.params.QCount() + b.params.PCount()), float64(len(b.digits.rows))
}

func (b *bench) transform() {
	level := b.params.MaxLevel()
	b.eachLimb(func(l int) {
		b.engine.prime(level, l).NTT(limb(b.x.Value[0], level, l), limb(b.out.Value[0], level, l))
	})
}

func (b *bench) add() {
	level := b.params.MaxLevel()
	b.eachLimb(func(l int) {
		sum := limb(b.out.Value[0], level, l)
		b.engine.prime(level, l).Add(sum, limb(b.x.Value[0], level, l), sum)
	})
}

func (b *bench) inverse() { b.params.RingQ().INTT(b.ct.Value[1], b.coeffs) }

// digit splits the first, which has as many limbs as there are special primes, and extends it to all others.
func (b *bench) digit() {
	level, rows := b.params.MaxLevel(), b.digits.rows[0]
	digit := b.engine.moduli.digits[level][0]
	digit.extension.Split(b.coeffs.Coeffs[:digit.last], rows)
	for k := range level + 1 + b.params.PCount() - digit.last {
		prime := b.engine.prime(level, k+digit.last)
		digit.extension.Extend(rows, k, b.scratch.digits[0])
		prime.BeginNTT(b.scratch.digits[0], b.scratch.digits[0])
		for part := range prime.Parts() {
			prime.FinishNTT(b.scratch.digits[0], part)
		}
	}
}

// eachLimb calls f for all limbs of an extended polynomial.
func (b *bench) eachLimb(f func(l int)) {
	for l := range b.params.QCount() + b.params.PCount() {
		f(l)
	}
}

// keyProduct takes digits as they happen to be.
func (b *bench) keyProduct() {
	b.eachPlace(func(at place) {
		b.scratch.keyProduct(&b.key.GadgetCiphertext, at, [2][]uint64{at.in(b.scratch.sum[0]), at.in(b.scratch.sum[1])})
	})
}

func (b *bench) rotate() {
	key := rotationKey{&b.key.GadgetCiphertext, b.order}
	b.eachPlace(func(at place) { b.scratch.addKeyed(key, nil, at, target{b.out, true}) })
}

// eachPlace calls f for all parts of all limbs, with digits in place.
func (b *bench) eachPlace(f func(at place)) {
	b.eachLimb(func(l int) {
		for at := range b.engine.places(b.params.MaxLevel(), l) {
			b.scratch.setFactors(at)
			f(at)
		}
	})
}

// multiply adds up the products of all plaintexts with one limb of two polynomials, another limb each time, on each of a
// number of goroutines.
func (b *bench) multiply(goroutines int) {
	x, limbs := limbsOfExtended(b.x), b.params.QCount()+b.params.PCount()
	b.turn++
	b.fail(parallel(b.ctx, goroutines, goroutines, func(_, g int) error {
		l := (b.turn + g*limbs/goroutines) % limbs
		b.oneSum(b.engine.prime(b.params.MaxLevel(), l), x, l, g, g*len(b.plain)/goroutines)
		return nil
	}))
}

// oneTransform is that of one limb of small words.
func (b *bench) oneTransform(prime *ring52.Prime) { prime.NTT(b.coeffs.Coeffs[0], b.sums[0][0]) }

// oneSum adds up the products of all plaintexts, from the given one on, with limb l of two polynomials, for a goroutine.
func (b *bench) oneSum(prime *ring52.Prime, x limbs, l, goroutine, first int) {
	s := ring52.Sum{Out0: b.sums[goroutine][0], Out1: b.sums[goroutine][1]}
	for i := range b.plain {
		p := b.plain[(i+first)%len(b.plain)] // all at different places
		s.A0, s.A1, s.B = append(s.A0, x[0][l]), append(s.A1, x[1][l]), append(s.B, p[l])
	}
	prime.Sums(s)
}

// The operations are timed in turn, several times over, so that a busy moment does not spoil all samples of one. Each is
// short, so that some samples are not interrupted even on a busy machine.
const (
	rounds    = 5
	roundTime = 5 * time.Millisecond // of one operation
)

// fastest returns the least time of each operation, in nanoseconds: whatever else the machine does only adds to it.
func (b *bench) fastest(operations ...func()) []float64 {
	least := make([]float64, len(operations))
	for round := range rounds {
		for i, do := range operations {
			for start, n := time.Now(), 0; n == 0 || time.Since(start) < roundTime; n++ {
				if b.fail(b.ctx.Err()); b.err != nil {
					return least
				}
				begin := time.Now()
				do()
				if t := float64(time.Since(begin)); round+n == 0 || t < least[i] {
					least[i] = t
				}
			}
		}
	}
	return least
}

func (b *bench) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}
