package fhe

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/big"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
)

// measurement is what a trial run found.
type measurement struct {
	noiseStd float64 // of a decrypted coefficient around the exact one, see compare
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

// compare returns the deviation from the exact encoding of want, for one coefficient, and the precision in bits. The
// deviation is that of all coefficients or, if that is larger, that of the directions in which values are read: the
// noise of products stands only in slots that hold something.
func (d *Decrypted) compare(want []float64) (std, bits float64, err error) {
	c := d.c
	ecd := ckks.NewEncoder(c.params)
	slots, exact := make([]float64, c.slots()), make([]float64, c.slots())
	all, read, worst, largest := 0.0, 0.0, 0.0, 0.0
	for u, pt := range d.plain {
		index := d.packing.outputs[u]
		for s := range exact {
			exact[s] = 0
			if i := index[s%len(index)]; i >= 0 {
				exact[s] = want[i]
			}
		}
		if err := ecd.Decode(pt, slots); err != nil {
			return 0, 0, fmt.Errorf("decode: %w", err)
		}
		sum, err := d.deviation(ecd, pt, exact)
		if err != nil {
			return 0, 0, err
		}
		all += sum
		read += c.energy(d.packing.sources(u), slots, exact)
		for s, v := range slots {
			worst = max(worst, math.Abs(v-exact[s]))
			largest = max(largest, math.Abs(exact[s]))
		}
	}
	std = math.Sqrt(max(all/float64(len(d.plain)*c.slots()), read/float64(len(want))))
	return std, math.Log2(largest / worst), nil
}

// deviation is the squared Euclidean distance of a decryption's coefficients from the exact ones.
func (d *Decrypted) deviation(ecd *ckks.Encoder, pt *rlwe.Plaintext, exact []float64) (sum float64, err error) {
	c := d.c
	r := c.params.RingQ().AtLevel(c.outputLevel())
	q := r.ModulusAtLevel[c.outputLevel()]
	half := new(big.Int).Rsh(q, 1)
	p, err := c.encodePoly(ecd, exact, exp2(c.outputLogScale()), c.outputLevel(), -1, false)
	if err != nil {
		return 0, fmt.Errorf("encode reference: %w", err)
	}
	r.INTT(p.Q, p.Q)
	r.Sub(pt.Value, p.Q, p.Q)
	coeffs := make([]*big.Int, c.slots())
	for i := range coeffs {
		coeffs[i] = new(big.Int)
	}
	r.PolyToBigint(p.Q, 1, coeffs)
	for _, v := range coeffs {
		if v.Cmp(half) > 0 {
			v.Sub(v, q)
		}
		f, _ := new(big.Float).SetInt(v).Float64()
		sum += f * f
	}
	return sum, nil
}

// energy is the squared Euclidean norm of an error's coefficients in the directions of some slots. Decoding is a matrix
// P with P P^T = 2N I - 1 1^T, so that for the errors e in k slots it is e^T (2N I - 1 1^T)^-1 e, which is
// (|e|^2 + (sum of e)^2 / (2N - k)) / 2N.
func (c *checkedPlan) energy(read []int, slots, exact []float64) float64 {
	scale, n := math.Exp2(float64(c.outputLogScale())), 2*float64(c.slots())
	sum, squares := 0.0, 0.0
	for _, s := range read {
		e := (slots[s] - exact[s]) * scale
		sum, squares = sum+e, squares+e*e
	}
	return (squares + sum*sum/(n-float64(len(read)))) / n
}

// sources lists the slots of output ciphertext u that values are read from: the first that each stands in.
func (p *packed) sources(u int) (list []int) {
	seen := map[int32]bool{}
	for v, index := range p.outputs[:u+1] {
		for s, i := range index {
			if i < 0 || seen[i] {
				continue
			}
			if seen[i] = true; v == u {
				list = append(list, s)
			}
		}
	}
	return list
}
