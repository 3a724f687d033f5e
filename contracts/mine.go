package contracts

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/encrypted-compute/encompute/protocol"
)

// ErrReplaced says that another transaction of the account took the place of this one, so that it
// will never be in a block.
var ErrReplaced = errors.New("another transaction of the account took its place")

// The bounds of raising fees.
const (
	feeStepDivisor = 8 // nodes replace a transaction by one that offers a tenth more; this is an eighth
	maxFeeFactor   = 8 // a fee is never raised to more than so many times what was offered first
)

// nonce returns the number of the account's next transaction. If there is one under way that this
// sender does not know, left by a process that ended, it gets some time to be mined; then its place
// is taken. What every transaction of this package does, it does at most once, whoever sends it.
func (s *sender) nonce(ctx context.Context, account common.Address) (uint64, error) {
	for end := time.Now().Add(s.patience); ; {
		mined, err := s.backend.NonceAt(ctx, account, nil)
		if err != nil {
			return 0, fmt.Errorf("read nonce: %w", err)
		}
		pending, err := s.backend.PendingNonceAt(ctx, account)
		if err != nil {
			return 0, fmt.Errorf("read pending nonce: %w", err)
		}
		if pending <= mined || time.Now().After(end) {
			return mined, nil
		}
		if err := sleep(ctx, min(time.Second, s.patience/8)); err != nil {
			return 0, err
		}
	}
}

// mine sends a transaction and waits until it is in a block, with higher fees whenever it waited
// too long. After an error that is not ErrReplaced it may still go through.
func (s *sender) mine(ctx context.Context, key protocol.SigningKey, tx *types.DynamicFeeTx) (*types.Receipt, error) {
	most := new(big.Int).Mul(tx.GasFeeCap, big.NewInt(maxFeeFactor))
	var sent []common.Hash
	for {
		signed, err := sign(tx, key, s.chainID)
		if err != nil {
			return nil, err
		}
		err = s.backend.SendTransaction(ctx, signed)
		switch {
		case err == nil || says(err, "already known", "already imported"):
			if !slices.Contains(sent, signed.Hash()) {
				sent = append(sent, signed.Hash())
			}
		case says(err, "underpriced") && raise(tx, nil, nil, most):
			continue
		case len(sent) == 0: // else an earlier one is under way, or mined
			return nil, fmt.Errorf("send transaction: %w", s.decode(err))
		}
		receipt, err := s.wait(ctx, common.Address(key.Address()), tx.Nonce, sent)
		if receipt != nil || err != nil {
			return receipt, err
		}
		tip, feeCap, err := s.fees(ctx)
		if err == nil {
			raise(tx, tip, feeCap, most)
		}
	}
}

// raise raises what a transaction offers, by an eighth or to what is usual now, whichever is more.
// It reports false, and changes nothing, if that would be beyond most.
func raise(tx *types.DynamicFeeTx, tip, feeCap, most *big.Int) bool {
	higher := func(v, usual *big.Int) *big.Int {
		r := new(big.Int).Div(v, big.NewInt(feeStepDivisor))
		r.Add(r, v).Add(r, big.NewInt(1))
		if usual != nil && usual.Cmp(r) > 0 {
			r.Set(usual)
		}
		return r
	}
	t, c := higher(tx.GasTipCap, tip), higher(tx.GasFeeCap, feeCap)
	if c.Cmp(most) > 0 {
		return false
	}
	if t.Cmp(c) > 0 {
		t.Set(c)
	}
	tx.GasTipCap, tx.GasFeeCap = t, c
	return true
}

// says reports whether a node's error contains one of some texts: nodes have no codes for these.
func says(err error, texts ...string) bool {
	for _, t := range texts {
		if err != nil && strings.Contains(strings.ToLower(err.Error()), t) {
			return true
		}
	}
	return false
}

// wait asks for the receipt of one of several transactions with the same nonce, ever more seldom.
// It returns neither receipt nor error when patience ends.
func (s *sender) wait(ctx context.Context, account common.Address, nonce uint64, sent []common.Hash) (*types.Receipt, error) {
	const longest = 2 * time.Second
	end, gone := time.Now().Add(s.patience), 0
	for pause := 10 * time.Millisecond; ; pause = min(pause*3/2, longest) {
		receipt, err := s.receipt(ctx, sent)
		if receipt != nil {
			return receipt, nil
		}
		if err == nil {
			mined, err := s.backend.NonceAt(ctx, account, nil)
			if err == nil && mined > nonce {
				gone++ // a node behind a balancer may not know the receipt yet
			}
		}
		if gone > 5 {
			return nil, fmt.Errorf("transaction %s: %w", sent[len(sent)-1], ErrReplaced)
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, fmt.Errorf("wait for transaction %s, which may still go through: %w", sent[len(sent)-1], err)
		}
		if time.Now().After(end) && gone == 0 {
			return nil, nil
		}
	}
}

// receipt returns the receipt of whichever transaction is in a block, or nil if none is.
func (s *sender) receipt(ctx context.Context, sent []common.Hash) (*types.Receipt, error) {
	var failed error
	for _, hash := range sent {
		receipt, err := s.backend.TransactionReceipt(ctx, hash)
		if err == nil {
			return receipt, nil
		}
		if !errors.Is(err, ethereum.NotFound) {
			failed = err
		}
	}
	return nil, failed
}
