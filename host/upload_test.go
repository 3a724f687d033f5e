package host

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/blobs"
	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// TestUploadWholeButNotFinished leaves an upload as a host does that is killed when it has the last byte: whoever asks how
// far it is has nothing more to send, and the job that waits for it must not wait for ever.
func TestUploadWholeButNotFinished(t *testing.T) {
	t.Parallel()
	b := newUploadBench(t, 3*blobs.MinPart)
	left := func(id byte, data []byte) {
		u, err := b.host.store.BeginUpload(t.Context(), store.Upload{
			Blob: store.Blob{Digest: b.digest, Bytes: int64(len(data)), Kind: store.KindInput}, ID: protocol.Digest{id}.String(), Hash: blobs.Start(),
		})
		b.must(err)
		_, err = b.host.blobs.Receive(t.Context(), b.host.store, time.Now, u, bytes.NewReader(data))
		if err != nil && !errors.Is(err, blobs.ErrDigest) {
			t.Fatal(err)
		}
	}
	left(1, make([]byte, len(b.data))) // the wrong bytes
	if _, err := b.do(http.MethodGet, b.path(1), nil); !isProblem(err, codeWrongDigest) {
		t.Errorf("other bytes: %v", err)
	}
	left(2, b.data)
	if n := b.held(2); n != int64(len(b.data)) {
		t.Errorf("%d bytes are held", n)
	}
	if j, err := b.host.store.Job(t.Context(), b.job); err != nil || j.State != protocol.JobQueued {
		t.Errorf("the job is %s, %v", j.State, err)
	}
	b.check()
}

// TestUploadBreaks breaks an upload off twenty times, and stops the host once. All of it
// arrives, and hardly anything is sent twice.
func TestUploadBreaks(t *testing.T) {
	t.Parallel()
	const size, breaks = 24 << 20, 20
	b := newUploadBench(t, size)
	b.must(ignoreBroken(b.patch(1, 0, bytes.NewReader(b.data[:size/10]))))
	b.stop()
	b.start() // the state of the digest is in the database, too
	if held := b.held(1); held != size/10 {
		t.Fatalf("%d bytes are held after a restart, want %d", held, size/10)
	}
	sent := b.uploadBroken(breaks) + size/10
	b.check()
	if extra := float64(sent-size) / size; extra > 0.02 {
		t.Errorf("%d bytes were sent for %d: %.1f %% more, want at most 2 %%", sent, size, 100*extra)
	}
}

func ignoreBroken(_ protocol.Upload, err error) error { return err }

func TestHostileUploads(t *testing.T) {
	t.Parallel()
	const size = 4 * blobs.MinPart
	for _, c := range []struct {
		name string
		act  func(b *uploadBench) error
		want code
		held int64 // by upload 1 afterwards
	}{
		{"beyond where it stands", func(b *uploadBench) error {
			_, err := b.patch(1, 10, bytes.NewReader(b.data[10:]))
			return err
		}, codeUploadOffset, 0},
		{"overlapping", func(b *uploadBench) error {
			b.must(ignoreBroken(b.patch(1, 0, bytes.NewReader(b.data[:2*blobs.MinPart]))))
			_, err := b.patch(1, blobs.MinPart, bytes.NewReader(b.data[blobs.MinPart:]))
			return err
		}, codeUploadOffset, 2 * blobs.MinPart},
		{"offset beyond all numbers", func(b *uploadBench) error {
			_, err := b.do(http.MethodPatch, b.path(1)+"?at=18446744073709551615&bytes=1", nil)
			return err
		}, codeBadRequest, 0},
		{"negative offset", func(b *uploadBench) error { _, err := b.patch(1, -1, nil); return err }, codeBadRequest, 0},
		{"too long", func(b *uploadBench) error {
			_, err := b.patch(1, 0, io.MultiReader(bytes.NewReader(b.data), strings.NewReader("x")))
			return err
		}, codeTooLarge, 0},
		{"too long by its own word", func(b *uploadBench) error {
			_, err := b.patch(1, 0, bytes.NewReader(append(b.data, 0)))
			return err
		}, codeTooLarge, 0},
		{"of another size", func(b *uploadBench) error {
			_, err := b.do(http.MethodPatch, b.path(1)+"?at=0&bytes=100", strings.NewReader("x"))
			return err
		}, codeUnexpectedBlob, 0},
		{"of a size without end", func(b *uploadBench) error {
			_, err := b.do(http.MethodPatch, b.path(1)+"?at=0&bytes=9223372036854775807", strings.NewReader("x"))
			return err
		}, codeTooLarge, 0},
		{"crumbs", func(b *uploadBench) error {
			_, err := b.patch(1, 0, bytes.NewReader(b.data[:100]))
			return err
		}, codeBadRequest, 0},
		{"wrong at the end", func(b *uploadBench) error {
			wrong := bytes.Clone(b.data)
			wrong[size-1]++
			b.must(ignoreBroken(b.patch(1, 0, bytes.NewReader(wrong[:size/2]))))
			_, err := b.patch(1, size/2, bytes.NewReader(wrong[size/2:]))
			return err
		}, codeWrongDigest, 0},
		{"to be told of every byte", func(b *uploadBench) error {
			_, err := b.do(http.MethodPatch, fmt.Sprintf("%s?at=0&bytes=%d&confirm=1", b.path(1), size), bytes.NewReader(b.data))
			return err
		}, codeBadRequest, 0},
		{"id that is none", func(b *uploadBench) error {
			_, err := b.do(http.MethodPatch, "/v1/blobs/"+b.digest.String()+"/uploads/mine?at=0&bytes=1", nil)
			return err
		}, codeBadRequest, 0},
		{"nobody expects it", func(b *uploadBench) error {
			_, err := b.do(http.MethodPatch, "/v1/blobs/"+protocol.Digest{9}.String()+"/uploads/"+protocol.Digest{1}.String()+"?at=0&bytes=1", strings.NewReader("x"))
			return err
		}, codeUnexpectedBlob, 0},
		{"somebody else's upload", func(b *uploadBench) error {
			b.must(ignoreBroken(b.patch(1, 0, bytes.NewReader(b.data[:size/2]))))
			_, err := b.patch(2, size/2, bytes.NewReader(make([]byte, size/2)))
			return err
		}, codeUploadOffset, size / 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newUploadBench(t, size)
			if err := c.act(b); !isProblem(err, c.want) {
				t.Errorf("upload: %v, want %s", err, c.want)
			}
			if held := b.held(1); held != c.held {
				t.Errorf("%d bytes are held, want %d", held, c.held)
			}
			b.must(b.upload(1)) // and still it can be uploaded
			b.check()
		})
	}
}

