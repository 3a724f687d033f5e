package enclave

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/internal/breaker"
	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/internal/upload"
	"github.com/encrypted-compute/encompute/protocol"
)

func blobsAt(t *testing.T, handler http.HandlerFunc) *blobStore {
	t.Helper()
	server := httptest.NewServer(handler)
	base, err := url.Parse(server.URL + "/base/")
	if err != nil {
		t.Fatal(err)
	}
	s := newBlobStore(base)
	t.Cleanup(func() {
		s.close()
		server.Close()
	})
	return s
}

// as makes requests with a token.
func (s *blobStore) as(token string) func(context.Context, fetch.Request) (fetch.Response, error) {
	return func(ctx context.Context, r fetch.Request) (fetch.Response, error) { return s.send(ctx, token, r) }
}

func TestBlobGet(t *testing.T) {
	t.Parallel()
	content := []byte("a ciphertext")
	digest := protocol.BlobDigest(content)
	serve := func(b []byte, announced bool) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if !announced {
				w.(http.Flusher).Flush() // so the size is not announced
			}
			w.Write(b)
		}
	}
	for name, c := range map[string]struct {
		handler  http.HandlerFunc
		limit    int
		oversize bool
		want     string // empty: no error
	}{
		"whole":             {serve(content, true), len(content), false, ""},
		"room to spare":     {serve(content, false), 1000, false, ""},
		"one byte too many": {serve(content, true), len(content) - 1, true, "more bytes than expected"},
		"not announced":     {serve(content, false), len(content) - 1, true, "more bytes than expected"},
		"trailing byte":     {serve(append(bytes.Clone(content), 0), false), len(content), true, "more bytes"},
		"cut short":         {serve(content[:3], true), len(content), false, "came with digest"},
		"changed":           {serve([]byte("a ciphertexT"), true), len(content), false, "came with digest"},
		"empty":             {serve(nil, true), len(content), false, "came with digest"},
		"missing":           {http.NotFound, len(content), false, "status 404"},
		"redirect":          {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, len(content), false, "the server redirects"},
		"the host's own word": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(410)
			w.Write([]byte(`{"detail":"it is gone"}`))
		}, 9, false, "it is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := blobsAt(t, c.handler).get(t.Context(), "token", digest, uint64(c.limit))
			if c.want == "" {
				if err != nil || !bytes.Equal(got, content) {
					t.Errorf("got %q, %v", got, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, errOversize) != c.oversize {
				t.Errorf("got %v (oversize %v), want an error with %q (oversize %v)", err, errors.Is(err, errOversize), c.want, c.oversize)
			}
		})
	}
}

func TestBlobRequests(t *testing.T) {
	t.Parallel()
	content := []byte("an output")
	var requests []string
	s := blobsAt(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		requests = append(requests, strings.Join([]string{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("Authorization"), string(body)}, "|"))
		if r.Method == http.MethodGet {
			w.Write(content)
			return
		}
		fmt.Fprintf(w, `{"held":%d,"bytes":%d}`, len(content), len(content))
	})
	digest, err := s.put(t.Context(), s.as("secret"), content)
	if err != nil || digest != protocol.BlobDigest(content) {
		t.Fatalf("put: %s, %v", digest, err)
	}
	if _, err := s.get(t.Context(), "secret", digest, 100); err != nil {
		t.Fatal(err)
	}
	path := "/base/v1/blobs/" + digest.String()
	if len(requests) != 2 || requests[1] != "GET|"+path+"||Bearer secret|" {
		t.Fatalf("requests: %q", requests)
	}
	method, rest, _ := strings.Cut(requests[0], path+"/uploads/")
	if id, rest, _ := strings.Cut(rest, "|"); method != "PATCH|" || len(id) != len(digest.String()) ||
		!strings.HasPrefix(rest, "at=0&bytes=9&confirm=") || !strings.HasSuffix(rest, "|Bearer secret|an output") {
		t.Errorf("request %q", requests[0])
	}
}

// An output goes on where it stood when its connection breaks, over and over, and hardly any of it is sent twice.
func TestOutputBreaks(t *testing.T) {
	t.Parallel()
	const size, breaks = 24 << 20, 20
	h := newFakeHost(t)
	output := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(output) // never fails
	random := rand.New(rand.NewPCG(4, 5))
	at := make([]int64, breaks)
	for i := range at {
		at[i] = random.Int64N(size)
	}
	slices.Sort(at)
	proxy := breaker.New(t, h.server.Listener.Addr().String(), false, at...)
	base, err := url.Parse(proxy.URL())
	if err != nil {
		t.Fatal(err)
	}
	s := newBlobStore(base)
	s.retry = upload.Patiently(time.Millisecond, 5*time.Millisecond) // fewer attempts than breaks
	t.Cleanup(s.close)
	digest, err := s.put(t.Context(), s.as(testToken), output)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(h.stored(digest), output) || h.came != size {
		t.Errorf("the host has %d bytes, %d came, want %d", len(h.stored(digest)), h.came, size)
	}
	if sent, broke := proxy.Sent(); broke != breaks || sent > size*102/100 {
		t.Errorf("%d bytes were sent for %d while the connection broke %d times", sent, size, broke)
	}
}
