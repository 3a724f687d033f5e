package storetest

import (
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

func testLogins(t *testing.T, b *bench) {
	ctx, now := t.Context(), b.clock.Now().UTC()
	login := func(n byte) store.Login {
		return store.Login{Token: protocol.Digest{n}, Account: alice, Signed: now, Until: now.Add(time.Hour)}
	}
	b.wants(b.AddLogin(ctx, "never issued", login(1)), store.ErrNotFound)
	b.must(b.AddNonce(ctx, "one", now.Add(time.Minute)))
	b.must(b.AddLogin(ctx, "one", login(1)))
	b.wants(b.AddLogin(ctx, "one", login(2)), store.ErrNotFound)
	got, err := b.Login(ctx, protocol.Digest{1})
	b.must(err)
	b.same("logins", got, login(1))
	_, err = b.Login(ctx, protocol.Digest{2})
	b.wants(err, store.ErrNotFound)

	b.must(b.AddNonce(ctx, "late", now.Add(time.Minute)))
	b.clock.advance(2 * time.Minute)
	b.wants(b.AddLogin(ctx, "late", login(3)), store.ErrNotFound)

	b.must(b.RenewLogin(ctx, protocol.Digest{1}, login(4)))
	b.wants(b.RenewLogin(ctx, protocol.Digest{1}, login(5)), store.ErrNotFound)
	_, err = b.Login(ctx, protocol.Digest{1})
	b.wants(err, store.ErrNotFound)

	b.must(b.AddNonce(ctx, "two", b.clock.Now().Add(time.Minute)))
	b.must(b.AddLogin(ctx, "two", login(6)))
	b.must(b.DropLogin(ctx, protocol.Digest{4}))
	_, err = b.Login(ctx, protocol.Digest{4})
	b.wants(err, store.ErrNotFound)
	_, err = b.Login(ctx, protocol.Digest{6})
	b.must(err)
	b.must(b.DropLogins(ctx, protocol.Address{99}))
	_, err = b.Login(ctx, protocol.Digest{6})
	b.must(err)
	b.must(b.DropLogins(ctx, alice))
	_, err = b.Login(ctx, protocol.Digest{6})
	b.wants(err, store.ErrNotFound)

	b.must(b.AddNonce(ctx, "three", b.clock.Now().Add(time.Minute)))
	b.must(b.AddLogin(ctx, "three", login(7)))
	b.clock.advance(time.Hour)
	_, err = b.Login(ctx, protocol.Digest{7})
	b.wants(err, store.ErrNotFound)
	b.wants(b.RenewLogin(ctx, protocol.Digest{7}, login(8)), store.ErrNotFound)
}

// Of many who use a nonce at once, one gets in.
func testConcurrentLogin(t *testing.T, b *bench) {
	ctx, now := t.Context(), b.clock.Now()
	b.must(b.AddNonce(ctx, "once", now.Add(time.Minute)))
	var in atomic.Int64
	var group sync.WaitGroup
	for n := range byte(8) {
		group.Go(func() {
			l := store.Login{Token: protocol.Digest{n}, Account: alice, Signed: now, Until: now.Add(time.Hour)}
			if b.AddLogin(ctx, "once", l) == nil {
				in.Add(1)
			}
		})
	}
	group.Wait()
	if in.Load() != 1 {
		t.Errorf("one nonce let %d in", in.Load())
	}
}

func testJobsBy(t *testing.T, b *bench) {
	ctx := t.Context()
	first, second, third := b.compute(1), b.compute(2), b.compute(3)
	list, err := b.JobsBy(ctx, alice, math.MaxInt64, 2)
	b.must(err)
	if len(list) != 2 || list[0].JobID != third || list[1].JobID != second || list[0].Added.IsZero() || !list[0].Erased.IsZero() {
		t.Fatalf("jobs %+v, want the third and the second", list)
	}
	list, err = b.JobsBy(ctx, alice, list[1].Seq, 2)
	b.must(err)
	if len(list) != 1 || list[0].JobID != first {
		t.Fatalf("jobs %+v, want the first", list)
	}
	if list, err = b.JobsBy(ctx, creator, math.MaxUint64, 2); err != nil || len(list) != 0 {
		t.Errorf("somebody else's: %+v, %v", list, err)
	}
	for account, want := range map[protocol.Address]bool{alice: true, creator: false} {
		if mine, err := b.OutputOf(ctx, protocol.Digest{20}, account); err != nil || mine != want {
			t.Errorf("output of %s: %t, %v", account, mine, err)
		}
	}
	b.must(b.PutModel(ctx, store.Model{ID: protocol.Digest{7}, Creator: creator, Manifest: []byte("m")}, nil))
	for account, want := range map[protocol.Address]int{alice: 0, creator: 1} {
		if models, err := b.ModelsBy(ctx, account, protocol.Digest{}, 10); err != nil || len(models) != want {
			t.Errorf("models of %s: %+v, %v", account, models, err)
		}
	}
}

// A creator sees the jobs on its models, whoever pays for them.
func testJobsFor(t *testing.T, b *bench) {
	ctx := t.Context()
	first, second, third := b.compute(1), b.compute(2), b.compute(3)
	list, err := b.JobsFor(ctx, creator, math.MaxInt64, 2)
	b.must(err)
	if len(list) != 0 {
		t.Fatalf("jobs %+v on models that are not there", list)
	}
	_, spec := b.spec(1, 1)
	b.must(b.PutModel(ctx, store.Model{ID: spec.ModelID, Creator: creator, Manifest: []byte("m")}, nil))
	b.must(b.PutModel(ctx, store.Model{ID: protocol.Digest{77}, Creator: alice, Manifest: []byte("m")}, nil))
	list, err = b.JobsFor(ctx, creator, math.MaxInt64, 2)
	b.must(err)
	if len(list) != 2 || list[0].JobID != third || list[1].JobID != second || list[0].Added.IsZero() {
		t.Fatalf("jobs %+v, want the third and the second", list)
	}
	list, err = b.JobsFor(ctx, creator, list[1].Seq, 2)
	b.must(err)
	if len(list) != 1 || list[0].JobID != first {
		t.Fatalf("jobs %+v, want the first", list)
	}
	if list, err = b.JobsFor(ctx, alice, math.MaxUint64, 2); err != nil || len(list) != 0 {
		t.Errorf("somebody else's: %+v, %v", list, err)
	}
}

// Erasing takes away blobs, what is sealed and events, and nothing that others need or that settles the job.
func testErase(t *testing.T, b *bench) {
	ctx := t.Context()
	id := b.queue(1, 1)
	other := b.queue(2, 1) // with the same keys
	_, l := b.claim("w")
	output := computed(l)
	_, err := b.PutBlob(ctx, store.Blob{Digest: output.Receipt.OutputHash, Bytes: 5, Kind: store.KindOutput})
	b.must(err)
	b.must(b.Complete(ctx, l, output))
	_, err = b.Release(ctx, release(id, "intermediate"))
	b.must(err)
	b.wants(b.Erase(ctx, id), store.ErrConflict)
	b.must(b.Deliver(ctx, delivery(id, "result")))
	b.must(b.Erase(ctx, id))
	b.must(b.Erase(ctx, id))

	j := b.state(id, protocol.JobDelivered)
	if j.Computed == nil || j.Delivered == nil || j.Delivered.Sealed != nil || len(j.Missing) != 0 {
		t.Errorf("erased job %+v", j)
	}
	b.same("deliveries", j.Delivered.Delivery, delivery(id, "result").Delivery)
	r, err := b.ReleaseOf(ctx, id)
	b.must(err)
	if r.Sealed != nil || len(r.Signature) == 0 {
		t.Errorf("erased release %+v", r)
	}
	_, err = b.ReleaseOf(ctx, other)
	b.wants(err, store.ErrNotFound)
	if events, err := b.Events(ctx, id, 0, 10); err != nil || len(events) != 0 {
		t.Errorf("events %+v, %v", events, err)
	}
	_, spec := b.spec(1, 1)
	for digest, want := range map[protocol.Digest]error{spec.InputHash: store.ErrNotFound, output.Receipt.OutputHash: store.ErrNotFound, spec.KeysHash: nil} {
		_, err := b.Blob(ctx, digest)
		b.wants(err, want)
	}
	b.state(other, protocol.JobQueued)
	b.must(b.Acknowledge(ctx, id, []byte("by the user")))
	for _, a := range b.outbox() {
		if a.Kind == store.Deliver && (a.Job.Delivered == nil || len(a.Job.Delivered.Signature) == 0) {
			t.Errorf("the delivery cannot be settled any more: %+v", a)
		}
	}
	list, err := b.JobsBy(ctx, alice, math.MaxInt64, 10)
	b.must(err)
	if len(list) != 2 || list[1].JobID != id || !list[1].Erased.Equal(b.clock.Now()) {
		t.Errorf("list %+v", list)
	}
	_, err = b.Release(ctx, release(id, "another"))
	b.wants(err, store.ErrConflict)
	b.wants(b.Erase(ctx, protocol.Digest{99}), store.ErrNotFound)
}
