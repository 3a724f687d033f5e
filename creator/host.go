package creator

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/internal/upload"
	"github.com/encrypted-compute/encompute/protocol"
)

// Host says which host to use and what it is expected to be.
type Host struct {
	Address string          // http or https
	HTTP    *fetch.Platform // an http.Client; nil: a plain one
	// Network holds name, chain id and contracts as the creator's own configuration has
	// them; a host that is another one is refused.
	Network protocol.Network
}

// maxAnswer bounds a host's answers in bytes.
const maxAnswer = 4 << 20

func (h Host) check() error {
	u, err := url.Parse(h.Address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("host %q is not an http or https address", h.Address)
	}
	n := h.Network
	for name, missing := range map[string]bool{
		"name": n.Name == "", "chainId": n.ChainID == 0, "market": n.Market.IsZero(), "modelRegistry": n.ModelRegistry.IsZero(),
	} {
		if missing {
			return fmt.Errorf("network: %s is not set", name)
		}
	}
	return nil
}

// id stands for the host in the creator's state.
func (h Host) id() protocol.Digest {
	return protocol.NewDigest("creator-host", fmt.Appendf(nil, "%d %s %s", h.Network.ChainID, h.Network.Market, h.Network.Name))
}

// verify refuses a host that serves other contracts than the configured ones.
func (h Host) verify(ctx context.Context) error {
	var n protocol.Network
	if err := h.call(ctx, fetch.MethodGet, nil, &n, "v1", "network"); err != nil {
		return err
	}
	want := h.Network
	if n.ChainID != want.ChainID || n.Market != want.Market || n.ModelRegistry != want.ModelRegistry {
		return fmt.Errorf("%w: it serves chain %d, market %s and model registry %s", ErrWrongNetwork, n.ChainID, n.Market, n.ModelRegistry)
	}
	return nil
}

// call sends in as JSON, if it is not nil, and reads the answer into out.
func (h Host) call(ctx context.Context, method string, in, out any, path ...string) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
	}
	res, err := h.do(ctx, method, "application/json", body, path...)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return protocol.UnmarshalJSON(res.Body, maxAnswer, out)
}

// putBlob uploads a blob, unless the host holds it.
func (h Host) putBlob(ctx context.Context, d protocol.Digest, b []byte) error {
	res, err := h.do(ctx, fetch.MethodHead, "", nil, "v1", "blobs", d.String())
	if err == nil {
		return res.Body.Close()
	}
	if p, ok := errors.AsType[protocol.Problem](err); !ok || p.Status != fetch.StatusNotFound {
		return err
	}
	if len(b) > upload.FirstWindow {
		return h.resume(ctx, d, b)
	}
	res, err = h.do(ctx, fetch.MethodPut, "application/octet-stream", b, "v1", "blobs", d.String())
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// The pauses of an upload that gets no further: the first, and how much of them there may be.
const (
	uploadPause    = 200 * time.Millisecond
	uploadPatience = time.Minute
)

// resume uploads a blob that takes several requests; it goes on where it stood when the connection breaks.
func (h Host) resume(ctx context.Context, d protocol.Digest, b []byte) error {
	base, err := url.Parse(h.Address)
	if err != nil {
		return fmt.Errorf("host: %w", err)
	}
	u := upload.Upload{Send: h.send, Host: base, Digest: d, Body: bytes.NewReader(b), Bytes: int64(len(b)), Fresh: true}
	_, _ = rand.Read(u.ID[:]) // never fails
	return u.Run(ctx, upload.Patiently(uploadPause, uploadPatience))
}

// do makes a request; the error of a refusal holds a protocol.Problem.
func (h Host) do(ctx context.Context, method, contentType string, body []byte, path ...string) (fetch.Response, error) {
	u, err := url.Parse(h.Address)
	if err != nil {
		return fetch.Response{}, fmt.Errorf("host: %w", err)
	}
	u = u.JoinPath(path...)
	r := fetch.Request{Method: method, URL: u.String()}
	if body != nil {
		r.Header, r.Body, r.Size = map[string]string{"Content-Type": contentType}, bytes.NewReader(body), int64(len(body))
	}
	res, err := h.send(ctx, r)
	if err != nil {
		return res, fmt.Errorf("%s %s: %w", method, u.Path, err)
	}
	return res, nil
}

// send sends a request; the error of a refusal holds a protocol.Problem.
func (h Host) send(ctx context.Context, r fetch.Request) (fetch.Response, error) {
	res, err := fetch.New(h.HTTP).Do(ctx, r)
	if err != nil {
		return res, fmt.Errorf("%w: %w", ErrHostDown, err)
	}
	if res.Status >= 200 && res.Status < 300 {
		return res, nil
	}
	defer res.Body.Close()
	p := protocol.Problem{}
	if b, err := io.ReadAll(io.LimitReader(res.Body, 64<<10)); err == nil {
		_ = json.Unmarshal(b, &p) // what is not a Problem is told by its status
	}
	p.Status, p.Detail, p.Title, p.Remedy = res.Status, printable(p.Detail), printable(p.Title), printable(p.Remedy)
	if p.Title == "" && p.Detail == "" {
		p.Title = strings.TrimSpace(strconv.Itoa(res.Status) + " " + printable(res.Reason))
	}
	return fetch.Response{}, p
}

// printable makes a host's text fit for a terminal and for one line.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}
