package protocol

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The kinds of input.
const (
	InputImage = "image" // a picture; Shape is channels, height, width, or as Layout says
	InputTable = "table" // a row of a table; Shape is the number of values
)

// InputSchema says what a model takes and how raw values become its input:
// x = (raw*Scale - Mean) / Std, then clipped to [-Clip, Clip] if Clip > 0. Categories of a table
// become 0 or 1 and stay so.
type InputSchema struct {
	Kind    string    `json:"kind"`
	Shape   []int     `json:"shape"`             // of one sample, without a batch dimension
	Columns []string  `json:"columns,omitempty"` // of a table of numbers, by name
	Scale   float64   `json:"scale"`
	Mean    []float64 `json:"mean,omitempty"` // one, or one per channel or column; none means 0
	Std     []float64 `json:"std,omitempty"`  // likewise; none means 1
	Clip    float64   `json:"clip,omitempty"` // 0 means no clipping

	// Fields say more of a table than Columns, and stand in their place, and in that of Mean and Std.
	Fields []Field `json:"fields,omitempty"`

	Layout string  `json:"layout,omitempty"` // of a picture: LayoutCHW, also if empty, or LayoutHWC
	Order  string  `json:"order,omitempty"`  // of a picture's colors: OrderRGB, also if empty, or OrderBGR
	Resize *Resize `json:"resize,omitempty"` // of a picture; nil is the zero value
	Window *Window `json:"window,omitempty"` // of a DICOM picture; nil: the one in the file
}

// Field is a column of a table: a number, or a category that becomes one value for each of Values.
type Field struct {
	Name   string   `json:"name"`
	Unit   string   `json:"unit,omitempty"`   // of the number, for people, and to refuse another one
	Values []string `json:"values,omitempty"` // the categories in the order of the model's values, one-hot
	Valid  *Range   `json:"valid,omitempty"`  // of the raw number; what is outside is refused
	Mean   float64  `json:"mean,omitempty"`
	Std    float64  `json:"std,omitempty"` // 0 means 1
}

// Width is how many values of the input the field becomes.
func (f Field) Width() int { return max(len(f.Values), 1) }

// The values of InputSchema.Layout and Order.
const (
	LayoutCHW = "chw" // channels, height, width
	LayoutHWC = "hwc" // height, width, channels
	OrderRGB  = "rgb"
	OrderBGR  = "bgr"
)

// Resize says how a picture of another size comes to the model's.
type Resize struct {
	Fit    string `json:"fit,omitempty"`    // FitCrop, also if empty, FitStretch or FitPad
	Filter string `json:"filter,omitempty"` // FilterAverage, also if empty, FilterBilinear or FilterNearest
	// ShortSide is the length to which a picture's shorter side is brought before its middle is cut out; 0: as
	// short as the model's size allows. Only for FitCrop.
	ShortSide int `json:"shortSide,omitempty"`
}

// The values of Resize.Fit.
const (
	FitCrop    = "crop"    // what is beyond the model's aspect is cut off
	FitStretch = "stretch" // height and width are scaled each by itself
	FitPad     = "pad"     // all of the picture, with black around it
)

// The values of Resize.Filter.
const (
	FilterAverage  = "average"  // of the pixels under each value
	FilterBilinear = "bilinear" // a triangle over the pixels, twice as wide: antialiased, as Pillow and torchvision do
	FilterNearest  = "nearest"  // the pixel in the middle
)

// Window is the part of a radiograph's values that is shown, from black to white, in the units of the file's
// rescaling (Hounsfield units in CT): DICOM PS3.3 C.11.2.1.2.
type Window struct {
	Center float64 `json:"center"`
	Width  float64 `json:"width"` // at least 1
}

const (
	maxSide     = 4096    // pixels of a model's input
	maxElements = 1 << 22 // values of a model's input
	maxColumns  = 4096
	maxName     = 128 // bytes of a column's name, its unit or a category
)

// Picture returns the dimensions of a valid picture's input.
func (s InputSchema) Picture() (channels, height, width int) {
	if s.Layout == LayoutHWC {
		return s.Shape[2], s.Shape[0], s.Shape[1]
	}
	return s.Shape[0], s.Shape[1], s.Shape[2]
}

// Table returns the fields of a valid table, which may be given as columns.
func (s InputSchema) Table() []Field {
	if len(s.Fields) > 0 {
		return s.Fields
	}
	list := make([]Field, len(s.Columns))
	for i, name := range s.Columns {
		list[i] = Field{Name: name, Mean: oneOrEach(s.Mean, i, 0), Std: oneOrEach(s.Std, i, 1)}
	}
	return list
}

// oneOrEach returns a parameter from none, one for all, or one each.
func oneOrEach(list []float64, i int, none float64) float64 {
	switch len(list) {
	case 0:
		return none
	case 1:
		return list[0]
	}
	return list[i]
}

// Normalization returns mean and deviation of a picture's channel in the model's order.
func (s InputSchema) Normalization(channel int) (mean, std float64) {
	return oneOrEach(s.Mean, channel, 0), oneOrEach(s.Std, channel, 1)
}

