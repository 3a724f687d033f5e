package model

import (
	"errors"
	"fmt"
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
