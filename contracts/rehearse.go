package contracts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strings"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/encrypted-compute/encompute/contracts/bindings"
	"github.com/encrypted-compute/encompute/protocol"
)

// Simulator runs calls one after the other on a block without sending anything (eth_simulateV1);
// *ethclient.Client does.
type Simulator interface {
	SimulateV1(ctx context.Context, o ethclient.SimulateOptions, at *rpc.BlockNumberOrHash) ([]ethclient.SimulateBlockResult, error)
}

// Rehearsal is a Backend that sends nothing: it reads the chain under it and keeps the transactions
// that would have gone out, each estimated after those before it. It is for one account and one
// goroutine. For more than one transaction the chain under it must be a Simulator.
type Rehearsal struct {
	Backend
	calls []ethereum.CallMsg
	steps []Step
	gas   uint64 // that the call estimated last would use
}

// Step is a transaction that was not sent.
type Step struct {
	Contract string           `json:"contract"` // its name; empty if it is none of ours
	Address  protocol.Address `json:"address"`  // of the contract, also of one that would be created
	Call     string           `json:"call"`     // decoded
	Gas      uint64           `json:"gas"`      // estimated
	Cost     *big.Int         `json:"costWei"`  // of that gas, at the price of now
	Most     *big.Int         `json:"mostWei"`  // what the transaction allows at most
}

// NewRehearsal rehearses on a chain.
func NewRehearsal(backend Backend) *Rehearsal { return &Rehearsal{Backend: backend} }

// Steps returns what would have been sent, in order.
func (r *Rehearsal) Steps() []Step { return r.steps }

// Close ends the connection, if the chain under it has one.
func (r *Rehearsal) Close() {
	if b, ok := r.Backend.(interface{ Close() }); ok {
		b.Close()
	}
}

// BalanceAt implements Backend: whether an account can pay is not for a rehearsal to say.
func (r *Rehearsal) BalanceAt(context.Context, common.Address, *big.Int) (*big.Int, error) {
	return new(big.Int).Lsh(big.NewInt(1), 255), nil
}

// NonceAt implements Backend.
func (r *Rehearsal) NonceAt(ctx context.Context, a common.Address, block *big.Int) (uint64, error) {
	n, err := r.Backend.NonceAt(ctx, a, block)
	return n + uint64(len(r.calls)), err
}

// PendingNonceAt implements Backend: nothing is waited for.
func (r *Rehearsal) PendingNonceAt(ctx context.Context, a common.Address) (uint64, error) {
	return r.NonceAt(ctx, a, nil)
}

// EstimateGasAtBlock implements Backend.
func (r *Rehearsal) EstimateGasAtBlock(ctx context.Context, m ethereum.CallMsg, block *big.Int) (gas uint64, err error) {
	if len(r.calls) == 0 {
		gas, err = r.Backend.EstimateGasAtBlock(ctx, m, block)
	} else {
		gas, err = r.simulate(ctx, m)
	}
	r.gas = gas
	return gas, err
}

// simulate runs what was rehearsed, and then m, of which it returns the gas.
func (r *Rehearsal) simulate(ctx context.Context, m ethereum.CallMsg) (uint64, error) {
	s, ok := r.Backend.(Simulator)
	if !ok {
		return 0, errors.New("the chain's endpoint cannot run several calls after each other (eth_simulateV1)")
	}
	latest := rpc.BlockNumberOrHashWithNumber(rpc.LatestBlockNumber)
	blocks, err := s.SimulateV1(ctx, ethclient.SimulateOptions{
		BlockStateCalls: []ethclient.SimulateBlock{{Calls: append(r.calls[:len(r.calls):len(r.calls)], m)}},
	}, &latest)
	if err != nil {
		return 0, fmt.Errorf("simulate (eth_simulateV1): %w", err)
	}
	if len(blocks) != 1 || len(blocks[0].Calls) != len(r.calls)+1 {
		return 0, fmt.Errorf("simulate (eth_simulateV1): results are not those of %d calls: %w", len(r.calls)+1, ErrInconsistent)
	}
	last := blocks[0].Calls[len(r.calls)]
	if last.Status == types.ReceiptStatusSuccessful {
		return max(last.GasUsed, last.MaxUsedGas), nil
	}
	table, err := newErrorTable()
	if err != nil {
		return 0, err
	}
	reason, why := last.ReturnValue, "reverted"
	if last.Error != nil {
		why = last.Error.Message
		if data, err := hexutil.Decode(last.Error.Data); err == nil { // where geth has it
			reason = data
		}
	}
	if refusal := table.decodeRevert(reason); refusal != nil {
		return 0, refusal
	}
	return 0, fmt.Errorf("simulate (eth_simulateV1): call %d would fail: %s", len(r.calls)+1, why)
}

