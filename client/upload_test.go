package client

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// uploadScene is a client whose job's blob is one of size bytes, none of them at the host yet.
func uploadScene(t *testing.T, size int) (s *scene, c *Client, job *Job, digest protocol.Digest) {
	t.Helper()
	s = newScene(t)
	c = s.client(t)
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(b) // never fails
	digest, _, err := s.store.PutBlob(t.Context(), func(w io.Writer) error { return writeAll(w, b) })
	if err != nil {
		t.Fatal(err)
	}
	return s, c, &Job{Uploads: protocol.Digest{1, 2, 3}}, digest
}

// brokenTransport cuts the bodies of uploads off, each further from the start than the last,
// as a connection that breaks does.
type brokenTransport struct {
	base   http.RoundTripper
	breaks int // to come
	after  int64
}

var errBroken = errors.New("connection lost")

func (b *brokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPatch || b.breaks == 0 {
		return b.base.RoundTrip(r)
	}
	b.breaks--
	r = r.Clone(r.Context())
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(io.LimitReader(r.Body, b.after), &failing{}), r.Body}
	return b.base.RoundTrip(r)
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errBroken }

// TestUploadResumes breaks an upload off many times: patience begins anew with every piece
// that got through, nothing of it is sent again, and another process goes on where it stood.
func TestUploadResumes(t *testing.T) {
	t.Parallel()
	const size, breaks = 3 << 20, 20
	s, c, job, digest := uploadScene(t, size)
	c.timing.backoff = func(int) time.Duration { return time.Millisecond }
	c.Limits.HostPatience = 5 * time.Millisecond // fewer attempts than breaks
	c.host.http = fetch.New(&http.Client{Transport: &brokenTransport{http.DefaultTransport, breaks, 100_000}})
	var step Step
	if err := c.uploadBlob(t.Context(), &step, job, digest); err != nil {
		t.Fatal(err)
	}
	if s.host.came != size {
		t.Errorf("%d bytes came, want %d", s.host.came, size)
	}
	if len(s.host.blobs[digest]) != size || step.Bytes != size || step.Detail != "" {
		t.Errorf("%d bytes are at the host, step %+v", len(s.host.blobs[digest]), step)
	}
	if err := c.uploadBlob(t.Context(), &step, job, digest); err != nil || step.Detail != "the host had it" {
		t.Errorf("uploaded again: %+v, %v", step, err)
	}
}

func TestUploadGoesOnInAnotherProcess(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	s, c, job, digest := uploadScene(t, size)
	c.Limits.HostPatience = 0
	c.host.http = fetch.New(&http.Client{Transport: &brokenTransport{http.DefaultTransport, 1 << 30, 300_000}})
	var step Step
	err := c.uploadBlob(t.Context(), &step, job, digest)
	if CodeOf(err) != CodeHostDown {
		t.Fatalf("first process: %v", err)
	}
	var held int64
	for held == 0 { // the host may still be reading what came
		time.Sleep(time.Millisecond)
		s.host.set(func() { held = s.host.came })
	}
	if err := s.client(t).uploadBlob(t.Context(), &step, job, digest); err != nil {
		t.Fatal(err)
	}
	if s.host.came != size || !strings.HasSuffix(step.Detail, "bytes of it") {
		t.Errorf("%d bytes came, %d of them first; step %+v", s.host.came, held, step)
	}
}

// A host that lies about what it holds keeps the client neither busy for ever nor confused.
func TestUploadLies(t *testing.T) {
	t.Parallel()
	for name, lie := range map[string]func(*protocol.Upload){
		"more than all":     func(u *protocol.Upload) { u.Held = 1 << 62 },
		"less than nothing": func(u *protocol.Upload) { u.Held = -1 },
		"never more":        func(u *protocol.Upload) { u.Held = 0 },
		"of another size":   func(u *protocol.Upload) { u.Held, u.Bytes = 5, 6 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, c, job, digest := uploadScene(t, 100_000)
			s.host.set(func() { s.host.lies.upload = lie })
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := c.uploadBlob(ctx, new(Step), job, digest); CodeOf(err) != CodeHostAnswer {
				t.Errorf("upload: %v, want %s", err, CodeHostAnswer)
			}
		})
	}
}
