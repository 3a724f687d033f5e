package model

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// names tells what the tensors of a graph are called when it is cut. A tensor that is
// a cut by itself has the names of that; any other its own, that of its node, or the
// scope of a layer whose last node computes it.
type names struct {
	g        *Graph
	cuts     []Cut
	producer map[string]int    // node that computes a value
	nodes    map[string]string // value of a node by its name; "" if several have it
	scopes   map[string]string // value of the last node of a scope
}

func (g *Graph) names() *names {
	n := &names{g: g, cuts: g.Cuts(), producer: g.producers(), nodes: make(map[string]string), scopes: make(map[string]string)}
	for _, node := range g.Nodes {
		value := node.Outputs[0]
		if _, twice := n.nodes[node.Name]; twice || len(node.Outputs) > 1 {
			value = ""
		}
		n.nodes[node.Name] = value
		if len(node.Outputs) == 1 {
			n.scopes[scope(node.Name)] = node.Outputs[0]
		}
	}
	return n
}

// producers numbers the nodes by the values that they compute.
func (g *Graph) producers() map[string]int {
	out := make(map[string]int)
	for i, n := range g.Nodes {
		for _, v := range n.Outputs {
			if v != "" {
				out[v] = i
			}
		}
	}
	return out
}

// listed finds a cut that one tensor crosses.
func (n *names) listed(name string) (Cut, bool) {
	for _, match := range []func(c Cut) string{
		func(c Cut) string { return c.Layer },
		func(c Cut) string { return c.Node },
		func(c Cut) string { return c.Value },
		func(c Cut) string { return strconv.Itoa(c.Index) },
	} {
		if i := slices.IndexFunc(n.cuts, func(c Cut) bool { return match(c) == name }); i >= 0 {
			return n.cuts[i], true
		}
	}
	return Cut{}, false
}

// value is the tensor of a name; "" if there is none.
func (n *names) value(name string) string {
	if c, ok := n.listed(name); ok {
		return c.Value
	}
	if _, ok := n.producer[name]; ok {
		return name
	}
	return cmp.Or(n.nodes[name], n.scopes[name])
}

// name is the shortest name of a tensor; "" if others have all of its names.
func (n *names) name(value string) string {
	node := n.g.Nodes[n.producer[value]].Name
	list := []string{scope(node), node, value}
	if i := slices.IndexFunc(n.cuts, func(c Cut) bool { return c.Value == value }); i >= 0 {
		list = []string{n.cuts[i].Layer}
	}
	for _, name := range list {
		if !strings.Contains(name, "+") && n.value(name) == value {
			return name
		}
	}
	return ""
}

// CutByName finds a cut by its layer, node or value, or by its index. Where several
// tensors cross, their names stand side by side, as in "a+b", in any order. The error
// wraps [ErrNoCut] and lists the cuts that one tensor crosses.
func (g *Graph) CutByName(name string) (Cut, error) {
	n := g.names()
	if c, ok := n.listed(name); ok {
		return c, nil
	}
	c, err := n.find(name)
	if err == nil {
		return c, nil
	}
	var known []string
	for _, c := range n.cuts {
		known = append(known, fmt.Sprintf("%d %s", c.Index, c.Layer))
	}
	return Cut{}, fmt.Errorf("%w: choose one of: %s", err, strings.Join(known, ", "))
}

// find is the cut where the tensors of a name cross.
func (n *names) find(name string) (Cut, error) {
	if v := n.value(name); v != "" {
		return n.cutAt([]string{v})
	}
	var values []string
	for part := range strings.SplitSeq(name, "+") {
		v := n.value(part)
		switch {
		case v == "" && part == name:
			return Cut{}, fmt.Errorf("%w: %q", ErrNoCut, name)
		case v == "":
			return Cut{}, fmt.Errorf("%w: %q: no layer or tensor is called %q", ErrNoCut, name, part)
		}
		values = append(values, v)
	}
	return n.cutAt(values)
}

// CutAt is the cut where the named values cross, one or several: any that separate the
// graph's outputs from its inputs, as [Graph.SplitAt] takes them. The error wraps
// [ErrNoCut]; it says what else would have to cross.
func (g *Graph) CutAt(values ...string) (Cut, error) { return g.names().cutAt(values) }

