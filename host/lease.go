package host

import (
	"context"
	"errors"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// maxOutputs is how many blobs a worker may put for one lease: one, unless it computes again.
const maxOutputs = 4

// jobChanged wakes everybody who may have to act on a job.
func (h *Host) jobChanged(id protocol.Digest) {
	h.events.notify(id)
	for _, w := range h.workers.list() {
		w.wake.set()
	}
}

// claim leases a job to the worker if it has none and there is one.
func (w *worker) claim() error {
	if w.assigned() != nil {
		return nil
	}
	h := w.host
	j, err := h.store.Claim(w.ctx, store.Claim{
		Holder: w.holder, Worker: w.signer, WorkloadID: w.view().WorkloadID,
		LeaseUntil: h.cfg.Now().Add(h.cfg.Lease), ChainTime: h.chainTime(),
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	a := &assignment{Lease: store.Lease{JobID: j.JobID, Epoch: j.Epoch, Worker: w.signer}, spec: j.Spec, outputs: map[protocol.Digest]bool{}}
	if a.cut, err = h.cutOf(w.ctx, j.Spec); err != nil {
		return err
	}
	w.assign(a)
	h.events.notify(j.JobID)
	h.metrics.jobs.WithLabelValues("leased").Inc()
	h.log.InfoContext(w.ctx, "job leased", "job", j.JobID, "epoch", j.Epoch, "signer", w.signer)
	return w.send(w.ctx, protocol.TypeAssign, protocol.Assign{
		JobID: j.JobID, Epoch: j.Epoch, LeaseSeconds: int(h.cfg.Lease / time.Second), Domain: h.domain, Spec: j.Spec, Cut: a.cut,
	})
}

// rejoin gives the worker back the lease that it has still, and ends all others of it: it works on nothing else.
func (w *worker) rejoin(held *protocol.Held) (a *assignment, err error) {
	l := store.Lease{Worker: w.signer}
	if held != nil {
		l.JobID, l.Epoch = held.JobID, held.Epoch
	}
	h := w.host
	stale := false
	err = h.free(w.ctx, w.signer, func() ([]protocol.Digest, error) {
		ids, err := h.store.Rejoin(w.ctx, w.holder, l, h.cfg.Now().Add(h.cfg.Lease))
		if stale = errors.Is(err, store.ErrStale); stale {
			err = nil
		}
		return ids, err
	})
	if err != nil || stale {
		return nil, err
	}
	j, err := h.store.Job(w.ctx, l.JobID)
	if err != nil {
		return nil, err
	}
	a = &assignment{Lease: l, spec: j.Spec, outputs: map[protocol.Digest]bool{}}
	a.cut, err = h.cutOf(w.ctx, j.Spec)
	h.log.InfoContext(w.ctx, "worker is back with its job", "job", l.JobID, "epoch", l.Epoch, "signer", w.signer)
	return a, err
}

// free ends leases of a worker by end, and tells whom that concerns.
func (h *Host) free(ctx context.Context, signer protocol.Address, end func() ([]protocol.Digest, error)) error {
	ids, err := end()
	if err != nil {
		h.log.ErrorContext(ctx, "leases of a worker that gave them up run on", "signer", signer, "error", err)
	}
	for _, id := range ids {
		h.jobChanged(id)
	}
	return err
}

// cutOf returns the cut that a job names.
func (h *Host) cutOf(ctx context.Context, s protocol.JobSpec) (protocol.Cut, error) {
	m, err := h.store.Model(ctx, s.ModelID)
	if err != nil {
		return protocol.Cut{}, err
	}
	manifest, err := protocol.ParseManifest(m.Manifest)
	if err != nil {
		return protocol.Cut{}, err
	}
	cut, ok := manifest.Cut(s.Cut)
	if !ok {
		return cut, problem(codeWrongTerms, "model %s has no cut %d", s.ModelID, s.Cut)
	}
	return cut, nil
}

func (w *worker) assigned() *assignment {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.current
}

func (w *worker) assign(a *assignment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = a
}

// held returns the assignment that a message speaks of, or store.ErrStale. Leases end with
// their stream, so what the stream was not given is stale.
func (w *worker) held(id protocol.Digest, epoch uint64) (*assignment, error) {
	a := w.assigned()
	if a == nil || a.JobID != id || a.Epoch != epoch {
		return nil, store.ErrStale
	}
	return a, nil
}

// extend prolongs the lease that a message speaks of.
func (w *worker) extend(id protocol.Digest, epoch uint64) (*assignment, error) {
	a, err := w.held(id, epoch)
	if err != nil {
		return nil, err
	}
	return a, w.host.store.Extend(w.ctx, a.Lease, w.host.cfg.Now().Add(w.host.cfg.Lease))
}

// stale tells a worker that it lost a lease, if err says so, and passes other errors on.
func (w *worker) stale(id protocol.Digest, epoch uint64, err error) error {
	if !errors.Is(err, store.ErrStale) {
		return err
	}
	w.release(id, epoch)
	return w.send(w.ctx, protocol.TypeCancel, protocol.Cancel{JobID: id, Epoch: epoch})
}

// release makes the worker free for another job if it has this one.
func (w *worker) release(id protocol.Digest, epoch uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.current != nil && w.current.JobID == id && w.current.Epoch == epoch {
		w.current = nil
		w.wake.set()
	}
}

// lapse is called when a lease of the worker is over: because the job's deadline passed,
// or because the worker fell silent, and then it is not to be relied on.
func (w *worker) lapse(l store.Lapsed) {
	if !l.Late {
		w.end(problem(codeSuperseded, "no heartbeat for job %s came within %s", l.JobID, w.host.cfg.Lease))
		return
	}
	w.do(func() error { return w.stale(l.JobID, l.Epoch, store.ErrStale) })
}

func (w *worker) onHeartbeat(m protocol.Message) error {
	b, err := body[protocol.Heartbeat](m)
	if err != nil {
		return err
	}
	_, err = w.extend(b.JobID, b.Epoch)
	return w.stale(b.JobID, b.Epoch, err)
}

func (w *worker) onProgress(m protocol.Message) error {
	p, err := body[protocol.Progress](m)
	if err != nil {
		return err
	}
	if err := p.CheckTimes(); err != nil {
		return problem(codeProtocol, "progress: %s", err)
	}
	p.Name = clean(p.Name)
	a, err := w.extend(p.JobID, p.Epoch)
	if err == nil {
		err = w.host.store.Progress(w.ctx, a.Lease, p)
	}
	if err != nil {
		return w.stale(p.JobID, p.Epoch, err)
	}
	w.host.events.notify(p.JobID)
	return nil
}

func (w *worker) onFailed(m protocol.Message) error {
	f, err := body[protocol.Failed](m)
	if err != nil {
		return err
	}
	return w.stale(f.JobID, f.Epoch, w.fail(f))
}

// fail ends the lease that f speaks of.
func (w *worker) fail(f protocol.Failed) error {
	f.Code, f.Detail = failCode(f.Code), clean(f.Detail)
	a, err := w.held(f.JobID, f.Epoch)
	if err != nil {
		return err
	}
	if err := w.host.store.Fail(w.ctx, a.Lease, f); err != nil {
		return err
	}
	w.host.metrics.jobs.WithLabelValues("failed").Inc()
	w.host.log.WarnContext(w.ctx, "attempt failed", "job", f.JobID, "epoch", f.Epoch, "signer", w.signer, "code", f.Code, "detail", f.Detail)
	w.release(f.JobID, f.Epoch)
	w.host.jobChanged(f.JobID)
	return nil
}

// failCode returns the code if it is one of the protocol's.
func failCode(c string) string {
	switch c {
	case protocol.FailDeadline, protocol.FailInput, protocol.FailPrefix, protocol.FailRelease:
		return c
	}
	return protocol.FailInternal
}

func (w *worker) onComputed(m protocol.Message) error {
	c, err := body[protocol.Computed](m)
	if err != nil {
		return err
	}
	id := c.Receipt.JobID
	a, err := w.held(id, c.Epoch)
	if err != nil {
		return w.stale(id, c.Epoch, err)
	}
	if err := w.checkReceipt(a, c); err != nil {
		// Whoever hands in a receipt like this is sent away; the job gets another attempt
		// when the lease is abandoned.
		w.host.log.ErrorContext(w.ctx, "receipt refused", "job", id, "signer", w.signer, "error", err)
		return err
	}
	if err := w.host.store.Complete(w.ctx, a.Lease, c); err != nil {
		return w.stale(id, c.Epoch, err)
	}
	w.host.log.InfoContext(w.ctx, "job computed", "job", id, "epoch", c.Epoch, "signer", w.signer,
		"elapsedMs", c.Receipt.ElapsedMs, "seconds", c.Seconds, "predictedSeconds", c.PredictedSeconds)
	w.host.metrics.computed(c)
	w.release(id, c.Epoch)
	w.host.jobChanged(id)
	w.host.orders.set()
	return nil
}

// checkReceipt compares a receipt with the job, its signature with the worker, and its
// output with what was put.
func (w *worker) checkReceipt(a *assignment, c protocol.Computed) error {
	r, s := c.Receipt, a.spec
	switch {
	case r.PrefixHash != s.PrefixHash:
		return problem(codeReceipt, "prefixHash is %s, the job names %s", r.PrefixHash, s.PrefixHash)
	case r.KeysHash != s.KeysHash:
		return problem(codeReceipt, "keysHash is %s, the job names %s", r.KeysHash, s.KeysHash)
	case r.InputHash != s.InputHash:
		return problem(codeReceipt, "inputHash is %s, the job names %s", r.InputHash, s.InputHash)
	case r.OutputHash.IsZero():
		return problem(codeReceipt, "outputHash is not set")
	case r.ElapsedMs > s.ComputeMs:
		return problem(codeReceipt, "elapsedMs is %d, the job allows %d", r.ElapsedMs, s.ComputeMs)
	}
	if err := c.CheckTimes(); err != nil {
		return problem(codeReceipt, "%s", err)
	}
	if err := protocol.VerifyDigest(w.host.domain.ReceiptDigest(r), c.Signature, w.signer); err != nil {
		return problem(codeReceipt, "%s", err)
	}
	b, err := w.host.store.Blob(w.ctx, r.OutputHash)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return problem(codeReceipt, "output %s was not put", r.OutputHash)
	case err != nil:
		return err
	case b.Bytes != int64(a.cut.OutputBytes):
		return problem(codeReceipt, "output %s has %d bytes, the cut gives %d", r.OutputHash, b.Bytes, a.cut.OutputBytes)
	}
	return nil
}

// mayPutOutput reports whether the worker may put an output now, and of how many bytes.
func (w *worker) mayPutOutput(digest protocol.Digest) (bytes int64, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.current
	if a == nil || !a.outputs[digest] && len(a.outputs) >= maxOutputs {
		return 0, false
	}
	a.outputs[digest] = true
	return int64(a.cut.OutputBytes), true
}
