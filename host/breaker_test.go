package host

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// breaker stands before a server, counts what goes there and breaks connections.
type breaker struct {
	listener net.Listener
	target   string
	left     atomic.Int64 // bytes until the next break; negative for none
	passed   atomic.Int64 // bytes to the server
	reset    bool         // break so that the server loses what it has not read, at the speed of a gigabit line
	group    sync.WaitGroup
}

func newBreaker(tb testing.TB, target string, reset bool) *breaker {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	b := &breaker{listener: l, target: target, reset: reset}
	b.left.Store(-1)
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

func (b *breaker) relay(c *net.TCPConn) {
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
	for start, sent := time.Now(), int64(0); ; {
		n, err := c.Read(buffer)
		sent += int64(n)
		if b.reset {
			time.Sleep(time.Until(start.Add(time.Duration(sent) * time.Second / 125_000_000)))
		}
		if left := b.left.Load(); left >= 0 && int64(n) >= left {
			b.left.Store(-1)
			n, err = int(left), errors.New("broken")
		} else if left >= 0 {
			b.left.Add(-int64(n))
		}
		m, writeErr := s.Write(buffer[:n])
		b.passed.Add(int64(m))
		if err != nil || writeErr != nil {
			if b.reset {
				_ = s.SetLinger(0)
				return
			}
			_ = s.CloseWrite()
			<-answered // so that nothing depends on who is faster
			return
		}
	}
}
