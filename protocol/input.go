package protocol

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The kinds of input.
const (
	InputImage = "image" // a picture; Shape is channels, height, width
	InputTable = "table" // a row of a table; Shape is columns
)

// InputSchema says what a model takes and how raw values become its input:
// x = (raw*Scale - Mean) / Std, then clipped to [-Clip, Clip] if Clip > 0.
type InputSchema struct {
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
func (s InputSchema) Validate() error {
	var err error
	switch s.Kind {
	case InputImage:
		err = s.validateImage()
	case InputTable:
		err = s.validateTable()
	default:
		err = fmt.Errorf("%w: kind is %q, must be %q or %q", ErrMalformed, s.Kind, InputImage, InputTable)
	}
	if err != nil {
		return err
	}
	if !finite(s.Scale) || s.Scale == 0 {
		return fmt.Errorf("%w: scale is %v, must be a finite number other than 0 (1 to take values as they are)", ErrMalformed, s.Scale)
	}
	if !finite(s.Clip) || s.Clip < 0 {
		return fmt.Errorf("%w: clip is %v, must not be negative", ErrMalformed, s.Clip)
	}
	return s.validateNormalization()
}

func (s InputSchema) validateNormalization() error {
	for name, list := range map[string][]float64{"mean": s.Mean, "std": s.Std} {
		if n := len(list); n > 1 && n != s.Shape[0] {
			return fmt.Errorf("%w: %s has %d values, must have none, one or %d", ErrMalformed, name, n, s.Shape[0])
		}
	}
	for _, v := range s.Mean {
		if !finite(v) {
			return fmt.Errorf("%w: mean holds %v", ErrMalformed, v)
		}
	}
	for _, v := range s.Std {
		if !finite(v) || v <= 0 {
			return fmt.Errorf("%w: std holds %v, must be positive", ErrMalformed, v)
		}
	}
	return nil
}

func (s InputSchema) validateImage() error {
	if len(s.Shape) != 3 || s.Shape[0] != 1 && s.Shape[0] != 3 {
		return fmt.Errorf("%w: shape of an image is %v, must be [channels, height, width] with 1 or 3 channels", ErrMalformed, s.Shape)
	}
	if lo, hi := slices.Min(s.Shape), slices.Max(s.Shape); lo < 1 || hi > maxSide || s.Shape[0]*s.Shape[1]*s.Shape[2] > maxElements {
		return fmt.Errorf("%w: shape %v is out of bounds", ErrMalformed, s.Shape)
	}
	if len(s.Columns) > 0 {
		return fmt.Errorf("%w: an image has no columns", ErrMalformed)
	}
	return nil
}

func (s InputSchema) validateTable() error {
	n := len(s.Columns)
	if n == 0 || n > maxColumns {
		return fmt.Errorf("%w: %d columns, must be 1 to %d", ErrMalformed, n, maxColumns)
	}
	if len(s.Shape) != 1 || s.Shape[0] != n {
		return fmt.Errorf("%w: shape is %v, must be [%d] for %d columns", ErrMalformed, s.Shape, n, n)
	}
	seen := make(map[string]bool)
	for i, name := range s.Columns {
		key := ColumnKey(name)
		if key == "" || len(name) > maxName {
			return fmt.Errorf("%w: column %d: name is empty or longer than %d bytes", ErrMalformed, i, maxName)
		}
		if seen[key] {
			return fmt.Errorf("%w: column %q is listed twice", ErrMalformed, name)
		}
		seen[key] = true
	}
	return nil
}

// ColumnKey is the form in which names of columns are compared: without case and
// surrounding blanks.
func ColumnKey(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
