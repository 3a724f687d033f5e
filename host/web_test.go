package host

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// TestPages holds which answer a browser gets for a path, in which form, and under which policy.
func TestPages(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte("wasm"))
	_ = z.Close()
	p := pages{
		files: fstest.MapFS{
			"index.html":       {Data: []byte("page")},
			"assets/a.js":      {Data: []byte("script")},
			"assets/a.js.br":   {Data: []byte("brotli")},
			"assets/m.wasm.gz": {Data: zipped.Bytes()},
		},
		placeholder: []byte("not built"), network: []byte(`{"name":"n"}`), policy: contentPolicy("http://127.0.0.1:8545/path"),
	}
	empty := p
	empty.files = fstest.MapFS{}
	for name, c := range map[string]struct {
		pages                  pages
		path, accept, encoding string
		status                 int
		body, kind, as         string
	}{
		"page":                {p, "/", "text/html", "", 200, "page", "text/html; charset=utf-8", ""},
		"page of the router":  {p, "/models/1", "text/html,*/*", "", 200, "page", "text/html; charset=utf-8", ""},
		"page, not built":     {empty, "/", "text/html", "", 200, "not built", "text/html; charset=utf-8", ""},
		"unknown, program":    {p, "/models/1", "application/json", "", 404, "", "", ""},
		"unknown interface":   {p, "/v1/nothing", "text/html", "", 404, "", "", ""},
		"network":             {p, "/network.json", "*/*", "", 200, `{"name":"n"}`, "application/json", ""},
		"script":              {p, "/assets/a.js", "*/*", "gzip", 200, "script", "text/javascript; charset=utf-8", ""},
		"script, smaller":     {p, "/assets/a.js", "*/*", "gzip, br", 200, "brotli", "text/javascript; charset=utf-8", "br"},
		"script, not brotli":  {p, "/assets/a.js", "*/*", "br;q=0", 200, "script", "text/javascript; charset=utf-8", ""},
		"wasm, smaller":       {p, "/assets/m.wasm", "*/*", "gzip", 200, zipped.String(), "application/wasm", "gzip"},
		"wasm, as it is":      {p, "/assets/m.wasm", "*/*", "", 200, "wasm", "application/wasm", ""},
		"no such asset":       {p, "/assets/none.js", "text/html", "", 404, "", "", ""},
		"out of the folder":   {p, "/assets/../../secret", "text/html", "", 200, "page", "text/html; charset=utf-8", ""},
		"an unreadable name":  {p, "/assets/%00", "*/*", "", 404, "", "", ""},
		"a folder as a file":  {p, "/assets/", "*/*", "", 404, "", "", ""},
		"a compressed's name": {p, "/assets/a.js.br", "*/*", "", 200, "brotli", "application/octet-stream", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, c.path, nil)
			r.Header.Set("Accept", c.accept)
			r.Header.Set("Accept-Encoding", c.encoding)
			w := httptest.NewRecorder()
			err := c.pages.get(w, r)
			if c.status == 404 {
				if err == nil || w.Body.Len() > 0 {
					t.Errorf("it is not refused, body %q", w.Body)
				}
				return
			}
			if err != nil || w.Body.String() != c.body {
				t.Errorf("%v, body %q", err, w.Body)
			}
			if got := w.Header().Get("Content-Type"); got != c.kind {
				t.Errorf("content type is %q, want %q", got, c.kind)
			}
			if got := w.Header().Get("Content-Encoding"); got != c.as {
				t.Errorf("encoding is %q, want %q", got, c.as)
			}
			csp := w.Header().Get("Content-Security-Policy")
			if c.path != "/network.json" && !strings.Contains(csp, "connect-src 'self' http://127.0.0.1:8545;") {
				t.Errorf("content security policy is %q", csp)
			}
			if strings.Contains(csp, "unsafe-inline") || strings.Contains(csp, "'unsafe-eval'") {
				t.Errorf("content security policy is weak: %q", csp)
			}
		})
	}
}

// TestContentPolicy holds the policy of the pages: code from this host alone, no strings that become code or markup,
// connections to this host and the chain's node, whatever the node's address is.
func TestContentPolicy(t *testing.T) {
	t.Parallel()
	const before = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; " +
		"img-src 'self' data: blob:; connect-src 'self'"
	const after = "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types encompute"
	for rpc, node := range map[string]string{
		"":                                     "",
		"http://127.0.0.1:8545/path?key=1":     " http://127.0.0.1:8545",
		"https://user:secret@node.example/key": " https://node.example",
		"http://[::1]:8545":                    " http://[::1]:8545",
		"ws://node.example":                    "",
		"javascript:alert(1)":                  "",
		"http://*":                             "",
		"http://a;script-src'unsafe-inline'":   "",
		"http://a,b":                           "",
		"http://a b":                           "",
	} {
		if got := contentPolicy(rpc); got != before+node+after {
			t.Errorf("with the node %q the policy is\n%s", rpc, got)
		}
	}
}
