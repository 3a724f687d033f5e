package main

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// TestEnclaveJSON holds what EGo measures of the worker: closed to debuggers, and of the host's
// environment only the variables that name its host, operator, chain and registry.
func TestEnclaveJSON(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("enclave.json")
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Exe             string
		Debug           *bool
		HeapSize        int // MB
		ProductID       int
		SecurityVersion int
		Mounts          []any
		Env             []struct {
			Name, Value string
			FromHost    bool
		}
	}
	if err := json.Unmarshal(b, &config); err != nil {
		t.Fatal(err)
	}
	if config.Exe != "enclave" || config.Debug == nil || *config.Debug || config.HeapSize < 2048 || config.ProductID < 1 ||
		config.SecurityVersion < 1 || len(config.Mounts) != 0 {
		t.Errorf("%+v", config)
	}
	var fromHost []string
	fixed := map[string]string{}
	for _, e := range config.Env {
		if e.FromHost {
			fromHost = append(fromHost, e.Name)
		} else {
			fixed[e.Name] = e.Value
		}
	}
	if want := []string{"ENCOMPUTE_HOST", "ENCOMPUTE_OPERATOR", "ENCOMPUTE_CHAIN_ID", "ENCOMPUTE_REGISTRY"}; !slices.Equal(fromHost, want) {
		t.Errorf("from the host come %q, want %q", fromHost, want)
	}
	if fixed["ENCOMPUTE_TEE"] != "ego" || fixed["GOTRACEBACK"] != "none" || fixed["GOMEMLIMIT"] == "" {
		t.Errorf("fixed are %v", fixed)
	}
	var env []string
	for name := range good {
		env = append(env, name)
	}
	for _, name := range fromHost {
		if !slices.Contains(env, name) {
			t.Errorf("the worker reads no %s", name)
		}
	}
}
