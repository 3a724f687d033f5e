package creator

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// TestSeen: the agent writes down when it was let in, and each ping of the host after that; another host was never seen.
func TestSeen(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	connected := make(chan struct{}, 1)
	s.cfg.Observer = func(e Event) {
		if e.Kind == Connected {
			connected <- struct{}{}
		}
	}
	seen := func() time.Time {
		at, err := s.cfg.State.Seen(s.cfg.Host)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	if at := seen(); !at.IsZero() {
		t.Errorf("seen at %v before it served", at)
	}
	began := time.Now().Truncate(time.Second)
	s.start()
	p, _ := s.accept()
	<-connected
	if at := seen(); at.Before(began) {
		t.Errorf("seen at %v, connected after %v", at, began)
	}

	if err := s.cfg.State.setSeen(s.cfg.Host, began.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	answered := make(chan struct{})
	p.ws.SetPongHandler(func(string) error { close(answered); return nil })
	if err := p.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _, _ = p.ws.ReadMessage() }() // no message comes, but the pong does
	<-answered
	if at := seen(); at.Before(began) {
		t.Errorf("seen at %v, pinged after %v", at, began)
	}
	other := s.cfg.Host
	other.Network.Name += "2"
	if at, err := s.cfg.State.Seen(other); err != nil || !at.IsZero() {
		t.Errorf("another host: seen at %v, %v", at, err)
	}
}
