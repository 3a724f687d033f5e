package simulator_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/kms"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// do makes one request of a handler and returns the status and the answer's JSON object.
func do(t testing.TB, h http.Handler, method, target, body string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var m map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil {
		t.Fatalf("%s %.60s: status %d, body %.200q: %v", method, target, w.Code, w.Body, err)
	}
	if kind := w.Header().Get("Content-Type"); kind != "application/json" {
		t.Errorf("%s %.60s: content type %q", method, target, kind)
	}
	return w.Code, m
}

// post makes a call that must succeed.
func post(t testing.TB, h http.Handler, path, body string) map[string]any {
	t.Helper()
	status, m := do(t, h, http.MethodPost, path, body)
	if status != http.StatusOK {
		t.Fatalf("POST %s %.100s: status %d, %v", path, body, status, m)
	}
	return m
}

func unhex(t testing.TB, v any) []byte {
	t.Helper()
	text, ok := v.(string)
	b, err := hex.DecodeString(text)
	if !ok || err != nil || text != strings.ToLower(text) {
		t.Fatalf("%.80v is not lower-case hexadecimal", v)
	}
	return b
}

// The names of every call's fields are the wire format.
func TestAnswerFields(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	info := []string{
		"app_id", "instance_id", "app_cert", "tcb_info", "app_name", "device_id", "mr_aggregated",
		"os_image_hash", "key_provider_info", "compose_hash", "vm_config", "cloud_vendor", "cloud_product",
	}
	quote := []string{"quote", "event_log", "report_data", "vm_config", "attestation"}
	tdxQuote := []string{"quote", "event_log", "hash_algorithm", "prefix"}
	key := []string{"key", "certificate_chain"}
	tests := []struct {
		handler            http.Handler
		method, path, body string
		fields             []string
	}{
		{s.Handler(), "GET", "/Info", "", info},
		{s.Handler(), "POST", "/Info", "", info},
		{s.Handler(), "POST", "/Info", "{}", info},
		{s.Handler(), "GET", "/Version", "", []string{"version", "rev"}},
		{s.Handler(), "GET", "/GetQuote?report_data=00ff", "", quote},
		{s.Handler(), "POST", "/GetQuote", `{"report_data":"00FF"}`, quote},
		{s.Handler(), "POST", "/Attest", `{"report_data":"00ff"}`, []string{"attestation"}},
		{s.Handler(), "GET", "/GetKey?path=a&purpose=b", "", []string{"key", "signature_chain"}},
		{s.Handler(), "POST", "/GetKey", `{"path":"a","purpose":"b","algorithm":"k256"}`, []string{"key", "signature_chain"}},
		{s.Handler(), "POST", "/GetTlsKey", `{"subject":"a"}`, key},
		{s.Handler(), "GET", "/GetTlsKey?subject=a&alt_names=x.example&alt_names=y.example&usage_ra_tls=true&not_after=4000000000", "", key},
		{s.Handler(), "POST", "/Sign", `{"algorithm":"ed25519","data":"00"}`, []string{"signature", "signature_chain", "public_key"}},
		{s.Handler(), "GET", "/GpuInfo", "", []string{"attestation"}},
		{s.TappdHandler(), "POST", "/prpc/Tappd.TdxQuote", `{"report_data":"00"}`, tdxQuote},
		{s.TappdHandler(), "POST", "/prpc/Tappd.TdxQuote?json", `{"report_data":"00"}`, tdxQuote},
		{s.TappdHandler(), "GET", "/prpc/TdxQuote?report_data=00", "", tdxQuote},
		{s.TappdHandler(), "POST", "/prpc/Tappd.RawQuote", `{"report_data":"` + strings.Repeat("00", 64) + `"}`, tdxQuote},
		{s.TappdHandler(), "POST", "/prpc/Tappd.DeriveKey", `{"path":"a","subject":"b"}`, key},
		{s.TappdHandler(), "POST", "/prpc/Tappd.DeriveK256Key", `{"path":"a","purpose":"b"}`, []string{"k256_key", "k256_signature_chain"}},
		{s.TappdHandler(), "POST", "/prpc/Tappd.Info", "", info},
		{s.TappdHandler(), "GET", "/prpc/Tappd.Version", "", []string{"version", "rev"}},
		{s.WorkerHandler(), "GET", "/prpc/Worker.Info", "", info},
		{s.WorkerHandler(), "GET", "/prpc/Worker.Version", "", []string{"version", "rev"}},
		{s.WorkerHandler(), "POST", "/prpc/Worker.GetAttestationForAppKey", `{"algorithm":"ed25519"}`, quote},
	}
	for _, tt := range tests {
		status, m := do(t, tt.handler, tt.method, tt.path, tt.body)
		slices.Sort(tt.fields)
		var got []string
		for name := range m {
			got = append(got, name)
		}
		slices.Sort(got)
		if status != http.StatusOK || !slices.Equal(got, tt.fields) {
			t.Errorf("%s %.40s: status %d, fields %q, want %q", tt.method, tt.path, status, got, tt.fields)
		}
	}
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	long := strings.Repeat("00", 65)
	tests := []struct {
		handler            http.Handler
		method, path, body string
		status             int
	}{
		{s.Handler(), "GET", "/GetQuote?report_data=zz", "", 400},
		{s.Handler(), "GET", "/GetQuote?report_data=00&report_data=00", "", 400},
		{s.Handler(), "POST", "/GetQuote", `{"report_data":"` + long + `"}`, 400},
		{s.Handler(), "POST", "/GetQuote", `{"report_data":"000"}`, 400},
		{s.Handler(), "POST", "/GetQuote", `{"report_data":7}`, 400},
		{s.Handler(), "POST", "/GetQuote", `{"report_data":`, 400},
		{s.Handler(), "POST", "/GetQuote", `{"report_data":"00"} trailing`, 400},
		{s.Handler(), "POST", "/Sign", `{"algorithm":"ed25519","data":"` + strings.Repeat("00", 1<<19) + `"}`, 400},
		{s.Handler(), "POST", "/Attest", `{"report_data":"` + long + `"}`, 400},
		{s.Handler(), "POST", "/GetKey", `{"algorithm":"rsa"}`, 400},
		{s.Handler(), "POST", "/Sign", `{"algorithm":"","data":"00"}`, 400},
		{s.Handler(), "POST", "/Sign", `{"algorithm":"secp256k1_prehashed","data":"00"}`, 400},
		{s.Handler(), "POST", "/Verify", `{"algorithm":"ed25519","public_key":"00","signature":"00"}`, 400},
		{s.Handler(), "POST", "/Verify", `{"algorithm":"secp256k1","public_key":"00","signature":"00"}`, 400},
		{s.Handler(), "POST", "/GetTlsKey", `{"not_before":2,"not_after":1}`, 400},
		{s.Handler(), "GET", "/GetTlsKey?not_after=soon", "", 400},
		{s.Handler(), "PUT", "/Info", "", 405},
		{s.Handler(), "GET", "/EmitEvent", "", 404},
		{s.Handler(), "GET", "/prpc/Tappd.Info", "", 404},
		{s.TappdHandler(), "GET", "/Info", "", 404},
		{s.TappdHandler(), "POST", "/prpc/Tappd.RawQuote", `{"report_data":"00"}`, 400},
		{s.TappdHandler(), "POST", "/prpc/Tappd.TdxQuote", `{"report_data":"00","hash_algorithm":"md5"}`, 400},
		{s.WorkerHandler(), "POST", "/prpc/Worker.GetAttestationForAppKey", `{"algorithm":"secp256k1_prehashed"}`, 400},
		{s.WorkerHandler(), "POST", "/prpc/Worker.GetKey", "", 404},
		{s.WorkerHandler(), "POST", "/GetKey", "", 404},
	}
	for _, tt := range tests {
		status, m := do(t, tt.handler, tt.method, tt.path, tt.body)
		if message, ok := m["error"].(string); status != tt.status || !ok || message == "" || len(m) != 1 {
			t.Errorf("%s %.40s %.60s: status %d, %v, want %d and an error", tt.method, tt.path, tt.body, status, m, tt.status)
		}
	}
}

