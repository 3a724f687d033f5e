// Package layers holds the order of the packages: each may import only what lies below it.
package layers

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/encrypted-compute/encompute/"

// order lists the folders from the bottom to the top; a line's folders do not import each other.
var order = [][]string{
	{"protocol"},
	{"internal/atomicfile", "internal/breaker", "internal/fetch"},
	{"internal/upload", "internal/vault", "web"},
	{"ring52"},
	{"fhe", "model", "input"},
	{"privacy"},
	{"contracts", "attestation"},
	{"dstack"},
	{"enclave"},
	{"host", "creator", "client"},
	{"cmd/internal", "examples"},
	{"cmd/encompute", "cmd/enclave", "cmd/devnet", "cmd/load", "cmd/killtest", "cmd/release", "cmd/wasm", "internal/layers"},
}

// forbidden are imports that the order would allow.
var forbidden = map[string][]string{
	"cmd/encompute": {module + "model/onnxpb"}, // it is for tests
	"client":        {"github.com/ethereum", "gorgonia.org", "modernc.org", "gocloud.dev"},
	"fhe":           {"github.com/ethereum", "gorgonia.org"},
	"enclave":       {"github.com/ethereum", "gorgonia.org", "modernc.org", "gocloud.dev", module + "contracts", module + "client", module + "model"},
}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func TestPackagesDependDownwardsOnly(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		from, at := place(p.ImportPath)
		if at < 0 {
			t.Errorf("%s has no place in the order", p.ImportPath)
			continue
		}
		for _, i := range p.Imports {
			to, below := place(i)
			if strings.HasPrefix(i, module) && to != from && below >= at {
				t.Errorf("%s imports %s, which is not below it", p.ImportPath, i)
			}
		}
		for _, prefix := range forbidden[from] {
			for _, d := range p.Deps {
				if strings.HasPrefix(d, prefix) && p.ImportPath == module+from {
					t.Errorf("%s links %s", p.ImportPath, d)
				}
			}
		}
	}
}

// place returns the folder that a package belongs to, and its line in the order.
func place(path string) (folder string, line int) {
	path = strings.TrimPrefix(path, module)
	for n, folders := range order {
		for _, f := range folders {
			if path == f || strings.HasPrefix(path, f+"/") {
				return f, n
			}
		}
	}
	return path, -1
}

func list(t *testing.T) (list []listed) {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if len(list) < 20 {
		t.Fatalf("go list shows %d packages", len(list))
	}
	return list
}
