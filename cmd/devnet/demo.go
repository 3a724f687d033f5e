package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/encrypted-compute/encompute/attestation/collateral"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/localnet"
	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// demoOptions are what a person may choose.
type demoOptions struct {
	Input string // path of an image; empty: a synthetic X-ray
	Cut   string // name of the layer after which the model is cut
	Image string // of the worker's container; empty: the worker is a process
}

// demo is one run: a network, the user's client, and what there is to report.
type demo struct {
	options demoOptions
	limits  client.Limits
	net     *localnet.Network
	truth   *oracle
	say     narrator
	report  *report
	watch   *stopwatch

	client *client.Client
	store  *client.MemoryStore
	cut    protocol.Cut
	job    *client.Job
	worker protocol.WorkerView
	raw    []float64 // decrypted, before flooding; for measuring precision only
	kept   map[client.State]*client.Job
}

func newDemo(o demoOptions, w io.Writer) *demo {
	return &demo{options: o, say: narrator{w}, report: &report{Steps: []step{}, Tamper: []tampering{}}, watch: newStopwatch(), kept: map[client.State]*client.Job{}}
}

// runDemo runs the whole demo in dir and fills the report; the network is left running.
func runDemo(ctx context.Context, dir string, o demoOptions, w io.Writer) (d *demo, err error) {
	d = newDemo(o, w)
	for _, part := range []func(context.Context) error{
		func(ctx context.Context) error { return d.prepare(dir) },
		func(ctx context.Context) error { return d.start(ctx, dir) },
		d.run, d.compare, d.settle, d.spy, d.tamper,
	} {
		if err := part(ctx); err != nil {
			d.report.Error = err.Error()
			return d, err
		}
	}
	d.report.Saw = d.whoSawWhat()
	d.report.OK = true
	d.say.conclude(d.report)
	return d, nil
}

// prepare reads model and input before anything is started, so that bad input is told at once.
func (d *demo) prepare(dir string) (err error) {
	d.say.printf("Encrypted_Compute: a chest X-ray is diagnosed by somebody else's model, and nobody sees it.\n")
	d.truth, err = newOracle(dir, d.options)
	if err != nil {
		return err
	}
	d.report.Input, d.report.Model, d.report.Cut = d.truth.inputName, d.truth.modelName, d.options.Cut
	return nil
}

func (d *demo) step(name string, bytes int64, format string, a ...any) {
	s := step{Name: name, Seconds: d.watch.lap(), Bytes: bytes, Detail: fmt.Sprintf(format, a...)}
	d.report.Steps = append(d.report.Steps, s)
	d.say.step(s)
}

// start brings the network up: chain, CVM, host, worker, creator.
func (d *demo) start(ctx context.Context, dir string) (err error) {
	d.say.title("The network (every process and the chain on this machine)")
	d.watch.lap()
	if d.net, err = localnet.Start(ctx, dir); err != nil {
		return err
	}
	d.step("chain and contracts", 0, "market %s", d.net.File.Contracts.Market)
	if err := d.net.StartHost(ctx); err != nil {
		return err
	}
	d.step("host", 0, "%s", d.net.File.Host)
	d.net.Image = d.options.Image
	if d.worker, err = d.net.StartWorker(ctx); err != nil {
		return err
	}
	d.report.Simulated = d.worker.Simulated
	marked := ""
	if d.worker.Simulated {
		marked = ", SIMULATED: no hardware stands behind it"
	}
	d.step("worker attested and registered", 0, "%s%s", d.worker.Signer, marked)
	model, err := d.net.StartCreator(ctx, localnet.Offer{
		Model: d.truth.modelPath, Card: d.truth.cardPath, Release: d.truth.releasePath, Layer: d.options.Cut, Samples: d.truth.samplePaths,
	})
	if err != nil {
		return err
	}
	d.step("creator published the model", int64(len(model.Manifest)), "%s, prefix sealed to attested workers", model.ModelID.Short())
	return d.balances(ctx, func(b *balance, a protocol.Amount) { b.Before = a })
}

// newClient makes the user's client: through the host, or through a relay in front of it.
func (d *demo) newClient(host string, store client.Store, observe func(client.Step)) (*client.Client, error) {
	a := d.net.File.Contracts
	source, err := collateral.Open(d.net.File.Collateral, "")
	if err != nil {
		return nil, err
	}
	return client.New(client.Config{
		Host: host,
		Network: protocol.Network{
			ChainID: a.ChainID, Market: a.Market, WorkerRegistry: a.WorkerRegistry, ModelRegistry: a.ModelRegistry, Token: a.Token,
		},
		Policy: d.net.Policy, Collateral: source, Chain: network.UserChain{Client: d.net.Chain, Key: d.net.Accounts.User},
		Signer: client.KeySigner{Key: d.net.Accounts.User}, Store: store,
		Release: privacy.OneReleasePerKey(), Limits: d.limits,
		Budget:   privacy.Budget{Unbounded: !d.truth.noisy()}, // at other cuts it hands over without noise, and says so
		Observer: observe, InspectRawUnsafe: func(v []float64) { d.raw = slices.Clone(v) },
		Progress: func(p client.Progress) {
			if p.Step == "compute" && p.Detail != "" {
				d.say.printf("    layer %d of %d: %s\n", p.Done, p.Total, p.Detail)
			}
		},
	})
}

