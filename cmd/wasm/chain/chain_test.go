package chain

import (
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/contracts/devchain"
	"github.com/encrypted-compute/encompute/protocol"
)

// TestChain takes a job of a throwaway wallet through its money on the real contracts, and compares every answer with
// that of the bindings over go-ethereum.
func TestChain(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	owner, creator := newKey(t), newKey(t)
	dev, err := devchain.Start(devchain.Config{Fund: []protocol.Address{owner.Address(), creator.Address()}})
	check(t, err)
	t.Cleanup(func() { check(t, dev.Close()) })
	workload := protocol.Digest{7}
	addresses, err := contracts.Deploy(ctx, dev.Client(), owner, contracts.Config{FeeBps: 100, Workloads: []protocol.Digest{workload}})
	check(t, err)
	reference, err := contracts.Dial(ctx, dev.HTTP(), addresses)
	check(t, err)
	t.Cleanup(reference.Close)
	hash := protocol.Digest{9}
	model, err := reference.RegisterModel(ctx, creator, hash, []byte("sealing key"), "", []contracts.CutPrice{{Cut: 2, Price: 20}})
	check(t, err)

	wallet := NewThrowaway(newKey(t), dev.HTTP(), addresses.ChainID)
	c, err := Dial(ctx, dev.HTTP(), Contracts(addresses), wallet)
	check(t, err)
	faucet := NewThrowaway(owner, dev.HTTP(), addresses.ChainID)
	check(t, faucet.Give(ctx, wallet.Address(), big.NewInt(1e18)))
	check(t, c.Mint(ctx, wallet.Address(), 1000))
	if b, err := c.Balance(ctx, wallet.Address()); err != nil || b != 1000 {
		t.Fatalf("balance is %d, %v", b, err)
	}

	want := client.Registered{Creator: creator.Address(), Active: true, ManifestHash: hash}
	if m, err := c.Model(ctx, model); err != nil || m != want {
		t.Errorf("model is %+v, %v", m, err)
	}
	if m, err := c.Model(ctx, protocol.Digest{1}); err != nil || m != (client.Registered{}) {
		t.Errorf("an unknown model is %+v, %v", m, err)
	}
	if p, err := c.Price(ctx, model, 2); err != nil || p != 20 {
		t.Errorf("price is %d, %v", p, err)
	}
	if bps, err := c.FeeBps(ctx); err != nil || bps != 100 {
		t.Errorf("fee is %d, %v", bps, err)
	}
	if a, err := c.LiveOperator(ctx, owner.Address(), workload); err != nil || !a.IsZero() {
		t.Errorf("a stranger is worker of %s, %v", a, err)
	}

	now, err := c.Now(ctx)
	check(t, err)
	spec := protocol.JobSpec{
		User: wallet.Address(), Creator: creator.Address(), ModelID: model, ManifestHash: hash, PrefixHash: protocol.Digest{3}, Cut: 2,
		WorkloadID: workload, ComputeMs: 1000, PrefixBy: now + 600, DeliverBy: now + 1200, InputHash: protocol.Digest{4},
		KeysHash: protocol.Digest{5}, WorkerFee: 100, CreatorFee: 20, FeeBps: 100, Salt: protocol.Digest{6},
	}
	id := reference.Domain().JobID(spec)
	wantEscrow(t, c, id, client.EscrowNone)
	check(t, c.PostJob(ctx, spec))
	wantEscrow(t, c, id, client.EscrowPosted)
	if b, err := reference.TokenBalance(ctx, wallet.Address()); err != nil || b != 880 {
		t.Errorf("after the post the balance is %d, %v", b, err)
	}
	if err := c.PostJob(ctx, spec); !errors.Is(err, ErrRPC) {
		t.Errorf("a second post of the same job gives %v", err)
	}
	if end, err := c.WindowEnd(ctx, id); err != nil || end != 0 {
		t.Errorf("window ends at %d, %v", end, err)
	}
	check(t, dev.AdvanceTime(601*time.Second))
	check(t, c.Refund(ctx, spec))
	wantEscrow(t, c, id, client.EscrowRefunded)
	if credit, err := c.Credit(ctx, wallet.Address()); err != nil || credit != 120 {
		t.Errorf("credit after the refund is %d, %v", credit, err)
	}
	check(t, c.Withdraw(ctx))
	if b, err := c.Balance(ctx, wallet.Address()); err != nil || b != 1000 {
		t.Errorf("after the withdrawal the balance is %d, %v", b, err)
	}
}

// TestDialRefuses holds that a node of another chain is not taken, and that nothing is sent without a wallet.
func TestDialRefuses(t *testing.T) {
	t.Parallel()
	dev, err := devchain.Start(devchain.Config{})
	check(t, err)
	t.Cleanup(func() { check(t, dev.Close()) })
	if _, err := Dial(t.Context(), dev.HTTP(), Contracts{ChainID: 1}, nil); err == nil {
		t.Error("a node of another chain is taken")
	}
	c, err := Dial(t.Context(), dev.HTTP(), Contracts{ChainID: devchain.ChainID}, nil)
	check(t, err)
	if err := c.PostJob(t.Context(), protocol.JobSpec{}); !errors.Is(err, ErrNoWallet) {
		t.Errorf("posting without a wallet gives %v", err)
	}
	if _, err := c.Balance(t.Context(), protocol.Address{1}); err == nil {
		t.Error("an address without a contract answers a balance")
	}
}

func wantEscrow(t *testing.T, c *Chain, id protocol.Digest, want client.Escrow) {
	t.Helper()
	if e, err := c.Escrow(t.Context(), id); err != nil || e != want {
		t.Errorf("escrow is %s, %v; want %s", e, err, want)
	}
}

func newKey(t *testing.T) protocol.SigningKey {
	t.Helper()
	k, err := protocol.NewSigningKey()
	check(t, err)
	return k
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
