// Package draft is a model on its way to publication: the files that its creator gave, the cuts with their plans, what the
// releases tell, and what is still missing. Pages show it; nothing of it leaves the machine that it is on.
package draft

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

// ErrFile marks a file that is none of those a draft takes.
var ErrFile = errors.New("file of the draft")

// Draft is a model that is not published yet. The zero value is empty. It is not safe for concurrent use.
type Draft struct {
	graph    *model.Graph
	file     datum // of the model
	card     creator.Card
	given    bool // the card was given or edited, not guessed from the model
	releases map[string]creator.Release
	data     []datum
}

// datum is a file of inputs.
type datum struct {
	name string
	b    []byte
}

// The bounds of the files.
const (
	maxData    = 32       // files
	maxRelease = 64 << 20 // bytes, of matrices in decimal
	maxSamples = 16       // that plans are measured on
)

// Take reads a file: a model (ONNX), a card, releases as "encompute model advise" writes them, or inputs. Another of the same
// kind, or of the same name for inputs, replaces it; another model takes everything else out. Errors wrap ErrFile, or are
// those of the model.
func (d *Draft) Take(name string, b []byte) error {
	switch {
	case strings.EqualFold(path.Ext(name), ".onnx"):
		return d.takeModel(name, b)
	case d.graph == nil:
		return fmt.Errorf("%w: %s: give the model first, an ONNX file", ErrFile, name)
	case !strings.EqualFold(path.Ext(name), ".json"):
		return d.takeData(name, b)
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(b, &keys); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrFile, name, err)
	}
	if keys["input"] != nil && keys["inputRange"] != nil {
		if err := d.SetCard(b); err != nil {
			return fmt.Errorf("%w: card %s: %w", ErrFile, name, err)
		}
		return nil
	}
	releases, err := d.readReleases(b)
	if err != nil {
		return fmt.Errorf("%w: %s is neither a card nor what \"encompute model advise\" writes: %w", ErrFile, name, err)
	}
	d.releases = releases
	return nil
}

func (d *Draft) readReleases(b []byte) (releases map[string]creator.Release, err error) {
	if err := protocol.UnmarshalJSON(bytes.NewReader(b), maxRelease, &releases); err != nil {
		return nil, err
	}
	for layer := range releases {
		if _, err := d.graph.CutByName(layer); err != nil {
			return nil, err
		}
	}
	return releases, nil
}

// TakeMeasured reads releases that were measured here, as files of releases hold them. Those of other cuts stay. Errors wrap
// ErrFile.
func (d *Draft) TakeMeasured(b []byte) error {
	if d.graph == nil {
		return errNoModel
	}
	releases, err := d.readReleases(b)
	if err != nil {
		return fmt.Errorf("%w: measured releases: %w", ErrFile, err)
	}
	if d.releases == nil {
		d.releases = map[string]creator.Release{}
	}
	maps.Copy(d.releases, releases)
	return nil
}

// File returns a file that was taken, the model or one of inputs, by its name. Errors wrap ErrFile.
func (d *Draft) File(name string) ([]byte, error) {
	for _, x := range append([]datum{d.file}, d.data...) {
		if x.name == name && d.graph != nil {
			return x.b, nil
		}
	}
	return nil, fmt.Errorf("%w: there is no file %.80q", ErrFile, name)
}

func (d *Draft) takeModel(name string, b []byte) error {
	g, err := model.Parse(b)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(g.Inputs) != 1 {
		return fmt.Errorf("%w: %s has %d inputs, a model takes one", ErrFile, name, len(g.Inputs))
	}
	*d = Draft{graph: g, file: datum{path.Base(name), b}}
	d.card = d.guess()
	return nil
}

func (d *Draft) takeData(name string, b []byte) error {
	name = path.Base(name)
	d.data = slices.DeleteFunc(d.data, func(x datum) bool { return x.name == name })
	if len(d.data) == maxData {
		return fmt.Errorf("%w: %s: there are %d files of inputs already", ErrFile, name, maxData)
	}
	d.data = append(d.data, datum{name, b})
	return nil
}

// SetCard puts a card in the place of the one that there is.
func (d *Draft) SetCard(b []byte) error {
	var c creator.Card
	if err := protocol.UnmarshalJSON(bytes.NewReader(b), protocol.MaxManifestBytes, &c); err != nil {
		return err
	}
	d.card, d.given = c, true
	return nil
}

