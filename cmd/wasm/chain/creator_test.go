package chain

import (
	"math/big"
	"testing"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/contracts/devchain"
	"github.com/encrypted-compute/encompute/protocol"
)

// TestRegister registers models on the real contracts, and compares every answer with that of the bindings over go-ethereum.
func TestRegister(t *testing.T) {
	t.Parallel()
	ctx, owner := t.Context(), newKey(t)
	dev, err := devchain.Start(devchain.Config{Fund: []protocol.Address{owner.Address()}})
	check(t, err)
	t.Cleanup(func() { check(t, dev.Close()) })
	addresses, err := contracts.Deploy(ctx, dev.Client(), owner, contracts.Config{FeeBps: 100})
	check(t, err)
	reference, err := contracts.Dial(ctx, dev.HTTP(), addresses)
	check(t, err)
	t.Cleanup(reference.Close)
	wallet := NewThrowaway(newKey(t), dev.HTTP(), addresses.ChainID)
	check(t, NewThrowaway(owner, dev.HTTP(), addresses.ChainID).Give(ctx, wallet.Address(), big.NewInt(1e18)))
	c, err := Dial(ctx, dev.HTTP(), Contracts(addresses), wallet)
	check(t, err)

	for n, key := range [][]byte{make([]byte, 1216), []byte("not a whole word"), make([]byte, 32)} {
		hash, prices := protocol.Digest{9, byte(n)}, map[uint32]protocol.Amount{}
		for cut := range uint32(n) {
			prices[cut+2] = protocol.Amount(100 * (cut + 1))
		}
		check(t, c.Register(ctx, hash, key, prices))
		id := ModelID(wallet.Address(), hash)
		if want := contracts.ModelID(wallet.Address(), hash); id != want {
			t.Errorf("id is %s, want %s", id, want)
		}
		m, err := reference.Model(ctx, id)
		check(t, err)
		if !m.Active || m.Creator != wallet.Address() || m.ManifestHash != hash || m.SealingKeyHash != protocol.Keccak256(key) {
			t.Errorf("model %+v", m)
		}
		for cut := range uint32(5) {
			if p, err := reference.Price(ctx, id, cut); err != nil || p != prices[cut] {
				t.Errorf("price of cut %d is %d, want %d: %v", cut, p, prices[cut], err)
			}
		}
	}

	id := ModelID(wallet.Address(), protocol.Digest{9, 1})
	check(t, c.SetPrice(ctx, id, 2, 777))
	if p, err := reference.Price(ctx, id, 2); err != nil || p != 777 {
		t.Errorf("price is %d, %v", p, err)
	}
	for _, active := range []bool{false, true} {
		check(t, c.SetActive(ctx, id, active))
		if m, err := c.Model(ctx, id); err != nil || m.Active != active {
			t.Errorf("model is %+v, %v", m, err)
		}
	}
	if credit, err := c.Credit(ctx, wallet.Address()); err != nil || credit != 0 {
		t.Errorf("credit is %d, %v", credit, err)
	}
	if err := c.Withdraw(ctx); err == nil {
		t.Error("nothing was withdrawn without an error")
	}
}
