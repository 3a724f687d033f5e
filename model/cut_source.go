package model

import "slices"

// sources tells for each value which one it follows from, element by element: itself
// if there is none.
type sources map[string]string

func (g *Graph) sources() sources {
	out := make(sources)
	for _, v := range g.Inputs {
		out[v.Name] = v.Name
	}
	for _, n := range g.Nodes {
		for _, v := range n.Outputs {
			out[v] = v
		}
		if from := g.source(n, out); from != "" {
			out[n.Outputs[0]] = from
		}
	}
	return out
}

// pointwise are operators beside activations that map the elements of a tensor one by one, if they read no other.
var pointwise = []string{"Add", "Sub", "Mul", "Div", "Pow", "Neg", "Sum", "Mean", "Max", "Min", "BatchNormalization", polynomialOp}

// source is the value that a node's result follows from, element by element; "" if there is none.
func (g *Graph) source(n *Node, known sources) string {
	if len(n.Outputs) != 1 || !g.isView(n) && !isActivation(n) && !slices.Contains(pointwise, n.Op) {
		return ""
	}
	from := ""
	for _, in := range n.Inputs {
		if !g.variable(in) {
			continue
		}
		if from != "" && from != known[in] || product(g.shapes[in]) != product(g.shapes[n.Outputs[0]]) {
			return ""
		}
		from = known[in]
	}
	return from
}

// differ reports whether all values follow from different ones.
func (s sources) differ(values []string) bool {
	seen := make(map[string]bool)
	for _, v := range values {
		if seen[s[v]] {
			return false
		}
		seen[s[v]] = true
	}
	return true
}

// isView reports whether a node keeps all elements of its first input.
func (g *Graph) isView(n *Node) bool {
	switch n.Op {
	case "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose":
		return true
	}
	return g.isNoOp(n)
}

// isInput reports whether a value holds an input of the graph, in some shape.
func (g *Graph) isInput(value string, producer map[string]int) bool {
	for {
		i, computed := producer[value]
		if !computed {
			return true
		}
		if !g.isView(g.Nodes[i]) || value != g.Nodes[i].Outputs[0] {
			return false
		}
		value = g.Nodes[i].Inputs[0]
	}
}
