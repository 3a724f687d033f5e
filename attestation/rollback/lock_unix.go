//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package rollback

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lock waits until this process alone holds the file at path, which it makes and leaves there.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		if err = unix.Flock(int(f.Fd()), unix.LOCK_EX); !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil // closing unlocks
}
