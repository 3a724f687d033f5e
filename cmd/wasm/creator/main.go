//go:build js

// Command creator is the creator's side for a Web Worker: it plans models, seals their prefixes to attested workers and
// publishes them, and keeps the board. Only the creators' pages load it, so that users do not wait for code that reads and
// plans models.
package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/cmd/wasm/chain"
	"github.com/encrypted-compute/encompute/cmd/wasm/vault"
	"github.com/encrypted-compute/encompute/cmd/wasm/wallet"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/creator/draft"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

func main() {
	s := &studio{store: vault.Open(), state: creator.NewState(openFiles()), draft: new(draft.Draft)}
	bridge.Serve(s.methods(), explain)
}

// studio is the creator's side of one browser tab.
type studio struct {
	mu      sync.Mutex
	host    string
	network wallet.Network
	policy  attestation.Policy
	store   *vault.Store
	state   *creator.State
	wallet  chain.Wallet // nil: nobody signs
	chain   *chain.Chain
	client  *client.Client

	drafting sync.Mutex // held while the draft is read or changed
	draft    *draft.Draft
	cancel   context.CancelFunc // of what takes long
}

// methods are what the page may call (web/src/types.ts).
func (s *studio) methods() map[string]bridge.Method {
	return map[string]bridge.Method{
		"open": s.open, "wallet": s.useWallet, "balance": s.balance, "stop": s.stop,
		"draft": s.view, "take": s.take, "file": s.file, "measured": s.takeMeasured, "card": s.setCard, "plan": s.plan,
		"publish": s.publish, "bundle": s.bundle, "renew": s.renew,
		"board": s.board, "creatorJobs": s.jobs, "withdraw": s.withdraw, "setPrice": s.setPrice, "setActive": s.setActive,
	}
}

// explain says what a person can do about an error, where it is known.
func explain(err error) bridge.Problem {
	p := bridge.Problem{Message: err.Error()}
	if code := client.CodeOf(err); code != "" {
		p.Code, p.Remedy = string(code), code.Remedy()
	}
	if e, ok := errors.AsType[*client.Error](err); ok {
		p.Check = e.Check
	}
	switch { // the page offers what can be done
	case errors.Is(err, creator.ErrUnpublished):
		p.Code = "unpublished"
	case errors.Is(err, creator.ErrRenewed):
		p.Code = "renewed"
	}
	if remedy := model.Remedy(err); remedy != "" {
		p.Remedy = remedy
	}
	if refused, ok := errors.AsType[protocol.Problem](err); ok {
		p.Code, p.Remedy = refused.Code, refused.Remedy
	}
	return p
}

// open says which network the tab is on.
func (s *studio) open(ctx context.Context, q bridge.Request) (any, error) {
	host, network, policy, err := wallet.ReadOpening(q)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.host, s.network, s.policy = host, network, policy
	s.mu.Unlock()
	if err := s.connect(ctx, nil); err != nil {
		return nil, err
	}
	return s.client.Network(ctx)
}

// connect makes chain and client anew, with a wallet or without.
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
	signer, err := wallet.SignerOf(w)
	if err != nil {
		return err
	}
	cfg := client.Config{
		Host: s.host, Network: s.network.Expected(), Policy: s.policy, Chain: c, Signer: signer, Store: s.store,
		Release: privacy.OneReleasePerKey(), Limits: client.Limits{HostPatience: 10 * time.Second},
		Judged: func(v protocol.WorkerView, verdict attestation.Verdict) {
			bridge.Emit("verdict", map[string]any{"signer": v.Signer, "verdict": verdict})
		},
	}
	made, err := client.New(cfg)
	if err != nil {
		return err
	}
	s.wallet, s.chain, s.client = w, c, made
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
	a, err := s.signedIn()
	if err != nil {
		return nil, err
	}
	return wallet.ReadBalance(ctx, a.chain, a.wallet.Address())
}

// account is a connected wallet with what speaks for it.
type account struct {
	wallet chain.Wallet
	chain  *chain.Chain
	client *client.Client
}

// signedIn returns the connected account.
func (s *studio) signedIn() (account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wallet == nil {
		return account{}, chain.ErrNoWallet
	}
	return account{s.wallet, s.chain, s.client}, nil
}

// errBusy says that one thing that takes long is enough.
var errBusy = errors.New("something else is under way in this tab: wait for it or stop it")

// long begins what takes long: stop ends its context.
func (s *studio) long(ctx context.Context) (context.Context, func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		return nil, nil, errBusy
	}
	ctx, cancel := context.WithCancelCause(ctx)
	s.cancel = func() { cancel(errStopped) }
	return ctx, func() {
		s.mu.Lock()
		s.cancel = nil
		s.mu.Unlock()
		cancel(nil)
	}, nil
}

var errStopped = errors.New("you stopped it")

// stop ends whatever takes long.
func (s *studio) stop(context.Context, bridge.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		s.cancel()
	}
	return nil, nil
}

// breathe lets calls of the page in, which wait while something is computed.
func breathe(ctx context.Context) error {
	select {
	case <-time.After(time.Millisecond):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
