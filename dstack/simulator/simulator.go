// Package simulator is a dstack confidential VM without the confidentiality.
//
// It serves the guest agent's API on a unix socket with the shapes of the real one, so that the
// attested binary runs unchanged on a machine without TDX. Its quotes are well-formed TDX v4
// quotes with a consistent event log, certificates, revocation lists and TCB collateral, all
// under a root of its own whose name says what it is. Nothing trusts that root unless a verifier
// is told to, by a policy field with an ugly name, and then the verdict says "simulated".
//
// It tests everything but the one thing hardware gives: its keys lie in ordinary memory.
package simulator

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/kms"
	"github.com/encrypted-compute/encompute/dstack"
)

// Defaults of Config.
const (
	DefaultImage        = "dstack-simulated"
	DefaultInstanceType = "tdx.small"
)

// collateralLifetime is how long collateral and revocation lists are valid after issue.
const collateralLifetime = 30 * 24 * time.Hour

// MaxAppCompose bounds the app-compose.json text.
const MaxAppCompose = 256 << 10

// Config describes one simulated CVM.
type Config struct {
	AppCompose   []byte           // raw bytes of app-compose.json; its SHA-256 is the compose hash
	Seed         []byte           // at least 32 bytes; every key follows from it. Empty: random
	AppID        []byte           // 20 bytes; empty: the first 20 of the compose hash
	Image        string           // stands for the OS image: decides MRTD, RTMR1 and RTMR2
	InstanceType string           // stands for CPU count and memory: decides RTMR0
	TD15         bool             // quotes of version 5 with a TD 1.5 report, instead of version 4
	Now          func() time.Time // clock of the collateral; nil: time.Now
	Hooks        Hooks            // for tests of verifiers
}

// Hooks alter what the simulator is about to measure or sign, so that tests can make evidence
// whose signatures are right and whose content is wrong. Nil hooks do nothing.
type Hooks struct {
	EventLog   func([]eventlog.Event) []eventlog.Event // before the registers are computed
	Header     func(header []byte)                     // 48 bytes, before the attestation key signs
	Body       func(body []byte)                       // 584 or 648 bytes, before the attestation key signs
	QEReport   func(report []byte)                     // 384 bytes, before the PCK signs
	TCBInfo    func(document map[string]any)           // before the TCB signer signs
	QEIdentity func(document map[string]any)           // before the TCB signer signs
	Revoke     func(*x509.Certificate) bool            // which certificates the lists revoke
}

// Simulator is one simulated CVM. It is safe for concurrent use.
type Simulator struct {
	config      Config
	pki         *pki
	kmsRoot     *secp256k1.PrivateKey
	kmsCA       *authority
	appKey      *secp256k1.PrivateKey
	appCert     string
	composeHash [32]byte
	instanceID  []byte
	imageHash   [32]byte
	mrtd        eventlog.Register
	events      []eventlog.Event
	rtmr        [4]eventlog.Register
	name        string
}

// New measures the app-compose and derives all keys.
func New(config Config) (*Simulator, error) {
	if len(config.AppCompose) == 0 || len(config.AppCompose) > MaxAppCompose {
		return nil, fmt.Errorf("simulator app-compose: %d bytes, want 1 to %d", len(config.AppCompose), MaxAppCompose)
	}
	var compose struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(config.AppCompose, &compose); err != nil {
		return nil, fmt.Errorf("simulator app-compose: %w", err)
	}
	config.AppCompose = bytes.Clone(config.AppCompose)
	s := &Simulator{config: config, name: compose.Name, composeHash: sha256.Sum256(config.AppCompose)}
	if err := s.defaults(); err != nil {
		return nil, err
	}
	if err := s.deriveKeys(); err != nil {
		return nil, err
	}
	return s, s.boot()
}

