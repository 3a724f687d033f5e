package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/encrypted-compute/encompute/cmd/internal/localnet"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

// settleLimit is how long the host may take to bring all receipts and deliveries to the chain.
const settleLimit = 5 * time.Minute

// settle waits until the chain says of every job that its result is delivered and paid.
func (q *queue) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	for _, w := range q.list {
		for {
			s, err := q.net.Chain.JobState(ctx, w.job.ID)
			if err == nil && s == contracts.StateDelivered {
				break
			}
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
				return errors.Join(fmt.Errorf("job %s is %s on chain", w.job.ID, s), err, ctx.Err())
			}
		}
	}
	return nil
}

// check requires that every job was computed, delivered and paid exactly once, on chain and at the host.
func (q *queue) check(ctx context.Context) error {
	return errors.Join(q.checkEvents(ctx), q.checkHost(ctx))
}

// settled is what the chain says happened to a job.
type settled struct{ computed, delivered, refunded int }

// checkEvents counts what the chain says happened to the jobs, and holds what operator and creator were credited for each to
// what they asked, less the market's share.
func (q *queue) checkEvents(ctx context.Context) error {
	head, err := q.net.Chain.BlockNumber(ctx)
	if err != nil {
		return err
	}
	type credit struct {
		job     protocol.Digest
		account protocol.Address
	}
	happened, credited := map[protocol.Digest]settled{}, map[credit][]protocol.Amount{}
	for from := q.from + 1; from <= head; from += 500 {
		events, err := q.net.Chain.Events(ctx, from, min(head, from+499))
		if err != nil {
			return err
		}
		for _, e := range events {
			switch e := e.Data.(type) {
			case *contracts.PrefixComputed:
				h := happened[e.JobID]
				h.computed++
				happened[e.JobID] = h
			case *contracts.ResultDelivered:
				h := happened[e.JobID]
				h.delivered++
				happened[e.JobID] = h
			case *contracts.JobRefunded:
				h := happened[e.JobID]
				h.refunded++
				happened[e.JobID] = h
			case *contracts.Credited:
				c := credit{e.JobID, e.Account}
				credited[c] = append(credited[c], e.Amount)
			}
		}
	}
	for _, w := range q.list {
		id := w.job.ID
		if got, want := happened[id], (settled{computed: 1, delivered: 1}); got != want {
			return fmt.Errorf("job %s was on chain %+v times, want %+v", id, got, want)
		}
		for _, c := range []struct {
			who  string
			key  protocol.SigningKey
			fees protocol.Amount
		}{{"operator", q.net.Accounts.Operator, localnet.WorkerFee}, {"creator", q.net.Accounts.Creator, localnet.ModelPrice}} {
			want := []protocol.Amount{c.fees * (10_000 - localnet.MarketBps) / 10_000}
			if got := credited[credit{id, c.key.Address()}]; !slices.Equal(got, want) {
				return fmt.Errorf("job %s: the %s was credited %d, want %d", id, c.who, got, want)
			}
		}
	}
	return nil
}

// checkHost holds the host's own record of every job to the order of states, each but the first ones passed once.
func (q *queue) checkHost(ctx context.Context) error {
	want := []protocol.JobState{protocol.JobComputed, protocol.JobReleased, protocol.JobDelivered}
	for _, w := range q.list {
		v, err := q.view(ctx, w)
		if err != nil {
			return err
		}
		q.report.Leases += v.Attempts
		passed, err := q.passed(ctx, w)
		if err != nil {
			return err
		}
		last := slices.DeleteFunc(passed, func(s protocol.JobState) bool { return !slices.Contains(want, s) })
		if v.State != protocol.JobDelivered || !slices.Equal(last, want) {
			return fmt.Errorf("job %s is %s at the host and passed %v, want %v", w.job.ID, v.State, last, want)
		}
	}
	return nil
}

// passed are the states of a job by its events, without repetitions.
func (q *queue) passed(ctx context.Context, w *work) (list []protocol.JobState, err error) {
	for after := uint64(0); ; {
		var events []protocol.Event
		path := fmt.Sprintf("/v1/jobs/%s/events?after=%d", w.job.ID, after)
		if err := q.call(ctx, http.MethodGet, path, w.user.token, nil, &events); err != nil {
			return nil, err
		}
		if len(events) == 0 {
			return slices.Compact(list), nil
		}
		for _, e := range events {
			list, after = append(list, e.Job.State), e.Seq
		}
	}
}
