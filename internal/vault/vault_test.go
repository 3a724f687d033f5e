package vault

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestVault(t *testing.T) {
	t.Parallel()
	secret := []byte("the secret of the test")
	for name, reopen := range map[string]func(dir string) (*Vault, error){
		"passphrase": func(dir string) (*Vault, error) { return OpenWeakUnsafe(dir, "correct horse") },
		"plain":      OpenPlain,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			v, err := reopen(dir)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := v.Read("a/b", 1<<20); !errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("read of nothing: %v", err)
			}
			if err := v.Create("a/b", secret); err != nil {
				t.Fatal(err)
			}
			if err := v.Create("a/b", nil); !errors.Is(err, fs.ErrExist) {
				t.Fatalf("second create: %v", err)
			}
			left, before := filepath.Join(dir, ".new-left"), time.Now().Add(-2*time.Hour) // by a process that died
			if err := errors.Join(os.WriteFile(left, secret, 0o600), os.Chtimes(left, before, before)); err != nil {
				t.Fatal(err)
			}
			if v, err = reopen(dir); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("what a process left is still there: %v", err)
			}
			if b, err := v.Read("a/b", 1<<20); err != nil || !bytes.Equal(b, secret) {
				t.Fatalf("read %q, %v", b, err)
			}
			if err := v.Write("a/b", []byte("new")); err != nil {
				t.Fatal(err)
			}
			if b, err := v.Read("a/b", 1<<20); err != nil || string(b) != "new" {
				t.Fatalf("read %q, %v", b, err)
			}
			if _, err := v.Read("a/b", 2); err == nil {
				t.Fatal("read beyond the limit")
			}
			if b, err := v.Read("a/b", 3); err != nil || string(b) != "new" {
				t.Fatalf("read at the limit %q, %v: encryption must not count", b, err)
			}
			info, err := os.Stat(filepath.Join(dir, "a", "b"))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Fatalf("mode %v, %v", info.Mode(), err)
			}
			if names, err := v.Names("a"); err != nil || len(names) != 1 || names[0] != "b" {
				t.Fatalf("names %v, %v", names, err)
			}
			if err := errors.Join(v.Remove("a/b"), v.Remove("a/b")); err != nil {
				t.Fatal(err)
			}
			if names, err := v.Names("a"); err != nil || len(names) != 0 {
				t.Fatalf("names %v, %v", names, err)
			}
		})
	}
}

func TestEncrypted(t *testing.T) {
	t.Parallel()
	dir, secret := t.TempDir(), []byte("the secret of the test")
	v, err := OpenWeakUnsafe(dir, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Create("x", secret); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "x"))
	if err != nil || bytes.Contains(raw, secret) {
		t.Fatalf("file holds the secret, or %v", err)
	}
	for i := range raw { // any changed byte is noticed
		bad := bytes.Clone(raw)
		bad[i] ^= 1
		if err := os.WriteFile(filepath.Join(dir, "x"), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if b, err := v.Read("x", 1<<20); err == nil && !bytes.Equal(b, secret) {
			t.Fatalf("byte %d changed: read %q", i, b)
		}
	}
	if _, err := OpenWeakUnsafe(dir, "battery staple"); !errors.Is(err, ErrPassphrase) {
		t.Fatalf("wrong passphrase: %v", err)
	}
	if _, err := OpenPlain(dir); !errors.Is(err, ErrPassphrase) {
		t.Fatalf("no passphrase: %v", err)
	}
	if _, err := OpenWeakUnsafe(t.TempDir(), ""); err == nil {
		t.Fatal("empty passphrase")
	}
}
