package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

func testModels(t *testing.T, b *bench) {
	ctx := t.Context()
	_, err := b.Model(ctx, protocol.Digest{9})
	b.wants(err, store.ErrNotFound)
	m := store.Model{ID: protocol.Digest{1}, ManifestHash: protocol.Digest{2}, Creator: creator, Manifest: []byte("canonical\x00bytes")}
	wants := []store.Blob{{Digest: protocol.Digest{5}, Bytes: 10, Kind: store.KindPrefix}, {Digest: protocol.Digest{6}, Bytes: 20, Kind: store.KindPrefix}}
	b.must(b.PutModel(ctx, m, wants))
	b.must(b.PutModel(ctx, m, wants)) // again
	for i, blob := range []store.Blob{{Digest: protocol.Digest{5}, Bytes: 10, Kind: store.KindPrefix}, {Digest: protocol.Digest{6}, Bytes: 20, Kind: store.KindPrefix}} {
		got, err := b.Model(ctx, m.ID)
		b.must(err)
		b.same("models", got, m)
		_, err = b.PutBlob(ctx, blob)
		b.must(err)
		_ = i
	}
	m.Ready = true
	other := store.Model{ID: protocol.Digest{2}, Creator: creator, Manifest: []byte("x"), Ready: true}
	b.must(b.PutModel(ctx, other, nil))
	list, err := b.Models(ctx, protocol.Digest{}, 10)
	b.must(err)
	b.same("lists", list, []store.Model{m, other})
	list, err = b.Models(ctx, m.ID, 10)
	b.must(err)
	b.same("second pages", list, []store.Model{other})
	list, err = b.Models(ctx, protocol.Digest{}, 1)
	b.must(err)
	b.same("short pages", list, []store.Model{m})
}

func testExpected(t *testing.T, b *bench) {
	ctx := t.Context()
	id, s := b.spec(1, 1)
	list, err := b.Expected(ctx, s.InputHash)
	b.must(err)
	if len(list) != 0 {
		t.Fatalf("expected before anybody asked: %v", list)
	}
	_, err = b.AddJob(ctx, id, s, blobsOf(s))
	b.must(err)
	for _, blob := range blobsOf(s) {
		list, err := b.Expected(ctx, blob.Digest)
		b.must(err)
		b.same("expectations", list, []store.Blob{blob})
		_, err = b.Blob(ctx, blob.Digest)
		b.wants(err, store.ErrNotFound)
		_, err = b.PutBlob(ctx, blob)
		b.must(err)
		got, err := b.Blob(ctx, blob.Digest)
		b.must(err)
		b.same("blobs", got, blob)
	}
}

func testWaits(t *testing.T, b *bench) {
	ctx := t.Context()
	id, s := b.spec(1, 1)
	j, err := b.AddJob(ctx, id, s, blobsOf(s))
	b.must(err)
	b.same("new jobs", j, store.Job{JobView: protocol.JobView{
		JobID: id, Spec: s, State: protocol.JobPosted, Missing: []protocol.Digest{s.InputHash, s.KeysHash},
	}})
	changed, err := b.PutBlob(ctx, blobsOf(s)[0])
	b.must(err)
	b.same("changed jobs", changed, []protocol.Digest{id})
	b.same("missing blobs", b.state(id, protocol.JobPosted).Missing, []protocol.Digest{s.KeysHash})
	_, err = b.tryClaim("w")
	b.wants(err, store.ErrNotFound)
	_, err = b.PutBlob(ctx, blobsOf(s)[1])
	b.must(err)
	b.state(id, protocol.JobQueued)
	again, err := b.AddJob(ctx, id, s, blobsOf(s))
	b.must(err)
	if again.State != protocol.JobQueued {
		t.Errorf("added again: %s, want it as it stands", again.State)
	}
}

func testFinds(t *testing.T, b *bench) {
	ctx := t.Context()
	_, s := b.spec(1, 1)
	for _, blob := range blobsOf(s) {
		_, err := b.PutBlob(ctx, blob)
		b.must(err)
	}
	j, err := b.AddJob(ctx, protocol.Digest{1}, s, blobsOf(s))
	b.must(err)
	if j.State != protocol.JobQueued || len(j.Missing) != 0 {
		t.Errorf("job whose blobs are there is %s and misses %d", j.State, len(j.Missing))
	}
	larger := blobsOf(s)
	larger[0].Bytes++
	j, err = b.AddJob(ctx, protocol.Digest{2}, s, larger)
	b.must(err)
	if j.State != protocol.JobPosted {
		t.Errorf("job that expects another size is %s, want posted", j.State)
	}
}

