package input

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/quick"
)

// npyFile writes a file as numpy.save does: a header that ends with a line feed and is padded
// with spaces to a multiple of 64 bytes, then the elements.
func npyFile(major byte, header string, elements []byte) []byte {
	lengthBytes := 2
	if major > 1 {
		lengthBytes = 4
	}
	for (6+2+lengthBytes+len(header)+1)%64 != 0 {
		header += " "
	}
	header += "\n"
	b := append([]byte("\x93NUMPY"), major, 0)
	if major > 1 {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(header)))
	} else {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	}
	return slices.Concat(b, []byte(header), elements)
}

// npy is a file of format 1.0.
func npy(descr, fortran, shape string, elements ...byte) []byte {
	return npyFile(1, fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", descr, fortran, shape), elements)
}

// saved is what NumPy 1.26 writes for numpy.arange(3, dtype="<f4").
const saved = "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }" +
	"                                                            \n" +
	"\x00\x00\x00\x00\x00\x00\x80\x3f\x00\x00\x00\x40"

func TestReadNPY(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		file  []byte
		shape []int
		want  []float64
	}{
		{"as NumPy saved it", []byte(saved), []int{3}, []float64{0, 1, 2}},
		{
			"f2", npy("<f2", "False", "(7,)", 0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b, 0x00, 0x80, 0xff, 0x03, 0x00, 0x04),
			[]int{7},
			[]float64{1, -2, math.Exp2(-24), 65504, 0, math.Exp2(-14) - math.Exp2(-24), math.Exp2(-14)},
		},
		{"f8", npy("<f8", "False", "(1,)", 0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f), []int{1}, []float64{0.1}},
		{"big-endian f4", npy(">f4", "False", "(1,)", 0xc0, 0x20, 0, 0), []int{1}, []float64{-2.5}},
		{"i1", npy("|i1", "False", "(2,)", 0x7f, 0x80), []int{2}, []float64{127, -128}},
		{"i2", npy("<i2", "False", "(2,)", 0xff, 0xff, 0x00, 0x01), []int{2}, []float64{-1, 256}},
		{"i4", npy("<i4", "False", "(1,)", 0, 0, 0, 0x80), []int{1}, []float64{-1 << 31}},
		{"i8", npy("<i8", "False", "(1,)", 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), []int{1}, []float64{-2}},
		{"big-endian i2", npy(">i2", "False", "(1,)", 0xff, 0xfe), []int{1}, []float64{-2}},
		{"u1", npy("|u1", "False", "(2,)", 0, 255), []int{2}, []float64{0, 255}},
		{"u2", npy("<u2", "False", "(1,)", 0xff, 0xff), []int{1}, []float64{65535}},
		{"u4", npy("<u4", "False", "(1,)", 0xff, 0xff, 0xff, 0xff), []int{1}, []float64{1<<32 - 1}},
		{"u8", npy("<u8", "False", "(1,)", 0, 0, 0, 0, 0, 0, 0, 0x80), []int{1}, []float64{1 << 63}},
		{"bool", npy("|b1", "False", "(2,)", 0, 1), []int{2}, []float64{0, 1}},
		{"C order", npy("|u1", "False", "(2, 3)", 1, 2, 3, 4, 5, 6), []int{2, 3}, []float64{1, 2, 3, 4, 5, 6}},
		{"Fortran order", npy("|u1", "True", "(2, 3)", 1, 4, 2, 5, 3, 6), []int{2, 3}, []float64{1, 2, 3, 4, 5, 6}},
		{"Fortran order, three dimensions", npy("|u1", "True", "(2, 2, 2)", 1, 5, 3, 7, 2, 6, 4, 8), []int{2, 2, 2}, []float64{1, 2, 3, 4, 5, 6, 7, 8}},
		{"scalar", npy("|u1", "False", "()", 9), []int{}, []float64{9}},
		{"format 2.0", npyFile(2, `{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }`, []byte{3}), []int{1}, []float64{3}},
		{"format 3.0", npyFile(3, `{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }`, []byte{3}), []int{1}, []float64{3}},
		{"other order and quotes", npyFile(1, `{"shape":(1,1,),"descr":"|u1","fortran_order":False}`, []byte{3}), []int{1, 1}, []float64{3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadNPY(bytes.NewReader(tt.file))
			if err != nil || !slices.Equal(got.Shape, tt.shape) {
				t.Fatalf("got shape %v, %v, want %v", got.Shape, err, tt.shape)
			}
			if !slices.Equal(got.Values, tt.want) {
				t.Errorf("got %v, want %v", got.Values, tt.want)
			}
			for i := range tt.file { // no file is a whole one before its end
				if _, err := ReadNPY(bytes.NewReader(tt.file[:i])); !errors.Is(err, ErrInput) {
					t.Fatalf("first %d of %d bytes: got %v, want %v", i, len(tt.file), err, ErrInput)
				}
			}
		})
	}
}

