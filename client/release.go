package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// release makes the one release of a job: it fetches and opens the output, makes the
// values safe to hand over and seals them. Nothing of it leaves the machine before the job
// is saved in the state after this one; so there is never a second one with other noise.
func (c *Client) release(ctx context.Context, job *Job) error {
	m, cut, err := job.manifest()
	if err != nil {
		return err
	}
	plan, err := fhe.ParsePlan(cut.Plan)
	if err != nil {
		return fail(CodeStore, err)
	}
	opened, err := c.open(ctx, job, cut, plan)
	if err != nil {
		return err
	}
	if c.InspectRawUnsafe != nil {
		raw, err := opened.DecodeRawUnsafe()
		if err != nil {
			return c.refuseOutput(ctx, job, err)
		}
		c.InspectRawUnsafe(raw)
	}
	return c.step("release", func(s *Step) error {
		released, err := c.protect(ctx, job, cut, plan, opened)
		if err != nil {
			return err
		}
		if job.Release, err = seal(released, job, m.SealingKey); err != nil {
			return err
		}
		job.SecretKey = nil
		s.Bytes, s.Detail = int64(len(job.Release.Sealed)), job.Release.Report.String()
		return nil
	})
}

// open fetches the output that the receipt names and decrypts it.
func (c *Client) open(ctx context.Context, job *Job, cut protocol.Cut, plan fhe.Plan) (opened *fhe.Decrypted, err error) {
	var output []byte
	err = c.step("download output", func(s *Step) error {
		limit := int64(cut.OutputBytes)
		err := c.retry(ctx, func() (err error) {
			output, err = c.host.getBlob(ctx, job.Computed.Receipt.OutputHash, limit)
			return err
		})
		s.Bytes = int64(len(output))
		return err
	})
	if err != nil {
		return nil, err
	}
	return opened, c.step("decrypt", func(*Step) error {
		secret, err := plan.ParseSecretKey(job.SecretKey)
		if err != nil {
			return fail(CodeStore, err)
		}
		receipt := VerifiedReceipt{job.Computed.Receipt, job.Worker, job.Simulated} // was verified before it was kept
		opened, err = receipt.Decrypt(plan, secret, output)
		return err
	})
}

// protect makes what may be handed over of a decryption: it floods it, applies the cut's mechanism, has the user agree
// and enters the release into the input's account.
func (c *Client) protect(ctx context.Context, job *Job, cut protocol.Cut, plan fhe.Plan, opened *fhe.Decrypted) (privacy.Released, error) {
	r, err := c.subject(ctx, job.Spec.ModelID, cut, job.Input)
	if err != nil {
		return privacy.Released{}, err
	}
	flooded, err := privacy.Flood(opened, plan, job.Flood)
	if err != nil {
		return privacy.Released{}, c.refuseOutput(ctx, job, err)
	}
	released, err := flooded.Release(r.mechanism, r.key, r.subject)
	if err != nil {
		return privacy.Released{}, c.refuseOutput(ctx, job, err)
	}
	released, err = c.charge(ctx, r, released, job.Budget)
	if errors.Is(err, privacy.ErrReleased) {
		err = c.refuseOutput(ctx, job, err)
	}
	return released, err
}

// refuseOutput tells why there is no release. An output that is implausible ends the job and retires its key: a worker
// that made it up learns that it was refused, once, and nothing more.
func (c *Client) refuseOutput(ctx context.Context, job *Job, why error) error {
	refused := &Error{CodeReleaseRefused, "release", why}
	if !errors.Is(why, fhe.ErrOutput) && !errors.Is(why, privacy.ErrReleased) {
		return refused
	}
	retired := c.retire(ctx, job)
	job.State, job.SecretKey = StateRefused, nil
	return errors.Join(refused, retired, c.save(ctx, job))
}

// seal encrypts what was released, and only that, to the creator.
func seal(r privacy.Released, job *Job, creatorKey []byte) (*Release, error) {
	result, err := protocol.ParseSealingKey(job.ResultKey)
	if err != nil {
		return nil, fail(CodeStore, err)
	}
	b, err := protocol.Marshal(protocol.Intermediate{Values: r.Values(), ResultKey: result.Public()})
	if err != nil {
		return nil, err
	}
	sealed, err := protocol.Seal(creatorKey, protocol.SealIntermediate, job.ID, b)
	if err != nil {
		return nil, err
	}
	return &Release{Sealed: sealed, Hash: protocol.BlobDigest(sealed), Values: r.Values(), Report: r.Report()}, nil
}

// statement is what the user signs about a release.
func (j *Job) statement() protocol.Release {
	return protocol.Release{JobID: j.ID, OutputHash: j.Computed.Receipt.OutputHash, ReleaseHash: j.Release.Hash}
}

// submit signs the kept release and hands it to the host; doing it again is harmless.
func (c *Client) submit(ctx context.Context, job *Job) error {
	return c.step("hand over", func(s *Step) error {
		statement := job.statement()
		if len(job.Release.Signature) == 0 {
			sig, err := c.sign(ctx, c.domain.ShowRelease(statement))
			if err != nil {
				return fmt.Errorf("sign release: %w", err)
			}
			job.Release.Signature = sig
			if err := c.save(ctx, job); err != nil {
				return err
			}
		}
		s.Bytes = int64(len(job.Release.Sealed))
		signed := protocol.SignedRelease{Release: statement, Signature: job.Release.Signature, Sealed: job.Release.Sealed}
		var view protocol.JobView
		return c.retry(ctx, func() error {
			return c.host.post(ctx, signed, maxJobViewBytes, &view, "v1", "jobs", job.ID.String(), "release")
		})
	})
}
