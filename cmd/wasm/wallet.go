//go:build js

package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/encrypted-compute/encompute/cmd/wasm/chain"
	"github.com/encrypted-compute/encompute/protocol"
)

// developmentChain is the id of chains whose coins are worth nothing.
const developmentChain = 1337

// What a throwaway wallet is given.
const throwawayTokens = 10_000_000 // of six decimals

var throwawayWei = big.NewInt(1e18)

// pageWallet is a wallet of the browser (EIP-1193), asked through the page.
type pageWallet struct{ address protocol.Address }

var _ chain.Wallet = pageWallet{}

// Address implements client.Signer.
func (w pageWallet) Address() protocol.Address { return w.address }

// SignDigest implements client.Signer: wallets sign only what they can show.
func (w pageWallet) SignDigest(protocol.Digest) ([]byte, error) {
	return nil, errors.New("a browser's wallet signs statements, not digests")
}

// SignTyped implements client.TypedSigner.
func (w pageWallet) SignTyped(ctx context.Context, t protocol.TypedData) ([]byte, error) {
	return w.sign(ctx, "sign", map[string]any{"address": w.address, "typed": t}, t.Digest())
}

// SignText implements client.TypedSigner.
func (w pageWallet) SignText(ctx context.Context, text string) ([]byte, error) {
	return w.sign(ctx, "signText", map[string]any{"address": w.address, "text": text}, protocol.PersonalDigest(text))
}

// sign asks for a signature and holds it to the account and to what was to be signed.
func (w pageWallet) sign(ctx context.Context, kind string, shown any, digest protocol.Digest) ([]byte, error) {
	var text string
	if err := ask(ctx, kind, shown, &text); err != nil {
		return nil, fmt.Errorf("wallet: %w", err)
	}
	sig, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil || len(sig) != 65 {
		return nil, errors.New("wallet: the signature is not of 65 bytes: accounts that are contracts cannot pay for jobs yet")
	}
	if sig[64] < 27 {
		sig[64] += 27
	}
	if err := protocol.VerifyDigest(digest, sig, w.address); err != nil {
		return nil, fmt.Errorf("wallet: %w: choose the account %s in it", err, w.address)
	}
	return sig, nil
}

// Send implements chain.Wallet.
func (w pageWallet) Send(ctx context.Context, to protocol.Address, data []byte) (tx protocol.Digest, err error) {
	call := map[string]any{"from": w.address, "to": to, "data": "0x" + hex.EncodeToString(data)}
	if err := ask(ctx, "send", call, &tx); err != nil {
		return tx, fmt.Errorf("wallet: %w", err)
	}
	return tx, nil
}

// useWallet connects a wallet: {"address"} one of the browser's, {"throwaway": true} the built-in one, nothing: none.
func (t *tab) useWallet(ctx context.Context, q request) (any, error) {
	var p struct {
		Address   *protocol.Address `json:"address"`
		Throwaway bool              `json:"throwaway"`
	}
	if err := q.read(&p); err != nil {
		return nil, err
	}
	switch {
	case p.Address != nil:
		if err := t.connect(ctx, pageWallet{*p.Address}); err != nil {
			return nil, err
		}
	case p.Throwaway:
		if err := t.throwaway(ctx); err != nil {
			return nil, err
		}
	default:
		if err := t.connect(ctx, nil); err != nil {
			return nil, err
		}
		return nil, nil
	}
	return t.balance(ctx, q)
}

// throwaway connects the built-in wallet, and makes and fills it the first time.
func (t *tab) throwaway(ctx context.Context) error {
	if t.network.Contracts.ChainID != developmentChain {
		return fmt.Errorf("the built-in wallet is for development chains, this one is %d", t.network.Contracts.ChainID)
	}
	name := protocol.NewDigest("browser throwaway wallet", nil)
	secret, revision, err := t.store.Record(ctx, name)
	if err != nil {
		return err
	}
	var key protocol.SigningKey
	if revision == 0 {
		if key, err = protocol.NewSigningKey(); err == nil {
			err = t.store.SetRecord(ctx, name, 0, key.Bytes())
		}
	} else {
		key, err = protocol.ParseSigningKey(secret)
	}
	if err != nil {
		return err
	}
	w := chain.NewThrowaway(key, t.network.RPC, t.network.Contracts.ChainID)
	if err := t.connect(ctx, w); err != nil {
		return err
	}
	coins, err := t.chain.Coins(ctx, w.Address())
	if err != nil || coins.Sign() > 0 {
		return err
	}
	err = chain.NewThrowaway(protocol.DevelopmentFaucet(), t.network.RPC, t.network.Contracts.ChainID).Give(ctx, w.Address(), throwawayWei)
	if err != nil {
		return fmt.Errorf("the chain's faucet is empty: %w", err)
	}
	return t.chain.Mint(ctx, w.Address(), throwawayTokens)
}

// balance tells what the connected wallet has.
func (t *tab) balance(ctx context.Context, _ request) (any, error) {
	if t.wallet == nil {
		return nil, chain.ErrNoWallet
	}
	a := t.wallet.Address()
	tokens, err := t.chain.Balance(ctx, a)
	if err != nil {
		return nil, err
	}
	coins, err := t.chain.Coins(ctx, a)
	if err != nil {
		return nil, err
	}
	return map[string]any{"address": a, "tokens": tokens, "wei": coins.String()}, nil
}
