package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/dstack"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var good = map[string]string{
	"ENCOMPUTE_HOST":     "http://127.0.0.1:1",
	"ENCOMPUTE_OPERATOR": "0x00000000000000000000000000000000000000aa",
	"ENCOMPUTE_CHAIN_ID": "31337",
	"ENCOMPUTE_REGISTRY": "0x00000000000000000000000000000000000000bb",
}

func environment(changes map[string]string) func(string) string {
	env := maps.Clone(good)
	maps.Copy(env, changes)
	return func(name string) string { return env[name] }
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]map[string]string{
		"ENCOMPUTE_HOST is not set":               {"ENCOMPUTE_HOST": ""},
		`ENCOMPUTE_HOST is "ftp://x"`:             {"ENCOMPUTE_HOST": "ftp://x"},
		`ENCOMPUTE_HOST is "host.example"`:        {"ENCOMPUTE_HOST": "host.example"},
		"ENCOMPUTE_OPERATOR is not set":           {"ENCOMPUTE_OPERATOR": ""},
		`ENCOMPUTE_OPERATOR is "0x12"`:            {"ENCOMPUTE_OPERATOR": "0x12"},
		"ENCOMPUTE_CHAIN_ID is not set":           {"ENCOMPUTE_CHAIN_ID": ""},
		`ENCOMPUTE_CHAIN_ID is "0"`:               {"ENCOMPUTE_CHAIN_ID": "0"},
		`ENCOMPUTE_CHAIN_ID is "mainnet"`:         {"ENCOMPUTE_CHAIN_ID": "mainnet"},
		"ENCOMPUTE_REGISTRY is not set":           {"ENCOMPUTE_REGISTRY": ""},
		`ENCOMPUTE_REGISTRY is "0x0000000000000`:  {"ENCOMPUTE_REGISTRY": "0x" + strings.Repeat("0", 40)},
		`ENCOMPUTE_THREADS is "-1"`:               {"ENCOMPUTE_THREADS": "-1"},
		`ENCOMPUTE_THREADS is "1025"`:             {"ENCOMPUTE_THREADS": "1025"},
		`ENCOMPUTE_TEE is "sev"`:                  {"ENCOMPUTE_TEE": "sev"},
		"ENCOMPUTE_OPERATOR is not set: want the": {"ENCOMPUTE_HOST": "", "ENCOMPUTE_OPERATOR": ""}, // both are named
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stderr bytes.Buffer
			if status := run(t.Context(), nil, environment(changes), &stderr); status != exitMisuse {
				t.Errorf("status %d, want %d", status, exitMisuse)
			}
			for variable := range changes {
				if !strings.Contains(stderr.String(), variable) {
					t.Errorf("%s is not named in: %s", variable, stderr.String())
				}
			}
			if !strings.Contains(stderr.String(), name) {
				t.Errorf("got %s, want %q in it", stderr.String(), name)
			}
		})
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]int{"--help": exitOK, "serve": exitMisuse} {
		var stderr bytes.Buffer
		if status := run(t.Context(), []string{arg}, environment(nil), &stderr); status != want || !strings.Contains(stderr.String(), "ENCOMPUTE_REGISTRY") {
			t.Errorf("%s: status %d, want %d, and the usage; got %s", arg, status, want, stderr.String())
		}
	}
}

// Outside of an enclave the EGo provider must not start, whatever the binary was built with.
func TestNoTEE(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	status := run(t.Context(), nil, environment(map[string]string{"ENCOMPUTE_TEE": "ego"}), &stderr)
	var line struct{ Level, Error string }
	if err := json.Unmarshal(stderr.Bytes(), &line); err != nil {
		t.Fatalf("log %q: %v", stderr.String(), err)
	}
	if status != exitFailed || line.Level != "ERROR" || !strings.Contains(line.Error, "open TEE ego") {
		t.Errorf("status %d, log %+v; want %d and an error about the TEE", status, line, exitFailed)
	}
}

// The whole program against a simulated CVM: it runs until it is stopped, and ends by
// itself where the host says that it is at the wrong place.
func TestRun(t *testing.T) {
	sim, err := simulator.New(simulator.Config{AppCompose: []byte(`{"name":"worker"}`)})
	if err != nil {
		t.Fatal(err)
	}
	agent := httptest.NewServer(sim.Handler())
	defer agent.Close()
	t.Setenv(dstack.EndpointEnv, agent.URL)

	answers := make(chan protocol.MessageType, 1)
	upgrader := websocket.Upgrader{}
	ctx, cancel := context.WithCancel(t.Context())
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		if _, _, err := conn.ReadMessage(); err != nil {
			t.Errorf("no hello: %v", err)
		}
		if <-answers == protocol.TypeRefused {
			b, _ := protocol.EncodeMessage(protocol.TypeRefused, protocol.Refused{Code: "chain", Detail: "this host serves chain 1", Remedy: "set ENCOMPUTE_CHAIN_ID"})
			conn.WriteMessage(websocket.TextMessage, b)
		} else {
			cancel()
		}
		conn.ReadMessage() // until the worker hangs up
	}))
	defer host.Close()
	for _, c := range []struct {
		answer protocol.MessageType
		status int
		log    string
	}{
		{protocol.TypeRefused, exitFailed, "set ENCOMPUTE_CHAIN_ID"},
		{"", exitOK, "worker ends"},
	} {
		answers <- c.answer
		var stderr bytes.Buffer
		status := run(ctx, nil, environment(map[string]string{"ENCOMPUTE_HOST": host.URL}), &stderr)
		if status != c.status || !strings.Contains(stderr.String(), c.log) {
			t.Errorf("status %d, want %d and %q in: %s", status, c.status, c.log, stderr.String())
		}
	}
}
