package model

import "slices"

// compiler turns nodes into layers. A tensor is numbered like PrefixLayer.Inputs.
type compiler struct {
	g      *Graph
	input  []int // shape of the prefix's input
	layers []PrefixLayer
	values map[string]*value
	origin map[int]value // what the tensors are that write made
}

// value is what is known of a value of the graph: a polynomial, element by
// element, of a tensor. It becomes a tensor of its own only when it must.
type value struct {
	name  string // of the layer that made the polynomial
	shape []int  // of one sample
	base  int    // tensor; noTensor for a constant
	poly  polynomial
}

const noTensor = -1

func (g *Graph) newCompiler() (*compiler, error) {
	if len(g.Inputs) != 1 {
		return nil, &NotEncryptable{Layer: "input", Op: "Graph", Why: "it has several inputs", Remedy: "export a model of one input"}
	}
	if g.Inputs[0].Type != Float {
		return nil, &NotEncryptable{Layer: "input", Op: "Graph", Why: "it takes integers", Remedy: "export a model whose input is float32"}
	}
	p := &compiler{g: g, values: make(map[string]*value), origin: make(map[int]value)}
	in := g.Inputs[0].Name
	p.input = p.sample(in)
	p.values[in] = p.at(0, p.input)
	return p, nil
}

// compilers are the operators that the compiler knows.
var compilers = map[string]func(p *compiler, n *Node, c *call) (*value, error){
	"Conv":              (*compiler).conv,
	"AveragePool":       (*compiler).averagePool,
	"GlobalAveragePool": (*compiler).globalAveragePool,
	"ReduceMean":        (*compiler).reduce,
	"ReduceSum":         (*compiler).reduce,
	"Gemm":              (*compiler).gemm,
	"MatMul":            (*compiler).matMul,

	"Pad":       (*compiler).padding,
	"Flatten":   (*compiler).reshaped,
	"Reshape":   (*compiler).reshaped,
	"Squeeze":   (*compiler).reshaped,
	"Unsqueeze": (*compiler).reshaped,
	"Transpose": (*compiler).transpose,
	"Concat":    (*compiler).concat,
	"Split":     (*compiler).split,
	"Slice":     (*compiler).slice,
	"Gather":    (*compiler).gather,
	"Expand":    (*compiler).expand,

	"Add":                (*compiler).sum,
	"Sub":                (*compiler).sum,
	"Sum":                (*compiler).sum,
	"Mean":               (*compiler).sum,
	"Neg":                (*compiler).negate,
	"Mul":                (*compiler).multiply,
	"Div":                (*compiler).divide,
	"Pow":                (*compiler).power,
	"BatchNormalization": (*compiler).normalize,
	polynomialOp:         (*compiler).approximation,
}

// nodes compiles nodes in order, up to the first that cannot be.
func (p *compiler) nodes(nodes []*Node) error {
	for _, n := range nodes {
		v, err := p.node(n)
		if err != nil {
			return err
		}
		p.values[n.Outputs[0]] = v
	}
	return nil
}

// refusal says which of the graph's nodes cannot be compiled, and why.
type refusal struct {
	at  int
	why *NotEncryptable
}

// refusals compiles all nodes that can be, and says of the values of the others which
// node rules them out: the first that they depend on.
func (p *compiler) refusals() map[string]refusal {
	refused := make(map[string]refusal)
	for i, n := range p.g.Nodes {
		first := refusal{at: i}
		for _, in := range n.Inputs {
			if r, ok := refused[in]; ok && r.at < first.at {
				first = r
			}
		}
		if first.why == nil {
			v, err := p.node(n)
			if err == nil {
				p.values[n.Outputs[0]] = v
				continue
			}
			first.why = asReason(err)
		}
		for _, out := range n.Outputs {
			if out != "" {
				refused[out] = first
			}
		}
	}
	return refused
}

