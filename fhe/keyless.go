package fhe

import (
	"context"
	"fmt"
	"math"
	"math/big"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"

	"github.com/encrypted-compute/encompute/ring52"
)

// keylessMaps are the weights of a keyless plan. A quadratic a z^2 + b z + c is evaluated as (a z + b) z + c, a
// product of two linear maps of the input, so that signs and zeros of a need no care.
type keylessMaps struct {
	primes  []*ring52.Prime
	outputs []keylessOutput
}

// keylessOutput is one output ciphertext.
type keylessOutput struct {
	right    keylessMap  // z
	left     *keylessMap // a z + b; nil without an activation
	constant ring.Poly   // c
}

// keylessMap is a linear map of the input ciphertexts: each times a plaintext, or times a number for each prime where
// all slots have one weight.
type keylessMap struct {
	weights []ring.Poly
	numbers [][]uint64 // Montgomery form; instead of weights
	bias    ring.Poly
}

// keylessEncoder encodes the maps of a keyless plan.
type keylessEncoder struct {
	ctx      context.Context
	c        *checkedPlan
	cols     *columns
	packing  *packed
	encoders []*ckks.Encoder
}

func encodeKeyless(ctx context.Context, c *checkedPlan, p Prefix, packing *packed, threads int, kernels bool) (*keylessMaps, error) {
	cols, err := newColumns(p, c.lit.Packing.Quadratic, c.slots(), weights)
	if err != nil {
		return nil, err
	}
	if !rowsFed(cols, packing) {
		return nil, fmt.Errorf("%w: packing does not feed every value", ErrMismatch)
	}
	e := keylessEncoder{ctx, c, cols, packing, newEncoders(c, threads)}
	k := &keylessMaps{primes: ring52.NewPrimes(c.params.RingQ(), kernels)}
	for u := range packing.outputs {
		out, err := e.output(u)
		if err != nil {
			return nil, err
		}
		k.outputs = append(k.outputs, out)
	}
	return k, nil
}

// rowsFed says that the packing's slots are the columns' own.
func rowsFed(cols *columns, packing *packed) bool {
	for i := range cols.classes.of {
		u, s := cols.place(i)
		if u >= len(packing.outputs) || packing.outputs[u][s] != int32(i) {
			return false
		}
	}
	return len(packing.inputs) == cols.classes.width
}

// output encodes the maps of one output ciphertext.
func (e *keylessEncoder) output(u int) (out keylessOutput, err error) {
	_, plane := channels(e.cols.shape)
	poly := e.cols.poly
	coefficient := func(power int) func(i int) float64 {
		return func(i int) float64 { return poly.Coefficients[power][i/plane] }
	}
	if out.right, err = e.linear(u, func(int) float64 { return 1 }, func(int) float64 { return 0 }); err != nil || poly == nil {
		return out, err
	}
	left, err := e.linear(u, coefficient(2), coefficient(1))
	if err != nil {
		return out, err
	}
	out.left = &left
	out.constant, err = e.constants(u, exp2(e.c.outputLogScale()), coefficient(0))
	return out, err
}

// linear encodes the rows of an output ciphertext, each times a factor, and a shift.
func (e *keylessEncoder) linear(u int, factor, shift func(i int) float64) (m keylessMap, err error) {
	scale := exp2(e.c.lit.LogWeights + e.c.lit.Packing.LogScale)
	m.bias, err = e.constants(u, scale, func(i int) float64 { return factor(i)*e.cols.bias[i] + shift(i) })
	if err != nil {
		return m, err
	}
	lanes := len(e.packing.inputs)
	if e.cols.uniform {
		row := u * len(e.cols.classes.cols)
		for t := range lanes {
			m.numbers = append(m.numbers, e.number(factor(row)*e.cols.weight(row, t)))
		}
		return m, nil
	}
	m.weights = make([]ring.Poly, lanes)
	err = parallel(e.ctx, len(e.encoders), lanes, func(w, t int) error {
		values := make([]float64, e.c.slots())
		for slot, i := range e.packing.outputs[u] {
			if i >= 0 {
				values[slot] = factor(int(i)) * e.cols.weight(int(i), t)
			}
		}
		p, err := e.c.encodePoly(e.encoders[w], values, exp2(e.c.lit.LogWeights), e.c.params.MaxLevel(), -1, true)
		m.weights[t] = p.Q
		return err
	})
	return m, err
}

