// Package simulator is a dstack confidential VM without the confidentiality, and a verifier's
// other half.
//
// It serves the guest agent's API (every call of three versions of the agent, and of tappd before
// it) on a unix socket with the shapes of the real one, so that the attested binary runs unchanged
// on a machine without TDX. Its quotes are well-formed, of TDX versions 4 and 5 and of SGX version
// 3, with a consistent event log, certificates, revocation lists and TCB collateral, which it
// serves as Intel's service does. What a Config and its Hooks change is measured and signed anew,
// so that a verifier must find the fault itself instead of a broken signature.
//
// All of it is under a root of its own whose name says what it is. Nothing trusts that root unless
// a verifier is told to, by a policy field with an ugly name, and then the verdict says "simulated".
//
// It tests everything but the one thing hardware gives: its keys lie in ordinary memory.
package simulator

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/encrypted-compute/encompute/attestation/dcap"
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

// Config describes one simulated CVM. Everything but AppCompose has a default, which together
// make evidence that a verifier accepts if it accepts the simulator's root.
type Config struct {
	AppCompose   []byte           // raw bytes of app-compose.json; its SHA-256 is the compose hash
	Seed         []byte           // at least 32 bytes; every key follows from it. Empty: random
	AppID        []byte           // 20 bytes; empty: the first 20 of the compose hash
	Instance     string           // tells CVMs of one seed and app apart: each has an instance id of its own
	Image        string           // stands for the OS image: decides MRTD, RTMR1 and RTMR2
	InstanceType string           // stands for CPU count and memory: decides RTMR0
	Now          func() time.Time // clock of the collateral; nil: time.Now

	TD15        bool     // quotes of version 5 with a TD 1.5 report, instead of version 4
	Version5    bool     // quotes of version 5 also over a TD 1.0 report
	ProcessorCA bool     // the PCK is issued by the Processor CA and names no platform
	ConfigID    ConfigID // form of MRCONFIGID; empty: version 1

	// TCBStatus is what the collateral says of this platform; empty: UpToDate. The two that
	// advise to relaunch need TD15.
	TCBStatus  dcap.Status
	Advisories []string // that the collateral lists beside the status

	Agent       Agent // whose API is served; empty: Agent060
	StrippedLog bool  // event logs without firmware payloads and runtime digests, as agents since 0.5.6 give them

	Hooks Hooks // for tests of verifiers
}

// ConfigID is a form of MRCONFIGID (dstack-types/src/mr_config.rs).
type ConfigID string

// The forms of MRCONFIGID.
const (
	ConfigIDV1    ConfigID = "v1"   // the compose hash
	ConfigIDV2    ConfigID = "v2"   // Keccak-256 over compose hash, app id and key provider
	ConfigIDV3    ConfigID = "v3"   // SHA-256 of a document that the VM configuration shows
	ConfigIDUnset ConfigID = "zero" // as images before 0.5.2 leave it
)

// Agent is the version of the guest agent whose API is served.
type Agent string

// The guest agents whose calls differ.
const (
	Agent055  Agent = "0.5.5"  // before Attest, Sign, Verify and Version; certificates with the first RA-TLS extensions
	Agent0511 Agent = "0.5.11" // the last with EmitEvent
	Agent060  Agent = "0.6.0"  // with GpuInfo
)

// Hooks alter what the simulator is about to measure or sign, so that tests can make evidence
// whose signatures are right and whose content is wrong. Nil hooks do nothing.
type Hooks struct {
	EventLog    func([]eventlog.Event) []eventlog.Event // before the registers are computed
	Header      func(header []byte)                     // 48 bytes, before the attestation key signs
	Body        func(body []byte)                       // TD report of 584 or 648 bytes, before the attestation key signs
	Enclave     func(report []byte)                     // 384 bytes, before the attestation key signs an SGX quote
	QEReport    func(report []byte)                     // 384 bytes, before the PCK signs
	Platform    func(*Platform)                         // before the PCK certificate is made; collateral follows its FMSPC and PCEID
	Certificate func(*x509.Certificate)                 // a template below the root, before it is signed
	TCBInfo     func(document map[string]any)           // before the TCB signer signs
	QEIdentity  func(document map[string]any)           // before the TCB signer signs
	CRL         func(*x509.RevocationList)              // before a CA signs
	Revoke      func(*x509.Certificate) bool            // which certificates the lists revoke
}

// Simulator is one simulated CVM. It is safe for concurrent use.
type Simulator struct {
	config      Config
	platform    Platform
	pki         *pki
	kmsRoot     *secp256k1.PrivateKey
	kmsCA       *authority
	appCA       *authority
	appKey      *secp256k1.PrivateKey
	appCert     string
	composeHash [32]byte
	instanceID  []byte
	imageHash   [32]byte
	mrtd        eventlog.Register
	configID    [48]byte
	configDoc   string // of MRCONFIGID version 3
	compose     appCompose

	mu     sync.RWMutex // over the event log, which EmitEvent extends
	events []eventlog.Event
	rtmr   [4]eventlog.Register
}

