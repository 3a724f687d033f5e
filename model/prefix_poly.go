package model

import "slices"

// polynomial is a map of every element of a tensor: [power][channel], with one
// column for each first index of the tensor, or one for each element. Nil is the
// identity.
type polynomial [][]float64

// linear is scale*x + shift on n channels.
func linear(n int, scale, shift float64) polynomial {
	return polynomial{slices.Repeat([]float64{shift}, n), slices.Repeat([]float64{scale}, n)}
}

func (q polynomial) channels() int { return len(q[0]) }

// power returns the coefficients of a power, zeros above the degree.
func (q polynomial) power(k int) []float64 {
	if k < len(q) {
		return q[k]
	}
	return make([]float64, q.channels())
}

func nonzero(v float64) bool { return v != 0 }

// degree is the highest power that some channel has.
func (q polynomial) degree() int {
	d := len(q) - 1
	for d > 0 && !slices.ContainsFunc(q[d], nonzero) {
		d--
	}
	return d
}

func (q polynomial) identity() bool {
	return q == nil || q.degree() == 1 && !slices.ContainsFunc(q[0], nonzero) &&
		!slices.ContainsFunc(q[1], func(v float64) bool { return v != 1 })
}

// aligned brings two polynomials of one tensor to the same number of columns.
func aligned(q, r polynomial) (polynomial, polynomial) {
	n := max(q.channels(), r.channels())
	return q.spread(n), r.spread(n)
}

// spread repeats every column, from channels to their elements.
func (q polynomial) spread(n int) polynomial {
	if q.channels() == n {
		return q
	}
	times := n / q.channels()
	out := make(polynomial, len(q))
	for k, row := range q {
		out[k] = make([]float64, n)
		for i := range out[k] {
			out[k][i] = row[i/times]
		}
	}
	return out
}

// plus adds sign*r.
func (q polynomial) plus(r polynomial, sign float64) polynomial {
	q, r = aligned(q, r)
	out := make(polynomial, max(len(q), len(r)))
	for k := range out {
		out[k] = slices.Clone(q.power(k))
		for i, v := range r.power(k) {
			out[k][i] += sign * v
		}
	}
	return out.trimmed()
}

func (q polynomial) times(r polynomial) polynomial {
	q, r = aligned(q, r)
	out := make(polynomial, len(q)+len(r)-1)
	for k := range out {
		out[k] = make([]float64, q.channels())
	}
	for j, a := range q {
		for k, b := range r {
			for i := range a {
				out[j+k][i] += a[i] * b[i]
			}
		}
	}
	return out.trimmed()
}

// of composes q with what comes before it.
func (q polynomial) of(before polynomial) polynomial {
	d := q.degree()
	out := polynomial{q[d]}
	for k := d - 1; k >= 0; k-- {
		out = out.times(before).plus(polynomial{q[k]}, 1)
	}
	return out
}

// raised is the n-th power, n >= 1.
func (q polynomial) raised(n int) polynomial {
	out := q
	for range n - 1 {
		out = out.times(q)
	}
	return out
}

// trimmed drops powers that no channel has.
func (q polynomial) trimmed() polynomial { return q[:q.degree()+1] }

// polynomial of a value's tensor.
func (v *value) polynomial() polynomial {
	if v.poly == nil {
		return linear(v.shape[0], 1, 0)
	}
	return v.poly
}
