package inference

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	maxBatch     = 32              // samples that are evaluated together
	maxAttempts  = 4               // of a sample whose evaluation breaks the runner, and of starting one
	runTimeout   = 2 * time.Minute // of a batch; a runner that takes longer is broken
	maxLatencies = 1024            // the last samples whose times count
)

// Queue evaluates a suffix on samples that come from several goroutines: those that wait while a
// batch is evaluated are the next batch. A runner that breaks is started again after a while, and
// its samples are tried again, each by itself, so that one that breaks it takes no other along.
type Queue struct {
	// OnRestart is told why a runner is started again; it may be nil, and must not call the Queue.
	OnRestart func(err error)

	runtime Runtime
	suffix  Suffix
	wait    func(ctx context.Context, attempt int) error
	ctx     context.Context
	cancel  context.CancelFunc
	working sync.WaitGroup
	runner  Runner // only for the goroutine that works; nil if it is to be started
	broke   int    // times in a row; likewise

	mu      sync.Mutex
	pending []*sample
	busy    bool
	closed  bool
	stats   Stats
	times   []time.Duration // a ring of the last
	next    int
}

// sample is one evaluation.
type sample struct {
	ctx  context.Context
	x, y []float32
	err  error
	came time.Time
	done chan struct{}
}

// Stats is what a Queue has done.
type Stats struct {
	Samples  int           `json:"samples"` // that got an output
	Failed   int           `json:"failed"`  // that did not
	Batches  int           `json:"batches"`
	Largest  int           `json:"largest"`  // batch
	Restarts int           `json:"restarts"` // of the runtime
	P50      time.Duration `json:"p50Ns"`    // of the last samples, from coming to output
	P99      time.Duration `json:"p99Ns"`
}

// NewQueue returns a queue for a suffix; wait waits before the attempt of a number, or until its context ends.
// Close it.
func NewQueue(r Runtime, s Suffix, wait func(ctx context.Context, attempt int) error) *Queue {
	q := &Queue{runtime: r, suffix: s, wait: wait}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	return q
}

// Run returns the suffix's output for x. The error wraps ErrValues if x is at fault, and
// ErrRuntime if the runtime still failed after some attempts.
func (q *Queue) Run(ctx context.Context, x []float32) ([]float32, error) {
	if want := size(q.suffix.Graph.Inputs[0].Shape); len(x) != want { // a process would wait for the rest
		return nil, fmt.Errorf("%w: %d values, it takes %d", ErrValues, len(x), want)
	}
	s := &sample{ctx: ctx, x: x, came: time.Now(), done: make(chan struct{})}
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return nil, fmt.Errorf("%w: it is closed", ErrRuntime)
	}
	q.pending = append(q.pending, s)
	if !q.busy {
		q.busy = true
		q.working.Go(q.work)
	}
	q.mu.Unlock()
	select {
	case <-s.done:
		return s.y, s.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Stats returns what was done so far.
func (q *Queue) Stats() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	s, times := q.stats, slices.Sorted(slices.Values(q.times))
	if n := len(times); n > 0 {
		s.P50, s.P99 = times[(n-1)/2], times[(n-1)*99/100]
	}
	return s
}

// Close ends what is being evaluated and the runner.
func (q *Queue) Close() error {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.cancel()
	q.working.Wait()
	return q.stop()
}

func (q *Queue) stop() error {
	if q.runner == nil {
		return nil
	}
	r := q.runner
	q.runner = nil
	return r.Close()
}

// work evaluates batches until none waits.
func (q *Queue) work() {
	for {
		q.mu.Lock()
		batch := q.pending[:min(len(q.pending), maxBatch)]
		q.pending = q.pending[len(batch):]
		if len(batch) == 0 {
			q.busy = false
			q.mu.Unlock()
			return
		}
		q.mu.Unlock()
		batch = slices.DeleteFunc(slices.Clone(batch), func(s *sample) bool { return s.ctx.Err() != nil })
		if len(batch) > 0 {
			q.evaluate(batch)
		}
	}
}

