package client

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/internal/vault"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// noisy is a mechanism with all steps but layers, for the shared world's two outputs.
func noisy() protocol.Mechanism {
	return protocol.Mechanism{
		Projection: &protocol.Projection{Rows: 2, Matrix: []float64{0.5, 0.25, -0.25, 1}, Mean: []float64{0.25, 0.5}},
		Mean:       []float64{0.5, 1}, Std: []float64{0.5, 0.75}, Clip: 4, Noise: 0.3, Bits: 12,
	}
}

// releaseScene is a scene whose model is offered with a mechanism; nothing unbounded is allowed in it.
func releaseScene(t *testing.T, m protocol.Mechanism, store Store) *scene {
	t.Helper()
	w := *testWorld(t)
	cut := w.manifest.Cuts[0]
	cut.Release = &m
	w.offer(t, cut)
	s := sceneOf(t, &w)
	s.cfg.Budget = privacy.Budget{}
	if store != nil {
		s.store, s.cfg.Store = store, store
	}
	return s
}

// TestReleaseByMechanism requires that what the creator gets is what the mechanism makes of the plaintext model, with the
// noise that follows from the key in the store.
func TestReleaseByMechanism(t *testing.T) {
	t.Parallel()
	s := releaseScene(t, noisy(), nil)
	var shown []float64
	s.cfg.Confirm = func(_ context.Context, r privacy.Released) error {
		shown = r.Values()
		if len(s.host.releases) > 0 {
			t.Error("released before it was confirmed")
		}
		return nil
	}
	detail := ""
	s.cfg.Observer = func(step Step) {
		if step.Name == "release" {
			detail = step.Detail
		}
	}
	c := s.client(t)
	o, err := c.Run(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	key, err := c.noiseKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	z, err := s.prefix.Eval(s.input())
	if err != nil {
		t.Fatal(err)
	}
	m, err := privacy.NewMechanism(noisy(), []int{testOutputs})
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.Apply(z, key, privacy.Subject{Input: privacy.InputDigest(s.input()), Model: s.model, Cut: testCut})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := m.Plain(z)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range o.Released {
		if math.Abs(v-want[i]) > 0.02 {
			t.Errorf("released %v, want %v", o.Released, want)
		}
		if math.Abs(v-plain[i]) < 1e-3 {
			t.Errorf("value %d has no noise", i)
		}
	}
	if !slices.Equal(o.Released, shown) || !slices.Equal(o.Released, o.Result.Values) {
		t.Errorf("shown %v, released %v, the creator got %v", shown, o.Released, o.Result.Values)
	}
	if !strings.Contains(detail, "2 values") || !strings.Contains(detail, "tell up to 3.6 bits") {
		t.Errorf("the step says %q", detail)
	}
}

// TestReleaseAgain releases the same input again, in another process: the values are the same to the last digit, and the
// account is charged once. Another input has other noise.
func TestReleaseAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func() Store {
		v, err := vault.OpenPlain(dir)
		if err != nil {
			t.Fatal(err)
		}
		store, err := NewFileStore(v, filepath.Join(dir, "blobs"))
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	run := func(change func(*Request)) (Price, []float64) {
		s := releaseScene(t, noisy(), open())
		c := s.client(t)
		r := s.request()
		if change != nil {
			change(&r)
		}
		o, err := c.Run(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		m, err := c.Model(t.Context(), s.model)
		if err != nil {
			t.Fatal(err)
		}
		p, err := c.ReleasePrice(t.Context(), m, testCut, r.Input)
		if err != nil {
			t.Fatal(err)
		}
		return p, o.Released
	}
	price, first := run(nil)
	for range 2 {
		again, values := run(nil)
		if !slices.Equal(values, first) || again.Spent != price.Spent || !again.Again {
			t.Errorf("again: %v for %v, %+v; first: %v, %+v", values, again.Spent, again, first, price)
		}
	}
	other, values := run(func(r *Request) { r.Input[5] += 1e-9 })
	if math.Abs(values[0]-first[0]) < 1e-3 && math.Abs(values[1]-first[1]) < 1e-3 || other.Spent != price.Spent {
		t.Errorf("an input that is hardly another got the same noise: %v, %v", values, first)
	}
}

func TestReleaseBudget(t *testing.T) {
	t.Parallel()
	store := NewMemoryStore()
	first := releaseScene(t, noisy(), store)
	first.cfg.Budget = privacy.Budget{Bits: 5}
	if _, err := first.client(t).Run(t.Context(), first.request()); err != nil {
		t.Fatal(err)
	}
	// Another mechanism is another release: 3.6 bits each are over 5.
	other := noisy()
	other.Projection.Matrix[0] = 0.75
	second := releaseScene(t, other, store)
	second.cfg.Budget = first.cfg.Budget
	_, err := second.client(t).Run(t.Context(), second.request())
	if CodeOf(err) != CodeBudget || !errors.Is(err, privacy.ErrBudget) || second.chain.posts != 0 {
		t.Fatalf("over the budget: %v, paid %d times", err, second.chain.posts)
	}
	r := second.request()
	r.BeyondBudget = true
	if _, err := second.client(t).Run(t.Context(), r); err != nil {
		t.Fatalf("over the budget, allowed: %v", err)
	}
	// What nothing bounds is refused by default, and spoils the account once it was allowed.
	unbounded := releaseScene(t, protocol.Mechanism{}, store)
	r = unbounded.request()
	r.Input[0] = 0.75
	if _, err := unbounded.client(t).Run(t.Context(), r); CodeOf(err) != CodeBudget || unbounded.chain.posts != 0 {
		t.Fatalf("without bound: %v", err)
	}
	r.BeyondBudget = true
	if _, err := unbounded.client(t).Run(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	later := releaseScene(t, noisy(), store)
	r.BeyondBudget = false
	if _, err := later.client(t).Run(t.Context(), r); CodeOf(err) != CodeBudget {
		t.Errorf("after a release without bound: %v", err)
	}
}

// TestBudgetBetween uses the budget up between payment and release: nothing is released then.
func TestBudgetBetween(t *testing.T) {
	t.Parallel()
	store := NewMemoryStore()
	s := releaseScene(t, noisy(), store)
	s.cfg.Budget = privacy.Budget{Bits: 5}
	job, err := s.client(t).Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	other := noisy()
	other.Noise = 0.4
	between := releaseScene(t, other, store)
	between.cfg.Budget = s.cfg.Budget
	if _, err := between.client(t).Run(t.Context(), between.request()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client(t).Resume(t.Context(), job.ID); CodeOf(err) != CodeBudget || len(s.host.releases) != 0 {
		t.Errorf("%v, %d releases", err, len(s.host.releases))
	}
}

func TestDeclined(t *testing.T) {
	t.Parallel()
	s := releaseScene(t, noisy(), nil)
	s.cfg.Confirm = func(context.Context, privacy.Released) error { return errors.New("too much of me") }
	c := s.client(t)
	job, err := c.Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Resume(t.Context(), job.ID); CodeOf(err) != CodeDeclined || len(s.host.releases) != 0 {
		t.Fatalf("declined: %v, %d releases", err, len(s.host.releases))
	}
	m, err := c.Model(t.Context(), s.model)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := c.ReleasePrice(t.Context(), m, testCut, s.input()); err != nil || p.Again || p.Spent != 0 {
		t.Errorf("declined, and charged: %+v, %v", p, err)
	}
	s.cfg.Confirm = nil
	if _, err := s.client(t).Resume(t.Context(), job.ID); err != nil {
		t.Errorf("agreed later: %v", err)
	}
}

// recordCrash crashes at the given write of a record, before or after it.
type recordCrash struct {
	Store
	at    int
	after bool
}

func (s *recordCrash) SetRecord(ctx context.Context, name protocol.Digest, revision uint64, b []byte) error {
	if s.at--; s.at != 0 {
		return s.Store.SetRecord(ctx, name, revision, b)
	}
	if s.after {
		return errors.Join(errCrash, s.Store.SetRecord(ctx, name, revision, b))
	}
	return errCrash
}

// TestReleaseAfterCrash crashes around the entry into the account and around the save of the job after it. Whatever
// was entered is what is released, once.
func TestReleaseAfterCrash(t *testing.T) {
	t.Parallel()
	const noiseKey, account, released = 1, 2, 5 // writes of records, saves of the job
	for name, crash := range map[string]func(Store) Store{
		"before the noise key is kept":   func(s Store) Store { return &recordCrash{s, noiseKey, false} },
		"after the noise key is kept":    func(s Store) Store { return &recordCrash{s, noiseKey, true} },
		"before the account is charged":  func(s Store) Store { return &recordCrash{s, account, false} },
		"after the account is charged":   func(s Store) Store { return &recordCrash{s, account, true} },
		"before the job is released":     func(s Store) Store { return &crashingStore{s, released, false} },
		"after the job is kept released": func(s Store) Store { return &crashingStore{s, released, true} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := releaseScene(t, noisy(), nil)
			s.cfg.Store = crash(s.store)
			if _, err := s.client(t).Run(t.Context(), s.request()); !errors.Is(err, errCrash) {
				t.Fatalf("first process: %v", err)
			}
			if len(s.host.releases) != 0 {
				t.Fatal("released before it was kept")
			}
			s.cfg.Store = s.store
			c := s.client(t)
			key, err := c.noiseKey(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			entered, _, err := loadRecord[privacy.Account](t.Context(), s.store, key.Alias(privacy.InputDigest(s.input())))
			if err != nil {
				t.Fatal(err)
			}
			jobs, err := s.store.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var o *Outcome
			if len(jobs) == 0 {
				o, err = c.Run(t.Context(), s.request())
			} else {
				o, err = c.Resume(t.Context(), jobs[0].ID)
			}
			if err != nil {
				t.Fatalf("second process: %v", err)
			}
			s.checkOnce(t)
			final, _, err := loadRecord[privacy.Account](t.Context(), s.store, key.Alias(privacy.InputDigest(s.input())))
			if err != nil || len(final.Entries) != 1 || !slices.Equal(final.Entries[0].Values, o.Released) {
				t.Fatalf("account %+v, released %v, %v", final, o.Released, err)
			}
			if len(entered.Entries) > 0 && !slices.Equal(entered.Entries[0].Values, o.Released) {
				t.Errorf("entered %v, released %v", entered.Entries, o.Released)
			}
		})
	}
}

// TestReleaseOfSomethingElse lets a worker compute another function of an input that was released before: the difference
// to the first release would be free of noise.
func TestReleaseOfSomethingElse(t *testing.T) {
	t.Parallel()
	s := releaseScene(t, noisy(), nil)
	if _, err := s.client(t).Run(t.Context(), s.request()); err != nil {
		t.Fatal(err)
	}
	evil := fhe.Prefix{Input: s.prefix.Input, Layers: slices.Clone(s.prefix.Layers)}
	dense := *evil.Layers[0].Dense
	dense.Bias = []float64{0.75, 0}
	evil.Layers[0] = fhe.NewDense("fc", dense)
	evaluator, err := fhe.NewEvaluator(t.Context(), s.plan, evil, 1)
	if err != nil {
		t.Fatal(err)
	}
	w := *s.world
	w.evaluator = evaluator
	s.host.world = &w
	c := s.client(t)
	job, err := c.Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Resume(t.Context(), job.ID); CodeOf(err) != CodeReleaseRefused || !errors.Is(err, privacy.ErrReleased) {
		t.Fatalf("another function of the input: %v", err)
	}
	if kept, err := s.store.Load(t.Context(), job.ID); err != nil || kept.State != StateRefused || kept.SecretKey != nil {
		t.Errorf("kept in state %s, %v", kept.State, err)
	}
	if len(s.host.releases) != 1 {
		t.Errorf("%d releases", len(s.host.releases))
	}
}
