package protocol

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Limits of a manifest.
const (
	MaxManifestBytes = 1 << 20
	maxCuts          = 256
	maxLabels        = 10_000
	maxText          = 4096
)

// InputSchema says what a model takes and how raw values become its input:
// x = (raw*Scale - Mean) / Std, then clipped to [-Clip, Clip] if Clip > 0.
type InputSchema struct {
	Kind    string    `json:"kind"`  // "image" or "table"
	Shape   []int     `json:"shape"` // without the batch dimension; channels first
	Columns []string  `json:"columns,omitempty"`
	Scale   float64   `json:"scale"`
	Mean    []float64 `json:"mean,omitempty"` // one, or one a channel or column
	Std     []float64 `json:"std,omitempty"`
	Clip    float64   `json:"clip,omitempty"`
}

// Range is a closed interval.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Manifest is a model's public card. Its canonical bytes are hashed into ManifestHash,
// which the creator registers on chain; so whoever holds the hash can check the card.
type Manifest struct {
	Version     uint32      `json:"version"` // 1
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Task        string      `json:"task"` // e.g. "classification"
	Creator     Address     `json:"creator"`
	SealingKey  []byte      `json:"sealingKey"` // the creator's, for released intermediates
	Input       InputSchema `json:"input"`
	InputRange  Range       `json:"inputRange"` // of the preprocessed input
	Labels      []string    `json:"labels"`
	Cuts        []Cut       `json:"cuts"`
}

// Cut is one place at which a model is offered.
type Cut struct {
	Index      uint32   `json:"index"` // position in the graph, 1 = after the first layer
	Layer      string   `json:"layer"` // name of the last layer of the prefix
	Layers     []string `json:"layers"`
	Shape      []int    `json:"shape"` // of the intermediate
	Plan       []byte   `json:"plan"`  // canonical bytes of an fhe.Plan
	PrefixHash Digest   `json:"prefixHash"`
	// SealedPrefix is the blob of the prefix, sealed to the workload's sealing key.
	SealedPrefix      Digest `json:"sealedPrefix"`
	SealedPrefixBytes uint64 `json:"sealedPrefixBytes"`
	WorkloadID        Digest `json:"workloadId"`
	Price             Amount `json:"price"` // what the creator asked when publishing; the chain decides
	KeysBytes         uint64 `json:"keysBytes"`
	InputBytes        uint64 `json:"inputBytes"`
	OutputBytes       uint64 `json:"outputBytes"`
	// Keyless is set when the plan needs no evaluation keys.
	Keyless bool `json:"keyless"`
}

// MaxBlobBytes bounds every blob that a manifest may ask for.
const MaxBlobBytes = 1 << 30

// Hash returns the manifest's digest.
func (m Manifest) Hash() (Digest, error) {
	b, err := Marshal(m)
	if err != nil {
		return Digest{}, err
	}
	return NewDigest("manifest", b), nil
}

// ParseManifest reads canonical bytes and validates them.
func ParseManifest(b []byte) (m Manifest, err error) {
	if len(b) > MaxManifestBytes {
		return m, fmt.Errorf("%w: manifest has %d bytes, at most %d are allowed", ErrMalformed, len(b), MaxManifestBytes)
	}
	if err := Unmarshal(b, &m); err != nil {
		return Manifest{}, err
	}
	return m, m.Validate()
}

// Cut returns the cut at index.
func (m Manifest) Cut(index uint32) (Cut, bool) {
	i := slices.IndexFunc(m.Cuts, func(c Cut) bool { return c.Index == index })
	if i < 0 {
		return Cut{}, false
	}
	return m.Cuts[i], true
}

// Validate checks every field that does not need another package to understand.
func (m Manifest) Validate() error {
	switch {
	case m.Version != 1:
		return fmt.Errorf("%w: manifest version %d, this program reads 1", ErrMalformed, m.Version)
	case m.Name == "" || len(m.Name) > 128 || len(m.Description) > maxText || len(m.Task) > 128:
		return fmt.Errorf("%w: manifest needs a name of at most 128 bytes, a description of at most %d", ErrMalformed, maxText)
	case m.Creator.IsZero():
		return fmt.Errorf("%w: manifest creator is not set", ErrMalformed)
	case len(m.SealingKey) != SealingKeyBytes:
		return fmt.Errorf("%w: manifest sealing key has %d bytes, need %d", ErrMalformed, len(m.SealingKey), SealingKeyBytes)
	case !(m.InputRange.Low < m.InputRange.High) || math.IsInf(m.InputRange.Low, 0) || math.IsInf(m.InputRange.High, 0):
		return fmt.Errorf("%w: manifest input range is empty or infinite", ErrMalformed)
	case len(m.Cuts) == 0 || len(m.Cuts) > maxCuts:
		return fmt.Errorf("%w: manifest offers %d cuts, want 1 to %d", ErrMalformed, len(m.Cuts), maxCuts)
	case len(m.Labels) > maxLabels:
		return fmt.Errorf("%w: manifest has %d labels, at most %d are allowed", ErrMalformed, len(m.Labels), maxLabels)
	}
	if err := m.Input.Validate(); err != nil {
		return err
	}
	seen := map[uint32]bool{}
	for _, c := range m.Cuts {
		if seen[c.Index] {
			return fmt.Errorf("%w: cut %d stands twice in the manifest", ErrMalformed, c.Index)
		}
		seen[c.Index] = true
		if err := c.Validate(); err != nil {
			return fmt.Errorf("cut %d (%s): %w", c.Index, c.Layer, err)
		}
	}
	return nil
}

