package main

import (
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write deps.txt anew")

// forbidden are packages, with all below them, that the attested binary must not hold.
var forbidden = []string{
	"github.com/ethereum/go-ethereum", "gorgonia.org", "modernc.org/sqlite", "database/sql", "html/template", "text/template",
	"net/http/pprof", "net/rpc", "expvar", "plugin",
	"github.com/encrypted-compute/encompute/host", "github.com/encrypted-compute/encompute/client",
	"github.com/encrypted-compute/encompute/creator", "github.com/encrypted-compute/encompute/contracts",
	"github.com/encrypted-compute/encompute/model", "github.com/encrypted-compute/encompute/web",
	"github.com/encrypted-compute/encompute/dstack/simulator",
}

// TestDependencies holds that the binary is made of the packages in deps.txt and no others.
// After a wanted change: go test ./cmd/enclave -run TestDependencies -update
func TestDependencies(t *testing.T) {
	t.Parallel()
	all := list(t, "{{.ImportPath}}")
	for _, p := range strings.Fields(all) {
		for _, f := range forbidden {
			if p == f || strings.HasPrefix(p, f+"/") {
				t.Errorf("the attested binary holds %s", p)
			}
		}
	}
	got := list(t, "{{if not .Standard}}{{.ImportPath}}{{end}}")
	if *update {
		if err := os.WriteFile("deps.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("deps.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("dependencies are\n%s\nbut deps.txt says\n%s\nIf the change is wanted: go test ./cmd/enclave -run TestDependencies -update", got, want)
	}
}

func list(t *testing.T, format string) string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-f", format, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	slices.Sort(packages)
	return strings.Join(packages, "\n") + "\n"
}
