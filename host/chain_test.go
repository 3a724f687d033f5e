package host

import (
	"context"
	"errors"
	"maps"
	"math/big"
	"slices"
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
	windows map[protocol.Digest]uint64 // ends of claims and contests

	wallets map[protocol.Address]protocol.Address // smart wallets, and whose signatures they take

	gasPrice int64
	batched  []int // settlements in each transaction of those that carry several
	failing  error // of every write
	unread   error // of every read
	lost     int   // so many reads of jobs fail
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
		workers: map[protocol.Address]contracts.Worker{}, allowed: map[protocol.Digest]bool{}, windows: map[protocol.Digest]uint64{},
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
	if c.lost > 0 {
		c.lost--
		return 0, errors.New("no answer")
	}
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

func (c *fakeChain) WalletAccepts(_ context.Context, account protocol.Address, d protocol.Digest, sig []byte) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	owner, ok := c.wallets[account]
	return ok && protocol.VerifyDigest(d, sig, owner) == nil, c.unread
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

func (c *fakeChain) SubmitReceipts(_ context.Context, _ protocol.SigningKey, list []contracts.SignedReceipt) (map[protocol.Digest]error, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	refused := map[protocol.Digest]error{}
	for _, r := range list {
		id := c.addresses.Domain().JobID(r.Spec)
		signer, err := protocol.RecoverAddress(c.addresses.Domain().ReceiptDigest(r.Receipt), r.Signature)
		if err == nil && c.workers[signer].WorkloadID != r.Spec.WorkloadID {
			err = errors.New("contract refused: NotLiveWorker")
		}
		if err == nil {
			err = c.move("receipt", id, contracts.StateComputed, r.Spec.PrefixBy, contracts.StatePosted)
		}
		if err != nil {
			refused[id] = err
		}
	}
	return c.sent(len(list), refused)
}

func (c *fakeChain) DeliverMany(_ context.Context, _ protocol.SigningKey, list []contracts.SignedDelivery) (map[protocol.Digest]error, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	refused := map[protocol.Digest]error{}
	for _, d := range list {
		id := c.addresses.Domain().JobID(d.Spec)
		err := protocol.VerifyDigest(c.addresses.Domain().DeliveryDigest(d.Delivery), d.Signature, d.Spec.Creator)
		to := contracts.StateClaimed
		if d.Acknowledgement != nil {
			to, err = contracts.StateDelivered, errors.Join(err, c.checkAcknowledgement(d.Spec, d.Delivery.ResultHash, d.Acknowledgement))
		}
		if err == nil {
			err = c.move("delivery", id, to, d.Spec.DeliverBy, contracts.StateComputed)
		}
		if err != nil {
			refused[id] = err
		} else {
			c.windows[id] = c.time + 3600
		}
	}
	return c.sent(len(list), refused)
}

// sent notes the size of a transaction. The caller holds the lock.
func (c *fakeChain) sent(n int, refused map[protocol.Digest]error) (map[protocol.Digest]error, error) {
	if c.failing != nil {
		return nil, c.failing
	}
	c.batched = append(c.batched, n)
	return refused, nil
}

func (c *fakeChain) checkAcknowledgement(s protocol.JobSpec, resultHash protocol.Digest, sig []byte) error {
	a := protocol.Acknowledgement{JobID: c.addresses.Domain().JobID(s), ResultHash: resultHash}
	return protocol.VerifyDigest(c.addresses.Domain().AcknowledgementDigest(a), sig, s.User)
}

func (c *fakeChain) Acknowledge(_ context.Context, _ protocol.SigningKey, s protocol.JobSpec, resultHash protocol.Digest, sig []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.checkAcknowledgement(s, resultHash, sig); err != nil {
		return err
	}
	return c.move("acknowledgement", c.addresses.Domain().JobID(s), contracts.StateDelivered, c.time, contracts.StateClaimed, contracts.StateContested)
}

func (c *fakeChain) Settle(_ context.Context, _ protocol.SigningKey, s protocol.JobSpec) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := c.addresses.Domain().JobID(s)
	if c.time <= c.windows[id] {
		return errors.New("contract refused: DeadlineNotPassed")
	}
	return c.move("settlement", id, contracts.StateDelivered, c.time, contracts.StateClaimed)
}

func (c *fakeChain) SubmitTransfer(_ context.Context, key protocol.SigningKey, s protocol.JobSpec, resultHash protocol.Digest, sig []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := protocol.Transfer{JobID: c.addresses.Domain().JobID(s), ResultHash: resultHash}
	if err := protocol.VerifyDigest(c.addresses.Domain().TransferDigest(t), sig, key.Address()); err != nil {
		return err
	}
	return c.move("transfer", t.JobID, contracts.StateDelivered, c.windows[t.JobID], contracts.StateContested)
}

func (c *fakeChain) Refund(_ context.Context, _ protocol.SigningKey, s protocol.JobSpec) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, to := c.addresses.Domain().JobID(s), contracts.StateUndelivered
	deadline := map[contracts.State]uint64{
		contracts.StatePosted: s.PrefixBy, contracts.StateComputed: s.DeliverBy, contracts.StateContested: c.windows[id],
	}[c.jobs[id]]
	if c.time <= deadline {
		return errors.New("contract refused: DeadlineNotPassed")
	}
	if c.jobs[id] == contracts.StatePosted {
		to = contracts.StateRefunded
	}
	return c.move("refund", id, to, c.time, contracts.StatePosted, contracts.StateComputed, contracts.StateContested)
}

func (c *fakeChain) WindowEnd(_ context.Context, id protocol.Digest) (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.windows[id], c.unread
}

func (c *fakeChain) GasPrice(context.Context) (*big.Int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return big.NewInt(c.gasPrice), c.unread
}

// move brings a job into a state from one of some others. The caller holds the lock.
func (c *fakeChain) move(what string, id protocol.Digest, to contracts.State, by uint64, from ...contracts.State) error {
	switch {
	case c.failing != nil:
		return c.failing
	case !slices.Contains(from, c.jobs[id]):
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
