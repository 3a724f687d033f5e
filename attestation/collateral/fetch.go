//go:build !js

package collateral

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation/dcap"
)

// Intel's own service. It answers for every genuine processor and asks for no account.
const (
	IntelURL        = "https://api.trustedservices.intel.com"
	IntelRootCRLURL = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"
)

// Bounds of what a server may send.
const (
	maxDocument    = 1 << 20 // bytes of a signed document
	maxCRL         = 4 << 20 // bytes of a revocation list in hexadecimal or PEM
	maxHeaderBytes = 256 << 10
	maxRetryAfter  = 10 * time.Second
)

// Config says where collateral comes from and how long to wait for it. Zero fields have defaults.
type Config struct {
	// URL of the service, without the path that begins with /sgx or /tdx; default IntelURL. Plain
	// http is for loopback addresses only: a man in the middle cannot forge collateral, but
	// choose an older one.
	URL string
	// RootCRLURL is where the root's revocation list is; default IntelRootCRLURL for IntelURL, and
	// /sgx/certification/v4/rootcacrl of any other service.
	RootCRLURL string
	// Update is "standard" (the default) or "early": Intel publishes the documents of a TCB
	// recovery early for those who want to judge by them before platforms had time to update.
	Update string
	// EvaluationNumber asks for documents of this tcbEvaluationDataNumber instead.
	EvaluationNumber uint32

	RequestTimeout time.Duration // of one attempt; default 15 s
	Timeout        time.Duration // of a bundle; default 1 min
	Attempts       int           // at one document, as long as the server is busy or down; default 3

	HTTP *http.Client // its transport is used; nil: a plain one

	// InsecureHTTP allows plain http to other machines.
	InsecureHTTP bool
}

// Fetcher asks a PCS or PCCS. It keeps nothing; see Cache. It is safe for concurrent use.
type Fetcher struct {
	cfg     Config
	base    *url.URL
	rootCRL *url.URL
	http    *http.Client
}

// New checks the configuration. It does not connect.
func New(cfg Config) (*Fetcher, error) {
	cfg = cfg.withDefaults()
	f := &Fetcher{cfg: cfg, http: &http.Client{CheckRedirect: refuseRedirects}}
	if cfg.HTTP != nil {
		f.http.Transport = cfg.HTTP.Transport
	} else if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t = t.Clone()
		t.MaxResponseHeaderBytes = maxHeaderBytes
		f.http.Transport = t
	}
	var err error
	if f.base, err = cfg.parseURL("URL", cfg.URL); err != nil {
		return nil, err
	}
	// Configurations of Intel's own libraries name the whole prefix.
	f.base.Path = strings.TrimSuffix(strings.TrimRight(f.base.Path, "/"), "/sgx/certification/v4")
	if cfg.RootCRLURL == "" {
		f.rootCRL = f.base.JoinPath("sgx/certification/v4/rootcacrl")
	} else if f.rootCRL, err = cfg.parseURL("root CRL URL", cfg.RootCRLURL); err != nil {
		return nil, err
	}
	switch {
	case cfg.Update != "" && cfg.Update != "standard" && cfg.Update != "early":
		return nil, fmt.Errorf("collateral update %q: use standard or early", cfg.Update)
	case cfg.Update != "" && cfg.EvaluationNumber != 0:
		return nil, errors.New("collateral update and evaluation number exclude each other: give one of them")
	}
	return f, nil
}

// Open returns the source that a person named: the URL of a server (as Config.URL), whose answers
// are kept in the folder dir unless that is empty, or a bundle file.
func Open(place, dir string) (Source, error) {
	if u, err := url.Parse(place); err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ReadBundle(place)
	}
	f, err := New(Config{URL: place})
	if err != nil {
		return nil, err
	}
	return NewCache(f, dir)
}

