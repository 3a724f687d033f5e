package model

import (
	"fmt"
	"math"
	"slices"
)

// operator is the support for one ONNX operator. To add one, write the two
// functions and enter them in the table.
type operator struct {
	// shape returns the shapes of the outputs that eval computes; of c.in it may
	// use only what is not nil, that is the constants.
	shape func(c *call) ([][]int, error)
	// eval computes the outputs; every c.in is there unless it was omitted.
	eval func(c *call) ([]*Tensor, error)
	// heavy operators are not evaluated on constants during import.
	heavy bool
	// static operators depend on the shape of their input, not on its values.
	static bool
	// scalar is the function that an elementwise operator of one variable applies.
	scalar func(c *call) scalar
}

// operators is the table of all supported operators.
var operators = map[string]operator{
	"Conv":               {shape: convShape, eval: convEval, heavy: true},
	"Gemm":               {shape: gemmShape, eval: gemmEval, heavy: true},
	"MatMul":             {shape: matMulShape, eval: matMulEval, heavy: true},
	"BatchNormalization": {shape: batchNormShape, eval: batchNormEval},

	"AveragePool":       {shape: poolShape, eval: averagePoolEval, heavy: true},
	"MaxPool":           {shape: poolShape, eval: maxPoolEval, heavy: true},
	"GlobalAveragePool": {shape: globalPoolShape, eval: globalAveragePoolEval},
	"GlobalMaxPool":     {shape: globalPoolShape, eval: globalMaxPoolEval},
	"ReduceMean":        reduction(0, func(acc, v float64) float64 { return acc + v }, true),
	"ReduceSum":         reduction(0, func(acc, v float64) float64 { return acc + v }, false),
	"ReduceMax":         reduction(math.Inf(-1), math.Max, false),
	"ReduceMin":         reduction(math.Inf(1), math.Min, false),
	"Softmax":           {shape: softmaxShape, eval: softmaxEval(false)},
	"LogSoftmax":        {shape: softmaxShape, eval: softmaxEval(true)},

	"Add":  arithmetic(add),
	"Sub":  arithmetic(sub),
	"Mul":  arithmetic(mul),
	"Div":  arithmetic(div),
	"Pow":  arithmetic(pow),
	"Sum":  variadic(add, false),
	"Mean": variadic(add, true),
	"Min":  variadic(minimum, false),
	"Max":  variadic(maximum, false),

	"Relu":        unary(func(*call) scalar { return func(x float64) float64 { return max(x, 0) } }),
	"LeakyRelu":   unary(leakyRelu),
	"Elu":         unary(elu),
	"Selu":        unary(selu),
	"HardSigmoid": unary(hardSigmoid),
	"Clip":        unary(clip),
	"PRelu":       {shape: preluShape, eval: preluEval},
	"Sigmoid":     unary(pure(func(x float64) float64 { return 1 / (1 + math.Exp(-x)) })),
	"Softplus":    unary(pure(func(x float64) float64 { return math.Log1p(math.Exp(-math.Abs(x))) + max(x, 0) })),
	"Tanh":        unary(pure(math.Tanh)),
	"Exp":         unary(pure(math.Exp)),
	"Log":         unary(pure(math.Log)),
	"Sqrt":        unary(pure(math.Sqrt)),
	"Abs":         unary(pure(math.Abs)),
	"Erf":         unary(pure(math.Erf)),
	"Neg":         unary(pure(func(x float64) float64 { return -x })),
	"Reciprocal":  unary(pure(func(x float64) float64 { return 1 / x })),
	"Gelu":        unary(gelu),
	"HardSwish":   unary(pure(func(x float64) float64 { return x * min(max(x/6+0.5, 0), 1) })),
	polynomialOp:  {shape: approximationShape, eval: approximationEval},

	"Identity":  {shape: sameShape, eval: identityEval},
	"Dropout":   {shape: dropoutShape, eval: identityEval},
	"Cast":      {shape: castShape, eval: castEval},
	"Flatten":   reshaping(flattenShape),
	"Reshape":   reshaping(reshapeShape),
	"Squeeze":   reshaping(squeezeShape),
	"Unsqueeze": reshaping(unsqueezeShape),
	"Transpose": {shape: transposeShape, eval: transposeEval},
	"Concat":    {shape: concatShape, eval: concatEval},
	"Split":     {shape: splitShape, eval: splitEval},
	"Slice":     {shape: sliceShape, eval: sliceEval},
	"Gather":    {shape: gatherShape, eval: gatherEval},
	"Pad":       {shape: padShape, eval: padEval},
	"Expand":    {shape: expandShape, eval: expandEval},

	"Constant":        {shape: constantShape, eval: constantEval},
	"ConstantOfShape": {shape: constantOfShapeShape, eval: constantOfShapeEval},
	"Shape":           {shape: shapeShape, eval: shapeEval, static: true},
}

// call is one application of an operator. Attributes are read through it: the
// first one of a wrong type makes the whole call fail.
type call struct {
	node   *Node
	op     operator
	opset  int
	limit  int // elements of a tensor
	in     []*Tensor
	shapes [][]int // of in; nil where an input is omitted
	err    error
}

