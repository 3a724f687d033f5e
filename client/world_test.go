package client

import (
	"context"
	"encoding/hex"
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testInputs  = 6
	testOutputs = 2
	testCut     = 1
)

// world is what all tests share and none changes: a simulated worker, a creator, a user,
// and one small model with its compiled plan.
type world struct {
	sim                          *simulator.Simulator
	compose                      []byte
	policy                       attestation.Policy
	workload                     protocol.Workload
	receipt, creator, user       protocol.SigningKey
	workerSealing, creatorSealer protocol.SealingKey
	operator                     protocol.Address
	network                      protocol.Network
	domain                       protocol.Domain
	prefix                       fhe.Prefix
	plan                         fhe.Plan
	evaluator                    *fhe.Evaluator
	manifest                     protocol.Manifest
	raw                          []byte
	model                        protocol.Digest
}

var sharedWorld = sync.OnceValues(newWorld)

func testWorld(t testing.TB) *world {
	t.Helper()
	w, err := sharedWorld()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func newWorld() (*world, error) {
	w := &world{
		compose:  []byte(`{"name":"worker","docker_compose_file":"services: {}"}`),
		operator: protocol.Address{0xaa},
		network: protocol.Network{
			Name: "test", ChainID: 1337, Market: protocol.Address{1}, WorkerRegistry: protocol.Address{2},
			ModelRegistry: protocol.Address{3}, Token: protocol.Address{4}, WorkerFee: 100, FeeBps: 250, Software: "test",
		},
		model: protocol.Digest{0x77},
	}
	w.domain = protocol.Domain{ChainID: w.network.ChainID, Market: w.network.Market}
	var errs []error
	for _, k := range []*protocol.SigningKey{&w.receipt, &w.creator, &w.user} {
		key, err := protocol.NewSigningKey()
		*k, errs = key, append(errs, err)
	}
	for _, k := range []*protocol.SealingKey{&w.workerSealing, &w.creatorSealer} {
		key, err := protocol.NewSealingKey()
		*k, errs = key, append(errs, err)
	}
	return w, errors.Join(append(errs, w.attest(), w.publish())...)
}

// attest starts the simulated CVM and makes the policy that accepts it.
func (w *world) attest() (err error) {
	if w.sim, err = simulator.New(simulator.Config{AppCompose: w.compose}); err != nil {
		return err
	}
	hash := w.sim.ComposeHash()
	mrtd, rtmr0, rtmr1, rtmr2 := w.sim.Measurements()
	w.policy, err = attestation.NewPolicy(attestation.PolicyLiteral{
		TDX: attestation.TDXPolicy{Measurements: []attestation.Measurement{{
			MRTD: mrtd.String(), RTMR0: rtmr0.String(), RTMR1: rtmr1.String(), RTMR2: rtmr2.String(),
		}}},
		Dstack: attestation.DstackPolicy{
			ComposeHashes: []string{hex.EncodeToString(hash[:])},
			KeyProviders:  []attestation.KeyProvider{{Name: "kms", ID: w.sim.KeyProviderID()}},
		},
		InsecureSimulatorRootPEM: w.sim.RootPEM(),
	})
	if err != nil {
		return err
	}
	ev, err := w.evidence(w.receipt, w.workerSealing.Public(), protocol.Nonce{1})
	if err != nil {
		return err
	}
	verdict := attestation.Verify(ev, ev.Binding, w.policy, time.Now())
	w.workload = verdict.Workload
	return verdict.Err()
}

// evidence is what a worker with the given keys shows for a nonce.
func (w *world) evidence(receipt protocol.SigningKey, sealing []byte, nonce protocol.Nonce) (ev protocol.Evidence, err error) {
	b := protocol.Binding{
		ChainID: w.network.ChainID, Registry: w.network.WorkerRegistry, Operator: w.operator,
		ReceiptKey: receipt.PublicKey(), SealingKey: sealing, Nonce: nonce,
	}
	data := b.ReportData()
	q, err := w.sim.Quote(context.Background(), data[:])
	if err != nil {
		return ev, err
	}
	collateral, err := w.sim.Collateral()
	return protocol.Evidence{
		TEE: "tdx", Quote: q.Quote, EventLog: []byte(q.EventLog), VMConfig: []byte(q.VMConfig),
		AppCompose: w.compose, Collateral: collateral, Binding: b,
	}, err
}

// publish compiles a model of one matrix and one square and writes its manifest.
func (w *world) publish() (err error) {
	weights := make([]float64, testInputs*testOutputs)
	for i := range weights {
		weights[i] = math.Sin(float64(i + 1))
	}
	w.prefix = fhe.Prefix{Input: []int{testInputs}, Layers: []fhe.Layer{
		fhe.NewDense("fc", fhe.Dense{In: testInputs, Out: testOutputs, Weights: weights, Bias: []float64{0.25, -0.5}}),
		fhe.NewPoly("poly", fhe.NewQuadratic([]float64{1, 0.5}, []float64{0.5, 1}, []float64{0, 0.125})),
	}}
	ctx := context.Background()
	if w.plan, err = fhe.Compile(context.Background(), w.prefix, fhe.Options{Low: -1, High: 1}); err != nil {
		return err
	}
	if w.evaluator, err = fhe.NewEvaluator(ctx, w.plan, w.prefix, 1); err != nil {
		return err
	}
	info := w.plan.Info()
	plan, err := w.plan.MarshalBinary()
	if err != nil {
		return err
	}
	w.manifest = protocol.Manifest{
		Version: 1, Name: "tiny", Task: "classification", Creator: w.creator.Address(), SealingKey: w.creatorSealer.Public(),
		Input:      protocol.InputSchema{Kind: "table", Shape: []int{testInputs}, Columns: []string{"a", "b", "c", "d", "e", "f"}, Scale: 1},
		InputRange: protocol.Range{Low: -1, High: 1}, Labels: []string{"no", "yes"},
		Cuts: []protocol.Cut{{
			Index: testCut, Layer: "poly", Layers: []string{"fc", "poly"}, Shape: []int{testOutputs}, Plan: plan,
			PrefixHash: protocol.Digest{5}, SealedPrefix: protocol.Digest{6}, SealedPrefixBytes: 1, WorkloadID: w.workload.ID(),
			Price: 400, KeysBytes: uint64(info.KeysBytes), InputBytes: uint64(info.InputBytes), OutputBytes: uint64(info.OutputBytes),
			Keyless: info.Keyless,
		}},
	}
	w.raw, err = protocol.Marshal(w.manifest)
	return err
}

// input is an input of the model.
func (w *world) input() []float64 { return []float64{0.5, -0.25, 1, -1, 0, 0.125} }

// scene is one test's host, chain and client.
type scene struct {
	*world
	chain *fakeChain
	host  *fakeHost
	store Store
	cfg   Config
}

func newScene(t *testing.T) *scene {
	t.Helper()
	w := testWorld(t)
	s := &scene{world: w, chain: newFakeChain(w), store: NewMemoryStore()}
	s.host = newFakeHost(t, w, s.chain)
	s.cfg = Config{
		Host: s.host.server.URL, HTTP: s.host.server.Client(), Network: w.network, Policy: w.policy, Chain: s.chain,
		Signer: KeySigner{w.user}, Store: s.store, Release: privacy.OneReleasePerKey(), Budget: privacy.Budget{Unbounded: true},
	}
	return s
}

// client makes a client that never waits long: it tries again three times.
func (s *scene) client(t *testing.T) *Client {
	t.Helper()
	c, err := New(s.cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.Limits.HostPatience = 3 * time.Millisecond
	c.timing = timing{backoff: func(int) time.Duration { return time.Millisecond }, round: 10 * time.Second, probe: 10 * time.Millisecond}
	return c
}

func (s *scene) request() Request {
	return Request{ModelID: s.model, Cut: testCut, Input: s.input(), MaxCost: 1000}
}

// checkOutcome compares an outcome to the model in plaintext.
func (s *scene) checkOutcome(t *testing.T, o *Outcome) {
	t.Helper()
	want, err := s.prefix.Eval(s.input())
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range want {
		if math.Abs(o.Released[i]-v) > 0.05 || math.Abs(o.Result.Values[i]-v) > 0.05 {
			t.Errorf("value %d: released %v, result %v, want %v", i, o.Released[i], o.Result.Values[i], v)
		}
	}
	label := "no"
	if want[1] > want[0] {
		label = "yes"
	}
	if o.Result.Label != label {
		t.Errorf("label %q, want %q", o.Result.Label, label)
	}
	if o.Worker != s.receipt.Address() || !o.Simulated {
		t.Errorf("worker %s, simulated %t", o.Worker, o.Simulated)
	}
}
