package input

import (
	"archive/zip"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSamples(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		file, model []int
		samples     int // 0: refused
	}{
		{"one", []int{2, 3}, []int{2, 3}, 1},
		{"one with its batch", []int{1, 2, 3}, []int{2, 3}, 1},
		{"batch", []int{5, 2, 3}, []int{2, 3}, 5},
		{"picture without its channel", []int{4, 4}, []int{1, 4, 4}, 1},
		{"pictures without their channel", []int{3, 4, 4}, []int{1, 4, 4}, 3},
		{"batch of single values", []int{7}, []int{1}, 7},
		{"a scalar", nil, []int{1}, 1},
		{"other order", []int{4, 4, 3}, []int{3, 4, 4}, 0},
		{"flat", []int{6}, []int{2, 3}, 0},
		{"too deep", []int{2, 2, 2, 3}, []int{2, 3}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := elements(tt.file)
			if err != nil {
				t.Fatal(err)
			}
			list, err := Tensor{tt.file, ramp(n)}.Samples(tt.model)
			if tt.samples == 0 {
				if !errors.Is(err, ErrInput) {
					t.Fatalf("got %v, want %v", err, ErrInput)
				}
				return
			}
			if err != nil || len(list) != tt.samples {
				t.Fatalf("got %d samples, %v, want %d", len(list), err, tt.samples)
			}
			near(t, slices.Concat(list...), ramp(n))
		})
	}
	if _, err := (Tensor{[]int{2, 0}, nil}).Samples([]int{2}); !errors.Is(err, ErrInput) {
		t.Errorf("no values: got %v, want %v", err, ErrInput)
	}
}

func TestNewTensor(t *testing.T) {
	t.Parallel()
	if got, err := NewTensor([]int{2, 2}, ramp(4)); err != nil || !slices.Equal(got.Values, ramp(4)) {
		t.Errorf("got %v, %v", got, err)
	}
	for name, values := range map[string][]float64{"too few": ramp(3), "too many": ramp(5), "NaN": {0, 0, 0, math.NaN()}, "infinite": {0, 0, math.Inf(-1), 0}} {
		if _, err := NewTensor([]int{2, 2}, values); !errors.Is(err, ErrInput) {
			t.Errorf("%s: got %v, want %v", name, err, ErrInput)
		}
	}
}

func ramp(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i)
	}
	return x
}

func TestReadJSON(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file  string
		shape []int
		want  []float64
	}{
		{"[1, -2.5, 1e3]", []int{3}, []float64{1, -2.5, 1000}},
		{"[[1, 2], [3, 4], [5, 6]]\n", []int{3, 2}, []float64{1, 2, 3, 4, 5, 6}},
		{"[[[7]]]", []int{1, 1, 1}, []float64{7}},
		{`{"data": [1, 2, 3, 4], "shape": [2, 2]}`, []int{2, 2}, []float64{1, 2, 3, 4}},
		{`{"shape": [4], "data": [[1, 2], [3, 4]]}`, []int{4}, []float64{1, 2, 3, 4}},
		{`{"data": [[1, 2]]}`, []int{1, 2}, []float64{1, 2}},
	}
	for _, tt := range tests {
		got, err := ReadJSON(strings.NewReader(tt.file))
		if err != nil || !slices.Equal(got.Shape, tt.shape) {
			t.Errorf("%s: got shape %v, %v, want %v", tt.file, got.Shape, err, tt.shape)
			continue
		}
		near(t, got.Values, tt.want)
	}
}

func TestReadJSONRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, why string }{
		{"nothing", "", "EOF"},
		{"a number", "3", "want an array"},
		{"text", `["1"]`, "want numbers"},
		{"null", "[1, null]", "want numbers"},
		{"truth", "[true]", "want numbers"},
		{"object inside", "[{}]", "object in the array"},
		{"empty", "[]", "empty array"},
		{"empty inside", "[[1], []]", "empty array"},
		{"ragged", "[[1, 2], [3]]", "different lengths"},
		{"deeper later", "[1, [2]]", "different lengths"},
		{"deeper later, inside", "[[1], [[2]]]", "different lengths"},
		{"shallower later", "[[1], 2]", "different lengths"},
		{"too deep", strings.Repeat("[", 17) + "1" + strings.Repeat("]", 17), "deeper than 16"},
		{"bomb", strings.Repeat("[", 1e6), "deeper than 16"},
		{"too large a number", "[1e999]", "not readable"},
		{"not a number", "[NaN]", "not readable"},
		{"ends early", "[1, 2", "EOF"},
		{"ends early after data", `{"data": [1]`, "EOF"},
		{"trailing comma", "[1,]", "not readable"},
		{"two documents", "[1] [2]", "goes on"},
		{"garbage after", "[1] x", "not readable"},
		{"no data", `{"shape": [1]}`, "data is missing"},
		{"data twice", `{"data": [1], "data": [1]}`, "at most one"},
		{"unknown member", `{"data": [1], "dtype": [1]}`, `"dtype"`},
		{"data is no array", `{"data": 1}`, "no array"},
		{"wrong shape", `{"data": [1, 2], "shape": [3]}`, "there are 2 values"},
		{"shape of no integers", `{"data": [1], "shape": [1.5]}`, "dimension 1.5"},
		{"negative shape", `{"data": [1], "shape": [-1, -1]}`, "dimension -1"},
		{"huge shape", `{"data": [1], "shape": [2000000000, 2000000000]}`, "smaller batch"},
		{"nested shape", `{"data": [1], "shape": [[1]]}`, "member shape"},
	}
	for _, tt := range tests {
		_, err := ReadJSON(strings.NewReader(tt.file))
		if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s: got %v, want it to say %q", tt.name, err, tt.why)
		}
	}
}

// TestReadTensorBounds reads an endless file.
func TestReadTensorBounds(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func() error{
		"JSON": func() error { _, err := ReadJSON(endless(' ')); return err },
		"CSV": func() error {
			_, err := twoColumns.ReadCSV(io.MultiReader(strings.NewReader("age,blood pressure\n"), endless('1')), 0)
			return err
		},
	} {
		if err := read(); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "too large") {
			t.Errorf("%s: got %v, want that it is too large", name, err)
		}
	}
}

// endless is a reader of one byte, again and again.
type endless byte

// Read implements io.Reader.
func (e endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(e)
	}
	return len(b), nil
}

// TestReadNPYCorpus reads arrays that NumPy itself wrote.
func TestReadNPYCorpus(t *testing.T) {
	t.Parallel()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is not set: no files of NumPy")
	}
	z, err := zip.OpenReader(filepath.Join(root, "models", "data", "pneumoniamnist.npz"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	shapes := map[string][]int{
		"test_images.npy": {624, 28, 28}, "test_labels.npy": {624, 1}, "val_images.npy": {524, 28, 28}, "val_labels.npy": {524, 1},
	}
	for name, shape := range shapes {
		f, err := z.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadNPY(f)
		if err != nil || !slices.Equal(got.Shape, shape) {
			t.Fatalf("%s: got shape %v, %v, want %v", name, got.Shape, err, shape)
		}
		if low, high := slices.Min(got.Values), slices.Max(got.Values); low != 0 || high > 255 || high < 1 {
			t.Errorf("%s: values from %v to %v", name, low, high)
		}
		f.Close()
	}
}

func FuzzReadJSON(f *testing.F) {
	f.Add("[[1, 2], [3, 4]]")
	f.Add(`{"data": [1, 2, 3, 4], "shape": [2, 2]}`)
	f.Add("[[[[[[")
	f.Add("[[1], [2, 3]]")
	f.Fuzz(func(t *testing.T, file string) {
		got, err := ReadJSON(strings.NewReader(file))
		checkTensor(t, got, err)
	})
}

// checkTensor holds what is true of anything that was read.
func checkTensor(t *testing.T, got Tensor, err error) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, ErrInput) {
			t.Errorf("the file is at fault, but got %v", err)
		}
		return
	}
	if n, err := elements(got.Shape); err != nil || n != len(got.Values) {
		t.Errorf("%d values of shape %v: %v", len(got.Values), got.Shape, err)
	}
	for _, v := range got.Values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("value %v", v)
		}
	}
}
