package versioned

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/quote"
)

// parseMessagePack reads version 1: {version, platform: {kind, data}, stack: {kind, data}}, where
// platform is the hardware's evidence and stack what dstack adds to it.
func parseMessagePack(raw []byte) (a Attestation, runtime []runtimeEvent, err error) {
	r := &pack{rest: raw}
	version := uint64(0)
	r.object("attestation", map[string]func(){
		"version":  func() { version = r.uint("version") },
		"platform": func() { r.tagged("platform", a.platform(r)) },
		"stack":    func() { r.tagged("stack", a.stack(r, &runtime)) },
	}, "version", "platform", "stack")
	a.Version = 1
	switch {
	case r.err != nil:
	case len(r.rest) != 0:
		r.err = fmt.Errorf("%d bytes after the attestation", len(r.rest))
	case version != 1:
		r.err = fmt.Errorf("version %d, want 1", version)
	default:
		r.err = checkQuote(a.Quote)
	}
	return a, runtime, r.err
}

// platform returns how to read the data of a PlatformEvidence of a kind.
func (a *Attestation) platform(r *pack) func(kind string) {
	return func(kind string) {
		if a.Platform = kind; kind != platforms[0] && kind != platforms[1] {
			r.fail(fmt.Errorf("%w: %q", ErrPlatform, kind))
			return
		}
		fields := map[string]func(){
			"quote": func() { a.Quote = r.bytes("quote", quote.MaxBytes) },
			"event_log": func() {
				for range r.array("event log", eventlog.MaxEvents) {
					a.Events = append(a.Events, r.event())
				}
			},
		}
		if kind == platforms[1] {
			fields["tpm_quote"] = func() { r.skip(maxDepth) }
		}
		r.object("platform", fields, "quote", "event_log")
	}
}

// stack returns how to read the data of a StackEvidence of a kind.
func (a *Attestation) stack(r *pack, runtime *[]runtimeEvent) func(kind string) {
	return func(kind string) {
		fields := map[string]func(){
			"report_data": func() {
				if b := r.bytes("report data", len(a.ReportData)); r.err == nil && copy(a.ReportData[:], b) != len(a.ReportData) {
					r.fail(fmt.Errorf("report data of %d bytes, want %d", len(b), len(a.ReportData)))
				}
			},
			"runtime_events": func() {
				for range r.array("runtime events", eventlog.MaxEvents) {
					*runtime = append(*runtime, r.runtimeEvent())
				}
			},
			"config": func() { a.Config = r.text("config", maxConfig) },
		}
		switch kind {
		case "dstack":
		case "dstack-pod":
			fields["report_data_payload"] = func() { r.text("report data payload", maxText) }
		default:
			r.fail(fmt.Errorf("stack %q is unknown", kind))
			return
		}
		r.object("stack", fields, "report_data", "runtime_events", "config")
	}
}

func (r *pack) event() (e eventlog.Event) {
	r.object("event", map[string]func(){
		"imr":           func() { e.IMR = r.uint32("event register") },
		"event_type":    func() { e.Type = r.uint32("event type") },
		"digest":        func() { e.Digest = r.bytes("event digest", maxText) },
		"event":         func() { e.Name = r.text("event name", maxText) },
		"event_payload": func() { e.Payload = r.bytes("event payload", maxText) },
		"version":       func() { e.Version = r.uint32("event version") },
		"preimage": func() {
			if r.null() {
				return
			}
			b, err := hex.DecodeString(r.text("event preimage", maxText))
			if e.Preimage = b; err != nil {
				r.fail(fmt.Errorf("event preimage: %w", err))
			}
		},
	}, "imr", "event_type", "event", "event_payload")
	return e
}

func (r *pack) runtimeEvent() (e runtimeEvent) {
	r.object("runtime event", map[string]func(){
		"event":   func() { e.name = r.text("event name", maxText) },
		"payload": func() { e.payload = r.bytes("event payload", maxText) },
		"version": func() { e.version = r.uint32("event version") },
	}, "event", "payload")
	return e
}

// pack reads the part of MessagePack (github.com/msgpack/msgpack, spec.md) that the attestation
// uses. It remembers the first thing that did not fit and gives zero values from there on.
type pack struct {
	rest []byte
	err  error
}

