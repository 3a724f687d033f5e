package client

import (
	"context"
	"errors"
	"sync"

	"github.com/encrypted-compute/encompute/protocol"
)

// fakeChain is the Market's bookkeeping without its money.
type fakeChain struct {
	mu       sync.Mutex
	domain   protocol.Domain
	now      uint64
	models   map[protocol.Digest]Registered
	price    protocol.Amount
	balance  protocol.Amount
	live     map[protocol.Address]protocol.Address // signer to operator
	workload protocol.Digest
	escrow   map[protocol.Digest]Escrow
	posts    int
	refunds  int
	// lostAnswer makes PostJob fail after it took the money.
	lostAnswer bool
}

func newFakeChain(w *world) *fakeChain {
	return &fakeChain{
		domain: w.domain, now: 1_700_000_000, price: 400, balance: 10_000,
		models: map[protocol.Digest]Registered{
			w.model: {Creator: w.creator.Address(), Active: true, ManifestHash: protocol.NewDigest("manifest", w.raw)},
		},
		live: map[protocol.Address]protocol.Address{w.receipt.Address(): w.operator}, workload: w.workload.ID(),
		escrow: map[protocol.Digest]Escrow{},
	}
}

func (c *fakeChain) lock() func() { c.mu.Lock(); return c.mu.Unlock }

func (c *fakeChain) Now(context.Context) (uint64, error) { defer c.lock()(); return c.now, nil }

func (c *fakeChain) FeeBps(context.Context) (uint16, error) { return 250, nil }

func (c *fakeChain) Model(_ context.Context, id protocol.Digest) (Registered, error) {
	defer c.lock()()
	return c.models[id], nil
}

func (c *fakeChain) Price(context.Context, protocol.Digest, uint32) (protocol.Amount, error) {
	defer c.lock()()
	return c.price, nil
}

func (c *fakeChain) LiveOperator(_ context.Context, signer protocol.Address, workload protocol.Digest) (protocol.Address, error) {
	defer c.lock()()
	if workload != c.workload {
		return protocol.Address{}, nil
	}
	return c.live[signer], nil
}

func (c *fakeChain) Balance(context.Context, protocol.Address) (protocol.Amount, error) {
	defer c.lock()()
	return c.balance, nil
}

func (c *fakeChain) Escrow(_ context.Context, job protocol.Digest) (Escrow, error) {
	defer c.lock()()
	return c.escrow[job], nil
}

func (c *fakeChain) PostJob(_ context.Context, spec protocol.JobSpec) error {
	defer c.lock()()
	id := c.domain.JobID(spec)
	if c.escrow[id] != EscrowNone {
		return errors.New("InvalidState")
	}
	c.escrow[id] = EscrowPosted
	c.posts++
	c.balance -= spec.WorkerFee + spec.CreatorFee
	if c.lostAnswer {
		return errors.New("connection lost")
	}
	return nil
}

func (c *fakeChain) Refund(_ context.Context, spec protocol.JobSpec) error {
	defer c.lock()()
	id := c.domain.JobID(spec)
	if c.escrow[id] != EscrowPosted || c.now <= spec.PrefixBy {
		return errors.New("InvalidState")
	}
	c.escrow[id] = EscrowRefunded
	c.refunds++
	return nil
}

func (c *fakeChain) WindowEnd(_ context.Context, job protocol.Digest) (uint64, error) {
	defer c.lock()()
	if e := c.escrow[job]; e != EscrowClaimed && e != EscrowContested {
		return 0, nil
	}
	return c.now + 3600, nil
}

func (c *fakeChain) Contest(_ context.Context, spec protocol.JobSpec) error {
	defer c.lock()()
	id := c.domain.JobID(spec)
	if c.escrow[id] != EscrowClaimed {
		return errors.New("InvalidState")
	}
	c.escrow[id] = EscrowContested
	c.balance -= spec.CreatorFee / 2
	return nil
}

func (c *fakeChain) set(change func()) { defer c.lock()(); change() }
