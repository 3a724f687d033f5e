package main

import (
	"github.com/encrypted-compute/encompute/model/onnx"
)

// loopModel has two operators that are not supported.
func loopModel() []byte {
	return modelFile(&onnx.GraphProto{
		Input: []*onnx.ValueInfoProto{valueInfo("x", 2)}, Output: []*onnx.ValueInfoProto{valueInfo("y", 2)},
		Node: []*onnx.NodeProto{
			{OpType: "Relu", Name: "act", Input: []string{"x"}, Output: []string{"a"}},
			{OpType: "Loop", Name: "again", Input: []string{"a"}, Output: []string{"b"}},
			{OpType: "NonZero", Name: "where", Input: []string{"b"}, Output: []string{"y"}},
		},
	})
}

// bestModel says which of two values is the larger, and its scores.
func bestModel() []byte {
	return modelFile(&onnx.GraphProto{
		Input: []*onnx.ValueInfoProto{valueInfo("x", 2)}, Output: []*onnx.ValueInfoProto{valueInfo("label", 1), valueInfo("scores", 2)},
		Node: []*onnx.NodeProto{
			{OpType: "Softmax", Input: []string{"x"}, Output: []string{"scores"}},
			{OpType: "ArgMax", Input: []string{"scores"}, Output: []string{"label"}, Attribute: []*onnx.AttributeProto{
				{Name: "axis", Type: onnx.AttributeInt, I: 1},
				{Name: "keepdims", Type: onnx.AttributeInt, I: 0},
			}},
		},
	})
}
