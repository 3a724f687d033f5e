package enclave

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// prepareLimit bounds the time to fetch and load what a job needs. It is not part of the
// job's compute time.
const prepareLimit = 10 * time.Minute

// Why a job's context may end early.
var (
	errCancelled = errors.New("the host cancelled the job")
	errDeadline  = errors.New("the prefix took longer than the job allows")
)

// job is one assignment at work.
type job struct {
	worker    *Worker
	workload  protocol.Digest // that the host knows the worker by
	heartbeat time.Duration
	assign    protocol.Assign
	cancel    context.CancelCauseFunc
	last      []byte // message that tells how it ended; nil before. Guarded by work.mu
}

// failure is an error that the host is told.
type failure struct {
	code  string // see protocol's Fail constants
	retry bool
	err   error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func fail(code string, err error) error { return &failure{code, false, err} }
func retry(err error) error             { return &failure{protocol.FailInternal, true, err} }

// run works on the job until it is computed, failed or cancelled, and reports that. A job
// that overstays its time is reported at once, even if the engine needs a while to stop.
func (j *job) run(ctx context.Context) {
	type outcome struct {
		computed protocol.Computed
		err      error
	}
	done := make(chan outcome, 1)
	j.worker.work.jobs.Go(func() {
		c, err := j.compute(ctx)
		done <- outcome{c, err}
	})
	beat := time.NewTicker(j.heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			if s := j.worker.work.now(); s != nil {
				s.send(protocol.TypeHeartbeat, protocol.Heartbeat{JobID: j.assign.JobID, Epoch: j.assign.Epoch})
			}
		case o := <-done:
			j.report(o.computed, errors.Join(context.Cause(ctx), o.err))
			return
		case <-ctx.Done():
			j.report(protocol.Computed{}, context.Cause(ctx))
			return
		}
	}
}

// report ends the job. The host may send the next one as soon as it reads it.
func (j *job) report(computed protocol.Computed, err error) {
	log := j.worker.log.With("job", j.assign.JobID.String(), "epoch", j.assign.Epoch)
	if err == nil {
		log.Info("job computed", "elapsedMs", computed.Receipt.ElapsedMs, "seconds", computed.Seconds, "predictedSeconds", computed.PredictedSeconds)
		j.worker.work.finish(j, protocol.TypeComputed, computed)
		return
	}
	failed := protocol.Failed{JobID: j.assign.JobID, Epoch: j.assign.Epoch, Code: protocol.FailInternal, Detail: err.Error()}
	var f *failure
	switch {
	case errors.Is(err, errDeadline):
		failed.Code = protocol.FailDeadline
		failed.Detail = fmt.Sprintf("%v: it has %d ms", errDeadline, j.assign.Spec.ComputeMs)
	case errors.Is(err, errCancelled), errors.Is(err, errAlone), errors.Is(err, errRefused), errors.Is(err, context.Canceled):
		log.Info("job dropped", "reason", err)
		j.worker.work.drop(j, err)
		return
	case errors.As(err, &f):
		failed.Code, failed.Retry = f.code, f.retry
	}
	log.Warn("job failed", "code", failed.Code, "detail", failed.Detail, "retry", failed.Retry)
	j.worker.work.finish(j, protocol.TypeFailed, failed)
}

// compute does the whole job.
func (j *job) compute(ctx context.Context) (c protocol.Computed, err error) {
	defer recovered(&err)
	plan, err := j.check()
	if err != nil {
		return c, err
	}
	w := j.worker
	select {
	case w.slot <- struct{}{}:
		defer func() { <-w.slot }()
	case <-ctx.Done():
		return c, ctx.Err()
	}
	j.progress(ctx, plan, 0, "load", time.Now())
	var load loaded
	if err := w.work.online(ctx, func(token string) (err error) { load, err = j.load(ctx, token, plan); return err }); err != nil {
		return c, err
	}
	output, elapsed, err := j.evaluate(ctx, plan, load)
	if err != nil {
		return c, err
	}
	outputHash, err := w.blobs.put(ctx, j.send, output)
	if err != nil {
		return c, retry(fmt.Errorf("store output: %w", err))
	}
	spec := j.assign.Spec
	receipt := protocol.Receipt{
		JobID: j.assign.JobID, PrefixHash: spec.PrefixHash, KeysHash: spec.KeysHash, InputHash: spec.InputHash,
		OutputHash: outputHash, ElapsedMs: milliseconds(elapsed),
	}
	signature := w.keys.receipt.SignDigest(j.assign.Domain.ReceiptDigest(receipt))
	return protocol.Computed{
		Epoch: j.assign.Epoch, Receipt: receipt, Signature: signature,
		PredictedSeconds: plan.predictedSeconds, Seconds: elapsed.Seconds(),
	}, nil
}

