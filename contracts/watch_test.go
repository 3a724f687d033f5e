package contracts_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/google/go-cmp/cmp"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

// mirror keeps what a watch delivered, as a host's database does.
type mirror struct {
	events  []contracts.Event
	batches []contracts.Batch
}

func (m *mirror) take(b contracts.Batch) {
	m.events = slices.DeleteFunc(m.events, func(e contracts.Event) bool { return e.Block >= b.From })
	m.events = append(m.events, b.Events...)
	m.batches = append(m.batches, b)
}

// follow watches until the latest block was delivered.
func (e *env) follow(t *testing.T, o contracts.WatchOptions, m *mirror) {
	t.Helper()
	o.Interval = time.Millisecond
	head := must(e.chain.Client().HeaderByNumber(t.Context(), nil))(t)
	done := errors.New("done")
	err := e.Watch(t.Context(), o, func(b contracts.Batch) error {
		m.take(b)
		if b.Hash == protocol.Digest(head.Hash()) || b.To+o.Confirmations == head.Number.Uint64() {
			return done
		}
		return nil
	}, func(err error) { t.Errorf("report: %v", err) })
	if !errors.Is(err, done) {
		t.Fatalf("watch ended with %v", err)
	}
}

func TestWatchDeliversEveryEvent(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	before := must(e.BlockNumber(ctx))(t)
	spec := e.post(t, 1)
	id := e.Domain().JobID(spec)
	r, sig := e.receipt(spec, e.worker)
	check(t, e.SubmitReceipt(ctx, e.stranger, spec, r, sig))
	d, sig := e.delivery(spec, e.creator)
	check(t, e.Deliver(ctx, e.stranger, spec, d, sig, e.acknowledgement(spec, d)))
	check(t, e.Withdraw(ctx, e.creator, e.user.Address()))
	late := e.post(t, 2)
	check(t, e.chain.AdvanceTime(time.Hour))
	check(t, e.Refund(ctx, e.stranger, late))
	check(t, e.SetPrice(ctx, e.creator, e.model, contracts.CutPrice{Cut: 9, Price: 10}))
	check(t, e.SetModelActive(ctx, e.creator, e.model, false))
	check(t, e.RevokeWorker(ctx, e.operator, e.worker.Address()))
	check(t, e.SetWorkload(ctx, e.owner, e.workload, false, "none"))

	user, operator, creator, owner := e.user.Address(), e.operator.Address(), e.creator.Address(), e.owner.Address()
	lateID := e.Domain().JobID(late)
	want := []contracts.EventData{
		&contracts.JobPosted{JobID: id, Spec: spec},
		&contracts.PrefixComputed{JobID: id, Operator: operator, Signer: e.worker.Address(), OutputHash: r.OutputHash, ElapsedMs: r.ElapsedMs},
		&contracts.Credited{Account: operator, JobID: id, Amount: 195_000},
		&contracts.ResultDelivered{JobID: id, OutputHash: d.OutputHash, ResultHash: d.ResultHash, Acknowledged: true},
		&contracts.Credited{Account: creator, JobID: id, Amount: 97_500},
		&contracts.Credited{Account: owner, JobID: id, Amount: 7_500},
		&contracts.Withdrawn{Account: creator, To: user, Amount: 97_500},
		&contracts.JobPosted{JobID: lateID, Spec: late},
		&contracts.JobRefunded{JobID: lateID, State: contracts.StateRefunded, Amount: 300_000},
		&contracts.Credited{Account: user, JobID: lateID, Amount: 300_000},
		&contracts.ModelPriced{ModelID: e.model, Cut: 9, Price: 10},
		&contracts.ModelActiveSet{ModelID: e.model},
		&contracts.WorkerRevoked{Signer: e.worker.Address(), By: operator},
		&contracts.WorkloadSet{WorkloadID: e.workload, Source: "none"},
	}
	var m mirror
	e.follow(t, contracts.WatchOptions{From: before + 1}, &m)
	var got []contracts.EventData
	for _, event := range m.events {
		got = append(got, event.Data)
		h := must(e.chain.Client().HeaderByHash(ctx, [32]byte(event.BlockHash)))(t)
		if h.Number.Uint64() != event.Block {
			t.Errorf("event of block %d names the hash of block %v", event.Block, h.Number)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}

	var all mirror // from the start: also what newEnv did
	e.follow(t, contracts.WatchOptions{}, &all)
	early := all.events[:len(all.events)-len(m.events)]
	registered := slices.ContainsFunc(early, func(x contracts.Event) bool {
		w, ok := x.Data.(*contracts.WorkerRegistered)
		return ok && w.Signer == e.worker.Address() && w.Operator == operator && w.WorkloadID == e.workload && w.SealingKeyHash == protocol.Keccak256(e.sealingKey)
	})
	listed := slices.ContainsFunc(early, func(x contracts.Event) bool {
		w, ok := x.Data.(*contracts.ModelRegistered)
		return ok && w.ModelID == e.model && w.Creator == creator && w.ManifestHash == e.manifest && len(w.SealingKey) == protocol.SealingKeyBytes
	})
	if !registered || !listed {
		t.Errorf("registration of worker (%v) or model (%v) is missing from %v", registered, listed, early)
	}
}

func TestWatchFollowsReorganization(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	e.post(t, 1)
	e.post(t, 2)
	head := must(e.BlockNumber(ctx))(t)

	var m mirror
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan contracts.Batch)
	ended := make(chan error, 1)
	go func() {
		ended <- e.Watch(ctx, contracts.WatchOptions{From: head - 5, Interval: time.Millisecond}, func(b contracts.Batch) error {
			select {
			case batches <- b:
			case <-ctx.Done():
			}
			return nil
		}, nil)
	}()
	next := func() contracts.Batch {
		t.Helper()
		select {
		case b := <-batches:
			m.take(b)
			return b
		case err := <-ended:
			t.Fatalf("watch ended: %v", err)
			return contracts.Batch{}
		}
	}
	for next().To < head {
	}
	e.post(t, 3)
	dropped := next()
	for dropped.To <= head {
		dropped = next()
	}
	old := slices.Clone(m.events)

	check(t, e.chain.Rewind(1)) // the third job goes into another block
	b := next()
	for b.To <= head || b.Hash == dropped.Hash {
		b = next()
	}
	if b.From != head+1 {
		t.Fatalf("delivered from block %d after block %d was dropped", b.From, head+1)
	}
	want := must(e.Events(ctx, head-5, b.To))(t)
	if diff := cmp.Diff(want, m.events); diff != "" {
		t.Errorf("mirror is not the chain (-want +got):\n%s", diff)
	}
	if cmp.Equal(old, m.events) {
		t.Error("the re-organization changed nothing: the test shows nothing")
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("watch ended with %v", err)
	}
}

