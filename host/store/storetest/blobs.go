package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// PutBlob uploads a blob in one part.
func (b *bench) PutBlob(ctx context.Context, blob store.Blob) ([]protocol.Digest, error) {
	u, err := b.BeginUpload(ctx, store.Upload{Blob: blob, ID: "whole", Hash: []byte("state 0")})
	if err != nil {
		return nil, err
	}
	u, err = b.append(u, blob.Bytes)
	if err != nil {
		return nil, err
	}
	return b.Finish(ctx, u)
}

// append reserves a place, adds a part of n bytes there and returns the upload after it.
func (b *bench) append(u store.Upload, n int64) (store.Upload, error) {
	ctx := b.Context()
	p := store.Part{Place: b.place(), Bytes: n}
	if err := b.Reserve(ctx, p.Place, b.clock.Now().Add(time.Hour)); err != nil {
		return u, err
	}
	if err := b.Append(ctx, u, p, fmt.Appendf(nil, "state %d", u.Held+n)); err != nil {
		return u, err
	}
	return b.Upload(ctx, u.Digest, u.ID)
}

// place returns a new place in the bucket.
func (b *bench) place() string { return fmt.Sprintf("place %d", b.places.Add(1)) }

func (b *bench) garbage() int {
	b.Helper()
	list, err := b.Garbage(b.Context(), 100)
	b.must(err)
	return len(list)
}

func testUpload(t *testing.T, b *bench) {
	ctx := t.Context()
	id, s := b.spec(1, 0)
	_, err := b.AddJob(ctx, id, s, blobsOf(s))
	b.must(err)
	blob := blobsOf(s)[0]
	_, err = b.Upload(ctx, blob.Digest, "mine")
	b.wants(err, store.ErrNotFound)
	begun := store.Upload{Blob: blob, ID: "mine", Hash: []byte("state 0")}
	u, err := b.BeginUpload(ctx, begun)
	b.must(err)
	b.same("uploads", u, begun)

	next, err := b.append(u, 60)
	b.must(err)
	_, err = b.append(u, 10) // where it stood before
	b.wants(err, store.ErrConflict)
	_, err = b.append(next, 41) // beyond its size
	b.wants(err, store.ErrConflict)
	_, err = b.Finish(ctx, next) // not whole
	b.wants(err, store.ErrConflict)
	_, err = b.Parts(ctx, blob.Digest)
	b.wants(err, store.ErrNotFound)

	b.Store = b.again()
	u, err = b.BeginUpload(ctx, begun)
	b.must(err)
	b.same("uploads after a restart", u, store.Upload{Blob: blob, ID: "mine", Held: 60, Hash: []byte("state 60")})
	u, err = b.append(u, 40)
	b.must(err)
	b.state(id, protocol.JobPosted)
	queued, err := b.Finish(ctx, u)
	b.must(err)
	b.same("queued jobs", queued, []protocol.Digest{id})
	b.state(id, protocol.JobQueued)
	parts, err := b.Parts(ctx, blob.Digest)
	b.must(err)
	if len(parts) != 2 || parts[0].Bytes != 60 || parts[1].Bytes != 40 {
		t.Errorf("parts %+v", parts)
	}
	b.clock.advance(2 * time.Hour)
	if n := b.garbage(); n != 2 { // of the two refused parts
		t.Errorf("%d places are garbage, want 2", n)
	}
}

// A part whose place has been given up meanwhile is not taken.
func testLatePart(t *testing.T, b *bench) {
	ctx := t.Context()
	u, err := b.BeginUpload(ctx, store.Upload{Blob: store.Blob{Digest: protocol.Digest{1}, Bytes: 10}, ID: "slow", Hash: []byte("x")})
	b.must(err)
	p := store.Part{Place: b.place(), Bytes: 10}
	b.must(b.Reserve(ctx, p.Place, b.clock.Now().Add(time.Minute)))
	b.clock.advance(time.Minute)
	b.wants(b.Append(ctx, u, p, []byte("y")), store.ErrConflict)
	b.clock.advance(2 * time.Minute)
	list, err := b.Garbage(ctx, 10)
	b.must(err)
	b.same("garbage", list, []string{p.Place})
	b.must(b.Forget(ctx, p.Place))
	if n := b.garbage(); n != 0 {
		t.Errorf("%d places are garbage after they were deleted", n)
	}
	b.wants(b.Append(ctx, u, p, []byte("y")), store.ErrConflict)
}

