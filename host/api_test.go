package host

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// deadlines is an answer's writer that notes the read deadlines it is given.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

// SetReadDeadline is what http.ResponseController looks for.
func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.set = append(d.set, t)
	return nil
}

// stalled is a body whose connection reaches its deadline.
type stalled struct{}

func (stalled) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

// A sender that stops must not hold on to what others wait for.
func TestBodiesMustCome(t *testing.T) {
	t.Parallel()
	read := func(body io.Reader, length, limit int64) (*deadlines, error) {
		r := httptest.NewRequest(http.MethodPost, "/", body)
		r.ContentLength = length
		d := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		_, err := readJSON[struct{}](d, r, limit)
		return d, err
	}
	d, err := read(stalled{}, -1, 10*slowestLine)
	if p, _ := asProblem(err); p.Code != string(codeTimeout) {
		t.Errorf("a stalled body: %v", err)
	}
	want := documentTimeout + 10*time.Second
	if left := time.Until(d.set[0]); len(d.set) != 1 || left > want || left < want-documentTimeout {
		t.Errorf("deadlines %v, want one about %s from now", d.set, want)
	}
	d, err = read(strings.NewReader("{}"), 2, 10*slowestLine)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.set) != 2 || time.Until(d.set[0]) > documentTimeout || !d.set[1].IsZero() {
		t.Errorf("deadlines %v, want one and then none", d.set)
	}
}

// A reader that stops holds on to nothing.
func TestAnswersMustBeRead(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Patience = 100 * time.Millisecond })
	gaveUp := make(chan error, 1)
	server := httptest.NewServer(b.host.edge(func(w http.ResponseWriter, _ *http.Request) error {
		for {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				gaveUp <- err
				return nil
			}
		}
	}))
	defer server.Close()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	b.must(err)
	defer c.Close()
	_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: host.example\r\n\r\n") // and nothing is read
	b.must(err)
	if err := <-gaveUp; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the answer ended with %v", err)
	}
}

// Connections that stand still or say too much before a request are closed.
func TestServerLimits(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.host.server()
	if s.ReadHeaderTimeout <= 0 || s.ReadHeaderTimeout > time.Minute || s.IdleTimeout <= 0 || s.IdleTimeout > time.Hour || s.MaxHeaderBytes > 1<<20 {
		t.Errorf("header within %s of at most %d bytes, the next within %s", s.ReadHeaderTimeout, s.MaxHeaderBytes, s.IdleTimeout)
	}
	s.ReadHeaderTimeout, s.IdleTimeout = 50*time.Millisecond, 50*time.Millisecond
	s.ErrorLog = log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	b.must(err)
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	for name, c := range map[string]struct{ send, want string }{
		"half a header": {"GET /healthz HTTP/1.1\r\nHost:", ""},
		"nothing":       {"", ""},
		"no further":    {"GET /healthz HTTP/1.1\r\nHost: host.example\r\n\r\n", "HTTP/1.1 200 OK"},
		"too much":      {"GET /healthz HTTP/1.1\r\nHost: host.example\r\nX: " + strings.Repeat("x", s.MaxHeaderBytes+8<<10) + "\r\n\r\n", "HTTP/1.1 431 "},
	} {
		conn, err := net.Dial("tcp", l.Addr().String())
		b.must(err)
		_, err = io.WriteString(conn, c.send)
		b.must(err)
		got, _ := io.ReadAll(conn) // until the host closes it
		conn.Close()
		if !strings.HasPrefix(string(got), c.want) || c.want == "" && len(got) > 0 {
			t.Errorf("%s: %.100q, want %q", name, got, c.want)
		}
	}
	b.must(s.Close())
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

// A socket is not kept open for somebody who does not say who it is.
func TestLoginMustCome(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Patience = 100 * time.Millisecond })
	w := b.dial("/v1/creator")
	receive[protocol.Challenge](w, protocol.TypeChallenge)
	w.refusedWith(codeTimeout)
	b.dial("/v1/worker").refusedWith(codeTimeout)
}

// Whatever is answered, browsers neither guess what it is, nor show it in a frame, nor keep it, but for blobs and assets,
// which never change.
func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	secure := httptest.NewTLSServer(b.host.Handler())
	defer secure.Close()
	for name, c := range map[string]struct{ method, path, kept string }{
		"document":  {"GET", "/v1/models", "no-store"},
		"problem":   {"GET", "/v1/session", "no-store"},
		"no route":  {"GET", "/v1/nothing", "no-store"},
		"no method": {"PUT", "/v1/models", "no-store"},
		"health":    {"GET", "/healthz", "no-store"},
		"metrics":   {"GET", "/metrics", "no-store"},
		"interface": {"GET", "/v1/openapi.json", "no-store"},
		"page":      {"GET", "/models/1", "no-cache"},
		"no asset":  {"GET", "/assets/none.js", "no-store"},
		"blob":      {"HEAD", "/v1/blobs/" + protocol.BlobDigest(b.prefix).String(), "private, immutable, max-age=31536000"},
	} {
		for _, s := range []*httptest.Server{b.server, secure} {
			r, err := http.NewRequestWithContext(t.Context(), c.method, s.URL+c.path, nil)
			b.must(err)
			r.Header.Set("Accept", "text/html")
			resp, err := s.Client().Do(r)
			b.must(err)
			resp.Body.Close()
			h := resp.Header
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != c.kept {
				t.Errorf("%s: status %d, headers %v", name, resp.StatusCode, h)
			}
			if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
				t.Errorf("%s: content security policy %q", name, csp)
			}
			if hsts := h.Get("Strict-Transport-Security"); (hsts != "") != (s == secure) {
				t.Errorf("%s: strict transport security %q at %s", name, hsts, s.URL)
			}
			if h.Get("Set-Cookie") != "" || h.Get("Access-Control-Allow-Origin") != "" || h.Get("Server") != "" {
				t.Errorf("%s: headers %v", name, h)
			}
		}
	}
}
