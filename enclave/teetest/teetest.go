// Package teetest is the conformance suite of enclave.Provider.
package teetest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/encrypted-compute/encompute/enclave"
	"github.com/encrypted-compute/encompute/protocol"
)

// Run checks the provider that open opens. Each call of open must reach the same instance.
func Run(t *testing.T, open func(t *testing.T) enclave.Provider) {
	for _, c := range []struct {
		name  string
		check func(*testing.T, enclave.Provider)
	}{
		{"a derived key is secret, fixed and bound to its path", derivedKeys},
		{"evidence commits to the report data", reportData},
		{"evidence is bounded and carries no binding", evidenceShape},
		{"a call ends with its context", cancelled},
		{"concurrent calls", concurrent},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
	t.Run("a restart changes neither identity nor keys", func(t *testing.T) {
		restart(t, open(t), open(t))
	})
}

func derivedKeys(t *testing.T, p enclave.Provider) {
	seen := map[string]string{}
	for _, path := range []string{"a", "b", "a/b", "encompute/sealing/v1"} {
		key, again := derive(t, p, path), derive(t, p, path)
		if !bytes.Equal(key, again) {
			t.Errorf("path %q gave two keys", path)
		}
		if bytes.Equal(key, make([]byte, len(key))) {
			t.Errorf("key of path %q is all zeros", path)
		}
		if other, ok := seen[string(key)]; ok {
			t.Errorf("paths %q and %q share a key", path, other)
		}
		seen[string(key)] = path
	}
}

func reportData(t *testing.T, p enclave.Provider) {
	for _, data := range [][64]byte{{}, {1}, {0: 1, 63: 2}} {
		e := evidence(t, p, data)
		at, ok := map[string]int{"tdx": 568, "sgx": 16 + 48 + 320}[e.TEE]
		if !ok {
			t.Fatalf("tee %q is none of tdx, sgx", e.TEE)
		}
		if len(e.Quote) < at+64 || !bytes.Equal(e.Quote[at:at+64], data[:]) {
			t.Errorf("quote does not carry report data %x", data)
		}
	}
}

func evidenceShape(t *testing.T, p enclave.Provider) {
	e := evidence(t, p, [64]byte{7})
	if n := len(e.Quote) + len(e.EventLog) + len(e.VMConfig) + len(e.AppCompose); n > protocol.MaxEvidenceBytes/2 {
		t.Errorf("evidence has %d bytes", n)
	}
	if b := e.Binding; b.ChainID != 0 || len(b.ReceiptKey) != 0 || len(b.SealingKey) != 0 {
		t.Errorf("the provider filled in a binding: %+v", b)
	}
}

func cancelled(t *testing.T, p enclave.Provider) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.DeriveKey(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("DeriveKey: %v, want context.Canceled", err)
	}
	if _, err := p.Evidence(ctx, [64]byte{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Evidence: %v, want context.Canceled", err)
	}
	if _, err := p.Identity(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Identity: %v, want context.Canceled", err)
	}
}

func concurrent(t *testing.T, p enclave.Provider) {
	want := derive(t, p, "a")
	errs := make(chan error)
	for i := range 8 {
		go func() {
			_, err := p.Evidence(t.Context(), [64]byte{byte(i)})
			if key, keyErr := p.DeriveKey(t.Context(), "a"); keyErr != nil || !slices.Equal(key.Secret, want) {
				err = errors.Join(err, keyErr, errors.New("another key than before"))
			}
			errs <- err
		}()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func restart(t *testing.T, before, after enclave.Provider) {
	a, errA := before.Identity(t.Context())
	b, errB := after.Identity(t.Context())
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	if a != b || a.InstanceID == "" {
		t.Errorf("identity is %+v, then %+v", a, b)
	}
	if before.Name() != after.Name() || before.Name() == "" {
		t.Errorf("name is %q, then %q", before.Name(), after.Name())
	}
	if !bytes.Equal(derive(t, before, "a"), derive(t, after, "a")) {
		t.Error("the key of a path changed")
	}
}

func derive(t *testing.T, p enclave.Provider, path string) []byte {
	t.Helper()
	key, err := p.DeriveKey(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if len(key.Secret) != enclave.KeyBytes {
		t.Fatalf("key of path %q has %d bytes, want %d", path, len(key.Secret), enclave.KeyBytes)
	}
	return key.Secret
}

func evidence(t *testing.T, p enclave.Provider, data [64]byte) protocol.Evidence {
	t.Helper()
	e, err := p.Evidence(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
