package contracts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/encrypted-compute/encompute/protocol"
)

// The selector of isValidSignature(bytes32,bytes), which is also what it returns for yes (ERC-1271).
var validSignature = []byte{0x16, 0x26, 0xba, 0x7e}

// walletGas is what a wallet may use to look at a signature.
const walletGas = 3_000_000

// WalletAccepts reports whether the contract at account, a smart wallet, takes sig as its signature
// of digest (ERC-1271). An account without code accepts nothing.
func (c *Client) WalletAccepts(ctx context.Context, account protocol.Address, digest protocol.Digest, sig []byte) (bool, error) {
	data := append(bytes.Clone(validSignature), digest[:]...)
	data = append(data, common.LeftPadBytes([]byte{0x40}, 32)...)
	data = append(data, common.BigToHash(big.NewInt(int64(len(sig)))).Bytes()...)
	data = append(data, common.RightPadBytes(sig, (len(sig)+31)/32*32)...)
	to := common.Address(account)
	out, err := c.backend.CallContract(ctx, ethereum.CallMsg{To: &to, Data: data, Gas: walletGas}, nil)
	var refusal rpc.DataError // the contract reverted
	switch {
	case errors.As(err, &refusal):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("ask wallet %s: %w", account, err)
	}
	return len(out) == 32 && bytes.Equal(out, common.RightPadBytes(validSignature, 32)), nil
}
