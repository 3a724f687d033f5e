package advise

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/protocol"
)

// pictureCard takes gray pictures of 3 x 2 pixels.
var pictureCard = creator.Card{
	Input:      protocol.InputSchema{Kind: protocol.InputImage, Shape: []int{1, 2, 3}, Scale: 1. / 255},
	InputRange: protocol.Range{Low: 0, High: 1}, Labels: []string{"no", "yes"},
}

// write writes a file and returns its path.
func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// npy is an array of bytes as numpy.save writes it.
func npy(shape string, values []byte) []byte {
	header := fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }\n", shape)
	b := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(header)))
	return append(append(b, header...), values...)
}

func archive(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// ramp is n pictures of 6 pixels, the first pixel of each its number.
func ramp(n int) (pixels, labels []byte) {
	for i := range n {
		pixels = append(pixels, byte(i), 0, 51, 102, 153, 255)
		labels = append(labels, byte(i%2))
	}
	return pixels, labels
}

func TestReadArchive(t *testing.T) {
	t.Parallel()
	pixels, labels := ramp(5)
	path := write(t, "x.npz", archive(t, map[string][]byte{
		"train_images": npy("5, 2, 3", pixels), "train_labels": npy("5, 1", labels),
		"test_images": npy("3, 2, 3, 1", pixels[:18]), "test_labels": npy("3,", labels[:3]), "val_images": npy("1,", []byte{1}),
	}))
	train, test, err := ReadRecords(path, "", pictureCard, 1)
	if err != nil {
		t.Fatal(err)
	}
	if train.X.Rows != 5 || test.X.Rows != 3 || !slices.Equal(train.Labels, []int{0, 1, 0, 1, 0}) || !slices.Equal(test.Labels, []int{0, 1, 0}) {
		t.Errorf("%d and %d records, labels %v and %v", train.X.Rows, test.X.Rows, train.Labels, test.Labels)
	}
	if want := []float32{float32(2) / 255, 0, 0.2, 0.4, 0.6, 1}; !near(train.X.Row(2), want) {
		t.Errorf("record 2 is %v, want %v", train.X.Row(2), want)
	}
}

func near(a, b []float32) bool {
	for i := range b {
		if d := a[i] - b[i]; d > 1e-6 || d < -1e-6 {
			return false
		}
	}
	return len(a) == len(b)
}

// Files without a split are split by the seed, the same for the same seed, and no record is in both halves.
func TestReadIDX(t *testing.T) {
	t.Parallel()
	pixels, labels := ramp(40)
	images := append([]byte{0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 3}, pixels...)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(images); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	path := write(t, "images-idx3-ubyte.gz", packed.Bytes())
	labelPath := write(t, "labels-idx1-ubyte", append([]byte{0, 0, 8, 1, 0, 0, 0, 40}, labels...))
	train, test, err := ReadRecords(path, labelPath, pictureCard, 1)
	if err != nil {
		t.Fatal(err)
	}
	if train.X.Rows != 30 || test.X.Rows != 10 {
		t.Fatalf("%d and %d records", train.X.Rows, test.X.Rows)
	}
	seen := map[int]bool{}
	for i := range 40 {
		r, at := train, i
		if i >= 30 {
			r, at = test, i-30
		}
		number := int(r.X.Row(at)[0]*255 + 0.5)
		if seen[number] || r.Labels[at] != number%2 {
			t.Errorf("record %d twice, or with label %d", number, r.Labels[at])
		}
		seen[number] = true
	}
	same, _, err := ReadRecords(path, labelPath, pictureCard, 1)
	if err != nil || !slices.Equal(same.X.Data, train.X.Data) {
		t.Errorf("the same seed gave other records: %v", err)
	}
	other, _, err := ReadRecords(path, labelPath, pictureCard, 2)
	if err != nil || slices.Equal(other.X.Data, train.X.Data) {
		t.Errorf("another seed gave the same records: %v", err)
	}
}

func TestReadTable(t *testing.T) {
	t.Parallel()
	card := creator.Card{
		Input:      protocol.InputSchema{Kind: protocol.InputTable, Shape: []int{2}, Columns: []string{"a", "b"}, Scale: 1, Clip: 4},
		InputRange: protocol.Range{Low: -4, High: 4}, Labels: []string{"ill", "well"},
	}
	text := "a,b,target\n" + strings.Repeat("-4,0,ill\n4,9,WELL\n1,2,1\n", 4)
	train, test, err := ReadRecords(write(t, "x.csv", []byte(text)), "", card, 3)
	if err != nil {
		t.Fatal(err)
	}
	if train.X.Rows != 9 || test.X.Rows != 3 {
		t.Fatalf("%d and %d records", train.X.Rows, test.X.Rows)
	}
	for i := range train.X.Rows {
		if row := train.X.Row(i); (row[0] == 0) != (train.Labels[i] == 0) || row[0] == 1 && row[1] != 1 {
			t.Errorf("record %v has label %d", row, train.Labels[i])
		}
	}
	unlabelled, _, err := ReadRecords(write(t, "x.csv", []byte(strings.ReplaceAll(text, "target", "note"))), "", card, 3)
	if err != nil || unlabelled.Labels != nil {
		t.Errorf("labels %v: %v", unlabelled.Labels, err)
	}
}

func TestReadRecordsRefused(t *testing.T) {
	t.Parallel()
	pixels, labels := ramp(4)
	both := func(x, y []byte) []byte { return archive(t, map[string][]byte{"images": x, "labels": y}) }
	for name, c := range map[string]struct {
		file string
		b    []byte
		want string
	}{
		"no file":          {"", nil, "no such file"},
		"no records":       {"x.npz", archive(t, map[string][]byte{"other": npy("1,", []byte{1})}), "neither train_images"},
		"half a split":     {"x.npz", archive(t, map[string][]byte{"train_images": npy("4, 2, 3", pixels)}), "neither train_images"},
		"too few labels":   {"x.npz", both(npy("4, 2, 3", pixels), npy("3,", labels[:3])), "3 labels for 4 records"},
		"flat":             {"x.npz", both(npy("24,", pixels), npy("4,", labels)), "want number, height, width"},
		"too few":          {"x.npz", both(npy("4, 2, 3", pixels), npy("4,", labels)), "at least 2 are needed"},
		"no zip":           {"x.npz", []byte("PK"), "zip"},
		"early end":        {"x.gz", []byte{0, 0, 8}, "it ends early"},
		"not bytes":        {"x-idx", []byte{0, 0, 13, 1, 0, 0, 0, 1, 0}, "none of .npz"},
		"huge":             {"x-idx", []byte{0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 1}, "give a smaller file"},
		"fewer than said":  {"x-idx", []byte{0, 0, 8, 3, 0, 0, 0, 8, 0, 0, 0, 2, 0, 0, 0, 3, 1}, "1 values"},
		"one dimension":    {"x-idx", []byte{0, 0, 8, 1, 0, 0, 0, 1, 7}, "want 3: number"},
		"pictures for csv": {"x.csv", []byte("a,b\n1,2\n"), "not a table"},
	} {
		path := filepath.Join(t.TempDir(), "missing-idx")
		if c.file != "" {
			path = write(t, c.file, c.b)
		}
		_, _, err := ReadRecords(path, "", pictureCard, 1)
		if !errors.Is(err, ErrData) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func FuzzIDX(f *testing.F) {
	f.Add([]byte{0, 0, 8, 1, 0, 0, 0, 1, 7})
	f.Add([]byte{0, 0, 8, 3, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		shape, values, err := parseIDX(bytes.NewReader(b))
		if err != nil {
			return
		}
		size := 1
		for _, d := range shape {
			size *= d
		}
		if len(values) != size {
			t.Errorf("%d values of shape %v", len(values), shape)
		}
	})
}