// Which calls there are depends on the agent's version.
func TestAgentVersions(t *testing.T) {
	t.Parallel()
	for agent, want := range map[simulator.Agent]map[string]bool{
		simulator.Agent055:  {"EmitEvent": true},
		simulator.Agent0511: {"EmitEvent": true, "Attest": true, "Sign": true, "Version": true},
		simulator.Agent060:  {"Attest": true, "Sign": true, "Version": true, "GpuInfo": true},
	} {
		h := newSimulator(t, simulator.Config{Agent: agent}).Handler()
		for _, call := range []string{"EmitEvent", "Attest", "Sign", "Version", "GpuInfo"} {
			status, _ := do(t, h, "POST", "/"+call, `{"event":"x","algorithm":"ed25519"}`)
			if got := status == http.StatusOK; got != want[call] {
				t.Errorf("agent %s: %s answers %d", agent, call, status)
			}
		}
	}
}

// What the app measures shows in log and register; the boot before it stays as it was.
func TestEmitEvent(t *testing.T) {
	t.Parallel()
	for _, compose := range []string{`{"name":"a"}`, `{"name":"a","event_log_version":2}`} {
		s := newSimulator(t, simulator.Config{Agent: simulator.Agent0511, AppCompose: []byte(compose)})
		before := post(t, s.Handler(), "/GetQuote", `{}`)
		post(t, s.Handler(), "/EmitEvent", `{"event":"mine <&>","payload":"c0ffee"}`)
		after := post(t, s.Handler(), "/GetQuote", `{}`)
		events, err := eventlog.Parse([]byte(after["event_log"].(string)))
		if err != nil {
			t.Fatal(err)
		}
		last := events[len(events)-1]
		if last.Name != "mine <&>" || !bytes.Equal(last.Payload, []byte{0xc0, 0xff, 0xee}) {
			t.Errorf("last event %+v", last)
		}
		replayed, err := eventlog.Replay(events)
		if err != nil {
			t.Fatal(err)
		}
		q := unhex(t, after["quote"])
		if !bytes.Equal(q[520:568], replayed[3][:]) || bytes.Equal(q[520:568], unhex(t, before["quote"])[520:568]) {
			t.Errorf("RTMR3 %x, replayed %s", q[520:568], replayed[3])
		}
		if status, _ := do(t, s.Handler(), "POST", "/EmitEvent", `{"event":""}`); status != http.StatusBadRequest {
			t.Errorf("an event without name: status %d", status)
		}
	}
}

