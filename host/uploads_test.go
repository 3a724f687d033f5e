package host

import (
	"errors"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

func TestUploadsAreBounded(t *testing.T) {
	t.Parallel()
	var u uploads
	var ends []func()
	begin := func(d byte) error {
		end, err := u.begin(protocol.Digest{d})
		if err == nil {
			ends = append(ends, end)
		}
		return err
	}
	busy := func(err error) bool {
		p, ok := errors.AsType[*protocol.Problem](err)
		return ok && p.Code == string(codeBusy)
	}
	for range maxUploadsOfBlob {
		if err := begin(0); err != nil {
			t.Fatal(err)
		}
	}
	if err := begin(0); !busy(err) {
		t.Errorf("one more of the same blob: %v", err)
	}
	for d := 1; len(ends) < maxUploads; d++ {
		if err := begin(byte(d)); err != nil {
			t.Fatal(err)
		}
	}
	if err := begin(255); !busy(err) {
		t.Errorf("one more in all: %v", err)
	}
	for _, end := range ends {
		end()
	}
	if u.total != 0 || len(u.of) != 0 {
		t.Errorf("%d uploads and %d blobs are left", u.total, len(u.of))
	}
	if err := begin(0); err != nil {
		t.Errorf("after all have ended: %v", err)
	}
}
