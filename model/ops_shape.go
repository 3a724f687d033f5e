package model

import (
	"fmt"
	"math"
	"slices"

	"gorgonia.org/tensor"

	"github.com/encrypted-compute/encompute/model/onnxpb"
)

func identityEval(c *call) ([]*Tensor, error) { return []*Tensor{c.in[0]}, nil }

// dropoutShape refuses training mode: at inference nothing is dropped.
func dropoutShape(c *call) ([][]int, error) {
	if training := c.has(2) && (c.in[2] == nil || slices.Contains(c.in[2].Ints, 1)); training {
		return nil, c.unsupported("training mode: export the model for inference")
	}
	return sameShape(c)
}

// castShape accepts casts of constants to anything and of values between floats.
func castShape(c *call) ([][]int, error) {
	if _, err := c.castTarget(); err != nil {
		return nil, err
	}
	return sameShape(c)
}

func (c *call) castTarget() (ElemType, error) {
	if err := c.need(1); err != nil {
		return 0, err
	}
	switch kind := onnxpb.TensorProto_DataType(c.int("to", 0)); kind {
	case onnxpb.TensorProto_FLOAT, onnxpb.TensorProto_DOUBLE, onnxpb.TensorProto_FLOAT16, onnxpb.TensorProto_BFLOAT16:
		return Float, nil
	case onnxpb.TensorProto_INT64, onnxpb.TensorProto_INT32, onnxpb.TensorProto_BOOL:
		if c.in[0] == nil {
			return 0, c.unsupported("to %v: values must stay floating point", kind)
		}
		if kind == onnxpb.TensorProto_BOOL {
			return Bool, nil
		}
		return Int, nil
	default:
		return 0, c.unsupported("to %v", kind)
	}
}

func castEval(c *call) ([]*Tensor, error) {
	to, err := c.castTarget()
	if err != nil {
		return nil, err
	}
	x := c.in[0]
	if to == Float {
		if x.Type != Float {
			x = castToFloat(x)
		}
		return []*Tensor{x}, nil
	}
	ints := slices.Clone(x.Ints)
	for _, v := range x.Floats {
		ints = append(ints, int64(v))
	}
	if to == Bool {
		for i, v := range ints {
			if v != 0 || x.Type == Float && x.Floats[i] != 0 {
				ints[i] = 1
			}
		}
	}
	return []*Tensor{{Type: to, Shape: x.Shape, Ints: ints}}, nil
}

// reshaping makes an operator that keeps all elements in their order.
func reshaping(target func(c *call) ([]int, error)) operator {
	shape := func(c *call) ([][]int, error) {
		if err := c.need(1); err != nil {
			return nil, err
		}
		out, err := target(c)
		if err != nil {
			return nil, err
		}
		n, err := elements(out, c.limit)
		if err != nil {
			return nil, err
		}
		if n != product(c.shapes[0]) {
			return nil, c.malformed("shape %v cannot become %v", c.shapes[0], out)
		}
		return [][]int{out}, nil
	}
	return operator{shape: shape, eval: func(c *call) ([]*Tensor, error) {
		shapes, err := shape(c)
		if err != nil {
			return nil, err
		}
		return []*Tensor{c.in[0].reshaped(shapes[0])}, nil
	}}
}

func flattenShape(c *call) ([]int, error) {
	x := c.shapes[0]
	axis := c.int("axis", 1)
	if axis < 0 {
		axis += len(x)
	}
	if axis < 0 || axis > len(x) {
		return nil, c.malformed("axis %d is outside a tensor of rank %d", axis, len(x))
	}
	return []int{product(x[:axis]), product(x[axis:])}, nil
}

func reshapeShape(c *call) ([]int, error) {
	list, err := c.listed("shape", 1)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(list)
	keepZero := c.int("allowzero", 0) != 0
	unknown := -1
	for i, d := range out {
		switch {
		case d == 0 && !keepZero:
			if i >= len(c.shapes[0]) {
				return nil, c.malformed("shape %v copies a dimension that the input %v lacks", list, c.shapes[0])
			}
			out[i] = c.shapes[0][i]
		case d == -1 && unknown < 0:
			unknown, out[i] = i, 1
		case d < 0:
			return nil, c.malformed("shape %v", list)
		}
	}
	if unknown >= 0 {
		rest, err := elements(out, c.limit)
		if err != nil {
			return nil, err
		}
		if rest == 0 {
			return nil, c.malformed("shape %v", list)
		}
		out[unknown] = product(c.shapes[0]) / rest
	}
	return known(out), nil
}