// A quote and the log beside it are of one moment, whatever the app measures meanwhile.
func TestEmitEventMeanwhile(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{Agent: simulator.Agent0511})
	emitted := make(chan error, 1)
	go func() {
		var err error
		for i := 0; i < 100 && err == nil; i++ {
			err = s.EmitEvent("mine", []byte{byte(i)})
		}
		emitted <- err
	}()
	for range 20 {
		q, err := s.Quote(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if r := replay(t, []byte(q.EventLog)); !bytes.Equal(q.Quote[520:568], r[3][:]) {
			t.Errorf("RTMR3 %x, replayed %s", []byte(q.Quote[520:568]), r[3])
		}
	}
	if err := <-emitted; err != nil {
		t.Error(err)
	}
}

func TestNoInstanceID(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{AppCompose: []byte(`{"name":"a","no_instance_id":true}`)})
	if id := post(t, s.Handler(), "/Info", "")["instance_id"]; id != "" {
		t.Errorf("instance id %q", id)
	}
	q, err := s.Quote(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	events, err := eventlog.Parse([]byte(q.EventLog))
	if err != nil {
		t.Fatal(err)
	}
	if boot, err := eventlog.ReadBoot(events); err != nil || len(boot.InstanceID) != 0 {
		t.Errorf("boot %+v, %v", boot, err)
	}
}

// Events of version 2 carry what was hashed.
func TestEventLogVersion2(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{AppCompose: []byte(`{"name":"a","event_log_version":2}`), StrippedLog: true})
	events, err := eventlog.Parse([]byte(post(t, s.Handler(), "/GetQuote", `{}`)["event_log"].(string)))
	if err != nil {
		t.Fatal(err)
	}
	runtimeEvents := 0
	for _, e := range events {
		if e.IMR != eventlog.RuntimeIMR {
			continue
		}
		runtimeEvents++
		want, err := e.Measure()
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha512.Sum384(e.Preimage); e.Version != 2 || sum != want || len(e.Digest) != 0 {
			t.Errorf("event %+v", e)
		}
	}
	if runtimeEvents != 9 {
		t.Errorf("%d runtime events, want 9", runtimeEvents)
	}
}

