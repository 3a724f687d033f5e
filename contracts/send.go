package contracts

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/encrypted-compute/encompute/protocol"
)

// sender signs transactions, sends them and waits until they are in a block. Of each
// account one transaction at a time is under way, so that nonces never collide.
type sender struct {
	backend Backend
	chainID *big.Int
	errorTable
	patience time.Duration // how long a transaction may wait for a block before its fees are raised

	mu    sync.Mutex
	slots map[protocol.Address]chan struct{} // full while the account's transaction is under way
}

func newSender(ctx context.Context, backend Backend) (*sender, error) {
	id, err := backend.ChainID(ctx)
	if err != nil {
		return nil, fmt.Errorf("read chain id: %w", err)
	}
	table, err := newErrorTable()
	if err != nil {
		return nil, err
	}
	return &sender{backend: backend, chainID: id, errorTable: table, patience: 30 * time.Second, slots: map[protocol.Address]chan struct{}{}}, nil
}

// lock waits until the account has nothing under way; call the function it returns
// afterwards.
func (s *sender) lock(ctx context.Context, account protocol.Address) (unlock func(), err error) {
	s.mu.Lock()
	slot := s.slots[account]
	if slot == nil {
		slot = make(chan struct{}, 1)
		s.slots[account] = slot
	}
	s.mu.Unlock()
	select {
	case slot <- struct{}{}:
		return func() { <-slot }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// call is what a transaction does.
type call struct {
	to   *protocol.Address // nil creates a contract
	data []byte
	gas  uint64 // limit; 0: estimated
}

// send makes a call and returns the receipt of a transaction that did not revert. The caller
// holds the account's lock.
func (s *sender) send(ctx context.Context, key protocol.SigningKey, c call) (*types.Receipt, error) {
	from := common.Address(key.Address())
	nonce, err := s.nonce(ctx, from)
	if err != nil {
		return nil, err
	}
	msg := ethereum.CallMsg{From: from, To: (*common.Address)(c.to), Data: c.data, Gas: c.gas}
	tx, err := s.prepare(ctx, msg, nonce)
	if err != nil {
		return nil, err
	}
	receipt, err := s.mine(ctx, key, tx)
	if err != nil {
		return nil, err
	}
	if receipt.Status != types.ReceiptStatusSuccessful {
		return nil, s.whyFailed(ctx, msg, receipt)
	}
	return receipt, nil
}

// prepare fills in gas and fees, and checks that the account can pay.
func (s *sender) prepare(ctx context.Context, msg ethereum.CallMsg, nonce uint64) (*types.DynamicFeeTx, error) {
	gas := msg.Gas
	if gas == 0 {
		var err error
		if gas, err = s.backend.EstimateGasAtBlock(ctx, msg, nil); err != nil {
			return nil, s.decode(err)
		}
		gas += gas / 4 // the state may change before the transaction's turn
	}
	tip, feeCap, err := s.fees(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.checkFunds(ctx, msg.From, new(big.Int).Mul(feeCap, new(big.Int).SetUint64(gas))); err != nil {
		return nil, err
	}
	return &types.DynamicFeeTx{
		ChainID: s.chainID, Nonce: nonce, GasTipCap: tip, GasFeeCap: feeCap, Gas: gas, To: msg.To, Data: msg.Data,
	}, nil
}

// fees returns what a transaction should offer now, in wei for a unit of gas.
func (s *sender) fees(ctx context.Context) (tip, feeCap *big.Int, err error) {
	if tip, err = s.backend.SuggestGasTipCap(ctx); err != nil {
		return nil, nil, fmt.Errorf("ask for gas tip: %w", err)
	}
	head, err := s.backend.HeaderByNumber(ctx, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("read latest block: %w", err)
	}
	if head.BaseFee == nil {
		return nil, nil, errors.New("the chain has no base fee: it must support EIP-1559")
	}
	return tip, new(big.Int).Add(tip, new(big.Int).Lsh(head.BaseFee, 1)), nil
}

func (s *sender) checkFunds(ctx context.Context, from common.Address, need *big.Int) error {
	have, err := s.backend.BalanceAt(ctx, from, nil)
	if err != nil {
		return fmt.Errorf("read balance: %w", err)
	}
	if have.Cmp(need) < 0 {
		return &UnfundedError{protocol.Address(from), "wei", have, need}
	}
	return nil
}

func sign(tx types.TxData, key protocol.SigningKey, chainID *big.Int) (*types.Transaction, error) {
	signer := types.LatestSignerForChainID(chainID)
	unsigned := types.NewTx(tx)
	sig := key.SignDigest(protocol.Digest(signer.Hash(unsigned)))
	sig[64] -= 27 // transactions carry the bare parity
	signed, err := unsigned.WithSignature(signer, sig)
	if err != nil {
		return nil, fmt.Errorf("sign transaction: %w", err)
	}
	return signed, nil
}

// whyFailed runs the call of a failed transaction again to learn the reason.
func (s *sender) whyFailed(ctx context.Context, msg ethereum.CallMsg, receipt *types.Receipt) error {
	if _, err := s.backend.CallContract(ctx, msg, receipt.BlockNumber); err != nil {
		return s.decode(err)
	}
	return fmt.Errorf("transaction %s failed after %d gas", receipt.TxHash, receipt.GasUsed)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
