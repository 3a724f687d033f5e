package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/contracts/devchain"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/enclave"
	"github.com/encrypted-compute/encompute/protocol"
)

// TestLive runs the scripts of testdata/live against a network: a chain, a simulated CVM
// and a worker in this process, and the host command. Each script gets accounts of its own.
func TestLive(t *testing.T) { runLive(t, "testdata/live") }

// TestExamples does what the READMEs of the examples say, on a network where nobody else
// publishes models of those names.
func TestExamples(t *testing.T) { runLive(t, "testdata/examples") }

func runLive(t *testing.T, scripts string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a whole network")
	}
	t.Parallel()
	n := startLive(t)
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	// The group ends, and with it this function goes on, once all scripts are done.
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir: scripts,
			Setup: func(e *testscript.Env) error {
				e.Setenv("EXAMPLES", examples)
				e.Setenv("ENCOMPUTE_PASSPHRASE", "open sesame")
				e.Setenv("ENCOMPUTE_HOME", filepath.Join(e.WorkDir, "home"))
				return n.setUp(e)
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"exits": exits, "take": take, "online": n.online, "paid": n.paid,
			},
			RequireExplicitExec: true,
		})
	})
}

// live is a running network and the accounts that are left for scripts.
type live struct {
	file     network.File
	mu       sync.Mutex
	accounts []protocol.SigningKey
}

// setUp gives a script the network file and three accounts: a user with tokens, a creator,
// and a user with ether only.
func (n *live) setUp(e *testscript.Env) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, name := range []string{"user.key", "creator.key", "poor.key"} {
		if err := os.WriteFile(filepath.Join(e.WorkDir, name), fmt.Appendf(nil, "%x\n", n.accounts[i].Bytes()), 0o600); err != nil {
			return err
		}
	}
	n.accounts = n.accounts[3:]
	e.Setenv("ENCOMPUTE_NETWORK", filepath.Join(e.WorkDir, "network.json"))
	e.Setenv("HOST", n.file.Host)
	down := n.file
	down.Host = "http://127.0.0.1:1"
	if err := down.Save(filepath.Join(e.WorkDir, "down.json")); err != nil {
		return err
	}
	return n.file.Save(filepath.Join(e.WorkDir, "network.json"))
}

// startLive starts everything; it ends with the test.
func startLive(t *testing.T) *live {
	t.Helper()
	const scripts = 5 // accounts for so many
	keys := make([]protocol.SigningKey, 3+3*scripts)
	var addresses []protocol.Address
	for i := range keys {
		var err error
		keys[i], err = protocol.NewSigningKey()
		must(t, err)
		addresses = append(addresses, keys[i].Address())
	}
	owner, hostKey, operator := keys[0], keys[1], keys[2]
	n := &live{accounts: keys[3:]}
	chain, err := devchain.Start(devchain.Config{Fund: addresses})
	must(t, err)
	t.Cleanup(func() { must(t, chain.Close()) })
	sim, err := simulator.New(simulator.Config{AppCompose: []byte(`{"manifest_version":2,"name":"worker","runner":"docker-compose"}`)})
	must(t, err)
	policy, workload := simulated(sim)
	ctx := t.Context()
	deployed, err := contracts.Deploy(ctx, chain.Client(), owner, contracts.Config{
		FeeBps: 100, Attesters: []protocol.Address{hostKey.Address()}, Relays: []protocol.Address{hostKey.Address()}, Workloads: []protocol.Digest{workload.ID()},
	})
	must(t, err)
	c, err := contracts.New(ctx, chain.Client(), deployed)
	must(t, err)
	for i := 3; i < len(keys); i += 3 {
		must(t, c.MintTestToken(ctx, owner, keys[i].Address(), 10_000_000))
	}
	collateral := httptest.NewServer(sim.CollateralHandler())
	t.Cleanup(collateral.Close)
	n.file = network.File{
		Name: "live", Host: "http://127.0.0.1:1", RPC: chain.HTTP(), Contracts: deployed, Policy: policy, Collateral: collateral.URL,
	}
	n.file.Host = startHost(t, n.file, hostKey)
	startWorker(t, n.file, operator.Address(), sim)
	must(t, until(ctx, n.file.Host+"/v1/workers", func(views []protocol.WorkerView) bool { return len(views) == 1 }))
	return n
}

// online is a script command: "online MODEL" waits until the creator of a model, by id or name, is connected, and
// "! online MODEL" until it is not.
func (n *live) online(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] online MODEL")
	}
	ts.Check(until(context.Background(), n.file.Host+"/v1/models", func(views []protocol.ModelView) bool {
		return slices.ContainsFunc(views, func(v protocol.ModelView) bool {
			m, err := protocol.ParseManifest(v.Manifest)
			return err == nil && v.Online != neg && v.Ready && (v.ModelID.String() == args[0] || m.Name == args[0])
		})
	}))
}

