package creator

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/encrypted-compute/encompute/creator/inference"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

// ErrVector says that a model does not give what its card expects of it.
var ErrVector = errors.New("sample vector of the card")

// SampleVector is a raw input and what the whole model gives for it. It shows that the card's
// preprocessing is the one that the model was trained with: nothing else does, since a model
// answers wrongly scaled inputs, too.
type SampleVector struct {
	Input  string    `json:"input"`  // a file, as input.Schema.ReadFile takes it, by its path from the card's folder
	Output []float64 `json:"output"` // as the framework gave it that the model was trained with
}

// Vector is a sample vector whose input was prepared as the card says.
type Vector struct{ Input, Output []float64 }

// vectorTolerance is how far a model in float32 may be from what another framework computed.
const vectorTolerance = 1e-3

// check holds the card against the model by running it on the vector. The error wraps ErrVector,
// or protocol.ErrMalformed if the card contradicts itself.
func (c Card) check(g *model.Graph, v Vector) error {
	schema := input.Schema(c.Input)
	if err := schema.Validate(); err != nil {
		return fmt.Errorf("card: input: %w", err)
	}
	if low, high, ok := schema.Range(); ok && (low < c.InputRange.Low || high > c.InputRange.High) {
		return fmt.Errorf("%w: card: inputRange is %v to %v, but the input schema makes values from %v to %v: give that, or clip",
			protocol.ErrMalformed, c.InputRange.Low, c.InputRange.High, low, high)
	}
	if len(v.Input) == 0 || len(v.Output) == 0 {
		return fmt.Errorf("%w is missing: give an input, and the output that the training framework computed for it", ErrVector)
	}
	if len(v.Input) != schema.Size() {
		return fmt.Errorf("%w: input has %d values, the input schema makes %d", ErrVector, len(v.Input), schema.Size())
	}
	for i, x := range v.Input {
		if !(x >= c.InputRange.Low && x <= c.InputRange.High) {
			return fmt.Errorf("%w: value %d of the prepared input is %v, inputRange is %v to %v: correct the card's scale, mean, std or clip",
				ErrVector, i, x, c.InputRange.Low, c.InputRange.High)
		}
	}
	got, err := evaluateWhole(g, v.Input)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrVector, err)
	}
	if len(got) != len(v.Output) {
		return fmt.Errorf("%w: the model gives %d values, the card expects %d", ErrVector, len(got), len(v.Output))
	}
	scale := 1.0
	for _, want := range v.Output {
		scale = max(scale, math.Abs(want))
	}
	for i, want := range v.Output {
		if !(math.Abs(float64(got[i])-want) <= vectorTolerance*scale) {
			return fmt.Errorf("%w: value %d of the output is %.6g, the card expects %.6g: correct scale, mean, std, resize or colour order of the card's input, or the expected output",
				ErrVector, i, got[i], want)
		}
	}
	_, err = Interpret(got, c.manifest(), g)
	return err
}

// evaluateWhole runs a whole model on one sample.
func evaluateWhole(g *model.Graph, x []float64) ([]float32, error) {
	r, err := inference.Builtin{}.Load(context.Background(), inference.Suffix{Graph: g})
	if err != nil {
		return nil, err
	}
	out, err := r.Run(context.Background(), [][]float32{float32s(x)})
	if err != nil {
		return nil, err
	}
	return out[0], r.Close()
}

// manifest is what a card says in a manifest.
func (c Card) manifest() protocol.Manifest {
	return protocol.Manifest{
		Version: 1, Name: c.Name, Description: c.Description, Task: c.Task, Input: c.Input, InputRange: c.InputRange,
		Labels: c.Labels, Output: c.Output,
	}
}

// Interpret makes a result of the output of a suffix of the card's model, or of all of it.
func (c Card) Interpret(out []float32, g *model.Graph) (protocol.Result, error) {
	return Interpret(out, c.manifest(), g)
}
