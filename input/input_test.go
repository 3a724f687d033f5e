package input

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func grayPNG(t *testing.T, width, height int, pixel func(x, y int) uint8) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.SetGray(x, y, color.Gray{Y: pixel(x, y)})
		}
	}
	return encode(t, m)
}

func encode(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func near(t *testing.T, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d values, want %d", len(got), len(want))
	}
	for i := range got {
		if math.Abs(got[i]-want[i]) > 1e-9 {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func TestReadImage(t *testing.T) {
	t.Parallel()
	colored := image.NewRGBA(image.Rect(3, 5, 5, 6)) // bounds need not begin at 0
	colored.Set(3, 5, color.RGBA{255, 0, 0, 255})
	colored.Set(4, 5, color.RGBA{0, 51, 102, 255})
	deep := image.NewGray16(image.Rect(0, 0, 1, 1))
	deep.SetGray16(0, 0, color.Gray16{Y: 257 * 10})
	number := func(x, y int) uint8 { return uint8(10*y + x) }
	tests := []struct {
		name    string
		schema  Schema
		picture []byte
		want    []float64
	}{
		{"as it is", Schema{Kind: Image, Shape: []int{1, 2, 3}, Scale: 1}, grayPNG(t, 3, 2, number), []float64{0, 1, 2, 10, 11, 12}},
		{"scaled", Schema{Kind: Image, Shape: []int{1, 1, 2}, Scale: 0.1, Mean: []float64{0.5}, Std: []float64{2}}, grayPNG(t, 2, 1, number), []float64{-0.25, -0.2}},
		{"clipped", Schema{Kind: Image, Shape: []int{1, 1, 2}, Scale: -2, Clip: 1.5}, grayPNG(t, 2, 1, number), []float64{0, -1.5}},
		{"averaged", Schema{Kind: Image, Shape: []int{1, 1, 2}, Scale: 1}, grayPNG(t, 4, 2, number), []float64{5.5, 7.5}},
		{"averaged by fractions", Schema{Kind: Image, Shape: []int{1, 2, 2}, Scale: 1}, grayPNG(t, 3, 3, func(x, _ int) uint8 { return uint8(30 * x) }), []float64{10, 50, 10, 50}},
		{"middle of a wide one", Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: 1}, grayPNG(t, 3, 1, number), []float64{1}},
		{"middle of a tall one", Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: 1}, grayPNG(t, 1, 4, number), []float64{15}},
		{"color", Schema{Kind: Image, Shape: []int{3, 1, 2}, Scale: 1, Mean: []float64{0, 1, 2}}, encode(t, colored), []float64{255, 0, -1, 50, -2, 100}},
		{"luma of 16 bits", Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: 1}, encode(t, deep), []float64{10}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.schema.ReadImage(bytes.NewReader(tt.picture))
			if err != nil {
				t.Fatal(err)
			}
			near(t, got, tt.want)
		})
	}
}

func TestReadJPEG(t *testing.T) {
	t.Parallel()
	m := image.NewGray(image.Rect(0, 0, 16, 16))
	for i := range m.Pix {
		m.Pix[i] = 200
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	got, err := Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: 1}.ReadImage(&b)
	if err != nil || math.Abs(got[0]-200) > 2 {
		t.Errorf("got %v, %v, want about 200", got, err)
	}
}

// hugePNG is the head of a picture of a gigantic size, with a right checksum.
func hugePNG(width, height uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	head = binary.BigEndian.AppendUint32(head, height)
	head = append(head, 8, 0, 0, 0, 0)
	return binary.BigEndian.AppendUint32(append(b, head...), crc32.ChecksumIEEE(head))
}

func TestReadImageRefuses(t *testing.T) {
	t.Parallel()
	schema := Schema{Kind: Image, Shape: []int{1, 28, 28}, Scale: 1}
	good := grayPNG(t, 28, 28, func(x, y int) uint8 { return uint8(x * y) })
	tests := []struct {
		name    string
		schema  Schema
		picture []byte
		want    error
		mention string
	}{
		{"empty file", schema, nil, ErrInput, "PNG or JPEG"},
		{"not a picture", schema, []byte("patient,age\n"), ErrInput, "PNG or JPEG"},
		{"cut off", schema, good[:len(good)-20], ErrInput, "PNG or JPEG"},
		{"too small", schema, grayPNG(t, 28, 27, func(int, int) uint8 { return 0 }), ErrInput, "at least 28x28"},
		{"too large", schema, hugePNG(1<<20, 1<<20), ErrInput, "scale it down"},
		{"table model", Schema{Kind: Table, Shape: []int{1}, Columns: []string{"a"}, Scale: 1}, good, ErrInput, "not a picture"},
		{"bad schema", Schema{Kind: Image, Shape: []int{2, 28, 28}, Scale: 1}, good, ErrSchema, "channels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.schema.ReadImage(bytes.NewReader(tt.picture))
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.mention) {
				t.Errorf("got %v, want %v that mentions %q", err, tt.want, tt.mention)
			}
		})
	}
}

