package model

import (
	"fmt"
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// infer finds the shapes of all values and evaluates what depends on constants
// only, so that the graph keeps no node without a variable input.
func (b *builder) infer() error {
	var nodes []*Node
	for queue := b.Nodes; len(queue) > 0; {
		n := queue[0]
		queue = queue[1:]
		if n.Op == "If" {
			branch, err := b.branch(n)
			if err != nil && !b.tolerates(n, err) {
				return err
			}
			queue = append(branch, queue...)
			continue
		}
		gone, err := b.inferNode(n)
		if err != nil && !b.tolerates(n, err) {
			return err
		}
		if !gone && err == nil {
			nodes = append(nodes, n)
		}
	}
	b.Nodes = nodes
	return nil
}

// inferNode reports whether the graph can do without the node.
func (b *builder) inferNode(n *Node) (gone bool, err error) {
	if b.yieldsText(n) {
		for _, out := range n.Outputs {
			b.text[out] = out != ""
		}
		return true, nil
	}
	c, err := b.newCall(n)
	if err != nil {
		return false, err
	}
	if err := b.unbatch(c); err != nil {
		return false, err
	}
	shapes, err := c.inferShapes()
	if err != nil {
		return false, err
	}
	types := c.outputTypes(len(shapes))
	n.Outputs = n.Outputs[:min(len(n.Outputs), len(shapes))]
	if c.constant() {
		return true, b.fold(c, shapes)
	}
	if n.Op == "Cast" {
		widenCast(n)
	}
	for i, out := range n.Outputs {
		size, err := elements(shapes[i], b.limits.Elements)
		if err != nil {
			return false, fmt.Errorf("node %q: %w", n.Name, err)
		}
		if size == 0 {
			return false, fmt.Errorf("%w: node %q computes the empty shape %v", ErrMalformed, n.Name, shapes[i])
		}
		if b.computed += size; b.computed > b.limits.Elements {
			return false, fmt.Errorf("%w: values have more than %d elements", ErrTooLarge, b.limits.Elements)
		}
		if out != "" {
			b.shapes[out], b.types[out] = known(shapes[i]), types[i]
		}
	}
	return false, nil
}

// yieldsText reports whether a node reads or writes text. Exporters name classes so.
func (b *builder) yieldsText(n *Node) bool {
	to := n.attrs["to"].GetI()
	return n.Op == "Cast" && to == int64(onnx.String) || slices.ContainsFunc(n.Inputs, func(in string) bool { return b.text[in] })
}

func (b *builder) warn(format string, args ...any) {
	b.warnings = append(b.warnings, fmt.Sprintf(format, args...))
}

// maxFolding is how many values evaluating constants may take, in tensors of the
// greatest size.
const maxFolding = 8

// fold replaces a constant node by its value.
func (b *builder) fold(c *call, shapes [][]int) error {
	work := 1
	if c.op.work != nil {
		work = min(max(c.op.work(c), 1), math.MaxInt32)
	}
	for _, s := range shapes {
		n, err := elements(s, b.limits.Elements-b.constant)
		if err != nil {
			return fmt.Errorf("node %q: %w", c.node.Name, err)
		}
		b.folded += n * work
	}
	for _, t := range c.in {
		if t != nil {
			b.folded += t.len()
		}
	}
	if b.folded/maxFolding > b.limits.Elements {
		return fmt.Errorf("%w: evaluating the constants takes too long: simplify the model first", ErrTooLarge)
	}
	outs, err := c.evaluate()
	if err != nil {
		return err
	}
	for i, name := range c.node.Outputs {
		if name == "" {
			continue
		}
		if err := b.addConstant(name, outs[i]); err != nil {
			return err
		}
	}
	return nil
}

// unbatch rewrites a Reshape whose target has the declared batch baked in.
func (b *builder) unbatch(c *call) error {
	if b.batch == 0 || c.node.Op != "Reshape" || len(c.in) < 2 || c.in[1] == nil || c.shapes[0] == nil {
		return nil
	}
	target := c.in[1].Ints
	if len(target) == 0 || target[0] != int64(b.batch) {
		return nil
	}
	fixed := slices.Clone(target)
	fixed[0] = 1
	name := c.node.Name + "/batch1"
	for b.shapes[name] != nil || b.producer[name] != nil {
		name += "_"
	}
	t := &Tensor{Type: Int, Shape: c.in[1].Shape, Ints: fixed}
	if err := b.addConstant(name, t); err != nil {
		return err
	}
	c.node.Inputs = slices.Clone(c.node.Inputs)
	c.node.Inputs[1], c.in[1] = name, t
	return nil
}

// newCall gathers what is known of a node's inputs before anything is evaluated.
func (b *builder) newCall(n *Node) (*call, error) {
	c := &call{node: n, opset: b.Opset, limit: b.limits.Elements}
	c.in = make([]*Tensor, len(n.Inputs))
	c.shapes = make([][]int, len(n.Inputs))
	c.types = make([]ElemType, len(n.Inputs))
	for i, in := range n.Inputs {
		if in == "" {
			continue
		}
		if b.shapes[in] == nil {
			return nil, &UnsupportedOpError{Op: n.Op, Node: n.Name, Why: fmt.Sprintf("input %q is an output of an operator that is not supported", in)}
		}
		c.in[i], c.shapes[i], c.types[i] = b.consts[in], b.shapes[in], b.types[in]
	}
	var ok bool
	if c.op, ok = operators[n.Op]; !ok {
		return nil, &UnsupportedOpError{Op: n.Op, Node: n.Name}
	}
	return c, nil
}
