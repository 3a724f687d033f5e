package chain

import (
	"context"
	"fmt"
	"math/big"

	"github.com/encrypted-compute/encompute/protocol"
)

// Throwaway is a wallet whose key is in memory, for development chains.
type Throwaway struct {
	Key  protocol.SigningKey
	node node
	id   uint64
}

var _ Wallet = Throwaway{}

// NewThrowaway returns a wallet on the chain of the given id behind the node at url.
func NewThrowaway(key protocol.SigningKey, url string, chainID uint64) Throwaway {
	return Throwaway{key, node{url}, chainID}
}

// Address implements client.Signer.
func (t Throwaway) Address() protocol.Address { return t.Key.Address() }

// SignDigest implements client.Signer.
func (t Throwaway) SignDigest(d protocol.Digest) ([]byte, error) { return t.Key.SignDigest(d), nil }

// SignTyped implements client.TypedSigner.
func (t Throwaway) SignTyped(_ context.Context, s protocol.TypedData) ([]byte, error) {
	return t.Key.SignDigest(s.Digest()), nil
}

// SignText implements client.TypedSigner.
func (t Throwaway) SignText(_ context.Context, text string) ([]byte, error) {
	return t.Key.SignDigest(protocol.PersonalDigest(text)), nil
}

// Send implements Wallet.
func (t Throwaway) Send(ctx context.Context, to protocol.Address, data []byte) (protocol.Digest, error) {
	return t.transfer(ctx, to, new(big.Int), data)
}

// Give sends wei to an account and waits until they are there.
func (t Throwaway) Give(ctx context.Context, to protocol.Address, wei *big.Int) error {
	tx, err := t.transfer(ctx, to, wei, nil)
	if err != nil {
		return err
	}
	return t.node.mined(ctx, tx)
}

// transfer signs and sends a transaction of EIP-1559.
func (t Throwaway) transfer(ctx context.Context, to protocol.Address, wei *big.Int, data []byte) (h protocol.Digest, err error) {
	from := t.Address()
	nonce, err := t.node.number(ctx, "eth_getTransactionCount", from, "pending")
	if err != nil {
		return h, err
	}
	message := map[string]any{"from": from, "to": to, "value": fmt.Sprintf("0x%x", wei), "data": hexOf(data)}
	gas, err := t.node.number(ctx, "eth_estimateGas", message)
	if err != nil {
		return h, err
	}
	gas.Div(gas.Mul(gas, big.NewInt(gasPercent)), big.NewInt(100))
	tip, err := t.node.number(ctx, "eth_maxPriorityFeePerGas")
	if err != nil {
		return h, err
	}
	_, base, err := t.node.header(ctx)
	if err != nil {
		return h, err
	}
	if base == nil {
		return h, fmt.Errorf("the chain has no base fee: it must support EIP-1559")
	}
	feeCap := new(big.Int).Add(tip, new(big.Int).Lsh(base, 1))
	fields := [][]byte{
		rlpNumber(new(big.Int).SetUint64(t.id)), rlpNumber(nonce), rlpNumber(tip), rlpNumber(feeCap), rlpNumber(gas),
		rlpBytes(to[:]), rlpNumber(wei), rlpBytes(data), rlpList(), // no access list
	}
	raw := t.sign(fields)
	return h, t.node.call(ctx, &h, "eth_sendRawTransaction", hexOf(raw))
}

// sign puts a signature to the fields of a transaction of type 2.
func (t Throwaway) sign(fields [][]byte) []byte {
	const dynamicFee = 2
	sig := t.Key.SignDigest(protocol.Keccak256([]byte{dynamicFee}, rlpList(fields...)))
	fields = append(fields, rlpNumber(big.NewInt(int64(sig[64])-27)),
		rlpNumber(new(big.Int).SetBytes(sig[:32])), rlpNumber(new(big.Int).SetBytes(sig[32:64])))
	return append([]byte{dynamicFee}, rlpList(fields...)...)
}

// The encodings of RLP (Ethereum's yellow paper, appendix B).

func rlpBytes(b []byte) []byte {
	if len(b) == 1 && b[0] < 0x80 {
		return b
	}
	return append(rlpHead(0x80, len(b)), b...)
}

func rlpNumber(v *big.Int) []byte { return rlpBytes(v.Bytes()) }

func rlpList(items ...[]byte) []byte {
	var body []byte
	for _, i := range items {
		body = append(body, i...)
	}
	return append(rlpHead(0xc0, len(body)), body...)
}

func rlpHead(kind byte, n int) []byte {
	if n < 56 {
		return []byte{kind + byte(n)}
	}
	size := big.NewInt(int64(n)).Bytes()
	return append([]byte{kind + 55 + byte(len(size))}, size...)
}
