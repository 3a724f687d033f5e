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

// credits are what worker's operator and creator may withdraw.
func (q *queue) credits(ctx context.Context) (map[protocol.Address]protocol.Amount, error) {
	c := map[protocol.Address]protocol.Amount{}
	for _, k := range []protocol.SigningKey{q.net.Accounts.Operator, q.net.Accounts.Creator} {
		v, err := q.net.Chain.Credit(ctx, k.Address())
		if err != nil {
			return nil, err
		}
		c[k.Address()] = v
	}
	return c, nil
}

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
	return errors.Join(q.checkEvents(ctx), q.checkCredits(ctx), q.checkHost(ctx))
}

// checkEvents counts what the chain says happened to the jobs.
func (q *queue) checkEvents(ctx context.Context) error {
	head, err := q.net.Chain.BlockNumber(ctx)
	if err != nil {
		return err
	}
	computed, delivered, refunded := map[protocol.Digest]int{}, map[protocol.Digest]int{}, map[protocol.Digest]int{}
	credited := map[protocol.Digest]int{}
	for from := q.from + 1; from <= head; from += 500 {
		events, err := q.net.Chain.Events(ctx, from, min(head, from+499))
		if err != nil {
			return err
		}
		for _, e := range events {
			switch e := e.Data.(type) {
			case *contracts.PrefixComputed:
				computed[e.JobID]++
			case *contracts.ResultDelivered:
				delivered[e.JobID]++
			case *contracts.JobRefunded:
				refunded[e.JobID]++
			case *contracts.Credited:
				if e.Account == q.net.Accounts.Operator.Address() || e.Account == q.net.Accounts.Creator.Address() {
					credited[e.JobID]++
				}
			}
		}
	}
	for _, w := range q.list {
		id := w.job.ID
		if computed[id] != 1 || delivered[id] != 1 || credited[id] != 2 || refunded[id] != 0 {
			return fmt.Errorf("job %s was computed %d times on chain, delivered %d times, credited %d times and refunded %d times; want 1, 1, 2 and 0",
				id, computed[id], delivered[id], credited[id], refunded[id])
		}
	}
	return nil
}

// checkCredits holds what operator and creator got to what they asked, less the market's share.
func (q *queue) checkCredits(ctx context.Context) error {
	after, err := q.credits(ctx)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		who  string
		key  protocol.SigningKey
		each protocol.Amount
	}{{"operator", q.net.Accounts.Operator, localnet.WorkerFee}, {"creator", q.net.Accounts.Creator, localnet.ModelPrice}} {
		want := protocol.Amount(len(q.list)) * c.each * (10_000 - localnet.MarketBps) / 10_000
		if got := after[c.key.Address()] - q.before[c.key.Address()]; got != want {
			return fmt.Errorf("the %s was paid %d, want %d for %d jobs", c.who, got, want, len(q.list))
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