// SendTransaction implements Backend: it keeps the transaction.
func (r *Rehearsal) SendTransaction(ctx context.Context, tx *types.Transaction) error {
	from, err := types.Sender(types.LatestSignerForChainID(tx.ChainId()), tx)
	if err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	head, err := r.HeaderByNumber(ctx, nil)
	if err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	price := new(big.Int).Add(head.BaseFee, tx.GasTipCap())
	step := Step{
		Gas: r.gas, Cost: price.Mul(price, new(big.Int).SetUint64(r.gas)),
		Most: new(big.Int).Mul(tx.GasFeeCap(), new(big.Int).SetUint64(tx.Gas())),
	}
	if to := tx.To(); to != nil {
		step.Address = protocol.Address(*to)
	} else {
		step.Address = protocol.Address(crypto.CreateAddress(from, tx.Nonce()))
	}
	if step.Contract, step.Call, err = describe(tx.To() == nil, tx.Data()); err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	r.calls = append(r.calls, ethereum.CallMsg{From: from, To: tx.To(), Data: tx.Data()})
	r.steps = append(r.steps, step)
	return nil
}

// TransactionReceipt implements Backend: what was rehearsed last went well.
func (r *Rehearsal) TransactionReceipt(_ context.Context, tx common.Hash) (*types.Receipt, error) {
	if len(r.steps) == 0 {
		return nil, ethereum.NotFound
	}
	return &types.Receipt{
		Status: types.ReceiptStatusSuccessful, TxHash: tx, ContractAddress: common.Address(r.steps[len(r.steps)-1].Address), BlockNumber: new(big.Int),
	}, nil
}

// ours are the contracts of this package.
func ours() []*bind.MetaData {
	return []*bind.MetaData{
		&bindings.TestTokenMetaData, &bindings.WorkerRegistryMetaData, &bindings.ModelRegistryMetaData,
		&bindings.AttesterVerifierMetaData, &bindings.MarketMetaData,
	}
}

// describe says which contract a transaction is for and what it does, as Solidity would write it.
func describe(creates bool, data []byte) (contract, text string, err error) {
	for _, m := range ours() {
		parsed, err := m.ParseABI()
		if err != nil {
			return "", "", fmt.Errorf("parse ABI of %s: %w", m.ID, err)
		}
		name, inputs, arguments := "", abi.Arguments(nil), []byte(nil)
		if code := common.FromHex(m.Bin); creates && bytes.HasPrefix(data, code) {
			name, inputs, arguments = "new "+m.ID, parsed.Constructor.Inputs, data[len(code):]
		} else if method, err := parsed.MethodById(data); !creates && err == nil {
			name, inputs, arguments = method.RawName, method.Inputs, data[4:]
		}
		if name == "" {
			continue
		}
		values, err := inputs.Unpack(arguments)
		if err != nil {
			return "", "", fmt.Errorf("decode arguments of %s: %w", name, err)
		}
		shown := make([]string, len(values))
		for i, v := range values {
			shown[i] = strings.Trim(inputs[i].Name, "_") + " " + show(v)
		}
		return m.ID, fmt.Sprintf("%s(%s)", name, strings.Join(shown, ", ")), nil
	}
	return "", fmt.Sprintf("%#x", data), nil
}

// show writes an argument of a call for people.
func show(v any) string {
	switch v := v.(type) {
	case []byte:
		return fmt.Sprintf("%#x", v)
	case string:
		return fmt.Sprintf("%q", v)
	}
	shown := readable(v)
	switch r := reflect.ValueOf(shown); r.Kind() {
	case reflect.Struct: // a tuple
		fields := make([]string, r.NumField())
		for i := range fields {
			fields[i] = r.Type().Field(i).Name + " " + show(r.Field(i).Interface())
		}
		return "{" + strings.Join(fields, ", ") + "}"
	case reflect.Slice:
		items := make([]string, r.Len())
		for i := range items {
			items[i] = show(r.Index(i).Interface())
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprint(shown)
}
