package model

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// decodeTensor converts a stored tensor. Floating point types become float32,
// integers int64.
func decodeTensor(p *onnx.TensorProto, limit int) (*Tensor, error) {
	if p.DataLocation == onnx.External || len(p.ExternalData) > 0 {
		return nil, fmt.Errorf("tensor %q: %w", p.Name, ErrExternalData)
	}
	if p.Segment != nil {
		return nil, fmt.Errorf("%w: tensor %q is stored in segments", ErrMalformed, p.Name)
	}
	shape := make([]int, len(p.Dims))
	for i, d := range p.Dims {
		if d < 0 || d > math.MaxInt32 {
			return nil, fmt.Errorf("%w: tensor %q: dimension %d", ErrMalformed, p.Name, d)
		}
		shape[i] = int(d)
	}
	n, err := elements(shape, limit)
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", p.Name, err)
	}
	t := &Tensor{Shape: shape, Type: elemTypes[p.DataType]}
	if len(p.RawData) > 0 {
		err = t.decodeRaw(p, n)
	} else {
		err = t.decodeTyped(p)
	}
	if err != nil {
		return nil, err
	}
	if t.len() != n {
		return nil, fmt.Errorf("%w: tensor %q has %d elements for shape %v", ErrMalformed, p.Name, t.len(), shape)
	}
	return t, nil
}

// elemTypes gives what elements become.
var elemTypes = map[onnx.DataType]ElemType{
	onnx.Float: Float, onnx.Double: Float, onnx.Float16: Float, onnx.BFloat16: Float,
	onnx.Int64: Int, onnx.Uint64: Int, onnx.Int32: Int, onnx.Uint32: Int, onnx.Int16: Int, onnx.Uint16: Int, onnx.Int8: Int, onnx.Uint8: Int,
	onnx.Bool: Bool,
}

// storedTypes gives how elements are written.
var storedTypes = map[ElemType]onnx.DataType{
	Float: onnx.Float, Int: onnx.Int64, Bool: onnx.Bool,
}

// rawSizes gives the bytes of one element in raw_data.
var rawSizes = map[onnx.DataType]int{
	onnx.Float: 4, onnx.Double: 8, onnx.Float16: 2, onnx.BFloat16: 2,
	onnx.Int64: 8, onnx.Uint64: 8, onnx.Int32: 4, onnx.Uint32: 4, onnx.Int16: 2, onnx.Uint16: 2, onnx.Int8: 1, onnx.Uint8: 1,
	onnx.Bool: 1,
}

func (t *Tensor) decodeRaw(p *onnx.TensorProto, n int) error {
	kind := p.DataType
	size, raw := rawSizes[kind], p.RawData
	if size == 0 {
		return fmt.Errorf("%w: tensor %q: element type %v", ErrMalformed, p.Name, kind)
	}
	if len(raw) != n*size {
		return fmt.Errorf("%w: tensor %q has %d bytes, not %d, for shape %v", ErrMalformed, p.Name, len(raw), n*size, t.Shape)
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
func (t *Tensor) push(kind onnx.DataType, bits uint64) {
	switch kind {
	case onnx.Float:
		t.Floats = append(t.Floats, math.Float32frombits(uint32(bits)))
	case onnx.Double:
		t.Floats = append(t.Floats, float32(math.Float64frombits(bits)))
	case onnx.Float16:
		t.Floats = append(t.Floats, halfToFloat(uint16(bits)))
	case onnx.BFloat16:
		t.Floats = append(t.Floats, math.Float32frombits(uint32(bits)<<16))
	case onnx.Bool:
		t.Ints = append(t.Ints, min(int64(bits), 1))
	case onnx.Int8:
		t.Ints = append(t.Ints, int64(int8(bits)))
	case onnx.Int16:
		t.Ints = append(t.Ints, int64(int16(bits)))
	case onnx.Int32:
		t.Ints = append(t.Ints, int64(int32(bits)))
	default:
		t.Ints = append(t.Ints, int64(bits))
	}
}

func (t *Tensor) decodeTyped(p *onnx.TensorProto) error {
	switch kind := p.DataType; kind {
	case onnx.Float:
		t.Floats = p.FloatData
	case onnx.Double:
		for _, v := range p.DoubleData {
			t.Floats = append(t.Floats, float32(v))
		}
	case onnx.Int64:
		t.Ints = p.Int64Data
	case onnx.Uint32, onnx.Uint64:
		for _, v := range p.Uint64Data {
			t.Ints = append(t.Ints, int64(v))
		}
	case onnx.Float16, onnx.BFloat16, onnx.Bool, onnx.Int32, onnx.Int16, onnx.Int8, onnx.Uint16, onnx.Uint8:
		for _, v := range p.Int32Data {
			t.push(kind, uint64(uint32(v)))
		}
	default:
		return fmt.Errorf("%w: tensor %q: element type %v", ErrMalformed, p.Name, kind)
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
func encodeTensor(name string, t *Tensor) *onnx.TensorProto {
	p := &onnx.TensorProto{Name: name}
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
	p.DataType = storedTypes[t.Type]
	return p
}

// ownProducer names this package in the files that it writes.
const ownProducer = "encompute"

// Marshal writes the graph as an ONNX file: constants as float32, int64 or bool
// initializers, inputs and outputs with a batch of 1; what [Graph.Approximate] put
// in, as nodes of the domain "encompute". Equal graphs give equal bytes.
func (g *Graph) Marshal() []byte {
	pb := &onnx.GraphProto{Name: g.Name}
	opsets := []*onnx.OperatorSetIdProto{{Version: int64(g.Opset)}}
	for _, n := range g.Nodes {
		node := &onnx.NodeProto{Name: n.Name, OpType: n.Op, Input: n.Inputs, Output: n.Outputs}
		if op, own := strings.CutPrefix(n.Op, ownDomain+"."); own {
			node.Domain, node.OpType = ownDomain, op
			if len(opsets) == 1 {
				opsets = append(opsets, &onnx.OperatorSetIdProto{Domain: ownDomain, Version: 1})
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
	m := &onnx.ModelProto{
		IrVersion:    g.irVersion,
		ProducerName: ownProducer,
		OpsetImport:  opsets,
		Graph:        pb,
	}
	return onnx.Marshal(m)
}

func encodeValue(v Value) *onnx.ValueInfoProto {
	shape := &onnx.TensorShapeProto{}
	for _, d := range v.Shape {
		shape.Dim = append(shape.Dim, &onnx.Dimension{DimValue: int64(d)})
	}
	return &onnx.ValueInfoProto{
		Name: v.Name,
		Type: &onnx.TypeProto{TensorType: &onnx.TensorTypeProto{ElemType: storedTypes[v.Type], Shape: shape}},
	}
}
