//go:build js

// Command creator is the creator's side for a Web Worker. Only the creators' pages load it, so that users do not wait for
// code that reads and plans models.
package main

import (
	"context"
	"errors"
	"sync"

	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/cmd/wasm/chain"
	"github.com/encrypted-compute/encompute/cmd/wasm/vault"
	"github.com/encrypted-compute/encompute/cmd/wasm/wallet"
)

func main() {
	s := &studio{store: vault.Open()}
	bridge.Serve(s.methods(), explain)
}

// networkFile is what of a network file the creator needs.
type networkFile struct {
	Name      string          `json:"name"`
	RPC       string          `json:"rpc"`
	Contracts chain.Contracts `json:"contracts"`
}

// studio is the creator's side of one browser tab.
type studio struct {
	mu      sync.Mutex
	host    string
	network networkFile
	store   *vault.Store
	wallet  chain.Wallet // nil: nobody signs
	chain   *chain.Chain
}

// methods are what the page may call (web/src/types.ts).
func (s *studio) methods() map[string]bridge.Method {
	return map[string]bridge.Method{"open": s.open, "wallet": s.useWallet, "balance": s.balance}
}

func explain(err error) bridge.Problem { return bridge.Problem{Message: err.Error()} }

// open says which network the tab is on.
func (s *studio) open(ctx context.Context, q bridge.Request) (any, error) {
	var p struct {
		Host    string      `json:"host"`
		Network networkFile `json:"network"`
	}
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.host, s.network = p.Host, p.Network
	s.mu.Unlock()
	return nil, s.connect(ctx, nil)
}

// connect dials the chain anew, with a wallet or without.
func (s *studio) connect(ctx context.Context, w chain.Wallet) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.host == "" {
		return errors.New("the network is not open")
	}
	c, err := chain.Dial(ctx, s.network.RPC, s.network.Contracts, w)
	if err != nil {
		return err
	}
	s.wallet, s.chain = w, c
	return nil
}

// useWallet connects a wallet, or none.
func (s *studio) useWallet(ctx context.Context, q bridge.Request) (any, error) {
	var choice wallet.Choice
	if err := q.Read(&choice); err != nil {
		return nil, err
	}
	w, err := wallet.Open(ctx, s.store, s.network.RPC, s.network.Contracts, choice)
	if err != nil {
		return nil, err
	}
	if err := s.connect(ctx, w); err != nil || w == nil {
		return nil, err
	}
	return s.balance(ctx, q)
}

// balance tells what the connected wallet has.
func (s *studio) balance(ctx context.Context, _ bridge.Request) (any, error) {
	s.mu.Lock()
	c, w := s.chain, s.wallet
	s.mu.Unlock()
	if w == nil {
		return nil, chain.ErrNoWallet
	}
	return wallet.ReadBalance(ctx, c, w.Address())
}
