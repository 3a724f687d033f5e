package contracts

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/encrypted-compute/encompute/contracts/bindings"
	"github.com/encrypted-compute/encompute/protocol"
)

// Registration is what registers or renews a worker.
type Registration struct {
	Operator   protocol.Address // who is paid
	Signer     protocol.Address // account of the worker's receipt key
	SealingKey []byte           // the worker's HPKE public key
	Evidence   []byte           // an attester's verdict, from SignVerdict
}

// CutPrice is the price of a cut.
type CutPrice struct {
	Cut   uint32
	Price protocol.Amount // 0: not offered
}

// ModelID returns the id that the registry gives a creator's model.
func ModelID(creator protocol.Address, manifestHash protocol.Digest) protocol.Digest {
	return protocol.Keccak256(common.LeftPadBytes(creator[:], 32), manifestHash[:])
}

// All writes wait until their transaction is in a block, for as long as ctx allows: give
// it a deadline. Their errors wrap an *UnfundedError if the account has too little, and a
// *RevertError if the contract refuses.

// PostJob posts spec, whose user is the account of key, and pays both fees into escrow,
// with a permit where the token knows permits and with an approval elsewhere.
func (c *Client) PostJob(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec) (protocol.Digest, error) {
	id := c.Domain().JobID(spec)
	if spec.PrefixBy>>40 != 0 || spec.DeliverBy>>40 != 0 {
		return id, fmt.Errorf("post job: prefixBy %d or deliverBy %d is not in Unix seconds", spec.PrefixBy, spec.DeliverBy)
	}
	if err := c.payAndPost(ctx, key, spec); err != nil {
		return id, fmt.Errorf("post job: %w", err)
	}
	return id, nil
}

// Acknowledge credits the creator of a claimed or contested job by the user's signature of the
// Acknowledgement. Anybody may relay it.
func (c *Client) Acknowledge(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec, resultHash protocol.Digest, acknowledgement []byte) error {
	data, err := c.abis.market.TryPackAcknowledge(jobSpec(spec), resultHash, acknowledgement)
	if err != nil {
		return fmt.Errorf("acknowledge: %w", err)
	}
	return c.transact(ctx, key, c.addresses.Market, data, "acknowledge")
}

// Settle credits the creator of a claimed job that was not contested in time. Anybody may call it.
func (c *Client) Settle(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec) error {
	data, err := c.abis.market.TryPackSettle(jobSpec(spec))
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	return c.transact(ctx, key, c.addresses.Market, data, "settle")
}

// SubmitTransfer credits the creator of a contested job, with the user's bond, by a relay's
// signature of the Transfer. Anybody may call it.
func (c *Client) SubmitTransfer(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec, resultHash protocol.Digest, signature []byte) error {
	data, err := c.abis.market.TryPackSubmitTransfer(jobSpec(spec), resultHash, signature)
	if err != nil {
		return fmt.Errorf("submit transfer: %w", err)
	}
	return c.transact(ctx, key, c.addresses.Market, data, "submit transfer")
}

// Contest says that no result of a claimed job came, and puts up half the creator's fee as a bond.
// key is the user's.
func (c *Client) Contest(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec) error {
	data, err := c.abis.market.TryPackContest(jobSpec(spec))
	if err == nil {
		err = c.payBond(ctx, key, spec.CreatorFee/2, data)
	}
	if err != nil {
		return fmt.Errorf("contest: %w", err)
	}
	return nil
}

// SetRelay names or removes a host whose Transfers count; for the market's owner.
func (c *Client) SetRelay(ctx context.Context, key protocol.SigningKey, host protocol.Address, allowed bool) error {
	return c.transact(ctx, key, c.addresses.Market, c.abis.market.PackSetRelay(common.Address(host), allowed), "set relay")
}

// Refund credits the user of a job with what was not earned in time. Anybody may call it.
func (c *Client) Refund(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec) error {
	data, err := c.abis.market.TryPackRefund(jobSpec(spec))
	if err != nil {
		return fmt.Errorf("refund: %w", err)
	}
	return c.transact(ctx, key, c.addresses.Market, data, "refund")
}

// Withdraw pays the whole credit of the account of key out to an account.
func (c *Client) Withdraw(ctx context.Context, key protocol.SigningKey, to protocol.Address) error {
	return c.transact(ctx, key, c.addresses.Market, c.abis.market.PackWithdraw(common.Address(to)), "withdraw")
}

// RegisterModel registers a model of the account of key and returns its id, ModelID.
// The uri says where the manifest can be had; it may be empty.
func (c *Client) RegisterModel(ctx context.Context, key protocol.SigningKey, manifestHash protocol.Digest, sealingKey []byte, uri string, prices []CutPrice) (protocol.Digest, error) {
	id := ModelID(key.Address(), manifestHash)
	cuts, amounts := make([]uint32, len(prices)), make([]*big.Int, len(prices))
	for i, p := range prices {
		cuts[i], amounts[i] = p.Cut, units(p.Price)
	}
	data, err := c.abis.models.TryPackRegister(manifestHash, sealingKey, uri, cuts, amounts)
	if err != nil {
		return id, fmt.Errorf("register model: %w", err)
	}
	return id, c.transact(ctx, key, c.addresses.ModelRegistry, data, "register model")
}

