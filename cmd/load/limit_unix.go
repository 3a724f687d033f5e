//go:build unix

package main

import (
	"fmt"
	"syscall"
)

// allowFiles raises the limit of open files of this process and of those it starts, as far as the system lets it.
func allowFiles(want int) error {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return fmt.Errorf("limit of open files: %w", err)
	}
	most := uint64(l.Max)
	l.Cur = l.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return fmt.Errorf("raise the limit of open files to %d: %w", most, err)
	}
	if most < uint64(want) {
		return fmt.Errorf("%d files may be open, %d are needed: raise the hard limit (ulimit -Hn), or give fewer --sockets", most, want)
	}
	return nil
}
