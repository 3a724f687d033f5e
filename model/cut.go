package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Cut is a place between two nodes that a single tensor crosses.
type Cut struct {
	Index int    `json:"index"` // position among the graph's cuts, from 1
	Layer string `json:"layer"` // short unique name of the layer before the cut
	Node  string `json:"node"`  // full name of the node before the cut
	Value string `json:"value"` // tensor that crosses: the intermediate
	Shape []int  `json:"shape"` // of one sample of it, without the batch dimension
}

// crossing is a position in Nodes at which only one variable is still needed.
type crossing struct {
	end   int // number of nodes before it
	value string
}

// crossings lists all such positions, beginning with the one before the first node.
func (g *Graph) crossings() []crossing {
	last := g.lastUses()
	live := make(map[string]bool)
	for _, v := range g.Inputs {
		if _, used := last[v.Name]; used {
			live[v.Name] = true
		}
	}
	var out []crossing
	note := func(end int) {
		if len(live) == 1 {
			for v := range live {
				out = append(out, crossing{end, v})
			}
		}
	}
	note(0)
	for i, n := range g.Nodes {
		for _, v := range n.Outputs {
			if _, used := last[v]; used {
				live[v] = true
			}
		}
		for _, v := range n.Inputs {
			if last[v] == i {
				delete(live, v)
			}
		}
		note(i + 1)
	}
	return out
}

// Cuts lists the places at which the graph can be cut, in order. Left out are
// places after a node that changes nothing and before one that only scales or
// shifts by constants: the cut before or after it is the same or better at no cost.
func (g *Graph) Cuts() []Cut {
	var cuts []Cut
	all := g.crossings()
	for i, x := range all {
		if x.end == 0 || x.end == len(g.Nodes) || g.isNoOp(g.Nodes[x.end-1]) || g.types[x.value] != Float {
			continue
		}
		if i+1 < len(all) && all[i+1].end == x.end+1 && g.isScaleOrShift(g.Nodes[x.end]) {
			continue
		}
		cuts = append(cuts, Cut{
			Index: len(cuts) + 1, Node: g.Nodes[x.end-1].Name, Value: x.value, Shape: sampleShape(g.shapes[x.value]),
		})
	}
	nameCuts(cuts)
	return cuts
}

// nameCuts gives every cut the shortest name that tells it from the others: the
// scope of its node ("conv1" of "/conv1/Conv"), else its node, else its value.
func nameCuts(cuts []Cut) {
	scopes, nodes := make(map[string]int), make(map[string]int)
	for _, c := range cuts {
		scopes[scope(c.Node)]++
		nodes[c.Node]++
	}
	for i, c := range cuts {
		switch {
		case scopes[scope(c.Node)] == 1:
			cuts[i].Layer = scope(c.Node)
		case nodes[c.Node] == 1:
			cuts[i].Layer = c.Node
		default:
			cuts[i].Layer = c.Value
		}
	}
}

// scope strips the operator from a name that an exporter built of path and operator.
func scope(node string) string {
	path := strings.Trim(node, "/")
	if path == "" {
		return node
	}
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return path
}

// isNoOp reports whether a node only passes its first input on.
func (g *Graph) isNoOp(n *Node) bool {
	switch n.Op {
	case "Identity", "Dropout":
		return true
	case "Cast", "CastLike":
		return g.types[n.Inputs[0]] == g.types[n.Outputs[0]]
	case "Pad":
		begin, end, _, err := g.call(n, nil).padding()
		return err == nil && slices.Max(begin) == 0 && slices.Min(begin) == 0 && slices.Max(end) == 0 && slices.Min(end) == 0
	case "Reshape", "Squeeze", "Unsqueeze", "Flatten":
		return slices.Equal(g.shapes[n.Inputs[0]], g.shapes[n.Outputs[0]])
	}
	return false
}

// isScaleOrShift reports whether a node joins one variable with constants by
// addition or multiplication.
func (g *Graph) isScaleOrShift(n *Node) bool {
	variables := 0
	for _, in := range n.Inputs {
		if g.variable(in) {
			variables++
		}
	}
	switch n.Op {
	case "Add", "Sub", "Mul":
		return variables == 1
	case "Div":
		return variables == 1 && g.variable(n.Inputs[0])
	}
	return n.Op == "Neg"
}

