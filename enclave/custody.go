package enclave

import (
	"context"
	"fmt"

	"github.com/encrypted-compute/encompute/protocol"
)

// Paths of the keys that a worker derives in its TEE. The sealing key is the same in every attested
// instance of one version of the app; the receipt key is one per instance. A KMS gives the keys of all
// paths to every version that the app's owner allows, so it is this program that keeps to the path of
// its own version: it opens no prefix that was sealed to another one, whatever a host says it is.
// Another number in a path makes other keys.
const (
	sealingPath = "encompute/sealing/v1/" // and the version of the app
	receiptPath = "encompute/receipt/v1/" // and the instance id
)

// custody holds a worker's private keys. They never leave the process.
type custody struct {
	receipt protocol.SigningKey
	chain   *protocol.KeyChain // over the receipt key; nil where nobody vouches for it
	sealing protocol.SealingKey
}

func deriveCustody(ctx context.Context, tee Provider) (c custody, err error) {
	identity, err := tee.Identity(ctx)
	if err != nil {
		return c, fmt.Errorf("%s identity: %w", tee.Name(), err)
	}
	if identity.InstanceID == "" {
		return c, fmt.Errorf("%s identity: instance id is empty", tee.Name())
	}
	key, err := deriveKey(ctx, tee, receiptPath+identity.InstanceID)
	if err != nil {
		return c, fmt.Errorf("receipt key: %w", err)
	}
	// The key as it came, and only so: the KMS vouches for that key and no other. All but one
	// secret in 2^127 are one.
	if c.receipt, err = protocol.ParseSigningKey(key.Secret); err != nil {
		return c, fmt.Errorf("receipt key: %w", err)
	}
	clear(key.Secret)
	c.chain = key.Chain
	if key, err = deriveKey(ctx, tee, sealingPath+identity.Code); err != nil {
		return c, fmt.Errorf("sealing key: %w", err)
	}
	c.sealing, err = protocol.DeriveSealingKey(key.Secret)
	clear(key.Secret)
	return c, err
}

func deriveKey(ctx context.Context, tee Provider, path string) (Key, error) {
	key, err := tee.DeriveKey(ctx, path)
	if err != nil {
		return Key{}, fmt.Errorf("%s: %w", tee.Name(), err)
	}
	if len(key.Secret) != KeyBytes {
		return Key{}, fmt.Errorf("%s: derived key has %d bytes, need %d", tee.Name(), len(key.Secret), KeyBytes)
	}
	return key, nil
}
