package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/collateral"
	"github.com/encrypted-compute/encompute/protocol"
)

// maxCandidates bounds how many workers are asked for evidence before giving up.
const maxCandidates = 8

// Workers lists the workers that the host shows. Nothing in it is verified.
func (c *Client) Workers(ctx context.Context) (views []protocol.WorkerView, err error) {
	if _, err := c.Network(ctx); err != nil {
		return nil, err
	}
	err = c.retry(ctx, func() error { return c.host.get(ctx, maxViewBytes, &views, "v1", "workers") })
	return views, err
}

// VerifyWorker asks a worker, through the host, for evidence over a fresh nonce and
// verifies it here: against the policy, the configured chain and registry, and the operator
// that the chain has for the worker's key. The verdict tells every check, also of a
// refusal; it is the zero verdict if there was no evidence to judge.
func (c *Client) VerifyWorker(ctx context.Context, view protocol.WorkerView) (w attestation.VerifiedWorker, verdict attestation.Verdict, err error) {
	w, verdict, err = c.verifyWorker(ctx, view)
	if c.Judged != nil && len(verdict.Checks) > 0 {
		c.Judged(view, verdict)
	}
	return w, verdict, err
}

func (c *Client) verifyWorker(ctx context.Context, view protocol.WorkerView) (w attestation.VerifiedWorker, verdict attestation.Verdict, err error) {
	operator, err := c.Chain.LiveOperator(ctx, view.Signer, view.WorkloadID)
	if err != nil {
		return w, verdict, fail(CodeChain, fmt.Errorf("read operator of worker %s: %w", view.Signer, err))
	}
	if operator.IsZero() {
		return w, verdict, refuse(CodeNoWorker, "worker.live", "worker %s is not a live worker of workload %s on chain", view.Signer, view.WorkloadID.Short())
	}
	var nonce protocol.Nonce
	if _, err := rand.Read(nonce[:]); err != nil {
		return w, verdict, fmt.Errorf("make nonce: %w", err)
	}
	var ev protocol.Evidence
	err = c.retry(ctx, func() error {
		return c.host.post(ctx, protocol.EvidenceQuery{Nonce: nonce}, protocol.MaxEvidenceBytes, &ev, "v1", "workers", view.Signer.String(), "evidence")
	})
	if silent(err) {
		return w, verdict, &Error{CodeNoWorker, checkConnected, err}
	}
	if err != nil {
		return w, verdict, fmt.Errorf("evidence of worker %s: %w", view.Signer, err)
	}
	// Keys are learnt from the evidence, and bound by the quote; all else we know ourselves.
	want := protocol.Binding{
		ChainID: c.Config.Network.ChainID, Registry: c.Config.Network.WorkerRegistry, Operator: operator, Nonce: nonce,
	}
	if err := c.addCollateral(ctx, &ev); err != nil {
		return w, verdict, err
	}
	if verdict, err = c.Seen.Verify(ev, want, c.Policy, time.Now()); err != nil {
		return w, verdict, fail(CodeStore, err)
	}
	if w, err = verdict.Worker(); err != nil {
		check, _ := errors.AsType[*attestation.CheckError](err)
		name := "evidence"
		if check != nil {
			name = check.Check.Name
		}
		return w, verdict, &Error{CodeEvidenceRefused, name, err}
	}
	signer, err := w.Signer()
	if err != nil {
		return attestation.VerifiedWorker{}, verdict, &Error{CodeEvidenceRefused, "worker.signer", err}
	}
	unlike := func(check string, got, want fmt.Stringer) (attestation.VerifiedWorker, attestation.Verdict, error) {
		why := fmt.Sprintf("evidence is of %s, asked for %s", got, want)
		verdict := verdict.Refuse(attestation.Check{Name: check, Expected: want.String(), Got: got.String(), Why: why})
		return attestation.VerifiedWorker{}, verdict, refuse(CodeEvidenceRefused, check, "%s", why)
	}
	if signer != view.Signer {
		return unlike("worker.signer", signer, view.Signer)
	}
	if got := w.Workload().ID(); got != view.WorkloadID {
		return unlike("worker.workload", got, view.WorkloadID)
	}
	return w, verdict, nil
}

// checkConnected is the check that a worker is there to give evidence.
const checkConnected = "worker.connected"

// silent reports whether a host says that a worker gives no evidence: it has left, or does not answer.
func silent(err error) bool {
	p, ok := errors.AsType[protocol.Problem](err)
	return ok && (p.Code == "unknown_worker" || p.Code == "evidence" || p.Code == "timeout")
}

// addCollateral puts the client's own collateral in place of the host's. A quote for which there
// can be none, since it is malformed, is left to the verdict.
func (c *Client) addCollateral(ctx context.Context, ev *protocol.Evidence) (err error) {
	if c.Collateral == nil {
		return nil
	}
	ev.Collateral, err = c.Collateral.Collateral(ctx, ev.Quote)
	if errors.Is(err, collateral.ErrUnavailable) || errors.Is(err, collateral.ErrBad) {
		return fail(CodeCollateral, err)
	}
	return nil
}

// candidates lists the workers of a workload, the idle ones first, and among those any: a worker gives evidence a few
// times a second, so users must not all ask the same. Nothing in it is verified.
func (c *Client) candidates(ctx context.Context, workload protocol.Digest) ([]protocol.WorkerView, error) {
	views, err := c.Workers(ctx)
	if err != nil {
		return nil, err
	}
	views = slices.DeleteFunc(views, func(v protocol.WorkerView) bool { return v.WorkloadID != workload })
	mathrand.Shuffle(len(views), func(i, j int) { views[i], views[j] = views[j], views[i] })
	slices.SortStableFunc(views, func(a, b protocol.WorkerView) int {
		switch {
		case a.Busy == b.Busy:
			return 0
		case b.Busy:
			return -1
		}
		return 1
	})
	return views, nil
}

// findWorker verifies workers of a workload until one passes.
func (c *Client) findWorker(ctx context.Context, workload protocol.Digest) (w attestation.VerifiedWorker, view protocol.WorkerView, err error) {
	views, err := c.candidates(ctx, workload)
	if err != nil {
		return w, view, err
	}
	if len(views) == 0 {
		return w, view, refuse(CodeNoWorker, "worker.workload", "no worker of workload %s is connected to the host", workload)
	}
	var refused []error
	for _, v := range views[:min(len(views), maxCandidates)] {
		w, _, err := c.VerifyWorker(ctx, v)
		if err == nil {
			return w, v, nil
		}
		if CodeOf(err).unjudged() || ctx.Err() != nil {
			return w, view, err
		}
		refused = append(refused, err)
	}
	return w, view, errors.Join(refused...)
}
