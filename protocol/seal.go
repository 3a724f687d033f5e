package protocol

import (
	"bytes"
	"crypto/hpke"
	"errors"
	"fmt"
)

// Purpose separates what envelopes are for; it is part of HPKE's info string.
type Purpose string

// The purposes of sealed envelopes.
const (
	// SealPrefix: creator to worker, a model's prefix; id is the prefix digest.
	SealPrefix Purpose = "prefix"
	// SealIntermediate: user to creator, a released intermediate; id is the job id.
	SealIntermediate Purpose = "intermediate"
	// SealResult: creator to user, the answer; id is the job id.
	SealResult Purpose = "result"
	// SealRecords: creator to worker, what a leakage sheet is measured on; id is the prefix digest.
	SealRecords Purpose = "records"
)

// SealingKeyBytes is the size of a public sealing key (MLKEM768-X25519).
const SealingKeyBytes = 1216

// ErrSealed says that an envelope did not open: wrong key, purpose, id, or changed bytes.
var ErrSealed = errors.New("envelope does not open: it was changed, or sealed for another key, purpose or job")

// SealingKey is the private half of an HPKE key pair: KEM MLKEM768-X25519, KDF
// HKDF-SHA256, AEAD AES-256-GCM (RFC 9180, draft-ietf-hpke-pq).
type SealingKey struct{ private hpke.PrivateKey }

// NewSealingKey makes a fresh key pair.
func NewSealingKey() (SealingKey, error) {
	k, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		return SealingKey{}, fmt.Errorf("generate sealing key: %w", err)
	}
	return SealingKey{k}, nil
}

// DeriveSealingKey makes the key pair that follows from ikm, at least 32 secret bytes
// (HPKE's DeriveKeyPair). The same ikm gives the same key.
func DeriveSealingKey(ikm []byte) (SealingKey, error) {
	if len(ikm) < 32 {
		return SealingKey{}, fmt.Errorf("derive sealing key: %d bytes of input keying material, need 32", len(ikm))
	}
	k, err := hpke.MLKEM768X25519().DeriveKeyPair(ikm)
	if err != nil {
		return SealingKey{}, fmt.Errorf("derive sealing key: %w", err)
	}
	return SealingKey{k}, nil
}

// ParseSealingKey reads what Bytes wrote.
func ParseSealingKey(b []byte) (SealingKey, error) {
	k, err := hpke.MLKEM768X25519().NewPrivateKey(b)
	if err != nil {
		return SealingKey{}, fmt.Errorf("%w: sealing key: %w", ErrMalformed, err)
	}
	return SealingKey{k}, nil
}

// Bytes returns the private key; keep it encrypted at rest.
func (k SealingKey) Bytes() ([]byte, error) { return k.private.Bytes() }

// Public returns the public key that others seal to, SealingKeyBytes long.
func (k SealingKey) Public() []byte { return k.private.PublicKey().Bytes() }

// Seal encrypts plaintext to the holder of publicKey, bound to purpose and id.
func Seal(publicKey []byte, p Purpose, id Digest, plaintext []byte) ([]byte, error) {
	if len(publicKey) != SealingKeyBytes {
		return nil, fmt.Errorf("%w: public sealing key has %d bytes, need %d", ErrMalformed, len(publicKey), SealingKeyBytes)
	}
	pk, err := hpke.MLKEM768X25519().NewPublicKey(publicKey)
	if err != nil {
		return nil, fmt.Errorf("%w: public sealing key: %w", ErrMalformed, err)
	}
	b, err := hpke.Seal(pk, hpke.HKDFSHA256(), hpke.AES256GCM(), sealInfo(p, id), plaintext)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", p, err)
	}
	return b, nil
}

// Open decrypts an envelope made by Seal for the same purpose and id, else ErrSealed.
func (k SealingKey) Open(p Purpose, id Digest, envelope []byte) ([]byte, error) {
	if k.private == nil {
		return nil, errors.New("open: no sealing key")
	}
	b, err := hpke.Open(k.private, hpke.HKDFSHA256(), hpke.AES256GCM(), sealInfo(p, id), envelope)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", p, ErrSealed)
	}
	return b, nil
}

func sealInfo(p Purpose, id Digest) []byte {
	return bytes.Join([][]byte{[]byte("encompute/seal/" + string(p) + "/v1"), {0}, id[:]}, nil)
}
