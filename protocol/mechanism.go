package protocol

import (
	"fmt"
	"math"
	"slices"
)

// Limits of a Mechanism.
const (
	MaxNoise     = 1e3 // of Mechanism.Noise
	MaxClip      = 1e3 // of Mechanism.Clip
	MaxValueBits = 24  // of Mechanism.Bits

	maxClientLayers = 16
	maxProjection   = 1 << 18 // numbers in a matrix, so that it fits a manifest
)

// The kinds of ClientLayer.
const (
	LayerRelu    = "relu"
	LayerMaxPool = "maxpool"
)

// ClientLayer is a layer without parameters that the user's client computes after decryption.
type ClientLayer struct {
	Kind    string `json:"kind"`
	Kernel  [2]int `json:"kernel"`  // of a maxpool: height, width
	Strides [2]int `json:"strides"` // of a maxpool
	Pads    [4]int `json:"pads"`    // of a maxpool: top, left, bottom, right
}

// Projection is a linear map c = Matrix (z - Mean) to few coefficients.
type Projection struct {
	Rows   int       `json:"rows"`           // coefficients
	Matrix []float64 `json:"matrix"`         // Rows by size of z, row-major
	Mean   []float64 `json:"mean,omitempty"` // none means 0
}

// Mechanism says what the user's client makes of a decrypted intermediate before it hands it over, in this order: the
// layers, the projection, clipping, noise, quantisation. The creator chooses it for each cut and it stands in the
// manifest; so the user sees it before anything is paid. The zero value hands over what was decrypted, flooded and
// rounded.
type Mechanism struct {
	Layers     []ClientLayer `json:"layers,omitempty"`
	Projection *Projection   `json:"projection,omitempty"`
	// ProjectedFrom is set if the last matrix of the prefix is a projection already: the values that there were before.
	ProjectedFrom int `json:"projectedFrom,omitempty"`
	// Mean and Std are of each value that is handed over, on the creator's data, before noise.
	Mean []float64 `json:"mean,omitempty"` // none means 0
	Std  []float64 `json:"std,omitempty"`
	// Clip bounds every value to Mean plus or minus Clip times Std; 0 means no bounds.
	Clip float64 `json:"clip,omitempty"`
	// Noise is r: Gaussian noise of Noise times Std is added to every value; 0 means none. It needs Clip, which alone
	// bounds what a value can tell if Std is not what the creator says.
	Noise float64 `json:"noise,omitempty"`
	// Bits quantises every value to 2^Bits numbers from end to end of its bounds, which are made wider by four deviations of
	// the noise; 0 means that it is not. It needs Clip.
	Bits int `json:"bits,omitempty"`
}

// Digest identifies the mechanism; equal ones have equal digests.
func (m Mechanism) Digest() (Digest, error) {
	b, err := Marshal(m)
	if err != nil {
		return Digest{}, err
	}
	return NewDigest("release-mechanism", b), nil
}

// Shape returns the shape of what is handed over of an intermediate of shape in. The mechanism must be valid for it.
func (m Mechanism) Shape(in []int) []int {
	for _, l := range m.Layers {
		in = l.shape(in)
	}
	if m.Projection != nil {
		return []int{m.Projection.Rows}
	}
	return in
}

// Validate checks the mechanism against the shape of the intermediate that it is for; errors wrap ErrMalformed.
func (m Mechanism) Validate(in []int) error {
	n, err := shapeSize(in)
	if err != nil {
		return err
	}
	if len(m.Layers) > maxClientLayers {
		return fmt.Errorf("%w: release: %d layers, at most %d are allowed", ErrMalformed, len(m.Layers), maxClientLayers)
	}
	for i, l := range m.Layers {
		if err := l.check(in); err != nil {
			return fmt.Errorf("release: layer %d: %w", i, err)
		}
		in = l.shape(in)
		n, _ = shapeSize(in) // smaller than before
	}
	if m.Projection != nil {
		if err := m.Projection.check(n); err != nil {
			return fmt.Errorf("release: projection: %w", err)
		}
		n = m.Projection.Rows
	}
	if m.ProjectedFrom < 0 || m.ProjectedFrom > 1<<24 || m.ProjectedFrom > 0 && (m.ProjectedFrom < n || m.Projection != nil) {
		return fmt.Errorf("%w: release: projected from %d values to %d", ErrMalformed, m.ProjectedFrom, n)
	}
	return m.checkNumbers(n)
}

