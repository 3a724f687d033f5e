package devchain_test

import (
	"crypto/ecdsa"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"golang.org/x/sync/errgroup"

	"github.com/encrypted-compute/encompute/contracts/devchain"
	"github.com/encrypted-compute/encompute/protocol"
)

func TestChainMinesOverHTTPAndWebSocket(t *testing.T) {
	t.Parallel()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	from := crypto.PubkeyToAddress(key.PublicKey)
	chain, err := devchain.Start(devchain.Config{Fund: []protocol.Address{protocol.Address(from)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { chain.Close() })

	ctx := t.Context()
	to := common.Address{1}
	for nonce, url := range []string{chain.HTTP(), chain.WebSocket()} {
		client, err := ethclient.DialContext(ctx, url)
		if err != nil {
			t.Fatalf("dial %s: %v", url, err)
		}
		defer client.Close()
		id, err := client.ChainID(ctx)
		if err != nil || id.Uint64() != devchain.ChainID {
			t.Fatalf("chain id over %s = %v, %v", url, id, err)
		}
		tx := types.MustSignNewTx(key, types.LatestSignerForChainID(id), &types.DynamicFeeTx{
			ChainID: id, Nonce: uint64(nonce), GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(1e10), Gas: 21000, To: &to, Value: big.NewInt(5),
		})
		heads := make(chan *types.Header, 1)
		sub, err := chain.Client().SubscribeNewHead(ctx, heads)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.SendTransaction(ctx, tx); err != nil {
			t.Fatal(err)
		}
		select {
		case <-heads:
		case <-ctx.Done():
			t.Fatal("no block was made")
		}
		sub.Unsubscribe()
		balance, err := client.BalanceAt(ctx, to, nil)
		if err != nil || balance.Int64() != 5*int64(nonce+1) {
			t.Fatalf("balance after transaction %d = %v, %v", nonce, balance, err)
		}
	}
}

func TestAdvanceTimeAndRewind(t *testing.T) {
	t.Parallel()
	chain, err := devchain.Start(devchain.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { chain.Close() })
	head := func() *types.Header {
		h, err := chain.Client().HeaderByNumber(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	genesis := head()
	for i, d := range []time.Duration{time.Hour, 2 * time.Hour} {
		before := head()
		if err := chain.AdvanceTime(d); err != nil {
			t.Fatal(err)
		}
		if got := head(); got.Time != before.Time+uint64(d.Seconds()) || got.Number.Int64() != int64(i+1) {
			t.Fatalf("block %v has time %d, want %d", got.Number, got.Time, before.Time+uint64(d.Seconds()))
		}
	}
	if err := chain.Rewind(3); err == nil {
		t.Fatal("rewound beyond genesis")
	}
	if err := chain.Rewind(2); err != nil {
		t.Fatal(err)
	}
	if got := head(); got.Hash() != genesis.Hash() {
		t.Fatalf("head is block %v after rewinding to genesis", got.Number)
	}
}

func TestIncreaseTimeOverRPC(t *testing.T) {
	t.Parallel()
	chain, err := devchain.Start(devchain.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { chain.Close() })
	for _, url := range []string{chain.HTTP(), chain.WebSocket()} {
		client, err := ethclient.DialContext(t.Context(), url)
		if err != nil {
			t.Fatalf("dial %s: %v", url, err)
		}
		defer client.Close()
		before, err := client.HeaderByNumber(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got hexutil.Uint64
		if err := client.Client().CallContext(t.Context(), &got, "evm_increaseTime", 601); err != nil {
			t.Fatalf("increase the time over %s: %v", url, err)
		}
		after, err := client.HeaderByNumber(t.Context(), nil)
		if err != nil || after.Time != before.Time+601 || after.Time != uint64(got) {
			t.Fatalf("after 601 s over %s the time went from %d to %v, answered %d, %v", url, before.Time, after, got, err)
		}
		for _, seconds := range []any{0, -1, uint64(1) << 62, "soon"} {
			if err := client.Client().CallContext(t.Context(), &got, "evm_increaseTime", seconds); err == nil {
				t.Errorf("the time was moved by %v", seconds)
			}
		}
	}
}

func TestStartRefusesTakenPort(t *testing.T) {
	t.Parallel()
	first, err := devchain.Start(devchain.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { first.Close() })
	var port int
	if _, err := fmt.Sscanf(first.HTTP(), "http://127.0.0.1:%d", &port); err != nil {
		t.Fatal(err)
	}
	if second, err := devchain.Start(devchain.Config{Port: port}); err == nil {
		second.Close()
		t.Fatal("started on a taken port")
	}
}

// Many accounts that send at the same time must not stop the chain.
func TestChainMinesForManyAtOnce(t *testing.T) {
	t.Parallel()
	const accounts, each = 16, 40
	var fund []protocol.Address
	keys := make([]*ecdsa.PrivateKey, accounts)
	for i := range keys {
		var err error
		if keys[i], err = crypto.GenerateKey(); err != nil {
			t.Fatal(err)
		}
		fund = append(fund, protocol.Address(crypto.PubkeyToAddress(keys[i].PublicKey)))
	}
	chain, err := devchain.Start(devchain.Config{Fund: fund})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { chain.Close() })
	id, to := big.NewInt(devchain.ChainID), common.Address{1}
	var group errgroup.Group
	for _, key := range keys {
		group.Go(func() error {
			for nonce := range uint64(each) {
				err := chain.Client().SendTransaction(t.Context(), types.MustSignNewTx(key, types.LatestSignerForChainID(id), &types.DynamicFeeTx{
					ChainID: id, Nonce: nonce, GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(1e10), Gas: 21000, To: &to, Value: big.NewInt(1),
				}))
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for {
		balance, err := chain.Client().BalanceAt(t.Context(), to, nil)
		if err != nil {
			t.Fatal(err)
		}
		if balance.Int64() == accounts*each {
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("%v of %d transactions were mined", balance, accounts*each)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