func TestWatchWaitsForConfirmations(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	e.post(t, 1)
	head := must(e.BlockNumber(ctx))(t)
	var m mirror
	e.follow(t, contracts.WatchOptions{Confirmations: 1}, &m)
	if last := m.batches[len(m.batches)-1]; last.To != head-1 {
		t.Fatalf("delivered up to block %d, head is %d", last.To, head)
	}
	for _, x := range m.events {
		if _, ok := x.Data.(*contracts.JobPosted); ok {
			t.Fatal("the latest block was delivered without a confirmation")
		}
	}
	check(t, e.chain.AdvanceTime(time.Second))
	e.follow(t, contracts.WatchOptions{From: head, Confirmations: 1}, &m) // resumed
	if _, ok := m.events[len(m.events)-1].Data.(*contracts.JobPosted); !ok {
		t.Fatalf("the confirmed block was not delivered: %+v", m.events)
	}
}

// flaky fails a few times.
type flaky struct {
	contracts.Backend
	failures int
}

var errDown = errors.New("down")

func (f *flaky) FilterLogs(ctx context.Context, q ethereum.FilterQuery) ([]types.Log, error) {
	if f.failures > 0 {
		f.failures--
		return nil, errDown
	}
	return f.Backend.FilterLogs(ctx, q)
}

func TestWatchTriesAgain(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	client := must(contracts.New(ctx, &flaky{e.chain.Client(), 3}, e.addresses))(t)
	reports, enough := 0, errors.New("enough")
	err := client.Watch(ctx, contracts.WatchOptions{Interval: time.Millisecond}, func(b contracts.Batch) error {
		if b.From != 0 || len(b.Events) == 0 {
			t.Errorf("first batch starts at %d with %d events", b.From, len(b.Events))
		}
		return enough
	}, func(err error) {
		reports++
		if !errors.Is(err, errDown) {
			t.Errorf("report: %v", err)
		}
	})
	if !errors.Is(err, enough) || reports != 3 {
		t.Fatalf("watch ended with %v after %d reports", err, reports)
	}
}

// awkward is an endpoint as there are many.
type awkward struct {
	contracts.Backend
	most    uint64                          // blocks that it gives events of at once
	asked   []uint64                        // sizes of the ranges
	head    uint64                          // latest block that it knows, if not 0
	logs    func([]types.Log)               // what it does to events
	headers func(n *big.Int) (out *big.Int) // block that it gives for another
}

