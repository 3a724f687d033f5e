package eventlog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
)

func TestParse(t *testing.T) {
	t.Parallel()
	events, err := eventlog.Parse([]byte(` [{"imr":0,"event_type":4,"digest":"` + strings.Repeat("ab", 48) + `","event":"","event_payload":"00"},
		{"event":"a\u003cb","event_payload":"FF","event_type":134217729,"imr":3,"later":{"x":1},"version":1}] `))
	if err != nil || len(events) != 2 {
		t.Fatalf("Parse = %v, %v", events, err)
	}
	if e := events[0]; e.IMR != 0 || e.Type != 4 || len(e.Digest) != 48 || string(e.Payload) != "\x00" {
		t.Errorf("first event %+v", e)
	}
	if e := events[1]; e.IMR != 3 || e.Name != "a<b" || string(e.Payload) != "\xff" || e.Version != 1 || e.Digest != nil {
		t.Errorf("second event %+v", e)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	entry := func(imr, kind int, digest string) string {
		return fmt.Sprintf(`{"imr":%d,"event_type":%d,"digest":"%s","event":"e","event_payload":""}`, imr, kind, digest)
	}
	// with replaces one part of a good entry.
	with := func(old, part string) string {
		good := entry(3, eventlog.RuntimeType, "")
		bad := strings.Replace(good, old, part, 1)
		if bad == good {
			t.Fatalf("%s is not in %s", old, good)
		}
		return "[" + bad + "]"
	}
	more := func(member string) string { return with("}", ","+member+"}") }
	long := strings.Repeat("a", eventlog.MaxName+1)
	many := "[" + strings.Repeat(entry(0, 4, "")+",", eventlog.MaxEvents) + entry(0, 4, "") + "]"
	for name, text := range map[string]string{
		"empty":                    "",
		"no events":                "[]",
		"null":                     "null",
		"object":                   "{}",
		"entry is null":            "[null]",
		"entry is an array":        "[[]]",
		"trailing data":            "[" + entry(0, 4, "") + "] x",
		"register 4":               "[" + entry(4, 4, "") + "]",
		"register negative":        "[" + entry(-1, 4, "") + "]",
		"register of 33 bits":      with(`"imr":3`, `"imr":4294967299`),
		"register as a fraction":   with(`"imr":3`, `"imr":3.0`),
		"register as text":         with(`"imr":3`, `"imr":"3"`),
		"register null":            with(`"imr":3`, `"imr":null`),
		"register missing":         with(`"imr":3,`, ``),
		"type missing":             with(`"event_type":134217729,`, ``),
		"name missing":             with(`"event":"e",`, ``),
		"payload missing":          with(`,"event_payload":""`, ``),
		"digest short":             "[" + entry(0, 4, "00") + "]",
		"digest not hex":           "[" + entry(0, 4, "zz") + "]",
		"digest null":              with(`"digest":""`, `"digest":null`),
		"foreign type in 3":        "[" + entry(3, 4, "") + "]",
		"runtime type in 0":        "[" + entry(0, eventlog.RuntimeType, "") + "]",
		"too many events":          many,
		"larger than is allowed":   strings.Repeat(" ", eventlog.MaxBytes+1),
		"name too long":            with(`"event":"e"`, `"event":"`+long+`"`),
		"name not Unicode":         with(`"event":"e"`, `"event":"\ud800"`),
		"payload too long":         with(`"event_payload":""`, `"event_payload":"`+strings.Repeat("00", eventlog.MaxPayload+1)+`"`),
		"payload of half a byte":   with(`"event_payload":""`, `"event_payload":"0"`),
		"key twice":                more(`"event":"e"`),
		"unknown key twice":        more(`"x":1,"x":1`),
		"key in another case":      more(`"Preimage":""`),
		"version 0":                more(`"version":0`),
		"version 3":                more(`"version":3`),
		"version 2 of firmware":    "[" + strings.Replace(entry(0, 4, ""), "}", `,"version":2}`, 1) + "]",
		"preimage of firmware":     "[" + strings.Replace(entry(0, 4, ""), "}", `,"preimage":"00"}`, 1) + "]",
		"preimage null":            more(`"preimage":null`),
		"preimage not hexadecimal": more(`"preimage":"{}"`),
	} {
		if _, err := eventlog.Parse([]byte(text)); !errors.Is(err, eventlog.ErrMalformed) {
			t.Errorf("%s: %v, want ErrMalformed", name, err)
		}
	}
	if _, err := eventlog.Parse([]byte(more(`"x":1`))); err != nil {
		t.Errorf("unknown key: %v", err)
	}
}

// What Parse accepts, encoding/json reads the same way, and it replays without a panic; what
// ReadBoot makes of it is within its bounds.
func FuzzParse(f *testing.F) {
	for _, version := range []uint32{0, 2} {
		raw, err := json.Marshal(bootLog(f, version))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`[{"imr":3,"event_type":134217729,"digest":"","event":"\ud800","event_payload":"","version":2,"preimage":"00"}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		events, err := eventlog.Parse(raw)
		if err != nil {
			if !errors.Is(err, eventlog.ErrMalformed) {
				t.Errorf("error %v does not wrap ErrMalformed", err)
			}
			return
		}
		var other []eventlog.Event
		if err := json.Unmarshal(raw, &other); err != nil || len(other) != len(events) {
			t.Fatalf("another reader sees %d events and %v, not %d", len(other), err, len(events))
		}
		for i, e := range events {
			if fmt.Sprint(e) != fmt.Sprint(other[i]) {
				t.Errorf("another reader sees %v, not %v", other[i], e)
			}
		}
		if _, err := eventlog.Replay(events); err != nil && !errors.Is(err, eventlog.ErrDigest) {
			t.Errorf("error %v does not wrap ErrDigest", err)
		}
		boot, err := eventlog.ReadBoot(events)
		if err != nil && !errors.Is(err, eventlog.ErrBoot) {
			t.Errorf("error %v does not wrap ErrBoot", err)
		}
		if err == nil && (len(boot.AppID) != 20 || len(boot.ComposeHash) != 32 || boot.KeyProvider.Name == "") {
			t.Errorf("boot %+v", boot)
		}
	})
}
