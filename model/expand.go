package model

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/encrypted-compute/encompute/model/onnxpb"
)

// expander rewrites the nodes of a file into ONNX's own operators: calls of the
// file's functions into their bodies, machine learning operators into arithmetic.
type expander struct {
	b         *builder
	functions map[string]*onnxpb.FunctionProto
	out       []*onnxpb.NodeProto
}

// maxCalls bounds how deep functions call each other.
const maxCalls = 16

func functionKey(domain, name string) string { return domain + "." + name }

// expand returns the nodes of a file in ONNX's own operators, as far as there are any for them.
func (b *builder) expand(nodes []*onnxpb.NodeProto, functions []*onnxpb.FunctionProto) ([]*onnxpb.NodeProto, error) {
	e := &expander{b: b, functions: make(map[string]*onnxpb.FunctionProto)}
	for _, f := range functions {
		key := functionKey(f.GetDomain(), f.GetName())
		if e.functions[key] != nil {
			return nil, fmt.Errorf("%w: function %q is defined twice", ErrMalformed, key)
		}
		e.functions[key] = f
	}
	err := e.nodes(nodes, 0)
	return e.out, err
}

func (e *expander) nodes(nodes []*onnxpb.NodeProto, depth int) error {
	for _, n := range nodes {
		if f := e.functions[functionKey(n.GetDomain(), n.GetOpType())]; f != nil {
			if err := e.inline(n, f, depth); err != nil {
				return err
			}
			continue
		}
		if expand := mlExpanders[n.GetOpType()]; expand != nil && n.GetDomain() == mlDomain {
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

func (e *expander) emit(n *onnxpb.NodeProto) error {
	if len(e.out) >= e.b.limits.Nodes {
		return fmt.Errorf("%w: graph has more than %d nodes", ErrTooLarge, e.b.limits.Nodes)
	}
	e.out = append(e.out, n)
	return nil
}

// inline puts the body of a function in place of a call of it.
func (e *expander) inline(call *onnxpb.NodeProto, f *onnxpb.FunctionProto, depth int) error {
	if depth == maxCalls {
		return fmt.Errorf("%w: functions call each other deeper than %d at node %q", ErrTooLarge, maxCalls, call.GetName())
	}
	for _, o := range f.GetOpsetImport() {
		if d := o.GetDomain(); (d == "" || d == "ai.onnx") && o.GetVersion() != int64(e.b.Opset) {
			return &UnsupportedOpError{
				Op: functionKey(f.GetDomain(), f.GetName()), Node: nodeName(call),
				Why: fmt.Sprintf("function of opset %d in a model of opset %d: export the model with its functions inlined", o.GetVersion(), e.b.Opset),
			}
		}
	}
	if len(call.GetInput()) > len(f.GetInput()) || len(call.GetOutput()) > len(f.GetOutput()) {
		return fmt.Errorf("%w: node %q calls %s with too many inputs or outputs", ErrMalformed, nodeName(call), f.GetName())
	}
	// Names of the body are the caller's for inputs and outputs; all others are its own.
	names := map[string]string{"": ""}
	for i, name := range f.GetInput() {
		names[name] = ""
		if i < len(call.GetInput()) {
			names[name] = call.GetInput()[i]
		}
	}
	for i, name := range call.GetOutput() {
		names[f.GetOutput()[i]] = name
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
	body := make([]*onnxpb.NodeProto, 0, len(f.GetNode()))
	for _, n := range f.GetNode() {
		body = append(body, &onnxpb.NodeProto{
			Name: proto.String(nodeName(call) + "/" + nodeName(n)), OpType: n.OpType, Domain: n.Domain,
			Input: rename(n.GetInput()), Output: rename(n.GetOutput()), Attribute: bound(n.GetAttribute(), call.GetAttribute()),
		})
		if len(e.out)+len(body) > e.b.limits.Nodes {
			return fmt.Errorf("%w: graph has more than %d nodes", ErrTooLarge, e.b.limits.Nodes)
		}
	}
	return e.nodes(body, depth+1)
}

// nodeName is the name of a node, its first output if it has none.
func nodeName(n *onnxpb.NodeProto) string {
	if n.GetName() != "" {
		return n.GetName()
	}
	for _, out := range n.GetOutput() {
		if out != "" {
			return out
		}
	}
	return ""
}

// bound puts the attributes of a call in place of references to them; a reference
// to one that the call does not have is left out.
func bound(attrs, given []*onnxpb.AttributeProto) []*onnxpb.AttributeProto {
	var out []*onnxpb.AttributeProto
	for _, a := range attrs {
		if a.GetRefAttrName() == "" {
			out = append(out, a)
			continue
		}
		i := slices.IndexFunc(given, func(g *onnxpb.AttributeProto) bool { return g.GetName() == a.GetRefAttrName() })
		if i >= 0 {
			g := given[i]
			out = append(out, &onnxpb.AttributeProto{
				Name: a.Name, Type: g.Type, RefAttrName: g.RefAttrName, F: g.F, I: g.I, S: g.S, T: g.T, G: g.G,
				Floats: g.Floats, Ints: g.Ints, Strings: g.Strings, Tensors: g.Tensors, Graphs: g.Graphs,
			})
		}
	}
	return out
}
