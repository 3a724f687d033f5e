package client

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// upload tells the host about the job and gives it what it does not have yet.
func (c *Client) upload(ctx context.Context, job *Job) error {
	err := c.step("announce", func(*Step) error {
		var view protocol.JobView
		return c.retry(ctx, func() error { return c.host.post(ctx, job.Spec, maxJobViewBytes, &view, "v1", "jobs") })
	})
	if err != nil {
		return err
	}
	for _, b := range []struct {
		name   string
		digest protocol.Digest
	}{{"upload keys", job.Spec.KeysHash}, {"upload input", job.Spec.InputHash}} {
		if b.digest.IsZero() {
			continue // a keyless plan
		}
		err := c.step(b.name, func(s *Step) error { return c.uploadBlob(ctx, s, job, b.digest) })
		if err != nil {
			return err
		}
	}
	return nil
}

// uploadLost uploads again if the host has lost the job or a blob of it.
func (c *Client) uploadLost(ctx context.Context, job *Job) error {
	var view protocol.JobView
	err := c.retry(ctx, func() error { return c.host.get(ctx, maxJobViewBytes, &view, "v1", "jobs", job.ID.String()) })
	if status(err) == fetch.StatusNotFound || err == nil && len(view.Missing) > 0 {
		return c.upload(ctx, job)
	}
	return err
}

// chunk is how much of a blob goes into one request: little enough for a browser, which holds
// it in memory, and enough not to wait for answers most of the time.
const chunk = 16 << 20

// What may be under way before the host confirms it, so that a connection that breaks costs
// little: an upload that breaks off b times sends firstWindow + 1/windowShare of the blob +
// b*minWindow bytes in vain at most.
const (
	firstWindow = 2 << 20 // what a fast line holds between continents
	windowShare = 256
	minWindow   = 128 << 10
)

// uploadBlob gives the host a blob unless it has it, from wherever an earlier upload broke off.
func (c *Client) uploadBlob(ctx context.Context, s *Step, job *Job, d protocol.Digest) error {
	var there bool
	err := c.retry(ctx, func() (err error) { there, err = c.host.hasBlob(ctx, d); return err })
	if err != nil {
		return err
	}
	if there {
		s.Detail = "the host had it"
		return nil
	}
	body, size, err := c.Store.OpenBlob(ctx, d)
	if err != nil {
		return fail(CodeStore, err)
	}
	defer body.Close()
	s.Bytes = size
	u := &blobUpload{
		host: c.host, digest: d, id: protocol.NewDigest("upload", append(job.Uploads[:], d[:]...)), body: body, size: size,
		probe:  c.timing.probe,
		report: func(done int64) { c.progress(s.Name, done, size, "") },
	}
	for u.held < size {
		// The host has all its time again whenever the upload has got further.
		if err := c.retry(ctx, func() error { return u.advance(ctx) }); err != nil {
			return err
		}
	}
	if u.had > 0 {
		s.Detail = fmt.Sprintf("the host had %d bytes of it", u.had)
	}
	return nil
}

// blobUpload is an upload that goes on.
type blobUpload struct {
	host   host
	digest protocol.Digest
	id     protocol.Digest
	body   io.ReadSeeker
	size   int64
	probe  time.Duration
	report func(done int64)

	held  int64 // by the host
	known bool  // held is what the host said, and nothing was sent since
	asked bool  // at least once
	had   int64 // what the host held when it was first asked
	lost  int   // how often the host had less than before

	sent  int64 // where the last request ended
	vain  int64 // bytes that were sent and did not arrive
	heard bool  // the host's confirmations arrive while a request goes on
	deaf  bool  // they did not, in a request that ended well: a browser or a proxy keeps them
}

// maxLost is how often a host may lose what it held of an upload before it is not believed.
const maxLost = 5

// advance asks how far the upload is, unless that is known, and sends the next piece. It
// returns an error if the upload did not get further.
func (u *blobUpload) advance(ctx context.Context) error {
	if !u.known {
		before := u.held
		if err := u.ask(ctx); err != nil {
			return err
		}
		if u.held > before {
			return nil
		}
	}
	if _, err := u.body.Seek(u.held, io.SeekStart); err != nil {
		return fail(CodeStore, fmt.Errorf("read blob: %w", err))
	}
	p := u.next()
	u.known = false
	state, err := u.host.patchUpload(ctx, u.digest, u.id, u.size, p)
	u.sent, u.heard = p.end()
	if err != nil {
		u.heard = false // the next connection may go another way
		return err
	}
	if state.Held <= u.held || state.Held > u.size {
		return refuse(CodeHostAnswer, "upload.held", "the host says that it holds %d of %d bytes after %d to %d were sent", state.Held, u.size, u.held, u.sent)
	}
	u.held, u.known = state.Held, true
	u.deaf = !u.heard
	return nil
}

// window returns how many bytes may be under way.
func (u *blobUpload) window() int64 {
	return max(minWindow, firstWindow+u.held/windowShare-u.vain)
}

// next returns the piece that the next request brings. Without confirmations on the way it is
// the window, unless the line has never cost anything.
func (u *blobUpload) next() *piece {
	window, n := u.window(), u.window()
	if u.heard || u.deaf && u.vain == 0 {
		n = chunk
	}
	n = min(n, u.size-u.held)
	p := &piece{
		r: u.body, report: u.report, at: u.held, bytes: n, window: n, every: window / 4, probe: u.probe,
		sent: u.held, confirmed: u.held, news: make(chan struct{}, 1),
	}
	if u.heard {
		p.window = window
	}
	return p
}

// ask asks the host how much it holds.
func (u *blobUpload) ask(ctx context.Context) error {
	state, err := u.host.upload(ctx, u.digest, u.id)
	if err != nil {
		return err
	}
	if state.Held < u.held {
		u.lost++
	}
	if state.Held < 0 || state.Held > u.size || state.Held > 0 && state.Bytes != u.size || u.lost > maxLost {
		return refuse(CodeHostAnswer, "upload.held", "the host says that it holds %d of %d bytes, having held %d of %d", state.Held, state.Bytes, u.held, u.size)
	}
	if !u.asked {
		u.asked, u.had = true, state.Held
	}
	u.vain += max(0, u.sent-state.Held)
	u.held, u.sent, u.known = state.Held, state.Held, true
	return nil
}
