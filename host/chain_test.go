package host

import (
	"context"
	"errors"
	"maps"
	"sync"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

// fakeChain is a chain in memory that keeps the rules which the host relies on.
type fakeChain struct {
	addresses contracts.Addresses
	batches   chan contracts.Batch // what Watch delivers
	settled   chan settlement      // what was submitted and accepted

	mu      sync.Mutex
	time    uint64
	jobs    map[protocol.Digest]contracts.State
	models  map[protocol.Digest]contracts.Model
	workers map[protocol.Address]contracts.Worker
	allowed map[protocol.Digest]bool
	failing error // of every write
	unread  error // of every read
}

// settlement is an accepted submission.
type settlement struct {
	what  string
	jobID protocol.Digest
}

func newFakeChain(now uint64) *fakeChain {
	return &fakeChain{
		addresses: contracts.Addresses{
			ChainID: 1337, Token: protocol.Address{0xa1}, WorkerRegistry: protocol.Address{0xa2}, ModelRegistry: protocol.Address{0xa3},
			Market: protocol.Address{0xa4}, AttesterVerifier: protocol.Address{0xa5},
		},
		batches: make(chan contracts.Batch), settled: make(chan settlement, 64), time: now,
		jobs: map[protocol.Digest]contracts.State{}, models: map[protocol.Digest]contracts.Model{},
		workers: map[protocol.Address]contracts.Worker{}, allowed: map[protocol.Digest]bool{},
	}
}

// with changes the chain.
func (c *fakeChain) with(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

func (c *fakeChain) registered() map[protocol.Address]contracts.Worker {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.workers)
}

func (c *fakeChain) Addresses() contracts.Addresses { return c.addresses }

func (c *fakeChain) JobState(_ context.Context, id protocol.Digest) (contracts.State, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.jobs[id], c.unread
}

func (c *fakeChain) Model(_ context.Context, id protocol.Digest) (contracts.Model, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m, ok := c.models[id]
	if !ok {
		return m, contracts.ErrNotFound
	}
	return m, c.unread
}

func (c *fakeChain) Worker(_ context.Context, signer protocol.Address) (contracts.Worker, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.workers[signer], c.unread
}

func (c *fakeChain) LiveOperator(_ context.Context, signer protocol.Address, workloadID protocol.Digest) (protocol.Address, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.workers[signer]
	if w.WorkloadID != workloadID || c.time > w.ValidUntil || !c.allowed[workloadID] {
		return protocol.Address{}, c.unread
	}
	return w.Operator, c.unread
}

func (c *fakeChain) WorkloadAllowed(_ context.Context, id protocol.Digest) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.allowed[id], c.unread
}

func (c *fakeChain) FeeBps(context.Context) (uint16, error) { return 250, nil }

func (c *fakeChain) HeaderTime(context.Context) (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.time, c.unread
}

func (c *fakeChain) BlockNumber(context.Context) (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return 1, c.unread
}

func (c *fakeChain) RegisterWorker(_ context.Context, _ protocol.SigningKey, r contracts.Registration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failing != nil {
		return c.failing
	}
	workloadID, until, err := decodeVerdict(r.Evidence)
	if err != nil {
		return err
	}
	if until <= c.workers[r.Signer].ValidUntil {
		return errors.New("contract refused: EvidenceNotNewer")
	}
	c.workers[r.Signer] = contracts.Worker{
		Operator: r.Operator, ValidUntil: until, WorkloadID: workloadID, SealingKeyHash: protocol.Keccak256(r.SealingKey),
	}
	return nil
}

// decodeVerdict reads abi.encode(bytes32 workloadId, bytes32 quoteHash, uint64 validUntil, ...).
func decodeVerdict(b []byte) (workloadID protocol.Digest, until uint64, err error) {
	if len(b) < 96 {
		return workloadID, 0, errors.New("verdict is too short")
	}
	for _, x := range b[88:96] {
		until = until<<8 | uint64(x)
	}
	return protocol.Digest(b[:32]), until, nil
}

func (c *fakeChain) SubmitReceipt(_ context.Context, _ protocol.SigningKey, s protocol.JobSpec, r protocol.Receipt, sig []byte) error {
	domain := c.addresses.Domain()
	signer, err := protocol.RecoverAddress(domain.ReceiptDigest(r), sig)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.workers[signer].WorkloadID != s.WorkloadID {
		return errors.New("contract refused: NotLiveWorker")
	}
	return c.move("receipt", domain.JobID(s), contracts.StatePosted, contracts.StateComputed, s.PrefixBy)
}

func (c *fakeChain) Deliver(_ context.Context, _ protocol.SigningKey, s protocol.JobSpec, d protocol.Delivery, sig []byte) error {
	domain := c.addresses.Domain()
	if err := protocol.VerifyDigest(domain.DeliveryDigest(d), sig, s.Creator); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.move("delivery", domain.JobID(s), contracts.StateComputed, contracts.StateDelivered, s.DeliverBy)
}

// move brings a job from one state to another. The caller holds the lock.
func (c *fakeChain) move(what string, id protocol.Digest, from, to contracts.State, by uint64) error {
	switch {
	case c.failing != nil:
		return c.failing
	case c.jobs[id] != from:
		return errors.New("contract refused: InvalidState")
	case c.time > by:
		return errors.New("contract refused: DeadlinePassed")
	}
	c.jobs[id] = to
	c.settled <- settlement{what, id}
	return nil
}

func (c *fakeChain) Watch(ctx context.Context, _ contracts.WatchOptions, handle func(contracts.Batch) error, _ func(error)) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case b := <-c.batches:
			if err := handle(b); err != nil {
				return err
			}
		}
	}
}
