package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

type chainDeploy struct {
	RPC     string `name:"rpc" required:"" placeholder:"URL" help:"JSON-RPC of the chain, HTTP or WebSocket."`
	ChainID uint64 `required:"" placeholder:"N" help:"Id of the chain that is meant; another one is refused."`
	KeyFile string `placeholder:"FILE" help:"Secret key of the owner: 64 hexadecimal digits or a keystore (default $$ENCOMPUTE_KEY_FILE, else the wallet)."`
	DryRun  bool   `help:"Show what would be sent, and what it would cost; send nothing."`
	Out     string `default:"deployments" placeholder:"DIR" help:"Folder of the deployment file CHAIN-ID.json; one that is there is never replaced (default ${default})."`

	Token     *protocol.Address  `xor:"money" required:"" placeholder:"ADDRESS" help:"Token that jobs are paid in; it has 6 decimal places and must not charge transfers."`
	TestToken bool               `xor:"money" required:"" help:"Deploy a token that anybody may mint. For development only."`
	Fee       uint16             `default:"0" placeholder:"BPS" help:"The market's share of fees in 1/10000, at most 1000 (default ${default})."`
	FeeTo     protocol.Address   `placeholder:"ADDRESS" help:"Who gets that share (default: the owner)."`
	Delay     time.Duration      `default:"48h" placeholder:"TIME" help:"How long until a workload, verifier or attester that the owner adds counts, also those added now (default ${default}). 0s is for development only."`
	Attester  []protocol.Address `placeholder:"ADDRESS" help:"Account whose verdicts on workers count; repeatable."`
	Relay     []protocol.Address `placeholder:"ADDRESS" help:"Host whose word for a transfer counts; repeatable."`
	Workload  []protocol.Digest  `placeholder:"ID" help:"Workload that may answer jobs; repeatable."`
}

// Help implements kong.HelpProvider.
func (chainDeploy) Help() string {
	return `Sends a handful of transactions. The dry run needs an endpoint with eth_simulateV1, as most have.

  encompute chain deploy --rpc https://rpc.example --chain-id 11155111 --token 0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238 --dry-run
  encompute chain deploy --rpc http://127.0.0.1:8545 --chain-id 1337 --test-token --delay 0s`
}

// Run deploys the contracts.
func (c *chainDeploy) Run(ctx context.Context, a *app) error {
	if c.Delay < 0 || c.Delay%time.Second != 0 {
		return misuse("--delay", c.Delay.String()+" is not a number of whole seconds", "give one such as 48h")
	}
	path := contracts.DeploymentPath(c.Out, c.ChainID)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fault{Code: "deployment-file", Field: "--out", Detail: path + " is there already", Remedy: "name another folder, or move it away"}
	}
	key, err := a.serviceKey(c.KeyFile)
	if err != nil {
		return err
	}
	flags := chainFlags{RPC: c.RPC}
	b, err := flags.backend(ctx, a)
	if err != nil {
		return err
	}
	defer b.Close()
	id, err := b.ChainID(ctx)
	if err != nil {
		return flags.fault(err)
	}
	if id.Uint64() != c.ChainID || !id.IsUint64() {
		return fault{Code: "wrong-chain", Field: "--chain-id", Detail: fmt.Sprintf("the chain's id is %s, not %d", id, c.ChainID), Remedy: "name the chain that is meant"}
	}
	if !c.DryRun {
		return c.deploy(ctx, a, b, key)
	}
	r := contracts.NewRehearsal(b)
	if _, err := contracts.Deploy(ctx, r, key, c.config()); err != nil {
		return err
	}
	return a.showRehearsal(r, key.Address())
}

func (c *chainDeploy) config() contracts.Config {
	cfg := contracts.Config{
		FeeBps: c.Fee, FeeTo: c.FeeTo, Attesters: c.Attester, Relays: c.Relay, Workloads: c.Workload, Delay: uint64(c.Delay / time.Second),
	}
	if c.Token != nil {
		cfg.Token = *c.Token
	}
	return cfg
}

func (c *chainDeploy) deploy(ctx context.Context, a *app, b contracts.Backend, key protocol.SigningKey) error {
	head, err := b.HeaderByNumber(ctx, nil)
	if err != nil {
		return fmt.Errorf("read latest block: %w", err)
	}
	cfg := c.config()
	at, err := contracts.Deploy(ctx, b, key, cfg)
	if err != nil {
		return err
	}
	d, err := contracts.Record(ctx, b, key.Address(), head.Number.Uint64(), at, cfg)
	if err != nil {
		return err
	}
	path, err := d.Save(c.Out)
	if err != nil {
		a.note("The contracts are at %+v.", at)
		return err
	}
	return a.document(d, func(w io.Writer) {
		table(w, [][]string{
			{"token", at.Token.String()},
			{"worker registry", at.WorkerRegistry.String()},
			{"model registry", at.ModelRegistry.String()},
			{"attester verifier", at.AttesterVerifier.String()},
			{"market", at.Market.String()},
			{"deployment file", path},
		})
	})
}

