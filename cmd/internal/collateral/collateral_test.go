package collateral

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// server serves the simulator's collateral and counts requests; broken changes answers.
func server(t *testing.T, broken func(http.ResponseWriter, *http.Request) bool) (source Source, quote []byte, requests *atomic.Int64) {
	t.Helper()
	sim, err := simulator.New(simulator.Config{AppCompose: []byte(`{"manifest_version":2,"name":"test","runner":"docker-compose"}`)})
	if err != nil {
		t.Fatal(err)
	}
	q, err := sim.Quote(t.Context(), make([]byte, 64))
	if err != nil {
		t.Fatal(err)
	}
	raw := []byte(q.Quote)
	requests = new(atomic.Int64)
	h := sim.CollateralHandler()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if broken == nil || !broken(w, r) {
			h.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	source, err = Open(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	return source, raw, requests
}

func TestServer(t *testing.T) {
	t.Parallel()
	source, quote, requests := server(t, nil)
	b, err := source.Collateral(context.Background(), quote)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dcap.ParseCollateral(b); err != nil {
		t.Error(err)
	}
	asked := requests.Load()
	if again, err := source.Collateral(context.Background(), quote); err != nil || string(again) != string(b) {
		t.Errorf("second answer differs: %v", err)
	}
	if requests.Load() != asked {
		t.Error("the second answer was fetched, not kept")
	}
	path := filepath.Join(t.TempDir(), "bundle.json")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	bundle, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := bundle.Collateral(context.Background(), nil); err != nil || string(got) != string(b) {
		t.Errorf("bundle gives something else: %v", err)
	}
}

func TestServerRefuses(t *testing.T) {
	t.Parallel()
	answer := func(path, body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, path) {
				return false
			}
			w.Header().Set("TCB-Info-Issuer-Chain", "x")
			_, _ = w.Write([]byte(body))
			return true
		}
	}
	for name, test := range map[string]struct {
		broken func(http.ResponseWriter, *http.Request) bool
		want   string
	}{
		"status":       {func(w http.ResponseWriter, _ *http.Request) bool { http.NotFound(w, nil); return true }, "404"},
		"no JSON":      {answer("/tcb", "hello"), "tcb"},
		"no signature": {answer("/tcb", `{"tcbInfo":{}}`), "signature"},
		"too large":    {answer("/tcb", strings.Repeat(" ", dcap.MaxCollateralBytes+1)), "more than"},
		"no chain":     {answer("/qe/identity", `{"enclaveIdentity":{},"signature":""}`), "SGX-Enclave-Identity-Issuer-Chain"},
		"bad list":     {answer("/rootcacrl", "zz"), "root_ca_crl"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source, quote, _ := server(t, test.broken)
			_, err := source.Collateral(context.Background(), quote)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	source, _, _ := server(t, nil)
	if _, err := source.Collateral(context.Background(), []byte("no quote")); err == nil {
		t.Error("collateral for something that is no quote")
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.json")
	if err := os.WriteFile(bad, []byte(`{"tcb_info":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{"http://", filepath.Join(dir, "none.json"), bad} {
		if _, err := Open(place); err == nil {
			t.Errorf("Open(%q) gave no error", place)
		}
	}
}
