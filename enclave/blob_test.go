package enclave

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

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
		"one byte too many": {serve(content, true), len(content) - 1, true, "at most 11"},
		"not announced":     {serve(content, false), len(content) - 1, true, "more bytes than expected"},
		"trailing byte":     {serve(append(bytes.Clone(content), 0), false), len(content), true, "more bytes"},
		"cut short":         {serve(content[:3], true), len(content), false, "came with digest"},
		"changed":           {serve([]byte("a ciphertexT"), true), len(content), false, "came with digest"},
		"empty":             {serve(nil, true), len(content), false, "came with digest"},
		"missing":           {http.NotFound, len(content), false, "status 404"},
		"redirect":          {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, len(content), false, "status 302"},
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
		requests = append(requests, strings.Join([]string{r.Method, r.URL.Path, r.Header.Get("Authorization"), string(body)}, "|"))
		w.Write(content)
	})
	digest, err := s.put(t.Context(), "secret", content)
	if err != nil || digest != protocol.BlobDigest(content) {
		t.Fatalf("put: %s, %v", digest, err)
	}
	if _, err := s.get(t.Context(), "secret", digest, 100); err != nil {
		t.Fatal(err)
	}
	path := "/base/v1/blobs/" + digest.String()
	want := "PUT|" + path + "|Bearer secret|an output\nGET|" + path + "|Bearer secret|"
	if got := strings.Join(requests, "\n"); got != want {
		t.Errorf("requests:\n%s\nwant:\n%s", got, want)
	}
}
