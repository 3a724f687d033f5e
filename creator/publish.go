package creator

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

// Card is what a model's file does not say. Its JSON form is the model.json of examples.
type Card struct {
	Name        string               `json:"name"`
	Description string               `json:"description"`
	Task        string               `json:"task"` // "classification" gets probabilities and a label
	Input       protocol.InputSchema `json:"input"`
	InputRange  protocol.Range       `json:"inputRange"` // of the preprocessed input
	Labels      []string             `json:"labels"`
	// Output says what the model's values mean; nil: scores or probabilities of the labels of a classification.
	Output *protocol.OutputSchema `json:"output,omitempty"`
	// Sample is checked before the model is published.
	Sample *SampleVector `json:"sample,omitempty"`
}

// Offer is a cut and its price in the smallest unit of the market's token.
type Offer struct {
	Layer string // as model.Graph.CutByName takes it
	Price protocol.Amount
}

// PublishConfig is what a creator needs to publish a model.
type PublishConfig struct {
	State  *State
	Graph  *model.Graph
	Card   Card
	Vector Vector // the card's sample, its input prepared
	Offers []Offer
	// Releases say, by the layer of an offer, what is done to its intermediates before they are handed over.
	Releases map[string]Release
	// Worker is an attested worker of the workload that is to run the prefixes: they are
	// sealed to its app's key, and nobody else's.
	Worker  attestation.VerifiedWorker
	Creator protocol.Address // the account that Chain signs with
	// MaxJobsPerUserDay is how many jobs the host takes of one account in 24 hours; 0: as many as are paid for.
	MaxJobsPerUserDay uint32
	// Again lets the same that was published before take jobs again if it was unpublished since.
	Again bool
	// Samples are representative inputs, preprocessed. Scales and bounds of the plans come
	// from them; without any, from random inputs, which may be far from real ones.
	Samples [][]float64
	// Plan says what the plans must achieve; range and samples are filled in.
	Plan  fhe.Options
	Chain Chain
	Host  Host
	// Observer is told of each step that ended; it may be nil.
	Observer func(step string, seconds float64, bytes int64)
}

// Published is a model on chain and at the host.
type Published struct {
	ModelID  protocol.Digest
	Manifest protocol.Manifest
}

// Publish seals the prefixes of the offered cuts, registers model and prices on chain, and
// gives the manifest and the sealed prefixes to the host. Publishing the same again from
// the same state goes on where it stopped and brings the prices up to date.
func Publish(ctx context.Context, cfg PublishConfig) (Published, error) {
	if err := cfg.check(); err != nil {
		return Published{}, fmt.Errorf("publish configuration: %w", err)
	}
	if err := cfg.Host.verify(ctx); err != nil {
		return Published{}, err
	}
	p, err := cfg.prepare(ctx)
	if err != nil {
		return Published{}, err
	}
	renewals, err := cfg.State.Renewals()
	if err != nil {
		return Published{}, err
	}
	to, next := cfg.to(), renewals[p.id]
	to.again = cfg.Again && next.IsZero()
	err = to.publish(ctx, p, cfg.prices(p))
	if errors.Is(err, ErrUnpublished) && !next.IsZero() {
		err = fmt.Errorf("publish model %s: %w: %s is in its place", p.id, ErrRenewed, next)
	}
	if err != nil {
		return Published{}, err
	}
	return Published{p.id, p.manifest}, nil
}

func (cfg PublishConfig) to() publisher {
	return publisher{chain: cfg.Chain, host: cfg.Host, observer: cfg.Observer}
}

func (cfg PublishConfig) check() error {
	switch {
	case cfg.State == nil || cfg.Graph == nil || cfg.Chain == nil:
		return errors.New("state, graph and chain are needed")
	case cfg.Creator.IsZero():
		return errors.New("creator is not set")
	case len(cfg.Offers) == 0:
		return errors.New("no cut is offered")
	case slices.ContainsFunc(slices.Collect(maps.Keys(cfg.Releases)), cfg.notOffered):
		return fmt.Errorf("%w: one is for a layer that is not offered", ErrRelease)
	case !cfg.Worker.Valid():
		return attestation.ErrNotVerified
	}
	return errors.Join(cfg.Card.check(cfg.Graph, cfg.Vector), cfg.Host.check())
}

func (cfg PublishConfig) notOffered(layer string) bool {
	return !slices.ContainsFunc(cfg.Offers, func(o Offer) bool { return o.Layer == layer })
}

