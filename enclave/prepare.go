package enclave

import (
	"context"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// preparer fetches what a job names and turns it into what an evaluation needs. It keeps
// the evaluators and evaluation keys used last. It is for one job at a time.
type preparer struct {
	blobs      *blobStore
	sealing    protocol.SealingKey
	threads    int
	evaluators *cache[forPlan, *fhe.Evaluator]
	keys       *cache[forPlan, *fhe.Keys]
}

// forPlan names a prefix, or evaluation keys, as read for one plan.
type forPlan struct{ content, plan protocol.Digest }

// newPreparer divides memory, in bytes: a quarter for evaluation keys, an eighth for
// prefixes, the rest for the job at work.
func newPreparer(blobs *blobStore, sealing protocol.SealingKey, threads int, memory int64) preparer {
	return preparer{
		blobs:      blobs,
		sealing:    sealing,
		threads:    threads,
		evaluators: newCache[forPlan, *fhe.Evaluator](memory / 8),
		keys:       newCache[forPlan, *fhe.Keys](memory / 4),
	}
}

// evaluator returns the evaluator of the cut's prefix.
func (p *preparer) evaluator(ctx context.Context, token string, plan fhe.Plan, cut protocol.Cut) (*fhe.Evaluator, error) {
	id := forPlan{cut.PrefixHash, plan.Digest()}
	if e, ok := p.evaluators.get(id); ok {
		return e, nil
	}
	sealed, err := p.blobs.get(ctx, token, cut.SealedPrefix, cut.SealedPrefixBytes)
	if err != nil {
		return nil, blobFailure(protocol.FailPrefix, "sealed prefix", err)
	}
	payload, err := protocol.OpenPrefixPayload(p.sealing, cut.PrefixHash, sealed)
	if err != nil {
		return nil, fail(protocol.FailPrefix, fmt.Errorf("sealed prefix: %w", err))
	}
	if payload.PlanDigest != id.plan {
		return nil, fail(protocol.FailPrefix, fmt.Errorf("prefix is sealed for plan %s, the cut has plan %s", payload.PlanDigest.Short(), id.plan.Short()))
	}
	prefix, err := fhe.ParsePrefix(payload.Prefix)
	if err != nil {
		return nil, fail(protocol.FailPrefix, fmt.Errorf("prefix: %w", err))
	}
	e, err := fhe.NewEvaluator(ctx, plan, prefix, p.threads)
	if err != nil {
		return nil, fail(protocol.FailPrefix, fmt.Errorf("prefix: %w", err))
	}
	p.evaluators.put(id, e, int64(len(payload.Prefix)))
	return e, nil
}

// evaluationKeys returns the user's keys, or nil for a keyless plan.
func (p *preparer) evaluationKeys(ctx context.Context, token string, e *fhe.Evaluator, plan fhe.Plan, digest protocol.Digest) (*fhe.Keys, error) {
	info := plan.Info()
	if info.Keyless {
		return nil, nil
	}
	id := forPlan{digest, plan.Digest()}
	if keys, ok := p.keys.get(id); ok {
		return keys, nil
	}
	blob, err := p.blobs.open(ctx, token, digest, uint64(info.KeysBytes))
	if err != nil {
		return nil, blobFailure(protocol.FailInput, "evaluation keys", err)
	}
	keys, loadErr := e.LoadKeys(blob)
	// Only bytes that are the user's say something about the user.
	if err := blob.finish(); err != nil {
		return nil, blobFailure(protocol.FailInput, "evaluation keys", err)
	}
	if loadErr != nil {
		return nil, fail(protocol.FailInput, fmt.Errorf("evaluation keys: %w", loadErr))
	}
	p.keys.put(id, keys, info.KeysBytes)
	return keys, nil
}

// input returns the user's ciphertexts.
func (p *preparer) input(ctx context.Context, token string, plan fhe.Plan, digest protocol.Digest) ([]byte, error) {
	b, err := p.blobs.get(ctx, token, digest, uint64(plan.Info().InputBytes))
	if err != nil {
		return nil, blobFailure(protocol.FailInput, "input", err)
	}
	return b, nil
}

// blobFailure says who is to blame for a blob that did not come: its maker, with code, for
// its size, else the host or the network, and then another attempt may help.
func blobFailure(code, what string, err error) error {
	err = fmt.Errorf("%s: %w", what, err)
	if errors.Is(err, errOversize) {
		return fail(code, err)
	}
	return retry(err)
}