func (p *compiler) node(n *Node) (*value, error) {
	if v := p.values[n.Inputs[0]]; v != nil && p.g.isNoOp(n) {
		return v, nil
	}
	for _, in := range n.Inputs {
		if p.g.variable(in) && p.values[in] == nil {
			return nil, refuse(n, "it reads a second result of another layer, which is not encrypted", "cut before it")
		}
	}
	compile := compilers[n.Op]
	if compile == nil {
		return nil, refuseOp(n)
	}
	return compile(p, n, p.g.call(n, nil))
}

// sample is the shape of one sample of a value of the graph, of at least one dimension.
func (p *compiler) sample(name string) []int {
	if s := sampleShape(p.g.shapes[name]); len(s) > 0 {
		return s
	}
	return []int{1}
}

// at is the value that is a tensor.
func (p *compiler) at(tensor int, shape []int) *value { return &value{base: tensor, shape: shape} }

// result is the first output of a node, which is a tensor.
func (p *compiler) result(n *Node, tensor int) *value { return p.at(tensor, p.sample(n.Outputs[0])) }

// shape is the shape of a tensor.
func (p *compiler) shape(tensor int) []int {
	if tensor == 0 {
		return p.input
	}
	return p.layers[tensor-1].OutShape
}

// tensor writes a value of the graph and returns its number.
func (p *compiler) tensor(name string) int { return p.write(p.values[name]) }

// emit adds a layer and returns the number of its output.
func (p *compiler) emit(l PrefixLayer, inputs ...int) int {
	l.Inputs = inputs
	p.layers = append(p.layers, l)
	return len(p.layers)
}

// write makes a value a tensor, by a layer unless it is one already.
func (p *compiler) write(v *value) int {
	if v.poly.identity() {
		v.poly = nil
		return v.base
	}
	before := *v
	at, shape := v.base, p.shape(v.base)
	perElement := v.poly.channels() != v.shape[0]
	switch {
	case perElement:
		shape = []int{product(v.shape)}
		at = p.reshape(v.name+"/flat", at, shape)
	case shape[0] != v.shape[0]:
		shape = v.shape
	}
	l := PrefixLayer{Kind: Poly, Name: v.name, InShape: shape, OutShape: shape, Coefficients: v.poly}
	if v.poly.degree() < 2 {
		l.Kind, l.Coefficients = Affine, nil
		l.Shift, l.Scale = v.poly.power(0), v.poly.power(1)
	}
	at = p.emit(l, at)
	if perElement {
		at = p.reshape(v.name+"/shape", at, v.shape)
	}
	v.base, v.poly = at, nil
	p.origin[at] = before
	return at
}

// common writes two values as polynomials of one tensor, the latest that allows
// it; false if there is none.
func (p *compiler) common(v, w *value) (a, b polynomial, base int, ok bool) {
	x, y := *v, *w
	for x.base != y.base && min(x.base, y.base) != noTensor {
		late := &x
		if y.base > x.base {
			late = &y
		}
		o, ok := p.origin[late.base]
		if !ok || o.poly.degree()*late.polynomial().degree() > maxDegree {
			return nil, nil, 0, false
		}
		late.base, late.poly = o.base, late.polynomial().of(o.poly)
	}
	a, b = aligned(x.polynomial(), y.polynomial())
	return a, b, max(x.base, y.base), true
}

// leadingTo returns the layers that a tensor depends on; the last one computes it.
func (p *compiler) leadingTo(tensor int) []PrefixLayer {
	used := map[int]bool{tensor: true}
	for i := tensor; i > 0; i-- {
		if used[i] {
			for _, in := range p.layers[i-1].Inputs {
				used[in] = true
			}
		}
	}
	var out []PrefixLayer
	number := map[int]int{}
	for i, l := range p.layers {
		if !used[i+1] {
			continue
		}
		l.Inputs = slices.Clone(l.Inputs)
		for j, in := range l.Inputs {
			l.Inputs[j] = number[in]
		}
		out = append(out, l)
		number[i+1] = len(out)
	}
	return out
}
