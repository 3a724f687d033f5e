package enclave

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// Why a job ends that its stream does not bring to an end.
var (
	errAlone   = errors.New("the host was away for longer than the lease lasts")
	errRefused = errors.New("the host refused the worker")
)

// maxAlone bounds for how long a job goes on without a stream, whatever lease the host gave.
const maxAlone = time.Minute

// work is the job of the moment and the stream of the moment. When a stream breaks, the job goes on for as long as its
// lease may last, for the host gives the lease back to a worker that returns with it.
type work struct {
	jobs sync.WaitGroup

	mu     sync.Mutex
	job    *job          // the last one, also when it has ended: the host may not have read so
	stream *stream       // that the host welcomed; nil while there is none
	joined chan struct{} // closed when there is a stream
	alone  *time.Timer   // ends a job that has no stream; nil if it has one
}

func newWork() *work { return &work{joined: make(chan struct{})} }

// held is the lease that the host is told of when a stream opens; nil if there is none.
func (w *work) held() *protocol.Held {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.job == nil {
		return nil
	}
	return &protocol.Held{JobID: w.job.assign.JobID, Epoch: w.job.assign.Epoch}
}

// busy reports whether a job is at work.
func (w *work) busy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.job.atWork()
}

// join makes a stream that of the moment. What the job came to while there was none is said now, or again.
func (w *work) join(s *stream) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stream = s
	close(w.joined)
	if w.alone != nil {
		w.alone.Stop()
		w.alone = nil
	}
	if w.job != nil && w.job.last != nil {
		s.sendText(w.job.last)
	}
}

// leave is called when a stream has ended; why is what ended it.
func (w *work) leave(s *stream, why error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	welcomed := w.stream == s
	if welcomed {
		w.stream, w.joined = nil, make(chan struct{})
	}
	var refused *RefusedError
	switch j := w.job; {
	case j == nil:
	case welcomed && errors.As(why, &refused): // which ends the lease
		j.cancel(errRefused)
		w.job = nil
	case w.alone == nil:
		w.alone = time.AfterFunc(j.lease(), func() { w.drop(j, errAlone) })
	}
}

// drop ends a job and forgets it.
func (w *work) drop(j *job, why error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	j.cancel(why)
	if w.job == j {
		w.job = nil
	}
}

// take begins a job on a stream. The same job under a later epoch replaces the earlier one; another job is turned down while one is
// at work.
func (w *work) take(ctx context.Context, s *stream, a protocol.Assign) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.job; c != nil {
		switch {
		case !c.atWork():
		case c.assign.JobID == a.JobID && a.Epoch <= c.assign.Epoch:
			return // said twice, or late
		case c.assign.JobID != a.JobID:
			s.send(protocol.TypeFailed, protocol.Failed{
				JobID: a.JobID, Epoch: a.Epoch, Code: protocol.FailInternal, Detail: "the worker is busy with another job", Retry: true,
			})
			return
		}
		c.cancel(errCancelled)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	j := &job{worker: s.worker, workload: s.workload, heartbeat: s.heartbeat, assign: a, cancel: cancel}
	w.job = j
	w.jobs.Go(func() {
		defer cancel(nil)
		j.run(ctx)
	})
}

// stop cancels the job that c names.
func (w *work) stop(c protocol.Cancel) {
	w.mu.Lock()
	j := w.job
	w.mu.Unlock()
	if j != nil && j.assign.JobID == c.JobID && j.assign.Epoch == c.Epoch {
		w.drop(j, errCancelled)
	}
}

// finish makes room for the next job. Its last word is said now, and kept for the next stream in case this one breaks.
func (w *work) finish(j *job, t protocol.MessageType, body any) {
	text, err := protocol.EncodeMessage(t, body)
	if err != nil {
		text = nil
		j.worker.log.Error("message lost", "type", t, "error", err)
	}
	w.mu.Lock()
	if w.job != j {
		w.mu.Unlock()
		return
	}
	j.last = text
	if text == nil {
		w.job = nil
	}
	s := w.stream
	w.mu.Unlock()
	if s != nil && text != nil {
		s.sendText(text)
	}
}

// now returns the stream of the moment; nil if there is none.
func (w *work) now() *stream {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stream
}

// await returns the stream of the moment, or the next one.
func (w *work) await(ctx context.Context) (*stream, error) {
	for {
		w.mu.Lock()
		s, joined := w.stream, w.joined
		w.mu.Unlock()
		if s != nil {
			return s, nil
		}
		select {
		case <-joined:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// settle is how long after a failed request the stream may still turn out to be broken, too.
const settle = time.Second

// over reports whether a stream ends, at once or very soon.
func (s *stream) over(ctx context.Context) bool {
	select {
	case <-s.done:
		return true
	case <-ctx.Done():
	case <-time.After(settle):
	}
	return false
}

// online runs do with the token of the stream of the moment, and again on the next one if that ends meanwhile and another attempt
// may help.
func (w *work) online(ctx context.Context, do func(token string) error) error {
	for {
		s, err := w.await(ctx)
		if err != nil {
			return err
		}
		if err = do(s.token); err == nil || !mayPass(err) || !s.over(ctx) {
			return err
		}
	}
}

// close waits for jobs that were told to end.
func (w *work) close() {
	w.jobs.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.alone != nil {
		w.alone.Stop()
	}
}

// mayPass reports whether another attempt may help against an error.
func mayPass(err error) bool {
	var f *failure
	return !errors.As(err, &f) || f.retry
}

// atWork reports whether a job is not over. The caller holds the lock.
func (j *job) atWork() bool { return j != nil && j.last == nil }

// lease is for how long the job may be held without a word to the host.
func (j *job) lease() time.Duration {
	return min(max(0, time.Duration(j.assign.LeaseSeconds)), maxAlone/time.Second) * time.Second
}
