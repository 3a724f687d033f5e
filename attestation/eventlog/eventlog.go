// Package eventlog decodes the event log of a dstack CVM and replays it into RTMR values.
//
// A log is only as good as its replay: the quote signs four registers, and each register is a
// hash chain over the digests of its events. For the events of dstack's own runtime (register 3)
// the digest is recomputed here from name and payload, because a log may carry an honest digest
// beside a forged payload.
package eventlog

import (
	"bytes"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Bounds of a log.
const (
	MaxBytes  = 1 << 20
	MaxEvents = 1024
)

// RuntimeType is the event type of every event that dstack's runtime measures into RTMR3.
const RuntimeType = 0x08000001

// RuntimeIMR is the register that dstack's runtime extends.
const RuntimeIMR = 3

// ErrMalformed is wrapped by every decoding error.
var ErrMalformed = errors.New("malformed event log")

// ErrDigest means that the digest an event carries is not the digest of its content.
var ErrDigest = errors.New("event digest does not match its content")

// Register is the value of an RTMR or of a digest extended into it: SHA-384.
type Register [sha512.Size384]byte

// String returns the lower-case hexadecimal form.
func (r Register) String() string { return hex.EncodeToString(r[:]) }

// Hex is a byte string shown as hexadecimal.
type Hex []byte

// MarshalText implements encoding.TextMarshaler.
func (h Hex) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Hex) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}

// Event is one entry of the log, in the guest agent's JSON shape.
type Event struct {
	IMR      uint32 `json:"imr"`
	Type     uint32 `json:"event_type"`
	Digest   Hex    `json:"digest"` // 48 bytes; empty in a stripped log
	Name     string `json:"event"`
	Payload  Hex    `json:"event_payload"`
	Version  uint32 `json:"version,omitempty"`  // 2 where the digest is over a canonical JSON preimage
	Preimage Hex    `json:"preimage,omitempty"` // version 2 only
}

// Parse decodes the JSON array that the guest agent gives. Every error wraps ErrMalformed.
func Parse(raw []byte) ([]Event, error) {
	if len(raw) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrMalformed, len(raw), MaxBytes)
	}
	var events []Event
	if err := json.Unmarshal(raw, &events); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(events) == 0 || len(events) > MaxEvents {
		return nil, fmt.Errorf("%w: %d events, want 1 to %d", ErrMalformed, len(events), MaxEvents)
	}
	for i, e := range events {
		if err := e.validate(); err != nil {
			return nil, fmt.Errorf("%w: event %d (%q): %w", ErrMalformed, i, e.Name, err)
		}
	}
	return events, nil
}

func (e Event) validate() error {
	switch {
	case e.IMR > RuntimeIMR:
		return fmt.Errorf("register %d, want 0 to 3", e.IMR)
	case len(e.Digest) != 0 && len(e.Digest) != sha512.Size384:
		return fmt.Errorf("digest of %d bytes, want 48", len(e.Digest))
	case e.IMR == RuntimeIMR && e.Type != RuntimeType:
		return fmt.Errorf("type %#x in register 3, want %#x", e.Type, RuntimeType)
	case e.IMR != RuntimeIMR && e.Type == RuntimeType:
		return fmt.Errorf("runtime event in register %d, want 3", e.IMR)
	case e.Version > 2:
		return fmt.Errorf("version %d, want 1 or 2", e.Version)
	}
	return nil
}

// Measure returns the digest of an event. For runtime events it is recomputed from the content,
// and a digest that says otherwise is ErrDigest. For events of the firmware, whose measured
// content the log does not carry, it is the digest as given.
func (e Event) Measure() (Register, error) {
	if e.IMR != RuntimeIMR {
		if len(e.Digest) != sha512.Size384 {
			return Register{}, fmt.Errorf("%w: firmware event without digest", ErrDigest)
		}
		return Register(e.Digest), nil
	}
	d := e.digestV1()
	if e.Version == 2 {
		preimage, err := e.canonical()
		if err != nil {
			return Register{}, err
		}
		if len(e.Preimage) != 0 && !bytes.Equal(e.Preimage, preimage) {
			return Register{}, fmt.Errorf("%w: event %q: preimage is not the canonical form", ErrDigest, e.Name)
		}
		d = sha512.Sum384(preimage)
	}
	if len(e.Digest) != 0 && !bytes.Equal(e.Digest, d[:]) {
		return Register{}, fmt.Errorf("%w: event %q", ErrDigest, e.Name)
	}
	return d, nil
}

// digestV1 is SHA384(LE32(type) || ":" || name || ":" || payload).
func (e Event) digestV1() Register {
	b := binary.LittleEndian.AppendUint32(nil, e.Type)
	b = append(append(append(b, ':'), e.Name...), ':')
	return sha512.Sum384(append(b, e.Payload...))
}

// canonical is the RFC 8785 form of {"name","payload","type"}. Names on which Go's encoder and
// the RFC differ are refused; dstack has none.
func (e Event) canonical() ([]byte, error) {
	if !utf8.ValidString(e.Name) || strings.ContainsAny(e.Name, "\u2028\u2029") {
		return nil, fmt.Errorf("%w: event name %q has no canonical form here", ErrDigest, e.Name)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Name    string `json:"name"`
		Payload Hex    `json:"payload"`
		Type    uint32 `json:"type"`
	}{e.Name, e.Payload, e.Type})
	if err != nil {
		return nil, fmt.Errorf("event %q: %w", e.Name, err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// Replay extends all events into the four registers.
func Replay(events []Event) ([4]Register, error) {
	var r [4]Register
	for i, e := range events {
		d, err := e.Measure()
		if err != nil {
			return r, fmt.Errorf("event %d: %w", i, err)
		}
		r[e.IMR] = sha512.Sum384(append(r[e.IMR][:], d[:]...))
	}
	return r, nil
}