// Strangers who begin uploads of a blob do not displace the one that has got furthest.
func testManyUploads(t *testing.T, b *bench) {
	ctx := t.Context()
	blob := store.Blob{Digest: protocol.Digest{1}, Bytes: 100, Kind: store.KindInput}
	begin := func(id string) store.Upload {
		u, err := b.BeginUpload(ctx, store.Upload{Blob: blob, ID: id, Hash: []byte("0")})
		b.must(err)
		b.clock.advance(time.Second)
		return u
	}
	honest, err := b.append(begin("honest"), 50)
	b.must(err)
	for i := range 3 * store.MaxUploads {
		u := begin(fmt.Sprintf("stranger %d", i))
		if _, err := b.append(u, 1); err != nil {
			t.Fatal(err)
		}
	}
	left := 0
	for i := range 3 * store.MaxUploads {
		switch _, err := b.Upload(ctx, blob.Digest, fmt.Sprintf("stranger %d", i)); {
		case err == nil:
			left++
		case !errors.Is(err, store.ErrNotFound):
			t.Fatal(err)
		}
	}
	if left != store.MaxUploads-1 {
		t.Errorf("%d uploads of strangers are kept, want %d", left, store.MaxUploads-1)
	}
	honest, err = b.append(honest, 50)
	b.must(err)
	_, err = b.Finish(ctx, honest)
	b.must(err)
	b.clock.advance(2 * time.Hour)
	if n, want := b.garbage(), 2*store.MaxUploads+1; n != want {
		t.Errorf("%d places are garbage, want %d", n, want)
	}
}

func testSameBlobTwice(t *testing.T, b *bench) {
	ctx := t.Context()
	blob := store.Blob{Digest: protocol.Digest{1}, Bytes: 10, Kind: store.KindInput}
	var both []store.Upload
	for _, id := range []string{"first", "second"} {
		u, err := b.BeginUpload(ctx, store.Upload{Blob: blob, ID: id, Hash: []byte("0")})
		b.must(err)
		u, err = b.append(u, 10)
		b.must(err)
		both = append(both, u)
	}
	_, err := b.Finish(ctx, both[0])
	b.must(err)
	kept, err := b.Parts(ctx, blob.Digest)
	b.must(err)
	_, err = b.Finish(ctx, both[1])
	b.must(err)
	parts, err := b.Parts(ctx, blob.Digest)
	b.must(err)
	b.same("parts", parts, kept)
	b.clock.advance(2 * time.Hour)
	if n := b.garbage(); n != 1 {
		t.Errorf("%d places are garbage, want 1", n)
	}
}

func testDropped(t *testing.T, b *bench) {
	ctx := t.Context()
	id, s := b.spec(1, 0)
	_, err := b.AddJob(ctx, id, s, blobsOf(s))
	b.must(err)
	blob := blobsOf(s)[0]
	u, err := b.BeginUpload(ctx, store.Upload{Blob: blob, ID: "wrong", Hash: []byte("0")})
	b.must(err)
	u, err = b.append(u, 100)
	b.must(err)
	b.must(b.DropUpload(ctx, u))
	_, err = b.Finish(ctx, u)
	b.wants(err, store.ErrConflict)
	_, err = b.PutBlob(ctx, blob)
	b.must(err)
	b.must(b.DropBlob(ctx, blob.Digest))
	_, err = b.Blob(ctx, blob.Digest)
	b.wants(err, store.ErrNotFound)
	_, err = b.PutBlob(ctx, blob) // again
	b.must(err)
	b.clock.advance(30 * time.Minute)
	if n := b.garbage(); n != 0 {
		t.Errorf("%d places are garbage while somebody may be reading", n)
	}
	b.clock.advance(time.Hour)
	if n := b.garbage(); n != 2 {
		t.Errorf("%d places are garbage, want 2", n)
	}
	b.must(b.Tidy(ctx, b.clock.Now()))
}

func testTidy(t *testing.T, b *bench) {
	ctx := t.Context()
	start := b.clock.Now()
	for _, id := range []string{"old", "new"} {
		u, err := b.BeginUpload(ctx, store.Upload{Blob: store.Blob{Digest: protocol.Digest{1}, Bytes: 10}, ID: id, Hash: []byte("0")})
		b.must(err)
		_, err = b.append(u, 5)
		b.must(err)
		b.clock.advance(time.Hour)
	}
	b.must(b.Tidy(ctx, start.Add(time.Minute)))
	_, err := b.Upload(ctx, protocol.Digest{1}, "old")
	b.wants(err, store.ErrNotFound)
	_, err = b.Upload(ctx, protocol.Digest{1}, "new")
	b.must(err)
}