type chainWorkload struct {
	Add    chainWorkloadAdd    `cmd:"" help:"Allow a workload after the registry's delay."`
	Remove chainWorkloadRemove `cmd:"" help:"Disallow a workload at once."`
}

type chainWorkloadAdd struct {
	writeFlags
	Workload protocol.Digest `arg:"" placeholder:"ID" help:"Workload, as \"attest verify\" shows it."`
	Source   string          `required:"" placeholder:"URL" help:"Where its code is."`
}

// Help implements kong.HelpProvider.
func (chainWorkloadAdd) Help() string {
	return `For the registry's owner.

  encompute chain workload add 0xab... --source https://example.com/releases/1 --dry-run`
}

// Run allows the workload.
func (c *chainWorkloadAdd) Run(ctx context.Context, a *app) error {
	return setWorkload(ctx, a, c.writeFlags, c.Workload, true, c.Source)
}

type chainWorkloadRemove struct {
	writeFlags
	Workload protocol.Digest `arg:"" placeholder:"ID" help:"Workload, as \"attest verify\" shows it."`
}

// Help implements kong.HelpProvider.
func (chainWorkloadRemove) Help() string {
	return `For the registry's owner. Its workers are paid for nothing from then on.

  encompute chain workload remove 0xab...`
}

// Run disallows the workload.
func (c *chainWorkloadRemove) Run(ctx context.Context, a *app) error {
	return setWorkload(ctx, a, c.writeFlags, c.Workload, false, "")
}

func setWorkload(ctx context.Context, a *app, f writeFlags, id protocol.Digest, allow bool, source string) error {
	return f.write(ctx, a, func(c *contracts.Client, key protocol.SigningKey) (any, string, error) {
		if err := c.SetWorkload(ctx, key, id, allow, source); err != nil {
			return nil, "", err
		}
		from, err := c.WorkloadAllowedFrom(ctx, id)
		if err != nil {
			return nil, "", err
		}
		now, err := c.HeaderTime(ctx)
		return map[string]any{"workloadId": id, "allowedFrom": from}, fmt.Sprintf("workload %s is %s", id, allowed(from, now)), err
	})
}

type chainWorker struct {
	Register chainWorkerRegister `cmd:"" help:"Vouch for a worker as attester, and register it."`
	Revoke   chainWorkerRevoke   `cmd:"" help:"Revoke a worker for good."`
}

type chainWorkerRegister struct {
	writeFlags
	Evidence string        `arg:"" placeholder:"FILE" help:"The worker's evidence (JSON), with its collateral."`
	Valid    time.Duration `default:"168h" placeholder:"TIME" help:"How long the verdict is to hold, at most 720h (default ${default})."`
}

// Help implements kong.HelpProvider.
func (chainWorkerRegister) Help() string {
	return `The evidence is judged by the network file's policy first; what it does not accept is not registered. Hosts do this by
themselves for the workers that connect to them. The account must be an attester.

  encompute chain worker register evidence.json --dry-run`
}

// Run registers the worker.
func (c *chainWorkerRegister) Run(ctx context.Context, a *app) error {
	n, err := a.network()
	if err != nil {
		return err
	}
	policy, err := attestation.NewPolicy(n.Policy)
	if err != nil {
		return err
	}
	b, err := readLimited(c.Evidence, "FILE", protocol.MaxEvidenceBytes)
	if err != nil {
		return err
	}
	var e protocol.Evidence
	if err := protocol.UnmarshalJSON(bytes.NewReader(b), protocol.MaxEvidenceBytes, &e); err != nil {
		return fault{Code: "malformed", Field: c.Evidence, Detail: err.Error(), Remedy: "name a worker's evidence"}
	}
	return c.write(ctx, a, func(chain *contracts.Client, key protocol.SigningKey) (any, string, error) {
		return c.vouch(ctx, a, chain, key, policy, e)
	})
}

// vouch judges evidence, signs the verdict and registers the worker with it.
func (c *chainWorkerRegister) vouch(ctx context.Context, a *app, chain *contracts.Client, key protocol.SigningKey, policy attestation.Policy, e protocol.Evidence) (any, string, error) {
	seen, err := a.seenCollateral()
	if err != nil {
		return nil, "", err
	}
	at := chain.Addresses()
	want := protocol.Binding{ChainID: at.ChainID, Registry: at.WorkerRegistry, Nonce: e.Binding.Nonce}
	verdict, err := seen.Verdict(policy, func(p attestation.Policy) attestation.Verdict { return attestation.Verify(e, want, p, time.Now()) })
	if err == nil {
		err = verdict.Err()
	}
	if err != nil {
		return nil, "", err
	}
	signer, err := e.Binding.Signer()
	if err != nil {
		return nil, "", err
	}
	binding, err := e.Binding.RegistryBinding()
	if err != nil {
		return nil, "", err
	}
	now, err := chain.HeaderTime(ctx)
	if err != nil {
		return nil, "", err
	}
	until := now + uint64(max(c.Valid, 0)/time.Second)
	signed, err := contracts.SignVerdict(key, at, contracts.Verdict{
		Binding: binding, WorkloadID: verdict.WorkloadID, QuoteHash: protocol.NewDigest("quote", e.Quote), ValidUntil: until,
	})
	if err != nil {
		return nil, "", err
	}
	err = chain.RegisterWorker(ctx, key, contracts.Registration{Operator: e.Binding.Operator, Signer: signer, SealingKey: e.Binding.SealingKey, Evidence: signed})
	done := map[string]any{"signer": signer, "operator": e.Binding.Operator, "workloadId": verdict.WorkloadID, "validUntil": until}
	return done, fmt.Sprintf("worker %s of workload %s is registered until %s UTC", signer, verdict.WorkloadID, time.Unix(int64(until), 0).UTC().Format(time.DateTime)), err
}

