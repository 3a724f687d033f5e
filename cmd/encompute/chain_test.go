package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/contracts/devchain"
	"github.com/encrypted-compute/encompute/dstack"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

// chainWorld is a chain without contracts, and the accounts that a script deploys and uses them with.
type chainWorld struct {
	chain                *devchain.Chain
	sim                  *simulator.Simulator
	owner, creator, user protocol.SigningKey
}

// TestChainCommands runs the scripts of testdata/chain on a chain in this process.
func TestChainCommands(t *testing.T) {
	t.Parallel()
	w := &chainWorld{}
	var accounts []protocol.Address
	for _, k := range []*protocol.SigningKey{&w.owner, &w.creator, &w.user} {
		var err error
		*k, err = protocol.NewSigningKey()
		must(t, err)
		accounts = append(accounts, k.Address())
	}
	var err error
	w.chain, err = devchain.Start(devchain.Config{Fund: accounts})
	must(t, err)
	t.Cleanup(func() { must(t, w.chain.Close()) })
	w.sim, err = simulator.New(simulator.Config{AppCompose: []byte(`{"manifest_version":2,"name":"worker","runner":"docker-compose"}`)})
	must(t, err)
	t.Run("scripts", func(t *testing.T) { // ends once the scripts have
		testscript.Run(t, testscript.Params{
			Dir: "testdata/chain", Setup: w.setUp, RequireExplicitExec: true,
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"exits": exits, "take": take, "sent": w.sent, "evidence": w.evidence, "job": w.job, "later": w.later,
			},
		})
	})
}

func (w *chainWorld) setUp(e *testscript.Env) error {
	for name, key := range map[string]protocol.SigningKey{"owner": w.owner, "creator": w.creator, "user": w.user} {
		if err := os.WriteFile(filepath.Join(e.WorkDir, name+".key"), fmt.Appendf(nil, "%x\n", key.Bytes()), 0o600); err != nil {
			return err
		}
	}
	_, workload := simulated(w.sim)
	e.Setenv("RPC", w.chain.HTTP())
	e.Setenv("OWNER", w.owner.Address().String())
	e.Setenv("USER", w.user.Address().String())
	e.Setenv("WORKLOAD", workload.ID().String())
	e.Setenv("ENCOMPUTE_HOME", filepath.Join(e.WorkDir, "home"))
	e.Setenv("ENCOMPUTE_KEY_FILE", "owner.key")
	return nil
}

// sent is a script command: "sent N" fails unless the owner has sent that many transactions since
// it was last asked.
func (w *chainWorld) sent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sent N")
	}
	want, err := strconv.ParseUint(args[0], 10, 64)
	ts.Check(err)
	before, _ := strconv.ParseUint(ts.Getenv("SENT"), 10, 64) // unset: none
	now, err := w.chain.Client().PendingNonceAt(context.Background(), common.Address(w.owner.Address()))
	ts.Check(err)
	if now-before != want {
		ts.Fatalf("the owner sent %d transactions, want %d", now-before, want)
	}
	ts.Setenv("SENT", strconv.FormatUint(now, 10))
}

// deployed reads what the script deployed.
func (w *chainWorld) deployed(ts *testscript.TestScript) (contracts.Addresses, *contracts.Client) {
	d, err := contracts.LoadDeployment(contracts.DeploymentPath(ts.MkAbs("deployments"), devchain.ChainID))
	ts.Check(err)
	c, err := contracts.New(context.Background(), w.chain.Client(), d.Addresses)
	ts.Check(err)
	return d.Addresses, c
}

// evidence is a script command: it writes network.json and a worker's evidence.json, and sets SIGNER.
func (w *chainWorld) evidence(ts *testscript.TestScript, _ bool, _ []string) {
	at, _ := w.deployed(ts)
	policy, _ := simulated(w.sim)
	n := network.File{Name: "test", Host: "http://127.0.0.1:1", RPC: w.chain.HTTP(), Contracts: at, Policy: policy}
	ts.Check(n.Save(ts.MkAbs("network.json")))
	key, err := w.sim.Key(dstack.KeyRequest{Path: "receipt", Purpose: "script"})
	ts.Check(err)
	receipt, err := protocol.ParseSigningKey(key.Key)
	ts.Check(err)
	sealing, err := protocol.NewSealingKey()
	ts.Check(err)
	b := protocol.Binding{
		ChainID: at.ChainID, Registry: at.WorkerRegistry, Operator: protocol.Address{2}, ReceiptKey: receipt.PublicKey(),
		SealingKey: sealing.Public(), Nonce: protocol.Nonce{3},
	}
	data := b.ReportData()
	q, err := w.sim.Quote(context.Background(), data[:])
	ts.Check(err)
	collateral, err := w.sim.Collateral()
	ts.Check(err)
	raw, err := json.Marshal(protocol.Evidence{
		TEE: "tdx", Quote: q.Quote, EventLog: []byte(q.EventLog), VMConfig: []byte(q.VMConfig), AppCompose: []byte(`{"manifest_version":2,"name":"worker","runner":"docker-compose"}`),
		Collateral: collateral, Binding: b,
		ReceiptKeyChain: &protocol.KeyChain{Purpose: "script", Signatures: [][]byte{key.SignatureChain[0], key.SignatureChain[1]}},
	})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("evidence.json"), raw, 0o600))
	ts.Setenv("SIGNER", receipt.Address().String())
}

// job is a script command: it registers a model and posts a job, and sets MODEL and JOB.
func (w *chainWorld) job(ts *testscript.TestScript, _ bool, _ []string) {
	ctx := context.Background()
	_, c := w.deployed(ts)
	_, workload := simulated(w.sim)
	manifest := protocol.Digest{7}
	model, err := c.RegisterModel(ctx, w.creator, manifest, []byte("sealing key"), "", []contracts.CutPrice{{Cut: 1, Price: 60}})
	ts.Check(err)
	ts.Check(c.MintTestToken(ctx, w.creator, w.user.Address(), 1_000_000))
	now, err := c.HeaderTime(ctx)
	ts.Check(err)
	id, err := c.PostJob(ctx, w.user, protocol.JobSpec{
		User: w.user.Address(), Creator: w.creator.Address(), ModelID: model, ManifestHash: manifest, PrefixHash: protocol.Digest{9}, Cut: 1,
		WorkloadID: workload.ID(), ComputeMs: 60_000, PrefixBy: now + 3600, DeliverBy: now + 7200, InputHash: protocol.Digest{8},
		WorkerFee: 250_000, CreatorFee: 500_000, FeeBps: 100,
	})
	ts.Check(err)
	ts.Setenv("MODEL", model.String())
	ts.Setenv("JOB", id.String())
}

// later is a script command: "later DURATION" lets time go by on the chain.
func (w *chainWorld) later(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: later DURATION")
	}
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	ts.Check(w.chain.AdvanceTime(d))
}
