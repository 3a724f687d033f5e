package model

import (
	"math"
	"slices"
)

// scalar is a function applied to every element.
type scalar = func(float64) float64

// unary makes the operator that applies one function, chosen by the node's
// attributes and further inputs, to every element of the first input, which holds floats.
func unary(choose func(c *call) scalar) operator {
	return operator{shape: floatShape, scalar: choose, eval: unaryEval(choose)}
}

// unaryNumber is unary for operators that take integers, too.
func unaryNumber(choose func(c *call) scalar) operator {
	return operator{shape: numberShape, scalar: choose, eval: unaryEval(choose)}
}

// numberShape is sameShape for operators of floats or of integers.
func numberShape(c *call) ([][]int, error) {
	if err := c.need(1); err != nil {
		return nil, err
	}
	for i := range c.shapes {
		if c.has(i) && (c.types[i] == Bool || c.types[i] != c.types[0]) {
			return nil, c.malformed("input %d holds %v beside %v: must hold numbers of one type", i, c.types[i], c.types[0])
		}
	}
	return sameShape(c)
}

// exactInt bounds the integers that pass through float64 unchanged.
const exactInt = 1 << 53

func unaryEval(choose func(c *call) scalar) func(c *call) ([]*Tensor, error) {
	return func(c *call) ([]*Tensor, error) {
		f, x := choose(c), c.in[0]
		out := &Tensor{Type: x.Type, Shape: x.Shape}
		if x.Type == Float {
			out.Floats = make([]float32, len(x.Floats))
			for i, v := range x.Floats {
				out.Floats[i] = float32(f(float64(v)))
			}
			return []*Tensor{out}, nil
		}
		out.Ints = make([]int64, len(x.Ints))
		for i, v := range x.Ints {
			if v < -exactInt || v > exactInt {
				return nil, c.unsupported("integer %d beyond 2^53", v)
			}
			out.Ints[i] = int64(f(float64(v)))
		}
		return []*Tensor{out}, nil
	}
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
	lo := c.bound(1, c.float("min", math.Inf(-1)))
	hi := c.bound(2, c.float("max", math.Inf(1)))
	return func(x float64) float64 { return min(max(x, lo), hi) }
}

// bound is the value of input i; def if it is omitted or not known.
func (c *call) bound(i int, def float64) float64 {
	if !c.has(i) || c.in[i] == nil {
		return def
	}
	return number(c.in[i])
}

func clipShape(c *call) ([][]int, error) {
	for i := 1; i <= 2; i++ {
		if c.has(i) && product(c.shapes[i]) != 1 {
			return nil, c.malformed("bound of shape %v must be one number", c.shapes[i])
		}
	}
	return numberShape(c)
}

func celu(c *call) scalar {
	alpha := c.float("alpha", 1)
	return func(x float64) float64 { return max(x, 0) + min(0, alpha*math.Expm1(x/alpha)) }
}

func thresholdedRelu(c *call) scalar {
	alpha := c.float("alpha", 1)
	return func(x float64) float64 {
		if x > alpha {
			return x
		}
		return 0
	}
}

func shrink(c *call) scalar {
	bias, lambda := c.float("bias", 0), c.float("lambd", 0.5)
	return func(x float64) float64 {
		switch {
		case x < -lambda:
			return x + bias
		case x > lambda:
			return x - bias
		}
		return 0
	}
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

func relu(x float64) float64 { return max(x, 0) }

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func softplus(x float64) float64 { return math.Log1p(math.Exp(-math.Abs(x))) + max(x, 0) }

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
