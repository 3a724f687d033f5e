package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// acknowledge tells the host, with the user's signature, that the result came, which pays the
// creator at once. The user has the result, so a failure is not the job's: it is tried again when
// the job is resumed.
func (c *Client) acknowledge(ctx context.Context, job *Job) {
	if job.Acknowledged {
		return
	}
	err := c.step("acknowledge", func(*Step) error {
		a := protocol.Acknowledgement{JobID: job.ID, ResultHash: job.Delivered.Delivery.ResultHash}
		sig, err := c.sign(ctx, c.domain.ShowAcknowledgement(a))
		if err != nil {
			return err
		}
		if err := c.retry(ctx, func() error { return c.host.acknowledge(ctx, job.ID, sig) }); err != nil {
			return err
		}
		job.Acknowledged = true
		return c.save(ctx, job)
	})
	if err != nil && c.Observer != nil {
		c.Observer(Step{Name: "acknowledge", Detail: "not done, and tried again when the job is resumed: " + err.Error()})
	}
}

func (h host) acknowledge(ctx context.Context, job protocol.Digest, signature []byte) error {
	b, err := json.Marshal(protocol.SignedAcknowledgement{Signature: signature})
	if err != nil {
		return fmt.Errorf("encode acknowledgement: %w", err)
	}
	res, err := h.do(ctx, fetch.MethodPost, bytes.NewReader(b), int64(len(b)), "v1", "jobs", job.String(), "acknowledgement")
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// Contest says on chain that the result of a job, which the chain says was delivered, did not
// come, and puts up half the creator's fee as a bond. If the host holds the result it shows that,
// and the bond is lost; else fee and bond can be had back after an hour. So unless anyway is set,
// Contest refuses when the host has what the creator signed.
func (c *Client) Contest(ctx context.Context, id protocol.Digest, anyway bool) error {
	job, err := c.Store.Load(ctx, id)
	if err != nil {
		return fail(CodeStore, err)
	}
	return c.step("contest", func(s *Step) error {
		escrow, err := c.Chain.Escrow(ctx, id)
		if err != nil {
			return fail(CodeChain, err)
		}
		if escrow != EscrowClaimed {
			return refuse(CodeContest, "escrow", "the job is %s on chain, and only a claimed one can be contested", escrow)
		}
		if !anyway {
			if err := c.checkWithheld(ctx, job); err != nil {
				return err
			}
		}
		if err := c.Chain.Contest(ctx, job.Spec); err != nil {
			return fail(CodeChain, err)
		}
		until, err := c.Chain.WindowEnd(ctx, id)
		s.Detail = fmt.Sprintf("the host has until %d to show that the result is there", until)
		return fail(CodeChain, err)
	})
}

// checkWithheld refuses if the host has the creator's result for the job.
func (c *Client) checkWithheld(ctx context.Context, job *Job) error {
	if job.Result != nil {
		return refuse(CodeContest, "result", "the result came and was opened")
	}
	var view protocol.JobView
	err := c.host.get(ctx, maxJobViewBytes, &view, "v1", "jobs", job.ID.String())
	if err != nil || view.Delivered == nil {
		return nil // it is down, or has none
	}
	if err := c.checkDelivery(job, *view.Delivered); err != nil {
		return nil // not what the creator signed
	}
	return &Error{CodeContest, "host", errors.New("the host has what the creator signed, and would show it: the bond would be lost")}
}

// Escrow asks the chain where a job's money is.
func (c *Client) Escrow(ctx context.Context, id protocol.Digest) (Escrow, error) {
	e, err := c.Chain.Escrow(ctx, id)
	return e, fail(CodeChain, err)
}
