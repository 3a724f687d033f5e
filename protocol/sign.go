package protocol

import (
	"errors"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/sha3"
)

// ErrSignature says that a signature is malformed or by somebody else.
var ErrSignature = errors.New("signature does not verify")

// Keccak256 is the hash of Ethereum over the concatenation of parts.
func Keccak256(parts ...[]byte) (d Digest) {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(d[:0])
	return d
}

// SigningKey is a secp256k1 key: a wallet's, a creator's or a worker's receipt key.
type SigningKey struct{ private *secp256k1.PrivateKey }

// NewSigningKey makes a fresh key.
func NewSigningKey() (SigningKey, error) {
	k, err := secp256k1.GeneratePrivateKey()
	if err != nil {
		return SigningKey{}, fmt.Errorf("generate signing key: %w", err)
	}
	return SigningKey{k}, nil
}

// ParseSigningKey reads a 32-byte secret scalar.
func ParseSigningKey(b []byte) (SigningKey, error) {
	var s secp256k1.ModNScalar
	if len(b) != 32 || s.SetByteSlice(b) || s.IsZero() {
		return SigningKey{}, fmt.Errorf("%w: signing key must be 32 bytes, not zero and below the order of secp256k1", ErrMalformed)
	}
	return SigningKey{secp256k1.NewPrivateKey(&s)}, nil
}

// DevelopmentFaucet is an account that has coins on every development chain, so that wallets made in a browser can pay for
// gas. Everybody knows its key: whatever else is sent to it is lost.
func DevelopmentFaucet() SigningKey {
	seed := Keccak256([]byte("encompute development faucet"))
	return SigningKey{secp256k1.PrivKeyFromBytes(seed[:])}
}

// Bytes returns the secret scalar; keep it encrypted at rest.
func (k SigningKey) Bytes() []byte { return k.private.Serialize() }

// PublicKey returns the compressed public key, 33 bytes.
func (k SigningKey) PublicKey() []byte { return k.private.PubKey().SerializeCompressed() }

// Address returns the account of the key.
func (k SigningKey) Address() Address { return addressOf(k.private.PubKey()) }

// SignDigest signs an EIP-712 (or EIP-191) digest: r || s || v, 65 bytes, s in the
// lower half, v 27 or 28, as the contracts expect it.
func (k SigningKey) SignDigest(d Digest) []byte {
	c := ecdsa.SignCompact(k.private, d[:], false)
	return append(c[1:], c[0])
}

// RecoverAddress returns who signed digest d. It accepts only 65-byte signatures with
// s in the lower half of the order (EIP-2) and v 27 or 28.
func RecoverAddress(d Digest, sig []byte) (Address, error) {
	if len(sig) != 65 || sig[64] != 27 && sig[64] != 28 {
		return Address{}, fmt.Errorf("%w: want 65 bytes r, s and v of 27 or 28", ErrSignature)
	}
	var s secp256k1.ModNScalar
	if s.SetByteSlice(sig[32:64]) || s.IsOverHalfOrder() {
		return Address{}, fmt.Errorf("%w: s is not in the lower half of the order", ErrSignature)
	}
	pub, _, err := ecdsa.RecoverCompact(append([]byte{sig[64]}, sig[:64]...), d[:])
	if err != nil {
		return Address{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return addressOf(pub), nil
}

// VerifyDigest checks that signer signed d; the error wraps ErrSignature and names both.
func VerifyDigest(d Digest, sig []byte, signer Address) error {
	got, err := RecoverAddress(d, sig)
	if err != nil {
		return err
	}
	if got != signer {
		return fmt.Errorf("%w: signed by %s, expected %s", ErrSignature, got, signer)
	}
	return nil
}

// PublicKeyAddress returns the account of a compressed public key.
func PublicKeyAddress(compressed []byte) (Address, error) {
	if len(compressed) != 33 {
		return Address{}, fmt.Errorf("%w: public key has %d bytes, need 33", ErrMalformed, len(compressed))
	}
	pub, err := secp256k1.ParsePubKey(compressed)
	if err != nil {
		return Address{}, fmt.Errorf("%w: public key: %w", ErrMalformed, err)
	}
	return addressOf(pub), nil
}

// LoginDigest is what a creator signs to open its stream: the EIP-191 personal message
// that names host, chain and the host's fresh nonce.
func LoginDigest(host string, chainID uint64, nonce [32]byte) Digest {
	text := fmt.Sprintf("Encrypted_Compute: open my creator stream.\nHost: %s\nChain ID: %d\nNonce: %x", host, chainID, nonce)
	return PersonalDigest(text)
}

func addressOf(p *secp256k1.PublicKey) (a Address) {
	d := Keccak256(p.SerializeUncompressed()[1:])
	copy(a[:], d[12:])
	return a
}
