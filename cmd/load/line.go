package main

import (
	"errors"
	"net"
	"sync"
)

// line is a connection to the host that breaks: a proxy on loopback that passes bytes on, without pacing them, until so many
// have come, and then cuts all its connections at once, in the middle of whatever was under way.
type line struct {
	listener net.Listener
	target   string
	reset    bool // connections are reset; else they are closed, and what was on the way arrives
	upOnly   bool // only what clients send counts
	group    sync.WaitGroup

	mu     sync.Mutex
	broke  func() // called when it broke, and calls arm for the next time
	closed bool
	conns  map[net.Conn]bool
	left   int64 // bytes until it breaks; below zero: it does not
	upward int64 // bytes that came from the side of the clients
}

// newLine starts a line to a host at host:port. Close it.
func newLine(target string) (*line, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &line{listener: l, target: target, conns: map[net.Conn]bool{}, left: -1}
	p.group.Go(p.serve)
	return p, nil
}

// url is the line's address, as that of a host.
func (l *line) url() string { return "http://" + l.listener.Addr().String() }

func (l *line) serve() {
	for {
		from, err := l.listener.Accept()
		if err != nil {
			return // closed
		}
		l.group.Go(func() { l.connect(from) })
	}
}

func (l *line) connect(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", l.target)
	if err != nil {
		return // the other side sees a connection that ends
	}
	defer to.Close()
	if !l.add(from, to) {
		return
	}
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.conns, from)
		delete(l.conns, to)
	}()
	back := make(chan struct{})
	go func() {
		defer close(back)
		l.pump(to, from, false)
	}()
	l.pump(from, to, true)
	<-back
}

// add makes connections ones that break with the line.
func (l *line) add(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		l.conns[c] = true
	}
	return !l.closed
}

// pump passes bytes on until one side ends, and then ends both.
func (l *line) pump(from, to net.Conn, upward bool) {
	defer to.Close()
	defer from.Close()
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		if n > 0 {
			if !l.pass(int64(n), upward) {
				return
			}
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pass counts bytes and breaks the line if it is time to.
func (l *line) pass(n int64, upward bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if upward {
		l.upward += n
	}
	if l.left < 0 || l.upOnly && !upward {
		return true
	}
	if l.left -= n; l.left >= 0 {
		return true
	}
	l.cut()
	if l.broke != nil {
		l.group.Go(l.broke)
	}
	return false
}

// cut ends all connections. The caller holds the lock.
func (l *line) cut() {
	for c := range l.conns {
		if t, ok := c.(*net.TCPConn); ok && l.reset {
			_ = t.SetLinger(0)
		}
		_ = c.Close() // it may have ended
	}
}

// setBroke sets what is called when the line broke; it may arm it for the next time.
func (l *line) setBroke(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broke = f
}

// arm has the line break after so many bytes more; below zero it does not.
func (l *line) arm(bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = bytes
}

// sent is how many bytes came from clients.
func (l *line) sent() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.upward
}

// close ends the line and waits for what it had under way.
func (l *line) close() error {
	err := l.listener.Close()
	l.mu.Lock()
	l.left, l.closed = -1, true
	l.cut()
	l.mu.Unlock()
	l.group.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
