package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// Report tells what was understood of an ONNX file.
type Report struct {
	Name       string           `json:"name"`
	Producer   string           `json:"producer"` // the program that wrote the file, with its version
	IRVersion  int64            `json:"irVersion"`
	Opset      int64            `json:"opset"`             // of ONNX itself; 0 if the file names none
	Domains    map[string]int64 `json:"domains,omitempty"` // other operator sets
	Supported  bool             `json:"supported"`         // the graph can be imported and evaluated
	Inputs     []Port           `json:"inputs"`
	Outputs    []Port           `json:"outputs"`
	Nodes      int              `json:"nodes"`     // in the file
	Used       int              `json:"used"`      // that remain once constants are evaluated and dead ones dropped
	Operators  map[string]int   `json:"operators"` // nodes in the file by operator
	Parameters int64            `json:"parameters"`
	Classes    []string         `json:"classes,omitempty"` // names of classes that the file gives
	Problems   []Problem        `json:"problems"`          // why it is not supported
	Needs      []Needs          `json:"preprocessing"`     // what the file does not say of its inputs
	Warnings   []string         `json:"warnings"`
}

// Port is an input or an output of a file.
type Port struct {
	Name     string   `json:"name"`
	Declared []string `json:"declared"`        // dimensions as the file has them: "N", "?", "28"
	Shape    []int    `json:"shape,omitempty"` // as it is read, with a batch of 1
	Type     string   `json:"type"`
}

// Problem is a part of a file that cannot be imported.
type Problem struct {
	Node   string `json:"node,omitempty"`
	Op     string `json:"op,omitempty"`
	Why    string `json:"why"`
	Remedy string `json:"remedy"`
}

// Needs says what must be declared of an input, since ONNX files do not tell.
type Needs struct {
	Input   string   `json:"input"`
	Kind    string   `json:"kind"` // image, table or tensor, after the shape
	Declare []string `json:"declare"`
	Scaling []string `json:"scaling,omitempty"` // nodes of the graph that scale the input themselves
}

// maxProblems bounds how many nodes are reported.
const maxProblems = 100

// Check explains an ONNX file within the default limits.
func Check(b []byte) (Report, error) { return DefaultLimits().Check(b) }

// Check explains an ONNX file: what it holds, and all that keeps it from being
// imported. The error, which wraps [ErrMalformed] or [ErrTooLarge], is of files that
// are no ONNX models at all.
func (l Limits) Check(file []byte) (Report, error) {
	m, err := l.decode(file)
	if err != nil {
		return Report{}, err
	}
	pb := m.Graph
	r := Report{
		Name: pb.Name, Producer: strings.TrimSpace(m.ProducerName + " " + m.ProducerVersion), IRVersion: m.IrVersion,
		Nodes: len(pb.Node), Operators: make(map[string]int), Problems: []Problem{}, Needs: []Needs{}, Warnings: []string{},
	}
	for _, o := range m.OpsetImport {
		switch d := o.Domain; {
		case d == "" || d == "ai.onnx":
			r.Opset = o.Version
		case r.Domains == nil:
			r.Domains = map[string]int64{d: o.Version}
		default:
			r.Domains[d] = o.Version
		}
	}
	for _, n := range pb.Node {
		op := n.OpType
		if d := n.Domain; d != "" && d != "ai.onnx" {
			op = functionKey(d, op)
		}
		r.Operators[op]++
	}
	b := l.explore(m)
	r.Problems, r.Classes, r.Used = append(r.Problems, b.problems...), b.classes, len(b.Nodes)
	r.Supported = len(b.problems) == 0
	r.ports(pb, b)
	r.warn(m, b)
	return r, nil
}

