package host

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

// The outbox tries again after failures and restarts.
func TestOutbox(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id := b.delivered()
	b.acknowledge(id)
	settle := func() {
		t.Helper()
		b.must(b.host.settle(t.Context()))
	}
	nothing := func(when string) {
		t.Helper()
		if n := len(b.chain.settled); n != 0 {
			t.Fatalf("%s: %d submissions", when, n)
		}
	}
	b.chain.with(func() { b.chain.failing = errors.New("no gas") })
	settle()
	b.chain.with(func() { b.chain.failing = nil })
	settle()
	nothing("before the pause is over")
	b.restart()
	b.clock.advance(time.Second)
	settle()
	if s := b.settlements(1)[0]; s != (settlement{"receipt", id}) {
		t.Fatalf("first: %v", s)
	}
	b.clock.advance(b.cfg.Sweep)
	settle()
	if s := b.settlements(1)[0]; s != (settlement{"delivery", id}) {
		t.Fatalf("second: %v", s)
	}
}

// A delivery waits for its receipt, and both are looked at again until they are confirmed.
func TestOutboxInOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Sweep = time.Second })
	b.publish()
	id := b.delivered()
	b.acknowledge(id)
	pass := func(d time.Duration) {
		t.Helper()
		b.clock.advance(d)
		b.must(b.host.settle(t.Context()))
	}
	pass(0)
	pass(time.Second)
	want := []settlement{{"receipt", id}, {"delivery", id}}
	for i, s := range b.settlements(2) {
		if s != want[i] {
			t.Errorf("submission %d: %v, want %v", i, s, want[i])
		}
	}
	// A re-organization takes both away before they are confirmed.
	b.chain.with(func() { b.chain.jobs[id] = contracts.StatePosted })
	pass(31 * time.Second)
	pass(time.Second)
	for i, s := range b.settlements(2) {
		if s != want[i] {
			t.Errorf("submission %d after re-organization: %v, want %v", i, s, want[i])
		}
	}
	pass(31 * time.Second)
	pass(31 * time.Second)
	b.chain.with(func() { b.chain.jobs[id] = contracts.StatePosted })
	pass(time.Hour)
	if n := len(b.chain.settled); n != 0 {
		t.Errorf("%d submissions after both were confirmed", n)
	}
}

func TestOutboxGivesUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*fakeChain, *Host, uint64)
		want   protocol.JobState
	}{
		{"refunded", func(f *fakeChain, _ *Host, _ uint64) {
			for id := range f.jobs {
				f.jobs[id] = contracts.StateRefunded
			}
		}, protocol.JobRefunded},
		{"refused and too late", func(f *fakeChain, h *Host, prefixBy uint64) {
			f.time = prefixBy + 1
			h.chainUnix.Store(int64(f.time))
		}, protocol.JobFailed},
		{"gone from the chain", func(f *fakeChain, h *Host, prefixBy uint64) {
			f.time = prefixBy + 1
			h.chainUnix.Store(int64(f.time))
			clear(f.jobs)
		}, protocol.JobFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.publish()
			id, _ := b.computed()
			spec := b.view(id).Spec
			b.chain.with(func() { c.change(b.chain, b.host, spec.PrefixBy) })
			b.must(b.host.settle(t.Context()))
			v := b.state(id, c.want)
			if v.Failure == nil || v.Failure.Code != protocol.FailDeadline {
				t.Errorf("failure %+v", v.Failure)
			}
			list, err := b.host.store.Outbox(t.Context(), 10)
			if err != nil || len(list) != 0 {
				t.Errorf("outbox holds %d actions that are due, %v", len(list), err)
			}
		})
	}
}

// pass lets the clocks of host and chain go on, and looks at the outbox twice.
func (b *bench) pass(d time.Duration) {
	b.Helper()
	b.clock.advance(d)
	b.chain.with(func() { b.chain.time = uint64(b.clock.Now().Unix()) })
	b.must(b.host.sweep(b.Context()))
	b.must(b.host.settle(b.Context()))
	b.clock.advance(b.cfg.Sweep)
	b.must(b.host.settle(b.Context()))
}

// happened requires the submissions since the last call, by what they were.
func (b *bench) happened(want ...string) {
	b.Helper()
	var got []string
	for len(b.chain.settled) > 0 {
		got = append(got, (<-b.chain.settled).what)
	}
	if !slices.Equal(got, want) {
		b.Errorf("submitted %q, want %q", got, want)
	}
}

func quickly(c *Config) { c.Sweep, c.ConfirmAfter = time.Second, 30*time.Second }

func TestAcknowledgementRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	early := b.released()
	path := func(id protocol.Digest) string { return "/v1/jobs/" + id.String() + "/acknowledgement" }
	b.refused(b.call("POST", path(early), protocol.SignedAcknowledgement{Signature: []byte{1}}, nil), codeJobState)
	id := b.delivered()
	a := b.acknowledgement(id)
	for name, sig := range map[string][]byte{
		"none": nil, "the creator's": b.creator.SignDigest(protocol.Digest{1}),
		"changed": append(slices.Clone(a.Signature[:64]), a.Signature[64]^1), "long": append(slices.Clone(a.Signature), 0),
	} {
		if got := b.call("POST", path(id), protocol.SignedAcknowledgement{Signature: sig}, nil); got != codeSignature {
			t.Errorf("signature %s: %q", name, got)
		}
	}
	b.refused(b.call("POST", path(protocol.Digest{9}), a, nil), codeUnknownJob)
	b.acknowledge(id)
	b.acknowledge(id)
}

