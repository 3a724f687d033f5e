package eventlog_test

import (
	"crypto/sha512"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
)

func runtimeEvent(name string, payload []byte) eventlog.Event {
	return eventlog.Event{IMR: eventlog.RuntimeIMR, Type: eventlog.RuntimeType, Name: name, Payload: payload}
}

// Digests of a real log (dstack 0.5): type, name and payload are measured.
func TestDigestVectors(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"system-preparing": "f9974020ef507068183313d0ca808e0d1ca9b2d1ad0c61f5784e7157c362",
		"boot-mr-done":     "98bd7e6bd3952720b65027fd494834045d06b4a714bf737a06b874638b3e",
		"system-ready":     "1a76b2a80a0be71eae59f80945d876351a7a3fb8e9fd1ff1cede5734aa84",
	} {
		got, err := runtimeEvent(name, nil).Measure()
		if err != nil || !strings.HasPrefix(got.String(), want) {
			t.Errorf("digest of %s: %s, %v, want %s...", name, got, err, want)
		}
	}
}

func TestVersion2(t *testing.T) {
	t.Parallel()
	preimage := `{"name":"a<b","payload":"00ff","type":134217729}`
	sum := sha512.Sum384([]byte(preimage))
	e := runtimeEvent("a<b", []byte{0, 255})
	e.Version, e.Preimage, e.Digest = 2, []byte(preimage), sum[:]
	if got, err := e.Measure(); err != nil || got != sum {
		t.Errorf("Measure = %s, %v, want %x", got, err, sum)
	}
	for name, change := range map[string]func(*eventlog.Event){
		"payload beside an honest preimage and digest": func(e *eventlog.Event) { e.Payload = []byte{1} },
		"preimage not canonical": func(e *eventlog.Event) {
			e.Preimage = []byte(strings.ReplaceAll(preimage, ":", ": "))
			d := sha512.Sum384(e.Preimage)
			e.Digest = d[:]
		},
		"digest of version 1": func(e *eventlog.Event) {
			v1 := runtimeEvent(e.Name, e.Payload)
			d, err := v1.Measure()
			if err != nil {
				t.Fatal(err)
			}
			e.Digest = d[:]
		},
		"name that Go and RFC 8785 write differently": func(e *eventlog.Event) { e.Name = "a\u2028b" },
	} {
		bad := e
		change(&bad)
		if _, err := bad.Measure(); !errors.Is(err, eventlog.ErrDigest) {
			t.Errorf("%s: %v, want ErrDigest", name, err)
		}
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	a, b := runtimeEvent("a", []byte("1")), runtimeEvent("b", nil)
	da, _ := a.Measure()
	db, _ := b.Measure()
	first := sha512.Sum384(append(make([]byte, 48), da[:]...))
	want := eventlog.Register(sha512.Sum384(append(first[:], db[:]...)))
	got, err := eventlog.Replay([]eventlog.Event{a, b})
	if err != nil || got[3] != want || got[0] != (eventlog.Register{}) {
		t.Errorf("Replay = %v, %v", got, err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	entry := func(imr, kind int, digest string) string {
		return fmt.Sprintf(`{"imr":%d,"event_type":%d,"digest":"%s","event":"e","event_payload":""}`, imr, kind, digest)
	}
	many := "[" + strings.Repeat(entry(0, 4, "")+",", eventlog.MaxEvents) + entry(0, 4, "") + "]"
	for name, text := range map[string]string{
		"empty":                   "",
		"no events":               "[]",
		"object":                  "{}",
		"trailing data":           "[" + entry(0, 4, "") + "] x",
		"register 4":              "[" + entry(4, 4, "") + "]",
		"negative register":       "[" + entry(-1, 4, "") + "]",
		"digest short":            "[" + entry(0, 4, "00") + "]",
		"digest not hex":          "[" + entry(0, 4, "zz") + "]",
		"foreign type in 3":       "[" + entry(3, 4, "") + "]",
		"runtime type in 0":       "[" + entry(0, eventlog.RuntimeType, "") + "]",
		"too many events":         many,
		"larger than is allowed":  strings.Repeat(" ", eventlog.MaxBytes+1),
		"version that is unknown": `[{"imr":3,"event_type":134217729,"digest":"","event":"e","event_payload":"","version":3}]`,
	} {
		if _, err := eventlog.Parse([]byte(text)); !errors.Is(err, eventlog.ErrMalformed) {
			t.Errorf("%s: %v, want ErrMalformed", name, err)
		}
	}
}
