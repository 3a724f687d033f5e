package contracts_test

import (
	"errors"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

func TestWorkerLifeCycle(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	live := func(want protocol.Address) {
		t.Helper()
		if got := must(e.LiveOperator(ctx, e.worker.Address(), e.workload))(t); got != want {
			t.Fatalf("live operator is %s, want %s", got, want)
		}
	}
	live(e.operator.Address())
	w := must(e.Worker(ctx, e.worker.Address()))(t)
	if w.Operator != e.operator.Address() || w.WorkloadID != e.workload || w.SealingKeyHash != protocol.Keccak256(e.sealingKey) {
		t.Fatalf("registered %+v", w)
	}
	if got := must(e.LiveOperator(ctx, e.worker.Address(), protocol.Digest{9}))(t); !got.IsZero() {
		t.Fatal("live for another workload")
	}
	older := e.registration(t, e.worker, e.workload, 30*time.Minute)
	wantRevert(t, e.RegisterWorker(ctx, e.operator, older), "EvidenceNotNewer")
	wantRevert(t, e.RegisterWorker(ctx, e.operator, e.registration(t, e.worker, e.workload, 31*24*time.Hour)), "EvidenceTooLong")

	renewal := e.registration(t, e.worker, e.workload, 3*time.Hour)
	check(t, e.RegisterWorker(ctx, e.stranger, renewal))
	check(t, e.chain.AdvanceTime(2*time.Hour))
	live(e.operator.Address())
	check(t, e.chain.AdvanceTime(2*time.Hour))
	live(protocol.Address{})
	wantRevert(t, e.RegisterWorker(ctx, e.operator, renewal), "EvidenceExpired")

	check(t, e.RegisterWorker(ctx, e.operator, e.registration(t, e.worker, e.workload, time.Hour)))
	check(t, e.SetWorkload(ctx, e.owner, e.workload, false, ""))
	live(protocol.Address{})
	if must(e.WorkloadAllowed(ctx, e.workload))(t) {
		t.Fatal("workload is still allowed")
	}
	check(t, e.SetWorkload(ctx, e.owner, e.workload, true, ""))
	live(e.operator.Address())

	wantRevert(t, e.RevokeWorker(ctx, e.stranger, e.worker.Address()), "NotOperatorOrOwner")
	check(t, e.RevokeWorker(ctx, e.operator, e.worker.Address()))
	live(protocol.Address{})
	wantRevert(t, e.RegisterWorker(ctx, e.operator, e.registration(t, e.worker, e.workload, 2*time.Hour)), "SignerRevoked")
}

func TestRegisterWorkerRefusesForgedVerdict(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	fresh := newKey(t)
	good := e.registration(t, fresh, e.workload, time.Hour)

	changes := map[string]func(*contracts.Registration){
		"operator":    func(r *contracts.Registration) { r.Operator = e.stranger.Address() },
		"signer":      func(r *contracts.Registration) { r.Signer = e.stranger.Address() },
		"sealing key": func(r *contracts.Registration) { r.SealingKey = []byte{1} },
		"quote hash":  func(r *contracts.Registration) { r.Evidence[63] ^= 1 },
		"valid until": func(r *contracts.Registration) { r.Evidence[95] ^= 1 },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			bad := good
			bad.Evidence = append([]byte(nil), good.Evidence...)
			change(&bad)
			wantRevert(t, e.RegisterWorker(t.Context(), e.stranger, bad), "NotAttester")
		})
	}
	check(t, e.SetAttester(ctx, e.owner, e.owner.Address(), false))
	wantRevert(t, e.RegisterWorker(ctx, e.operator, good), "NotAttester")
	check(t, e.SetAttester(ctx, e.owner, e.owner.Address(), true))
	check(t, e.RegisterWorker(ctx, e.operator, good))
	other := e.registration(t, fresh, protocol.Digest{7}, 2*time.Hour)
	wantRevert(t, e.RegisterWorker(ctx, e.operator, other), "WorkloadNotAllowed")
}

func TestModelLifeCycle(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	m := must(e.Model(ctx, e.model))(t)
	if m.Creator != e.creator.Address() || !m.Active || m.ManifestHash != e.manifest || m.SealingKeyHash != protocol.Keccak256(e.sealingKey) {
		t.Fatalf("registered %+v", m)
	}
	if _, err := e.Model(ctx, protocol.Digest{1}); !errors.Is(err, contracts.ErrNotFound) {
		t.Fatalf("unknown model: %v", err)
	}
	_, err := e.RegisterModel(ctx, e.creator, e.manifest, e.sealingKey, "", nil)
	wantRevert(t, err, "ModelExists")
	_, err = e.RegisterModel(ctx, e.creator, protocol.Digest{1}, nil, "", nil)
	wantRevert(t, err, "EmptySealingKey")

	wantRevert(t, e.SetPrice(ctx, e.stranger, e.model, contracts.CutPrice{Cut: cut, Price: 1}), "NotCreator")
	check(t, e.SetPrice(ctx, e.creator, e.model, contracts.CutPrice{Cut: cut, Price: 7}))
	if got := must(e.Price(ctx, e.model, cut))(t); got != 7 {
		t.Fatalf("price is %d", got)
	}
	spec := e.spec(t, 1)
	check(t, e.SetModelActive(ctx, e.creator, e.model, false))
	_, err = e.PostJob(ctx, e.user, spec)
	wantRevert(t, err, "ModelNotActive")
	check(t, e.SetModelActive(ctx, e.creator, e.model, true))
	must(e.PostJob(ctx, e.user, spec))(t)
}

func TestOwnerOnly(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	wantRevert(t, e.SetWorkload(ctx, e.stranger, protocol.Digest{1}, true, ""), "OwnableUnauthorizedAccount")
	wantRevert(t, e.SetAttester(ctx, e.stranger, e.stranger.Address(), true), "OwnableUnauthorizedAccount")
}

func TestDialChecksAddresses(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	tests := map[string]func(*contracts.Addresses){
		"chain id":              func(a *contracts.Addresses) { a.ChainID = 1 },
		"no contract":           func(a *contracts.Addresses) { a.ModelRegistry = protocol.Address{1} },
		"other token":           func(a *contracts.Addresses) { a.Token = a.ModelRegistry },
		"other worker registry": func(a *contracts.Addresses) { a.WorkerRegistry = a.ModelRegistry },
		"not a market":          func(a *contracts.Addresses) { a.Market = a.Token },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			a := e.addresses
			change(&a)
			if c, err := contracts.Dial(ctx, e.chain.HTTP(), a); err == nil {
				c.Close()
				t.Fatal("dialled wrong addresses")
			}
		})
	}
	if c, err := contracts.Dial(ctx, e.chain.WebSocket(), e.addresses); err != nil {
		t.Fatal(err)
	} else {
		c.Close()
	}
}
