// Package atomicfile writes files that are whole or not there at all.
package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
)

// Write puts content into place at path, over a file that is there, readable by its owner
// only. After a crash or a power cut path holds either the old content or the new.
func Write(path string, content []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".new-*") // readable by the owner only
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already after the rename
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
