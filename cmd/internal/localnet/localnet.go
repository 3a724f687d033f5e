// Package localnet runs a whole network on one machine: an in-process chain, simulated CVMs, and host, workers and creator as
// processes of their own.
package localnet

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
	"slices"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/contracts/devchain"
	"github.com/encrypted-compute/encompute/dstack/deploy"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
	"golang.org/x/sync/errgroup"
)

// readyIn bounds how long a process may take to get ready.
const readyIn = time.Minute

// What everybody has and asks, in the token's smallest unit.
const (
	UserTokens = 100_000_000 // 100 test USDC
	WorkerFee  = 100_000     // 0.10
	ModelPrice = 250_000     // 0.25
	MarketBps  = 100         // the market keeps 1 %
)

// WorkerImage stands for the worker's container image in the measured app-compose. No
// registry has it: the simulated CVM runs the built program instead.
const WorkerImage = "encompute-enclave@sha256:0000000000000000000000000000000000000000000000000000000000000000"

// Accounts are the parties' keys, made anew for every network.
type Accounts struct{ Owner, Host, Operator, Creator, User protocol.SigningKey }

func newAccounts() (a Accounts, err error) {
	for _, k := range []*protocol.SigningKey{&a.Owner, &a.Host, &a.Operator, &a.Creator, &a.User} {
		if *k, err = protocol.NewSigningKey(); err != nil {
			return a, err
		}
	}
	return a, nil
}

// Network is a whole network on one machine: the chain and the simulated CVM in this
// process, host, worker and creator in processes of their own.
type Network struct {
	Dir      string // of everything that is written
	Accounts Accounts
	Policy   attestation.Policy
	File     network.File // what clients pin
	Image    string       // of the worker's container; empty: the worker is a process
	HostArgs []string     // more of the host's command line
	Chain    *contracts.Client

	Host, Worker, Creator *Process

	programs   programs
	node       *devchain.Chain
	cvm        *simulator.Simulator
	cvmSeed    []byte // all keys of the simulated hardware follow from it
	collateral *httptest.Server
	creatorEnv []string
	running    context.Context // of the CVMs
	stopCVMs   context.CancelFunc
	cvms       errgroup.Group
}

// Offer is a model that the creator publishes.
type Offer struct {
	Model, Card, Release string   // files; no Release: intermediates are handed over as they are
	Layer                string   // after which the model is cut
	Samples              []string // files of inputs on which it is planned
}

// Start starts chain, contracts and CVM. Processes are started after that, one by
// one, by StartHost, StartWorker and StartCreator. Close the network in any case. More users than
// the one of Accounts have ether and UserTokens, too.
func Start(ctx context.Context, dir string, users ...protocol.Address) (n *Network, err error) {
	n = &Network{Dir: dir}
	n.running, n.stopCVMs = context.WithCancel(ctx)
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close())
		}
	}()
	if n.Accounts, err = newAccounts(); err != nil {
		return n, err
	}
	if n.programs, err = findPrograms(ctx, dir); err != nil {
		return n, err
	}
	if err := n.startCVM(); err != nil {
		return n, fmt.Errorf("simulated CVM: %w", err)
	}
	if err := n.startChain(ctx, users); err != nil {
		return n, fmt.Errorf("chain: %w", err)
	}
	return n, nil
}

func (n *Network) startCVM() (err error) {
	compose, err := deploy.AppCompose(WorkerImage)
	if err != nil {
		return err
	}
	n.cvmSeed = make([]byte, 32)
	if _, err := rand.Read(n.cvmSeed); err != nil {
		return err
	}
	if n.cvm, err = n.serveCVM("dstack", simulator.Config{AppCompose: compose}); err != nil {
		return err
	}
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
	n.File.Policy, n.File.Collateral = literal, n.collateral.URL
	n.Policy, err = attestation.NewPolicy(literal)
	return err
}

// serveCVM serves a CVM of the network's simulated hardware and KMS at the socket of its name.
func (n *Network) serveCVM(name string, c simulator.Config) (*simulator.Simulator, error) {
	c.Seed = n.cvmSeed
	cvm, err := simulator.New(c)
	if err != nil {
		return nil, err
	}
	n.cvms.Go(func() error { return cvm.ListenAndServe(n.running, n.socket(name)) })
	return cvm, nil
}

// StartCVM starts one more CVM of the network's simulated hardware and KMS; StartEnclave takes its name. Without
// an AppCompose it runs the worker's. It ends with the network.
func (n *Network) StartCVM(name string, c simulator.Config) (err error) {
	if len(c.AppCompose) == 0 {
		if c.AppCompose, err = deploy.AppCompose(WorkerImage); err != nil {
			return err
		}
	}
	if _, err = n.serveCVM(name, c); err != nil {
		return err
	}
	for until := time.Now().Add(readyIn); ; time.Sleep(10 * time.Millisecond) {
		if _, err = os.Stat(n.socket(name)); err == nil || time.Now().After(until) {
			return err
		}
	}
}

