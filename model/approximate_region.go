package model

import (
	"fmt"
	"math"
	"slices"
)

// region is the part of a graph that one polynomial replaces: nodes that together
// compute a function of every element of one value.
type region struct {
	Approximation
	activation *Node
	from       string  // value that it reads
	nodes      []*Node // in order; the last one computes its only result
}

// isActivation reports whether a node applies one function, which is no
// polynomial, to every element of its input.
func isActivation(n *Node) bool { return operators[n.Op].scalar != nil && n.Op != "Neg" }

// isActivation is isActivation for the nodes of the graph that compute floats.
func (g *Graph) isActivation(n *Node) bool { return isActivation(n) && g.types[n.Outputs[0]] == Float }

// named reports whether a creator's name for a layer means this node.
func (n *Node) named(name string) bool {
	return name != "" && (name == scope(n.Name) || name == n.Name || slices.Contains(n.Outputs, name))
}

// regions finds what the approximations ask for.
func (g *Graph) regions(list []Approximation) ([]*region, error) {
	var out []*region
	taken := make(map[*Node]bool)
	for _, a := range list {
		if a.Degree == 0 {
			a.Degree = maxDegree
		}
		if a.Degree < minDegree || a.Degree > maxDegree {
			return nil, fmt.Errorf("%w: layer %s: degree %d: choose one from %d to %d", ErrApproximation, a.Layer, a.Degree, minDegree, maxDegree)
		}
		asked := func(n *Node) bool { return g.isActivation(n) && n.named(a.Layer) }
		var found []*region
		for i, n := range g.Nodes {
			if !asked(n) || taken[n] {
				continue
			}
			r := g.around(i, asked)
			r.Approximation, r.activation = a, n
			for _, m := range r.nodes {
				taken[m] = true
			}
			found = append(found, r)
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%w: no activation is named %q, or another approximation has it: choose one of %v", ErrApproximation, a.Layer, g.activations())
		}
		if len(found) > 1 {
			for _, r := range found {
				r.Layer = r.activation.Name
			}
		}
		out = append(out, found...)
	}
	return out, nil
}

