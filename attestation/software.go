package attestation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/protocol"
)

// The checks of this file are about what runs in the CVM and whom it speaks for.

func (s *session) checkMeasurements(c *Check) error {
	td := s.quote.TD
	got := Measurement{
		MRTD: fmt.Sprintf("%x", td.MRTD), RTMR0: fmt.Sprintf("%x", td.RTMR[0]),
		RTMR1: fmt.Sprintf("%x", td.RTMR[1]), RTMR2: fmt.Sprintf("%x", td.RTMR[2]),
	}
	for _, m := range s.policy.literal.Measurements {
		got.Name = m.Name
		if got == m {
			c.Got = m.Name
			return nil
		}
	}
	c.Expected = fmt.Sprintf("one of %d releases", len(s.policy.literal.Measurements))
	c.Got = fmt.Sprintf("mrtd %s rtmr0 %s rtmr1 %s rtmr2 %s", got.MRTD, got.RTMR0, got.RTMR1, got.RTMR2)
	return errors.New("firmware, kernel or machine shape is of no release that the policy knows")
}

func (s *session) parseEventLog(c *Check) (err error) {
	if s.events, err = eventlog.Parse(s.ev.EventLog); err == nil {
		c.Got = fmt.Sprintf("%d events", len(s.events))
	}
	return err
}

// checkReplay recomputes the registers. A stripped log may lack a register below 3 altogether;
// those are compared with the policy's measurements anyway.
func (s *session) checkReplay(c *Check) error {
	replayed, err := eventlog.Replay(s.events)
	if err != nil {
		return err
	}
	for i, got := range replayed {
		if i != eventlog.RuntimeIMR && got == (eventlog.Register{}) {
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
	accepted := s.policy.literal.ComposeHashes
	if len(accepted) == 1 {
		c.Expected = accepted[0]
	} else {
		c.Expected = fmt.Sprintf("one of %d app-composes", len(accepted))
	}
	if !slices.Contains(accepted, c.Got) {
		return errors.New("the CVM runs an app-compose that the policy does not know")
	}
	return nil
}

// checkComposeText holds a shown app-compose to its measured hash: of the raw bytes, since
// dstack normalizes nothing.
func (s *session) checkComposeText(c *Check) error {
	if len(s.ev.AppCompose) == 0 {
		return skipped("the evidence does not show the app-compose")
	}
	hash := sha256.Sum256(s.ev.AppCompose)
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
	case got == [48]byte{} && s.policy.literal.AllowUnsetConfigID:
		return skipped("not set, allowed by allowUnsetConfigId")
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
	if err := json.Unmarshal(s.ev.VMConfig, &config); err != nil {
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
	if accepted := s.policy.literal.KeyProviders; !slices.Contains(accepted, got) {
		c.Expected = fmt.Sprintf("one of %d key providers", len(accepted))
		return fmt.Errorf("the CVM has its keys from %q, which the policy does not know", got.Name)
	}
	return nil
}
