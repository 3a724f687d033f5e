package fhe

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"

	"github.com/encrypted-compute/encompute/ring52"
)

// Kind names the arithmetic that evaluations run on this machine: the kernels of package ring52, or none.
func Kind() string { return ring52.Kind() }

// KernelTime is what one operation takes with the kernels of this machine and by stock lattigo, on one goroutine: the
// least of several turns of a few runs each, in milliseconds. Both give the same bits.
type KernelTime struct {
	Operation string  `json:"operation"` // "rotation" or "NTT", of one prime
	LogN      int     `json:"logN"`
	Primes    int     `json:"primes"`
	Special   int     `json:"special"` // primes of them
	OnMs      float64 `json:"onMs"`
	OffMs     float64 `json:"offMs"`
}

// kernelSets are those of a shallow and of a deep prefix.
var kernelSets = []benchSet{
	{13, []int{28, 26, 26, 26, 26, 26}, []int{28, 28}},
	{14, []int{46, 41, 41, 41, 41, 41, 41, 41}, []int{48, 48}},
}

// MeasureKernels times rotations and transforms in conjugate-invariant rings with two special primes. It takes a few
// seconds, ends early with the context, and fails where results differ.
func MeasureKernels(ctx context.Context) (list []KernelTime, err error) {
	defer recoverTo(&err, ErrEngine)
	for _, set := range kernelSets {
		rotation, transform, err := set.measure(ctx)
		if err != nil {
			return nil, fmt.Errorf("measure kernels at ring degree 2^%d: %w", set.logN, err)
		}
		list = append(list, rotation, transform)
	}
	return list, nil
}

func (s benchSet) measure(ctx context.Context) (rotation, transform KernelTime, err error) {
	b, err := newBench(ctx, s, 1)
	if err != nil {
		return rotation, transform, err
	}
	stock, err := s.parameters()
	if err != nil {
		return rotation, transform, err
	}
	keys := rlwe.NewMemEvaluationKeySet(nil, b.key)
	b.engine.keys = &Keys{set: keys, orders: map[uint64][]uint64{b.key.GaloisElement: b.order}}
	b.ct.MetaData = b.engine.c.metadata(exp2(40))
	ev, slow := ckks.NewEvaluator(stock, keys), ckks.NewCiphertext(stock, 1, stock.MaxLevel())
	rotation = KernelTime{Operation: "rotation", LogN: s.logN, Primes: len(s.q) + len(s.p), Special: len(s.p)}
	var fast *rlwe.Ciphertext
	err = rotation.measure(ctx, func() (err error) {
		if fast != nil {
			b.engine.drop(fast)
		}
		sum, err := b.engine.rotationSum(plain(b.ct), b.ct.Level(), []int{1})
		if err != nil {
			return err
		}
		fast, err = b.engine.settle(sum, b.ct.Level(), b.ct.Scale, false)
		return err
	}, func() error { return ev.Rotate(b.ct, 1, slow) })
	if err != nil {
		return rotation, transform, err
	}
	for k := range fast.Value {
		if !fast.Value[k].Equal(&slow.Value[k]) {
			return rotation, transform, fmt.Errorf("%w: a rotation gives other residues than lattigo's", ErrEngine)
		}
	}
	b.inverse() // fills coefficients
	transform = KernelTime{Operation: "NTT", LogN: s.logN, Primes: 1}
	x, ours, theirs := b.coeffs.Coeffs[0], make([]uint64, stock.N()), make([]uint64, stock.N())
	err = transform.measure(ctx,
		func() error { b.narrow.NTT(x, ours); return nil },
		func() error { stock.RingQ().SubRings[0].NTT(x, theirs); return nil },
	)
	if err == nil && !slices.Equal(ours, theirs) {
		err = fmt.Errorf("%w: a transform gives other residues than lattigo's", ErrEngine)
	}
	return rotation, transform, err
}

// inARow is how often an operation runs before the other has its turn: as in an evaluation, where one follows the other,
// and not after a pause in which shared caches fill with other things.
const inARow = 4

// measure runs on and off in turn, for two seconds.
func (t *KernelTime) measure(ctx context.Context, on, off func() error) error {
	least := [2]float64{math.Inf(1), math.Inf(1)}
	for start, n := time.Now(), 0; n < rounds || time.Since(start) < 2*time.Second; n++ {
		for i, do := range []func() error{on, off} {
			for range inARow {
				if err := ctx.Err(); err != nil {
					return err
				}
				from := time.Now()
				if err := do(); err != nil {
					return err
				}
				least[i] = min(least[i], float64(time.Since(from))/float64(time.Millisecond))
			}
		}
	}
	t.OnMs, t.OffMs = least[0], least[1]
	return nil
}