// Without the user's word a delivery waits, then claims the fee, and settles when the window is over.
func TestUnacknowledged(t *testing.T) {
	t.Parallel()
	b := newBench(t, quickly)
	b.publish()
	b.delivered()
	b.pass(0)
	b.happened("receipt")
	b.pass(9 * time.Minute)
	b.happened()
	b.pass(time.Minute)
	b.happened("delivery")
	b.pass(59 * time.Minute)
	b.happened()
	b.pass(2 * time.Minute)
	b.happened("settlement")
	b.pass(31 * time.Second)
	b.pass(time.Hour)
	b.happened()
}

// The user's word, whenever it comes, pays the creator at once.
func TestAcknowledgedLate(t *testing.T) {
	t.Parallel()
	for _, contested := range []bool{false, true} {
		b := newBench(t, quickly)
		b.publish()
		id := b.delivered()
		b.pass(0)
		b.pass(10 * time.Minute)
		b.happened("receipt", "delivery")
		if contested {
			b.chain.with(func() { b.chain.jobs[id] = contracts.StateContested })
		}
		b.acknowledge(id)
		b.pass(0)
		b.happened("acknowledgement")
	}
}

// A host that holds the result answers a user who says that none came.
func TestContested(t *testing.T) {
	t.Parallel()
	b := newBench(t, quickly)
	b.publish()
	id := b.delivered()
	b.pass(0)
	b.pass(10 * time.Minute)
	b.happened("receipt", "delivery")
	b.chain.with(func() { b.chain.jobs[id] = contracts.StateContested })
	b.pass(time.Minute)
	b.happened("transfer")
}

// A delivery is not held back for the user's word when its deadline is near.
func TestDeliveryNearDeadline(t *testing.T) {
	t.Parallel()
	b := newBench(t, quickly)
	b.publish()
	id := b.delivered()
	b.pass(0)
	b.happened("receipt")
	deliverBy := time.Unix(int64(b.view(id).Spec.DeliverBy), 0)
	b.host.cfg.AcknowledgeWait = 100 * time.Hour
	b.pass(deliverBy.Add(-deadlineMargin).Sub(b.clock.Now()) + time.Second)
	b.happened("delivery")
}

// Whatever ended a job, its user gets back what was not earned, once, by the chain's clock.
func TestRefunds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		make func(*bench) protocol.Digest
		by   func(protocol.JobSpec) uint64
		want []string
	}{
		{
			"never computed", func(b *bench) protocol.Digest { id, _ := b.queue(); return id },
			func(s protocol.JobSpec) uint64 { return s.PrefixBy },
			[]string{"refund"},
		},
		{
			"never released", func(b *bench) protocol.Digest { id, _ := b.computed(); b.pass(0); return id },
			func(s protocol.JobSpec) uint64 { return s.DeliverBy },
			[]string{"receipt", "refund"},
		},
		{
			"delivered, but the receipt came too late", func(b *bench) protocol.Digest { return b.delivered() },
			func(s protocol.JobSpec) uint64 { return s.PrefixBy },
			[]string{"refund"},
		},
		{
			"delivered, but not on chain", func(b *bench) protocol.Digest { id := b.delivered(); b.pass(0); return id },
			func(s protocol.JobSpec) uint64 { return s.DeliverBy },
			[]string{"receipt", "refund"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, quickly)
			b.publish()
			id := c.make(b)
			b.pass(time.Unix(int64(c.by(b.view(id).Spec)), 0).Sub(b.clock.Now()) + time.Second)
			b.pass(31 * time.Second)
			b.happened(c.want...)
			b.pass(time.Hour)
			b.happened()
			if state := b.view(id).State; state != protocol.JobRefunded && state != protocol.JobDelivered {
				t.Errorf("the job is %s, though its money went back", state) // nobody told the host of the chain's event
			}
		})
	}
	b := newBench(t, quickly, func(c *Config) { c.NoRefunds = true })
	b.publish()
	b.queue()
	b.pass(2 * time.Hour)
	b.happened()
}

// Several settlements share a transaction; one that the market does not take holds up no other.
func TestBatch(t *testing.T) {
	t.Parallel()
	b := newBench(t, quickly, func(c *Config) { c.BatchSize = 3 })
	b.publish()
	var ids []protocol.Digest
	for range 4 {
		id, _ := b.computed()
		ids = append(ids, id)
	}
	b.chain.with(func() { b.chain.workers[b.view(ids[1]).Worker] = contracts.Worker{} })
	b.must(b.host.settle(t.Context()))
	b.happened("receipt", "receipt", "receipt")
	if !slices.Equal(b.chain.batched, []int{3, 1}) {
		t.Errorf("settlements by transaction: %v", b.chain.batched)
	}
	list, err := b.host.store.Outbox(t.Context(), 10)
	b.must(err)
	if len(list) != 0 {
		t.Errorf("%d actions are due at once", len(list))
	}
}

// While gas is dear, settlements wait for company, but not for ever.
func TestDearGas(t *testing.T) {
	t.Parallel()
	b := newBench(t, quickly, func(c *Config) { c.BatchSize, c.DearGas = 2, 100 })
	b.publish()
	b.chain.with(func() { b.chain.gasPrice = 101 })
	b.computed()
	b.pass(time.Minute)
	b.happened()
	b.computed()
	b.pass(0)
	b.happened("receipt", "receipt")
	b.computed()
	b.pass(time.Minute)
	b.happened()
	b.pass(time.Minute)
	b.happened("receipt")
	b.computed()
	b.chain.with(func() { b.chain.gasPrice = 100 })
	b.pass(0)
	b.happened("receipt")
}