func (n *Network) socket(cvm string) string { return filepath.Join(n.Dir, cvm+".sock") }

func (n *Network) measurement() attestation.Measurement {
	mrtd, rtmr0, rtmr1, rtmr2 := n.cvm.Measurements()
	return attestation.Measurement{
		Name: simulator.DefaultImage + " " + simulator.DefaultInstanceType,
		MRTD: hex.EncodeToString(mrtd[:]), RTMR0: hex.EncodeToString(rtmr0[:]),
		RTMR1: hex.EncodeToString(rtmr1[:]), RTMR2: hex.EncodeToString(rtmr2[:]),
	}
}

// workload is the measurement of the worker's container in the simulated CVM.
func (n *Network) workload() protocol.Workload {
	m, hash := n.measurement(), n.cvm.ComposeHash()
	return protocol.Workload{
		TEE: "tdx", MRTD: m.MRTD, RTMR0: m.RTMR0, RTMR1: m.RTMR1, RTMR2: m.RTMR2,
		ComposeHash: hex.EncodeToString(hash[:]), KeyProvider: "kms:" + n.cvm.KeyProviderID(),
	}
}

func (n *Network) startChain(ctx context.Context, users []protocol.Address) (err error) {
	a := n.Accounts
	users = append(slices.Clone(users), a.User.Address())
	n.node, err = devchain.Start(devchain.Config{Fund: append(users,
		a.Owner.Address(), a.Host.Address(), a.Operator.Address(), a.Creator.Address())})
	if err != nil {
		return err
	}
	n.File.Contracts, err = contracts.Deploy(ctx, n.node.Client(), a.Owner, contracts.Config{
		FeeBps: MarketBps, Attesters: []protocol.Address{a.Host.Address()}, Relays: []protocol.Address{a.Host.Address()},
		Workloads: []protocol.Digest{n.workload().ID()},
	})
	if err != nil {
		return err
	}
	if n.Chain, err = contracts.Dial(ctx, n.node.HTTP(), n.File.Contracts); err != nil {
		return err
	}
	n.File.Name, n.File.RPC = "devnet", n.node.HTTP()
	n.File.Host = "http://127.0.0.1:1" // until the host says where it listens
	for _, u := range users {
		if err := n.Chain.MintTestToken(ctx, a.Owner, u, UserTokens); err != nil {
			return err
		}
	}
	return nil
}

// Path is the file that clients and processes read.
func (n *Network) Path() string { return filepath.Join(n.Dir, "network.json") }

