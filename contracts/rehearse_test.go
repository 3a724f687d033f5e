package contracts_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/contracts/devchain"
	"github.com/encrypted-compute/encompute/protocol"
)

// What a rehearsal says is what then happens: the same addresses, gas that is enough and not much more.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	owner := newKey(t)
	chain := must(devchain.Start(devchain.Config{Fund: []protocol.Address{owner.Address()}}))(t)
	t.Cleanup(func() { check(t, chain.Close()) })
	cfg := contracts.Config{
		FeeBps: 10, Attesters: []protocol.Address{{1}}, Relays: []protocol.Address{{2}}, Workloads: []protocol.Digest{{3}}, Delay: 60,
	}
	r := contracts.NewRehearsal(chain.Client())
	planned := must(contracts.Deploy(t.Context(), r, owner, cfg))(t)
	if n := must(chain.Client().PendingNonceAt(t.Context(), common.Address(owner.Address())))(t); n != 0 {
		t.Fatalf("%d transactions were sent", n)
	}
	before := must(chain.Client().BalanceAt(t.Context(), common.Address(owner.Address()), nil))(t)
	deployed := must(contracts.Deploy(t.Context(), chain.Client(), owner, cfg))(t)
	after := must(chain.Client().BalanceAt(t.Context(), common.Address(owner.Address()), nil))(t)
	if planned != deployed {
		t.Errorf("planned %+v, deployed %+v", planned, deployed)
	}
	spent, most, steps := new(big.Int).Sub(before, after), new(big.Int), r.Steps()
	for _, s := range steps {
		most.Add(most, s.Most)
	}
	if len(steps) != 9 || spent.Cmp(most) > 0 {
		t.Errorf("%d steps that cost at most %s wei, %s were spent", len(steps), most, spent)
	}
	var gas, used uint64
	for i, s := range steps {
		gas += s.Gas
		block := must(chain.Client().BlockByNumber(t.Context(), big.NewInt(int64(i+1))))(t)
		used += block.GasUsed()
	}
	if gas < used || gas > used+used/50 {
		t.Errorf("%d gas was estimated, %d was used", gas, used)
	}
}

// A call that would be refused after those rehearsed before it fails with the contract's reason.
func TestRehearsalRefused(t *testing.T) {
	t.Parallel()
	e := newEnv(t)
	c := must(contracts.New(t.Context(), contracts.NewRehearsal(e.chain.Client()), e.addresses))(t)
	check(t, c.SetWorkload(t.Context(), e.owner, protocol.Digest{77}, true, "here"))
	wantRevert(t, c.SetWorkload(t.Context(), e.owner, protocol.Digest{77}, true, "here"), "AlreadyListed")
	if must(e.WorkloadAllowed(t.Context(), protocol.Digest{77}))(t) {
		t.Error("a rehearsal allowed a workload")
	}
}