// attribute keeps the first error of a call and passes the value on.
func attribute[T any](c *call, v T, err error) T {
	if c.err == nil {
		c.err = err
	}
	return v
}

func (c *call) int(name string, def int) int {
	v, err := c.node.Int(name, int64(def))
	if v != int64(int32(v)) && err == nil {
		err = c.malformed("attribute %s is %d", name, v)
	}
	return attribute(c, int(v), err)
}

func (c *call) ints(name string) []int {
	list, err := c.node.Ints(name)
	out, narrow := narrowInts(list)
	if !narrow && err == nil {
		err = c.malformed("attribute %s is %v", name, list)
	}
	return attribute(c, out, err)
}

func (c *call) float(name string, def float64) float64 {
	v, err := c.node.Float(name, def)
	return attribute(c, v, err)
}

func (c *call) text(name, def string) string {
	v, err := c.node.Text(name, def)
	return attribute(c, v, err)
}

// narrowInts converts to int; false if a value does not fit 32 bits. Slices use
// the extreme int64 values for "to the end" and are clamped by their reader.
func narrowInts(list []int64) ([]int, bool) {
	if list == nil {
		return nil, true
	}
	out := make([]int, len(list))
	ok := true
	for i, v := range list {
		out[i] = int(v)
		ok = ok && v == int64(int32(v))
	}
	return out, ok
}

// has reports whether input i is given.
func (c *call) has(i int) bool { return i < len(c.shapes) && c.shapes[i] != nil }

// need fails unless the first n inputs are given.
func (c *call) need(n int) error {
	for i := range n {
		if !c.has(i) {
			return c.malformed("input %d is missing", i)
		}
	}
	return nil
}

// constInts returns the integers of constant input i; nil if it is omitted.
func (c *call) constInts(i int) ([]int64, error) {
	if !c.has(i) {
		return nil, nil
	}
	if c.in[i] == nil {
		return nil, c.unsupported("input %d must be a constant", i)
	}
	if c.in[i].Type == Float {
		return nil, c.malformed("input %d must hold integers", i)
	}
	return c.in[i].Ints, nil
}

// listed reads a list of integers that older opsets have as an attribute and
// newer ones as input i; nil if there is none.
func (c *call) listed(name string, i int) ([]int, error) {
	if list := c.ints(name); list != nil {
		return list, c.err
	}
	list, err := c.constInts(i)
	if err != nil {
		return nil, err
	}
	out, ok := narrowInts(list)
	if !ok {
		return nil, c.malformed("%s is %v", name, list)
	}
	return out, c.err
}

// axis resolves an axis, negative ones from the end.
func (c *call) axis(axis, rank int) (int, error) {
	if axis < -rank || axis >= rank {
		return 0, c.malformed("axis %d is outside a tensor of rank %d", axis, rank)
	}
	if axis < 0 {
		axis += rank
	}
	return axis, nil
}

// axes resolves a list of axes and sorts it.
func (c *call) axes(list []int, rank int) ([]int, error) {
	out := make([]int, len(list))
	for i, a := range list {
		var err error
		if out[i], err = c.axis(a, rank); err != nil {
			return nil, err
		}
	}
	slices.Sort(out)
	if len(slices.Compact(slices.Clone(out))) != len(out) {
		return nil, c.malformed("axes %v name one axis twice", list)
	}
	return out, nil
}

// needFloats fails unless the first n inputs are given and all constants are floats.
func (c *call) needFloats(n int) error {
	for i, t := range c.in {
		if t != nil && t.Type != Float {
			return c.malformed("input %d must hold floats", i)
		}
	}
	return c.need(n)
}

func (c *call) malformed(format string, args ...any) error {
	return fmt.Errorf("%w: node %q (%s): %s", ErrMalformed, c.node.Name, c.node.Op, fmt.Sprintf(format, args...))
}

func (c *call) unsupported(format string, args ...any) error {
	return &UnsupportedOpError{Op: c.node.Op, Node: c.node.Name, Why: fmt.Sprintf(format, args...)}
}

// constant reports whether the outputs can be computed now.
func (c *call) constant() bool {
	if c.op.static {
		return true
	}
	for i, t := range c.in {
		if t == nil && c.shapes[i] != nil {
			return false
		}
	}
	return true
}

func (c *call) inferShapes() ([][]int, error) {
	shapes, err := c.op.shape(c)
	if c.err != nil {
		return nil, c.err
	}
	return shapes, err
}

// evaluate runs the operator. The tensor engine panics on what it does not
// expect; that must not take the process down.
func (c *call) evaluate() (outs []*Tensor, err error) {
	defer func() {
		if r := recover(); r != nil {
			outs, err = nil, fmt.Errorf("node %q (%s): tensor engine: %v", c.node.Name, c.node.Op, r)
		}
	}()
	outs, err = c.op.eval(c)
	if c.err != nil {
		err = c.err
	}
	if err != nil {
		return nil, err
	}
	for _, t := range outs {
		if t.len() != product(t.Shape) {
			return nil, c.malformed("wrong element type")
		}
	}
	return outs, nil
}

// sameShape is the shape function of operators whose output is like their first input.
func sameShape(c *call) ([][]int, error) {
	if err := c.need(1); err != nil {
		return nil, err
	}
	return [][]int{c.shapes[0]}, nil
}
