package onnx

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/encrypted-compute/encompute/model/onnxpb"
)

// wide are limits beyond the files of the tests.
func wide() Limits { return Limits{Fields: 1 << 22, Values: 1 << 26, Depth: 32} }

// undecoded are the fields whose messages are kept as they stand in a file.
var undecoded = map[string]bool{"TrainingInfo": true, "SparseInitializer": true, "ExternalData": true, "Segment": true}

// translate fills a message from the generated one of the same name, but for what is undecoded, of which it says only that
// it is there.
func translate(to Message, from proto.Message) {
	dst, src := reflect.ValueOf(to).Elem(), reflect.ValueOf(from)
	for i := range dst.NumField() {
		name := dst.Type().Field(i).Name
		v, field := src.MethodByName("Get" + name).Call(nil)[0], dst.Field(i)
		switch {
		case undecoded[name] && v.Kind() == reflect.Slice:
			field.Set(reflect.ValueOf(make([][]byte, v.Len())))
		case undecoded[name] && !v.IsNil():
			field.SetBytes([]byte{})
		case undecoded[name]:
		case field.Kind() == reflect.Pointer && !v.IsNil():
			field.Set(reflect.New(field.Type().Elem()))
			translate(field.Interface().(Message), v.Interface().(proto.Message))
		case field.Kind() == reflect.Pointer:
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Pointer:
			for k := range v.Len() {
				m := reflect.New(field.Type().Elem().Elem())
				translate(m.Interface().(Message), v.Index(k).Interface().(proto.Message))
				field.Set(reflect.Append(field, m))
			}
		default:
			field.Set(v.Convert(field.Type()))
		}
	}
}

// blank makes what is undecoded comparable with what translate gives.
func blank(m Message) {
	v := reflect.ValueOf(m).Elem()
	for i := range v.NumField() {
		switch field := v.Field(i).Interface().(type) {
		case []byte:
			if undecoded[v.Type().Field(i).Name] && field != nil {
				v.Field(i).SetBytes([]byte{})
			}
		case [][]byte:
			if undecoded[v.Type().Field(i).Name] {
				v.Field(i).Set(reflect.ValueOf(make([][]byte, len(field))))
			}
		}
	}
	for _, f := range m.fields() {
		if sub, ok := f.at.(submessages); ok {
			for m := range sub.all() {
				blank(m)
			}
		}
	}
}

// settle leaves one of two alternatives that a file gives both, of which the format says that the last one counts.
func settle(m, as Message) {
	if d, ok := m.(*Dimension); ok {
		if e := as.(*Dimension); d.DimValue != 0 && d.DimParam != "" {
			*d = *e
		}
		return
	}
	if t, ok := m.(*TypeProto); ok && as.(*TypeProto).TensorType == nil {
		t.TensorType = nil
	}
	ours, theirs := m.fields(), as.fields()
	for i, f := range ours {
		sub, ok := f.at.(submessages)
		if !ok {
			continue
		}
		var others []Message
		for o := range theirs[i].at.(submessages).all() {
			others = append(others, o)
		}
		k := 0
		for s := range sub.all() {
			if k < len(others) {
				settle(s, others[k])
			}
			k++
		}
	}
}

// agree holds that a file means here what it means to the generated code.
func agree(t *testing.T, b []byte) {
	t.Helper()
	generated, m := new(onnxpb.ModelProto), new(ModelProto)
	want, err := proto.Unmarshal(b, generated), Unmarshal(b, m, wide())
	switch {
	case err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrTooLarge):
		t.Fatalf("the error %v is of no kind", err)
	case err != nil && want == nil && !errors.Is(err, ErrTooLarge) && !strings.Contains(err.Error(), "wire type"):
		t.Fatalf("refused: %v", err)
	case err != nil || want != nil: // what is not decoded may be malformed
		return
	}
	blank(m)
	translated := new(ModelProto)
	translate(translated, generated)
	settle(m, translated)
	if got, want := Marshal(m), Marshal(translated); !bytes.Equal(got, want) {
		t.Fatalf("a file of %d bytes is decoded differently: %.300q\ngenerated code: %.300q", len(b), got, want)
	}
	again := new(onnxpb.ModelProto)
	if err := proto.Unmarshal(Marshal(m), again); err != nil {
		t.Fatalf("what was written: %v", err)
	}
	back := new(ModelProto)
	translate(back, again)
	if !bytes.Equal(Marshal(back), Marshal(m)) {
		t.Fatal("what was written is read differently")
	}
}

// files are models of many kinds: the examples, and ONNX's own tests where they are installed.
func files(t testing.TB) (list [][]byte) {
	t.Helper()
	for _, pattern := range []string{"../../examples/*/*.onnx", "/usr/share/libonnx-testdata/data/*/*/model.onnx"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, b)
		}
	}
	if len(list) == 0 {
		t.Fatal("there are no models")
	}
	return append(list, everything(t))
}

