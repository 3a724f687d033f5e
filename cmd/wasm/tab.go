//go:build js

package main

import (
	"context"
	"errors"
	"sync"
	"syscall/js"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/rollback"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/cmd/wasm/chain"
	"github.com/encrypted-compute/encompute/cmd/wasm/vault"
	"github.com/encrypted-compute/encompute/cmd/wasm/wallet"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// tab is the client of one browser tab.
type tab struct {
	mu      sync.Mutex
	host    string
	network wallet.Network
	policy  attestation.Policy
	store   *vault.Store
	seen    *rollback.Store
	wallet  chain.Wallet // nil: nobody pays
	chain   *chain.Chain
	client  *client.Client
	inputs  map[int][]float64
	cancel  context.CancelFunc // of the job that runs
}

func newTab() *tab {
	return &tab{store: vault.Open(), inputs: map[int][]float64{}}
}

// methods are what the page may call (web/src/types.ts).
func (t *tab) methods() map[string]bridge.Method {
	return map[string]bridge.Method{
		"open": t.open, "wallet": t.useWallet, "balance": t.balance,
		"models": t.models, "quote": t.quote, "workers": t.workers, "verifyWorker": t.verifyWorker, "verdicts": t.verdicts, "examine": t.examine,
		"input": t.input, "price": t.price, "prepare": t.prepare, "resume": t.resume, "stop": t.stop, "jobs": t.jobs,
		"forget": t.forget, "receipt": t.receipt, "money": t.money, "refund": t.refund, "explore": t.explore, "checkReceipt": t.checkReceipt,
		"export": t.export, "erase": t.erase,
	}
}

func explain(err error) bridge.Problem {
	p := bridge.Problem{Message: err.Error(), Code: string(client.CodeOf(err)), Remedy: client.CodeOf(err).Remedy()}
	if e, ok := errors.AsType[*client.Error](err); ok {
		p.Check = e.Check
	}
	return p
}

// open says which network the tab is on, and connects to it.
func (t *tab) open(ctx context.Context, q bridge.Request) (any, error) {
	host, network, policy, err := wallet.ReadOpening(q)
	if err != nil {
		return nil, err
	}
	seen, err := t.store.Seen()
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	t.host, t.network, t.policy, t.seen = host, network, policy, seen
	t.mu.Unlock()
	if err := t.connect(ctx, nil); err != nil {
		return nil, err
	}
	n, err := t.client.Network(ctx)
	return n, err
}

// connect makes the client anew, with a wallet or without.
func (t *tab) connect(ctx context.Context, w chain.Wallet) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := chain.Dial(ctx, t.network.RPC, t.network.Contracts, w)
	if err != nil {
		return err
	}
	signer, err := wallet.SignerOf(w)
	if err != nil {
		return err
	}
	cfg := client.Config{
		Host: t.host, Network: t.network.Expected(),
		Policy: t.policy, Seen: t.seen, Chain: c, Signer: signer, Store: t.store,
		Release:  privacy.OneReleasePerKey(),
		Limits:   client.Limits{HostPatience: 10 * time.Second},
		Confirm:  confirm,
		Observer: func(s client.Step) { bridge.Emit("step", s) },
		Progress: func(p client.Progress) {
			bridge.Emit("progress", map[string]any{"step": p.Step, "done": p.Done, "total": p.Total, "detail": p.Detail})
		},
		Judged: func(v protocol.WorkerView, verdict attestation.Verdict) {
			bridge.Emit("verdict", judged{v.Signer, verdict})
			if err := t.remember(context.Background(), v.Signer, verdict); err != nil {
				js.Global().Get("console").Call("warn", "the verdict is not kept: "+err.Error())
			}
		},
	}
	made, err := client.New(cfg)
	if err != nil {
		return err
	}
	t.wallet, t.chain, t.client = w, c, made
	return nil
}

// judged is a worker's verdict.
type judged struct {
	Signer  protocol.Address    `json:"signer"`
	Verdict attestation.Verdict `json:"verdict"`
}

// connected returns the client once open was called.
func (t *tab) connected() (*client.Client, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client == nil {
		return nil, errors.New("the network is not open")
	}
	return t.client, nil
}

// useWallet connects a wallet, or none.
func (t *tab) useWallet(ctx context.Context, q bridge.Request) (any, error) {
	var choice wallet.Choice
	if err := q.Read(&choice); err != nil {
		return nil, err
	}
	w, err := wallet.Open(ctx, t.store, t.network.RPC, t.network.Contracts, choice)
	if err != nil {
		return nil, err
	}
	if err := t.connect(ctx, w); err != nil || w == nil {
		return nil, err
	}
	return t.balance(ctx, q)
}

// balance tells what the connected wallet has.
func (t *tab) balance(ctx context.Context, _ bridge.Request) (any, error) {
	if t.wallet == nil {
		return nil, chain.ErrNoWallet
	}
	return wallet.ReadBalance(ctx, t.chain, t.wallet.Address())
}
