package attestation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/encrypted-compute/encompute/attestation/compose"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/kms"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/protocol"
)

// The checks of this file are about what runs in the CVM and whom it speaks for.

// namesTDX and namesSGX report whether the policy names software of one TEE.
func (l PolicyLiteral) namesTDX() bool { return len(l.TDX.Measurements) != 0 || l.Dstack.names() }
func (l PolicyLiteral) namesSGX() bool { return len(l.SGX.MREnclaves)+len(l.SGX.Signers) != 0 }

// names reports whether the policy demands something that only a dstack CVM can show.
func (d DstackPolicy) names() bool {
	return d.Required || len(d.ComposeHashes)+len(d.AppIDs)+len(d.KeyProviders) != 0 || d.KMSKey != ""
}

// unnamed is what a check comes to whose list is empty in the policy.
func (s *session) unnamed(what string) error {
	if s.strict() {
		return fmt.Errorf("the policy names no %s, so it accepts none", what)
	}
	return skipped("the policy names no " + what)
}

func (s *session) checkMeasurements(c *Check) error {
	if s.quote.TEE == quote.SGX {
		return s.knownEnclave(c)
	}
	td := s.quote.TD
	got := Measurement{
		MRTD: fmt.Sprintf("%x", td.MRTD), RTMR0: fmt.Sprintf("%x", td.RTMR[0]),
		RTMR1: fmt.Sprintf("%x", td.RTMR[1]), RTMR2: fmt.Sprintf("%x", td.RTMR[2]),
	}
	c.Got = fmt.Sprintf("mrtd %s rtmr0 %s rtmr1 %s rtmr2 %s", got.MRTD, got.RTMR0, got.RTMR1, got.RTMR2)
	accepted := s.policy.literal.TDX.Measurements
	if len(accepted) == 0 {
		return s.unnamed("measurements")
	}
	for _, m := range accepted {
		got.Name = m.Name
		if got == m {
			return nil
		}
	}
	c.Expected = fmt.Sprintf("one of %d releases", len(accepted))
	return errors.New("firmware, kernel or machine shape is of no release that the policy knows")
}

// parseEventLog also decides whether there must be one.
func (s *session) parseEventLog(c *Check) (err error) {
	if len(s.subject.EventLog) == 0 {
		if s.passed["quote.parse"] && (s.strict() || s.policy.literal.Dstack.names()) {
			return errors.New("the evidence has no event log, so nothing tells which app runs")
		}
		return skipped("no event log was given")
	}
	if s.events, err = eventlog.Parse(s.subject.EventLog); err == nil {
		c.Got = fmt.Sprintf("%d events", len(s.events))
	}
	return err
}

// checkReplay recomputes the registers. A stripped log may lack a register below 3 altogether, and
// dstack leaves ACPI's events of register 0 in logs that are otherwise the runtime's; such a part
// adds up to nothing. Those registers are compared with the policy's measurements anyway.
func (s *session) checkReplay(c *Check) error {
	replayed, err := eventlog.Replay(s.events)
	if err != nil {
		return err
	}
	part := replayed[1] == (eventlog.Register{}) && replayed[2] == (eventlog.Register{})
	for i, got := range replayed {
		if i != eventlog.RuntimeIMR && (part || got == (eventlog.Register{})) {
			continue
		}
		if want := s.quote.TD.RTMR[i]; got != want {
			c.Expected, c.Got = fmt.Sprintf("%x", want), got.String()
			return fmt.Errorf("the events of register %d do not add up to the quote's RTMR%d", i, i)
		}
	}
	c.Got = replayed[eventlog.RuntimeIMR].String()
	return nil
}

func (s *session) checkBoot(c *Check) (err error) {
	if s.boot, err = eventlog.ReadBoot(s.events); err == nil {
		c.Got = fmt.Sprintf("app %x, instance %x", s.boot.AppID, s.boot.InstanceID)
	}
	return err
}

