package attestation

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/protocol"
)

// ErrPolicy is wrapped by every error of NewPolicy and ParsePolicy.
var ErrPolicy = errors.New("policy")

// MaxPolicyBytes bounds a policy file.
const MaxPolicyBytes = 1 << 20

// PolicyLiteral says what a verifier accepts. It becomes a Policy through NewPolicy. A list that
// names something is always enforced. What a list that is empty means depends on the question:
// Verify, which makes a VerifiedWorker, and policies that require dstack refuse everything, since
// nothing is known; Examine skips the check and says so. What opens a door says so in its name.
type PolicyLiteral struct {
	TCB    TCBPolicy    `json:"tcb,omitzero"`
	TDX    TDXPolicy    `json:"tdx,omitzero"`
	SGX    SGXPolicy    `json:"sgx,omitzero"`
	Dstack DstackPolicy `json:"dstack,omitzero"`

	// Devices are the processors (SHA-256 of the PPID, as dstack's device id) or platforms (PIID)
	// that may have made the quote, in hexadecimal. Empty: any.
	Devices []string `json:"devices,omitempty"`

	// InsecureSimulatorRootPEM adds the root of one simulator. Verdicts below it say "simulated".
	InsecureSimulatorRootPEM string `json:"insecureSimulatorRootPem,omitempty"`
}

// TCBPolicy says how well kept a platform must be.
type TCBPolicy struct {
	// Statuses are Intel's names of accepted statuses; empty means UpToDate only. Revoked and
	// NoMatchingLevel are never accepted.
	Statuses []dcap.Status `json:"statuses,omitempty"`
	// Advisories are the ids of Intel's security advisories that the verifier knows of and lives with.
	Advisories []string `json:"advisories,omitempty"`
	// MinDate refuses platforms whose TCB is older.
	MinDate time.Time `json:"minDate,omitzero"`
	// MinEvaluationNumber refuses older collateral (tcbEvaluationDataNumber). Raise it, or keep
	// floors (Policy.WithFloors), or collateral of last month undoes a recovery of this month.
	MinEvaluationNumber uint32 `json:"minEvaluationNumber,omitempty"`
}

// TDXPolicy says which trust domains are accepted.
type TDXPolicy struct {
	Measurements []Measurement `json:"measurements,omitempty"` // firmware, kernel, command line
	MRSeams      []string      `json:"mrseams,omitempty"`      // SHA-384 of accepted TDX modules; empty: any of Intel's

	// AllowDebug accepts TDs whose memory the host can read.
	AllowDebug bool `json:"allowDebug,omitempty"`
	// AllowAttributes names attributes, beside debug, that a TD may have: "SEPT_VE" (the host may
	// inject page faults), "MIGRATABLE", "KL" (key locker), "PERFMON", "TPA", "LASS", "ICSSD",
	// "RESERVED" (those without a name).
	AllowAttributes []string `json:"allowAttributes,omitempty"`
	// AllowSeamSigner accepts a TDX module that has a signer or attributes of its own, if Intel's
	// TCB information names them.
	AllowSeamSigner bool `json:"allowSeamSigner,omitempty"`
	// AllowServiceTD accepts TDs to which another one is bound that may read or migrate them.
	AllowServiceTD bool `json:"allowServiceTD,omitempty"`
}

// SGXPolicy says which enclaves are accepted: those of a measurement, and those of a signer.
type SGXPolicy struct {
	MREnclaves []string `json:"mrenclaves,omitempty"` // SHA-256 measurements, hexadecimal
	Signers    []Signer `json:"signers,omitempty"`
	AllowDebug bool     `json:"allowDebug,omitempty"` // accepts enclaves whose memory the host can read
}

// Signer accepts all enclaves of one product of one signer, from a version on.
type Signer struct {
	MRSigner  string `json:"mrsigner"` // SHA-256 of the signer's key, hexadecimal
	ProductID uint16 `json:"productId"`
	MinSVN    uint16 `json:"minSvn"`
}

// DstackPolicy says which apps, in CVMs of dstack, are accepted.
type DstackPolicy struct {
	// Required demands a dstack CVM, with event log, and that this policy names what may run:
	// tdx.measurements, composeHashes and keyProviders. Verify demands it of every TD.
	Required      bool          `json:"required,omitempty"`
	ComposeHashes []string      `json:"composeHashes,omitempty"` // SHA-256 of accepted app-compose.json, hexadecimal
	AppIDs        []string      `json:"appIds,omitempty"`        // 20 bytes, hexadecimal; empty: any
	KeyProviders  []KeyProvider `json:"keyProviders,omitempty"`
	// KMSKey is the compressed secp256k1 root key, in hexadecimal, of the KMS that must have
	// issued the worker's receipt key. Empty: not asked for.
	KMSKey string `json:"kmsKey,omitempty"`
	// AllowUnsetConfigID accepts TDs whose MRCONFIGID is zero: dstack images before 0.5.2.
	AllowUnsetConfigID bool `json:"allowUnsetConfigId,omitempty"`
	// ForbidLint refuses apps whose app-compose has findings of severity "error" (package compose),
	// and those whose text is not shown.
	ForbidLint bool `json:"forbidLint,omitempty"`
}