// TestRubbish lets strangers, who know the digest, send rubbish under it while the user uploads.
func TestRubbish(t *testing.T) {
	t.Parallel()
	const size = 8 * blobs.MinPart
	b := newUploadBench(t, size)
	b.must(ignoreBroken(b.patch(1, 0, bytes.NewReader(b.data[:size/2]))))
	for id := range byte(10) {
		_, err := b.patch(10+id, 0, bytes.NewReader(make([]byte, size/4)))
		b.must(err)
	}
	if held := b.held(1); held != size/2 {
		t.Fatalf("%d bytes of the user's upload are left, want %d", held, size/2)
	}
	b.must(b.upload(1))
	b.check()
}

// Several requests add to the same upload at once: each byte is taken once.
func TestSeveralAtOnce(t *testing.T) {
	t.Parallel()
	const size = 16 * blobs.MinPart
	b := newUploadBench(t, size)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			// The later one takes over, so that an earlier one may see its connection closed.
			_, err := b.patch(1, 0, bytes.NewReader(b.data[:size/2]))
			if p, ok := errors.AsType[*protocol.Problem](err); ok && !isProblem(err, codeUploadOffset) && !isProblem(err, codeBusy) {
				t.Error(p)
			}
		})
	}
	group.Wait()
	b.finish(1)
	b.check()
}

// An upload that stands still is cut off, and what it brought is kept.
func TestSlowUpload(t *testing.T) {
	t.Parallel()
	const size = 4 * blobs.MinPart
	b := newUploadBench(t, size, func(c *Config) { c.Patience = 200 * time.Millisecond })
	still, write := io.Pipe()
	defer write.Close()
	go func() { _, _ = write.Write(b.data[:2*blobs.MinPart]) }() // and no more
	_, err := b.patch(1, 0, still)
	if err == nil {
		t.Fatal("an upload that stood still has ended well")
	}
	b.client.CloseIdleConnections()
	if held := b.held(1); held != 2*blobs.MinPart {
		t.Errorf("%d bytes are held, want %d", held, 2*blobs.MinPart)
	}
	b.must(b.upload(1))
	b.check()
}

