// Package storetest is the suite that every implementation of store.Store must pass.
package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
	"github.com/google/go-cmp/cmp"
)

// Open opens an empty store for a test, and again over the same state.
type Open func(t *testing.T, o store.Options) (s store.Store, again func() store.Store)

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *bench){
		"models":               testModels,
		"expected blobs":       testExpected,
		"records":              testRecords,
		"sheets":               testSheets,
		"job waits for blobs":  testWaits,
		"job finds blobs":      testFinds,
		"claim":                testClaim,
		"affinity and ageing":  testAffinity,
		"fencing":              testFencing,
		"failing":              testFail,
		"broken line":          testShorten,
		"coming back":          testRejoin,
		"coming back too late": testRejoinRace,
		"attempts":             testAttempts,
		"leases run out":       testExpire,
		"deadlines":            testDeadlines,
		"jobs of an account":   testJobsOf,
		"outbox":               testOutbox,
		"release":              testRelease,
		"replay of releases":   testReleases,
		"delivery":             testDeliver,
		"acknowledgement":      testAcknowledge,
		"refunds":              testRefunds,
		"unanswered":           testUnanswered,
		"ends":                 testEnds,
		"events":               testEvents,
		"workers":              testWorkers,
		"reopen":               testReopen,
		"concurrent claims":    testConcurrent,
		"crowd":                testCrowd,
		"concurrent releases":  testConcurrentRelease,
		"actions are leased":   testActionLease,
		"concurrent outbox":    testConcurrentOutbox,
		"upload":               testUpload,
		"late part":            testLatePart,
		"many uploads":         testManyUploads,
		"same blob twice":      testSameBlobTwice,
		"dropped":              testDropped,
		"tidy":                 testTidy,
		"collect":              testCollect,
		"usage":                testUsage,
		"crossing":             testCrossing,
		"concurrent appends":   testConcurrentAppend,
		"logins":               testLogins,
		"concurrent login":     testConcurrentLogin,
		"jobs by account":      testJobsBy,
		"jobs for creator":     testJobsFor,
		"erase":                testErase,
		"sessions":             testSessions,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &bench{T: t, clock: &clock{now: time.Unix(1_800_000_000, 0)}}
			b.Store, b.again = open(t, store.Options{Now: b.clock.Now, MaxAttempts: 3, Ageing: time.Minute, ActionLease: 20 * time.Second, Reading: time.Hour})
			test(t, b)
		})
	}
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bench is a store under test with the things that tests put into it.
type bench struct {
	*testing.T
	store.Store
	clock  *clock
	again  func() store.Store
	places atomic.Int64
}

var (
	alice    = protocol.Address{1}
	workload = protocol.Digest{2}
	signer   = protocol.Address{3}
	creator  = protocol.Address{4}
)

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) wants(err, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Fatalf("error %v, want %v", err, want)
	}
}

// spec returns the n-th job: input n, keys k (0: keyless), an hour for the prefix and two
// for the result.
func (b *bench) spec(n, k byte) (protocol.Digest, protocol.JobSpec) {
	s := protocol.JobSpec{
		User: alice, Creator: creator, WorkloadID: workload, ComputeMs: 1000, InputHash: protocol.Digest{10, n},
		PrefixBy: uint64(b.clock.Now().Add(time.Hour).Unix()), DeliverBy: uint64(b.clock.Now().Add(2 * time.Hour).Unix()),
	}
	if k != 0 {
		s.KeysHash = protocol.Digest{11, k}
	}
	return protocol.Digest{12, n}, s
}

func blobsOf(s protocol.JobSpec) []store.Blob {
	list := []store.Blob{{Digest: s.InputHash, Bytes: 100, Kind: store.KindInput}}
	if !s.KeysHash.IsZero() {
		list = append(list, store.Blob{Digest: s.KeysHash, Bytes: 200, Kind: store.KindKeys})
	}
	return list
}

// queue adds the n-th job with all its blobs.
func (b *bench) queue(n, k byte) protocol.Digest {
	b.Helper()
	id, s := b.spec(n, k)
	_, err := b.AddJob(b.Context(), id, s, blobsOf(s))
	b.must(err)
	for _, blob := range blobsOf(s) {
		_, err := b.PutBlob(b.Context(), blob)
		b.must(err)
	}
	b.state(id, protocol.JobQueued)
	return id
}

func (b *bench) tryClaim(holder string) (store.Job, error) {
	return b.Claim(b.Context(), store.Claim{
		Holder: holder, Worker: signer, WorkloadID: workload, LeaseUntil: b.clock.Now().Add(30 * time.Second), ChainTime: b.clock.Now(),
	})
}

func (b *bench) claim(holder string) (store.Job, store.Lease) {
	b.Helper()
	j, err := b.tryClaim(holder)
	b.must(err)
	return j, store.Lease{JobID: j.JobID, Epoch: j.Epoch, Worker: signer}
}

func (b *bench) state(id protocol.Digest, want protocol.JobState) store.Job {
	b.Helper()
	j, err := b.Job(b.Context(), id)
	b.must(err)
	if j.State != want {
		b.Fatalf("job is %s, want %s", j.State, want)
	}
	return j
}

func computed(l store.Lease) protocol.Computed {
	return protocol.Computed{
		Epoch: l.Epoch, Receipt: protocol.Receipt{JobID: l.JobID, OutputHash: protocol.Digest{20}, ElapsedMs: 7}, Signature: []byte("signed"),
	}
}

// compute brings the n-th job to computed.
func (b *bench) compute(n byte) protocol.Digest {
	b.Helper()
	id := b.queue(n, 0)
	_, l := b.claim("w")
	b.must(b.Complete(b.Context(), l, computed(l)))
	return id
}

func release(id protocol.Digest, what string) protocol.SignedRelease {
	return protocol.SignedRelease{
		Release:   protocol.Release{JobID: id, OutputHash: protocol.Digest{20}, ReleaseHash: protocol.BlobDigest([]byte(what))},
		Signature: []byte("by the user"), Sealed: []byte(what),
	}
}

// released brings the n-th job to released.
func (b *bench) released(n byte) protocol.Digest {
	b.Helper()
	id := b.compute(n)
	_, err := b.Release(b.Context(), release(id, "intermediate"))
	b.must(err)
	return id
}

func delivery(id protocol.Digest, what string) protocol.Delivered {
	return protocol.Delivered{
		Delivery:  protocol.Delivery{JobID: id, OutputHash: protocol.Digest{20}, ResultHash: protocol.BlobDigest([]byte(what))},
		Signature: []byte("by the creator"), Sealed: []byte(what),
	}
}

// same fails the test unless got is want.
func (b *bench) same(what string, got, want any) {
	b.Helper()
	if d := cmp.Diff(want, got); d != "" {
		b.Errorf("%s differ (-want +got):\n%s", what, d)
	}
}
