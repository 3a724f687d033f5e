package host

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/rollback"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

// registerTimeout bounds the registration of a worker on chain.
const registerTimeout = 3 * time.Minute

// judge verifies evidence for a binding, after having added collateral to it.
func (h *Host) judge(ctx context.Context, e *protocol.Evidence, b protocol.Binding) (a Accepted, err error) {
	addresses := h.cfg.Chain.Addresses()
	switch {
	case b.ChainID != addresses.ChainID:
		return a, problem(codeChain, "binding is for chain %d, this host serves %d", b.ChainID, addresses.ChainID)
	case b.Registry != addresses.WorkerRegistry:
		return a, problem(codeRegistry, "binding is for registry %s, this host serves %s", b.Registry, addresses.WorkerRegistry)
	case b.Operator.IsZero():
		return a, problem(codeEvidenceRefused, "binding names no operator to pay")
	}
	if err := h.addCollateral(ctx, e); err != nil {
		return a, err
	}
	switch a, err = h.cfg.Verifier.Verify(*e, b, h.cfg.Now()); {
	case errors.Is(err, errVerifier):
		h.log.ErrorContext(ctx, "evidence cannot be judged", "error", err)
		return a, problem(codeInternal, "the host cannot judge evidence")
	case err != nil:
		return a, refusal(err)
	}
	allowed, err := h.cfg.Chain.WorkloadAllowed(ctx, a.WorkloadID)
	switch {
	case err != nil:
		return a, h.chainDown(err)
	case !allowed:
		return a, problem(codeWorkload, "workload %s is not on the registry's list", a.WorkloadID)
	}
	return a, nil
}

// refusal tells a worker which check failed and what to do about it.
func refusal(err error) error {
	p := problem(codeEvidenceRefused, "%s", err)
	var check *attestation.CheckError
	if errors.As(err, &check) {
		p.Detail = fmt.Sprintf("check %s failed: %s", check.Check.Name, clean(check.Check.Why))
		if check.Check.Remedy != "" {
			p.Remedy = check.Check.Remedy
		}
	}
	return p
}

// errVerifier means that the host could not judge evidence, which says nothing about it.
var errVerifier = errors.New("verifier failed")

// PolicyVerifier judges evidence by a policy, and by collateral no older than was seen before.
type PolicyVerifier struct {
	policy attestation.Policy
	seen   *rollback.Store
}

// NewPolicyVerifier makes a verifier that remembers in seen how new collateral was.
func NewPolicyVerifier(p attestation.Policy, seen *rollback.Store) PolicyVerifier {
	return PolicyVerifier{p, seen}
}

// Verify implements Verifier.
func (v PolicyVerifier) Verify(e protocol.Evidence, b protocol.Binding, now time.Time) (Accepted, error) {
	verdict, err := v.seen.Verify(e, b, v.policy, now)
	if err != nil {
		return Accepted{}, fmt.Errorf("%w: %w", errVerifier, err)
	}
	if err := verdict.Err(); err != nil {
		return Accepted{}, err
	}
	return Accepted{verdict.WorkloadID, string(verdict.TCBStatus), verdict.Simulated}, nil
}

// addCollateral adds what the host's source knows about a quote, in place of what came
// with it, which serves if the source fails: whoever verifies checks the signatures.
func (h *Host) addCollateral(ctx context.Context, e *protocol.Evidence) error {
	if h.cfg.Collateral == nil {
		return nil
	}
	c, err := h.cfg.Collateral.Collateral(ctx, e.Quote)
	if err == nil {
		e.Collateral = c
		return nil
	}
	h.log.WarnContext(ctx, "no collateral", "error", err)
	if len(e.Collateral) > 0 {
		return nil
	}
	return problem(codeEvidence, "the host finds no collateral for the quote: %s", clean(err.Error()))
}

// register makes sure that a worker is live on chain for a while and returns until when.
func (h *Host) register(ctx context.Context, e protocol.Evidence, b protocol.Binding, a Accepted) (until time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, registerTimeout)
	defer cancel()
	select { // one at a time: a second registration of the same signer would be refused as no newer
	case h.registering <- struct{}{}:
		defer func() { <-h.registering }()
	case <-ctx.Done():
		return until, context.Cause(ctx)
	}
	signer, err := b.Signer()
	if err != nil {
		return until, problem(codeEvidenceRefused, "%s", err)
	}
	held, err := h.cfg.Chain.Worker(ctx, signer)
	if err != nil {
		return until, h.chainDown(err)
	}
	live, err := h.cfg.Chain.LiveOperator(ctx, signer, a.WorkloadID)
	if err != nil {
		return until, h.chainDown(err)
	}
	now := h.chainTime()
	until = time.Unix(int64(min(held.ValidUntil, 1<<40)), 0).UTC()
	if live == b.Operator && held.SealingKeyHash == protocol.Keccak256(b.SealingKey) && until.Sub(now) >= h.cfg.RegistrationValidity/2 {
		return until, nil
	}
	until = now.Add(h.cfg.RegistrationValidity).Truncate(time.Second).UTC()
	return until, h.vouch(ctx, e, b, signer, a.WorkloadID, until)
}

// vouch signs a verdict as attester and registers the worker with it.
func (h *Host) vouch(ctx context.Context, e protocol.Evidence, b protocol.Binding, signer protocol.Address, workloadID protocol.Digest, until time.Time) error {
	binding, err := b.RegistryBinding()
	if err != nil {
		return problem(codeEvidenceRefused, "%s", err)
	}
	evidence, err := contracts.SignVerdict(h.cfg.Key, h.cfg.Chain.Addresses(), contracts.Verdict{
		Binding: binding, WorkloadID: workloadID, QuoteHash: protocol.NewDigest("quote", e.Quote), ValidUntil: uint64(until.Unix()),
	})
	if err != nil {
		return err
	}
	err = h.cfg.Chain.RegisterWorker(ctx, h.cfg.Key, contracts.Registration{
		Operator: b.Operator, Signer: signer, SealingKey: b.SealingKey, Evidence: evidence,
	})
	if err != nil {
		h.log.ErrorContext(ctx, "worker could not be registered", "signer", signer, "error", err)
		return problem(codeRegistration, "register worker %s: %s", signer, err)
	}
	return nil
}

// chainDown tells the operator why, and the other side that, the chain cannot be read.
func (h *Host) chainDown(err error) error {
	h.log.Warn("chain cannot be read", "error", err)
	return problem(codeChainDown, "the host cannot read the chain")
}
