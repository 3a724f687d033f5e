// Package kms derives and checks the application keys of a dstack key management service.
//
// A KMS owns one secp256k1 root key. It derives one application key per app id and signs its
// public half; the guest agent inside the CVM derives from it one key per path and signs that.
// Both signatures travel with every key. They prove which KMS issued the key and to which app
// id, and nothing about the code that runs: that is what the quote is for.
package kms

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/sha3"
)

// Sizes in bytes of what a chain is made of.
const (
	AppIDSize     = 20
	KeySize       = 32
	PublicKeySize = 33 // compressed secp256k1
	SignatureSize = 65 // r, s, recovery id
	MaxPurpose    = 256
)

const issuedPrefix = "dstack-kms-issued:"

// ErrChain is wrapped by every error that means "this key was not issued by that KMS".
var ErrChain = errors.New("kms key chain refused")

// DeriveKey returns the 32 bytes that GetKey hands out for path: HKDF-SHA256 with salt "RATLS",
// the application key as input and the path as info. The same bytes serve as a secp256k1 private
// key and as an Ed25519 seed, so a path must be used with one algorithm only.
func DeriveKey(appKey []byte, path string) ([]byte, error) {
	if len(appKey) != KeySize {
		return nil, fmt.Errorf("kms app key: %d bytes, want %d", len(appKey), KeySize)
	}
	return hkdf.Key(sha256.New, appKey, []byte("RATLS"), path, KeySize)
}

// Chain is the claim that a KMS issued a key to an application.
type Chain struct {
	PublicKey  []byte   // 33 bytes compressed secp256k1 or 32 bytes Ed25519
	Purpose    string   // as given to GetKey; at most MaxPurpose bytes, without ':'
	AppID      []byte   // 20 bytes
	Signatures [][]byte // by the application key, then by the KMS root key; 65 bytes each
}

// Verify reports whether the chain ends in the KMS whose compressed public key is given.
// Every refusal wraps ErrChain.
func (c Chain) Verify(kmsPublicKey []byte) error {
	if len(kmsPublicKey) != PublicKeySize {
		return fmt.Errorf("%w: pinned KMS public key is %d bytes, want %d", ErrChain, len(kmsPublicKey), PublicKeySize)
	}
	root, err := c.Root()
	if err != nil {
		return err
	}
	if !bytes.Equal(root, kmsPublicKey) {
		return fmt.Errorf("%w: chain ends in KMS key %x, want %x", ErrChain, root, kmsPublicKey)
	}
	return nil
}

// Root returns the compressed public key of the KMS that the chain ends in. It is only a
// claim until it is compared with a pinned one: any two signatures end in some key.
func (c Chain) Root() ([]byte, error) {
	switch {
	case len(c.AppID) != AppIDSize: // otherwise app id and key could be shifted against each other
		return nil, fmt.Errorf("%w: app id is %d bytes, want %d", ErrChain, len(c.AppID), AppIDSize)
	case len(c.PublicKey) != PublicKeySize && len(c.PublicKey) != ed25519.PublicKeySize:
		return nil, fmt.Errorf("%w: public key is %d bytes, want 33 or 32", ErrChain, len(c.PublicKey))
	case len(c.Purpose) > MaxPurpose:
		return nil, fmt.Errorf("%w: purpose is %d bytes, at most %d", ErrChain, len(c.Purpose), MaxPurpose)
	case strings.Contains(c.Purpose, ":"): // otherwise purpose and key could be shifted against each other
		return nil, fmt.Errorf("%w: purpose %q contains ':'", ErrChain, c.Purpose)
	case len(c.Signatures) != 2:
		return nil, fmt.Errorf("%w: %d signatures, want 2", ErrChain, len(c.Signatures))
	}
	if len(c.PublicKey) == PublicKeySize {
		if _, err := secp256k1.ParsePubKey(c.PublicKey); err != nil {
			return nil, fmt.Errorf("%w: public key: %w", ErrChain, err)
		}
	}
	app, err := recover65(KeyMessage(c.Purpose, c.PublicKey), c.Signatures[0])
	if err != nil {
		return nil, fmt.Errorf("%w: signature of the application key: %w", ErrChain, err)
	}
	root, err := recover65(AppMessage(c.AppID, app), c.Signatures[1])
	if err != nil {
		return nil, fmt.Errorf("%w: signature of the KMS root key: %w", ErrChain, err)
	}
	return root, nil
}

// KeyMessage is what the application key signs (after Keccak-256) for a derived key.
func KeyMessage(purpose string, publicKey []byte) []byte {
	return []byte(purpose + ":" + hex.EncodeToString(publicKey))
}

// AppMessage is what the KMS root key signs (after Keccak-256) for an application key.
func AppMessage(appID, appPublicKey []byte) []byte {
	return append(append([]byte(issuedPrefix), appID...), appPublicKey...)
}

// Keccak256 is the hash under every signature of a chain (the original padding, not SHA-3's).
func Keccak256(message []byte) []byte {
	h := sha3.NewLegacyKeccak256()
	h.Write(message)
	return h.Sum(nil)
}

var errHighS = errors.New("s is not in the lower half of the group order")

// recover65 returns the compressed public key that made sig = r || s || v, v in 0..3, low s only.
func recover65(message, sig []byte) ([]byte, error) {
	if len(sig) != SignatureSize {
		return nil, fmt.Errorf("%d bytes, want %d", len(sig), SignatureSize)
	}
	if sig[64] > 3 {
		return nil, fmt.Errorf("recovery id %d, want 0 to 3", sig[64])
	}
	var s secp256k1.ModNScalar
	if s.SetByteSlice(sig[32:64]) || s.IsOverHalfOrder() {
		return nil, errHighS
	}
	compact := append([]byte{27 + 4 + sig[64]}, sig[:64]...)
	pub, _, err := ecdsa.RecoverCompact(compact, Keccak256(message))
	if err != nil {
		return nil, err
	}
	return pub.SerializeCompressed(), nil
}