func (s *Simulator) defaults() error {
	c := &s.config
	if c.Seed == nil {
		c.Seed = make([]byte, 32)
		if _, err := rand.Read(c.Seed); err != nil {
			return fmt.Errorf("simulator seed: %w", err)
		}
	}
	if len(c.Seed) < 32 {
		return fmt.Errorf("simulator seed: %d bytes, want at least 32", len(c.Seed))
	}
	if len(c.AppID) == 0 {
		c.AppID = s.composeHash[:kms.AppIDSize]
	}
	if len(c.AppID) != kms.AppIDSize {
		return fmt.Errorf("simulator app id: %d bytes, want %d", len(c.AppID), kms.AppIDSize)
	}
	if c.Image == "" {
		c.Image = DefaultImage
	}
	if c.InstanceType == "" {
		c.InstanceType = DefaultInstanceType
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return nil
}

func (s *Simulator) deriveKeys() (err error) {
	seed := s.config.Seed
	if s.pki, err = newPKI(seed); err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	const ca = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	if s.kmsCA, err = issue(seed, "INSECURE SIMULATOR KMS CA", nil, ca, nil); err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	app, err := issue(seed, "app "+hex.EncodeToString(s.config.AppID), s.kmsCA, x509.KeyUsageDigitalSignature, nil)
	if err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	s.appCert = app.pem()
	if s.kmsRoot, err = deriveSecp(seed, "kms root"); err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	if s.appKey, err = deriveSecp(seed, "app key of "+hex.EncodeToString(s.config.AppID)); err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	s.instanceID, err = derive(seed, "instance id", 20)
	return err
}

func deriveSecp(seed []byte, purpose string) (*secp256k1.PrivateKey, error) {
	raw, err := derive(seed, "secp256k1 "+purpose, 32)
	if err != nil {
		return nil, err
	}
	var d secp256k1.ModNScalar
	if d.SetByteSlice(raw) || d.IsZero() {
		return nil, errors.New("derived key is out of range; choose another seed")
	}
	return secp256k1.NewPrivateKey(&d), nil
}

// boot writes the event log of a start and computes the registers from it.
func (s *Simulator) boot() error {
	s.imageHash = sha256.Sum256([]byte("simulated OS image " + s.config.Image))
	s.mrtd = sha512.Sum384([]byte("simulated virtual firmware of " + s.config.Image))
	provider, err := s.keyProvider()
	if err != nil {
		return err
	}
	s.events = []eventlog.Event{
		firmware(0, 0x8000000b, "simulated TD hob, "+s.config.InstanceType),
		firmware(0, 0x80000001, "simulated secure boot variables"),
		firmware(0, 4, "separator"),
		firmware(0, 10, "simulated ACPI tables, "+s.config.InstanceType),
		firmware(1, 0x80000003, "simulated kernel of "+s.config.Image),
		firmware(1, 4, "separator"),
		firmware(2, 6, "simulated command line of "+s.config.Image),
		firmware(2, 6, "simulated initrd of "+s.config.Image),
	}
	for _, e := range []eventlog.Event{
		{Name: "system-preparing"},
		{Name: "app-id", Payload: s.config.AppID},
		{Name: "compose-hash", Payload: s.composeHash[:]},
		{Name: "instance-id", Payload: s.instanceID},
		{Name: "boot-mr-done"},
		{Name: "os-image-hash", Payload: s.imageHash[:]},
		{Name: "key-provider", Payload: provider},
		{Name: "storage-fs", Payload: []byte("ext4")},
		{Name: "system-ready"},
	} {
		e.IMR, e.Type = eventlog.RuntimeIMR, eventlog.RuntimeType
		s.events = append(s.events, e)
	}
	if s.config.Hooks.EventLog != nil {
		s.events = s.config.Hooks.EventLog(s.events)
	}
	for i, e := range s.events {
		digest, err := e.Measure()
		if err != nil {
			return fmt.Errorf("simulator event log: %w", err)
		}
		s.events[i].Digest = digest[:]
	}
	if s.rtmr, err = eventlog.Replay(s.events); err != nil {
		return fmt.Errorf("simulator event log: %w", err)
	}
	return nil
}

func firmware(imr, kind uint32, what string) eventlog.Event {
	digest := sha512.Sum384([]byte(what))
	return eventlog.Event{IMR: imr, Type: kind, Digest: digest[:], Payload: []byte(what)}
}

func (s *Simulator) keyProvider() ([]byte, error) {
	return json.Marshal(struct {
		Name string `json:"name"`
		ID   string `json:"id"`
	}{"kms", s.KeyProviderID()})
}

// KeyProviderID is the id of the key provider in the event log: the KMS CA's public key in
// PKIX form, in hexadecimal. Its name is "kms".
func (s *Simulator) KeyProviderID() string {
	return hex.EncodeToString(s.kmsCA.cert.RawSubjectPublicKeyInfo)
}

// KMSPublicKey is the compressed secp256k1 root key in which every GetKey chain ends.
func (s *Simulator) KMSPublicKey() []byte { return s.kmsRoot.PubKey().SerializeCompressed() }

// AppID is the 20-byte id of the simulated app.
func (s *Simulator) AppID() []byte { return bytes.Clone(s.config.AppID) }

// ComposeHash is the SHA-256 of the app-compose as given.
func (s *Simulator) ComposeHash() [32]byte { return s.composeHash }

// RootPEM is the root certificate that a verifier must be told to accept.
func (s *Simulator) RootPEM() string { return s.pki.root.pem() }

// Measurements are the registers that depend on image and instance type only.
func (s *Simulator) Measurements() (mrtd, rtmr0, rtmr1, rtmr2 eventlog.Register) {
	return s.mrtd, s.rtmr[0], s.rtmr[1], s.rtmr[2]
}

// Quote answers GetQuote: report data of at most 64 bytes, padded with zeros at the right.
func (s *Simulator) Quote(_ context.Context, reportData []byte) (dstack.Quote, error) {
	if len(reportData) > dstack.ReportDataSize {
		return dstack.Quote{}, fmt.Errorf("report_data is %d bytes, at most %d", len(reportData), dstack.ReportDataSize)
	}
	padded := make([]byte, dstack.ReportDataSize)
	copy(padded, reportData)
	quote, err := s.sign(padded)
	if err != nil {
		return dstack.Quote{}, fmt.Errorf("sign quote: %w", err)
	}
	log, err := json.Marshal(s.events)
	if err != nil {
		return dstack.Quote{}, fmt.Errorf("event log: %w", err)
	}
	config, err := s.vmConfig()
	if err != nil {
		return dstack.Quote{}, fmt.Errorf("vm config: %w", err)
	}
	return dstack.Quote{Quote: quote, EventLog: string(log), ReportData: padded, VMConfig: config}, nil
}

func (s *Simulator) vmConfig() (string, error) {
	b, err := json.Marshal(map[string]any{
		"spec_version": 1, "os_image_hash": hex.EncodeToString(s.imageHash[:]), "cpu_count": 1,
		"memory_size": 2 << 30, "image": s.config.Image,
	})
	return string(b), err
}

// revoked lists the serial numbers of the given certificates that the hooks revoke.
func (s *Simulator) revoked(certs ...*authority) (serials []*big.Int) {
	for _, a := range certs {
		if s.config.Hooks.Revoke != nil && s.config.Hooks.Revoke(a.cert) {
			serials = append(serials, a.cert.SerialNumber)
		}
	}
	return serials
}
