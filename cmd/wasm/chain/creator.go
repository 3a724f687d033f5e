package chain

import (
	"context"
	"maps"
	"slices"

	"github.com/encrypted-compute/encompute/protocol"
)

// ModelID is the id that a creator's model has on chain.
func ModelID(creator protocol.Address, manifestHash protocol.Digest) protocol.Digest {
	owner := account(creator)
	return protocol.Keccak256(owner[:], manifestHash[:])
}

// Register registers a model of the wallet's account with the prices of its cuts.
func (c *Chain) Register(ctx context.Context, manifestHash protocol.Digest, sealingKey []byte, prices map[uint32]protocol.Amount) error {
	var cuts, amounts []protocol.Digest
	for _, cut := range slices.Sorted(maps.Keys(prices)) {
		cuts, amounts = append(cuts, number(uint64(cut))), append(amounts, number(uint64(prices[cut])))
	}
	key := append(make([]byte, 0, len(sealingKey)+wordBytes), sealingKey...)
	for len(key)%wordBytes != 0 {
		key = append(key, 0)
	}
	// Of the arguments only the hash stands in its place; the others' words say where they begin.
	const head = 5 * wordBytes
	keyAt := uint64(head)
	uriAt := keyAt + wordBytes + uint64(len(key))
	cutsAt := uriAt + wordBytes
	pricesAt := cutsAt + wordBytes*uint64(1+len(cuts))
	data := pack("register(bytes32,bytes,string,uint32[],uint96[])", manifestHash, number(keyAt), number(uriAt), number(cutsAt), number(pricesAt), number(uint64(len(sealingKey))))
	data = append(data, key...)
	for _, w := range slices.Concat([]protocol.Digest{{}, number(uint64(len(cuts)))}, cuts, []protocol.Digest{number(uint64(len(amounts)))}, amounts) {
		data = append(data, w[:]...)
	}
	return c.send(ctx, c.contracts.ModelRegistry, data)
}

// SetPrice changes the price of a cut for jobs to come; 0 stops offering it.
func (c *Chain) SetPrice(ctx context.Context, model protocol.Digest, cut uint32, price protocol.Amount) error {
	return c.send(ctx, c.contracts.ModelRegistry, pack("setPrice(bytes32,uint32,uint96)", model, number(uint64(cut)), number(uint64(price))))
}

// SetActive allows or stops new jobs for a model.
func (c *Chain) SetActive(ctx context.Context, model protocol.Digest, active bool) error {
	var flag protocol.Digest
	if active {
		flag = number(1)
	}
	return c.send(ctx, c.contracts.ModelRegistry, pack("setActive(bytes32,bool)", model, flag))
}

// Credit is what the market owes an account.
func (c *Chain) Credit(ctx context.Context, a protocol.Address) (protocol.Amount, error) {
	v, err := c.one(ctx, "credit", c.contracts.Market, pack("credit(address)", account(a)))
	return protocol.Amount(v), err
}

// Withdraw has the market pay out all that it owes the wallet's account, to that account.
func (c *Chain) Withdraw(ctx context.Context) error {
	if c.wallet == nil {
		return ErrNoWallet
	}
	return c.send(ctx, c.contracts.Market, pack("withdraw(address)", account(c.wallet.Address())))
}
