package contracts_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

func TestWholeJob(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	for salt := byte(1); salt <= 2; salt++ {
		spec := e.spec(t, salt)
		id := must(e.PostJob(ctx, e.user, spec))(t)
		if id != e.Domain().JobID(spec) {
			t.Fatalf("job id %s, want %s", id, e.Domain().JobID(spec))
		}
		e.wantState(t, spec, contracts.StatePosted)
		r, sig := e.receipt(spec, e.worker)
		check(t, e.SubmitReceipt(ctx, e.stranger, spec, r, sig))
		e.wantState(t, spec, contracts.StateComputed)
		d, sig := e.delivery(spec, e.creator)
		check(t, e.Deliver(ctx, e.stranger, spec, d, sig, e.acknowledgement(spec, d)))
		e.wantState(t, spec, contracts.StateDelivered)
	}
	e.wantTokens(t, e.user.Address(), money-2*(workerFee+creatorFee))
	e.wantTokens(t, e.addresses.Market, 2*(workerFee+creatorFee))
	for _, p := range []struct {
		who  protocol.SigningKey
		want protocol.Amount
	}{{e.operator, 2 * 195_000}, {e.creator, 2 * 97_500}, {e.owner, 2 * 7_500}} {
		e.wantCredit(t, p.who, p.want)
		check(t, e.Withdraw(ctx, p.who, p.who.Address()))
		e.wantTokens(t, p.who.Address(), p.want)
		e.wantCredit(t, p.who, 0)
		wantRevert(t, e.Withdraw(ctx, p.who, p.who.Address()), "NothingToWithdraw")
	}
	e.wantTokens(t, e.addresses.Market, 0)
}

func TestAnyLiveWorkerOfTheWorkloadMayAnswer(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	spec := e.post(t, 1)
	late := newKey(t)
	check(t, e.RegisterWorker(ctx, e.stranger, e.registration(t, late, e.workload, time.Hour)))
	r, sig := e.receipt(spec, late)
	check(t, e.SubmitReceipt(ctx, e.stranger, spec, r, sig))
	e.wantCredit(t, e.operator, 195_000)
}

func TestRefundAfterPrefixDeadline(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	spec := e.post(t, 1)
	wantRevert(t, e.Refund(ctx, e.stranger, spec), "DeadlineNotPassed")
	check(t, e.chain.AdvanceTime(11*time.Minute))
	r, sig := e.receipt(spec, e.worker)
	wantRevert(t, e.SubmitReceipt(ctx, e.stranger, spec, r, sig), "DeadlinePassed")
	check(t, e.Refund(ctx, e.stranger, spec))
	e.wantState(t, spec, contracts.StateRefunded)
	e.wantCredit(t, e.user, workerFee+creatorFee)
	wantRevert(t, e.Refund(ctx, e.stranger, spec), "InvalidState")
	check(t, e.Withdraw(ctx, e.user, e.user.Address()))
	e.wantTokens(t, e.user.Address(), money)
}

func TestRefundAfterDeliveryDeadline(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	spec := e.post(t, 1)
	r, sig := e.receipt(spec, e.worker)
	check(t, e.SubmitReceipt(ctx, e.stranger, spec, r, sig))
	wantRevert(t, e.Refund(ctx, e.stranger, spec), "DeadlineNotPassed")
	check(t, e.chain.AdvanceTime(2*time.Hour))
	d, sig := e.delivery(spec, e.creator)
	wantRevert(t, e.Deliver(ctx, e.stranger, spec, d, sig, nil), "DeadlinePassed")
	check(t, e.Refund(ctx, e.stranger, spec))
	e.wantState(t, spec, contracts.StateUndelivered)
	e.wantCredit(t, e.user, creatorFee)
	e.wantCredit(t, e.operator, 195_000)
}

