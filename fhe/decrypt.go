package fhe

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"sync"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
)

var (
	// ErrOutput marks a decrypted output that cannot be what the plan computes: values beyond the declared bound, or
	// anything in slots that must be empty.
	ErrOutput = errors.New("implausible output")
	// ErrNotFlooded marks an attempt to decode a decryption that is not safe to show to anybody.
	ErrNotFlooded = errors.New("decryption is not flooded")
	// ErrConsumed marks a second use of a decryption that may be used once.
	ErrConsumed = errors.New("decryption was already used")
)

// Decrypted is a decryption before decoding. Its coefficients contain noise that depends on the secret key: flood it,
// then decode it, once.
type Decrypted struct {
	c       *checkedPlan
	packing *packed

	mu      sync.Mutex
	plain   []*rlwe.Plaintext // coefficients, not transformed; nil once consumed
	sigma   float64
	flooded bool
}

// Decrypt reads and decrypts an output. Verify the worker's receipt before: a forged ciphertext attacks the key.
func (p Plan) Decrypt(sk *SecretKey, output []byte) (d *Decrypted, err error) {
	if err := p.owns(sk); err != nil {
		return nil, err
	}
	defer recoverTo(&err, ErrBlob)
	c := p.c
	if int64(len(output)) != c.outputBytes() {
		return nil, fmt.Errorf("%w: output has %d bytes, want %d", ErrBlob, len(output), c.outputBytes())
	}
	if err := c.readHeader(bytesReader(output), magicOutput); err != nil {
		return nil, fmt.Errorf("output: %w", err)
	}
	packing, err := c.packing()
	if err != nil {
		return nil, err
	}
	d = &Decrypted{c: c, packing: packing}
	level := c.outputLevel()
	dec := rlwe.NewDecryptor(c.params, sk.sk)
	b := output[headerBytes:]
	for range c.lit.Outputs {
		ct := c.newCiphertext(c.outputDegree(), level, exp2(c.outputLogScale()))
		for _, v := range ct.Value {
			if b, err = c.parsePoly(b, v, c.lit.Q[:level+1]); err != nil {
				return nil, fmt.Errorf("output: %w", err)
			}
		}
		pt := dec.DecryptNew(ct)
		c.params.RingQ().AtLevel(level).INTT(pt.Value, pt.Value)
		pt.IsNTT = false
		d.plain = append(d.plain, pt)
	}
	return d, nil
}

// LogScale is log2 of the scale: a value v stands in the slots as v * 2^LogScale.
func (d *Decrypted) LogScale() int { return d.c.outputLogScale() }

// Plan is the plan the output was made under.
func (d *Decrypted) Plan() Plan { return Plan{d.c} }

// Flood adds a discrete Gaussian of standard deviation sigma, in units of plaintext coefficients, to every
// coefficient. It works once. Package privacy knows which sigma hides the circuit's noise.
func (d *Decrypted) Flood(sigma float64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.plain == nil || d.flooded {
		return ErrConsumed
	}
	if !(sigma >= d.c.lit.NoiseStd) {
		return fmt.Errorf("flood: deviation %v hides nothing of the circuit's %v", sigma, d.c.lit.NoiseStd)
	}
	g, err := newGaussian(sigma)
	if err != nil {
		return fmt.Errorf("flood: %w", err)
	}
	if err := d.c.roomFor(sigma); err != nil {
		return err
	}
	x, r := new(big.Int), new(big.Int)
	for _, pt := range d.plain {
		for i := range pt.Value.Coeffs[0] {
			if err := g.draw(x); err != nil {
				d.plain = nil
				return fmt.Errorf("flood: %w", err)
			}
			for k, coeffs := range pt.Value.Coeffs {
				q := d.c.lit.Q[k]
				coeffs[i] = (coeffs[i] + r.Mod(x, new(big.Int).SetUint64(q)).Uint64()) % q
			}
		}
	}
	d.sigma, d.flooded = sigma, true
	return nil
}

// FloodFits says whether Flood would take noise of standard deviation sigma, so that it can be asked before there is
// anything to decrypt. The error wraps ErrPlan.
func (p Plan) FloodFits(sigma float64) error {
	if p.c == nil {
		return fmt.Errorf("%w: empty", ErrPlan)
	}
	return p.c.roomFor(sigma)
}

// roomFor refuses noise that the modulus has no room for beside the declared output bound.
func (c *checkedPlan) roomFor(sigma float64) error {
	have := logOf(c.lit.Q[:c.outputLevel()+1]) - 1
	need := math.Log2(c.lit.OutputBound*math.Exp2(float64(c.outputLogScale())) + 16*sigma)
	if !(need <= have) {
		return fmt.Errorf("%w: noise of 2^%.1f and outputs up to %v need %.1f bits, the modulus has %.1f", ErrPlan, math.Log2(sigma), c.lit.OutputBound, need, have)
	}
	return nil
}

// Decode returns the flat row-major tensor after the prefix and consumes the decryption. It demands that Flood was
// called, that every value is within the plan's bound and that unused slots are empty, up to the noise.
func (d *Decrypted) Decode() ([]float64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.plain == nil {
		return nil, ErrConsumed
	}
	if !d.flooded {
		return nil, fmt.Errorf("%w: release it through package privacy", ErrNotFlooded)
	}
	x, err := d.decode()
	d.plain = nil
	return x, err
}

// DecodeRawUnsafe returns the tensor without flooding, for tests and for measuring precision. Whoever sees these
// values and the ciphertext can compute the secret key (Li and Micciancio, eprint 2020/1533).
func (d *Decrypted) DecodeRawUnsafe() ([]float64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.plain == nil || d.flooded {
		return nil, ErrConsumed
	}
	return d.decode()
}

func (d *Decrypted) decode() (x []float64, err error) {
	defer recoverTo(&err, ErrOutput)
	c := d.c
	noise := math.Hypot(d.sigma, c.lit.NoiseStd)
	tolerance := 16 * Plan{c}.SlotStd(noise)
	ecd := ckks.NewEncoder(c.params)
	x = make([]float64, size(c.shape))
	for i := range x {
		x[i] = math.NaN()
	}
	slots := make([]float64, c.slots())
	for u, pt := range d.plain {
		if err := ecd.Decode(pt, slots); err != nil {
			return nil, fmt.Errorf("decode: %w", err)
		}
		index := d.packing.outputs[u]
		for s, v := range slots {
			i := index[s%len(index)]
			switch {
			case i >= 0 && math.IsNaN(x[i]):
				if !(math.Abs(v) <= c.lit.OutputBound+tolerance) {
					return nil, fmt.Errorf("%w: value %d is %v, the plan's bound is %v", ErrOutput, i, v, c.lit.OutputBound)
				}
				x[i] = v
			case i >= 0 && !(math.Abs(v-x[i]) <= 2*tolerance):
				return nil, fmt.Errorf("%w: value %d is %v in one slot and %v in another", ErrOutput, i, x[i], v)
			case i < 0 && !(math.Abs(v) <= tolerance):
				return nil, fmt.Errorf("%w: slot %d must be empty and holds %v", ErrOutput, s, v)
			}
		}
	}
	if slices.ContainsFunc(x, math.IsNaN) {
		return nil, fmt.Errorf("%w: not every value has a slot", ErrOutput)
	}
	return x, nil
}
