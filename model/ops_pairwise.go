package model

import (
	"cmp"
	"math"
)

// pairwise is an elementwise operation on tensors of one shape.
type pairwise struct {
	floats func(a, b []float32) ([]float32, error)
	ints   func(a, b int64) (int64, bool) // false if there is no result
}

var (
	add     = pairwise{arith{}.add, func(a, b int64) (int64, bool) { return a + b, true }}
	sub     = pairwise{arith{}.sub, func(a, b int64) (int64, bool) { return a - b, true }}
	mul     = pairwise{arith{}.mul, func(a, b int64) (int64, bool) { return a * b, true }}
	minimum = pairwise{arith{}.minimum, func(a, b int64) (int64, bool) { return min(a, b), true }}
	maximum = pairwise{arith{}.maximum, func(a, b int64) (int64, bool) { return max(a, b), true }}
	div     = pairwise{arith{}.div, func(a, b int64) (int64, bool) {
		if b == 0 {
			return 0, false
		}
		return a / b, true
	}}
)

// arithmetic makes an operator of two inputs that broadcast against each other.
func arithmetic(f pairwise) operator {
	return operator{shape: broadcastNumbers, eval: func(c *call) ([]*Tensor, error) {
		out, err := f.apply(c, c.in[0], c.in[1])
		return []*Tensor{out}, err
	}}
}

// broadcastNumbers is broadcastShapes for numbers of one type.
func broadcastNumbers(c *call) ([][]int, error) {
	if err := c.need(2); err != nil {
		return nil, err
	}
	if _, err := numberShape(c); err != nil {
		return nil, err
	}
	return broadcastShapes(c)
}