func TestSubmitReceiptRefuses(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	other := protocol.NewDigest("test", []byte("other workload"))
	elsewhere, revoked, unknown := newKey(t), newKey(t), newKey(t)
	check(t, e.SetWorkload(ctx, e.owner, other, true, "git"))
	check(t, e.RegisterWorker(ctx, e.operator, e.registration(t, elsewhere, other, time.Hour)))
	check(t, e.RegisterWorker(ctx, e.operator, e.registration(t, revoked, e.workload, time.Hour)))
	check(t, e.RevokeWorker(ctx, e.operator, revoked.Address()))
	spec := e.post(t, 1)
	otherJob := e.post(t, 2)

	tests := []struct {
		name, want string
		make       func() (protocol.Receipt, []byte)
	}{
		{"unknown signer", "NotLiveWorker", func() (protocol.Receipt, []byte) { return e.receipt(spec, unknown) }},
		{"worker of another workload", "NotLiveWorker", func() (protocol.Receipt, []byte) { return e.receipt(spec, elsewhere) }},
		{"revoked worker", "NotLiveWorker", func() (protocol.Receipt, []byte) { return e.receipt(spec, revoked) }},
		{"changed output", "NotLiveWorker", func() (protocol.Receipt, []byte) {
			r, sig := e.receipt(spec, e.worker)
			r.OutputHash[31] ^= 1
			return r, sig
		}},
		{"changed time", "NotLiveWorker", func() (protocol.Receipt, []byte) {
			r, sig := e.receipt(spec, e.worker)
			r.ElapsedMs--
			return r, sig
		}},
		{"signature over another job", "NotLiveWorker", func() (protocol.Receipt, []byte) {
			r, _ := e.receipt(spec, e.worker)
			_, sig := e.receipt(otherJob, e.worker)
			return r, sig
		}},
		{"high s", "ECDSAInvalidSignatureS", func() (protocol.Receipt, []byte) {
			r, sig := e.receipt(spec, e.worker)
			for i := range 32 {
				sig[32+i] = 0xff
			}
			return r, sig
		}},
		{"short signature", "ECDSAInvalidSignatureLength", func() (protocol.Receipt, []byte) {
			r, sig := e.receipt(spec, e.worker)
			return r, sig[:64]
		}},
		{"too slow", "ComputeLimitExceeded", func() (protocol.Receipt, []byte) {
			r, _ := e.receipt(spec, e.worker)
			r.ElapsedMs = spec.ComputeMs + 1
			return r, e.worker.SignDigest(e.Domain().ReceiptDigest(r))
		}},
		{"empty output", "EmptyOutputHash", func() (protocol.Receipt, []byte) {
			r, _ := e.receipt(spec, e.worker)
			r.OutputHash = protocol.Digest{}
			return r, e.worker.SignDigest(e.Domain().ReceiptDigest(r))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, sig := tt.make()
			wantRevert(t, e.SubmitReceipt(t.Context(), e.stranger, spec, r, sig), tt.want)
			e.wantState(t, spec, contracts.StatePosted)
		})
	}

	r, sig := e.receipt(spec, e.worker)
	check(t, e.SubmitReceipt(ctx, e.stranger, spec, r, sig))
	wantRevert(t, e.SubmitReceipt(ctx, e.stranger, spec, r, sig), "InvalidState")
	e.wantCredit(t, e.operator, 195_000)
	if err := e.SubmitReceipt(ctx, e.stranger, otherJob, r, sig); err == nil || !strings.Contains(err.Error(), "not for job") {
		t.Fatalf("receipt for another job: %v", err)
	}
}

func TestDeliverRefuses(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	spec := e.post(t, 1)
	d, sig := e.delivery(spec, e.creator)
	wantRevert(t, e.Deliver(ctx, e.stranger, spec, d, sig, nil), "InvalidState")
	would := func(d protocol.Delivery, sig []byte, want bool) {
		t.Helper()
		if got, err := e.WouldDeliver(ctx, spec, d, sig); err != nil || got != want {
			t.Errorf("WouldDeliver gives %t, %v; want %t", got, err, want)
		}
	}
	would(d, sig, false)
	r, rsig := e.receipt(spec, e.worker)
	check(t, e.SubmitReceipt(ctx, e.stranger, spec, r, rsig))
	would(d, sig, true)
	_, forged := e.delivery(spec, e.stranger)
	would(d, forged, false)
	wantRevert(t, e.Deliver(ctx, e.stranger, spec, d, forged, nil), "NotSignedByCreator")
	changed := d
	changed.ResultHash[0] ^= 1
	wantRevert(t, e.Deliver(ctx, e.stranger, spec, changed, sig, nil), "NotSignedByCreator")
	changed = d
	changed.OutputHash[0] ^= 1
	wantRevert(t, e.Deliver(ctx, e.stranger, spec, changed, e.creator.SignDigest(e.Domain().DeliveryDigest(changed)), nil), "WrongOutputHash")
	check(t, e.Deliver(ctx, e.stranger, spec, d, sig, nil))
	wantRevert(t, e.Deliver(ctx, e.stranger, spec, d, sig, nil), "InvalidState")
}