func TestSignAndVerify(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	digest := sha256.Sum256([]byte("data"))
	for algorithm, data := range map[string][]byte{
		"ed25519": []byte("data"), "secp256k1": []byte("data"), "k256": []byte("data"), "secp256k1_prehashed": digest[:],
	} {
		m := post(t, s.Handler(), "/Sign", `{"algorithm":"`+algorithm+`","data":"`+hex.EncodeToString(data)+`"}`)
		sig, public := unhex(t, m["signature"]), unhex(t, m["public_key"])
		chain := m["signature_chain"].([]any)
		if len(sig) != 64 || len(chain) != 3 || chain[0] != m["signature"] {
			t.Fatalf("%s: %v", algorithm, m)
		}
		if algorithm == "ed25519" {
			if !ed25519.Verify(public, data, sig) {
				t.Errorf("%s: signature does not verify", algorithm)
			}
		} else if !verifies(t, public, digest[:], sig) {
			t.Errorf("%s: signature does not verify", algorithm)
		}
		c := kms.Chain{
			PublicKey: public, Purpose: "signing", AppID: s.AppID(),
			Signatures: [][]byte{unhex(t, chain[1]), unhex(t, chain[2])},
		}
		if err := c.Verify(s.KMSPublicKey()); err != nil {
			t.Errorf("%s: %v", algorithm, err)
		}
		for want, edit := range map[bool]byte{true: 0, false: 1} {
			changed := slices.Clone(data)
			changed[0] ^= edit
			request, err := json.Marshal(map[string]string{
				"algorithm": algorithm, "data": hex.EncodeToString(changed),
				"signature": hex.EncodeToString(sig), "public_key": hex.EncodeToString(public),
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := post(t, s.Handler(), "/Verify", string(request))["valid"]; got != want {
				t.Errorf("%s: valid %v, want %v", algorithm, got, want)
			}
		}
	}
}

func verifies(t *testing.T, public, digest, sig []byte) bool {
	t.Helper()
	key, err := secp256k1.ParsePubKey(public)
	if err != nil {
		t.Fatal(err)
	}
	var r, s secp256k1.ModNScalar
	r.SetByteSlice(sig[:32])
	s.SetByteSlice(sig[32:])
	return ecdsa.NewSignature(&r, &s).Verify(digest, key)
}

func TestTdxQuote(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	data := []byte("data")
	sha2 := sha512.Sum512([]byte("app-data:data"))
	short := sha256.Sum256([]byte("mine:data"))
	third := sha3.Sum512([]byte("app-data:data"))
	raw := bytes.Repeat([]byte{7}, 64)
	tests := []struct {
		data                   []byte
		algorithm, prefix      string
		want                   []byte
		wantAlgorithm, wantTag string
	}{
		{data, "", "", sha2[:], "sha512", "app-data"},
		{data, "sha512", "", sha2[:], "sha512", "app-data"},
		{data, "sha256", "mine", short[:], "sha256", "mine"},
		{data, "sha3-512", "", third[:], "sha3-512", "app-data"},
		{data, "keccak256", "", kms.Keccak256([]byte("app-data:data")), "keccak256", "app-data"},
		{raw, "raw", "", raw, "raw", ""},
	}
	for _, tt := range tests {
		request, err := json.Marshal(map[string]string{
			"report_data": hex.EncodeToString(tt.data), "hash_algorithm": tt.algorithm, "prefix": tt.prefix,
		})
		if err != nil {
			t.Fatal(err)
		}
		m := post(t, s.TappdHandler(), "/prpc/Tappd.TdxQuote", string(request))
		want := make([]byte, 64)
		copy(want, tt.want)
		if got := unhex(t, m["quote"])[568:632]; !bytes.Equal(got, want) || m["hash_algorithm"] != tt.wantAlgorithm || m["prefix"] != tt.wantTag {
			t.Errorf("%q: report data %x, want %x; %v %v", tt.algorithm, got, want, m["hash_algorithm"], m["prefix"])
		}
	}
}

func TestAttestationForAppKey(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	for algorithm, prefix := range map[string]string{"ed25519": "dip1::ed25519-pk:", "k256": "dip1::secp256k1c-pk:"} {
		public := unhex(t, post(t, s.Handler(), "/Sign", `{"algorithm":"`+algorithm+`","data":""}`)["public_key"])
		m := post(t, s.WorkerHandler(), "/prpc/Worker.GetAttestationForAppKey", `{"algorithm":"`+algorithm+`"}`)
		want := make([]byte, 64)
		copy(want, prefix+base64.RawURLEncoding.EncodeToString(public))
		if got := unhex(t, m["quote"])[568:632]; !bytes.Equal(got, want) || !bytes.Equal(unhex(t, m["report_data"]), want) {
			t.Errorf("%s: report data %q, want %q", algorithm, got, want)
		}
	}
}

// An app may hide its text from the world outside.
func TestPublicInfo(t *testing.T) {
	t.Parallel()
	for compose, shown := range map[string]bool{
		`{"name":"a"}`: true, `{"name":"a","public_tcbinfo":true}`: true, `{"name":"a","public_tcbinfo":false}`: false,
	} {
		s := newSimulator(t, simulator.Config{AppCompose: []byte(compose)})
		m := post(t, s.WorkerHandler(), "/prpc/Worker.Info", "")
		if got := m["tcb_info"] != "" && m["vm_config"] != ""; got != shown {
			t.Errorf("%s: shown %v", compose, got)
		}
		if post(t, s.Handler(), "/Info", "")["tcb_info"] == "" {
			t.Errorf("%s: hidden from the app itself", compose)
		}
	}
}
