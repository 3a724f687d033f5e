package client

import (
	"slices"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
)

// TestImplausibleOutput lets a worker with a genuine receipt key return what the plan cannot
// compute. The job ends, its key is gone, and the output is not judged a second time.
func TestImplausibleOutput(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	evil := fhe.Prefix{Input: s.prefix.Input, Layers: slices.Clone(s.prefix.Layers)}
	dense := *evil.Layers[0].Dense
	dense.Bias = []float64{1e4, -1e4}
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
	if _, err := c.Resume(t.Context(), job.ID); CodeOf(err) != CodeReleaseRefused {
		t.Fatalf("first: %v", err)
	}
	kept, err := s.store.Load(t.Context(), job.ID)
	if err != nil || kept.State != StateRefused || kept.SecretKey != nil || kept.Release != nil {
		t.Fatalf("kept in state %s, key of %d bytes, release %v: %v", kept.State, len(kept.SecretKey), kept.Release, err)
	}
	if _, err := c.Resume(t.Context(), job.ID); CodeOf(err) != CodeReleaseRefused {
		t.Fatalf("second: %v", err)
	}
	if len(s.host.releases) > 0 {
		t.Error("something was released")
	}
}