// Jobs of an account on a model are counted from a time on, unless they ended without an output.
func testJobsOf(t *testing.T, b *bench) {
	of := func(account protocol.Address, model protocol.Digest, since time.Time) int {
		t.Helper()
		n, err := b.JobsOf(t.Context(), account, model, since)
		b.must(err)
		return n
	}
	model, start := protocol.Digest{30}, b.clock.Now()
	add := func(n byte) protocol.Digest {
		t.Helper()
		id, s := b.spec(n, 0)
		s.ModelID = model
		_, err := b.AddJob(t.Context(), id, s, blobsOf(s))
		b.must(err)
		return id
	}
	add(1)
	b.clock.advance(time.Hour)
	second := add(2)
	add(2) // again
	for _, c := range []struct {
		name    string
		account protocol.Address
		model   protocol.Digest
		since   time.Time
		want    int
	}{
		{"all", alice, model, start, 2},
		{"later ones", alice, model, start.Add(time.Millisecond), 1},
		{"none so late", alice, model, b.clock.Now().Add(time.Millisecond), 0},
		{"of nobody", creator, model, start, 0},
		{"of another model", alice, protocol.Digest{31}, start, 0},
	} {
		if got := of(c.account, c.model, c.since); got != c.want {
			t.Errorf("%s: %d jobs, want %d", c.name, got, c.want)
		}
	}
	b.must(b.GiveUp(t.Context(), second, protocol.Failed{JobID: second, Code: protocol.FailInternal}))
	if got := of(alice, model, start); got != 1 {
		t.Errorf("%d jobs after one failed without an output, want 1", got)
	}
	_, s := b.spec(3, 0)
	s.ModelID = model
	third := protocol.Digest{12, 3}
	_, err := b.AddJob(t.Context(), third, s, blobsOf(s))
	b.must(err)
	_, err = b.PutBlob(t.Context(), blobsOf(s)[0])
	b.must(err)
	_, l := b.claim("w")
	b.must(b.Complete(t.Context(), l, computed(l)))
	b.must(b.GiveUp(t.Context(), third, protocol.Failed{JobID: third, Code: protocol.FailInternal}))
	if got := of(alice, model, start); got != 2 {
		t.Errorf("%d jobs after one failed with an output, want 2", got)
	}
}

func testClaim(t *testing.T, b *bench) {
	ctx := t.Context()
	_, err := b.tryClaim("w")
	b.wants(err, store.ErrNotFound)
	first, second := b.queue(1, 1), b.queue(2, 0)
	_, err = b.Claim(ctx, store.Claim{Holder: "w", Worker: signer, WorkloadID: protocol.Digest{99}, ChainTime: b.clock.Now()})
	b.wants(err, store.ErrNotFound)
	_, err = b.Claim(ctx, store.Claim{Holder: "w", Worker: signer, WorkloadID: workload, ChainTime: b.clock.Now().Add(time.Hour)})
	b.wants(err, store.ErrNotFound)
	j, _ := b.claim("w")
	if j.JobID != first || j.Epoch != 1 || j.Attempts != 1 || j.Worker != signer || j.Holder != "w" || j.State != protocol.JobRunning {
		t.Errorf("claimed %+v", j)
	}
	if want := b.clock.Now().Add(30 * time.Second); !j.LeaseUntil.Equal(want) {
		t.Errorf("lease until %s, want %s", j.LeaseUntil, want)
	}
	if j, _ := b.claim("w"); j.JobID != second {
		t.Errorf("claimed %s second, want %s", j.JobID, second)
	}
	_, err = b.tryClaim("w")
	b.wants(err, store.ErrNotFound)
}

func testAffinity(t *testing.T, b *bench) {
	b.queue(1, 7)
	b.claim("has 7") // and keeps the keys
	old, young := b.queue(2, 8), b.queue(3, 7)
	if j, l := b.claim("has 7"); j.JobID != young {
		t.Errorf("claimed %s, want the younger job with the keys that are there", j.JobID)
	} else {
		b.must(b.Fail(t.Context(), l, protocol.Failed{JobID: l.JobID, Retry: true}))
	}
	b.clock.advance(2 * time.Minute) // now the older one has waited long enough
	if j, _ := b.claim("has 7"); j.JobID != old {
		t.Errorf("claimed %s, want the job that waited too long", j.JobID)
	}
	_, err := b.Abandon(t.Context(), "has 7") // and its keys are forgotten
	b.must(err)
}

