package blobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ledger is a Ledger of one upload in memory.
type ledger struct {
	mu       sync.Mutex
	reserved []string
	parts    []store.Part
	held     int64
	hash     []byte
	failing  error
}

func (l *ledger) Reserve(_ context.Context, place string, _ time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if slices.Contains(l.reserved, place) {
		return errors.New("place was used before")
	}
	l.reserved = append(l.reserved, place)
	return nil
}

func (l *ledger) Append(_ context.Context, u store.Upload, p store.Part, hash []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.failing != nil:
		return l.failing
	case u.Held != l.held:
		return store.ErrConflict
	}
	l.parts, l.held, l.hash = append(l.parts, p), l.held+p.Bytes, hash
	return nil
}

// upload returns the upload of data as it is written down.
func (l *ledger) upload(digest protocol.Digest, size int64) store.Upload {
	u := store.Upload{Blob: store.Blob{Digest: digest, Bytes: size}, Held: l.held, Hash: l.hash}
	if u.Held == 0 {
		u.Hash = Start()
	}
	return u
}

// random returns bytes in which nothing repeats.
func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b) // never fails
	return b
}

func openDir(t testing.TB) (*Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "blobs")
	s, err := Open(t.Context(), dir)
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

func TestReceive(t *testing.T) {
	t.Parallel()
	data := random(200_000)
	digest, size := protocol.BlobDigest(data), int64(len(data))
	broken := errors.New("connection lost")
	lost := func(n int) io.Reader {
		return io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(broken))
	}
	for _, c := range []struct {
		name  string
		r     io.Reader
		held  int64
		parts int
		want  error
	}{
		{"right", bytes.NewReader(data), size, 1, nil},
		{"byte by byte", iotest.OneByteReader(bytes.NewReader(data)), size, 1, nil},
		{"end with the last bytes", iotest.DataErrReader(bytes.NewReader(data)), size, 1, nil},
		{"ended early", bytes.NewReader(data[:100_000]), 100_000, 1, nil},
		{"nothing", bytes.NewReader(nil), 0, 0, nil},
		{"one byte changed", bytes.NewReader(append([]byte{^data[0]}, data[1:]...)), size, 1, ErrDigest},
		{"one byte too many", io.MultiReader(bytes.NewReader(data), bytes.NewReader([]byte{1})), size, 1, ErrTooLarge},
		{"broken off", lost(100_000), 100_000, 1, broken},
		{"broken off where a part begins to count", lost(MinPart), MinPart, 1, broken},
		{"broken off before", lost(MinPart - 1), 0, 0, broken},
		{"broken off at once", lost(0), 0, 0, broken},
		{"broken off after the last byte", lost(len(data)), size, 1, broken},
		{"crumb", bytes.NewReader(data[:MinPart-1]), 0, 0, ErrTooSmall},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, dir := openDir(t)
			l := new(ledger)
			u, err := s.Receive(t.Context(), l, time.Now, l.upload(digest, size), c.r)
			if !errors.Is(err, c.want) {
				t.Fatalf("receive: %v, want %v", err, c.want)
			}
			if u.Held != c.held || l.held != c.held || len(l.parts) != c.parts {
				t.Errorf("%d bytes are held, %d in %d parts written down; want %d in %d", u.Held, l.held, len(l.parts), c.held, c.parts)
			}
			if n := files(t, dir); n != c.parts {
				t.Errorf("%d files are left, want %d", n, c.parts)
			}
		})
	}
}

