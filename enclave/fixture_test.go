package enclave

import (
	"bytes"
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// fixture is a small real model and a user of it.
type fixture struct {
	plan      fhe.Plan
	planBytes []byte
	prefix    []byte
	secret    *fhe.SecretKey
	keys      []byte // empty for a keyless plan
	input     []byte
	want      []float64
}

var (
	// keyless is one linear map and a square.
	keyless = sync.OnceValue(func() fixture {
		return makeFixture(true, fhe.Prefix{Input: []int{4}, Layers: []fhe.Layer{
			fhe.NewDense("fc1", fhe.Dense{In: 4, Out: 3, Weights: []float64{1, -2, 0.5, 0.25, -1, 0, 1, 2, 0.125, 1, 1, -1}, Bias: []float64{0.5, 0, -0.25}}),
			fhe.NewPoly("sq1", fhe.NewQuadratic([]float64{1, 0.5, -1}, []float64{0, 1, 0}, []float64{0, 0, 0.5})),
		}})
	})
	// levelled has squares of squares of squares, so that it needs evaluation keys.
	levelled = sync.OnceValue(func() fixture {
		return makeFixture(false, fhe.Prefix{Input: []int{4}, Layers: []fhe.Layer{
			fhe.NewDense("fc1", fhe.Dense{In: 4, Out: 3, Weights: []float64{1, -2, 0.5, 0.25, -1, 0, 1, 2, 0.125, 1, 1, -1}}),
			fhe.NewPoly("sq1", fhe.NewQuadratic([]float64{1, 1, 1}, []float64{0, 0, 0}, []float64{0, 0, 0})),
			fhe.NewDense("fc2", fhe.Dense{In: 3, Out: 2, Weights: []float64{1, -1, 0.5, 0.25, 1, -0.5}}),
			fhe.NewPoly("sq2", fhe.NewQuadratic([]float64{1, 1}, []float64{0.5, 0}, []float64{0, 0})),
			fhe.NewDense("fc3", fhe.Dense{In: 2, Out: 2, Weights: []float64{1, -0.5, 0.5, 1}}),
			fhe.NewPoly("sq3", fhe.NewQuadratic([]float64{1, 1}, []float64{0, 0}, []float64{0, 0})),
		}})
	})
)

// makeFixture panics where a test would fail, since tests share its result.
func makeFixture(wantKeyless bool, prefix fhe.Prefix) (f fixture) {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	var err error
	f.plan, err = fhe.Compile(context.Background(), prefix, fhe.Options{Threads: 1})
	must(err)
	if f.plan.Info().Keyless != wantKeyless {
		panic("the compiler chose another kind of plan")
	}
	f.planBytes, err = f.plan.MarshalBinary()
	must(err)
	f.prefix, err = prefix.MarshalBinary()
	must(err)
	f.secret, err = f.plan.NewSecretKey()
	must(err)
	var keys bytes.Buffer
	must(f.plan.EvaluationKeys(context.Background(), f.secret, &keys, nil))
	f.keys = keys.Bytes()
	x := []float64{0.25, 0.5, 0.75, 1}
	f.input, err = f.plan.Encrypt(f.secret, x)
	must(err)
	f.want, err = prefix.Eval(x)
	must(err)
	return f
}

// checkOutput decrypts what a worker gave and compares it with the plaintext model.
func (f fixture) checkOutput(t *testing.T, output []byte) {
	t.Helper()
	d, err := f.plan.Decrypt(f.secret, output)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.DecodeRawUnsafe()
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.want {
		if len(got) != len(f.want) || math.Abs(got[i]-f.want[i]) > 1e-3 {
			t.Fatalf("decrypted %v, want %v", got, f.want)
		}
	}
}

// order is a job with the blobs that it names, before a test spoils one of them.
type order struct {
	fixture
	payload protocol.PrefixPayload
	sealed  []byte
	assign  protocol.Assign
	worker  protocol.SealingKey
}

// orderFor makes a sound assignment for a worker with the given key.
func orderFor(worker protocol.SealingKey, f fixture) *order {
	o := &order{fixture: f, payload: protocol.PrefixPayload{Salt: [32]byte{1}, PlanDigest: f.plan.Digest(), Prefix: f.prefix}, worker: worker}
	o.keys, o.input = slices.Clone(f.keys), slices.Clone(f.input)
	info := f.plan.Info()
	o.assign = protocol.Assign{
		Epoch: 1, LeaseSeconds: 30, Domain: testDomain,
		Spec: protocol.JobSpec{
			User: protocol.Address{1}, Creator: protocol.Address{2}, ModelID: protocol.Digest{3}, ManifestHash: protocol.Digest{4},
			Cut: 2, WorkloadID: testWorkload, ComputeMs: protocol.MaxComputeMs, PrefixBy: 1 << 32, DeliverBy: 1 << 33,
			InputHash: protocol.BlobDigest(o.input), WorkerFee: 5, CreatorFee: 6, FeeBps: 7, Salt: protocol.Digest{8},
		},
		Cut: protocol.Cut{
			Index: 2, Layer: "last", Layers: stepNames(info), Shape: info.OutputShape, Plan: f.planBytes,
			WorkloadID: testWorkload, Price: 1, Keyless: info.Keyless,
			KeysBytes: uint64(info.KeysBytes), InputBytes: uint64(info.InputBytes), OutputBytes: uint64(info.OutputBytes),
		},
	}
	if !info.Keyless {
		o.assign.Spec.KeysHash = protocol.BlobDigest(o.keys)
	}
	o.seal(o.worker)
	return o
}

// seal seals the payload to key and names it in the assignment.
func (o *order) seal(key protocol.SealingKey) {
	hash, sealed, err := protocol.SealPrefixPayload(o.payload, key.Public())
	if err != nil {
		panic(err) // a sound key and payload
	}
	o.sealed = sealed
	o.assign.Spec.PrefixHash, o.assign.Cut.PrefixHash = hash, hash
	o.assign.Cut.SealedPrefix, o.assign.Cut.SealedPrefixBytes = protocol.BlobDigest(sealed), uint64(len(sealed))
	o.sign()
}

// sign makes the job id fit the rest.
func (o *order) sign() { o.assign.JobID = o.assign.Domain.JobID(o.assign.Spec) }

// store puts the order's blobs where the assignment says that they are.
func (o *order) store(h *fakeHost) {
	h.store(o.assign.Cut.SealedPrefix, o.sealed)
	h.store(o.assign.Spec.InputHash, o.input)
	h.store(o.assign.Spec.KeysHash, o.keys)
}

func stepNames(info fhe.Info) (names []string) {
	for _, s := range info.Steps {
		names = append(names, s.Name)
	}
	return names
}
