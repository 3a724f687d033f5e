// Package input turns a user's file into the numbers that a model expects: a picture or
// rows of a table after the schema in the model's manifest, since ONNX files do not say how
// their input is scaled; an array of NumPy or JSON as it is.
package input

import (
	"errors"
	"fmt"
	"math"

	"github.com/encrypted-compute/encompute/protocol"
)

// The kinds of input.
const (
	Image = protocol.InputImage // a PNG or JPEG picture; Shape is [channels, height, width]
	Table = protocol.InputTable // a row of a CSV file; Shape is [columns]
)

var (
	// ErrSchema marks a schema that contradicts itself: the creator has to fix it.
	ErrSchema = errors.New("invalid input schema")
	// ErrInput marks a file that does not fit the schema: the user has to fix it.
	ErrInput = errors.New("invalid input")
)

// Schema is the manifest's input schema with the means to read files after it:
// clamp((raw*Scale - Mean) / Std, -Clip, Clip). The raw values of a picture are 0 to 255,
// those of a table what the file says.
type Schema protocol.InputSchema

// Validate checks that the schema is complete and bounded.
func (s Schema) Validate() error {
	if err := protocol.InputSchema(s).Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrSchema, err)
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Size is the number of values of one sample.
func (s Schema) Size() int {
	n := 1
	for _, d := range s.Shape {
		n *= d
	}
	return n
}

// Range bounds every value that a valid schema can produce. It is false for a
// table without Clip, whose values are unbounded.
func (s Schema) Range() (lo, hi float64, ok bool) {
	lo, hi = math.Inf(-1), math.Inf(1)
	if s.Kind == Image {
		lo, hi = math.Inf(1), math.Inf(-1)
		for channel := range s.Shape[0] {
			for _, raw := range []float64{0, 255} {
				v := s.normalize(raw, channel)
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	if s.Clip > 0 {
		lo, hi = max(lo, -s.Clip), min(hi, s.Clip)
	}
	return lo, hi, finite(lo) && finite(hi)
}

// normalize applies the preprocessing to one raw value of a channel or column.
func (s Schema) normalize(raw float64, channel int) float64 {
	v := (raw*s.Scale - pick(s.Mean, channel, 0)) / pick(s.Std, channel, 1)
	if s.Clip > 0 {
		v = min(max(v, -s.Clip), s.Clip)
	}
	return v
}

// pick returns a parameter of a channel from none, one or one per channel.
func pick(list []float64, channel int, def float64) float64 {
	switch len(list) {
	case 0:
		return def
	case 1:
		return list[0]
	}
	return list[channel]
}
