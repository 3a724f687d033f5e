package upload

import (
	"errors"
	"io"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// A piece is read as far as confirmations allow that can be true, and given up when none come.
func TestPieceWaits(t *testing.T) {
	t.Parallel()
	const at, size, window = 1000, 1 << 20, 100
	p := &piece{
		r: strings.NewReader(strings.Repeat("x", size)), at: at, bytes: size, window: window,
		sent: at, confirmed: at, news: make(chan struct{}, 1), probe: time.Hour,
	}
	read := func() int {
		t.Helper()
		n, err := p.read(make([]byte, size))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	confirm := func(status int, held string) {
		t.Helper()
		p.informed(status, textproto.MIMEHeader{protocol.UploadOffset: {held}}.Get)
	}
	if n := read(); n != window {
		t.Fatalf("%d bytes are read, want those of the window, %d", n, window)
	}
	for _, lie := range []struct {
		status int
		held   string
	}{{104, "1101"}, {104, "1000"}, {104, "-1"}, {104, "9223372036854775808"}, {104, ""}, {103, "1050"}} {
		confirm(lie.status, lie.held)
		if n := read(); n != 0 {
			t.Errorf("%d bytes are read after a confirmation by %d of %q", n, lie.status, lie.held)
		}
	}
	confirm(104, "1030")
	if n := read(); n != 30 {
		t.Errorf("%d bytes are read after 30 were confirmed", n)
	}
	p.probe = 0
	if n, err := io.Copy(io.Discard, p); !errors.Is(err, errSilent) || n != maxProbes*probeBytes {
		t.Errorf("%d bytes are read of a host that confirms no more: %v", n, err)
	}
	if sent, heard := p.end(); !heard || sent != at+window+30+maxProbes*probeBytes {
		t.Errorf("%d bytes were sent, heard %t", sent, heard)
	}
	if _, err := p.Read(make([]byte, 1)); !errors.Is(err, errOver) {
		t.Errorf("read after the end: %v", err)
	}
}
