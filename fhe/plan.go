package fhe

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
)

// ErrPlan marks a plan that is malformed or contradicts itself.
var ErrPlan = errors.New("invalid plan")

const (
	planVersion  = 2
	maxPlanBytes = 1 << 20
	maxPrimes    = 32
	maxSteps     = 512 // rotations in one list of a stage

	maxOutputLevel = 3 // of a levelled plan
)

// PlanLiteral is an unchecked plan. NewPlan makes the checked type of it.
type PlanLiteral struct {
	Version       int            `cbor:"version"`
	Input         []int          `cbor:"input"`  // skeleton of the prefix: input shape
	Layers        []Layer        `cbor:"layers"` // and layers without weights
	LogN          int            `cbor:"logN"`
	Q             []uint64       `cbor:"q"`
	P             []uint64       `cbor:"p"`
	Packing       InputLiteral   `cbor:"packing"`
	Stages        []StageLiteral `cbor:"stages"`        // none: the plan is keyless
	Closing       bool           `cbor:"closing"`       // an identity follows the last activation: what stands outside its square
	Outputs       int            `cbor:"outputs"`       // ciphertexts of an output
	LogWeights    int            `cbor:"logWeights"`    // scale of the weights of a keyless plan
	OutputBound   float64        `cbor:"outputBound"`   // declared largest absolute output
	NoiseStd      float64        `cbor:"noiseStd"`      // declared noise of the circuit, see Plan.NoiseStd
	PrecisionBits float64        `cbor:"precisionBits"` // measured by the compiler, before flooding
}

// Plan says how one prefix is evaluated. It is immutable and comes only from NewPlan, ParsePlan or Compile; the zero
// value is no plan and every method that can fails on it.
type Plan struct{ c *checkedPlan }

type checkedPlan struct {
	lit     PlanLiteral
	bytes   []byte
	digest  [32]byte
	params  ckks.Parameters
	shape   []int // of the output
	geo     *geometry
	packing func() (*packed, error)
}

// Rotation is a Galois key a plan needs: the shift in slots and the highest level it is used at.
type Rotation struct{ Step, Level int }

