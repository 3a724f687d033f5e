// Package input turns a user's file into the numbers that a model expects: a picture or
// rows of a table after the schema in the model's manifest, since ONNX files do not say how
// their input is scaled; an array of NumPy or JSON as it is.
package input

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/protocol"
)

// The kinds of input.
const (
	Image = protocol.InputImage // a PNG, JPEG or DICOM picture
	Table = protocol.InputTable // a row of a CSV file, or a JSON object
)

var (
	// ErrSchema marks a schema that contradicts itself: the creator has to fix it.
	ErrSchema = errors.New("invalid input schema")
	// ErrInput marks a file that does not fit the schema: the user has to fix it.
	ErrInput = errors.New("invalid input")
)

// Schema is the manifest's input schema with the means to read files after it:
// clamp((raw*Scale - Mean) / Std, -Clip, Clip). The raw values of a picture are 0 to 255,
// those of a table what the file says; categories become 0 and 1. The same code prepares
// inputs in the command line and in the browser.
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

// Range bounds every value that a valid schema can produce. It is false for a table with numbers
// that neither Clip nor a valid range bounds.
func (s Schema) Range() (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range s.extremes() {
		if s.Clip > 0 {
			v = min(max(v, -s.Clip), s.Clip)
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	if s.categories() {
		lo, hi = min(lo, 0), max(hi, 1)
	}
	return lo, hi, finite(lo) && finite(hi)
}

// extremes are the least and the largest that each channel or number can become, before it is clipped.
func (s Schema) extremes() (list []float64) {
	if s.Kind == Image {
		channels, _, _ := protocol.InputSchema(s).Picture()
		for ch := range channels {
			mean, std := protocol.InputSchema(s).Normalization(ch)
			list = append(list, s.affine(0, mean, std), s.affine(255, mean, std))
		}
		return list
	}
	for _, f := range protocol.InputSchema(s).Table() {
		if len(f.Values) > 0 {
			continue
		}
		if f.Valid == nil {
			return []float64{math.Inf(-1), math.Inf(1)}
		}
		list = append(list, s.affine(f.Valid.Low, f.Mean, f.Std), s.affine(f.Valid.High, f.Mean, f.Std))
	}
	return list
}

// categories reports whether a table has any.
func (s Schema) categories() bool {
	return slices.ContainsFunc(s.Fields, func(f protocol.Field) bool { return len(f.Values) > 0 })
}

// normalize applies the preprocessing to one raw value of a picture's channel.
func (s Schema) normalize(raw float64, channel int) float64 {
	mean, std := protocol.InputSchema(s).Normalization(channel)
	return s.clip(s.affine(raw, mean, std))
}

func (s Schema) affine(raw, mean, std float64) float64 {
	if std == 0 {
		std = 1
	}
	return (raw*s.Scale - mean) / std
}

func (s Schema) clip(v float64) float64 {
	if s.Clip > 0 {
		v = min(max(v, -s.Clip), s.Clip)
	}
	return v
}