// Nothing is collected that a model or a job may need.
func testCollect(t *testing.T, b *bench) {
	ctx := t.Context()
	prefix := store.Blob{Digest: protocol.Digest{5}, Bytes: 10, Kind: store.KindPrefix}
	b.must(b.PutModel(ctx, store.Model{ID: protocol.Digest{1}, Creator: creator, Manifest: []byte("x")}, []store.Blob{prefix}))
	_, err := b.PutBlob(ctx, prefix)
	b.must(err)
	id := b.queue(1, 1)
	_, l := b.claim("w")
	output := store.Blob{Digest: protocol.Digest{20}, Bytes: 7, Kind: store.KindOutput}
	_, err = b.PutBlob(ctx, output)
	b.must(err)
	b.must(b.Complete(ctx, l, computed(l)))
	_, s := b.spec(1, 1)
	all := append(blobsOf(s), output, prefix)
	there := func() (n int) {
		for _, blob := range all {
			switch _, err := b.Blob(ctx, blob.Digest); {
			case err == nil:
				n++
			case !errors.Is(err, store.ErrNotFound):
				t.Fatal(err)
			}
		}
		return n
	}
	collect := func(keep time.Duration, want int) {
		t.Helper()
		if _, err := b.Collect(ctx, b.clock.Now().Add(-keep), 100); err != nil {
			t.Fatal(err)
		}
		if n := there(); n != want {
			t.Errorf("%d blobs are left, want %d", n, want)
		}
	}
	b.clock.advance(time.Hour)
	collect(time.Minute, 4) // the job goes on
	_, err = b.Release(ctx, release(id, "intermediate"))
	b.must(err)
	b.must(b.Deliver(ctx, delivery(id, "answer")))
	b.clock.advance(time.Hour)
	collect(2*time.Hour, 4) // the job ended only now
	// Another job under the same keys.
	_, other := b.spec(2, 1)
	_, err = b.AddJob(ctx, protocol.Digest{12, 2}, other, blobsOf(other))
	b.must(err)
	collect(time.Minute, 2) // keys and prefix
	b.must(b.GiveUp(ctx, protocol.Digest{12, 2}, protocol.Failed{}))
	b.clock.advance(time.Hour)
	collect(time.Minute, 1) // the model is still offered
	if n, err := b.Collect(ctx, b.clock.Now(), 100); n != 0 || err != nil {
		t.Errorf("collected %d more, %v", n, err)
	}
	// What was collected is expected anew, and is uploaded again.
	third, s3 := b.spec(3, 1)
	j, err := b.AddJob(ctx, third, s3, blobsOf(s3))
	b.must(err)
	if len(j.Missing) != 2 {
		t.Errorf("missing %v, want keys and input", j.Missing)
	}
}

func testUsage(t *testing.T, b *bench) {
	ctx := t.Context()
	usage := func(account protocol.Address, want int64, also ...store.Blob) {
		t.Helper()
		if n, err := b.Usage(ctx, account, also); err != nil || n != want {
			t.Errorf("usage %d, %v; want %d", n, err, want)
		}
	}
	usage(alice, 0)
	for n := range byte(2) { // two inputs of 100, one set of keys of 200
		id, s := b.spec(n, 1)
		_, err := b.AddJob(ctx, id, s, blobsOf(s))
		b.must(err)
	}
	usage(alice, 400)
	usage(alice, 401, store.Blob{Digest: protocol.Digest{99}, Bytes: 1})
	usage(alice, 400, store.Blob{Digest: protocol.Digest{11, 1}, Bytes: 200})
	usage(creator, 0)
	b.must(b.Refunded(ctx, protocol.Digest{12, 0}))
	usage(alice, 300)
	b.must(b.PutModel(ctx, store.Model{ID: protocol.Digest{1}, Creator: creator, Manifest: []byte("x")},
		[]store.Blob{{Digest: protocol.Digest{5}, Bytes: 10, Kind: store.KindPrefix}}))
	usage(creator, 10)
}