var twoColumns = Schema{Kind: Table, Shape: []int{2}, Columns: []string{"age", "Blood Pressure"}, Scale: 1, Mean: []float64{50, 120}, Std: []float64{10, 20}, Clip: 4}

func TestReadCSV(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file string
		row        int
		want       []float64
	}{
		{"plain", "age,blood pressure\n60,100\n", 0, []float64{1, -1}},
		{"other order and columns", "name,Blood Pressure , AGE\nx,140,40\n", 0, []float64{-1, 1}},
		{"second row", "age,blood pressure\n1,2\n70,120\n", 1, []float64{2, 0}},
		{"clipped", "age,blood pressure\n1000,-1e9\n", 0, []float64{4, -4}},
		{"byte order mark and quotes", "\ufeffage,\"blood pressure\"\r\n50,\"120\"\r\n", 0, []float64{0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := twoColumns.ReadCSV(strings.NewReader(tt.file), tt.row)
			if err != nil {
				t.Fatal(err)
			}
			near(t, got, tt.want)
		})
	}
}

func TestReadRows(t *testing.T) {
	t.Parallel()
	const table = "age,blood pressure\n60,100\n50,120\n70,140\n"
	for _, tt := range []struct{ from, limit, want int }{{0, 2, 2}, {0, 9, 3}, {1, 9, 2}, {2, 1, 1}} {
		rows, err := twoColumns.ReadRows(strings.NewReader(table), tt.from, tt.limit)
		if err != nil || len(rows) != tt.want {
			t.Fatalf("from %d, at most %d: got %d rows, %v", tt.from, tt.limit, len(rows), err)
		}
		for i, row := range rows {
			want, err := twoColumns.ReadCSV(strings.NewReader(table), tt.from+i)
			if err != nil {
				t.Fatal(err)
			}
			near(t, row, want)
		}
	}
	if _, err := twoColumns.ReadRows(strings.NewReader(table+"1,?\n"), 0, 9); err == nil || !strings.Contains(err.Error(), "row 3") {
		t.Errorf("got %v, want one about row 3", err)
	}
}

func TestReadCSVRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file string
		row        int
		mention    string
	}{
		{"empty", "", 0, "first line"},
		{"no rows", "age,blood pressure\n", 0, "0 rows"},
		{"row beyond", "age,blood pressure\n1,2\n", 1, "no row 1"},
		{"negative row", "age,blood pressure\n1,2\n", -1, "count from 0"},
		{"missing column", "age\n1\n", 0, `"Blood Pressure"`},
		{"no names", "60,100\n60,100\n", 0, "lacks 2 of 2"},
		{"column twice", "age,AGE,blood pressure\n1,1,2\n", 0, "two columns"},
		{"not a number", "age,blood pressure\n1,?\n", 0, `column "Blood Pressure"`},
		{"empty cell", "age,blood pressure\n,2\n", 0, `column "age"`},
		{"not finite", "age,blood pressure\nNaN,2\n", 0, `column "age"`},
		{"ragged", "age,blood pressure\n1\n", 0, "CSV"},
		{"open quote", "age,blood pressure\n\"1,2\n", 0, "CSV"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := twoColumns.ReadCSV(strings.NewReader(tt.file), tt.row)
			if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), tt.mention) {
				t.Errorf("got %v, want one that mentions %q", err, tt.mention)
			}
		})
	}
}

func TestReadFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	table, picture := filepath.Join(dir, "rows.csv"), filepath.Join(dir, "dot.png")
	if err := os.WriteFile(table, []byte("age,blood pressure\n50,120\n60,120\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(picture, grayPNG(t, 1, 1, func(int, int) uint8 { return 7 }), 0o600); err != nil {
		t.Fatal(err)
	}
	dot := Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: 1}
	for _, tt := range []struct {
		schema Schema
		path   string
		want   []float64
	}{{twoColumns, table, []float64{0, 0}}, {twoColumns, table + "#1", []float64{1, 0}}, {dot, picture, []float64{7}}} {
		got, err := tt.schema.ReadFile(tt.path)
		if err != nil {
			t.Fatal(err)
		}
		near(t, got, tt.want)
	}
	if _, err := dot.ReadFile(filepath.Join(dir, "none.png")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want %v", err, os.ErrNotExist)
	}
	if _, err := dot.ReadFile(table); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "rows.csv") {
		t.Errorf("got %v, want one that names the file", err)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	change := func(f func(s *Schema)) Schema {
		s := twoColumns
		s.Shape, s.Columns = slices.Clone(s.Shape), slices.Clone(s.Columns)
		f(&s)
		return s
	}
	tests := []struct {
		name   string
		schema Schema
		ok     bool
	}{
		{"table", twoColumns, true},
		{"image", Schema{Kind: Image, Shape: []int{3, 4096, 100}, Scale: 1. / 255}, true},
		{"one mean for all", change(func(s *Schema) { s.Mean = []float64{1} }), true},
		{"zero value", Schema{}, false},
		{"no kind", change(func(s *Schema) { s.Kind = "" }), false},
		{"no scale", change(func(s *Schema) { s.Scale = 0 }), false},
		{"infinite scale", change(func(s *Schema) { s.Scale = math.Inf(1) }), false},
		{"negative clip", change(func(s *Schema) { s.Clip = -1 }), false},
		{"means of another length", change(func(s *Schema) { s.Mean = []float64{1, 2, 3} }), false},
		{"mean not a number", change(func(s *Schema) { s.Mean = []float64{math.NaN()} }), false},
		{"std zero", change(func(s *Schema) { s.Std = []float64{1, 0} }), false},
		{"shape of another size", change(func(s *Schema) { s.Shape = []int{3} }), false},
		{"no columns", change(func(s *Schema) { s.Columns = nil }), false},
		{"empty name", change(func(s *Schema) { s.Columns[0] = " " }), false},
		{"long name", change(func(s *Schema) { s.Columns[0] = strings.Repeat("x", 129) }), false},
		{"name twice", change(func(s *Schema) { s.Columns[1] = "AGE " }), false},
		{"image of two dimensions", Schema{Kind: Image, Shape: []int{28, 28}, Scale: 1}, false},
		{"image without rows", Schema{Kind: Image, Shape: []int{1, 0, 28}, Scale: 1}, false},
		{"image too large", Schema{Kind: Image, Shape: []int{3, 4096, 4096}, Scale: 1}, false},
		{"image with columns", Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: 1, Columns: []string{"a"}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := tt.schema.Validate(); (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrSchema) {
				t.Errorf("got %v, want ok %v", err, tt.ok)
			}
		})
	}
}

func TestRange(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		schema Schema
		lo, hi float64
		ok     bool
	}{
		{"unit", Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: 1. / 255}, 0, 1, true},
		{"channels", Schema{Kind: Image, Shape: []int{3, 1, 1}, Scale: 1, Mean: []float64{0, 100, 200}, Std: []float64{1, 1, 2}}, -100, 255, true},
		{"negative scale", Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: -1}, -255, 0, true},
		{"clipped", Schema{Kind: Image, Shape: []int{1, 1, 1}, Scale: 1, Clip: 9}, 0, 9, true},
		{"table", twoColumns, -4, 4, true},
		{"unbounded table", Schema{Kind: Table, Shape: []int{1}, Columns: []string{"a"}, Scale: 1}, 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			lo, hi, ok := tt.schema.Range()
			if ok != tt.ok {
				t.Fatalf("got ok %v", ok)
			}
			if ok {
				near(t, []float64{lo, hi}, []float64{tt.lo, tt.hi})
			}
		})
	}
}

func FuzzReadImage(f *testing.F) {
	f.Add([]byte{})
	f.Add(hugePNG(1<<31-1, 1<<31-1))
	f.Add(hugePNG(30, 30))
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 3))); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	schema := Schema{Kind: Image, Shape: []int{1, 2, 2}, Scale: 1. / 255}
	f.Fuzz(func(t *testing.T, picture []byte) {
		x, err := schema.ReadImage(bytes.NewReader(picture))
		if err != nil {
			return
		}
		if len(x) != 4 || slices.Min(x) < 0 || slices.Max(x) > 1 {
			t.Errorf("got %v", x)
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	f.Add("age,blood pressure\n60,100\n", 0)
	f.Add("age,blood pressure\n\"", 1)
	f.Add("\xff\n", 0)
	f.Fuzz(func(t *testing.T, file string, row int) {
		x, err := twoColumns.ReadCSV(strings.NewReader(file), row)
		if err == nil && (len(x) != 2 || !(math.Abs(x[0]) <= 4) || !(math.Abs(x[1]) <= 4)) {
			t.Errorf("got %v", x)
		}
	})
}
