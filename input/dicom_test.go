package input

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// radiograph is a DICOM file to be written.
type radiograph struct {
	syntax   string
	order    binary.AppendByteOrder
	implicit bool
	elements map[uint32]any // uint16, string, or []byte
}

// scan is a picture of 3x2 pixels, 12 bits in 16, in Hounsfield units.
func scan() radiograph {
	return radiograph{syntaxExplicit, binary.LittleEndian, false, map[uint32]any{
		tagSamples: uint16(1), tagPhotometric: "MONOCHROME2 ", tagRows: uint16(2), tagColumns: uint16(3),
		tagAllocated: uint16(16), tagStored: uint16(12), tagHighBit: uint16(11), tagSigned: uint16(0),
		tagWindowCenter: `50.5\400`, tagWindowWidth: `101\10`, tagIntercept: "-1000 ", tagSlope: "1 ",
		tagPixels: []uint16{900, 1000, 1050, 1100, 1025, 4095},
	}}
}

func (r radiograph) element(to []byte, tag uint32, v any) []byte {
	var b []byte
	vr := "UL"
	switch v := v.(type) {
	case uint16:
		vr, b = "US", r.order.AppendUint16(nil, v)
	case string:
		vr, b = "LO", []byte(v)
	case []uint16:
		vr = "OW"
		for _, p := range v {
			b = r.order.AppendUint16(b, p)
		}
	case []byte:
		vr, b = "OB", v
	}
	if len(b)%2 == 1 {
		b = append(b, 0)
	}
	to = r.order.AppendUint16(r.order.AppendUint16(to, uint16(tag>>16)), uint16(tag))
	length := uint32(len(b))
	if tag == tagPixels && r.syntax == syntaxJPEG {
		length = undefinedLength
	}
	switch {
	case r.implicit:
		return append(r.order.AppendUint32(to, length), b...)
	case vr == "OW" || vr == "OB":
		return append(r.order.AppendUint32(append(to, vr[0], vr[1], 0, 0), length), b...)
	}
	return append(r.order.AppendUint16(append(to, vr...), uint16(len(b))), b...)
}