type chainWorkerRevoke struct {
	writeFlags
	Signer protocol.Address `arg:"" placeholder:"SIGNER" help:"Worker, by the account of its receipt key."`
}

// Help implements kong.HelpProvider.
func (chainWorkerRevoke) Help() string {
	return `For the worker's operator and the registry's owner. It cannot be undone: the worker needs a new receipt key.

  encompute chain worker revoke 0x52...`
}

// Run revokes the worker.
func (c *chainWorkerRevoke) Run(ctx context.Context, a *app) error {
	return c.write(ctx, a, func(chain *contracts.Client, key protocol.SigningKey) (any, string, error) {
		return map[string]any{"signer": c.Signer, "revoked": true}, fmt.Sprintf("worker %s is revoked", c.Signer), chain.RevokeWorker(ctx, key, c.Signer)
	})
}

type chainModel struct {
	Price chainModelPrice `cmd:"" help:"Change the price of a cut."`
}

type chainModelPrice struct {
	writeFlags
	Model protocol.Digest `arg:"" placeholder:"MODEL" help:"Model, by id."`
	Cut   uint32          `arg:"" placeholder:"CUT" help:"Cut, by index."`
	Price token.Amount    `arg:"" placeholder:"TOKENS" help:"Price in tokens; 0 stops offering the cut."`
}

// Help implements kong.HelpProvider.
func (chainModelPrice) Help() string {
	return `For the model's creator. Jobs that are paid for keep their price.

  encompute chain model price 0xab... 3 0.25`
}

// Run changes the price.
func (c *chainModelPrice) Run(ctx context.Context, a *app) error {
	return c.write(ctx, a, func(chain *contracts.Client, key protocol.SigningKey) (any, string, error) {
		err := chain.SetPrice(ctx, key, c.Model, contracts.CutPrice{Cut: c.Cut, Price: c.Price.Units()})
		return map[string]any{"modelId": c.Model, "cut": c.Cut, "price": c.Price}, fmt.Sprintf("cut %d of model %s costs %s tokens", c.Cut, c.Model, c.Price), err
	})
}

type chainWithdraw struct {
	writeFlags
	To *protocol.Address `placeholder:"ADDRESS" help:"Who gets the tokens (default: the account itself)."`
}

// Help implements kong.HelpProvider.
func (chainWithdraw) Help() string {
	return `Pays out the whole credit of the account whose key it is.

  encompute chain withdraw --key-file operator.key --to 0x52...`
}

// Run withdraws.
func (c *chainWithdraw) Run(ctx context.Context, a *app) error {
	return c.write(ctx, a, func(chain *contracts.Client, key protocol.SigningKey) (any, string, error) {
		to := key.Address()
		if c.To != nil {
			to = *c.To
		}
		credit, err := chain.Credit(ctx, key.Address())
		if err != nil {
			return nil, "", err
		}
		paid := token.Amount(credit)
		return map[string]any{"to": to, "paid": paid}, fmt.Sprintf("%s tokens paid to %s", paid, to), chain.Withdraw(ctx, key, to)
	})
}

type chainRefund struct {
	writeFlags
	Job       protocol.Digest `arg:"" placeholder:"JOB" help:"Job, by its whole id."`
	FromBlock uint64          `placeholder:"N" help:"Block from which on to look for the job (default: that of the deployment file, else the first)."`
}

// Help implements kong.HelpProvider.
func (chainRefund) Help() string {
	return `Anybody may do this, for any job whose deadline is over; the user is credited. The terms are looked up on chain.
"encompute job refund" does it for a job that is kept on this machine.

  encompute chain refund 0xab... --from-block 7000000`
}

// Run refunds the job.
func (c *chainRefund) Run(ctx context.Context, a *app) error {
	from := c.FromBlock
	if _, d, err := c.addresses(a); err == nil && d != nil && from == 0 {
		from = d.Block
	}
	return c.write(ctx, a, func(chain *contracts.Client, key protocol.SigningKey) (any, string, error) {
		spec, err := chain.PostedSpec(ctx, c.Job, from)
		if err != nil {
			return nil, "", err
		}
		return map[string]any{"jobId": c.Job, "user": spec.User}, fmt.Sprintf("%s is credited for job %s", spec.User, c.Job), chain.Refund(ctx, key, spec)
	})
}
