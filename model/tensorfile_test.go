package model

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/encrypted-compute/encompute/model/onnxpb"
)

// stored is a tensor of a type and a shape.
func stored(kind onnxpb.TensorProto_DataType, dims ...int64) *onnxpb.TensorProto {
	return &onnxpb.TensorProto{DataType: proto.Int32(int32(kind)), Dims: dims}
}

func marshalTensor(t testing.TB, p *onnxpb.TensorProto) []byte {
	t.Helper()
	b, err := proto.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseTensor(t *testing.T) {
	t.Parallel()
	raw := func(p *onnxpb.TensorProto, b ...byte) *onnxpb.TensorProto { p.RawData = b; return p }
	floats := stored(onnxpb.TensorProto_FLOAT, 2)
	floats.FloatData = []float32{1.5, -2}
	doubles := stored(onnxpb.TensorProto_DOUBLE, 1, 2)
	doubles.DoubleData = []float64{1.5, -2}
	longs := stored(onnxpb.TensorProto_INT64, 2)
	longs.Int64Data = []int64{3, -4}
	ints := stored(onnxpb.TensorProto_INT32, 2)
	ints.Int32Data = []int32{3, -4}
	words := stored(onnxpb.TensorProto_UINT32, 2)
	words.Uint64Data = []uint64{3, 4}
	tests := []struct {
		name   string
		file   *onnxpb.TensorProto
		floats []float32
		ints   []int64
	}{
		{"float", floats, []float32{1.5, -2}, nil},
		{"double", doubles, []float32{1.5, -2}, nil},
		{"int64", longs, nil, []int64{3, -4}},
		{"int32", ints, nil, []int64{3, -4}},
		{"uint32", words, nil, []int64{3, 4}},
		{"raw float", raw(stored(onnxpb.TensorProto_FLOAT, 1), 0, 0, 0xc0, 0x3f), []float32{1.5}, nil},
		{"raw double", raw(stored(onnxpb.TensorProto_DOUBLE), 0, 0, 0, 0, 0, 0, 0xf8, 0x3f), []float32{1.5}, nil},
		{"raw half", raw(stored(onnxpb.TensorProto_FLOAT16, 1), 0, 0x3e), []float32{1.5}, nil},
		{"raw int8", raw(stored(onnxpb.TensorProto_INT8, 2), 1, 0xff), nil, []int64{1, -1}},
		{"raw uint8", raw(stored(onnxpb.TensorProto_UINT8, 2), 1, 0xff), nil, []int64{1, 255}},
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
	short, long := stored(onnxpb.TensorProto_FLOAT, 3), stored(onnxpb.TensorProto_FLOAT, 1)
	short.FloatData, long.RawData = []float32{1}, make([]byte, 8)
	outside := stored(onnxpb.TensorProto_FLOAT, 1)
	outside.DataLocation = onnxpb.TensorProto_EXTERNAL.Enum()
	text := stored(onnxpb.TensorProto_STRING, 1)
	text.StringData = [][]byte{[]byte("x")}
	for name, tt := range map[string]struct {
		file []byte
		want error
	}{
		"too few values":   {marshalTensor(t, short), ErrMalformed},
		"too many bytes":   {marshalTensor(t, long), ErrMalformed},
		"huge shape":       {marshalTensor(t, stored(onnxpb.TensorProto_FLOAT, 1<<30, 1<<30)), ErrTooLarge},
		"negative":         {marshalTensor(t, stored(onnxpb.TensorProto_FLOAT, -1)), ErrMalformed},
		"external":         {marshalTensor(t, outside), ErrExternalData},
		"strings":          {marshalTensor(t, text), ErrMalformed},
		"complex":          {marshalTensor(t, stored(onnxpb.TensorProto_COMPLEX64, 1)), ErrMalformed},
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
	raw := stored(onnxpb.TensorProto_FLOAT, 1, 2)
	raw.RawData = binary.LittleEndian.AppendUint64(nil, math.Float64bits(1))
	typed := stored(onnxpb.TensorProto_FLOAT16, 2)
	typed.Int32Data = []int32{1, 2}
	f.Add(marshalTensor(f, raw))
	f.Add(marshalTensor(f, typed))
	f.Fuzz(func(t *testing.T, b []byte) { exerciseTensor(t, b) })
}
