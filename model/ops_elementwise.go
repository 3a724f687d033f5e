package model

import (
	"math"
	"slices"

	"gorgonia.org/tensor"
)

// scalar is a function applied to every element.
type scalar = func(float64) float64

// unary makes the operator that applies one function, chosen by the node's
// attributes and further inputs, to every element of the first input.
func unary(choose func(c *call) scalar) operator {
	return operator{shape: sameShape, scalar: choose, eval: func(c *call) ([]*Tensor, error) {
		f, x := choose(c), c.in[0]
		if x.Type != Float {
			return nil, c.unsupported("integer input")
		}
		out := make([]float32, len(x.Floats))
		for i, v := range x.Floats {
			out[i] = float32(f(float64(v)))
		}
		return []*Tensor{{Shape: x.Shape, Floats: out}}, nil
	}}
}

// pure is a function without parameters.
func pure(f scalar) func(*call) scalar { return func(*call) scalar { return f } }

func leakyRelu(c *call) scalar {
	alpha := c.float("alpha", 0.01)
	return func(x float64) float64 {
		if x < 0 {
			return alpha * x
		}
		return x
	}
}

func elu(c *call) scalar {
	alpha := c.float("alpha", 1)
	return func(x float64) float64 {
		if x < 0 {
			return alpha * math.Expm1(x)
		}
		return x
	}
}

func selu(c *call) scalar {
	alpha, gamma := c.float("alpha", 1.67326319217681884765625), c.float("gamma", 1.05070102214813232421875)
	return func(x float64) float64 {
		if x <= 0 {
			return gamma * alpha * math.Expm1(x)
		}
		return gamma * x
	}
}

func hardSigmoid(c *call) scalar {
	alpha, beta := c.float("alpha", 0.2), c.float("beta", 0.5)
	return func(x float64) float64 { return min(max(alpha*x+beta, 0), 1) }
}

func gelu(c *call) scalar {
	if c.text("approximate", "none") == "tanh" {
		return func(x float64) float64 {
			return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		}
	}
	return func(x float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) }
}

// clip reads its bounds from attributes (opset 10 and older) or from inputs.
func clip(c *call) scalar {
	lo, hi := c.float("min", math.Inf(-1)), c.float("max", math.Inf(1))
	if c.has(1) && len(c.in[1].Floats) == 1 {
		lo = float64(c.in[1].Floats[0])
	}
	if c.has(2) && len(c.in[2].Floats) == 1 {
		hi = float64(c.in[2].Floats[0])
	}
	return func(x float64) float64 { return min(max(x, lo), hi) }
}

// preluShape needs a slope that broadcasts to the input, as it does since opset 7.
func preluShape(c *call) ([][]int, error) {
	if err := c.needFloats(2); err != nil {
		return nil, err
	}
	if c.opset < 7 {
		return nil, c.unsupported("slopes of opset 6: export with opset 7 or newer")
	}
	if s, err := broadcastShape(c.shapes[0], c.shapes[1]); err != nil || !slices.Equal(s, c.shapes[0]) {
		return nil, c.malformed("slope of shape %v for %v", c.shapes[1], c.shapes[0])
	}
	return sameShape(c)
}

func preluEval(c *call) ([]*Tensor, error) {
	x, slope := c.in[0], expand(c.in[1], c.in[0].Shape)
	out := slices.Clone(x.Floats)
	for i, v := range out {
		if v < 0 {
			out[i] = v * slope.Floats[i]
		}
	}
	return []*Tensor{{Shape: x.Shape, Floats: out}}, nil
}

// pairwise is an elementwise operation on tensors of one shape.
type pairwise struct {
	floats func(a, b any, opts ...tensor.FuncOpt) (tensor.Tensor, error)
	ints   func(a, b int64) (int64, bool) // false if there is no result
}