func testFencing(t *testing.T, b *bench) {
	ctx := t.Context()
	id := b.queue(1, 0)
	_, l := b.claim("w")
	later := b.clock.Now().Add(time.Minute)
	acts := map[string]func(store.Lease) error{
		"extend":   func(l store.Lease) error { return b.Extend(ctx, l, later) },
		"progress": func(l store.Lease) error { return b.Progress(ctx, l, protocol.Progress{JobID: l.JobID, Step: 1}) },
		"complete": func(l store.Lease) error { return b.Complete(ctx, l, computed(l)) },
		"fail":     func(l store.Lease) error { return b.Fail(ctx, l, protocol.Failed{JobID: l.JobID}) },
	}
	for what, change := range map[string]func(*store.Lease){
		"earlier epoch":  func(l *store.Lease) { l.Epoch-- },
		"later epoch":    func(l *store.Lease) { l.Epoch++ },
		"another worker": func(l *store.Lease) { l.Worker[0]++ },
		"another job":    func(l *store.Lease) { l.JobID[0]++ },
	} {
		wrong := l
		change(&wrong)
		for act, do := range acts {
			if err := do(wrong); !errors.Is(err, store.ErrStale) {
				t.Errorf("%s with %s: %v, want %v", act, what, err, store.ErrStale)
			}
		}
	}
	b.must(acts["extend"](l))
	b.must(acts["progress"](l))
	b.must(acts["complete"](l))
	for act, do := range acts {
		if err := do(l); !errors.Is(err, store.ErrStale) {
			t.Errorf("%s after completion: %v, want %v", act, err, store.ErrStale)
		}
	}
	b.state(id, protocol.JobComputed)
}

func testFail(t *testing.T, b *bench) {
	ctx := t.Context()
	id := b.queue(1, 0)
	_, l := b.claim("w")
	b.must(b.Progress(ctx, l, protocol.Progress{JobID: id, Epoch: l.Epoch, Step: 2, Steps: 3, Name: "conv"}))
	if p := b.state(id, protocol.JobRunning).Progress; p == nil || p.Name != "conv" {
		t.Errorf("progress %+v", p)
	}
	b.must(b.Fail(ctx, l, protocol.Failed{JobID: id, Code: protocol.FailInternal, Retry: true}))
	if j := b.state(id, protocol.JobQueued); j.Failure != nil || j.Progress != nil || j.Holder != "" {
		t.Errorf("queued again with %+v", j)
	}
	_, l = b.claim("w")
	f := protocol.Failed{JobID: id, Epoch: l.Epoch, Code: protocol.FailInput, Detail: "keys do not fit"}
	b.must(b.Fail(ctx, l, f))
	b.same("failures", b.state(id, protocol.JobFailed).Failure, &f)
}

func testAttempts(t *testing.T, b *bench) {
	ctx := t.Context()
	id := b.queue(1, 0)
	_, l := b.claim("w")
	b.must(b.Fail(ctx, l, protocol.Failed{JobID: id, Retry: true}))
	b.claim("w")
	ids, err := b.Abandon(ctx, "w")
	b.must(err)
	b.same("abandoned jobs", ids, []protocol.Digest{id})
	b.state(id, protocol.JobQueued)
	j, _ := b.claim("w")
	if j.Attempts != 3 || j.Epoch != 3 {
		t.Errorf("attempt %d of epoch %d, want 3 of 3", j.Attempts, j.Epoch)
	}
	_, err = b.Abandon(ctx, "w")
	b.must(err)
	if f := b.state(id, protocol.JobFailed).Failure; f == nil || f.Code != protocol.FailInternal || f.Detail == "" {
		t.Errorf("failure %+v", f)
	}
}

func testExpire(t *testing.T, b *bench) {
	ctx := t.Context()
	id := b.queue(1, 0)
	_, l := b.claim("w")
	b.clock.advance(29 * time.Second)
	if list, err := b.Expire(ctx, b.clock.Now()); err != nil || len(list) != 0 {
		t.Fatalf("expired %v, %v while the lease lasts", list, err)
	}
	b.must(b.Extend(ctx, l, b.clock.Now().Add(30*time.Second)))
	b.clock.advance(29 * time.Second)
	if list, err := b.Expire(ctx, b.clock.Now()); err != nil || len(list) != 0 {
		t.Fatalf("expired %v, %v after a heartbeat", list, err)
	}
	b.clock.advance(2 * time.Second)
	list, err := b.Expire(ctx, b.clock.Now())
	b.must(err)
	b.same("lapsed", list, []store.Lapsed{{JobID: id, Epoch: 1, Holder: "w"}})
	b.state(id, protocol.JobQueued)
	b.wants(b.Complete(ctx, l, computed(l)), store.ErrStale)
}

