package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/internal/vault"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

type creatorCommands struct {
	Publish creatorPublish `cmd:"" help:"Cut a model, seal the first part to attested workers, register it with prices."`
	Sheet   creatorSheet   `cmd:"" help:"Have an attested worker measure what a cut's releases tell."`
	Serve   creatorServe   `cmd:"" help:"Answer users: run the rest of the model on what they release."`
	Status  creatorStatus  `cmd:"" help:"Show models, agent, jobs, times and earnings."`
	Export  creatorExport  `cmd:"" help:"Write a published model with its keys into a file, to serve it elsewhere."`
}

// creatorFlags are those of both commands.
type creatorFlags struct {
	State   string `placeholder:"DIR" help:"Folder of the creator's keys, models and answers (default creator in the folder of --home)."`
	KeyFile string `placeholder:"FILE" help:"Secret key of the creator: 64 hexadecimal digits or a keystore (default $$ENCOMPUTE_KEY_FILE, else the wallet)."`
}

// open returns the creator's state, encrypted with the passphrase, and key.
func (c creatorFlags) open(a *app) (*creator.State, protocol.SigningKey, error) {
	state, _, err := c.openState(a)
	if err != nil {
		return nil, protocol.SigningKey{}, err
	}
	key, err := c.key(a, state)
	return state, key, err
}

func (c creatorFlags) openState(a *app) (state *creator.State, passphrase string, err error) {
	home, err := a.home()
	if err != nil {
		return nil, "", err
	}
	if passphrase, err = a.passphrase(false); err != nil {
		return nil, "", err
	}
	v, err := vault.Open(firstOf(c.State, filepath.Join(home, "creator")), passphrase)
	if errors.Is(err, vault.ErrPassphrase) {
		return nil, "", fault{Code: "passphrase", Field: "--state", Detail: err.Error(), Remedy: "give the one that the folder was made with"}
	}
	if err != nil {
		return nil, "", fault{Code: "state", Field: "--state", Detail: err.Error(), Remedy: "name a folder that can be written"}
	}
	return creator.NewState(v), passphrase, nil
}

// key is that of --key-file or the environment, else the one that came with a publication, else the wallet's.
func (c creatorFlags) key(a *app, state *creator.State) (protocol.SigningKey, error) {
	if c.KeyFile == "" && a.env("ENCOMPUTE_KEY_FILE") == "" {
		if key, err := state.Account(); !errors.Is(err, fs.ErrNotExist) {
			return key, err
		}
	}
	return a.serviceKey(c.KeyFile)
}

func hostOf(n *network.File) creator.Host {
	return creator.Host{Address: n.Host, Network: n.Expected()}
}

type creatorPublish struct {
	creatorFlags
	Model       string          `required:"" placeholder:"M.onnx" help:"Model file."`
	Card        string          `placeholder:"FILE" help:"Card with name, input schema and labels (default: the model's name with .json)."`
	Cut         []offer         `required:"" placeholder:"LAYER=PRICE" help:"Cut to offer, by layer or index, or by all that crosses it, as in a+b=0.25, and its price in tokens; repeatable."`
	Sample      []string        `placeholder:"FILE" help:"Picture or table (FILE.csv#ROW for another row than the first) like the real ones; repeatable. Scales and noise of the plans are measured on them."`
	Release     string          `placeholder:"FILE" help:"What users do to intermediates before they hand them over, by cut, with its leakage sheet (JSON): \"model advise\" writes it."`
	Approximate []approximation `placeholder:"LAYER[:DEGREE[:LOW:HIGH]]" help:"Activation to replace by a polynomial, as \"model inspect\" takes it; repeatable."`

	MaxJobsPerUserDay uint32 `placeholder:"N" help:"Jobs that the host takes of one account in 24 hours (default: as many as are paid for). Another wallet is another account: it slows down whoever rebuilds the prefix from answers, and its price stops them."`

	Worker *protocol.Address `placeholder:"SIGNER" help:"Worker whose workload is to run the prefixes (default: the first that verifies)."`

	Serve bool `help:"Go on to answer users, as \"creator serve\" does."`
	runtimeFlags
}

