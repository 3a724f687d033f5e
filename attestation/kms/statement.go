package kms

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// The key of the guest agent's Sign is the one that GetKey gives for this path and purpose.
const (
	SignPath    = "vms"
	SignPurpose = "signing"
)

// Algorithm is how the guest agent's Sign signs.
type Algorithm string

// The algorithms of Sign.
const (
	Ed25519            Algorithm = "ed25519"
	Secp256k1          Algorithm = "secp256k1"           // over SHA-256 of the data
	Secp256k1Prehashed Algorithm = "secp256k1_prehashed" // over the data, which is 32 bytes
)

// Statement is the claim that an application signed data: the answer of the guest agent's Sign.
type Statement struct {
	Algorithm Algorithm
	Data      []byte
	PublicKey []byte // 33 bytes compressed secp256k1 or 32 bytes Ed25519
	AppID     []byte // 20 bytes
	// Signatures are the one over the data (64 bytes; ECDSA's as r || s with a low s), and then
	// the two of a Chain.
	Signatures [][]byte
}

// Verify reports whether the statement is of the application, to which the KMS whose compressed
// public key is given issued the key. Every refusal wraps ErrChain.
func (s Statement) Verify(kmsPublicKey []byte) error {
	if len(s.Signatures) != 3 {
		return fmt.Errorf("%w: %d signatures, want 3", ErrChain, len(s.Signatures))
	}
	c := Chain{PublicKey: s.PublicKey, Purpose: SignPurpose, AppID: s.AppID, Signatures: s.Signatures[1:]}
	if err := c.Verify(kmsPublicKey); err != nil {
		return err
	}
	if err := s.verifyData(); err != nil {
		return fmt.Errorf("%w: signature of the data: %w", ErrChain, err)
	}
	return nil
}

func (s Statement) verifyData() error {
	signature := s.Signatures[0]
	if len(signature) != ed25519.SignatureSize { // ECDSA's r || s is as long
		return fmt.Errorf("%d bytes, want %d", len(signature), ed25519.SignatureSize)
	}
	switch s.Algorithm {
	case Ed25519:
		if len(s.PublicKey) != ed25519.PublicKeySize {
			return fmt.Errorf("public key is %d bytes, want %d", len(s.PublicKey), ed25519.PublicKeySize)
		}
		if !ed25519.Verify(s.PublicKey, s.Data, signature) {
			return errors.New("does not verify")
		}
		return nil
	case Secp256k1:
		digest := sha256.Sum256(s.Data)
		return verifyECDSA(s.PublicKey, digest[:], signature)
	case Secp256k1Prehashed:
		if len(s.Data) != sha256.Size {
			return fmt.Errorf("the data is %d bytes, want a hash of %d", len(s.Data), sha256.Size)
		}
		return verifyECDSA(s.PublicKey, s.Data, signature)
	}
	return fmt.Errorf("algorithm %.32q is unknown", s.Algorithm)
}

// verifyECDSA checks r || s over a hash, low s only.
func verifyECDSA(publicKey, hash, signature []byte) error {
	if len(publicKey) != PublicKeySize {
		return fmt.Errorf("public key is %d bytes, want %d", len(publicKey), PublicKeySize)
	}
	public, err := secp256k1.ParsePubKey(publicKey)
	if err != nil {
		return err
	}
	var r, s secp256k1.ModNScalar
	if r.SetByteSlice(signature[:32]) || s.SetByteSlice(signature[32:]) || r.IsZero() || s.IsZero() {
		return errors.New("r or s is not in the range of the group order")
	}
	if s.IsOverHalfOrder() {
		return errHighS
	}
	if !ecdsa.NewSignature(&r, &s).Verify(hash, public) {
		return errors.New("does not verify")
	}
	return nil
}