// explore reads as much of a file as it can.
func (l Limits) explore(m *onnx.ModelProto) *builder {
	batches := []int{0}
	if declared, err := declaredBatch(m.Graph); err == nil && declared > 1 {
		batches = []int{declared, 0}
	}
	var b *builder
	for _, batch := range batches {
		b = l.newBuilder(m, batch)
		b.lenient = true
		if err := b.read(m); err != nil {
			b.problem(err)
		}
		if len(b.problems) == 0 && !slices.ContainsFunc(b.Outputs, func(v Value) bool { return len(v.Shape) == 0 || v.Shape[0] != 1 }) {
			break
		}
	}
	return b
}

// tolerates reports whether reading goes on after a node that failed.
func (b *builder) tolerates(n *Node, err error) bool {
	var unsupported *UnsupportedOpError
	if !b.lenient || !errors.As(err, &unsupported) && !errors.Is(err, ErrMalformed) {
		return false
	}
	_, known := operators[n.Op]
	known = known || n.Op == "If"
	switch doubtful := slices.ContainsFunc(n.Inputs, func(in string) bool { return b.doubted[in] }); {
	case !known:
		b.problem(&UnsupportedOpError{Op: n.Op, Node: n.Name})
	case !doubtful:
		b.problem(err)
	}
	for _, out := range n.Outputs {
		b.doubted[out] = out != ""
	}
	return true
}

func (b *builder) problem(err error) {
	p := Problem{Why: err.Error(), Remedy: Remedy(err)}
	var unsupported *UnsupportedOpError
	if errors.As(err, &unsupported) {
		p.Node, p.Op, p.Why = unsupported.Node, unsupported.Op, unsupported.Why
		if p.Why == "" {
			p.Why = "the operator is not supported"
		}
	}
	switch len(b.problems) {
	case maxProblems:
		b.problems = append(b.problems, Problem{Why: "there are more problems than these", Remedy: "begin with the first"})
	case maxProblems + 1:
	default:
		b.problems = append(b.problems, p)
	}
}

// ports lists inputs and outputs, and what must be said of the inputs.
func (r *Report) ports(pb *onnx.GraphProto, b *builder) {
	list := func(values []*onnx.ValueInfoProto) []Port {
		ports := []Port{}
		for _, v := range values {
			if b.consts[v.Name] != nil && b.producer[v.Name] == nil {
				continue // a weight among the inputs
			}
			ports = append(ports, newPort(v, b))
		}
		return ports
	}
	r.Inputs, r.Outputs = list(pb.Input), list(pb.Output)
	for _, v := range b.Inputs {
		r.Needs = append(r.Needs, b.needs(v))
	}
}

func newPort(v *onnx.ValueInfoProto, b *builder) Port {
	t := v.Tensor()
	p := Port{Name: v.Name, Declared: []string{}, Type: "not a tensor"}
	if v.Type == nil || v.Type.TensorType != nil {
		p.Type = strings.ToLower(t.ElemType.String())
	}
	if shape := b.shapes[p.Name]; shape != nil {
		p.Shape, p.Type = shape, b.types[p.Name].String()
	}
	for _, d := range t.Dims() {
		switch {
		case d.DimParam != "":
			p.Declared = append(p.Declared, d.DimParam)
		case d.DimValue == 0:
			p.Declared = append(p.Declared, "?")
		default:
			p.Declared = append(p.Declared, fmt.Sprint(d.DimValue))
		}
	}
	return p
}

// needs guesses from its shape what an input is.
func (b *builder) needs(v Value) Needs {
	n := Needs{Input: v.Name, Kind: "tensor", Scaling: b.scaling(v.Name)}
	isColor := func(d int) bool { return d == 1 || d == 3 || d == 4 }
	switch s := v.Sample(); {
	case len(s) == 3 && isColor(s[0]):
		n.Kind = "image"
		n.Declare = append(n.Declare, fmt.Sprintf("layout: channels, rows, columns: %d x %d x %d", s[0], s[1], s[2]))
	case len(s) == 3 && isColor(s[2]):
		n.Kind = "image"
		n.Declare = append(n.Declare, fmt.Sprintf("layout: rows, columns, channels: %d x %d x %d", s[0], s[1], s[2]))
	case len(s) == 1:
		n.Kind = "table"
		n.Declare = append(n.Declare, fmt.Sprintf("columns: the names of the %d values, in order", s[0]))
	default:
		n.Declare = append(n.Declare, fmt.Sprintf("values: what the dimensions %v are", s))
	}
	if n.Kind == "image" {
		n.Declare = append(n.Declare, "colors: grayscale or the order of channels")
	}
	scaling := "scale, mean and std: what raw values are multiplied with and reduced by; a wrong scale gives wrong answers and no error"
	if len(n.Scaling) > 0 {
		scaling += "; the graph scales, too: declare only what comes before that"
	}
	n.Declare = append(n.Declare, scaling, "range: the least and the largest value after that, or a clip")
	return n
}