// prepare returns the publication that is kept for this request, or makes one.
func (cfg PublishConfig) prepare(ctx context.Context) (publication, error) {
	onnx := cfg.Graph.Marshal()
	key, err := cfg.State.SealingKey()
	if err != nil {
		return publication{}, err
	}
	request, err := cfg.request(onnx, key.Public())
	if err != nil {
		return publication{}, err
	}
	p, err := cfg.State.published(request)
	if !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	if p, err = cfg.build(ctx, key.Public()); err != nil {
		return p, err
	}
	return p, cfg.State.save(request, p, onnx)
}

// request is the digest of everything that a publication follows from but the prices.
func (cfg PublishConfig) request(onnx, sealingKey []byte) (protocol.Digest, error) {
	layers := make([]string, len(cfg.Offers))
	for i, o := range cfg.Offers {
		layers[i] = o.Layer
	}
	b, err := protocol.Marshal(struct {
		Model                 protocol.Digest
		Card                  Card
		Layers                []string
		Workload              protocol.Digest
		WorkerKey, SealingKey []byte
		Creator               protocol.Address
		Releases              map[string]Release
		MaxJobsPerUserDay     uint32 `cbor:",omitempty"`
	}{protocol.BlobDigest(onnx), cfg.Card, layers, cfg.Worker.Workload().ID(), cfg.Worker.SealingKey(), sealingKey, cfg.Creator, cfg.Releases, cfg.MaxJobsPerUserDay})
	return protocol.NewDigest("publish-request", b), err
}

// build makes manifest and sealed prefixes.
func (cfg PublishConfig) build(ctx context.Context, sealingKey []byte) (p publication, err error) {
	p = publication{prefixes: map[protocol.Digest][]byte{}, intakes: map[uint32]intake{}, proofs: map[uint32]protocol.Digest{}, manifest: protocol.Manifest{
		Version: 1, Name: cfg.Card.Name, Description: cfg.Card.Description, Task: cfg.Card.Task, Creator: cfg.Creator,
		SealingKey: sealingKey, Input: cfg.Card.Input, InputRange: cfg.Card.InputRange, Labels: cfg.Card.Labels,
		Output: cfg.Card.Output, MaxJobsPerUserDay: cfg.MaxJobsPerUserDay,
	}}
	unlisted := uint32(len(cfg.Graph.Cuts())) // cuts without a number in the graph get those behind, in the order of the offers
	for _, o := range cfg.Offers {
		err := cfg.to().step("compile "+o.Layer, 0, func() error {
			cut, sealed, intake, err := cfg.offer(ctx, o)
			if err != nil {
				return fmt.Errorf("cut %s: %w", o.Layer, err)
			}
			if slices.ContainsFunc(p.manifest.Cuts, func(c protocol.Cut) bool { return c.Layer == cut.Layer }) {
				return fmt.Errorf("cut %s is offered twice", cut.Layer)
			}
			if cut.Index == 0 {
				unlisted++
				cut.Index = unlisted
			}
			p.manifest.Cuts = append(p.manifest.Cuts, cut)
			p.prefixes[cut.SealedPrefix], p.intakes[cut.Index], p.proofs[cut.Index] = sealed.blob, intake, sealed.proof
			return nil
		})
		if err != nil {
			return p, err
		}
	}
	if err := p.manifest.Validate(); err != nil {
		return p, err
	}
	if p.raw, err = protocol.Marshal(p.manifest); err != nil {
		return p, err
	}
	p.id = cfg.Chain.ModelID(protocol.NewDigest("manifest", p.raw))
	return p, nil
}

// offer compiles a cut, checks it, and seals its prefix.
func (cfg PublishConfig) offer(ctx context.Context, o Offer) (c protocol.Cut, sealed sealedPrefix, r intake, err error) {
	cut, err := cfg.Graph.CutByName(o.Layer)
	if err != nil {
		return c, sealed, r, err
	}
	lowered, err := Lower(cfg.Graph, cut)
	if err != nil {
		return c, sealed, r, err
	}
	if err := cfg.compare(lowered, cut); err != nil {
		return c, sealed, r, err
	}
	to, err := cfg.Releases[o.Layer].apply(cfg.Graph, cut, lowered, cfg.Samples)
	if err != nil {
		return c, sealed, r, err
	}
	options := cfg.Plan
	options.Low, options.High, options.Samples = cfg.Card.InputRange.Low, cfg.Card.InputRange.High, cfg.Samples
	plan, err := fhe.Compile(ctx, to.prefix, options)
	if err != nil {
		return c, sealed, r, err
	}
	if sealed, err = cfg.seal(to.prefix, plan); err != nil {
		return c, sealed, r, err
	}
	if c.Plan, err = plan.MarshalBinary(); err != nil {
		return c, sealed, r, err
	}
	info := plan.Info()
	c.Index, c.Layer, c.Shape = uint32(cut.Index), cut.Layer, to.shape
	for _, l := range to.prefix.Layers {
		c.Layers = append(c.Layers, l.Name)
	}
	if r, ok := cfg.Releases[o.Layer]; ok {
		c.Release, c.Sheet, c.Chart, c.Pictures = &to.mechanism, r.Sheet, r.Chart, r.Pictures
	}
	c.PrefixHash, c.SealedPrefix, c.SealedPrefixBytes = sealed.hash, protocol.BlobDigest(sealed.blob), uint64(len(sealed.blob))
	c.WorkloadID, c.Price = cfg.Worker.Workload().ID(), o.Price
	c.KeysBytes, c.InputBytes, c.OutputBytes = uint64(info.KeysBytes), uint64(info.InputBytes), uint64(info.OutputBytes)
	c.Keyless = info.Keyless
	return c, sealed, to.intake, nil
}

