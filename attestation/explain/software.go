package explain

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/encrypted-compute/encompute/attestation/compose"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
)

// eventTypes are names of the types of events that firmware measures (TCG PC Client Platform
// Firmware Profile, section 10.4.1), and dstack's own.
var eventTypes = map[uint32]string{
	1: "EV_POST_CODE", 4: "EV_SEPARATOR", 5: "EV_ACTION", 6: "EV_EVENT_TAG", 7: "EV_S_CRTM_CONTENTS", 8: "EV_S_CRTM_VERSION",
	10: "EV_PLATFORM_CONFIG_FLAGS", 13: "EV_IPL", 0x80000001: "EV_EFI_VARIABLE_DRIVER_CONFIG", 0x80000002: "EV_EFI_VARIABLE_BOOT",
	0x80000003: "EV_EFI_BOOT_SERVICES_APPLICATION", 0x80000006: "EV_EFI_GPT_EVENT", 0x80000007: "EV_EFI_ACTION",
	0x80000008: "EV_EFI_PLATFORM_FIRMWARE_BLOB", 0x80000009: "EV_EFI_HANDOFF_TABLES", 0x8000000a: "EV_EFI_PLATFORM_FIRMWARE_BLOB2",
	0x8000000b: "EV_EFI_HANDOFF_TABLES2", eventlog.RuntimeType: "dstack runtime",
}

// replay extends the events of one register. Digests of the runtime's events are recomputed; an
// event whose digest is wrong counts with the right one.
func (v *view) replay(register int) (r [sha512.Size384]byte, events int) {
	for _, e := range v.events {
		if int(e.IMR) != register {
			continue
		}
		events++
		digest, err := e.Measure()
		if err != nil {
			e.Digest, e.Preimage = nil, nil
			digest, _ = e.Measure() // zero where it cannot be known: the replay then differs
		}
		r = sha512.Sum384(append(r[:], digest[:]...))
	}
	return r, events
}

// stripped reports whether dstack left the firmware's events out of the log: every machine
// measures something into registers 1 and 2.
func (v *view) stripped() bool {
	return !slices.ContainsFunc(v.events, func(e eventlog.Event) bool { return e.IMR == 1 || e.IMR == 2 })
}

func (v *view) explainEventLog() Node {
	if v.eventsErr != nil {
		return failed("event log", v.eventsErr)
	}
	n := Node{Name: "event log", Value: fmt.Sprintf("%d events", len(v.events)), Meaning: "what was measured into the RTMRs, in this order"}
	n.add(v.explainBoot())
	for r := range 4 {
		n.add(v.explainRegister(r))
	}
	ready := false
	for _, e := range v.events {
		event := explainEvent(e)
		if ready && e.IMR == eventlog.RuntimeIMR {
			event.Meaning += "; after system-ready: the app wrote it, and may have written anything"
		}
		ready = ready || e.IMR == eventlog.RuntimeIMR && e.Name == "system-ready"
		n.add(event)
	}
	return n
}

// explainRegister compares a replayed register with the quote's.
func (v *view) explainRegister(i int) Node {
	got, events := v.replay(i)
	n := Node{Name: fmt.Sprintf("replay of RTMR%d", i), Value: hexValue(got[:])}
	if events == 0 {
		return Node{Name: n.Name, Meaning: "the log has no events of it"}
	}
	if v.quoteErr != nil || v.quote.TD == nil {
		n.Meaning = "there is no quote of a trust domain to compare it with"
		return n
	}
	if v.stripped() && i != eventlog.RuntimeIMR {
		n.Meaning = "the log has only some events of the firmware, so that it cannot be compared"
		return n
	}
	same(&n, got[:], v.quote.TD.RTMR[i][:], "the same as in the quote", "NOT what the quote says")
	return n
}

// explainEvent shows an event, and whether its digest is that of its content.
func explainEvent(e eventlog.Event) Node {
	kind := eventTypes[e.Type]
	if kind == "" {
		kind = fmt.Sprintf("type %#x", e.Type)
	}
	n := Node{Name: fmt.Sprintf("[%d] %s", e.IMR, kind)}
	if e.Name != "" {
		n.Name = fmt.Sprintf("[%d] %s", e.IMR, printable(e.Name))
	}
	if e.IMR != eventlog.RuntimeIMR {
		n.Value, n.Meaning = hexValue(e.Digest), kind+"; its digest, taken as given: the log does not have what was measured"
		return n
	}
	n.Value = hexValue(e.Payload)
	if isText(e.Payload, 3) {
		n.Value = printable(string(e.Payload))
	}
	_, err := e.Measure()
	switch {
	case err != nil:
		n.Meaning, n.Alert = "the digest is NOT that of name and payload", true
	case len(e.Digest) == 0:
		n.Meaning = "no digest in the log; recomputed"
	default:
		n.Meaning = "the digest is that of name and payload"
	}
	return n
}

