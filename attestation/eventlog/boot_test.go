package eventlog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/versioned"
)

const providerText = `{"name":"kms","id":"3059"}`

// bootLog is a complete log: firmware, a boot with every event, and one event of the app. Version
// 0 leaves the field out; 2 gives preimages.
func bootLog(t testing.TB, version uint32) []eventlog.Event {
	t.Helper()
	events := []eventlog.Event{
		{IMR: 0, Type: 4, Digest: bytes.Repeat([]byte{1}, 48)},
		{IMR: 1, Type: 5, Digest: bytes.Repeat([]byte{2}, 48)},
		{IMR: 2, Type: 6, Digest: bytes.Repeat([]byte{3}, 48)},
	}
	hash := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
	for _, e := range []eventlog.Event{
		{Name: "system-preparing"},
		{Name: "rootfs-hash", Payload: hash(4)},
		{Name: "app-id", Payload: bytes.Repeat([]byte{5}, 20)},
		{Name: "compose-hash", Payload: hash(6)},
		{Name: "init-script-hash", Payload: hash(7)},
		{Name: "init-script-hash", Payload: hash(8)},
		{Name: "gpu-policy-hash", Payload: hash(9)},
		{Name: "gpu-attestation", Payload: []byte("{}")},
		{Name: "instance-id", Payload: bytes.Repeat([]byte{10}, 20)},
		{Name: "boot-mr-done"},
		{Name: "os-image-hash", Payload: hash(11)},
		{Name: "key-provider", Payload: []byte(providerText)},
		{Name: "storage-fs", Payload: []byte("zfs")},
		{Name: "system-ready"},
		{Name: "of-the-app", Payload: []byte("x")},
	} {
		e.IMR, e.Type, e.Version = eventlog.RuntimeIMR, eventlog.RuntimeType, version
		if version == 2 {
			e.Preimage = fmt.Appendf(nil, `{"name":"%s","payload":"%x","type":134217729}`, e.Name, e.Payload)
		}
		d, err := e.Measure()
		if err != nil {
			t.Fatal(err)
		}
		e.Digest = d[:]
		events = append(events, e)
	}
	return events
}

func find(t *testing.T, events []eventlog.Event, name string) int {
	t.Helper()
	i := slices.IndexFunc(events, func(e eventlog.Event) bool { return e.Name == name })
	if i < 0 {
		t.Fatalf("no event %q", name)
	}
	return i
}

func TestReadBoot(t *testing.T) {
	t.Parallel()
	events := bootLog(t, 0)
	b, err := eventlog.ReadBoot(events)
	if err != nil {
		t.Fatal(err)
	}
	if b.AppID[0] != 5 || b.ComposeHash[0] != 6 || b.InstanceID[0] != 10 || b.OSImageHash[0] != 11 || b.RootfsHash[0] != 4 {
		t.Errorf("boot %+v", b)
	}
	if b.KeyProvider != (eventlog.KeyProvider{Name: "kms", ID: "3059"}) {
		t.Errorf("key provider %+v", b.KeyProvider)
	}
	// After system-ready anyone in the CVM may write: nothing there counts, whatever it is called.
	late := append(slices.Clone(events), events[find(t, events, "compose-hash")], events[find(t, events, "key-provider")])
	late[len(late)-2].Payload = bytes.Repeat([]byte{0xee}, 32)
	if again, err := eventlog.ReadBoot(late); err != nil || fmt.Sprint(again) != fmt.Sprint(b) {
		t.Errorf("events after system-ready changed the boot: %+v, %v", again, err)
	}
	for _, optional := range []string{"rootfs-hash", "init-script-hash", "gpu-policy-hash", "gpu-attestation", "os-image-hash", "storage-fs"} {
		i := find(t, events, optional)
		if _, err := eventlog.ReadBoot(slices.Delete(slices.Clone(events), i, i+1)); err != nil {
			t.Errorf("without %s: %v", optional, err)
		}
	}
	anonymous := slices.Clone(events)
	anonymous[find(t, events, "instance-id")].Payload = nil
	if b, err := eventlog.ReadBoot(anonymous); err != nil || len(b.InstanceID) != 0 {
		t.Errorf("without an instance id: %+v, %v", b, err)
	}
}

