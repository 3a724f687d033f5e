package model

import (
	"fmt"
	"slices"
)

// Run evaluates the graph on inputs by name and returns its outputs by name. If all
// inputs and outputs have a batch dimension, the inputs may hold several samples
// along it, and so do the outputs: each sample is evaluated by itself, however the
// graph treats the dimension.
func (g *Graph) Run(inputs map[string]*Tensor) (map[string]*Tensor, error) {
	samples, err := g.samples(inputs)
	if err != nil {
		return nil, err
	}
	if samples != 1 {
		return g.runBatch(inputs, samples)
	}
	return g.run(inputs, 1)
}

// samples checks the inputs and returns how many samples they hold.
func (g *Graph) samples(inputs map[string]*Tensor) (int, error) {
	samples, batched := 0, g.Batched()
	for _, v := range g.Inputs {
		t := inputs[v.Name]
		if t == nil {
			return 0, fmt.Errorf("%w: input %q is missing", ErrInput, v.Name)
		}
		want := v.Shape
		if batched && len(t.Shape) > 0 {
			want = withBatch(want, t.Shape[0])
		}
		if !slices.Equal(t.Shape, want) {
			return 0, fmt.Errorf("%w: input %q has shape %v, want %v", ErrInput, v.Name, t.Shape, v.Shape)
		}
		if t.Type != v.Type || t.len() != product(t.Shape) {
			return 0, fmt.Errorf("%w: input %q has %d values of %v, want %d of %v", ErrInput, v.Name, t.len(), t.Type, product(t.Shape), v.Type)
		}
		n := 1
		if batched {
			n = t.Shape[0]
		}
		if n == 0 || samples != 0 && n != samples {
			return 0, fmt.Errorf("%w: input %q holds %d samples, others %d: give as many for each, one at least", ErrInput, v.Name, n, samples)
		}
		samples = n
	}
	return samples, nil
}

// run evaluates the graph on inputs that are as they should be.
func (g *Graph) run(inputs map[string]*Tensor, samples int) (map[string]*Tensor, error) {
	values := make(map[string]*Tensor, len(inputs))
	for _, v := range g.Inputs {
		values[v.Name] = inputs[v.Name]
	}
	last := g.lastUses()
	for i, n := range g.Nodes {
		c := g.call(n, values)
		c.batch, c.limit = samples, c.limit*samples
		outs, err := c.evaluate()
		if err != nil {
			return nil, err
		}
		for o, name := range n.Outputs {
			if _, used := last[name]; used {
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
	c.types = make([]ElemType, len(n.Inputs))
	for i, in := range n.Inputs {
		if in == "" {
			continue
		}
		c.shapes[i], c.types[i] = g.shapes[in], g.types[in]
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
