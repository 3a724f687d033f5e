// Package upload brings blobs to a host piece by piece, so that an upload that breaks off goes on where it stood and hardly
// anything is sent twice. Users, creators and workers upload by it.
package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// What callers branch on.
var (
	// ErrBody says that the blob cannot be read.
	ErrBody = errors.New("read blob")
	// ErrAnswer says that the host's answer is malformed, or cannot be true.
	ErrAnswer = errors.New("the host's answer to an upload")
)

// Why the body of a request ends early.
var (
	errSilent = errors.New("the host confirms nothing of what it is sent")
	errOver   = errors.New("the request has ended")
)

// Chunk is how much of a blob goes into one request, in bytes: little enough for a browser, which holds
// it in memory, and enough not to wait for answers most of the time.
const Chunk = 16 << 20

// What may be under way before the host confirms it, so that a connection that breaks costs
// little: an upload that breaks off b times sends FirstWindow + 1/WindowShare of the blob +
// b*MinWindow bytes in vain at most.
const (
	FirstWindow = 2 << 20 // what a fast line holds between continents
	WindowShare = 256
	MinWindow   = 128 << 10
)

// maxLost is how often a host may lose what it held of an upload before it is not believed.
const maxLost = 5

// maxAnswer bounds a host's answers in bytes.
const maxAnswer = 4 << 10

// Upload is an upload that goes on. Its fields are set before it runs.
type Upload struct {
	// Send makes a request of the host as whoever uploads, and returns the answer if it is a success; else its error holds a
	// protocol.Problem if the host sent one.
	Send func(ctx context.Context, r fetch.Request) (fetch.Response, error)
	Host *url.URL // base URL

	Digest protocol.Digest
	ID     protocol.Digest // known to nobody else, who could spoil the upload
	Body   io.ReadSeeker   // of the blob
	Bytes  int64           // of the blob
	Fresh  bool            // nothing was ever sent under ID

	Report func(done int64) // may be nil
	// Probe is how long to wait for confirmations before looking whether the connection is there; 0: a second.
	Probe time.Duration

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

// Run uploads the blob, from wherever an earlier upload under its ID broke off. It calls retry for each piece, so that the host has
// all its time again whenever the upload has got further.
func (u *Upload) Run(ctx context.Context, retry func(ctx context.Context, do func() error) error) error {
	u.known = u.Fresh
	for u.held < u.Bytes {
		if err := retry(ctx, func() error { return u.advance(ctx) }); err != nil {
			return err
		}
	}
	return nil
}

// Had returns how many bytes the host held when the upload began.
func (u *Upload) Had() int64 { return u.had }

// advance asks how far the upload is, unless that is known, and sends the next piece. It
// returns an error if the upload did not get further.
func (u *Upload) advance(ctx context.Context) error {
	if !u.known {
		before := u.held
		if err := u.ask(ctx); err != nil {
			return err
		}
		if u.held > before {
			return nil
		}
	}
	if _, err := u.Body.Seek(u.held, io.SeekStart); err != nil {
		return fmt.Errorf("%w: %w", ErrBody, err)
	}
	p := u.next()
	u.known = false
	state, err := u.send(ctx, p)
	u.sent, u.heard = p.end()
	if err != nil {
		u.heard = false // the next connection may go another way
		return err
	}
	if state.Held <= u.held || state.Held > u.Bytes {
		return fmt.Errorf("%w: it holds %d of %d bytes after %d to %d were sent", ErrAnswer, state.Held, u.Bytes, u.held, u.sent)
	}
	u.held, u.known = state.Held, true
	u.deaf = !u.heard
	return nil
}

// window returns how many bytes may be under way.
func (u *Upload) window() int64 {
	return max(MinWindow, FirstWindow+u.held/WindowShare-u.vain)
}

// next returns the piece that the next request brings. Without confirmations on the way it is
// the window, unless the line has never cost anything.
func (u *Upload) next() *piece {
	window, n := u.window(), u.window()
	if u.heard || u.deaf && u.vain == 0 {
		n = Chunk
	}
	n = min(n, u.Bytes-u.held)
	p := &piece{
		r: u.Body, report: u.Report, at: u.held, bytes: n, window: n, every: window / 4, probe: u.Probe,
		sent: u.held, confirmed: u.held, news: make(chan struct{}, 1),
	}
	if p.probe == 0 {
		p.probe = time.Second
	}
	if u.heard {
		p.window = window
	}
	return p
}

// ask asks the host how much it holds.
func (u *Upload) ask(ctx context.Context) error {
	state, err := u.send(ctx, nil)
	if err != nil {
		return err
	}
	if state.Held < u.held {
		u.lost++
	}
	if state.Held < 0 || state.Held > u.Bytes || state.Held > 0 && state.Bytes != u.Bytes || u.lost > maxLost {
		return fmt.Errorf("%w: it holds %d of %d bytes, having held %d of %d", ErrAnswer, state.Held, state.Bytes, u.held, u.Bytes)
	}
	if !u.asked {
		u.asked, u.had = true, state.Held
	}
	u.vain += max(0, u.sent-state.Held)
	u.held, u.sent, u.known = state.Held, state.Held, true
	return nil
}

// send sends a piece, or asks if it is nil, and returns how far the host says that the upload is.
func (u *Upload) send(ctx context.Context, p *piece) (state protocol.Upload, err error) {
	target := u.Host.JoinPath("v1", "blobs", u.Digest.String(), "uploads", u.ID.String())
	r := fetch.Request{Method: fetch.MethodGet, Header: map[string]string{}}
	if p != nil {
		target.RawQuery = fmt.Sprintf("at=%d&bytes=%d&confirm=%d", p.at, u.Bytes, p.every)
		r.Method, r.Body, r.Size, r.Informed = fetch.MethodPatch, p, p.bytes, p.informed
		r.Header["Content-Type"] = "application/octet-stream"
	}
	r.URL = target.String()
	res, err := u.Send(ctx, r)
	if err != nil {
		return state, err
	}
	defer res.Body.Close()
	if err := protocol.UnmarshalJSON(res.Body, maxAnswer, &state); err != nil {
		return state, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return state, nil
}
