package dstack_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/dstack"
)

// agent answers every call with a fixed status and body.
func agent(t *testing.T, status int, body string) *dstack.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	c, err := dstack.NewClient(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	hex65 := strings.Repeat("00", 65)
	tests := map[string]struct {
		body string
		call func(context.Context, *dstack.Client) error
	}{
		"not JSON":                {"hello", quote},
		"trailing data":           {`{"version":"1"} x`, version},
		"too large":               {`{"version":"` + strings.Repeat("a", 5<<20) + `"}`, version},
		"quote not hex":           {`{"quote":"zz","event_log":"[]"}`, quote},
		"quote empty":             {`{"event_log":"[]"}`, quote},
		"quote without event log": {`{"quote":"00"}`, quote},
		"other report data":       {`{"quote":"00","event_log":"[]","report_data":"00"}`, quote},
		"key short":               {`{"key":"00","signature_chain":["` + hex65 + `","` + hex65 + `"]}`, key},
		"signature short":         {`{"key":"` + strings.Repeat("00", 32) + `","signature_chain":["` + hex65 + `","00"]}`, key},
		"key without chain":       {`{"key":"` + strings.Repeat("00", 32) + `","signature_chain":[]}`, key},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := tt.call(t.Context(), agent(t, http.StatusOK, tt.body)); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func quote(ctx context.Context, c *dstack.Client) error {
	_, err := c.GetQuote(ctx, []byte("x"))
	return err
}

func version(ctx context.Context, c *dstack.Client) error {
	_, err := c.Version(ctx)
	return err
}

func key(ctx context.Context, c *dstack.Client) error {
	_, err := c.GetKey(ctx, "p", "q", "")
	return err
}

func TestAgentError(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"error":"quote failed"}`: "quote failed",
		`<html>`:                   "<html>",
	} {
		var e *dstack.AgentError
		err := version(t.Context(), agent(t, http.StatusInternalServerError, body))
		if !errors.As(err, &e) || e.Status != 500 || e.Method != "Version" || !strings.Contains(err.Error(), want) {
			t.Errorf("body %s: %v", body, err)
		}
	}
}

// A call that the agent is too old for says so.
func TestUnknownCall(t *testing.T) {
	t.Parallel()
	err := version(t.Context(), agent(t, http.StatusNotFound, `{"error":"no such method"}`))
	if err == nil || !strings.Contains(err.Error(), "does not know the call") {
		t.Errorf("error %v names no remedy", err)
	}
}

func TestRedirectIsRefused(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/Version" {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			return
		}
		fmt.Fprint(w, `{"version":"elsewhere"}`)
	}))
	t.Cleanup(server.Close)
	c, err := dstack.NewClient(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := version(t.Context(), c); err == nil {
		t.Error("a redirect was followed")
	}
}

func TestUnknownFieldsAreAllowed(t *testing.T) {
	t.Parallel()
	c := agent(t, http.StatusOK, `{"version":"9.9","rev":"a","later":{"field":1}}`)
	if v, err := c.Version(t.Context()); err != nil || v.Version != "9.9" {
		t.Errorf("Version = %+v, %v", v, err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := version(ctx, agent(t, http.StatusOK, `{}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestEndpoint(t *testing.T) {
	for _, bad := range []string{
		"https://127.0.0.1", "http://example.org", "http://10.0.0.1:8090", "http://", "http://localhost.example.org",
		"http://user@localhost", "http://localhost/?a=b", "unix:///var/run/dstack.sock", "http://[::1",
	} {
		if _, err := dstack.NewClient(bad); err == nil {
			t.Errorf("endpoint %s accepted", bad)
		}
	}
	for _, good := range []string{"http://localhost:8090/", "http://127.0.0.1:8090", "http://[::1]:8090", "/var/run/dstack.sock", "dstack.sock"} {
		if _, err := dstack.NewClient(good); err != nil {
			t.Error(err)
		}
	}
	c, err := dstack.NewClient(filepath.Join(t.TempDir(), "none.sock"))
	if err != nil {
		t.Fatal(err)
	}
	if err := version(t.Context(), c); !errors.Is(err, dstack.ErrNoAgent) {
		t.Errorf("call through a missing socket: %v, want ErrNoAgent", err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"version":"env"}`) }))
	defer server.Close()
	t.Setenv(dstack.EndpointEnv, server.URL)
	c, err = dstack.NewClient("")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := c.Version(t.Context()); err != nil || v.Version != "env" {
		t.Errorf("Version through %s = %+v, %v", dstack.EndpointEnv, v, err)
	}
}

func TestKeyDoesNotPrint(t *testing.T) {
	t.Parallel()
	k := dstack.Key{Key: []byte("very secret bytes")}
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%+v", k), fmt.Sprintf("%#v", k)} {
		if strings.Contains(s, "76657279") || strings.Contains(s, "very") {
			t.Errorf("key printed as %q", s)
		}
	}
}
