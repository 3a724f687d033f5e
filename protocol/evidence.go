package protocol

import (
	"fmt"
)

// Nonce is a verifier's fresh challenge, 32 random bytes.
type Nonce [32]byte

// MarshalText implements encoding.TextMarshaler.
func (n Nonce) MarshalText() ([]byte, error) { return Digest(n).MarshalText() }

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *Nonce) UnmarshalText(b []byte) error { return parseHex(n[:], b, "nonce") }

// Evidence is what a worker shows to a verifier. Quote, EventLog, VMConfig and
// AppCompose come from the worker; Collateral may be added by anybody, since Intel
// signed it. Nothing in it is to be believed before attestation.Verify passed.
type Evidence struct {
	TEE        string `json:"tee"` // "tdx" or "sgx"
	Quote      []byte `json:"quote"`
	EventLog   []byte `json:"eventLog,omitempty"`   // JSON, as the guest agent gave it
	VMConfig   []byte `json:"vmConfig,omitempty"`   // JSON, as the guest agent gave it
	AppCompose []byte `json:"appCompose,omitempty"` // raw bytes of app-compose.json
	Collateral []byte `json:"collateral,omitempty"` // QuoteCollateralV3 as JSON

	// ReceiptKeyChain may prove which KMS issued the receipt key.
	ReceiptKeyChain *KeyChain `json:"receiptKeyChain,omitempty"`

	Binding Binding `json:"binding"` // what the report data is said to commit to
}

// KeyChain is what a dstack KMS gives with a key that it issues to an app: the signature of the
// app's key over purpose and public key, and the KMS's over app id and the app's key. Package
// attestation/kms verifies it.
type KeyChain struct {
	Purpose    string   `json:"purpose"`    // as given to GetKey, at most MaxKeyPurpose bytes
	Signatures [][]byte `json:"signatures"` // two of 65 bytes: by the app's key, by the KMS
}

// MaxKeyPurpose bounds the purpose of a KeyChain in bytes.
const MaxKeyPurpose = 64

// MaxEvidenceBytes bounds evidence as JSON.
const MaxEvidenceBytes = 1 << 20

// Binding is what the report data of a worker's quote commits to.
type Binding struct {
	ChainID    uint64  `json:"chainId"`
	Registry   Address `json:"registry"`   // WorkerRegistry
	Operator   Address `json:"operator"`   // who is paid
	ReceiptKey []byte  `json:"receiptKey"` // compressed secp256k1, 33 bytes
	SealingKey []byte  `json:"sealingKey"` // HPKE public key, SealingKeyBytes
	Nonce      Nonce   `json:"nonce"`      // the verifier's
}

// ReportData returns the 64 bytes that a quote must carry for b: its RegistryBinding, then the
// nonce. A contract can check both, since the chain has Keccak-256 but no SHA-512; its nonce is the
// hash of a recent block. A receipt key that is none is bound by its hash, which no account has.
func (b Binding) ReportData() (d [64]byte) {
	signer := Keccak256(b.ReceiptKey)
	if a, err := b.Signer(); err == nil {
		signer = addressWord(a)
	}
	binding := b.workerHash(signer)
	copy(d[:32], binding[:])
	copy(d[32:], b.Nonce[:])
	return d
}

// Signer returns the account of the receipt key.
func (b Binding) Signer() (Address, error) {
	a, err := PublicKeyAddress(b.ReceiptKey)
	if err != nil {
		return a, fmt.Errorf("receipt key: %w", err)
	}
	return a, nil
}

// workerType is WorkerRegistry.WORKER_TYPEHASH's string.
const workerType = "Worker(uint256 chainId,address registry,address operator,address signer,bytes32 sealingKeyHash)"

// RegistryBinding is what the WorkerRegistry asks evidence to vouch for, WorkerRegistry.bindingOf:
// the EIP-712 hash of the struct workerType, with the account of the receipt key as signer and the
// Keccak-256 of the sealing key.
func (b Binding) RegistryBinding() (Digest, error) {
	signer, err := b.Signer()
	if err != nil {
		return Digest{}, err
	}
	return b.workerHash(addressWord(signer)), nil
}

func (b Binding) workerHash(signer Digest) Digest {
	return hashStruct(workerType, uintWord(b.ChainID), addressWord(b.Registry), addressWord(b.Operator), signer, Keccak256(b.SealingKey))
}

// Workload is the measurement that a job names: what runs, and on which system. All
// fields are lower-case hexadecimal but TEE, KeyProvider and the two numbers. The fields up to
// KeyProvider are of TDX, the others of SGX; those of the other TEE are zero.
type Workload struct {
	TEE         string `json:"tee"` // "tdx" or "sgx"
	MRTD        string `json:"mrtd"`
	RTMR0       string `json:"rtmr0"`
	RTMR1       string `json:"rtmr1"`
	RTMR2       string `json:"rtmr2"`
	ComposeHash string `json:"composeHash"`
	KeyProvider string `json:"keyProvider"` // "name:id"

	MREnclave string `json:"mrEnclave,omitempty"`
	MRSigner  string `json:"mrSigner,omitempty"`
	ProductID uint16 `json:"productId,omitempty"`
	SVN       uint16 `json:"svn,omitempty"`
}

// ID returns the digest that stands for w in jobs and in the WorkerRegistry.
func (w Workload) ID() Digest {
	b, err := Marshal(w)
	if err != nil {
		panic(err) // a struct of strings and numbers always encodes
	}
	return NewDigest("workload", b)
}
