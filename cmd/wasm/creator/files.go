//go:build js

package main

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall/js"

	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/creator"
)

// files keeps a creator's state in the browser's database (web/src/worker/vault.ts), encrypted there by a key that cannot be
// exported.
type files struct{ vault js.Value }

var _ creator.Files = files{}

func openFiles() files { return files{js.Global().Get("encomputeVault")} }

// kind is what the database calls a creator's files.
const kind = "creator"

func (f files) ask(method string, args ...any) (js.Value, error) {
	v, err := bridge.Await(context.Background(), f.vault.Call(method, args...))
	if err != nil {
		return v, fmt.Errorf("browser's database: %w", err)
	}
	return v, nil
}

// get returns a file and its revision; 0 if there is none.
func (f files) get(name string) (b []byte, revision int, err error) {
	v, err := f.ask("get", kind, name)
	if err != nil || v.IsNull() {
		return nil, 0, err
	}
	b, err = bridge.ToBytes(v.Get("bytes"))
	return b, v.Get("revision").Int(), err
}

// put replaces a revision of a file; false if there is another by now.
func (f files) put(name string, revision int, b []byte) (bool, error) {
	v, err := f.ask("put", kind, name, revision, bridge.FromBytes(b))
	return err == nil && v.Bool(), err
}

// Read implements creator.Files.
func (f files) Read(name string, limit int64) ([]byte, error) {
	b, revision, err := f.get(name)
	switch {
	case err != nil:
		return nil, err
	case revision == 0:
		return nil, fmt.Errorf("read %s: %w", name, fs.ErrNotExist)
	case int64(len(b)) > limit:
		return nil, fmt.Errorf("read %s: file is larger than %d bytes", name, limit)
	}
	return b, nil
}

// Write implements creator.Files.
func (f files) Write(name string, b []byte) error {
	for {
		_, revision, err := f.get(name)
		if err != nil {
			return err
		}
		if done, err := f.put(name, revision, b); done || err != nil {
			return err
		}
	}
}

// Create implements creator.Files.
func (f files) Create(name string, b []byte) error {
	done, err := f.put(name, 0, b)
	if err == nil && !done {
		err = fmt.Errorf("create %s: %w", name, fs.ErrExist)
	}
	return err
}

// Names implements creator.Files.
func (f files) Names(folder string) (names []string, err error) {
	all, err := f.ask("list", kind)
	if err != nil {
		return nil, err
	}
	for i := range all.Length() {
		rest, ok := strings.CutPrefix(all.Index(i).String(), strings.TrimSuffix(folder, "/")+"/")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, "/")
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
