package leakage

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Mechanism is what is done to the coefficients of a projection before they are released, in this order, all in units of
// each coefficient's standard deviation.
type Mechanism struct {
	Clip  float64 `json:"clip,omitempty"`         // largest magnitude; 0: not clipped
	Noise float64 `json:"noise"`                  // r: standard deviation of Gaussian noise; 0: none
	Bits  int     `json:"quantizeBits,omitempty"` // of each coefficient, over -range..range; 0: not quantized
}

// Limits of a Mechanism.
const (
	maxNoise = 1e3
	maxClip  = 1e3
	maxBits  = 24
	tails    = 4 // standard deviations of the noise that the quantized range has room for
)

func (m Mechanism) validate() error {
	switch {
	case !(m.Noise >= 0 && m.Noise <= maxNoise):
		return fmt.Errorf("%w: noise %v, want 0 to %v", ErrMechanism, m.Noise, float64(maxNoise))
	case !(m.Clip >= 0 && m.Clip <= maxClip):
		return fmt.Errorf("%w: clip %v, want 0 (not clipped) to %v", ErrMechanism, m.Clip, float64(maxClip))
	case m.Bits < 0 || m.Bits > maxBits:
		return fmt.Errorf("%w: quantize to %d bits, want 0 (not quantized) to %d", ErrMechanism, m.Bits, maxBits)
	case m.Bits > 0 && m.Clip == 0:
		return fmt.Errorf("%w: quantize to %d bits without a clip, which gives the range: set one", ErrMechanism, m.Bits)
	}
	return nil
}

// Range is the largest magnitude that a quantized coefficient can have: the clip and four standard deviations of the noise.
func (m Mechanism) Range() float64 { return m.Clip + tails*m.Noise }

// step is the distance of two quantized values.
func (m Mechanism) step() float64 {
	if m.Bits == 0 {
		return 0
	}
	return 2 * m.Range() / float64(int(1)<<m.Bits-1)
}

// variance is what noise and quantizing add to each coefficient.
func (m Mechanism) variance() float64 { return m.Noise*m.Noise + m.step()*m.step()/12 }

// clipped returns the coefficients within the clip.
func (m Mechanism) clipped(c Matrix) Matrix {
	out := c.clone()
	if m.Clip > 0 {
		for i, v := range out.Data {
			out.Data[i] = max(float32(-m.Clip), min(float32(m.Clip), v))
		}
	}
	return out
}

// release returns what the receiver sees of the coefficients.
func (m Mechanism) release(c Matrix, random *rand.Rand) Matrix {
	out := m.clipped(c)
	if m.Noise > 0 {
		for i := range out.Data {
			out.Data[i] += float32(m.Noise * random.NormFloat64())
		}
	}
	if step, limit := m.step(), m.Range(); step > 0 {
		for i, v := range out.Data {
			at := max(-limit, min(limit, float64(v)))
			out.Data[i] = float32(math.Round((at+limit)/step)*step - limit)
		}
	}
	return out
}