// everything is a file in which every field that this package knows is set, and all that it passes over.
func everything(t testing.TB) []byte {
	t.Helper()
	tensor := &onnxpb.TensorProto{
		Dims: []int64{1, -2}, DataType: proto.Int32(16), Segment: &onnxpb.TensorProto_Segment{Begin: proto.Int64(3)}, FloatData: []float32{1.5, -0.25},
		Int32Data: []int32{-1, 7}, StringData: [][]byte{{1}}, Int64Data: []int64{-1, 1 << 40}, Name: proto.String("t"), DocString: proto.String("d"), RawData: []byte{},
		ExternalData: []*onnxpb.StringStringEntryProto{{Key: proto.String("k")}, {}}, DataLocation: onnxpb.TensorProto_EXTERNAL.Enum(),
		DoubleData: []float64{1e300}, Uint64Data: []uint64{1 << 63},
	}
	sparse := &onnxpb.SparseTensorProto{Values: tensor, Dims: []int64{4}}
	shape := &onnxpb.TensorShapeProto{Dim: []*onnxpb.TensorShapeProto_Dimension{
		{Value: &onnxpb.TensorShapeProto_Dimension_DimParam{DimParam: "N"}}, {Value: &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: 3 << 40}}, {},
	}}
	value := &onnxpb.ValueInfoProto{Name: proto.String("x"), DocString: proto.String("d"), Type: &onnxpb.TypeProto{
		Denotation: proto.String("IMAGE"), Value: &onnxpb.TypeProto_TensorType{TensorType: &onnxpb.TypeProto_Tensor{ElemType: proto.Int32(1), Shape: shape}},
	}}
	sequence := &onnxpb.ValueInfoProto{Type: &onnxpb.TypeProto{Value: &onnxpb.TypeProto_SequenceType{SequenceType: &onnxpb.TypeProto_Sequence{}}}}
	inner := &onnxpb.GraphProto{Name: proto.String("inner"), Output: []*onnxpb.ValueInfoProto{value}}
	node := &onnxpb.NodeProto{
		Input: []string{"a", "", "b"}, Output: []string{"c"}, Name: proto.String("n"), OpType: proto.String("If"), Domain: proto.String("com.example"), DocString: proto.String("d"),
		Attribute: []*onnxpb.AttributeProto{{
			Name: proto.String("a"), RefAttrName: proto.String("r"), DocString: proto.String("d"), Type: onnxpb.AttributeProto_GRAPH.Enum(), F: proto.Float32(0.5),
			I: proto.Int64(-3 << 40), S: []byte("s"), T: tensor, G: inner, SparseTensor: sparse, Tp: value.Type, Floats: []float32{1, 2}, Ints: []int64{-1, 0, 1 << 50},
			Strings: [][]byte{{}, []byte("b")}, Tensors: []*onnxpb.TensorProto{tensor}, Graphs: []*onnxpb.GraphProto{inner}, SparseTensors: []*onnxpb.SparseTensorProto{sparse},
		}, {Type: onnxpb.AttributeProto_INT.Enum(), I: proto.Int64(0)}},
	}
	opsets := []*onnxpb.OperatorSetIdProto{{Domain: proto.String("d"), Version: proto.Int64(13)}, {}}
	b, err := proto.Marshal(&onnxpb.ModelProto{
		IrVersion: proto.Int64(8), ProducerName: proto.String("p"), ProducerVersion: proto.String("1"), Domain: proto.String("d"), ModelVersion: proto.Int64(2),
		OpsetImport: opsets, MetadataProps: []*onnxpb.StringStringEntryProto{{Key: proto.String("k")}}, TrainingInfo: []*onnxpb.TrainingInfoProto{{Algorithm: inner}, {}},
		Functions: []*onnxpb.FunctionProto{{
			Name: proto.String("f"), Domain: proto.String("d"), Input: []string{"i"}, Output: []string{"o"}, Attribute: []string{"a"}, Node: []*onnxpb.NodeProto{node}, OpsetImport: opsets,
		}},
		Graph: &onnxpb.GraphProto{
			Node: []*onnxpb.NodeProto{node, {}}, Name: proto.String("g"), Initializer: []*onnxpb.TensorProto{tensor, {}}, SparseInitializer: []*onnxpb.SparseTensorProto{sparse, {}},
			Input: []*onnxpb.ValueInfoProto{value, sequence}, Output: []*onnxpb.ValueInfoProto{value, {}}, ValueInfo: []*onnxpb.ValueInfoProto{value},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestAsGenerated holds this package against the code that protoc makes of onnx.proto, on whole files and on damaged ones.
func TestAsGenerated(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	rounds := 15
	if testing.Short() {
		rounds = 3
	}
	for _, b := range files(t) {
		agree(t, b)
		for range rounds * 4096 / max(4096, len(b)) {
			agree(t, damaged(r, b))
		}
	}
	b := everything(t)
	for range 200 * rounds {
		agree(t, damaged(r, b))
	}
	for n := range b {
		agree(t, b[:n])
	}
}

// damaged returns b with some of its bytes changed, left out, or said twice.
func damaged(r *rand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	for range 1 + r.IntN(3) {
		if len(b) == 0 {
			return b
		}
		at := r.IntN(len(b))
		n := min(1+r.IntN(16), len(b)-at)
		switch r.IntN(5) {
		case 0:
			b[at] ^= 1 << r.IntN(8)
		case 1:
			b[at] = byte(r.Uint32())
		case 2:
			b = append(b[:at:at], b[at+n:]...)
		case 3:
			b = append(b[:at:at], append(bytes.Clone(b[at:at+n]), b[at:]...)...)
		case 4:
			b = append(b, b[at:at+n]...)
		}
	}
	return b
}

// TestEqualBytes holds that what is written is what the generated code writes, with its numbers in the order of the fields.
func TestEqualBytes(t *testing.T) {
	t.Parallel()
	m := &ModelProto{
		IrVersion: 8, ProducerName: "encompute", OpsetImport: []*OperatorSetIdProto{{Version: 13}},
		Graph: &GraphProto{
			Name: "g", Initializer: []*TensorProto{{Name: "w", Dims: []int64{2}, DataType: Float, RawData: []byte{0, 0, 128, 63, 0, 0, 0, 64}}},
			Node: []*NodeProto{{Name: "n", OpType: "Gemm", Input: []string{"x", "w", ""}, Output: []string{"y"}, Attribute: []*AttributeProto{
				{Name: "alpha", Type: AttributeFloat}, {Name: "transB", Type: AttributeInt}, {Name: "perm", Type: AttributeInts, Ints: []int64{0, -1}},
			}}},
			Input: []*ValueInfoProto{{Name: "x", Type: &TypeProto{TensorType: &TensorTypeProto{ElemType: Float, Shape: &TensorShapeProto{Dim: []*Dimension{{DimValue: 1}, {DimParam: "N"}}}}}}},
		},
	}
	b := Marshal(m)
	generated := new(onnxpb.ModelProto)
	if err := proto.Unmarshal(b, generated); err != nil {
		t.Fatal(err)
	}
	for _, a := range generated.GetGraph().GetNode()[0].GetAttribute()[:2] {
		if a.F == nil && a.I == nil {
			t.Errorf("attribute %s has no value: readers take it for one of no type", a.GetName())
		}
	}
	want, err := proto.MarshalOptions{Deterministic: true}.Marshal(generated)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, want) {
		t.Errorf("wrote %q\ngenerated code %q", b, want)
	}
}

// TestLimits holds that what is beyond a limit is refused before it is decoded.
func TestLimits(t *testing.T) {
	t.Parallel()
	nested := new(GraphProto)
	for range 20 {
		nested = &GraphProto{Node: []*NodeProto{{Attribute: []*AttributeProto{{G: nested}}}}}
	}
	packed := append([]byte{0x3a, 0x0a, 0x2a, 0x08, 0x22, 0x06}, 1, 2, 3, 4, 5, 6)
	for name, tt := range map[string]struct {
		b      []byte
		limits Limits
		want   error
	}{
		"within":         {everything(t), wide(), nil},
		"depth":          {Marshal(&ModelProto{Graph: nested}), wide(), ErrTooLarge},
		"fields":         {everything(t), Limits{Fields: 50, Values: 1 << 20, Depth: 32}, ErrTooLarge},
		"values":         {everything(t), Limits{Fields: 1 << 20, Values: 5, Depth: 32}, ErrTooLarge},
		"empty nodes":    {append([]byte{0x3a, 0x88, 0x27}, bytes.Repeat([]byte{0x0a, 0}, 2500)...), Limits{Fields: 2500, Values: 1, Depth: 32}, ErrTooLarge},
		"half a number":  {packed, wide(), ErrMalformed},
		"wire type":      {[]byte{0x38, 1}, wide(), ErrMalformed},
		"length to come": {[]byte{0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f}, wide(), ErrMalformed},
		"field 0":        {[]byte{0, 0}, wide(), ErrMalformed},
		"end of a group": {[]byte{0x0c}, wide(), ErrMalformed},
	} {
		if err := Unmarshal(tt.b, new(ModelProto), tt.limits); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

// FuzzUnmarshal holds this package against the generated code.
func FuzzUnmarshal(f *testing.F) {
	f.Add(everything(f))
	for _, b := range files(f) {
		if len(b) < 2048 {
			f.Add(b)
		}
	}
	f.Fuzz(agree)
}