// Jobs and the last blob that each waits for arrive at once; none stays behind.
func testCrossing(t *testing.T, b *bench) {
	ctx := t.Context()
	var group sync.WaitGroup
	for n := range byte(20) {
		id, s := b.spec(n, 0)
		group.Go(func() {
			if _, err := b.AddJob(ctx, id, s, blobsOf(s)); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() {
			if _, err := b.PutBlob(ctx, blobsOf(s)[0]); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for n := range byte(20) {
		b.state(protocol.Digest{12, n}, protocol.JobQueued)
	}
}

// Of those who append at the same place at once, one succeeds.
func testConcurrentAppend(t *testing.T, b *bench) {
	u, err := b.BeginUpload(t.Context(), store.Upload{Blob: store.Blob{Digest: protocol.Digest{1}, Bytes: 100}, ID: "x", Hash: []byte("0")})
	b.must(err)
	var group sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		group.Go(func() {
			p := store.Part{Place: b.place(), Bytes: 10}
			if err := b.Reserve(t.Context(), p.Place, b.clock.Now().Add(time.Hour)); err != nil {
				t.Error(err)
			}
			results[i] = b.Append(t.Context(), u, p, []byte("1"))
		})
	}
	group.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if !errors.Is(err, store.ErrConflict) {
			t.Error(err)
		}
	}
	if u, err = b.Upload(t.Context(), u.Digest, "x"); err != nil || won != 1 || u.Held != 10 {
		t.Errorf("%d appended, %d bytes are held, %v", won, u.Held, err)
	}
}

// Records are expected until their owner expects others; then they are given up, unless somebody else needs them.
func testRecords(t *testing.T, b *bench) {
	ctx, owner := t.Context(), protocol.Digest{40}
	first := store.Blob{Digest: protocol.Digest{41}, Bytes: 10, Kind: store.KindRecords}
	second := store.Blob{Digest: protocol.Digest{42}, Bytes: 20, Kind: store.KindRecords}
	expected := func(of store.Blob, want ...store.Blob) {
		t.Helper()
		got, err := b.Expected(ctx, of.Digest)
		b.must(err)
		b.same("expected blobs", got, want)
	}
	b.must(b.Expect(ctx, owner, []store.Blob{first}))
	b.must(b.Expect(ctx, owner, []store.Blob{first})) // again
	b.must(b.Expect(ctx, protocol.Digest{43}, []store.Blob{second}))
	expected(first, first)
	_, err := b.PutBlob(ctx, first)
	b.must(err)
	b.must(b.Expect(ctx, owner, []store.Blob{first}))
	_, err = b.Blob(ctx, first.Digest)
	b.must(err)
	b.must(b.Expect(ctx, owner, []store.Blob{second}))
	expected(first)
	_, err = b.Blob(ctx, first.Digest)
	b.wants(err, store.ErrNotFound)
	_, err = b.PutBlob(ctx, second)
	b.must(err)
	b.must(b.Expect(ctx, owner, nil))
	expected(second, second) // by the other
	_, err = b.Blob(ctx, second.Digest)
	b.must(err)
	b.must(b.Expect(ctx, protocol.Digest{43}, nil))
	expected(second)
	_, err = b.Blob(ctx, second.Digest)
	b.wants(err, store.ErrNotFound)

	output := store.Blob{Digest: protocol.Digest{44}, Bytes: 5, Kind: store.KindOutput}
	_, err = b.PutBlob(ctx, output)
	b.must(err)
	b.must(b.Expect(ctx, owner, []store.Blob{{Digest: output.Digest, Bytes: 5, Kind: store.KindRecords}}))
	b.must(b.Expect(ctx, owner, nil))
	_, err = b.Blob(ctx, output.Digest) // it is another's
	b.must(err)
}

// sheet is one of a cut of a model, measured on the n-th records.
func sheet(cut uint32, n byte, values int) store.Sheet {
	bits := 1.5
	return store.Sheet{Model: sheetModel, Records: protocol.Digest{51, n}, SignedSheet: protocol.SignedSheet{
		Cut: cut, Sheet: protocol.AttestedSheet{Version: 1, Values: values, BitCap: &bits}, Signature: []byte("signed"), Evidence: protocol.Evidence{TEE: "tdx", Quote: []byte{1}},
	}}
}

var sheetModel = protocol.Digest{50}

func testSheets(t *testing.T, b *bench) {
	ctx := t.Context()
	for _, s := range []store.Sheet{sheet(1, 1, 10), sheet(2, 1, 20), sheet(1, 2, 30), sheet(1, 1, 40)} {
		b.must(b.PutSheet(ctx, s))
	}
	list, err := b.Sheets(ctx, sheetModel, 10)
	b.must(err)
	b.same("sheets", list, []store.Sheet{sheet(1, 2, 30), sheet(2, 1, 20), sheet(1, 1, 10)})
	list, err = b.Sheets(ctx, sheetModel, 1)
	b.must(err)
	b.same("newest sheet", list, []store.Sheet{sheet(1, 2, 30)})
	list, err = b.Sheets(ctx, protocol.Digest{52}, 10)
	b.must(err)
	if len(list) != 0 {
		t.Errorf("sheets of another model: %+v", list)
	}
}
