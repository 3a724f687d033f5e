package contracts

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/encrypted-compute/encompute/protocol"
)

// permitType is ERC-2612's.
const permitType = "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"

// payAndPost makes sure that the market may take the escrow of spec and returns the
// call that posts it.
func (c *Client) payAndPost(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec) ([]byte, error) {
	total := new(big.Int).Add(units(spec.WorkerFee), units(spec.CreatorFee))
	owner, market, t := common.Address(key.Address()), common.Address(c.addresses.Market), c.abis.token
	have, err := read(ctx, c, c.addresses.Token, t.PackBalanceOf(owner), t.UnpackBalanceOf)
	if err != nil {
		return nil, err
	}
	if have.Cmp(total) < 0 {
		return nil, &UnfundedError{key.Address(), "token units", have, total}
	}
	post, err := c.abis.market.TryPackPost(jobSpec(spec))
	if err != nil {
		return nil, err
	}
	allowance, err := read(ctx, c, c.addresses.Token, t.PackAllowance(owner, market), t.UnpackAllowance)
	if err != nil {
		return nil, err
	}
	if allowance.Cmp(total) >= 0 {
		return post, nil
	}
	deadline := new(big.Int).SetUint64(spec.PrefixBy)
	digest, ok := c.permitDigest(ctx, owner, total, deadline)
	if !ok {
		return post, c.transact(ctx, key, c.addresses.Token, t.PackApprove(market, total), "approve escrow")
	}
	sig := key.SignDigest(digest)
	return c.abis.market.TryPackPostWithPermit(jobSpec(spec), deadline, sig[64], [32]byte(sig[:32]), [32]byte(sig[32:64]))
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
