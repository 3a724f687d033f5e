package client

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/protocol"
)

// collect hands the release over and waits for the creator's result.
func (c *Client) collect(ctx context.Context, job *Job) error {
	if err := c.submit(ctx, job); err != nil {
		return err
	}
	var delivered protocol.Delivered
	err := c.step("suffix", func(s *Step) error {
		var unanswered *protocol.Failed
		look := func(v protocol.JobView) (bool, error) {
			if v.Delivered != nil {
				delivered = *v.Delivered
				return true, nil
			}
			unanswered = v.Failure
			return false, failed(v)
		}
		check := c.creatorCheck(ctx, job)
		err := c.follow(ctx, job, look, func() error {
			if f := unanswered; f != nil { // and nothing better came since
				return refuse(CodeJobFailed, printable(f.Code), "the creator could not answer: %s", printable(f.Detail))
			}
			return check()
		})
		s.Bytes = int64(len(delivered.Sealed))
		return err
	})
	if err != nil {
		return err
	}
	return c.step("open result", func(s *Step) error {
		m, _, err := job.manifest()
		if err != nil {
			return err
		}
		key, err := protocol.ParseSealingKey(job.ResultKey)
		if err != nil {
			return fail(CodeStore, err)
		}
		result, err := c.openResult(job, key, m, delivered)
		if err != nil {
			return err
		}
		s.Detail = result.Label
		delivered.Sealed, job.Release.Sealed = nil, nil
		job.Result, job.Delivered, job.ResultKey = &result, &delivered, nil
		return nil
	})
}

// creatorCheck asks, between rounds, whether the chain still waits for a delivery and
// whether somebody is there to make it. A creator that was away twice is offline.
func (c *Client) creatorCheck(ctx context.Context, job *Job) func() error {
	away, claimed := 0, 0
	return func() error {
		escrow, err := c.stillOpen(ctx, job, job.Spec.DeliverBy, EscrowPosted, EscrowComputed)
		if err != nil {
			return err
		}
		if escrow == EscrowClaimed || escrow == EscrowContested || escrow == EscrowDelivered {
			if claimed++; claimed >= 2 {
				return fail(CodeWithheld, fmt.Errorf("the chain says that the result was delivered (%s), but the host has none", escrow))
			}
		}
		v, err := c.modelView(ctx, job.Spec.ModelID)
		if err != nil {
			return err
		}
		if v.Online {
			away = 0
			return nil
		}
		if away++; away < 2 {
			return nil
		}
		return fail(CodeCreatorOffline, errors.New("the creator is not connected; the release waits for it at the host"))
	}
}

// openResult checks that the creator signed this result for this job's output, and opens it.
func (c *Client) openResult(job *Job, key protocol.SealingKey, m protocol.Manifest, v protocol.Delivered) (r protocol.Result, err error) {
	if err := c.checkDelivery(job, v); err != nil {
		return r, err
	}
	b, err := key.Open(protocol.SealResult, job.ID, v.Sealed)
	if err != nil {
		return r, &Error{CodeResultRefused, "result.seal", err}
	}
	if err := protocol.Unmarshal(b, &r); err != nil {
		return r, &Error{CodeResultRefused, "result.format", err}
	}
	return r, checkResult(r, m)
}

// checkDelivery checks that the creator signed this sealed result for this job's output.
func (c *Client) checkDelivery(job *Job, v protocol.Delivered) error {
	if v.Delivery.JobID != job.ID {
		return refuse(CodeResultRefused, "delivery.jobId", "delivery is for job %s", v.Delivery.JobID)
	}
	if job.Computed != nil && v.Delivery.OutputHash != job.Computed.Receipt.OutputHash {
		return refuse(CodeResultRefused, "delivery.outputHash", "delivery answers output %s, the receipt says %s", v.Delivery.OutputHash, job.Computed.Receipt.OutputHash)
	}
	if len(v.Sealed) > protocol.MaxSealedBytes {
		return refuse(CodeResultRefused, "result.size", "sealed result has %d bytes, at most %d are allowed", len(v.Sealed), protocol.MaxSealedBytes)
	}
	if got := protocol.BlobDigest(v.Sealed); got != v.Delivery.ResultHash {
		return refuse(CodeResultRefused, "delivery.resultHash", "sealed result has digest %s, delivery says %s", got, v.Delivery.ResultHash)
	}
	if err := protocol.VerifyDigest(c.domain.DeliveryDigest(v.Delivery), v.Signature, job.Spec.Creator); err != nil {
		return &Error{CodeResultRefused, "delivery.signature", err}
	}
	return nil
}

// checkResult refuses numbers that are none, and a label that is not what the
// probabilities and the manifest say.
func checkResult(r protocol.Result, m protocol.Manifest) error {
	for _, v := range slices.Concat(r.Values, r.Probabilities) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return refuse(CodeResultRefused, "result.values", "result holds %v", v)
		}
	}
	if len(r.Values) == 0 {
		return refuse(CodeResultRefused, "result.values", "result is empty")
	}
	if r.Label == "" {
		return nil
	}
	if !slices.Equal(r.Labels, m.Labels) {
		return refuse(CodeResultRefused, "result.labels", "result's labels are not the manifest's")
	}
	p := r.Probabilities
	if len(p) == 0 || len(p) != len(r.Labels) || r.Labels[slices.Index(p, slices.Max(p))] != r.Label {
		return refuse(CodeResultRefused, "result.label", "label %q is not the most likely one", r.Label)
	}
	return nil
}
