package model

import (
	"errors"
	"slices"
)

// LayerKind names what a PrefixLayer computes.
type LayerKind string

const (
	Conv    LayerKind = "conv"    // convolution over planes, with a bias
	Pool    LayerKind = "pool"    // average over windows of a plane
	Dense   LayerKind = "dense"   // matrix and bias over the flattened input
	Affine  LayerKind = "affine"  // scale and shift per channel
	Poly    LayerKind = "poly"    // polynomial per channel
	Reshape LayerKind = "reshape" // same elements in the same order
	Permute LayerKind = "permute" // same elements, axes in another order
	Pad     LayerKind = "pad"     // one value around the input
	Add     LayerKind = "add"     // sum of tensors of one shape
	Concat  LayerKind = "concat"  // tensors side by side
)

// maxDegree is the highest degree of a Poly.
const maxDegree = 7

// PrefixLayer is one step of a prefix: a linear map or a polynomial, in float64,
// for one sample. What it reads has the elements of the tensors that Inputs names,
// in the same row-major order, but possibly another shape. Conv, Pool and Pad take
// shapes [channels, height, width]; the first dimension counts the channels of
// Affine and Poly, too.
type PrefixLayer struct {
	Kind     LayerKind
	Name     string // of the layer in the model
	Inputs   []int  // 0 is the prefix's input, i the output of layer i-1; one, but for Add and Concat
	InShape  []int  // of the first of them
	OutShape []int

	// Conv: Weights[out][in/Groups][Kernel[0]][Kernel[1]], Bias[out].
	// Dense: Weights[Rows][Cols], Bias[Rows].
	Weights []float64
	Bias    []float64

	// Conv and Pool. A window begins at position*Strides - Pads; what lies
	// outside the plane is zero. OutShape tells how many windows there are.
	Kernel    [2]int // height, width
	Strides   [2]int
	Dilations [2]int
	Pads      [4]int // top, left, bottom, right
	Groups    int    // Conv

	CountIncludePad bool // Pool: see Divisor

	Rows, Cols int // Dense: sizes of the output and the input

	Scale, Shift []float64 // Affine, per channel

	Coefficients [][]float64 // Poly: [power][channel], from the constant on, at most of degree 7

	Perm []int // Permute: axis i of the output is axis Perm[i] of InShape, of at most 8 dimensions

	Before, After [3]int  // Pad: how much is added on each axis
	Value         float64 // Pad: what is added

	Axis int // Concat: inputs are all [n] or all [channels, height, width]
}

// Divisor is what a Pool divides the sum of the window at output position (y, x)
// by: its area, without what hangs over the plane unless CountIncludePad, and
// never with what hangs over the pads.
func (l *PrefixLayer) Divisor(y, x int) int {
	w := window{in: [2]int{l.InShape[1], l.InShape[2]}, kernel: l.Kernel, strides: l.Strides, dilations: l.Dilations, pads: l.Pads}
	return max(1, w.divisor(y, x, l.CountIncludePad))
}

// CutReport says whether the prefix before a cut can be evaluated under encryption.
type CutReport struct {
	Cut         Cut             `json:"cut"`
	Encryptable bool            `json:"encryptable"`
	Reason      *NotEncryptable `json:"reason,omitempty"` // the first layer that cannot
}

// Inspect reports on cuts of the graph, in the given order; without any on all of [Graph.Cuts].
func (g *Graph) Inspect(cuts ...Cut) []CutReport {
	if len(cuts) == 0 {
		cuts = g.Cuts()
	}
	p, err := g.newCompiler()
	refused := make(map[string]refusal)
	if err == nil {
		refused = p.refusals()
	}
	var out []CutReport
	for _, c := range cuts {
		parts := c.Parts
		if len(parts) == 0 {
			parts = []string{c.Value}
		}
		first := refusal{at: len(g.Nodes)}
		for _, v := range parts {
			if r, ok := refused[v]; ok && r.at < first.at {
				first = r
			}
		}
		if err != nil {
			first.why = asReason(err)
		}
		out = append(out, CutReport{Cut: c, Encryptable: first.why == nil, Reason: first.why})
	}
	return out
}

func asReason(err error) *NotEncryptable {
	var reason *NotEncryptable
	if !errors.As(err, &reason) {
		reason = &NotEncryptable{Layer: "graph", Op: "Graph", Why: err.Error(), Remedy: "choose an earlier cut"}
	}
	return reason
}

// DeepestCut returns the last cut whose prefix can be encrypted; false if there is none.
func (g *Graph) DeepestCut() (Cut, bool) {
	reports := g.Inspect()
	for _, r := range slices.Backward(reports) {
		if r.Encryptable {
			return r.Cut, true
		}
	}
	return Cut{}, false
}

// PrefixLayers describes the prefix before a cut as linear maps and polynomials
// in the order of execution; the last one computes the intermediate. Elementwise
// arithmetic becomes one Affine or Poly however it is written. The error is a
// [*NotEncryptable] if the prefix has a layer that is neither.
func (g *Graph) PrefixLayers(c Cut) ([]PrefixLayer, error) {
	prefix, _, err := g.Split(c)
	if err != nil {
		return nil, err
	}
	p, err := prefix.newCompiler()
	if err != nil {
		return nil, err
	}
	if err := p.nodes(prefix.Nodes); err != nil {
		return nil, err
	}
	return p.leadingTo(p.tensor(prefix.Outputs[0].Name)), nil
}