// Validate checks the shape and the numbers of a schema.
func (s InputSchema) Validate() error {
	size, err := shapeSize(s.Shape)
	if err != nil {
		return fmt.Errorf("input shape: %w", err)
	}
	channels := s.Shape[0]
	switch {
	case s.Kind == "image" && len(s.Shape) != 3:
		return fmt.Errorf("%w: input shape of an image must be channels, height, width", ErrMalformed)
	case s.Kind == "table" && len(s.Columns) != 0 && len(s.Columns) != size:
		return fmt.Errorf("%w: input has %d columns for %d values", ErrMalformed, len(s.Columns), size)
	case s.Kind != "image" && s.Kind != "table":
		return fmt.Errorf("%w: input kind %q, want image or table", ErrMalformed, s.Kind)
	case s.Scale == 0 || math.IsNaN(s.Scale) || math.IsInf(s.Scale, 0):
		return fmt.Errorf("%w: input scale must be a number other than zero", ErrMalformed)
	case s.Clip < 0 || math.IsNaN(s.Clip) || math.IsInf(s.Clip, 0):
		return fmt.Errorf("%w: input clip must not be negative", ErrMalformed)
	}
	for name, v := range map[string][]float64{"mean": s.Mean, "std": s.Std} {
		if n := len(v); n != 0 && n != 1 && n != channels {
			return fmt.Errorf("%w: input %s has %d values, want none, 1 or %d", ErrMalformed, name, n, channels)
		}
		for _, x := range v {
			if math.IsNaN(x) || math.IsInf(x, 0) || name == "std" && x <= 0 {
				return fmt.Errorf("%w: input %s holds %v", ErrMalformed, name, x)
			}
		}
	}
	return nil
}

// Validate checks the cut's sizes and that nothing is missing; it does not parse the plan.
func (c Cut) Validate() error {
	if _, err := shapeSize(c.Shape); err != nil {
		return err
	}
	for _, n := range []uint64{c.SealedPrefixBytes, c.InputBytes, c.OutputBytes, c.KeysBytes} {
		if n > MaxBlobBytes {
			return fmt.Errorf("%w: a blob of %d bytes, at most %d are allowed", ErrMalformed, n, MaxBlobBytes)
		}
	}
	switch {
	case c.Layer == "" || len(c.Layer) > 256 || len(c.Layers) > 4096:
		return fmt.Errorf("%w: layer names missing or too long", ErrMalformed)
	case c.InputBytes == 0 || c.OutputBytes == 0 || c.SealedPrefixBytes == 0:
		return fmt.Errorf("%w: blob sizes are not set", ErrMalformed)
	case c.Keyless != (c.KeysBytes == 0):
		return fmt.Errorf("%w: a plan is keyless exactly when its keys have no bytes", ErrMalformed)
	case len(c.Plan) == 0 || c.PrefixHash.IsZero() || c.SealedPrefix.IsZero() || c.WorkloadID.IsZero():
		return fmt.Errorf("%w: plan, prefix hash, sealed prefix or workload is not set", ErrMalformed)
	case c.Price == 0:
		return errors.New("price is zero: give it a price")
	}
	return nil
}

func shapeSize(shape []int) (int, error) {
	size := 1
	if len(shape) == 0 || len(shape) > 8 {
		return 0, fmt.Errorf("%w: shape has %d dimensions, want 1 to 8", ErrMalformed, len(shape))
	}
	for _, d := range shape {
		if d < 1 || d > 1<<24 || size > 1<<24/d {
			return 0, fmt.Errorf("%w: shape %v is empty or larger than 2^24 values", ErrMalformed, shape)
		}
		size *= d
	}
	return size, nil
}
