package simulator

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/kms"
)

// boot writes the event log of a start and computes the registers from it.
func (s *Simulator) boot() error {
	s.imageHash = sha256.Sum256([]byte("simulated OS image " + s.config.Image))
	s.mrtd = sha512.Sum384([]byte("simulated virtual firmware of " + s.config.Image))
	provider, err := s.keyProvider()
	if err != nil {
		return err
	}
	events := []eventlog.Event{
		firmware(0, 0x8000000b, "simulated TD hob, "+s.config.InstanceType),
		firmware(0, 0x80000001, "simulated secure boot variables"),
		firmware(0, 4, "separator"),
		s.acpi("acpi-loader"),
		s.acpi("acpi-rsdp"),
		s.acpi("acpi-tables"),
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
		events = append(events, s.runtime(e.Name, e.Payload))
	}
	if s.config.Hooks.EventLog != nil {
		events = s.config.Hooks.EventLog(events)
	}
	return s.extend(events...)
}

// extend measures events into the registers and appends them to the log.
func (s *Simulator) extend(events ...eventlog.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := slices.Clone(s.events)
	for _, e := range events {
		digest, err := e.Measure()
		if err != nil {
			return fmt.Errorf("event log: %w", err)
		}
		e.Digest = digest[:]
		if e.Version == 2 && e.Preimage == nil {
			if e.Preimage, err = preimage(e); err != nil {
				return fmt.Errorf("event log: %w", err)
			}
		}
		log = append(log, e)
	}
	rtmr, err := eventlog.Replay(log)
	if err != nil {
		return fmt.Errorf("event log: %w", err)
	}
	s.events, s.rtmr = log, rtmr
	return nil
}

// measured returns the event log, which callers must not change, and the registers.
func (s *Simulator) measured() ([]eventlog.Event, [4]eventlog.Register) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.events, s.rtmr
}

// EmitEvent answers the call of that name: the app measures an event of its own into RTMR3.
func (s *Simulator) EmitEvent(name string, payload []byte) error {
	if name == "" {
		return errors.New("event name is empty")
	}
	if events, _ := s.measured(); len(events) >= eventlog.MaxEvents {
		return fmt.Errorf("the event log is full: %d events", len(events))
	}
	return s.extend(s.runtime(name, payload))
}

func (s *Simulator) runtime(name string, payload []byte) eventlog.Event {
	e := eventlog.Event{IMR: eventlog.RuntimeIMR, Type: eventlog.RuntimeType, Name: name, Payload: payload}
	if s.compose.EventLogVersion == 2 {
		e.Version = 2
	}
	return e
}

// preimage is what the digest of a version 2 event is taken of: canonical JSON (RFC 8785).
func preimage(e eventlog.Event) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Name    string       `json:"name"`
		Payload eventlog.Hex `json:"payload"`
		Type    uint32       `json:"type"`
	}{e.Name, e.Payload, e.Type})
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func firmware(imr, kind uint32, what string) eventlog.Event {
	digest := sha512.Sum384([]byte(what))
	return eventlog.Event{IMR: imr, Type: kind, Digest: digest[:], Payload: []byte(what)}
}

// The firmware's ACPI events bear the same marker; the agent names them.
const (
	acpiType    = 10
	acpiPayload = "ACPI DATA"
)

func (s *Simulator) acpi(name string) eventlog.Event {
	e := firmware(0, acpiType, "simulated "+name+", "+s.config.InstanceType)
	e.Name, e.Payload = name, []byte(acpiPayload)
	return e
}

// stripped is a log without what a verifier can compute or does not need: digests of runtime
// events, payloads of firmware events.
func stripped(events []eventlog.Event) (out []eventlog.Event) {
	for _, e := range events {
		switch {
		case e.IMR == eventlog.RuntimeIMR:
			e.Digest = nil
		case !isACPI(e):
			e.Payload = nil
		}
		out = append(out, e)
	}
	return out
}

func isACPI(e eventlog.Event) bool { return e.Type == acpiType && string(e.Payload) == acpiPayload }

// certificateLog is the part of a log that the agent's version puts into certificates: at first
// all of it, then the runtime's events, then those and ACPI's.
func certificateLog(events []eventlog.Event, agent Agent) []eventlog.Event {
	if agent == Agent055 {
		return events
	}
	return slices.DeleteFunc(stripped(events), func(e eventlog.Event) bool {
		return e.IMR != eventlog.RuntimeIMR && (agent != Agent060 || !isACPI(e))
	})
}

func (s *Simulator) keyProvider() ([]byte, error) {
	return json.Marshal(struct {
		Name string `json:"name"`
		ID   string `json:"id"`
	}{"kms", s.KeyProviderID()})
}

// keyProviderKMS is the number of the KMS among the kinds of key provider.
const keyProviderKMS = 2

// setConfigID computes MRCONFIGID, which the host fixes before the TD starts.
func (s *Simulator) setConfigID() error {
	put := func(version byte, digest []byte) {
		s.configID[0] = version
		copy(s.configID[1:], digest)
	}
	switch s.config.ConfigID {
	case ConfigIDUnset:
	case ConfigIDV1:
		put(1, s.composeHash[:])
	case ConfigIDV2:
		put(2, kms.Keccak256(slices.Concat(
			s.composeHash[:], s.config.AppID, []byte{keyProviderKMS}, s.kmsCA.cert.RawSubjectPublicKeyInfo)))
	case ConfigIDV3:
		document, err := json.Marshal(map[string]any{ // in the order of RFC 8785
			"app_id": fmt.Sprintf("%x", s.config.AppID), "compose_hash": fmt.Sprintf("%x", s.composeHash),
			"key_provider": "kms", "key_provider_id": s.KeyProviderID(), "version": 3,
		})
		if err != nil {
			return err
		}
		s.configDoc = string(document)
		digest := sha256.Sum256([]byte("dstack-mr-config-v3:\x00" + s.configDoc))
		put(3, digest[:])
	default:
		return fmt.Errorf("config id %q, want %s, %s, %s or %s", s.config.ConfigID, ConfigIDV1, ConfigIDV2, ConfigIDV3, ConfigIDUnset)
	}
	return nil
}
