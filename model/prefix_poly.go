package model

import (
	"slices"
)

// quadratic is the map a*x*x + b*x + c on every element, with one a, b and c per channel.
type quadratic struct {
	name    string
	shape   []int // of one sample
	a, b, c []float64
}

// degree is 2, 1 or 0 for all channels together.
func (q *quadratic) degree() int {
	nonzero := func(v float64) bool { return v != 0 }
	switch {
	case slices.ContainsFunc(q.a, nonzero):
		return 2
	case slices.ContainsFunc(q.b, nonzero):
		return 1
	}
	return 0
}

func (q *quadratic) identity() bool {
	return q.degree() < 2 &&
		!slices.ContainsFunc(q.b, func(v float64) bool { return v != 1 }) &&
		!slices.ContainsFunc(q.c, func(v float64) bool { return v != 0 })
}

// combine applies f to the coefficients of two maps, channel by channel.
func combine(p, q *quadratic, f func(a1, b1, c1, a2, b2, c2 float64) (a, b, c float64)) *quadratic {
	n := len(p.c)
	out := &quadratic{shape: p.shape, a: make([]float64, n), b: make([]float64, n), c: make([]float64, n)}
	for i := range n {
		out.a[i], out.b[i], out.c[i] = f(p.a[i], p.b[i], p.c[i], q.a[i], q.b[i], q.c[i])
	}
	return out
}

func (q *quadratic) plus(r *quadratic, sign float64) *quadratic {
	return combine(q, r, func(a1, b1, c1, a2, b2, c2 float64) (a, b, c float64) {
		return a1 + sign*a2, b1 + sign*b2, c1 + sign*c2
	})
}

// times multiplies two maps whose degrees add up to at most 2.
func (q *quadratic) times(r *quadratic) *quadratic {
	return combine(q, r, func(a1, b1, c1, a2, b2, c2 float64) (a, b, c float64) {
		return a1*c2 + b1*b2 + c1*a2, b1*c2 + c1*b2, c1 * c2
	})
}

// then composes q with r after it; nil if that is not of degree 2 any more.
func (q *quadratic) then(r *quadratic) *quadratic {
	if q.degree()*r.degree() > 2 {
		return nil
	}
	out := combine(q, r, func(a1, b1, c1, a2, b2, c2 float64) (a, b, c float64) {
		// If q is of degree 2, then r is of degree 1 and a2 is zero.
		return a2*b1*b1 + b2*a1, 2*a2*b1*c1 + b2*b1, a2*c1*c1 + b2*c1 + c2
	})
	out.name = r.name
	return out
}

// elementwise reads nodes that compute out from in as one quadratic map, by
// evaluating them on the map's coefficients.
func (p *compiler) elementwise(in string, nodes []*Node, out string) (*quadratic, error) {
	shape := p.g.shapes[in]
	sample := sampleShape(shape)
	if len(sample) == 0 {
		return nil, refuse(nodes[0], "its input is a single number without channels", "cut before it")
	}
	id := p.constant(sample, 0)
	for i := range id.b {
		id.b[i] = 1
	}
	values := map[string]*quadratic{in: id}
	for _, n := range nodes {
		if _, ok := elementwiseOps[n.Op]; !ok {
			if linear[n.Op] != nil {
				return nil, refuse(n, "it stands on one of several branches", "cut before the branch, or train the model without skip connections")
			}
			return nil, refuseOp(n)
		}
		if !slices.Equal(p.g.shapes[n.Outputs[0]], shape) {
			return nil, refuse(n, "a constant broadcasts the tensor to another shape", "cut before it")
		}
		q, err := p.apply(n, values, shape)
		if err != nil {
			return nil, err
		}
		q.name = scope(n.Name)
		values[n.Outputs[0]] = q
	}
	return values[out], nil
}

// constant is the map to one number.
func (p *compiler) constant(sample []int, v float64) *quadratic {
	n := sample[0]
	return &quadratic{shape: sample, a: make([]float64, n), b: make([]float64, n), c: slices.Repeat([]float64{v}, n)}
}

// elementwiseOps are the operators that apply knows.
var elementwiseOps = map[string]bool{
	"Add": true, "Sub": true, "Mul": true, "Div": true, "Pow": true, "Neg": true, "Sum": true,
	"BatchNormalization": true, "Identity": true, "Dropout": true, "Cast": true,
}

// apply evaluates one node on maps.
func (p *compiler) apply(n *Node, values map[string]*quadratic, shape []int) (*quadratic, error) {
	sample := sampleShape(shape)
	if n.Op == "BatchNormalization" {
		scale, shift, err := p.g.call(n, nil).normalization()
		if err != nil {
			return nil, err
		}
		bn := p.constant(sample, 0)
		copy(bn.b, scale)
		copy(bn.c, shift)
		if q := values[n.Inputs[0]].then(bn); q != nil && len(scale) == sample[0] {
			return q, nil
		}
		return nil, refuse(n, "its channels are not those of the tensor", "fold it into the layer before")
	}
	var args []*quadratic
	for _, in := range n.Inputs {
		if q := values[in]; q != nil {
			args = append(args, q)
		} else if t := p.g.consts[in]; t != nil {
			q, ok := p.perChannel(t, shape)
			if !ok {
				return nil, refuse(n, "a constant varies within a channel", "use one constant per channel, or cut before it")
			}
			args = append(args, q)
		}
	}
	q := args[0]
	switch n.Op {
	case "Add", "Sum":
		for _, r := range args[1:] {
			q = q.plus(r, 1)
		}
	case "Sub":
		q = q.plus(args[1], -1)
	case "Neg":
		q = p.constant(sample, 0).plus(q, -1)
	case "Mul":
		return multiply(n, q, args[1])
	case "Div":
		r := args[1]
		if r.degree() > 0 || slices.Contains(r.c, 0) {
			return nil, refuse(n, "it divides by an encrypted value or by zero", "divide by constants only, or cut before it")
		}
		inverse := combine(r, r, func(_, _, c, _, _, _ float64) (float64, float64, float64) { return 0, 0, 1 / c })
		return multiply(n, q, inverse)
	case "Pow":
		switch r := args[1]; {
		case r.degree() == 0 && !slices.ContainsFunc(r.c, func(v float64) bool { return v != 2 }):
			return multiply(n, q, q)
		case r.degree() == 0 && !slices.ContainsFunc(r.c, func(v float64) bool { return v != 1 }):
		default:
			return nil, refuse(n, "the exponent is not 1 or 2", "use squares only, or cut before it")
		}
	}
	copied := *q
	return &copied, nil
}

// multiply gives the product of two maps if the result is of degree 2.
func multiply(n *Node, q, r *quadratic) (*quadratic, error) {
	if q.degree()+r.degree() > 2 {
		return nil, refuse(n, "the polynomial is of a degree above two", "use squares only, or cut before it")
	}
	return q.times(r), nil
}

// perChannel reads a constant that broadcasts over a tensor of the given shape as
// the map to one number per channel; false if it varies within a channel.
func (p *compiler) perChannel(t *Tensor, shape []int) (*quadratic, bool) {
	if t.Type != Float {
		t = castToFloat(t)
	}
	q := p.constant(sampleShape(shape), 0)
	all := expand(t, shape).Floats
	area := len(all) / len(q.c)
	for i, v := range all {
		if v != all[i/area*area] {
			return nil, false
		}
		q.c[i/area] = float64(v)
	}
	return q, true
}