func (s *session) checkComposeHash(c *Check) error {
	c.Got = fmt.Sprintf("%x", s.boot.ComposeHash)
	accepted := s.policy.literal.Dstack.ComposeHashes
	switch len(accepted) {
	case 0:
		return s.unnamed("compose hashes")
	case 1:
		c.Expected = accepted[0]
	default:
		c.Expected = fmt.Sprintf("one of %d app-composes", len(accepted))
	}
	if !slices.Contains(accepted, c.Got) {
		return errors.New("the CVM runs an app-compose that the policy does not know")
	}
	return nil
}

// lint looks for what in the app-compose lets somebody else in. That is advice, unless the policy
// forbids it.
func (s *session) lint(c *Check) error {
	forbidden := s.policy.literal.Dstack.ForbidLint
	fail := func(why string) error {
		if forbidden {
			return errors.New(why)
		}
		return skipped(why)
	}
	if !s.passed["compose.text"] {
		return fail("the app-compose that runs was not shown")
	}
	report, err := compose.Lint(s.subject.AppCompose)
	if err != nil {
		return fail(fmt.Sprintf("the app-compose cannot be judged: %v", err))
	}
	s.verdict.Lint = report.Findings
	c.Got = fmt.Sprintf("%d errors, %d warnings, %d remarks",
		report.Count(compose.Error), report.Count(compose.Warning), report.Count(compose.Info))
	if forbidden {
		c.Expected = "no errors"
		if n := report.Count(compose.Error); n != 0 {
			return fmt.Errorf("the app-compose lets others in: %d findings of severity error", n)
		}
	}
	return nil
}

func (s *session) checkAppID(c *Check) error {
	c.Got = fmt.Sprintf("%x", s.boot.AppID)
	accepted := s.policy.literal.Dstack.AppIDs
	if len(accepted) == 0 {
		return skipped("the policy names no app ids")
	}
	if !slices.Contains(accepted, c.Got) {
		c.Expected = fmt.Sprintf("one of %d apps", len(accepted))
		return errors.New("the CVM runs an app that the policy does not know")
	}
	return nil
}

// checkComposeText holds a shown app-compose to its measured hash: of the raw bytes, since
// dstack normalizes nothing.
func (s *session) checkComposeText(c *Check) error {
	if len(s.subject.AppCompose) == 0 {
		return skipped("the evidence does not show the app-compose")
	}
	hash := sha256.Sum256(s.subject.AppCompose)
	c.Expected, c.Got = fmt.Sprintf("%x", s.boot.ComposeHash), fmt.Sprintf("%x", hash)
	if !bytes.Equal(hash[:], s.boot.ComposeHash) {
		return errors.New("the app-compose shown is not the one measured")
	}
	return nil
}

// checkConfigID holds MRCONFIGID, which the host fixed before the TD started, to the event log.
// Forms: dstack-types/src/mr_config.rs.
func (s *session) checkConfigID(c *Check) error {
	got := s.quote.TD.MrConfigID
	c.Got = fmt.Sprintf("%x", got)
	var want [48]byte
	want[0] = got[0]
	switch {
	case got == [48]byte{} && s.policy.literal.Dstack.AllowUnsetConfigID:
		return skipped("not set, allowed by dstack.allowUnsetConfigId")
	case got == [48]byte{} && !s.strict():
		return skipped("not set, as by dstack images before 0.5.2")
	case got == [48]byte{}:
		return errors.New("MRCONFIGID is not set; use a dstack image of 0.5.2 or later")
	case got[0] == 1:
		copy(want[1:], s.boot.ComposeHash)
	case got[0] == 2:
		kind, err := providerKind(s.boot.KeyProvider.Name)
		if err != nil {
			return err
		}
		id, err := hex.DecodeString(s.boot.KeyProvider.ID)
		if err != nil {
			return fmt.Errorf("key provider id: %w", err)
		}
		digest := protocol.Keccak256(s.boot.ComposeHash, s.boot.AppID, []byte{kind}, id)
		copy(want[1:], digest[:])
	case got[0] == 3 && len(s.subject.VMConfig) == 0 && !s.strict():
		return skipped("no VM configuration was given, whose document it is the hash of")
	case got[0] == 3:
		document, err := s.configDocument()
		if err != nil {
			return err
		}
		digest := sha256.Sum256(append([]byte("dstack-mr-config-v3:\x00"), document...))
		copy(want[1:], digest[:])
	default:
		return fmt.Errorf("MRCONFIGID of version %d is not known", got[0])
	}
	c.Expected = fmt.Sprintf("%x", want)
	if got != want {
		return errors.New("MRCONFIGID and the event log name different apps")
	}
	return nil
}

