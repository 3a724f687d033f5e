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
	Poly    LayerKind = "poly"    // a*x*x + b*x + c per channel
	Reshape LayerKind = "reshape" // same elements in the same order
)

// PrefixLayer is one step of a prefix: a linear map or a polynomial, in float64,
// for one sample. The input of a layer has the elements of the output of the
// layer before, in the same row-major order, but possibly another shape. Conv and
// Pool take shapes [channels, height, width]; the first dimension counts the
// channels of Affine and Poly, too.
type PrefixLayer struct {
	Kind     LayerKind
	Name     string // of the layer in the model
	InShape  []int
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

	A, B, C []float64 // Poly, per channel
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
	Reason      *NotEncryptable `json:"reason,omitempty"`
}

// Inspect reports on every cut of the graph, in order.
func (g *Graph) Inspect() []CutReport {
	var out []CutReport
	for _, c := range g.Cuts() {
		r := CutReport{Cut: c, Encryptable: true}
		if _, err := g.PrefixLayers(c); err != nil {
			r.Encryptable = false
			if !errors.As(err, &r.Reason) {
				r.Reason = &NotEncryptable{Layer: c.Layer, Op: "Graph", Why: err.Error(), Remedy: "choose another cut"}
			}
		}
		out = append(out, r)
	}
	return out
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
// in the order of execution. Elementwise arithmetic with constants becomes one
// Affine or Poly layer however it is written. The error is a [*NotEncryptable] if
// the prefix has a layer that is neither.
func (g *Graph) PrefixLayers(c Cut) ([]PrefixLayer, error) {
	end, err := g.position(c)
	if err != nil {
		return nil, err
	}
	// Each segment between two crossings takes one tensor to one tensor.
	all := g.crossings()
	if all[0].end != 0 {
		return nil, &NotEncryptable{Layer: c.Layer, Op: "Graph", Why: "it has several inputs", Remedy: "export a model of one input"}
	}
	p := &compiler{g: g}
	for i := 1; i < len(all) && all[i].end <= end; i++ {
		if err := p.segment(all[i-1].value, g.Nodes[all[i-1].end:all[i].end], all[i].value); err != nil {
			return nil, err
		}
	}
	if p.pad != nil {
		return nil, refusePad(p.pad)
	}
	p.flush()
	return p.layers, nil
}

// compiler turns a chain of nodes into layers.
type compiler struct {
	g      *Graph
	layers []PrefixLayer
	quad   *quadratic // elementwise map not yet written as a layer
	pad    *Node      // zero padding that the next window has to take over
}

// linear are the operators that become a linear layer of their own.
var linear = map[string]func(p *compiler, n *Node, c *call) error{
	"Conv":              (*compiler).conv,
	"AveragePool":       (*compiler).averagePool,
	"GlobalAveragePool": (*compiler).globalAveragePool,
	"ReduceMean":        (*compiler).reduceMean,
	"Gemm":              (*compiler).gemm,
	"MatMul":            (*compiler).matMul,
	"Pad":               (*compiler).padding,
	"Flatten":           (*compiler).reshape,
	"Reshape":           (*compiler).reshape,
	"Squeeze":           (*compiler).reshape,
	"Unsqueeze":         (*compiler).reshape,
	"Transpose":         (*compiler).transpose,
}

// segment adds the layers of some nodes that together compute out from in.
func (p *compiler) segment(in string, nodes []*Node, out string) error {
	n := nodes[0]
	if len(nodes) == 1 && p.g.isNoOp(n) {
		return nil
	}
	window := n.Op == "Conv" || n.Op == "AveragePool" || n.Op == "GlobalAveragePool"
	if p.pad != nil && (len(nodes) > 1 || !window) {
		return refusePad(p.pad)
	}
	if layer := linear[n.Op]; layer != nil && len(nodes) == 1 {
		return layer(p, n, p.g.call(n, nil))
	}
	q, err := p.elementwise(in, nodes, out)
	if err != nil {
		return err
	}
	if p.quad != nil {
		if both := p.quad.then(q); both != nil {
			p.quad = both
			return nil
		}
		p.flush()
	}
	p.quad = q
	return nil
}

// emit adds a layer after the elementwise map that waits before it.
func (p *compiler) emit(l PrefixLayer) {
	p.flush()
	p.layers = append(p.layers, l)
}

// flush writes the waiting elementwise map as a layer; the identity needs none.
func (p *compiler) flush() {
	q := p.quad
	p.quad = nil
	if q == nil || q.identity() {
		return
	}
	l := PrefixLayer{Kind: Poly, Name: q.name, InShape: q.shape, OutShape: q.shape, A: q.a, B: q.b, C: q.c}
	if q.degree() < 2 {
		l = PrefixLayer{Kind: Affine, Name: q.name, InShape: q.shape, OutShape: q.shape, Scale: q.b, Shift: q.c}
	}
	p.layers = append(p.layers, l)
}

// remedies say for an operator why it stops the encrypted prefix and what to do.
var remedies = map[string][2]string{
	"MaxPool":       {"a maximum is not a polynomial", "use AveragePool, or cut before it"},
	"GlobalMaxPool": {"a maximum is not a polynomial", "use GlobalAveragePool, or cut before it"},
	"ReduceMax":     {"a maximum is not a polynomial", "use ReduceMean, or cut before it"},
	"Softmax":       {"it divides by an encrypted sum", "cut before it: the suffix or the user can compute it"},
	"LogSoftmax":    {"it divides by an encrypted sum", "cut before it: the suffix or the user can compute it"},
}

// refuse reports a node that cannot be encrypted.
func refuse(n *Node, why, remedy string) error {
	return &NotEncryptable{Layer: scope(n.Name), Op: n.Op, Why: why, Remedy: remedy}
}

func refuseOp(n *Node) error {
	if r, ok := remedies[n.Op]; ok {
		return refuse(n, r[0], r[1])
	}
	switch n.Op {
	case "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Sigmoid", "HardSigmoid", "Tanh", "Softplus", "Clip", "Erf":
		return refuse(n, "the activation is not a polynomial", "train with a polynomial a*x*x + b*x + c instead, or cut before it")
	}
	return refuse(n, "it is neither a linear map nor a polynomial of degree two", "cut before it")
}

func refusePad(n *Node) error {
	return refuse(n, "the padding is not zeros around planes right before a convolution", "give the convolution the pads, or cut before it")
}
