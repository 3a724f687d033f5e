package host

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// The times of the outbox.
const (
	actionTimeout = 3 * time.Minute  // for one transaction
	longestPause  = time.Minute      // between two attempts
	actionLease   = 20 * time.Second // for which an action belongs to a host that may have died
)

// runOutbox carries receipts and deliveries to the chain.
func (h *Host) runOutbox(ctx context.Context) error {
	tick := time.NewTicker(h.cfg.Sweep)
	defer tick.Stop()
	for {
		if err := h.settle(ctx); err != nil && ctx.Err() == nil {
			h.log.ErrorContext(ctx, "outbox failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-h.orders:
		case <-tick.C:
		}
	}
}

// settle attempts every action that is due. An action is done when the chain says that it
// is, and still says so a while later, so that a re-organization loses nothing.
func (h *Host) settle(ctx context.Context) error {
	for {
		list, err := h.store.Outbox(ctx, 1)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := h.settleOne(ctx, list[0]); err != nil {
			return err
		}
	}
}

// settleOne attempts an action that is leased, and keeps the lease meanwhile.
func (h *Host) settleOne(ctx context.Context, a store.Action) error {
	held, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { h.hold(held, a) })
	o := h.attempt(ctx, a)
	cancel()
	group.Wait()
	if ctx.Err() != nil { // what was sent is seen on the chain the next time
		o = store.Outcome{Sent: a.Sent, Next: h.cfg.Now()}
	}
	err := h.store.Settle(context.WithoutCancel(ctx), a, o)
	if errors.Is(err, store.ErrStale) {
		h.log.WarnContext(ctx, "another host took over a chain action", "job", a.Job.JobID, "action", a.Kind)
		return nil
	}
	return err
}

// hold prolongs the lease of an action until ctx ends.
func (h *Host) hold(ctx context.Context, a store.Action) {
	tick := time.NewTicker(actionLease / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := h.store.Hold(ctx, a); err != nil && ctx.Err() == nil {
				h.log.WarnContext(ctx, "lease of a chain action is not prolonged", "job", a.Job.JobID, "error", err)
			}
		}
	}
}

// stage is where an action stands, seen from the chain.
type stage int

const (
	stageWait stage = iota // its turn has not come
	stageSend
	stageDone
	stageOver // it will never be possible
)

// stageOf reads an action's stage off the job's state on the chain.
func stageOf(k store.ActionKind, s contracts.State) stage {
	switch s {
	case contracts.StateNone: // a re-organization took the post away; it may come back
		return stageWait
	case contracts.StatePosted:
		if k == store.SubmitReceipt {
			return stageSend
		}
		return stageWait
	case contracts.StateComputed:
		if k == store.SubmitReceipt {
			return stageDone
		}
		return stageSend
	case contracts.StateDelivered:
		return stageDone
	case contracts.StateUndelivered:
		if k == store.SubmitReceipt {
			return stageDone
		}
	}
	return stageOver
}

// attempt looks at one action and does what its stage asks for.
func (h *Host) attempt(ctx context.Context, a store.Action) store.Outcome {
	ctx, cancel := context.WithTimeout(ctx, actionTimeout)
	defer cancel()
	now := h.cfg.Now()
	state, err := h.cfg.Chain.JobState(ctx, a.Job.JobID)
	if err != nil {
		return h.retry(a, err)
	}
	switch stageOf(a.Kind, state) {
	case stageDone:
		sent := a.Sent
		if sent.IsZero() {
			sent = now
		}
		return store.Outcome{Done: now.Sub(sent) >= h.cfg.ConfirmAfter, Sent: sent, Next: sent.Add(h.cfg.ConfirmAfter)}
	case stageOver:
		return h.giveUp(ctx, a, errors.New("the job is "+state.String()+" on chain"))
	case stageWait:
		if h.tooLate(a) {
			return h.giveUp(ctx, a, errors.New("the job is "+state.String()+" on chain after its deadline"))
		}
		return store.Outcome{Sent: a.Sent, Next: now.Add(h.cfg.Sweep)}
	}
	if err := h.submit(ctx, a); err != nil {
		if h.tooLate(a) {
			return h.giveUp(ctx, a, err)
		}
		return h.retry(a, err)
	}
	h.log.InfoContext(ctx, "settled on chain", "job", a.Job.JobID, "action", a.Kind)
	h.orders.set() // a delivery may have waited for its receipt
	now = h.cfg.Now()
	return store.Outcome{Sent: now, Next: now.Add(h.cfg.ConfirmAfter)}
}

// submit sends the transaction of an action.
func (h *Host) submit(ctx context.Context, a store.Action) error {
	j := a.Job
	if a.Kind == store.SubmitReceipt {
		return h.cfg.Chain.SubmitReceipt(ctx, h.cfg.Key, j.Spec, j.Computed.Receipt, j.Computed.Signature)
	}
	return h.cfg.Chain.Deliver(ctx, h.cfg.Key, j.Spec, j.Delivered.Delivery, j.Delivered.Signature, nil)
}

// tooLate reports whether the chain would refuse the action for the time.
func (h *Host) tooLate(a store.Action) bool {
	by := a.Job.Spec.PrefixBy
	if a.Kind == store.Deliver {
		by = a.Job.Spec.DeliverBy
	}
	return h.chainTime().Unix() > int64(by)
}

// retry puts an action off, longer each time.
func (h *Host) retry(a store.Action, err error) store.Outcome {
	h.log.Warn("chain action failed and is tried again", "job", a.Job.JobID, "action", a.Kind, "attempts", a.Attempts+1, "error", err)
	pause := min(time.Second<<min(a.Attempts, 10), longestPause)
	return store.Outcome{Sent: a.Sent, Next: h.cfg.Now().Add(pause), Error: err.Error()}
}

// giveUp ends an action for good. A job without a paid receipt has failed.
func (h *Host) giveUp(ctx context.Context, a store.Action, err error) store.Outcome {
	h.log.ErrorContext(ctx, "chain action given up", "job", a.Job.JobID, "action", a.Kind, "error", err)
	if a.Kind == store.SubmitReceipt {
		f := protocol.Failed{JobID: a.Job.JobID, Code: protocol.FailDeadline, Detail: "the receipt could not be settled: " + clean(err.Error())}
		if e := h.store.GiveUp(ctx, a.Job.JobID, f); e != nil && !errors.Is(e, store.ErrConflict) {
			return h.retry(a, e)
		}
		h.events.notify(a.Job.JobID)
	}
	return store.Outcome{Done: true, Sent: a.Sent, Error: err.Error()}
}
