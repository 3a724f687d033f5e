package simulator_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
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
	rename := simulator.Hooks{Certificate: func(c *x509.Certificate) { c.Subject.CommonName = "Intel SGX Root CA" }}
	for _, hooks := range []simulator.Hooks{{}, rename} {
		block, _ := pem.Decode([]byte(newSimulator(t, simulator.Config{Hooks: hooks}).RootPEM()))
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(cert.Subject.CommonName, "INSECURE SIMULATOR") {
			t.Errorf("root common name %q is not marked", cert.Subject.CommonName)
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
		"event log version": {AppCompose: []byte(`{"event_log_version":3}`)},
		"TCB status":        {AppCompose: appCompose, TCBStatus: "Perfect"},
		"relaunch of 1.0":   {AppCompose: appCompose, TCBStatus: dcap.TDRelaunchAdvised},
		"config id":         {AppCompose: appCompose, ConfigID: "v4"},
		"agent":             {AppCompose: appCompose, Agent: "0.7.0"},
	}
	for name, c := range tests {
		if _, err := simulator.New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