func testDeadlines(t *testing.T, b *bench) {
	ctx := t.Context()
	posted, s := b.spec(1, 1)
	_, err := b.AddJob(ctx, posted, s, blobsOf(s))
	b.must(err)
	running := b.queue(2, 0)
	b.claim("w")
	computedJob, releasedJob := b.compute(3), b.released(4)
	queued := b.queue(5, 0)
	expire := func(at uint64, want ...store.Lapsed) {
		t.Helper()
		got, err := b.Expire(ctx, time.Unix(int64(at), 0))
		b.must(err)
		set := map[store.Lapsed]bool{}
		for _, l := range want {
			set[l] = true
		}
		gotSet := map[store.Lapsed]bool{}
		for _, l := range got {
			gotSet[l] = true
		}
		b.same("lapsed", gotSet, set)
	}
	expire(s.PrefixBy)
	expire(s.PrefixBy+1, store.Lapsed{JobID: posted, Late: true}, store.Lapsed{JobID: queued, Late: true},
		store.Lapsed{JobID: running, Epoch: 1, Holder: "w", Late: true})
	expire(s.DeliverBy)
	expire(s.DeliverBy+1, store.Lapsed{JobID: computedJob, Epoch: 1, Late: true}, store.Lapsed{JobID: releasedJob, Epoch: 1, Late: true})
	expire(s.DeliverBy + 2)
	for _, id := range []protocol.Digest{posted, queued, running, computedJob, releasedJob} {
		if f := b.state(id, protocol.JobFailed).Failure; f == nil || f.Code != protocol.FailDeadline {
			t.Errorf("failure %+v, want %s", f, protocol.FailDeadline)
		}
	}
}

func testConcurrent(t *testing.T, b *bench) {
	const jobs, workers = 40, 8
	for n := range byte(jobs) {
		b.queue(n, n%3)
	}
	var mu sync.Mutex
	seen := map[protocol.Digest]int{}
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			holder := string(rune('a' + w))
			for {
				j, err := b.tryClaim(holder)
				if errors.Is(err, store.ErrNotFound) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				seen[j.JobID]++
				mu.Unlock()
				l := store.Lease{JobID: j.JobID, Epoch: j.Epoch, Worker: signer}
				if err := b.Complete(t.Context(), l, computed(l)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if len(seen) != jobs {
		t.Errorf("%d jobs were claimed, want %d", len(seen), jobs)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("job %s was claimed %d times", id.Short(), n)
		}
	}
}

// testCrowd lets the workers of two hosts take many jobs, and some of them stall: every job is
// completed once, what comes too late is fenced, and most claims find their keys in place.
func testCrowd(t *testing.T, b *bench) {
	const jobs, keys, workers, stallEvery = 96, 8, 8, 9
	for n := range byte(jobs) {
		b.queue(n, 1+n%keys)
	}
	hosts := []store.Store{b.Store, b.again()}
	var mu sync.Mutex
	done, last, claims, found := map[protocol.Digest]int{}, map[string]protocol.Digest{}, 0, 0
	work := func(host store.Store, holder string) {
		for {
			c := store.Claim{Holder: holder, Worker: signer, WorkloadID: workload, LeaseUntil: b.clock.Now().Add(time.Second), ChainTime: b.clock.Now()}
			j, err := host.Claim(t.Context(), c)
			if errors.Is(err, store.ErrNotFound) {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			claims++
			if last[holder] == j.Spec.KeysHash {
				found++
			}
			last[holder] = j.Spec.KeysHash
			stall, other := claims%stallEvery == 0, hosts[claims%2]
			mu.Unlock()
			l := store.Lease{JobID: j.JobID, Epoch: j.Epoch, Worker: signer}
			if stall && j.Attempts < 3 {
				b.clock.advance(2 * time.Second)
				if _, err := other.Expire(t.Context(), b.clock.Now()); err != nil {
					t.Error(err)
				}
			}
			switch err := host.Complete(t.Context(), l, computed(l)); {
			case err == nil:
				mu.Lock()
				done[j.JobID]++
				mu.Unlock()
			case !errors.Is(err, store.ErrStale):
				t.Error(err)
			}
		}
	}
	for round := 0; round < 10 && len(done) < jobs; round++ { // what expired while the last worker left
		var group sync.WaitGroup
		for w := range workers {
			group.Go(func() { work(hosts[w%2], string(rune('a'+w))) })
		}
		group.Wait()
	}
	failed := 0
	for n := range byte(jobs) {
		id := protocol.Digest{12, n}
		j, err := b.Job(t.Context(), id)
		b.must(err)
		switch {
		case j.State == protocol.JobComputed && done[id] == 1:
		case j.State == protocol.JobFailed && done[id] == 0: // its leases ran out three times while others stalled
			failed++
		default:
			t.Errorf("job %s is %s and was completed %d times", id.Short(), j.State, done[id])
		}
	}
	t.Logf("%d claims, %d under the keys of the claim before, %d jobs failed", claims, found, failed)
	if failed > jobs/4 {
		t.Errorf("%d of %d jobs failed", failed, jobs)
	}
}
