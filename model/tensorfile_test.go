package model

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// stored is a tensor of a type and a shape.
func stored(kind onnx.DataType, dims ...int64) *onnx.TensorProto {
	return &onnx.TensorProto{DataType: kind, Dims: dims}
}

func marshalTensor(t testing.TB, p *onnx.TensorProto) []byte {
	t.Helper()
	return onnx.Marshal(p)
}

func TestParseTensor(t *testing.T) {
	t.Parallel()
	raw := func(p *onnx.TensorProto, b ...byte) *onnx.TensorProto { p.RawData = b; return p }
	floats := stored(onnx.Float, 2)
	floats.FloatData = []float32{1.5, -2}
	doubles := stored(onnx.Double, 1, 2)
	doubles.DoubleData = []float64{1.5, -2}
	longs := stored(onnx.Int64, 2)
	longs.Int64Data = []int64{3, -4}
	ints := stored(onnx.Int32, 2)
	ints.Int32Data = []int32{3, -4}
	words := stored(onnx.Uint32, 2)
	words.Uint64Data = []uint64{3, 4}
	tests := []struct {
		name   string
		file   *onnx.TensorProto
		floats []float32
		ints   []int64
	}{
		{"float", floats, []float32{1.5, -2}, nil},
		{"double", doubles, []float32{1.5, -2}, nil},
		{"int64", longs, nil, []int64{3, -4}},
		{"int32", ints, nil, []int64{3, -4}},
		{"uint32", words, nil, []int64{3, 4}},
		{"raw float", raw(stored(onnx.Float, 1), 0, 0, 0xc0, 0x3f), []float32{1.5}, nil},
		{"raw double", raw(stored(onnx.Double), 0, 0, 0, 0, 0, 0, 0xf8, 0x3f), []float32{1.5}, nil},
		{"raw half", raw(stored(onnx.Float16, 1), 0, 0x3e), []float32{1.5}, nil},
		{"raw int8", raw(stored(onnx.Int8, 2), 1, 0xff), nil, []int64{1, -1}},
		{"raw uint8", raw(stored(onnx.Uint8, 2), 1, 0xff), nil, []int64{1, 255}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := marshalTensor(t, tt.file)
			got, err := ParseTensor(b)
			if err != nil || !slices.Equal(got.Floats, tt.floats) || !slices.Equal(got.Ints, tt.ints) {
				t.Fatalf("got %+v, %v", got, err)
			}
			for i := range b {
				for _, flip := range []byte{0x01, 0x08, 0x80, 0xff} {
					changed := slices.Clone(b)
					changed[i] ^= flip
					exerciseTensor(t, changed)
				}
				exerciseTensor(t, b[:i])
			}
		})
	}
}

func TestParseTensorRefuses(t *testing.T) {
	t.Parallel()
	short, long := stored(onnx.Float, 3), stored(onnx.Float, 1)
	short.FloatData, long.RawData = []float32{1}, make([]byte, 8)
	outside := stored(onnx.Float, 1)
	outside.DataLocation = onnx.External
	for name, tt := range map[string]struct {
		file []byte
		want error
	}{
		"too few values":   {marshalTensor(t, short), ErrMalformed},
		"too many bytes":   {marshalTensor(t, long), ErrMalformed},
		"huge shape":       {marshalTensor(t, stored(onnx.Float, 1<<30, 1<<30)), ErrTooLarge},
		"negative":         {marshalTensor(t, stored(onnx.Float, -1)), ErrMalformed},
		"external":         {marshalTensor(t, outside), ErrExternalData},
		"strings":          {marshalTensor(t, stored(onnx.String, 1)), ErrMalformed},
		"complex":          {marshalTensor(t, stored(onnx.Complex64, 1)), ErrMalformed},
		"no protobuf":      {[]byte("\xff\xff"), ErrMalformed},
		"a model":          {marshal(t, small(t)), ErrMalformed},
		"fields like sand": {[]byte(strings.Repeat("\x32\x00", 5<<20)), ErrTooLarge},
	} {
		if _, err := ParseTensor(tt.file); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
	if _, err := (Limits{FileBytes: 3}).ParseTensor(make([]byte, 4)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("file beyond the limit: got %v, want %v", err, ErrTooLarge)
	}
}

// exerciseTensor parses a file under tight limits: what comes out is whole.
func exerciseTensor(t *testing.T, b []byte) {
	t.Helper()
	got, err := Limits{FileBytes: 1 << 16, Fields: 1 << 12, Depth: 4, Elements: 1 << 12}.ParseTensor(b)
	if err != nil {
		return
	}
	if n, err := elements(got.Shape, 1<<12); err != nil || n != got.len() {
		t.Errorf("%d elements of shape %v, %v", got.len(), got.Shape, err)
	}
}

func FuzzParseTensor(f *testing.F) {
	raw := stored(onnx.Float, 1, 2)
	raw.RawData = binary.LittleEndian.AppendUint64(nil, math.Float64bits(1))
	typed := stored(onnx.Float16, 2)
	typed.Int32Data = []int32{1, 2}
	f.Add(marshalTensor(f, raw))
	f.Add(marshalTensor(f, typed))
	f.Fuzz(func(t *testing.T, b []byte) { exerciseTensor(t, b) })
}
