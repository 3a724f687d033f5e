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
	"errors"
	"fmt"
)

// Bounds of a log, and in bytes of one event.
const (
	MaxBytes   = 1 << 20
	MaxEvents  = 1024
	MaxName    = 256
	MaxPayload = 64 << 10
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

// Event is one entry of the log, in the guest agent's JSON shape. Parse reads that shape more
// strictly than encoding/json would.
type Event struct {
	IMR      uint32 `json:"imr"`
	Type     uint32 `json:"event_type"`
	Digest   Hex    `json:"digest"` // 48 bytes; empty in a stripped log
	Name     string `json:"event"`
	Payload  Hex    `json:"event_payload"`
	Version  uint32 `json:"version,omitempty"`  // 2 where the digest is over a canonical JSON preimage
	Preimage Hex    `json:"preimage,omitempty"` // version 2 only
}

// Measure returns the digest of an event. For runtime events it is recomputed from the content,
// and a digest or a preimage that says otherwise is ErrDigest; either may be left out, because
// neither is trusted. For events of the firmware, whose measured content the log does not carry,
// it is the digest as given: it binds neither their names nor their payloads.
func (e Event) Measure() (Register, error) {
	if err := e.Validate(); err != nil {
		return Register{}, fmt.Errorf("%w: %w", ErrDigest, err)
	}
	if e.IMR != RuntimeIMR {
		if len(e.Digest) != sha512.Size384 {
			return Register{}, fmt.Errorf("%w: firmware event without digest", ErrDigest)
		}
		return Register(e.Digest), nil
	}
	content := e.content()
	if len(e.Preimage) != 0 && !bytes.Equal(e.Preimage, content) {
		return Register{}, fmt.Errorf("%w: event %q: preimage is not what its name and payload give", ErrDigest, e.Name)
	}
	d := sha512.Sum384(content)
	if len(e.Digest) != 0 && !bytes.Equal(e.Digest, d[:]) {
		return Register{}, fmt.Errorf("%w: event %q", ErrDigest, e.Name)
	}
	return d, nil
}

// content is what the digest of a runtime event is over. Version 1: LE32(type) || ":" || name ||
// ":" || payload. Version 2: the canonical JSON of name, payload and type.
func (e Event) content() []byte {
	if e.Version == 2 {
		b := appendText([]byte(`{"name":`), e.Name)
		b = hex.AppendEncode(append(b, `,"payload":"`...), e.Payload)
		return fmt.Appendf(b, `","type":%d}`, e.Type)
	}
	b := binary.LittleEndian.AppendUint32(nil, e.Type)
	b = append(append(append(b, ':'), e.Name...), ':')
	return append(b, e.Payload...)
}

// appendText appends s as a string of RFC 8785 section 3.2.2.2, which escapes as little as JSON
// allows. The RFC has no form for text that is not Unicode; Validate keeps it out.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, `\b`...)
		case '\t':
			b = append(b, `\t`...)
		case '\n':
			b = append(b, `\n`...)
		case '\f':
			b = append(b, `\f`...)
		case '\r':
			b = append(b, `\r`...)
		default:
			if c < 0x20 {
				b = fmt.Appendf(b, `\u%04x`, c)
			} else {
				b = append(b, c)
			}
		}
	}
	return append(b, '"')
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
