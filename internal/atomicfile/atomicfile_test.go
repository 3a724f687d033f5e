package atomicfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	for _, content := range []string{"old and long", "new"} {
		if err := Write(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != content {
			t.Errorf("file holds %q, %v; want %q", b, err, content)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("file has rights %v", info.Mode())
	}
	wantAlone(t, dir)
}

// What cannot be written leaves what was there, and nothing besides.
func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "file"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "file"), []byte("x")); err == nil {
		t.Error("wrote over a folder")
	}
	wantAlone(t, dir)
	if err := Write(filepath.Join(dir, "none", "file"), []byte("x")); err == nil {
		t.Error("wrote into a folder that is not there")
	}
}

func wantAlone(t *testing.T, dir string) {
	t.Helper()
	var names []fs.DirEntry
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != 1 || names[0].Name() != "file" {
		t.Errorf("folder holds %v, want the file alone", names)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, old := range map[string]bool{".new-left": true, ".new-under-way": false, "file": true} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if at := time.Now().Add(-2 * time.Hour); old {
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := Sweep(dir, time.Hour); err != nil {
		t.Fatal(err)
	}
	for name, there := range map[string]bool{".new-left": false, ".new-under-way": true, "file": true} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Sweep(filepath.Join(dir, "none"), time.Hour); err != nil {
		t.Errorf("of no folder: %v", err)
	}
}
