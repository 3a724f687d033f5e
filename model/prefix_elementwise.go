package model

import (
	"fmt"
	"slices"
)

// operands are a node's inputs, broadcast to the shape of its output.
func (p *compiler) operands(n *Node) ([]*value, error) {
	to := p.g.shapes[n.Outputs[0]]
	var out []*value
	for _, in := range n.Inputs {
		if t := p.g.consts[in]; t != nil {
			out = append(out, p.constant(t, to))
			continue
		}
		v := p.values[in]
		if from := p.g.shapes[in]; product(from) != product(to) {
			at, err := p.broadcast(n, p.write(v), from, to)
			if err != nil {
				return nil, err
			}
			v = p.result(n, at)
		} else if shape := p.sample(n.Outputs[0]); !slices.Equal(v.shape, shape) {
			v = p.at(p.write(v), shape)
		}
		out = append(out, v)
	}
	return out, nil
}

// constant reads a constant that broadcasts to a shape as a polynomial of degree
// zero: one number per channel, or per element if it varies within a channel.
func (p *compiler) constant(t *Tensor, shape []int) *value {
	if t.Type != Float {
		t = castToFloat(t)
	}
	v := &value{base: noTensor, shape: sampleShape(shape)}
	if len(v.shape) == 0 {
		v.shape = []int{1}
	}
	if t.len() == 1 {
		v.poly = polynomial{slices.Repeat([]float64{float64(t.Floats[0])}, v.shape[0])}
		return v
	}
	all := widen(expand(t, shape).Floats)
	area := len(all) / v.shape[0]
	perChannel := make([]float64, v.shape[0])
	for i, f := range all {
		if perChannel[i/area] = f; f != all[i/area*area] {
			v.poly = polynomial{all}
			return v
		}
	}
	v.poly = polynomial{perChannel}
	return v
}

// polynomialOf is the result of a node that is a polynomial of a tensor.
func (p *compiler) polynomialOf(n *Node, base int, q polynomial) *value {
	return &value{name: scope(n.Name), shape: p.sample(n.Outputs[0]), base: base, poly: q}
}

// sum compiles Add, Sub, Sum and Mean.
func (p *compiler) sum(n *Node, _ *call) (*value, error) {
	args, err := p.operands(n)
	if err != nil {
		return nil, err
	}
	v, sign := args[0], 1.0
	if n.Op == "Sub" {
		sign = -1
	}
	for _, w := range args[1:] {
		v = p.plus(n, v, w, sign)
	}
	if n.Op == "Mean" {
		v = p.scaled(n, v, 1/float64(len(args)))
	}
	if len(args) == 1 {
		return v, nil
	}
	v.name = scope(n.Name)
	return v, nil
}

// plus is v + sign*w, for a node.
func (p *compiler) plus(n *Node, v, w *value, sign float64) *value {
	if a, b, base, ok := p.common(v, w); ok {
		return p.polynomialOf(n, base, a.plus(b, sign))
	}
	if sign != 1 {
		w = p.scaled(n, w, sign)
		w.name += "/right"
	}
	a, b := p.write(v), p.write(w)
	shape := v.shape
	if slices.Equal(p.shape(a), p.shape(b)) {
		shape = p.shape(a)
	}
	return p.at(p.emit(PrefixLayer{Kind: Add, Name: scope(n.Name), InShape: shape, OutShape: shape}, a, b), v.shape)
}

func (p *compiler) scaled(n *Node, v *value, by float64) *value {
	q := v.polynomial()
	out := p.polynomialOf(n, v.base, linear(q.channels(), by, 0).of(q))
	out.shape = v.shape
	return out
}

func (p *compiler) negate(n *Node, _ *call) (*value, error) {
	return p.scaled(n, p.values[n.Inputs[0]], -1), nil
}

func (p *compiler) multiply(n *Node, _ *call) (*value, error) {
	args, err := p.operands(n)
	if err != nil {
		return nil, err
	}
	if args[0] == args[1] {
		return p.raised(n, args[0], 2)
	}
	return p.product(n, args[0], args[1])
}

