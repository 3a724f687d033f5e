package upload

import (
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// piece is what one request brings of a blob. It is read no further than a window beyond what
// the host confirms meanwhile. It hides Close from net/http.
type piece struct {
	r      io.Reader
	report func(done int64) // may be nil
	at     int64            // of the blob
	bytes  int64
	window int64
	every  int64         // bytes after each of which the host should confirm
	probe  time.Duration // see wait
	news   chan struct{} // holds one token when there may be room

	mu        sync.Mutex
	sent      int64 // of the blob
	confirmed int64
	probes    int  // since then
	heard     bool // a confirmation came
	over      bool // the request has ended
}

// A connection that is gone shows only when something is written to it. So a little is sent
// from time to time when the window is full, more than net/http keeps back.
const (
	probeBytes = 8 << 10
	maxProbes  = 60 // between two confirmations
)

// Read implements io.Reader.
func (p *piece) Read(b []byte) (int, error) {
	for {
		if n, err := p.read(b); n > 0 || err != nil {
			return n, err
		}
		if p.wait() {
			continue
		}
		p.mu.Lock()
		p.probes++
		p.window += probeBytes
		p.mu.Unlock()
	}
}

// read reads what there is room for; nothing if there is none.
func (p *piece) read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.over:
		return 0, errOver
	case p.probes > maxProbes:
		return 0, errSilent
	case p.sent == p.at+p.bytes:
		return 0, io.EOF
	}
	room := p.confirmed + p.window - p.sent
	if room <= 0 {
		return 0, nil
	}
	n, err := p.r.Read(b[:min(int64(len(b)), room, p.at+p.bytes-p.sent)])
	p.sent += int64(n)
	if p.report != nil {
		p.report(p.sent)
	}
	return n, err
}

// wait waits for news and reports whether there were any before it is time to probe.
func (p *piece) wait() bool {
	timer := time.NewTimer(p.probe)
	defer timer.Stop()
	select {
	case <-p.news:
		return true
	case <-timer.C:
		return false
	}
}

// informed hears the confirmations.
func (p *piece) informed(status int, header func(string) string) {
	held, err := strconv.ParseInt(header(protocol.UploadOffset), 10, 64)
	if status == protocol.StatusUploadResumption && err == nil {
		p.confirm(held)
	}
}

// confirm notes what the host has taken, if that can be true.
func (p *piece) confirm(held int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if held <= p.confirmed || held > p.sent {
		return
	}
	p.confirmed, p.probes, p.heard = held, 0, true
	p.signal()
}

// end ends the reading, also of a request that was answered before all of it was sent, and
// returns how far it came and whether anything was confirmed on the way.
func (p *piece) end() (sent int64, heard bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	p.signal()
	return p.sent, p.heard
}

func (p *piece) signal() {
	select {
	case p.news <- struct{}{}:
	default:
	}
}
