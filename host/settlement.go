package host

import (
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/host/store"
)

// step is what an action of the outbox comes to next.
type step string

// The steps of an action.
const (
	stepNone step = ""
	stepWait step = "wait" // its turn has not come
	stepDone step = "done"
	stepOver step = "over" // it will never be possible

	stepReceipt     step = "submit receipt"
	stepDeliver     step = "deliver"
	stepAcknowledge step = "acknowledge"     // of a delivery that was sent without the user's word
	stepSettle      step = "settle"          // of a delivery that nobody contested
	stepTransfer    step = "submit transfer" // of a delivery that the user contests
	stepRefund      step = "refund"
)

// sight is what is seen of a job on the chain.
type sight struct {
	state contracts.State
	now   uint64 // time of the latest block, Unix seconds
	until uint64 // end of the window of a claimed or contested job
}

// next reads an action's next step off the chain, and for stepWait when to look again. Every step
// is made by whoever comes first; the contract lets each happen once.
func (h *Host) next(a store.Action, s sight) (step, time.Time) {
	next, until := nextStep(a, s), h.cfg.Now().Add(h.cfg.ConfirmAfter)
	switch {
	case next == stepRefund && h.cfg.NoRefunds:
		return stepOver, time.Time{}
	case next == stepDeliver && a.Job.Acknowledgement == nil:
		if last := h.acknowledgedBy(a); h.cfg.Now().Before(last) {
			if last.Before(until) { // looking again in any case, since the user's word may come just now
				until = last
			}
			return stepWait, until
		}
	case next == stepWait && a.Kind == store.Deliver && s.state < contracts.StateComputed:
		until = h.cfg.Now().Add(h.cfg.Sweep) // its receipt is under way
	}
	return next, until
}

// acknowledgedBy is until when a delivery waits for the user's acknowledgement: with it the creator
// is paid at once, and for one transaction less.
func (h *Host) acknowledgedBy(a store.Action) time.Time {
	until := a.Ordered.Add(h.cfg.AcknowledgeWait)
	// The chain's clock may be ahead of the host's.
	left := time.Unix(int64(min(a.Job.Spec.DeliverBy, 1<<40)), 0).Add(-deadlineMargin).Sub(h.chainTime())
	if last := h.cfg.Now().Add(left); last.Before(until) {
		return last
	}
	return until
}

// nextStep is the state machine of the market as the host plays it.
func nextStep(a store.Action, s sight) step {
	spec := a.Job.Spec
	switch s.state {
	case contracts.StateNone: // a re-organization took the post away; it may come back
		if s.now <= spec.PrefixBy || a.Kind != store.SubmitReceipt && s.now <= spec.DeliverBy {
			return stepWait
		}
		return stepOver
	case contracts.StatePosted:
		switch {
		case s.now <= spec.PrefixBy && a.Kind == store.SubmitReceipt:
			return stepReceipt
		case s.now <= spec.PrefixBy:
			return stepWait
		case a.Kind == store.SubmitReceipt: // the job has failed, and that orders the refund
			return stepOver
		}
		return stepRefund
	case contracts.StateDelivered, contracts.StateRefunded, contracts.StateUndelivered:
		return lastStep(a.Kind, s.state)
	}
	if a.Kind == store.SubmitReceipt {
		return stepDone
	}
	delivered := a.Kind == store.Deliver
	switch s.state {
	case contracts.StateComputed:
		switch {
		case s.now > spec.DeliverBy:
			return stepRefund
		case delivered:
			return stepDeliver
		}
	case contracts.StateClaimed, contracts.StateContested:
		contested := s.state == contracts.StateContested
		switch {
		case delivered && a.Job.Acknowledgement != nil:
			return stepAcknowledge
		case s.now > s.until && contested:
			return stepRefund
		case delivered && contested:
			return stepTransfer
		case s.now > s.until && delivered:
			return stepSettle
		}
	}
	return stepWait
}

// lastStep says whether an action came to what it was for.
func lastStep(k store.ActionKind, s contracts.State) step {
	for _, reached := range map[store.ActionKind][]contracts.State{
		store.SubmitReceipt: {contracts.StateDelivered, contracts.StateUndelivered},
		store.Deliver:       {contracts.StateDelivered},
		store.Refund:        {contracts.StateRefunded, contracts.StateUndelivered},
	}[k] {
		if s == reached {
			return stepDone
		}
	}
	return stepOver
}