// StartHost starts the host, and again at the same address if it ran before.
func (n *Network) StartHost(ctx context.Context) (err error) {
	listen := "127.0.0.1:0"
	if n.Host != nil {
		listen = strings.TrimPrefix(n.File.Host, "http://")
	}
	if err := n.File.Save(n.Path()); err != nil {
		return err
	}
	keyFile := filepath.Join(n.Dir, "host.key")
	if err := writeKey(keyFile, n.Accounts.Host); err != nil {
		return err
	}
	ready := filepath.Join(n.Dir, "host.ready")
	if err := os.RemoveAll(ready); err != nil {
		return err
	}
	args := []string{
		"host", "--network", n.Path(), "--listen", listen, "--data", filepath.Join(n.Dir, "host"), "--key-file", keyFile,
		"--worker-fee", token.Amount(WorkerFee).String(), "--collateral", n.collateral.URL, "--ready-file", ready,
	}
	n.Host, err = startProcess(ctx, n.Dir, "host", n.programs.encompute, nil, append(args, n.HostArgs...)...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	var doc struct {
		URL string `json:"url"`
	}
	if err := n.Host.Until(ctx, "ready", func() bool { return readJSON(ready, &doc) && doc.URL != "" }); err != nil {
		return err
	}
	n.File.Host = doc.URL
	return n.File.Save(n.Path())
}

// StartWorker starts the attested binary and returns when the host has verified it and
// the chain has it registered.
func (n *Network) StartWorker(ctx context.Context) (v protocol.WorkerView, err error) {
	if n.Worker, err = n.StartEnclave(ctx, "worker", "dstack"); err != nil {
		return v, err
	}
	return n.UntilAccepted(ctx)
}

// UntilAccepted waits until the host has verified and registered the worker.
func (n *Network) UntilAccepted(ctx context.Context) (v protocol.WorkerView, err error) {
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	return v, n.Worker.Until(ctx, "accepted by the host", func() bool {
		var views []protocol.WorkerView
		if !n.Get(ctx, "/v1/workers", &views) || len(views) == 0 {
			return false
		}
		v = views[0]
		return true
	})
}

// StartEnclave runs the attested binary in a CVM, the network's own ("dstack") or one of StartCVM, with more environment.
func (n *Network) StartEnclave(ctx context.Context, name, cvm string, env ...string) (*Process, error) {
	env = append([]string{
		"ENCOMPUTE_HOST=" + n.File.Host,
		"ENCOMPUTE_OPERATOR=" + n.Accounts.Operator.Address().String(),
		fmt.Sprintf("ENCOMPUTE_CHAIN_ID=%d", n.File.Contracts.ChainID),
		"ENCOMPUTE_REGISTRY=" + n.File.Contracts.WorkerRegistry.String(),
	}, env...)
	if n.Image != "" {
		return n.startContainer(ctx, name, n.socket(cvm), env)
	}
	return startProcess(ctx, n.Dir, name, n.programs.enclave, append(env, "DSTACK_SIMULATOR_ENDPOINT="+n.socket(cvm)))
}

// startContainer runs the worker's image as dstack/deploy/docker-compose.yaml does, but in this
// machine's network, where the host listens.
func (n *Network) startContainer(ctx context.Context, name, socket string, env []string) (*Process, error) {
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
	return startProcess(ctx, n.Dir, name, "docker", []string{"DOCKER_HOST=" + os.Getenv("DOCKER_HOST")}, append(args, n.Image)...)
}

// StartCreator publishes a model and serves its suffix.
func (n *Network) StartCreator(ctx context.Context, o Offer) (v protocol.ModelView, err error) {
	if n.creatorEnv, err = n.MakeWallet(ctx, "creator", n.Accounts.Creator); err != nil {
		return v, err
	}
	publish := []string{"creator", "publish", "--model", o.Model, "--card", o.Card, "--cut", o.Layer + "=" + token.Amount(ModelPrice).String()}
	if o.Release != "" {
		publish = append(publish, "--release", o.Release)
	}
	for _, s := range o.Samples {
		publish = append(publish, "--sample", s)
	}
	if _, err := runProcess(ctx, n.Dir, "creator publish", n.programs.encompute, n.creatorEnv, publish...); err != nil {
		return v, err
	}
	if err := n.ServeCreator(ctx); err != nil {
		return v, err
	}
	return n.UntilOnline(ctx)
}

// ServeCreator starts the creator's agent, with more environment, once StartCreator has published a model.
func (n *Network) ServeCreator(ctx context.Context, env ...string) (err error) {
	n.Creator, err = startProcess(ctx, n.Dir, "creator", n.programs.encompute, slices.Concat(n.creatorEnv, env), "creator", "serve")
	return err
}

// UntilOnline waits until the host shows the model with its creator connected.
func (n *Network) UntilOnline(ctx context.Context) (v protocol.ModelView, err error) {
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	return v, n.Creator.Until(ctx, "connected", func() bool {
		var views []protocol.ModelView
		if !n.Get(ctx, "/v1/models", &views) || len(views) == 0 || !views[0].Online || !views[0].Ready {
			return false
		}
		v = views[0]
		return true
	})
}

// Get reads a document of the host; false if it cannot be had now.
func (n *Network) Get(ctx context.Context, path string, v any) bool {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, n.File.Host+path, nil)
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

// Close stops everything: processes first, then CVMs and chain.
func (n *Network) Close() error {
	for _, p := range []*Process{n.Creator, n.Worker, n.Host} {
		p.Stop()
	}
	n.stopCVMs()
	errs := []error{n.cvms.Wait()}
	if n.collateral != nil {
		n.collateral.Close()
	}
	if n.Chain != nil {
		n.Chain.Close()
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

// Passphrase is of every wallet of the development network.
const Passphrase = "devnet"

// MakeWallet makes a wallet of key in a home folder of name and returns the environment in
// which encompute uses it.
func (n *Network) MakeWallet(ctx context.Context, name string, key protocol.SigningKey) ([]string, error) {
	keyFile := filepath.Join(n.Dir, name+".key")
	if err := writeKey(keyFile, key); err != nil {
		return nil, err
	}
	env := []string{"ENCOMPUTE_NETWORK=" + n.Path(), "ENCOMPUTE_HOME=" + filepath.Join(n.Dir, name), "ENCOMPUTE_PASSPHRASE=" + Passphrase}
	_, err := runProcess(ctx, n.Dir, "wallet new", n.programs.encompute, env, "wallet", "new", "--key-file", keyFile)
	return env, err
}

// Program is the path of encompute.
func (n *Network) Program() string { return n.programs.encompute }

// UntilEscrow waits until the chain has a job in a state.
func (n *Network) UntilEscrow(ctx context.Context, job protocol.Digest, want client.Escrow) error {
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	return n.Host.Until(ctx, "done with putting the job on chain", func() bool {
		s, err := n.Chain.JobState(ctx, job)
		return err == nil && client.Escrow(s) == want
	})
}

// AdvanceTime makes a block that is d later than the latest. Nobody may be sending transactions at that moment.
func (n *Network) AdvanceTime(d time.Duration) error { return n.node.AdvanceTime(d) }
