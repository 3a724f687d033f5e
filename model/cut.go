package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Cut is a place between nodes that separates the graph's outputs from its inputs.
// What crosses it is the intermediate: one tensor, or one that several are joined to.
type Cut struct {
	Index int      `json:"index"`           // position among the graph's cuts that one tensor crosses, from 1; 0 for any other cut
	Layer string   `json:"layer"`           // short unique name of the layer before the cut; "a+b" if several tensors cross
	Node  string   `json:"node"`            // full name of the last node before the cut
	Value string   `json:"value"`           // tensor that crosses: the intermediate
	Parts []string `json:"parts,omitempty"` // the tensors that Value is joined of; none if only Value crosses
	Shape []int    `json:"shape"`           // of one sample of it, without the batch dimension
}

// crossing is a position in Nodes at which few variables are still needed.
type crossing struct {
	end    int      // number of nodes before it
	values []string // in the order in which they are computed
}

// crossings lists the positions at which at most so many variables are needed,
// beginning with the one before the first node.
func (g *Graph) crossings(most int) []crossing {
	last := g.lastUses()
	order := make(map[string]int) // of the variables that are needed
	computed := 0
	add := func(v string) {
		if _, used := last[v]; used {
			order[v] = computed
			computed++
		}
	}
	for _, v := range g.Inputs {
		add(v.Name)
	}
	var out []crossing
	note := func(end int) {
		if len(order) <= most {
			values := slices.SortedFunc(maps.Keys(order), func(a, b string) int { return order[a] - order[b] })
			out = append(out, crossing{end, values})
		}
	}
	note(0)
	for i, n := range g.Nodes {
		for _, v := range n.Outputs {
			add(v)
		}
		for _, v := range n.Inputs {
			if last[v] == i {
				delete(order, v)
			}
		}
		note(i + 1)
	}
	return out
}

// places lists the sets of at most so many tensors that cross the graph in the order
// of its nodes. Left out are places after a node that changes nothing and before one
// that only scales or shifts by constants: the cut before or after it is the same or
// better at no cost; and places where a tensor follows from another, element by element.
func (g *Graph) places(most int) (list [][]string) {
	all := g.crossings(most)
	sources := g.sources()
	for i, x := range all {
		if x.end == 0 || x.end == len(g.Nodes) || g.isNoOp(g.Nodes[x.end-1]) || len(x.values) == 0 {
			continue
		}
		if slices.ContainsFunc(x.values, func(v string) bool { return g.types[v] != Float }) {
			continue
		}
		if i+1 < len(all) && all[i+1].end == x.end+1 && len(all[i+1].values) <= len(x.values) && g.isScaleOrShift(g.Nodes[x.end]) {
			continue
		}
		if len(x.values) > 1 && !sources.differ(x.values) {
			continue
		}
		list = append(list, x.values)
	}
	return list
}

// Cuts lists the places that one tensor crosses, in order. Left out are
// places after a node that changes nothing and before one that only scales or
// shifts by constants: the cut before or after it is the same or better at no cost.
func (g *Graph) Cuts() []Cut {
	var cuts []Cut
	producer := g.producers()
	for i, x := range g.places(1) {
		cuts = append(cuts, Cut{Index: i + 1, Node: g.Nodes[producer[x[0]]].Name, Value: x[0], Shape: sampleShape(g.shapes[x[0]])})
	}
	nameCuts(cuts)
	return cuts
}

// maxListed is how many tensors cross a cut that AllCuts lists.
const maxListed = 8

// AllCuts lists the cuts at the places between the nodes in their order, those that
// one tensor crosses and those that several do, up to eight. There may be more: see
// [Graph.CutAt]. The input crosses none of them.
func (g *Graph) AllCuts() []Cut {
	names := g.names()
	var list []Cut
	for _, values := range g.places(maxListed) {
		// What cannot be named, or shows the input, is no cut.
		if c, err := names.cutAt(values); err == nil {
			list = append(list, c)
		}
	}
	return list
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

// Split divides the graph at a cut: prefix computes the intermediate from the
// graph's inputs, suffix the graph's outputs from the intermediate. Where several
// tensors cross, the prefix ends by joining them and the suffix begins by taking them apart.
func (g *Graph) Split(c Cut) (prefix, suffix *Graph, err error) {
	if len(c.Parts) == 0 {
		return g.SplitAt(c.Value)
	}
	if prefix, suffix, err = g.SplitAt(c.Parts...); err != nil {
		return nil, nil, err
	}
	j := g.join(c.Parts)
	j.endIn(prefix, c.Layer)
	j.beginFrom(suffix, c.Layer)
	return prefix, suffix, nil
}

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