func TestReadBootRefuses(t *testing.T) {
	t.Parallel()
	events := bootLog(t, 0)
	first, last := find(t, events, "system-preparing"), find(t, events, "system-ready")
	refuse := func(what string, list []eventlog.Event) {
		t.Helper()
		if b, err := eventlog.ReadBoot(list); !errors.Is(err, eventlog.ErrBoot) {
			t.Errorf("%s: %+v, %v, want ErrBoot", what, b, err)
		}
	}
	required := []string{"system-preparing", "app-id", "compose-hash", "instance-id", "boot-mr-done", "key-provider", "system-ready"}
	for i := first; i <= last; i++ {
		name := events[i].Name
		if slices.Contains(required, name) {
			refuse("without "+name, slices.Delete(slices.Clone(events), i, i+1))
		}
		if name != "init-script-hash" && name != "system-ready" {
			refuse(name+" twice", slices.Insert(slices.Clone(events), i, events[i]))
		}
		if i < last && events[i+1].Name != name {
			swapped := slices.Clone(events)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			if name == "system-ready" || events[i+1].Name == "system-ready" && name == "storage-fs" {
				continue // an optional event behind system-ready is one of the app
			}
			refuse(name+" after its successor", swapped)
		}
		renamed := slices.Clone(events)
		renamed[i].Name += "x"
		refuse(name+" renamed", renamed)
		if name == "gpu-attestation" || name == "storage-fs" {
			continue // of any size
		}
		longer := slices.Clone(events)
		longer[i].Payload = append(slices.Clone(longer[i].Payload), 0)
		refuse(name+" one byte longer", longer)
	}
	refuse("unknown event", slices.Insert(slices.Clone(events), last, runtimeEvent("of-the-app", nil)))
	refuse("no events", nil)
	refuse("a name that holds part of the payload", slices.Replace(slices.Clone(events), last-2, last-1,
		runtimeEvent(`key-provider:{"name"`, []byte(`"kms","id":"3059"}`))))
	for _, provider := range []string{
		``, `null`, `{}`, `[]`, `{"name":"kms"}`, `{"id":"3059","name":"kms"}`, `{"name":"kms","id":"3059"} `, `{"name":"kms","id":"3059"}{}`,
		`{"name":"none","name":"kms","id":"3059"}`, `{"Name":"kms","id":"3059"}`, `{"name":"kms","id":"3059","x":1}`,
		`{"name":"\u006bms","id":"3059"}`, `{"name":"","id":""}`, `{"name":"KMS","id":""}`, `{"name":"k s","id":""}`,
		`{"name":"kms","id":"305"}`, `{"name":"kms","id":"AB"}`, `{"name":"kms","id":null}`, `{"name":"kms","id":"` + strings.Repeat("00", 600) + `"}`,
	} {
		bad := slices.Clone(events)
		bad[find(t, events, "key-provider")].Payload = []byte(provider)
		refuse("key provider "+provider, bad)
	}
	for _, fs := range []string{"", "\xff", strings.Repeat("x", 2000)} {
		bad := slices.Clone(events)
		bad[find(t, events, "storage-fs")].Payload = []byte(fs)
		refuse("storage-fs "+fs, bad)
	}
}

