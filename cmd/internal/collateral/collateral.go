// Package collateral finds what a verifier needs besides a quote: in a bundle file, or at a
// server in the shape of Intel's provisioning certification service (a PCCS). Nothing it
// returns is verified; whoever verifies a quote checks the signatures.
package collateral

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/quote"
)

// keep is how long fetched collateral is used again before it is fetched anew.
const keep = time.Hour

// maxIssuerChain bounds an issuer chain in a header, URL-encoded.
const maxIssuerChain = 64 << 10

// Source finds the collateral of a quote as QuoteCollateralV3 JSON.
type Source interface {
	Collateral(ctx context.Context, quote []byte) ([]byte, error)
}

// Open returns the source that a person named: the URL of a server, or a bundle file.
func Open(place string) (Source, error) {
	if u, err := url.Parse(place); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		if u.Host == "" {
			return nil, fmt.Errorf("collateral URL %q names no host", place)
		}
		return &Server{base: u, http: &http.Client{Timeout: 30 * time.Second}, cached: map[platform]entry{}}, nil
	}
	return ReadBundle(place)
}

// Bundle is the same collateral for every quote.
type Bundle []byte

// ReadBundle reads QuoteCollateralV3 JSON from a file.
func ReadBundle(path string) (Bundle, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("collateral bundle: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, dcap.MaxCollateralBytes+1))
	if err != nil {
		return nil, fmt.Errorf("collateral bundle %s: %w", path, err)
	}
	if _, err := dcap.ParseCollateral(b); err != nil {
		return nil, fmt.Errorf("collateral bundle %s: %w", path, err)
	}
	return b, nil
}

// Collateral implements Source.
func (b Bundle) Collateral(context.Context, []byte) ([]byte, error) { return bytes.Clone(b), nil }

// Server asks a PCCS, version 4 of its interface, and keeps the answers for a while.
type Server struct {
	base *url.URL
	http *http.Client

	mu     sync.Mutex
	cached map[platform]entry
}

// platform is what collateral depends on.
type platform struct {
	fmspc [6]byte
	ca    string // "platform" or "processor"
}

type entry struct {
	bundle []byte
	until  time.Time
}

// Collateral implements Source.
func (s *Server) Collateral(ctx context.Context, raw []byte) ([]byte, error) {
	p, err := platformOf(raw)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if e, ok := s.cached[p]; ok && now.Before(e.until) {
		return bytes.Clone(e.bundle), nil
	}
	bundle, err := s.fetch(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("collateral from %s: %w", s.base.Host, err)
	}
	b, err := json.Marshal(bundle)
	if err != nil {
		return nil, fmt.Errorf("encode collateral: %w", err)
	}
	parsed, err := dcap.ParseCollateral(b)
	if err != nil {
		return nil, fmt.Errorf("collateral from %s: %w", s.base.Host, err)
	}
	until := now.Add(keep)
	if e := parsed.Expires(); e.Before(until) {
		until = e
	}
	clear(s.cached) // one kind of platform is the rule; never grow with what strangers send
	s.cached[p] = entry{b, until}
	return bytes.Clone(b), nil
}

func platformOf(raw []byte) (p platform, err error) {
	q, err := quote.Parse(raw)
	if err != nil {
		return p, err
	}
	pck, err := dcap.ParsePCK(q.PCKChain)
	if err != nil {
		return p, err
	}
	p.fmspc, p.ca = pck.FMSPC, "platform"
	if strings.Contains(pck.CA().Subject.CommonName, "Processor") {
		p.ca = "processor"
	}
	return p, nil
}

// fetch asks for the four parts.
func (s *Server) fetch(ctx context.Context, p platform) (b dcap.Bundle, err error) {
	fmspc := url.Values{"fmspc": {hex.EncodeToString(p.fmspc[:])}}
	b.TCBInfo, b.TCBInfoSignature, b.TCBInfoIssuerChain, err = s.signed(ctx, "tcbInfo", "TCB-Info-Issuer-Chain", fmspc, "tdx/certification/v4/tcb")
	if err != nil {
		return b, err
	}
	b.QEIdentity, b.QEIdentitySignature, b.QEIdentityIssuerChain, err = s.signed(ctx, "enclaveIdentity", "SGX-Enclave-Identity-Issuer-Chain", nil, "tdx/certification/v4/qe/identity")
	if err != nil {
		return b, err
	}
	crl, header, err := s.get(ctx, url.Values{"ca": {p.ca}, "encoding": {"der"}}, "sgx/certification/v4/pckcrl")
	if err != nil {
		return b, err
	}
	if b.PCKCRLIssuerChain, err = issuerChain(header, "SGX-PCK-CRL-Issuer-Chain"); err != nil {
		return b, err
	}
	b.PCKCRL = hexCRL(crl)
	if crl, _, err = s.get(ctx, nil, "sgx/certification/v4/rootcacrl"); err != nil {
		return b, err
	}
	b.RootCRL = hexCRL(crl)
	return b, nil
}

// signed reads a signed document as the exact text that was signed.
func (s *Server) signed(ctx context.Context, field, chainHeader string, query url.Values, path string) (text, signature, chain string, err error) {
	body, header, err := s.get(ctx, query, path)
	if err != nil {
		return "", "", "", err
	}
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(body, &doc); err != nil {
		return "", "", "", fmt.Errorf("%s: %w", path, err)
	}
	if err := json.Unmarshal(doc["signature"], &signature); err != nil {
		return "", "", "", fmt.Errorf("%s: field signature: %w", path, err)
	}
	if chain, err = issuerChain(header, chainHeader); err != nil {
		return "", "", "", fmt.Errorf("%s: %w", path, err)
	}
	return string(doc[field]), signature, chain, nil
}

func (s *Server) get(ctx context.Context, query url.Values, path string) ([]byte, http.Header, error) {
	u := s.base.JoinPath(path)
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, nil, err
	}
	res, err := s.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("%s: status %s", path, res.Status)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, dcap.MaxCollateralBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(b) > dcap.MaxCollateralBytes {
		return nil, nil, fmt.Errorf("%s: more than %d bytes", path, dcap.MaxCollateralBytes)
	}
	return b, res.Header, nil
}

func issuerChain(h http.Header, name string) (string, error) {
	v := h.Get(name)
	if v == "" || len(v) > maxIssuerChain {
		return "", fmt.Errorf("header %s is missing or too long", name)
	}
	chain, err := url.QueryUnescape(v)
	if err != nil {
		return "", fmt.Errorf("header %s: %w", name, err)
	}
	return chain, nil
}

// hexCRL takes a revocation list in DER or, as some servers give it, in hexadecimal, which
// begins with the digits 30.
func hexCRL(b []byte) string {
	if bytes.HasPrefix(b, []byte{0x30}) {
		return hex.EncodeToString(b)
	}
	return strings.TrimSpace(string(b))
}
