package rollback

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/encrypted-compute/encompute/internal/atomicfile"
)

// file is a Record: the file at a path, with a lock beside it.
type file string

// String implements fmt.Stringer.
func (f file) String() string { return string(f) }

// Read implements Record.
func (f file) Read() ([]byte, error) {
	opened, err := os.Open(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	return io.ReadAll(io.LimitReader(opened, maxBytes+1)) // of an empty file: not nil
}

// Update implements Record.
func (f file) Update(change func([]byte) ([]byte, error)) error {
	if err := os.MkdirAll(filepath.Dir(string(f)), 0o700); err != nil {
		return err
	}
	unlock, err := lock(string(f) + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	kept, err := f.Read()
	if err != nil {
		return err
	}
	b, err := change(kept)
	if err != nil {
		return err
	}
	return atomicfile.Write(string(f), b)
}
