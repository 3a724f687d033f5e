package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestProgramsAreLean holds what the browser's programs link: no HTTP and TLS of their own, no tensor library, nothing of a
// chain's node; in the users' program nothing of the creators', and in the creators' no generated code of a file format.
func TestProgramsAreLean(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	const module = "github.com/encrypted-compute/encompute/"
	for program, forbidden := range map[string][]string{
		module + "cmd/wasm":         {module + "model", module + "creator", "google.golang.org/protobuf"},
		module + "cmd/wasm/creator": {"google.golang.org/protobuf/proto", "google.golang.org/protobuf/reflect", module + "model/onnxpb"},
	} {
		cmd := exec.Command("go", "list", "-modfile="+filepath.Join(dir, "go.mod"), "-deps", program)
		cmd.Env = append(cmd.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v", cmd, err)
		}
		deps := strings.Fields(string(out))
		if !slices.Contains(deps, program) {
			t.Fatalf("go list does not show %s in %d packages", program, len(deps))
		}
		forbidden = append(forbidden, "net/http", "crypto/tls", "gorgonia.org", "gonum.org", "github.com/gorilla", "github.com/ethereum", "github.com/google/go-cmp/cmp/internal")
		for _, d := range deps {
			for _, f := range forbidden {
				if d == f || strings.HasPrefix(d, f+"/") {
					t.Errorf("%s links %s", program, d)
				}
			}
		}
	}
}

// TestCurveWithoutTable runs the curve's own tests of signatures on the copy.
func TestCurveWithoutTable(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "secp256k1")
	if err := copyCurve(dir); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "test", "-count=1", "./ecdsa")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
}
