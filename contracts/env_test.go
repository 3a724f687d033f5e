package contracts_test

import (
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/contracts/devchain"
	"github.com/encrypted-compute/encompute/protocol"
)

// What every test's market starts with.
const (
	workerFee  = 200_000
	creatorFee = 100_000
	feeBps     = 250
	cut        = 3
	money      = 1_000_000 // what the user has
)

// env is a fresh chain with the contracts on it, one live worker and one model.
type env struct {
	chain     *devchain.Chain
	addresses contracts.Addresses
	*contracts.Client
	owner, user, operator, creator, worker, stranger protocol.SigningKey

	workload, manifest, model protocol.Digest
	sealingKey                []byte
}

// newKeys makes everybody's keys.
func newKeys(t *testing.T) *env {
	t.Helper()
	e := &env{
		workload: protocol.NewDigest("test", []byte("workload")), manifest: protocol.NewDigest("test", []byte("manifest")),
		sealingKey: make([]byte, protocol.SealingKeyBytes),
	}
	for _, k := range []*protocol.SigningKey{&e.owner, &e.user, &e.operator, &e.creator, &e.worker, &e.stranger} {
		*k = newKey(t)
	}
	return e
}

// payers are the accounts that need gas.
func (e *env) payers() []protocol.Address {
	return []protocol.Address{e.owner.Address(), e.user.Address(), e.operator.Address(), e.creator.Address(), e.stranger.Address()}
}

func newEnv(t *testing.T) *env {
	t.Helper()
	e := newKeys(t)
	var err error
	e.chain, err = devchain.Start(devchain.Config{Fund: e.payers()})
	check(t, err)
	t.Cleanup(func() { check(t, e.chain.Close()) })
	e.deploy(t, e.chain.Client(), e.chain.HTTP())
	return e
}

// deploy puts the contracts on a chain, with one live worker and one model.
func (e *env) deploy(t *testing.T, backend contracts.Backend, url string) {
	t.Helper()
	ctx := t.Context()
	var err error
	e.addresses, err = contracts.Deploy(ctx, backend, e.owner, contracts.Config{
		FeeBps: feeBps, Attesters: []protocol.Address{e.owner.Address()}, Relays: []protocol.Address{e.owner.Address()}, Workloads: []protocol.Digest{e.workload},
	})
	check(t, err)
	e.Client, err = contracts.Dial(ctx, url, e.addresses)
	check(t, err)
	t.Cleanup(e.Client.Close)
	check(t, e.MintTestToken(ctx, e.owner, e.user.Address(), money))
	check(t, e.RegisterWorker(ctx, e.operator, e.registration(t, e.worker, e.workload, time.Hour)))
	e.model, err = e.RegisterModel(ctx, e.creator, e.manifest, e.sealingKey, "", []contracts.CutPrice{{Cut: cut, Price: creatorFee}})
	check(t, err)
}

// registration makes a registration of worker, whose evidence the owner attests for d.
func (e *env) registration(t *testing.T, worker protocol.SigningKey, workload protocol.Digest, d time.Duration) contracts.Registration {
	t.Helper()
	binding, err := protocol.Binding{
		ChainID: e.addresses.ChainID, Registry: e.addresses.WorkerRegistry, Operator: e.operator.Address(),
		ReceiptKey: worker.PublicKey(), SealingKey: e.sealingKey,
	}.RegistryBinding()
	check(t, err)
	evidence, err := contracts.SignVerdict(e.owner, e.addresses, contracts.Verdict{
		Binding: binding, WorkloadID: workload, QuoteHash: protocol.NewDigest("test", []byte("quote")), ValidUntil: e.now(t) + uint64(d.Seconds()),
	})
	check(t, err)
	return contracts.Registration{Operator: e.operator.Address(), Signer: worker.Address(), SealingKey: e.sealingKey, Evidence: evidence}
}

func (e *env) now(t *testing.T) uint64 {
	t.Helper()
	return must(e.HeaderTime(t.Context()))(t)
}

// spec returns a job that the market takes.
func (e *env) spec(t *testing.T, salt byte) protocol.JobSpec {
	t.Helper()
	now := e.now(t)
	return protocol.JobSpec{
		User: e.user.Address(), Creator: e.creator.Address(), ModelID: e.model, ManifestHash: e.manifest,
		PrefixHash: protocol.Digest{1}, Cut: cut, WorkloadID: e.workload, ComputeMs: protocol.MaxComputeMs,
		PrefixBy: now + 600, DeliverBy: now + 3600, InputHash: protocol.Digest{2}, KeysHash: protocol.Digest{3},
		WorkerFee: workerFee, CreatorFee: creatorFee, FeeBps: feeBps, Salt: protocol.Digest{salt},
	}
}

// receipt returns a receipt for spec, signed by key.
func (e *env) receipt(spec protocol.JobSpec, key protocol.SigningKey) (protocol.Receipt, []byte) {
	r := protocol.Receipt{
		JobID: e.Domain().JobID(spec), PrefixHash: spec.PrefixHash, KeysHash: spec.KeysHash, InputHash: spec.InputHash,
		OutputHash: protocol.Digest{4}, ElapsedMs: 1234,
	}
	return r, key.SignDigest(e.Domain().ReceiptDigest(r))
}

// delivery returns a delivery for spec, signed by key.
func (e *env) delivery(spec protocol.JobSpec, key protocol.SigningKey) (protocol.Delivery, []byte) {
	d := protocol.Delivery{JobID: e.Domain().JobID(spec), OutputHash: protocol.Digest{4}, ResultHash: protocol.Digest{5}}
	return d, key.SignDigest(e.Domain().DeliveryDigest(d))
}

// acknowledgement is the user's signature that a delivery came.
func (e *env) acknowledgement(spec protocol.JobSpec, d protocol.Delivery) []byte {
	return e.user.SignDigest(e.Domain().AcknowledgementDigest(protocol.Acknowledgement{JobID: e.Domain().JobID(spec), ResultHash: d.ResultHash}))
}

// post posts a job with the given salt.
func (e *env) post(t *testing.T, salt byte) protocol.JobSpec {
	t.Helper()
	spec := e.spec(t, salt)
	must(e.PostJob(t.Context(), e.user, spec))(t)
	return spec
}

func (e *env) wantState(t *testing.T, spec protocol.JobSpec, want contracts.State) {
	t.Helper()
	if got := must(e.JobState(t.Context(), e.Domain().JobID(spec)))(t); got != want {
		t.Fatalf("job is %s, want %s", got, want)
	}
}

func (e *env) wantCredit(t *testing.T, account protocol.SigningKey, want protocol.Amount) {
	t.Helper()
	if got := must(e.Credit(t.Context(), account.Address()))(t); got != want {
		t.Fatalf("credit is %d, want %d", got, want)
	}
}

func (e *env) wantTokens(t *testing.T, account protocol.Address, want protocol.Amount) {
	t.Helper()
	if got := must(e.TokenBalance(t.Context(), account))(t); got != want {
		t.Fatalf("%s has %d token units, want %d", account, got, want)
	}
}

func wantRevert(t *testing.T, err error, name string) {
	t.Helper()
	if !contracts.IsRevert(err, name) {
		t.Fatalf("got %v, want refusal %s", err, name)
	}
}

func newKey(t *testing.T) protocol.SigningKey {
	t.Helper()
	return must(protocol.NewSigningKey())(t)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// must makes a value of a call's two results; the test fails on an error.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		check(t, err)
		return v
	}
}
