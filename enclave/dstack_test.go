package enclave_test

import (
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/kms"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/enclave"
	"github.com/encrypted-compute/encompute/enclave/teetest"
	"github.com/encrypted-compute/encompute/protocol"
)

func TestDstackConformance(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Config{AppCompose: []byte(`{"name":"worker"}`)})
	if err != nil {
		t.Fatal(err)
	}
	agent := httptest.NewServer(sim.Handler())
	t.Cleanup(agent.Close)
	teetest.Run(t, func(t *testing.T) enclave.Provider {
		p, err := enclave.NewDstack(agent.URL)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		return p
	})
}

func TestDstackEvidenceIsComplete(t *testing.T) {
	t.Parallel()
	compose := []byte("{\n    \"name\": \"worker <&>\"\n}")
	sim, err := simulator.New(simulator.Config{AppCompose: compose})
	if err != nil {
		t.Fatal(err)
	}
	agent := httptest.NewServer(sim.Handler())
	t.Cleanup(agent.Close)
	p, err := enclave.NewDstack(agent.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	e, err := p.Evidence(t.Context(), [64]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	if string(e.AppCompose) != string(compose) {
		t.Errorf("app-compose is %q, want the raw text %q", e.AppCompose, compose)
	}
	if len(e.EventLog) == 0 || len(e.VMConfig) == 0 {
		t.Errorf("event log has %d bytes, vm config %d; want both", len(e.EventLog), len(e.VMConfig))
	}
}

// The chain that comes with a key proves which KMS issued it to the app, and no other key.
func TestDstackKeyChain(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Config{AppCompose: []byte(`{"name":"worker"}`)})
	if err != nil {
		t.Fatal(err)
	}
	agent := httptest.NewServer(sim.Handler())
	t.Cleanup(agent.Close)
	p, err := enclave.NewDstack(agent.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	chain := func(path string) kms.Chain {
		key, err := p.DeriveKey(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		signing, err := protocol.ParseSigningKey(key.Secret)
		if err != nil {
			t.Fatal(err)
		}
		return kms.Chain{PublicKey: signing.PublicKey(), Purpose: key.Chain.Purpose, AppID: sim.AppID(), Signatures: key.Chain.Signatures}
	}
	a, b := chain("a"), chain("b")
	if err := errors.Join(a.Verify(sim.KMSPublicKey()), b.Verify(sim.KMSPublicKey())); err != nil {
		t.Error(err)
	}
	a.Signatures = b.Signatures
	if a.Verify(sim.KMSPublicKey()) == nil {
		t.Error("the chain of another key passes")
	}
}

func TestDstackRefusesACVMWithoutInstanceID(t *testing.T) {
	t.Parallel()
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`{"app_id":"00","instance_id":""}`))
	}))
	defer agent.Close()
	p, err := enclave.NewDstack(agent.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.Identity(t.Context()); err == nil || !strings.Contains(err.Error(), "no_instance_id") {
		t.Errorf("got %v, want an error that names no_instance_id", err)
	}
}

func TestDstackWithoutAgent(t *testing.T) {
	t.Parallel()
	p, err := enclave.NewDstack(filepath.Join(t.TempDir(), "no.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.DeriveKey(t.Context(), "a"); err == nil {
		t.Error("a key came from a socket that is not there")
	}
}

func TestOpenProvider(t *testing.T) {
	t.Parallel()
	if _, err := enclave.OpenProvider(t.Context(), "sev"); err == nil || !strings.Contains(err.Error(), "dstack") {
		t.Errorf("got %v, want an error that names the choices", err)
	}
	// Neither EGo's absence nor its presence may yield a provider outside of an enclave.
	if p, err := enclave.OpenProvider(t.Context(), "ego"); err == nil {
		t.Errorf("opened %s outside of an enclave", p.Name())
	}
}

// Two versions of an app share its id, and so the keys of all paths; their code differs.
func TestDstackIdentityNamesTheCode(t *testing.T) {
	t.Parallel()
	appID, seed := make([]byte, 20), make([]byte, 32)
	identities, keys := map[string]bool{}, map[string]bool{}
	for _, text := range []string{`{"name":"worker"}`, `{"name":"worker, updated"}`} {
		sim, err := simulator.New(simulator.Config{AppCompose: []byte(text), AppID: appID, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		agent := httptest.NewServer(sim.Handler())
		t.Cleanup(agent.Close)
		p, err := enclave.NewDstack(agent.URL)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		id, err := p.Identity(t.Context())
		if hash := sim.ComposeHash(); err != nil || id.Code != hex.EncodeToString(hash[:]) {
			t.Errorf("identity %+v, %v; want the compose hash %x", id, err, hash)
		}
		key, err := p.DeriveKey(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		identities[id.Code], keys[string(key.Secret)] = true, true
	}
	if len(identities) != 2 || len(keys) != 1 {
		t.Errorf("%d codes and %d keys of one path, want two and one", len(identities), len(keys))
	}
}