// paid is a script command: "paid JOB" waits until the chain has paid the creator for a job.
func (n *live) paid(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: paid JOB")
	}
	job, err := protocol.ParseDigest(args[0])
	ts.Check(err)
	chain, err := n.file.Dial(context.Background())
	ts.Check(err)
	defer chain.Close()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for state := contracts.StateNone; state != contracts.StateDelivered; <-tick.C {
		state, err = chain.JobState(context.Background(), job)
		ts.Check(err)
	}
}

// until asks the host until the answer is good; the test's own deadline ends it otherwise.
func until[T any](ctx context.Context, url string, good func(T) bool) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var v T
		res, err := http.Get(url)
		if err != nil {
			return err
		}
		err = protocol.UnmarshalJSON(res.Body, 64<<20, &v)
		res.Body.Close()
		if err != nil || good(v) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// simulated returns the policy that accepts a simulator and the workload that it measures.
func simulated(sim *simulator.Simulator) (attestation.PolicyLiteral, protocol.Workload) {
	mrtd, rtmr0, rtmr1, rtmr2 := sim.Measurements()
	hash := sim.ComposeHash()
	m := attestation.Measurement{
		MRTD: hex.EncodeToString(mrtd[:]), RTMR0: hex.EncodeToString(rtmr0[:]),
		RTMR1: hex.EncodeToString(rtmr1[:]), RTMR2: hex.EncodeToString(rtmr2[:]),
	}
	p := attestation.PolicyLiteral{
		TDX: attestation.TDXPolicy{Measurements: []attestation.Measurement{m}},
		Dstack: attestation.DstackPolicy{
			ComposeHashes: []string{hex.EncodeToString(hash[:])},
			KeyProviders:  []attestation.KeyProvider{{Name: "kms", ID: sim.KeyProviderID()}},
			KMSKey:        hex.EncodeToString(sim.KMSPublicKey()),
		},
		InsecureSimulatorRootPEM: sim.RootPEM(),
	}
	return p, protocol.Workload{
		TEE: "tdx", MRTD: m.MRTD, RTMR0: m.RTMR0, RTMR1: m.RTMR1, RTMR2: m.RTMR2, ComposeHash: p.Dstack.ComposeHashes[0],
		KeyProvider: "kms:" + sim.KeyProviderID(),
	}
}

// startHost runs the host command and returns its URL.
func startHost(t *testing.T, file network.File, key protocol.SigningKey) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "network.json")
	must(t, file.Save(path))
	must(t, os.WriteFile(filepath.Join(dir, "key"), fmt.Appendf(nil, "0x%x", key.Bytes()), 0o600))
	ready, stderr := &readyWriter{line: make(chan string, 1)}, &syncBuffer{}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{
			"host", "--network", path, "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "data"), "--worker-fee", "0.1",
			"--key-file", filepath.Join(dir, "key"), "--collateral", file.Collateral, "--ready-file", filepath.Join(dir, "ready"),
		}, nil, ready, stderr, func(string) string { return "" })
	}()
	t.Cleanup(func() {
		cancel()
		if status := <-ended; status != exitOK {
			t.Errorf("the host ended with %d: %s", status, stderr)
		}
	})
	var line string
	select {
	case line = <-ready.line:
	case status := <-ended:
		ended <- status
		t.Fatalf("the host ended before it was ready: %s", stderr)
	}
	inFile, err := os.ReadFile(filepath.Join(dir, "ready"))
	must(t, err)
	var doc struct{ URL string }
	must(t, json.Unmarshal([]byte(line), &doc))
	if string(inFile) != line || !strings.HasPrefix(doc.URL, "http://127.0.0.1:") {
		t.Fatalf("ready line %q, in the file %q", line, inFile)
	}
	return doc.URL
}

func startWorker(t *testing.T, file network.File, operator protocol.Address, sim *simulator.Simulator) {
	t.Helper()
	agent := httptest.NewServer(sim.Handler())
	t.Cleanup(agent.Close)
	provider, err := enclave.NewDstack(agent.URL)
	must(t, err)
	w, err := enclave.New(t.Context(), enclave.Config{
		Host: file.Host, Operator: operator, ChainID: file.Contracts.ChainID, Registry: file.Contracts.WorkerRegistry, Software: "test",
		Memory: enclave.MachineMemory(),
	}, provider)
	must(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		must(t, <-ended)
		must(t, provider.Close())
	})
}

// take is a script command: "take NAME FIELD..." sets an environment variable to a field of
// the JSON document that the last program printed.
func take(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: take NAME FIELD...")
	}
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &v))
	for _, field := range args[1:] {
		switch at := v.(type) {
		case map[string]any:
			v = at[field]
		case []any:
			i, err := strconv.Atoi(field)
			ts.Check(err)
			if i >= len(at) {
				ts.Fatalf("there is no element %d", i)
			}
			v = at[i]
		}
	}
	ts.Setenv(args[0], fmt.Sprint(v))
}

// readyWriter hands on the first line that is written to it.
type readyWriter struct{ line chan string }

func (w *readyWriter) Write(b []byte) (int, error) {
	select {
	case w.line <- string(b):
	default:
	}
	return len(b), nil
}

// syncBuffer is a buffer for several goroutines.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