func (c Config) withDefaults() Config {
	if c.URL == "" {
		c.URL = IntelURL
	}
	if c.RootCRLURL == "" && strings.TrimRight(c.URL, "/") == IntelURL {
		c.RootCRLURL = IntelRootCRLURL
	}
	if c.RequestTimeout == 0 {
		c.RequestTimeout = 15 * time.Second
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	if c.Attempts == 0 {
		c.Attempts = 3
	}
	return c
}

func (c Config) parseURL(field, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("collateral %s: %w", field, err)
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("collateral %s %q: use one such as %s", field, u.Redacted(), IntelURL)
	case u.Scheme == "http" && !c.InsecureHTTP && !loopback(u.Hostname()):
		return nil, fmt.Errorf("collateral %s %q: plain http is for loopback addresses only: use https", field, u.Redacted())
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func refuseRedirects(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Collateral implements Source.
func (f *Fetcher) Collateral(ctx context.Context, quote []byte) ([]byte, error) {
	key, err := parseKey(quote)
	if err != nil {
		return nil, err
	}
	return f.Fetch(ctx, key)
}

// Fetch asks for the four documents and returns them as QuoteCollateralV3 JSON, parsed and for this
// key, but not verified. Errors wrap ErrUnavailable or ErrBad.
func (f *Fetcher) Fetch(ctx context.Context, key Key) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, f.cfg.Timeout)
	defer cancel()
	b, err := f.bundle(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("collateral from %s: %w", f.base.Host, err)
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("encode collateral: %w", err)
	}
	if _, err := key.check(raw); err != nil {
		return nil, fmt.Errorf("collateral from %s: %w", f.base.Host, err)
	}
	return raw, nil
}

// bundle asks for the TCB info first: a server that does not know the platform is asked no more.
func (f *Fetcher) bundle(ctx context.Context, key Key) (b dcap.Bundle, err error) {
	version := url.Values{}
	switch {
	case f.cfg.EvaluationNumber != 0:
		version.Set("tcbEvaluationDataNumber", strconv.FormatUint(uint64(f.cfg.EvaluationNumber), 10))
	case f.cfg.Update != "":
		version.Set("update", f.cfg.Update)
	}
	platform := url.Values{"fmspc": {hex.EncodeToString(key.FMSPC[:])}}
	for k, v := range version {
		platform[k] = v
	}
	tcb, err := f.signed(ctx, f.path(platform, key.tee(), "tcb"), "tcbInfo", tcbChainHeaders)
	if err != nil {
		return b, err
	}
	qe, err := f.signed(ctx, f.path(version, key.tee(), "qe/identity"), "enclaveIdentity", qeChainHeaders)
	if err != nil {
		return b, err
	}
	pckCRL, pckChain, err := f.crl(ctx, f.path(url.Values{"ca": {string(key.CA)}, "encoding": {"der"}}, "sgx", "pckcrl"), crlChainHeaders)
	if err != nil {
		return b, err
	}
	rootCRL, _, err := f.crl(ctx, f.rootCRL, nil)
	return dcap.Bundle{
		PCKCRLIssuerChain: pckChain, RootCRL: rootCRL, PCKCRL: pckCRL,
		TCBInfoIssuerChain: tcb.chain, TCBInfo: tcb.text, TCBInfoSignature: tcb.signature,
		QEIdentityIssuerChain: qe.chain, QEIdentity: qe.text, QEIdentitySignature: qe.signature,
	}, err
}

func (f *Fetcher) path(query url.Values, tee, document string) *url.URL {
	u := f.base.JoinPath(tee, "certification/v4", document)
	u.RawQuery = query.Encode()
	return u
}

func (f *Fetcher) signed(ctx context.Context, u *url.URL, field string, chainHeaders []string) (d signed, err error) {
	body, header, err := f.get(ctx, u, maxDocument)
	if err == nil {
		d, err = parseSigned(body, header, field, chainHeaders)
	}
	if err != nil {
		return d, fmt.Errorf("%s: %w", u.Path, err)
	}
	return d, nil
}

func (f *Fetcher) crl(ctx context.Context, u *url.URL, chainHeaders []string) (list, chain string, err error) {
	body, header, err := f.get(ctx, u, maxCRL)
	if err == nil {
		list, err = parseCRL(body)
	}
	if err == nil && chainHeaders != nil {
		chain, err = issuerChain(header, chainHeaders)
	}
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", u.Path, err)
	}
	return list, chain, nil
}

// get asks again while the server is busy or down and there is time.
func (f *Fetcher) get(ctx context.Context, u *url.URL, limit int64) (body []byte, h http.Header, err error) {
	for attempt := 1; ; attempt++ {
		var after time.Duration
		if body, h, after, err = f.once(ctx, u, limit); err == nil || after < 0 || attempt >= f.cfg.Attempts {
			return body, h, err
		}
		if after == 0 {
			after = 250 * time.Millisecond << min(attempt-1, 5)
			after += rand.N(after) // so that many clients do not come back at once
		}
		if err := sleep(ctx, after); err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
}

// noRetry stands for a failure that the next attempt would share.
const noRetry time.Duration = -1

// once makes one request. With an error it says how long to wait before the next, 0 for the
// usual while.
func (f *Fetcher) once(ctx context.Context, u *url.URL, limit int64) (body []byte, h http.Header, after time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, f.cfg.RequestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, nil, noRetry, err
	}
	res, err := f.http.Do(req)
	if err != nil {
		return nil, nil, 0, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		after, err := refused(res)
		return nil, nil, after, err
	}
	body, err = io.ReadAll(io.LimitReader(res.Body, limit+1))
	switch {
	case err != nil:
		return nil, nil, 0, fmt.Errorf("%w: %w", ErrUnavailable, err)
	case int64(len(body)) > limit:
		return nil, nil, noRetry, fmt.Errorf("%w: more than %d bytes", ErrBad, limit)
	}
	return body, res.Header, 0, nil
}

// refused tells what a status means and whether to ask again.
func refused(res *http.Response) (after time.Duration, err error) {
	err = fmt.Errorf("%w: status %d %s", ErrUnavailable, res.StatusCode, http.StatusText(res.StatusCode))
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return noRetry, fmt.Errorf("%w: redirects are not followed", err)
	case res.StatusCode == http.StatusNotFound:
		return noRetry, fmt.Errorf("%w: the service does not know this platform", err)
	case res.StatusCode == http.StatusGone:
		return noRetry, fmt.Errorf("%w: this evaluation number is no longer served", err)
	case res.StatusCode != http.StatusTooManyRequests && res.StatusCode < 500:
		return noRetry, err
	}
	after = retryAfter(res.Header.Get("Retry-After"), time.Now())
	if after > maxRetryAfter {
		return noRetry, fmt.Errorf("%w: the service asks to wait for %s", err, after.Round(time.Second))
	}
	return after, err
}

// retryAfter reads the header of RFC 9110 section 10.2.3, seconds or a date; 0 if it is neither.
func retryAfter(text string, now time.Time) time.Duration {
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
