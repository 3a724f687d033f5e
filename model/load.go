package model

import (
	"fmt"
	"io"
	"os"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/encrypted-compute/encompute/model/onnxpb"
)

// Limits bound what an import may cost. A file beyond them is refused with
// [ErrTooLarge] before memory is spent on it.
type Limits struct {
	FileBytes int64 // size of the file
	Fields    int   // protobuf fields in the file, packed lists counted once
	Depth     int   // nesting of protobuf messages
	Nodes     int   // nodes of the graph
	Elements  int   // of one tensor, of all constants together, of all computed values together
}

// DefaultLimits fit networks of up to 128 million parameters.
func DefaultLimits() Limits {
	return Limits{FileBytes: 512 << 20, Fields: 4 << 20, Depth: 32, Nodes: 1 << 16, Elements: 1 << 27}
}

// Open imports the ONNX file at path within the default limits.
func Open(path string) (*Graph, error) { return DefaultLimits().Open(path) }

// Load imports an ONNX model from r within the default limits.
func Load(r io.Reader) (*Graph, error) { return DefaultLimits().Load(r) }

// Parse imports an ONNX model from b within the default limits.
func Parse(b []byte) (*Graph, error) { return DefaultLimits().Parse(b) }

// Open imports the ONNX file at path.
func (l Limits) Open(path string) (*Graph, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	defer f.Close()
	g, err := l.Load(f)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", path, err)
	}
	return g, nil
}

// Load imports an ONNX model from r.
func (l Limits) Load(r io.Reader) (*Graph, error) {
	b, err := io.ReadAll(io.LimitReader(r, l.FileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	return l.Parse(b)
}

// Parse imports an ONNX model from b. Its errors wrap [ErrMalformed],
// [ErrTooLarge], [ErrCycle], [ErrExternalData], [ErrDynamicShape] or are an
// [UnsupportedOpError].
func (l Limits) Parse(b []byte) (*Graph, error) {
	m, err := l.decode(b)
	if err != nil {
		return nil, err
	}
	return l.graph(m)
}

// decode reads a file that has a graph.
func (l Limits) decode(b []byte) (*onnxpb.ModelProto, error) {
	if int64(len(b)) > l.FileBytes {
		return nil, fmt.Errorf("%w: file has more than %d bytes", ErrTooLarge, l.FileBytes)
	}
	m := new(onnxpb.ModelProto)
	if _, err := l.scan(b, m.ProtoReflect().Descriptor(), l.Fields, l.Depth); err != nil {
		return nil, err
	}
	if err := proto.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if m.GetGraph() == nil {
		return nil, fmt.Errorf("%w: file has no graph", ErrMalformed)
	}
	return m, nil
}

// scan walks a message without building it and counts its fields, since a few
// bytes of an empty sub-message cost a hundred once they are decoded. It
// returns what is left of the budget.
func (l Limits) scan(b []byte, md protoreflect.MessageDescriptor, budget, depth int) (int, error) {
	if depth == 0 {
		return 0, fmt.Errorf("%w: messages nested deeper than %d", ErrTooLarge, l.Depth)
	}
	for len(b) > 0 {
		if budget--; budget < 0 {
			return 0, fmt.Errorf("%w: file has more than %d fields", ErrTooLarge, l.Fields)
		}
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return 0, fmt.Errorf("%w: %w", ErrMalformed, protowire.ParseError(n))
		}
		b = b[n:]
		field := md.Fields().ByNumber(num)
		if field == nil || field.Message() == nil || typ != protowire.BytesType {
			if n = protowire.ConsumeFieldValue(num, typ, b); n < 0 {
				return 0, fmt.Errorf("%w: %w", ErrMalformed, protowire.ParseError(n))
			}
			b = b[n:]
			continue
		}
		sub, n := protowire.ConsumeBytes(b)
		if n < 0 {
			return 0, fmt.Errorf("%w: %w", ErrMalformed, protowire.ParseError(n))
		}
		b = b[n:]
		var err error
		if budget, err = l.scan(sub, field.Message(), budget, depth-1); err != nil {
			return 0, err
		}
	}
	return budget, nil
}