// guess is a card to begin with: what the model's shapes tell, and scaled pictures or raw numbers.
func (d *Draft) guess() creator.Card {
	in, outputs := d.graph.Inputs[0].Sample(), 1
	if shape, err := d.graph.Shape(d.graph.Outputs[0].Name); err == nil {
		outputs = size(shape[min(1, len(shape)):])
	}
	c := creator.Card{
		Name: strings.TrimSuffix(d.file.name, path.Ext(d.file.name)), Task: "classification", InputRange: protocol.Range{Low: 0, High: 1},
		Input: protocol.InputSchema{Kind: protocol.InputTable, Shape: []int{size(in)}, Scale: 1},
	}
	if len(in) == 3 {
		c.Input = protocol.InputSchema{Kind: protocol.InputImage, Shape: in, Scale: 1.0 / 255}
	} else {
		for i := range size(in) {
			c.Input.Columns = append(c.Input.Columns, fmt.Sprintf("x%d", i+1))
		}
	}
	for i := range outputs {
		c.Labels = append(c.Labels, fmt.Sprintf("class %d", i+1))
	}
	return c
}

func size(shape []int) int {
	n := 1
	for _, v := range shape {
		n *= v
	}
	return n
}

// errNoModel says that there is no model yet.
var errNoModel = fmt.Errorf("%w: give the model first, an ONNX file", ErrFile)

// vector is the card's sample, its input prepared.
func (d *Draft) vector() (creator.Vector, error) {
	s := d.card.Sample
	if s == nil || s.Input == "" {
		return creator.Vector{}, errors.New("the card has no sample: name an input, and what the training framework computed for it")
	}
	x, err := d.read(s.Input)
	return creator.Vector{Input: x, Output: s.Output}, err
}

// read reads an input of the files by its path from the card, as input.Schema.ReadFile does: FILE, or FILE#ROW.
func (d *Draft) read(name string) ([]float64, error) {
	schema, row := input.Schema(d.card.Input), 0
	if file, number, ok := strings.Cut(name, "#"); ok && schema.Kind == input.Table {
		if n, err := strconv.Atoi(number); err == nil {
			name, row = file, n
		}
	}
	for _, x := range d.data {
		if x.name != path.Base(name) {
			continue
		}
		list, err := schema.Read(bytes.NewReader(x.b), row, 1)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", x.name, err)
		}
		return list[0], nil
	}
	return nil, fmt.Errorf("%s is missing: give that file, too", path.Base(name))
}

// samples are inputs that plans are measured on, those of the card's sample first; files that do not fit the card are left out.
func (d *Draft) samples() (list [][]float64) {
	add := func(x []float64) {
		if len(list) < maxSamples && d.inside(x) {
			list = append(list, x)
		}
	}
	if v, err := d.vector(); err == nil {
		add(v.Input)
	}
	for _, x := range d.data {
		read, err := input.Schema(d.card.Input).Read(bytes.NewReader(x.b), 0, maxSamples)
		if err != nil {
			continue
		}
		for _, r := range read {
			add(r)
		}
	}
	return list
}

func (d *Draft) inside(x []float64) bool {
	return len(x) == size(d.graph.Inputs[0].Sample()) && !slices.ContainsFunc(x, func(v float64) bool {
		return !(v >= d.card.InputRange.Low && v <= d.card.InputRange.High)
	})
}

// Plan plans the encrypted layers before a cut, named as model.Graph.CutByName takes it, with what its release adds to them:
// as Publish would.
func (d *Draft) Plan(ctx context.Context, layer string) (fhe.Plan, error) {
	if d.graph == nil {
		return fhe.Plan{}, errNoModel
	}
	cut, err := d.graph.CutByName(layer)
	if err != nil {
		return fhe.Plan{}, err
	}
	options := fhe.Options{Low: d.card.InputRange.Low, High: d.card.InputRange.High, Samples: d.samples()}
	r, ok := d.releases[cut.Layer]
	if !ok {
		_, plan, err := creator.PlanCut(ctx, d.graph, cut, options)
		return plan, err
	}
	prefix, err := r.Prefix(d.graph, cut)
	if err != nil {
		return fhe.Plan{}, err
	}
	return fhe.Compile(ctx, prefix, options)
}

// Config is what Publish needs of the draft: model, card, vector, samples, and the releases of the offers.
func (d *Draft) Config(offers []creator.Offer) (cfg creator.PublishConfig, err error) {
	if d.graph == nil {
		return cfg, errNoModel
	}
	if cfg.Vector, err = d.vector(); err != nil {
		return cfg, fmt.Errorf("%w: %w", creator.ErrVector, err)
	}
	cfg.Graph, cfg.Card, cfg.Offers, cfg.Samples = d.graph, d.card, offers, d.samples()
	for _, o := range offers {
		if r, ok := d.releases[o.Layer]; ok {
			if cfg.Releases == nil {
				cfg.Releases = map[string]creator.Release{}
			}
			cfg.Releases[o.Layer] = r
		}
	}
	return cfg, nil
}