func (r radiograph) file() []byte {
	meta := radiograph{order: binary.LittleEndian}
	b := append(make([]byte, dicomPreamble), "DICM"...)
	b = meta.element(b, tagTransferSyntax, r.syntax)
	var data []byte
	tags := make([]uint32, 0, len(r.elements))
	for tag := range r.elements {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	for _, tag := range tags {
		data = r.element(data, tag, r.elements[tag])
	}
	if r.syntax == syntaxDeflated {
		var deflated bytes.Buffer
		w, _ := flate.NewWriter(&deflated, 9) // a valid level
		_, _ = w.Write(data)
		_ = w.Close()
		data = deflated.Bytes()
	}
	return append(b, data...)
}

var scanned = Schema{Kind: Image, Shape: []int{1, 2, 3}, Scale: 1}

func TestReadDICOM(t *testing.T) {
	t.Parallel()
	// In Hounsfield units -100, 0, 50, 100, 25, 3095; the file's window shows 0 to 100.
	shown := []float64{0, 0, 127.5, 255, 63.75, 255}
	for _, tt := range []struct {
		name   string
		change func(*radiograph)
		window *protocol.Window
		want   []float64
	}{
		{"explicit", nil, nil, shown},
		{"implicit", func(r *radiograph) { r.syntax, r.implicit = syntaxImplicit, true }, nil, shown},
		{"big endian", func(r *radiograph) { r.syntax, r.order = syntaxBig, binary.BigEndian }, nil, shown},
		{"deflated", func(r *radiograph) { r.syntax = syntaxDeflated }, nil, shown},
		{"least is white", func(r *radiograph) { r.elements[tagPhotometric] = "MONOCHROME1" }, nil, []float64{255, 255, 127.5, 0, 191.25, 0}},
		{"window of the model", nil, &protocol.Window{Center: 0.5, Width: 201}, []float64{0, 127.5, 191.25, 255, 159.375, 255}},
		{"exact window", func(r *radiograph) {
			r.elements[tagWindowFunction], r.elements[tagWindowCenter], r.elements[tagWindowWidth] = "LINEAR_EXACT", "50", "100"
		}, nil, shown},
		{"sigmoid", func(r *radiograph) {
			r.elements[tagWindowFunction], r.elements[tagWindowCenter], r.elements[tagWindowWidth] = "SIGMOID ", "0 ", "100 "
		}, nil, []float64{4.586, 127.5, 224.603, 250.414, 186.420, 255}},
		{"step", func(r *radiograph) { r.elements[tagWindowWidth] = "1" }, nil, []float64{0, 0, 0, 255, 0, 255}},
		{"no window", func(r *radiograph) { delete(r.elements, tagWindowWidth) }, nil, []float64{0, 7.981, 11.972, 15.962, 9.977, 255}},
		{"no window, falling", func(r *radiograph) {
			delete(r.elements, tagWindowWidth)
			r.elements[tagSlope] = "-1"
		}, nil, []float64{255, 247.019, 243.028, 239.038, 245.023, 0}},
		{"signed", func(r *radiograph) {
			r.elements[tagSigned], r.elements[tagIntercept], r.elements[tagWindowCenter], r.elements[tagWindowWidth] = uint16(1), "0", "0.5", "4"
			r.elements[tagPixels] = []uint16{0xfff, 0xffe, 0xf000, 1, 2, 3}
		}, nil, []float64{42.5, 0, 127.5, 212.5, 255, 255}},
		{"8 bits", func(r *radiograph) {
			r.elements[tagAllocated], r.elements[tagStored], r.elements[tagHighBit] = uint16(8), uint16(8), uint16(7)
			r.elements[tagIntercept], r.elements[tagWindowCenter], r.elements[tagWindowWidth] = "0", "128", "256"
			r.elements[tagPixels] = []byte{0, 1, 2, 100, 200, 255}
		}, nil, []float64{0, 1, 2, 100, 200, 255}},
		{"with sequences", func(r *radiograph) { r.elements[0x0008_1111] = "nested"; r.elements[0x0008_2112] = "" }, nil, shown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := scan()
			if tt.change != nil {
				tt.change(&r)
			}
			s := scanned
			s.Window = tt.window
			got, err := s.ReadImage(bytes.NewReader(r.file()))
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range tt.want {
				if math.Abs(got[i]-want) > 0.01 { // 16 bits
					t.Fatalf("got %v, want %v", got, tt.want)
				}
			}
		})
	}
}

// encapsulate makes fragments of a JPEG picture.
func encapsulate(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	item := func(to []byte, tag uint32, value []byte) []byte {
		to = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(to, uint16(tag>>16)), uint16(tag))
		return append(binary.LittleEndian.AppendUint32(to, uint32(len(value))), value...)
	}
	if b.Len()%2 == 1 {
		b.WriteByte(0) // fragments are of even length
	}
	half := b.Len() / 4 * 2
	out := item(nil, tagItem, nil) // the table of offsets
	out = item(out, tagItem, b.Bytes()[:half])
	out = item(out, tagItem, b.Bytes()[half:])
	return item(out, tagSequenceEnd, nil)
}

// compressed is a picture of 8x8 pixels as baseline JPEG.
func compressed(t testing.TB, m image.Image) radiograph {
	t.Helper()
	r := scan()
	r.syntax = syntaxJPEG
	r.elements[tagRows], r.elements[tagColumns] = uint16(8), uint16(8)
	r.elements[tagAllocated], r.elements[tagStored], r.elements[tagHighBit] = uint16(8), uint16(8), uint16(7)
	r.elements[tagIntercept], r.elements[tagWindowCenter], r.elements[tagWindowWidth] = "0", "128", "256"
	r.elements[tagPixels] = encapsulate(t, m)
	return r
}

