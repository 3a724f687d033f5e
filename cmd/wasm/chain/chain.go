package chain

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/protocol"
)

// Contracts are the addresses of a network.
type Contracts struct {
	ChainID          uint64           `json:"chainId"`
	Token            protocol.Address `json:"token"`
	WorkerRegistry   protocol.Address `json:"workerRegistry"`
	ModelRegistry    protocol.Address `json:"modelRegistry"`
	Market           protocol.Address `json:"market"`
	AttesterVerifier protocol.Address `json:"attesterVerifier"`
}

// Wallet signs and pays.
type Wallet interface {
	client.TypedSigner
	// Send has a transaction signed and sent, and returns its hash.
	Send(ctx context.Context, to protocol.Address, data []byte) (protocol.Digest, error)
}

// ErrNoWallet says that something would have to be signed and nobody is there to do it.
var ErrNoWallet = errors.New("no wallet is connected")

// Chain implements client.Chain over a node's JSON-RPC.
type Chain struct {
	node      node
	contracts Contracts
	wallet    Wallet
}

var _ client.Chain = (*Chain)(nil)

// Dial returns the chain behind the node at url, which must be the chain of the contracts. The wallet may be nil.
func Dial(ctx context.Context, url string, c Contracts, w Wallet) (*Chain, error) {
	chain := &Chain{node{url}, c, w}
	id, err := chain.node.number(ctx, "eth_chainId")
	if err != nil {
		return nil, err
	}
	if !id.IsUint64() || id.Uint64() != c.ChainID {
		return nil, fmt.Errorf("the node is of chain %s, the network is on chain %d", id, c.ChainID)
	}
	return chain, nil
}

// jobSpec is the tuple of a JobSpec in signatures of functions.
const jobSpec = "(address,address,bytes32,bytes32,bytes32,uint32,bytes32,uint32,uint40,uint40,bytes32,bytes32,uint96,uint96,uint16,bytes32)"

// pack encodes a call whose arguments are all static.
func pack(signature string, words ...protocol.Digest) []byte {
	selector := protocol.Keccak256([]byte(signature))
	data := selector[:4:4]
	for i := range words {
		data = append(data, words[i][:]...)
	}
	return data
}

func packSpec(function string, s protocol.JobSpec) []byte {
	return pack(function+"("+jobSpec+")", account(s.User), account(s.Creator), s.ModelID, s.ManifestHash, s.PrefixHash,
		number(uint64(s.Cut)), s.WorkloadID, number(uint64(s.ComputeMs)), number(s.PrefixBy), number(s.DeliverBy), s.InputHash,
		s.KeysHash, number(uint64(s.WorkerFee)), number(uint64(s.CreatorFee)), number(uint64(s.FeeBps)), s.Salt)
}

func number(v uint64) (w protocol.Digest) {
	binary.BigEndian.PutUint64(w[24:], v)
	return w
}

func account(a protocol.Address) (w protocol.Digest) {
	copy(w[12:], a[:])
	return w
}

func toAccount(w protocol.Digest) (a protocol.Address) {
	copy(a[:], w[12:])
	return a
}

// one reads a function that answers one number of at most 64 bits.
func (c *Chain) one(ctx context.Context, what string, to protocol.Address, data []byte) (uint64, error) {
	w, err := c.node.read(ctx, to, data, 1)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", what, err)
	}
	v := new(big.Int).SetBytes(w[0][:])
	if !v.IsUint64() {
		return 0, fmt.Errorf("read %s: %s does not fit 64 bits", what, v)
	}
	return v.Uint64(), nil
}

// Now implements client.Chain.
func (c *Chain) Now(ctx context.Context) (uint64, error) {
	seconds, _, err := c.node.header(ctx)
	return seconds, err
}

// FeeBps implements client.Chain.
func (c *Chain) FeeBps(ctx context.Context) (uint16, error) {
	v, err := c.one(ctx, "fee of the market", c.contracts.Market, pack("feeBps()"))
	return uint16(v), err
}

// Model implements client.Chain.
func (c *Chain) Model(ctx context.Context, id protocol.Digest) (client.Registered, error) {
	w, err := c.node.read(ctx, c.contracts.ModelRegistry, pack("model(bytes32)", id), 4)
	if err != nil {
		return client.Registered{}, fmt.Errorf("read model %s: %w", id, err)
	}
	return client.Registered{Creator: toAccount(w[0]), Active: w[1] == number(1), ManifestHash: w[2]}, nil
}