// NewPlan checks a literal: its skeleton, its security, its primes, its layouts, its bounds.
func NewPlan(lit PlanLiteral) (Plan, error) {
	b, err := encodeCBOR(lit)
	if err != nil {
		return Plan{}, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	return ParsePlan(b)
}

// ParsePlan reads what MarshalBinary wrote, and nothing else.
func ParsePlan(b []byte) (p Plan, err error) {
	defer recoverTo(&err, ErrPlan)
	if len(b) > maxPlanBytes {
		return Plan{}, fmt.Errorf("%w: %d bytes, at most %d", ErrPlan, len(b), maxPlanBytes)
	}
	c := &checkedPlan{bytes: slices.Clone(b), digest: digest("plan", b)}
	if err := decodeCBOR(b, &c.lit); err != nil {
		return Plan{}, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	if err := c.check(); err != nil {
		if errors.Is(err, ErrInsecure) {
			return Plan{}, err
		}
		return Plan{}, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	c.packing = sync.OnceValues(c.pack)
	return Plan{c}, nil
}

// MarshalBinary returns the plan as deterministic CBOR.
func (p Plan) MarshalBinary() ([]byte, error) {
	if p.c == nil {
		return nil, fmt.Errorf("%w: empty", ErrPlan)
	}
	return slices.Clone(p.c.bytes), nil
}

// Digest is SHA-256("encompute/plan/v1" || 0 || MarshalBinary()).
func (p Plan) Digest() [32]byte {
	if p.c == nil {
		return [32]byte{}
	}
	return p.c.digest
}

func digest(what string, b []byte) [32]byte {
	return sha256.Sum256(append([]byte("encompute/"+what+"/v1\x00"), b...))
}

// ErrEngine marks a failure of the engine itself, which neither user nor creator can mend.
var ErrEngine = errors.New("engine failure")

// recoverTo turns a panic of the cryptographic library into an error.
func recoverTo(err *error, kind error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: %s", kind, panicText(r))
	}
}

// panicText tells of a panic only what the runtime says: anything else may hold values.
func panicText(r any) string {
	if e, ok := r.(runtime.Error); ok {
		return e.Error()
	}
	return "panic in the cryptographic library"
}

func (c *checkedPlan) check() error {
	lit := c.lit
	if lit.Version != planVersion {
		return fmt.Errorf("version %d, want %d", lit.Version, planVersion)
	}
	skeleton := Prefix{Input: lit.Input, Layers: lit.Layers}
	shapes, err := skeleton.Shapes()
	if err != nil {
		return err
	}
	bare, err := encodeCBOR(skeleton.Skeleton().Layers)
	if err != nil {
		return err
	}
	if given, err := encodeCBOR(lit.Layers); err != nil || string(bare) != string(given) {
		return fmt.Errorf("layers: a plan carries no weights")
	}
	c.shape = shapes[len(shapes)-1]
	if err := checkSecurity(lit.LogN, lit.Q, lit.P); err != nil {
		return err
	}
	if err := checkPrimes(lit); err != nil {
		return err
	}
	if err := lit.checkNumbers(); err != nil {
		return err
	}
	if c.geo, err = newGeometry(lit); err != nil {
		return err
	}
	if level := c.outputLevel(); !c.keyless() && level > maxOutputLevel {
		return fmt.Errorf("output keeps %d primes, at most %d", level+1, maxOutputLevel+1)
	}
	if c.params, err = lit.parameters(); err != nil {
		return fmt.Errorf("parameters: %w", err)
	}
	if logQ := logOf(lit.Q[:c.outputLevel()+1]); float64(c.outputLogScale())+math.Log2(lit.OutputBound)+1 > logQ {
		return fmt.Errorf("outputBound %v at scale 2^%d does not fit a modulus of %.0f bits", lit.OutputBound, c.outputLogScale(), logQ)
	}
	if floor := c.noiseFloor(); lit.NoiseStd < floor {
		return fmt.Errorf("noiseStd %v is below %v, the least noise of such a circuit", lit.NoiseStd, floor)
	}
	return nil
}

// parameters are those of the scheme.
func (lit PlanLiteral) parameters() (ckks.Parameters, error) {
	return ckks.NewParametersFromLiteral(ckks.ParametersLiteral{
		LogN: lit.LogN, Q: lit.Q, P: lit.P, LogDefaultScale: 40, RingType: ring.ConjugateInvariant,
	})
}

// checkNumbers checks the fields that stand alone.
func (lit PlanLiteral) checkNumbers() error {
	for name, f := range map[string]float64{"outputBound": lit.OutputBound, "noiseStd": lit.NoiseStd} {
		if !(f > 0) || math.IsInf(f, 0) {
			return fmt.Errorf("%s: %v, want a positive number", name, f)
		}
	}
	if math.IsNaN(lit.PrecisionBits) || math.Abs(lit.PrecisionBits) > 200 {
		return fmt.Errorf("precisionBits: %v", lit.PrecisionBits)
	}
	in := lit.Packing
	if !(in.Low < in.High) || math.IsInf(in.Low, 0) || math.IsInf(in.High, 0) {
		return fmt.Errorf("packing: input range [%v, %v] is empty", in.Low, in.High)
	}
	if in.Ciphertexts < 1 || in.Ciphertexts > maxInputs || in.LogScale < 10 || in.LogScale > 60 {
		return fmt.Errorf("packing: %d ciphertexts at scale 2^%d", in.Ciphertexts, in.LogScale)
	}
	if lit.Outputs < 1 || lit.Outputs > maxOutputs {
		return fmt.Errorf("outputs: %d ciphertexts", lit.Outputs)
	}
	return nil
}

func checkPrimes(lit PlanLiteral) error {
	if len(lit.Q) < 1 || len(lit.Q)+len(lit.P) > maxPrimes {
		return fmt.Errorf("%d primes, want 1 to %d", len(lit.Q)+len(lit.P), maxPrimes)
	}
	if (len(lit.Stages) == 0) != (len(lit.P) == 0) {
		return fmt.Errorf("p: special primes belong to levelled plans only")
	}
	seen := map[uint64]bool{}
	for _, q := range slices.Concat(lit.Q, lit.P) {
		if q < 1<<18 || q >= 1<<60 || q%(4<<lit.LogN) != 1 || seen[q] {
			return fmt.Errorf("prime %d: want distinct primes of 18 to 60 bits that are 1 modulo 2^%d", q, lit.LogN+2)
		}
		seen[q] = true
	}
	return nil
}
