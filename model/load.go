package model

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// Limits bound what an import may cost. A file beyond them is refused with
// [ErrTooLarge] before memory is spent on it.
type Limits struct {
	FileBytes int64 // size of the file
	Fields    int   // protobuf fields in the file, packed lists counted once, their numbers as elements
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
func (l Limits) decode(b []byte) (*onnx.ModelProto, error) {
	m := new(onnx.ModelProto)
	if err := l.unmarshal(b, m); err != nil {
		return nil, err
	}
	if m.Graph == nil {
		return nil, fmt.Errorf("%w: file has no graph", ErrMalformed)
	}
	return m, nil
}

// unmarshal decodes a message within the limits.
func (l Limits) unmarshal(b []byte, m onnx.Message) error {
	if int64(len(b)) > l.FileBytes {
		return fmt.Errorf("%w: file has more than %d bytes", ErrTooLarge, l.FileBytes)
	}
	err := onnx.Unmarshal(b, m, onnx.Limits{Fields: l.Fields, Values: l.Elements + l.Fields, Depth: l.Depth})
	switch {
	case errors.Is(err, onnx.ErrTooLarge):
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}
