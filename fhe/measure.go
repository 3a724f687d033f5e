package fhe

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/big"

	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
)

// measurement is what a trial run found.
type measurement struct {
	noiseStd float64 // of the decrypted coefficients around the exact ones
	bits     float64 // log2 of the largest output over the largest error
}

// measure runs the whole plan on samples under a throw-away key and compares with the float64 reference, in
// coefficients and in values. The worst sample counts.
func measure(ctx context.Context, plan Plan, prefix Prefix, samples [][]float64, threads int) (measurement, error) {
	m := measurement{bits: math.Inf(1)}
	ev, err := NewEvaluator(ctx, plan, prefix, threads)
	if err != nil {
		return m, err
	}
	sk, err := plan.NewSecretKey()
	if err != nil {
		return m, err
	}
	var blob bytes.Buffer
	if err := plan.EvaluationKeys(ctx, sk, &blob, nil); err != nil {
		return m, err
	}
	keys, err := ev.LoadKeys(&blob)
	if err != nil {
		return m, err
	}
	for _, x := range samples {
		in, err := plan.Encrypt(sk, x)
		if err != nil {
			return m, err
		}
		out, err := ev.Evaluate(ctx, keys, in, nil)
		if err != nil {
			return m, err
		}
		d, err := plan.Decrypt(sk, out)
		if err != nil {
			return m, err
		}
		std, bits, err := d.compare(prefix.eval(x))
		if err != nil {
			return m, err
		}
		m.noiseStd, m.bits = max(m.noiseStd, std), min(m.bits, bits)
	}
	return m, nil
}

// compare returns the deviation from the exact encoding of want, and the precision in bits.
func (d *Decrypted) compare(want []float64) (std, bits float64, err error) {
	c := d.c
	ecd := ckks.NewEncoder(c.params)
	r := c.params.RingQ().AtLevel(c.outputLevel())
	q := r.ModulusAtLevel[c.outputLevel()]
	half := new(big.Int).Rsh(q, 1)
	slots, exact := make([]float64, c.slots()), make([]float64, c.slots())
	coeffs := make([]*big.Int, c.slots())
	for i := range coeffs {
		coeffs[i] = new(big.Int)
	}
	sum, worst, largest := 0.0, 0.0, 0.0
	for u, pt := range d.plain {
		index := d.packing.outputs[u]
		for s := range exact {
			exact[s] = 0
			if i := index[s%len(index)]; i >= 0 {
				exact[s] = want[i]
			}
		}
		p, err := c.encodePoly(ecd, exact, exp2(c.outputLogScale()), c.outputLevel(), -1, false)
		if err != nil {
			return 0, 0, fmt.Errorf("encode reference: %w", err)
		}
		r.INTT(p.Q, p.Q)
		r.Sub(pt.Value, p.Q, p.Q)
		r.PolyToBigint(p.Q, 1, coeffs)
		for _, v := range coeffs {
			if v.Cmp(half) > 0 {
				v.Sub(v, q)
			}
			f, _ := new(big.Float).SetInt(v).Float64()
			sum += f * f
		}
		if err := ecd.Decode(pt, slots); err != nil {
			return 0, 0, fmt.Errorf("decode: %w", err)
		}
		for s, v := range slots {
			worst = max(worst, math.Abs(v-exact[s]))
			largest = max(largest, math.Abs(exact[s]))
		}
	}
	return math.Sqrt(sum / float64(len(d.plain)*c.slots())), math.Log2(largest / worst), nil
}