func TestReadNPYRefuses(t *testing.T) {
	t.Parallel()
	head := func(text string) []byte { return npyFile(1, text, []byte{1}) }
	tests := []struct {
		name string
		file []byte
		why  string
	}{
		{"another file", []byte("\x89PNG\r\n\x1a\n000000000000"), "does not begin"},
		{"format 4.0", npyFile(4, "{}", nil), "format 4.0"},
		{"huge header", []byte("\x93NUMPY\x02\x00\xff\xff\xff\xff"), "10000 bytes"},
		{"complex", npy("<c8", "False", "(1,)", 0, 0, 0, 0, 0, 0, 0, 0), `"<c8"`},
		{"text", npy("<U1", "False", "(1,)", 0, 0, 0, 0), `"<U1"`},
		{"pickle", npy("|O", "False", "(1,)", 0), `"|O"`},
		{"f1", npy("<f1", "False", "(1,)", 0), `"<f1"`},
		{"no byte order", npy("|f4", "False", "(1,)", 0, 0, 0, 0), `"|f4"`},
		{"records", head("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"), "records"},
		{"NaN", npy("<f4", "False", "(1,)", 0, 0, 0xc0, 0x7f), "value 0 is NaN"},
		{"infinite", npy("<f2", "False", "(2,)", 0, 0, 0x00, 0xfc), "value 1 is -Inf"},
		{"more bytes", npy("|u1", "False", "(1,)", 1, 2), "goes on after"},
		{"no values", npy("|u1", "False", "(0, 3)"), "dimension 0"},
		{"huge shape", npy("<f8", "False", "(2000000000, 2000000000)"), "smaller batch"},
		{"huge dimension", npy("<f8", "False", "(99999999999999999999,)"), "no shape"},
		{"negative dimension", npy("<f8", "False", "(-1,)"), "no shape"},
		{"rank", npy("<f8", "False", "("+strings.Repeat("1, ", 17)+")"), "at most 16"},
		{"no tuple", head("{'descr': '|u1', 'fortran_order': False, 'shape': (1), }"), `want ","`},
		{"open tuple", head("{'descr': '|u1', 'fortran_order': False, 'shape': (1,"), "no shape"},
		{"no truth", head("{'descr': '|u1', 'fortran_order': 0, 'shape': (1,), }"), `want "False"`},
		{"lacks a key", head("{'descr': '|u1', 'shape': (1,), }"), "lacks"},
		{"key twice", head("{'descr': '|u1', 'descr': '|u1', 'shape': (1,), }"), "two keys"},
		{"unknown key", head("{'descr': '|u1', 'order': True, 'shape': (1,), }"), `unknown key "order"`},
		{"no dictionary", head("[]"), `want "{"`},
		{"open dictionary", head("{'descr': '|u1'"), `want "}"`},
		{"open string", head("{'descr"), "want a string"},
		{"escape", head(`{'desc\x72': '|u1', 'fortran_order': False, 'shape': (1,), }`), "want a string"},
		{"code", head("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), } + f()"), "goes on after its end"},
	}
	for _, tt := range tests {
		_, err := ReadNPY(bytes.NewReader(tt.file))
		if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s: got %v, want it to say %q", tt.name, err, tt.why)
		}
	}
}

// TestReadNPYRoundTrip writes random values and reads them again.
func TestReadNPYRoundTrip(t *testing.T) {
	t.Parallel()
	doubles := func(values []float64) bool {
		var b []byte
		for i, v := range values {
			if !finite(v) {
				values[i] = 0
			}
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(values[i]))
		}
		if len(values) == 0 {
			return true
		}
		got, err := ReadNPY(bytes.NewReader(npy("<f8", "False", fmt.Sprintf("(%d,)", len(values)), b...)))
		return err == nil && slices.Equal(got.Values, values)
	}
	if err := quick.Check(doubles, nil); err != nil {
		t.Error(err)
	}
	// Transposing twice is the identity, for any shape.
	transposed := func(a, b, c uint8) bool {
		shape := []int{int(a%5) + 1, int(b%5) + 1, int(c%5) + 1}
		x := ramp(shape[0] * shape[1] * shape[2])
		back := slices.Clone(shape)
		slices.Reverse(back)
		// Row-major values of the reversed shape are those in Fortran order.
		return slices.Equal(fromFortran(fromFortran(x, shape), back), x)
	}
	if err := quick.Check(transposed, nil); err != nil {
		t.Error(err)
	}
}

// TestReadNPYMutations changes every byte of a file in several ways: what is still read is whole.
func TestReadNPYMutations(t *testing.T) {
	t.Parallel()
	good := npy("<f4", "True", "(2, 3)", make([]byte, 24)...)
	for i := range good {
		for _, flip := range []byte{0x01, 0x02, 0x10, 0x80, 0xff} {
			b := slices.Clone(good)
			b[i] ^= flip
			got, err := ReadNPY(bytes.NewReader(b))
			checkTensor(t, got, err)
			if i < 8 && err == nil {
				t.Errorf("byte %d of magic and version changed, and still read", i)
			}
		}
	}
}

func FuzzReadNPY(f *testing.F) {
	f.Add([]byte(saved))
	f.Add(npy(">f2", "True", "(2, 2)", 1, 2, 3, 4, 5, 6, 7, 8))
	f.Add(npyFile(2, "{'descr': '|b1', 'fortran_order': False, 'shape': (), }", []byte{1}))
	f.Add(npy("<f8", "False", "(2000000000,)"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := ReadNPY(bytes.NewReader(b))
		checkTensor(t, got, err)
	})
}