func squeezeShape(c *call) ([]int, error) {
	x := c.shapes[0]
	list, err := c.listed("axes", 1)
	if err != nil {
		return nil, err
	}
	axes, err := c.axes(list, len(x))
	if err != nil {
		return nil, err
	}
	out := []int{}
	for i, d := range x {
		switch {
		case len(axes) == 0 && d == 1:
		case slices.Contains(axes, i):
			if d != 1 {
				return nil, c.malformed("axis %d of shape %v is not 1", i, x)
			}
		default:
			out = append(out, d)
		}
	}
	return out, nil
}

func unsqueezeShape(c *call) ([]int, error) {
	list, err := c.listed("axes", 1)
	if err != nil {
		return nil, err
	}
	rank := len(c.shapes[0]) + len(list)
	if rank > maxRank {
		return nil, fmt.Errorf("%w: tensor of rank %d", ErrTooLarge, rank)
	}
	axes, err := c.axes(list, rank)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(c.shapes[0])
	for _, a := range axes {
		out = slices.Insert(out, a, 1)
	}
	return out, nil
}

// permutation reads perm; without it the axes are reversed.
func (c *call) permutation() ([]int, error) {
	if err := c.need(1); err != nil {
		return nil, err
	}
	rank := len(c.shapes[0])
	perm := c.ints("perm")
	if perm == nil {
		for a := range rank {
			perm = append(perm, rank-1-a)
		}
	}
	sorted, err := c.axes(perm, rank)
	if err == nil && (len(sorted) != rank || slices.ContainsFunc(perm, func(a int) bool { return a < 0 })) {
		err = c.malformed("perm %v for rank %d", perm, rank)
	}
	return perm, err
}

func transposeShape(c *call) ([][]int, error) {
	perm, err := c.permutation()
	if err != nil {
		return nil, err
	}
	out := make([]int, len(perm))
	for i, a := range perm {
		out[i] = c.shapes[0][a]
	}
	return [][]int{out}, nil
}

func transposeEval(c *call) ([]*Tensor, error) {
	perm, err := c.permutation()
	if err != nil {
		return nil, err
	}
	out, err := permute(c.in[0], perm)
	if err != nil {
		return nil, c.malformed("%v", err)
	}
	return []*Tensor{out}, nil
}

// permute reorders the axes of a tensor.
func permute(t *Tensor, perm []int) (*Tensor, error) {
	shape, step, own := make([]int, len(perm)), make([]int, len(perm)), strides(t.Shape)
	for i, a := range perm {
		shape[i], step[i] = t.Shape[a], own[a]
	}
	if slices.IsSorted(perm) {
		return t, nil
	}
	return gather(t, shape, 0, step), nil
}

func concatShape(c *call) ([][]int, error) {
	if err := c.need(max(1, len(c.shapes))); err != nil {
		return nil, err
	}
	axis, err := c.axis(c.int("axis", 1), len(c.shapes[0]))
	if err != nil {
		return nil, err
	}
	out := slices.Clone(c.shapes[0])
	for _, s := range c.shapes[1:] {
		if len(s) != len(out) {
			return nil, c.malformed("shapes %v and %v", out, s)
		}
		for i := range s {
			if i != axis && s[i] != out[i] {
				return nil, c.malformed("shapes %v and %v", out, s)
			}
		}
		if out[axis] += s[axis]; out[axis] > c.limit {
			return nil, fmt.Errorf("%w: node %q: %d values along one axis", ErrTooLarge, c.node.Name, out[axis])
		}
	}
	return [][]int{out}, nil
}

func concatEval(c *call) ([]*Tensor, error) {
	shapes, err := concatShape(c)
	if err != nil {
		return nil, err
	}
	axis, _ := c.axis(c.int("axis", 1), len(shapes[0]))
	out := &Tensor{Type: c.in[0].Type, Shape: shapes[0]}
	var parts []tensor.Tensor
	for _, t := range c.in {
		if t.Type != out.Type {
			return nil, c.malformed("inputs of different element types")
		}
		if t.Type == Float && len(t.Floats) > 0 {
			parts = append(parts, t.dense(product(t.Shape[:axis]), product(t.Shape[axis:])))
		}
	}
	if out.Type == Float && len(parts) > 0 {
		joined, err := tensor.Concat(1, parts[0], parts[1:]...)
		if err != nil {
			return nil, c.malformed("%v", err)
		}
		out, err = fromDense(joined, shapes[0])
		return []*Tensor{out}, err
	}
	for row := range product(shapes[0][:axis]) {
		for _, t := range c.in {
			n := product(t.Shape[axis:])
			out.Ints = append(out.Ints, t.Ints[row*n:(row+1)*n]...)
		}
	}
	return []*Tensor{out}, nil
}