// number is a weight as an integer modulo each prime.
func (e *keylessEncoder) number(w float64) (list []uint64) {
	f := new(big.Float).SetMantExp(big.NewFloat(w), e.c.lit.LogWeights)
	f.Add(f, big.NewFloat(math.Copysign(0.5, w)))
	n, _ := f.Int(nil)
	for _, r := range e.c.params.RingQ().SubRings {
		v := new(big.Int).Mod(n, new(big.Int).SetUint64(r.Modulus)).Uint64()
		list = append(list, ring.MForm(v, r.Modulus, r.BRedConstant))
	}
	return list
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

// evaluate returns the linear maps, or their products unrelinearised. Work is dealt to goroutines by output and prime.
func (k *keylessMaps) evaluate(ctx context.Context, c *checkedPlan, x []*rlwe.Ciphertext, threads int) ([]*rlwe.Ciphertext, error) {
	out := make([]*rlwe.Ciphertext, len(k.outputs))
	for u := range out {
		out[u] = c.newCiphertext(c.outputDegree(), c.params.MaxLevel(), exp2(c.outputLogScale()))
	}
	limbs := len(c.lit.Q)
	scratch := make([][5][]uint64, threads)
	for w := range scratch {
		for i := range scratch[w] {
			scratch[w][i] = make([]uint64, c.slots())
		}
	}
	return out, parallel(ctx, threads, len(out)*limbs, func(w, i int) error {
		u, l := i/limbs, i%limbs
		prime, o := k.primes[l], k.outputs[u]
		y := out[u].Value
		if o.left == nil {
			o.right.sum(prime, l, x, [2][]uint64{y[0].Coeffs[l], y[1].Coeffs[l]})
			return nil
		}
		z, left := [2][]uint64{scratch[w][0], scratch[w][1]}, [2][]uint64{scratch[w][2], scratch[w][3]}
		o.right.sum(prime, l, x, z)
		o.left.sum(prime, l, x, left)
		for h := range left {
			prime.ToMontgomery(left[h], left[h])
		}
		z0, z1 := [][]uint64{z[0]}, [][]uint64{z[1]}
		prime.Sums(
			ring52.Sum{A0: z0, A1: z1, B: [][]uint64{left[0]}, Out0: y[0].Coeffs[l], Out1: y[1].Coeffs[l]},
			ring52.Sum{A0: z0, A1: z1, B: [][]uint64{left[1]}, Out0: scratch[w][4], Out1: y[2].Coeffs[l]},
		)
		prime.Add(y[0].Coeffs[l], o.constant.Coeffs[l], y[0].Coeffs[l])
		prime.Add(y[1].Coeffs[l], scratch[w][4], y[1].Coeffs[l])
		return nil
	})
}

// sum sets y to one limb of the map's result, fully reduced.
func (m *keylessMap) sum(prime *ring52.Prime, l int, x []*rlwe.Ciphertext, y [2][]uint64) {
	s := ring52.Sum{Run: 1, Out0: y[0], Out1: y[1]}
	if m.numbers != nil {
		s.Run = len(y[0])
	}
	for t, ct := range x {
		var w []uint64
		if m.numbers != nil {
			w = m.numbers[t][l : l+1]
		} else {
			w = m.weights[t].Coeffs[l]
		}
		s.A0, s.A1, s.B = append(s.A0, ct.Value[0].Coeffs[l]), append(s.A1, ct.Value[1].Coeffs[l]), append(s.B, w)
	}
	prime.Sums(s)
	prime.Add(y[0], m.bias.Coeffs[l], y[0])
}
