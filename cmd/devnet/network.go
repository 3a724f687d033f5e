package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/contracts/devchain"
	"github.com/encrypted-compute/encompute/dstack/deploy"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

// readyIn bounds how long a process may take to get ready.
const readyIn = time.Minute

// What everybody has and asks, in the token's smallest unit.
const (
	userTokens = 100_000_000 // 100 test USDC
	workerFee  = 100_000     // 0.10
	modelPrice = "0.25"
	marketBps  = 100 // the market keeps 1 %
)

// workerImage stands for the worker's container image in the measured app-compose. No
// registry has it: the simulated CVM runs the built program instead.
const workerImage = "encompute-enclave@sha256:0000000000000000000000000000000000000000000000000000000000000000"

// accounts are the parties' keys, made anew for every network.
type accounts struct{ owner, host, operator, creator, user protocol.SigningKey }

func newAccounts() (a accounts, err error) {
	for _, k := range []*protocol.SigningKey{&a.owner, &a.host, &a.operator, &a.creator, &a.user} {
		if *k, err = protocol.NewSigningKey(); err != nil {
			return a, err
		}
	}
	return a, nil
}

// localNetwork is a whole network on one machine: the chain and the simulated CVM in this
// process, host, worker and creator in processes of their own.
type localNetwork struct {
	dir      string // of everything that is written
	accounts accounts
	programs programs
	policy   attestation.Policy
	file     network.File // what clients pin
	image    string       // of the worker's container; empty: the worker is a process
	chain    *contracts.Client

	node       *devchain.Chain
	cvm        *simulator.Simulator
	cvmSeed    []byte // all keys of the simulated hardware follow from it
	socket     string
	collateral *httptest.Server
	host       *process
	worker     *process
	creator    *process
	stopCVM    context.CancelFunc
	cvmDone    chan error
}

// startNetwork starts chain, contracts and CVM. Processes are started after that, one by
// one, by startHost, startWorker and startCreator. Close the network in any case.
func startNetwork(ctx context.Context, dir string) (n *localNetwork, err error) {
	n = &localNetwork{dir: dir}
	ctx, n.stopCVM = context.WithCancel(ctx)
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close())
		}
	}()
	if n.accounts, err = newAccounts(); err != nil {
		return n, err
	}
	if n.programs, err = findPrograms(ctx, dir); err != nil {
		return n, err
	}
	if err := n.startCVM(ctx); err != nil {
		return n, fmt.Errorf("simulated CVM: %w", err)
	}
	if err := n.startChain(ctx); err != nil {
		return n, fmt.Errorf("chain: %w", err)
	}
	return n, nil
}

func (n *localNetwork) startCVM(ctx context.Context) (err error) {
	compose, err := deploy.AppCompose(workerImage)
	if err != nil {
		return err
	}
	n.cvmSeed = make([]byte, 32)
	if _, err := rand.Read(n.cvmSeed); err != nil {
		return err
	}
	if n.cvm, err = simulator.New(simulator.Config{AppCompose: compose, Seed: n.cvmSeed}); err != nil {
		return err
	}
	n.socket = filepath.Join(n.dir, "dstack.sock")
	n.cvmDone = make(chan error, 1)
	go func() {
		n.cvmDone <- n.cvm.ListenAndServe(ctx, n.socket)
	}()
	n.collateral = httptest.NewServer(n.cvm.CollateralHandler())
	hash := n.cvm.ComposeHash()
	literal := attestation.PolicyLiteral{
		TDX: attestation.TDXPolicy{Measurements: []attestation.Measurement{n.measurement()}},
		Dstack: attestation.DstackPolicy{
			ComposeHashes: []string{hex.EncodeToString(hash[:])},
			KeyProviders:  []attestation.KeyProvider{{Name: "kms", ID: n.cvm.KeyProviderID()}},
			KMSKey:        hex.EncodeToString(n.cvm.KMSPublicKey()),
		},
		InsecureSimulatorRootPEM: n.cvm.RootPEM(),
	}
	n.file.Policy, n.file.Collateral = literal, n.collateral.URL
	n.policy, err = attestation.NewPolicy(literal)
	return err
}

func (n *localNetwork) measurement() attestation.Measurement {
	mrtd, rtmr0, rtmr1, rtmr2 := n.cvm.Measurements()
	return attestation.Measurement{
		Name: simulator.DefaultImage + " " + simulator.DefaultInstanceType,
		MRTD: hex.EncodeToString(mrtd[:]), RTMR0: hex.EncodeToString(rtmr0[:]),
		RTMR1: hex.EncodeToString(rtmr1[:]), RTMR2: hex.EncodeToString(rtmr2[:]),
	}
}