func TestReadDICOMOfJPEG(t *testing.T) {
	t.Parallel()
	m := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range m.Pix {
		m.Pix[i] = 90
	}
	s := Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: 1}
	got, err := s.ReadImage(bytes.NewReader(compressed(t, m).file()))
	if err != nil || math.Abs(got[0]-90) > 1 {
		t.Errorf("got %v, %v, want about 90", got, err)
	}
	for name, other := range map[string]image.Image{"smaller": image.NewGray(image.Rect(0, 0, 8, 7)), "colored": image.NewRGBA(image.Rect(0, 0, 8, 8))} {
		if _, err := s.ReadImage(bytes.NewReader(compressed(t, other).file())); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "not the gray picture") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestReadDICOMRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*radiograph)
		why    string
	}{
		{"JPEG 2000", func(r *radiograph) { r.syntax = "1.2.840.10008.1.2.4.90" }, "save it uncompressed"},
		{"no transfer syntax", func(r *radiograph) { r.syntax = "" }, "transfer syntax"},
		{"color", func(r *radiograph) { r.elements[tagPhotometric] = "RGB " }, "only grayscale"},
		{"three samples", func(r *radiograph) { r.elements[tagSamples] = uint16(3) }, "only grayscale"},
		{"film", func(r *radiograph) { r.elements[tagFrames] = "12" }, "12 frames"},
		{"32 bits", func(r *radiograph) { r.elements[tagAllocated] = uint16(32) }, "bits"},
		{"no bits", func(r *radiograph) { r.elements[tagStored] = uint16(0) }, "bits"},
		{"bits at the top", func(r *radiograph) { r.elements[tagHighBit] = uint16(15) }, "bits"},
		{"no pixels", func(r *radiograph) { delete(r.elements, tagPixels) }, "no picture"},
		{"no rows", func(r *radiograph) { r.elements[tagRows] = uint16(0) }, "no picture"},
		{"too few pixels", func(r *radiograph) { r.elements[tagPixels] = []uint16{1, 2, 3} }, "6 bytes of pixels"},
		{"too many pixels", func(r *radiograph) { r.elements[tagPixels] = make([]uint16, 7) }, "14 bytes of pixels"},
		{"bomb", func(r *radiograph) { r.elements[tagRows], r.elements[tagColumns] = uint16(65535), uint16(65535) }, "scale it down"},
		{"rows of another type", func(r *radiograph) { r.elements[tagRows] = "100000" }, "want 2"},
		{"slope of nothing", func(r *radiograph) { r.elements[tagSlope] = "0" }, "slope"},
		{"slope of text", func(r *radiograph) { r.elements[tagSlope] = "NaN" }, "not a number"},
		{"narrow window", func(r *radiograph) { r.elements[tagWindowWidth] = "0.5" }, "window width"},
		{"unknown window", func(r *radiograph) { r.elements[tagWindowFunction] = "CUBIC" }, "CUBIC"},
		{"modality table", func(r *radiograph) { r.elements[tagModalityTable] = "x " }, "modality table"},
		{"shown by a table", func(r *radiograph) { delete(r.elements, tagWindowWidth); r.elements[tagWindowTable] = "x " }, "through a table"},
		{"not deflated", func(r *radiograph) { r.elements[tagPixels] = make([]uint16, 40<<20); r.syntax = syntaxDeflated }, "inflate"},
		{"not encapsulated", func(r *radiograph) { r.syntax = syntaxExplicit; r.elements[tagSamples] = uint16(1); r.implicit = true }, "value representation"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := scan()
			tt.change(&r)
			_, err := scanned.ReadImage(bytes.NewReader(r.file()))
			if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), tt.why) {
				t.Errorf("got %v, want that it says %q", err, tt.why)
			}
		})
	}
}

