package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/localnet"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

// paid is a job with its user.
type paid struct {
	*client.Job
	user *user
}

// audit looks at what came of every job: on the user's side, on chain, and in what the host keeps.
func (t *trial) audit(ctx context.Context, r *result) error {
	delivered, failed, err := t.sort(ctx, r)
	if err != nil {
		return err
	}
	if err := t.untilChain(ctx, contracts.StateDelivered, delivered); err != nil {
		return err
	}
	if err := t.refund(ctx, failed); err != nil {
		return err
	}
	r.Delivered, r.Refunded = len(delivered), len(failed)
	if err := t.countMoney(ctx, delivered); err != nil {
		return err
	}
	if err := t.searchHomes(delivered, failed); err != nil {
		return err
	}
	return t.searchHost(ctx, delivered, failed)
}

// sort tells the jobs that were delivered, rightly, from those that failed and from those that were never paid.
func (t *trial) sort(ctx context.Context, r *result) (delivered, failed []paid, err error) {
	for _, u := range t.users {
		jobs, err := u.store.List(ctx)
		if err != nil {
			return nil, nil, err
		}
		for _, j := range jobs {
			r.Jobs++
			switch state, err := t.net.Chain.JobState(ctx, j.ID); {
			case err != nil:
				return nil, nil, err
			case j.State == client.StateDelivered:
				if err := t.oracle.check(j); err != nil {
					return nil, nil, err
				}
				delivered = append(delivered, paid{j, u})
			case state == contracts.StateNone && client.Code(u.over[j.ID]) == client.CodeExpired:
				r.Unpaid++
			case u.over[j.ID] == "":
				return nil, nil, fmt.Errorf("job %s of %s is still %s, on chain %s", j.ID, u.name, j.State, state)
			default:
				failed = append(failed, paid{j, u})
			}
		}
	}
	return delivered, failed, nil
}

// refund lets the deadlines of failed jobs pass, after which the host gives their money back.
func (t *trial) refund(ctx context.Context, failed []paid) error {
	now, err := t.net.Chain.HeaderTime(ctx)
	if err != nil {
		return err
	}
	last := now
	for _, j := range failed {
		fmt.Fprintf(t.log, "job %s of %s failed (%s) and is to be refunded\n", j.ID, j.user.name, j.user.over[j.ID])
		last = max(last, j.Spec.PrefixBy+1)
	}
	if last > now {
		if err := t.net.AdvanceTime(time.Duration(last-now) * time.Second); err != nil {
			return err
		}
	}
	return t.untilChain(ctx, contracts.StateRefunded, failed)
}

// untilChain waits until all jobs are in a state on chain.
func (t *trial) untilChain(ctx context.Context, want contracts.State, jobs []paid) error {
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	for _, j := range jobs {
		for {
			got, err := t.net.Chain.JobState(ctx, j.ID)
			if err == nil && got == want {
				break
			}
			if s := sleep(ctx, 200*time.Millisecond); s != nil {
				return errors.Join(fmt.Errorf("job %s of %s, which is %s there, is %s on chain, not %s: %w", j.ID, j.user.name, j.State, got, want, s), err)
			}
		}
	}
	return nil
}

// countMoney compares what everybody has with what the delivered jobs cost.
func (t *trial) countMoney(ctx context.Context, delivered []paid) error {
	a := t.net.Accounts
	want := map[protocol.Address]protocol.Amount{a.Operator.Address(): 0, a.Creator.Address(): 0, a.Owner.Address(): 0}
	for i, u := range t.users {
		want[u.key.Address()] = userTokens
		if i == 0 {
			want[u.key.Address()] += localnet.UserTokens
		}
	}
	share := func(fee protocol.Amount) protocol.Amount { return fee * localnet.MarketBps / 10_000 }
	for _, j := range delivered {
		s := j.Spec
		want[s.User] -= s.WorkerFee + s.CreatorFee
		want[a.Operator.Address()] += s.WorkerFee - share(s.WorkerFee)
		want[s.Creator] += s.CreatorFee - share(s.CreatorFee)
		want[a.Owner.Address()] += share(s.WorkerFee) + share(s.CreatorFee)
	}
	var credits protocol.Amount
	for who, amount := range want {
		wallet, err := t.net.Chain.TokenBalance(ctx, who)
		if err != nil {
			return err
		}
		credit, err := t.net.Chain.Credit(ctx, who)
		if err != nil {
			return err
		}
		credits += credit
		if wallet+credit != amount {
			return fmt.Errorf("account %s has %d and a credit of %d, should have %d in all", who, wallet, credit, amount)
		}
	}
	status, err := t.net.Chain.Status(ctx)
	if err == nil && status.Held != credits {
		err = fmt.Errorf("the market holds %d, but all credits are %d: money is stuck", status.Held, credits)
	}
	return err
}