// check refuses an assignment that contradicts itself, the configuration or the limits,
// and returns its plan.
func (j *job) check() (plan jobPlan, err error) {
	a, spec, cut := j.assign, j.assign.Spec, j.assign.Cut
	bad := func(format string, args ...any) (jobPlan, error) {
		return plan, fail(protocol.FailInternal, fmt.Errorf("assignment: "+format, args...))
	}
	switch config := j.worker.config; {
	case a.Domain.ChainID != config.ChainID:
		return bad("chain id is %d, this worker serves chain %d", a.Domain.ChainID, config.ChainID)
	case a.Domain.Market.IsZero():
		return bad("market is not set")
	case a.JobID != a.Domain.JobID(spec):
		return bad("job id is not the digest of the job")
	case spec.ComputeMs == 0 || spec.ComputeMs > protocol.MaxComputeMs:
		return bad("computeMs is %d, want 1 to %d", spec.ComputeMs, protocol.MaxComputeMs)
	case spec.WorkloadID != j.workload || cut.WorkloadID != spec.WorkloadID:
		return bad("job is for workload %s, the cut for %s, this worker is %s", spec.WorkloadID.Short(), cut.WorkloadID.Short(), j.workload.Short())
	case cut.Index != spec.Cut:
		return bad("job names cut %d, the assignment brings cut %d", spec.Cut, cut.Index)
	case cut.PrefixHash != spec.PrefixHash:
		return plan, fail(protocol.FailPrefix, errors.New("assignment: the cut's prefix is not the one that the job names"))
	case cut.Keyless != spec.KeysHash.IsZero():
		return bad("keys hash must be zero exactly when the plan is keyless")
	}
	if err := cut.Validate(); err != nil {
		return bad("cut: %w", err)
	}
	if plan, err = parsePlan(cut.Plan, j.worker.config.Machine.Cores); err != nil {
		return plan, fail(protocol.FailPrefix, fmt.Errorf("plan: %w", err))
	}
	plan.predictedSeconds = min(plan.Predict(j.worker.config.Machine), protocol.MaxPredictedSeconds)
	info := plan.info
	if info.Keyless != cut.Keyless || uint64(info.KeysBytes) != cut.KeysBytes ||
		uint64(info.InputBytes) != cut.InputBytes || uint64(info.OutputBytes) != cut.OutputBytes {
		return plan, fail(protocol.FailPrefix, errors.New("plan: its sizes are not those that the cut states"))
	}
	return plan, j.worker.prepare.fits(plan)
}

// loaded is what an evaluation needs.
type loaded struct {
	evaluator *fhe.Evaluator
	keys      *fhe.Keys
	input     []byte
}

// load fetches prefix, keys and input.
func (j *job) load(ctx context.Context, token string, plan jobPlan) (l loaded, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, prepareLimit, fmt.Errorf("blobs did not come within %v", prepareLimit))
	defer cancel()
	prepare, spec := &j.worker.prepare, j.assign.Spec
	if l.evaluator, err = prepare.evaluator(ctx, token, plan, j.assign.Cut); err != nil {
		return l, err
	}
	if l.keys, err = prepare.evaluationKeys(ctx, token, l.evaluator, plan, spec.KeysHash); err != nil {
		return l, err
	}
	l.input, err = prepare.input(ctx, token, plan, spec.InputHash)
	return l, err
}

// send makes a request of the output's upload as the host knows the worker at the moment.
func (j *job) send(ctx context.Context, r fetch.Request) (fetch.Response, error) {
	s, err := j.worker.work.await(ctx)
	if err != nil {
		return fetch.Response{}, err
	}
	res, err := j.worker.blobs.send(ctx, s.token, r)
	if _, refused := errors.AsType[protocol.Problem](err); refused && s.over(ctx) {
		err = fmt.Errorf("refused with the token of a stream that ended: %v", err) // no Problem any more: the next token may do
	}
	return res, err
}

// evaluate runs the prefix. When the job's time is over it ends the job's context; the
// engine looks at it between two operations.
func (j *job) evaluate(ctx context.Context, plan jobPlan, l loaded) ([]byte, time.Duration, error) {
	limit := time.Duration(j.assign.Spec.ComputeMs) * time.Millisecond
	start := time.Now()
	timer := time.AfterFunc(limit, func() { j.cancel(errDeadline) })
	output, err := j.worker.evaluate(l.evaluator, ctx, l.keys, l.input, func(step int, name string) {
		j.progress(ctx, plan, step+1, name, start)
	})
	elapsed := time.Since(start)
	switch {
	case !timer.Stop() || elapsed > limit:
		return nil, elapsed, errDeadline
	case err != nil && ctx.Err() != nil:
		return nil, elapsed, context.Cause(ctx)
	case errors.Is(err, fhe.ErrBlob):
		return nil, elapsed, fail(protocol.FailInput, fmt.Errorf("evaluate: %w", err))
	case err != nil:
		return nil, elapsed, fail(protocol.FailInternal, fmt.Errorf("evaluate: %w", err))
	}
	return output, elapsed, nil
}

// progress tells the host which step has ended, unless there is no stream or it is too slow to take it.
func (j *job) progress(ctx context.Context, plan jobPlan, step int, name string, start time.Time) {
	if ctx.Err() != nil {
		return
	}
	if s := j.worker.work.now(); s != nil {
		s.offer(protocol.TypeProgress, protocol.Progress{
			JobID: j.assign.JobID, Epoch: j.assign.Epoch,
			Step: step, Steps: len(plan.info.Steps), Name: name, ElapsedMs: milliseconds(time.Since(start)),
			PredictedSeconds: plan.predictedSeconds,
		})
	}
}

// milliseconds rounds up, so that a limit that was kept is not shown as broken or unused.
func milliseconds(d time.Duration) uint32 {
	return uint32((d + time.Millisecond - 1) / time.Millisecond)
}

// recovered turns a panic into a failure. It names the place in the code and nothing else,
// since the panic's value may hold what must stay inside.
func recovered(err *error) {
	if recover() == nil {
		return
	}
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	place := "an unknown place"
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		if frame.Function != "" && !strings.HasPrefix(frame.Function, "runtime.") {
			place = fmt.Sprintf("%s:%d", frame.Function, frame.Line)
			break
		}
	}
	*err = fail(protocol.FailInternal, fmt.Errorf("the engine panicked in %s", place))
}
