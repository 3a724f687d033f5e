package creator

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/examples"
	"github.com/encrypted-compute/encompute/internal/vault"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is what all tests share and none changes: keys, a simulated worker, and tab-wdbc
// with its publication at cut poly1.
type world struct {
	creator, user protocol.SigningKey
	workerSealing protocol.SealingKey
	sealing       []byte // the creator's private sealing key
	worker        attestation.VerifiedWorker
	network       protocol.Network
	domain        protocol.Domain
	graph         *model.Graph
	onnx          []byte
	card          Card
	vector        Vector
	cut           model.Cut
	published     publication
}

const testLayer = "poly1"

var sharedWorld = sync.OnceValues(newWorld)

func testWorld(t testing.TB) *world {
	t.Helper()
	w, err := sharedWorld()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func newWorld() (w *world, err error) {
	w = &world{network: protocol.Network{
		Name: "test host", ChainID: 1337, Market: protocol.Address{1}, WorkerRegistry: protocol.Address{2},
		ModelRegistry: protocol.Address{3}, Token: protocol.Address{4},
	}}
	w.domain = protocol.Domain{ChainID: w.network.ChainID, Market: w.network.Market}
	for _, k := range []*protocol.SigningKey{&w.creator, &w.user} {
		if *k, err = protocol.NewSigningKey(); err != nil {
			return nil, err
		}
	}
	if w.workerSealing, err = protocol.NewSealingKey(); err != nil {
		return nil, err
	}
	sealing, err := protocol.NewSealingKey()
	if err != nil {
		return nil, err
	}
	if w.sealing, err = sealing.Bytes(); err != nil {
		return nil, err
	}
	if err := errors.Join(w.attest(), w.load()); err != nil {
		return nil, err
	}
	cfg := w.publishConfig(nil, Host{})
	cfg.Chain = newFakeChain(w)
	w.published, err = cfg.build(context.Background(), sealing.Public())
	return w, err
}

// attest verifies the evidence of a simulated worker.
func (w *world) attest() error {
	compose := []byte(`{"name":"worker","docker_compose_file":"services: {}"}`)
	sim, err := simulator.New(simulator.Config{AppCompose: compose})
	if err != nil {
		return err
	}
	hash := sim.ComposeHash()
	mrtd, rtmr0, rtmr1, rtmr2 := sim.Measurements()
	policy, err := attestation.NewPolicy(attestation.PolicyLiteral{
		TDX: attestation.TDXPolicy{Measurements: []attestation.Measurement{{
			MRTD: mrtd.String(), RTMR0: rtmr0.String(), RTMR1: rtmr1.String(), RTMR2: rtmr2.String(),
		}}},
		Dstack: attestation.DstackPolicy{
			ComposeHashes: []string{hex.EncodeToString(hash[:])},
			KeyProviders:  []attestation.KeyProvider{{Name: "kms", ID: sim.KeyProviderID()}},
		},
		InsecureSimulatorRootPEM: sim.RootPEM(),
	})
	if err != nil {
		return err
	}
	b := protocol.Binding{
		ChainID: w.network.ChainID, Registry: w.network.WorkerRegistry, Operator: protocol.Address{0xaa},
		ReceiptKey: w.user.PublicKey(), SealingKey: w.workerSealing.Public(), Nonce: protocol.Nonce{1},
	}
	data := b.ReportData()
	q, err := sim.Quote(context.Background(), data[:])
	if err != nil {
		return err
	}
	collateral, err := sim.Collateral()
	if err != nil {
		return err
	}
	w.worker, err = attestation.Verify(protocol.Evidence{
		TEE: "tdx", Quote: q.Quote, EventLog: []byte(q.EventLog), VMConfig: []byte(q.VMConfig),
		AppCompose: compose, Collateral: collateral, Binding: b,
	}, b, policy, time.Now()).Worker()
	return err
}

// load reads the example model.
func (w *world) load() (err error) {
	if w.onnx, err = examples.Files.ReadFile("tab-wdbc/model.onnx"); err != nil {
		return err
	}
	if w.graph, err = model.Parse(w.onnx); err != nil {
		return err
	}
	card, err := examples.Files.ReadFile("tab-wdbc/model.json")
	if err != nil {
		return err
	}
	if err = json.Unmarshal(card, &w.card); err != nil {
		return err
	}
	x := make([]float64, size(w.card.Input.Shape))
	want, err := w.graph.Eval(float32s(x))
	if err != nil {
		return err
	}
	w.vector = Vector{Input: x}
	for _, v := range want {
		w.vector.Output = append(w.vector.Output, float64(v))
	}
	w.cut, err = w.graph.CutByName(testLayer)
	return err
}

func (w *world) publishConfig(s *State, h Host) PublishConfig {
	return PublishConfig{
		State: s, Graph: w.graph, Card: w.card, Vector: w.vector, Offers: []Offer{{testLayer, 400}}, Worker: w.worker,
		Creator: w.creator.Address(), Host: h,
	}
}

// emptyState is a state that holds nothing but the sealing key.
func (w *world) emptyState(t *testing.T) *State {
	t.Helper()
	v, err := vault.OpenPlain(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Create("sealing-key", w.sealing); err != nil {
		t.Fatal(err)
	}
	return NewState(v)
}

// state is a state from which the model was published.
func (w *world) state(t *testing.T) *State {
	t.Helper()
	s := w.emptyState(t)
	if err := s.save(protocol.Digest{1}, w.published, w.onnx); err != nil {
		t.Fatal(err)
	}
	return s
}

// fakeChain is what a creator sees of the chain.
type fakeChain struct {
	mu      sync.Mutex
	creator protocol.Address
	now     uint64
	prices  map[protocol.Digest]map[uint32]protocol.Amount
	stopped map[protocol.Digest]bool
	escrow  map[protocol.Digest]Escrow
	refuses bool // WouldPay
	asked   func(c *fakeChain)
	writes  int
}

func newFakeChain(w *world) *fakeChain {
	return &fakeChain{
		creator: w.creator.Address(), now: 1_700_000_000,
		prices: map[protocol.Digest]map[uint32]protocol.Amount{}, escrow: map[protocol.Digest]Escrow{}, stopped: map[protocol.Digest]bool{},
	}
}

func (c *fakeChain) lock() func() { c.mu.Lock(); return c.mu.Unlock }

func (c *fakeChain) Now(context.Context) (uint64, error) { defer c.lock()(); return c.now, nil }

func (c *fakeChain) ModelID(hash protocol.Digest) protocol.Digest {
	return protocol.Keccak256(c.creator[:], hash[:])
}

func (c *fakeChain) Registered(_ context.Context, id protocol.Digest) (known, active bool, err error) {
	defer c.lock()()
	return c.prices[id] != nil, c.prices[id] != nil && !c.stopped[id], nil
}

func (c *fakeChain) Price(_ context.Context, id protocol.Digest, cut uint32) (protocol.Amount, error) {
	defer c.lock()()
	return c.prices[id][cut], nil
}

func (c *fakeChain) Register(_ context.Context, hash protocol.Digest, _ []byte, prices map[uint32]protocol.Amount) error {
	defer c.lock()()
	c.writes++
	c.prices[c.ModelID(hash)] = prices
	return nil
}

func (c *fakeChain) SetPrice(_ context.Context, id protocol.Digest, cut uint32, price protocol.Amount) error {
	defer c.lock()()
	c.writes++
	c.prices[id][cut] = price
	return nil
}

func (c *fakeChain) SetActive(_ context.Context, id protocol.Digest, active bool) error {
	defer c.lock()()
	c.writes++
	c.stopped[id] = !active
	return nil
}

func (c *fakeChain) Escrow(_ context.Context, job protocol.Digest) (Escrow, error) {
	defer c.lock()()
	if c.asked != nil {
		c.asked(c)
	}
	return c.escrow[job], nil
}

func (c *fakeChain) WouldPay(context.Context, protocol.JobSpec, protocol.Delivery, []byte) (bool, error) {
	defer c.lock()()
	return !c.refuses, nil
}

func (c *fakeChain) set(change func()) { defer c.lock()(); change() }