// checkNumbers checks what is done to each of n values.
func (m Mechanism) checkNumbers(n int) error {
	for _, f := range []struct {
		name       string
		value, max float64
	}{{"noise", m.Noise, MaxNoise}, {"clip", m.Clip, MaxClip}, {"bits", float64(m.Bits), MaxValueBits}} {
		if !(f.value >= 0 && f.value <= f.max) {
			return fmt.Errorf("%w: release: %s is %v, want 0 to %v", ErrMalformed, f.name, f.value, f.max)
		}
	}
	if m.Clip == 0 && (m.Noise > 0 || m.Bits > 0) {
		return fmt.Errorf("%w: release: noise and quantisation need bounds: set clip", ErrMalformed)
	}
	if m.Clip > 0 && len(m.Std) == 0 {
		return fmt.Errorf("%w: release: clip needs the std of each of %d values", ErrMalformed, n)
	}
	for name, list := range map[string][]float64{"mean": m.Mean, "std": m.Std} {
		if len(list) != 0 && len(list) != n {
			return fmt.Errorf("%w: release: %s has %d values, %d are handed over", ErrMalformed, name, len(list), n)
		}
		if !slices.ContainsFunc(list, func(v float64) bool { return !finite(v) || math.Abs(v) > 1e12 }) {
			continue
		}
		return fmt.Errorf("%w: release: %s holds numbers out of bounds", ErrMalformed, name)
	}
	if slices.ContainsFunc(m.Std, func(v float64) bool { return v < 1e-12 }) {
		return fmt.Errorf("%w: release: std must be positive", ErrMalformed)
	}
	return nil
}

func (p Projection) check(n int) error {
	if p.Rows < 1 || p.Rows > n || p.Rows > maxProjection/n {
		return fmt.Errorf("%w: %d rows for %d values", ErrMalformed, p.Rows, n)
	}
	if len(p.Matrix) != p.Rows*n || len(p.Mean) != 0 && len(p.Mean) != n {
		return fmt.Errorf("%w: matrix has %d numbers and mean %d, want %d and %d", ErrMalformed, len(p.Matrix), len(p.Mean), p.Rows*n, n)
	}
	if slices.ContainsFunc(slices.Concat(p.Matrix, p.Mean), func(v float64) bool { return !finite(v) || math.Abs(v) > 1e12 }) {
		return fmt.Errorf("%w: numbers out of bounds", ErrMalformed)
	}
	return nil
}

func (l ClientLayer) check(in []int) error {
	switch l.Kind {
	case LayerRelu:
		if l != (ClientLayer{Kind: LayerRelu}) {
			return fmt.Errorf("%w: a relu has no kernel, strides or pads", ErrMalformed)
		}
		return nil
	case LayerMaxPool:
	default:
		return fmt.Errorf("%w: kind is %q, must be %q or %q", ErrMalformed, l.Kind, LayerRelu, LayerMaxPool)
	}
	if len(in) != 3 {
		return fmt.Errorf("%w: a maxpool needs channels, height and width, not %v", ErrMalformed, in)
	}
	for i := range 2 {
		k, s, before, after := l.Kernel[i], l.Strides[i], l.Pads[i], l.Pads[i+2]
		if k < 1 || k > maxSide || s < 1 || s > maxSide || before < 0 || after < 0 || before >= k || after >= k || in[1+i]+before+after < k {
			return fmt.Errorf("%w: windows of %v, strides %v and pads %v on %v", ErrMalformed, l.Kernel, l.Strides, l.Pads, in)
		}
	}
	out := l.shape(in)
	if out[1] > in[1] || out[2] > in[2] {
		return fmt.Errorf("%w: a maxpool makes %v of %v", ErrMalformed, out, in)
	}
	return nil
}

// shape is that of the layer's output.
func (l ClientLayer) shape(in []int) []int {
	if l.Kind != LayerMaxPool {
		return in
	}
	out := []int{in[0], 0, 0}
	for i := range 2 {
		out[1+i] = (in[1+i]+l.Pads[i]+l.Pads[i+2]-l.Kernel[i])/l.Strides[i] + 1
	}
	return out
}