func TestPostJobRefuses(t *testing.T) {
	t.Parallel()
	e := newEnv(t)
	tests := []struct {
		name, want string
		change     func(*protocol.JobSpec)
	}{
		{"another's job", "NotUser", func(s *protocol.JobSpec) { s.User = e.stranger.Address() }},
		{"no time to compute", "InvalidComputeLimit", func(s *protocol.JobSpec) { s.ComputeMs = 0 }},
		{"too much time to compute", "InvalidComputeLimit", func(s *protocol.JobSpec) { s.ComputeMs++ }},
		{"past", "InvalidDeadline", func(s *protocol.JobSpec) { s.PrefixBy -= 1000 }},
		{"too far", "InvalidDeadline", func(s *protocol.JobSpec) { s.PrefixBy += 3600; s.DeliverBy += 3600 }},
		{"delivery before receipt", "InvalidDeadline", func(s *protocol.JobSpec) { s.DeliverBy = s.PrefixBy }},
		{"fee", "WrongFeeBps", func(s *protocol.JobSpec) { s.FeeBps-- }},
		{"workload", "WorkloadNotAllowed", func(s *protocol.JobSpec) { s.WorkloadID[0] ^= 1 }},
		{"model", "ModelNotActive", func(s *protocol.JobSpec) { s.ModelID[0] ^= 1 }},
		{"creator", "WrongCreator", func(s *protocol.JobSpec) { s.Creator = e.user.Address() }},
		{"manifest", "WrongManifest", func(s *protocol.JobSpec) { s.ManifestHash[0] ^= 1 }},
		{"cut", "CutNotOffered", func(s *protocol.JobSpec) { s.Cut++ }},
		{"price", "WrongPrice", func(s *protocol.JobSpec) { s.CreatorFee-- }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spec := e.spec(t, 1)
			tt.change(&spec)
			_, err := e.PostJob(t.Context(), e.user, spec)
			wantRevert(t, err, tt.want)
		})
	}
	spec := e.spec(t, 1)
	spec.DeliverBy = 1 << 40
	if _, err := e.PostJob(t.Context(), e.user, spec); err == nil || !strings.Contains(err.Error(), "Unix seconds") {
		t.Fatalf("deadline beyond 40 bits: %v", err)
	}
	spec = e.post(t, 1)
	_, err := e.PostJob(t.Context(), e.user, spec)
	wantRevert(t, err, "InvalidState")
	e.wantTokens(t, e.user.Address(), money-workerFee-creatorFee)
}

func TestUnfunded(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	spec := e.spec(t, 1)
	spec.WorkerFee = money
	_, err := e.PostJob(ctx, e.user, spec)
	wantUnfunded(t, err, e.user.Address(), "token units", money+creatorFee)

	poor := newKey(t) // tokens, but nothing to pay gas with
	check(t, e.MintTestToken(ctx, e.owner, poor.Address(), money))
	spec = e.spec(t, 2)
	spec.User = poor.Address()
	_, err = e.PostJob(ctx, poor, spec)
	wantUnfunded(t, err, poor.Address(), "wei", 0)
	e.wantTokens(t, poor.Address(), money)
}

// wantUnfunded checks the error's fields; a need of zero stands for any.
func wantUnfunded(t *testing.T, err error, account protocol.Address, asset string, need int64) {
	t.Helper()
	var u *contracts.UnfundedError
	if !errors.Is(err, contracts.ErrUnfunded) || !errors.As(err, &u) {
		t.Fatalf("got %v, want ErrUnfunded", err)
	}
	if u.Account != account || u.Asset != asset || need != 0 && u.Need.Int64() != need || u.Need.Cmp(u.Have) <= 0 {
		t.Fatalf("got %v, want %s of %s", u, asset, account)
	}
	if text := err.Error(); !strings.Contains(text, account.String()) || !strings.Contains(text, "send it at least") {
		t.Fatalf("error %q does not name account and remedy", text)
	}
}
