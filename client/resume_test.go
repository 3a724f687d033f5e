package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// errCrash is what a crashed process would not live to see.
var errCrash = errors.New("crash")

// crashingStore crashes at the given save: before it is written, or right after.
type crashingStore struct {
	Store
	at    int // counts down
	after bool
}

func (s *crashingStore) Save(ctx context.Context, job *Job) error {
	if s.at--; s.at != 0 {
		return s.Store.Save(ctx, job)
	}
	if s.after {
		return errors.Join(errCrash, s.Store.Save(ctx, job))
	}
	return errCrash
}

// checkOnce requires that a job was paid once and released once.
func (s *scene) checkOnce(t *testing.T) {
	t.Helper()
	if s.chain.posts != 1 {
		t.Errorf("paid %d times", s.chain.posts)
	}
	if len(s.host.releases) != 1 {
		t.Errorf("%d different releases", len(s.host.releases))
	}
}

// TestResumeAfterCrash stops the process at every save of a job, before and after it, and
// lets another process go on.
func TestResumeAfterCrash(t *testing.T) {
	t.Parallel()
	names := []string{"prepared", "posted", "uploaded", "computed", "released", "signed", "delivered"}
	for i, name := range names {
		for _, after := range []bool{false, true} {
			if after {
				name += ", kept"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newScene(t)
				s.cfg.Store = &crashingStore{Store: s.store, at: i + 1, after: after}
				if _, err := s.client(t).Run(t.Context(), s.request()); !errors.Is(err, errCrash) {
					t.Fatalf("first process: %v", err)
				}
				s.cfg.Store = s.store
				jobs, err := s.store.List(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if i == 0 && !after {
					if len(jobs) != 0 || s.chain.posts != 0 {
						t.Fatalf("%d jobs kept, paid %d times", len(jobs), s.chain.posts)
					}
					return
				}
				o, err := s.client(t).Resume(t.Context(), jobs[0].ID)
				if err != nil {
					t.Fatalf("second process: %v", err)
				}
				s.checkOutcome(t, o)
				s.checkOnce(t)
				again, err := s.client(t).Resume(t.Context(), jobs[0].ID)
				if err != nil || again.Result.Label != o.Result.Label {
					t.Errorf("a finished job resumed: %+v, %v", again, err)
				}
				s.checkOnce(t)
			})
		}
	}
}

// TestResumeFromEveryState stops between steps and goes on in another process.
func TestResumeFromEveryState(t *testing.T) {
	t.Parallel()
	for _, state := range []State{StateCreated, StatePosted, StateUploaded, StateComputed, StateReleased, StateDelivered} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			c := s.client(t)
			job, err := c.Prepare(t.Context(), s.request())
			if err != nil {
				t.Fatal(err)
			}
			for job.State != state {
				if err := c.Advance(t.Context(), job); err != nil {
					t.Fatal(err)
				}
			}
			o, err := s.client(t).Resume(t.Context(), job.ID)
			if err != nil {
				t.Fatal(err)
			}
			s.checkOutcome(t, o)
			s.checkOnce(t)
			for d, n := range s.host.puts {
				if n != 1 {
					t.Errorf("blob %s was uploaded %d times", d, n)
				}
			}
		})
	}
}

// TestTwoProcesses lets two processes release the same job: one of them loses.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c := s.client(t)
	job, err := c.Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	for job.State != StateComputed {
		if err := c.Advance(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	other, err := s.store.Load(t.Context(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Advance(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if err := s.client(t).Advance(t.Context(), other); !errors.Is(err, ErrConflict) {
		t.Fatalf("second release: %v", err)
	}
	if err := c.Advance(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	s.checkOnce(t)
}

// TestLostAnswer loses the chain's answer to the payment.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.chain.lostAnswer = true
	o, err := s.client(t).Run(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	s.checkOutcome(t, o)
	s.checkOnce(t)
}

// TestHostRestarts takes the host away for a while in the middle of the job.
func TestHostRestarts(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c := s.client(t)
	c.Limits.HostPatience = 1 << 40
	job, err := c.Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	// Of every twelve requests the first six meet a host that is starting, or whose database is.
	var requests atomic.Int64
	s.host.set(func() {
		s.host.lies.status = func(*http.Request) int {
			switch n := requests.Add(1) % 12; {
			case n < 3:
				return http.StatusServiceUnavailable
			case n < 6:
				return http.StatusInternalServerError
			}
			return 0
		}
	})
	o, err := c.Resume(t.Context(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.checkOutcome(t, o)
	s.checkOnce(t)
}

// TestHostForgets lets the host lose a job after everything was uploaded.
func TestHostForgets(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c := s.client(t)
	job, err := c.Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	for job.State != StateUploaded {
		if err := c.Advance(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	s.host.set(func() { clear(s.host.jobs); clear(s.host.blobs); clear(s.host.uploads) })
	o, err := c.Resume(t.Context(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.checkOutcome(t, o)
	s.checkOnce(t)
}

// TestForeignJob refuses a job of another market.
func TestForeignJob(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	job, err := s.client(t).Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	s.cfg.Network.Market[0]++
	if _, err := s.client(t).Resume(t.Context(), job.ID); CodeOf(err) != CodeWrongNetwork {
		t.Fatalf("job of another market: %v", err)
	}
}

// TestFailedPreparation keeps nothing of a job whose preparation failed.
func TestFailedPreparation(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	store := &fullStore{MemoryStore: NewMemoryStore()}
	s.cfg.Store = store
	if _, err := s.client(t).Prepare(t.Context(), s.request()); CodeOf(err) != CodeStore {
		t.Fatalf("full disk: %v", err)
	}
	if len(store.blobs) != 0 {
		t.Errorf("%d blobs are left", len(store.blobs))
	}
}

// fullStore has room for blobs but for no job.
type fullStore struct{ *MemoryStore }

func (*fullStore) Save(context.Context, *Job) error { return io.ErrShortWrite }

// TestUnverified opens nothing with a receipt that nobody verified.
func TestUnverified(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	if _, err := (VerifiedReceipt{}).Decrypt(w.plan, nil, []byte("output")); CodeOf(err) != CodeReceiptRefused {
		t.Fatalf("zero receipt: %v", err)
	}
	r := VerifiedReceipt{receipt: protocol.Receipt{OutputHash: protocol.BlobDigest([]byte("output"))}}
	if _, err := r.Decrypt(w.plan, nil, []byte("outpux")); CodeOf(err) != CodeReceiptRefused {
		t.Fatalf("other output: %v", err)
	}
}
