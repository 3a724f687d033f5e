package contracts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"github.com/encrypted-compute/encompute/contracts/bindings"
	"github.com/encrypted-compute/encompute/protocol"
)

// SignedReceipt is what settles the prefix of a job and credits the worker's operator.
type SignedReceipt struct {
	Spec      protocol.JobSpec
	Receipt   protocol.Receipt
	Signature []byte // by the worker's receipt key
}

// SignedDelivery is what settles the result of a job. With the user's acknowledgement the creator
// is credited at once; without one the job is claimed and the user may contest it for an hour.
type SignedDelivery struct {
	Spec            protocol.JobSpec
	Delivery        protocol.Delivery
	Signature       []byte // the creator's
	Acknowledgement []byte // the user's; nil: none
}

// item is one settlement of a batch.
type item struct {
	job  protocol.Digest
	call []byte // that settles this one alone
	err  error  // why there is none
}

// SubmitReceipt settles the prefix of a job. Anybody may relay it: key only pays the gas.
func (c *Client) SubmitReceipt(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec, r protocol.Receipt, signature []byte) error {
	i := c.receiptItem(SignedReceipt{spec, r, signature})
	if i.err != nil {
		return fmt.Errorf("submit receipt: %w", i.err)
	}
	return c.transact(ctx, key, c.addresses.Market, i.call, "submit receipt")
}

// Deliver settles the result of a job, claimed only if the acknowledgement is nil. Anybody may relay it.
func (c *Client) Deliver(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec, d protocol.Delivery, signature, acknowledgement []byte) error {
	i := c.deliveryItem(SignedDelivery{spec, d, signature, acknowledgement})
	if i.err != nil {
		return fmt.Errorf("deliver: %w", i.err)
	}
	return c.transact(ctx, key, c.addresses.Market, i.call, "deliver")
}

// SubmitReceipts settles receipts, several in one transaction, and returns by job why those were
// left out that the market does not take. The error says that none was settled, or that this is
// not known.
func (c *Client) SubmitReceipts(ctx context.Context, key protocol.SigningKey, list []SignedReceipt) (refused map[protocol.Digest]error, err error) {
	items := make([]item, len(list))
	for i, r := range list {
		items[i] = c.receiptItem(r)
	}
	refused, err = c.settleMany(ctx, key, items, func(chosen []int) []byte {
		args := make([]bindings.MarketSignedReceipt, len(chosen))
		for i, j := range chosen {
			r := list[j]
			args[i] = bindings.MarketSignedReceipt{
				Spec: jobSpec(r.Spec), OutputHash: r.Receipt.OutputHash, ElapsedMs: r.Receipt.ElapsedMs, Signature: r.Signature,
			}
		}
		return c.abis.market.PackSubmitReceipts(args)
	})
	if err != nil {
		return nil, fmt.Errorf("submit receipts: %w", err)
	}
	return refused, nil
}

// DeliverMany settles results as SubmitReceipts does receipts.
func (c *Client) DeliverMany(ctx context.Context, key protocol.SigningKey, list []SignedDelivery) (refused map[protocol.Digest]error, err error) {
	items := make([]item, len(list))
	for i, d := range list {
		items[i] = c.deliveryItem(d)
	}
	refused, err = c.settleMany(ctx, key, items, func(chosen []int) []byte {
		args := make([]bindings.MarketSignedDelivery, len(chosen))
		for i, j := range chosen {
			d := list[j]
			args[i] = bindings.MarketSignedDelivery{
				Spec: jobSpec(d.Spec), OutputHash: d.Delivery.OutputHash, ResultHash: d.Delivery.ResultHash,
				Signature: d.Signature, Acknowledgement: d.Acknowledgement,
			}
		}
		return c.abis.market.PackDeliverMany(args)
	})
	if err != nil {
		return nil, fmt.Errorf("deliver: %w", err)
	}
	return refused, nil
}

func (c *Client) receiptItem(r SignedReceipt) item {
	id, s := c.Domain().JobID(r.Spec), r.Spec
	if r.Receipt.JobID != id || r.Receipt.PrefixHash != s.PrefixHash || r.Receipt.KeysHash != s.KeysHash || r.Receipt.InputHash != s.InputHash {
		return item{job: id, err: fmt.Errorf("the receipt is not for job %s: its digests differ from the spec's", id)}
	}
	data, err := c.abis.market.TryPackSubmitReceipt(jobSpec(s), r.Receipt.OutputHash, r.Receipt.ElapsedMs, r.Signature)
	return item{id, data, err}
}

func (c *Client) deliveryItem(d SignedDelivery) item {
	id := c.Domain().JobID(d.Spec)
	if d.Delivery.JobID != id {
		return item{job: id, err: fmt.Errorf("the delivery is for job %s, not %s", d.Delivery.JobID, id)}
	}
	data, err := c.abis.market.TryPackDeliver(jobSpec(d.Spec), d.Delivery.OutputHash, d.Delivery.ResultHash, d.Signature, d.Acknowledgement)
	return item{id, data, err}
}

// settleMany settles what the market would take now, in one transaction. pack encodes the chosen
// items' call.
func (c *Client) settleMany(ctx context.Context, key protocol.SigningKey, items []item, pack func(chosen []int) []byte) (map[protocol.Digest]error, error) {
	refused := map[protocol.Digest]error{}
	var chosen []int
	var gas uint64 // the sum: an estimate of the whole would be that of a batch that skips everything
	for i, it := range items {
		if it.err == nil {
			var need uint64
			need, it.err = c.estimate(ctx, key.Address(), it.call)
			if _, reverted := errors.AsType[*RevertError](it.err); it.err != nil && !reverted {
				return nil, it.err
			}
			gas += need
		}
		if it.err != nil {
			refused[it.job] = it.err
			continue
		}
		chosen = append(chosen, i)
	}
	switch len(chosen) {
	case 0:
		return refused, nil
	case 1:
		_, err := c.send(ctx, key, call{to: &c.addresses.Market, data: items[chosen[0]].call})
		return refused, err
	}
	receipt, err := c.send(ctx, key, call{to: &c.addresses.Market, data: pack(chosen), gas: gas + gas/4})
	if err != nil {
		return nil, err
	}
	for _, l := range receipt.Logs {
		if s, ok := c.decodeEvent(l).(*Skipped); ok {
			refused[s.JobID] = cmp.Or(c.sender.decodeRevert(s.Reason), fmt.Errorf("contract refused with %#x", s.Reason))
		}
	}
	return refused, nil
}

// estimate returns the gas that a call to the market takes, or the contract's refusal.
func (c *Client) estimate(ctx context.Context, from protocol.Address, data []byte) (uint64, error) {
	market := common.Address(c.addresses.Market)
	gas, err := c.backend.EstimateGasAtBlock(ctx, ethereum.CallMsg{From: common.Address(from), To: &market, Data: data}, nil)
	if err != nil {
		return 0, c.sender.decode(err)
	}
	return gas, nil
}

// GasPrice returns what a unit of gas costs in the latest block, without a tip, in wei.
func (c *Client) GasPrice(ctx context.Context) (*big.Int, error) {
	h, err := c.backend.HeaderByNumber(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("read latest block: %w", err)
	}
	if h.BaseFee == nil {
		return nil, errors.New("the chain has no base fee: it must support EIP-1559")
	}
	return h.BaseFee, nil
}
