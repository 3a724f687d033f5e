package model

import "github.com/encrypted-compute/encompute/model/onnx"

// ParseTensor reads a file of one tensor, an ONNX TensorProto such as input_0.pb of test data,
// within the default limits.
func ParseTensor(b []byte) (*Tensor, error) { return DefaultLimits().ParseTensor(b) }

// ParseTensor reads a file of one tensor, with raw or typed data of any numeric type but the
// complex ones. Its errors wrap [ErrMalformed], [ErrTooLarge] or [ErrExternalData].
func (l Limits) ParseTensor(b []byte) (*Tensor, error) {
	p := new(onnx.TensorProto)
	if err := l.unmarshal(b, p); err != nil {
		return nil, err
	}
	return decodeTensor(p, l.Elements)
}
