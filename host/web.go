package host

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/encrypted-compute/encompute/web"
)

// pages serves the browser's pages and the network file that they work by.
type pages struct {
	files       fs.FS
	placeholder []byte
	network     []byte // nil: none is shown
	policy      string // Content-Security-Policy
}

func newPages(c Config) pages {
	return pages{web.Dist(), web.Placeholder(), c.NetworkFile, contentPolicy(c.RPC)}
}

// contentPolicy allows the pages' own files, this host and the chain's node, and nothing else.
func contentPolicy(rpc string) string {
	connect := "'self'"
	if u, err := url.Parse(rpc); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && !strings.ContainsAny(u.Host, ";,* '") {
		connect += " " + u.Scheme + "://" + u.Host
	}
	return strings.Join([]string{
		"default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "worker-src 'self'", "style-src 'self'",
		"img-src 'self' data: blob:", "connect-src " + connect, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
		"require-trusted-types-for 'script'", "trusted-types encompute",
	}, "; ")
}

// get answers what no other route does: a page, a file of one, or that there is none.
func (p pages) get(w http.ResponseWriter, r *http.Request) error {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "network.json" && p.network != nil {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(p.network) // the other side is gone if this fails
		return nil
	}
	if strings.HasPrefix(name, "assets/") {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // their names hold their digests
		return p.file(w, r, name)
	}
	if strings.HasPrefix(name, "v1/") || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return noRoute(w, r)
	}
	w.Header().Set("Cache-Control", "no-cache")
	err := p.file(w, r, "index.html")
	if err == nil {
		return nil
	}
	p.headers(w, "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(p.placeholder)
	return nil
}

func (p pages) headers(w http.ResponseWriter, kind string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
}

// file serves a built file in the smallest form that the browser reads.
func (p pages) file(w http.ResponseWriter, r *http.Request, name string) error {
	accepted := r.Header.Get("Accept-Encoding")
	for _, form := range []struct{ suffix, encoding string }{{".br", "br"}, {".gz", "gzip"}, {"", ""}, {".gz", ""}} {
		if form.encoding != "" && !acceptsEncoding(accepted, form.encoding) {
			continue
		}
		b, err := fs.ReadFile(p.files, name+form.suffix)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read page %s: %w", name, err)
		}
		if form.suffix != "" && form.encoding == "" {
			if b, err = gunzip(b); err != nil {
				return fmt.Errorf("read page %s: %w", name, err)
			}
		}
		p.headers(w, kindOf(name))
		w.Header().Set("Vary", "Accept-Encoding")
		if form.encoding != "" {
			w.Header().Set("Content-Encoding", form.encoding)
		}
		_, _ = w.Write(b)
		return nil
	}
	w.Header().Set("Cache-Control", "no-store") // it may be there tomorrow
	return problem(codeNotFound, "%s %s", r.Method, clean(r.URL.Path))
}

func acceptsEncoding(header, encoding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(item), ";")
		if strings.TrimSpace(name) == encoding && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}

func gunzip(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r) // our own file
}

// kindOf is the media type of a built file; the machine's own table is not asked, so that it is the same everywhere.
func kindOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".wasm":
		return "application/wasm"
	case ".svg":
		return "image/svg+xml"
	case ".html", ".css":
		return mime.TypeByExtension(ext)
	default:
		return "application/octet-stream"
	}
}
