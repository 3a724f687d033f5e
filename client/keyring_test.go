package client

import (
	"bytes"
	"errors"
	"math"
	"sync"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// sharing is a scene whose client shares a key between three jobs.
func sharing(t *testing.T, w *world) *scene {
	t.Helper()
	s := sceneOf(t, w)
	s.cfg.Release = privacy.Params{ReleasesPerKey: 3, StatisticalBits: 30}
	return s
}

func (s *scene) prepare(t *testing.T) *Job {
	t.Helper()
	job, err := s.client(t).Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// TestKeyIsCounted gives a key to as many jobs as its flooding is for, over restarts, and then makes another.
func TestKeyIsCounted(t *testing.T) {
	t.Parallel()
	s := sharing(t, testWorld(t))
	var keys [][]byte
	for range 7 {
		keys = append(keys, s.prepare(t).SecretKey)
	}
	for i, key := range keys {
		if same := bytes.Equal(key, keys[i/3*3]); !same {
			t.Errorf("job %d has another key than job %d", i, i/3*3)
		}
		if i >= 3 && bytes.Equal(key, keys[i-3]) {
			t.Errorf("job %d has the key of job %d", i, i-3)
		}
	}
	if r, _, err := loadRecord[keyring](t.Context(), s.store, ringName(s.plan)); err != nil || r.Used != 1 || len(r.SecretKey) == 0 {
		t.Errorf("keyring in use: %d used, key of %d bytes, %v", r.Used, len(r.SecretKey), err)
	}
	// Released values are flooded for all releases of the key.
	jobs, err := s.store.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.cfg.Release = privacy.OneReleasePerKey() // whatever is configured meanwhile
	if _, err := s.client(t).Resume(t.Context(), jobs[0].ID); err != nil {
		t.Fatal(err)
	}
	job, err := s.store.Load(t.Context(), jobs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := math.Log2(fhe.FloodFactor(3, 30, testOutputs)); math.Abs(job.Release.Report.FloodBits-want) > 1e-9 {
		t.Errorf("flooded by %v bits, want %v", job.Release.Report.FloodBits, want)
	}
	if fresh := s.prepare(t); bytes.Equal(fresh.SecretKey, keys[6]) {
		t.Error("one release per key, and a shared key")
	}
}

// TestKeyIsForgotten looks for the secret key in the keyring once its count is used up.
func TestKeyIsForgotten(t *testing.T) {
	t.Parallel()
	s := sharing(t, testWorld(t))
	for range 3 {
		s.prepare(t)
	}
	if r, _, err := loadRecord[keyring](t.Context(), s.store, ringName(s.plan)); err != nil || r.Used != 3 || r.SecretKey != nil {
		t.Errorf("keyring used up: %d used, key of %d bytes, %v", r.Used, len(r.SecretKey), err)
	}
}

// TestKeyOfAnotherCount does not share a key that was made for another count.
func TestKeyOfAnotherCount(t *testing.T) {
	t.Parallel()
	s := sharing(t, testWorld(t))
	first := s.prepare(t)
	s.cfg.Release.ReleasesPerKey = 2
	if second := s.prepare(t); bytes.Equal(first.SecretKey, second.SecretKey) {
		t.Error("a key that is flooded for three releases is given out for two")
	}
}

// TestKeyAfterCrash loses a job after its key was counted: the count is not given back.
func TestKeyAfterCrash(t *testing.T) {
	t.Parallel()
	s := sharing(t, testWorld(t))
	first := s.prepare(t)
	for range 2 {
		s.cfg.Store = &crashingStore{Store: s.store, at: 1}
		if _, err := s.client(t).Prepare(t.Context(), s.request()); !errors.Is(err, errCrash) {
			t.Fatalf("crash: %v", err)
		}
	}
	s.cfg.Store = s.store
	if again := s.prepare(t); bytes.Equal(again.SecretKey, first.SecretKey) {
		t.Error("a fourth job got the key, after two that crashed")
	}
}

// TestKeyIsCountedAtOnce prepares many jobs at the same time.
func TestKeyIsCountedAtOnce(t *testing.T) {
	t.Parallel()
	s := sharing(t, testWorld(t))
	c := s.client(t)
	used := map[string]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			job, err := c.Prepare(t.Context(), s.request())
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			used[string(job.SecretKey)]++
		})
	}
	wg.Wait()
	for _, n := range used {
		if n > 3 {
			t.Errorf("a key went to %d jobs", n)
		}
	}
}

