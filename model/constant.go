package model

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/encrypted-compute/encompute/model/onnxpb"
)

// decodeTensor converts a stored tensor. Floating point types become float32,
// integers int64.
func decodeTensor(p *onnxpb.TensorProto, limit int) (*Tensor, error) {
	if p.GetDataLocation() == onnxpb.TensorProto_EXTERNAL || len(p.GetExternalData()) > 0 {
		return nil, fmt.Errorf("tensor %q: %w", p.GetName(), ErrExternalData)
	}
	if p.GetSegment() != nil {
		return nil, fmt.Errorf("%w: tensor %q is stored in segments", ErrMalformed, p.GetName())
	}
	shape := make([]int, len(p.GetDims()))
	for i, d := range p.GetDims() {
		if d < 0 || d > math.MaxInt32 {
			return nil, fmt.Errorf("%w: tensor %q: dimension %d", ErrMalformed, p.GetName(), d)
		}
		shape[i] = int(d)
	}
	n, err := elements(shape, limit)
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", p.GetName(), err)
	}
	t := &Tensor{Shape: shape, Type: elemTypes[onnxpb.TensorProto_DataType(p.GetDataType())]}
	if len(p.GetRawData()) > 0 {
		err = t.decodeRaw(p, n)
	} else {
		err = t.decodeTyped(p)
	}
	if err != nil {
		return nil, err
	}
	if t.len() != n {
		return nil, fmt.Errorf("%w: tensor %q has %d elements for shape %v", ErrMalformed, p.GetName(), t.len(), shape)
	}
	return t, nil
}

// elemTypes gives what elements become.
var elemTypes = map[onnxpb.TensorProto_DataType]ElemType{
	onnxpb.TensorProto_FLOAT: Float, onnxpb.TensorProto_DOUBLE: Float, onnxpb.TensorProto_FLOAT16: Float, onnxpb.TensorProto_BFLOAT16: Float,
	onnxpb.TensorProto_INT64: Int, onnxpb.TensorProto_UINT64: Int, onnxpb.TensorProto_INT32: Int, onnxpb.TensorProto_UINT32: Int,
	onnxpb.TensorProto_INT16: Int, onnxpb.TensorProto_UINT16: Int, onnxpb.TensorProto_INT8: Int, onnxpb.TensorProto_UINT8: Int,
	onnxpb.TensorProto_BOOL: Bool,
}

// storedTypes gives how elements are written.
var storedTypes = map[ElemType]onnxpb.TensorProto_DataType{
	Float: onnxpb.TensorProto_FLOAT, Int: onnxpb.TensorProto_INT64, Bool: onnxpb.TensorProto_BOOL,
}

// rawSizes gives the bytes of one element in raw_data.
var rawSizes = map[onnxpb.TensorProto_DataType]int{
	onnxpb.TensorProto_FLOAT: 4, onnxpb.TensorProto_DOUBLE: 8, onnxpb.TensorProto_FLOAT16: 2, onnxpb.TensorProto_BFLOAT16: 2,
	onnxpb.TensorProto_INT64: 8, onnxpb.TensorProto_UINT64: 8, onnxpb.TensorProto_INT32: 4, onnxpb.TensorProto_UINT32: 4,
	onnxpb.TensorProto_INT16: 2, onnxpb.TensorProto_UINT16: 2, onnxpb.TensorProto_INT8: 1, onnxpb.TensorProto_UINT8: 1,
	onnxpb.TensorProto_BOOL: 1,
}

func (t *Tensor) decodeRaw(p *onnxpb.TensorProto, n int) error {
	kind := onnxpb.TensorProto_DataType(p.GetDataType())
	size, raw := rawSizes[kind], p.GetRawData()
	if size == 0 {
		return fmt.Errorf("%w: tensor %q: element type %v", ErrMalformed, p.GetName(), kind)
	}
	if len(raw) != n*size {
		return fmt.Errorf("%w: tensor %q has %d bytes, not %d, for shape %v", ErrMalformed, p.GetName(), len(raw), n*size, t.Shape)
	}
	for at := 0; at < len(raw); at += size {
		var bits uint64
		switch size {
		case 1:
			bits = uint64(raw[at])
		case 2:
			bits = uint64(binary.LittleEndian.Uint16(raw[at:]))
		case 4:
			bits = uint64(binary.LittleEndian.Uint32(raw[at:]))
		case 8:
			bits = binary.LittleEndian.Uint64(raw[at:])
		}
		t.push(kind, bits)
	}
	return nil
}

// push appends one element given by its bits.
func (t *Tensor) push(kind onnxpb.TensorProto_DataType, bits uint64) {
	switch kind {
	case onnxpb.TensorProto_FLOAT:
		t.Floats = append(t.Floats, math.Float32frombits(uint32(bits)))
	case onnxpb.TensorProto_DOUBLE:
		t.Floats = append(t.Floats, float32(math.Float64frombits(bits)))
	case onnxpb.TensorProto_FLOAT16:
		t.Floats = append(t.Floats, halfToFloat(uint16(bits)))
	case onnxpb.TensorProto_BFLOAT16:
		t.Floats = append(t.Floats, math.Float32frombits(uint32(bits)<<16))
	case onnxpb.TensorProto_BOOL:
		t.Ints = append(t.Ints, min(int64(bits), 1))
	case onnxpb.TensorProto_INT8:
		t.Ints = append(t.Ints, int64(int8(bits)))
	case onnxpb.TensorProto_INT16:
		t.Ints = append(t.Ints, int64(int16(bits)))
	case onnxpb.TensorProto_INT32:
		t.Ints = append(t.Ints, int64(int32(bits)))
	default:
		t.Ints = append(t.Ints, int64(bits))
	}
}

