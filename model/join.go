package model

import (
	"slices"
	"strings"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// joined is the tensor that several are joined to: side by side along their channels
// (axis 1) if they differ in nothing else, otherwise as flat vectors. So there is
// one intermediate however many tensors cross a cut.
type joined struct {
	value Value
	parts []Value
	flat  bool // parts are joined as vectors
}

// join joins values of the graph.
func (g *Graph) join(parts []string) joined {
	j := joined{value: Value{Name: strings.Join(parts, "+")}}
	for g.shapes[j.value.Name] != nil {
		j.value.Name += "_"
	}
	first := g.shapes[parts[0]]
	for _, v := range parts {
		s := g.shapes[v]
		j.flat = j.flat || len(s) < 2 || s[0] != 1 || len(s) != len(first) || !slices.Equal(s[2:], first[2:])
		j.parts = append(j.parts, Value{Name: v, Shape: s})
	}
	j.value.Shape = []int{1, 0}
	if !j.flat {
		j.value.Shape = slices.Clone(first)
	}
	j.value.Shape[1] = 0
	for _, n := range j.lengths() {
		j.value.Shape[1] += n
	}
	return j
}

// lengths are those of the parts along axis 1.
func (j joined) lengths() []int {
	var list []int
	for _, v := range j.parts {
		if j.flat {
			list = append(list, product(v.Shape))
		} else {
			list = append(list, v.Shape[1])
		}
	}
	return list
}

// endIn makes a prefix that computes the parts compute the joined tensor.
func (j joined) endIn(prefix *Graph, layer string) {
	n := &Node{Name: layer + "/Concat", Op: "Concat", attrs: map[string]*onnx.AttributeProto{"axis": intAttr("axis", 1)}}
	for i, v := range j.parts {
		in := v.Name
		if j.flat {
			in = prefix.fresh(v.Name + "/flat")
			prefix.reshape(v, Value{Name: in, Shape: []int{1, j.lengths()[i]}})
		}
		n.Inputs = append(n.Inputs, in)
	}
	prefix.add(n, j.value)
	prefix.Outputs = []Value{j.value}
}

// beginFrom makes a suffix that reads the parts read the joined tensor.
func (j joined) beginFrom(suffix *Graph, layer string) {
	after := suffix.Nodes
	suffix.Nodes, suffix.Inputs = nil, []Value{j.value}
	suffix.set(j.value)
	n := &Node{Name: layer + "/Split", Op: "Split", Inputs: []string{j.value.Name}, attrs: map[string]*onnx.AttributeProto{"axis": intAttr("axis", 1)}}
	if suffix.Opset < 13 {
		n.attrs["split"] = &onnx.AttributeProto{Name: "split", Type: onnx.AttributeInts, Ints: int64s(j.lengths())}
	} else {
		n.Inputs = append(n.Inputs, suffix.addInts(layer+"/lengths", j.lengths()))
	}
	outs := slices.Clone(j.parts)
	if j.flat {
		for i, v := range j.parts {
			outs[i] = Value{Name: suffix.fresh(v.Name + "/flat"), Shape: []int{1, j.lengths()[i]}}
		}
	}
	suffix.add(n, outs...)
	if j.flat {
		for i, v := range j.parts {
			suffix.reshape(outs[i], v)
		}
	}
	suffix.Nodes = append(suffix.Nodes, after...)
}

// fresh is a name that the graph has no value of.
func (g *Graph) fresh(name string) string {
	for g.shapes[name] != nil {
		name += "_"
	}
	return name
}

// set makes a value known to the graph.
func (g *Graph) set(v Value) { g.shapes[v.Name], g.types[v.Name] = v.Shape, v.Type }

// add appends a node that computes values.
func (g *Graph) add(n *Node, outputs ...Value) {
	for _, v := range outputs {
		g.set(v)
		n.Outputs = append(n.Outputs, v.Name)
	}
	g.Nodes = append(g.Nodes, n)
}

// addInts adds a constant list and returns its name.
func (g *Graph) addInts(name string, list []int) string {
	name = g.fresh(name)
	g.consts[name] = &Tensor{Type: Int, Shape: []int{len(list)}, Ints: int64s(list)}
	g.set(Value{Name: name, Shape: []int{len(list)}, Type: Int})
	return name
}

// reshape appends a node that gives a value another shape. A batch dimension that
// both have may have any length when the graph is run.
func (g *Graph) reshape(from, to Value) {
	target := slices.Clone(to.Shape)
	if len(from.Shape) > 0 && len(target) > 0 && from.Shape[0] == 1 && target[0] == 1 {
		target[0] = 0 // as in the input: ONNX, Reshape
	}
	shape := g.addInts(to.Name+"/shape", target)
	g.add(&Node{Name: to.Name + "/Reshape", Op: "Reshape", Inputs: []string{from.Name, shape}}, to)
}

func int64s(list []int) []int64 {
	out := make([]int64, len(list))
	for i, v := range list {
		out[i] = int64(v)
	}
	return out
}