// Validate checks that the schema is complete and bounded.
func (s InputSchema) Validate() error {
	var parts int
	var err error
	switch s.Kind {
	case InputImage:
		parts, err = s.validateImage()
	case InputTable:
		parts, err = s.validateTable()
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
	return s.validateNormalization(parts)
}

func (s InputSchema) validateNormalization(parts int) error {
	for name, list := range map[string][]float64{"mean": s.Mean, "std": s.Std} {
		if n := len(list); n > 1 && n != parts || n > 0 && len(s.Fields) > 0 {
			return fmt.Errorf("%w: %s has %d values, must have none, one or %d; fields have their own", ErrMalformed, name, n, parts)
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

func (s InputSchema) validateImage() (channels int, err error) {
	if err := oneOf("layout", s.Layout, LayoutCHW, LayoutHWC); err != nil {
		return 0, err
	}
	if err := oneOf("order", s.Order, OrderRGB, OrderBGR); err != nil {
		return 0, err
	}
	if len(s.Shape) != 3 {
		return 0, fmt.Errorf("%w: shape of an image is %v, must be [channels, height, width], or as layout says", ErrMalformed, s.Shape)
	}
	channels, height, width := s.Picture()
	if channels != 1 && channels != 3 {
		return 0, fmt.Errorf("%w: shape of an image is %v: %d channels, must be 1 or 3 channels", ErrMalformed, s.Shape, channels)
	}
	if lo, hi := min(height, width), max(height, width); lo < 1 || hi > maxSide || channels*height*width > maxElements {
		return 0, fmt.Errorf("%w: shape %v is out of bounds", ErrMalformed, s.Shape)
	}
	if len(s.Columns) > 0 || len(s.Fields) > 0 {
		return 0, fmt.Errorf("%w: an image has no columns or fields", ErrMalformed)
	}
	if w := s.Window; w != nil && !(finite(w.Center) && w.Width >= 1 && finite(w.Width)) {
		return 0, fmt.Errorf("%w: window is %+v, must have a width of 1 at least", ErrMalformed, *w)
	}
	if s.Resize == nil {
		return channels, nil
	}
	return channels, s.Resize.validate(min(height, width), max(height, width))
}

func (r Resize) validate(short, long int) error {
	if err := oneOf("resize fit", r.Fit, FitCrop, FitStretch, FitPad); err != nil {
		return err
	}
	if err := oneOf("resize filter", r.Filter, FilterAverage, FilterBilinear, FilterNearest); err != nil {
		return err
	}
	if r.ShortSide != 0 && (r.Fit != "" && r.Fit != FitCrop || short != long || r.ShortSide < long || r.ShortSide > maxSide) {
		return fmt.Errorf("%w: resize shortSide is %d, must be %d to %d for a square input that is cut out, else none", ErrMalformed, r.ShortSide, long, maxSide)
	}
	return nil
}

// oneOf checks a word that may be left out.
func oneOf(field, word string, known ...string) error {
	if word == "" || slices.Contains(known, word) {
		return nil
	}
	return fmt.Errorf("%w: %s is %.40q, must be one of %q", ErrMalformed, field, word, known)
}

func (s InputSchema) validateTable() (columns int, err error) {
	if s.Layout != "" || s.Order != "" || s.Resize != nil || s.Window != nil {
		return 0, fmt.Errorf("%w: a table has no layout, order, resize or window", ErrMalformed)
	}
	n := len(s.Columns) + len(s.Fields)
	if n == 0 || n > maxColumns || len(s.Columns) > 0 && len(s.Fields) > 0 {
		return 0, fmt.Errorf("%w: %d columns and %d fields, must be 1 to %d of either", ErrMalformed, len(s.Columns), len(s.Fields), maxColumns)
	}
	width := 0
	seen := make(map[string]bool)
	for i := range n {
		f := Field{}
		if len(s.Fields) > 0 {
			f = s.Fields[i]
		} else {
			f.Name = s.Columns[i]
		}
		key := ColumnKey(f.Name)
		if seen[key] {
			return 0, fmt.Errorf("%w: column %q is listed twice", ErrMalformed, f.Name)
		}
		seen[key] = true
		if err := f.validate(); err != nil {
			return 0, fmt.Errorf("column %d: %w", i, err)
		}
		width += f.Width()
	}
	if width > maxElements || len(s.Shape) != 1 || s.Shape[0] != width {
		return 0, fmt.Errorf("%w: shape is %v, must be [%d] for the values of %d columns", ErrMalformed, s.Shape, width, n)
	}
	return n, nil
}

func (f Field) validate() error {
	if ColumnKey(f.Name) == "" || len(f.Name) > maxName || len(f.Unit) > maxName {
		return fmt.Errorf("%w: name is empty, or name or unit is longer than %d bytes", ErrMalformed, maxName)
	}
	if !finite(f.Mean) || !finite(f.Std) || f.Std < 0 {
		return fmt.Errorf("%w: %q: mean is %v and std %v, must be finite and not negative", ErrMalformed, f.Name, f.Mean, f.Std)
	}
	if r := f.Valid; r != nil && !(finite(r.Low) && finite(r.High) && r.Low < r.High) {
		return fmt.Errorf("%w: %q: valid range is empty or infinite", ErrMalformed, f.Name)
	}
	if len(f.Values) == 0 {
		return nil
	}
	if len(f.Values) > maxColumns || f.Unit != "" || f.Valid != nil || f.Mean != 0 || f.Std != 0 {
		return fmt.Errorf("%w: %q: a category has at most %d values, and no unit, range, mean or std", ErrMalformed, f.Name, maxColumns)
	}
	seen := make(map[string]bool)
	for _, v := range f.Values {
		key := ColumnKey(v)
		if key == "" || len(v) > maxName || seen[key] {
			return fmt.Errorf("%w: %q: category %.40q is empty, too long, or listed twice", ErrMalformed, f.Name, v)
		}
		seen[key] = true
	}
	return nil
}

// texts are all that people get to read of the schema.
func (s InputSchema) texts() []string {
	list := slices.Clone(s.Columns)
	for _, f := range s.Fields {
		list = append(append(list, f.Name, f.Unit), f.Values...)
	}
	return list
}

// ColumnKey is the form in which names of columns and categories are compared: without case and
// surrounding blanks.
func ColumnKey(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
