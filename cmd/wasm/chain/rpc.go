// Package chain is the chain as the browser's client sees it: JSON-RPC and the few calls of the contracts, without the
// weight of go-ethereum.
package chain

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// Bounds of what a node may answer and of how long a transaction may take to be mined.
const (
	maxAnswer  = 1 << 20
	minedIn    = 3 * time.Minute
	pollMined  = 500 * time.Millisecond
	wordBytes  = 32
	gasPercent = 125 // of the estimate: the state may change before the transaction's turn
)

// ErrRPC says that a node refused a call.
var ErrRPC = errors.New("the chain's node refused")

// node speaks JSON-RPC 2.0 over HTTP.
type node struct{ url string }

// call makes one call and reads its result into out.
func (n node) call(ctx context.Context, out any, method string, params ...any) error {
	if params == nil {
		params = []any{}
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	res, err := fetch.New(nil).Do(ctx, fetch.Request{
		Method: "POST", URL: n.url, Header: map[string]string{"Content-Type": "application/json"},
		Body: bytes.NewReader(body), Size: int64(len(body)),
	})
	if err != nil {
		return fmt.Errorf("the chain's node does not answer: %w", err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil || len(b) > maxAnswer {
		return fmt.Errorf("%s: the answer broke off or is larger than %d bytes", method, maxAnswer)
	}
	var answer struct {
		Result json.RawMessage `json:"result"`
		Error  *struct {
			Message string          `json:"message"`
			Data    json.RawMessage `json:"data"`
		} `json:"error"`
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		return fmt.Errorf("%s: the node answered %d: %w", method, res.Status, err)
	}
	if answer.Error != nil {
		return fmt.Errorf("%w: %s: %s %s", ErrRPC, method, answer.Error.Message, answer.Error.Data)
	}
	if err := json.Unmarshal(answer.Result, out); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

// number calls for a quantity.
func (n node) number(ctx context.Context, method string, params ...any) (*big.Int, error) {
	var s string
	if err := n.call(ctx, &s, method, params...); err != nil {
		return nil, err
	}
	v, err := parseQuantity(s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	return v, nil
}

// parseQuantity reads a number as JSON-RPC writes it.
func parseQuantity(s string) (*big.Int, error) {
	v, ok := new(big.Int).SetString(strings.TrimPrefix(s, "0x"), 16)
	if !ok || v.Sign() < 0 || v.BitLen() > 8*wordBytes || !strings.HasPrefix(s, "0x") {
		return nil, fmt.Errorf("%.80q is no quantity", s)
	}
	return v, nil
}

// read calls a view function at the latest block; it answers words in all.
func (n node) read(ctx context.Context, to protocol.Address, data []byte, words int) ([]protocol.Digest, error) {
	var s string
	message := map[string]any{"to": to, "data": hexOf(data)}
	if err := n.call(ctx, &s, "eth_call", message, "latest"); err != nil {
		return nil, err
	}
	b, err := hex.DecodeString(strings.TrimPrefix(s, "0x"))
	if err != nil || len(b) != words*wordBytes {
		return nil, fmt.Errorf("contract %s answered %d bytes for %d: is the address right?", to, len(b), words*wordBytes)
	}
	list := make([]protocol.Digest, words)
	for i := range list {
		copy(list[i][:], b[i*wordBytes:])
	}
	return list, nil
}

// header is the latest block as far as it is needed.
func (n node) header(ctx context.Context) (seconds uint64, baseFee *big.Int, err error) {
	var h struct {
		Timestamp     string `json:"timestamp"`
		BaseFeePerGas string `json:"baseFeePerGas"`
	}
	if err := n.call(ctx, &h, "eth_getBlockByNumber", "latest", false); err != nil {
		return 0, nil, err
	}
	if _, err := fmt.Sscanf(h.Timestamp, "0x%x", &seconds); err != nil {
		return 0, nil, fmt.Errorf("latest block: its time is %.40q", h.Timestamp)
	}
	baseFee, _ = new(big.Int).SetString(strings.TrimPrefix(h.BaseFeePerGas, "0x"), 16)
	return seconds, baseFee, nil
}

// mined waits until a transaction is in a block that calls see: nodes know receipts of blocks that are not their latest yet.
func (n node) mined(ctx context.Context, tx protocol.Digest) error {
	ctx, cancel := context.WithTimeoutCause(ctx, minedIn, fmt.Errorf("transaction %s was not mined within %s", tx, minedIn))
	defer cancel()
	for {
		seen, err := n.seen(ctx, tx)
		if seen || err != nil && ctx.Err() == nil && errors.Is(err, ErrRPC) {
			return err
		}
		select {
		case <-time.After(pollMined):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// seen tells whether a transaction is in a block up to the latest; with an error if it failed there.
func (n node) seen(ctx context.Context, tx protocol.Digest) (bool, error) {
	var receipt *struct {
		Status      string `json:"status"`
		BlockNumber string `json:"blockNumber"`
	}
	if err := n.call(ctx, &receipt, "eth_getTransactionReceipt", tx); err != nil || receipt == nil {
		return false, err
	}
	latest, err := n.number(ctx, "eth_blockNumber")
	if err != nil {
		return false, err
	}
	block, err := parseQuantity(receipt.BlockNumber)
	if err != nil || block.Cmp(latest) > 0 {
		return false, err
	}
	if receipt.Status != "0x1" {
		return true, fmt.Errorf("transaction %s was mined and failed", tx)
	}
	return true, nil
}

func hexOf(b []byte) string { return "0x" + hex.EncodeToString(b) }