// parts reads the axis and the lengths of a Split node.
func (c *call) parts() (axis int, lengths []int, err error) {
	if err := c.need(1); err != nil {
		return 0, nil, err
	}
	if axis, err = c.axis(c.int("axis", 0), len(c.shapes[0])); err != nil {
		return 0, nil, err
	}
	if lengths, err = c.listed("split", 1); err != nil {
		return 0, nil, err
	}
	total, n := c.shapes[0][axis], len(c.node.Outputs)
	if lengths == nil {
		if n == 0 || n > total {
			return 0, nil, c.malformed("%d parts of %d", n, total)
		}
		size := (total + n - 1) / n
		for left := total; len(lengths) < n; left -= size {
			lengths = append(lengths, max(0, min(size, left)))
		}
	}
	sum := 0
	for _, l := range lengths {
		if l < 0 || l > total {
			return 0, nil, c.malformed("parts %v of %d", lengths, total)
		}
		sum += l
	}
	if sum != total || len(lengths) != n {
		return 0, nil, c.malformed("%d parts %v of %d", n, lengths, total)
	}
	return axis, lengths, nil
}

func splitShape(c *call) ([][]int, error) {
	axis, lengths, err := c.parts()
	if err != nil {
		return nil, err
	}
	var out [][]int
	for _, l := range lengths {
		s := slices.Clone(c.shapes[0])
		s[axis] = l
		out = append(out, s)
	}
	return out, nil
}

func splitEval(c *call) ([]*Tensor, error) {
	axis, _, err := c.parts()
	if err != nil {
		return nil, err
	}
	shapes, err := splitShape(c)
	if err != nil {
		return nil, err
	}
	step := strides(c.shapes[0])
	var out []*Tensor
	at := 0
	for _, s := range shapes {
		out = append(out, gather(c.in[0], s, at*step[axis], step))
		at += s[axis]
	}
	return out, nil
}

// span is what a Slice node takes from one axis.
type span struct{ start, step, n int }

func (c *call) spans() ([]span, error) {
	if err := c.need(1); err != nil {
		return nil, err
	}
	var lists [4][]int64 // starts, ends, axes, steps
	for i, name := range []string{"starts", "ends", "axes", "steps"} {
		list, err := c.constInts(i + 1)
		if err != nil {
			return nil, err
		}
		if list == nil {
			var e error
			list, e = c.node.Ints(name)
			list = attribute(c, list, e)
		}
		lists[i] = list
	}
	starts, ends, axes, steps := lists[0], lists[1], lists[2], lists[3]
	x := c.shapes[0]
	out := make([]span, len(x))
	for i, d := range x {
		out[i] = span{0, 1, d}
	}
	if len(starts) != len(ends) || axes == nil && len(starts) > len(x) ||
		axes != nil && len(axes) != len(starts) || steps != nil && len(steps) != len(starts) {
		return nil, c.malformed("starts %v, ends %v, axes %v, steps %v", starts, ends, axes, steps)
	}
	for i := range starts {
		a, step := i, int64(1)
		if axes != nil {
			if axes[i] != int64(int32(axes[i])) {
				return nil, c.malformed("axis %d", axes[i])
			}
			var err error
			if a, err = c.axis(int(axes[i]), len(x)); err != nil {
				return nil, err
			}
		}
		if steps != nil {
			step = steps[i]
		}
		if step == 0 || step == math.MinInt64 {
			return nil, c.malformed("step %d", step)
		}
		out[a] = sliceSpan(starts[i], ends[i], step, int64(x[a]))
	}
	return out, c.err
}

// sliceSpan resolves python's slice start:end:step of an axis of length d.
func sliceSpan(start, end, step, d int64) span {
	lo, hi := int64(0), d
	if step < 0 {
		lo, hi = -1, d-1
	}
	resolve := func(v int64) int64 {
		if v < 0 {
			v += d
		}
		return min(max(v, lo), hi)
	}
	// Only what is negative as given counts from the end.
	from, to := resolve(start), resolve(end)
	n := int64(0)
	switch {
	case step > 0 && to > from:
		n = (to-from-1)/step + 1
	case step < 0 && from > to:
		n = (from-to-1)/-step + 1
	}
	return span{int(from), int(max(min(step, d), -d)), int(n)}
}

func sliceShape(c *call) ([][]int, error) {
	spans, err := c.spans()
	if err != nil {
		return nil, err
	}
	out := make([]int, len(spans))
	for i, s := range spans {
		out[i] = s.n
	}
	return [][]int{out}, nil
}

func sliceEval(c *call) ([]*Tensor, error) {
	spans, err := c.spans()
	if err != nil {
		return nil, err
	}
	own := strides(c.shapes[0])
	shape, step := make([]int, len(spans)), make([]int, len(spans))
	base := 0
	for i, s := range spans {
		shape[i], step[i] = s.n, s.step*own[i]
		base += s.start * own[i]
	}
	return []*Tensor{gather(c.in[0], shape, base, step)}, nil
}
