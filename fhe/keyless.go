package fhe

import (
	"context"
	"fmt"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
)

// keylessMaps are the weights of a keyless plan. A quadratic a z^2 + b z + c is evaluated as (a z + b) z + c, a
// product of two linear maps of the input, so that signs and zeros of a need no care.
type keylessMaps struct {
	right    [][]ring.Poly // z: per output and input ciphertext
	left     [][]ring.Poly // a z + b; nil without an activation
	biasR    []ring.Poly
	biasL    []ring.Poly
	constant []ring.Poly // c
}

func encodeKeyless(ctx context.Context, c *checkedPlan, g *program, packing *packed, threads int) (*keylessMaps, error) {
	m, s := g.maps[0], g.stages[0]
	_, plane := channels(s.out)
	k := &keylessMaps{}
	weights := exp2(c.lit.LogWeights)
	linear := exp2(c.lit.LogWeights + c.lit.Packing.LogScale)
	level := c.params.MaxLevel()
	encoders := newEncoders(c, threads)
	scaled := func(i int, v float64) float64 { return s.poly.A[i/plane] * v }

	encode := func(u int, f func(i int, v float64) float64) ([]ring.Poly, error) {
		polys := make([]ring.Poly, len(packing.inputs))
		columns, err := keylessColumns(m, packing.outputs[u], packing.inputs)
		if err != nil {
			return nil, err
		}
		return polys, parallel(ctx, threads, len(polys), func(w, t int) error {
			values := columns[t]
			if f != nil {
				values = make([]float64, len(columns[t]))
				for slot, i := range packing.outputs[u] {
					if i >= 0 {
						values[slot] = f(int(i), columns[t][slot])
					}
				}
			}
			p, err := c.encodePoly(encoders[w], values, weights, level, -1, true)
			polys[t] = p.Q
			return err
		})
	}
	constant := func(u int, scale rlwe.Scale, f func(i int) float64) (ring.Poly, error) {
		values := make([]float64, c.slots())
		for slot, i := range packing.outputs[u] {
			if i >= 0 {
				values[slot] = f(int(i))
			}
		}
		p, err := c.encodePoly(encoders[0], values, scale, level, -1, false)
		return p.Q, err
	}
	for u := range packing.outputs {
		right, err := encode(u, nil)
		if err != nil {
			return nil, err
		}
		bias, err := constant(u, linear, func(i int) float64 { return m.bias[i] })
		if err != nil {
			return nil, err
		}
		k.right, k.biasR = append(k.right, right), append(k.biasR, bias)
		if s.poly == nil {
			continue
		}
		left, err := encode(u, scaled)
		if err != nil {
			return nil, err
		}
		if bias, err = constant(u, linear, func(i int) float64 { return scaled(i, m.bias[i]) + s.poly.B[i/plane] }); err != nil {
			return nil, err
		}
		last, err := constant(u, exp2(c.outputLogScale()), func(i int) float64 { return s.poly.C[i/plane] })
		if err != nil {
			return nil, err
		}
		k.left, k.biasL, k.constant = append(k.left, left), append(k.biasL, bias), append(k.constant, last)
	}
	return k, nil
}

// keylessColumns spreads the map's weights over the slots of one output ciphertext: one vector for each input.
func keylessColumns(m *matrix, outputs []int32, inputs [][]int32) ([][]float64, error) {
	columns := make([][]float64, len(inputs))
	for t := range columns {
		columns[t] = make([]float64, len(outputs))
	}
	for slot, i := range outputs {
		if i < 0 {
			continue
		}
		cols, at := m.row(int(i))
		for n, j := range cols {
			if n >= len(inputs) || inputs[n][slot] != j {
				return nil, fmt.Errorf("%w: packing does not feed value %d", ErrMismatch, i)
			}
			columns[n][slot] = m.val[at+n]
		}
	}
	return columns, nil
}

// evaluate returns the linear maps, or their products unrelinearised.
func (k *keylessMaps) evaluate(ctx context.Context, c *checkedPlan, x []*rlwe.Ciphertext, threads int) ([]*rlwe.Ciphertext, error) {
	r := c.params.RingQ()
	sum := func(w []ring.Poly, bias ring.Poly) ([2]ring.Poly, error) {
		y := [2]ring.Poly{r.NewPoly(), r.NewPoly()}
		for t := range w {
			if err := ctx.Err(); err != nil {
				return y, err
			}
			for h := range 2 {
				r.MulCoeffsMontgomeryThenAdd(x[t].Value[h], w[t], y[h])
			}
		}
		r.Add(y[0], bias, y[0])
		return y, nil
	}
	out := make([]*rlwe.Ciphertext, len(k.right))
	err := parallel(ctx, threads, len(out), func(_, u int) error {
		y := c.newCiphertext(c.outputDegree(), c.params.MaxLevel(), exp2(c.outputLogScale()))
		out[u] = y
		z, err := sum(k.right[u], k.biasR[u])
		if err != nil {
			return err
		}
		if k.left == nil {
			y.Value[0].Copy(z[0])
			y.Value[1].Copy(z[1])
			return nil
		}
		l, err := sum(k.left[u], k.biasL[u])
		if err != nil {
			return err
		}
		for h := range 2 {
			r.MForm(l[h], l[h])
		}
		r.MulCoeffsMontgomery(l[0], z[0], y.Value[0])
		r.Add(y.Value[0], k.constant[u], y.Value[0])
		r.MulCoeffsMontgomery(l[0], z[1], y.Value[1])
		r.MulCoeffsMontgomeryThenAdd(l[1], z[0], y.Value[1])
		r.MulCoeffsMontgomery(l[1], z[1], y.Value[2])
		return nil
	})
	return out, err
}
