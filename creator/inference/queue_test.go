package inference

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fake is a runtime that does as a test says. It adds nothing to tab-wdbc's outputs but the first value of the sample.
type fake struct {
	mu      sync.Mutex
	loads   int
	load    func(n int) error                   // of the n-th load, from 1
	run     func(batch [][]float32) error       // before it answers
	batches []int                               // sizes
	gate    chan struct{}                       // if there is one, every batch waits for it
	outputs func(batch [][]float32) [][]float32 // instead of right ones
}

func (f *fake) Load(context.Context, Suffix) (Runner, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.loads++
	if f.load != nil {
		if err := f.load(f.loads); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *fake) Run(ctx context.Context, batch [][]float32) ([][]float32, error) {
	if f.gate != nil {
		select {
		case <-f.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.batches = append(f.batches, len(batch))
	if f.run != nil {
		if err := f.run(batch); err != nil {
			return nil, err
		}
	}
	if f.outputs != nil {
		return f.outputs(batch), nil
	}
	var out [][]float32
	for _, x := range batch {
		out = append(out, []float32{x[0], 0})
	}
	return out, nil
}

// value is a sample that begins with i.
func value(i int) []float32 {
	x := make([]float32, 64)
	x[0] = float32(i)
	return x
}

func (f *fake) Close() error { return nil }

func newTestQueue(t *testing.T, f *fake) *Queue {
	t.Helper()
	_, s := example(t, "tab-wdbc", "poly1")
	q := NewQueue(f, s, noWait)
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

// queued puts n samples into a queue whose runtime has a gate, waits until all are there, and returns their outcomes once
// the gate is open.
func queued(t *testing.T, q *Queue, f *fake, n int) []error {
	t.Helper()
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			var y []float32
			if y, errs[i] = q.Run(t.Context(), value(i)); errs[i] == nil && y[0] != float32(i) {
				t.Errorf("sample %d got the output of %v", i, y[0])
			}
		})
		for there := 0; there <= i; { // the first is being evaluated, or is about to be
			q.mu.Lock()
			there = len(q.pending)
			if i == 0 && q.busy || i > 0 && there >= i {
				there = i + 1
			}
			q.mu.Unlock()
		}
		if i == 0 {
			for waiting := true; waiting; {
				q.mu.Lock()
				waiting = len(q.pending) > 0
				q.mu.Unlock()
			}
		}
	}
	close(f.gate)
	all.Wait()
	return errs
}

func TestBatches(t *testing.T) {
	t.Parallel()
	f := &fake{gate: make(chan struct{})}
	q := newTestQueue(t, f)
	for i, err := range queued(t, q, f, 1+maxBatch+3) {
		if err != nil {
			t.Errorf("sample %d: %v", i, err)
		}
	}
	if want := []int{1, maxBatch, 3}; !slices.Equal(f.batches, want) {
		t.Errorf("batches of %v, want %v", f.batches, want)
	}
	if s := q.Stats(); s.Samples != 1+maxBatch+3 || s.Batches != 3 || s.Largest != maxBatch || s.Restarts != 0 || f.loads != 1 {
		t.Errorf("%+v, %d loads", s, f.loads)
	}
}

// TestPoison has one of several samples break the runtime whenever it is evaluated, and another be refused: the rest get
// their outputs.
func TestPoison(t *testing.T) {
	t.Parallel()
	f := &fake{gate: make(chan struct{}), run: func(batch [][]float32) error {
		for _, x := range batch {
			switch x[0] {
			case 3:
				panic("poison")
			case 5:
				return fmt.Errorf("%w: five", ErrValues)
			}
		}
		return nil
	}}
	q := newTestQueue(t, f)
	for i, err := range queued(t, q, f, 8) {
		switch i {
		case 3:
			if !errors.Is(err, ErrRuntime) || !strings.Contains(err.Error(), "poison") {
				t.Errorf("sample 3: %v", err)
			}
		case 5:
			if !errors.Is(err, ErrValues) {
				t.Errorf("sample 5: %v", err)
			}
		default:
			if err != nil {
				t.Errorf("sample %d: %v", i, err)
			}
		}
	}
	if s := q.Stats(); s.Samples != 6 || s.Failed != 2 || s.Restarts != maxAttempts || f.loads != maxAttempts+1 {
		t.Errorf("%+v, %d loads", s, f.loads)
	}
}

// TestRecovers: a runtime that breaks once costs nobody anything.
func TestRecovers(t *testing.T) {
	t.Parallel()
	broke := false
	f := &fake{gate: make(chan struct{}), run: func([][]float32) error {
		if !broke {
			broke = true
			return errors.New("signal: killed")
		}
		return nil
	}, load: func(n int) error {
		if n == 2 {
			return errors.New("not yet")
		}
		return nil
	}}
	q := newTestQueue(t, f)
	var told []string
	q.OnRestart = func(err error) { told = append(told, err.Error()) }
	for i, err := range queued(t, q, f, 4) {
		if err != nil {
			t.Errorf("sample %d: %v", i, err)
		}
	}
	if want := []string{"runtime of the suffix: signal: killed", "not yet"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// TestNoStart: a runtime that cannot be started fails all samples with the reason, and may start later.
func TestNoStart(t *testing.T) {
	t.Parallel()
	works := false
	f := &fake{load: func(int) error {
		if works {
			return nil
		}
		return errors.New("no such model")
	}}
	_, s := example(t, "tab-wdbc", "poly1")
	var waits []int
	q := NewQueue(f, s, func(_ context.Context, attempt int) error { waits = append(waits, attempt); return nil })
	defer q.Close()
	if _, err := q.Run(t.Context(), value(1)); !errors.Is(err, ErrRuntime) || !strings.Contains(err.Error(), "no such model") || f.loads != maxAttempts {
		t.Errorf("got %v after %d loads", err, f.loads)
	}
	if want := []int{1, 2, 3, 4}; !slices.Equal(waits, want) {
		t.Errorf("waited %v, want %v", waits, want)
	}
	works = true
	if _, err := q.Run(t.Context(), value(1)); err != nil {
		t.Error(err)
	}
}

// TestWrongOutputs refuses what is not of the model's shape.
func TestWrongOutputs(t *testing.T) {
	t.Parallel()
	for name, outputs := range map[string]func([][]float32) [][]float32{
		"none":      func([][]float32) [][]float32 { return nil },
		"too many":  func(b [][]float32) [][]float32 { return append(b[:1:1], []float32{1, 2}) },
		"too short": func([][]float32) [][]float32 { return [][]float32{{1}} },
		"too long":  func([][]float32) [][]float32 { return [][]float32{{1, 2, 3}} },
	} {
		q := newTestQueue(t, &fake{outputs: outputs})
		if _, err := q.Run(t.Context(), value(1)); !errors.Is(err, ErrRuntime) {
			t.Errorf("%s: got %v, want %v", name, err, ErrRuntime)
		}
	}
}

// TestQueueEnds: who gives up gets back at once; a closed queue takes nothing.
func TestQueueEnds(t *testing.T) {
	t.Parallel()
	f := &fake{gate: make(chan struct{})}
	q := newTestQueue(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := q.Run(ctx, value(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := q.Close(); err != nil {
		t.Error(err)
	}
	if _, err := q.Run(t.Context(), value(1)); !errors.Is(err, ErrRuntime) {
		t.Errorf("got %v, want %v", err, ErrRuntime)
	}
}
