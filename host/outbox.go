package host

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
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
	// Nothing is held back for an acknowledgement or for cheaper gas when a deadline is closer.
	deadlineMargin = 5 * time.Minute
)

// runOutbox carries receipts, deliveries and refunds to the chain.
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
// is, and still says so a while later, so that a re-organization loses nothing. What was sent and
// not recorded, because the process ended, is seen on the chain the next time.
func (h *Host) settle(ctx context.Context) error {
	for ctx.Err() == nil {
		list, err := h.store.Outbox(ctx, 2*h.cfg.BatchSize)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := h.settleAll(ctx, list); err != nil {
			return err
		}
	}
	return nil
}

// settleAll attempts actions that are leased, and keeps the leases meanwhile.
func (h *Host) settleAll(ctx context.Context, list []store.Action) error {
	held, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	r := newRound(h, list)
	group.Go(func() { r.hold(held) })
	defer group.Wait()
	defer cancel()
	due := map[step][]store.Action{}
	for _, a := range list {
		o, next := h.look(ctx, a)
		if next == stepReceipt || next == stepDeliver {
			due[next] = append(due[next], a)
			continue
		}
		if next != stepNone {
			o = h.attempt(ctx, a, next)
		}
		if err := r.record(ctx, a, o); err != nil {
			return err
		}
	}
	for _, next := range []step{stepReceipt, stepDeliver} {
		if err := r.submitAll(ctx, next, due[next]); err != nil {
			return err
		}
	}
	return nil
}

// round is what settleAll works on.
type round struct {
	*Host
	mu   sync.Mutex
	held map[int64]store.Action // leased, and not recorded yet
}

func newRound(h *Host, list []store.Action) *round {
	r := &round{Host: h, held: map[int64]store.Action{}}
	for _, a := range list {
		r.held[a.ID] = a
	}
	return r
}

// record keeps what became of an action, which ends its lease. If the host is ending, another one
// may go on at once.
func (r *round) record(ctx context.Context, a store.Action, o store.Outcome) error {
	if ctx.Err() != nil {
		o = store.Outcome{Sent: a.Sent, Next: r.cfg.Now()}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.held, a.ID)
	err := r.store.Settle(context.WithoutCancel(ctx), a, o)
	if errors.Is(err, store.ErrStale) {
		r.log.WarnContext(ctx, "another host took over a chain action", "job", a.Job.JobID, "action", a.Kind)
		return nil
	}
	return err
}

// hold prolongs the leases of actions that are not recorded until ctx ends.
func (r *round) hold(ctx context.Context) {
	tick := time.NewTicker(actionLease / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		r.prolong(ctx)
	}
}

func (r *round) prolong(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.held {
		if err := r.store.Hold(ctx, a); err != nil && ctx.Err() == nil {
			r.log.WarnContext(ctx, "lease of a chain action is not prolonged", "job", a.Job.JobID, "error", err)
		}
	}
}

// look asks the chain how an action stands. If the step that it returns is stepNone, the outcome
// is final; else the step is to be made.
func (h *Host) look(ctx context.Context, a store.Action) (store.Outcome, step) {
	ctx, cancel := context.WithTimeout(ctx, actionTimeout)
	defer cancel()
	s, err := h.sight(ctx, a.Job.JobID)
	if err != nil {
		return h.retry(a, err), stepNone
	}
	now := h.cfg.Now()
	switch next, until := h.next(a, s); next {
	case stepDone:
		if a.Kind == store.Refund { // by whomever, and whether or not this host saw it happen
			if err := h.refunded(ctx, a.Job.JobID); err != nil {
				return h.retry(a, err), stepNone
			}
		}
		sent := a.Sent
		if sent.IsZero() {
			sent = now
		}
		return store.Outcome{Done: now.Sub(sent) >= h.cfg.ConfirmAfter, Sent: sent, Next: sent.Add(h.cfg.ConfirmAfter)}, stepNone
	case stepOver:
		return h.giveUp(ctx, a, fmt.Errorf("the job is %s on chain at its time %d", s.state, s.now)), stepNone
	case stepWait:
		return store.Outcome{Sent: a.Sent, Next: until}, stepNone
	default:
		return store.Outcome{}, next
	}
}

// sight reads where a job stands on the chain.
func (h *Host) sight(ctx context.Context, id protocol.Digest) (s sight, err error) {
	if s.state, err = h.cfg.Chain.JobState(ctx, id); err != nil {
		return s, err
	}
	s.now = uint64(max(0, h.chainUnix.Load()))
	if s.state == contracts.StateClaimed || s.state == contracts.StateContested {
		s.until, err = h.cfg.Chain.WindowEnd(ctx, id)
	}
	return s, err
}

