package main

import (
	"context"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

type chainCommands struct {
	Deploy   chainDeploy   `cmd:"" help:"Put the contracts on a chain."`
	Status   chainStatus   `cmd:"" help:"Show how the contracts are set up."`
	Workload chainWorkload `cmd:"" help:"Say which workloads may answer jobs."`
	Worker   chainWorker   `cmd:"" help:"Register and revoke workers."`
	Model    chainModel    `cmd:"" help:"Change what a model costs."`
	Withdraw chainWithdraw `cmd:"" help:"Pay out the market's credit."`
	Refund   chainRefund   `cmd:"" help:"Give a user back what was not earned in time."`

	StandardInput chainStandardInput `cmd:"" help:"Print what was compiled, for explorers that verify sources."`
}

// chainFlags say which contracts on which chain.
type chainFlags struct {
	RPC        string `name:"rpc" placeholder:"URL" help:"JSON-RPC of the chain, HTTP or WebSocket (default: that of the network file)."`
	Deployment string `placeholder:"FILE" help:"Deployment file with the contracts' addresses (default: the network file's)."`
}

// writeFlags are those of commands that send transactions.
type writeFlags struct {
	chainFlags
	KeyFile string `placeholder:"FILE" help:"Secret key of the account that sends: 64 hexadecimal digits or a keystore (default $$ENCOMPUTE_KEY_FILE, else the wallet)."`
	DryRun  bool   `help:"Show what would be sent, to which contract, and what it would cost; send nothing."`
}

// addresses returns where the contracts are, and the deployment file if there is one.
func (f chainFlags) addresses(a *app) (addresses contracts.Addresses, d *contracts.Deployment, err error) {
	if f.Deployment == "" {
		n, err := a.network()
		if err != nil {
			return addresses, nil, err
		}
		return n.Contracts, nil, nil
	}
	read, err := contracts.LoadDeployment(f.Deployment)
	if err != nil {
		return addresses, nil, fault{Code: "deployment-file", Field: "--deployment", Detail: err.Error(), Remedy: "name the file that \"encompute chain deploy\" wrote"}
	}
	return read.Addresses, &read, nil
}

// backend connects to the chain; close it.
func (f chainFlags) backend(ctx context.Context, a *app) (*contracts.Failover, error) {
	urls := []string{f.RPC}
	if f.RPC == "" {
		n, err := a.network()
		if err != nil {
			return nil, err
		}
		urls = n.Endpoints()
	}
	b, err := contracts.Connect(ctx, urls)
	if err != nil {
		return nil, f.fault(err)
	}
	return b, nil
}

func (f chainFlags) fault(err error) error {
	return fault{Code: string(client.CodeChain), Field: "--rpc", Detail: err.Error(), Remedy: "check that the URL is the chain's, and that it is up"}
}

// client connects to the contracts, in a rehearsal if one is wanted.
func (f chainFlags) client(ctx context.Context, a *app, dry bool) (*contracts.Client, *contracts.Rehearsal, error) {
	addresses, _, err := f.addresses(a)
	if err != nil {
		return nil, nil, err
	}
	b, err := f.backend(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	var backend contracts.Backend = b
	var r *contracts.Rehearsal
	if dry {
		r = contracts.NewRehearsal(b)
		backend = r
	}
	c, err := contracts.New(ctx, backend, addresses)
	if err != nil {
		b.Close()
		return nil, nil, f.fault(err)
	}
	return c, r, nil
}

// write does something with the account's key, or shows what it would do.
func (f writeFlags) write(ctx context.Context, a *app, do func(c *contracts.Client, key protocol.SigningKey) (done any, text string, err error)) error {
	key, err := a.serviceKey(f.KeyFile)
	if err != nil {
		return err
	}
	c, rehearsal, err := f.client(ctx, a, f.DryRun)
	if err != nil {
		return err
	}
	defer c.Close()
	done, text, err := do(c, key)
	if err != nil {
		return err
	}
	if f.DryRun {
		return a.showRehearsal(rehearsal, key.Address())
	}
	return a.document(done, func(w io.Writer) { fmt.Fprintln(w, text) })
}

// stepDocument is a transaction that was not sent.
type stepDocument struct {
	contracts.Step
	CostETH string `json:"costEth"`
	MostETH string `json:"mostEth"`
}

// showRehearsal shows what would have been sent.
func (a *app) showRehearsal(r *contracts.Rehearsal, from protocol.Address) error {
	doc := struct {
		From    protocol.Address `json:"from"`
		Sent    bool             `json:"sent"` // never
		Steps   []stepDocument   `json:"steps"`
		Gas     uint64           `json:"gas"`
		CostWei *big.Int         `json:"costWei"`
		CostETH string           `json:"costEth"`
	}{From: from, CostWei: new(big.Int)}
	for _, s := range r.Steps() {
		doc.Steps = append(doc.Steps, stepDocument{s, ether(s.Cost), ether(s.Most)})
		doc.Gas += s.Gas
		doc.CostWei.Add(doc.CostWei, s.Cost)
	}
	doc.CostETH = ether(doc.CostWei)
	return a.document(doc, func(w io.Writer) {
		for _, s := range doc.Steps {
			fmt.Fprintf(w, "%s at %s\n  %s\n  %d gas, %s wei (%s ETH), at most %s ETH\n", s.Contract, s.Address, s.Call, s.Gas, s.Cost, s.CostETH, s.MostETH)
		}
		fmt.Fprintf(w, "in all %d gas, %s wei (%s ETH) of %s; nothing was sent\n", doc.Gas, doc.CostWei, doc.CostETH, from)
	})
}

type chainStatus struct {
	chainFlags
	Workload []protocol.Digest  `arg:"" optional:"" placeholder:"WORKLOAD" help:"Workloads to ask about, by id."`
	Relay    []protocol.Address `placeholder:"ADDRESS" help:"Host to ask about: does its word for a transfer count? Repeatable."`
	Attester []protocol.Address `placeholder:"ADDRESS" help:"Account to ask about: do its verdicts on workers count? Repeatable."`
	Account  []protocol.Address `placeholder:"ADDRESS" help:"Account whose tokens, credit and ether to show; repeatable."`
}

// Help implements kong.HelpProvider.
func (chainStatus) Help() string {
	return `With --deployment the code on chain is compared with what was recorded, too.

  encompute chain status
  encompute chain status 0xab... --relay 0x52... --account 0x52...
  encompute chain status --rpc https://rpc.example --deployment deployments/1.json --json`
}

// statusDocument is what chain status prints.
type statusDocument struct {
	Addresses contracts.Addresses        `json:"addresses"`
	Checked   bool                       `json:"codeChecked"` // against the deployment file
	Workloads map[protocol.Digest]uint64 `json:"workloads"`   // Unix seconds from when they are allowed; 0: they are not
	Relays    map[protocol.Address]bool  `json:"relays"`
	Attesters map[protocol.Address]bool  `json:"attesters"`
	Accounts  []holdings                 `json:"accounts"`
	contracts.Status
}

// Run shows the status.
func (c *chainStatus) Run(ctx context.Context, a *app) error {
	addresses, recorded, err := c.addresses(a)
	if err != nil {
		return err
	}
	chain, _, err := c.client(ctx, a, false)
	if err != nil {
		return err
	}
	defer chain.Close()
	doc := statusDocument{
		Addresses: addresses, Workloads: map[protocol.Digest]uint64{}, Relays: map[protocol.Address]bool{}, Attesters: map[protocol.Address]bool{},
		Accounts: []holdings{},
	}
	if recorded != nil {
		if err := recorded.Check(ctx, chain); err != nil {
			return fault{Code: "deployment-file", Field: "--deployment", Detail: err.Error()}
		}
		doc.Checked = true
	}
	if doc.Status, err = chain.Status(ctx); err != nil {
		return err
	}
	if err := c.ask(ctx, chain, &doc); err != nil {
		return err
	}
	now, err := chain.HeaderTime(ctx)
	if err != nil {
		return err
	}
	return a.document(doc, func(w io.Writer) { doc.write(w, now) })
}

// ask reads what was asked about.
func (c *chainStatus) ask(ctx context.Context, chain *contracts.Client, doc *statusDocument) (err error) {
	for _, id := range c.Workload {
		if doc.Workloads[id], err = chain.WorkloadAllowedFrom(ctx, id); err != nil {
			return err
		}
	}
	for _, host := range c.Relay {
		if doc.Relays[host], err = chain.IsRelay(ctx, host); err != nil {
			return err
		}
	}
	for _, account := range c.Attester {
		if doc.Attesters[account], err = chain.IsAttester(ctx, account); err != nil {
			return err
		}
	}
	for _, account := range c.Account {
		h := holdings{Address: account}
		if err := h.ask(ctx, chain); err != nil {
			return err
		}
		doc.Accounts = append(doc.Accounts, h)
	}
	return nil
}

func (d statusDocument) write(w io.Writer, now uint64) {
	yes := map[bool]string{true: "yes", false: "no"}
	rows := [][]string{
		{"chain", fmt.Sprint(d.Addresses.ChainID)},
		{"market", fmt.Sprintf("%s, owner %s", d.Addresses.Market, d.Owners["market"])},
		{"worker registry", fmt.Sprintf("%s, owner %s, delay %s", d.Addresses.WorkerRegistry, d.Owners["workerRegistry"], delay(d.Delays["workerRegistry"]))},
		{"attester verifier", fmt.Sprintf("%s, owner %s, delay %s", d.Addresses.AttesterVerifier, d.Owners["attesterVerifier"], delay(d.Delays["attesterVerifier"]))},
		{"model registry", d.Addresses.ModelRegistry.String()},
		{"token", d.Addresses.Token.String()},
		{"fee", fmt.Sprintf("%.2f %% to %s", float64(d.FeeBps)/100, d.FeeTo)},
		{"paused", yes[d.Paused]},
		{"attesters' word counts", yes[d.AttesterVerifierAllowed]},
		{"market holds", token.Amount(d.Held).String() + " tokens"},
	}
	if d.Checked {
		rows = append(rows, []string{"code", "as recorded"})
	}
	for id, from := range d.Workloads {
		rows = append(rows, []string{"workload", fmt.Sprintf("%s %s", id, allowed(from, now))})
	}
	for host, ok := range d.Relays {
		rows = append(rows, []string{"relay", fmt.Sprintf("%s %s", host, yes[ok])})
	}
	for account, ok := range d.Attesters {
		rows = append(rows, []string{"attester", fmt.Sprintf("%s %s", account, yes[ok])})
	}
	for _, h := range d.Accounts {
		rows = append(rows, []string{"account", fmt.Sprintf("%s: %s tokens, %s credit, %s ETH", h.Address, h.Token, h.Credit, h.ETH)})
	}
	table(w, rows)
}

func delay(seconds uint64) string { return (time.Duration(seconds) * time.Second).String() }

// allowed says from when a workload may answer jobs.
func allowed(from, now uint64) string {
	switch {
	case from == 0:
		return "not allowed"
	case from > now:
		return "allowed from " + time.Unix(int64(from), 0).UTC().Format(time.DateTime) + " UTC"
	}
	return "allowed"
}

type chainStandardInput struct{}

// Help implements kong.HelpProvider.
func (chainStandardInput) Help() string {
	return `Explorers such as Etherscan, Blockscout and Sourcify check the contracts' sources by it. The compiler's version is in the
deployment file.

  encompute chain standard-input > standard-input.json`
}

// Run prints the input of the compiler.
func (chainStandardInput) Run(a *app) error {
	a.printed = true
	_, err := a.stdout.Write(contracts.StandardInput())
	return err
}