// TestReadDICOMCutOff cuts a file off everywhere: only as a whole it is a picture.
func TestReadDICOMCutOff(t *testing.T) {
	t.Parallel()
	whole := compressed(t, image.NewGray(image.Rect(0, 0, 8, 8))).file()
	for n := dicomPreamble + 4; n < len(whole); n++ {
		if _, err := (Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: 1}).ReadImage(bytes.NewReader(whole[:n])); !errors.Is(err, ErrInput) {
			t.Fatalf("%d of %d bytes: got %v, want %v", n, len(whole), err, ErrInput)
		}
	}
}

// TestNestedSequences is a file whose sequences go deeper than any reader's stack should.
func TestNestedSequences(t *testing.T) {
	t.Parallel()
	b := append(make([]byte, dicomPreamble), "DICM"...)
	b = radiograph{order: binary.LittleEndian}.element(b, tagTransferSyntax, syntaxExplicit)
	for range 1 << 16 {
		b = append(b, 8, 0, 0x11, 0x11, 'S', 'Q', 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff)
	}
	if _, err := parseDICOM(b); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "nested") {
		t.Errorf("got %v", err)
	}
}

// pydicomFiles is where Debian's python3-pydicom has real files.
const pydicomFiles = "/usr/lib/python3/dist-packages/pydicom/data/test_files"

// TestPydicom compares with what pydicom 2.3 and NumPy make of pydicom's own files, and reads all others of them without
// a panic.
func TestPydicom(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(pydicomFiles, "*.dcm"))
	if err != nil || len(files) == 0 {
		t.Skip("python3-pydicom is not installed: no real DICOM files")
	}
	b, err := os.ReadFile("testdata/pydicom.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]struct {
		Rows, Cols       int
		Mean, WindowMean float64 // by the file's window, and by one of 100 and 300
		First, Middle    []float64
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		w, known := want[filepath.Base(path)]
		if !known {
			_, err := Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: 1}.ReadImage(bytes.NewReader(b))
			if err != nil && !errors.Is(err, ErrInput) {
				t.Errorf("%s: %v", path, err)
			}
			continue
		}
		s := Schema{Kind: Image, Shape: []int{1, w.Rows, w.Cols}, Scale: 1}
		got, err := s.ReadImage(bytes.NewReader(b))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		middle := w.Rows/2*w.Cols + w.Cols/2
		for i := range w.First {
			if math.Abs(got[i]-w.First[i])+math.Abs(got[middle+i]-w.Middle[i]) > 0.02 {
				t.Errorf("%s: got %v and %v, want %v and %v", path, got[:8], got[middle:middle+8], w.First, w.Middle)
				break
			}
		}
		s.Window = &protocol.Window{Center: 100, Width: 300}
		windowed, err := s.ReadImage(bytes.NewReader(b))
		if err != nil || math.Abs(mean(got)-w.Mean)+math.Abs(mean(windowed)-w.WindowMean) > 0.02 {
			t.Errorf("%s: means %v and %v, %v, want %v and %v", path, mean(got), mean(windowed), err, w.Mean, w.WindowMean)
		}
		delete(want, filepath.Base(path))
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}

func mean(x []float64) (m float64) {
	for _, v := range x {
		m += v / float64(len(x))
	}
	return m
}

func FuzzReadDICOM(f *testing.F) {
	f.Add(scan().file())
	f.Add(compressed(f, image.NewGray(image.Rect(0, 0, 8, 8))).file())
	for _, syntax := range []string{syntaxImplicit, syntaxBig, syntaxDeflated} {
		r := scan()
		r.syntax, r.implicit = syntax, syntax == syntaxImplicit
		if syntax == syntaxBig {
			r.order = binary.BigEndian
		}
		f.Add(r.file())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !isDICOM(b) {
			t.Skip("not a DICOM file")
		}
		s := Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: 1}
		got, err := s.ReadImage(bytes.NewReader(b))
		if err != nil {
			if !errors.Is(err, ErrInput) {
				t.Errorf("got %v, want %v", err, ErrInput)
			}
			return
		}
		if !(got[0] >= 0 && got[0] <= 255) {
			t.Errorf("got %v", got)
		}
	})
}
