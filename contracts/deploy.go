package contracts

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"

	"github.com/encrypted-compute/encompute/contracts/bindings"
	"github.com/encrypted-compute/encompute/protocol"
)

// Config says what Deploy sets up.
type Config struct {
	// Token is the money of the market. It must not charge transfers. Zero deploys a
	// TestToken, which anybody may mint: for development only.
	Token     protocol.Address
	FeeBps    uint16           // the market's share, in 1/10000, at most 1000
	FeeTo     protocol.Address // who gets it; zero: the owner
	Attesters []protocol.Address
	Relays    []protocol.Address // hosts whose word for a transfer counts
	Workloads []protocol.Digest  // allowed once the delay is over; Client.SetWorkload allows more

	// Delay is how many seconds pass until a workload, verifier or attester counts that an owner
	// adds, also those above. 0 is for development: whoever has the owner's key can then add
	// at once.
	Delay uint64
}

// Deploy creates the contracts, owned by the account of owner, and makes them work
// together. It takes a handful of transactions.
func Deploy(ctx context.Context, backend Backend, owner protocol.SigningKey, cfg Config) (Addresses, error) {
	s, err := newSender(ctx, backend)
	if err != nil {
		return Addresses{}, fmt.Errorf("deploy: %w", err)
	}
	d := &deployer{sender: s, owner: owner, abis: newABIs()}
	a := d.deploy(ctx, cfg)
	if d.err != nil {
		return Addresses{}, fmt.Errorf("deploy: %w", d.err)
	}
	return a, nil
}

// deployer sends one transaction after the other until one fails.
type deployer struct {
	sender *sender
	owner  protocol.SigningKey
	abis   abis
	err    error
}

func (d *deployer) deploy(ctx context.Context, cfg Config) Addresses {
	owner := common.Address(d.owner.Address())
	feeTo := common.Address(cfg.FeeTo)
	if cfg.FeeTo.IsZero() {
		feeTo = owner
	}
	a := Addresses{ChainID: d.sender.chainID.Uint64(), Token: cfg.Token}
	if a.Token.IsZero() {
		a.Token = d.create(ctx, &bindings.TestTokenMetaData, nil)
	}
	a.WorkerRegistry = d.create(ctx, &bindings.WorkerRegistryMetaData, d.abis.workers.PackConstructor(owner, cfg.Delay))
	a.ModelRegistry = d.create(ctx, &bindings.ModelRegistryMetaData, nil)
	a.AttesterVerifier = d.create(ctx, &bindings.AttesterVerifierMetaData, d.abis.attester.PackConstructor(owner, cfg.Delay))
	a.Market = d.create(ctx, &bindings.MarketMetaData, d.abis.market.PackConstructor(owner, common.Address(a.Token),
		common.Address(a.WorkerRegistry), common.Address(a.ModelRegistry), cfg.FeeBps, feeTo))
	d.call(ctx, a.WorkerRegistry, d.abis.workers.PackSetVerifier(common.Address(a.AttesterVerifier), true))
	for _, attester := range cfg.Attesters {
		d.call(ctx, a.AttesterVerifier, d.abis.attester.PackSetAttester(common.Address(attester), true))
	}
	for _, relay := range cfg.Relays {
		d.call(ctx, a.Market, d.abis.market.PackSetRelay(common.Address(relay), true))
	}
	for _, workload := range cfg.Workloads {
		d.call(ctx, a.WorkerRegistry, d.abis.workers.PackSetWorkload(workload, true, ""))
	}
	return a
}

func (d *deployer) create(ctx context.Context, m *bind.MetaData, arguments []byte) protocol.Address {
	if d.err != nil {
		return protocol.Address{}
	}
	receipt, err := d.sender.send(ctx, d.owner, call{data: append(common.FromHex(m.Bin), arguments...)})
	if err != nil {
		d.err = fmt.Errorf("create %s: %w", m.ID, err)
		return protocol.Address{}
	}
	return protocol.Address(receipt.ContractAddress)
}

func (d *deployer) call(ctx context.Context, to protocol.Address, data []byte) {
	if d.err != nil {
		return
	}
	if _, err := d.sender.send(ctx, d.owner, call{to: &to, data: data}); err != nil {
		d.err = fmt.Errorf("set up %s: %w", to, err)
	}
}
