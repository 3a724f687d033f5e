package model

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/encrypted-compute/encompute/model/onnxpb"
)

// ParseTensor reads a file of one tensor, an ONNX TensorProto such as input_0.pb of test data,
// within the default limits.
func ParseTensor(b []byte) (*Tensor, error) { return DefaultLimits().ParseTensor(b) }

// ParseTensor reads a file of one tensor, with raw or typed data of any numeric type but the
// complex ones. Its errors wrap [ErrMalformed], [ErrTooLarge] or [ErrExternalData].
func (l Limits) ParseTensor(b []byte) (*Tensor, error) {
	if int64(len(b)) > l.FileBytes {
		return nil, fmt.Errorf("%w: file has more than %d bytes", ErrTooLarge, l.FileBytes)
	}
	p := new(onnxpb.TensorProto)
	if _, err := l.scan(b, p.ProtoReflect().Descriptor(), l.Fields, l.Depth); err != nil {
		return nil, err
	}
	if err := proto.Unmarshal(b, p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return decodeTensor(p, l.Elements)
}
