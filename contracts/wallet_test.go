package contracts_test

import (
	"context"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/encrypted-compute/encompute/protocol"
)

// wallet deploys a contract that accepts any 65-byte signature of one digest and reverts for shorter ones.
func (e *env) wallet(t *testing.T, digest protocol.Digest) protocol.Address {
	t.Helper()
	// Revert if calldata's length of sig, at byte 68, is not 65; else return the magic value times (digest == calldata at 4).
	runtime := append(append(common.FromHex("0x604435604114600e5760006000fd5b6004357f"), digest[:]...),
		common.FromHex("0x14631626ba7e60e01b0260005260206000f3")...)
	code := append([]byte{0x60, byte(len(runtime)), 0x80, 0x60, 0x0b, 0x60, 0x00, 0x39, 0x60, 0x00, 0xf3}, runtime...)
	key := must(crypto.ToECDSA(e.stranger.Bytes()))(t)
	backend, ctx := e.chain.Client(), t.Context()
	head := must(backend.HeaderByNumber(ctx, nil))(t)
	tx, err := types.SignNewTx(key, types.LatestSignerForChainID(must(backend.ChainID(ctx))(t)), &types.LegacyTx{
		Nonce: must(backend.PendingNonceAt(ctx, crypto.PubkeyToAddress(key.PublicKey)))(t), Gas: 500_000, GasPrice: head.BaseFee.Lsh(head.BaseFee, 1), Data: code,
	})
	check(t, err)
	check(t, backend.SendTransaction(ctx, tx))
	return protocol.Address(must(bind.WaitDeployed(ctx, backend, tx.Hash()))(t))
}

func TestWalletAccepts(t *testing.T) {
	t.Parallel()
	e := newEnv(t)
	digest := protocol.NewDigest("test", []byte("signed"))
	wallet := e.wallet(t, digest)
	for name, c := range map[string]struct {
		account protocol.Address
		digest  protocol.Digest
		sig     int
		want    bool
	}{
		"accepted":         {wallet, digest, 65, true},
		"another digest":   {wallet, protocol.Digest{1}, 65, false},
		"reverts":          {wallet, digest, 64, false},
		"no code":          {e.user.Address(), digest, 65, false},
		"another contract": {e.addresses.Market, digest, 65, false},
	} {
		got, err := e.WalletAccepts(t.Context(), c.account, c.digest, make([]byte, c.sig))
		if err != nil || got != c.want {
			t.Errorf("%s: %t, %v, want %t", name, got, err, c.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.WalletAccepts(ended, wallet, digest, make([]byte, 65)); err == nil {
		t.Error("a chain that cannot be asked says no")
	}
}
