package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

func (b *bench) outbox() []store.Action {
	b.Helper()
	list, err := b.Outbox(b.Context(), 10)
	b.must(err)
	return list
}

func testOutbox(t *testing.T, b *bench) {
	ctx := t.Context()
	id := b.compute(1)
	list := b.outbox()
	if len(list) != 1 || list[0].Kind != store.SubmitReceipt || list[0].Job.JobID != id || list[0].Job.Computed == nil {
		t.Fatalf("outbox %+v, want the receipt", list)
	}
	a := list[0]
	b.must(b.Settle(ctx, a, store.Outcome{Next: b.clock.Now().Add(time.Minute), Error: "no gas"}))
	if list := b.outbox(); len(list) != 0 {
		t.Fatalf("outbox %+v before it is due", list)
	}
	b.clock.advance(time.Minute)
	if a = b.outbox()[0]; a.Attempts != 1 || !a.Sent.IsZero() {
		t.Errorf("after a failure: %+v", a)
	}
	sent := b.clock.Now().UTC()
	b.must(b.Settle(ctx, a, store.Outcome{Sent: sent, Next: sent.Add(time.Minute)}))
	b.clock.advance(time.Minute)
	if a = b.outbox()[0]; a.Attempts != 1 || !a.Sent.Equal(sent) {
		t.Errorf("after it was sent: %+v", a)
	}
	b.must(b.Settle(ctx, a, store.Outcome{Sent: sent, Done: true}))
	b.clock.advance(24 * time.Hour)
	if list := b.outbox(); len(list) != 0 {
		t.Errorf("outbox %+v when all is done", list)
	}
	b.wants(b.Settle(ctx, store.Action{ID: 999}, store.Outcome{}), store.ErrStale)
}

// An action belongs to one host at a time, for as long as its lease lasts.
func testActionLease(t *testing.T, b *bench) {
	ctx := t.Context()
	b.compute(1)
	first := b.outbox()[0]
	if list := b.outbox(); len(list) != 0 {
		t.Fatalf("a leased action is given out: %+v", list)
	}
	b.clock.advance(15 * time.Second)
	b.must(b.Hold(ctx, first))
	b.clock.advance(15 * time.Second)
	if list := b.outbox(); len(list) != 0 {
		t.Fatalf("a held action is given out: %+v", list)
	}
	b.clock.advance(5 * time.Second)
	second := b.outbox()[0]
	if second.ID != first.ID || second.Epoch != first.Epoch+1 {
		t.Errorf("second lease %+v of %+v", second, first)
	}
	b.wants(b.Hold(ctx, first), store.ErrStale)
	b.wants(b.Settle(ctx, first, store.Outcome{Done: true}), store.ErrStale)
	b.must(b.Settle(ctx, second, store.Outcome{Done: true}))
	b.wants(b.Hold(ctx, second), store.ErrStale)
}

