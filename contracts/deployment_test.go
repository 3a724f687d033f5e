package contracts_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/contracts"
)

// A deployment file is read as it was written, never replaced, and refused if anything in it is off.
func TestDeploymentFile(t *testing.T) {
	t.Parallel()
	e := newEnv(t)
	dir := filepath.Join(t.TempDir(), "deployments")
	d := must(contracts.Record(t.Context(), e.chain.Client(), e.owner.Address(), 7, e.addresses, contracts.Config{}))(t)
	path := must(d.Save(dir))(t)
	read := must(contracts.LoadDeployment(path))(t)
	check(t, read.Check(t.Context(), e.Client))
	if read.Addresses != e.addresses || read.Block != 7 || len(read.Bytecode) != 5 || !strings.HasPrefix(read.Compiler, "0.8.") {
		t.Errorf("read %+v", read)
	}
	if _, err := d.Save(dir); err == nil {
		t.Error("a deployment file was replaced")
	}
	good := must(os.ReadFile(path))(t)
	for name, change := range map[string][2]string{
		"another version": {`"version": 1`, `"version": 2`},
		"another chain":   {`"chainId": 1337`, `"chainId": 1`}, // the first of two
		"unknown field":   {`"version": 1`, `"version": 1, "extra": 1`},
		"not JSON":        {`"version"`, `version`},
		"short address":   {d.Addresses.Market.String(), "0x12"},
	} {
		bad := filepath.Join(t.TempDir(), "bad.json")
		check(t, os.WriteFile(bad, bytes.Replace(good, []byte(change[0]), []byte(change[1]), 1), 0o600))
		if _, err := contracts.LoadDeployment(bad); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
}

// What explorers get is a complete input of the compiler: every import is in it.
func TestStandardInput(t *testing.T) {
	t.Parallel()
	var input struct {
		Language string
		Sources  map[string]struct{ Content string }
	}
	check(t, json.Unmarshal(contracts.StandardInput(), &input))
	if input.Language != "Solidity" || input.Sources["src/Market.sol"].Content == "" {
		t.Fatalf("language %q, %d sources", input.Language, len(input.Sources))
	}
	for name, source := range input.Sources {
		for line := range strings.Lines(source.Content) {
			_, from, ok := strings.Cut(line, ` from "`)
			if !ok || !strings.HasPrefix(line, "import ") {
				continue
			}
			from, _, _ = strings.Cut(from, `"`)
			if strings.HasPrefix(from, ".") {
				from = filepath.ToSlash(filepath.Join(filepath.Dir(name), from))
			}
			if input.Sources[from].Content == "" {
				t.Errorf("%s imports %s, which is not there", name, from)
			}
		}
	}
}
