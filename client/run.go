package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/protocol"
)

// Outcome is what a job brought.
type Outcome struct {
	JobID        protocol.Digest  `json:"jobId"`
	Result       protocol.Result  `json:"result"`
	Receipt      protocol.Receipt `json:"receipt"`
	Worker       protocol.Address `json:"worker"`    // who signed the receipt
	Simulated    bool             `json:"simulated"` // its evidence was a simulator's
	Released     []float64        `json:"released"`  // what the creator got to see
	ReleasedBits float64          `json:"releasedBits"`
}

// Run does a whole job. If it fails after the job was prepared, the error names the job,
// which Resume takes up.
func (c *Client) Run(ctx context.Context, r Request) (*Outcome, error) {
	job, err := c.Prepare(ctx, r)
	if err != nil {
		return nil, err
	}
	return c.finish(ctx, job)
}

// Resume goes on with a kept job from wherever it stands. A job that is done gives its
// outcome again.
func (c *Client) Resume(ctx context.Context, id protocol.Digest) (*Outcome, error) {
	job, err := c.Store.Load(ctx, id)
	if err != nil {
		return nil, fail(CodeStore, err)
	}
	if got := c.domain.JobID(job.Spec); got != job.ID {
		return nil, refuse(CodeWrongNetwork, "job.id", "job %s is of another market", job.ID)
	}
	return c.finish(ctx, job)
}

func (c *Client) finish(ctx context.Context, job *Job) (*Outcome, error) {
	if job.State == StateDelivered {
		c.acknowledge(ctx, job)
	}
	for job.State != StateDelivered {
		if err := c.Advance(ctx, job); err != nil {
			return nil, fmt.Errorf("job %s: %w", job.ID, err)
		}
	}
	return job.outcome(), nil
}

// Advance does the one step that is next for the job and keeps what came of it. Doing a
// step again, after a crash before it was kept, does no harm; after an error the job must be
// loaded again, since it may have been changed without being kept.
func (c *Client) Advance(ctx context.Context, job *Job) error {
	var (
		do   func(context.Context, *Job) error
		next State
	)
	switch job.State {
	case StateCreated:
		do, next = c.post, StatePosted
	case StatePosted:
		do, next = c.upload, StateUploaded
	case StateUploaded:
		do, next = c.awaitReceipt, StateComputed
	case StateComputed:
		do, next = c.release, StateReleased
	case StateReleased:
		do, next = c.collect, StateDelivered
	case StateDelivered:
		return nil
	case StateRefused:
		return refuse(CodeReleaseRefused, "release", "the output was refused before and cannot be opened again")
	default:
		return refuse(CodeStore, "job.state", "job is in state %q, which this program does not know", job.State)
	}
	if err := do(ctx, job); err != nil {
		return err
	}
	job.State = next
	if err := c.save(ctx, job); err != nil {
		return err
	}
	if next == StateDelivered {
		c.acknowledge(ctx, job)
	}
	return c.tidy(ctx, job)
}

// tidy removes blobs that no later state needs.
func (c *Client) tidy(ctx context.Context, job *Job) error {
	if job.State != StateComputed {
		return nil
	}
	return c.deleteBlobs(ctx, job)
}

// deleteBlobs removes a job's blobs, but not evaluation keys that other jobs use or will use.
func (c *Client) deleteBlobs(ctx context.Context, job *Job) error {
	err := c.Store.DeleteBlob(ctx, job.Spec.InputHash)
	if job.Flood.ReleasesPerKey <= 1 { // the keys are the job's own
		return fail(CodeStore, errors.Join(err, c.Store.DeleteBlob(ctx, job.Spec.KeysHash)))
	}
	shared, again := c.shared(ctx, job)
	if again == nil && !shared {
		again = c.dropKeys(ctx, job.ID, job.Spec.KeysHash)
	}
	return errors.Join(fail(CodeStore, err), again)
}

// Forget removes a job and its blobs from the store, with whatever is still to come of it.
func (c *Client) Forget(ctx context.Context, id protocol.Digest) error {
	job, err := c.Store.Load(ctx, id)
	if err != nil {
		return fail(CodeStore, err)
	}
	if err := c.deleteBlobs(ctx, job); err != nil {
		return err
	}
	return fail(CodeStore, c.Store.Delete(ctx, id))
}

// Refund asks the chain for what was not earned in time. The job is kept.
func (c *Client) Refund(ctx context.Context, id protocol.Digest) error {
	job, err := c.Store.Load(ctx, id)
	if err != nil {
		return fail(CodeStore, err)
	}
	return c.step("refund", func(*Step) error { return fail(CodeChain, c.Chain.Refund(ctx, job.Spec)) })
}

func (j *Job) outcome() *Outcome {
	return &Outcome{
		JobID: j.ID, Result: *j.Result, Receipt: j.Computed.Receipt, Worker: j.Worker, Simulated: j.Simulated,
		Released: j.Release.Values, ReleasedBits: j.Release.Report.Bits,
	}
}

// post pays the job into escrow, unless that was done before. The chain takes a job's id
// only once, so that even a race pays once.
func (c *Client) post(ctx context.Context, job *Job) error {
	return c.step("pay", func(s *Step) error {
		s.Detail = fmt.Sprintf("%d token units in escrow", job.Spec.WorkerFee+job.Spec.CreatorFee)
		escrow, err := c.Chain.Escrow(ctx, job.ID)
		if err != nil || escrow != EscrowNone {
			return fail(CodeChain, err)
		}
		now, err := c.Chain.Now(ctx)
		if err != nil {
			return fail(CodeChain, err)
		}
		if now+uint64(job.Spec.ComputeMs/1000) > job.Spec.PrefixBy {
			return refuse(CodeExpired, "job.prefixBy", "the job was prepared too long ago; nothing was paid")
		}
		if err = c.Chain.PostJob(ctx, job.Spec); err == nil {
			return nil
		}
		// The answer may have been lost, or another process may have been faster.
		if escrow, again := c.Chain.Escrow(ctx, job.ID); again == nil && escrow != EscrowNone {
			return nil
		}
		return fail(CodeChain, err)
	})
}
