package fhe

import (
	"context"
	"fmt"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
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

// keylessEncoder encodes the maps of a keyless plan.
type keylessEncoder struct {
	ctx      context.Context
	c        *checkedPlan
	m        *matrix
	poly     *Poly
	plane    int
	packing  *packed
	encoders []*ckks.Encoder
}

func encodeKeyless(ctx context.Context, c *checkedPlan, g *program, packing *packed, threads int) (*keylessMaps, error) {
	_, plane := channels(g.stages[0].out)
	e := keylessEncoder{ctx, c, g.maps[0], g.stages[0].poly, plane, packing, newEncoders(c, threads)}
	k := &keylessMaps{}
	for u := range packing.outputs {
		if err := e.output(k, u); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// output encodes the maps of one output ciphertext.
func (e *keylessEncoder) output(k *keylessMaps, u int) error {
	linear := exp2(e.c.lit.LogWeights + e.c.lit.Packing.LogScale)
	one := func(int) float64 { return 1 }
	right, err := e.weights(u, one)
	if err != nil {
		return err
	}
	bias, err := e.constants(u, linear, func(i int) float64 { return e.m.bias[i] })
	if err != nil {
		return err
	}
	k.right, k.biasR = append(k.right, right), append(k.biasR, bias)
	if e.poly == nil {
		return nil
	}
	a := func(i int) float64 { return e.poly.A[i/e.plane] }
	left, err := e.weights(u, a)
	if err != nil {
		return err
	}
	if bias, err = e.constants(u, linear, func(i int) float64 { return a(i)*e.m.bias[i] + e.poly.B[i/e.plane] }); err != nil {
		return err
	}
	last, err := e.constants(u, exp2(e.c.outputLogScale()), func(i int) float64 { return e.poly.C[i/e.plane] })
	k.left, k.biasL, k.constant = append(k.left, left), append(k.biasL, bias), append(k.constant, last)
	return err
}

// weights encodes the rows of the map that belong to an output ciphertext, each times a factor.
func (e *keylessEncoder) weights(u int, factor func(i int) float64) ([]ring.Poly, error) {
	columns, err := keylessColumns(e.m, e.packing.outputs[u], e.packing.inputs)
	if err != nil {
		return nil, err
	}
	for _, column := range columns {
		for slot, i := range e.packing.outputs[u] {
			if i >= 0 {
				column[slot] *= factor(int(i))
			}
		}
	}
	polys := make([]ring.Poly, len(columns))
	err = parallel(e.ctx, len(e.encoders), len(polys), func(w, t int) error {
		p, err := e.c.encodePoly(e.encoders[w], columns[t], exp2(e.c.lit.LogWeights), e.c.params.MaxLevel(), -1, true)
		polys[t] = p.Q
		return err
	})
	return polys, err
}

// constants encodes one number for each output.
func (e *keylessEncoder) constants(u int, scale rlwe.Scale, f func(i int) float64) (ring.Poly, error) {
	values := make([]float64, e.c.slots())
	for slot, i := range e.packing.outputs[u] {
		if i >= 0 {
			values[slot] = f(int(i))
		}
	}
	p, err := e.c.encodePoly(e.encoders[0], values, scale, e.c.params.MaxLevel(), -1, false)
	return p.Q, err
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