// activations lists the layers that can be approximated.
func (g *Graph) activations() []string {
	var out []string
	for _, n := range g.Nodes {
		if name := scope(n.Name); g.isActivation(n) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// maxRegion bounds the nodes before an activation that may belong to it.
const maxRegion = 16

// around returns the region of activation i: up to a product with its own input,
// if there is one, else the node alone.
func (g *Graph) around(i int, asked func(n *Node) bool) *region {
	producer := make(map[string]int)
	for at, n := range g.Nodes[:i] {
		for _, v := range n.Outputs {
			producer[v] = at
		}
	}
	open := []string{g.Nodes[i].Inputs[0]}
	for range maxRegion {
		if len(open) == 1 {
			if nodes := g.upToProduct(open[0], i, asked); nodes != nil {
				return &region{from: open[0], nodes: nodes}
			}
		}
		// Step back over the latest of the open values.
		slices.SortFunc(open, func(a, b string) int { return producer[a] - producer[b] })
		last := open[len(open)-1]
		at, ok := producer[last]
		if !ok || !g.isArithmetic(g.Nodes[at]) {
			break
		}
		open = open[:len(open)-1]
		for _, in := range g.Nodes[at].Inputs {
			if g.variable(in) && !slices.Contains(open, in) {
				open = append(open, in)
			}
		}
	}
	return &region{from: g.Nodes[i].Inputs[0], nodes: g.Nodes[i : i+1]}
}

// isArithmetic reports whether a node is arithmetic on values and single numbers.
func (g *Graph) isArithmetic(n *Node) bool {
	switch n.Op {
	case "Add", "Sub", "Mul", "Div", "Neg", "Pow", "Identity", "Cast", "Dropout":
	default:
		return false
	}
	return !slices.ContainsFunc(n.Inputs, func(in string) bool { return g.consts[in] != nil && g.consts[in].len() != 1 })
}

// upToProduct returns the nodes that compute, from one value and through
// activation i, the first product of something computed from the activation and
// something that is not, and constant factors of that; nil if there is none, or if
// other nodes need a value that the activation is in.
func (g *Graph) upToProduct(from string, i int, asked func(n *Node) bool) []*Node {
	inside := map[string]bool{from: false} // true: computed from the activation
	var nodes []*Node
	end := -1
	for at, n := range g.Nodes {
		if at != i && !g.isArithmetic(n) && !asked(n) {
			continue
		}
		through, direct, outside := at == i, false, false
		for _, in := range n.Inputs {
			if !g.variable(in) {
				continue
			}
			t, known := inside[in]
			through, direct, outside = through || t, direct || known && !t, outside || !known
		}
		if outside || !through && !direct || !slices.Equal(g.shapes[n.Outputs[0]], g.shapes[from]) {
			continue
		}
		inside[n.Outputs[0]] = through
		nodes = append(nodes, n)
		if at != i && n.Op == "Mul" && through && direct {
			end = at
			break
		}
	}
	if end < 0 || g.escapes(inside, end) {
		return nil
	}
	nodes, end = g.withFactors(nodes, end)
	return live(nodes, []Value{{Name: g.Nodes[end].Outputs[0]}})
}

// withFactors adds what only scales the result of node end: the half of a Gelu may
// stand there.
func (g *Graph) withFactors(nodes []*Node, end int) ([]*Node, int) {
	for {
		next, result := -1, g.Nodes[end].Outputs[0]
		if slices.ContainsFunc(g.Outputs, func(v Value) bool { return v.Name == result }) {
			return nodes, end
		}
		for at, n := range g.Nodes {
			if !slices.Contains(n.Inputs, result) {
				continue
			}
			if next >= 0 || n.Op != "Mul" && n.Op != "Div" || !g.isArithmetic(n) || !g.isScaleOrShift(n) {
				return nodes, end
			}
			next = at
		}
		if next < 0 || !slices.Equal(g.shapes[g.Nodes[next].Outputs[0]], g.shapes[result]) {
			return nodes, end
		}
		nodes, end = append(nodes, g.Nodes[next]), next
	}
}

// escapes reports whether a value that the activation is in is needed outside, but
// for the output of node end.
func (g *Graph) escapes(inside map[string]bool, end int) bool {
	result := g.Nodes[end].Outputs[0]
	for at, n := range g.Nodes {
		_, own := inside[n.Outputs[0]]
		if own && at <= end {
			continue
		}
		if slices.ContainsFunc(n.Inputs, func(in string) bool { return inside[in] && in != result }) {
			return true
		}
	}
	return slices.ContainsFunc(g.Outputs, func(v Value) bool { return inside[v.Name] && v.Name != result })
}

// function is what the region computes of one number. It is for one goroutine.
func (r *region) function(g *Graph) scalar {
	type step struct {
		apply func(args []float64) float64
		in    []int // positions in values
		out   int
		args  []float64
	}
	slots := map[string]int{r.from: 0}
	values := []float64{0}
	var steps []step
	for _, n := range r.nodes {
		s := step{apply: elementwise(g, n), args: make([]float64, len(n.Inputs))}
		for _, in := range n.Inputs {
			if _, known := slots[in]; !known {
				slots[in], values = len(values), append(values, number(g.consts[in]))
			}
			s.in = append(s.in, slots[in])
		}
		s.out = len(values)
		slots[n.Outputs[0]], values = s.out, append(values, 0)
		steps = append(steps, s)
	}
	return func(x float64) float64 {
		values[0] = x
		y := x
		for _, s := range steps {
			for a, from := range s.in {
				s.args[a] = values[from]
			}
			y = s.apply(s.args)
			values[s.out] = y
		}
		return y
	}
}

// number is the only element of a constant; 0 for none, such as an omitted input.
func number(t *Tensor) float64 {
	switch {
	case t == nil || t.len() != 1:
		return 0
	case t.Type == Float:
		return float64(t.Floats[0])
	}
	return float64(t.Ints[0])
}

// elementwise is what a node of a region does to the numbers that it reads.
func elementwise(g *Graph, n *Node) func(args []float64) float64 {
	switch n.Op {
	case "Add":
		return func(args []float64) float64 { return args[0] + args[1] }
	case "Sub":
		return func(args []float64) float64 { return args[0] - args[1] }
	case "Mul":
		return func(args []float64) float64 { return args[0] * args[1] }
	case "Div":
		return func(args []float64) float64 { return args[0] / args[1] }
	case "Pow":
		return func(args []float64) float64 { return math.Pow(args[0], args[1]) }
	case "Neg":
		return func(args []float64) float64 { return -args[0] }
	case "Identity", "Cast", "Dropout":
		return func(args []float64) float64 { return args[0] }
	}
	f := operators[n.Op].scalar(g.call(n, nil))
	return func(args []float64) float64 { return f(args[0]) }
}