// workload is the measurement of the worker's container in the simulated CVM.
func (n *localNetwork) workload() protocol.Workload {
	m, hash := n.measurement(), n.cvm.ComposeHash()
	return protocol.Workload{
		TEE: "tdx", MRTD: m.MRTD, RTMR0: m.RTMR0, RTMR1: m.RTMR1, RTMR2: m.RTMR2,
		ComposeHash: hex.EncodeToString(hash[:]), KeyProvider: "kms:" + n.cvm.KeyProviderID(),
	}
}

func (n *localNetwork) startChain(ctx context.Context) (err error) {
	a := n.accounts
	n.node, err = devchain.Start(devchain.Config{Fund: []protocol.Address{
		a.owner.Address(), a.host.Address(), a.operator.Address(), a.creator.Address(), a.user.Address(),
	}})
	if err != nil {
		return err
	}
	n.file.Contracts, err = contracts.Deploy(ctx, n.node.Client(), a.owner, contracts.Config{
		FeeBps: marketBps, Attesters: []protocol.Address{a.host.Address()}, Relays: []protocol.Address{a.host.Address()},
		Workloads: []protocol.Digest{n.workload().ID()},
	})
	if err != nil {
		return err
	}
	if n.chain, err = contracts.Dial(ctx, n.node.HTTP(), n.file.Contracts); err != nil {
		return err
	}
	n.file.Name, n.file.RPC = "devnet", n.node.HTTP()
	n.file.Host = "http://127.0.0.1:1" // until the host says where it listens
	return n.chain.MintTestToken(ctx, a.owner, a.user.Address(), userTokens)
}

// networkPath is the file that clients and processes read.
func (n *localNetwork) networkPath() string { return filepath.Join(n.dir, "network.json") }

// startHost starts the host, and again at the same address if it ran before.
func (n *localNetwork) startHost(ctx context.Context) (err error) {
	listen := "127.0.0.1:0"
	if n.host != nil {
		listen = strings.TrimPrefix(n.file.Host, "http://")
	}
	if err := n.file.Save(n.networkPath()); err != nil {
		return err
	}
	keyFile := filepath.Join(n.dir, "host.key")
	if err := writeKey(keyFile, n.accounts.host); err != nil {
		return err
	}
	ready := filepath.Join(n.dir, "host.ready")
	if err := os.RemoveAll(ready); err != nil {
		return err
	}
	n.host, err = startProcess(ctx, n.dir, "host", n.programs.encompute, nil, "host", "--network", n.networkPath(),
		"--listen", listen, "--data", filepath.Join(n.dir, "host"), "--key-file", keyFile,
		"--worker-fee", formatTokens(workerFee), "--collateral", n.collateral.URL, "--ready-file", ready)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	var doc struct {
		URL string `json:"url"`
	}
	if err := n.host.until(ctx, "ready", func() bool { return readJSON(ready, &doc) && doc.URL != "" }); err != nil {
		return err
	}
	n.file.Host = doc.URL
	return n.file.Save(n.networkPath())
}

// startWorker starts the attested binary and returns when the host has verified it and
// the chain has it registered.
func (n *localNetwork) startWorker(ctx context.Context) (v protocol.WorkerView, err error) {
	if n.worker, err = n.startEnclave(ctx, "worker", n.socket); err != nil {
		return v, err
	}
	return n.untilAccepted(ctx)
}

// untilAccepted waits until the host has verified and registered the worker.
func (n *localNetwork) untilAccepted(ctx context.Context) (v protocol.WorkerView, err error) {
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	return v, n.worker.until(ctx, "accepted by the host", func() bool {
		var views []protocol.WorkerView
		if !n.get(ctx, "/v1/workers", &views) || len(views) == 0 {
			return false
		}
		v = views[0]
		return true
	})
}

// startEnclave runs the attested binary in the CVM behind a guest agent's socket.
func (n *localNetwork) startEnclave(ctx context.Context, name, socket string) (*process, error) {
	env := []string{
		"ENCOMPUTE_HOST=" + n.file.Host,
		"ENCOMPUTE_OPERATOR=" + n.accounts.operator.Address().String(),
		fmt.Sprintf("ENCOMPUTE_CHAIN_ID=%d", n.file.Contracts.ChainID),
		"ENCOMPUTE_REGISTRY=" + n.file.Contracts.WorkerRegistry.String(),
	}
	if n.image != "" {
		return n.startContainer(ctx, name, socket, env)
	}
	return startProcess(ctx, n.dir, name, n.programs.enclave, append(env, "DSTACK_SIMULATOR_ENDPOINT="+socket))
}