// run is the user: choose, verify, encrypt, pay, upload, wait, check, release, open.
func (d *demo) run(ctx context.Context) error {
	if err := d.choose(ctx); err != nil {
		return err
	}
	for d.job.State != client.StateDelivered {
		if err := d.client.Advance(ctx, d.job); err != nil {
			return err
		}
		kept, err := d.store.Load(ctx, d.job.ID)
		if err != nil {
			return err
		}
		d.kept[d.job.State] = kept
	}
	return nil
}

// choose lists the models, picks the cut, and prepares the job.
func (d *demo) choose(ctx context.Context) (err error) {
	d.say.title("The user")
	d.watch.lap()
	d.store = client.NewMemoryStore()
	observe := func(s client.Step) { d.step(s.Name, s.Bytes, "%s", s.Detail) }
	if d.client, err = d.newClient(d.net.File.Host, d.store, observe); err != nil {
		return err
	}
	listing, err := d.client.Models(ctx)
	if err != nil {
		return err
	}
	if len(listing.Models) != 1 {
		return fmt.Errorf("list models: %d checked against the chain, %d refused, want the one that was published", len(listing.Models), len(listing.Refused))
	}
	m := listing.Models[0]
	d.step("list models", 0, "%s, checked against the chain", m.Manifest().Name)
	i := slices.IndexFunc(m.Manifest().Cuts, func(c protocol.Cut) bool { return c.Layer == d.options.Cut })
	if i < 0 {
		return fmt.Errorf("pick a cut: %s is not offered at %s", m.Manifest().Name, d.options.Cut)
	}
	d.cut = m.Manifest().Cuts[i]
	cost, err := d.client.Cost(ctx, m.ID(), d.cut.Index)
	if err != nil {
		return err
	}
	d.step("pick a cut", 0, "after %s: %s can be decrypted; %s %s", d.cut.Layer, count(d.cutValues(), "value"), formatTokens(cost.Total()), tokenName)
	d.job, err = d.client.Prepare(ctx, client.Request{ModelID: m.ID(), Cut: d.cut.Index, Input: d.truth.input, MaxCost: cost.Total()})
	return err
}

// compare holds the encrypted answer against the model run in the clear.
func (d *demo) compare(context.Context) error {
	r := d.job.Result
	i := slices.Index(r.Labels, r.Label)
	if i < 0 || i >= len(r.Probabilities) {
		return errors.New("the result names no label")
	}
	d.report.Diagnosis = diagnosis{r.Label, r.Probabilities[i]}
	d.report.PlaintextDiagnosis = d.truth.diagnosis
	released := d.job.Release.Values
	var err error
	if d.report.ReleasedDiagnosis, err = d.truth.answer(released); err != nil {
		return err
	}
	d.report.PrecisionBits = precision(d.truth.intermediate, d.raw, d.truth.scale())
	if d.truth.noisy() {
		d.report.ReleasedBits, d.report.Sheet = d.job.Release.Report.Bits, d.cut.Sheet
		d.report.NoiseDeviations, err = d.truth.deviations(released)
	} else {
		d.report.ReleasedBits = precision(d.truth.intermediate, released, 0)
	}
	if err != nil {
		return err
	}
	return d.report.hold()
}

// hold compares the answer with that of the suffix, in the clear, on what was released; without noise also with the whole
// model's.
func (r *report) hold() error {
	encrypted, exact := r.Diagnosis, r.ReleasedDiagnosis
	if r.NoiseDeviations == 0 {
		exact = r.PlaintextDiagnosis
	}
	tolerance := maxProbabilityError
	if r.NoiseDeviations > 0 {
		tolerance = 1e-3 // the values are the same
	}
	switch {
	case encrypted.Label != exact.Label:
		return fmt.Errorf("the diagnosis is %s, in the clear it is %s", encrypted.Label, exact.Label)
	case math.Abs(encrypted.Probability-exact.Probability) > tolerance:
		return fmt.Errorf("the probability is %.4f, in the clear it is %.4f", encrypted.Probability, exact.Probability)
	case r.PrecisionBits < minPrecisionBits:
		return fmt.Errorf("decryption is precise to %.1f bits, want %d", r.PrecisionBits, minPrecisionBits)
	case r.ReleasedBits < minReleasedBits:
		return fmt.Errorf("%.1f bits are left after flooding, want %d", r.ReleasedBits, minReleasedBits)
	case r.NoiseDeviations > maxDeviations:
		return fmt.Errorf("released values are off by %.1f deviations of the noise, want at most %d", r.NoiseDeviations, maxDeviations)
	}
	return nil
}

