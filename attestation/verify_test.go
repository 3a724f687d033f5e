package attestation_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/dstack"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

var (
	testNow     = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	testSeed    = bytes.Repeat([]byte("seed"), 8)
	testCompose = appCompose("registry.example/worker@sha256:" + strings.Repeat("ab", 32))
)

// appCompose is the text of an app of one container.
func appCompose(image string) []byte {
	return []byte(`{"manifest_version":2,"name":"worker","runner":"docker-compose","kms_enabled":true,"docker_compose_file":"services:\n  worker:\n    image: ` +
		image + `\n"}`)
}

// scene is a simulated worker with a policy that accepts it and the binding that it should have.
type scene struct {
	sim      *simulator.Simulator
	evidence protocol.Evidence
	want     protocol.Binding
	policy   attestation.PolicyLiteral
}

func (s scene) verify(t testing.TB) attestation.Verdict {
	t.Helper()
	return attestation.Verify(s.evidence, s.want, mustPolicy(t, s.policy), testNow)
}

func mustPolicy(t testing.TB, l attestation.PolicyLiteral) attestation.Policy {
	t.Helper()
	p, err := attestation.NewPolicy(l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newScene makes good evidence, but for what the hooks change before it is signed.
func newScene(t testing.TB, hooks simulator.Hooks) scene {
	t.Helper()
	return newSceneOf(t, simulator.Config{Hooks: hooks})
}

func newSceneOf(t testing.TB, config simulator.Config) scene {
	t.Helper()
	config.AppCompose, config.Seed, config.Now = testCompose, testSeed, func() time.Time { return testNow }
	sim, err := simulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := protocol.ParseSigningKey(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	sealing, err := protocol.DeriveSealingKey(bytes.Repeat([]byte{2}, 32))
	if err != nil {
		t.Fatal(err)
	}
	binding := protocol.Binding{
		ChainID: 31337, Registry: protocol.Address{1}, Operator: protocol.Address{2},
		ReceiptKey: receipt.PublicKey(), SealingKey: sealing.Public(), Nonce: protocol.Nonce{3},
	}
	s := scene{sim: sim, want: binding, policy: acceptingPolicy(t)}
	data := binding.ReportData()
	q, err := sim.Quote(context.Background(), data[:])
	if err != nil {
		t.Fatal(err)
	}
	collateral, err := sim.Collateral()
	if err != nil {
		t.Fatal(err)
	}
	s.evidence = evidence(q, collateral)
	s.evidence.Binding = binding
	return s
}

// issueReceiptKey makes the receipt key one of the simulated KMS, pins the KMS and quotes anew.
func (s *scene) issueReceiptKey(t testing.TB) {
	t.Helper()
	const purpose = "test"
	key, err := s.sim.Key(dstack.KeyRequest{Path: "receipt", Purpose: purpose})
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := protocol.ParseSigningKey(key.Key)
	if err != nil {
		t.Fatal(err)
	}
	s.want.ReceiptKey = receipt.PublicKey()
	data := s.want.ReportData()
	q, err := s.sim.Quote(context.Background(), data[:])
	if err != nil {
		t.Fatal(err)
	}
	s.evidence.Quote, s.evidence.Binding = q.Quote, s.want
	s.evidence.ReceiptKeyChain = &protocol.KeyChain{Purpose: purpose}
	for _, signature := range key.SignatureChain {
		s.evidence.ReceiptKeyChain.Signatures = append(s.evidence.ReceiptKeyChain.Signatures, signature)
	}
	s.policy.Dstack.KMSKey = hex.EncodeToString(s.sim.KMSPublicKey())
}

func evidence(q dstack.Quote, collateral []byte) protocol.Evidence {
	return protocol.Evidence{
		TEE: "tdx", Quote: q.Quote, EventLog: []byte(q.EventLog), VMConfig: []byte(q.VMConfig),
		AppCompose: bytes.Clone(testCompose), Collateral: collateral,
	}
}

// acceptingPolicy accepts the simulator of testSeed without hooks, and nothing else.
func acceptingPolicy(t testing.TB) attestation.PolicyLiteral {
	t.Helper()
	sim, err := simulator.New(simulator.Config{AppCompose: testCompose, Seed: testSeed})
	if err != nil {
		t.Fatal(err)
	}
	hash := sim.ComposeHash()
	mrtd, rtmr0, rtmr1, rtmr2 := sim.Measurements()
	return attestation.PolicyLiteral{
		TCB: attestation.TCBPolicy{MinEvaluationNumber: 20},
		TDX: attestation.TDXPolicy{Measurements: []attestation.Measurement{{
			Name: "simulated", MRTD: mrtd.String(), RTMR0: rtmr0.String(), RTMR1: rtmr1.String(), RTMR2: rtmr2.String(),
		}}},
		Dstack: attestation.DstackPolicy{
			ComposeHashes: []string{hex.EncodeToString(hash[:])},
			KeyProviders:  []attestation.KeyProvider{{Name: "kms", ID: sim.KeyProviderID()}},
		},
		InsecureSimulatorRootPEM: sim.RootPEM(),
	}
}

// expect requires a result of every named check.
func expect(t testing.TB, v attestation.Verdict, want attestation.Result, names ...string) {
	t.Helper()
	for _, name := range names {
		c, ok := v.Check(name)
		if !ok {
			t.Errorf("no check %s", name)
		} else if c.Status != want {
			t.Errorf("check %+v, want %s", c, want)
		}
	}
}

// refused requires that exactly the named checks failed and that the verdict is not OK.
func refused(t testing.TB, v attestation.Verdict, names ...string) {
	t.Helper()
	want := make(map[string]bool)
	for _, name := range names {
		want[name] = true
	}
	for _, c := range v.Checks {
		if (c.Status == attestation.Failed) != want[c.Name] {
			t.Errorf("check %+v, want failed %t", c, want[c.Name])
		}
	}
	if v.OK() || v.Accepted {
		t.Error("the verdict is OK")
	}
	if _, err := v.Worker(); !errors.Is(err, attestation.ErrNotVerified) {
		t.Errorf("Worker: %v, want ErrNotVerified", err)
	}
}

// notAsked are checks that the accepting policy does not ask for, or that a TDX 1.0 quote has
// nothing to say to.
var notAsked = []string{"device.known", "tcb.date", "td.service", "sgx.debug", "sgx.init", "app-id.known", "kms.chain"}

func TestSimulatedWorkerPasses(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	v := s.verify(t)
	if err := v.Err(); err != nil {
		t.Fatal(err)
	}
	if !v.OK() || !v.Accepted || !v.Simulated || v.TCBStatus != dcap.UpToDate {
		t.Errorf("verdict %+v", v)
	}
	for _, c := range v.Checks {
		if c.Status == attestation.Skipped && !slices.Contains(notAsked, c.Name) {
			t.Errorf("skipped %+v", c)
		}
	}
	w, err := v.Worker()
	if err != nil {
		t.Fatal(err)
	}
	if !w.Valid() || !w.Simulated() || !bytes.Equal(w.ReceiptKey(), s.want.ReceiptKey) ||
		!bytes.Equal(w.SealingKey(), s.want.SealingKey) || w.Operator() != s.want.Operator ||
		w.Workload() != v.Workload || v.WorkloadID != v.Workload.ID() {
		t.Errorf("worker %+v", w)
	}
	hash := s.sim.ComposeHash()
	if want := hex.EncodeToString(hash[:]); v.Workload.ComposeHash != want || v.Workload.TEE != "tdx" ||
		v.Workload.KeyProvider != "kms:"+s.sim.KeyProviderID() {
		t.Errorf("workload %+v", v.Workload)
	}
	if want := testNow.Add(30 * 24 * time.Hour); !v.ExpiresAt.Equal(want) {
		t.Errorf("expires %s, want %s", v.ExpiresAt, want)
	}
}

// The verifier may leave operator and keys open: they are learnt, and bound by the quote.
func TestKeysAreLearnt(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	s.want = protocol.Binding{ChainID: s.want.ChainID, Registry: s.want.Registry, Nonce: s.want.Nonce}
	if err := s.verify(t).Err(); err != nil {
		t.Error(err)
	}
}

// The whole way: worker's client, unix socket, simulator, verifier.
func TestOverSocket(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	socket := filepath.Join(t.TempDir(), "s")
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.sim.Serve(ctx, l) }()
	client, err := dstack.NewClient(socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	data := s.want.ReportData()
	q, err := client.GetQuote(t.Context(), data[:])
	if err != nil {
		t.Fatal(err)
	}
	binding := s.evidence.Binding
	s.evidence = evidence(q, s.evidence.Collateral)
	s.evidence.Binding = binding
	if err := s.verify(t).Err(); err != nil {
		t.Error(err)
	}
}

func TestDefaultPolicyRefusesSimulator(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	s.policy.InsecureSimulatorRootPEM = ""
	v := s.verify(t)
	refused(t, v, "pck.chain")
	if v.Simulated || v.TCBStatus != "" {
		t.Errorf("simulated %t, TCB status %q", v.Simulated, v.TCBStatus)
	}
	if !errors.Is(v.Err(), attestation.ErrHardware) {
		t.Errorf("error %v, want ErrHardware", v.Err())
	}
}

// Another simulator's root is another root, though its names are the same.
func TestOtherSimulatorIsRefused(t *testing.T) {
	t.Parallel()
	other, err := simulator.New(simulator.Config{AppCompose: testCompose})
	if err != nil {
		t.Fatal(err)
	}
	s := newScene(t, simulator.Hooks{})
	s.policy.InsecureSimulatorRootPEM = other.RootPEM()
	refused(t, s.verify(t), "pck.chain")
}

func TestZeroValuesRefuse(t *testing.T) {
	t.Parallel()
	var v attestation.Verdict
	if v.OK() || !errors.Is(v.Err(), attestation.ErrNotVerified) {
		t.Error("the zero verdict is OK")
	}
	if _, err := v.Worker(); err == nil {
		t.Error("the zero verdict gives a worker")
	}
	var w attestation.VerifiedWorker
	if w.Valid() || w.ReceiptKey() != nil || w.SealingKey() != nil {
		t.Error("the zero worker is valid")
	}
	if _, err := w.Signer(); !errors.Is(err, attestation.ErrNotVerified) {
		t.Errorf("Signer of the zero worker: %v", err)
	}
	s := newScene(t, simulator.Hooks{})
	if v := attestation.Verify(s.evidence, s.want, attestation.Policy{}, testNow); v.OK() {
		t.Error("the zero policy accepts evidence")
	}
	if v := attestation.Verify(protocol.Evidence{}, s.want, mustPolicy(t, s.policy), testNow); v.OK() {
		t.Error("empty evidence is accepted")
	}
	// A policy without lists knows no software.
	s.policy.Dstack.ComposeHashes, s.policy.TDX.Measurements, s.policy.Dstack.KeyProviders = nil, nil, nil
	refused(t, s.verify(t), "compose.hash", "measurements.known", "key-provider.known")
}

// A verdict that travelled as JSON is a claim, not a proof.
func TestDecodedVerdictIsNoProof(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(newScene(t, simulator.Hooks{}).verify(t))
	if err != nil {
		t.Fatal(err)
	}
	var v attestation.Verdict
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	if !v.Accepted || !v.Simulated {
		t.Errorf("decoded verdict %s", raw)
	}
	if v.OK() {
		t.Error("a decoded verdict is OK")
	}
	if _, err := v.Worker(); err == nil {
		t.Error("a decoded verdict gives a worker")
	}
}

func TestVerifyIsPure(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	a, err := json.Marshal(s.verify(t))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(s.verify(t))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("the same evidence gave two verdicts")
	}
	// Changing the evidence afterwards does not change the proof.
	v := s.verify(t)
	w, err := v.Worker()
	if err != nil {
		t.Fatal(err)
	}
	s.evidence.Binding.ReceiptKey[5] ^= 1
	w.ReceiptKey()[5] ^= 1
	again, err := v.Worker()
	if err != nil || again.ReceiptKey()[5] == s.evidence.Binding.ReceiptKey[5] {
		t.Error("the proof shares memory with the evidence")
	}
}

func TestWriteText(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	var good, bad strings.Builder
	if err := s.verify(t).WriteText(&good); err != nil {
		t.Fatal(err)
	}
	s.evidence.Quote[600] ^= 1
	if err := s.verify(t).WriteText(&bad); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(good.String(), "verified (SIMULATED") {
		t.Errorf("text does not say simulated:\n%s", &good)
	}
	for _, want := range []string{"NOT VERIFIED (SIMULATED", "failed  quote.signature", "-> do not use this worker"} {
		if !strings.Contains(bad.String(), want) {
			t.Errorf("no %q in:\n%s", want, &bad)
		}
	}
}

// An attacker's bytes cannot steer a terminal or flood a page.
func TestTextIsPrintable(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{EventLog: func(e []eventlog.Event) []eventlog.Event {
		event(e, "key-provider").Payload = []byte(`{"name":"\u001b[2J","id":"` + strings.Repeat("a", 60000) + `"}`)
		return e
	}})
	s.evidence.TEE = "\x1b[31m"
	v := s.verify(t)
	var text strings.Builder
	if err := v.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), "\x1b") || strings.Contains(v.Err().Error(), "\x1b") {
		t.Errorf("escape sequence in %q", text.String())
	}
	for _, c := range v.Checks {
		if len(c.Got)+len(c.Why) > 20000 {
			t.Errorf("check %s carries %d bytes", c.Name, len(c.Got)+len(c.Why))
		}
	}
}

func TestErrorNamesCheckAndRemedy(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	s.want.Nonce = protocol.Nonce{9}
	err := s.verify(t).Err()
	var failed *attestation.CheckError
	if !errors.As(err, &failed) || failed.Check.Name != "binding.nonce" || !failed.Simulated {
		t.Fatalf("error %v", err)
	}
	if !errors.Is(err, attestation.ErrBinding) || errors.Is(err, attestation.ErrTCB) || !errors.Is(err, attestation.ErrNotVerified) {
		t.Errorf("classes of %v", err)
	}
	if !strings.Contains(err.Error(), "binding.nonce") || !strings.Contains(err.Error(), "ask the worker") {
		t.Errorf("error %q names neither check nor remedy", err)
	}
}