// explainBoot shows what dstack's runtime measured before the app started.
func (v *view) explainBoot() Node {
	if v.bootErr != nil {
		return Node{Name: "boot", Meaning: printable(v.bootErr.Error()), Alert: true}
	}
	b := v.boot
	n := Node{Name: "boot", Meaning: "what dstack's runtime measured before the app started"}
	hash := Node{Name: "compose hash", Value: hexValue(b.ComposeHash), Meaning: "SHA-256 of the app-compose text: which app this is"}
	if v.AppCompose != nil {
		sum := sha256.Sum256(v.AppCompose)
		same(&hash, b.ComposeHash, sum[:], "SHA-256 of the app-compose below", "NOT the SHA-256 of the app-compose below")
	}
	n.add(Node{Name: "app id", Value: hexValue(b.AppID), Meaning: "which the KMS gives keys to; it does not say which version runs"}, hash)
	n.add(Node{Name: "instance id", Value: hexValue(b.InstanceID)})
	if b.OSImageHash != nil {
		n.add(Node{Name: "OS image hash", Value: hexValue(b.OSImageHash), Meaning: "by the image's own word"})
	}
	provider := Node{Name: "key provider", Value: printable(b.KeyProvider.Name), Meaning: "where the app's keys come from"}
	if b.KeyProvider.ID != "" {
		provider.add(Node{Name: "id", Value: printable(b.KeyProvider.ID), Meaning: "of a KMS: its CA's public key"})
	}
	n.add(provider)
	return n
}

// explainVMConfig lists the fields of vm_config. The host wrote it.
func (v *view) explainVMConfig() Node {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(v.VMConfig, &fields); err != nil {
		return failed("vm config", err)
	}
	n := Node{Name: "vm config", Value: fmt.Sprintf("%d bytes", len(v.VMConfig)), Meaning: "the host's word on the machine's shape; not measured as it stands"}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		n.add(Node{Name: printable(name), Value: jsonValue(fields[name])})
	}
	return n
}

// jsonValue shows a value as text, without the quotes of a string.
func jsonValue(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return printable(s)
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return printable(string(raw))
	}
	return printable(compact.String())
}

// explainAppCompose sums up what runs, and what in it lets somebody else in.
func (v *view) explainAppCompose() Node {
	sum := sha256.Sum256(v.AppCompose)
	n := Node{
		Name: "app-compose", Value: fmt.Sprintf("%d bytes, SHA-256 %x", len(v.AppCompose), sum),
		Meaning: "what the app is, in its developer's words",
	}
	if v.eventsErr == nil && v.bootErr == nil {
		same(&n, sum[:], v.boot.ComposeHash, n.Meaning+"; its SHA-256 is the compose hash in the event log",
			"NOT what runs: its SHA-256 is not the compose hash in the event log")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(v.AppCompose, &fields); err != nil {
		n.add(failed("fields", err))
		return n
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		field := Node{Name: printable(name), Value: jsonValue(fields[name])}
		if strings.Contains(string(fields[name]), `\n`) {
			field.Value, field.Meaning = fmt.Sprintf("%d bytes", len(fields[name])), "several lines, which are not shown"
		}
		n.add(field)
	}
	judged, err := compose.Lint(v.AppCompose)
	if err != nil {
		n.add(failed("lint", err))
		return n
	}
	for _, image := range judged.Images {
		n.add(Node{Name: "image", Value: printable(image), Meaning: "of a container"})
	}
	for _, f := range judged.Findings {
		where := f.File
		if f.Line > 0 {
			where += fmt.Sprintf(":%d", f.Line)
		}
		n.add(Node{
			Name: f.Severity.String() + " " + f.Rule, Value: printable(where + " " + f.Path),
			Meaning: printable(f.Detail + "; " + f.Remedy), Alert: f.Severity == compose.Error,
		})
	}
	return n
}
