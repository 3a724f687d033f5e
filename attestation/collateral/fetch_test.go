package collateral

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// A fetched bundle is, field for field, the one that the server has, whatever its style.
func TestFetchStyles(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]style{"intel": intelStyle, "mirror": mirrorStyle, "pem": pemStyle} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, q, p := simulated(t, simulator.Config{})
			p.style = s
			srv := httptest.NewTLSServer(p)
			t.Cleanup(srv.Close)
			cfg := Config{URL: srv.URL + "/", HTTP: srv.Client()}
			if name == "intel" {
				cfg.RootCRLURL = srv.URL + s.rootCRL
			}
			f, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := f.Collateral(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			wantBundle(t, raw, p.bundle)
			want := []string{
				"GET /tdx/certification/v4/tcb?fmspc=0053494d0000", "GET /tdx/certification/v4/qe/identity",
				"GET /sgx/certification/v4/pckcrl?ca=platform&encoding=der", "GET " + s.rootCRL,
			}
			if got := p.requests(); !slices.Equal(got, want) {
				t.Errorf("asked %q, want %q", got, want)
			}
		})
	}
}

func wantBundle(t *testing.T, raw []byte, want dcap.Bundle) {
	t.Helper()
	var got dcap.Bundle
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	want.PCKCertificateChain = ""
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// Real documents of Intel survive the way through headers and bodies, of both TEEs and CAs.
func TestFetchCorpus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		quote, bundle string
		want          string // of the requests
	}{
		{"dcap-qvl/tdx_quote", "dcap-qvl/tdx_quote_collateral.json", "tdx, platform"},
		{"dcap-qvl/sgx_quote", "dcap-qvl/sgx_quote_collateral.json", "sgx, processor"},
	} {
		t.Run(c.quote, func(t *testing.T) {
			t.Parallel()
			q := corpus(t, c.quote)
			for _, s := range []style{intelStyle, mirrorStyle, pemStyle} {
				p := &pcs{style: s}
				if err := json.Unmarshal(corpus(t, c.bundle), &p.bundle); err != nil {
					t.Fatal(err)
				}
				raw, err := p.fetcher(t, Config{RootCRLURL: "https://pccs.example" + s.rootCRL}).Collateral(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				wantBundle(t, raw, p.bundle)
				tee, ca, _ := strings.Cut(c.want, ", ")
				asked := p.requests()
				if !strings.HasPrefix(asked[0], "GET /"+tee+"/") || !strings.HasPrefix(asked[1], "GET /"+tee+"/") || !strings.Contains(asked[2], "ca="+ca) {
					t.Errorf("asked %q, want %s", asked, c.want)
				}
			}
		})
	}
}

