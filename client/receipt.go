package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// VerifiedReceipt is a receipt that is about the job as it was posted and is signed by an
// attested worker of the job's workload. Only it opens an output. The zero value opens none.
type VerifiedReceipt struct {
	receipt   protocol.Receipt
	signer    protocol.Address
	simulated bool
}

// Receipt returns the statement.
func (v VerifiedReceipt) Receipt() protocol.Receipt { return v.receipt }

// Signer returns the account of the receipt key.
func (v VerifiedReceipt) Signer() protocol.Address { return v.signer }

// Simulated reports whether the evidence of the worker that signed was a simulator's.
func (v VerifiedReceipt) Simulated() bool { return v.simulated }

// VerifyReceipt checks a receipt for a job. If it is by another worker than the one that
// was verified before, that worker's evidence is demanded and verified now.
func (c *Client) VerifyReceipt(ctx context.Context, spec protocol.JobSpec, w attestation.VerifiedWorker, computed protocol.Computed) (VerifiedReceipt, error) {
	known, err := w.Signer()
	if err != nil {
		return VerifiedReceipt{}, &Error{CodeReceiptRefused, "worker", err}
	}
	return c.verifyReceipt(ctx, spec, known, w.Simulated(), computed)
}

// verifyReceipt takes the worker that was verified before as its account and whether it is simulated.
func (c *Client) verifyReceipt(ctx context.Context, spec protocol.JobSpec, known protocol.Address, simulated bool, computed protocol.Computed) (v VerifiedReceipt, err error) {
	r := computed.Receipt
	for _, f := range []struct {
		name      string
		got, want protocol.Digest
	}{
		{"jobId", r.JobID, c.domain.JobID(spec)},
		{"prefixHash", r.PrefixHash, spec.PrefixHash},
		{"keysHash", r.KeysHash, spec.KeysHash},
		{"inputHash", r.InputHash, spec.InputHash},
	} {
		if f.got != f.want {
			return v, refuse(CodeReceiptRefused, "receipt."+f.name, "receipt says %s, the job says %s", f.got, f.want)
		}
	}
	if r.OutputHash.IsZero() {
		return v, refuse(CodeReceiptRefused, "receipt.outputHash", "receipt names no output")
	}
	if r.ElapsedMs > spec.ComputeMs {
		return v, refuse(CodeReceiptRefused, "receipt.elapsedMs", "the prefix took %d ms, the job allows %d", r.ElapsedMs, spec.ComputeMs)
	}
	signer, err := protocol.RecoverAddress(c.domain.ReceiptDigest(r), computed.Signature)
	if err != nil {
		return v, &Error{CodeReceiptRefused, "receipt.signature", err}
	}
	if signer != known {
		// A worker that this user has not verified: any changed field or signature ends here too.
		view := protocol.WorkerView{Signer: signer, WorkloadID: spec.WorkloadID}
		w, _, err := c.VerifyWorker(ctx, view)
		if err != nil {
			if e, ok := errors.AsType[*Error](err); ok && e.Check == checkConnected || CodeOf(err).unjudged() || ctx.Err() != nil {
				return v, err
			}
			return v, &Error{CodeReceiptRefused, "receipt.signature", fmt.Errorf("signed by %s, which does not prove to be a worker: %w", signer, err)}
		}
		simulated = w.Simulated()
	}
	if err := computed.CheckTimes(); err != nil {
		return v, &Error{CodeReceiptRefused, "receipt.times", err}
	}
	return VerifiedReceipt{r, signer, simulated}, nil
}

// Decrypt opens an output: the one that the receipt names, and no other.
func (v VerifiedReceipt) Decrypt(plan fhe.Plan, secret *fhe.SecretKey, output []byte) (*fhe.Decrypted, error) {
	if v.receipt.OutputHash.IsZero() {
		return nil, refuse(CodeReceiptRefused, "receipt", "the receipt was not verified")
	}
	if got := protocol.BlobDigest(output); got != v.receipt.OutputHash {
		return nil, refuse(CodeReceiptRefused, "output.digest", "the output has digest %s, the receipt says %s", got, v.receipt.OutputHash)
	}
	d, err := plan.Decrypt(secret, output)
	if err != nil {
		return nil, &Error{CodeReceiptRefused, "output.format", err}
	}
	return d, nil
}

// awaitReceipt follows the job until there is a receipt that verifies.
func (c *Client) awaitReceipt(ctx context.Context, job *Job) error {
	if err := c.uploadLost(ctx, job); err != nil {
		return err
	}
	var computed protocol.Computed
	err := c.step("compute", func(s *Step) error {
		look := func(v protocol.JobView) (bool, error) {
			if v.Computed != nil {
				computed = *v.Computed
				return true, nil
			}
			if p := v.Progress; p != nil {
				c.progress("compute", int64(p.Step), int64(p.Steps), printable(p.Name))
			}
			return false, failed(v)
		}
		check := func() error {
			_, err := c.stillOpen(ctx, job, job.Spec.PrefixBy, EscrowPosted, EscrowNone)
			return err
		}
		if err := c.follow(ctx, job, look, check); err != nil {
			return err
		}
		s.Detail = fmt.Sprintf("%d ms by the worker's clock", computed.Receipt.ElapsedMs)
		if p := job.Prediction; p != nil {
			s.Detail += fmt.Sprintf(", %.0f ms predicted", 1000*p.Seconds)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.step("check receipt", func(s *Step) error {
		v, err := c.verifyReceipt(ctx, job.Spec, job.Worker, job.Simulated, computed)
		if err != nil {
			return err
		}
		s.Detail = "signed by " + v.signer.String()
		job.Computed, job.Worker, job.Simulated = &computed, v.signer, v.simulated
		return nil
	})
}
