package contracts

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"github.com/encrypted-compute/encompute/protocol"
)

// ErrNotFound says that the chain does not know the model asked for.
var ErrNotFound = errors.New("not registered on chain")

// ErrAmount says that a sum on the chain is beyond protocol.Amount.
var ErrAmount = errors.New("amount does not fit 64 bits")

// State is where a job stands on the chain.
type State uint8

// The states of a job, as in Market.State.
const (
	StateNone        State = iota // not posted
	StatePosted                   // both fees in escrow
	StateComputed                 // operator paid, creator's fee in escrow
	StateDelivered                // creator paid
	StateRefunded                 // no receipt in time: both fees back to the user
	StateUndelivered              // no delivery: creator's fee back to the user
	StateClaimed                  // delivered without acknowledgement: the user may contest it
	StateContested                // the user says that no result came
)

// String returns the state's name.
func (s State) String() string {
	names := [...]string{"none", "posted", "computed", "delivered", "refunded", "undelivered", "claimed", "contested"}
	if int(s) < len(names) {
		return names[s]
	}
	return fmt.Sprintf("state %d", uint8(s))
}

// Model is a registered model.
type Model struct {
	Creator        protocol.Address
	Active         bool // takes new jobs
	ManifestHash   protocol.Digest
	SealingKeyHash protocol.Digest // Keccak-256 of the creator's HPKE public key
}

// Worker is a registered worker.
type Worker struct {
	Operator       protocol.Address // zero if the signer was never registered
	ValidUntil     uint64           // Unix seconds, last second of its evidence
	WorkloadID     protocol.Digest
	SealingKeyHash protocol.Digest // Keccak-256 of its HPKE public key
}

// read calls a view function at the latest block.
func read[T any](ctx context.Context, c *Client, to protocol.Address, data []byte, unpack func([]byte) (T, error)) (T, error) {
	var zero T
	address := common.Address(to)
	out, err := c.backend.CallContract(ctx, ethereum.CallMsg{To: &address, Data: data}, nil)
	if err != nil {
		return zero, c.sender.decode(err)
	}
	return unpack(out)
}

// JobState returns where a job stands on the chain.
func (c *Client) JobState(ctx context.Context, jobID protocol.Digest) (State, error) {
	s, err := read(ctx, c, c.addresses.Market, c.abis.market.PackState(jobID), c.abis.market.UnpackState)
	if err != nil {
		return StateNone, fmt.Errorf("read state of job %s: %w", jobID, err)
	}
	return State(s), nil
}

// Credit returns what account may withdraw from the market.
func (c *Client) Credit(ctx context.Context, account protocol.Address) (protocol.Amount, error) {
	m := c.abis.market
	v, err := read(ctx, c, c.addresses.Market, m.PackCredit(common.Address(account)), m.UnpackCredit)
	return amountOf(v, err, "credit of "+account.String())
}

// TokenBalance returns how much of the market's token account has.
func (c *Client) TokenBalance(ctx context.Context, account protocol.Address) (protocol.Amount, error) {
	t := c.abis.token
	v, err := read(ctx, c, c.addresses.Token, t.PackBalanceOf(common.Address(account)), t.UnpackBalanceOf)
	return amountOf(v, err, "token balance of "+account.String())
}

// EthBalance returns how much of the chain's own coin account has, in wei.
func (c *Client) EthBalance(ctx context.Context, account protocol.Address) (*big.Int, error) {
	v, err := c.backend.BalanceAt(ctx, common.Address(account), nil)
	if err != nil {
		return nil, fmt.Errorf("read balance of %s: %w", account, err)
	}
	return v, nil
}

// Model returns a registered model, else ErrNotFound.
func (c *Client) Model(ctx context.Context, modelID protocol.Digest) (Model, error) {
	r := c.abis.models
	m, err := read(ctx, c, c.addresses.ModelRegistry, r.PackModel(modelID), r.UnpackModel)
	if err != nil {
		return Model{}, fmt.Errorf("read model %s: %w", modelID, err)
	}
	if m.Creator == (common.Address{}) {
		return Model{}, fmt.Errorf("model %s: %w", modelID, ErrNotFound)
	}
	return Model{protocol.Address(m.Creator), m.Active, m.ManifestHash, m.SealingKeyHash}, nil
}

// Price returns the creator's fee for a cut; 0 means that the cut is not offered.
func (c *Client) Price(ctx context.Context, modelID protocol.Digest, cut uint32) (protocol.Amount, error) {
	r := c.abis.models
	v, err := read(ctx, c, c.addresses.ModelRegistry, r.PackPriceOf(modelID, cut), r.UnpackPriceOf)
	return amountOf(v, err, fmt.Sprintf("price of model %s, cut %d", modelID, cut))
}

