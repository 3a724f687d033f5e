package versioned_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/versioned"
)

// compact is SCALE's length, in its shortest form.
func compact(n int) []byte {
	switch {
	case n < 1<<6:
		return []byte{byte(n << 2)}
	case n < 1<<14:
		return binary.LittleEndian.AppendUint16(nil, uint16(n<<2|1))
	}
	return binary.LittleEndian.AppendUint32(nil, uint32(n<<2|2))
}

func sized(b []byte) []byte { return append(compact(len(b)), b...) }

func list(items ...[]byte) []byte { return append(compact(len(items)), bytes.Join(items, nil)...) }

func scaleEvent(imr, kind uint32, digest []byte, name string, payload []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, imr)
	b = binary.LittleEndian.AppendUint32(b, kind)
	return slices.Concat(b, sized(digest), sized([]byte(name)), sized(payload))
}

func scaleRuntime(name string, payload []byte) []byte {
	return append(sized([]byte(name)), sized(payload)...)
}

var (
	testQuote  = bytes.Repeat([]byte{4}, 5000)
	testData   = bytes.Repeat([]byte{7}, 64)
	testDigest = bytes.Repeat([]byte{9}, 48)
	testConfig = []byte(`{"cpu_count":2}`)
	tpm        = slices.Concat(sized([]byte("message")), sized([]byte("signature")),
		list(slices.Concat(make([]byte, 4), sized([]byte("sha256")), sized(make([]byte, 32)))),
		sized([]byte("certificate")), []byte{1}, list(append(make([]byte, 4), sized(make([]byte, 32))...)))
	wantEvents = []eventlog.Event{
		{IMR: 0, Type: 10, Digest: testDigest, Name: "acpi-loader", Payload: []byte("ACPI DATA")},
		{IMR: 3, Type: eventlog.RuntimeType, Name: "app-id", Payload: []byte("id")},
	}
)

func scaleBlob(kind byte, log, runtime []byte) []byte {
	blob := slices.Concat([]byte{0, kind}, sized(testQuote), log)
	if kind == 1 {
		blob = append(blob, tpm...)
	}
	return slices.Concat(blob, runtime, testData, sized(testConfig))
}

var (
	scaleLog = list(scaleEvent(0, 10, testDigest, "acpi-loader", []byte("ACPI DATA")),
		scaleEvent(3, eventlog.RuntimeType, nil, "app-id", []byte("id")))
	scaleList = list(scaleRuntime("app-id", []byte("id")))
)

// packed writes MessagePack as Rust's rmp_serde does.
type packed struct{ bytes.Buffer }

func (p *packed) mapping(n int) *packed { p.WriteByte(0x80 | byte(n)); return p }
func (p *packed) array(n int) *packed   { p.WriteByte(0x90 | byte(n)); return p }
func (p *packed) text(s string) *packed {
	if len(s) < 32 {
		p.WriteByte(0xa0 | byte(len(s)))
	} else {
		p.Write([]byte{0xd9, byte(len(s))})
	}
	p.WriteString(s)
	return p
}
func (p *packed) bin(b []byte) *packed { p.Write([]byte{0xc4, byte(len(b))}); p.Write(b); return p }
func (p *packed) uint(v uint32) *packed {
	if v < 128 {
		p.WriteByte(byte(v))
		return p
	}
	p.WriteByte(0xce)
	p.Write(binary.BigEndian.AppendUint32(nil, v))
	return p
}

func (p *packed) integers(b []byte) *packed {
	p.WriteByte(0xdc)
	p.Write(binary.BigEndian.AppendUint16(nil, uint16(len(b))))
	for _, v := range b {
		if v >= 128 {
			p.WriteByte(0xcc)
		}
		p.WriteByte(v)
	}
	return p
}

// packBlob is a version 1 blob; extra goes between platform and stack.
func packBlob(kind, stack string, eventVersion uint32, change func(*packed)) []byte {
	p := new(packed)
	p.mapping(3).text("version").uint(1)
	p.text("platform").mapping(2).text("kind").text(kind).text("data")
	fields := 2
	if kind == "gcp-tdx" {
		fields = 3
	}
	p.mapping(fields).text("quote").integers(testQuote).text("event_log").array(2)
	p.mapping(5).text("imr").uint(0).text("event_type").uint(10).text("digest").bin(testDigest).
		text("event").text("acpi-loader").text("event_payload").bin([]byte("ACPI DATA"))
	if eventVersion == 0 {
		p.mapping(5)
	} else {
		p.mapping(7).text("version").uint(eventVersion).text("preimage").text("7b7d")
	}
	p.text("imr").uint(3).text("event_type").uint(eventlog.RuntimeType).text("digest").bin(nil).
		text("event").text("app-id").text("event_payload").bin([]byte("id"))
	if kind == "gcp-tdx" {
		p.text("tpm_quote").mapping(2).text("message").bin([]byte{1}).text("pcr_values").array(1).
			mapping(2).text("index").uint(200).text("value").bin(nil)
	}
	p.text("stack").mapping(2).text("kind").text(stack).text("data")
	fields = 3
	if stack == "dstack-pod" {
		fields = 4
	}
	p.mapping(fields).text("report_data").integers(testData).text("runtime_events").array(1)
	if eventVersion == 0 {
		p.mapping(2)
	} else {
		p.mapping(3).text("version").uint(eventVersion)
	}
	p.text("event").text("app-id").text("payload").bin([]byte("id")).text("config").text(string(testConfig))
	if stack == "dstack-pod" {
		p.text("report_data_payload").text("{}")
	}
	if change != nil {
		change(p)
	}
	return p.Bytes()
}

