package eventlog

import (
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/encrypted-compute/encompute/attestation/internal/rawjson"
)

// fields are the keys of an event. Others are passed over: what they say is measured nowhere.
var fields = []string{"imr", "event_type", "digest", "event", "event_payload", "version", "preimage"}

// Parse decodes the JSON array that the guest agent gives. A log that two readers could read
// differently is refused: equal keys, keys in another case, text that is not Unicode. Every error
// wraps ErrMalformed.
func Parse(raw []byte) ([]Event, error) {
	if len(raw) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrMalformed, len(raw), MaxBytes)
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(entries) == 0 || len(entries) > MaxEvents {
		return nil, fmt.Errorf("%w: %d events, want 1 to %d", ErrMalformed, len(entries), MaxEvents)
	}
	events := make([]Event, len(entries))
	for i, entry := range entries {
		if err := events[i].parse(entry); err != nil {
			return nil, fmt.Errorf("%w: event %d (%.64q): %w", ErrMalformed, i, events[i].Name, err)
		}
	}
	return events, nil
}

func (e *Event) parse(entry json.RawMessage) error {
	members, err := rawjson.Members(entry, fields...)
	if err != nil {
		return err
	}
	given := make(map[string]bool)
	for _, m := range members {
		given[m.Name] = true
		switch m.Name {
		case "imr":
			err = parseUint(m.Value, &e.IMR)
		case "event_type":
			err = parseUint(m.Value, &e.Type)
		case "version":
			if err = parseUint(m.Value, &e.Version); err == nil && e.Version == 0 {
				err = errors.New("0, want 1 or 2")
			}
		case "event":
			e.Name, err = rawjson.Text(m.Value)
		case "digest":
			err = e.Digest.parse(m.Value)
		case "event_payload":
			err = e.Payload.parse(m.Value)
		case "preimage":
			err = e.Preimage.parse(m.Value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	for _, name := range []string{"imr", "event_type", "event", "event_payload"} {
		if !given[name] {
			return fmt.Errorf("%s is missing", name)
		}
	}
	return e.Validate()
}

func parseUint(value json.RawMessage, to *uint32) error {
	n, err := strconv.ParseUint(string(value), 10, 32) // refuses null, 1.0 and 1e0
	*to = uint32(n)
	return err
}

func (h *Hex) parse(value json.RawMessage) error {
	text, err := rawjson.Text(value)
	if err == nil {
		*h, err = hex.DecodeString(text)
	}
	return err
}

// Validate checks the bounds of an event and that register, type and version fit each other.
func (e Event) Validate() error {
	runtime := e.IMR == RuntimeIMR
	switch {
	case e.IMR > RuntimeIMR:
		return fmt.Errorf("register %d, want 0 to 3", e.IMR)
	case len(e.Digest) != 0 && len(e.Digest) != sha512.Size384:
		return fmt.Errorf("digest of %d bytes, want 48", len(e.Digest))
	case runtime && e.Type != RuntimeType:
		return fmt.Errorf("type %#x in register 3, want %#x", e.Type, RuntimeType)
	case !runtime && e.Type == RuntimeType:
		return fmt.Errorf("runtime event in register %d, want 3", e.IMR)
	case e.Version > 2:
		return fmt.Errorf("version %d, want 1 or 2", e.Version)
	case !runtime && (e.Version > 1 || len(e.Preimage) != 0):
		return errors.New("version 2 or a preimage, which only runtime events have")
	case len(e.Name) > MaxName:
		return fmt.Errorf("name of %d bytes, at most %d", len(e.Name), MaxName)
	case len(e.Payload) > MaxPayload:
		return fmt.Errorf("payload of %d bytes, at most %d", len(e.Payload), MaxPayload)
	case !utf8.ValidString(e.Name) || strings.ContainsRune(e.Name, utf8.RuneError):
		return errors.New("name is not Unicode")
	}
	return nil
}
