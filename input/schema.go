// Package input turns a user's file, a picture or a row of a table, into the
// numbers that a model expects, after the schema in the model's manifest. ONNX
// files do not say how their input is scaled; the schema does.
package input

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// The kinds of input.
const (
	Image = "image" // a PNG or JPEG picture; Shape is [channels, height, width]
	Table = "table" // a row of a CSV file; Shape is [columns]
)

var (
	// ErrSchema marks a schema that contradicts itself: the creator has to fix it.
	ErrSchema = errors.New("invalid input schema")
	// ErrInput marks a file that does not fit the schema: the user has to fix it.
	ErrInput = errors.New("invalid input")
)

// Schema says what a model takes and how raw values become its input:
// clamp((raw*Scale - Mean) / Std, -Clip, Clip). The raw values of a picture are
// 0 to 255, those of a table what the file says. Its fields are those of the
// manifest's input schema, so that one converts into the other.
type Schema struct {
	Kind    string    `json:"kind"`
	Shape   []int     `json:"shape"`             // of one sample, without a batch dimension
	Columns []string  `json:"columns,omitempty"` // of a table, by name
	Scale   float64   `json:"scale"`
	Mean    []float64 `json:"mean,omitempty"` // one, or one per channel or column; none means 0
	Std     []float64 `json:"std,omitempty"`  // likewise; none means 1
	Clip    float64   `json:"clip,omitempty"` // 0 means no clipping
}

const (
	maxSide     = 4096    // pixels of a model's input
	maxElements = 1 << 22 // values of a model's input
	maxColumns  = 4096
	maxName     = 128 // bytes of a column's name
)

// Validate checks that the schema is complete and bounded.
func (s Schema) Validate() error {
	switch s.Kind {
	case Image:
		if err := s.validateImage(); err != nil {
			return err
		}
	case Table:
		if err := s.validateTable(); err != nil {
			return err
		}
	default:
		return fmt.Errorf("%w: kind is %q, must be %q or %q", ErrSchema, s.Kind, Image, Table)
	}
	if !finite(s.Scale) || s.Scale == 0 {
		return fmt.Errorf("%w: scale is %v, must be a finite number other than 0 (1 to take values as they are)", ErrSchema, s.Scale)
	}
	if !finite(s.Clip) || s.Clip < 0 {
		return fmt.Errorf("%w: clip is %v, must not be negative", ErrSchema, s.Clip)
	}
	for name, list := range map[string][]float64{"mean": s.Mean, "std": s.Std} {
		if n := len(list); n > 1 && n != s.Shape[0] {
			return fmt.Errorf("%w: %s has %d values, must have none, one or %d", ErrSchema, name, n, s.Shape[0])
		}
	}
	for _, v := range s.Mean {
		if !finite(v) {
			return fmt.Errorf("%w: mean holds %v", ErrSchema, v)
		}
	}
	for _, v := range s.Std {
		if !finite(v) || v <= 0 {
			return fmt.Errorf("%w: std holds %v, must be positive", ErrSchema, v)
		}
	}
	return nil
}

func (s Schema) validateImage() error {
	if len(s.Shape) != 3 || s.Shape[0] != 1 && s.Shape[0] != 3 {
		return fmt.Errorf("%w: shape of an image is %v, must be [channels, height, width] with 1 or 3 channels", ErrSchema, s.Shape)
	}
	if lo, hi := slices.Min(s.Shape), slices.Max(s.Shape); lo < 1 || hi > maxSide || s.Size() > maxElements {
		return fmt.Errorf("%w: shape %v is out of bounds", ErrSchema, s.Shape)
	}
	if len(s.Columns) > 0 {
		return fmt.Errorf("%w: an image has no columns", ErrSchema)
	}
	return nil
}

func (s Schema) validateTable() error {
	n := len(s.Columns)
	if n == 0 || n > maxColumns {
		return fmt.Errorf("%w: %d columns, must be 1 to %d", ErrSchema, n, maxColumns)
	}
	if len(s.Shape) != 1 || s.Shape[0] != n {
		return fmt.Errorf("%w: shape is %v, must be [%d] for %d columns", ErrSchema, s.Shape, n, n)
	}
	seen := make(map[string]bool)
	for i, name := range s.Columns {
		key := columnKey(name)
		if key == "" || len(name) > maxName {
			return fmt.Errorf("%w: column %d: name is empty or longer than %d bytes", ErrSchema, i, maxName)
		}
		if seen[key] {
			return fmt.Errorf("%w: column %q is listed twice", ErrSchema, name)
		}
		seen[key] = true
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