// What nobody needs is deleted from the bucket in the end, and what a job needs never.
func TestTidy(t *testing.T) {
	t.Parallel()
	const size = 2 * blobs.MinPart
	c := &clock{now: time.Unix(1_800_000_000, 0)}
	b := newUploadBench(t, size, func(cfg *Config) { cfg.Now = c.Now })
	b.must(ignoreBroken(b.patch(9, 0, bytes.NewReader(make([]byte, size/2))))) // a stranger, who never ends
	b.must(b.upload(1))
	c.advance(25 * time.Hour)
	b.must(b.host.Tidy(b.Context()))
	b.check()
	c.advance(2 * time.Hour)
	b.must(b.host.Tidy(b.Context()))
	if n := bucketFiles(b); n != 1 {
		t.Errorf("%d files are in the bucket, want that of the job", n)
	}
	b.must(b.host.store.GiveUp(b.Context(), b.job, protocol.Failed{JobID: b.job}))
	for range 2 {
		c.advance(25 * time.Hour)
		b.must(b.host.Tidy(b.Context()))
	}
	if n := bucketFiles(b); n != 0 {
		t.Errorf("%d files are in the bucket after the job ended", n)
	}
	if _, err := b.host.store.Blob(b.Context(), b.digest); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("blob of a job that is over: %v", err)
	}
}

// A blob that was lost from the bucket is missed when somebody asks for it, and can be uploaded again.
func TestLostBlob(t *testing.T) {
	t.Parallel()
	b := newUploadBench(t, 100)
	b.must(b.upload(1))
	parts, err := b.host.store.Parts(b.Context(), b.digest)
	b.must(err)
	b.must(b.host.blobs.Delete(b.Context(), parts[0].Place))
	resp, err := b.client.Head(b.base + "/v1/blobs/" + b.digest.String())
	b.must(err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("HEAD of a lost blob: status %d", resp.StatusCode)
	}
	b.must(b.upload(1))
	b.check()
}

// BenchmarkUpload uploads 300 MB over loopback: digests, database and disk included.
func BenchmarkUpload(b *testing.B) {
	const size = 300 << 20
	b.SetBytes(size)
	for range b.N {
		b.StopTimer()
		u := newUploadBench(b, size)
		b.StartTimer()
		u.must(u.upload(1))
		b.StopTimer()
		u.check()
	}
}

// bucketFiles counts the files in the bucket's folder.
func bucketFiles(b *uploadBench) (n int) {
	b.Helper()
	b.must(filepath.WalkDir(b.host.cfg.Blobs, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	}))
	return n
}

// One account cannot have the host keep room for more than its quota, and a blob counts once.
func TestQuota(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Quota = 3*inputBytes + keysBytes })
	b.publish()
	var ids []protocol.Digest
	job := func(n byte) (protocol.Digest, code) {
		s := b.spec()
		s.InputHash = protocol.Digest{0x77, n}
		id := b.post(s)
		return id, b.call("POST", "/v1/jobs", s, nil)
	}
	for n := range byte(3) {
		id, got := job(n)
		b.refused(got, "")
		ids = append(ids, id)
	}
	_, got := job(3)
	b.refused(got, codeQuota)
	_, got = job(2) // expects nothing new
	b.refused(got, "")
	b.must(b.host.store.GiveUp(t.Context(), ids[0], protocol.Failed{JobID: ids[0]}))
	_, got = job(3)
	b.refused(got, "")
}

// A sender that asks for it is told while it sends how far the upload is: often enough, never more than was sent, and
// never less than would be kept.
func TestUploadConfirms(t *testing.T) {
	t.Parallel()
	const size, every = 16 * blobs.MinPart, 2 * minConfirm
	b := newUploadBench(t, size)
	body, w := io.Pipe()
	told := make(chan int64, size/every)
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(status int, header textproto.MIMEHeader) error {
			held, err := strconv.ParseInt(header.Get(protocol.UploadOffset), 10, 64)
			if status != protocol.StatusUploadResumption || err != nil {
				t.Errorf("interim answer %d, %v", status, header)
			}
			told <- held
			return nil
		},
	}), http.MethodPatch, fmt.Sprintf("%s%s?at=0&bytes=%d&confirm=%d", b.base, b.path(1), size, every), body)
	b.must(err)
	answered := make(chan error, 1)
	go func() {
		resp, err := b.client.Do(r)
		if err == nil {
			err = resp.Body.Close()
		}
		answered <- err
	}()
	var sent, held int64
	for sent < size/2 { // what follows waits for a confirmation of what came before
		for held < sent-every {
			switch at := <-told; {
			case at <= held || at > sent || at < blobs.MinPart:
				t.Fatalf("%d bytes are confirmed after %d, of %d that were sent", at, held, sent)
			default:
				held = at
			}
		}
		n, err := w.Write(b.data[sent : sent+max(every, blobs.MinPart-sent)])
		b.must(err)
		sent += int64(n)
	}
	w.CloseWithError(io.ErrUnexpectedEOF)
	if err := <-answered; !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	if kept := b.held(1); kept < held {
		t.Errorf("%d bytes were confirmed, %d are held", held, kept)
	}
	b.must(b.upload(1))
	b.check()
}