// evaluate brings every sample of a batch to its end.
func (q *Queue) evaluate(batch []*sample) {
	err := q.try(batch)
	if err == nil || errors.Is(err, errNoStart) || len(batch) == 1 && errors.Is(err, ErrValues) {
		q.finish(batch, err)
		return
	}
	for i, s := range batch {
		err := q.alone(s)
		if errors.Is(err, errNoStart) {
			q.finish(batch[i:], err)
			return
		}
		q.finish(batch[i:i+1], err)
	}
}

// alone evaluates a sample that failed once, maybe because of others, by itself.
func (q *Queue) alone(s *sample) (err error) {
	for range maxAttempts - 1 {
		if err = q.try([]*sample{s}); err == nil || errors.Is(err, ErrValues) || errors.Is(err, errNoStart) {
			return err
		}
	}
	return err
}

// finish tells those who wait.
func (q *Queue) finish(batch []*sample, err error) {
	q.mu.Lock()
	for _, s := range batch {
		s.err = err
		if err != nil {
			q.stats.Failed++
			continue
		}
		q.stats.Samples++
		took := time.Since(s.came)
		if len(q.times) < maxLatencies {
			q.times = append(q.times, took)
		} else {
			q.times[q.next] = took
			q.next = (q.next + 1) % maxLatencies
		}
	}
	if err == nil {
		q.stats.Batches++
		q.stats.Largest = max(q.stats.Largest, len(batch))
	}
	q.mu.Unlock()
	for _, s := range batch {
		close(s.done)
	}
}

// errNoStart says that no runner could be started, which is no sample's fault.
var errNoStart = errors.New("it does not start")

// try evaluates samples together. If that breaks the runner, it is gone afterwards.
func (q *Queue) try(batch []*sample) (err error) {
	if err := q.start(); err != nil {
		return err
	}
	values := make([][]float32, len(batch))
	for i, s := range batch {
		values[i] = s.x
	}
	out, err := q.run(values)
	if err == nil {
		err = q.check(out, len(batch))
	}
	if err != nil && !errors.Is(err, ErrValues) {
		q.restart(err)
		return err
	}
	if err != nil {
		return err
	}
	q.broke = 0
	for i, y := range out {
		batch[i].y = y
	}
	return nil
}

// run calls the runner, and takes its panic as an error.
func (q *Queue) run(values [][]float32) (out [][]float32, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: it panicked: %v", ErrRuntime, p)
		}
	}()
	ctx, cancel := context.WithTimeout(q.ctx, runTimeout)
	defer cancel()
	out, err = q.runner.Run(ctx, values)
	if err != nil && !errors.Is(err, ErrValues) && !errors.Is(err, ErrRuntime) {
		err = fmt.Errorf("%w: %w", ErrRuntime, err)
	}
	return out, err
}

// check refuses an answer of another shape than the graph says.
func (q *Queue) check(out [][]float32, samples int) error {
	if len(out) != samples {
		return fmt.Errorf("%w: %d outputs for %d samples", ErrRuntime, len(out), samples)
	}
	want := size(q.suffix.Graph.Outputs[0].Shape)
	for _, y := range out {
		if len(y) != want {
			return fmt.Errorf("%w: an output has %d values, the model's has %d", ErrRuntime, len(y), want)
		}
	}
	return nil
}

// start loads the suffix unless it is loaded, with longer and longer times between attempts.
func (q *Queue) start() error {
	var err error
	for attempt := 1; q.runner == nil; attempt++ {
		if attempt > maxAttempts || q.ctx.Err() != nil {
			return fmt.Errorf("%w: %w: %w", ErrRuntime, errNoStart, errors.Join(err, q.ctx.Err()))
		}
		if q.runner, err = q.runtime.Load(q.ctx, q.suffix); err == nil {
			return nil
		}
		q.runner = nil
		q.restart(err)
	}
	return nil
}

// restart ends a broken runner and waits, the longer the more often it broke.
func (q *Queue) restart(err error) {
	_ = q.stop() // it is broken already
	q.broke++
	q.mu.Lock()
	q.stats.Restarts++
	q.mu.Unlock()
	if q.OnRestart != nil && q.ctx.Err() == nil {
		q.OnRestart(err)
	}
	_ = q.wait(q.ctx, q.broke) // whoever is next sees that ctx ended
}