// TestKeyIsRetired takes a key out of use once a worker has made up an output under it.
func TestKeyIsRetired(t *testing.T) {
	t.Parallel()
	s := sharing(t, testWorld(t))
	job := s.prepare(t)
	key := bytes.Clone(job.SecretKey)
	if err := s.client(t).refuseOutput(t.Context(), job, fhe.ErrOutput); CodeOf(err) != CodeReleaseRefused {
		t.Fatal(err)
	}
	if kept, err := s.store.Load(t.Context(), job.ID); err != nil || kept.State != StateRefused || kept.SecretKey != nil {
		t.Errorf("kept in state %s, %v", kept.State, err)
	}
	if next := s.prepare(t); bytes.Equal(next.SecretKey, key) {
		t.Error("a retired key is given out")
	}
}

// TestSharedKeysAreUploadedOnce keeps the evaluation keys while jobs of the keyring may need them, and no longer.
func TestSharedKeysAreUploadedOnce(t *testing.T) {
	t.Parallel()
	s := sharing(t, levelledWorld(t))
	var hash protocol.Digest
	for i := range 3 {
		job := s.prepare(t)
		if job.Spec.KeysHash.IsZero() || i > 0 && job.Spec.KeysHash != hash {
			t.Fatalf("job %d has evaluation keys %s, the first %s", i, job.Spec.KeysHash, hash)
		}
		hash = job.Spec.KeysHash
		if _, err := s.client(t).Resume(t.Context(), job.ID); err != nil {
			t.Fatalf("job %d: %v", i, err)
		}
		f, _, err := s.store.OpenBlob(t.Context(), hash)
		if kept := err == nil; kept != (i < 2) {
			t.Errorf("after job %d of 3: evaluation keys kept %t", i+1, kept)
		}
		if err == nil {
			f.Close()
		}
	}
	if n := s.host.puts[hash]; n != 1 {
		t.Errorf("evaluation keys were uploaded %d times", n)
	}
	if next := s.prepare(t); next.Spec.KeysHash == hash {
		t.Error("a fourth job has the same evaluation keys")
	}
}

// levelledWorld is a world whose plan needs evaluation keys.
func levelledWorld(t *testing.T) *world {
	t.Helper()
	w := *testWorld(t)
	square := func(name string) fhe.Layer {
		return fhe.NewPoly(name, fhe.NewQuadratic([]float64{1, 1}, []float64{0, 0}, []float64{0, 0}))
	}
	w.prefix = fhe.Prefix{Input: w.prefix.Input, Layers: []fhe.Layer{
		w.prefix.Layers[0], square("square1"),
		fhe.NewDense("mix", fhe.Dense{In: testOutputs, Out: testOutputs, Weights: []float64{0.5, -0.25, 0.25, 0.5}, Bias: []float64{0, 0.25}}),
		square("square2"),
	}}
	var err error
	if w.plan, err = fhe.Compile(t.Context(), w.prefix, fhe.Options{Low: -1, High: 1, Tau: 3}); err != nil {
		t.Fatal(err)
	}
	if w.plan.Info().Keyless {
		t.Fatal("the planner found a plan without keys: give it a deeper prefix")
	}
	if w.evaluator, err = fhe.NewEvaluator(t.Context(), w.plan, w.prefix, 1); err != nil {
		t.Fatal(err)
	}
	w.offer(t, w.manifest.Cuts[0])
	return &w
}
