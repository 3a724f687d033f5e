package fhe

import (
	"sync"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
)

// limbPool keeps limbs between operations, so that evaluations do not wait for fresh memory to be cleared and mapped.
type limbPool struct {
	n    int
	pool sync.Pool
}

func newLimbPool(n int) *limbPool { return &limbPool{n: n} }

// get returns a limb that may hold anything.
func (p *limbPool) get() []uint64 {
	if b, ok := p.pool.Get().(*[]uint64); ok {
		return *b
	}
	return make([]uint64, p.n)
}

// put takes limbs back that nobody uses any more.
func (p *limbPool) put(list ...[]uint64) {
	for _, b := range list {
		if len(b) == p.n {
			p.pool.Put(&b)
		}
	}
}

func (p *limbPool) getAll(count int) [][]uint64 {
	list := make([][]uint64, count)
	for i := range list {
		list[i] = p.get()
	}
	return list
}

// extended is an extended ciphertext that may hold anything.
func (p *limbPool) extended(level, levelP int) extended {
	x := &rlwe.Element[ringqp.Poly]{MetaData: &rlwe.MetaData{}}
	for range 2 {
		x.Value = append(x.Value, ringqp.Poly{Q: ring.Poly{Coeffs: p.getAll(level + 1)}, P: ring.Poly{Coeffs: p.getAll(levelP + 1)}})
	}
	x.IsNTT = true
	return x
}

// release takes an extended ciphertext back.
func (p *limbPool) release(x extended) {
	if x == nil {
		return
	}
	for _, v := range x.Value {
		p.put(v.Q.Coeffs...)
		p.put(v.P.Coeffs...)
	}
}
