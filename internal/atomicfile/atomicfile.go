// Package atomicfile writes files that are whole or not there at all.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Pattern names files that are being written, for os.CreateTemp; Sweep finds those that nobody writes any more.
const Pattern = ".new-*"

// Write puts content into place at path, over a file that is there, readable by its owner
// only. After a crash or a power cut path holds either the old content or the new.
func Write(path string, content []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, Pattern) // readable by the owner only
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

// Sweep removes the files of Pattern in dir that have not been written to for an age: the process that wrote them died. A
// folder that is not there has none.
func Sweep(dir string, age time.Duration) error {
	names, err := filepath.Glob(filepath.Join(dir, Pattern))
	if err != nil {
		return err
	}
	for _, name := range names {
		info, err := os.Lstat(name)
		if err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > age {
			err = os.Remove(name)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // somebody else may be at it
			return err
		}
	}
	return nil
}
