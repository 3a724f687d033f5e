// Package onnx reads and writes the part of the ONNX file format (IR version 8, from ONNX 1.12; see ../onnxpb/onnx.proto) that
// models are made of. Its messages are those of the format, with plain fields: what a file does not give is zero. Everything
// else in a file is passed over.
package onnx

import "strconv"

// ModelProto is a file.
type ModelProto struct {
	IrVersion       int64
	ProducerName    string
	ProducerVersion string
	Graph           *GraphProto // nil: there is none
	OpsetImport     []*OperatorSetIdProto
	TrainingInfo    [][]byte // as it stands in the file
	Functions       []*FunctionProto
}

func (m *ModelProto) fields() []field {
	return []field{
		{num: 1, at: &m.IrVersion},
		{num: 2, at: &m.ProducerName},
		{num: 3, at: &m.ProducerVersion},
		{num: 7, at: one(&m.Graph)},
		{num: 8, at: many(&m.OpsetImport)},
		{num: 20, at: &m.TrainingInfo},
		{num: 25, at: many(&m.Functions)},
	}
}

// OperatorSetIdProto names a version of a set of operators; the domain of ONNX's own is empty.
type OperatorSetIdProto struct {
	Domain  string
	Version int64
}

func (o *OperatorSetIdProto) fields() []field {
	return []field{{num: 1, at: &o.Domain}, {num: 2, at: &o.Version}}
}

// GraphProto is what a model computes, or a branch of a node.
type GraphProto struct {
	Node              []*NodeProto
	Name              string
	Initializer       []*TensorProto
	Input             []*ValueInfoProto
	Output            []*ValueInfoProto
	SparseInitializer [][]byte // as it stands in the file
}

func (g *GraphProto) fields() []field {
	return []field{
		{num: 1, at: many(&g.Node)},
		{num: 2, at: &g.Name},
		{num: 5, at: many(&g.Initializer)},
		{num: 11, at: many(&g.Input)},
		{num: 12, at: many(&g.Output)},
		{num: 15, at: &g.SparseInitializer},
	}
}

// NodeProto is one operation, or a call of a function.
type NodeProto struct {
	Input     []string // an omitted one is empty
	Output    []string
	Name      string
	OpType    string
	Attribute []*AttributeProto
	Domain    string
}

func (n *NodeProto) fields() []field {
	return []field{
		{num: 1, at: &n.Input},
		{num: 2, at: &n.Output},
		{num: 3, at: &n.Name},
		{num: 4, at: &n.OpType},
		{num: 5, at: many(&n.Attribute)},
		{num: 7, at: &n.Domain},
	}
}

// FunctionProto is an operator that a file defines by others.
type FunctionProto struct {
	Name        string
	Input       []string
	Output      []string
	Attribute   []string
	Node        []*NodeProto
	OpsetImport []*OperatorSetIdProto
	Domain      string
}

func (f *FunctionProto) fields() []field {
	return []field{
		{num: 1, at: &f.Name},
		{num: 4, at: &f.Input},
		{num: 5, at: &f.Output},
		{num: 6, at: &f.Attribute},
		{num: 7, at: many(&f.Node)},
		{num: 9, at: many(&f.OpsetImport)},
		{num: 10, at: &f.Domain},
	}
}

// AttributeType says which field of an attribute holds its value.
type AttributeType int32

// The types of attributes; zero: the file does not say.
const (
	AttributeFloat   AttributeType = 1
	AttributeInt     AttributeType = 2
	AttributeString  AttributeType = 3
	AttributeTensor  AttributeType = 4
	AttributeGraph   AttributeType = 5
	AttributeFloats  AttributeType = 6
	AttributeInts    AttributeType = 7
	AttributeStrings AttributeType = 8
	AttributeTensors AttributeType = 9
	AttributeGraphs  AttributeType = 10
)

var attributeNames = [...]string{"UNDEFINED", "FLOAT", "INT", "STRING", "TENSOR", "GRAPH", "FLOATS", "INTS", "STRINGS", "TENSORS", "GRAPHS"}

// String names the type as ONNX does.
func (t AttributeType) String() string { return name(attributeNames[:], int32(t)) }

// AttributeProto is a constant parameter of a node. Its getters allow for a nil one.
type AttributeProto struct {
	Name        string
	F           float32
	I           int64
	S           []byte
	T           *TensorProto
	G           *GraphProto
	Floats      []float32
	Ints        []int64
	Strings     [][]byte
	Tensors     []*TensorProto
	Graphs      []*GraphProto
	Type        AttributeType
	RefAttrName string // in a function: the attribute of the call whose value this one has
}

func (a *AttributeProto) fields() []field {
	return []field{
		{num: 1, at: &a.Name},
		{num: 2, at: &a.F, keep: a.Type == AttributeFloat},
		{num: 3, at: &a.I, keep: a.Type == AttributeInt},
		{num: 4, at: &a.S},
		{num: 5, at: one(&a.T)},
		{num: 6, at: one(&a.G)},
		{num: 7, at: &a.Floats},
		{num: 8, at: &a.Ints},
		{num: 9, at: &a.Strings},
		{num: 10, at: many(&a.Tensors)},
		{num: 11, at: many(&a.Graphs)},
		{num: 20, at: &a.Type},
		{num: 21, at: &a.RefAttrName},
	}
}

