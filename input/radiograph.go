package input

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/encrypted-compute/encompute/protocol"
)

// dicom is a grayscale picture of a DICOM file: the image pixel module of PS3.3 C.7.6.3, the
// modality and value-of-interest transformations of C.11.1 and C.11.2.
type dicom struct {
	syntax                    string
	order                     binary.ByteOrder
	rows, cols                int
	samples, frames           int
	allocated, stored, high   int
	signed                    bool
	photometric               string
	slope, intercept          float64
	center, width             float64 // no window if width is 0
	function                  string
	modalityTable, shownTable bool
	pixels                    []byte
	encapsulated              bool
}

// set takes the value of an element, if it is one that matters.
func (d *dicom) set(e element) (err error) {
	switch e.tag {
	case tagSamples:
		d.samples, err = d.short(e)
	case tagRows:
		d.rows, err = d.short(e)
	case tagColumns:
		d.cols, err = d.short(e)
	case tagAllocated:
		d.allocated, err = d.short(e)
	case tagStored:
		d.stored, err = d.short(e)
	case tagHighBit:
		d.high, err = d.short(e)
	case tagSigned:
		var v int
		v, err = d.short(e)
		d.signed = v == 1
	case tagPhotometric:
		d.photometric = text(e.value)
	case tagWindowFunction:
		d.function = text(e.value)
	case tagFrames:
		var v float64
		v, err = decimal(e)
		d.frames = int(min(max(v, 0), 1<<30))
	case tagWindowCenter:
		d.center, err = decimal(e)
	case tagWindowWidth:
		d.width, err = decimal(e)
	case tagIntercept:
		d.intercept, err = decimal(e)
	case tagSlope:
		if d.slope, err = decimal(e); err == nil && d.slope == 0 {
			err = fmt.Errorf("%w: rescale slope is 0", ErrInput)
		}
	case tagModalityTable:
		d.modalityTable = len(e.value) > 0
	case tagWindowTable:
		d.shownTable = len(e.value) > 0
	case tagPixels:
		d.pixels, d.encapsulated = e.value, e.open
	}
	return err
}

func (d *dicom) short(e element) (int, error) {
	if len(e.value) != 2 {
		return 0, fmt.Errorf("%w: %d bytes, want 2", ErrInput, len(e.value))
	}
	return int(d.order.Uint16(e.value)), nil
}

