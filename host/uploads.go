package host

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/host/blobs"
	"github.com/encrypted-compute/encompute/protocol"
)

// Limits of uploads under way. What a job expects is public on chain, so that strangers may
// send rubbish under its digest: it is never kept, but takes room until it has been read.
const (
	maxUploads       = 64 // in all
	maxUploadsOfBlob = 3  // of one digest: a user, a user whose connection broke, a stranger
)

// uploads are the requests that bring a blob, by digest, the oldest first. The zero value is ready.
type uploads struct {
	mu    sync.Mutex
	total int
	of    map[protocol.Digest][]*upload
}

// upload is the body of a request that may take long, but not stand still, and that may be
// cut off at any time.
type upload struct {
	id       string // of the upload that it adds to
	body     io.Reader
	deadline func(time.Time) error // of reads
	patience time.Duration         // within which blobs.MinPart bytes must come
	left     int64                 // bytes to come until the deadline is moved
	confirms confirms
	done     chan struct{} // closed when the request has ended

	mu    sync.Mutex
	cut   error     // why it is cut off
	until time.Time // when
}

func newUpload(w http.ResponseWriter, r *http.Request, id string, patience time.Duration) *upload {
	return &upload{
		id: id, body: r.Body, deadline: http.NewResponseController(w).SetReadDeadline, patience: patience, done: make(chan struct{}),
	}
}

// confirms tell the sender of a body, while it still sends, how far the upload is: whoever hears that has no more under
// way than it can bear to send again. The zero value tells nothing.
type confirms struct {
	w     http.ResponseWriter
	every int64 // bytes
	held  int64 // by the upload, with what was read of the body
	told  int64
}

// minConfirm is the fewest bytes after which a sender may be told.
const minConfirm = 16 << 10

// confirm has the upload, which holds at, tell how far it is after so many bytes each; first when there
// are enough for a part, since fewer are not kept if the connection breaks.
func (u *upload) confirm(w http.ResponseWriter, at, every int64) {
	u.confirms = confirms{w: w, every: every, held: at, told: at + max(0, blobs.MinPart-every)}
}

// tell tells how far the upload is, if that is due.
func (c *confirms) tell() {
	if c.every == 0 || c.held-c.told < c.every {
		return
	}
	c.told = c.held
	c.w.Header().Set(protocol.UploadOffset, strconv.FormatInt(c.held, 10))
	c.w.WriteHeader(protocol.StatusUploadResumption) // if the sender is gone, the next Read fails
	c.w.Header().Del(protocol.UploadOffset)
}

// begin counts an upload in and returns how to count it out. If a blob has too many, the
// oldest of them is cut off, so that nobody can occupy a blob by uploading it slowly; what it
// brought is kept, and it can go on with a new request. If there are too many in all, the new
// one is refused.
func (u *uploads) begin(d protocol.Digest, n *upload) (end func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.total >= maxUploads {
		return nil, problem(codeBusy, "%d uploads are under way", u.total)
	}
	if u.of == nil {
		u.of = map[protocol.Digest][]*upload{}
	}
	running := slices.DeleteFunc(slices.Clone(u.of[d]), (*upload).ended)
	if len(running) >= maxUploadsOfBlob {
		running[0].end(0, problem(codeBusy, "%d later uploads of blob %s are under way", len(running), d))
	}
	u.total++
	u.of[d] = append(u.of[d], n)
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.total--
		u.of[d] = slices.DeleteFunc(u.of[d], func(o *upload) bool { return o == n })
		if len(u.of[d]) == 0 {
			delete(u.of, d)
		}
		close(n.done)
	}, nil
}

// When a request takes over from another, what has arrived of that one is still read, until
// nothing more comes within drain, for at most drainAll.
const (
	drain    = 250 * time.Millisecond
	drainAll = 10 * time.Second
)

// takeOver ends the requests that add to an upload and waits until what they brought is
// kept: whoever asks how far it is, or adds to it, has given them up.
func (u *uploads) takeOver(ctx context.Context, d protocol.Digest, id string) {
	u.mu.Lock()
	same := slices.DeleteFunc(slices.Clone(u.of[d]), func(o *upload) bool { return o.id != id })
	u.mu.Unlock()
	for _, o := range same {
		o.end(drainAll, problem(codeBusy, "the upload goes on in a later request"))
		select {
		case <-o.done:
		case <-ctx.Done():
		}
	}
}

// underWay returns how many there are.
func (u *uploads) underWay() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.total
}

// endAll cuts all uploads off.
func (u *uploads) endAll(why error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, same := range u.of {
		for _, n := range same {
			n.end(0, why)
		}
	}
}

// ended reports whether the upload was cut off.
func (u *upload) ended() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.cut != nil
}

// end cuts the upload off after a time, unless it was before.
func (u *upload) end(after time.Duration, why error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if until := time.Now().Add(after); u.cut == nil || until.Before(u.until) {
		u.cut, u.until = why, until
		_ = u.deadline(time.Now().Add(min(after, drain))) // where that cannot be, a Read that waits ends by itself
	}
}

// allow gives the next bytes their time.
func (u *upload) allow() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	patience := u.patience
	switch {
	case u.cut != nil && !time.Now().Before(u.until):
		return u.cut
	case u.cut != nil:
		patience = drain
	case u.left > 0:
		return nil
	}
	u.left = blobs.MinPart
	err := u.deadline(time.Now().Add(patience))
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// Read implements io.Reader. Whoever reads has taken what was read before.
func (u *upload) Read(b []byte) (int, error) {
	u.confirms.tell()
	if err := u.allow(); err != nil {
		return 0, err
	}
	n, err := u.body.Read(b)
	u.left -= int64(n)
	u.confirms.held += int64(n)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		u.mu.Lock()
		defer u.mu.Unlock()
		if err = u.cut; err == nil {
			err = problem(codeTimeout, "fewer than %d bytes came within %s", blobs.MinPart, u.patience)
		}
	}
	return n, err
}
