package main

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// TestCollateralScripts runs scripts before services in the shape of Intel's.
func TestCollateralScripts(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Config{AppCompose: []byte(`{"manifest_version":2,"name":"worker","runner":"docker-compose"}`)})
	if err != nil {
		t.Fatal(err)
	}
	q, err := sim.Quote(t.Context(), []byte("report data"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := json.Marshal(map[string]string{"quote": hex.EncodeToString(q.Quote), "event_log": q.EventLog, "vm_config": q.VMConfig})
	if err != nil {
		t.Fatal(err)
	}
	services := map[string]http.HandlerFunc{
		"PCS":     sim.CollateralHandler().ServeHTTP,
		"UNKNOWN": http.NotFound,
		"REDIRECT": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://pccs.example", http.StatusFound)
		},
		"GARBAGE": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) },
		"BUSY": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		},
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/collateral",
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("ENCOMPUTE_HOME", filepath.Join(e.WorkDir, "home"))
			for name, handler := range services {
				srv := httptest.NewServer(handler)
				e.Defer(srv.Close)
				e.Setenv(name, srv.URL)
			}
			for name, content := range map[string]string{
				"quote.bin": string(q.Quote), "quote.hex": "0x" + strings.ToUpper(hex.EncodeToString(q.Quote)) + "\n",
				"report.json": string(report), "root.pem": sim.RootPEM(),
			} {
				if err := os.WriteFile(filepath.Join(e.WorkDir, name), []byte(content), 0o600); err != nil {
					return err
				}
			}
			return nil
		},
	})
}
