package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/protocol"
)

// jobsReport is about a queue that workers drain which die again and again, for a creator whose stream breaks.
type jobsReport struct {
	Jobs        int `json:"jobs"`
	Opened      int `json:"opened"`   // results that their users opened and that are right
	Leases      int `json:"leases"`   // more than jobs: workers died with some
	Killed      int `json:"killed"`   // processes of workers, in the middle of a job
	Cut         int `json:"cut"`      // connections of workers, the same
	Restarted   int `json:"restarts"` // of the creator's process
	Reconnected int `json:"reconnections"`

	Prepare   float64 `json:"prepareSeconds"` // verify a worker, make keys, encrypt: all users together
	Post      float64 `json:"postSeconds"`    // into escrow, on the development chain
	Upload    float64 `json:"uploadSeconds"`
	Drain     float64 `json:"drainSeconds"`  // from the first worker's start to the last result
	Settle    float64 `json:"settleSeconds"` // from there until the chain had paid everybody
	PerSecond float64 `json:"jobsPerSecond"` // while draining

	Answer latency `json:"answer"` // of each, from the start of draining: the last in the queue wait longest
}

// work is one job, what was asked and what came.
type work struct {
	user *user
	want []float64 // what the model says in the clear
	job  *client.Job
	took time.Duration
}

// queue is the jobs under way.
type queue struct {
	*stage
	report *jobsReport
	pool   *pool
	list   []*work
	from   uint64 // block after which they are on chain
}

// runJobs queues jobs while there is no worker, has workers that die drain the queue, and requires that every user opened
// the right result and that everybody was paid exactly once.
func runJobs(ctx context.Context, s *stage, r *report) error {
	q := &queue{stage: s, report: &jobsReport{Jobs: s.Jobs}, list: make([]*work, s.Jobs)}
	r.Jobs = q.report
	var err error
	if q.pool, err = newPool(ctx, s); err != nil {
		return err
	}
	defer q.pool.close()
	for _, step := range []struct {
		name string
		took *float64
		do   func(context.Context) error
	}{
		{"prepare", &q.report.Prepare, q.prepareAll},
		{"post", &q.report.Post, q.postAll},
		{"queue", &q.report.Upload, q.queueAll},
		{"drain", &q.report.Drain, q.drain},
		{"settle", &q.report.Settle, q.settle},
	} {
		start := time.Now()
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		*step.took = time.Since(start).Seconds()
		s.say("%s: %d jobs in %.1f s", step.name, s.Jobs, *step.took)
	}
	q.report.PerSecond = float64(s.Jobs) / q.report.Drain
	q.pool.count(q.report)
	err = q.check(ctx)
	s.say("%d leases, %d workers killed, %d of their connections cut; %d restarts and %d new connections of the creator",
		q.report.Leases, q.report.Killed, q.report.Cut, q.report.Restarted, q.report.Reconnected)
	return err
}

// prepare makes a job of a user on an input of its own.
func (s *stage) prepare(ctx context.Context, u *user) (*client.Job, error) {
	return u.client.Prepare(ctx, s.request(s.input()))
}

func (s *stage) request(x []float64) client.Request {
	return client.Request{ModelID: s.model.ModelID, Cut: s.cut.Index, Input: x, MaxCost: math.MaxUint64}
}

// input draws an input, as far from the mean as most are.
func (s *stage) input() []float64 {
	n := 1
	for _, d := range s.manifest.Input.Shape {
		n *= d
	}
	low, high := max(-2, s.manifest.InputRange.Low), min(2, s.manifest.InputRange.High)
	x := make([]float64, n)
	for i := range x {
		x[i] = low + (high-low)*mathrand.Float64()
	}
	return x
}

