package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/host/blobs"
	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// Host is a relay. Its state is in the database and in the bucket of blobs: another Host
// over the same ones goes on where this one stopped, or works beside it.
type Host struct {
	cfg     Config
	log     *slog.Logger
	metrics metrics
	domain  protocol.Domain
	store   store.Store
	blobs   *blobs.Store

	workers    hub[*worker]
	creators   hub[*creator]
	ghosts     ghosts
	events     notifier
	polls      notifier   // of creators, by pollOf
	attendance attendance // of creators that poll
	orders     signal     // the outbox has something to do

	chainUnix   atomic.Int64  // time of the last block seen
	registering chan struct{} // holds one token: registrations go one at a time
	lookups     chan struct{} // bounds what strangers make the host ask the chain
	releases    chan struct{} // bounds how many releases are read at once
	limits      limits        // of requests
	uploads     uploads       // bounds how many blobs are read at once
	followers   chan struct{} // bounds how many streams of events are open
	measuring   chan struct{} // holds one token: sheets are measured one at a time
	sendTimeout time.Duration // of streams
	counting    sync.Mutex    // held while jobs of an account are counted and one is added

	ctx      context.Context // ends with Close
	cancel   context.CancelFunc
	mu       sync.Mutex // orders the start of streams and Close
	streams  int
	sessions sync.WaitGroup
}

// New opens the host's state. Serve its Handler, Run its background work, and Close it.
func New(ctx context.Context, cfg Config) (*Host, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	db, err := openStore(ctx, cfg)
	if err != nil {
		return nil, err
	}
	content, err := blobs.Open(ctx, cfg.Blobs)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	h := &Host{
		cfg: cfg, log: cfg.Log, domain: cfg.Chain.Addresses().Domain(), store: db, blobs: content,
		orders: newSignal(), registering: make(chan struct{}, 1), measuring: make(chan struct{}, 1), lookups: make(chan struct{}, 16), releases: make(chan struct{}, 8),
		limits: newLimits(cfg), sendTimeout: sendTimeout, followers: make(chan struct{}, max(1, cfg.MaxStreams*3/4)),
	}
	h.metrics = newMetrics(h)
	h.ctx, h.cancel = context.WithCancel(context.WithoutCancel(ctx))
	err = h.readChainTime(ctx)
	if err == nil && cfg.Peer != "" {
		err = db.EndSessions(ctx, cfg.Peer) // of a process that died at this address
	}
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// Close ends all streams and closes the state. Call it after Run and the server ended.
func (h *Host) Close() error {
	h.mu.Lock()
	h.cancel()
	h.mu.Unlock()
	h.uploads.endAll(problem(codeClosing, "no new uploads"))
	h.sessions.Wait()
	return errors.Join(h.blobs.Close(), h.store.Close())
}

// Run does the background work until ctx ends: leases, deadlines, the outbox, the chain's
// events. It returns nil, or why it had to stop.
func (h *Host) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	for _, work := range []func(context.Context) error{h.runSweep, h.runOutbox, h.runWatch, h.runFollow, h.runTidy} {
		group.Go(func() {
			if err := guarded(func() error { return work(ctx) }); err != nil {
				cancel(err)
			}
		})
	}
	<-ctx.Done()
	group.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("host: %w", err)
	}
	return nil
}

// server is what answers requests; how long bodies and answers may take is up to their routes.
func (h *Host) server() *http.Server {
	return &http.Server{Handler: h.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
}

// Serve answers requests on l and does the background work until ctx ends. Then it lets
// requests end, ends streams, closes l and returns nil.
func (h *Host) Serve(ctx context.Context, l net.Listener) error {
	server := h.server()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	group.Go(func() { cancel(h.Run(ctx)) })
	group.Go(func() { cancel(server.Serve(l)) })
	<-ctx.Done()
	h.endStreams()
	h.uploads.endAll(problem(codeClosing, "no new uploads"))
	grace, stop := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer stop()
	err := server.Shutdown(grace)
	group.Wait()
	cause := context.Cause(ctx)
	if errors.Is(cause, context.Canceled) || errors.Is(cause, http.ErrServerClosed) {
		cause = nil
	}
	return errors.Join(cause, err)
}

// endStreams closes all streams and allows no new ones.
func (h *Host) endStreams() {
	h.mu.Lock()
	h.cancel()
	h.mu.Unlock()
	h.sessions.Wait()
}

// enter counts a stream in; the returned function counts it out.
func (h *Host) enter() (leave func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.ctx.Err() != nil:
		return nil, problem(codeClosing, "no new streams")
	case h.streams >= h.cfg.MaxStreams:
		return nil, problem(codeBusy, "%d streams are open", h.streams)
	}
	h.streams++
	h.sessions.Add(1)
	return func() {
		h.mu.Lock()
		h.streams--
		h.mu.Unlock()
		h.sessions.Done()
	}, nil
}