// LiveOperator returns who is paid for a receipt of signer, or the zero address unless
// signer is a live worker of the workload.
func (c *Client) LiveOperator(ctx context.Context, signer protocol.Address, workloadID protocol.Digest) (protocol.Address, error) {
	w := c.abis.workers
	data := w.PackLiveOperator(common.Address(signer), workloadID)
	a, err := read(ctx, c, c.addresses.WorkerRegistry, data, w.UnpackLiveOperator)
	if err != nil {
		return protocol.Address{}, fmt.Errorf("read operator of worker %s: %w", signer, err)
	}
	return protocol.Address(a), nil
}

// Worker returns the last registration of signer.
func (c *Client) Worker(ctx context.Context, signer protocol.Address) (Worker, error) {
	r := c.abis.workers
	w, err := read(ctx, c, c.addresses.WorkerRegistry, r.PackWorker(common.Address(signer)), r.UnpackWorker)
	if err != nil {
		return Worker{}, fmt.Errorf("read worker %s: %w", signer, err)
	}
	return Worker{protocol.Address(w.Operator), w.ValidUntil, w.WorkloadId, w.SealingKeyHash}, nil
}

// WorkloadAllowed reports whether workers of a workload may answer jobs.
func (c *Client) WorkloadAllowed(ctx context.Context, workloadID protocol.Digest) (bool, error) {
	w := c.abis.workers
	ok, err := read(ctx, c, c.addresses.WorkerRegistry, w.PackWorkloadAllowed(workloadID), w.UnpackWorkloadAllowed)
	if err != nil {
		return false, fmt.Errorf("read workload %s: %w", workloadID, err)
	}
	return ok, nil
}

// WindowEnd returns the last second, in Unix seconds, of the window that a claimed or contested
// job is in; 0 in other states.
func (c *Client) WindowEnd(ctx context.Context, jobID protocol.Digest) (uint64, error) {
	v, err := read(ctx, c, c.addresses.Market, c.abis.market.PackWindowEnd(jobID), c.abis.market.UnpackWindowEnd)
	if err != nil {
		return 0, fmt.Errorf("read window of job %s: %w", jobID, err)
	}
	return v.Uint64(), nil
}

// IsRelay reports whether a host's Transfers count.
func (c *Client) IsRelay(ctx context.Context, host protocol.Address) (bool, error) {
	v, err := read(ctx, c, c.addresses.Market, c.abis.market.PackIsRelay(common.Address(host)), c.abis.market.UnpackIsRelay)
	if err != nil {
		return false, fmt.Errorf("read relay %s: %w", host, err)
	}
	return v, nil
}

// WouldDeliver reports whether the market would accept a delivery, if it were sent now without
// acknowledgement. It sends nothing.
func (c *Client) WouldDeliver(ctx context.Context, spec protocol.JobSpec, d protocol.Delivery, signature []byte) (bool, error) {
	if c.Domain().JobID(spec) != d.JobID {
		return false, nil
	}
	data, err := c.abis.market.TryPackDeliver(jobSpec(spec), d.OutputHash, d.ResultHash, signature, nil)
	if err != nil {
		return false, fmt.Errorf("ask about delivery: %w", err)
	}
	_, err = read(ctx, c, c.addresses.Market, data, func([]byte) (struct{}, error) { return struct{}{}, nil })
	if _, refused := errors.AsType[*RevertError](err); refused {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ask about delivery: %w", err)
	}
	return true, nil
}

// FeeBps returns the market's share that a new job must state, in 1/10000.
func (c *Client) FeeBps(ctx context.Context) (uint16, error) {
	v, err := read(ctx, c, c.addresses.Market, c.abis.market.PackFeeBps(), c.abis.market.UnpackFeeBps)
	if err != nil {
		return 0, fmt.Errorf("read fee of market: %w", err)
	}
	return v, nil
}

// HeaderTime returns the time of the latest block, in Unix seconds: the clock that
// deadlines are measured by.
func (c *Client) HeaderTime(ctx context.Context) (uint64, error) {
	h, err := c.backend.HeaderByNumber(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("read latest block: %w", err)
	}
	return h.Time, nil
}

// BlockNumber returns the number of the latest block.
func (c *Client) BlockNumber(ctx context.Context) (uint64, error) {
	h, err := c.backend.HeaderByNumber(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("read latest block: %w", err)
	}
	return h.Number.Uint64(), nil
}

func amountOf(v *big.Int, err error, what string) (protocol.Amount, error) {
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", what, err)
	}
	if !v.IsUint64() {
		return 0, fmt.Errorf("%s is %s: %w", what, v, ErrAmount)
	}
	return protocol.Amount(v.Uint64()), nil
}
