package dstack_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/encrypted-compute/encompute/dstack"
)

// FuzzAnswer lets an agent answer whatever it likes: what the client returns without an error is
// whole.
func FuzzAnswer(f *testing.F) {
	var body atomic.Pointer[string]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(*body.Load()))
	}))
	f.Cleanup(server.Close)
	c, err := dstack.NewClient(server.URL)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(c.Close)
	hex65 := strings.Repeat("0f", 65)
	f.Add(`{"quote":"00","event_log":"[]","report_data":"` + strings.Repeat("00", 64) + `","vm_config":"{}","attestation":""}`)
	f.Add(`{"key":"` + strings.Repeat("01", 32) + `","signature_chain":["` + hex65 + `","` + hex65 + `"]}`)
	f.Add(`{"app_id":"00","instance_id":null,"tcb_info":"{}"}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, answer string) {
		body.Store(&answer)
		if q, err := c.GetQuote(t.Context(), make([]byte, 64)); err == nil && (len(q.Quote) == 0 || q.EventLog == "") {
			t.Errorf("quote %+v", q)
		}
		if k, err := c.GetKey(t.Context(), "p", "q", ""); err == nil {
			if len(k.Key) != 32 || len(k.SignatureChain) != 2 || len(k.SignatureChain[0]) != 65 || len(k.SignatureChain[1]) != 65 {
				t.Errorf("key of %d bytes, chain of %d", len(k.Key), len(k.SignatureChain))
			}
		}
		if _, err := c.Info(t.Context()); err != nil && strings.Contains(err.Error(), strings.Repeat("0f", 400)) {
			t.Error("an error repeats the answer at length")
		}
	})
}