// runSweep looks at leases and deadlines at every tick.
func (h *Host) runSweep(ctx context.Context) error {
	tick := time.NewTicker(h.cfg.Sweep)
	defer tick.Stop()
	for {
		if err := h.sweep(ctx); err != nil && ctx.Err() == nil {
			h.log.ErrorContext(ctx, "sweep failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sweep ends leases and jobs whose time is over, renews registrations and wakes workers
// that may have missed a job.
func (h *Host) sweep(ctx context.Context) error {
	if err := h.readChainTime(ctx); err != nil && ctx.Err() == nil {
		h.log.WarnContext(ctx, "deadlines are measured by the host's own clock", "error", err)
	}
	lapsed, err := h.store.Expire(ctx, h.chainTime())
	if err != nil {
		return err
	}
	for _, l := range lapsed {
		h.events.notify(l.JobID)
		for _, w := range h.workers.list() {
			if l.Holder != "" && w.holder == l.Holder {
				w.lapse(l)
			}
		}
	}
	h.endAttendance(ctx)
	if err := h.keepSessions(ctx); err != nil {
		return err
	}
	for _, w := range h.workers.list() {
		w.renewIfDue()
		w.wake.set()
	}
	return nil
}

// readChainTime remembers the time of the latest block.
func (h *Host) readChainTime(ctx context.Context) error {
	t, err := h.cfg.Chain.HeaderTime(ctx)
	if err != nil {
		return fmt.Errorf("read chain time: %w", err)
	}
	h.chainUnix.Store(int64(min(t, 1<<40)))
	return nil
}

// chainTime is the time that deadlines are measured by: that of the latest block, or the
// host's own if that is later, since an idle chain makes no blocks.
func (h *Host) chainTime() time.Time {
	now, block := h.cfg.Now(), time.Unix(h.chainUnix.Load(), 0)
	if block.After(now) {
		return block
	}
	return now
}

// runWatch follows the chain's events.
func (h *Host) runWatch(ctx context.Context) error {
	from, err := h.firstBlock(ctx)
	if err != nil {
		return nil // ctx ended
	}
	if err := h.insist(ctx, func() error { return h.reconcile(ctx) }); err != nil {
		return nil // ctx ended
	}
	err = h.cfg.Chain.Watch(ctx, contracts.WatchOptions{From: from, Confirmations: h.cfg.Confirmations}, func(b contracts.Batch) error {
		for _, e := range b.Events {
			if err := h.insist(ctx, func() error { return h.onChain(ctx, e.Data) }); err != nil {
				return err
			}
		}
		return nil
	}, func(err error) { h.log.WarnContext(ctx, "chain cannot be read", "error", err) })
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// firstBlock returns the latest block's number, as soon as it can be had.
func (h *Host) firstBlock(ctx context.Context) (uint64, error) {
	tick := time.NewTicker(h.cfg.Sweep)
	defer tick.Stop()
	for {
		n, err := h.cfg.Chain.BlockNumber(ctx)
		if err == nil {
			return n, nil
		}
		h.log.WarnContext(ctx, "chain cannot be read", "error", err)
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-tick.C:
		}
	}
}

// reconcile catches up on refunds that happened while the host was away. All else follows from what the chain says now: the
// outbox looks before every step, and a worker's registration when it connects. So there is no cursor to keep.
func (h *Host) reconcile(ctx context.Context) error {
	var after protocol.Digest
	for {
		ids, err := h.store.Unrefunded(ctx, after, 100)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			s, err := h.cfg.Chain.JobState(ctx, id)
			if err != nil {
				return err
			}
			if s == contracts.StateRefunded || s == contracts.StateUndelivered {
				if err := h.refunded(ctx, id); err != nil {
					return err
				}
			}
		}
		after = ids[len(ids)-1]
	}
}

// onChain mirrors what happened on the chain.
func (h *Host) onChain(ctx context.Context, data contracts.EventData) error {
	switch e := data.(type) {
	case *contracts.JobRefunded:
		return h.refunded(ctx, e.JobID)
	case *contracts.WorkerRevoked:
		h.dismiss(problem(codeRegistration, "signer %s was revoked on chain", e.Signer), func(w *worker) bool { return w.signer == e.Signer })
	case *contracts.WorkloadSet:
		if e.AllowedFrom == 0 {
			h.dismiss(problem(codeWorkload, "workload %s is no longer allowed", e.WorkloadID),
				func(w *worker) bool { return w.view().WorkloadID == e.WorkloadID })
		}
	}
	return nil
}

func (h *Host) refunded(ctx context.Context, id protocol.Digest) error {
	err := h.store.Refunded(ctx, id)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil // over already, or another host's job
	}
	h.events.notify(id)
	return err
}

// dismiss ends the streams of the workers that which selects.
func (h *Host) dismiss(why error, which func(*worker) bool) {
	for _, w := range h.workers.list() {
		if which(w) {
			w.end(why)
		}
	}
}

// guarded runs f and returns its panic as an error.
func guarded(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return f()
}