func TestFetchVersions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{}, ""},
		{Config{Update: "standard"}, "update=standard"},
		{Config{Update: "early"}, "update=early"},
		{Config{EvaluationNumber: 17}, "tcbEvaluationDataNumber=17"},
	} {
		t.Run(c.want, func(t *testing.T) {
			t.Parallel()
			_, q, p := simulated(t, simulator.Config{})
			if _, err := p.fetcher(t, c.cfg).Collateral(t.Context(), q); err != nil {
				t.Fatal(err)
			}
			asked := p.requests()
			want := []string{"/tdx/certification/v4/tcb?fmspc=0053494d0000", "/tdx/certification/v4/qe/identity"}
			if c.want != "" {
				want[0], want[1] = want[0]+"&"+c.want, want[1]+"?"+c.want
			}
			for i := range want {
				if got := strings.TrimPrefix(asked[i], "GET "); got != want[i] {
					t.Errorf("asked %s, want %s", got, want[i])
				}
			}
		})
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cfg           Config
		base, rootCRL string // "" for base: refused
	}{
		{Config{}, IntelURL, IntelRootCRLURL},
		{Config{URL: IntelURL + "/"}, IntelURL, IntelRootCRLURL},
		{Config{URL: "https://m.example"}, "https://m.example", "https://m.example/sgx/certification/v4/rootcacrl"},
		{Config{URL: "https://m.example/sgx/certification/v4/"}, "https://m.example", "https://m.example/sgx/certification/v4/rootcacrl"},
		{Config{URL: "https://m.example/pccs"}, "https://m.example/pccs", "https://m.example/pccs/sgx/certification/v4/rootcacrl"},
		{Config{URL: "http://127.0.0.1:8081"}, "http://127.0.0.1:8081", "http://127.0.0.1:8081/sgx/certification/v4/rootcacrl"},
		{Config{URL: "http://[::1]:8081"}, "http://[::1]:8081", "http://[::1]:8081/sgx/certification/v4/rootcacrl"},
		{Config{URL: "http://localhost"}, "http://localhost", "http://localhost/sgx/certification/v4/rootcacrl"},
		{Config{URL: "http://m.example", InsecureHTTP: true}, "http://m.example", "http://m.example/sgx/certification/v4/rootcacrl"},
		{Config{URL: "http://m.example"}, "", ""},
		{Config{URL: "http://127.0.0.1.example"}, "", ""},
		{Config{URL: "ftp://m.example"}, "", ""},
		{Config{URL: "https://"}, "", ""},
		{Config{URL: "https://user:secret@m.example"}, "", ""},
		{Config{URL: "https://m.example?x=1"}, "", ""},
		{Config{URL: "m.example"}, "", ""},
		{Config{URL: "https://m.example\x00"}, "", ""},
		{Config{RootCRLURL: "http://m.example/root.crl"}, "", ""},
		{Config{Update: "late"}, "", ""},
		{Config{Update: "early", EvaluationNumber: 17}, "", ""},
	} {
		f, err := New(c.cfg)
		if c.base == "" {
			if err == nil {
				t.Errorf("%+v is accepted", c.cfg)
			} else if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells a password: %v", err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%+v: %v", c.cfg, err)
			continue
		}
		if f.base.String() != c.base || f.rootCRL.String() != c.rootCRL {
			t.Errorf("%+v: asks %s and %s, want %s and %s", c.cfg, f.base, f.rootCRL, c.base, c.rootCRL)
		}
	}
}

// answer serves a body with good headers at paths that end so.
func answer(path, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, path) {
			return false
		}
		_, _ = w.Write([]byte(body))
		return true
	}
}

func status(code int, header ...string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		return true
	}
}

func TestFetchRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail     func(http.ResponseWriter, *http.Request) bool
		class    error
		want     string
		requests int
	}{
		"unknown platform":    {status(404), ErrUnavailable, "does not know this platform", 1},
		"number gone":         {status(410), ErrUnavailable, "no longer served", 1},
		"bad request":         {status(400), ErrUnavailable, "status 400 Bad Request", 1},
		"no account":          {status(401), ErrUnavailable, "status 401", 1},
		"redirect":            {status(302, "Location", "https://pccs.example/elsewhere"), ErrUnavailable, "redirects are not followed", 1},
		"no JSON":             {answer("/tcb", "hello"), ErrBad, "tdx/certification/v4/tcb", 1},
		"other field":         {answer("/tcb", `{"tcbinfo":{},"signature":""}`), ErrBad, "tcbInfo is missing", 1},
		"no signature":        {answer("/tcb", `{"tcbInfo":{}}`), ErrBad, "signature", 1},
		"not UTF-8":           {answer("/tcb", "{\"tcbInfo\":\"\xff\",\"signature\":\"\"}"), ErrBad, "UTF-8", 1},
		"no chain":            {answer("/qe/identity", `{"enclaveIdentity":{},"signature":""}`), ErrBad, "SGX-Enclave-Identity-Issuer-Chain is missing", 2},
		"large document":      {answer("/tcb", strings.Repeat(" ", maxDocument+1)), ErrBad, "more than", 1},
		"large list":          {answer("/pckcrl", strings.Repeat("0", maxCRL+1)), ErrBad, "more than", 3},
		"list is text":        {answer("/rootcacrl", "zz"), ErrBad, "rootcacrl", 4},
		"list is empty":       {answer("/rootcacrl", ""), ErrBad, "rootcacrl", 4},
		"list is not one":     {answer("/rootcacrl", "3000"), ErrBad, "root_ca_crl", 4},
		"list is another PEM": {answer("/rootcacrl", "-----BEGIN X-----\nMAA=\n-----END X-----\n"), ErrBad, "rootcacrl", 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, q, p := simulated(t, simulator.Config{})
			p.fail = c.fail
			_, err := p.fetcher(t, Config{}).Collateral(t.Context(), q)
			wantError(t, err, c.class, c.want)
			if n := len(p.requests()); n != c.requests {
				t.Errorf("%d requests, want %d", n, c.requests)
			}
		})
	}
}

