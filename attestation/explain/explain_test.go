package explain_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/explain"
	"github.com/encrypted-compute/encompute/attestation/report"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

const digest = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"

var compose = []byte(`{"manifest_version":2,"name":"app","runner":"docker-compose","key_provider":"kms","docker_compose_file":` +
	`"services:\n  a:\n    image: example.org/a@sha256:` + digest + `\n  b:\n    image: 'example.org/b:latest'\n"}`)

func newSimulator(t testing.TB, change func(*simulator.Config)) *simulator.Simulator {
	t.Helper()
	c := simulator.Config{AppCompose: compose, Seed: bytes.Repeat([]byte{7}, 32)}
	if change != nil {
		change(&c)
	}
	s, err := simulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// evidence is all that a simulated CVM shows.
func evidence(t testing.TB, s *simulator.Simulator) report.Report {
	t.Helper()
	q, err := s.Quote(t.Context(), bytes.Repeat([]byte{0xab}, 64))
	if err != nil {
		t.Fatal(err)
	}
	collateral, err := s.Collateral()
	if err != nil {
		t.Fatal(err)
	}
	return report.Report{
		Kind: report.KindAgent, Quote: q.Quote, EventLog: []byte(q.EventLog), VMConfig: []byte(q.VMConfig),
		AppCompose: compose, Collateral: collateral, ReportData: q.ReportData,
	}
}

// find follows names from the root's children.
func find(n explain.Node, path ...string) (explain.Node, bool) {
	if len(path) == 0 {
		return n, true
	}
	for _, c := range n.Children {
		if c.Name == path[0] {
			if got, ok := find(c, path[1:]...); ok {
				return got, true
			}
		}
	}
	return explain.Node{}, false
}

func walk(n explain.Node, visit func(explain.Node)) {
	visit(n)
	for _, c := range n.Children {
		walk(c, visit)
	}
}

// alerts are the names of the nodes with an alert, in their order, but for the notice.
func alerts(n explain.Node) (names []string) {
	walk(n, func(n explain.Node) {
		if n.Alert && n.Name != "NOT VERIFIED" {
			names = append(names, n.Name)
		}
	})
	return names
}

func text(t testing.TB, n explain.Node) string {
	t.Helper()
	var b strings.Builder
	if err := n.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Every byte of a quote stands in exactly one field, and fields in hexadecimal show their bytes.
func TestFieldsCoverTheQuote(t *testing.T) {
	t.Parallel()
	for name, raw := range quotes(t) {
		root := explain.Report(report.Report{Kind: report.KindQuote, Quote: raw})
		q, ok := find(root, "quote")
		if !ok {
			t.Fatalf("%s: no quote in the tree", name)
		}
		at := 0
		walk(q, func(n explain.Node) {
			if n.Size == 0 || len(n.Children) > 0 && n.Children[0].Size > 0 {
				return // a group, or no field at all
			}
			if n.Offset != at {
				t.Errorf("%s: %s begins at %d, want %d", name, n.Name, n.Offset, at)
			}
			at = n.Offset + n.Size
			if b, err := hex.DecodeString(n.Value); err == nil && n.Size > 8 && !bytes.Equal(b, raw[n.Offset:at]) {
				t.Errorf("%s: %s is %s, want %x", name, n.Name, n.Value, raw[n.Offset:at])
			}
		})
		if at != len(raw) {
			t.Errorf("%s: fields cover %d of %d bytes", name, at, len(raw))
		}
	}
}

// quotes are of every layout: three versions, two reports of TDs, with and without a wrapper.
func quotes(t testing.TB) map[string][]byte {
	t.Helper()
	q := map[string][]byte{}
	for name, change := range map[string]func(*simulator.Config){
		"version 4": nil, "version 5": func(c *simulator.Config) { c.Version5 = true },
		"TDX 1.5": func(c *simulator.Config) { c.TD15 = true },
	} {
		q[name] = evidence(t, newSimulator(t, change)).Quote
	}
	s := newSimulator(t, nil)
	var err error
	if q["SGX"], err = s.EnclaveQuote([]byte("Hello, world!")); err != nil {
		t.Fatal(err)
	}
	if q["Open Enclave"], err = s.RemoteReport(nil); err != nil {
		t.Fatal(err)
	}
	q["padded"] = append(bytes.Clone(q["version 4"]), 0, 0, 0)
	return q
}

func TestSimulator(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, nil)
	r := evidence(t, s)
	root := explain.Report(r)
	hash := s.ComposeHash()
	mrtd, _, _, _ := s.Measurements()
	for _, tt := range []struct {
		path           []string
		value, meaning string // value in full, meaning in part
	}{
		{[]string{"quote"}, fmt.Sprintf("%d bytes", len(r.Quote)), "trust domain (Intel TDX), version 4"},
		{[]string{"quote", "header", "QE vendor id"}, "939a7233f79c4ca9940a0db3957f0607", "Intel's"},
		{[]string{"quote", "TD report", "MRTD"}, mrtd.String(), "firmware"},
		{[]string{"quote", "TD report", "MRCONFIGID"}, fmt.Sprintf("01%x%030d", hash, 0), "the compose hash, which is the event log's"},
		{[]string{"quote", "TD report", "TD attributes", "bit 0 DEBUG"}, "0", "the host can read"},
		{[]string{"quote", "TD report", "TD attributes", "bit 28 SEPT_VE_DISABLE"}, "1", "must be 1"},
		{[]string{"quote", "TD report", "report data"}, strings.Repeat("ab", 64), "SHA-512"},
		{[]string{"quote", "signature data", "QE report", "report data"}, "", "SHA-256 of attestation key"},
		{[]string{"quote", "PCK certificate chain", "FMSPC"}, "0053494d0000", "family"},
		{[]string{"quote", "PCK certificate chain", "CA"}, "", "Platform CA"},
		{[]string{"quote", "PCK certificate chain", "root"}, "", "NOT Intel's root"},
		{[]string{"report data as the report says"}, strings.Repeat("ab", 64), "the same as in the quote"},
		{[]string{"event log", "boot", "compose hash"}, hex.EncodeToString(hash[:]), "SHA-256 of the app-compose below"},
		{[]string{"event log", "boot", "key provider"}, "kms", "keys"},
		{[]string{"event log", "replay of RTMR0"}, "", "the same as in the quote"},
		{[]string{"event log", "replay of RTMR3"}, "", "the same as in the quote"},
		{[]string{"event log", "[3] app-id"}, hex.EncodeToString(s.AppID()), "the digest is that of name and payload"},
		{[]string{"app-compose"}, "", "is the compose hash in the event log"},
		{[]string{"app-compose", "name"}, "app", ""},
		{[]string{"app-compose", "docker_compose_file"}, "", "not shown"},
		{[]string{"app-compose", "image"}, "example.org/a@sha256:" + digest, "container"},
		{[]string{"app-compose", "error image-digest"}, "docker-compose.yaml:5 services.b.image", "digest"},
		{[]string{"vm config", "image"}, simulator.DefaultImage, ""},
		{[]string{"collateral", "FMSPC"}, "0053494d0000", "the family of the quote's processor"},
	} {
		n, ok := find(root, tt.path...)
		if !ok || tt.value != "" && n.Value != tt.value || !strings.Contains(n.Meaning, tt.meaning) {
			t.Errorf("%q: %q (%q), want %q (%q)", tt.path, n.Value, n.Meaning, tt.value, tt.meaning)
		}
	}
	if got, want := strings.Join(alerts(root), ", "), "root, error image-digest"; got != want {
		t.Errorf("alerts %s, want %s: the root is a simulator's, one image has no digest", got, want)
	}
	if root.Children[0].Name != "NOT VERIFIED" || !strings.Contains(text(t, root), "!  NOT VERIFIED  (this shows what the evidence says") {
		t.Error("the tree does not begin with what it is not")
	}
}

// Each change of the evidence is pointed at, and nothing else is.
func TestAlerts(t *testing.T) {
	t.Parallel()
	const configID, debug = 48 + 184, 48 + 120
	body := func(at int, b byte) func(*simulator.Config) {
		return func(c *simulator.Config) { c.Hooks.Body = func(body []byte) { body[at-48] = b } }
	}
	for name, tt := range map[string]struct {
		config func(*simulator.Config)
		change func(*report.Report)
		want   string // names of the alerts besides those of the simulator itself
	}{
		"nothing":           {nil, nil, ""},
		"debug":             {body(debug, 1), nil, "bit 0 DEBUG"},
		"reserved TUD bit":  {body(debug, 2), nil, "reserved bits"},
		"SEPT_VE_DISABLE":   {body(debug+3, 0), nil, "bit 28 SEPT_VE_DISABLE"},
		"migratable":        {body(debug+3, 0x30), nil, "bit 29 MIGRATABLE"},
		"PERFMON":           {body(debug+7, 0x80), nil, "bit 63 PERFMON"},
		"PKS is no alert":   {body(debug+3, 0x50), nil, ""},
		"XFAM without SSE":  {body(debug+8, 0xe5), nil, "bit 1 SSE"},
		"module not Intel":  {body(112, 1), nil, "MRSIGNERSEAM"},
		"service TD":        {func(c *simulator.Config) { c.TD15 = true; c.Hooks.Body = func(b []byte) { b[600] = 1 } }, nil, "MRSERVICETD"},
		"another compose":   {body(configID+1, 0), nil, "MRCONFIGID"},
		"padded config id":  {body(configID+40, 1), nil, "MRCONFIGID"},
		"no config id":      {func(c *simulator.Config) { c.ConfigID = simulator.ConfigIDUnset }, nil, ""},
		"config id v2":      {func(c *simulator.Config) { c.ConfigID = simulator.ConfigIDV2 }, nil, ""},
		"config id v3":      {func(c *simulator.Config) { c.ConfigID = simulator.ConfigIDV3 }, nil, ""},
		"stripped log":      {func(c *simulator.Config) { c.StrippedLog = true }, nil, ""},
		"vendor":            {func(c *simulator.Config) { c.Hooks.Header = func(h []byte) { h[12] ^= 1 } }, nil, "QE vendor id"},
		"attestation key":   {nil, func(r *report.Report) { r.Quote[700] ^= 1 }, "report data"},
		"trailing":          {nil, func(r *report.Report) { r.Quote = append(r.Quote, 1) }, "trailing bytes"},
		"cut quote":         {nil, func(r *report.Report) { r.Quote = r.Quote[:1000] }, "quote"},
		"no quote":          {nil, func(r *report.Report) { r.Quote = nil }, "quote"},
		"claimed data":      {nil, func(r *report.Report) { r.ReportData[0] ^= 1 }, "report data as the report says"},
		"short claimed":     {nil, func(r *report.Report) { r.ReportData = r.ReportData[:3] }, "report data as the report says"},
		"log's payload":     {nil, event("app-id", func(e *eventlog.Event) { e.Payload[0] ^= 1 }), "replay of RTMR3 [3] app-id"},
		"log's firmware":    {nil, event("", func(e *eventlog.Event) { e.Digest[0] ^= 1 }), "replay of RTMR0"},
		"log in part":       {nil, func(r *report.Report) { r.EventLog = part(r.EventLog) }, ""},
		"log not JSON":      {nil, func(r *report.Report) { r.EventLog = []byte("{") }, "event log"},
		"boot out of order": {nil, event("app-id", func(e *eventlog.Event) { e.Name = "app-ie" }), "boot replay of RTMR3 [3] app-ie"},
		"another text":      {nil, func(r *report.Report) { r.AppCompose = append([]byte(" "), r.AppCompose...) }, "compose hash app-compose"},
		"config not JSON":   {nil, func(r *report.Report) { r.VMConfig = []byte("x") }, "vm config"},
		"collateral":        {nil, func(r *report.Report) { r.Collateral = []byte("{}") }, "collateral"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := evidence(t, newSimulator(t, tt.config))
			if tt.change != nil {
				tt.change(&r)
			}
			var got []string
			for _, a := range alerts(explain.Report(r)) {
				if a != "root" && a != "error image-digest" {
					got = append(got, a)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("alerts %q, want %q", got, tt.want)
			}
		})
	}
}

// part is a log without the events of registers 1 and 2, and without the first of register 0.
func part(log []byte) []byte {
	events, err := eventlog.Parse(log)
	if err != nil {
		panic(err)
	}
	events = slices.DeleteFunc(events[1:], func(e eventlog.Event) bool { return e.IMR == 1 || e.IMR == 2 })
	b, err := json.Marshal(events)
	if err != nil {
		panic(err)
	}
	return b
}

// event changes the first event of a name.
func event(name string, change func(*eventlog.Event)) func(*report.Report) {
	return func(r *report.Report) {
		events, err := eventlog.Parse(r.EventLog)
		if err != nil {
			panic(err)
		}
		for i := range events {
			if events[i].Name == name {
				change(&events[i])
				break
			}
		}
		if r.EventLog, err = json.Marshal(events); err != nil {
			panic(err)
		}
	}
}

func TestReportData(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, nil)
	binding := protocol.Binding{ChainID: 1, Nonce: protocol.Nonce{2}}
	bound := binding.ReportData()
	for name, tt := range map[string]struct {
		data     []byte
		evidence *protocol.Evidence
		want     string
	}{
		"nothing":         {nil, nil, "commits to nothing"},
		"text":            {[]byte("Hello, world!"), nil, "text: Hello, world!"},
		"dstack's key":    {[]byte("dip1::ed25519-pk:AAAA"), nil, "an app's ed25519 key"},
		"half":            {bytes.Repeat([]byte{0x80}, 32), nil, "32 bytes, then zeros"},
		"full":            {bytes.Repeat([]byte{0x80}, 64), nil, "64 bytes"},
		"binding":         {bound[:], &protocol.Evidence{Binding: binding}, "digest of the binding below"},
		"another binding": {bound[:], &protocol.Evidence{}, "64 bytes"},
	} {
		q, err := s.Quote(t.Context(), tt.data)
		if err != nil {
			t.Fatal(err)
		}
		root := explain.Report(report.Report{Kind: report.KindEvidence, Quote: q.Quote, Evidence: tt.evidence})
		n, _ := find(root, "quote", "TD report", "report data")
		if !strings.Contains(n.Meaning, tt.want) {
			t.Errorf("%s: %q, want %q", name, n.Meaning, tt.want)
		}
		b, ok := find(root, "binding")
		if ok != (tt.evidence != nil) || b.Alert != (name == "another binding") {
			t.Errorf("%s: binding %+v", name, b)
		}
	}
}

