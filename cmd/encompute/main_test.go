package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/encrypted-compute/encompute/dstack"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"encompute":      main,
		"fake-evidence":  fakeEvidence,
		"residual-files": residualFiles,
		"sample-files":   sampleFiles,
	})
}

// TestScripts runs the promises of the product in testdata.
func TestScripts(t *testing.T) {
	t.Parallel()
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", examples)
			e.Setenv("ENCOMPUTE_HOME", filepath.Join(e.WorkDir, "home"))
			return nil
		},
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		RequireExplicitExec: true,
	})
}

// TestCorpus runs the scripts that judge real evidence.
func TestCorpus(t *testing.T) {
	t.Parallel()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is unset: no corpus of real quotes")
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/corpus",
		Setup: func(e *testscript.Env) error {
			e.Setenv("Q", filepath.Join(root, "corpus", "quotes"))
			e.Setenv("ENCOMPUTE_HOME", filepath.Join(e.WorkDir, "home"))
			return nil
		},
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		RequireExplicitExec: true,
	})
}

// exits is a script command: "exits STATUS PROGRAM ARG..." runs a program that must end
// with that very status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		status, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = status.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// fakeEvidence is a program for scripts: it writes evidence of a simulated worker, and the
// policies that accept it and that accept its software but not its hardware.
func fakeEvidence() {
	if err := writeFakeEvidence(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func writeFakeEvidence() error {
	compose := []byte(`{"manifest_version":2,"name":"worker","runner":"docker-compose"}`)
	seed := make([]byte, 32)
	rand.Read(seed) // never fails (crypto/rand)
	sim, err := simulator.New(simulator.Config{AppCompose: compose, Seed: seed})
	if err != nil {
		return err
	}
	before, err := simulator.New(simulator.Config{AppCompose: compose, Seed: seed, Hooks: simulator.Hooks{
		TCBInfo: func(d map[string]any) { d["tcbEvaluationDataNumber"] = 19 },
	}})
	if err != nil {
		return err
	}
	key, err := sim.Key(dstack.KeyRequest{Path: "receipt", Purpose: "script"})
	if err != nil {
		return err
	}
	receipt, err := protocol.ParseSigningKey(key.Key)
	if err != nil {
		return err
	}
	sealing, err := protocol.NewSealingKey()
	if err != nil {
		return err
	}
	binding := protocol.Binding{
		ChainID: 1337, Registry: protocol.Address{1}, Operator: protocol.Address{2}, ReceiptKey: receipt.PublicKey(),
		SealingKey: sealing.Public(), Nonce: protocol.Nonce{3},
	}
	data := binding.ReportData()
	q, err := sim.Quote(context.Background(), data[:])
	if err != nil {
		return err
	}
	collateral, err := sim.Collateral()
	if err != nil {
		return err
	}
	ev := protocol.Evidence{
		TEE: "tdx", Quote: q.Quote, EventLog: []byte(q.EventLog), VMConfig: []byte(q.VMConfig), AppCompose: compose,
		Collateral: collateral, Binding: binding,
		ReceiptKeyChain: &protocol.KeyChain{Purpose: "script", Signatures: [][]byte{key.SignatureChain[0], key.SignatureChain[1]}},
	}
	tampered := ev
	tampered.Quote = append([]byte(nil), ev.Quote...)
	tampered.Quote[200] ^= 1 // in the TD report
	accepting, _ := simulated(sim)
	software := accepting
	software.InsecureSimulatorRootPEM = ""
	report := map[string]string{
		"quote": hex.EncodeToString(q.Quote), "event_log": q.EventLog, "vm_config": q.VMConfig,
	}
	other := ev
	other.ReceiptKeyChain = nil
	old := ev
	if old.Collateral, err = before.Collateral(); err != nil {
		return err
	}
	for name, content := range map[string]string{
		"root.pem": sim.RootPEM(), "app-compose.json": string(compose), "quote.hex": report["quote"] + "\n",
		"quote.bin": string(q.Quote), "event-log.json": q.EventLog, "collateral.json": string(collateral),
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			return err
		}
	}
	for name, v := range map[string]any{
		"evidence.json": ev, "tampered.json": tampered, "chainless.json": other, "old.json": old, "report.json": report,
		"simulator-policy.json": accepting, "software-policy.json": software,
	} {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if err := os.WriteFile(name, b, 0o600); err != nil {
			return err
		}
	}
	return nil
}