func wantError(t *testing.T, err, class error, text string) {
	t.Helper()
	other := ErrBad
	if class == ErrBad {
		other = ErrUnavailable
	}
	if !errors.Is(err, class) || errors.Is(err, other) || !strings.Contains(fmt.Sprint(err), text) {
		t.Errorf("got %v, want %q and %q", err, class, text)
	}
}

// Collateral of another platform, or not for this kind of quote, is not taken for this one's.
func TestFetchForAnother(t *testing.T) {
	t.Parallel()
	set := func(field string, value any) func(map[string]any) {
		return func(d map[string]any) { d[field] = value }
	}
	for name, hooks := range map[string]simulator.Hooks{
		"family":  {TCBInfo: set("fmspc", "00606a000000")},
		"TEE":     {TCBInfo: set("id", "SGX")},
		"enclave": {QEIdentity: set("id", "QE")},
		"version": {TCBInfo: set("version", 2)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, q, p := simulated(t, simulator.Config{Hooks: hooks})
			_, err := p.fetcher(t, Config{}).Collateral(t.Context(), q)
			wantError(t, err, ErrBad, "")
		})
	}
	_, _, p := simulated(t, simulator.Config{})
	if _, err := p.fetcher(t, Config{}).Collateral(t.Context(), []byte("no quote")); !errors.Is(err, quote.ErrMalformed) {
		t.Errorf("collateral for something that is no quote: %v", err)
	}
	if n := len(p.requests()); n != 0 {
		t.Errorf("%d requests for something that is no quote", n)
	}
}

// A server that is busy or down is asked again, but not for ever, and when it says so.
func TestFetchRetries(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		failures         int // before it works
		fail             func(http.ResponseWriter, *http.Request) bool
		attempts         int // at the first document
		want             string
		least, atMostSec float64
	}{
		"busy once":             {1, status(429, "Retry-After", "7"), 2, "", 7, 8},
		"down twice":            {2, status(503), 3, "", 0.75, 1.5},
		"down":                  {99, status(500), 3, "status 500", 0.75, 1.5},
		"busy for long":         {99, status(429, "Retry-After", "3600"), 1, "asks to wait for 1h0m0s", 0, 0},
		"busy until a date":     {1, status(503, "Retry-After", "Thu, 01 Jan 2026 00:00:04 GMT"), 2, "", 4, 4},
		"busy until long ago":   {1, status(503, "Retry-After", "Fri, 01 Jan 1999 00:00:04 GMT"), 2, "", 0.25, 0.5},
		"busy until never":      {1, status(503, "Retry-After", "-5"), 2, "", 0.25, 0.5},
		"busy beyond all hours": {99, status(429, "Retry-After", "2147483647"), 1, "asks to wait", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, q, p := simulated(t, simulator.Config{})
				left := c.failures
				p.fail = func(w http.ResponseWriter, r *http.Request) bool {
					left--
					return left >= 0 && c.fail(w, r)
				}
				start := time.Now()
				_, err := p.fetcher(t, Config{}).Collateral(t.Context(), q)
				if c.want != "" {
					wantError(t, err, ErrUnavailable, c.want)
				} else if err != nil {
					t.Error(err)
				}
				first := p.requests()
				if n := slices.IndexFunc(first, func(s string) bool { return !strings.Contains(s, "/tcb?") }); n >= 0 {
					first = first[:n]
				}
				if len(first) != c.attempts {
					t.Errorf("%d attempts, want %d", len(first), c.attempts)
				}
				if s := time.Since(start).Seconds(); s < c.least || s > c.atMostSec {
					t.Errorf("took %.2f s, want %.2f to %.2f", s, c.least, c.atMostSec)
				}
			})
		})
	}
}

