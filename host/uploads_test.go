package host

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/blobs"
	"github.com/encrypted-compute/encompute/protocol"
)

// testUpload is the upload of a body without a connection.
func testUpload(body io.Reader) *upload {
	return &upload{body: body, deadline: func(time.Time) error { return nil }, patience: time.Minute, done: make(chan struct{})}
}

func isProblem(err error, c code) bool {
	p, ok := errors.AsType[*protocol.Problem](err)
	return ok && p.Code == string(c)
}

func TestUploadsAreBounded(t *testing.T) {
	t.Parallel()
	var u uploads
	var all []*upload
	var ends []func()
	begin := func(d byte) error {
		n := testUpload(strings.NewReader("x"))
		end, err := u.begin(protocol.Digest{d}, n)
		if err == nil {
			all, ends = append(all, n), append(ends, end)
		}
		return err
	}
	for range maxUploadsOfBlob + 1 {
		if err := begin(0); err != nil {
			t.Fatal(err)
		}
	}
	for i, n := range all {
		switch _, err := n.Read(make([]byte, 1)); {
		case i == 0 && !isProblem(err, codeBusy):
			t.Errorf("the oldest of too many reads on: %v", err)
		case i > 0 && err != nil:
			t.Errorf("upload %d: %v", i, err)
		}
	}
	for d := 1; u.total < maxUploads; d++ {
		if err := begin(byte(d)); err != nil {
			t.Fatal(err)
		}
	}
	if err := begin(255); !isProblem(err, codeBusy) {
		t.Errorf("one more in all: %v", err)
	}
	u.endAll(problem(codeClosing, "the test ends"))
	for _, n := range all[1:] {
		if _, err := n.Read(make([]byte, 1)); !isProblem(err, codeClosing) {
			t.Errorf("read after the end: %v", err)
		}
	}
	for _, end := range ends {
		end()
	}
	u.takeOver(t.Context(), protocol.Digest{0}, "") // does not wait for what has ended
	if u.total != 0 || len(u.of) != 0 {
		t.Errorf("%d uploads and %d blobs are left", u.total, len(u.of))
	}
	if err := begin(0); err != nil {
		t.Errorf("after all have ended: %v", err)
	}
}

// The deadline of a body moves when blobs.MinPart bytes have come, and not for less.
func TestUploadDeadline(t *testing.T) {
	t.Parallel()
	var deadlines int
	u := testUpload(strings.NewReader(strings.Repeat("x", 3*blobs.MinPart)))
	u.deadline = func(time.Time) error { deadlines++; return nil }
	b := make([]byte, blobs.MinPart/16)
	for i := range 48 {
		if _, err := io.ReadFull(u, b); err != nil {
			t.Fatal(err)
		}
		if want := 1 + i/16; deadlines != want {
			t.Fatalf("%d deadlines were set for %d bytes, want %d", deadlines, (i+1)*len(b), want)
		}
	}
}
