// Package collateral finds what a verifier needs besides a quote: Intel's TCB info, QE
// identity and revocation lists. Nothing here is trusted: all of it is signed, and package
// attestation checks the signatures.
package collateral

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
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

// IntelPCS is the base URL of Intel's own service.
const IntelPCS = "https://api.trustedservices.intel.com"

// intelRootCRL is where Intel publishes the root's revocation list; its service, unlike
// its mirrors, does not serve it.
const intelRootCRL = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"

// maxAnswer bounds each answer of a service.
const maxAnswer = 1 << 20

// File reads collateral from a bundle file (QuoteCollateralV3 as JSON), again each time,
// so that the file may be replaced.
type File struct{ Path string }

// Collateral returns the bundle, whatever the quote.
func (f File) Collateral(context.Context, []byte) ([]byte, error) {
	st, err := os.Stat(f.Path)
	if err != nil {
		return nil, fmt.Errorf("collateral bundle: %w", err)
	}
	if st.Size() > dcap.MaxCollateralBytes {
		return nil, fmt.Errorf("collateral bundle %s: %d bytes, at most %d", f.Path, st.Size(), dcap.MaxCollateralBytes)
	}
	b, err := os.ReadFile(f.Path)
	if err != nil {
		return nil, fmt.Errorf("collateral bundle: %w", err)
	}
	return b, nil
}

// Service fetches collateral from Intel's provisioning certification service, version 4,
// or from a mirror of its shape (PCCS), and keeps it for a while. It is safe for
// concurrent use.
type Service struct {
	base *url.URL
	http *http.Client
	keep time.Duration
	now  func() time.Time

	mu    sync.Mutex
	cache map[string]cached
}

type cached struct {
	bundle []byte
	at     time.Time
}

// NewService makes a source over the service at base. Answers are kept for the time keep;
// now nil means time.Now.
func NewService(base string, keep time.Duration, now func() time.Time) (*Service, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("collateral service %q is not an http or https URL", base)
	}
	if now == nil {
		now = time.Now
	}
	return &Service{base: u, http: &http.Client{Timeout: 20 * time.Second}, keep: keep, now: now, cache: map[string]cached{}}, nil
}

// Collateral returns the bundle for the platform that made a quote.
func (s *Service) Collateral(ctx context.Context, raw []byte) ([]byte, error) {
	fmspc, ca, err := platform(raw)
	if err != nil {
		return nil, err
	}
	key := fmspc + " " + ca
	s.mu.Lock()
	c, ok := s.cache[key]
	s.mu.Unlock()
	if ok && s.now().Sub(c.at) < s.keep {
		return c.bundle, nil
	}
	b, err := s.fetch(ctx, fmspc, ca)
	if err != nil {
		return nil, fmt.Errorf("collateral of FMSPC %s: %w", fmspc, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.cache) >= 256 { // strangers' quotes may name any platform
		clear(s.cache)
	}
	s.cache[key] = cached{b, s.now()}
	return b, nil
}

// platform returns the FMSPC of a quote's platform and the name of the CA above its PCK.
func platform(raw []byte) (fmspc, ca string, err error) {
	q, err := quote.Parse(raw)
	if err != nil {
		return "", "", fmt.Errorf("collateral: %w", err)
	}
	p, err := dcap.ParsePCK(q.PCKChain)
	if err != nil {
		return "", "", fmt.Errorf("collateral: %w", err)
	}
	ca = "processor"
	if strings.Contains(p.Leaf().Issuer.CommonName, "Platform") {
		ca = "platform"
	}
	return strings.ToUpper(hex.EncodeToString(p.FMSPC[:])), ca, nil
}

func (s *Service) fetch(ctx context.Context, fmspc, ca string) ([]byte, error) {
	var b dcap.Bundle
	var err error
	if b.TCBInfo, b.TCBInfoSignature, b.TCBInfoIssuerChain, err = s.document(ctx, "tdx/certification/v4/tcb", url.Values{"fmspc": {fmspc}}, "tcbInfo", "TCB-Info-Issuer-Chain"); err != nil {
		return nil, err
	}
	if b.QEIdentity, b.QEIdentitySignature, b.QEIdentityIssuerChain, err = s.document(ctx, "tdx/certification/v4/qe/identity", nil, "enclaveIdentity", "SGX-Enclave-Identity-Issuer-Chain"); err != nil {
		return nil, err
	}
	crl, header, err := s.get(ctx, s.url("sgx/certification/v4/pckcrl", url.Values{"ca": {ca}, "encoding": {"der"}}))
	if err != nil {
		return nil, err
	}
	b.PCKCRL = asHex(crl)
	if b.PCKCRLIssuerChain, err = chain(header, "SGX-PCK-CRL-Issuer-Chain"); err != nil {
		return nil, err
	}
	root := s.url("sgx/certification/v4/rootcacrl", nil)
	if s.base.String() == IntelPCS {
		root = intelRootCRL
	}
	if crl, _, err = s.get(ctx, root); err != nil {
		return nil, err
	}
	b.RootCRL = asHex(crl)
	return json.Marshal(b)
}

// asHex returns a revocation list in hexadecimal; mirrors serve it so, Intel in DER.
func asHex(b []byte) string {
	if _, err := hex.DecodeString(strings.TrimSpace(string(b))); err == nil {
		return strings.TrimSpace(string(b))
	}
	return hex.EncodeToString(b)
}

// document fetches a signed document: the exact text under name, its signature, and the
// issuer chain of a header.
func (s *Service) document(ctx context.Context, path string, query url.Values, name, chainHeader string) (text, signature, issuers string, err error) {
	b, header, err := s.get(ctx, s.url(path, query))
	if err != nil {
		return "", "", "", err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return "", "", "", fmt.Errorf("%s: %w", path, err)
	}
	if err := json.Unmarshal(fields["signature"], &signature); err != nil || len(fields[name]) == 0 {
		return "", "", "", fmt.Errorf("%s: answer has no %s with a signature", path, name)
	}
	issuers, err = chain(header, chainHeader)
	return string(fields[name]), signature, issuers, err
}

// chain decodes the certificates of a header.
func chain(h http.Header, name string) (string, error) {
	c, err := url.QueryUnescape(h.Get(name))
	if err != nil || c == "" {
		return "", fmt.Errorf("answer has no certificates in header %s", name)
	}
	return c, nil
}

func (s *Service) url(path string, query url.Values) string {
	u := s.base.JoinPath(path)
	u.RawQuery = query.Encode()
	return u.String()
}

func (s *Service) get(ctx context.Context, u string) ([]byte, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return nil, nil, err
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("%s: %w", u, err)
	case resp.StatusCode != http.StatusOK:
		return nil, nil, fmt.Errorf("%s: status %d", u, resp.StatusCode)
	case len(b) > maxAnswer:
		return nil, nil, errors.New(u + ": answer is too large")
	}
	return b, resp.Header, nil
}
