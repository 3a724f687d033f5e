package privacy

import (
	"fmt"
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/protocol"
)

// Mechanism is a checked protocol.Mechanism for intermediates of one shape.
type Mechanism struct {
	lit    protocol.Mechanism
	in     []int
	values int // that are handed over
}

// NewMechanism checks a mechanism against the shape of the intermediate.
func NewMechanism(lit protocol.Mechanism, in []int) (Mechanism, error) {
	if err := lit.Validate(in); err != nil {
		return Mechanism{}, err
	}
	return Mechanism{lit, slices.Clone(in), size(lit.Shape(in))}, nil
}

// Values is how many numbers are handed over.
func (m Mechanism) Values() int { return m.values }

// Literal returns what the manifest says.
func (m Mechanism) Literal() protocol.Mechanism { return m.lit }

// Cap is the most that one release tells of the input, in bits, on average over a population in which values have the
// declared deviations: (k/2) log2(1 + 1/r^2) for k values with noise of r times their deviation, the capacity of k
// Gaussian channels. Nil if there is no noise: then nothing bounds it. Correlated values tell less.
func (m Mechanism) Cap() *float64 { return m.capacity(1) }

// HardCap is Cap without trust in the declared deviations: no value is further from its mean than clip times that, so
// that (k/2) log2(1 + clip^2/r^2) holds for every population.
func (m Mechanism) HardCap() *float64 { return m.capacity(m.lit.Clip) }

// capacity is that of the noise for signals of the given deviation over the declared one.
func (m Mechanism) capacity(signal float64) *float64 {
	if m.lit.Noise == 0 {
		return nil
	}
	bits := float64(m.values) / 2 * math.Log2(1+signal*signal/(m.lit.Noise*m.lit.Noise))
	if m.lit.Bits > 0 {
		bits = min(bits, float64(m.values*m.lit.Bits))
	}
	return &bits
}

// Plain is what is handed over of an intermediate before bounds, noise and quantisation: layers and projection.
func (m Mechanism) Plain(x []float64) ([]float64, error) {
	if len(x) != size(m.in) {
		return nil, fmt.Errorf("%w: %d values, the mechanism takes %d", ErrReleased, len(x), size(m.in))
	}
	values, _ := m.linear(x, 0)
	return values, nil
}

// Apply is what would be handed over of an intermediate: Plain, then bounds, noise and quantisation. It is for attacks
// and estimates; only Flooded.Release makes something that may leave.
func (m Mechanism) Apply(x []float64, key NoiseKey, s Subject) ([]float64, error) {
	values, err := m.Plain(x)
	if err != nil {
		return nil, err
	}
	_, err = m.finish(values, key, s)
	return values, err
}

// finish bounds values in place, adds noise to them and quantises them, and counts those that were out of bounds.
func (m Mechanism) finish(values []float64, key NoiseKey, s Subject) (clipped int, err error) {
	clipped = m.clip(values)
	if m.lit.Noise > 0 {
		err = m.addNoise(values, key, s)
	}
	m.quantise(values)
	return clipped, err
}

// Bound is the largest absolute value that can be handed over of an intermediate up to in; noise ends at 10 deviations.
func (m Mechanism) Bound(in float64) (bound float64) {
	if m.lit.Clip > 0 {
		for i := range m.lit.Std {
			low, high := m.bounds(i, 10)
			bound = max(bound, math.Abs(low), math.Abs(high))
		}
		return bound * (1 + 1e-9)
	}
	p := m.lit.Projection
	if p == nil {
		return in
	}
	n := len(p.Matrix) / p.Rows
	for i := range p.Rows {
		sum := 0.0
		for j, w := range p.Matrix[i*n : (i+1)*n] {
			mean := 0.0
			if len(p.Mean) > 0 {
				mean = p.Mean[j]
			}
			sum += math.Abs(w) * (in + math.Abs(mean))
		}
		bound = max(bound, sum)
	}
	return bound
}

// Steps describes what is done after flooding, a line each, in order.
func (m Mechanism) Steps() (lines []string) {
	if m.lit.ProjectedFrom > 0 {
		lines = append(lines, fmt.Sprintf("project %d values to %d, still encrypted", m.lit.ProjectedFrom, size(m.in)))
	}
	shape := m.in
	for _, l := range m.lit.Layers {
		next := protocol.Mechanism{Layers: []protocol.ClientLayer{l}}.Shape(shape)
		lines = append(lines, fmt.Sprintf("%s on this machine: %v to %v", l.Kind, shape, next))
		shape = next
	}
	if m.lit.Projection != nil {
		lines = append(lines, fmt.Sprintf("project %d values to %d on this machine", size(shape), m.values))
	}
	if m.lit.Clip > 0 {
		lines = append(lines, fmt.Sprintf("bound each value to %g deviations around its mean", m.lit.Clip))
	}
	if m.lit.Noise > 0 {
		lines = append(lines, fmt.Sprintf("add noise of %g deviations to each value", m.lit.Noise))
	}
	if m.lit.Bits > 0 {
		lines = append(lines, fmt.Sprintf("quantise each value to %d bits", m.lit.Bits))
	}
	return lines
}

