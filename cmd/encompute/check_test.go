package main

import (
	"google.golang.org/protobuf/proto"

	"github.com/encrypted-compute/encompute/model/onnxpb"
)

// loopModel has two operators that are not supported.
func loopModel() []byte {
	return modelFile(&onnxpb.GraphProto{
		Input: []*onnxpb.ValueInfoProto{valueInfo("x", 2)}, Output: []*onnxpb.ValueInfoProto{valueInfo("y", 2)},
		Node: []*onnxpb.NodeProto{
			{OpType: proto.String("Relu"), Name: proto.String("act"), Input: []string{"x"}, Output: []string{"a"}},
			{OpType: proto.String("Loop"), Name: proto.String("again"), Input: []string{"a"}, Output: []string{"b"}},
			{OpType: proto.String("NonZero"), Name: proto.String("where"), Input: []string{"b"}, Output: []string{"y"}},
		},
	})
}

// bestModel says which of two values is the larger, and its scores.
func bestModel() []byte {
	return modelFile(&onnxpb.GraphProto{
		Input: []*onnxpb.ValueInfoProto{valueInfo("x", 2)}, Output: []*onnxpb.ValueInfoProto{valueInfo("label", 1), valueInfo("scores", 2)},
		Node: []*onnxpb.NodeProto{
			{OpType: proto.String("Softmax"), Input: []string{"x"}, Output: []string{"scores"}},
			{OpType: proto.String("ArgMax"), Input: []string{"scores"}, Output: []string{"label"}, Attribute: []*onnxpb.AttributeProto{
				{Name: proto.String("axis"), Type: onnxpb.AttributeProto_INT.Enum(), I: proto.Int64(1)},
				{Name: proto.String("keepdims"), Type: onnxpb.AttributeProto_INT.Enum(), I: proto.Int64(0)},
			}},
		},
	})
}
