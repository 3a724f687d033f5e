package attestation

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation/dcap"
)

// ErrPolicy is wrapped by every error of NewPolicy.
var ErrPolicy = errors.New("policy")

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

// PolicyLiteral says what a verifier accepts. It becomes a Policy through NewPolicy. Every list
// that is empty refuses everything; what opens a door says so in its name.
type PolicyLiteral struct {
	ComposeHashes []string      `json:"composeHashes"` // SHA-256 of accepted app-compose.json, hexadecimal
	Measurements  []Measurement `json:"measurements"`
	KeyProviders  []KeyProvider `json:"keyProviders"`

	// TCBStatuses are Intel's names of accepted statuses; empty means UpToDate only.
	// Revoked is never accepted.
	TCBStatuses []dcap.Status `json:"tcbStatuses,omitempty"`
	// Advisories are the ids of Intel's security advisories that the verifier knows of and lives with.
	Advisories []string `json:"advisories,omitempty"`
	// MinTCBDate refuses platforms whose TCB is older.
	MinTCBDate time.Time `json:"minTcbDate,omitzero"`
	// MinEvaluationNumber refuses older collateral (tcbEvaluationDataNumber). Raise it to the
	// highest number ever seen, or collateral of last month undoes a recovery of this month.
	MinEvaluationNumber uint32 `json:"minEvaluationNumber,omitempty"`

	// AllowUnsetConfigID accepts TDs whose mr_config_id is zero: dstack images before 0.5.2.
	AllowUnsetConfigID bool `json:"allowUnsetConfigId,omitempty"`

	// InsecureSimulatorRootPEM adds the root of one simulator. Verdicts below it say "simulated".
	InsecureSimulatorRootPEM string `json:"insecureSimulatorRootPem,omitempty"`
	// InsecureAllowDebug accepts TDs whose memory the host can read.
	InsecureAllowDebug bool `json:"insecureAllowDebug,omitempty"`
}

// Policy is a checked PolicyLiteral. The zero value refuses everything.
type Policy struct {
	literal   PolicyLiteral
	roots     []*x509.Certificate
	simulator *x509.Certificate // one of roots, or nil
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

// Literal returns a copy of what the policy was made from, normalized.
func (p Policy) Literal() PolicyLiteral { return p.literal.clone() }

func (l PolicyLiteral) clone() PolicyLiteral {
	l.ComposeHashes = slices.Clone(l.ComposeHashes)
	l.Measurements = slices.Clone(l.Measurements)
	l.KeyProviders = slices.Clone(l.KeyProviders)
	l.TCBStatuses = slices.Clone(l.TCBStatuses)
	l.Advisories = slices.Clone(l.Advisories)
	return l
}

// normalize checks the fields and brings hexadecimal to lower case. l owns its slices.
func (l *PolicyLiteral) normalize() error {
	for i := range l.ComposeHashes {
		if err := normalizeHex(&l.ComposeHashes[i], 32); err != nil {
			return fmt.Errorf("composeHashes[%d]: %w", i, err)
		}
	}
	for i := range l.Measurements {
		m := &l.Measurements[i]
		for name, field := range map[string]*string{"mrtd": &m.MRTD, "rtmr0": &m.RTMR0, "rtmr1": &m.RTMR1, "rtmr2": &m.RTMR2} {
			if err := normalizeHex(field, 48); err != nil {
				return fmt.Errorf("measurements[%d].%s: %w", i, name, err)
			}
		}
	}
	for i := range l.KeyProviders {
		if l.KeyProviders[i].Name == "" {
			return fmt.Errorf("keyProviders[%d].name is empty; want for instance \"kms\"", i)
		}
		l.KeyProviders[i].ID = strings.ToLower(l.KeyProviders[i].ID)
	}
	if len(l.TCBStatuses) == 0 {
		l.TCBStatuses = []dcap.Status{dcap.UpToDate}
	}
	for i, s := range l.TCBStatuses {
		if !s.Known() || s == dcap.Revoked {
			return fmt.Errorf("tcbStatuses[%d]: %q cannot be accepted; use Intel's names, but not Revoked", i, s)
		}
	}
	return nil
}

func normalizeHex(s *string, size int) error {
	b, err := hex.DecodeString(strings.TrimPrefix(*s, "0x"))
	if err != nil || len(b) != size {
		return fmt.Errorf("%q is not %d hexadecimal digits", *s, 2*size)
	}
	*s = hex.EncodeToString(b)
	return nil
}