// linear applies layers and projection to a copy of x. slack is how far a value of x may be off; what it comes to is
// returned for each result: no layer makes errors larger, a row of a matrix sums them.
func (m Mechanism) linear(x []float64, slack float64) (values, slacks []float64) {
	values, shape := slices.Clone(x), m.in
	for _, l := range m.lit.Layers {
		values = applyLayer(l, values, shape)
		shape = protocol.Mechanism{Layers: []protocol.ClientLayer{l}}.Shape(shape)
	}
	p := m.lit.Projection
	if p == nil {
		return values, slices.Repeat([]float64{slack}, len(values))
	}
	n := len(values)
	out, slacks := make([]float64, p.Rows), make([]float64, p.Rows)
	for i := range out {
		for j, w := range p.Matrix[i*n : (i+1)*n] {
			v := values[j]
			if len(p.Mean) > 0 {
				v -= p.Mean[j]
			}
			out[i] += w * v
			slacks[i] += math.Abs(w) * slack
		}
	}
	return out, slacks
}

// applyLayer computes a layer without parameters, as ONNX defines it.
func applyLayer(l protocol.ClientLayer, x []float64, shape []int) []float64 {
	if l.Kind == protocol.LayerRelu {
		for i, v := range x {
			x[i] = max(v, 0)
		}
		return x
	}
	out := protocol.Mechanism{Layers: []protocol.ClientLayer{l}}.Shape(shape)
	height, width := shape[1], shape[2]
	y := make([]float64, 0, size(out))
	for c := range out[0] {
		for i := range out[1] {
			for j := range out[2] {
				top, left := i*l.Strides[0]-l.Pads[0], j*l.Strides[1]-l.Pads[1]
				most := math.Inf(-1)
				for a := max(top, 0); a < min(top+l.Kernel[0], height); a++ {
					for b := max(left, 0); b < min(left+l.Kernel[1], width); b++ {
						most = max(most, x[(c*height+a)*width+b])
					}
				}
				y = append(y, most)
			}
		}
	}
	return y
}

// bounds are those of a value, with room for some deviations of noise; infinite without clipping.
func (m Mechanism) bounds(i int, tails float64) (low, high float64) {
	if m.lit.Clip == 0 {
		return math.Inf(-1), math.Inf(1)
	}
	mean, reach := 0.0, (m.lit.Clip+tails*m.lit.Noise)*m.lit.Std[i]
	if len(m.lit.Mean) > 0 {
		mean = m.lit.Mean[i]
	}
	return mean - reach, mean + reach
}

// clip bounds the values and counts those that were out of bounds.
func (m Mechanism) clip(x []float64) (clipped int) {
	for i, v := range x {
		low, high := m.bounds(i, 0)
		if x[i] = min(max(v, low), high); x[i] != v {
			clipped++
		}
	}
	return clipped
}

// addNoise adds Gaussian noise that follows from the key and the subject.
func (m Mechanism) addNoise(x []float64, key NoiseKey, s Subject) error {
	var err error
	if s.Mechanism, err = m.lit.Digest(); err != nil {
		return err
	}
	noise, err := key.Normal(s, len(x))
	if err != nil {
		return err
	}
	for i, v := range noise {
		x[i] += m.lit.Noise * m.lit.Std[i] * v
	}
	return nil
}

// tails is how many deviations of noise the range of quantised values has room for.
const tails = 4

// grid is the step of a value on which it is handed over: 2^Bits-1 steps reach from end to end of its range. Without
// quantisation, noise still ends on a grid, 2^-10 of it, so that its lowest digits, which depend on how floating point
// rounds, tell nothing (Mironov, "On Significance of the Least Significant Bits for Differential Privacy", CCS 2012).
// 0: as it is.
func (m Mechanism) grid(i int) float64 {
	switch {
	case m.lit.Bits > 0:
		low, high := m.bounds(i, tails)
		return (high - low) / (math.Exp2(float64(m.lit.Bits)) - 1)
	case m.lit.Noise > 0:
		return math.Exp2(math.Floor(math.Log2(m.lit.Noise*m.lit.Std[i])) - 10)
	}
	return 0
}

// quantise puts the values on their grids. With Bits, they end within their ranges too.
func (m Mechanism) quantise(x []float64) {
	for i, v := range x {
		step := m.grid(i)
		if step == 0 {
			continue
		}
		if m.lit.Bits == 0 {
			x[i] = step * math.RoundToEven(v/step)
			continue
		}
		low, high := m.bounds(i, tails)
		x[i] = low + step*math.RoundToEven((min(max(v, low), high)-low)/step)
	}
}
