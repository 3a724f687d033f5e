package protocol

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a manifest.
const (
	MaxManifestBytes = 1 << 20
	maxCuts          = 256
	maxLabels        = 10_000
	maxText          = 4096
)

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
	// Output says what the values of the answer mean; nil: a label has the largest one if Task is "classification".
	Output *OutputSchema `json:"output,omitempty"`
	Cuts   []Cut         `json:"cuts"`
	// MaxJobsPerUserDay is how many jobs on this model the host takes of one account in any 24 hours, so that the answers
	// from which a user could rebuild a prefix take time; 0: as many as are paid for. Another wallet is another account.
	MaxJobsPerUserDay uint32 `json:"maxJobsPerUserDay,omitempty"`
}

// Cut is one place at which a model is offered.
type Cut struct {
	Index      uint32   `json:"index"` // number among the cuts of the model, from 1; those that several tensors cross come last
	Layer      string   `json:"layer"` // name of the last layer of the prefix; of several, as "a+b"
	Layers     []string `json:"layers"`
	Shape      []int    `json:"shape"` // of the decrypted intermediate
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
	// Release is what the user's client does to the intermediate before it hands it over; nil: it floods and rounds.
	Release *Mechanism `json:"release,omitempty"`
	// Sheet is what was measured of that; nil: nothing was.
	Sheet *Sheet `json:"sheet,omitempty"`
	// Chart shows it among other cuts and mechanisms: accuracy over recognition, SVG as CheckChart takes it.
	Chart string `json:"chart,omitempty"`
	// Pictures show records and what the strongest attack rebuilt of them; nil: the creator shows none.
	Pictures *Pictures `json:"pictures,omitempty"`
}

// Mechanism returns what is done to the intermediate before it is handed over.
func (c Cut) Mechanism() Mechanism {
	if c.Release == nil {
		return Mechanism{}
	}
	return *c.Release
}

// ReleasedShape is the shape of what the creator gets to see.
func (c Cut) ReleasedShape() []int { return c.Mechanism().Shape(c.Shape) }

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
		return fmt.Errorf("input: %w", err)
	}
	if m.Output != nil {
		if err := m.Output.Validate(m.Labels); err != nil {
			return err
		}
	}
	for _, text := range slices.Concat([]string{m.Name, m.Description, m.Task}, m.Labels, m.Input.texts()) {
		if err := checkText(text); err != nil {
			return err
		}
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

// checkText refuses text that could move a terminal's cursor or hide what stands before it: a
// manifest is by a stranger and is shown to people.
func checkText(s string) error {
	if len(s) > maxText || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("%w: text %.40q is longer than %d bytes or holds characters that do not print", ErrMalformed, s, maxText)
	}
	return nil
}

// Validate checks the cut's sizes and that nothing is missing; it does not parse the plan.
func (c Cut) Validate() error {
	if err := c.Mechanism().Validate(c.Shape); err != nil { // the shape too
		return err
	}
	if err := c.checkSheet(); err != nil {
		return err
	}
	for _, n := range []uint64{c.SealedPrefixBytes, c.InputBytes, c.OutputBytes, c.KeysBytes} {
		if n > MaxBlobBytes {
			return fmt.Errorf("%w: a blob of %d bytes, at most %d are allowed", ErrMalformed, n, MaxBlobBytes)
		}
	}
	for _, name := range append(slices.Clone(c.Layers), c.Layer) {
		if err := checkText(name); err != nil {
			return err
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

// checkSheet holds sheet, chart and pictures, if there are any, against what is released.
func (c Cut) checkSheet() error {
	if c.Sheet != nil {
		values, err := shapeSize(c.ReleasedShape())
		if err != nil {
			return err
		}
		if err := c.Sheet.Validate(c.Mechanism(), values); err != nil {
			return err
		}
	}
	if c.Pictures != nil {
		if c.Sheet == nil {
			return fmt.Errorf("%w: pictures without the sheet of what they show", ErrMalformed)
		}
		if err := c.Pictures.Validate(); err != nil {
			return err
		}
	}
	if c.Chart == "" {
		return nil
	}
	return CheckChart(c.Chart)
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
