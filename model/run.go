package model

import "fmt"

// Run evaluates the graph on float32 inputs by name and returns its outputs by
// name. Inputs may have a larger batch than 1 if no shape in the graph forbids it.
func (g *Graph) Run(inputs map[string]*Tensor) (map[string]*Tensor, error) {
	values := make(map[string]*Tensor, len(inputs))
	for _, v := range g.Inputs {
		t := inputs[v.Name]
		if t == nil {
			return nil, fmt.Errorf("%w: input %q is missing", ErrInput, v.Name)
		}
		if t.Type != Float || len(t.Shape) != len(v.Shape) || len(t.Floats) != product(t.Shape) {
			return nil, fmt.Errorf("%w: input %q has shape %v, want %v", ErrInput, v.Name, t.Shape, v.Shape)
		}
		for i, d := range v.Shape {
			if t.Shape[i] != d && i > 0 {
				return nil, fmt.Errorf("%w: input %q has shape %v, want %v", ErrInput, v.Name, t.Shape, v.Shape)
			}
		}
		values[v.Name] = t
	}
	last := g.lastUses()
	for i, n := range g.Nodes {
		outs, err := g.call(n, values).evaluate()
		if err != nil {
			return nil, err
		}
		for o, name := range n.Outputs {
			if name != "" {
				values[name] = outs[o]
			}
		}
		for _, in := range n.Inputs {
			if last[in] == i {
				delete(values, in)
			}
		}
	}
	results := make(map[string]*Tensor, len(g.Outputs))
	for _, v := range g.Outputs {
		results[v.Name] = values[v.Name]
		if t := g.consts[v.Name]; t != nil {
			results[v.Name] = t
		}
	}
	return results, nil
}

// call binds a node to the values of its inputs; a value that is not given is
// known by its shape only.
func (g *Graph) call(n *Node, values map[string]*Tensor) *call {
	c := &call{node: n, op: operators[n.Op], opset: g.Opset, limit: g.limits.Elements}
	c.in = make([]*Tensor, len(n.Inputs))
	c.shapes = make([][]int, len(n.Inputs))
	for i, in := range n.Inputs {
		if in == "" {
			continue
		}
		c.shapes[i] = g.shapes[in]
		if c.in[i] = g.consts[in]; c.in[i] == nil {
			c.in[i] = values[in]
		}
		if c.in[i] != nil {
			c.shapes[i] = known(c.in[i].Shape)
		}
	}
	return c
}

// Eval evaluates a graph of one input and one output on one sample, row-major.
func (g *Graph) Eval(x []float32) ([]float32, error) {
	if len(g.Inputs) != 1 || len(g.Outputs) != 1 {
		return nil, fmt.Errorf("%w: graph has %d inputs and %d outputs, not one each", ErrInput, len(g.Inputs), len(g.Outputs))
	}
	in := g.Inputs[0]
	if want := product(in.Shape); len(x) != want {
		return nil, fmt.Errorf("%w: %d values for input %q of shape %v, which takes %d", ErrInput, len(x), in.Name, in.Sample(), want)
	}
	out, err := g.Run(map[string]*Tensor{in.Name: {Shape: in.Shape, Floats: x}})
	if err != nil {
		return nil, err
	}
	return out[g.Outputs[0].Name].Floats, nil
}

// lastUses gives for every variable the position of the last node that reads it;
// the graph's outputs are read after the last node.
func (g *Graph) lastUses() map[string]int {
	last := make(map[string]int)
	for i, n := range g.Nodes {
		for _, in := range n.Inputs {
			if g.variable(in) {
				last[in] = i
			}
		}
	}
	for _, v := range g.Outputs {
		last[v.Name] = len(g.Nodes)
	}
	return last
}
