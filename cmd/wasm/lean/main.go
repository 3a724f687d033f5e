// Command lean writes a go.mod for the browser's programs (go build -modfile) that leaves out what they would link in vain:
// a third of what a tab loads. It changes where code comes from in three places:
//
//   - lattigo compares with go-cmp, which finds methods by name; so the linker would keep every method of every type.
//   - lattigo imports testify outside of its tests, and with it net/http, TLS and YAML.
//   - secp256k1 brings half a megabyte of precomputed points, which make a signature faster by less than is felt.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const secp256k1 = "github.com/decred/dcrd/dcrec/secp256k1/v4"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: lean folder")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "lean:", err)
		os.Exit(1)
	}
}

// write fills a folder: go.mod, go.sum, and the copy of a module.
func write(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return fmt.Errorf("find go.mod: %w", err)
	}
	root := filepath.Dir(strings.TrimSpace(string(out)))
	if err := copyCurve(filepath.Join(dir, "secp256k1")); err != nil {
		return fmt.Errorf("copy %s: %w", secp256k1, err)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		if name == "go.mod" {
			b = fmt.Appendf(b, "\nreplace (\n\t%s => %q\n\t%s => %q\n\t%s => %q\n)\n",
				"github.com/google/go-cmp", filepath.Join(root, "cmd/wasm/lean/go-cmp"),
				"github.com/stretchr/testify", filepath.Join(root, "cmd/wasm/lean/testify"),
				secp256k1, filepath.Join(dir, "secp256k1"))
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// copyCurve copies the module without its table and with the code that works without.
func copyCurve(dir string) error {
	out, err := exec.Command("go", "mod", "download", "-json", secp256k1).Output()
	if err != nil {
		return fmt.Errorf("download: %w", err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.CopyFS(dir, os.DirFS(module.Dir)); err != nil {
		return err
	}
	for _, table := range []string{"compressedbytepoints.go", "curve_precompute.go"} {
		if err := os.Remove(filepath.Join(dir, table)); err != nil {
			return err
		}
	}
	const tag = "//go:build tinygo\n"
	slow := filepath.Join(dir, "curve_embedded.go")
	b, err := os.ReadFile(slow)
	if err != nil {
		return err
	}
	if !bytes.Contains(b, []byte(tag)) {
		return errors.New("curve_embedded.go has another build tag than it had")
	}
	return os.WriteFile(slow, bytes.Replace(b, []byte(tag), nil, 1), 0o600)
}
