package simulator_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/kms"
	"github.com/encrypted-compute/encompute/dstack"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var appCompose = []byte(`{"manifest_version":2,"name":"encompute-worker","runner":"docker-compose","docker_compose_file":"services: {}"}`)

func newSimulator(t *testing.T, c simulator.Config) *simulator.Simulator {
	t.Helper()
	if c.AppCompose == nil {
		c.AppCompose = appCompose
	}
	s, err := simulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serve starts the simulator on a unix socket and returns the socket's path and a client of it.
func serve(t *testing.T, s *simulator.Simulator) (string, *dstack.Client) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	c, err := dstack.NewClient(socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return socket, c
}

func TestQuoteOverSocket(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	_, c := serve(t, s)
	q, err := c.GetQuote(t.Context(), []byte("hello"))
	if err != nil {
		t.Fatal(err)
	}
	if want := append([]byte("hello"), make([]byte, 59)...); !bytes.Equal(q.Quote[568:632], want) {
		t.Errorf("report data in the quote %x", []byte(q.Quote[568:632]))
	}
	events, err := eventlog.Parse([]byte(q.EventLog))
	if err != nil {
		t.Fatal(err)
	}
	r, err := eventlog.Replay(events)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r {
		if got := q.Quote[376+48*i : 376+48*(i+1)]; !bytes.Equal(got, r[i][:]) {
			t.Errorf("RTMR%d in the quote %x, replayed %s", i, []byte(got), r[i])
		}
	}
	hash := sha256.Sum256(appCompose)
	if want := append([]byte{1}, hash[:]...); !bytes.Equal(q.Quote[232:265], want) {
		t.Errorf("mr_config_id %x, want %x", []byte(q.Quote[232:265]), want)
	}
	if _, err := c.GetQuote(t.Context(), make([]byte, 65)); err == nil {
		t.Error("65 bytes of report data accepted")
	}
}

func TestInfoAndVersion(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	_, c := serve(t, s)
	info, err := c.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hash := s.ComposeHash()
	if !bytes.Equal(info.ComposeHash, hash[:]) || !bytes.Equal(info.AppID, hash[:20]) || info.AppName != "encompute-worker" {
		t.Errorf("info %+v", info)
	}
	var tcb dstack.TCBInfo
	if err := json.Unmarshal([]byte(info.TCBInfo), &tcb); err != nil {
		t.Fatal(err)
	}
	if tcb.AppCompose != string(appCompose) {
		t.Errorf("app_compose in tcb_info is not the text as given: %q", tcb.AppCompose)
	}
	v, err := c.Version(t.Context())
	if err != nil || !strings.Contains(v.Version, "simulated") {
		t.Errorf("Version = %+v, %v", v, err)
	}
}

func TestKeyChain(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	_, c := serve(t, s)
	k, err := c.GetKey(t.Context(), "receipt", "encompute", "secp256k1")
	if err != nil {
		t.Fatal(err)
	}
	public := secp256k1.PrivKeyFromBytes(k.Key).PubKey().SerializeCompressed()
	if err := dstack.VerifyKeyChain(public, "encompute", s.AppID(), k.SignatureChain, s.KMSPublicKey()); err != nil {
		t.Error(err)
	}
	if err := dstack.VerifyKeyChain(public, "other", s.AppID(), k.SignatureChain, s.KMSPublicKey()); !errors.Is(err, kms.ErrChain) {
		t.Errorf("other purpose: %v", err)
	}
	e, err := c.GetKey(t.Context(), "receipt", "encompute", "ed25519")
	if err != nil {
		t.Fatal(err)
	}
	edPublic := ed25519.NewKeyFromSeed(e.Key).Public().(ed25519.PublicKey)
	if err := dstack.VerifyKeyChain(edPublic, "encompute", s.AppID(), e.SignatureChain, s.KMSPublicKey()); err != nil {
		t.Error(err)
	}
	var agent *dstack.AgentError
	if _, err := c.GetKey(t.Context(), "receipt", "", "rsa"); !errors.As(err, &agent) || agent.Status == http.StatusOK {
		t.Errorf("unknown algorithm: %v", err)
	}
}

// The same seed gives the same keys and certificates, another app other keys under the same KMS.
func TestSeed(t *testing.T) {
	t.Parallel()
	seed := bytes.Repeat([]byte{7}, 32)
	a := newSimulator(t, simulator.Config{Seed: seed})
	b := newSimulator(t, simulator.Config{Seed: seed})
	other := newSimulator(t, simulator.Config{Seed: seed, AppCompose: []byte(`{"name":"other"}`)})
	random := newSimulator(t, simulator.Config{})
	key := func(s *simulator.Simulator) string {
		k, err := s.Key(dstack.KeyRequest{Path: "p"})
		if err != nil {
			t.Fatal(err)
		}
		return hex.EncodeToString(k.Key)
	}
	if a.RootPEM() != b.RootPEM() || key(a) != key(b) || a.KeyProviderID() != b.KeyProviderID() {
		t.Error("the same seed gave two simulators")
	}
	if !bytes.Equal(a.KMSPublicKey(), other.KMSPublicKey()) || key(a) == key(other) {
		t.Error("another app under the same KMS: want the same KMS key and another app key")
	}
	if a.RootPEM() == random.RootPEM() || bytes.Equal(a.KMSPublicKey(), random.KMSPublicKey()) {
		t.Error("a random seed gave the fixed keys")
	}
}

func TestRootIsMarked(t *testing.T) {
	t.Parallel()
	block, _ := pem.Decode([]byte(newSimulator(t, simulator.Config{}).RootPEM()))
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(cert.Subject.CommonName, "INSECURE SIMULATOR") {
		t.Errorf("root common name %q is not marked", cert.Subject.CommonName)
	}
}

// The raw HTTP surface: GET with a query, POST without a body, errors as {"error":...}.
func TestHTTPShapes(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newSimulator(t, simulator.Config{}).Handler())
	t.Cleanup(server.Close)
	tests := []struct {
		method, path, body string
		status             int
		keys               []string
	}{
		{"GET", "/Info", "", 200, []string{
			"app_id", "instance_id", "app_cert", "tcb_info", "app_name", "device_id",
			"mr_aggregated", "os_image_hash", "key_provider_info", "compose_hash", "vm_config",
		}},
		{"POST", "/Info", "", 200, []string{"app_id"}},
		{"POST", "/Info", "{}", 200, []string{"app_id"}},
		{"GET", "/Version", "", 200, []string{"version", "rev"}},
		{"GET", "/GetQuote?report_data=00ff", "", 200, []string{"quote", "event_log", "report_data", "vm_config"}},
		{"POST", "/GetQuote", `{"report_data":"00ff"}`, 200, []string{"quote", "event_log", "report_data", "vm_config"}},
		{"GET", "/GetKey?path=a&purpose=b", "", 200, []string{"key", "signature_chain"}},
		{"POST", "/GetKey", `{"path":"a","purpose":"b","algorithm":"k256"}`, 200, []string{"key", "signature_chain"}},
		{"GET", "/GetQuote?report_data=zz", "", 400, []string{"error"}},
		{"POST", "/GetQuote", `{"report_data":"` + strings.Repeat("00", 65) + `"}`, 400, []string{"error"}},
		{"POST", "/GetQuote", `{"report_data":`, 400, []string{"error"}},
		{"POST", "/GetQuote", `{"report_data":"` + strings.Repeat("00", 70000) + `"}`, 400, []string{"error"}},
		{"PUT", "/Info", "", 405, []string{"error"}},
		{"GET", "/EmitEvent", "", 404, []string{"error"}},
	}
	for _, tt := range tests {
		req, err := http.NewRequestWithContext(t.Context(), tt.method, server.URL+tt.path, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		err = json.NewDecoder(resp.Body).Decode(&m)
		resp.Body.Close()
		if err != nil || resp.StatusCode != tt.status {
			t.Errorf("%s %.40s: status %d, %v, want %d", tt.method, tt.path, resp.StatusCode, err, tt.status)
		}
		for _, k := range tt.keys {
			if _, ok := m[k]; !ok {
				t.Errorf("%s %.40s: no field %q", tt.method, tt.path, k)
			}
		}
	}
}

func TestCollateralHandler(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	s := newSimulator(t, simulator.Config{Now: func() time.Time { return now }})
	server := httptest.NewServer(s.CollateralHandler())
	t.Cleanup(server.Close)
	raw, err := s.Collateral()
	if err != nil {
		t.Fatal(err)
	}
	var bundle map[string]string
	if err := json.Unmarshal(raw, &bundle); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ path, header, wantChain, wantBody string }{
		{"/tdx/certification/v4/tcb?fmspc=0053494d0000", "TCB-Info-Issuer-Chain", bundle["tcb_info_issuer_chain"], `{"tcbInfo":` + bundle["tcb_info"] + `,"signature":"` + bundle["tcb_info_signature"] + `"}`},
		{"/tdx/certification/v4/qe/identity", "SGX-Enclave-Identity-Issuer-Chain", bundle["qe_identity_issuer_chain"], `{"enclaveIdentity":` + bundle["qe_identity"] + `,"signature":"` + bundle["qe_identity_signature"] + `"}`},
		{"/sgx/certification/v4/pckcrl?ca=platform&encoding=der", "SGX-PCK-CRL-Issuer-Chain", bundle["pck_crl_issuer_chain"], bundle["pck_crl"]},
		{"/sgx/certification/v4/rootcacrl", "", "", bundle["root_ca_crl"]},
	}
	for _, tt := range tests {
		resp, err := server.Client().Get(server.URL + tt.path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%s: status %d, %v", tt.path, resp.StatusCode, err)
		}
		got := string(body)
		if resp.Header.Get("Content-Type") == "application/pkix-crl" {
			got = hex.EncodeToString(body)
		}
		if got != tt.wantBody {
			t.Errorf("%s: body differs from the bundle", tt.path)
		}
		if tt.header == "" {
			continue
		}
		chain, err := url.QueryUnescape(resp.Header.Get(tt.header))
		if err != nil || chain != tt.wantChain {
			t.Errorf("%s: issuer chain differs from the bundle (%v)", tt.path, err)
		}
	}
	resp, err := server.Client().Get(server.URL + "/tdx/certification/v4/tcb?fmspc=000000000000")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("unknown fmspc: status %d", resp.StatusCode)
	}
}

func TestListenAndServe(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	folder := t.TempDir()
	socket := filepath.Join(folder, "s")
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false) // as a killed process leaves it
	stale.Close()

	c, err := dstack.NewClient(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.ListenAndServe(ctx, socket) }()
	for {
		if _, err = c.Version(t.Context()); err == nil {
			break
		}
		select {
		case err := <-done:
			t.Fatalf("ListenAndServe ended early: %v", err)
		default:
			runtime.Gosched()
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}

	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(folder, "missing", "s"), filepath.Join(folder, strings.Repeat("long", 40))} {
		if err := s.ListenAndServe(t.Context(), path); err == nil {
			t.Errorf("ListenAndServe(%.60s) succeeded", path)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]simulator.Config{
		"no app-compose":    {},
		"not JSON":          {AppCompose: []byte("services:")},
		"app-compose large": {AppCompose: bytes.Repeat([]byte{' '}, simulator.MaxAppCompose+1)},
		"seed short":        {AppCompose: appCompose, Seed: make([]byte, 31)},
		"app id short":      {AppCompose: appCompose, AppID: make([]byte, 19)},
	}
	for name, c := range tests {
		if _, err := simulator.New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