func (r *pack) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *pack) take(n int, field string) []byte {
	if n > len(r.rest) {
		r.fail(fmt.Errorf("%s needs %d bytes, %d left", field, n, len(r.rest)))
	}
	if r.err != nil {
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

// size reads n big-endian bytes.
func (r *pack) size(n int, field string) (v uint64) {
	for _, b := range r.take(n, field) {
		v = v<<8 | uint64(b)
	}
	return v
}

// head is the first byte of a value.
func (r *pack) head(field string) byte {
	if b := r.take(1, field); b != nil {
		return b[0]
	}
	return 0
}

// limited refuses a length before anything is allocated for it.
func (r *pack) limited(n uint64, limit int, field string) int {
	if r.err == nil && n > uint64(limit) {
		r.fail(fmt.Errorf("%s has %d elements or bytes, at most %d", field, n, limit))
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

func (r *pack) wrong(field, want string, got byte) {
	r.fail(fmt.Errorf("%s is not %s but has type %#02x", field, want, got))
}

func (r *pack) null() bool {
	if r.err != nil || len(r.rest) == 0 || r.rest[0] != 0xc0 {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *pack) uint(field string) uint64 {
	switch b := r.head(field); {
	case b < 0x80:
		return uint64(b)
	case b >= 0xcc && b <= 0xcf:
		return r.size(1<<(b-0xcc), field)
	default:
		r.wrong(field, "an unsigned integer", b)
		return 0
	}
}

func (r *pack) uint32(field string) uint32 {
	v := r.uint(field)
	if v > math.MaxUint32 {
		r.fail(fmt.Errorf("%s is %d, which needs more than 32 bits", field, v))
	}
	return uint32(v)
}

func (r *pack) text(field string, limit int) string {
	var n uint64
	switch b := r.head(field); {
	case b&0xe0 == 0xa0:
		n = uint64(b & 0x1f)
	case b >= 0xd9 && b <= 0xdb:
		n = r.size(1<<(b-0xd9), field)
	default:
		r.wrong(field, "text", b)
	}
	s := r.take(r.limited(n, limit, field), field)
	if !utf8.Valid(s) {
		r.fail(errors.New(field + " is not UTF-8"))
	}
	return string(s)
}

// bytes reads a byte string, or an array of small integers: Rust's serde writes Vec<u8> so.
func (r *pack) bytes(field string, limit int) []byte {
	if r.err == nil && len(r.rest) > 0 && r.rest[0] >= 0xc4 && r.rest[0] <= 0xc6 {
		b := r.head(field)
		return r.take(r.limited(r.size(1<<(b-0xc4), field), limit, field), field)
	}
	n := r.array(field, limit)
	out := make([]byte, 0, n)
	for range n {
		out = append(out, byte(r.limited(r.uint(field), 255, field)))
	}
	return out
}

// array reads the head of an array. Every element has a byte at least, so that the length is
// bounded by what is left, too.
func (r *pack) array(field string, limit int) int {
	var n uint64
	switch b := r.head(field); {
	case b&0xf0 == 0x90:
		n = uint64(b & 0x0f)
	case b == 0xdc || b == 0xdd:
		n = r.size(2<<(b-0xdc), field)
	default:
		r.wrong(field, "an array", b)
	}
	return r.limited(n, min(limit, len(r.rest)), field)
}

func (r *pack) mapping(field string) int {
	var n uint64
	switch b := r.head(field); {
	case b&0xf0 == 0x80:
		n = uint64(b & 0x0f)
	case b == 0xde || b == 0xdf:
		n = r.size(2<<(b-0xde), field)
	default:
		r.wrong(field, "a map", b)
	}
	return r.limited(n, len(r.rest), field)
}

// object reads a map of known fields, each at most once, in any order.
func (r *pack) object(name string, fields map[string]func(), required ...string) {
	seen := make(map[string]bool)
	for range r.mapping(name) {
		key := r.text(name+" field", maxText)
		read, ok := fields[key]
		if r.err != nil {
			return
		}
		if !ok || seen[key] {
			r.fail(fmt.Errorf("%s has field %q twice, or it is unknown", name, key))
			return
		}
		seen[key] = true
		read()
	}
	for _, key := range required {
		if !seen[key] {
			r.fail(fmt.Errorf("%s has no field %q", name, key))
		}
	}
}

// tagged reads {kind, data} in this order, in which serde writes it.
func (r *pack) tagged(name string, data func(kind string)) {
	kind := ""
	r.object(name, map[string]func(){
		"kind": func() { kind = r.text(name+" kind", maxText) },
		"data": func() {
			if kind == "" {
				r.fail(fmt.Errorf("%s has its data before its kind", name))
				return
			}
			data(kind)
		},
	}, "kind", "data")
}

// skip goes over any value of at most depth levels.
func (r *pack) skip(depth int) {
	if depth == 0 {
		r.fail(errors.New("a value is nested too deeply"))
	}
	if r.err != nil || len(r.rest) == 0 {
		r.take(1, "value")
		return
	}
	switch b := r.rest[0]; {
	case b == 0xc0 || b == 0xc2 || b == 0xc3:
		r.rest = r.rest[1:]
	case b < 0x80 || b >= 0xcc && b <= 0xcf:
		r.uint("value")
	case b&0xe0 == 0xa0 || b >= 0xd9 && b <= 0xdb:
		r.text("value", maxText)
	case b >= 0xc4 && b <= 0xc6:
		r.bytes("value", maxText)
	case isMessagePack(b):
		for n := 2 * r.mapping("value"); n > 0 && r.err == nil; n-- {
			r.skip(depth - 1)
		}
	default:
		for range r.array("value", maxText) {
			r.skip(depth - 1)
		}
	}
}