// sealedPrefix is a prefix for workers, and what shows them that records to measure it on come from here.
type sealedPrefix struct {
	hash  protocol.Digest
	blob  []byte
	proof protocol.Digest // secret: PrefixPayload.RecordsProof
}

// seal seals a prefix to the worker's app.
func (cfg PublishConfig) seal(prefix fhe.Prefix, plan fhe.Plan) (s sealedPrefix, err error) {
	payload := protocol.PrefixPayload{PlanDigest: plan.Digest()}
	if payload.Prefix, err = prefix.MarshalBinary(); err != nil {
		return s, err
	}
	if _, err := rand.Read(payload.Salt[:]); err != nil {
		return s, fmt.Errorf("make salt: %w", err)
	}
	s.proof = payload.RecordsProof()
	s.hash, s.blob, err = protocol.SealPrefixPayload(payload, cfg.Worker.SealingKey())
	return s, err
}

// tolerance is how far a lowered prefix in float64 may be from the model in float32.
const tolerance = 1e-4

// compare checks that the lowered prefix computes what the model computes, and that the suffix goes on from there as
// the model does.
func (cfg PublishConfig) compare(lowered fhe.Prefix, cut model.Cut) error {
	prefix, suffix, err := cfg.Graph.Split(cut)
	if err != nil {
		return err
	}
	if err := cfg.checkSuffix(prefix, suffix); err != nil {
		return fmt.Errorf("%w: %w", ErrPlan, err)
	}
	random, err := cfg.randomInputs()
	if err != nil {
		return err
	}
	for _, x := range slices.Concat(cfg.Samples, random) {
		worst, err := difference(lowered.Eval, prefix, x)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrPlan, err)
		}
		if worst > tolerance {
			return fmt.Errorf("%w: prefix differs from the model by %g, at most %g is allowed", ErrPlan, worst, tolerance)
		}
	}
	return nil
}

// checkSuffix checks that the suffix, written to a file and read again, makes of the prefix's output what the model
// makes of the card's sample.
func (cfg PublishConfig) checkSuffix(prefix, suffix *model.Graph) error {
	read, err := model.Parse(suffix.Marshal())
	if err != nil {
		return fmt.Errorf("suffix, read from its file: %w", err)
	}
	halves := func(x []float64) ([]float64, error) {
		z, err := prefix.Eval(float32s(x))
		if err != nil {
			return nil, err
		}
		y, err := read.Eval(z)
		return float64s(y), err
	}
	worst, err := difference(halves, cfg.Graph, cfg.Vector.Input)
	if err == nil && worst > tolerance {
		err = fmt.Errorf("prefix and suffix differ from the model by %g, at most %g is allowed", worst, tolerance)
	}
	return err
}

// randomInputs are a few inputs of the declared range.
func (cfg PublishConfig) randomInputs() (list [][]float64, err error) {
	low, high := cfg.Card.InputRange.Low, cfg.Card.InputRange.High
	for range 3 {
		b := make([]byte, 4*size(cfg.Card.Input.Shape))
		if _, err := rand.Read(b); err != nil {
			return nil, fmt.Errorf("draw inputs: %w", err)
		}
		x := make([]float64, len(b)/4)
		for i := range x {
			at := float64(binary.LittleEndian.Uint32(b[4*i:])) / (1 << 32)
			x[i] = float64(float32(low + at*(high-low)))
		}
		list = append(list, x)
	}
	return list, nil
}

// prices are those of the offers, by the index of the cut: a publication has a cut for each of them, in their order.
func (cfg PublishConfig) prices(p publication) map[uint32]protocol.Amount {
	prices := map[uint32]protocol.Amount{}
	for i, cut := range p.manifest.Cuts {
		prices[cut.Index] = cfg.Offers[i].Price
	}
	return prices
}