// SetPrice changes the price of a cut of a model; 0 stops offering it.
func (c *Client) SetPrice(ctx context.Context, key protocol.SigningKey, modelID protocol.Digest, p CutPrice) error {
	data := c.abis.models.PackSetPrice(modelID, p.Cut, units(p.Price))
	return c.transact(ctx, key, c.addresses.ModelRegistry, data, "set price")
}

// SetModelActive allows or stops new jobs for a model.
func (c *Client) SetModelActive(ctx context.Context, key protocol.SigningKey, modelID protocol.Digest, active bool) error {
	return c.transact(ctx, key, c.addresses.ModelRegistry, c.abis.models.PackSetActive(modelID, active), "set model active")
}

// RegisterWorker registers or renews a worker on the word of an attester. Anybody may
// relay it.
func (c *Client) RegisterWorker(ctx context.Context, key protocol.SigningKey, r Registration) error {
	data, err := c.abis.workers.TryPackRegister(common.Address(r.Operator), common.Address(r.Signer), protocol.Keccak256(r.SealingKey),
		common.Address(c.addresses.AttesterVerifier), r.Evidence)
	if err != nil {
		return fmt.Errorf("register worker: %w", err)
	}
	return c.transact(ctx, key, c.addresses.WorkerRegistry, data, "register worker")
}

// RevokeWorker revokes a signer for good; for its operator and the registry's owner.
func (c *Client) RevokeWorker(ctx context.Context, key protocol.SigningKey, signer protocol.Address) error {
	return c.transact(ctx, key, c.addresses.WorkerRegistry, c.abis.workers.PackRevoke(common.Address(signer)), "revoke worker")
}

// SetWorkload allows a workload after the registry's delay, or disallows it at once; source says
// where its code is. For the registry's owner.
func (c *Client) SetWorkload(ctx context.Context, key protocol.SigningKey, workloadID protocol.Digest, allowed bool, source string) error {
	data, err := c.abis.workers.TryPackSetWorkload(workloadID, allowed, source)
	if err != nil {
		return fmt.Errorf("set workload: %w", err)
	}
	return c.transact(ctx, key, c.addresses.WorkerRegistry, data, "set workload")
}

// SetAttester adds an attester after the verifier's delay, or removes one at once; for the verifier's owner.
func (c *Client) SetAttester(ctx context.Context, key protocol.SigningKey, attester protocol.Address, allowed bool) error {
	data := c.abis.attester.PackSetAttester(common.Address(attester), allowed)
	return c.transact(ctx, key, c.addresses.AttesterVerifier, data, "set attester")
}

// MintTestToken makes money out of nothing; only a TestToken allows that.
func (c *Client) MintTestToken(ctx context.Context, key protocol.SigningKey, to protocol.Address, amount protocol.Amount) error {
	return c.transact(ctx, key, c.addresses.Token, c.abis.token.PackMint(common.Address(to), units(amount)), "mint test token")
}

// transact sends data to a contract and waits for it; what names the step in errors.
func (c *Client) transact(ctx context.Context, key protocol.SigningKey, to protocol.Address, data []byte, what string) error {
	if _, err := c.send(ctx, key, call{to: &to, data: data}); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// send makes a call when the account has nothing else under way.
func (c *Client) send(ctx context.Context, key protocol.SigningKey, do call) (*types.Receipt, error) {
	unlock, err := c.sender.lock(ctx, key.Address())
	if err != nil {
		return nil, err
	}
	defer unlock()
	return c.sender.send(ctx, key, do)
}

func units(a protocol.Amount) *big.Int { return new(big.Int).SetUint64(uint64(a)) }

// jobSpec converts a spec to the binding's type.
func jobSpec(s protocol.JobSpec) bindings.StatementsJobSpec {
	return bindings.StatementsJobSpec{
		User:         common.Address(s.User),
		Creator:      common.Address(s.Creator),
		ModelId:      s.ModelID,
		ManifestHash: s.ManifestHash,
		PrefixHash:   s.PrefixHash,
		Cut:          s.Cut,
		WorkloadId:   s.WorkloadID,
		ComputeMs:    s.ComputeMs,
		PrefixBy:     new(big.Int).SetUint64(s.PrefixBy),
		DeliverBy:    new(big.Int).SetUint64(s.DeliverBy),
		InputHash:    s.InputHash,
		KeysHash:     s.KeysHash,
		WorkerFee:    units(s.WorkerFee),
		CreatorFee:   units(s.CreatorFee),
		FeeBps:       s.FeeBps,
		Salt:         s.Salt,
	}
}
