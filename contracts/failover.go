package contracts

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"sync/atomic"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"
)

// Failover is a Backend of several endpoints of one chain. It uses one until that cannot be reached
// or says that it is asked too much, and then the next one. What an endpoint says of the chain, also
// that it knows something not, stands. All must be trusted alike: one that lies can withhold events.
type Failover struct {
	all     []Backend
	current atomic.Uint32
}

var (
	_ Backend   = (*Failover)(nil)
	_ Simulator = (*Failover)(nil)
)

// NewFailover uses backends in the given order; there is at least one.
func NewFailover(backends ...Backend) (*Failover, error) {
	if len(backends) == 0 {
		return nil, errors.New("no endpoint of the chain is given")
	}
	return &Failover{all: backends}, nil
}

// DialAny connects to JSON-RPC endpoints of one chain, of which one at a time is used, as Dial does. At
// least one must be there.
func DialAny(ctx context.Context, urls []string, a Addresses) (*Client, error) {
	f, err := Connect(ctx, urls)
	if err != nil {
		return nil, err
	}
	c, err := New(ctx, f, a)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("chain at %v: %w", urls, err)
	}
	return c, nil
}

// Connect connects to JSON-RPC endpoints of one chain. At least one must be there.
func Connect(ctx context.Context, urls []string) (*Failover, error) {
	var backends []Backend
	var failed error
	for _, u := range urls {
		b, err := ethclient.DialContext(ctx, u) // over HTTP this connects to nobody yet
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("dial chain at %s: %w", u, err))
			continue
		}
		backends = append(backends, b)
	}
	f, err := NewFailover(backends...)
	if err != nil {
		return nil, errors.Join(failed, err)
	}
	return f, nil
}

// unreachable reports whether an error is the endpoint's and not an answer about the chain.
func unreachable(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil || errors.Is(err, ethereum.NotFound) {
		return false
	}
	if h, ok := errors.AsType[rpc.HTTPError](err); ok {
		return h.StatusCode == http.StatusTooManyRequests || h.StatusCode == http.StatusForbidden || h.StatusCode >= 500
	}
	answer, ok := errors.AsType[rpc.Error](err)
	const limitExceeded = -32005 // EIP-1474
	return !ok || answer.ErrorCode() == limitExceeded
}

// try asks the current endpoint, and every other one once if that one cannot be asked.
func try[T any](ctx context.Context, f *Failover, ask func(Backend) (T, error)) (v T, err error) {
	for range f.all {
		at := f.current.Load()
		v, err = ask(f.all[at])
		if !unreachable(ctx, err) {
			return v, err
		}
		f.current.CompareAndSwap(at, (at+1)%uint32(len(f.all)))
	}
	return v, err
}

// Close ends the connections, of backends that have one.
func (f *Failover) Close() {
	for _, b := range f.all {
		if c, ok := b.(interface{ Close() }); ok {
			c.Close()
		}
	}
}

// ChainID implements Backend. Every endpoint is asked that can be reached: they must agree.
func (f *Failover) ChainID(ctx context.Context) (id *big.Int, err error) {
	for _, b := range f.all {
		got, e := b.ChainID(ctx)
		switch {
		case e != nil:
			err = e
		case id != nil && id.Cmp(got) != 0:
			return nil, fmt.Errorf("endpoints are of chains %s and %s: %w", id, got, ErrInconsistent)
		default:
			id = got
		}
	}
	if id != nil {
		err = nil
	}
	return id, err
}

// EstimateGasAtBlock implements Backend.
func (f *Failover) EstimateGasAtBlock(ctx context.Context, m ethereum.CallMsg, block *big.Int) (uint64, error) {
	return try(ctx, f, func(b Backend) (uint64, error) { return b.EstimateGasAtBlock(ctx, m, block) })
}

// SuggestGasTipCap implements Backend.
func (f *Failover) SuggestGasTipCap(ctx context.Context) (*big.Int, error) {
	return try(ctx, f, func(b Backend) (*big.Int, error) { return b.SuggestGasTipCap(ctx) })
}

// SendTransaction implements Backend. A transaction that goes out twice is the same one.
func (f *Failover) SendTransaction(ctx context.Context, tx *types.Transaction) error {
	_, err := try(ctx, f, func(b Backend) (struct{}, error) { return struct{}{}, b.SendTransaction(ctx, tx) })
	return err
}

// CodeAt implements Backend.
func (f *Failover) CodeAt(ctx context.Context, a common.Address, block *big.Int) ([]byte, error) {
	return try(ctx, f, func(b Backend) ([]byte, error) { return b.CodeAt(ctx, a, block) })
}

// CallContract implements Backend.
func (f *Failover) CallContract(ctx context.Context, m ethereum.CallMsg, block *big.Int) ([]byte, error) {
	return try(ctx, f, func(b Backend) ([]byte, error) { return b.CallContract(ctx, m, block) })
}

// BalanceAt implements Backend.
func (f *Failover) BalanceAt(ctx context.Context, a common.Address, block *big.Int) (*big.Int, error) {
	return try(ctx, f, func(b Backend) (*big.Int, error) { return b.BalanceAt(ctx, a, block) })
}

// FilterLogs implements Backend.
func (f *Failover) FilterLogs(ctx context.Context, q ethereum.FilterQuery) ([]types.Log, error) {
	return try(ctx, f, func(b Backend) ([]types.Log, error) { return b.FilterLogs(ctx, q) })
}

// HeaderByNumber implements Backend.
func (f *Failover) HeaderByNumber(ctx context.Context, n *big.Int) (*types.Header, error) {
	return try(ctx, f, func(b Backend) (*types.Header, error) { return b.HeaderByNumber(ctx, n) })
}

// NonceAt implements Backend.
func (f *Failover) NonceAt(ctx context.Context, a common.Address, block *big.Int) (uint64, error) {
	return try(ctx, f, func(b Backend) (uint64, error) { return b.NonceAt(ctx, a, block) })
}

// PendingNonceAt implements Backend.
func (f *Failover) PendingNonceAt(ctx context.Context, a common.Address) (uint64, error) {
	return try(ctx, f, func(b Backend) (uint64, error) { return b.PendingNonceAt(ctx, a) })
}

// TransactionReceipt implements Backend.
func (f *Failover) TransactionReceipt(ctx context.Context, hash common.Hash) (*types.Receipt, error) {
	return try(ctx, f, func(b Backend) (*types.Receipt, error) { return b.TransactionReceipt(ctx, hash) })
}

// SimulateV1 implements Simulator, if the endpoint that is used does.
func (f *Failover) SimulateV1(ctx context.Context, o ethclient.SimulateOptions, at *rpc.BlockNumberOrHash) ([]ethclient.SimulateBlockResult, error) {
	return try(ctx, f, func(b Backend) ([]ethclient.SimulateBlockResult, error) {
		s, ok := b.(Simulator)
		if !ok {
			return nil, errors.New("the endpoint cannot simulate")
		}
		return s.SimulateV1(ctx, o, at)
	})
}