// startContainer runs the worker's image as dstack/deploy/docker-compose.yaml does, but in this
// machine's network, where the host listens.
func (n *localNetwork) startContainer(ctx context.Context, name, socket string, env []string) (*process, error) {
	// As in the guest OS (SocketMode of dstack-guest-agent.socket), since the worker is not root.
	// The folder keeps others of this machine out.
	if err := os.Chmod(socket, 0o777); err != nil {
		return nil, err
	}
	args := []string{
		"run", "--rm", "--network=host", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges:true",
		"--volume=" + socket + ":/var/run/dstack.sock",
	}
	for _, variable := range env {
		args = append(args, "--env="+variable)
	}
	return startProcess(ctx, n.dir, name, "docker", []string{"DOCKER_HOST=" + os.Getenv("DOCKER_HOST")}, append(args, n.image)...)
}

// startCreator publishes a model with its card and release, if there is one, offered at layer and planned on samples, and
// serves its suffix.
func (n *localNetwork) startCreator(ctx context.Context, model, card, release, layer string, samples []string) (v protocol.ModelView, err error) {
	env, err := n.makeWallet(ctx, "creator", n.accounts.creator)
	if err != nil {
		return v, err
	}
	publish := []string{"creator", "publish", "--model", model, "--card", card, "--cut", layer + "=" + modelPrice}
	if release != "" {
		publish = append(publish, "--release", release)
	}
	for _, s := range samples {
		publish = append(publish, "--sample", s)
	}
	if _, err := runProcess(ctx, n.dir, "creator publish", n.programs.encompute, env, publish...); err != nil {
		return v, err
	}
	if n.creator, err = startProcess(ctx, n.dir, "creator", n.programs.encompute, env, "creator", "serve"); err != nil {
		return v, err
	}
	return n.untilOnline(ctx)
}

// untilOnline waits until the host shows the model with its creator connected.
func (n *localNetwork) untilOnline(ctx context.Context) (v protocol.ModelView, err error) {
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	return v, n.creator.until(ctx, "connected", func() bool {
		var views []protocol.ModelView
		if !n.get(ctx, "/v1/models", &views) || len(views) == 0 || !views[0].Online || !views[0].Ready {
			return false
		}
		v = views[0]
		return true
	})
}

// get reads a document of the host; false if it cannot be had now.
func (n *localNetwork) get(ctx context.Context, path string, v any) bool {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, n.file.Host+path, nil)
	if err != nil {
		return false
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		return false
	}
	defer r.Body.Close()
	return r.StatusCode == http.StatusOK && protocol.UnmarshalJSON(r.Body, 64<<20, v) == nil
}

// Close stops everything: processes first, then CVM and chain.
func (n *localNetwork) Close() error {
	for _, p := range []*process{n.creator, n.worker, n.host} {
		p.stop()
	}
	n.stopCVM()
	var errs []error
	if n.cvmDone != nil {
		errs = append(errs, <-n.cvmDone)
	}
	if n.collateral != nil {
		n.collateral.Close()
	}
	if n.chain != nil {
		n.chain.Close()
	}
	if n.node != nil {
		errs = append(errs, n.node.Close())
	}
	return errors.Join(errs...)
}

func writeKey(path string, k protocol.SigningKey) error {
	return os.WriteFile(path, []byte(hex.EncodeToString(k.Bytes())+"\n"), 0o600)
}

func readJSON(path string, v any) bool {
	b, err := os.ReadFile(path)
	return err == nil && json.Unmarshal([]byte(strings.TrimSpace(string(b))), v) == nil
}

// passphrase is of every wallet of the development network.
const passphrase = "devnet"

// makeWallet makes a wallet of key in a home folder of name and returns the environment in
// which encompute uses it.
func (n *localNetwork) makeWallet(ctx context.Context, name string, key protocol.SigningKey) ([]string, error) {
	keyFile := filepath.Join(n.dir, name+".key")
	if err := writeKey(keyFile, key); err != nil {
		return nil, err
	}
	env := []string{"ENCOMPUTE_NETWORK=" + n.networkPath(), "ENCOMPUTE_HOME=" + filepath.Join(n.dir, name), "ENCOMPUTE_PASSPHRASE=" + passphrase}
	_, err := runProcess(ctx, n.dir, "wallet new", n.programs.encompute, env, "wallet", "new", "--key-file", keyFile)
	return env, err
}

// welcome makes a wallet with the user's tokens and tells how to use the running network.
func (n *localNetwork) welcome(ctx context.Context) (*urls, error) {
	env, err := n.makeWallet(ctx, "user", n.accounts.user)
	return &urls{Host: n.file.Host, RPC: n.file.RPC, Network: n.networkPath(), Program: n.programs.encompute, Environment: env}, err
}

// untilEscrow waits until the chain has a job in a state.
func (n *localNetwork) untilEscrow(ctx context.Context, job protocol.Digest, want client.Escrow) error {
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	return n.host.until(ctx, "done with putting the job on chain", func() bool {
		s, err := n.chain.JobState(ctx, job)
		return err == nil && client.Escrow(s) == want
	})
}
