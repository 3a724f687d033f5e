//go:build js

package main

import (
	"context"
	"fmt"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/cmd/wasm/chain"
	"github.com/encrypted-compute/encompute/protocol"
)

// money is where a job's money is, by the chain.
type money struct {
	Escrow string `json:"escrow"`
	Now    uint64 `json:"now"` // the chain's time in Unix seconds
	// RefundAfter is the last second in which what holds back the refund may still come; 0: there is nothing to refund.
	RefundAfter uint64          `json:"refundAfter"`
	Amount      protocol.Amount `json:"amount"` // of the fees, that goes or went back
	Credit      protocol.Amount `json:"credit"` // that the market owes the user, for whatever
}

// over tells whether the user's money was credited.
func over(e client.Escrow) bool {
	return e == client.EscrowRefunded || e == client.EscrowUndelivered
}

// money reads a job's money.
func (t *tab) money(ctx context.Context, q bridge.Request) (any, error) {
	var p jobRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	job, err := t.store.Load(ctx, p.Job)
	if err != nil {
		return nil, err
	}
	return t.readMoney(ctx, c, job)
}

func (t *tab) readMoney(ctx context.Context, c *client.Client, job *client.Job) (m money, err error) {
	escrow, err := c.Escrow(ctx, job.ID)
	if err != nil {
		return m, err
	}
	if m.Now, err = t.chain.Now(ctx); err != nil {
		return m, err
	}
	m.Escrow = escrow.String()
	switch escrow {
	case client.EscrowPosted:
		m.RefundAfter, m.Amount = job.Spec.PrefixBy, job.Spec.WorkerFee+job.Spec.CreatorFee
	case client.EscrowComputed:
		m.RefundAfter, m.Amount = job.Spec.DeliverBy, job.Spec.CreatorFee
	case client.EscrowContested:
		m.Amount = job.Spec.CreatorFee
		if m.RefundAfter, err = t.chain.WindowEnd(ctx, job.ID); err != nil {
			return m, err
		}
	case client.EscrowRefunded:
		m.Amount = job.Spec.WorkerFee + job.Spec.CreatorFee
	case client.EscrowUndelivered:
		m.Amount = job.Spec.CreatorFee
	}
	m.Credit, err = t.chain.Credit(ctx, job.Spec.User)
	return m, err
}

// refund brings back what was not earned in time: it has the market credit it, unless that was done, and pay out all that it
// owes the user. Doing it again after one of the two was declined goes on there.
func (t *tab) refund(ctx context.Context, q bridge.Request) (any, error) {
	var p jobRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	job, err := t.store.Load(ctx, p.Job)
	if err != nil {
		return nil, err
	}
	if t.wallet == nil {
		return nil, chain.ErrNoWallet
	}
	if t.wallet.Address() != job.Spec.User {
		return nil, fmt.Errorf("the money is that of account %s: connect it", job.Spec.User)
	}
	if err := credit(ctx, c, job); err != nil {
		return nil, err
	}
	m, err := t.readMoney(ctx, c, job)
	if err != nil || m.Credit == 0 {
		return m, err
	}
	if err := t.chain.Withdraw(ctx); err != nil {
		return nil, err
	}
	return t.readMoney(ctx, c, job)
}

// credit has the market credit a job's user. Anybody may have done it before, and hosts do.
func credit(ctx context.Context, c *client.Client, job *client.Job) error {
	if escrow, err := c.Escrow(ctx, job.ID); err != nil || over(escrow) {
		return err
	}
	err := c.Refund(ctx, job.ID)
	if err != nil {
		if escrow, again := c.Escrow(ctx, job.ID); again == nil && over(escrow) {
			return nil
		}
	}
	return err
}