var (
	add     = pairwise{tensor.Add, func(a, b int64) (int64, bool) { return a + b, true }}
	sub     = pairwise{tensor.Sub, func(a, b int64) (int64, bool) { return a - b, true }}
	mul     = pairwise{tensor.Mul, func(a, b int64) (int64, bool) { return a * b, true }}
	minimum = pairwise{tensor.MinBetween, func(a, b int64) (int64, bool) { return min(a, b), true }}
	maximum = pairwise{tensor.MaxBetween, func(a, b int64) (int64, bool) { return max(a, b), true }}
	div     = pairwise{tensor.Div, func(a, b int64) (int64, bool) {
		if b == 0 {
			return 0, false
		}
		return a / b, true
	}}
	pow = pairwise{tensor.Pow, func(a, b int64) (int64, bool) {
		v := math.Pow(float64(a), float64(b))
		return int64(v), math.Abs(v) < 1<<53
	}}
)

// arithmetic makes an operator of two inputs that broadcast against each other.
func arithmetic(f pairwise) operator {
	return operator{shape: broadcastShapes, eval: func(c *call) ([]*Tensor, error) {
		out, err := f.apply(c, c.in[0], c.in[1])
		return []*Tensor{out}, err
	}}
}

// variadic makes an operator that folds any number of inputs, and divides by
// that number if it is a mean.
func variadic(f pairwise, mean bool) operator {
	return operator{shape: variadicShape, eval: func(c *call) ([]*Tensor, error) {
		acc := c.in[0]
		for _, t := range c.in[1:] {
			var err error
			if acc, err = f.apply(c, acc, t); err != nil {
				return nil, err
			}
		}
		if mean {
			n := &Tensor{Shape: []int{}, Floats: []float32{float32(len(c.in))}}
			var err error
			if acc, err = div.apply(c, acc, n); err != nil {
				return nil, err
			}
		}
		return []*Tensor{acc}, nil
	}}
}

func (f pairwise) apply(c *call, a, b *Tensor) (*Tensor, error) {
	shape, err := broadcastShape(a.Shape, b.Shape)
	if err != nil {
		return nil, c.malformed("%v", err)
	}
	if b.Type == Int && a.Type == Float { // the exponent of Pow may be an integer
		b = castToFloat(b)
	}
	if a.Type != b.Type {
		return nil, c.malformed("inputs of different element types")
	}
	a, b = expand(a, shape), expand(b, shape)
	if a.Type == Float {
		if len(a.Floats) == 0 {
			return a, nil
		}
		r, err := f.floats(a.dense(len(a.Floats)), b.dense(len(b.Floats)))
		if err != nil {
			return nil, c.malformed("%v", err)
		}
		return fromDense(r, shape)
	}
	out := make([]int64, len(a.Ints))
	for i := range out {
		var ok bool
		if out[i], ok = f.ints(a.Ints[i], b.Ints[i]); !ok {
			return nil, c.malformed("no integer result for %d and %d", a.Ints[i], b.Ints[i])
		}
	}
	return &Tensor{Type: Int, Shape: shape, Ints: out}, nil
}

func castToFloat(t *Tensor) *Tensor {
	out := make([]float32, len(t.Ints))
	for i, v := range t.Ints {
		out[i] = float32(v)
	}
	return &Tensor{Shape: t.Shape, Floats: out}
}

func broadcastShapes(c *call) ([][]int, error) {
	if err := c.need(2); err != nil {
		return nil, err
	}
	if c.int("broadcast", 0) != 0 {
		return nil, c.unsupported("the broadcast attribute of opset 6: export with opset 7 or newer")
	}
	return variadicShape(c)
}

func variadicShape(c *call) ([][]int, error) {
	if err := c.need(max(1, len(c.shapes))); err != nil {
		return nil, err
	}
	shape := c.shapes[0]
	for _, s := range c.shapes[1:] {
		var err error
		if shape, err = broadcastShape(shape, s); err != nil {
			return nil, c.malformed("%v", err)
		}
	}
	return [][]int{shape}, nil
}
