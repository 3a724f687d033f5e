package network

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

func example() File {
	return File{
		Name: "test", Host: "https://host.example", RPC: "wss://rpc.example/v1", Collateral: "https://pccs.example", Fallbacks: []string{"https://other.example"},
		Contracts: contracts.Addresses{
			ChainID: 1337, Token: protocol.Address{1}, WorkerRegistry: protocol.Address{2}, ModelRegistry: protocol.Address{3},
			Market: protocol.Address{4}, AttesterVerifier: protocol.Address{5},
		},
		Policy: attestation.PolicyLiteral{Dstack: attestation.DstackPolicy{
			ComposeHashes: []string{strings.Repeat("ab", 32)},
			KeyProviders:  []attestation.KeyProvider{{Name: "kms", ID: "00"}},
		}},
	}
}

func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "network.json")
	want := example()
	for range 2 { // the second replaces the first
		if err := want.Save(path); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, *got); d != "" {
		t.Error(d)
	}
	if n := got.Expected(); n.Name != want.Name || n.ChainID != 1337 || n.Market != want.Contracts.Market || n.Token != want.Contracts.Token ||
		n.WorkerRegistry != want.Contracts.WorkerRegistry || n.ModelRegistry != want.Contracts.ModelRegistry {
		t.Errorf("expected network %+v", n)
	}
}

// TestFields changes one field at a time; the error must name it.
func TestFields(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*File){
		"name":                       func(f *File) { f.Name = "" },
		"host":                       func(f *File) { f.Host = "host.example" },
		"rpc":                        func(f *File) { f.RPC = "ipc:///x" },
		"rpcFallbacks":               func(f *File) { f.Fallbacks = []string{"https://rpc.example", "rpc.example"} },
		"collateral":                 func(f *File) { f.Collateral = "http://pccs.example" },
		"contracts.chainId":          func(f *File) { f.Contracts.ChainID = 0 },
		"contracts.token":            func(f *File) { f.Contracts.Token = protocol.Address{} },
		"contracts.workerRegistry":   func(f *File) { f.Contracts.WorkerRegistry = protocol.Address{} },
		"contracts.modelRegistry":    func(f *File) { f.Contracts.ModelRegistry = protocol.Address{} },
		"contracts.market":           func(f *File) { f.Contracts.Market = protocol.Address{} },
		"contracts.attesterVerifier": func(f *File) { f.Contracts.AttesterVerifier = protocol.Address{} },
		"policy":                     func(f *File) { f.Policy.Dstack.ComposeHashes[0] = "xy" },
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			f := example()
			change(&f)
			path := filepath.Join(t.TempDir(), "network.json")
			if wrong, ok := errors.AsType[*FieldError](f.Save(path)); !ok || wrong.Field != field {
				t.Errorf("Save: %v", wrong)
			}
			b, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err = Load(path)
			wrong, ok := errors.AsType[*FieldError](err)
			if !ok || wrong.Field != field || wrong.Remedy == "" || !strings.Contains(err.Error(), path) {
				t.Errorf("Load: %v", err)
			}
		})
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "host", "ftp://host", "http://", "http://h?x=1", "http://h#x", "http://[::1", "ws://h"} {
		if why := checkURL(bad, "http", "https"); why == "" {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, good := range []string{"http://127.0.0.1:8440", "https://host.example/base"} {
		if why := checkURL(good, "http", "https"); why != "" {
			t.Errorf("%q: %s", good, why)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, err := json.Marshal(example())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"empty": {}, "not JSON": []byte("hello"), "trailing": append(bytes.Clone(good), '1'),
		"unknown field": bytes.Replace(good, []byte(`"name"`), []byte(`"nome":"","name"`), 1),
		"too large":     append(bytes.Clone(good), bytes.Repeat([]byte(" "), maxBytes)...),
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Load(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	good, err := json.Marshal(example())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "network.json")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		n, err := Load(path)
		if err != nil {
			return
		}
		if err := n.Save(path); err != nil {
			t.Fatalf("what was loaded cannot be saved: %v", err)
		}
	})
}
