package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// Bounds of a host's answers in bytes, whatever the host says.
const (
	maxProblemBytes = 64 << 10
	maxSmallBytes   = 4 << 10
	maxListBytes    = 150 << 20                        // a page of manifests in base64
	maxViewBytes    = 4 << 20                          // a manifest in base64, a worker list
	maxJobViewBytes = protocol.MaxMessageBytes + 1<<20 // holds a sealed result in base64
)

// host speaks the HTTP interface of package protocol. Every request is idempotent.
type host struct {
	base    *url.URL
	http    fetch.Client
	session *session
}

func newHost(address string, p *fetch.Platform, s *session) (host, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return host{}, fmt.Errorf("host %q is not an http or https address", address)
	}
	return host{base: u, http: fetch.New(p), session: s}, nil
}

// query returns the host with a query for the next request.
func (h host) query(q string) host {
	u := *h.base
	u.RawQuery = q
	return host{base: &u, http: h.http, session: h.session}
}

// get reads a JSON document of at most limit bytes into out.
func (h host) get(ctx context.Context, limit int64, out any, path ...string) error {
	res, err := h.do(ctx, fetch.MethodGet, nil, 0, path...)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return fail(CodeHostAnswer, protocol.UnmarshalJSON(res.Body, limit, out))
}

// post sends in as JSON and reads the answer into out.
func (h host) post(ctx context.Context, in any, limit int64, out any, path ...string) error {
	b, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode request: %w", err)
	}
	res, err := h.do(ctx, fetch.MethodPost, bytes.NewReader(b), int64(len(b)), path...)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return fail(CodeHostAnswer, protocol.UnmarshalJSON(res.Body, limit, out))
}

// hasBlob reports whether the host holds a blob.
func (h host) hasBlob(ctx context.Context, d protocol.Digest) (bool, error) {
	res, err := h.do(ctx, fetch.MethodHead, nil, 0, "v1", "blobs", d.String())
	if p, ok := errors.AsType[protocol.Problem](err); ok && p.Status == fetch.StatusNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, res.Body.Close()
}

// sendUpload makes a request for an upload, which anybody may who knows its id.
func (h host) sendUpload(ctx context.Context, r fetch.Request) (fetch.Response, error) {
	return h.request(ctx, h.session.current(), r)
}

// getBlob downloads a blob of at most limit bytes. The digest is the caller's to check.
func (h host) getBlob(ctx context.Context, d protocol.Digest, limit int64) ([]byte, error) {
	res, err := h.do(ctx, fetch.MethodGet, nil, 0, "v1", "blobs", d.String())
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return nil, fail(CodeHostDown, fmt.Errorf("download blob %s: %w", d.Short(), err))
	}
	if int64(len(b)) > limit {
		return nil, refuse(CodeHostAnswer, "blob.size", "blob %s is larger than the %d bytes it may have", d.Short(), limit)
	}
	return b, nil
}

// do makes a request; its answer is a success, or the error holds a protocol.Problem. If the host asks
// who is there, it signs in and asks again: what has a body is never asked for that.
func (h host) do(ctx context.Context, method string, body io.Reader, size int64, path ...string) (fetch.Response, error) {
	token := h.session.current()
	res, err := h.send(ctx, token, method, body, size, path...)
	if body != nil || !wantsSignIn(err) {
		return res, err
	}
	if token, err = h.signIn(ctx, token); err != nil {
		return fetch.Response{}, fmt.Errorf("sign in: %w", err)
	}
	return h.send(ctx, token, method, nil, 0, path...)
}

// send makes a request with a token, if there is one.
func (h host) send(ctx context.Context, token, method string, body io.Reader, size int64, path ...string) (fetch.Response, error) {
	u := h.base.JoinPath(path...)
	r := fetch.Request{Method: method, URL: u.String(), Header: map[string]string{}, Body: body, Size: size}
	if body != nil {
		r.Header["Content-Type"] = "application/json"
	}
	return h.request(ctx, token, r)
}

// request makes a request with a token, if there is one.
func (h host) request(ctx context.Context, token string, r fetch.Request) (fetch.Response, error) {
	if token != "" {
		r.Header["Authorization"] = "Bearer " + token
	}
	res, err := h.http.Do(ctx, r)
	if err != nil {
		if ctx.Err() != nil {
			return res, ctx.Err()
		}
		return res, fail(CodeHostDown, err)
	}
	if res.Status >= 200 && res.Status < 300 {
		return res, nil
	}
	defer res.Body.Close()
	path := r.URL
	if u, err := url.Parse(r.URL); err == nil {
		path = u.Path
	}
	return fetch.Response{}, problem(res, r.Method, path)
}

// problem reads an error answer. A host that is busy or behind a gateway counts as down.
func problem(res fetch.Response, method, path string) error {
	p := protocol.Problem{}
	if b, err := io.ReadAll(io.LimitReader(res.Body, maxProblemBytes)); err == nil {
		_ = json.Unmarshal(b, &p) // what is not a Problem is told by its status
	}
	p.Status = res.Status
	for _, text := range []*string{&p.Title, &p.Detail, &p.Remedy, &p.Code} {
		*text = printable(*text)
	}
	if p.Title == "" && p.Detail == "" {
		p.Title = strings.TrimSpace(strconv.Itoa(res.Status) + " " + printable(res.Reason))
	}
	code := CodeHostRefused
	switch {
	case p.Status == fetch.StatusServiceUnavailable || p.Status == fetch.StatusTooManyRequests:
		code = CodeHostDown // it may come back
	case p.Status == fetch.StatusInternalServerError:
		code = CodeHostDown // such as one whose database is away
	case p.Code == "" && (p.Status == fetch.StatusBadGateway || p.Status == fetch.StatusGatewayTimeout):
		code = CodeHostDown // a gateway's answer
	case p.Code == "job_not_posted":
		code = CodeHostDown // it has not seen the block yet that this client has
	case p.Code == "upload_offset":
		code = CodeHostDown // the upload stands elsewhere: it has to be asked again
	case p.Code == codeSignIn:
		code = CodeHostDown // the session is over: the next request signs in
	}
	return fail(code, fmt.Errorf("%s %s: %w", method, path, p))
}

// printable makes text of others fit for a terminal and for one line.
func printable(text string) string {
	const longest = 2000
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text[:min(len(text), longest)])
}

// status returns the HTTP status that err carries; 0 if none.
func status(err error) int {
	if p, ok := errors.AsType[protocol.Problem](err); ok {
		return p.Status
	}
	return 0
}