// Silence ends each attempt, and all of them.
func TestFetchTimeouts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cfg      Config
		attempts int
		seconds  float64
	}{
		{Config{RequestTimeout: 10 * time.Second}, 3, 32}, // and the pauses
		{Config{RequestTimeout: 10 * time.Second, Timeout: 15 * time.Second}, 2, 15},
		{Config{}, 3, 47},
	} {
		t.Run(fmt.Sprint(c.seconds), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, q, p := simulated(t, simulator.Config{})
				p.before = func() { time.Sleep(time.Hour) }
				start := time.Now()
				_, err := p.fetcher(t, c.cfg).Collateral(t.Context(), q)
				wantError(t, err, ErrUnavailable, "deadline exceeded")
				if n := len(p.requests()); n != c.attempts {
					t.Errorf("%d attempts, want %d", n, c.attempts)
				}
				if s := time.Since(start).Seconds(); s > c.seconds {
					t.Errorf("took %.2f s, want at most %.2f", s, c.seconds)
				}
				time.Sleep(3 * time.Hour) // the server's requests end
			})
		})
	}
}

func TestFetchCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, q, p := simulated(t, simulator.Config{})
		p.before = func() { time.Sleep(time.Hour) }
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := p.fetcher(t, Config{}).Collateral(ctx, q)
		if !errors.Is(err, context.Canceled) || !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v, want that it was cancelled", err)
		}
		if d := time.Since(start); d != time.Second {
			t.Errorf("ended after %s, want 1s", d)
		}
		time.Sleep(2 * time.Hour)
	})
}

// A network that is not there, with a real one.
func TestFetchNobodyListens(t *testing.T) {
	t.Parallel()
	_, q, p := simulated(t, simulator.Config{})
	srv := httptest.NewServer(p)
	srv.Close()
	f, err := New(Config{URL: srv.URL, Attempts: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Collateral(t.Context(), q)
	wantError(t, err, ErrUnavailable, "connect")
}

// The default transport does not take headers without end, nor follow redirects.
func TestFetchHostileServer(t *testing.T) {
	t.Parallel()
	_, q, p := simulated(t, simulator.Config{})
	elsewhere := httptest.NewServer(p)
	t.Cleanup(elsewhere.Close)
	for name, c := range map[string]struct {
		fail func(w http.ResponseWriter, r *http.Request) bool
		want string
	}{
		"headers": {status(200, "TCB-Info-Issuer-Chain", strings.Repeat("x", maxHeaderBytes+1)), "header"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
			return true
		}, "redirect"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("{"))
			return true
		}, "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(&pcs{style: mirrorStyle, bundle: p.bundle, fail: c.fail})
			t.Cleanup(srv.Close)
			f, err := New(Config{URL: srv.URL, Attempts: 1})
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.Collateral(t.Context(), q)
			wantError(t, err, ErrUnavailable, c.want)
		})
	}
	t.Cleanup(func() {
		if asked := p.requests(); len(asked) != 0 {
			t.Errorf("a redirect was followed: %q", asked)
		}
	})
}
