package versioned

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/quote"
)

// parseScale reads version 0: variant 0 of the outer enum, then an Attestation.
func parseScale(raw []byte) (a Attestation, runtime []runtimeEvent, err error) {
	r := &scale{rest: raw[1:]}
	kind := int(r.byte("platform"))
	switch {
	case r.err != nil:
		return a, nil, r.err
	case kind >= len(platforms):
		return a, nil, fmt.Errorf("platform %d is unknown", kind)
	case kind > 1:
		return a, nil, fmt.Errorf("%w: %s", ErrPlatform, platforms[kind])
	}
	a.Platform = platforms[kind]
	a.Quote = r.bytes("quote", quote.MaxBytes)
	for range r.count("event log", eventlog.MaxEvents) {
		a.Events = append(a.Events, r.event())
	}
	if kind == 1 {
		r.skipTPM()
	}
	for range r.count("runtime events", eventlog.MaxEvents) {
		runtime = append(runtime, runtimeEvent{name: r.text("event name", maxText), payload: r.bytes("event payload", maxText)})
	}
	copy(a.ReportData[:], r.take(len(a.ReportData), "report data"))
	a.Config = r.text("config", maxConfig)
	if r.err == nil && len(r.rest) != 0 {
		r.err = fmt.Errorf("%d bytes after the attestation", len(r.rest))
	}
	if r.err == nil {
		r.err = checkQuote(a.Quote)
	}
	return a, runtime, r.err
}

// scale reads SCALE (docs.polkadot.com, "SCALE codec"): little-endian integers, lengths in compact
// form. It remembers the first field that did not fit and gives zero values from there on.
type scale struct {
	rest []byte
	err  error
}

func (r *scale) take(n int, field string) []byte {
	if r.err == nil && n > len(r.rest) {
		r.err = fmt.Errorf("%s needs %d bytes, %d left", field, n, len(r.rest))
	}
	if r.err != nil {
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *scale) byte(field string) byte {
	if b := r.take(1, field); b != nil {
		return b[0]
	}
	return 0
}

func (r *scale) uint32(field string) uint32 {
	if b := r.take(4, field); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// count reads a compact integer of at most limit. The low two bits of the first byte say how many
// bytes it has; the shortest form is the only one allowed.
func (r *scale) count(field string, limit int) int {
	if r.err != nil || len(r.rest) == 0 {
		r.take(1, field+" size")
		return 0
	}
	mode := r.rest[0] & 3
	if mode == 3 {
		r.err = fmt.Errorf("%s size is too large", field)
		return 0
	}
	var wide [4]byte
	copy(wide[:], r.take(1<<mode, field+" size"))
	n := int(binary.LittleEndian.Uint32(wide[:]) >> 2)
	switch {
	case r.err != nil:
		return 0
	case mode == 1 && n < 1<<6 || mode == 2 && n < 1<<14:
		r.err = fmt.Errorf("%s size is not in its shortest form", field)
	case n > limit:
		r.err = fmt.Errorf("%s size is %d, at most %d", field, n, limit)
	default:
		return n
	}
	return 0
}

func (r *scale) bytes(field string, limit int) []byte { return r.take(r.count(field, limit), field) }

func (r *scale) text(field string, limit int) string {
	b := r.bytes(field, limit)
	if r.err == nil && !utf8.Valid(b) {
		r.err = errors.New(field + " is not UTF-8")
	}
	return string(b)
}

// event reads a TdxEvent; SCALE leaves its version and preimage out.
func (r *scale) event() eventlog.Event {
	return eventlog.Event{
		IMR: r.uint32("event register"), Type: r.uint32("event type"), Digest: r.bytes("event digest", maxText),
		Name: r.text("event name", maxText), Payload: r.bytes("event payload", maxText),
	}
}

// skipTPM goes over a TpmQuote: message, signature, PCR values, certificate, platform, events.
func (r *scale) skipTPM() {
	r.bytes("TPM message", maxText)
	r.bytes("TPM signature", maxText)
	for range r.count("PCR values", eventlog.MaxEvents) {
		r.uint32("PCR index")
		r.text("PCR algorithm", maxText)
		r.bytes("PCR value", maxText)
	}
	r.bytes("TPM certificate", maxText)
	r.byte("TPM platform")
	for range r.count("TPM events", eventlog.MaxEvents) {
		r.uint32("PCR index")
		r.bytes("TPM event digest", maxText)
	}
}
