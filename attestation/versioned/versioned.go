// Package versioned reads dstack's versioned attestation: one blob that holds a quote with the
// events and the configuration that belong to it. The guest agent's Attest gives it, and RA-TLS
// certificates carry it.
//
// Version 0 is SCALE (first byte zero), version 1 a MessagePack map, both as in the types
// VersionedAttestation and Attestation of Dstack-TEE/dstack, crate dstack-attest. Only TDX quotes
// are read, alone or beside the TPM quote of a machine at Google; other platforms are refused by
// name. The blob is signed as little as its parts are: nothing is verified here.
package versioned

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/quote"
)

// MaxBytes bounds a blob. dstack's own decoder has the same bound.
const MaxBytes = 10 << 20

// Bounds of the parts.
const (
	maxText   = 256 << 10 // one string or payload
	maxConfig = 64 << 10
	maxDepth  = 8 // of what is skipped
)

// ErrMalformed is wrapped by every error of Parse.
var ErrMalformed = errors.New("malformed dstack attestation")

// ErrPlatform means that the blob is of a platform that this package does not read.
var ErrPlatform = errors.New("platform is not supported")

// Attestation is what a blob holds.
type Attestation struct {
	Version  int    // 0 (SCALE) or 1 (MessagePack)
	Platform string // "tdx" or "gcp-tdx"

	Quote      []byte
	Events     []eventlog.Event // firmware's may be left out, digests of the runtime's may be empty
	ReportData [64]byte         // what the blob says; the quote decides
	Config     string           // vm_config, JSON as given
}

// EventLog is the log as the JSON array that the guest agent gives; nil if there are no events.
// dstack leaves most of the firmware's events out of a blob, and nothing can be made of the rest,
// since its register cannot be replayed: then the log has the runtime's events alone.
func (a Attestation) EventLog() ([]byte, error) {
	events := a.Events
	if !slices.ContainsFunc(events, func(e eventlog.Event) bool { return e.IMR == 1 || e.IMR == 2 }) {
		events = slices.DeleteFunc(slices.Clone(events), func(e eventlog.Event) bool { return e.IMR != eventlog.RuntimeIMR })
	}
	if len(events) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(events)
	if err != nil {
		return nil, fmt.Errorf("event log: %w", err)
	}
	return b, nil
}

// Is reports whether raw begins like a blob.
func Is(raw []byte) bool { return len(raw) > 1 && (isScale(raw) || isMessagePack(raw[0])) }

func isScale(raw []byte) bool { return raw[0] == 0 && raw[1] < byte(len(platforms)) }

// isMessagePack knows the three ways to begin a map.
func isMessagePack(b byte) bool { return b&0xf0 == 0x80 || b == 0xde || b == 0xdf }

// platforms are the variants of AttestationQuote in the order of their SCALE index.
var platforms = []string{"tdx", "gcp-tdx", "nitro-enclave", "sev-snp", "aws-nitro-tpm"}

// runtimeEvent is an entry of the second list of events: those that dstack's runtime emitted.
type runtimeEvent struct {
	name    string
	payload []byte
	version uint32 // 0 where the format has none
}

// Parse reads a blob. The parts share their memory with raw. Every error wraps ErrMalformed.
func Parse(raw []byte) (Attestation, error) {
	var a Attestation
	var runtime []runtimeEvent
	var err error
	switch {
	case len(raw) > MaxBytes:
		err = fmt.Errorf("%d bytes, at most %d", len(raw), MaxBytes)
	case len(raw) < 2:
		err = fmt.Errorf("%d bytes", len(raw))
	case raw[0] == 0:
		a, runtime, err = parseScale(raw)
	case isMessagePack(raw[0]):
		a, runtime, err = parseMessagePack(raw)
	default:
		err = fmt.Errorf("begins with %#02x, want 0x00 (SCALE) or a MessagePack map", raw[0])
	}
	if err == nil {
		err = a.merge(runtime)
	}
	if err != nil {
		return Attestation{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return a, nil
}

// merge makes one list of events out of two. Where the event log has the runtime's events the
// second list must say the same: a verifier that looks at one and replays the other can be lied to.
func (a *Attestation) merge(runtime []runtimeEvent) error {
	var logged []eventlog.Event
	for _, e := range a.Events {
		if e.IMR == eventlog.RuntimeIMR {
			logged = append(logged, e)
		}
	}
	if len(runtime) == 0 {
		return nil
	}
	if len(logged) == 0 {
		for _, e := range runtime {
			a.Events = append(a.Events, eventlog.Event{
				IMR: eventlog.RuntimeIMR, Type: eventlog.RuntimeType, Name: e.name, Payload: e.payload, Version: e.version,
			})
		}
		return nil
	}
	if len(logged) != len(runtime) {
		return fmt.Errorf("contradicts itself: %d runtime events in the log, %d in the list", len(logged), len(runtime))
	}
	for i, e := range logged {
		if r := runtime[i]; e.Name != r.name || !bytes.Equal(e.Payload, r.payload) || max(e.Version, 1) != max(r.version, 1) {
			return fmt.Errorf("contradicts itself: runtime event %d is %q in the log, %q in the list, or their content differs", i, e.Name, r.name)
		}
	}
	return nil
}

func checkQuote(b []byte) error {
	if len(b) == 0 || len(b) > quote.MaxBytes {
		return fmt.Errorf("quote of %d bytes, want 1 to %d", len(b), quote.MaxBytes)
	}
	return nil
}