func (p *compiler) product(n *Node, v, w *value) (*value, error) {
	a, b, base, ok := p.common(v, w)
	if !ok {
		return nil, refuse(n, "it multiplies two encrypted tensors",
			"multiply by constants or by a polynomial of the same tensor, or cut before the branches")
	}
	if d := a.degree() + b.degree(); d > maxDegree {
		return nil, refuseDegree(n, d)
	}
	return p.polynomialOf(n, base, a.times(b)), nil
}

// raised is the n-th power of a value.
func (p *compiler) raised(n *Node, v *value, by int) (*value, error) {
	if v.polynomial().degree() > 1 && by > 1 {
		p.write(v) // a power of a power needs no more levels than the whole, and less precision
	}
	q := v.polynomial()
	if d := q.degree() * by; d > maxDegree {
		return nil, refuseDegree(n, d)
	}
	return p.polynomialOf(n, v.base, q.raised(by)), nil
}

func refuseDegree(n *Node, d int) error {
	return refuse(n, fmt.Sprintf("the polynomial is of degree %d, and at most %d is possible", d, maxDegree),
		fmt.Sprintf("train with a polynomial of degree %d or less, or cut before it", maxDegree))
}

func (p *compiler) divide(n *Node, _ *call) (*value, error) {
	args, err := p.operands(n)
	if err != nil {
		return nil, err
	}
	by := args[1]
	if by.base != noTensor || slices.Contains(by.poly[0], 0) {
		return nil, refuse(n, "it divides by an encrypted value or by zero", "divide by constants only, or cut before it")
	}
	inverse := make([]float64, by.poly.channels())
	for i, v := range by.poly[0] {
		inverse[i] = 1 / v
	}
	return p.product(n, args[0], &value{base: noTensor, shape: by.shape, poly: polynomial{inverse}})
}

func (p *compiler) power(n *Node, _ *call) (*value, error) {
	args, err := p.operands(n)
	if err != nil {
		return nil, err
	}
	if e := args[1]; e.base == noTensor {
		k := int(e.poly[0][0])
		same := !slices.ContainsFunc(e.poly[0], func(v float64) bool { return v != float64(k) })
		if same && k >= 1 && k <= maxDegree {
			return p.raised(n, args[0], k)
		}
	}
	return nil, refuse(n, fmt.Sprintf("the exponent is not one whole number from 1 to %d", maxDegree),
		fmt.Sprintf("use powers up to %d, or cut before it", maxDegree))
}

func (p *compiler) normalize(n *Node, c *call) (*value, error) {
	scale, shift, err := c.normalization()
	if err != nil {
		return nil, err
	}
	v := p.values[n.Inputs[0]]
	if c.shapes[0][0] != 1 || len(scale) != v.shape[0] {
		return nil, refuse(n, "its channels are not those of the tensor", "fold it into the layer before")
	}
	q := v.polynomial()
	return p.polynomialOf(n, v.base, polynomial{shift, scale}.spread(q.channels()).of(q)), nil
}

// approximation compiles what Approximate made of an activation: a tensor on
// [-1, 1] and a polynomial of that.
func (p *compiler) approximation(n *Node, c *call) (*value, error) {
	a, err := c.approximation()
	if err != nil {
		return nil, err
	}
	v := p.values[n.Inputs[0]]
	q := v.polynomial()
	scale, shift := a.scaling()
	u := p.polynomialOf(n, v.base, linear(q.channels(), scale, shift).of(q))
	u.name += "/scaled"
	at := p.write(u)
	if at != v.base {
		delete(p.origin, at) // powers of what is outside [-1, 1] lose precision
	}
	out := make(polynomial, len(a.coefficients))
	for k, f := range a.coefficients {
		out[k] = slices.Repeat([]float64{f}, u.shape[0])
	}
	return p.polynomialOf(n, at, out.trimmed()), nil
}
