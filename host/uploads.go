package host

import (
	"sync"

	"github.com/encrypted-compute/encompute/protocol"
)

// Limits of uploads under way. What a job expects is public on chain, so that strangers may
// send rubbish under its digest: it is never kept, but takes room until it has been read.
const (
	maxUploads       = 64 // in all
	maxUploadsOfBlob = 3  // of one digest: a user, a user whose connection broke, a stranger
)

// uploads counts the uploads that are under way. The zero value is ready.
type uploads struct {
	mu    sync.Mutex
	total int
	of    map[protocol.Digest]int
}

// begin counts an upload, and returns how to end it, unless too many are under way.
func (u *uploads) begin(d protocol.Digest) (end func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.total >= maxUploads || u.of[d] >= maxUploadsOfBlob {
		return nil, problem(codeBusy, "%d uploads are under way, %d of blob %s", u.total, u.of[d], d)
	}
	if u.of == nil {
		u.of = map[protocol.Digest]int{}
	}
	u.total++
	u.of[d]++
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.total--
		if u.of[d]--; u.of[d] == 0 {
			delete(u.of, d)
		}
	}, nil
}
