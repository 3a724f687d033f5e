package storetest

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// A worker that comes back has the lease that it asks for, if it is the last one, and no other.
func testRejoin(t *testing.T, b *bench) {
	ctx := t.Context()
	id := b.queue(1, 7)
	_, l := b.claim("before")
	b.must(b.Progress(ctx, l, protocol.Progress{JobID: id, Epoch: 1, Step: 1, Steps: 2}))
	b.clock.advance(20 * time.Second)
	until := b.clock.Now().Add(30 * time.Second)
	rejoin := func(holder string, l store.Lease, want error, ended ...protocol.Digest) {
		t.Helper()
		ids, err := b.Rejoin(ctx, holder, l, until)
		if !errors.Is(err, want) {
			t.Errorf("rejoin with %+v: %v, want %v", l, err, want)
		}
		if !slices.Equal(ids, ended) {
			t.Errorf("rejoin with %+v ended the leases of %s, want %s", l, ids, ended)
		}
	}
	stranger := l
	stranger.Worker[0]++
	rejoin("stranger", stranger, store.ErrStale)
	if j := b.state(id, protocol.JobRunning); j.Holder != "before" {
		t.Errorf("held by %q after a stranger asked for it", j.Holder)
	}
	for range 2 { // its answer may be lost
		rejoin("after", l, nil)
	}
	j := b.state(id, protocol.JobRunning)
	if j.Holder != "after" || j.Epoch != 1 || j.Attempts != 1 || !j.LeaseUntil.Equal(until) || j.Progress == nil {
		t.Errorf("after the worker came back: %+v", j)
	}
	ids, err := b.Abandon(ctx, "before") // the end of the old stream is noticed later
	b.must(err)
	b.same("abandoned jobs", len(ids), 0)
	b.clock.advance(29 * time.Second)
	lapsed, err := b.Expire(ctx, b.clock.Now())
	b.must(err)
	b.same("lapsed leases", len(lapsed), 0)
	b.must(b.Complete(ctx, l, computed(l)))
	rejoin("again", l, store.ErrStale)
	b.state(id, protocol.JobComputed)

	// Another epoch, or none at all, gives up what was held; the job is there for others at once.
	second := b.queue(2, 7)
	for _, change := range []func(*store.Lease){
		func(l *store.Lease) { l.Epoch-- },
		func(l *store.Lease) { l.Epoch++ },
		func(l *store.Lease) { *l = store.Lease{Worker: l.Worker} },
	} {
		_, l := b.claim("before")
		change(&l)
		rejoin("after", l, store.ErrStale, second)
	}
	b.state(second, protocol.JobFailed) // these were its attempts
}

// The lease of a worker whose line broke is shortened, never prolonged, and no other; it is whole again when the worker is back.
func testShorten(t *testing.T, b *bench) {
	ctx := t.Context()
	id, other := b.queue(1, 7), b.queue(2, 7)
	_, l := b.claim("broken")
	_, kept := b.claim("whole")
	b.same("leased jobs", []protocol.Digest{l.JobID, kept.JobID}, []protocol.Digest{id, other})
	whole := b.clock.Now().Add(30 * time.Second)
	leased := func(id protocol.Digest, want time.Time) {
		t.Helper()
		if j := b.state(id, protocol.JobRunning); !j.LeaseUntil.Equal(want) {
			t.Errorf("leased until %s, want %s", j.LeaseUntil, want)
		}
	}
	b.must(b.Shorten(ctx, "nobody", b.clock.Now()))
	leased(id, whole)
	grace := b.clock.Now().Add(5 * time.Second)
	b.must(b.Shorten(ctx, "broken", grace))
	leased(id, grace)
	leased(other, whole)
	b.must(b.Shorten(ctx, "broken", whole)) // seen again, by whoever
	leased(id, grace)

	renewed := b.clock.Now().Add(40 * time.Second)
	ended, err := b.Rejoin(ctx, "back", l, renewed)
	b.must(err)
	b.same("ended leases", ended, []protocol.Digest{other}) // of the same worker
	b.must(b.Shorten(ctx, "broken", grace))                 // seen late
	leased(id, renewed)
	b.must(b.Shorten(ctx, "back", grace))
	b.clock.advance(6 * time.Second)
	lapsed, err := b.Expire(ctx, b.clock.Now())
	b.must(err)
	b.same("lapsed leases", lapsed, []store.Lapsed{{JobID: id, Epoch: 1, Holder: "back"}})
	b.state(id, protocol.JobQueued)
	b.must(b.Shorten(ctx, "back", b.clock.Now())) // its lease is over
	b.state(id, protocol.JobQueued)
}

// Whoever is first has the job when its lease runs out just as its worker comes back: it is never with two.
func testRejoinRace(t *testing.T, b *bench) {
	for n := range byte(20) {
		id := b.queue(n+1, 0)
		_, l := b.claim("before")
		b.clock.advance(31 * time.Second)
		var group sync.WaitGroup
		var back error
		group.Go(func() { _, back = b.Rejoin(t.Context(), "after", l, b.clock.Now().Add(30*time.Second)) })
		group.Go(func() {
			if _, err := b.Expire(t.Context(), b.clock.Now()); err != nil {
				t.Error(err)
			}
		})
		group.Wait()
		switch j, err := b.Job(t.Context(), id); {
		case err != nil:
			t.Fatal(err)
		case back == nil && (j.State != protocol.JobRunning || j.Holder != "after" || j.Epoch != l.Epoch):
			t.Errorf("given back, but %s with %q", j.State, j.Holder)
		case back != nil && (!errors.Is(back, store.ErrStale) || j.State != protocol.JobQueued || j.Holder != ""):
			t.Errorf("not given back (%v), but %s with %q", back, j.State, j.Holder)
		}
		b.must(b.GiveUp(t.Context(), id, protocol.Failed{JobID: id, Code: protocol.FailInternal}))
	}
}
