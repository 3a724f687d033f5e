package simulator

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/encrypted-compute/encompute/attestation/kms"
	"github.com/encrypted-compute/encompute/dstack"
)

// The agent's algorithms. "k256" and, where a key is asked for, "" mean secp256k1.
const (
	algorithmEd25519   = "ed25519"
	algorithmSecp256k1 = "secp256k1"
	algorithmPrehashed = "secp256k1_prehashed" // over a digest of 32 bytes
)

func normalizeAlgorithm(name string) string {
	if name == "k256" {
		return algorithmSecp256k1
	}
	return name
}

var errAlgorithm = errors.New("unsupported algorithm: want ed25519 or secp256k1")

// Key answers GetKey.
func (s *Simulator) Key(request dstack.KeyRequest) (dstack.Key, error) {
	key, err := kms.DeriveKey(s.appKey.Serialize(), request.Path)
	if err != nil {
		return dstack.Key{}, err
	}
	var public []byte
	switch normalizeAlgorithm(request.Algorithm) {
	case "", algorithmSecp256k1:
		public = secp256k1.PrivKeyFromBytes(key).PubKey().SerializeCompressed()
	case algorithmEd25519:
		public = ed25519.NewKeyFromSeed(key).Public().(ed25519.PublicKey)
	default:
		return dstack.Key{}, errAlgorithm
	}
	return dstack.Key{Key: key, SignatureChain: []dstack.Hex{
		sign65(s.appKey, kms.KeyMessage(request.Purpose, public)),
		sign65(s.kmsRoot, kms.AppMessage(s.config.AppID, s.appKey.PubKey().SerializeCompressed())),
	}}, nil
}

// sign65 is r || s || v over the Keccak-256 of the message.
func sign65(key *secp256k1.PrivateKey, message []byte) []byte {
	compact := ecdsa.SignCompact(key, kms.Keccak256(message), true)
	return append(compact[1:], compact[0]-27-4)
}

// signRequest is the request of Sign.
type signRequest struct {
	Algorithm string     `json:"algorithm"`
	Data      dstack.Hex `json:"data"`
}

// signature is the answer of Sign. Its chain is the signature and then GetKey's chain.
type signature struct {
	Signature      dstack.Hex   `json:"signature"` // 64 bytes
	SignatureChain []dstack.Hex `json:"signature_chain"`
	PublicKey      dstack.Hex   `json:"public_key"`
}

// signingKey is the key of Sign and of GetAttestationForAppKey.
func (s *Simulator) signingKey(algorithm string) (dstack.Key, error) {
	return s.Key(dstack.KeyRequest{Path: "vms", Purpose: "signing", Algorithm: algorithm})
}

func (s *Simulator) signData(r signRequest) (out signature, err error) {
	algorithm := normalizeAlgorithm(r.Algorithm)
	of := algorithm
	if algorithm == algorithmPrehashed {
		of = algorithmSecp256k1
	}
	key, err := s.signingKey(of)
	if err != nil {
		return out, err
	}
	digest := sha256.Sum256(r.Data)
	switch algorithm {
	case algorithmEd25519:
		private := ed25519.NewKeyFromSeed(key.Key)
		out.Signature, out.PublicKey = ed25519.Sign(private, r.Data), dstack.Hex(private.Public().(ed25519.PublicKey))
	case algorithmPrehashed:
		if len(r.Data) != len(digest) {
			return out, fmt.Errorf("pre-hashed signing requires a digest of 32 bytes, not of %d", len(r.Data))
		}
		digest = [32]byte(r.Data)
		fallthrough
	case algorithmSecp256k1:
		private := secp256k1.PrivKeyFromBytes(key.Key)
		out.Signature = ecdsa.SignCompact(private, digest[:], true)[1:]
		out.PublicKey = private.PubKey().SerializeCompressed()
	default:
		return out, errAlgorithm
	}
	out.SignatureChain = append([]dstack.Hex{out.Signature}, key.SignatureChain...)
	return out, nil
}

// verifyRequest is the request of Verify.
type verifyRequest struct {
	Algorithm string     `json:"algorithm"`
	Data      dstack.Hex `json:"data"`
	Signature dstack.Hex `json:"signature"`
	PublicKey dstack.Hex `json:"public_key"`
}

func verifyData(r verifyRequest) (valid bool, err error) {
	switch algorithm := normalizeAlgorithm(r.Algorithm); algorithm {
	case algorithmEd25519:
		if len(r.PublicKey) != ed25519.PublicKeySize || len(r.Signature) != ed25519.SignatureSize {
			return false, errors.New("invalid public key or signature")
		}
		return ed25519.Verify(ed25519.PublicKey(r.PublicKey), r.Data, r.Signature), nil
	case algorithmSecp256k1, algorithmPrehashed:
		digest := sha256.Sum256(r.Data)
		if algorithm == algorithmPrehashed {
			if len(r.Data) != len(digest) {
				return false, errors.New("a digest of 32 bytes is required")
			}
			digest = [32]byte(r.Data)
		}
		return verifySecp256k1(r.PublicKey, digest[:], r.Signature)
	}
	return false, errAlgorithm
}

// verifySecp256k1 checks r || s; like the agent's library it holds a high s for invalid.
func verifySecp256k1(public, digest, sig []byte) (bool, error) {
	key, err := secp256k1.ParsePubKey(public)
	if err != nil {
		return false, fmt.Errorf("invalid public key: %w", err)
	}
	var r, s secp256k1.ModNScalar
	if len(sig) != 64 || r.SetByteSlice(sig[:32]) || s.SetByteSlice(sig[32:]) || r.IsZero() || s.IsZero() {
		return false, errors.New("invalid signature: want r and s of 32 bytes each")
	}
	return !s.IsOverHalfOrder() && ecdsa.NewSignature(&r, &s).Verify(digest, key), nil
}
