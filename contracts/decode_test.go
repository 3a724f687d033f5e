package contracts

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/encrypted-compute/encompute/protocol"
)

// rpcError is a node's answer to a call that reverted.
type rpcError struct{ data any }

func (rpcError) Error() string    { return "execution reverted" }
func (e rpcError) ErrorData() any { return e.data }

func TestDecodeRevert(t *testing.T) {
	t.Parallel()
	table, err := newErrorTable()
	if err != nil {
		t.Fatal(err)
	}
	selector := func(signature string) string {
		d := protocol.Keccak256([]byte(signature))
		return hexutil.Encode(d[:4])
	}
	const one = "0000000000000000000000000000000000000000000000000000000000000001"
	tests := []struct{ name, data, want string }{
		{"custom error", selector("WrongPrice(uint96,uint96)") + one + one, "WrongPrice(price 1, got 1): read the price again"},
		{"truncated arguments", selector("WrongPrice(uint96,uint96)") + one, "malformed WrongPrice"},
		{"unknown error", selector("Nobody()"), "unknown error"},
		{"reason", selector("Error(string)") + strings.Replace(one, "1", "0", 1)[:62] + "20" + one + "61" + one[2:], "Error(reason a)"},
		{"too short", "0x1234", "execution reverted"},
		{"not hexadecimal", "hello", "execution reverted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := table.decode(rpcError{tt.data}); !strings.Contains(got.Error(), tt.want) {
				t.Errorf("decoded to %q, want %q", got, tt.want)
			}
		})
	}
	if plain := errors.New("plain"); table.decode(plain) != plain || table.decode(rpcError{7}).Error() != "execution reverted" {
		t.Error("errors without data must pass through")
	}
	for name := range remedies() {
		known := false
		for _, e := range table {
			known = known || e.Name == name
		}
		if !known {
			t.Errorf("there is a remedy for %s, but no such error", name)
		}
	}
}

func FuzzDecodeRevert(f *testing.F) {
	table, err := newErrorTable()
	if err != nil {
		f.Fatal(err)
	}
	for selector := range table {
		f.Add(append(selector[:], make([]byte, 96)...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := table.decode(rpcError{hexutil.Encode(data)}); err == nil || err.Error() == "" {
			t.Fatal("a revert decoded to nothing")
		}
	})
}

// FuzzDecodeEvent feeds logs of a hostile node: the first byte picks the contract, the
// second the event, the third the number of topics.
func FuzzDecodeEvent(f *testing.F) {
	c := &Client{abis: newABIs(), addresses: Addresses{
		Market: protocol.Address{1}, ModelRegistry: protocol.Address{2}, WorkerRegistry: protocol.Address{3},
	}}
	var ids []common.Hash
	for _, contract := range []abi.ABI{c.abis.market.GetABI(), c.abis.models.GetABI(), c.abis.workers.GetABI()} {
		for _, name := range slices.Sorted(maps.Keys(contract.Events)) {
			ids = append(ids, contract.Events[name].ID)
		}
	}
	for i := range ids {
		for contract := range byte(3) {
			for _, size := range []int{0, 32, 512} {
				f.Add(append([]byte{contract, byte(i), 3}, make([]byte, size)...))
			}
		}
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		var head [3]byte
		n := copy(head[:], data)
		log := &types.Log{Address: common.Address{head[0]%3 + 1}, Data: data[n:]}
		for i := range head[2] % 5 {
			topic := ids[int(head[1])%len(ids)]
			if i > 0 {
				binary.BigEndian.PutUint64(topic[:], uint64(i))
			}
			log.Topics = append(log.Topics, topic)
		}
		c.decodeEvent(log) // must not panic
	})
}
