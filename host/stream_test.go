package host

import (
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
)

// Whoever does not read any more is dropped when its time is over, holds nobody up meanwhile, and finds what it missed when it is back.
func TestReaderStops(t *testing.T) {
	t.Parallel()
	const releases, size = 8, 700 << 10 // more than the system takes for a reader
	b := newBench(t)
	b.host.sendTimeout = 5 * time.Second
	b.publish()
	slow, quick := b.signIn(b.creator, 0), b.signIn(b.creator, 0)
	b.must(slow.conn.NetConn().(*net.TCPConn).SetReadBuffer(64 << 10))
	b.must(errors.Join(slow.conn.SetReadDeadline(time.Time{}), quick.conn.SetReadDeadline(time.Time{}))) // the loops below bound it
	came := make(chan []byte, releases)
	go func() {
		defer close(came)
		for range releases {
			_, raw, err := quick.conn.ReadMessage()
			if err != nil {
				return
			}
			came <- raw
		}
	}()
	begin := time.Now()
	var all []protocol.Digest
	for n := range releases {
		id, c := b.computed()
		b.ok("POST", "/v1/jobs/"+id.String()+"/release", b.release(id, c, blob(string(rune('a'+n)), size)), nil)
		all = append(all, id)
		select {
		case raw := <-came: // whatever becomes of the other
			if got := releasedIn(b, raw).Receipt.JobID; got != id {
				t.Errorf("release %d is of job %s, want %s", n, got, id)
			}
		case <-time.After(patience):
			t.Fatalf("release %d did not come to one that reads", n)
		}
	}
	for until := time.Now().Add(patience); len(b.host.creators.list()) > 1; b.ok("GET", "/healthz", nil, nil) {
		if time.Now().After(until) {
			t.Fatal("whoever does not read is not dropped")
		}
	}
	if took := time.Since(begin); took < b.host.sendTimeout {
		t.Errorf("whoever does not read was dropped after %s, want %s at least", took, b.host.sendTimeout)
	}

	var seen []protocol.Digest
	var after uint64
	for {
		_, raw, err := slow.conn.ReadMessage()
		if err != nil { // the stream ends within a message
			if websocket.IsCloseError(err, websocket.CloseNormalClosure) {
				t.Errorf("the stream of whoever does not read ended with %v", err)
			}
			break
		}
		r := releasedIn(b, raw)
		seen, after = append(seen, r.Receipt.JobID), r.Seq
	}
	if len(seen) == releases {
		t.Error("everything came to one that did not read")
	}
	back := b.signIn(b.creator, after)
	for len(seen) < releases {
		seen = append(seen, back.released().Receipt.JobID)
	}
	if !slices.Equal(seen, all) {
		t.Errorf("releases of jobs %s, want %s", seen, all)
	}
}

// releasedIn decodes a message that brings a release.
func releasedIn(b *bench, raw []byte) protocol.Released {
	b.Helper()
	m, err := protocol.DecodeMessage(raw)
	b.must(err)
	r, err := protocol.DecodeBody[protocol.Released](m)
	b.must(err)
	return r
}