// ask posts to the simulated guest agent and returns its answer.
func ask(t *testing.T, s *simulator.Simulator, call, request string) []byte {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/"+call, strings.NewReader(request))
	r.Header.Set("Content-Type", "application/json")
	s.Handler().ServeHTTP(w, r)
	b, err := io.ReadAll(w.Result().Body)
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: status %d: %v: %.200s", call, w.Code, err, b)
	}
	return b
}

// The answers of guest agents, old and new, are read and explained without an alert.
func TestAgents(t *testing.T) {
	t.Parallel()
	const data = `{"report_data":"0102"}`
	const tls = `{"subject":"worker","usage_ra_tls":true,"usage_server_auth":true}`
	for _, tt := range []struct {
		agent         simulator.Agent
		call, request string
		kind          report.Kind
		path          []string
		meaning       string
	}{
		{simulator.Agent055, "GetQuote", data, report.KindAgent, []string{"event log", "replay of RTMR3"}, "the same as in the quote"},
		{simulator.Agent060, "GetQuote", data, report.KindAgent, []string{"event log", "replay of RTMR3"}, "the same as in the quote"},
		{simulator.Agent060, "Attest", data, report.KindAgent, []string{"event log", "replay of RTMR3"}, "the same as in the quote"},
		{simulator.Agent055, "GetTlsKey", tls, report.KindCertificate, []string{"certificate", "public key"}, "the quote's report data is its digest"},
		{simulator.Agent060, "GetTlsKey", tls, report.KindCertificate, []string{"certificate", "public key"}, "the quote's report data is its digest"},
		{simulator.Agent060, "Info", `{}`, report.KindAgent, []string{"app-compose"}, "is the compose hash in the event log"},
	} {
		s := newSimulator(t, func(c *simulator.Config) { c.Agent = tt.agent })
		r, err := report.Parse(ask(t, s, tt.call, tt.request))
		if err != nil {
			t.Errorf("%s %s: %v", tt.agent, tt.call, err)
			continue
		}
		root := explain.Report(r)
		n, ok := find(root, tt.path...)
		if !ok || r.Kind != tt.kind || !strings.Contains(n.Meaning, tt.meaning) {
			t.Errorf("%s %s: kind %s, %q: %q, want %q\n%s", tt.agent, tt.call, r.Kind, tt.path, n.Meaning, tt.meaning, text(t, root))
		}
		for _, a := range alerts(root) {
			if a != "root" && a != "error image-digest" && (a != "quote" || r.Quote != nil) {
				t.Errorf("%s %s: alert about %s", tt.agent, tt.call, a)
			}
		}
	}
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is unset: no corpus of real evidence")
	}
	const (
		lite    = "dstack/dstack_verifier_fixtures_tdx-lite-getquote.json"
		report5 = "dstack/dstack_verifier_fixtures_quote-report.json"
	)
	for _, tt := range []struct {
		file           string
		path           []string
		value, meaning string
		alerts         string
	}{
		{"dcap-qvl/sgx_quote", []string{"quote", "enclave report", "report data"}, "", "text: Hello, world!", ""},
		{"dcap-qvl/sgx_quote", []string{"quote", "PCK certificate chain", "CA"}, "", "Processor CA", ""},
		{"dcap-qvl/tdx_quote", []string{"quote", "PCK certificate chain", "root"}, "", "Intel's root certificate, byte for byte", ""},
		{"dcap-qvl/tdx_quote_outdated", []string{"quote", "TD report", "body type"}, "3", "3: TDX 1.5", ""},
		{"dcap-qvl/near_quote_hex.txt", []string{"quote", "TD report", "MRCONFIGID"}, "", "version 1 of dstack's", ""},
		{lite, []string{"quote", "TD report", "MRCONFIGID"}, "", "which is the event log's", ""},
		{lite, []string{"quote", "TD report", "report data"}, "", "an app's secp256k1 key", ""},
		{lite, []string{"event log", "[3] os-image-hash"}, "07a2388c7a6a1b6a646d443f1517990a4ec294471d63146cda9d56972765051d", "no digest in the log; recomputed", ""},
		{"dstack/dstack_verifier_fixtures_tdx-lite-attestation.json", []string{"event log", "replay of RTMR0"}, "", "the log has no events of it", ""},
		{report5, []string{"event log", "boot", "key provider"}, "local-sgx", "", ""},
		{report5, []string{"event log", "replay of RTMR2"}, "", "the same as in the quote", ""},
		{"dstack/examples_rtmr3-based_report.json", []string{"quote", "TD report", "report data"}, "", "commits to nothing", "report data"},
		{"dstack/examples_rtmr3-based_app-compose.json", []string{"app-compose", "name"}, "kvin-nb1", "", "quote error public-logs error image-digest error privileged error host-namespace error host-path"},
		{"go-tdx-guest/tdx_prod_quote_SPR_E4.dat", []string{"quote", "TD report", "TD attributes", "bit 30 PKS"}, "1", "", "bit 28 SEPT_VE_DISABLE trailing bytes"},
		{"dcap-qvl/tdx_quote_collateral.json", []string{"collateral", "expires"}, "2025-07-19T10:00:35Z", "", "quote"},
	} {
		raw, err := os.ReadFile(filepath.Join(root, "corpus/quotes", tt.file))
		if err != nil {
			t.Fatal(err)
		}
		r, err := report.Parse(raw)
		if err != nil {
			t.Errorf("%s: %v", tt.file, err)
			continue
		}
		tree := explain.Report(r)
		n, ok := find(tree, tt.path...)
		if !ok || tt.value != "" && n.Value != tt.value || !strings.Contains(n.Meaning, tt.meaning) {
			t.Errorf("%s %q: %q (%q), want %q (%q)", tt.file, tt.path, n.Value, n.Meaning, tt.value, tt.meaning)
		}
		if got := strings.Join(alerts(tree), " "); got != tt.alerts {
			t.Errorf("%s: alerts %q, want %q", tt.file, got, tt.alerts)
		}
	}
}

// Whatever is read can be explained, in text that a terminal may show.
func FuzzReport(f *testing.F) {
	r := evidence(f, newSimulator(f, nil))
	whole, err := json.Marshal(map[string]any{
		"quote": hex.EncodeToString(r.Quote), "event_log": string(r.EventLog), "vm_config": string(r.VMConfig),
		"app_compose": string(r.AppCompose), "collateral": string(r.Collateral), "report_data": "00",
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	for _, q := range quotes(f) {
		f.Add(q)
	}
	f.Add([]byte(compose))
	f.Add(r.EventLog)
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := report.Parse(raw)
		if err != nil {
			return
		}
		shown := text(t, explain.Report(r))
		if !utf8.ValidString(shown) || strings.ContainsAny(shown, "\x1b\r\x00") {
			t.Fatalf("control characters are shown: %.200q", shown)
		}
	})
}
