package enclave

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/protocol"
)

// Paths of the keys that a worker derives in its TEE. The sealing key is the same in
// every attested instance of the app; the receipt key is one per instance.
const (
	sealingPath = "encompute/sealing/v1"
	receiptPath = "encompute/receipt/v1/" // and the instance id
)

// custody holds a worker's private keys. They never leave the process.
type custody struct {
	receipt protocol.SigningKey
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
	secret, err := deriveSecret(ctx, tee, receiptPath+identity.InstanceID)
	if err != nil {
		return c, fmt.Errorf("receipt key: %w", err)
	}
	if c.receipt, err = signingKey(secret); err != nil {
		return c, fmt.Errorf("receipt key: %w", err)
	}
	if secret, err = deriveSecret(ctx, tee, sealingPath); err != nil {
		return c, fmt.Errorf("sealing key: %w", err)
	}
	c.sealing, err = protocol.DeriveSealingKey(secret)
	return c, err
}

func deriveSecret(ctx context.Context, tee Provider, path string) ([]byte, error) {
	secret, err := tee.DeriveKey(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tee.Name(), err)
	}
	if len(secret) != KeyBytes {
		return nil, fmt.Errorf("%s: derived key has %d bytes, need %d", tee.Name(), len(secret), KeyBytes)
	}
	return secret, nil
}

// signingKey maps a secret to a secp256k1 scalar: HKDF-SHA256 outputs, numbered by the last
// byte of info, until one is in range; all but one secret in 2^127 take the first.
func signingKey(secret []byte) (protocol.SigningKey, error) {
	for i := range byte(4) {
		scalar, err := hkdf.Key(sha256.New, secret, nil, "encompute/receipt-key/v1"+string([]byte{i}), 32)
		if err != nil {
			return protocol.SigningKey{}, err
		}
		if key, err := protocol.ParseSigningKey(scalar); err == nil {
			return key, nil
		}
	}
	return protocol.SigningKey{}, errors.New("no scalar in range follows from the secret")
}
