package simulator_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// FuzzRequest sends whatever it likes to every call: the answer is always one JSON object, an
// error unless the status is 200.
func FuzzRequest(f *testing.F) {
	s, err := simulator.New(simulator.Config{AppCompose: appCompose, Seed: bytes.Repeat([]byte{7}, 32), Agent: simulator.Agent0511})
	if err != nil {
		f.Fatal(err)
	}
	calls := []struct {
		handler http.Handler
		path    string
	}{
		{s.Handler(), "/GetQuote"},
		{s.Handler(), "/Attest"},
		{s.Handler(), "/GetKey"},
		{s.Handler(), "/GetTlsKey"},
		{s.Handler(), "/Sign"},
		{s.Handler(), "/Verify"},
		{s.Handler(), "/Info"},
		{s.Handler(), "/EmitEvent"},
		{s.TappdHandler(), "/prpc/Tappd.TdxQuote"},
		{s.TappdHandler(), "/prpc/Tappd.RawQuote"},
		{s.TappdHandler(), "/prpc/Tappd.DeriveKey"},
		{s.WorkerHandler(), "/prpc/Worker.GetAttestationForAppKey"},
	}
	for i := range calls {
		f.Add(i, false, `{"report_data":"00ff","path":"a","algorithm":"ed25519","data":"00","event":"e","payload":"00"}`)
		f.Add(i, true, `report_data=00ff&path=a&algorithm=k256&alt_names=a&alt_names=b&not_after=4000000000&usage_ra_tls=1`)
	}
	f.Add(3, false, `{"subject":"\u0000","alt_names":["","\u00ff"],"not_before":18446744073709551615}`)
	f.Add(5, false, `{"algorithm":"secp256k1","data":"","signature":"","public_key":null}`)
	f.Fuzz(func(t *testing.T, which int, get bool, text string) {
		call := calls[uint(which)%uint(len(calls))]
		r := httptest.NewRequest(http.MethodPost, call.path, bytes.NewReader([]byte(text)))
		if get {
			r = httptest.NewRequest(http.MethodGet, call.path, nil)
			r.URL = &url.URL{Path: call.path, RawQuery: text}
		}
		w := httptest.NewRecorder()
		call.handler.ServeHTTP(w, r)
		var m map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil {
			t.Fatalf("status %d, body %q: %v", w.Code, w.Body, err)
		}
		if message, failed := m["error"]; failed == (w.Code == http.StatusOK) || failed && message == "" {
			t.Fatalf("status %d, %v", w.Code, m)
		}
	})
}