// attempt makes a step that needs a transaction of its own.
func (h *Host) attempt(ctx context.Context, a store.Action, next step) store.Outcome {
	ctx, cancel := context.WithTimeout(ctx, actionTimeout)
	defer cancel()
	if err := h.submit(ctx, a, next); err != nil {
		return h.retry(a, err)
	}
	return h.sent(ctx, a, next)
}

// submit sends the transaction of a step.
func (h *Host) submit(ctx context.Context, a store.Action, next step) error {
	chain, key, j := h.cfg.Chain, h.cfg.Key, a.Job
	switch next {
	case stepAcknowledge:
		return chain.Acknowledge(ctx, key, j.Spec, j.Delivered.Delivery.ResultHash, j.Acknowledgement)
	case stepSettle:
		return chain.Settle(ctx, key, j.Spec)
	case stepTransfer: // the sealed result is in the job, for anybody to fetch
		t := protocol.Transfer{JobID: j.JobID, ResultHash: j.Delivered.Delivery.ResultHash}
		return chain.SubmitTransfer(ctx, key, j.Spec, t.ResultHash, key.SignDigest(h.domain.TransferDigest(t)))
	case stepRefund:
		return chain.Refund(ctx, key, j.Spec)
	}
	return errors.New("no such step")
}

// submitAll makes one step of several actions, as many as allowed in one transaction. While gas is
// dear it waits for more of them.
func (r *round) submitAll(ctx context.Context, next step, list []store.Action) error {
	dear := len(list) > 0 && r.gasIsDear(ctx)
	for batch := range slices.Chunk(list, r.cfg.BatchSize) {
		if dear && len(batch) < r.cfg.BatchSize {
			held := slices.DeleteFunc(slices.Clone(batch), func(a store.Action) bool { return !r.mayWait(a, next) })
			for _, a := range held {
				if err := r.record(ctx, a, store.Outcome{Sent: a.Sent, Next: r.cfg.Now().Add(r.cfg.Sweep)}); err != nil {
					return err
				}
			}
			if len(held) == len(batch) {
				continue
			}
			batch = slices.DeleteFunc(slices.Clone(batch), func(a store.Action) bool { return r.mayWait(a, next) })
		}
		if err := r.submitBatch(ctx, next, batch); err != nil {
			return err
		}
	}
	return nil
}

// submitBatch sends the receipts or deliveries of some actions and records what became of eacr.
func (r *round) submitBatch(ctx context.Context, next step, batch []store.Action) error {
	limited, cancel := context.WithTimeout(ctx, actionTimeout)
	defer cancel()
	var refused map[protocol.Digest]error
	var err error
	if next == stepReceipt {
		list := make([]contracts.SignedReceipt, len(batch))
		for i, a := range batch {
			list[i] = contracts.SignedReceipt{Spec: a.Job.Spec, Receipt: a.Job.Computed.Receipt, Signature: a.Job.Computed.Signature}
		}
		refused, err = r.cfg.Chain.SubmitReceipts(limited, r.cfg.Key, list)
	} else {
		list := make([]contracts.SignedDelivery, len(batch))
		for i, a := range batch {
			d := a.Job.Delivered
			list[i] = contracts.SignedDelivery{Spec: a.Job.Spec, Delivery: d.Delivery, Signature: d.Signature, Acknowledgement: a.Job.Acknowledgement}
		}
		refused, err = r.cfg.Chain.DeliverMany(limited, r.cfg.Key, list)
	}
	for _, a := range batch {
		var o store.Outcome
		switch why := refused[a.Job.JobID]; {
		case err != nil:
			o = r.retry(a, err)
		case why != nil:
			o = r.retry(a, why)
		default:
			o = r.sent(ctx, a, next)
		}
		if err := r.record(ctx, a, o); err != nil {
			return err
		}
	}
	return nil
}

// gasIsDear reports whether transactions should wait for company.
func (h *Host) gasIsDear(ctx context.Context) bool {
	if h.cfg.DearGas == 0 {
		return false
	}
	price, err := h.cfg.Chain.GasPrice(ctx)
	return err == nil && price.Cmp(new(big.Int).SetUint64(h.cfg.DearGas)) > 0
}

// mayWait reports whether an action can wait for others while gas is dear.
func (h *Host) mayWait(a store.Action, next step) bool {
	by := a.Job.Spec.PrefixBy
	if next == stepDeliver {
		by = a.Job.Spec.DeliverBy
	}
	now := h.chainTime()
	return h.cfg.Now().Before(a.Ordered.Add(h.cfg.BatchWait)) && now.Add(deadlineMargin).Unix() < int64(by)
}

// sent is the outcome of a step that is in a block.
func (h *Host) sent(ctx context.Context, a store.Action, next step) store.Outcome {
	h.log.InfoContext(ctx, "settled on chain", "job", a.Job.JobID, "step", next)
	h.orders.set() // a delivery may have waited for its receipt
	now := h.cfg.Now()
	return store.Outcome{Sent: now, Next: now.Add(h.cfg.ConfirmAfter)}
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