// orEmpty makes an attribute that is not there one that holds nothing.
func (a *AttributeProto) orEmpty() *AttributeProto {
	if a == nil {
		return new(AttributeProto)
	}
	return a
}

// GetI returns the integer of an attribute; 0 if there is none.
func (a *AttributeProto) GetI() int64 { return a.orEmpty().I }

// GetS returns the text of an attribute; nil if there is none.
func (a *AttributeProto) GetS() []byte { return a.orEmpty().S }

// GetFloats returns the numbers of an attribute; nil if there is none.
func (a *AttributeProto) GetFloats() []float32 { return a.orEmpty().Floats }

// GetInts returns the integers of an attribute; nil if there is none.
func (a *AttributeProto) GetInts() []int64 { return a.orEmpty().Ints }

// GetStrings returns the texts of an attribute; nil if there is none.
func (a *AttributeProto) GetStrings() [][]byte { return a.orEmpty().Strings }

// ValueInfoProto is a named input or output of a graph.
type ValueInfoProto struct {
	Name string
	Type *TypeProto // nil: the file does not say
}

func (v *ValueInfoProto) fields() []field {
	return []field{{num: 1, at: &v.Name}, {num: 2, at: one(&v.Type)}}
}

// Tensor returns the type of a tensor; an empty one if the value is none, or of unknown type.
func (v *ValueInfoProto) Tensor() *TensorTypeProto {
	if v.Type == nil || v.Type.TensorType == nil {
		return new(TensorTypeProto)
	}
	return v.Type.TensorType
}

// TypeProto is the type of a value. (TypeProto in onnx.proto has more than tensors.)
type TypeProto struct {
	TensorType *TensorTypeProto // nil: it is something else
}

func (t *TypeProto) fields() []field { return []field{{num: 1, at: one(&t.TensorType)}} }

// TensorTypeProto is the type of a tensor: TypeProto.Tensor in onnx.proto.
type TensorTypeProto struct {
	ElemType DataType
	Shape    *TensorShapeProto // nil: of unknown rank
}

func (t *TensorTypeProto) fields() []field {
	return []field{{num: 1, at: &t.ElemType}, {num: 2, at: one(&t.Shape)}}
}

// Dims returns the dimensions of a tensor; nil if its rank is unknown.
func (t *TensorTypeProto) Dims() []*Dimension {
	if t.Shape == nil {
		return nil
	}
	return t.Shape.Dim
}

// TensorShapeProto is the shape of a tensor.
type TensorShapeProto struct{ Dim []*Dimension }

func (s *TensorShapeProto) fields() []field { return []field{{num: 1, at: many(&s.Dim)}} }

// Dimension is a length, a name for one, or neither: TensorShapeProto.Dimension in onnx.proto.
type Dimension struct {
	DimValue int64
	DimParam string
}

func (d *Dimension) fields() []field {
	return []field{{num: 1, at: &d.DimValue}, {num: 2, at: &d.DimParam}}
}

// DataType is the type of a tensor's elements.
type DataType int32

// The types of elements; zero: the file does not say.
const (
	Float      DataType = 1
	Uint8      DataType = 2
	Int8       DataType = 3
	Uint16     DataType = 4
	Int16      DataType = 5
	Int32      DataType = 6
	Int64      DataType = 7
	String     DataType = 8
	Bool       DataType = 9
	Float16    DataType = 10
	Double     DataType = 11
	Uint32     DataType = 12
	Uint64     DataType = 13
	Complex64  DataType = 14
	Complex128 DataType = 15
	BFloat16   DataType = 16
)

var dataNames = [...]string{
	"UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING", "BOOL", "FLOAT16", "DOUBLE", "UINT32", "UINT64",
	"COMPLEX64", "COMPLEX128", "BFLOAT16",
}

// String names the type as ONNX does.
func (t DataType) String() string { return name(dataNames[:], int32(t)) }

func name(names []string, i int32) string {
	if i < 0 || int(i) >= len(names) {
		return strconv.Itoa(int(i))
	}
	return names[i]
}

// External is the DataLocation of a tensor whose elements lie in another file.
const External = 1

// TensorProto is a tensor with its elements: raw, or in the list that is meant for their type.
type TensorProto struct {
	Dims         []int64
	DataType     DataType
	Segment      []byte // as it stands in the file; not nil: there are more parts
	FloatData    []float32
	Int32Data    []int32
	Int64Data    []int64
	Name         string
	RawData      []byte // little endian
	DoubleData   []float64
	Uint64Data   []uint64
	ExternalData [][]byte // as it stands in the file
	DataLocation int32
}

func (t *TensorProto) fields() []field {
	return []field{
		{num: 1, at: &t.Dims},
		{num: 2, at: &t.DataType},
		{num: 3, at: &t.Segment},
		{num: 4, at: &t.FloatData},
		{num: 5, at: &t.Int32Data},
		{num: 7, at: &t.Int64Data},
		{num: 8, at: &t.Name},
		{num: 9, at: &t.RawData},
		{num: 10, at: &t.DoubleData},
		{num: 11, at: &t.Uint64Data},
		{num: 13, at: &t.ExternalData},
		{num: 14, at: &t.DataLocation},
	}
}