// TestDeleteAfterDeath stops in the middle of a part, as a process does that is killed, and deletes the part by its place,
// which is all that is written down.
func TestDeleteAfterDeath(t *testing.T) {
	t.Parallel()
	s, dir := openDir(t)
	data, l := random(MinPart), new(ledger)
	digest := protocol.BlobDigest(data)
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := s.Receive(t.Context(), l, time.Now, l.upload(digest, int64(len(data))), r)
		done <- err
	}()
	_, err := w.Write(data[:len(data)/2])
	for err == nil && files(t, dir) == 0 { // the first half is on its way to the file
		time.Sleep(time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	place := l.reserved[0]
	l.mu.Unlock()
	if err := s.Delete(t.Context(), place); err != nil {
		t.Fatal(err)
	}
	if n := files(t, dir); n != 0 {
		t.Errorf("%d files are left", n)
	}
	broken := errors.New("killed")
	_ = w.CloseWithError(broken)
	if err := <-done; !errors.Is(err, broken) {
		t.Errorf("receive: %v", err)
	}
}

// TestResume breaks an upload off at random places, forgets all but what is written down, and
// goes on from there; at the end the digest is right though nothing was read twice.
func TestResume(t *testing.T) {
	t.Parallel()
	testResume(t, func(t *testing.T) *Store { s, _ := openDir(t); return s })
}

func testResume(t *testing.T, open func(*testing.T) *Store) {
	const size = 2*MaxPart + 12345 // parts of their own accord, too
	data := random(size)
	digest := protocol.BlobDigest(data)
	s, l := open(t), new(ledger)
	random := rand.New(rand.NewPCG(1, 2))
	breaks := 0
	for l.held < size {
		u := l.upload(digest, size)
		n := min(size-l.held, random.Int64N(size/8))
		var r io.Reader = bytes.NewReader(data[u.Held:][:n])
		if u.Held+n < size {
			r = io.MultiReader(r, iotest.ErrReader(io.ErrUnexpectedEOF))
			breaks++
		}
		if _, err := s.Receive(t.Context(), l, time.Now, u, r); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatal(err)
		}
	}
	if breaks < 8 {
		t.Fatalf("broken off only %d times", breaks)
	}
	if err := s.Check(t.Context(), l.parts); err != nil {
		t.Error(err)
	}
	for _, c := range []struct{ from, to int }{
		{0, size}, {1, 2}, {size - 1, size}, {int(l.parts[0].Bytes) - 3, int(l.parts[0].Bytes) + 3}, {size / 3, size / 3 * 2},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", c.from, c.to-1))
		if err := s.Serve(w, r, digest, l.parts); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(w.Body.Bytes(), data[c.from:c.to]) {
			t.Errorf("bytes %d to %d are not as they were uploaded", c.from, c.to)
		}
	}
	if err := s.Delete(t.Context(), l.parts[1].Place); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), l.parts[1].Place); err != nil {
		t.Errorf("delete again: %v", err)
	}
	if err := s.Check(t.Context(), l.parts); !errors.Is(err, ErrNotFound) {
		t.Errorf("check without a part: %v", err)
	}
}

func TestLedgerRefuses(t *testing.T) {
	t.Parallel()
	s, _ := openDir(t)
	data := random(100_000)
	digest := protocol.BlobDigest(data)
	l := &ledger{failing: store.ErrConflict}
	u, err := s.Receive(t.Context(), l, time.Now, l.upload(digest, int64(len(data))), bytes.NewReader(data))
	if !errors.Is(err, store.ErrConflict) || u.Held != 0 {
		t.Errorf("receive: %d bytes held, %v", u.Held, err)
	}
	if len(l.reserved) != 1 {
		t.Errorf("%d places are reserved, want that of the part that was written", len(l.reserved))
	}
	u.Hash = []byte("not a state")
	if _, err := s.Receive(t.Context(), l, time.Now, u, bytes.NewReader(data)); err == nil {
		t.Error("receive went on from no state")
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	s, dir := openDir(t)
	data := []byte("0123456789")
	digest := protocol.BlobDigest(data)
	l := new(ledger)
	if _, err := s.Receive(t.Context(), l, time.Now, l.upload(digest, 10), bytes.NewReader(data)); err != nil {
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
			r := httptest.NewRequestWithContext(t.Context(), c.method, "/", nil)
			if c.ranges != "" {
				r.Header.Set("Range", c.ranges)
			}
			w := httptest.NewRecorder()
			if err := s.Serve(w, r, digest, l.parts); err != nil {
				t.Fatal(err)
			}
			if w.Code != c.status || w.Header().Get("Content-Range") != c.contentRange {
				t.Errorf("status %d, range %q; want %d, %q", w.Code, w.Header().Get("Content-Range"), c.status, c.contentRange)
			}
			if c.status == 200 && w.Header().Get("Content-Length") != "10" {
				t.Errorf("length %q is announced", w.Header().Get("Content-Length"))
			}
			if c.status < 300 && w.Body.String() != c.body {
				t.Errorf("body %q, want %q", w.Body, c.body)
			}
		})
	}
	truncated := filepath.Join(dir, l.parts[0].Place)
	for _, spoil := range []func() error{
		func() error { return os.Truncate(truncated, 5) },
		func() error { return os.Remove(truncated) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			err := s.Serve(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, "/", nil), digest, l.parts)
			if !errors.Is(err, ErrNotFound) {
				t.Errorf("%s of a spoiled blob: %v, want %v", method, err, ErrNotFound)
			}
		}
	}
}

// BenchmarkReceive shows how fast bytes are hashed and written.
func BenchmarkReceive(b *testing.B) {
	const size = 64 << 20
	data := random(size)
	digest := protocol.BlobDigest(data)
	b.SetBytes(size)
	for b.Loop() {
		s, _ := openDir(b)
		l := new(ledger)
		if _, err := s.Receive(b.Context(), l, time.Now, l.upload(digest, size), bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}
