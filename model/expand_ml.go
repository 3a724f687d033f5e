package model

import (
	"fmt"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// mlDomain is the operator set of classical machine learning, as sklearn-onnx and
// onnxmltools write it (onnx.ai/onnx/operators, domain ai.onnx.ml).
const mlDomain = "ai.onnx.ml"

// mlExpanders are the operators of that domain that ONNX's own can express.
var mlExpanders = map[string]func(e *expander, n *onnx.NodeProto) error{
	"Scaler":           (*expander).scaler,
	"Normalizer":       (*expander).normalizer,
	"LinearRegressor":  (*expander).linearRegressor,
	"LinearClassifier": (*expander).linearClassifier,
	"ZipMap":           (*expander).zipMap,
}

// mlNode reads a node of the domain.
type mlNode struct {
	*onnx.NodeProto
	attrs map[string]*onnx.AttributeProto
}

func (e *expander) read(pb *onnx.NodeProto, outputs int) (mlNode, error) {
	n := mlNode{pb, make(map[string]*onnx.AttributeProto)}
	for _, a := range pb.Attribute {
		n.attrs[a.Name] = a
	}
	if len(pb.Input) != 1 || len(pb.Output) < 1 || len(pb.Output) > outputs {
		return n, fmt.Errorf("%w: node %q (%s) has %d inputs and %d outputs", ErrMalformed, nodeName(pb), pb.OpType, len(pb.Input), len(pb.Output))
	}
	return n, nil
}

func (n mlNode) refuse(format string, args ...any) error {
	return &UnsupportedOpError{Op: functionKey(mlDomain, n.OpType), Node: nodeName(n.NodeProto), Why: fmt.Sprintf(format, args...)}
}

// constant adds a constant that belongs to the node and returns its name.
func (e *expander) constant(n mlNode, part string, shape []int, values []float32) (string, error) {
	name := nodeName(n.NodeProto) + "/" + part
	return name, e.b.addConstant(name, &Tensor{Shape: shape, Floats: values})
}

// step emits one of ONNX's own operators for the node and returns its output, which
// is named after it unless given.
func (e *expander) step(n mlNode, op string, inputs []string, output string, attrs ...*onnx.AttributeProto) (string, error) {
	name := nodeName(n.NodeProto) + "/" + op
	if output == "" {
		output = name
	}
	return output, e.emit(&onnx.NodeProto{
		Name: name, OpType: op, Input: inputs, Output: []string{output}, Attribute: attrs,
	})
}

func intAttr(name string, v int64) *onnx.AttributeProto {
	return &onnx.AttributeProto{Name: name, Type: onnx.AttributeInt, I: v}
}

// floats returns the node's input as floats: these operators take integers, too.
func (e *expander) floats(n mlNode) (string, error) {
	in := n.Input[0]
	if t, ok := e.b.types[in]; !ok || t == Float {
		return in, nil
	}
	return e.step(n, "Cast", []string{in}, "", intAttr("to", int64(onnx.Float)))
}

// scaler is (x - offset) * scale, column by column.
func (e *expander) scaler(pb *onnx.NodeProto) error {
	n, err := e.read(pb, 1)
	if err != nil {
		return err
	}
	offset, scale := n.attrs["offset"].GetFloats(), n.attrs["scale"].GetFloats()
	if len(offset) == 0 || len(scale) == 0 {
		return n.refuse("offset or scale is missing")
	}
	x, err := e.floats(n)
	if err != nil {
		return err
	}
	shift, err := e.constant(n, "offset", []int{len(offset)}, offset)
	if err != nil {
		return err
	}
	factor, err := e.constant(n, "scale", []int{len(scale)}, scale)
	if err != nil {
		return err
	}
	if x, err = e.step(n, "Sub", []string{x, shift}, ""); err != nil {
		return err
	}
	_, err = e.step(n, "Mul", []string{x, factor}, n.Output[0])
	return err
}

// normalizer divides each row by its norm.
func (e *expander) normalizer(pb *onnx.NodeProto) error {
	n, err := e.read(pb, 1)
	if err != nil {
		return err
	}
	p := map[string]int64{"L1": 1, "L2": 2}[string(n.attrs["norm"].GetS())]
	if p == 0 {
		return n.refuse("norm %q: use L1 or L2", n.attrs["norm"].GetS())
	}
	x, err := e.floats(n)
	if err != nil {
		return err
	}
	_, err = e.step(n, "LpNormalization", []string{x}, n.Output[0], intAttr("axis", -1), intAttr("p", p))
	return err
}

// linear emits the scores of a linear model: rows of coefficients and intercepts.
func (e *expander) linear(n mlNode, coefficients, intercepts []float32, rows int, output string) (string, error) {
	if rows < 1 || len(coefficients) == 0 || len(coefficients)%rows != 0 || len(intercepts) != 0 && len(intercepts) != rows {
		return "", fmt.Errorf("%w: node %q (%s): %d coefficients and %d intercepts for %d outputs",
			ErrMalformed, nodeName(n.NodeProto), n.OpType, len(coefficients), len(intercepts), rows)
	}
	x, err := e.floats(n)
	if err != nil {
		return "", err
	}
	weights, err := e.constant(n, "coefficients", []int{rows, len(coefficients) / rows}, coefficients)
	if err != nil {
		return "", err
	}
	inputs := []string{x, weights}
	if len(intercepts) > 0 {
		bias, err := e.constant(n, "intercepts", []int{rows}, intercepts)
		if err != nil {
			return "", err
		}
		inputs = append(inputs, bias)
	}
	return e.step(n, "Gemm", inputs, output, intAttr("transB", 1))
}

func (e *expander) linearRegressor(pb *onnx.NodeProto) error {
	n, err := e.read(pb, 1)
	if err != nil {
		return err
	}
	if post := string(n.attrs["post_transform"].GetS()); post != "" && post != "NONE" {
		return n.refuse("post_transform %q", post)
	}
	targets := int64(1)
	if a := n.attrs["targets"]; a != nil {
		targets = a.I
	}
	if targets < 1 || targets > maxExtent {
		return n.refuse("%d targets", targets)
	}
	_, err = e.linear(n, n.attrs["coefficients"].GetFloats(), n.attrs["intercepts"].GetFloats(), int(targets), n.Output[0])
	return err
}

// linearClassifier computes scores, and labels if they are integers.
func (e *expander) linearClassifier(pb *onnx.NodeProto) error {
	n, err := e.read(pb, 2)
	if err != nil {
		return err
	}
	numbers, texts := n.attrs["classlabels_ints"].GetInts(), n.attrs["classlabels_strings"].GetStrings()
	coefficients, intercepts := n.attrs["coefficients"].GetFloats(), n.attrs["intercepts"].GetFloats()
	post, classes := string(n.attrs["post_transform"].GetS()), max(len(numbers), len(texts))
	if classes == 2 && len(intercepts) == 1 {
		if post != "LOGISTIC" {
			return n.refuse("one row of coefficients for two classes and post_transform %q: use LOGISTIC", post)
		}
		coefficients, intercepts = mirrored(coefficients), mirrored(intercepts)
	}
	raw, last := "", ""
	if len(n.Output) > 1 {
		last = n.Output[1]
	}
	op, known := map[string]string{"": "", "NONE": "", "SOFTMAX": "Softmax", "LOGISTIC": "Sigmoid"}[post]
	if !known {
		return n.refuse("post_transform %q: use NONE, SOFTMAX or LOGISTIC", post)
	}
	if op == "" {
		raw = last
	}
	scores, err := e.linear(n, coefficients, intercepts, classes, raw)
	if err != nil {
		return err
	}
	if op != "" && last != "" {
		if _, err := e.step(n, op, []string{scores}, last); err != nil {
			return err
		}
	}
	label := n.Output[0]
	if label == "" {
		return nil
	}
	if len(texts) > 0 {
		e.b.text[label] = true
		e.b.name(texts)
		return nil
	}
	best, err := e.step(n, "ArgMax", []string{scores}, "", intAttr("axis", 1), intAttr("keepdims", 0))
	if err != nil {
		return err
	}
	name := nodeName(pb) + "/labels"
	if err := e.b.addConstant(name, &Tensor{Type: Int, Shape: []int{classes}, Ints: numbers}); err != nil {
		return err
	}
	_, err = e.step(n, "Gather", []string{name, best}, label)
	return err
}

// name keeps the names of the classes, if there are any.
func (b *builder) name(classes [][]byte) {
	if len(classes) == 0 {
		return
	}
	b.classes = nil
	for _, c := range classes {
		b.classes = append(b.classes, string(c))
	}
}

// mirrored returns a row and before it the negated row.
func mirrored(row []float32) []float32 {
	out := make([]float32, 0, 2*len(row))
	for _, v := range row {
		out = append(out, -v)
	}
	return append(out, row...)
}

// zipMap leaves the scores as the tensor that they are, without their labels.
func (e *expander) zipMap(pb *onnx.NodeProto) error {
	n, err := e.read(pb, 1)
	if err != nil {
		return err
	}
	e.b.name(n.attrs["classlabels_strings"].GetStrings())
	e.b.warn("node %q (ZipMap): the scores are computed as a tensor, without a map from labels", nodeName(pb))
	_, err = e.step(n, "Identity", n.Input, n.Output[0])
	return err
}