func (n *names) cutAt(values []string) (Cut, error) {
	values = n.sorted(values)
	_, suffix, err := n.g.SplitAt(values...)
	if err != nil {
		return Cut{}, n.hint(err, values)
	}
	if i := slices.IndexFunc(n.cuts, func(c Cut) bool { return c.Value == values[0] }); i >= 0 && len(values) == 1 {
		return n.cuts[i], nil
	}
	if len(suffix.Nodes) == 0 {
		return Cut{}, fmt.Errorf("%w: %q: no layer is left behind it", ErrNoCut, values)
	}
	var layers []string
	for _, v := range values {
		layer, err := n.layer(v)
		if err != nil {
			return Cut{}, err
		}
		layers = append(layers, layer)
	}
	c := Cut{Layer: strings.Join(layers, "+"), Node: n.g.Nodes[n.producer[values[len(values)-1]]].Name, Value: values[0]}
	shape := n.g.shapes[c.Value]
	if len(values) > 1 {
		j := n.g.join(values)
		c.Parts, c.Value, shape = values, j.value.Name, j.value.Shape
	}
	c.Shape = sampleShape(shape)
	return c, nil
}

// layer is the name of a tensor that may cross a cut.
func (n *names) layer(value string) (string, error) {
	if typ := n.g.types[value]; typ != Float {
		return "", fmt.Errorf("%w: %q holds %v, an intermediate is of numbers", ErrNoCut, value, typ)
	}
	if n.g.isInput(value, n.producer) {
		return "", fmt.Errorf("%w: %q is the input itself, which the creator must not see: cut behind a layer that computes", ErrNoCut, value)
	}
	name := n.name(value)
	if name == "" {
		return "", fmt.Errorf("%w: tensor %q has no name that is its own and without a +: rename it in the model", ErrNoCut, value)
	}
	return name, nil
}

// sorted puts values in the order in which they are computed, which a cut's name does not depend on.
func (n *names) sorted(values []string) []string {
	place := func(v string) (node, output int) {
		node, ok := n.producer[v]
		if !ok {
			return len(n.g.Nodes), 0
		}
		return node, slices.Index(n.g.Nodes[node].Outputs, v)
	}
	return slices.SortedFunc(slices.Values(values), func(a, b string) int {
		na, oa := place(a)
		nb, ob := place(b)
		return cmp.Or(na-nb, oa-ob, strings.Compare(a, b))
	})
}

// hint adds to an error which cut there is behind the layers that compute the values.
func (n *names) hint(err error, values []string) error {
	if slices.ContainsFunc(values, func(v string) bool { _, computed := n.producer[v]; return !computed }) {
		return err
	}
	all, shown := n.g.crossedBy(values)
	if shown != "" {
		return fmt.Errorf("%w; behind these layers the input %q crosses too, and the creator must not see it: cut where it does not", err, shown)
	}
	if len(all) <= maxListed && !slices.Equal(all, values) && len(all) > 0 {
		if c, no := n.cutAt(all); no == nil {
			return fmt.Errorf("%w; behind these layers the cut is %s", err, c.Layer)
		}
	}
	return err
}

// crossedBy lists what is needed behind the nodes that compute some values, and an
// input that is.
func (g *Graph) crossedBy(values []string) (crossing []string, input string) {
	var at []Value
	for _, v := range values {
		at = append(at, Value{Name: v})
	}
	before, _ := g.leadingTo(at, nil)
	inside := make(map[*Node]bool)
	for _, n := range before {
		inside[n] = true
	}
	needed := make(map[string]bool)
	for _, v := range g.Outputs {
		needed[v.Name] = true
	}
	for _, n := range g.Nodes {
		if !inside[n] {
			for _, in := range n.Inputs {
				needed[in] = true
			}
		}
	}
	for _, v := range g.Inputs {
		if needed[v.Name] {
			return nil, v.Name
		}
	}
	for _, n := range before {
		for _, v := range n.Outputs {
			if v != "" && needed[v] {
				crossing = append(crossing, v)
			}
		}
	}
	return crossing, ""
}
