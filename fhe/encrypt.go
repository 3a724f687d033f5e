package fhe

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
)

// ErrInput marks an input the plan does not accept.
var ErrInput = errors.New("invalid input")

// packed says what the user puts where and finds where.
type packed struct {
	features []feature
	inputs   [][]int32 // per input ciphertext: feature in each slot of a period
	outputs  [][]int32 // per output ciphertext: value in each slot of a period
	uniform  bool      // of a keyless plan: the weights of an output ciphertext are numbers
}

// pack derives the packing from the plan's skeleton.
func (c *checkedPlan) pack() (p *packed, err error) {
	defer recoverTo(&err, ErrPlan)
	if c.keyless() {
		p, err = c.packColumns()
	} else {
		p, err = c.packSlots()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: packing: %w", ErrPlan, err)
	}
	if len(p.inputs) != c.lit.Packing.Ciphertexts || len(p.outputs) != c.lit.Outputs {
		return nil, fmt.Errorf("%w: packing: %d inputs and %d outputs declared, the layers need %d and %d",
			ErrPlan, c.lit.Packing.Ciphertexts, c.lit.Outputs, len(p.inputs), len(p.outputs))
	}
	return p, nil
}

// packSlots is the packing of a levelled plan.
func (c *checkedPlan) packSlots() (*packed, error) {
	lit := c.lit
	p := &packed{}
	last, _ := c.geo.tensorAt(lit, len(lit.Stages))
	for part := range last.parts() {
		p.outputs = append(p.outputs, last.index(c.geo.program.stages[len(lit.Stages)-1].out, part))
	}
	if l := lit.Packing.Layout; l != nil {
		p.features = rawFeatures(size(lit.Input))
		for part := range l.parts() {
			p.inputs = append(p.inputs, l.index(lit.Input, part))
		}
		return p, nil
	}
	g, err := assemble(firstStage(Prefix{Input: lit.Input, Layers: lit.Layers}, lit.Packing.Quadratic), lit.Packing.Quadratic, false, structure)
	if err != nil {
		return nil, err
	}
	p.features = g.features
	p.inputs, err = lit.Packing.windows(classify(g.stages[0].maps[0]), lit.Stages[0].Layout, g.stages[0].mid)
	return p, err
}

// firstStage is the prefix up to the first activation, or the second if the first is computed by the user: as much as
// the packing depends on. A prefix that branches before is returned whole.
func firstStage(p Prefix, quadratic bool) Prefix {
	left := 1
	if quadratic {
		left = 2
	}
	for i, l := range p.Layers {
		if !slices.Equal(p.inputs(i), []int{i}) {
			return p
		}
		if l.Poly != nil {
			if left--; left == 0 {
				q := Prefix{Input: p.Input, Layers: p.Layers[:i+1]}
				if _, err := q.Shapes(); err == nil {
					return q
				}
			}
		}
	}
	return p
}

func (c *checkedPlan) inputBytes() int64 {
	return headerBytes + int64(c.lit.Packing.Ciphertexts)*(seedBytes+c.polyBytes(len(c.lit.Q)-1, false))
}

// Encrypt packs and encrypts an input: exactly Info.InputBytes bytes. Only the half of each ciphertext that is not
// uniform is sent, with the public seed of the other. x is the flat row-major tensor.
func (p Plan) Encrypt(sk *SecretKey, x []float64) (b []byte, err error) {
	if err := p.owns(sk); err != nil {
		return nil, err
	}
	defer recoverTo(&err, ErrInput)
	c := p.c
	if len(x) != size(c.lit.Input) {
		return nil, fmt.Errorf("%w: %d values, want %d (shape %v)", ErrInput, len(x), size(c.lit.Input), c.lit.Input)
	}
	for i, v := range x {
		if !(v >= c.lit.Packing.Low && v <= c.lit.Packing.High) {
			return nil, fmt.Errorf("%w: value %d is %v, want %v to %v (normalise as the model's card says)", ErrInput, i, v, c.lit.Packing.Low, c.lit.Packing.High)
		}
	}
	packing, err := c.packing()
	if err != nil {
		return nil, err
	}
	values := make([]float64, len(packing.features))
	for i, f := range packing.features {
		values[i] = f.value(x)
	}
	enc := rlwe.NewEncryptor(c.params, sk.sk)
	ecd := ckks.NewEncoder(c.params)
	pt := ckks.NewPlaintext(c.params, c.params.MaxLevel())
	pt.Scale = exp2(c.lit.Packing.LogScale)
	ct := ckks.NewCiphertext(c.params, 1, c.params.MaxLevel())
	b = append(make([]byte, 0, c.inputBytes()), c.header(magicInput)...)
	slots := make([]float64, c.slots())
	for _, src := range packing.inputs {
		for s := range slots {
			if slots[s] = 0; src[s%len(src)] >= 0 {
				slots[s] = values[src[s%len(src)]]
			}
		}
		if err := ecd.Encode(slots, pt); err != nil {
			return nil, fmt.Errorf("encode input: %w", err)
		}
		if b, err = c.appendFresh(b, enc, pt, ct); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// appendFresh encrypts pt into ct under a fresh public seed and appends seed and first half.
func (c *checkedPlan) appendFresh(b []byte, enc *rlwe.Encryptor, pt *rlwe.Plaintext, ct *rlwe.Ciphertext) ([]byte, error) {
	var seed [seedBytes]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, fmt.Errorf("encrypt input: %w", err)
	}
	prng, err := newSeedStream(seed[:])
	if err != nil {
		return nil, fmt.Errorf("encrypt input: %w", err)
	}
	if err := enc.WithPRNG(prng).Encrypt(pt, ct); err != nil {
		return nil, fmt.Errorf("encrypt input: %w", err)
	}
	return c.appendPoly(append(b, seed[:]...), ct.Value[0], c.lit.Q), nil
}

// Input is a user's encrypted input, expanded.
type Input struct {
	c    *checkedPlan
	list []*rlwe.Ciphertext
}

// LoadInput reads what Encrypt wrote.
func (e *Evaluator) LoadInput(b []byte) (in *Input, err error) {
	defer recoverTo(&err, ErrBlob)
	c := e.c
	if int64(len(b)) != c.inputBytes() {
		return nil, fmt.Errorf("%w: input has %d bytes, want %d", ErrBlob, len(b), c.inputBytes())
	}
	if err := c.readHeader(bytesReader(b), magicInput); err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	b = b[headerBytes:]
	size := len(b) / c.lit.Packing.Ciphertexts
	in = &Input{c: c, list: make([]*rlwe.Ciphertext, c.lit.Packing.Ciphertexts)}
	err = parallel(context.Background(), e.threads, len(in.list), func(_, i int) (err error) {
		in.list[i], err = c.parseFresh(b[i*size : (i+1)*size])
		return err
	})
	return in, err
}

// parseFresh reads what appendFresh wrote.
func (c *checkedPlan) parseFresh(b []byte) (*rlwe.Ciphertext, error) {
	level := c.params.MaxLevel()
	ct := c.newCiphertext(1, level, exp2(c.lit.Packing.LogScale))
	next, err := c.uniform(b[:seedBytes], level, -1)
	if err != nil {
		return nil, err
	}
	if _, err = c.parsePoly(b[seedBytes:], ct.Value[0], c.lit.Q); err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	next(ringqp.Poly{Q: ct.Value[1]})
	return ct, nil
}
