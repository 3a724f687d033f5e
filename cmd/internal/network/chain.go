package network

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/protocol"
)

// UserChain is the chain as a user's client sees it; Key pays.
type UserChain struct {
	*contracts.Client
	Key protocol.SigningKey
}

// CreatorChain is the chain as a creator sees it; Key registers and pays gas.
type CreatorChain struct {
	*contracts.Client
	Key protocol.SigningKey
}

var (
	_ client.Chain  = UserChain{}
	_ creator.Chain = CreatorChain{}
)

// Now implements client.Chain.
func (c UserChain) Now(ctx context.Context) (uint64, error) { return c.HeaderTime(ctx) }

// Model implements client.Chain.
func (c UserChain) Model(ctx context.Context, id protocol.Digest) (client.Registered, error) {
	m, err := c.Client.Model(ctx, id)
	if errors.Is(err, contracts.ErrNotFound) {
		return client.Registered{}, nil
	}
	return client.Registered{Creator: m.Creator, Active: m.Active, ManifestHash: m.ManifestHash}, err
}

// Balance implements client.Chain.
func (c UserChain) Balance(ctx context.Context, account protocol.Address) (protocol.Amount, error) {
	return c.TokenBalance(ctx, account)
}

// Escrow implements client.Chain; both sides number the states as the contract does.
func (c UserChain) Escrow(ctx context.Context, job protocol.Digest) (client.Escrow, error) {
	s, err := c.JobState(ctx, job)
	return client.Escrow(s), err
}

// PostJob implements client.Chain.
func (c UserChain) PostJob(ctx context.Context, spec protocol.JobSpec) error {
	_, err := c.Client.PostJob(ctx, c.Key, spec)
	return err
}

// Refund implements client.Chain.
func (c UserChain) Refund(ctx context.Context, spec protocol.JobSpec) error {
	return c.Client.Refund(ctx, c.Key, spec)
}

// Contest implements client.Chain.
func (c UserChain) Contest(ctx context.Context, spec protocol.JobSpec) error {
	return c.Client.Contest(ctx, c.Key, spec)
}

// Now implements creator.Chain.
func (c CreatorChain) Now(ctx context.Context) (uint64, error) { return c.HeaderTime(ctx) }

// ModelID implements creator.Chain.
func (c CreatorChain) ModelID(manifestHash protocol.Digest) protocol.Digest {
	return contracts.ModelID(c.Key.Address(), manifestHash)
}

// Registered implements creator.Chain.
func (c CreatorChain) Registered(ctx context.Context, model protocol.Digest) (known, active bool, err error) {
	m, err := c.Model(ctx, model)
	if errors.Is(err, contracts.ErrNotFound) {
		return false, false, nil
	}
	return err == nil, m.Active, err
}

// Register implements creator.Chain.
func (c CreatorChain) Register(ctx context.Context, manifestHash protocol.Digest, sealingKey []byte, prices map[uint32]protocol.Amount) error {
	var list []contracts.CutPrice
	for _, cut := range slices.Sorted(maps.Keys(prices)) {
		list = append(list, contracts.CutPrice{Cut: cut, Price: prices[cut]})
	}
	_, err := c.RegisterModel(ctx, c.Key, manifestHash, sealingKey, "", list)
	return err
}

// SetPrice implements creator.Chain.
func (c CreatorChain) SetPrice(ctx context.Context, model protocol.Digest, cut uint32, price protocol.Amount) error {
	return c.Client.SetPrice(ctx, c.Key, model, contracts.CutPrice{Cut: cut, Price: price})
}

// SetActive implements creator.Chain.
func (c CreatorChain) SetActive(ctx context.Context, model protocol.Digest, active bool) error {
	return c.SetModelActive(ctx, c.Key, model, active)
}

// Escrow implements creator.Chain; both sides number the states as the contract does.
func (c CreatorChain) Escrow(ctx context.Context, job protocol.Digest) (creator.Escrow, error) {
	s, err := c.JobState(ctx, job)
	return creator.Escrow(s), err
}

// WouldPay implements creator.Chain.
func (c CreatorChain) WouldPay(ctx context.Context, spec protocol.JobSpec, d protocol.Delivery, signature []byte) (bool, error) {
	return c.WouldDeliver(ctx, spec, d, signature)
}
