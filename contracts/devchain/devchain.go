// Package devchain is an in-process EVM chain with JSON-RPC on loopback, for tests and
// for running everything on one machine. It mines whenever a transaction is pending, and
// its time can be moved (evm_increaseTime), so that nobody has to wait for a deadline.
package devchain

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/catalyst"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/encrypted-compute/encompute/protocol"
)

// ChainID is the id of every development chain.
const ChainID = 1337

// etherEach is what a funded account starts with, in ether.
const etherEach = 1000

// Config says how a chain starts.
type Config struct {
	Fund []protocol.Address // accounts that start with 1000 ether each, as protocol.DevelopmentFaucet does
	Port int                // of HTTP and WebSocket alike on 127.0.0.1; 0 takes a free one
}

// Chain is a running chain. Its clock is that of the machine, but every block is at
// least one second after its parent: take deadlines from the latest header.
type Chain struct {
	node   *node.Node
	eth    *eth.Ethereum
	client *ethclient.Client
	mining sync.WaitGroup
	stop   chan struct{}

	mu     sync.Mutex // one block at a time
	beacon *catalyst.SimulatedBeacon
}

// Start starts a chain. Close it.
func Start(cfg Config) (*Chain, error) {
	stack, err := node.New(nodeConfig(cfg.Port))
	if err != nil {
		return nil, fmt.Errorf("dev chain: %w", err)
	}
	c := &Chain{node: stack, stop: make(chan struct{})}
	if err := c.start(cfg.Fund); err != nil {
		return nil, errors.Join(fmt.Errorf("dev chain: %w", err), stack.Close())
	}
	return c, nil
}

func nodeConfig(port int) *node.Config {
	n := node.DefaultConfig
	n.DataDir = ""
	n.P2P = p2p.Config{NoDiscovery: true}
	n.HTTPHost, n.HTTPPort, n.HTTPModules, n.HTTPCors = "127.0.0.1", port, modules, []string{"*"}
	n.WSHost, n.WSPort, n.WSModules, n.WSOrigins = "127.0.0.1", port, modules, []string{"*"}
	return &n
}

func ethConfig(fund []protocol.Address) *ethconfig.Config {
	alloc := core.SystemContractAllocs()
	for _, a := range append(slices.Clone(fund), protocol.DevelopmentFaucet().Address()) {
		wei := new(big.Int).Mul(big.NewInt(etherEach), big.NewInt(params.Ether))
		alloc[common.Address(a)] = types.Account{Balance: wei}
	}
	// Forks to come price gas otherwise than any chain of today.
	forks := *params.AllDevChainProtocolChanges
	forks.AmsterdamTime, forks.BogotaTime, forks.UBTTime = nil, nil, nil
	e := ethconfig.Defaults
	now := uint64(time.Now().Unix())
	e.Genesis = &core.Genesis{Config: &forks, GasLimit: e.Miner.GasCeil, Timestamp: now, Alloc: alloc}
	e.SyncMode = ethconfig.FullSync
	e.TxPool.NoLocals = true
	e.LogNoHistory = true // search blocks directly: an index would lag behind
	return &e
}

func (c *Chain) start(fund []protocol.Address) (err error) {
	if c.eth, err = eth.New(c.node, ethConfig(fund)); err != nil {
		return err
	}
	filterSystem := filters.NewFilterSystem(c.eth.APIBackend, filters.Config{})
	c.node.RegisterAPIs([]rpc.API{
		{Namespace: "eth", Service: filters.NewFilterAPI(filterSystem)},
		{Namespace: clockNamespace, Service: clock{c}},
	})
	if err := c.node.Start(); err != nil {
		return err
	}
	if c.beacon, err = catalyst.NewSimulatedBeacon(0, common.Address{}, c.eth); err != nil {
		return err
	}
	c.client = ethclient.NewClient(c.node.Attach())
	due := make(chan struct{}, 1)
	c.mining.Go(func() { c.listen(due) })
	c.mining.Go(func() { c.mine(due) })
	return nil
}

// listen tells mine of transactions. It does nothing else: the pool waits for it, and a block for the pool.
func (c *Chain) listen(due chan<- struct{}) {
	pending := make(chan core.NewTxsEvent, 1)
	sub := c.eth.TxPool().SubscribeTransactions(pending, true)
	defer sub.Unsubscribe()
	for {
		select {
		case <-c.stop:
			return
		case <-pending:
			select {
			case due <- struct{}{}:
			default: // the next block will hold these, too
			}
		}
	}
}

// mine makes blocks while there are transactions to put into them.
func (c *Chain) mine(due <-chan struct{}) {
	for {
		select {
		case <-c.stop:
			return
		case <-due:
			c.mu.Lock()
			c.beacon.Commit()
			c.mu.Unlock()
		}
	}
}

// HTTP returns the URL of JSON-RPC over HTTP.
func (c *Chain) HTTP() string { return c.node.HTTPEndpoint() }

// WebSocket returns the URL of JSON-RPC over WebSocket.
func (c *Chain) WebSocket() string { return c.node.WSEndpoint() }

// Client returns a client in this process. It lives as long as the chain.
func (c *Chain) Client() *ethclient.Client { return c.client }

// AdvanceTime makes an empty block whose time is d, in whole seconds, after the latest.
// Nobody may be sending transactions at that moment.
func (c *Chain) AdvanceTime(d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.eth.TxPool().Sync(); err != nil {
		return fmt.Errorf("advance time: %w", err)
	}
	if err := c.beacon.AdjustTime(d); err != nil {
		return fmt.Errorf("advance time by %s: %w", d, err)
	}
	return nil
}

// Rewind drops the latest blocks, as a re-organization does. Their transactions are
// pending again and go into new blocks.
func (c *Chain) Rewind(blocks uint64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	head := c.eth.BlockChain().CurrentBlock().Number.Uint64()
	if blocks > head {
		return fmt.Errorf("rewind %d blocks: there are only %d", blocks, head)
	}
	if err := c.beacon.Fork(c.eth.BlockChain().GetCanonicalHash(head - blocks)); err != nil {
		return fmt.Errorf("rewind %d blocks: %w", blocks, err)
	}
	return nil
}

// Close stops the chain; everything on it is gone.
func (c *Chain) Close() error {
	close(c.stop)
	c.mining.Wait()
	c.client.Close()
	return errors.Join(c.beacon.Stop(), c.node.Close())
}