func (a *awkward) FilterLogs(ctx context.Context, q ethereum.FilterQuery) ([]types.Log, error) {
	n := q.ToBlock.Uint64() - q.FromBlock.Uint64() + 1
	a.asked = append(a.asked, n)
	if a.most > 0 && n > a.most {
		return nil, errors.New("query returned more than 10000 results")
	}
	logs, err := a.Backend.FilterLogs(ctx, q)
	if a.logs != nil {
		a.logs(logs)
	}
	return logs, err
}

func (a *awkward) HeaderByNumber(ctx context.Context, n *big.Int) (*types.Header, error) {
	if a.head > 0 && (n == nil || n.Uint64() > a.head) {
		n = new(big.Int).SetUint64(a.head)
	}
	if a.headers != nil && n != nil {
		n = a.headers(n)
	}
	return a.Backend.HeaderByNumber(ctx, n)
}

func TestWatchHalvesRanges(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	node := &awkward{Backend: e.chain.Client(), most: 3}
	client := must(contracts.New(ctx, node, e.addresses))(t)
	head := must(e.BlockNumber(ctx))(t)
	enough, next := errors.New("enough"), uint64(0)
	var m mirror
	err := client.Watch(ctx, contracts.WatchOptions{Interval: time.Millisecond}, func(b contracts.Batch) error {
		if b.From != next {
			t.Errorf("batch begins with %d, want %d", b.From, next)
		}
		next = b.To + 1
		if m.take(b); b.To == head {
			return enough
		}
		return nil
	}, nil)
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(must(e.Events(ctx, 0, head))(t), m.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if len(node.asked) > 60 {
		t.Errorf("asked %d times: %v", len(node.asked), node.asked)
	}
}

// An endpoint that contradicts itself is reported, and nothing of what it says is delivered.
func TestWatchRefusesContradictions(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	e.post(t, 1)
	for name, node := range map[string]*awkward{
		"another block's hash": {logs: func(l []types.Log) { l[len(l)-1].BlockHash[0]++ }},
		"two hashes of a block": {logs: func(l []types.Log) {
			l[1].BlockNumber, l[1].BlockHash = l[0].BlockNumber, l[0].BlockHash
			l[1].BlockHash[0]++
		}},
		"event of a later block": {logs: func(l []types.Log) { l[0].BlockNumber += 1000 }},
		"other header":           {headers: func(n *big.Int) *big.Int { return new(big.Int).Sub(n, big.NewInt(1)) }},
	} {
		node.Backend = e.chain.Client()
		client := must(contracts.New(ctx, node, e.addresses))(t)
		watched, stop := context.WithCancel(ctx)
		var report error
		err := client.Watch(watched, contracts.WatchOptions{Interval: time.Millisecond}, func(b contracts.Batch) error {
			return fmt.Errorf("delivered %+v", b)
		}, func(err error) { report = err; stop() })
		stop()
		if !errors.Is(err, context.Canceled) || !errors.Is(report, contracts.ErrInconsistent) {
			t.Errorf("%s: watch ended with %v after report %v", name, err, report)
		}
	}
}

// An endpoint that lags behind delivers nothing again; a watch that goes on after marks delivers
// what was dropped meanwhile, and nothing else, again.
func TestWatchGoesOn(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	e.post(t, 1)
	var m mirror
	e.follow(t, contracts.WatchOptions{}, &m)
	head := must(e.BlockNumber(ctx))(t)
	last := m.batches[len(m.batches)-1].Mark()
	parent := must(e.chain.Client().HeaderByNumber(ctx, new(big.Int).SetUint64(head-2)))(t)
	old := contracts.Mark{Number: head - 2, Hash: protocol.Digest(parent.Hash())}

	node := &awkward{Backend: e.chain.Client(), head: head - 1}
	client := must(contracts.New(ctx, node, e.addresses))(t)
	looking, stop := context.WithTimeout(ctx, 50*time.Millisecond)
	defer stop()
	err := client.Watch(looking, contracts.WatchOptions{After: []contracts.Mark{old, last}, Interval: time.Millisecond}, func(b contracts.Batch) error {
		return fmt.Errorf("delivered %+v", b)
	}, func(err error) {
		if looking.Err() == nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("report: %v", err)
		}
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("behind an endpoint that lags: %v", err)
	}

	last.Hash[0]++ // of a block that was dropped
	enough := errors.New("enough")
	err = e.Watch(ctx, contracts.WatchOptions{After: []contracts.Mark{old, last}, Interval: time.Millisecond}, func(b contracts.Batch) error {
		if b.From != head-1 {
			t.Errorf("goes on with block %d, want %d", b.From, head-1)
		}
		return enough
	}, nil)
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
}