// Price implements client.Chain.
func (c *Chain) Price(ctx context.Context, id protocol.Digest, cut uint32) (protocol.Amount, error) {
	v, err := c.one(ctx, "price", c.contracts.ModelRegistry, pack("priceOf(bytes32,uint32)", id, number(uint64(cut))))
	return protocol.Amount(v), err
}

// LiveOperator implements client.Chain.
func (c *Chain) LiveOperator(ctx context.Context, signer protocol.Address, workload protocol.Digest) (protocol.Address, error) {
	w, err := c.node.read(ctx, c.contracts.WorkerRegistry, pack("liveOperator(address,bytes32)", account(signer), workload), 1)
	if err != nil {
		return protocol.Address{}, fmt.Errorf("read operator of worker %s: %w", signer, err)
	}
	return toAccount(w[0]), nil
}

// Balance implements client.Chain.
func (c *Chain) Balance(ctx context.Context, a protocol.Address) (protocol.Amount, error) {
	v, err := c.one(ctx, "token balance", c.contracts.Token, pack("balanceOf(address)", account(a)))
	return protocol.Amount(v), err
}

// Coins returns how much of the chain's own coin an account has, in wei.
func (c *Chain) Coins(ctx context.Context, a protocol.Address) (*big.Int, error) {
	return c.node.number(ctx, "eth_getBalance", a, "latest")
}

// Escrow implements client.Chain; both sides number the states as the contract does.
func (c *Chain) Escrow(ctx context.Context, job protocol.Digest) (client.Escrow, error) {
	v, err := c.one(ctx, "state of job", c.contracts.Market, pack("state(bytes32)", job))
	return client.Escrow(v), err
}

// WindowEnd implements client.Chain.
func (c *Chain) WindowEnd(ctx context.Context, job protocol.Digest) (uint64, error) {
	return c.one(ctx, "window of job", c.contracts.Market, pack("windowEnd(bytes32)", job))
}

// PostJob implements client.Chain: it lets the market take the two fees, if it may not yet, and posts.
func (c *Chain) PostJob(ctx context.Context, spec protocol.JobSpec) error {
	if err := c.allow(ctx, spec.WorkerFee+spec.CreatorFee); err != nil {
		return fmt.Errorf("allow the escrow: %w", err)
	}
	return c.send(ctx, c.contracts.Market, packSpec("post", spec))
}

// Refund implements client.Chain.
func (c *Chain) Refund(ctx context.Context, spec protocol.JobSpec) error {
	return c.send(ctx, c.contracts.Market, packSpec("refund", spec))
}

// Contest implements client.Chain.
func (c *Chain) Contest(ctx context.Context, spec protocol.JobSpec) error {
	bond, err := c.one(ctx, "bond", c.contracts.Market, packSpec("bondOf", spec))
	if err != nil {
		return err
	}
	if err := c.allow(ctx, protocol.Amount(bond)); err != nil {
		return fmt.Errorf("allow the bond: %w", err)
	}
	return c.send(ctx, c.contracts.Market, packSpec("contest", spec))
}

// Mint makes tokens of a development chain, where anybody may.
func (c *Chain) Mint(ctx context.Context, to protocol.Address, amount protocol.Amount) error {
	return c.send(ctx, c.contracts.Token, pack("mint(address,uint256)", account(to), number(uint64(amount))))
}

// allow lets the market take amount of the wallet's tokens.
func (c *Chain) allow(ctx context.Context, amount protocol.Amount) error {
	if c.wallet == nil {
		return ErrNoWallet
	}
	owner, market := account(c.wallet.Address()), account(c.contracts.Market)
	w, err := c.node.read(ctx, c.contracts.Token, pack("allowance(address,address)", owner, market), 1)
	if err != nil {
		return err
	}
	if new(big.Int).SetBytes(w[0][:]).Cmp(new(big.Int).SetUint64(uint64(amount))) >= 0 {
		return nil
	}
	return c.send(ctx, c.contracts.Token, pack("approve(address,uint256)", market, number(uint64(amount))))
}

// send has a transaction sent and waits until it is in a block.
func (c *Chain) send(ctx context.Context, to protocol.Address, data []byte) error {
	if c.wallet == nil {
		return ErrNoWallet
	}
	tx, err := c.wallet.Send(ctx, to, data)
	if err != nil {
		return err
	}
	return c.node.mined(ctx, tx)
}
