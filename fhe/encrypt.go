package fhe

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
	"github.com/tuneinsight/lattigo/v5/utils/sampling"
)

// ErrInput marks an input the plan does not accept.
var ErrInput = errors.New("invalid input")

// packed says what the user puts where and finds where.
type packed struct {
	features []feature
	inputs   [][]int32 // per input ciphertext: feature in each slot of a period
	outputs  [][]int32 // per output ciphertext: value in each slot of a period
}

// pack derives the packing from the plan's skeleton.
func (c *checkedPlan) pack() (p *packed, err error) {
	defer recoverTo(&err, ErrPlan)
	lit := c.lit
	features, first, err := firstMap(Prefix{Input: lit.Input, Layers: lit.Layers}, lit.Packing.Quadratic, false)
	if err != nil {
		return nil, err
	}
	p = &packed{features: features}
	if c.keyless() {
		err = p.columnwise(lit, first, c.slots())
	} else {
		last := lit.Stages[len(lit.Stages)-1].Layout
		p.outputs = [][]int32{last.index(c.shape)}
		p.inputs, err = lit.Packing.sources(classify(first), lit.Stages[0].Layout, c.geo.stages[0].out)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: packing: %w", ErrPlan, err)
	}
	if len(p.inputs) != lit.Packing.Ciphertexts || len(p.outputs) != lit.Outputs {
		return nil, fmt.Errorf("%w: packing: %d inputs and %d outputs declared, the layers need %d and %d",
			ErrPlan, lit.Packing.Ciphertexts, lit.Outputs, len(p.inputs), len(p.outputs))
	}
	return p, nil
}

func (p *packed) columnwise(lit PlanLiteral, first *matrix, slots int) error {
	w, err := packColumnwise(first, slots)
	if err != nil {
		return err
	}
	if w.classes.width > maxInputs {
		return fmt.Errorf("%d ciphertexts, at most %d", w.classes.width, maxInputs)
	}
	for t := range w.classes.width {
		p.inputs = append(p.inputs, w.source(t, slots))
	}
	for range w.outputs {
		index := make([]int32, slots)
		for s := range index {
			index[s] = -1
		}
		p.outputs = append(p.outputs, index)
	}
	for i := range first.rows() {
		u, s := w.place(i)
		p.outputs[u][s] = int32(i)
	}
	return nil
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
	prng, err := sampling.NewKeyedPRNG(seed[:])
	if err != nil {
		return nil, fmt.Errorf("encrypt input: %w", err)
	}
	if err := enc.WithPRNG(prng).Encrypt(pt, ct); err != nil {
		return nil, fmt.Errorf("encrypt input: %w", err)
	}
	return c.appendPoly(append(b, seed[:]...), ct.Value[0], c.lit.Q), nil
}

// parseInput reads what Encrypt wrote.
func (c *checkedPlan) parseInput(b []byte) (list []*rlwe.Ciphertext, err error) {
	defer recoverTo(&err, ErrBlob)
	if int64(len(b)) != c.inputBytes() {
		return nil, fmt.Errorf("%w: input has %d bytes, want %d", ErrBlob, len(b), c.inputBytes())
	}
	if err := c.readHeader(bytesReader(b), magicInput); err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	b = b[headerBytes:]
	level := c.params.MaxLevel()
	for range c.lit.Packing.Ciphertexts {
		ct := c.newCiphertext(1, level, exp2(c.lit.Packing.LogScale))
		next, err := c.uniform(b[:seedBytes], level, -1)
		if err != nil {
			return nil, err
		}
		if b, err = c.parsePoly(b[seedBytes:], ct.Value[0], c.lit.Q); err != nil {
			return nil, fmt.Errorf("input: %w", err)
		}
		next(ringqp.Poly{Q: ct.Value[1]})
		list = append(list, ct)
	}
	return list, nil
}
