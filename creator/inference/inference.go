// Package inference runs the suffixes of a creator's models: built in, by ONNX Runtime, or by a
// process of the creator's own. A Queue evaluates together what comes at the same time, and
// starts a runtime again that broke down.
package inference

import (
	"context"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/model"
)

var (
	// ErrValues says that a suffix cannot be evaluated on these values: trying again does not help.
	ErrValues = errors.New("the suffix does not evaluate on these values")
	// ErrRuntime says that a runtime does not work.
	ErrRuntime = errors.New("runtime of the suffix")
)

// Suffix is what follows a cut of a model.
type Suffix struct {
	Model string       // its name
	Cut   string       // the layer it follows
	Graph *model.Graph // of one input and one output
}

// Runtime makes suffixes ready to be run. Its methods may be called from several goroutines.
type Runtime interface {
	Load(ctx context.Context, s Suffix) (Runner, error)
}

// Runner runs one suffix. Its methods are called one at a time.
type Runner interface {
	// Run evaluates samples, each as Graph.Eval takes it, and returns the output of each. An error
	// that does not wrap ErrValues means that the runner is broken.
	Run(ctx context.Context, batch [][]float32) ([][]float32, error)
	Close() error
}

// Builtin evaluates suffixes in this process, with the operators of the model package.
type Builtin struct{}

// Load implements Runtime.
func (Builtin) Load(_ context.Context, s Suffix) (Runner, error) { return builtin{s.Graph}, s.check() }

// check holds that the graph has one input and one output.
func (s Suffix) check() error {
	if len(s.Graph.Inputs) != 1 || len(s.Graph.Outputs) != 1 {
		return fmt.Errorf("%w: the suffix has %d inputs and %d outputs, not one each", ErrRuntime, len(s.Graph.Inputs), len(s.Graph.Outputs))
	}
	return nil
}

type builtin struct{ graph *model.Graph }

// Run implements Runner.
func (b builtin) Run(_ context.Context, batch [][]float32) ([][]float32, error) {
	in, out := b.graph.Inputs[0], b.graph.Outputs[0]
	together := 1
	if b.graph.Batched() {
		together = len(batch)
	}
	var outputs [][]float32
	for at := 0; at < len(batch); at += together {
		x, err := stack(in.Shape, batch[at:at+together])
		if err != nil {
			return nil, err
		}
		y, err := b.graph.Run(map[string]*model.Tensor{in.Name: x})
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrValues, err)
		}
		outputs = append(outputs, unstack(y[out.Name], together)...)
	}
	return outputs, nil
}

// Close implements Runner.
func (builtin) Close() error { return nil }

// stack makes a batch of samples, of a shape whose first dimension is 1 if there are several.
func stack(shape []int, batch [][]float32) (*model.Tensor, error) {
	t := &model.Tensor{Shape: append([]int(nil), shape...)}
	if len(batch) > 1 {
		t.Shape[0] = len(batch)
	}
	want := size(shape)
	for _, x := range batch {
		if len(x) != want {
			return nil, fmt.Errorf("%w: %d values, it takes %d", ErrValues, len(x), want)
		}
		t.Floats = append(t.Floats, x...)
	}
	return t, nil
}

// unstack splits a batch into its samples; labels become numbers.
func unstack(t *model.Tensor, samples int) [][]float32 {
	values := t.Floats
	for _, v := range t.Ints {
		values = append(values, float32(v))
	}
	list := make([][]float32, samples)
	each := len(values) / samples
	for i := range list {
		list[i] = values[i*each : (i+1)*each]
	}
	return list
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
