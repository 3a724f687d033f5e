package blobs

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/encrypted-compute/encompute/protocol"
)

func open(t *testing.T) (*Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "blobs")
	s, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, dir
}

func files(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPut(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("ciphertext"), 1000)
	digest := protocol.BlobDigest(data)
	broken := errors.New("connection lost")
	for _, c := range []struct {
		name  string
		r     io.Reader
		limit int64
		want  error
	}{
		{"right", bytes.NewReader(data), int64(len(data)), nil},
		{"room to spare", bytes.NewReader(data), 1 << 20, nil},
		{"one byte changed", bytes.NewReader(append([]byte("C"), data[1:]...)), 1 << 20, ErrDigest},
		{"one byte missing", bytes.NewReader(data[1:]), 1 << 20, ErrDigest},
		{"empty", bytes.NewReader(nil), 1 << 20, ErrDigest},
		{"one byte too many", bytes.NewReader(data), int64(len(data)) - 1, ErrTooLarge},
		{"broken off", io.MultiReader(bytes.NewReader(data[:100]), iotest.ErrReader(broken)), 1 << 20, broken},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, dir := open(t)
			_, err := s.Put(t.Context(), digest, c.r, c.limit)
			if !errors.Is(err, c.want) {
				t.Fatalf("put: %v, want %v", err, c.want)
			}
			n, err := s.Bytes(t.Context(), digest)
			if c.want == nil {
				if err != nil || n != int64(len(data)) {
					t.Fatalf("after put: %d bytes, %v", n, err)
				}
				return
			}
			if !errors.Is(err, ErrNotFound) {
				t.Fatalf("after refused put: %v, want %v", err, ErrNotFound)
			}
			if left := files(t, dir); left != 0 {
				t.Errorf("refused put left %d files behind", left)
			}
		})
	}
}

func TestPutTwice(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	data := []byte("the same")
	for range 2 {
		if _, err := s.Put(t.Context(), protocol.BlobDigest(data), bytes.NewReader(data), 100); err != nil {
			t.Fatal(err)
		}
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	data := []byte("0123456789")
	digest := protocol.BlobDigest(data)
	if _, err := s.Put(t.Context(), digest, bytes.NewReader(data), 100); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, method, ranges string
		status               int
		body, contentRange   string
	}{
		{"whole", "GET", "", 200, "0123456789", ""},
		{"head", "HEAD", "", 200, "", ""},
		{"middle", "GET", "bytes=2-4", 206, "234", "bytes 2-4/10"},
		{"resume", "GET", "bytes=7-", 206, "789", "bytes 7-9/10"},
		{"last", "GET", "bytes=-1", 206, "9", "bytes 9-9/10"},
		{"behind the end", "GET", "bytes=10-", 416, "", "bytes */10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), c.method, "/", nil)
			if c.ranges != "" {
				r.Header.Set("Range", c.ranges)
			}
			w := httptest.NewRecorder()
			if err := s.Serve(w, r, digest); err != nil {
				t.Fatal(err)
			}
			if w.Code != c.status || w.Header().Get("Content-Range") != c.contentRange {
				t.Errorf("status %d, range %q; want %d, %q", w.Code, w.Header().Get("Content-Range"), c.status, c.contentRange)
			}
			if c.status < 300 && w.Body.String() != c.body {
				t.Errorf("body %q, want %q", w.Body, c.body)
			}
		})
	}
	w := httptest.NewRecorder()
	err := s.Serve(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), protocol.BlobDigest(nil))
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown blob: %v, want %v", err, ErrNotFound)
	}
}