// CutByName finds a cut by its layer, node or value, or by its index. The error
// wraps [ErrNoCut] and lists the cuts there are.
func (g *Graph) CutByName(name string) (Cut, error) {
	cuts := g.Cuts()
	for _, match := range []func(c Cut) string{
		func(c Cut) string { return c.Layer },
		func(c Cut) string { return c.Node },
		func(c Cut) string { return c.Value },
		func(c Cut) string { return strconv.Itoa(c.Index) },
	} {
		for _, c := range cuts {
			if match(c) == name {
				return c, nil
			}
		}
	}
	var known []string
	for _, c := range cuts {
		known = append(known, fmt.Sprintf("%d %s", c.Index, c.Layer))
	}
	return Cut{}, fmt.Errorf("%w: %q: choose one of: %s", ErrNoCut, name, strings.Join(known, ", "))
}

// Split divides the graph at a cut: prefix computes the intermediate from the
// graph's inputs, suffix the graph's outputs from the intermediate.
func (g *Graph) Split(c Cut) (prefix, suffix *Graph, err error) { return g.SplitAt(c.Value) }

// SplitAt divides the graph where the named values cross, one or several: prefix
// computes them from the graph's inputs, suffix the graph's outputs from them alone.
// The error wraps [ErrNoCut] if the values do not separate the outputs from the
// inputs, or if one of them is not needed for that.
func (g *Graph) SplitAt(values ...string) (prefix, suffix *Graph, err error) {
	cut := make(map[string]bool, len(values))
	var at []Value
	for _, v := range values {
		computed := slices.ContainsFunc(g.Nodes, func(n *Node) bool { return slices.Contains(n.Outputs, v) })
		if v == "" || !computed || cut[v] {
			return nil, nil, fmt.Errorf("%w: %q is no computed value of the graph, or named twice", ErrNoCut, v)
		}
		cut[v] = true
		at = append(at, Value{Name: v, Shape: g.shapes[v], Type: g.types[v]})
	}
	after, reached := g.leadingTo(g.Outputs, cut)
	for _, v := range g.Inputs {
		if reached[v.Name] {
			return nil, nil, fmt.Errorf("%w: outputs depend on input %q not only through %q", ErrNoCut, v.Name, values)
		}
	}
	for _, v := range values {
		if !reached[v] {
			return nil, nil, fmt.Errorf("%w: no output depends on %q beside the other values", ErrNoCut, v)
		}
	}
	for _, n := range after {
		if i := slices.IndexFunc(n.Outputs, func(v string) bool { return cut[v] }); i >= 0 {
			return nil, nil, fmt.Errorf("%w: node %q computes %q and what else the outputs need of it: cut at all of that", ErrNoCut, n.Name, n.Outputs[i])
		}
	}
	before, _ := g.leadingTo(at, nil)
	return g.subgraph(g.Name+".prefix", before, g.Inputs, at), g.subgraph(g.Name+".suffix", after, at, g.Outputs), nil
}

// leadingTo returns the nodes that some values are computed by, and all values these
// nodes read, without going back beyond the values of a cut.
func (g *Graph) leadingTo(values []Value, cut map[string]bool) (nodes []*Node, reached map[string]bool) {
	reached = make(map[string]bool)
	for _, v := range values {
		reached[v.Name] = true
	}
	for _, n := range slices.Backward(g.Nodes) {
		if !slices.ContainsFunc(n.Outputs, func(v string) bool { return v != "" && reached[v] && !cut[v] }) {
			continue
		}
		nodes = append(nodes, n)
		for _, in := range n.Inputs {
			reached[in] = in != ""
		}
	}
	slices.Reverse(nodes)
	return nodes, reached
}

// position returns the number of nodes before a cut of this graph.
func (g *Graph) position(c Cut) (int, error) {
	all := g.crossings()
	// A tensor may cross several positions in a row; the first is the cut.
	i := slices.IndexFunc(all, func(x crossing) bool { return x.value == c.Value })
	if i < 0 || all[i].end == 0 {
		return 0, fmt.Errorf("%w: %q does not cross alone", ErrNoCut, c.Value)
	}
	return all[i].end, nil
}
