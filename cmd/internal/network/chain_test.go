package network

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/contracts/devchain"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/protocol"
)

// TestChains takes a job through its money, as its user and as the model's creator, over a
// network file and JSON-RPC.
func TestChains(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	owner, userKey, creatorKey := newKey(t), newKey(t), newKey(t)
	chain, err := devchain.Start(devchain.Config{Fund: []protocol.Address{owner.Address(), userKey.Address(), creatorKey.Address()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, chain.Close()) })
	workload := protocol.Digest{7}
	addresses, err := contracts.Deploy(ctx, chain.Client(), owner, contracts.Config{FeeBps: 100, Workloads: []protocol.Digest{workload}})
	check(t, err)

	file := File{Name: "test", Host: "http://127.0.0.1:1", RPC: chain.HTTP(), Contracts: addresses, Policy: attestation.PolicyLiteral{}}
	path := filepath.Join(t.TempDir(), "network.json")
	check(t, file.Save(path))
	loaded, err := Load(path)
	check(t, err)
	c, err := loaded.Dial(ctx)
	check(t, err)
	t.Cleanup(c.Close)
	check(t, c.MintTestToken(ctx, owner, userKey.Address(), 1_000_000))
	user, seller := UserChain{c, userKey}, CreatorChain{c, creatorKey}

	hash := protocol.Digest{9}
	model := seller.ModelID(hash)
	if known, active, err := seller.Registered(ctx, model); err != nil || known || active {
		t.Fatalf("an unknown model is registered: %t, %t, %v", known, active, err)
	}
	if m, err := user.Model(ctx, model); err != nil || m != (client.Registered{}) {
		t.Fatalf("an unknown model is %+v, %v", m, err)
	}
	check(t, seller.Register(ctx, hash, []byte("sealing key"), map[uint32]protocol.Amount{2: 20, 1: 10}))
	check(t, seller.SetPrice(ctx, model, 1, 11))
	want := client.Registered{Creator: creatorKey.Address(), Active: true, ManifestHash: hash}
	if m, err := user.Model(ctx, model); err != nil || m != want {
		t.Errorf("the model is %+v, %v", m, err)
	}
	for cut, want := range map[uint32]protocol.Amount{1: 11, 2: 20, 3: 0} {
		if p, err := user.Price(ctx, model, cut); err != nil || p != want {
			t.Errorf("price of cut %d is %d, %v", cut, p, err)
		}
	}

	now, err := user.Now(ctx)
	check(t, err)
	spec := protocol.JobSpec{
		User: userKey.Address(), Creator: creatorKey.Address(), ModelID: model, ManifestHash: hash, Cut: 2, WorkloadID: workload,
		ComputeMs: 1000, PrefixBy: now + 600, DeliverBy: now + 1200, WorkerFee: 100, CreatorFee: 20, FeeBps: 100,
	}
	id := c.Domain().JobID(spec)
	wantEscrow(t, user, seller, id, client.EscrowNone)
	check(t, user.PostJob(ctx, spec))
	wantEscrow(t, user, seller, id, client.EscrowPosted)
	if b, err := user.Balance(ctx, userKey.Address()); err != nil || b != 1_000_000-120 {
		t.Errorf("balance is %d, %v", b, err)
	}
	d := protocol.Delivery{JobID: id, OutputHash: protocol.Digest{1}, ResultHash: protocol.Digest{2}}
	if paid, err := seller.WouldPay(ctx, spec, d, creatorKey.SignDigest(c.Domain().DeliveryDigest(d))); err != nil || paid {
		t.Errorf("would pay before there is a receipt: %t, %v", paid, err)
	}
	check(t, chain.AdvanceTime(601*time.Second))
	check(t, user.Refund(ctx, spec))
	wantEscrow(t, user, seller, id, client.EscrowRefunded)

	spec.Salt[0]++
	spec.User = creatorKey.Address()
	if err := (UserChain{c, creatorKey}).PostJob(ctx, spec); !errors.Is(err, contracts.ErrUnfunded) {
		t.Errorf("post without tokens: %v", err)
	}
}

func wantEscrow(t *testing.T, user UserChain, seller CreatorChain, id protocol.Digest, want client.Escrow) {
	t.Helper()
	if e, err := user.Escrow(t.Context(), id); err != nil || e != want {
		t.Errorf("the user sees escrow %s, %v; want %s", e, err, want)
	}
	if e, err := seller.Escrow(t.Context(), id); err != nil || e != creator.Escrow(want) {
		t.Errorf("the creator sees escrow %d, %v; want %s", e, err, want)
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