// scaling lists the nodes that only scale or shift an input before anything else reads it.
func (b *builder) scaling(value string) []string {
	var names []string
	for range b.Nodes {
		var readers []*Node
		for _, n := range b.Nodes {
			if slices.Contains(n.Inputs, value) {
				readers = append(readers, n)
			}
		}
		if len(readers) != 1 || len(readers[0].Outputs) == 0 || !b.isScaleOrShift(readers[0]) && readers[0].Op != "Cast" {
			return names
		}
		if names = append(names, readers[0].Name); len(names) == maxScaling {
			return names
		}
		value = readers[0].Outputs[0]
	}
	return names
}

// maxScaling bounds how many nodes are looked at for scaling.
const maxScaling = 8

// warn tells what a creator should know of a file that works, and counts its parameters.
func (r *Report) warn(m *onnx.ModelProto, b *builder) {
	note := func(when bool, format string, args ...any) {
		if when {
			r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
		}
	}
	note(b.batch > 1, "the batch of %d that the shapes have is read as 1", b.batch)
	names, repeated, unnamed := make(map[string]bool), 0, 0
	for _, n := range m.Graph.Node {
		for _, a := range n.Attribute {
			if n.OpType == "Constant" && a.T != nil {
				r.Parameters += parameters(a.T)
			}
		}
		switch name := n.Name; {
		case name == "":
			unnamed++
		case names[name]:
			repeated++
		default:
			names[name] = true
		}
	}
	note(unnamed > 0, "%d nodes have no name: they are called after what they compute", unnamed)
	note(repeated > 0, "%d nodes have the name of another one: name cuts by the values that cross them", repeated)
	rounded, broken := 0, []string{}
	for _, p := range m.Graph.Initializer {
		r.Parameters += parameters(p)
		if kind := p.DataType; elemTypes[kind] == Float && kind != onnx.Float {
			rounded++
		}
		if t := b.consts[p.Name]; t != nil && slices.ContainsFunc(t.Floats, isNotFinite) {
			broken = append(broken, p.Name)
		}
	}
	note(rounded > 0, "%d weights of another precision are computed with as float32", rounded)
	note(len(broken) > 0, "weights that are not finite: %s", strings.Join(broken[:min(len(broken), 10)], ", "))
	note(len(m.TrainingInfo) > 0, "the file describes training, which is ignored")
	note(len(b.Inputs) > 1, "models of several inputs can be evaluated but not encrypted")
	for _, v := range b.Inputs {
		note(v.Type != Float, "input %q holds %v: the model can be evaluated but not encrypted", v.Name, v.Type)
	}
	for _, v := range b.Outputs {
		note(v.Type != Float && v.Shape != nil, "output %q holds %v, no scores", v.Name, v.Type)
	}
	r.Warnings = append(r.Warnings, b.warnings...)
}

func isNotFinite(v float32) bool { return v-v != 0 }

// parameters counts the elements of a weight; nothing for lists of integers such as shapes.
func parameters(p *onnx.TensorProto) int64 {
	if elemTypes[p.DataType] != Float {
		return 0
	}
	n := int64(1)
	for _, d := range p.Dims {
		if d < 0 || d > math.MaxInt32 || n > math.MaxInt32 {
			return 0
		}
		n *= d
	}
	return n
}
