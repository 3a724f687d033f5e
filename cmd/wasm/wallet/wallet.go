//go:build js

// Package wallet is who signs and pays in a browser: a wallet of the browser, or a throwaway one on development chains.
package wallet

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/cmd/wasm/chain"
	"github.com/encrypted-compute/encompute/cmd/wasm/vault"
	"github.com/encrypted-compute/encompute/protocol"
)

// developmentChain is the id of chains whose coins are worth nothing.
const developmentChain = 1337

// What a throwaway wallet is given.
const throwawayTokens = 10_000_000 // of six decimals

var throwawayWei = big.NewInt(1e18)

// page is a wallet of the browser (EIP-1193), asked through the page.
type page struct{ address protocol.Address }

var _ chain.Wallet = page{}

// Address implements client.Signer.
func (w page) Address() protocol.Address { return w.address }

// SignDigest implements client.Signer: wallets sign only what they can show.
func (w page) SignDigest(protocol.Digest) ([]byte, error) {
	return nil, errors.New("a browser's wallet signs statements, not digests")
}

// SignTyped implements client.TypedSigner.
func (w page) SignTyped(ctx context.Context, t protocol.TypedData) ([]byte, error) {
	return w.sign(ctx, "sign", map[string]any{"address": w.address, "typed": t}, t.Digest())
}

// SignText implements client.TypedSigner.
func (w page) SignText(ctx context.Context, text string) ([]byte, error) {
	return w.sign(ctx, "signText", map[string]any{"address": w.address, "text": text}, protocol.PersonalDigest(text))
}

// sign asks for a signature and holds it to the account and to what was to be signed.
func (w page) sign(ctx context.Context, kind string, shown any, digest protocol.Digest) ([]byte, error) {
	var text string
	if err := bridge.Ask(ctx, kind, shown, &text); err != nil {
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
func (w page) Send(ctx context.Context, to protocol.Address, data []byte) (tx protocol.Digest, err error) {
	call := map[string]any{"from": w.address, "to": to, "data": "0x" + hex.EncodeToString(data)}
	if err := bridge.Ask(ctx, "send", call, &tx); err != nil {
		return tx, fmt.Errorf("wallet: %w", err)
	}
	return tx, nil
}

// Choice names a wallet: one of the browser's by its address, or the built-in one. Its zero value names none.
type Choice struct {
	Address   *protocol.Address `json:"address"`
	Throwaway bool              `json:"throwaway"`
}

// Open returns the chosen wallet for a network, nil if none is chosen. The built-in one is made and filled the first time.
func Open(ctx context.Context, s *vault.Store, rpc string, c chain.Contracts, choice Choice) (chain.Wallet, error) {
	switch {
	case choice.Address != nil:
		return page{*choice.Address}, nil
	case choice.Throwaway:
		return throwaway(ctx, s, rpc, c)
	default:
		return nil, nil
	}
}

// Balance is what an account has.
type Balance struct {
	Address protocol.Address `json:"address"`
	Tokens  protocol.Amount  `json:"tokens"`
	Wei     string           `json:"wei"` // decimal: it does not fit a number of JavaScript
}

// ReadBalance asks the chain for what an account has.
func ReadBalance(ctx context.Context, c *chain.Chain, a protocol.Address) (b Balance, err error) {
	tokens, err := c.Balance(ctx, a)
	if err != nil {
		return b, err
	}
	coins, err := c.Coins(ctx, a)
	if err != nil {
		return b, err
	}
	return Balance{a, tokens, coins.String()}, nil
}

func throwaway(ctx context.Context, s *vault.Store, rpc string, contracts chain.Contracts) (chain.Wallet, error) {
	if contracts.ChainID != developmentChain {
		return nil, fmt.Errorf("the built-in wallet is for development chains, this one is %d", contracts.ChainID)
	}
	key, err := throwawayKey(ctx, s)
	if err != nil {
		return nil, err
	}
	w := chain.NewThrowaway(key, rpc, contracts.ChainID)
	c, err := chain.Dial(ctx, rpc, contracts, w)
	if err != nil {
		return nil, err
	}
	coins, err := c.Coins(ctx, w.Address())
	if err != nil || coins.Sign() > 0 {
		return w, err
	}
	err = chain.NewThrowaway(protocol.DevelopmentFaucet(), rpc, contracts.ChainID).Give(ctx, w.Address(), throwawayWei)
	if err != nil {
		return nil, fmt.Errorf("the chain's faucet is empty: %w", err)
	}
	return w, c.Mint(ctx, w.Address(), throwawayTokens)
}

// throwawayKey is this browser's own, made when it is first asked for.
func throwawayKey(ctx context.Context, s *vault.Store) (key protocol.SigningKey, err error) {
	name := protocol.NewDigest("browser throwaway wallet", nil)
	secret, revision, err := s.Record(ctx, name)
	if err != nil {
		return key, err
	}
	if revision > 0 {
		return protocol.ParseSigningKey(secret)
	}
	if key, err = protocol.NewSigningKey(); err != nil {
		return key, err
	}
	return key, s.SetRecord(ctx, name, 0, key.Bytes())
}
