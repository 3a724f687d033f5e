package contracts_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/google/go-cmp/cmp"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

// anvil is a node that we did not write.
type anvil struct {
	*env
	url  string
	node *ethclient.Client
}

// newAnvil starts a node, with the contracts on it.
func newAnvil(t *testing.T) *anvil {
	t.Helper()
	arch := map[string]string{"linux/amd64": "linux-amd64", "darwin/arm64": "darwin-arm64"}[runtime.GOOS+"/"+runtime.GOARCH]
	program := filepath.Join("node_modules", "@foundry-rs", "anvil-"+arch, "bin", "anvil")
	if _, err := os.Stat(program); err != nil {
		t.Skipf("anvil is not installed, so this is not tested against a foreign node: run 'npm ci' in contracts (%v)", err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--port", "0", "--accounts", "0", "--hardfork", "cancun")
	out := must(cmd.StdoutPipe())(t)
	check(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Wait() }) // it was killed
	a := &anvil{env: newKeys(t)}
	lines := bufio.NewScanner(out)
	for a.url == "" && lines.Scan() {
		if at, ok := strings.CutPrefix(lines.Text(), "Listening on "); ok {
			a.url = "http://" + at
		}
	}
	if a.url == "" {
		t.Fatal("anvil says nothing of where it listens")
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	a.node = must(ethclient.DialContext(t.Context(), a.url))(t)
	t.Cleanup(a.node.Close)
	for _, account := range a.payers() {
		a.rpc(t, nil, "anvil_setBalance", account.String(), hexutil.EncodeBig(new(big.Int).Exp(big.NewInt(10), big.NewInt(21), nil)))
	}
	a.deploy(t, a.node, a.url)
	return a
}

// rpc makes a call that only anvil knows.
func (a *anvil) rpc(t *testing.T, out any, method string, args ...any) {
	t.Helper()
	if err := a.node.Client().CallContext(t.Context(), out, method, args...); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
}

// advance lets time go on.
func (a *anvil) advance(t *testing.T, d time.Duration) {
	t.Helper()
	a.rpc(t, nil, "evm_increaseTime", int64(d.Seconds()))
	a.rpc(t, nil, "evm_mine")
}

// The whole life of a job, in each of its ways, on a foreign node.
func TestAnvilJobs(t *testing.T) {
	t.Parallel()
	a, ctx := newAnvil(t), t.Context()
	var receipts []contracts.SignedReceipt
	var deliveries []contracts.SignedDelivery
	for i := range byte(3) {
		spec := a.post(t, i)
		r, sig := a.receipt(spec, a.worker)
		receipts = append(receipts, contracts.SignedReceipt{Spec: spec, Receipt: r, Signature: sig})
		d, sig := a.delivery(spec, a.creator)
		deliveries = append(deliveries, contracts.SignedDelivery{Spec: spec, Delivery: d, Signature: sig})
	}
	receipts[2].Signature = receipts[1].Signature
	refused := must(a.SubmitReceipts(ctx, a.stranger, receipts))(t)
	if len(refused) != 1 || !contracts.IsRevert(refused[a.Domain().JobID(receipts[2].Spec)], "NotLiveWorker") {
		t.Fatalf("refused %v", refused)
	}
	deliveries[0].Acknowledgement = a.acknowledgement(deliveries[0].Spec, deliveries[0].Delivery)
	refused = must(a.DeliverMany(ctx, a.stranger, deliveries))(t)
	if len(refused) != 1 || !contracts.IsRevert(refused[a.Domain().JobID(receipts[2].Spec)], "InvalidState") {
		t.Fatalf("refused %v", refused)
	}
	a.wantState(t, deliveries[0].Spec, contracts.StateDelivered)
	a.wantState(t, deliveries[1].Spec, contracts.StateClaimed)
	check(t, a.Contest(ctx, a.user, deliveries[1].Spec))
	a.advance(t, time.Hour+time.Second)
	check(t, a.Refund(ctx, a.stranger, deliveries[1].Spec))
	check(t, a.Refund(ctx, a.stranger, receipts[2].Spec))
	a.wantCredit(t, a.user, creatorFee+creatorFee/2+workerFee+creatorFee)
	a.wantCredit(t, a.creator, 97_500)
	a.wantCredit(t, a.operator, 2*195_000)
	check(t, a.Withdraw(ctx, a.creator, a.creator.Address()))
}

// A mirror of the events follows re-organizations of any depth.
func TestAnvilReorg(t *testing.T) {
	t.Parallel()
	a, ctx := newAnvil(t), t.Context()
	check(t, a.MintTestToken(ctx, a.owner, a.user.Address(), 10*money))
	a.post(t, 1)
	var m mirror
	a.catchUp(t, contracts.WatchOptions{}, &m)
	for i, depth := range []int{1, 3, 8} {
		a.post(t, byte(10+i))
		a.post(t, byte(20+i))
		marks := m.marks()
		a.catchUp(t, contracts.WatchOptions{After: marks}, &m)
		before := len(m.events)
		a.rpc(t, nil, "anvil_reorg", depth, []any{})
		a.catchUp(t, contracts.WatchOptions{After: m.marks()}, &m)
		head := must(a.BlockNumber(ctx))(t)
		if diff := cmp.Diff(must(a.Events(ctx, 0, head))(t), m.events); diff != "" {
			t.Fatalf("mirror after %d blocks were dropped (-want +got):\n%s", depth, diff)
		}
		if len(m.events) >= before {
			t.Errorf("a re-organization of %d blocks dropped no event", depth)
		}
	}
}

// catchUp watches until the mirror ends with the latest block.
func (a *anvil) catchUp(t *testing.T, o contracts.WatchOptions, m *mirror) {
	t.Helper()
	head := must(a.node.HeaderByNumber(t.Context(), nil))(t)
	done := errors.New("done")
	o.Interval = time.Millisecond
	err := a.Watch(t.Context(), o, func(b contracts.Batch) error {
		m.take(b)
		if b.Hash == protocol.Digest(head.Hash()) {
			return done
		}
		return nil
	}, func(err error) { t.Errorf("report: %v", err) })
	if !errors.Is(err, done) {
		t.Fatalf("watch ended with %v", err)
	}
}

// marks are the ends of the batches that still stand.
func (m *mirror) marks() (marks []contracts.Mark) {
	for _, b := range m.batches {
		for len(marks) > 0 && marks[len(marks)-1].Number >= b.From {
			marks = marks[:len(marks)-1]
		}
		marks = append(marks, b.Mark())
	}
	return marks
}

// pending returns what the node has waiting, as fee by nonce, of an account.
func (a *anvil) pending(t *testing.T, account protocol.Address) map[string]string {
	t.Helper()
	var pool struct {
		Pending map[string]map[string]struct {
			Fee string `json:"maxFeePerGas"`
		} `json:"pending"`
	}
	a.rpc(t, &pool, "txpool_content")
	fees := map[string]string{}
	for from, list := range pool.Pending {
		if strings.EqualFold(from, account.String()) {
			for nonce, tx := range list {
				fees[nonce] = tx.Fee
			}
		}
	}
	return fees
}

// A transaction that no block takes is replaced by itself with higher fees, and counts once.
func TestStuckTransaction(t *testing.T) {
	t.Parallel()
	a, ctx := newAnvil(t), t.Context()
	spec := a.post(t, 1)
	a.rpc(t, nil, "evm_setAutomine", false)
	a.SetPatience(50 * time.Millisecond)
	r, sig := a.receipt(spec, a.worker)
	done := make(chan error, 1)
	go func() { done <- a.SubmitReceipt(ctx, a.stranger, spec, r, sig) }()
	fees := map[string]bool{}
	for len(fees) < 4 {
		p := a.pending(t, a.stranger.Address())
		if len(p) > 1 {
			t.Fatalf("%d transactions are pending", len(p))
		}
		for _, fee := range p {
			fees[fee] = true
		}
	}
	a.rpc(t, nil, "evm_mine")
	check(t, <-done)
	a.wantState(t, spec, contracts.StateComputed)
	a.wantCredit(t, a.operator, 195_000)
}

// The next process of an account takes the place of what a dead one left behind.
func TestLeftBehind(t *testing.T) {
	t.Parallel()
	a := newAnvil(t)
	spec := a.post(t, 1)
	a.rpc(t, nil, "evm_setAutomine", false)
	r, sig := a.receipt(spec, a.worker)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	first := make(chan error, 1)
	go func() { first <- a.SubmitReceipt(ctx, a.stranger, spec, r, sig) }()
	for len(a.pending(t, a.stranger.Address())) == 0 {
		select {
		case err := <-first:
			t.Fatalf("first process: %v", err)
		default:
		}
	}
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Fatalf("first process: %v", err)
	}
	next := must(contracts.Dial(t.Context(), a.url, a.addresses))(t)
	t.Cleanup(next.Close)
	next.SetPatience(50 * time.Millisecond)
	done := make(chan error, 1)
	go func() { done <- next.SubmitReceipt(t.Context(), a.stranger, spec, r, sig) }()
	before := a.pending(t, a.stranger.Address())
	for cmp.Equal(before, a.pending(t, a.stranger.Address())) {
		select {
		case err := <-done:
			t.Fatalf("second process: %v", err)
		default:
		}
	}
	a.rpc(t, nil, "evm_mine")
	check(t, <-done)
	a.wantState(t, spec, contracts.StateComputed)
	a.wantCredit(t, a.operator, 195_000)
}

// gate is a proxy before a node, which a test closes.
type gate struct {
	*httptest.Server
	status atomic.Int32 // answered to everything, if not 0
	asked  atomic.Int32
}

func newGate(t *testing.T, to string) *gate {
	t.Helper()
	g := &gate{}
	proxy := httputil.NewSingleHostReverseProxy(must(url.Parse(to))(t))
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.asked.Add(1)
		if s := g.status.Load(); s != 0 {
			http.Error(w, fmt.Sprint("closed: ", s), int(s))
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(g.Close)
	return g
}

// A client of two endpoints goes on with the one that answers.
func TestAnvilFailover(t *testing.T) {
	t.Parallel()
	a, ctx := newAnvil(t), t.Context()
	first, second := newGate(t, a.url), newGate(t, a.url)
	c := must(contracts.DialAny(ctx, []string{first.URL, second.URL}, a.addresses))(t)
	t.Cleanup(c.Close)
	for _, status := range []int32{429, 503, 502} {
		first.status.Store(status)
		if _, err := c.BlockNumber(ctx); err != nil {
			t.Errorf("first endpoint answers %d: %v", status, err)
		}
		first.status.Store(0)
		second.status.Store(status)
		check(t, c.MintTestToken(ctx, a.owner, a.user.Address(), 1))
		second.status.Store(0)
	}
	asked := second.asked.Load()
	if _, err := c.BlockNumber(ctx); err != nil || second.asked.Load() != asked {
		t.Errorf("the endpoint that failed last is asked first (%v)", err)
	}
	// A refusal by a contract is an answer.
	first.asked.Store(0)
	second.asked.Store(0)
	spec := a.spec(t, 1)
	if _, err := c.PostJob(ctx, a.stranger, spec); err == nil {
		t.Error("a stranger posted the user's job")
	}
	if second.asked.Load() != 0 {
		t.Error("the other endpoint was asked after a refusal")
	}
	first.Close()
	if _, err := c.BlockNumber(ctx); err != nil {
		t.Errorf("first endpoint is gone: %v", err)
	}
	second.status.Store(503)
	if _, err := c.BlockNumber(ctx); err == nil {
		t.Error("nobody answers, and that is no error")
	}
}
