package contracts

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/encrypted-compute/encompute/protocol"
)

// permitType is ERC-2612's.
const permitType = "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"

// payAndPost lets the market take the escrow of spec and posts it. Nothing else of the
// account goes on meanwhile, so that permits and allowances do not get mixed up.
func (c *Client) payAndPost(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec) error {
	unlock, err := c.sender.lock(ctx, key.Address())
	if err != nil {
		return err
	}
	defer unlock()
	total := new(big.Int).Add(units(spec.WorkerFee), units(spec.CreatorFee))
	owner, market, t := common.Address(key.Address()), common.Address(c.addresses.Market), c.abis.token
	have, err := read(ctx, c, c.addresses.Token, t.PackBalanceOf(owner), t.UnpackBalanceOf)
	if err != nil {
		return fmt.Errorf("read token balance: %w", err)
	}
	if have.Cmp(total) < 0 {
		return &UnfundedError{key.Address(), "token units", have, total}
	}
	allowance, err := read(ctx, c, c.addresses.Token, t.PackAllowance(owner, market), t.UnpackAllowance)
	if err != nil {
		return fmt.Errorf("read token allowance: %w", err)
	}
	post := c.abis.market.PackPost(jobSpec(spec))
	if allowance.Cmp(total) < 0 {
		deadline := new(big.Int).SetUint64(spec.PrefixBy)
		if digest, ok := c.permitDigest(ctx, owner, total, deadline); ok {
			sig := key.SignDigest(digest)
			post = c.abis.market.PackPostWithPermit(jobSpec(spec), deadline, sig[64], [32]byte(sig[:32]), [32]byte(sig[32:64]))
		} else if _, err := c.sender.send(ctx, key, call{to: &c.addresses.Token, data: t.PackApprove(market, total)}); err != nil {
			return fmt.Errorf("approve escrow: %w", err)
		}
	}
	_, err = c.sender.send(ctx, key, call{to: &c.addresses.Market, data: post})
	return err
}

// payBond lets the market take a bond, and makes the call that takes it.
func (c *Client) payBond(ctx context.Context, key protocol.SigningKey, bond protocol.Amount, data []byte) error {
	unlock, err := c.sender.lock(ctx, key.Address())
	if err != nil {
		return err
	}
	defer unlock()
	owner, market, t := common.Address(key.Address()), common.Address(c.addresses.Market), c.abis.token
	allowance, err := read(ctx, c, c.addresses.Token, t.PackAllowance(owner, market), t.UnpackAllowance)
	if err != nil {
		return fmt.Errorf("read token allowance: %w", err)
	}
	if allowance.Cmp(units(bond)) < 0 {
		if _, err := c.sender.send(ctx, key, call{to: &c.addresses.Token, data: t.PackApprove(market, units(bond))}); err != nil {
			return fmt.Errorf("approve bond: %w", err)
		}
	}
	_, err = c.sender.send(ctx, key, call{to: &c.addresses.Market, data: data})
	return err
}

// permitDigest returns what the owner of tokens signs to let the market take value. It
// is false if the token knows no permits.
func (c *Client) permitDigest(ctx context.Context, owner common.Address, value, deadline *big.Int) (protocol.Digest, bool) {
	t := c.abis.token
	nonce, err := read(ctx, c, c.addresses.Token, t.PackNonces(owner), t.UnpackNonces)
	if err != nil {
		return protocol.Digest{}, false
	}
	separator, err := read(ctx, c, c.addresses.Token, t.PackDOMAINSEPARATOR(), t.UnpackDOMAINSEPARATOR)
	if err != nil {
		return protocol.Digest{}, false
	}
	return typedDigest(separator, permitType, word(owner[:]), word(c.addresses.Market[:]),
		word(value.Bytes()), word(nonce.Bytes()), word(deadline.Bytes())), true
}

// typedDigest is EIP-712's over a struct of static fields.
func typedDigest(separator [32]byte, typeString string, words ...[]byte) protocol.Digest {
	body := hashStruct(typeString, words...)
	return protocol.Keccak256([]byte{0x19, 0x01}, separator[:], body[:])
}

func hashStruct(typeString string, words ...[]byte) protocol.Digest {
	t := protocol.Keccak256([]byte(typeString))
	return protocol.Keccak256(append([][]byte{t[:]}, words...)...)
}

// word pads b on the left to 32 bytes.
func word(b []byte) []byte { return common.LeftPadBytes(b, 32) }
