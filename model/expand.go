package model

import (
	"fmt"
	"slices"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// expander rewrites the nodes of a file into ONNX's own operators: calls of the
// file's functions into their bodies, machine learning operators into arithmetic.
type expander struct {
	b         *builder
	functions map[string]*onnx.FunctionProto
	out       []*onnx.NodeProto
}

// maxCalls bounds how deep functions call each other.
const maxCalls = 16

func functionKey(domain, name string) string { return domain + "." + name }

// expand returns the nodes of a file in ONNX's own operators, as far as there are any for them.
func (b *builder) expand(nodes []*onnx.NodeProto, functions []*onnx.FunctionProto) ([]*onnx.NodeProto, error) {
	e := &expander{b: b, functions: make(map[string]*onnx.FunctionProto)}
	for _, f := range functions {
		key := functionKey(f.Domain, f.Name)
		if e.functions[key] != nil {
			return nil, fmt.Errorf("%w: function %q is defined twice", ErrMalformed, key)
		}
		e.functions[key] = f
	}
	err := e.nodes(nodes, 0)
	return e.out, err
}

func (e *expander) nodes(nodes []*onnx.NodeProto, depth int) error {
	for _, n := range nodes {
		if f := e.functions[functionKey(n.Domain, n.OpType)]; f != nil {
			if err := e.inline(n, f, depth); err != nil {
				return err
			}
			continue
		}
		if expand := mlExpanders[n.OpType]; expand != nil && n.Domain == mlDomain {
			if err := expand(e, n); err != nil {
				return err
			}
			continue
		}
		if err := e.emit(n); err != nil {
			return err
		}
	}
	return nil
}

func (e *expander) emit(n *onnx.NodeProto) error {
	if len(e.out) >= e.b.limits.Nodes {
		return fmt.Errorf("%w: graph has more than %d nodes", ErrTooLarge, e.b.limits.Nodes)
	}
	e.out = append(e.out, n)
	return nil
}

// inline puts the body of a function in place of a call of it.
func (e *expander) inline(call *onnx.NodeProto, f *onnx.FunctionProto, depth int) error {
	if depth == maxCalls {
		return fmt.Errorf("%w: functions call each other deeper than %d at node %q", ErrTooLarge, maxCalls, call.Name)
	}
	for _, o := range f.OpsetImport {
		if d := o.Domain; (d == "" || d == "ai.onnx") && o.Version != int64(e.b.Opset) {
			return &UnsupportedOpError{
				Op: functionKey(f.Domain, f.Name), Node: nodeName(call),
				Why: fmt.Sprintf("function of opset %d in a model of opset %d: export the model with its functions inlined", o.Version, e.b.Opset),
			}
		}
	}
	if len(call.Input) > len(f.Input) || len(call.Output) > len(f.Output) {
		return fmt.Errorf("%w: node %q calls %s with too many inputs or outputs", ErrMalformed, nodeName(call), f.Name)
	}
	// Names of the body are the caller's for inputs and outputs; all others are its own.
	names := map[string]string{"": ""}
	for i, name := range f.Input {
		names[name] = ""
		if i < len(call.Input) {
			names[name] = call.Input[i]
		}
	}
	for i, name := range call.Output {
		names[f.Output[i]] = name
	}
	rename := func(list []string) []string {
		out := make([]string, len(list))
		for i, name := range list {
			if known, ok := names[name]; ok {
				out[i] = known
			} else {
				out[i] = nodeName(call) + "/" + name
			}
		}
		return out
	}
	body := make([]*onnx.NodeProto, 0, len(f.Node))
	for _, n := range f.Node {
		body = append(body, &onnx.NodeProto{
			Name: nodeName(call) + "/" + nodeName(n), OpType: n.OpType, Domain: n.Domain,
			Input: rename(n.Input), Output: rename(n.Output), Attribute: bound(n.Attribute, call.Attribute),
		})
		if len(e.out)+len(body) > e.b.limits.Nodes {
			return fmt.Errorf("%w: graph has more than %d nodes", ErrTooLarge, e.b.limits.Nodes)
		}
	}
	return e.nodes(body, depth+1)
}

// nodeName is the name of a node, its first output if it has none.
func nodeName(n *onnx.NodeProto) string {
	if n.Name != "" {
		return n.Name
	}
	for _, out := range n.Output {
		if out != "" {
			return out
		}
	}
	return ""
}

// bound puts the attributes of a call in place of references to them; a reference
// to one that the call does not have is left out.
func bound(attrs, given []*onnx.AttributeProto) []*onnx.AttributeProto {
	var out []*onnx.AttributeProto
	for _, a := range attrs {
		if a.RefAttrName == "" {
			out = append(out, a)
			continue
		}
		i := slices.IndexFunc(given, func(g *onnx.AttributeProto) bool { return g.Name == a.RefAttrName })
		if i >= 0 {
			g := given[i]
			out = append(out, &onnx.AttributeProto{
				Name: a.Name, Type: g.Type, RefAttrName: g.RefAttrName, F: g.F, I: g.I, S: g.S, T: g.T, G: g.G,
				Floats: g.Floats, Ints: g.Ints, Strings: g.Strings, Tensors: g.Tensors, Graphs: g.Graphs,
			})
		}
	}
	return out
}