// appCompose are the fields of app-compose.json that change what the agent does.
type appCompose struct {
	Name            string `json:"name"`
	NoInstanceID    bool   `json:"no_instance_id"`
	EventLogVersion uint32 `json:"event_log_version"`
	PublicTCBInfo   *bool  `json:"public_tcbinfo"` // nil: true
}

// New measures the app-compose and derives all keys.
func New(config Config) (*Simulator, error) {
	if len(config.AppCompose) == 0 || len(config.AppCompose) > MaxAppCompose {
		return nil, fmt.Errorf("simulator app-compose: %d bytes, want 1 to %d", len(config.AppCompose), MaxAppCompose)
	}
	config.AppCompose = bytes.Clone(config.AppCompose)
	s := &Simulator{config: config, composeHash: sha256.Sum256(config.AppCompose), platform: defaultPlatform()}
	if err := json.Unmarshal(config.AppCompose, &s.compose); err != nil {
		return nil, fmt.Errorf("simulator app-compose: %w", err)
	}
	if config.Hooks.Platform != nil {
		config.Hooks.Platform(&s.platform)
	}
	for _, step := range []func() error{s.defaults, s.check, s.deriveKeys, s.setConfigID, s.boot, s.certifyApp} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("simulator: %w", err)
		}
	}
	return s, nil
}

func (s *Simulator) defaults() error {
	c := &s.config
	if c.Seed == nil {
		c.Seed = make([]byte, 32)
		if _, err := rand.Read(c.Seed); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	if len(c.AppID) == 0 {
		c.AppID = s.composeHash[:kms.AppIDSize]
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Image = cmp.Or(c.Image, DefaultImage)
	c.InstanceType = cmp.Or(c.InstanceType, DefaultInstanceType)
	c.ConfigID = cmp.Or(c.ConfigID, ConfigIDV1)
	c.Agent = cmp.Or(c.Agent, Agent060)
	c.TCBStatus = cmp.Or(c.TCBStatus, dcap.UpToDate)
	return nil
}

func (s *Simulator) check() error {
	switch c := s.config; {
	case len(c.Seed) < 32:
		return fmt.Errorf("seed: %d bytes, want at least 32", len(c.Seed))
	case len(c.AppID) != kms.AppIDSize:
		return fmt.Errorf("app id: %d bytes, want %d", len(c.AppID), kms.AppIDSize)
	case s.compose.EventLogVersion > 2:
		return fmt.Errorf("app-compose: event_log_version %d, want 1 or 2", s.compose.EventLogVersion)
	case !c.TCBStatus.Known():
		return fmt.Errorf("TCB status %q is not one of Intel's", c.TCBStatus)
	case relaunchAdvised(c.TCBStatus) && !c.TD15:
		return fmt.Errorf("TCB status %s is of TD 1.5 only; set TD15", c.TCBStatus)
	case c.Agent != Agent055 && c.Agent != Agent0511 && c.Agent != Agent060:
		return fmt.Errorf("agent %q, want %s, %s or %s", c.Agent, Agent055, Agent0511, Agent060)
	}
	return nil
}

func (s *Simulator) deriveKeys() (err error) {
	intel := issuer{s.config.Seed, s.config.Hooks.Certificate}
	if s.pki, err = newPKI(intel, s.platform, s.config.ProcessorCA); err != nil {
		return err
	}
	own := issuer{seed: s.config.Seed}
	if s.kmsCA, err = own.issue("INSECURE SIMULATOR KMS CA", nil, usageCA); err != nil {
		return err
	}
	app := hex.EncodeToString(s.config.AppID)
	if s.appCA, err = own.issue("INSECURE SIMULATOR app CA "+app, s.kmsCA, usageCA); err != nil {
		return err
	}
	if s.kmsRoot, err = deriveSecp(s.config.Seed, "kms root"); err != nil {
		return err
	}
	if s.appKey, err = deriveSecp(s.config.Seed, "app key of "+app); err != nil {
		return err
	}
	if s.compose.NoInstanceID {
		return nil
	}
	s.instanceID, err = derive(s.config.Seed, "instance id"+s.config.Instance, 20)
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
	_, rtmr := s.measured()
	return s.mrtd, rtmr[0], rtmr[1], rtmr[2]
}

// Quote answers GetQuote: report data of at most 64 bytes, padded with zeros at the right.
func (s *Simulator) Quote(_ context.Context, reportData []byte) (dstack.Quote, error) {
	padded, err := pad64(reportData)
	if err != nil {
		return dstack.Quote{}, err
	}
	events, rtmr := s.measured()
	quote, err := s.sign(rtmr, padded)
	if err != nil {
		return dstack.Quote{}, fmt.Errorf("sign quote: %w", err)
	}
	if s.config.StrippedLog {
		events = stripped(events)
	}
	log, err := json.Marshal(events)
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
	config := map[string]any{
		"spec_version": 1, "os_image_hash": hex.EncodeToString(s.imageHash[:]), "cpu_count": 1,
		"memory_size": 2 << 30, "image": s.config.Image,
	}
	if s.configDoc != "" {
		config["mr_config"] = s.configDoc
	}
	b, err := json.Marshal(config)
	return string(b), err
}