func TestParse(t *testing.T) {
	t.Parallel()
	version2 := slices.Clone(wantEvents)
	version2[1].Version, version2[1].Preimage = 2, []byte("{}")
	for name, tt := range map[string]struct {
		blob     []byte
		version  int
		platform string
		events   []eventlog.Event
	}{
		"SCALE":                       {scaleBlob(0, scaleLog, scaleList), 0, "tdx", wantEvents},
		"SCALE, machine at Google":    {scaleBlob(1, scaleLog, scaleList), 0, "gcp-tdx", wantEvents},
		"SCALE, events in one list":   {scaleBlob(0, list(), scaleList), 0, "tdx", wantEvents[1:]},
		"SCALE, no second list":       {scaleBlob(0, scaleLog, list()), 0, "tdx", wantEvents},
		"MessagePack":                 {packBlob("tdx", "dstack", 0, nil), 1, "tdx", wantEvents},
		"MessagePack, version 2":      {packBlob("tdx", "dstack", 2, nil), 1, "tdx", version2},
		"MessagePack, Google and pod": {packBlob("gcp-tdx", "dstack-pod", 0, nil), 1, "gcp-tdx", wantEvents},
	} {
		if !versioned.Is(tt.blob) {
			t.Errorf("%s: is not recognised", name)
		}
		a, err := versioned.Parse(tt.blob)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := versioned.Attestation{
			Version: tt.version, Platform: tt.platform, Quote: testQuote, Events: tt.events,
			ReportData: [64]byte(testData), Config: string(testConfig),
		}
		if diff := cmp.Diff(want, a, cmp.Comparer(func(a, b eventlog.Hex) bool { return bytes.Equal(a, b) })); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Of the firmware's events only whole registers go into the log: a part of one replays to nothing.
func TestEventLog(t *testing.T) {
	t.Parallel()
	kernel := eventlog.Event{IMR: 1, Type: 4, Digest: testDigest}
	for name, tt := range map[string]struct {
		events []eventlog.Event
		want   int
	}{
		"none": {nil, 0}, "firmware's in part": {wantEvents, 1}, "firmware's alone, in part": {wantEvents[:1], 0},
		"whole": {append([]eventlog.Event{kernel}, wantEvents...), 3},
	} {
		log, err := versioned.Attestation{Events: tt.events}.EventLog()
		if err != nil || (log == nil) != (tt.want == 0) {
			t.Fatalf("%s: %q, %v", name, log, err)
		}
		if log == nil {
			continue
		}
		events, err := eventlog.Parse(log)
		if err != nil || len(events) != tt.want {
			t.Errorf("%s: %d events, %v, want %d", name, len(events), err, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := scaleBlob(0, scaleLog, scaleList)
	longForm := slices.Concat(good[:2], binary.LittleEndian.AppendUint32(nil, 5000<<2|2), good[4:])
	for name, tt := range map[string]struct {
		blob []byte
		want string
	}{
		"nothing":                 {nil, "0 bytes"},
		"something else":          {[]byte("text"), "begins with 0x74"},
		"too large":               {make([]byte, versioned.MaxBytes+1), "at most 10485760"},
		"unknown platform":        {[]byte{0, 9, 0}, "platform 9 is unknown"},
		"AMD":                     {[]byte{0, 3, 0}, "sev-snp"},
		"trailing byte":           {append(slices.Clone(good), 0), "1 bytes after"},
		"length not shortest":     {longForm, "shortest form"},
		"quote too large":         {slices.Concat([]byte{0, 0}, compact(70000), good[4:]), "at most 65536"},
		"length of many bytes":    {append([]byte{0, 0, 3}, good[3:]...), "too large"},
		"no quote":                {slices.Concat([]byte{0, 0, 0}, scaleLog, scaleList, testData, sized(nil)), "quote of 0 bytes"},
		"name not text":           {scaleBlob(0, scaleLog, list(scaleRuntime("\xff", nil))), "not UTF-8"},
		"another event in list":   {scaleBlob(0, scaleLog, list(scaleRuntime("app-ie", []byte("id")))), "contradicts"},
		"another payload in list": {scaleBlob(0, scaleLog, list(scaleRuntime("app-id", []byte("ie")))), "contradicts"},
		"more events in list":     {scaleBlob(0, scaleLog, list(scaleRuntime("app-id", []byte("id")), scaleRuntime("x", nil))), "contradicts"},
		"MessagePack trailing":    {packBlob("tdx", "dstack", 0, func(p *packed) { p.uint(1) }), "1 bytes after"},
		"MessagePack platform":    {packBlob("sev-snp", "dstack", 0, nil), `"sev-snp"`},
		"MessagePack stack":       {packBlob("tdx", "stack", 0, nil), `stack "stack" is unknown`},
		"version 2":               {bytes.Replace(packBlob("tdx", "dstack", 0, nil), []byte("version\x01"), []byte("version\x02"), 1), "version 2, want 1"},
		"field missing":           {new(packed).mapping(1).text("version").uint(1).Bytes(), `no field "platform"`},
		"field twice":             {new(packed).mapping(2).text("version").uint(1).text("version").uint(1).Bytes(), `"version" twice`},
		"field unknown":           {new(packed).mapping(1).text("extra").uint(1).Bytes(), `"extra" twice, or it is unknown`},
		"data before kind":        {new(packed).mapping(1).text("platform").mapping(2).text("data").mapping(0).Bytes(), "before its kind"},
		"many fields":             {[]byte{0xdf, 0xff, 0xff, 0xff, 0xff, 0}, "at most 1"},
	} {
		_, err := versioned.Parse(tt.blob)
		if !errors.Is(err, versioned.ErrMalformed) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	if _, err := versioned.Parse([]byte{0, 3, 0}); !errors.Is(err, versioned.ErrPlatform) {
		t.Errorf("AMD: %v, want ErrPlatform", err)
	}
}

// A blob that is cut anywhere is refused, and no cut is taken for a shorter blob.
func TestParseTruncated(t *testing.T) {
	t.Parallel()
	for _, blob := range [][]byte{scaleBlob(1, scaleLog, scaleList), packBlob("gcp-tdx", "dstack-pod", 2, nil)} {
		for n := range blob {
			if _, err := versioned.Parse(blob[:n:n]); !errors.Is(err, versioned.ErrMalformed) {
				t.Fatalf("first %d of %d bytes: %v, want ErrMalformed", n, len(blob), err)
			}
		}
	}
}

// The blob of dstack's own verifier holds the same evidence as its answer of GetQuote.
func TestCorpus(t *testing.T) {
	t.Parallel()
	blob, err := hex.DecodeString(corpusField(t, "tdx-lite-attestation", "attestation"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := versioned.Parse(blob)
	if err != nil {
		t.Fatal(err)
	}
	if want := corpusField(t, "tdx-lite-getquote", "quote"); hex.EncodeToString(a.Quote) != want {
		t.Error("quote differs")
	}
	if want := corpusField(t, "tdx-lite-getquote", "report_data"); hex.EncodeToString(a.ReportData[:]) != want {
		t.Error("report data differs")
	}
	if want := corpusField(t, "tdx-lite-getquote", "vm_config"); a.Config != want {
		t.Error("config differs")
	}
	log, err := a.EventLog()
	if err != nil {
		t.Fatal(err)
	}
	events, err := eventlog.Parse(log)
	if err != nil {
		t.Fatal(err)
	}
	full, err := eventlog.Parse([]byte(corpusField(t, "tdx-lite-getquote", "event_log")))
	if err != nil {
		t.Fatal(err)
	}
	got, err := eventlog.Replay(events)
	if err != nil {
		t.Fatal(err)
	}
	want, err := eventlog.Replay(full)
	if err != nil {
		t.Fatal(err)
	}
	if got[3] != want[3] {
		t.Errorf("RTMR3 is %s, want %s", got[3], want[3])
	}
}

func corpusField(t *testing.T, file, field string) string {
	t.Helper()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is unset: no corpus of real evidence")
	}
	b, err := os.ReadFile(filepath.Join(root, "corpus/quotes/dstack", "dstack_verifier_fixtures_"+file+".json"))
	if err != nil {
		t.Fatal(err)
	}
	fields := make(map[string]string)
	if err := json.Unmarshal(b, &fields); err != nil {
		t.Fatal(err)
	}
	return fields[field]
}

func FuzzParse(f *testing.F) {
	f.Add(scaleBlob(1, scaleLog, scaleList))
	f.Add(packBlob("gcp-tdx", "dstack-pod", 2, nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := versioned.Parse(raw)
		if err != nil {
			if !errors.Is(err, versioned.ErrMalformed) {
				t.Fatalf("%v does not wrap ErrMalformed", err)
			}
			return
		}
		if !versioned.Is(raw) || len(a.Quote) == 0 {
			t.Fatal("a blob was read that does not look like one, or has no quote")
		}
		if _, err := a.EventLog(); err != nil {
			t.Fatal(err)
		}
	})
}
