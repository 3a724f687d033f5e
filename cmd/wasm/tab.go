//go:build js

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"syscall/js"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/rollback"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/wasm/chain"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// networkFile is what of a network file the tab needs.
type networkFile struct {
	Name      string                    `json:"name"`
	RPC       string                    `json:"rpc"`
	Contracts chain.Contracts           `json:"contracts"`
	Policy    attestation.PolicyLiteral `json:"policy"`
}

// tab is the client of one browser tab.
type tab struct {
	mu      sync.Mutex
	host    string
	network networkFile
	policy  attestation.Policy
	store   *store
	seen    *rollback.Store
	wallet  chain.Wallet // nil: nobody pays
	chain   *chain.Chain
	client  *client.Client
	inputs  map[int][]float64
	cancel  context.CancelFunc // of the job that runs
}

func newTab() *tab {
	return &tab{store: newStore(js.Global().Get("encomputeVault")), seen: rollback.NewMemory(), inputs: map[int][]float64{}}
}

// request is one call of the page: parameters as JSON, files as bytes.
type request struct {
	params []byte
	files  [][]byte
}

// read decodes the parameters.
func (r request) read(v any) error {
	if err := json.Unmarshal(r.params, v); err != nil {
		return fmt.Errorf("parameters: %w", err)
	}
	return nil
}

// call is encompute(method, parameters, files): a promise of JSON.
func (t *tab) call(_ js.Value, args []js.Value) any {
	return promise(func() (any, error) {
		if len(args) != 3 || args[0].Type() != js.TypeString || args[1].Type() != js.TypeString {
			return nil, errors.New("call with a method, parameters and files")
		}
		q := request{params: []byte(args[1].String())}
		for i := range args[2].Length() {
			b, err := toBytes(args[2].Index(i))
			if err != nil {
				return nil, err
			}
			q.files = append(q.files, b)
		}
		f, ok := map[string]func(context.Context, request) (any, error){
			"open": t.open, "wallet": t.useWallet, "balance": t.balance,
			"models": t.models, "quote": t.quote, "workers": t.workers, "verifyWorker": t.verifyWorker, "examine": t.examine,
			"input": t.input, "price": t.price, "prepare": t.prepare, "resume": t.resume, "stop": t.stop, "jobs": t.jobs,
			"forget": t.forget, "receipt": t.receipt, "refund": t.refund, "explore": t.explore, "checkReceipt": t.checkReceipt,
		}[args[0].String()]
		if !ok {
			return nil, fmt.Errorf("there is no method %q", args[0].String())
		}
		v, err := f(context.Background(), q)
		if err != nil {
			return nil, err
		}
		b, err := json.Marshal(v)
		return string(b), err
	})
}

// problem is an error as the page shows it.
type problem struct {
	Message string `json:"message"`
	Code    string `json:"code"`
	Check   string `json:"check,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
}

func fault(err error) string {
	p := problem{Message: err.Error(), Code: string(client.CodeOf(err)), Remedy: client.CodeOf(err).Remedy()}
	if e, ok := errors.AsType[*client.Error](err); ok {
		p.Check = e.Check
	}
	b, _ := json.Marshal(p) // strings alone
	return string(b)
}

// open says which network the tab is on, and connects to it.
func (t *tab) open(ctx context.Context, q request) (any, error) {
	var p struct {
		Host    string      `json:"host"`
		Network networkFile `json:"network"`
	}
	if err := q.read(&p); err != nil {
		return nil, err
	}
	policy, err := attestation.NewPolicy(p.Network.Policy)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	t.host, t.network, t.policy = p.Host, p.Network, policy
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
	a := t.network.Contracts
	cfg := client.Config{
		Host: t.host,
		Network: protocol.Network{
			ChainID: a.ChainID, Market: a.Market, WorkerRegistry: a.WorkerRegistry, ModelRegistry: a.ModelRegistry, Token: a.Token,
		},
		Policy: t.policy, Seen: t.seen, Chain: c, Signer: w, Store: t.store,
		Release:  privacy.OneReleasePerKey(),
		Limits:   client.Limits{HostPatience: 10 * time.Second},
		Confirm:  confirm,
		Observer: func(s client.Step) { emit("step", s) },
		Progress: func(p client.Progress) {
			emit("progress", map[string]any{"step": p.Step, "done": p.Done, "total": p.Total, "detail": p.Detail})
		},
		Judged: func(v protocol.WorkerView, verdict attestation.Verdict) { emit("verdict", judged{v.Signer, verdict}) },
	}
	if w == nil {
		nobody, err := protocol.NewSigningKey()
		if err != nil {
			return err
		}
		cfg.Signer = client.KeySigner{Key: nobody}
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