// What the demo holds itself to.
const (
	minPrecisionBits    = 20
	minReleasedBits     = 4
	maxProbabilityError = 0.05
)

// precision is -log2 of the largest error relative to the largest value, or to scale if that is larger.
func precision(want, got []float64, scale float64) float64 {
	if len(want) != len(got) || len(want) == 0 {
		return 0
	}
	most, wrong := scale, 0.
	for i := range want {
		most, wrong = max(most, math.Abs(want[i])), max(wrong, math.Abs(want[i]-got[i]))
	}
	return -math.Log2(wrong / most)
}

// spy is what a curious host would do: it searches what the host has on disk.
func (d *demo) spy(context.Context) error {
	d.say.title("A curious host")
	d.watch.lap()
	read, err := d.searchHost()
	if err != nil {
		return fmt.Errorf("search the host's disk: %w", err)
	}
	d.step("search the host's disk for secrets", read, "no piece of X-ray, intermediate, weights or result")
	return nil
}

// settle waits until the host has put the creator's delivery on chain, and reads the
// balances once more.
func (d *demo) settle(ctx context.Context) error {
	d.watch.lap()
	if err := d.net.UntilEscrow(ctx, d.job.ID, client.EscrowDelivered); err != nil {
		return err
	}
	if err := d.balances(ctx, func(b *balance, a protocol.Amount) { b.After = a }); err != nil {
		return err
	}
	d.step("worker and creator paid on chain", 0, "job %s", d.job.ID.Short())
	for _, b := range d.report.Balances {
		if paid := b.After > b.Before; paid == (b.Party == "user") {
			return fmt.Errorf("%s had %s and has %s: the money did not move as it should", b.Party, formatTokens(b.Before), formatTokens(b.After))
		}
	}
	return nil
}

// balances reads what every party has, in the wallet and as credit.
func (d *demo) balances(ctx context.Context, set func(*balance, protocol.Amount)) error {
	a := d.net.Accounts
	parties := []balance{
		{Party: "user", Who: a.User.Address()},
		{Party: "worker's operator", Who: a.Operator.Address()},
		{Party: "creator", Who: a.Creator.Address()},
		{Party: "market", Who: a.Owner.Address()},
	}
	if d.report.Balances == nil {
		d.report.Balances = parties
	}
	for i := range d.report.Balances {
		b := &d.report.Balances[i]
		wallet, err := d.net.Chain.TokenBalance(ctx, b.Who)
		if err != nil {
			return err
		}
		credit, err := d.net.Chain.Credit(ctx, b.Who)
		if err != nil {
			return err
		}
		set(b, wallet+credit)
	}
	return nil
}

// cutValues is how many numbers cross the cut.
func (d *demo) cutValues() int {
	values := 1
	for _, n := range d.cut.Shape {
		values *= n
	}
	return values
}

// whoSawWhat tells what each party got, with sizes as they were in this run. The run itself
// checks the host's row, by searching its disk; docs/architecture.md names what holds the others.
func (d *demo) whoSawWhat() []saw {
	values := d.cutValues()
	output := formatBytes(int64(d.cut.OutputBytes))
	operator := "X-ray, intermediate, weights, diagnosis"
	if d.report.Simulated {
		operator = "X-ray, intermediate, diagnosis; weights only on real hardware"
	}
	return []saw{
		{"user", fmt.Sprintf("the X-ray, %s, the diagnosis", count(values, "decrypted value")), "the suffix; of the prefix only what the intermediate tells"},
		{"worker, inside the TEE", "prefix weights; ciphertext in, " + output + " ciphertext out", "X-ray, intermediate, diagnosis"},
		{"worker's operator", "sealed prefix, ciphertexts, sizes and times", operator},
		{"host", "ciphertexts, keys that only evaluate, sealed envelopes, who pays whom", "X-ray, intermediate, weights, diagnosis"},
		{"creator", d.creatorSaw(), "X-ray"},
		{"chain", "digests, prices, times", "everything else"},
	}
}

// creatorSaw tells what the creator got and what that tells it.
func (d *demo) creatorSaw() string {
	values := count(len(d.job.Release.Values), "value")
	s := d.report.Sheet
	if s == nil {
		return fmt.Sprintf("%s of %.1f bits, and no leakage sheet (docs/privacy.md)", values, d.report.ReleasedBits)
	}
	return fmt.Sprintf("%s with noise, at most %s; of %d known X-rays it picks the right one in %.1f %% of cases at least (docs/privacy.md)",
		values, s.CapText(), s.Gallery, 100*s.Recognised())
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// networkDir makes the folder that holds everything a network writes; its path is short
// enough for a unix socket.
func networkDir() (string, error) {
	dir, err := os.MkdirTemp("", "encompute-")
	if err != nil {
		return "", fmt.Errorf("folder for the network: %w", err)
	}
	return filepath.EvalSymlinks(dir)
}