// prepareAll has every user verify them, encrypt, and keep jobs.
func (q *queue) prepareAll(ctx context.Context) error {
	return q.share(ctx, len(q.list), func(ctx context.Context, u *user, i int) (err error) {
		w := &work{user: u}
		q.list[i] = w
		x := q.input()
		if w.job, err = u.client.Prepare(ctx, q.request(x)); err != nil {
			return err
		}
		narrow := make([]float32, len(x))
		for i, v := range x {
			narrow[i] = float32(v)
		}
		y, err := q.graph.Eval(narrow)
		for _, v := range y {
			w.want = append(w.want, float64(v))
		}
		return err
	})
}

// postAll pays all jobs into escrow.
func (q *queue) postAll(ctx context.Context) (err error) {
	if q.from, err = q.net.Chain.BlockNumber(ctx); err != nil {
		return err
	}
	return q.advance(ctx)
}

func (q *queue) advance(ctx context.Context) error {
	return q.share(ctx, len(q.list), func(ctx context.Context, u *user, i int) error { return u.client.Advance(ctx, q.list[i].job) })
}

// queueAll uploads all inputs while there is no worker: after it, all jobs wait.
func (q *queue) queueAll(ctx context.Context) error {
	q.pool.rest()
	if err := q.advance(ctx); err != nil {
		return err
	}
	return q.share(ctx, len(q.list), func(ctx context.Context, u *user, i int) error {
		v, err := q.view(ctx, q.list[i])
		if err == nil && v.State != protocol.JobQueued {
			err = fmt.Errorf("job %s is %s, want it queued", v.JobID, v.State)
		}
		return err
	})
}

func (q *queue) view(ctx context.Context, w *work) (v protocol.JobView, err error) {
	return v, q.call(ctx, http.MethodGet, "/v1/jobs/"+w.job.ID.String(), w.user.token, nil, &v)
}

// drain has workers that die drain the queue, and every user open the results.
func (q *queue) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, drainLimit)
	defer cancel()
	if err := q.pool.work(ctx); err != nil {
		return err
	}
	start := time.Now()
	errs := make([]error, len(q.list))
	var group sync.WaitGroup
	for i, w := range q.list {
		group.Go(func() {
			errs[i] = w.finish(ctx)
			w.took = time.Since(start)
		})
	}
	group.Wait()
	if err := q.pool.calm(); err != nil {
		return err
	}
	times := make([]time.Duration, 0, len(q.list))
	for i, w := range q.list {
		if errs[i] == nil {
			q.report.Opened++
			times = append(times, w.took)
		}
	}
	q.report.Answer = summarize(times)
	if lost := len(q.list) - q.report.Opened; lost > 0 {
		return fmt.Errorf("%d of %d results were not opened: %w", lost, len(q.list), errors.Join(errs...))
	}
	return nil
}

// drainLimit is when a job that is not answered counts as lost.
const drainLimit = 20 * time.Minute

// finish goes on with a job until its result is open, as a user does who is told that host, workers or creator are away, and
// then holds the result to the model in the clear: another job's would be another.
func (w *work) finish(ctx context.Context) (err error) {
	for w.job.State != client.StateDelivered {
		err := w.user.client.Advance(ctx, w.job)
		if err == nil {
			continue
		}
		switch client.CodeOf(err) {
		case client.CodeHostDown, client.CodeNoWorker, client.CodeCreatorOffline:
		default:
			return err
		}
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
		if w.job, err = w.user.store.Load(ctx, w.job.ID); err != nil {
			return err
		}
	}
	got := w.job.Result.Values
	if len(got) != len(w.want) {
		return fmt.Errorf("job %s: the result has %d values, want %d", w.job.ID, len(got), len(w.want))
	}
	for i, v := range got {
		if !(math.Abs(v-w.want[i]) <= tolerance) {
			return fmt.Errorf("job %s: the result is %v, in the clear it is %v", w.job.ID, got, w.want)
		}
	}
	return nil
}

// tolerance is how far flooding and rounding may move a result; those of two inputs differ by several.
const tolerance = 0.5
