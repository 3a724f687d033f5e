// Package breaker breaks connections for tests.
package breaker

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Breaker stands before a server, counts what clients send there, and breaks connections.
type Breaker struct {
	listener net.Listener
	target   string
	reset    bool
	group    sync.WaitGroup

	mu    sync.Mutex
	sent  int64
	at    []int64 // where connections break, of what is sent
	broke int
}

// New starts a breaker before the server at an address. The connection over which the byte
// comes that is named by the next of at, counted over all connections, breaks there: with
// reset at once, on both sides, and what is under way is lost; else so that what came before
// arrives. The test's end stops it.
func New(tb testing.TB, target string, reset bool, at ...int64) *Breaker {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	b := &Breaker{listener: l, target: target, reset: reset, at: at}
	b.group.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b.group.Go(func() { b.relay(c.(*net.TCPConn)) })
		}
	})
	tb.Cleanup(func() {
		l.Close()
		b.group.Wait()
	})
	return b
}

// URL is where clients find the server through the breaker.
func (b *Breaker) URL() string { return "http://" + b.listener.Addr().String() }

// Sent returns how many bytes clients have sent, and how often a connection broke.
func (b *Breaker) Sent() (bytes int64, breaks int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sent, b.broke
}

// take counts n bytes and returns how many of them come before the connection breaks.
func (b *Breaker) take(n int) (passed int, broken bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.sent
	b.sent += int64(n)
	if len(b.at) == 0 || b.sent < b.at[0] {
		return n, false
	}
	passed = int(max(0, b.at[0]-before))
	b.at = b.at[1:]
	b.broke++
	return passed, true
}

func (b *Breaker) relay(c *net.TCPConn) {
	defer c.Close()
	out, err := net.Dial("tcp", b.target)
	if err != nil {
		return
	}
	s := out.(*net.TCPConn)
	defer s.Close()
	answered := make(chan struct{})
	b.group.Go(func() {
		defer close(answered)
		defer c.Close()
		_, _ = io.Copy(c, s)
	})
	buffer := make([]byte, 32<<10)
	for {
		n, readErr := c.Read(buffer)
		n, broken := b.take(n)
		_, err := s.Write(buffer[:n])
		switch {
		case broken && b.reset:
			_, _ = c.SetLinger(0), s.SetLinger(0) // the rest is the deferred Close
			return
		case broken || readErr != nil || err != nil:
			_ = s.CloseWrite()
			<-answered // so that nothing depends on who is faster
			return
		}
	}
}