// Help implements kong.HelpProvider.
func (creatorPublish) Help() string {
	return `The layers before each cut are planned, checked against the model, and sealed to the key of an attested worker's
app, whose evidence is verified here first. Then model and prices go on chain, and the manifest to the host. The rest
of the model stays in --state, encrypted with the passphrase. The same command again goes on where it stopped, and
brings the prices up to date. "encompute model inspect" shows which cuts there are, those too that several tensors cross: these
are offered as one intermediate, under a number behind those of the others.

Give a few samples: without any, plans are made for random inputs, and precision is lost to ranges that real inputs
never reach. An intermediate more than 32 times as large as that of any sample is refused by the user's client.

"encompute model advise" finds a release and writes the file for --release, with the leakage sheet that users see before they
pay. Without --release users hand over intermediates as they are, flooded and rounded: nothing bounds what they tell of the
input, and clients refuse that unless their user insists.

The card must hold a sample: an input, and what the model's training framework gave for it. It is checked here by running
the model on it, since wrongly scaled inputs get wrong answers and no error.

  encompute creator publish --model model.onnx --card model.json --sample a.png --sample b.png --cut gap=0.25
  encompute creator publish --model resnet.onnx --cut relu1+conv2=0.25 --sample a.png
  encompute creator publish --model model.onnx --cut gap=0.25 --serve`
}