// decimal reads the first of the numbers of a decimal or integer string; none is 0.
func decimal(e element) (float64, error) {
	first, _, _ := strings.Cut(text(e.value), `\`)
	if first = strings.TrimSpace(first); first == "" {
		return 0, nil
	}
	v, err := strconv.ParseFloat(first, 64)
	if err != nil || !finite(v) {
		return 0, fmt.Errorf("%w: %.20q is not a number", ErrInput, first)
	}
	return v, nil
}

// check refuses what would not be shown as it should.
func (d *dicom) check() error {
	if d.slope == 0 {
		d.slope = 1
	}
	switch {
	case d.pixels == nil || d.rows == 0 || d.cols == 0:
		return fmt.Errorf("%w: it holds no picture", ErrInput)
	case d.samples != 1 || d.photometric != "MONOCHROME1" && d.photometric != "MONOCHROME2":
		return fmt.Errorf("%w: photometric interpretation is %.20q with %d samples, only grayscale is read: give a MONOCHROME2 file, or a PNG picture", ErrInput, d.photometric, d.samples)
	case d.frames > 1:
		return fmt.Errorf("%w: it holds %d frames: give one of them", ErrInput, d.frames)
	case d.allocated != 8 && d.allocated != 16 || d.stored < 1 || d.stored > d.allocated || d.high != d.stored-1:
		return fmt.Errorf("%w: pixels of %d bits in %d up to bit %d, only 8 and 16 bits, filled from the lowest, are read", ErrInput, d.stored, d.allocated, d.high)
	case d.encapsulated != (d.syntax == syntaxJPEG):
		return fmt.Errorf("%w: pixels are not encoded as transfer syntax %s says", ErrInput, d.syntax)
	case d.modalityTable:
		return fmt.Errorf("%w: its values go through a modality table, which is not read: give one with slope and intercept, or a PNG picture", ErrInput)
	case d.width < 0 || d.width > 0 && d.width < 1:
		return fmt.Errorf("%w: window width is %v, must be 1 at least", ErrInput, d.width)
	case !slices.Contains([]string{"", "LINEAR", "LINEAR_EXACT", "SIGMOID"}, d.function):
		return fmt.Errorf("%w: window function %.20q is not known", ErrInput, d.function)
	}
	return nil
}

// picture shows the values by a window, black to white.
func (d *dicom) picture(window *protocol.Window) (image.Image, error) {
	values, err := d.values()
	if err != nil {
		return nil, err
	}
	show := d.window(window)
	if show == nil {
		if d.shownTable {
			return nil, fmt.Errorf("%w: it is shown through a table, which is not read: give one with a window, or a PNG picture", ErrInput)
		}
		low, high := float64(slices.Min(values))*d.slope, float64(slices.Max(values))*d.slope
		low, high = min(low, high)+d.intercept, max(low, high)+d.intercept
		show = func(v float64) float64 { return (v - low) / max(high-low, math.SmallestNonzeroFloat64) }
	}
	out := image.NewGray16(image.Rect(0, 0, d.cols, d.rows))
	for i, v := range values {
		y := min(max(show(float64(v)*d.slope+d.intercept), 0), 1)
		if d.photometric == "MONOCHROME1" { // the least value is white
			y = 1 - y
		}
		out.SetGray16(i%d.cols, i/d.cols, color.Gray16{Y: uint16(math.Round(65535 * y))})
	}
	return out, nil
}

// window returns how rescaled values are shown, 0 to 1 and beyond; nil if nothing says so. The
// schema's window is linear: PS3.3 C.11.2.1.2.1 and, for the other functions, C.11.2.1.3.
func (d *dicom) window(w *protocol.Window) func(v float64) float64 {
	center, width, function := d.center, d.width, d.function
	if w != nil {
		center, width, function = w.Center, w.Width, ""
	}
	switch {
	case width == 0:
		return nil
	case function == "SIGMOID":
		return func(v float64) float64 { return 1 / (1 + math.Exp(-4*(v-center)/width)) }
	case function == "LINEAR_EXACT":
		return func(v float64) float64 { return (v-center)/width + 0.5 }
	case width == 1:
		return func(v float64) float64 { // a step
			if v <= center-0.5 {
				return 0
			}
			return 1
		}
	}
	return func(v float64) float64 { return (v-(center-0.5))/(width-1) + 0.5 }
}

// values decodes the stored pixels.
func (d *dicom) values() ([]int32, error) {
	b, order, size := d.pixels, d.order, d.allocated/8
	if d.encapsulated {
		var err error
		if b, err = d.jpeg(); err != nil {
			return nil, err
		}
	}
	n := d.rows * d.cols
	if want := n * size; len(b) != want && len(b) != want+want%2 {
		return nil, fmt.Errorf("%w: %d bytes of pixels for %dx%d of %d bits", ErrInput, len(b), d.cols, d.rows, d.allocated)
	}
	out := make([]int32, n)
	unused := 32 - d.stored
	for i := range out {
		v := uint32(0)
		if size == 1 {
			v = uint32(b[i])
		} else {
			v = uint32(order.Uint16(b[2*i:]))
		}
		if d.signed {
			out[i] = int32(v<<unused) >> unused
		} else {
			out[i] = int32(v << unused >> unused)
		}
	}
	return out, nil
}

// jpeg decodes encapsulated pixels, a table of offsets and fragments: PS3.5 A.4.
func (d *dicom) jpeg() ([]byte, error) {
	r := elementReader{b: d.pixels, order: binary.LittleEndian}
	var picture []byte
	for i := 0; ; i++ {
		e, err := r.next()
		if err != nil {
			return nil, err
		}
		if e.tag == tagSequenceEnd {
			break
		}
		if i > 0 {
			picture = append(picture, e.value...)
		}
	}
	head, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, notAPicture(err)
	}
	if head.Width != d.cols || head.Height != d.rows || head.ColorModel != color.GrayModel || d.allocated != 8 {
		return nil, fmt.Errorf("%w: the JPEG in it is not the gray picture of %dx%d pixels that it says", ErrInput, d.cols, d.rows)
	}
	if bytes.Count(picture, []byte{0xff, 0xda}) > maxScans {
		return nil, fmt.Errorf("%w: the JPEG in it has more than %d scans", ErrInput, maxScans)
	}
	m, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, notAPicture(err)
	}
	gray, ok := m.(*image.Gray)
	if !ok {
		return nil, fmt.Errorf("%w: the JPEG in it is not gray", ErrInput)
	}
	out := make([]byte, 0, d.rows*d.cols)
	for y := range d.rows {
		out = append(out, gray.Pix[y*gray.Stride:y*gray.Stride+d.cols]...)
	}
	return out, nil
}