// corpusLogs are the event logs of real CVMs, with the registers that their quotes sign.
func corpusLogs(t *testing.T) map[string]struct {
	events []eventlog.Event
	rtmr   [4]eventlog.Register
} {
	t.Helper()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is unset: no corpus of real event logs")
	}
	logs := make(map[string]struct {
		events []eventlog.Event
		rtmr   [4]eventlog.Register
	})
	for _, name := range []string{
		"dstack_verifier_fixtures_quote-report", "dstack_verifier_fixtures_tdx-lite-getquote",
		"dstack_verifier_fixtures_tdx-lite-attestation", "examples_rtmr3-based_report",
	} {
		raw, err := os.ReadFile(filepath.Join(root, "corpus/quotes/dstack", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var report struct {
			Quote       eventlog.Hex `json:"quote"`
			EventLog    string       `json:"event_log"`
			Attestation eventlog.Hex `json:"attestation"`
		}
		if err := json.Unmarshal(raw, &report); err != nil {
			t.Fatal(err)
		}
		quote, text := []byte(report.Quote), []byte(report.EventLog)
		if report.Attestation != nil {
			a, err := versioned.Parse(report.Attestation)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if text, err = a.EventLog(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			quote = a.Quote
		}
		log := logs[name]
		for i := range log.rtmr {
			copy(log.rtmr[i][:], quote[376+48*i:]) // quote version 4: rt_mr0 is at 328 of the body
		}
		if log.events, err = eventlog.Parse(text); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if report.Attestation != nil { // of the firmware's events the blob has only a few
			log.events = slices.DeleteFunc(log.events, func(e eventlog.Event) bool { return e.IMR != eventlog.RuntimeIMR })
			clear(log.rtmr[:eventlog.RuntimeIMR])
		}
		logs[name] = log
	}
	return logs
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	for name, log := range corpusLogs(t) {
		if got, err := eventlog.Replay(log.events); err != nil || got != log.rtmr {
			t.Errorf("%s: replay %v, %v, the quote has %v", name, got, err, log.rtmr)
		}
		b, err := eventlog.ReadBoot(log.events)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.HasPrefix(b.ComposeHash, b.AppID) {
			t.Errorf("%s: app %x is not named after its compose hash %x, as these are", name, b.AppID, b.ComposeHash)
		}
		want := map[string][3]bool{ // os-image-hash, rootfs-hash, key provider is a KMS
			"dstack_verifier_fixtures_quote-report":         {false, false, false},
			"dstack_verifier_fixtures_tdx-lite-getquote":    {true, false, true},
			"dstack_verifier_fixtures_tdx-lite-attestation": {true, false, true},
			"examples_rtmr3-based_report":                   {false, true, true},
		}[name]
		if got := [3]bool{b.OSImageHash != nil, b.RootfsHash != nil, b.KeyProvider.Name == "kms"}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		checkMutations(t, name, log.events, log.rtmr)
	}
}

func TestMutations(t *testing.T) {
	t.Parallel()
	for _, version := range []uint32{0, 1, 2} {
		events := bootLog(t, version)
		rtmr, err := eventlog.Replay(events)
		if err != nil {
			t.Fatal(err)
		}
		checkMutations(t, fmt.Sprintf("version %d", version), events, rtmr)
	}
}

// checkMutations changes every measured field of every event, and leaves out, repeats and swaps
// events: each time the log must fail to replay into the registers that the quote signs.
func checkMutations(t *testing.T, log string, events []eventlog.Event, rtmr [4]eventlog.Register) {
	t.Helper()
	refuse := func(what string, i int, changed []eventlog.Event) {
		t.Helper()
		raw, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := eventlog.Parse(raw)
		if err != nil {
			return
		}
		if got, err := eventlog.Replay(parsed); err == nil && got == rtmr {
			t.Errorf("%s: event %d (%s), %s: the log still replays", log, i, events[i].Name, what)
		}
	}
	for i, e := range events {
		for what, change := range map[string]func(*eventlog.Event){
			"register": func(e *eventlog.Event) { e.IMR = (e.IMR + 1) % 4 },
			"digest": func(e *eventlog.Event) {
				if len(e.Digest) == 0 {
					e.Digest = make([]byte, 48)
				}
				e.Digest[7] ^= 1
			},
		} {
			refuse(what, i, changed(events, i, change))
		}
		refuse("left out", i, slices.Delete(slices.Clone(events), i, i+1))
		refuse("repeated", i, slices.Insert(slices.Clone(events), i, e))
		if j := i + 1; j < len(events) && events[j].IMR == e.IMR && !bytes.Equal(contentOf(t, e), contentOf(t, events[j])) {
			swapped := slices.Clone(events)
			swapped[i], swapped[j] = swapped[j], swapped[i]
			refuse("swapped with its successor", i, swapped)
		}
		if e.IMR != eventlog.RuntimeIMR {
			continue // the log does not carry what the firmware measured; names and payloads are labels
		}
		for what, change := range map[string]func(*eventlog.Event){
			"type":              func(e *eventlog.Event) { e.Type ^= 2 },
			"name":              func(e *eventlog.Event) { e.Name += "x" },
			"name, undigested":  func(e *eventlog.Event) { e.Name, e.Digest, e.Preimage = e.Name+"x", nil, nil },
			"payload":           func(e *eventlog.Event) { e.Payload = append(e.Payload, 0) },
			"payload, stripped": func(e *eventlog.Event) { e.Payload, e.Digest, e.Preimage = append(e.Payload, 0), nil, nil },
			"version":           func(e *eventlog.Event) { e.Version = 3 - max(e.Version, 1) },
			"version, stripped": func(e *eventlog.Event) { e.Version, e.Digest, e.Preimage = 3-max(e.Version, 1), nil, nil },
			"preimage":          func(e *eventlog.Event) { e.Preimage = append(e.Preimage, '}') },
		} {
			refuse(what, i, changed(events, i, change))
		}
	}
}

// changed is a copy of events in which one is changed.
func changed(events []eventlog.Event, i int, change func(*eventlog.Event)) []eventlog.Event {
	list := slices.Clone(events)
	e := &list[i]
	e.Digest, e.Payload, e.Preimage = slices.Clone(e.Digest), slices.Clone(e.Payload), slices.Clone(e.Preimage)
	change(e)
	return list
}

func contentOf(t *testing.T, e eventlog.Event) []byte {
	t.Helper()
	d, err := e.Measure()
	if err != nil {
		t.Fatal(err)
	}
	return d[:]
}
