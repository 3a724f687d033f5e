//go:build !js

package creator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"

	"github.com/encrypted-compute/encompute/creator/inference"
	"github.com/encrypted-compute/encompute/protocol"
)

// answer brings a released intermediate to its result: it checks that the job is of an own
// model and paid, that the user released this, computes the suffix, and seals and signs
// the result. A job is computed once; after that its kept answer is given again. The error
// is a refusal if the release is at fault.
func (s *server) answer(ctx context.Context, r protocol.Released) (d protocol.Delivered, err error) {
	job := s.domain.JobID(r.Spec)
	cut, manifest, err := s.check(job, r)
	if err != nil {
		return d, err
	}
	if d, err = s.cfg.State.answer(job); !errors.Is(err, fs.ErrNotExist) {
		return d, err
	}
	if err := s.awaitPayment(ctx, job, r.Spec); err != nil {
		return d, err
	}
	result, to, err := s.compute(ctx, job, r, manifest, cut)
	if err != nil {
		return d, err
	}
	b, err := protocol.Marshal(result)
	if err != nil {
		return d, err
	}
	if d.Sealed, err = protocol.Seal(to, protocol.SealResult, job, b); err != nil {
		return d, refuse("result key: %v", err)
	}
	d.Delivery = protocol.Delivery{JobID: job, OutputHash: r.Receipt.OutputHash, ResultHash: protocol.BlobDigest(d.Sealed)}
	if d.Signature, err = s.cfg.Signer.SignDigest(s.domain.DeliveryDigest(d.Delivery)); err != nil {
		return d, fmt.Errorf("sign delivery: %w", err)
	}
	// The receipt was the host's word so far: the chain knows which output was paid for.
	paid, err := s.cfg.Chain.WouldPay(ctx, r.Spec, d.Delivery, d.Signature)
	if err != nil {
		return d, fmt.Errorf("ask the chain about the delivery: %w", err)
	}
	if !paid {
		return d, refuse("the chain would not pay for an answer to output %s", r.Receipt.OutputHash)
	}
	return s.cfg.State.keep(d)
}

// check refuses what is not a release by the job's user for a job of an own model.
func (s *server) check(job protocol.Digest, r protocol.Released) (cut protocol.Cut, m protocol.Manifest, err error) {
	m, raw, err := s.cfg.State.Manifest(r.Spec.ModelID)
	if errors.Is(err, fs.ErrNotExist) || r.Spec.Creator != s.cfg.Signer.Address() {
		return cut, m, refuse("model %s is not this creator's", r.Spec.ModelID)
	}
	if err != nil {
		return cut, m, err
	}
	cut, ok := m.Cut(r.Spec.Cut)
	release, receipt := r.Release.Release, r.Receipt
	switch {
	case r.Spec.ManifestHash != protocol.NewDigest("manifest", raw):
		return cut, m, refuse("job names another manifest of model %s", r.Spec.ModelID)
	case !ok || cut.PrefixHash != r.Spec.PrefixHash:
		return cut, m, refuse("job names a cut or prefix that model %s does not offer", r.Spec.ModelID)
	case receipt.JobID != job || receipt.PrefixHash != r.Spec.PrefixHash || receipt.InputHash != r.Spec.InputHash || receipt.KeysHash != r.Spec.KeysHash:
		return cut, m, refuse("receipt is of another job")
	case release.JobID != job || release.OutputHash != receipt.OutputHash:
		return cut, m, refuse("release is of another job or output")
	case len(r.Release.Sealed) > protocol.MaxSealedBytes:
		return cut, m, refuse("sealed intermediate has %d bytes, at most %d are allowed", len(r.Release.Sealed), protocol.MaxSealedBytes)
	case release.ReleaseHash != protocol.BlobDigest(r.Release.Sealed):
		return cut, m, refuse("sealed intermediate is not the one that was signed")
	}
	if err := protocol.VerifyDigest(s.domain.ReleaseDigest(release), r.Release.Signature, r.Spec.User); err != nil {
		return cut, m, refuse("release: %v", err)
	}
	return cut, m, nil
}

// answerable reports whether the creator's fee is in escrow or was paid.
func answerable(e Escrow) bool {
	return e == EscrowComputed || e == EscrowClaimed || e == EscrowContested || e == EscrowDelivered
}

// awaitPayment waits until the chain has accepted the job's receipt, so that the creator's
// fee is in escrow and can no longer go back to the user before the delivery's deadline.
func (s *server) awaitPayment(ctx context.Context, job protocol.Digest, spec protocol.JobSpec) error {
	for attempt := 1; ; attempt++ {
		escrow, err := s.cfg.Chain.Escrow(ctx, job)
		if err != nil {
			return fmt.Errorf("read job %s: %w", job.Short(), err)
		}
		now, err := s.cfg.Chain.Now(ctx)
		if err != nil {
			return fmt.Errorf("read time: %w", err)
		}
		switch {
		case answerable(escrow) && now <= spec.DeliverBy:
			return nil
		case escrow == EscrowRefunded || escrow == EscrowUndelivered || now > spec.DeliverBy:
			return refuse("job is over: its money went back, or will")
		case now > spec.PrefixBy:
			return refuse("job has no receipt on chain, and its deadline passed")
		case escrow == EscrowNone && attempt > maxUnknown:
			return refuse("job is not on chain")
		}
		if err := s.wait(ctx, attempt); err != nil {
			return err
		}
	}
}

// maxUnknown is how often a job that the chain does not know is looked up.
const maxUnknown = 20

// compute opens the intermediate and runs the suffix on it.
func (s *server) compute(ctx context.Context, job protocol.Digest, r protocol.Released, m protocol.Manifest, cut protocol.Cut) (result protocol.Result, to []byte, err error) {
	suffix, err := s.suffix(r.Spec.ModelID, cut)
	if err != nil {
		return result, nil, fmt.Errorf("load suffix: %w", err)
	}
	b, err := suffix.key.Open(protocol.SealIntermediate, job, r.Release.Sealed)
	if err != nil {
		return result, nil, refuse("intermediate: %v", err)
	}
	var in protocol.Intermediate
	if err := protocol.Unmarshal(b, &in); err != nil {
		return result, nil, refuse("intermediate: %v", err)
	}
	if want := size(cut.ReleasedShape()); len(in.Values) != want {
		return result, nil, refuse("intermediate has %d values, cut %s releases %d", len(in.Values), cut.Layer, want)
	}
	for i, v := range in.Values {
		if !(math.Abs(v) <= suffix.bound) {
			return result, nil, refuse("value %d of the intermediate is %v, at most %v is possible", i, v, suffix.bound)
		}
	}
	out, err := suffix.queue.Run(ctx, float32s(suffix.intake.rebuild(in.Values)))
	switch { // the user is told no more: the cause may name layers of the suffix
	case errors.Is(err, inference.ErrValues):
		return result, nil, errors.Join(refuse("the suffix does not evaluate on these values"), err)
	case errors.Is(err, inference.ErrRuntime):
		return result, nil, errors.Join(refusal{protocol.FailInternal, "the creator's runtime failed, again and again: ask the creator"}, err)
	case err != nil:
		return result, nil, err
	}
	result, err = Interpret(out, m, suffix.graph)
	return result, in.ResultKey, err
}
