package enclave

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// preparer fetches what a job names and turns it into what an evaluation needs. It keeps
// the evaluators and evaluation keys used last. It is for one job at a time.
type preparer struct {
	blobs      *blobStore
	sealing    protocol.SealingKey
	threads    int
	memory     int64
	evaluators *cache[forPlan, *fhe.Evaluator]
	keys       *cache[forPlan, *fhe.Keys]
}

// forPlan names a prefix, or evaluation keys, as read for one plan.
type forPlan struct{ content, plan protocol.Digest }

// newPreparer divides memory, in bytes: a quarter is for evaluators that are kept, a quarter
// for keys, the rest for the job at work.
func newPreparer(blobs *blobStore, sealing protocol.SealingKey, threads int, memory int64) preparer {
	return preparer{
		blobs:      blobs,
		sealing:    sealing,
		threads:    threads,
		memory:     memory,
		evaluators: newCache[forPlan, *fhe.Evaluator](memory / 4),
		keys:       newCache[forPlan, *fhe.Keys](memory / 4),
	}
}

// fits refuses a plan for which this machine has too little memory; another may have more.
func (p *preparer) fits(plan jobPlan) error {
	if need := plan.memory.Total(); need > p.memory/2 {
		return retry(fmt.Errorf("the plan needs %d MB of memory, this worker has %d MB for it", need>>20, p.memory>>21))
	}
	return nil
}

// evaluator returns the evaluator of the cut's prefix.
func (p *preparer) evaluator(ctx context.Context, token string, plan jobPlan, cut protocol.Cut) (*fhe.Evaluator, error) {
	id := forPlan{cut.PrefixHash, plan.digest}
	if e, ok := p.evaluators.get(id); ok {
		return e, nil
	}
	prefix, _, err := p.open(ctx, token, plan, cut)
	if err != nil {
		return nil, err
	}
	e, err := fhe.NewEvaluator(ctx, plan.Plan, prefix, p.threads)
	switch {
	case ctx.Err() != nil:
		return nil, retry(fmt.Errorf("prefix: %w", context.Cause(ctx)))
	case err != nil:
		return nil, fail(protocol.FailPrefix, fmt.Errorf("prefix: %w", err))
	}
	p.evaluators.put(id, e, plan.memory.Weights)
	return e, nil
}

// open fetches and opens the cut's prefix. proof is what whoever sealed it knows.
func (p *preparer) open(ctx context.Context, token string, plan jobPlan, cut protocol.Cut) (prefix fhe.Prefix, proof protocol.Digest, err error) {
	sealed, err := p.blobs.get(ctx, token, cut.SealedPrefix, cut.SealedPrefixBytes)
	if err != nil {
		return prefix, proof, blobFailure(protocol.FailPrefix, "sealed prefix", err)
	}
	payload, err := protocol.OpenPrefixPayload(p.sealing, cut.PrefixHash, sealed)
	if err != nil {
		return prefix, proof, fail(protocol.FailPrefix, fmt.Errorf("sealed prefix: %w", err))
	}
	if payload.PlanDigest != plan.digest {
		return prefix, proof, fail(protocol.FailPrefix, fmt.Errorf("prefix is sealed for plan %s, the cut has plan %s", payload.PlanDigest.Short(), plan.digest.Short()))
	}
	if prefix, err = fhe.ParsePrefix(payload.Prefix); err != nil {
		return prefix, proof, fail(protocol.FailPrefix, fmt.Errorf("prefix: %w", err))
	}
	return prefix, payload.RecordsProof(), nil
}

// evaluationKeys returns the user's keys; those of a keyless plan are empty.
func (p *preparer) evaluationKeys(ctx context.Context, token string, e *fhe.Evaluator, plan jobPlan, digest protocol.Digest) (*fhe.Keys, error) {
	if plan.info.Keyless {
		return e.LoadKeys(strings.NewReader(""))
	}
	id := forPlan{digest, plan.digest}
	if keys, ok := p.keys.get(id); ok {
		return keys, nil
	}
	blob, err := p.blobs.open(ctx, token, digest, uint64(plan.info.KeysBytes))
	if err != nil {
		return nil, blobFailure(protocol.FailInput, "evaluation keys", err)
	}
	keys, loadErr := e.LoadKeys(blob)
	// Only bytes that are the user's say something about the user.
	if err := blob.finish(); err != nil {
		return nil, blobFailure(protocol.FailInput, "evaluation keys", err)
	}
	if loadErr != nil {
		return nil, fail(protocol.FailInput, loadErr)
	}
	p.keys.put(id, keys, plan.memory.Keys)
	return keys, nil
}

// input returns the user's ciphertexts.
func (p *preparer) input(ctx context.Context, token string, plan jobPlan, digest protocol.Digest) ([]byte, error) {
	b, err := p.blobs.get(ctx, token, digest, uint64(plan.info.InputBytes))
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