func testConcurrentOutbox(t *testing.T, b *bench) {
	const actions = 12
	for n := range byte(actions) {
		b.compute(n)
	}
	var group sync.WaitGroup
	var mu sync.Mutex
	seen := map[int64]int{}
	for range 4 {
		group.Go(func() {
			for {
				list, err := b.Outbox(t.Context(), 1)
				if err != nil {
					t.Error(err)
				}
				if err != nil || len(list) == 0 {
					return
				}
				mu.Lock()
				seen[list[0].ID]++
				mu.Unlock()
				if err := b.Settle(t.Context(), list[0], store.Outcome{Done: true}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for id, n := range seen {
		if n != 1 {
			t.Errorf("action %d was given out %d times", id, n)
		}
	}
	// With skipped locks a host may see nothing while another one holds the last rows: what is left is given out now.
	left := b.outbox()
	if len(seen)+len(left) != actions {
		t.Errorf("%d of %d actions were given out, %d are left", len(seen), actions, len(left))
	}
}

func testRelease(t *testing.T, b *bench) {
	ctx := t.Context()
	queued := b.queue(1, 0)
	_, err := b.Release(ctx, release(queued, "early"))
	b.wants(err, store.ErrConflict)
	_, err = b.Release(ctx, release(protocol.Digest{99}, "unknown"))
	b.wants(err, store.ErrNotFound)
	_, l := b.claim("w")
	b.must(b.Complete(ctx, l, computed(l)))
	j, err := b.Release(ctx, release(queued, "this"))
	b.must(err)
	if j.State != protocol.JobReleased {
		t.Errorf("job is %s", j.State)
	}
	j, err = b.Release(ctx, release(queued, "this"))
	b.must(err)
	if j.State != protocol.JobReleased {
		t.Errorf("released again: %s", j.State)
	}
	_, err = b.Release(ctx, release(queued, "other"))
	b.wants(err, store.ErrConflict)
}

func (b *bench) seqs(after uint64) (seqs []uint64) {
	b.Helper()
	list, err := b.Releases(b.Context(), creator, b.base()+after, 10)
	b.must(err)
	for _, r := range list {
		seqs = append(seqs, r.Seq-b.base())
	}
	return seqs
}

// base is what sequence numbers of releases count from, plus one, while the clock stands.
func (b *bench) base() uint64 { return uint64(b.clock.Now().UnixMilli()) - 1 }

func testReleases(t *testing.T, b *bench) {
	ctx := t.Context()
	ids := []protocol.Digest{b.released(1), b.released(2), b.released(3), b.released(4)}
	list, err := b.Releases(ctx, creator, 0, 1)
	b.must(err)
	_, s := b.spec(1, 0)
	b.same("releases", list, []protocol.Released{{
		Seq: b.base() + 1, Spec: s, Receipt: computed(store.Lease{JobID: ids[0]}).Receipt, Release: release(ids[0], "intermediate"),
	}})
	b.same("all", b.seqs(0), []uint64{1, 2, 3, 4})
	b.same("from 2", b.seqs(2), []uint64{3, 4})
	b.must(b.Deliver(ctx, delivery(ids[1], "answer")))
	b.same("without the answered one", b.seqs(0), []uint64{1, 3, 4})
	b.must(b.Ack(ctx, protocol.Address{77}, b.base()+4)) // somebody else's
	b.same("after another's ack", b.seqs(0), []uint64{1, 3, 4})
	b.must(b.Ack(ctx, creator, b.base()+3))
	b.same("after ack", b.seqs(0), []uint64{4})
	b.must(b.GiveUp(ctx, ids[3], protocol.Failed{JobID: ids[3]}))
	b.same("after the job failed", b.seqs(0), []uint64(nil))
	if other, err := b.Releases(ctx, protocol.Address{77}, 0, 10); err != nil || len(other) != 0 {
		t.Errorf("another creator sees %d releases, %v", len(other), err)
	}
}

func testDeliver(t *testing.T, b *bench) {
	ctx := t.Context()
	id := b.compute(1)
	b.wants(b.Deliver(ctx, delivery(id, "too early")), store.ErrConflict)
	_, err := b.Release(ctx, release(id, "intermediate"))
	b.must(err)
	b.must(b.Deliver(ctx, delivery(id, "answer")))
	want := delivery(id, "answer")
	b.same("deliveries", b.state(id, protocol.JobDelivered).Delivered, &want)
	b.must(b.Deliver(ctx, delivery(id, "answer")))
	b.wants(b.Deliver(ctx, delivery(id, "another")), store.ErrConflict)
	b.wants(b.Deliver(ctx, delivery(protocol.Digest{99}, "unknown")), store.ErrNotFound)
	kinds := map[store.ActionKind]int{}
	for _, a := range b.outbox() {
		kinds[a.Kind]++
	}
	b.same("outbox", kinds, map[store.ActionKind]int{store.SubmitReceipt: 1, store.Deliver: 1})
}

func testAcknowledge(t *testing.T, b *bench) {
	ctx := t.Context()
	id := b.released(1)
	b.wants(b.Acknowledge(ctx, id, []byte("too early")), store.ErrConflict)
	b.wants(b.Acknowledge(ctx, protocol.Digest{99}, []byte("unknown")), store.ErrNotFound)
	b.must(b.Deliver(ctx, delivery(id, "answer")))
	for _, a := range b.outbox() {
		b.must(b.Settle(ctx, a, store.Outcome{Next: b.clock.Now().Add(time.Hour)}))
	}
	b.must(b.Acknowledge(ctx, id, []byte("first")))
	b.must(b.Acknowledge(ctx, id, []byte("second")))
	list := b.outbox()
	if len(list) != 1 || list[0].Kind != store.Deliver || string(list[0].Job.Acknowledgement) != "first" {
		t.Fatalf("outbox %+v, want the delivery with the first acknowledgement", list)
	}
	b.must(b.Settle(ctx, list[0], store.Outcome{Done: true}))
	b.must(b.Acknowledge(ctx, id, []byte("third")))
	if list := b.outbox(); len(list) != 0 {
		t.Errorf("outbox %+v after the delivery was done", list)
	}
	b.Store = b.again()
	j, err := b.Job(ctx, id)
	b.must(err)
	b.same("acknowledgements", string(j.Acknowledgement), "first")
}

// However a job fails, one refund is ordered for it.
func testRefunds(t *testing.T, b *bench) {
	ctx, f := t.Context(), protocol.Failed{Code: protocol.FailInternal}
	want := map[protocol.Digest]bool{}
	b.queue(1, 0)
	j, l := b.claim("w")
	want[j.JobID] = true
	b.must(b.Fail(ctx, l, f))
	late := b.released(2)
	want[late] = true
	_, s := b.spec(2, 0)
	_, err := b.Expire(ctx, time.Unix(int64(s.DeliverBy)+1, 0))
	b.must(err)
	b.wants(b.GiveUp(ctx, late, f), store.ErrConflict)
	given := b.compute(3)
	want[given] = true
	b.must(b.GiveUp(ctx, given, f))
	delivered := b.released(4)
	b.must(b.Deliver(ctx, delivery(delivered, "answer")))
	got := map[protocol.Digest]bool{}
	for _, a := range b.outbox() {
		if a.Kind == store.Refund {
			got[a.Job.JobID] = true
			b.same("times", a.Ordered, b.clock.Now().UTC())
		}
	}
	b.same("refunds", got, want)
}

func testUnanswered(t *testing.T, b *bench) {
	ctx := t.Context()
	id := b.compute(1)
	f := protocol.Failed{JobID: id, Code: protocol.FailRelease, Detail: "does not open"}
	b.wants(b.Unanswered(ctx, f), store.ErrConflict)
	_, err := b.Release(ctx, release(id, "intermediate"))
	b.must(err)
	b.must(b.Unanswered(ctx, f))
	b.same("failures", b.state(id, protocol.JobReleased).Failure, &f)
	b.must(b.Deliver(ctx, delivery(id, "after all")))
	if j := b.state(id, protocol.JobDelivered); j.Failure != nil {
		t.Errorf("failure %+v of a delivered job", j.Failure)
	}
}

func testEnds(t *testing.T, b *bench) {
	ctx := t.Context()
	f := protocol.Failed{Code: protocol.FailDeadline, Detail: "over"}
	failed, delivered, refunded := b.compute(1), b.released(2), b.queue(3, 0)
	b.must(b.GiveUp(ctx, failed, f))
	b.wants(b.GiveUp(ctx, failed, f), store.ErrConflict)
	b.must(b.Deliver(ctx, delivery(delivered, "answer")))
	b.wants(b.GiveUp(ctx, delivered, f), store.ErrConflict)
	b.wants(b.Refunded(ctx, delivered), store.ErrConflict)
	b.must(b.Refunded(ctx, refunded))
	b.wants(b.Refunded(ctx, protocol.Digest{99}), store.ErrConflict)
	list, err := b.Unrefunded(ctx, protocol.Digest{}, 10)
	b.must(err)
	b.same("unrefunded", list, []protocol.Digest{failed})
	list, err = b.Unrefunded(ctx, failed, 10)
	b.must(err)
	b.same("second page", list, []protocol.Digest(nil))
	b.must(b.Refunded(ctx, failed))
	b.same("failures", b.state(failed, protocol.JobRefunded).Failure, &f)
	b.state(refunded, protocol.JobRefunded)
	if _, err := b.tryClaim("w"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("claim of a refunded job: %v", err)
	}
}

func testEvents(t *testing.T, b *bench) {
	ctx := t.Context()
	b.compute(9) // its events are not for those who follow another job
	id := b.released(1)
	b.must(b.Deliver(ctx, delivery(id, "answer")))
	list, err := b.Events(ctx, id, 0, 100)
	b.must(err)
	var states []protocol.JobState
	for i, e := range list {
		states = append(states, e.Job.State)
		if i > 0 && e.Seq <= list[i-1].Seq {
			t.Errorf("event %d follows %d", e.Seq, list[i-1].Seq)
		}
		if !e.Time.Equal(b.clock.Now()) || e.Job.JobID != id {
			t.Errorf("event %+v", e)
		}
	}
	b.same("states", states[len(states)-4:], []protocol.JobState{protocol.JobRunning, protocol.JobComputed, protocol.JobReleased, protocol.JobDelivered})
	last, err := b.Job(ctx, id)
	b.must(err)
	b.same("last events", list[len(list)-1].Job, last.JobView)
	rest, err := b.Events(ctx, id, list[1].Seq, 1)
	b.must(err)
	b.same("pages", rest, list[2:3])
}

func testWorkers(t *testing.T, b *bench) {
	ctx := t.Context()
	_, err := b.Worker(ctx, signer)
	b.wants(err, store.ErrNotFound)
	w := store.Worker{
		Signer: signer, Operator: alice, WorkloadID: workload, TCBStatus: "UpToDate", Simulated: true,
		Evidence: protocol.Evidence{TEE: "tdx", Quote: []byte{1, 2, 3}}, Verified: b.clock.Now().UTC(), ValidUntil: b.clock.Now().Add(time.Hour).UTC(),
	}
	b.must(b.PutWorker(ctx, w))
	w.TCBStatus, w.Simulated = "OutOfDate", false
	b.must(b.PutWorker(ctx, w))
	got, err := b.Worker(ctx, signer)
	b.must(err)
	b.same("workers", got, w)
}

// Everything is there after a restart, leases included.
func testReopen(t *testing.T, b *bench) {
	ctx := t.Context()
	releasedJob := b.released(2)
	running := b.queue(1, 1)
	before, l := b.claim("w")
	b.Store = b.again()
	b.same("jobs", b.state(running, protocol.JobRunning), before)
	b.same("releases", b.seqs(0), []uint64{1})
	b.must(b.Complete(ctx, l, computed(l)))
	b.must(b.Deliver(ctx, delivery(releasedJob, "answer")))
	if n := len(b.outbox()); n != 3 {
		t.Errorf("outbox holds %d actions, want 3", n)
	}
	if next := b.released(3); next == releasedJob {
		t.Fatal("same job")
	}
	b.same("releases", b.seqs(0), []uint64{2})
}

func testConcurrentRelease(t *testing.T, b *bench) {
	id := b.compute(1)
	var group sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		group.Go(func() {
			_, results[i] = b.Release(t.Context(), release(id, string(rune('a'+i))))
		})
	}
	group.Wait()
	won := 0
	for _, err := range results {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, store.ErrConflict):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d different releases of a job were stored, want 1", won, len(results))
	}
}
