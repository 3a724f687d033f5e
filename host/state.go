package host

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/host/store/postgres"
	"github.com/encrypted-compute/encompute/host/store/sqlite"
	"github.com/encrypted-compute/encompute/protocol"
)

// openStore opens the database that the configuration names.
func openStore(ctx context.Context, cfg Config) (store.Store, error) {
	o := store.Options{
		Now: cfg.Now, MaxAttempts: cfg.MaxAttempts, Ageing: 30 * time.Second, ActionLease: actionLease, Reading: time.Hour,
	}
	switch scheme, _, found := strings.Cut(cfg.Store, "://"); {
	case !found:
		return sqlite.Open(ctx, cfg.Store, o)
	case scheme == "postgres" || scheme == "postgresql":
		return postgres.Open(ctx, cfg.Store, o)
	}
	return nil, errors.New("open store: name a file for SQLite, or a postgres:// address")
}

// insist repeats what must not be left out until it succeeds or ctx ends: a database that is
// away for a moment is no reason to stop.
func (h *Host) insist(ctx context.Context, do func() error) error {
	tick := time.NewTicker(h.cfg.Sweep)
	defer tick.Stop()
	for {
		err := do()
		if err == nil || ctx.Err() != nil {
			return err
		}
		h.log.ErrorContext(ctx, "the state cannot be brought up to date; trying again", "error", err)
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// runFollow wakes those here who wait for what other hosts do.
func (h *Host) runFollow(ctx context.Context) error {
	return h.store.Follow(ctx, func(c store.Change) {
		all := c == store.Change{}
		if all {
			h.events.notifyAll()
			h.polls.notifyAll()
		} else {
			h.events.notify(c.JobID)
		}
		if c.State == protocol.JobReleased {
			h.polls.notify(pollOf(c.Creator))
		}
		if all || c.State == protocol.JobComputed || c.State == protocol.JobDelivered {
			h.orders.set()
		}
		for _, w := range h.workers.list() {
			if all || c.State == protocol.JobQueued {
				w.wake.set()
			}
			if a := w.assigned(); a != nil && (all || a.JobID == c.JobID) {
				w.do(func() error { return w.recheck(a) })
			}
		}
		for _, cr := range h.creators.list() {
			if all || c.State == protocol.JobReleased && c.Creator == cr.address {
				cr.wake.set()
			}
		}
	})
}

// recheck tells the worker if another host ended its lease.
func (w *worker) recheck(a *assignment) error {
	j, err := w.host.store.Job(w.ctx, a.JobID)
	if err != nil {
		return err
	}
	if j.State == protocol.JobRunning && j.Epoch == a.Epoch || w.assigned() != a {
		return nil
	}
	return w.stale(a.JobID, a.Epoch, store.ErrStale)
}

// tidyEvery is the pause between two looks for what nobody needs.
const tidyEvery = 10 * time.Minute

// runTidy deletes what nobody needs any more.
func (h *Host) runTidy(ctx context.Context) error {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		if err := h.Tidy(ctx); err != nil && ctx.Err() == nil {
			h.log.ErrorContext(ctx, "blobs that nobody needs are left", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Tidy gives up blobs and uploads that have not been needed for a while, and deletes from the
// bucket what was given up long enough ago.
func (h *Host) Tidy(ctx context.Context) error {
	const page = 100
	before := h.cfg.Now().Add(-h.cfg.Keep)
	if err := h.store.Tidy(ctx, before); err != nil {
		return err
	}
	for {
		n, err := h.store.Collect(ctx, before, page)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		h.log.InfoContext(ctx, "blobs expired", "blobs", n)
	}
	for {
		places, err := h.store.Garbage(ctx, page)
		if err != nil || len(places) == 0 {
			return err
		}
		for _, p := range places {
			if err := h.blobs.Delete(ctx, p); err != nil {
				return err
			}
			if err := h.store.Forget(ctx, p); err != nil {
				return err
			}
		}
	}
}
