package contracts_test

import (
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

// claimed returns a job whose delivery the user has not acknowledged.
func (e *env) claimed(t *testing.T, salt byte) (protocol.JobSpec, protocol.Delivery) {
	t.Helper()
	ctx, spec := t.Context(), e.post(t, salt)
	r, sig := e.receipt(spec, e.worker)
	check(t, e.SubmitReceipt(ctx, e.stranger, spec, r, sig))
	d, sig := e.delivery(spec, e.creator)
	check(t, e.Deliver(ctx, e.stranger, spec, d, sig, nil))
	e.wantState(t, spec, contracts.StateClaimed)
	return spec, d
}

func (e *env) transfer(spec protocol.JobSpec, d protocol.Delivery, key protocol.SigningKey) []byte {
	return key.SignDigest(e.Domain().TransferDigest(protocol.Transfer{JobID: e.Domain().JobID(spec), ResultHash: d.ResultHash}))
}

func TestClaimIsAcknowledgedLater(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	spec, d := e.claimed(t, 1)
	e.wantCredit(t, e.creator, 0)
	wantRevert(t, e.Acknowledge(ctx, e.stranger, spec, d.ResultHash, e.transfer(spec, d, e.user)), "NotSignedByUser")
	check(t, e.Acknowledge(ctx, e.stranger, spec, d.ResultHash, e.acknowledgement(spec, d)))
	e.wantState(t, spec, contracts.StateDelivered)
	e.wantCredit(t, e.creator, 97_500)
}

func TestClaimStandsUncontested(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	spec, _ := e.claimed(t, 1)
	end := must(e.WindowEnd(ctx, e.Domain().JobID(spec)))(t)
	if now := e.now(t); end < now+3500 || end > now+3600 {
		t.Errorf("window ends %d s from now, want an hour", end-now)
	}
	wantRevert(t, e.Settle(ctx, e.stranger, spec), "DeadlineNotPassed")
	check(t, e.chain.AdvanceTime(time.Hour+time.Second))
	wantRevert(t, e.Contest(ctx, e.user, spec), "DeadlinePassed")
	check(t, e.Settle(ctx, e.stranger, spec))
	e.wantState(t, spec, contracts.StateDelivered)
	e.wantCredit(t, e.creator, 97_500)
}

func TestContestIsAnsweredByARelay(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	spec, d := e.claimed(t, 1)
	wantRevert(t, e.Contest(ctx, e.stranger, spec), "NotUser")
	before := must(e.TokenBalance(ctx, e.user.Address()))(t)
	check(t, e.Contest(ctx, e.user, spec))
	e.wantState(t, spec, contracts.StateContested)
	e.wantTokens(t, e.user.Address(), before-creatorFee/2)
	wantRevert(t, e.SubmitTransfer(ctx, e.stranger, spec, d.ResultHash, e.transfer(spec, d, e.creator)), "NotRelay")
	if !must(e.IsRelay(ctx, e.owner.Address()))(t) || must(e.IsRelay(ctx, e.creator.Address()))(t) {
		t.Error("relays are others than those named")
	}
	check(t, e.SubmitTransfer(ctx, e.stranger, spec, d.ResultHash, e.transfer(spec, d, e.owner)))
	e.wantState(t, spec, contracts.StateDelivered)
	e.wantCredit(t, e.creator, 97_500+creatorFee/2)
}

func TestContestIsNotAnswered(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	check(t, e.SetRelay(ctx, e.owner, e.owner.Address(), false))
	spec, d := e.claimed(t, 1)
	check(t, e.Contest(ctx, e.user, spec))
	wantRevert(t, e.SubmitTransfer(ctx, e.stranger, spec, d.ResultHash, e.transfer(spec, d, e.owner)), "NotRelay")
	wantRevert(t, e.Refund(ctx, e.stranger, spec), "DeadlineNotPassed")
	check(t, e.chain.AdvanceTime(time.Hour+time.Second))
	check(t, e.Refund(ctx, e.stranger, spec))
	e.wantState(t, spec, contracts.StateUndelivered)
	e.wantCredit(t, e.user, creatorFee+creatorFee/2)
	e.wantCredit(t, e.creator, 0)
}

// What an owner adds counts after the delay; what it removes is gone at once.
func TestDelay(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	workload := protocol.Digest{0x77}
	addresses := must(contracts.Deploy(ctx, e.chain.Client(), e.owner, contracts.Config{
		Token: e.addresses.Token, FeeBps: feeBps, Delay: 172_800, Workloads: []protocol.Digest{workload},
	}))(t)
	slow := must(contracts.Dial(ctx, e.chain.HTTP(), addresses))(t)
	t.Cleanup(slow.Close)
	for _, step := range []struct {
		wait time.Duration
		want bool
	}{{0, false}, {47 * time.Hour, false}, {2 * time.Hour, true}} {
		check(t, e.chain.AdvanceTime(step.wait))
		if got := must(slow.WorkloadAllowed(ctx, workload))(t); got != step.want {
			t.Errorf("%s later: allowed is %t", step.wait, got)
		}
	}
	wantRevert(t, slow.SetWorkload(ctx, e.owner, workload, true, ""), "AlreadyListed")
	check(t, slow.SetWorkload(ctx, e.owner, workload, false, ""))
	if must(slow.WorkloadAllowed(ctx, workload))(t) {
		t.Error("a removed workload is still allowed")
	}
}
