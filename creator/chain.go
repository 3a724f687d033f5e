package creator

import (
	"context"

	"github.com/encrypted-compute/encompute/protocol"
)

// Chain is what a creator needs of the chain. An implementation is bound to the contracts
// of one network and signs transactions with the creator's key.
type Chain interface {
	// Now is the time of the latest block in Unix seconds; deadlines are measured by it.
	Now(ctx context.Context) (uint64, error)
	// ModelID is the id that a model of this creator has on chain.
	ModelID(manifestHash protocol.Digest) protocol.Digest
	// Registered reports whether a model is registered, and whether it takes new jobs.
	Registered(ctx context.Context, model protocol.Digest) (known, active bool, err error)
	// Price is the fee for a cut; zero if it is not offered.
	Price(ctx context.Context, model protocol.Digest, cut uint32) (protocol.Amount, error)
	// Register registers a model with the prices of its cuts and returns once that is mined.
	Register(ctx context.Context, manifestHash protocol.Digest, sealingKey []byte, prices map[uint32]protocol.Amount) error
	// SetPrice changes the price of a cut.
	SetPrice(ctx context.Context, model protocol.Digest, cut uint32, price protocol.Amount) error
	// SetActive allows or stops new jobs for a model; posted ones go on.
	SetActive(ctx context.Context, model protocol.Digest, active bool) error
	// Escrow is where a job's money is.
	Escrow(ctx context.Context, job protocol.Digest) (Escrow, error)
	// WouldPay asks the chain, without a transaction, whether it would accept this delivery
	// and pay for it now. An error says that it could not be asked.
	WouldPay(ctx context.Context, spec protocol.JobSpec, d protocol.Delivery, signature []byte) (bool, error)
}

// Escrow is the state of a job's money, numbered as the Market contract numbers it.
type Escrow uint8

// The states of a job's money.
const (
	EscrowNone        Escrow = iota // the chain does not know the job
	EscrowPosted                    // both fees are in escrow, there is no receipt
	EscrowComputed                  // the creator's fee is in escrow, waiting for a delivery
	EscrowDelivered                 // the creator was paid
	EscrowRefunded                  // no receipt in time
	EscrowUndelivered               // no delivery in time
	EscrowClaimed                   // delivered; the user has not acknowledged it and may contest it
	EscrowContested                 // delivered; the user says that it did not come
)

// Signer is the creator's key.
type Signer interface {
	Address() protocol.Address
	// SignDigest signs an EIP-712 or EIP-191 digest: r || s || v, 65 bytes, v 27 or 28.
	SignDigest(protocol.Digest) ([]byte, error)
}

// KeySigner is a Signer that holds its key in memory.
type KeySigner struct{ Key protocol.SigningKey }

// Address implements Signer.
func (s KeySigner) Address() protocol.Address { return s.Key.Address() }

// SignDigest implements Signer.
func (s KeySigner) SignDigest(d protocol.Digest) ([]byte, error) { return s.Key.SignDigest(d), nil }