// Measurement is what the hardware measured of one release of the CVM's firmware, kernel and
// command line on one kind of machine: SHA-384 values in lower-case hexadecimal.
type Measurement struct {
	Name  string `json:"name,omitempty"` // for people, e.g. "dstack-0.5.4 tdx.small"
	MRTD  string `json:"mrtd"`
	RTMR0 string `json:"rtmr0"`
	RTMR1 string `json:"rtmr1"`
	RTMR2 string `json:"rtmr2"`
}

// KeyProvider names where a CVM may get its keys from.
type KeyProvider struct {
	Name string `json:"name"` // "kms"
	ID   string `json:"id"`   // the KMS CA's public key in PKIX form, lower-case hexadecimal
}

// Policy is a checked PolicyLiteral. The zero value refuses everything.
type Policy struct {
	literal   PolicyLiteral
	roots     []*x509.Certificate
	simulator *x509.Certificate // one of roots, or nil
	floors    dcap.Evaluations
}

// NewPolicy checks a literal and pins Intel's root. Errors wrap ErrPolicy and name the field.
func NewPolicy(l PolicyLiteral) (Policy, error) {
	p := Policy{literal: l.clone()}
	if err := p.literal.normalize(); err != nil {
		return Policy{}, fmt.Errorf("%w: %w", ErrPolicy, err)
	}
	intel, err := dcap.IntelRoot()
	if err != nil {
		return Policy{}, fmt.Errorf("%w: %w", ErrPolicy, err)
	}
	p.roots = []*x509.Certificate{intel}
	if l.InsecureSimulatorRootPEM != "" {
		root, err := dcap.ParseRoot([]byte(l.InsecureSimulatorRootPEM))
		if err != nil {
			return Policy{}, fmt.Errorf("%w: insecureSimulatorRootPem: %w", ErrPolicy, err)
		}
		if bytes.Equal(root.RawSubjectPublicKeyInfo, intel.RawSubjectPublicKeyInfo) {
			return Policy{}, fmt.Errorf("%w: insecureSimulatorRootPem is Intel's root; leave it empty", ErrPolicy)
		}
		p.simulator = root
		p.roots = append(p.roots, root)
	}
	return p, nil
}

// ParsePolicy reads a policy file: one PolicyLiteral as JSON without unknown fields, in which
// lines that begin with "//" are comments. Errors wrap ErrPolicy and name the field.
func ParsePolicy(raw []byte) (Policy, error) {
	var text []byte
	for line := range bytes.Lines(raw) { // no string of JSON goes over the end of a line
		if !bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("//")) {
			text = append(text, line...)
		}
	}
	var l PolicyLiteral
	if err := protocol.UnmarshalJSON(bytes.NewReader(text), MaxPolicyBytes, &l); err != nil {
		return Policy{}, fmt.Errorf("%w: %w", ErrPolicy, err)
	}
	return NewPolicy(l)
}

// Literal returns a copy of what the policy was made from, normalized.
func (p Policy) Literal() PolicyLiteral { return p.literal.clone() }

// WithFloors returns a policy that also demands, of every document, at least the evaluation
// number that floors has for it: what a verifier has seen once it never accepts below again.
func (p Policy) WithFloors(floors dcap.Evaluations) Policy {
	p.floors = p.floors.Merge(floors)
	return p
}

// WithInsecureRoot returns a policy that trusts root, in PEM or DER, in place of Intel's; verdicts
// say "simulated". Intel's own root changes nothing. Errors wrap ErrPolicy.
func (p Policy) WithInsecureRoot(root []byte) (Policy, error) {
	cert, err := dcap.ParseRoot(root)
	if err != nil {
		return Policy{}, fmt.Errorf("%w: %w", ErrPolicy, err)
	}
	intel, err := dcap.IntelRoot()
	if err != nil {
		return Policy{}, fmt.Errorf("%w: %w", ErrPolicy, err)
	}
	if bytes.Equal(cert.Raw, intel.Raw) {
		return p, nil
	}
	if bytes.Equal(cert.RawSubjectPublicKeyInfo, intel.RawSubjectPublicKeyInfo) {
		return Policy{}, fmt.Errorf("%w: root has Intel's key but is not the pinned certificate", ErrPolicy)
	}
	p.roots, p.simulator = []*x509.Certificate{cert}, cert
	p.literal.InsecureSimulatorRootPEM = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	return p, nil
}
