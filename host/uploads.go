package host

import (
	"errors"
	"io"
	"net/http"
	"os"
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
	body     io.Reader
	deadline func(time.Time) error // of reads
	patience time.Duration         // within which blobs.MinPart bytes must come
	left     int64                 // bytes to come until the deadline is moved

	mu  sync.Mutex
	cut error // why it was cut off
}

func newUpload(w http.ResponseWriter, r *http.Request, patience time.Duration) *upload {
	return &upload{body: r.Body, deadline: http.NewResponseController(w).SetReadDeadline, patience: patience}
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
	if same := u.of[d]; len(same) >= maxUploadsOfBlob {
		same[0].end(problem(codeBusy, "%d later uploads of blob %s are under way", len(same), d))
		u.remove(d, same[0])
	}
	u.total++
	u.of[d] = append(u.of[d], n)
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.remove(d, n)
	}, nil
}

// remove counts an upload out, once.
func (u *uploads) remove(d protocol.Digest, n *upload) {
	for i, o := range u.of[d] {
		if o == n {
			u.total--
			u.of[d] = append(u.of[d][:i:i], u.of[d][i+1:]...)
			break
		}
	}
	if len(u.of[d]) == 0 {
		delete(u.of, d)
	}
}

// endAll cuts all uploads off.
func (u *uploads) endAll(why error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, same := range u.of {
		for _, n := range same {
			n.end(why)
		}
	}
}

// end cuts the upload off.
func (u *upload) end(why error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.cut = why
	_ = u.deadline(time.Unix(1, 0)) // a Read that waits returns; where that cannot be, it ends by itself
}

// allow gives the next bytes their time.
func (u *upload) allow() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.cut != nil || u.left > 0 {
		return u.cut
	}
	u.left = blobs.MinPart
	err := u.deadline(time.Now().Add(u.patience))
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// Read implements io.Reader.
func (u *upload) Read(b []byte) (int, error) {
	if err := u.allow(); err != nil {
		return 0, err
	}
	n, err := u.body.Read(b)
	u.left -= int64(n)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		u.mu.Lock()
		defer u.mu.Unlock()
		if err = u.cut; err == nil {
			err = problem(codeTimeout, "fewer than %d bytes came within %s", blobs.MinPart, u.patience)
		}
	}
	return n, err
}