func (t *Tensor) decodeTyped(p *onnxpb.TensorProto) error {
	switch kind := onnxpb.TensorProto_DataType(p.GetDataType()); kind {
	case onnxpb.TensorProto_FLOAT:
		t.Floats = p.GetFloatData()
	case onnxpb.TensorProto_DOUBLE:
		for _, v := range p.GetDoubleData() {
			t.Floats = append(t.Floats, float32(v))
		}
	case onnxpb.TensorProto_INT64:
		t.Ints = p.GetInt64Data()
	case onnxpb.TensorProto_UINT32, onnxpb.TensorProto_UINT64:
		for _, v := range p.GetUint64Data() {
			t.Ints = append(t.Ints, int64(v))
		}
	case onnxpb.TensorProto_FLOAT16, onnxpb.TensorProto_BFLOAT16, onnxpb.TensorProto_BOOL,
		onnxpb.TensorProto_INT32, onnxpb.TensorProto_INT16, onnxpb.TensorProto_INT8,
		onnxpb.TensorProto_UINT16, onnxpb.TensorProto_UINT8:
		for _, v := range p.GetInt32Data() {
			t.push(kind, uint64(uint32(v)))
		}
	default:
		return fmt.Errorf("%w: tensor %q: element type %v", ErrMalformed, p.GetName(), kind)
	}
	return nil
}

// halfToFloat converts an IEEE 754 binary16.
func halfToFloat(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, int(h>>10&0x1f), uint32(h&0x3ff)
	switch exp {
	case 0:
		v := float32(math.Ldexp(float64(frac), -24))
		return math.Float32frombits(sign | math.Float32bits(v))
	case 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | uint32(exp+127-15)<<23 | frac<<13)
}

// encodeTensor is the inverse of decodeTensor up to the width of the elements.
func encodeTensor(name string, t *Tensor) *onnxpb.TensorProto {
	p := &onnxpb.TensorProto{Name: proto.String(name)}
	for _, d := range t.Shape {
		p.Dims = append(p.Dims, int64(d))
	}
	switch t.Type {
	case Float:
		p.RawData = make([]byte, 0, 4*len(t.Floats))
		for _, v := range t.Floats {
			p.RawData = binary.LittleEndian.AppendUint32(p.RawData, math.Float32bits(v))
		}
	case Int:
		for _, v := range t.Ints {
			p.RawData = binary.LittleEndian.AppendUint64(p.RawData, uint64(v))
		}
	case Bool:
		for _, v := range t.Ints {
			p.RawData = append(p.RawData, byte(v))
		}
	}
	p.DataType = proto.Int32(int32(storedTypes[t.Type]))
	return p
}

// ownProducer names this package in the files that it writes.
const ownProducer = "encompute"

// Marshal writes the graph as an ONNX file: constants as float32, int64 or bool
// initializers, inputs and outputs with a batch of 1; what [Graph.Approximate] put
// in, as nodes of the domain "encompute". Equal graphs give equal bytes.
func (g *Graph) Marshal() ([]byte, error) {
	pb := &onnxpb.GraphProto{Name: proto.String(g.Name)}
	opsets := []*onnxpb.OperatorSetIdProto{{Version: proto.Int64(int64(g.Opset))}}
	for _, n := range g.Nodes {
		node := &onnxpb.NodeProto{Name: proto.String(n.Name), OpType: proto.String(n.Op), Input: n.Inputs, Output: n.Outputs}
		if op, own := strings.CutPrefix(n.Op, ownDomain+"."); own {
			node.Domain, node.OpType = proto.String(ownDomain), proto.String(op)
			if len(opsets) == 1 {
				opsets = append(opsets, &onnxpb.OperatorSetIdProto{Domain: proto.String(ownDomain), Version: proto.Int64(1)})
			}
		}
		for _, name := range sortedKeys(n.attrs) {
			node.Attribute = append(node.Attribute, n.attrs[name])
		}
		pb.Node = append(pb.Node, node)
	}
	for _, name := range sortedKeys(g.consts) {
		pb.Initializer = append(pb.Initializer, encodeTensor(name, g.consts[name]))
	}
	for _, v := range g.Inputs {
		pb.Input = append(pb.Input, encodeValue(v))
	}
	for _, v := range g.Outputs {
		pb.Output = append(pb.Output, encodeValue(v))
	}
	m := &onnxpb.ModelProto{
		IrVersion:    proto.Int64(g.irVersion),
		ProducerName: proto.String(ownProducer),
		OpsetImport:  opsets,
		Graph:        pb,
	}
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("marshal model: %w", err)
	}
	return b, nil
}

func encodeValue(v Value) *onnxpb.ValueInfoProto {
	shape := &onnxpb.TensorShapeProto{}
	for _, d := range v.Shape {
		dim := &onnxpb.TensorShapeProto_Dimension{Value: &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: int64(d)}}
		shape.Dim = append(shape.Dim, dim)
	}
	return &onnxpb.ValueInfoProto{
		Name: proto.String(v.Name),
		Type: &onnxpb.TypeProto{Value: &onnxpb.TypeProto_TensorType{TensorType: &onnxpb.TypeProto_Tensor{
			ElemType: proto.Int32(int32(storedTypes[v.Type])), Shape: shape,
		}}},
	}
}
