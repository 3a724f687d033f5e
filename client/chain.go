package client

import (
	"context"

	"github.com/encrypted-compute/encompute/protocol"
)

// Chain is what a client needs of the chain. An implementation is bound to the contracts
// of Config.Network and refuses any other chain id.
type Chain interface {
	// Now is the time of the latest block in Unix seconds; deadlines are measured by it.
	Now(ctx context.Context) (uint64, error)
	// FeeBps is the market's share that a new job must state, in 1/10000.
	FeeBps(ctx context.Context) (uint16, error)
	// Model is the registered model; the zero value if there is none.
	Model(ctx context.Context, id protocol.Digest) (Registered, error)
	// Price is the creator's fee for a cut; zero if it is not offered.
	Price(ctx context.Context, id protocol.Digest, cut uint32) (protocol.Amount, error)
	// LiveOperator is who is paid for receipts by signer, or zero unless signer is a live
	// worker of the workload.
	LiveOperator(ctx context.Context, signer protocol.Address, workload protocol.Digest) (protocol.Address, error)
	// Balance is what the account can pay with.
	Balance(ctx context.Context, account protocol.Address) (protocol.Amount, error)
	// Escrow is where the job's money is.
	Escrow(ctx context.Context, job protocol.Digest) (Escrow, error)
	// PostJob pays a job into escrow and returns once the transaction is mined.
	PostJob(ctx context.Context, spec protocol.JobSpec) error
	// Refund credits the user with what was not earned in time.
	Refund(ctx context.Context, spec protocol.JobSpec) error
	// WindowEnd is the last second, in Unix seconds, in which a claimed job may be contested or the
	// transfer of a contested one be shown; 0 in other states.
	WindowEnd(ctx context.Context, job protocol.Digest) (uint64, error)
	// Contest says that no result of a claimed job came, and puts up half the creator's fee.
	Contest(ctx context.Context, spec protocol.JobSpec) error
}

// Registered is a model as the chain has it.
type Registered struct {
	Creator      protocol.Address
	Active       bool
	ManifestHash protocol.Digest
}

// Escrow is the state of a job's money, numbered as the Market contract numbers it.
type Escrow uint8

// The states of a job's money.
const (
	EscrowNone        Escrow = iota // the chain does not know the job
	EscrowPosted                    // both fees are in escrow
	EscrowComputed                  // the operator was paid, the creator's fee is in escrow
	EscrowDelivered                 // the creator was paid
	EscrowRefunded                  // no receipt in time: the user got both fees back
	EscrowUndelivered               // no delivery in time: the user got the creator's fee back
	EscrowClaimed                   // a result was named, the user has not acknowledged it and may contest it
	EscrowContested                 // the user said that no result came; the host may show that it is there
)

// String names the state.
func (e Escrow) String() string {
	names := [...]string{"none", "posted", "computed", "delivered", "refunded", "undelivered", "claimed", "contested"}
	if int(e) >= len(names) {
		return "unknown"
	}
	return names[e]
}

// Signer is the user's wallet.
type Signer interface {
	Address() protocol.Address
	// SignDigest signs an EIP-712 or EIP-191 digest: r || s || v, 65 bytes, v 27 or 28.
	SignDigest(protocol.Digest) ([]byte, error)
}

// TypedSigner is a Signer that shows its owner what is signed, as the wallets of browsers do. A client
// asks it for statements in place of their digests.
type TypedSigner interface {
	Signer
	// SignTyped signs a statement: r || s || v, 65 bytes, v 27 or 28.
	SignTyped(context.Context, protocol.TypedData) ([]byte, error)
	// SignText signs a personal message (EIP-191) in the same form.
	SignText(ctx context.Context, text string) ([]byte, error)
}

// signText has a wallet sign a text.
func signText(ctx context.Context, s Signer, text string) ([]byte, error) {
	if t, ok := s.(TypedSigner); ok {
		return t.SignText(ctx, text)
	}
	return s.SignDigest(protocol.PersonalDigest(text))
}

// sign has the user's wallet sign a statement.
func (c *Client) sign(ctx context.Context, t protocol.TypedData) ([]byte, error) {
	if s, ok := c.Signer.(TypedSigner); ok {
		return s.SignTyped(ctx, t)
	}
	return c.Signer.SignDigest(t.Digest())
}

// KeySigner is a Signer that holds its key in memory.
type KeySigner struct{ Key protocol.SigningKey }

// Address implements Signer.
func (s KeySigner) Address() protocol.Address { return s.Key.Address() }

// SignDigest implements Signer.
func (s KeySigner) SignDigest(d protocol.Digest) ([]byte, error) { return s.Key.SignDigest(d), nil }
