package onchain_test

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

// mortal is a chain's endpoint at which a host dies: at the n-th call of a method, before or after
// the call is made, everything that the host does panics.
type mortal struct {
	contracts.Backend
	mu     sync.Mutex
	method string
	after  bool
	n      int
	dead   bool
}

// pass counts a call; done says whether it was made already.
func (m *mortal) pass(method string, done bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if method == m.method && done == m.after {
		m.n--
		m.dead = m.dead || m.n == 0
	}
	if m.dead {
		panic("killed")
	}
}

func (m *mortal) EstimateGasAtBlock(ctx context.Context, c ethereum.CallMsg, block *big.Int) (uint64, error) {
	m.pass("EstimateGas", false)
	defer m.pass("EstimateGas", true)
	return m.Backend.EstimateGasAtBlock(ctx, c, block)
}

func (m *mortal) NonceAt(ctx context.Context, a common.Address, n *big.Int) (uint64, error) {
	m.pass("NonceAt", false)
	defer m.pass("NonceAt", true)
	return m.Backend.NonceAt(ctx, a, n)
}

func (m *mortal) BalanceAt(ctx context.Context, a common.Address, n *big.Int) (*big.Int, error) {
	m.pass("BalanceAt", false)
	defer m.pass("BalanceAt", true)
	return m.Backend.BalanceAt(ctx, a, n)
}

func (m *mortal) SendTransaction(ctx context.Context, tx *types.Transaction) error {
	m.pass("SendTransaction", false)
	defer m.pass("SendTransaction", true)
	return m.Backend.SendTransaction(ctx, tx)
}

func (m *mortal) TransactionReceipt(ctx context.Context, hash common.Hash) (*types.Receipt, error) {
	m.pass("TransactionReceipt", false)
	defer m.pass("TransactionReceipt", true)
	return m.Backend.TransactionReceipt(ctx, hash)
}

// Wherever a host is killed on its way to the chain, the next one over the same state goes on:
// every receipt and delivery is paid, and none twice.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	w := newChain(t)
	t.Cleanup(w.server.Close)
	// The hosts' clocks run ahead of the machine's by 25 s for each death, the chain's does not if the
	// machine is slow: deadlines are as far off as the market takes them.
	w.window = 3600
	jobs := 0
	clock := time.Now
	h := w.host(w.client, clock)
	w.publish()
	for method, calls := range map[string]int{"EstimateGas": 4, "NonceAt": 2, "BalanceAt": 2, "SendTransaction": 2, "TransactionReceipt": 2} {
		if testing.Short() {
			calls = 1
		}
		for _, after := range []bool{false, true} {
			for n := 1; n <= calls; n++ {
				name := fmt.Sprintf("%s, after %t, call %d", method, after, n)
				conn, token := w.worker()
				creator := w.signIn()
				ids := []protocol.Digest{w.post(byte(2*jobs + 1)), w.post(byte(2*jobs + 2))}
				for range ids {
					w.computeNext(conn, token)
				}
				for _, id := range ids {
					w.await(id, protocol.JobComputed)
					w.answer(creator, id)
					w.await(id, protocol.JobDelivered)
					w.acknowledge(id)
				}
				conn.Close()
				creator.Close()
				w.must(h.Close())

				endpoint := &mortal{Backend: w.chain.Client(), method: method, after: after, n: n}
				client, err := contracts.New(t.Context(), endpoint, w.client.Addresses())
				w.must(err)
				endpoint.n = n
				h = w.host(client, clock)
				if err := h.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "killed") {
					t.Fatalf("%s: the host ended with %v", name, err)
				}
				w.must(h.Close())

				// The leases of the dead end by the clock.
				w.must(w.chain.AdvanceTime(25 * time.Second))
				now := clock
				clock = func() time.Time { return now().Add(25 * time.Second) }
				h = w.host(w.client, clock)
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- h.Run(ctx) }()
				for _, id := range ids {
					w.awaitChain(id, contracts.StateDelivered)
				}
				cancel()
				w.must(<-done)
				jobs += len(ids)
				w.credit(w.operator, protocol.Amount(39*jobs))
				w.credit(w.creator.Address(), protocol.Amount(59*jobs))
				if t.Failed() {
					t.Fatal(name)
				}
			}
		}
	}
	w.must(h.Close())
}
