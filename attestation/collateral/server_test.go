package collateral

import (
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// pcs is Intel's service, or a mirror of it, with the documents of one bundle.
type pcs struct {
	style  style
	fail   func(w http.ResponseWriter, r *http.Request) bool // answers instead, if it says so
	before func()                                            // runs in every request

	mu     sync.Mutex
	bundle dcap.Bundle
	asked  []string // method, path and query of every request
}

// style is how a server speaks.
type style struct {
	tcbHeader, qeHeader, crlHeader string
	escape                         func(string) string
	crl                            func(der []byte) []byte
	rootCRL                        string // path of the root's list
}

var (
	intelStyle = style{
		"TCB-Info-Issuer-Chain", "SGX-Enclave-Identity-Issuer-Chain", "SGX-PCK-CRL-Issuer-Chain", percent, asDER, "/IntelSGXRootCA.der",
	}
	mirrorStyle = style{
		"SGX-TCB-Info-Issuer-Chain", "Enclave-Identity-Issuer-Chain", "PCK-CRL-Issuer-Chain", url.QueryEscape, asHex, "/sgx/certification/v4/rootcacrl",
	}
	pemStyle = style{
		"tcb-info-issuer-chain", "sgx-enclave-identity-issuer-chain", "sgx-pck-crl-issuer-chain", plainPlus, asPEM, "/sgx/certification/v4/rootcacrl",
	}
)

func percent(s string) string   { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
func plainPlus(s string) string { return strings.ReplaceAll(percent(s), "%2B", "+") }
func asDER(der []byte) []byte   { return der }
func asHex(der []byte) []byte   { return []byte(hex.EncodeToString(der) + "\n") }
func asPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})
}

func (p *pcs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.URL.RequestURI())
	b := p.bundle
	p.mu.Unlock()
	if p.before != nil {
		p.before()
	}
	if p.fail != nil && p.fail(w, r) {
		return
	}
	var body []byte
	s := p.style
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/certification/v4/tcb"):
		w.Header().Set(s.tcbHeader, s.escape(b.TCBInfoIssuerChain))
		body = []byte(`{"tcbInfo":` + b.TCBInfo + `,"signature":"` + b.TCBInfoSignature + `"}`)
	case strings.HasSuffix(path, "/certification/v4/qe/identity"):
		w.Header().Set(s.qeHeader, s.escape(b.QEIdentityIssuerChain))
		body = []byte(`{"enclaveIdentity":` + b.QEIdentity + `,"signature":"` + b.QEIdentitySignature + `"}`)
	case path == "/sgx/certification/v4/pckcrl":
		w.Header().Set(s.crlHeader, s.escape(b.PCKCRLIssuerChain))
		body = s.crl(unhex(b.PCKCRL))
	case path == s.rootCRL:
		body = s.crl(unhex(b.RootCRL))
	default:
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(body)
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// requests returns what was asked since the last call.
func (p *pcs) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.asked = nil
	return asked
}

// RoundTrip answers without a network, so that time can be a test's own.
func (p *pcs) RoundTrip(r *http.Request) (*http.Response, error) {
	done := make(chan *http.Response, 1)
	go func() {
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		done <- w.Result()
	}()
	select {
	case res := <-done:
		return res, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// fetcher asks p without a network.
func (p *pcs) fetcher(t *testing.T, cfg Config) *Fetcher {
	t.Helper()
	if cfg.URL == "" {
		cfg.URL = "https://pccs.example"
	}
	cfg.HTTP = &http.Client{Transport: p}
	f, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// bubbleStart is when tests with a time of their own begin: bubbles begin in 2000, when no
// certificate is valid yet.
var bubbleStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// simulated makes a simulated CVM, its quote and a server of its collateral.
func simulated(t *testing.T, cfg simulator.Config) (sim *simulator.Simulator, quote []byte, p *pcs) {
	t.Helper()
	time.Sleep(time.Until(bubbleStart)) // long ago outside of a bubble
	cfg.AppCompose = []byte(`{"manifest_version":2,"name":"test","runner":"docker-compose"}`)
	sim, err := simulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	q, err := sim.Quote(t.Context(), make([]byte, 64))
	if err != nil {
		t.Fatal(err)
	}
	p = &pcs{style: mirrorStyle}
	p.renew(t, sim)
	return sim, q.Quote, p
}

// renew makes the server give collateral of this moment.
func (p *pcs) renew(t *testing.T, sim *simulator.Simulator) {
	t.Helper()
	raw, err := sim.Collateral()
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := json.Unmarshal(raw, &p.bundle); err != nil {
		t.Fatal(err)
	}
}

// corpus reads a file of real evidence; it skips the test where there is none.
func corpus(t *testing.T, name string) []byte {
	t.Helper()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is unset: no corpus of real quotes")
	}
	b, err := os.ReadFile(filepath.Join(root, "corpus/quotes", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
