package contracts

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/encrypted-compute/encompute/protocol"
)

// Status is how the contracts are set up now.
type Status struct {
	Owners map[string]protocol.Address `json:"owners"` // by the contract's name in Addresses
	Delays map[string]uint64           `json:"delays"` // seconds until an owner's addition counts, likewise
	FeeBps uint16                      `json:"feeBps"` // the market's share of new jobs, in 1/10000
	FeeTo  protocol.Address            `json:"feeTo"`
	Paused bool                        `json:"paused"` // the market takes no new jobs
	Held   protocol.Amount             `json:"held"`   // by the market: open escrow and credits

	AttesterVerifierAllowed bool `json:"attesterVerifierAllowed"` // so that attesters' verdicts register workers
}

// Status reads how the contracts are set up.
func (c *Client) Status(ctx context.Context) (s Status, err error) {
	a, m, w, v := c.addresses, c.abis.market, c.abis.workers, c.abis.attester
	s = Status{Owners: map[string]protocol.Address{}, Delays: map[string]uint64{}}
	set(ctx, c, &err, a.Market, m.PackOwner(), m.UnpackOwner, func(o common.Address) { s.Owners["market"] = protocol.Address(o) })
	set(ctx, c, &err, a.WorkerRegistry, w.PackOwner(), w.UnpackOwner, func(o common.Address) { s.Owners["workerRegistry"] = protocol.Address(o) })
	set(ctx, c, &err, a.AttesterVerifier, v.PackOwner(), v.UnpackOwner, func(o common.Address) { s.Owners["attesterVerifier"] = protocol.Address(o) })
	set(ctx, c, &err, a.WorkerRegistry, w.PackDelay(), w.UnpackDelay, func(d uint64) { s.Delays["workerRegistry"] = d })
	set(ctx, c, &err, a.AttesterVerifier, v.PackDelay(), v.UnpackDelay, func(d uint64) { s.Delays["attesterVerifier"] = d })
	set(ctx, c, &err, a.Market, m.PackFeeBps(), m.UnpackFeeBps, func(f uint16) { s.FeeBps = f })
	set(ctx, c, &err, a.Market, m.PackFeeTo(), m.UnpackFeeTo, func(to common.Address) { s.FeeTo = protocol.Address(to) })
	set(ctx, c, &err, a.Market, m.PackPaused(), m.UnpackPaused, func(p bool) { s.Paused = p })
	set(ctx, c, &err, a.WorkerRegistry, w.PackVerifierAllowed(common.Address(a.AttesterVerifier)), w.UnpackVerifierAllowed,
		func(ok bool) { s.AttesterVerifierAllowed = ok })
	if err != nil {
		return s, fmt.Errorf("read the contracts' state: %w", err)
	}
	s.Held, err = c.TokenBalance(ctx, a.Market)
	return s, err
}

// set reads a value for take, unless something failed before.
func set[T any](ctx context.Context, c *Client, failed *error, at protocol.Address, data []byte, unpack func([]byte) (T, error), take func(T)) {
	if *failed != nil {
		return
	}
	var v T
	if v, *failed = read(ctx, c, at, data, unpack); *failed == nil {
		take(v)
	}
}

// WorkloadAllowedFrom returns the first second, in Unix seconds, at which workers of a workload may
// answer jobs; 0 means never.
func (c *Client) WorkloadAllowedFrom(ctx context.Context, workloadID protocol.Digest) (uint64, error) {
	w := c.abis.workers
	from, err := read(ctx, c, c.addresses.WorkerRegistry, w.PackWorkloadAllowedFrom(workloadID), w.UnpackWorkloadAllowedFrom)
	if err != nil {
		return 0, fmt.Errorf("read workload %s: %w", workloadID, err)
	}
	return from, nil
}

// IsAttester reports whether an account's verdicts count now.
func (c *Client) IsAttester(ctx context.Context, account protocol.Address) (bool, error) {
	v := c.abis.attester
	ok, err := read(ctx, c, c.addresses.AttesterVerifier, v.PackIsAttester(common.Address(account)), v.UnpackIsAttester)
	if err != nil {
		return false, fmt.Errorf("read attester %s: %w", account, err)
	}
	return ok, nil
}

// PostedSpec returns the terms of a job that was posted in block from or later, else ErrNotFound.
func (c *Client) PostedSpec(ctx context.Context, jobID protocol.Digest, from uint64) (spec protocol.JobSpec, err error) {
	to, err := c.BlockNumber(ctx)
	for span := uint64(1000); err == nil && from <= to; from += span { // endpoints limit ranges
		var events []Event
		if events, err = c.Events(ctx, from, min(to, from+span-1)); err != nil {
			break
		}
		for _, e := range events {
			if p, ok := e.Data.(*JobPosted); ok && p.JobID == jobID {
				return p.Spec, nil
			}
		}
	}
	if err == nil {
		err = ErrNotFound
	}
	return spec, fmt.Errorf("look for job %s: %w", jobID, err)
}