func providerKind(name string) (byte, error) {
	switch name {
	case "none":
		return 0, nil
	case "local", "local-sgx":
		return 1, nil
	case "kms":
		return 2, nil
	case "tpm":
		return 3, nil
	}
	return 0, fmt.Errorf("key provider %q has no number", name)
}

// configDocument returns the version 3 document from the VM configuration, after holding it to
// the event log.
func (s *session) configDocument() ([]byte, error) {
	var config struct {
		Document string `json:"mr_config"`
	}
	if err := json.Unmarshal(s.subject.VMConfig, &config); err != nil {
		return nil, fmt.Errorf("VM configuration: %w", err)
	}
	var d struct {
		Version       int    `json:"version"`
		AppID         string `json:"app_id"`
		ComposeHash   string `json:"compose_hash"`
		KeyProvider   string `json:"key_provider"`
		KeyProviderID string `json:"key_provider_id"`
		InstanceID    string `json:"instance_id"`
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(config.Document)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return nil, fmt.Errorf("VM configuration: mr_config: %w", err)
	}
	kind, err := providerKind(s.boot.KeyProvider.Name)
	if err != nil {
		return nil, err
	}
	documentKind, err := providerKind(d.KeyProvider)
	if err != nil {
		return nil, err
	}
	if d.AppID != fmt.Sprintf("%x", s.boot.AppID) || d.ComposeHash != fmt.Sprintf("%x", s.boot.ComposeHash) ||
		kind != documentKind || d.KeyProviderID != "" && d.KeyProviderID != s.boot.KeyProvider.ID ||
		d.InstanceID != "" && d.InstanceID != fmt.Sprintf("%x", s.boot.InstanceID) {
		return nil, errors.New("mr_config in the VM configuration and the event log name different apps")
	}
	return []byte(config.Document), nil
}

func (s *session) checkKeyProvider(c *Check) error {
	got := KeyProvider(s.boot.KeyProvider)
	c.Got = got.Name + ":" + got.ID
	accepted := s.policy.literal.Dstack.KeyProviders
	if len(accepted) == 0 {
		return s.unnamed("key providers")
	}
	if !slices.Contains(accepted, got) {
		c.Expected = fmt.Sprintf("one of %d key providers", len(accepted))
		return fmt.Errorf("the CVM has its keys from %q, which the policy does not know", got.Name)
	}
	return nil
}

// checkKeyChain follows the receipt key to the KMS that issued it to this very app. It proves the
// origin of the key and nothing about the code that holds it.
func (s *session) checkKeyChain(c *Check) error {
	pinned := s.policy.literal.Dstack.KMSKey
	switch {
	case pinned == "":
		return skipped("the policy pins no KMS key")
	case !s.worker:
		return errors.New("there is no receipt key whose origin could be checked: verify a worker's evidence")
	case s.keyChain == nil:
		return errors.New("the evidence does not show who issued the receipt key")
	case s.passed["quote.parse"] && s.quote.TEE != quote.TDX:
		return errors.New("the keys of an SGX enclave are of no KMS")
	case !s.passed["eventlog.replay"] || !s.passed["eventlog.boot"]:
		return skipped("needs eventlog.replay, eventlog.boot")
	}
	c.Expected = pinned
	chain := kms.Chain{
		PublicKey: s.binding.ReceiptKey, Purpose: s.keyChain.Purpose, AppID: s.boot.AppID, Signatures: s.keyChain.Signatures,
	}
	root, err := chain.Root()
	if err != nil {
		return err
	}
	c.Got = hex.EncodeToString(root)
	if c.Got != pinned {
		return fmt.Errorf("the receipt key was issued by KMS %s, want %s", c.Got, pinned)
	}
	return nil
}