// variadic makes an operator that folds any number of inputs, and divides by
// that number if it is a mean.
func variadic(f pairwise, mean bool) operator {
	shape := func(c *call) ([][]int, error) {
		if mean {
			if err := c.needFloats(1); err != nil {
				return nil, err
			}
		}
		if _, err := numberShape(c); err != nil {
			return nil, err
		}
		return variadicShape(c)
	}
	return operator{shape: shape, eval: func(c *call) ([]*Tensor, error) {
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
	a, b = expand(a, shape), expand(b, shape)
	if a.Type == Float {
		if len(a.Floats) == 0 {
			return a, nil
		}
		out, err := f.floats(a.Floats, b.Floats)
		if err != nil {
			return nil, c.malformed("%v", err)
		}
		return &Tensor{Shape: shape, Floats: out}, nil
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

// powShape lets the exponent be of another type than the base.
func powShape(c *call) ([][]int, error) {
	if err := c.need(2); err != nil {
		return nil, err
	}
	if c.types[0] == Bool || c.types[1] == Bool {
		return nil, c.malformed("inputs must hold numbers")
	}
	return broadcastShapes(c)
}

// powEval squares by a product, as exporters write squares with it.
func powEval(c *call) ([]*Tensor, error) {
	base, exponent := c.in[0], c.in[1]
	if base.Type == Float && exponent.len() == 1 && number(exponent) == 2 && len(exponent.Shape) <= len(base.Shape) {
		out, err := mul.apply(c, base, base)
		return []*Tensor{out}, err
	}
	shape, err := broadcastShape(base.Shape, exponent.Shape)
	if err != nil {
		return nil, c.malformed("%v", err)
	}
	out := &Tensor{Type: base.Type, Shape: shape}
	a, b := expand(base, shape).wide(), expand(exponent, shape).wide()
	for i := range a {
		v := math.Pow(a[i], b[i])
		if out.Type == Float {
			out.Floats = append(out.Floats, float32(v))
			continue
		}
		if !(math.Abs(v) <= exactInt) {
			return nil, c.malformed("no integer result for %g to the power of %g", a[i], b[i])
		}
		out.Ints = append(out.Ints, int64(v))
	}
	return []*Tensor{out}, nil
}

// wide returns the elements as float64.
func (t *Tensor) wide() []float64 {
	if t.Type == Float {
		return widen(t.Floats)
	}
	out := make([]float64, len(t.Ints))
	for i, v := range t.Ints {
		out[i] = float64(v)
	}
	return out
}

// comparison makes an operator of two numbers that yields a truth; keep is given
// the sign of their difference.
func comparison(keep func(sign int) bool) operator {
	return operator{types: always(Bool), shape: broadcastAlike, eval: func(c *call) ([]*Tensor, error) {
		shape, err := broadcastShape(c.in[0].Shape, c.in[1].Shape)
		if err != nil {
			return nil, c.malformed("%v", err)
		}
		a, b := expand(c.in[0], shape), expand(c.in[1], shape)
		out := &Tensor{Type: Bool, Shape: shape, Ints: make([]int64, a.len())}
		for i := range out.Ints {
			if a.Type == Float {
				x, y := a.Floats[i], b.Floats[i]
				out.Ints[i] = truth(x == x && y == y && keep(cmp.Compare(x, y))) // nothing compares with NaN
			} else {
				out.Ints[i] = truth(keep(cmp.Compare(a.Ints[i], b.Ints[i])))
			}
		}
		return []*Tensor{out}, nil
	}}
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// broadcastAlike is broadcastShapes for elements of one type.
func broadcastAlike(c *call) ([][]int, error) {
	if err := c.need(2); err != nil {
		return nil, err
	}
	if c.types[0] != c.types[1] {
		return nil, c.malformed("inputs hold %v and %v: must be of one type", c.types[0], c.types[1])
	}
	return broadcastShapes(c)
}

// logic makes an operator of two truths.
func logic(f func(a, b int64) int64) operator {
	shape := func(c *call) ([][]int, error) {
		out, err := broadcastAlike(c)
		if err == nil && c.types[0] != Bool {
			err = c.malformed("inputs hold %v, must hold bool", c.types[0])
		}
		return out, err
	}
	truths := pairwise{ints: func(a, b int64) (int64, bool) { return f(a, b), true }}
	return operator{types: always(Bool), shape: shape, eval: func(c *call) ([]*Tensor, error) {
		out, err := truths.apply(c, c.in[0], c.in[1])
		if err != nil {
			return nil, err
		}
		out.Type = Bool
		return []*Tensor{out}, nil
	}}
}

func notShape(c *call) ([][]int, error) {
	if err := c.need(1); err != nil {
		return nil, err
	}
	if c.types[0] != Bool {
		return nil, c.malformed("input holds %v, must hold bool", c.types[0])
	}
	return sameShape(c)
}

func notEval(c *call) ([]*Tensor, error) {
	out := &Tensor{Type: Bool, Shape: c.in[0].Shape, Ints: make([]int64, len(c.in[0].Ints))}
	for i, v := range c.in[0].Ints {
		out.Ints[i] = 1 - v
	}
	return []*Tensor{out}, nil
}

// whereShape broadcasts a condition and two alternatives.
func whereShape(c *call) ([][]int, error) {
	if err := c.need(3); err != nil {
		return nil, err
	}
	if c.types[0] != Bool || c.types[1] != c.types[2] {
		return nil, c.malformed("inputs hold %v, %v and %v: must be bool and two of one type", c.types[0], c.types[1], c.types[2])
	}
	return variadicShape(c)
}

func whereEval(c *call) ([]*Tensor, error) {
	shapes, err := variadicShape(c)
	if err != nil {
		return nil, err
	}
	yes, a, b := expand(c.in[0], shapes[0]), expand(c.in[1], shapes[0]), expand(c.in[2], shapes[0])
	out := &Tensor{Type: a.Type, Shape: shapes[0]}
	if out.Type == Float {
		out.Floats = chosen(yes.Ints, a.Floats, b.Floats)
	} else {
		out.Ints = chosen(yes.Ints, a.Ints, b.Ints)
	}
	return []*Tensor{out}, nil
}

func chosen[T any](yes []int64, a, b []T) []T {
	out := make([]T, len(yes))
	for i, y := range yes {
		if out[i] = b[i]; y != 0 {
			out[i] = a[i]
		}
	}
	return out
}