// offer is a cut and its price, as in gap=0.25.
type offer struct {
	layer string
	price token.Amount
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (o *offer) UnmarshalText(b []byte) (err error) {
	i := bytes.LastIndexByte(b, '=')
	if i < 1 {
		return fmt.Errorf("%q is not LAYER=PRICE, such as gap=0.25", b)
	}
	o.layer = string(b[:i])
	if o.price, err = token.Parse(string(b[i+1:])); err == nil && o.price == 0 {
		err = fmt.Errorf("the price of %s is zero: give it a price", o.layer)
	}
	return err
}

// Run publishes the model.
func (c *creatorPublish) Run(ctx context.Context, a *app) error {
	runtime, err := c.openRuntime()
	if err != nil {
		return err
	}
	cfg, err := c.config()
	if err != nil {
		return err
	}
	s, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	state, key, err := c.open(a)
	if err != nil {
		return err
	}
	if cfg.Worker, err = s.verifiedWorker(ctx, c.Worker); err != nil {
		return err
	}
	cfg.State, cfg.Creator, cfg.Host = state, key.Address(), hostOf(s.network)
	cfg.Chain = network.CreatorChain{Client: s.chain, Key: key}
	cfg.Observer = func(step string, seconds float64, bytes int64) {
		s.meter.finish(step, time.Duration(seconds*float64(time.Second)), bytes, "")
		s.meter.progress("publish", 0, 0, "") // whatever is next
	}
	s.meter.progress("publish", 0, 0, "")
	published, err := creator.Publish(ctx, cfg)
	s.meter.idle()
	if err != nil {
		return publishFault(err)
	}
	doc := modelEntry{
		ModelID: published.ModelID, Name: published.Manifest.Name, Description: published.Manifest.Description,
		Creator: published.Manifest.Creator, Ready: true,
	}
	for _, cut := range published.Manifest.Cuts {
		price, err := s.chain.Price(ctx, published.ModelID, cut.Index)
		if err != nil {
			return err
		}
		doc.Cuts = append(doc.Cuts, cutEntry{cut.Index, cut.Layer, token.Amount(price)})
	}
	err = a.document(doc, func(w io.Writer) {
		fmt.Fprintf(w, "model    %s\nid       %s\ncreator  %s\ncuts     %s\n", doc.Name, doc.ModelID, doc.Creator, doc.offers())
		if !c.Serve {
			fmt.Fprintln(a.stderr, `Now answer users with "encompute creator serve".`)
		}
	})
	if err != nil || !c.Serve {
		return err
	}
	return serve(ctx, a, creator.ServeConfig{
		State: state, Signer: creator.KeySigner{Key: key}, Chain: network.CreatorChain{Client: s.chain, Key: key}, Host: cfg.Host, Runtime: runtime,
	})
}

// config reads the files and checks the cuts, before anything is asked of the network.
func (c *creatorPublish) config() (cfg creator.PublishConfig, err error) {
	if cfg.Graph, err = openModel(c.Model); err != nil {
		return cfg, err
	}
	if cfg.Card, err = readCard(firstOf(c.Card, cardBeside(c.Model))); err != nil {
		return cfg, err
	}
	if cfg.Vector, err = readVector(firstOf(c.Card, cardBeside(c.Model)), cfg.Card); err != nil {
		return cfg, err
	}
	for _, path := range c.Sample {
		schema := input.Schema(cfg.Card.Input)
		x, err := schema.ReadFile(path)
		if err != nil {
			return cfg, fault{Code: "input", Field: "--sample " + path, Detail: err.Error(), Remedy: "give " + schema.Wanted()}
		}
		cfg.Samples = append(cfg.Samples, x)
	}
	if cfg.Graph, _, err = approximate(cfg.Graph, c.Approximate, cfg.Samples); err != nil {
		return cfg, err
	}
	for _, o := range c.Cut {
		cut, err := cfg.Graph.CutByName(o.layer)
		if err != nil {
			return cfg, fault{Code: string(client.CodeCutNotOffered), Field: "--cut", Detail: err.Error()}
		}
		if _, err := creator.Lower(cfg.Graph, cut); err != nil {
			return cfg, cutFault(err, o.layer)
		}
		cfg.Offers = append(cfg.Offers, creator.Offer{Layer: cut.Layer, Price: o.price.Units()})
	}
	cfg.MaxJobsPerUserDay = c.MaxJobsPerUserDay
	cfg.Releases, err = readReleases(c.Release)
	return cfg, err
}

func publishFault(err error) error {
	if _, ok := errors.AsType[*model.NotEncryptable](err); ok || errors.Is(err, creator.ErrPlan) {
		return fault{Code: "not-encryptable", Field: "--cut", Detail: err.Error()}
	}
	if errors.Is(err, creator.ErrRelease) {
		return fault{Code: "release", Field: "--release", Detail: err.Error()}
	}
	if errors.Is(err, creator.ErrVector) {
		return fault{Code: "sample", Field: "--card", Detail: err.Error()}
	}
	return err
}

// verifiedWorker verifies the wanted worker, or workers until one passes.
func (s *session) verifiedWorker(ctx context.Context, wanted *protocol.Address) (w attestation.VerifiedWorker, err error) {
	views, err := s.client.Workers(ctx)
	if err != nil {
		return w, err
	}
	if wanted != nil {
		view, err := findWorker(views, *wanted, "--worker")
		if err != nil {
			return w, err
		}
		views = []protocol.WorkerView{view}
	}
	refusals := []error{fault{
		Code: string(client.CodeNoWorker), Field: "worker", Detail: "no worker is connected to the host that could run the model",
		Remedy: "try again when one is",
	}}
	for _, v := range views {
		w, _, err := s.client.VerifyWorker(ctx, v)
		if err == nil {
			return w, nil
		}
		refusals = append(refusals, err)
	}
	return w, refusals[len(refusals)-1]
}

// readCard reads the card of a model.
func readCard(path string) (c creator.Card, err error) {
	b, err := readLimited(path, "--card", protocol.MaxManifestBytes)
	if err != nil {
		return c, err
	}
	if err := protocol.UnmarshalJSON(bytes.NewReader(b), protocol.MaxManifestBytes, &c); err != nil {
		return c, fault{Code: "malformed", Field: "--card", Detail: err.Error(), Remedy: "correct " + path}
	}
	return c, nil
}

// readVector reads the sample of a card, which is at path.
func readVector(path string, c creator.Card) (creator.Vector, error) {
	if c.Sample == nil {
		return creator.Vector{}, fault{
			Code: "sample", Field: "--card", Detail: path + " has no sample: nothing shows that its preprocessing is the one that the model was trained with",
			Remedy: `add "sample": {"input": FILE, "output": [...]}, an input and what the training framework computed for it`,
		}
	}
	schema := input.Schema(c.Input)
	x, err := schema.ReadFile(filepath.Join(filepath.Dir(path), filepath.FromSlash(c.Sample.Input)))
	if err != nil {
		return creator.Vector{}, fault{Code: "sample", Field: "--card", Detail: err.Error(), Remedy: "give " + schema.Wanted() + " as the sample of " + path}
	}
	return creator.Vector{Input: x, Output: c.Sample.Output}, nil
}

// cardBeside is where the card of a model file is by default.
func cardBeside(model string) string { return strings.TrimSuffix(model, filepath.Ext(model)) + ".json" }
