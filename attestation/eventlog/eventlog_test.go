package eventlog_test

import (
	"crypto/sha512"
	"encoding/json"
	"errors"
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
	e.Preimage, e.Digest = nil, nil // a stripped log has neither; the registers decide
	if got, err := e.Measure(); err != nil || got != sum {
		t.Errorf("Measure of a stripped event = %s, %v, want %x", got, err, sum)
	}
	e.Preimage, e.Digest = []byte(preimage), sum[:]
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
		"name beside an honest preimage and digest": func(e *eventlog.Event) { e.Name = "b" },
		"name that is not Unicode":                  func(e *eventlog.Event) { e.Name = "a\xffb" },
	} {
		bad := e
		change(&bad)
		if _, err := bad.Measure(); !errors.Is(err, eventlog.ErrDigest) {
			t.Errorf("%s: %v, want ErrDigest", name, err)
		}
	}
}

// RFC 8785 section 3.2.2.2 and dstack's own tests of its canonical form.
func TestCanonicalNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"":                             ``,
		"compose-hash":                 `compose-hash`,
		"event\"with\\special\nchars":  `event\"with\\special\nchars`,
		"\x08\x0c\n\r\t\x01\x1f\x7f":   `\b\f\n\r\t\u0001\u001f` + "\x7f",
		"<>&/'":                        `<>&/'`,
		"测试-emoji-🦀\u2028\u2029\u00ad": "测试-emoji-🦀\u2028\u2029\u00ad",
	} {
		preimage := `{"name":"` + want + `","payload":"abff","type":134217729}`
		e := runtimeEvent(name, []byte{0xab, 0xff})
		e.Version, e.Preimage = 2, []byte(preimage)
		if got, err := e.Measure(); err != nil || got != sha512.Sum384([]byte(preimage)) {
			t.Errorf("%q: %s, %v", name, got, err)
		}
		var decoded struct {
			Name string `json:"name"`
		}
		if err := json.Unmarshal([]byte(preimage), &decoded); err != nil || decoded.Name != name {
			t.Errorf("%s decodes to %q, %v", preimage, decoded.Name, err)
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

func TestReplayRefuses(t *testing.T) {
	t.Parallel()
	digest := make([]byte, 48)
	for name, e := range map[string]eventlog.Event{
		"register 4":              {IMR: 4, Digest: digest},
		"firmware without digest": {IMR: 0, Type: 4},
		"digest of 47 bytes":      {IMR: 0, Type: 4, Digest: digest[1:]},
		"digest of other content": {IMR: 3, Type: eventlog.RuntimeType, Name: "a", Digest: digest},
		"preimage of version 1":   {IMR: 3, Type: eventlog.RuntimeType, Name: "a", Preimage: digest},
	} {
		if _, err := eventlog.Replay([]eventlog.Event{e}); !errors.Is(err, eventlog.ErrDigest) {
			t.Errorf("%s: %v, want ErrDigest", name, err)
		}
	}
}
