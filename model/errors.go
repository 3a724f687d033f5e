package model

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrMalformed marks a file that is not a well-formed ONNX model.
	ErrMalformed = errors.New("malformed onnx model")
	// ErrTooLarge marks a file, a tensor or a graph beyond the [Limits].
	ErrTooLarge = errors.New("model is too large")
	// ErrOpset marks a model of a version of ONNX's operators that is not supported.
	ErrOpset = errors.New("operator set is not supported")
	// ErrCycle marks a graph in which a node depends on its own output.
	ErrCycle = errors.New("graph has a cycle")
	// ErrExternalData marks a model whose weights lie in other files.
	ErrExternalData = errors.New("weights are in an external file: save the model as one file")
	// ErrDynamicShape marks an input with an unknown dimension other than the batch.
	ErrDynamicShape = errors.New("input has a dynamic dimension: export the model with a fixed input size")
	// ErrInput marks an evaluation with missing inputs or inputs of the wrong shape.
	ErrInput = errors.New("wrong model input")
	// ErrNoCut marks a name that is not a cut of the graph.
	ErrNoCut = errors.New("no such cut")
)

// UnsupportedOpError reports a node that this package can neither shape nor evaluate.
type UnsupportedOpError struct {
	Op   string // operator, with its domain unless that is ONNX's own
	Node string // name of the node
	Why  string // what about it is not supported; empty if it is the whole operator
}

func (e *UnsupportedOpError) Error() string {
	if e.Why == "" {
		return fmt.Sprintf("node %q: operator %s is not supported", e.Node, e.Op)
	}
	return fmt.Sprintf("node %q: operator %s: %s", e.Node, e.Op, e.Why)
}

// NotEncryptable says why a prefix cannot be evaluated under encryption and what
// to do about it.
type NotEncryptable struct {
	Layer  string `json:"layer"`  // layer at which the encrypted prefix ends
	Op     string `json:"op"`     // its operator
	Why    string `json:"why"`    // property that rules it out
	Remedy string `json:"remedy"` // what the creator can change
}

func (e *NotEncryptable) Error() string {
	return fmt.Sprintf("%s at %s cannot be encrypted (%s): %s", e.Op, e.Layer, e.Why, e.Remedy)
}

// Remedy says what the owner of a file can do about an error of this package.
func Remedy(err error) string {
	var unsupported *UnsupportedOpError
	switch {
	case errors.As(err, &unsupported):
		return unsupported.remedy()
	case errors.Is(err, ErrExternalData):
		return "save the model as one file"
	case errors.Is(err, ErrDynamicShape):
		return "export the model with a fixed input size; only the batch may be dynamic"
	case errors.Is(err, ErrOpset):
		return fmt.Sprintf("export the model with an opset from %d to %d of ai.onnx", minOpset, maxOpset)
	case errors.Is(err, ErrTooLarge):
		return "simplify the model, or export a smaller one"
	case errors.Is(err, ErrCycle):
		return "export the model again: a graph must not depend on its own results"
	}
	return "export the model again and check it with ONNX's own checker"
}

// remedies of operators that are not supported, by the beginning of their names.
var unsupportedRemedies = []struct{ op, remedy string }{
	{"If", "export the model with fixed shapes and simplify it, so that the condition is known"},
	{"Loop", "export the model with fixed shapes, so that the loop is unrolled"},
	{"Scan", "export the model with fixed shapes, so that the loop is unrolled"},
	{"LSTM", "unroll the recurrence, or use a convolution"},
	{"GRU", "unroll the recurrence, or use a convolution"},
	{"RNN", "unroll the recurrence, or use a convolution"},
	{"Quantize", "export the model in floating point, not quantized"},
	{"Dequantize", "export the model in floating point, not quantized"},
	{"DynamicQuantize", "export the model in floating point, not quantized"},
	{"QLinear", "export the model in floating point, not quantized"},
	{mlDomain + ".Tree", "trees cannot be encrypted: train a linear model or a network instead"},
	{mlDomain + ".SVM", "train a linear model or a network instead"},
	{mlDomain + ".", "do this step before the model, and export the model without it"},
}

func (e *UnsupportedOpError) remedy() string {
	if e.Why != "" && strings.Contains(e.Why, ": ") {
		return e.Why[strings.LastIndex(e.Why, ": ")+2:]
	}
	for _, r := range unsupportedRemedies {
		if strings.HasPrefix(e.Op, r.op) {
			return r.remedy
		}
	}
	return "export the model without it, or leave this part of the model to the program that reads its output"
}
