package draft

import (
	"errors"
	"slices"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// View is a draft as a page shows it.
type View struct {
	File   string       `json:"file"` // of the model; empty: there is none, and nothing else
	Input  []int        `json:"input"`
	Layers []Layer      `json:"layers"`
	Cuts   []Cut        `json:"cuts"`
	Joined []Cut        `json:"joined"` // cuts that several tensors cross, side by side
	Card   creator.Card `json:"card"`
	Given  bool         `json:"given"` // the card was given; else it is a guess from the model's shapes
	Data   []string     `json:"data"`  // names of the files of inputs
	// Samples is how many inputs plans are measured on.
	Samples int                 `json:"samples"`
	Checks  []attestation.Check `json:"checks"` // what publishing demands
}

// Layer is a node of the model.
type Layer struct {
	Name  string `json:"name"`
	Op    string `json:"op"`
	Shape []int  `json:"shape"` // of its output, without the batch
}

// Cut is a place where the model can be cut, or why it cannot.
type Cut struct {
	Layer       string                `json:"layer"` // "a+b" if several tensors cross
	After       int                   `json:"after"` // how many layers are before it
	Shape       []int                 `json:"shape"`
	Encryptable bool                  `json:"encryptable"`
	Reason      *model.NotEncryptable `json:"reason,omitempty"`
	Release     *Release              `json:"release,omitempty"` // nil: users would hand over intermediates as they are
}

// Release is what users hand over at a cut, and what was measured of it.
type Release struct {
	Values   int                `json:"values"`
	Steps    []string           `json:"steps"`           // that follow flooding
	Tells    *float64           `json:"tells,omitempty"` // bits of the input at most; nil: nothing bounds it
	Sheet    *protocol.Sheet    `json:"sheet,omitempty"`
	Chart    string             `json:"chart,omitempty"`
	Pictures *protocol.Pictures `json:"pictures,omitempty"`
	Error    string             `json:"error,omitempty"` // it does not fit the cut
}

// PlanView is a plan as a page shows it.
type PlanView struct {
	Kind             string  `json:"kind"`
	LogN             int     `json:"logN"`
	LogQP            float64 `json:"logQP"`
	Levels           int     `json:"levels"`
	Keyless          bool    `json:"keyless"`
	KeysBytes        int64   `json:"keysBytes"`
	InputBytes       int64   `json:"inputBytes"`
	OutputBytes      int64   `json:"outputBytes"`
	PredictedSeconds float64 `json:"predictedSeconds"` // on one reference core
	PrecisionBits    float64 `json:"precisionBits"`
	Weights          int     `json:"weights"` // of the prefix
	Answers          float64 `json:"answers"` // from about so many, a user who chooses the inputs rebuilds them
}

// NewPlanView describes a plan of which so many values are handed over; 0: all.
func NewPlanView(p fhe.Plan, values int) (v PlanView, err error) {
	i := p.Info()
	v = PlanView{
		Kind: i.Kind, LogN: i.LogN, LogQP: i.LogQP, Levels: i.Levels, Keyless: i.Keyless, KeysBytes: i.KeysBytes, InputBytes: i.InputBytes,
		OutputBytes: i.OutputBytes, PredictedSeconds: i.PredictedSeconds, PrecisionBits: i.PrecisionBits,
	}
	if values == 0 {
		values = size(i.OutputShape)
	}
	e, err := privacy.Extract(p.Skeleton(), values)
	v.Weights, v.Answers = e.Weights, e.Answers
	return v, err
}

// View describes the draft.
func (d *Draft) View() (View, error) {
	v := View{Layers: []Layer{}, Cuts: []Cut{}, Joined: []Cut{}, Data: []string{}, Checks: []attestation.Check{}}
	if d.graph == nil {
		return v, nil
	}
	v.File, v.Input, v.Card, v.Given, v.Samples = d.file.name, d.graph.Inputs[0].Sample(), d.card, d.given, len(d.samples())
	for _, x := range d.data {
		v.Data = append(v.Data, x.name)
	}
	at := map[string]int{}
	for i, n := range d.graph.Nodes {
		shape, err := d.graph.Shape(n.Outputs[0])
		if err != nil {
			return v, err
		}
		at[n.Name] = i + 1
		v.Layers = append(v.Layers, Layer{n.Name, n.Op, shape[min(1, len(shape)):]})
	}
	for _, r := range d.graph.Inspect() {
		v.Cuts = append(v.Cuts, d.viewCut(r, at[r.Cut.Node]))
	}
	joined := slices.DeleteFunc(d.graph.AllCuts(), func(c model.Cut) bool { return len(c.Parts) == 0 })
	if len(joined) > 0 { // Inspect takes none for all
		for _, r := range d.graph.Inspect(joined...) {
			v.Joined = append(v.Joined, d.viewCut(r, at[r.Cut.Node]))
		}
	}
	v.Checks = d.checks()
	return v, nil
}

func (d *Draft) viewCut(r model.CutReport, after int) Cut {
	c := Cut{Layer: r.Cut.Layer, After: after, Shape: r.Cut.Shape, Encryptable: r.Encryptable, Reason: r.Reason}
	if release, ok := d.releases[r.Cut.Layer]; ok && r.Encryptable {
		c.Release = d.describe(r.Cut, release)
	}
	return c
}

func (d *Draft) describe(cut model.Cut, r creator.Release) *Release {
	v := &Release{Sheet: r.Sheet, Chart: r.Chart, Pictures: r.Pictures, Steps: []string{}}
	m, err := r.Mechanism(d.graph, cut, d.samples())
	if err != nil {
		v.Error = err.Error()
		return v
	}
	v.Values, v.Steps, v.Tells = m.Values(), append(v.Steps, m.Steps()...), m.Cap()
	return v
}

// checks are what publishing demands of the draft, each done or not.
func (d *Draft) checks() (list []attestation.Check) {
	card := attestation.Check{Name: "card", Status: attestation.Passed, Got: d.card.Name}
	if !d.given {
		card.Status, card.Why = attestation.Failed, "it is guessed from the shapes of the model"
		card.Remedy = "say how raw values become the model's input and what its outputs mean"
	}
	sample := attestation.Check{Name: "sample", Status: attestation.Passed, Got: "the model gives what the card expects"}
	v, err := d.vector()
	if err == nil {
		err = d.card.Check(d.graph, v)
	}
	if err != nil {
		sample.Status, sample.Got, sample.Why = attestation.Failed, "", err.Error()
	}
	list = append(list, card, sample)
	if len(d.releases) == 0 {
		return append(list, attestation.Check{
			Name: "release", Status: attestation.Skipped, Why: "none was given: users hand over intermediates as they are, and clients refuse that unless their user insists",
			Remedy: `give the file that "encompute model advise" writes`,
		})
	}
	for layer, r := range d.releases {
		c := attestation.Check{Name: "release " + layer, Status: attestation.Passed, Got: "it fits the cut"}
		if cut, err := d.graph.CutByName(layer); err != nil {
			c.Status, c.Got, c.Why = attestation.Failed, "", err.Error()
		} else if view := d.describe(cut, r); view.Error != "" {
			c.Status, c.Got, c.Why = attestation.Failed, "", view.Error
		}
		list = append(list, c)
	}
	return list
}

// AsReason is why a cut has no plan, if that is what an error says.
func AsReason(err error, layer string) *model.NotEncryptable {
	if why, ok := errors.AsType[*model.NotEncryptable](err); ok {
		return why
	}
	if errors.Is(err, fhe.ErrUnplannable) {
		return &model.NotEncryptable{Layer: layer, Op: "plan", Why: err.Error(), Remedy: "cut earlier"}
	}
	if errors.Is(err, creator.ErrRelease) {
		return &model.NotEncryptable{Layer: layer, Op: "release", Why: err.Error(), Remedy: "give a release of this cut"}
	}
	return nil
}

// Values is how many values users hand over at a cut; 0: all of the intermediate.
func (d *Draft) Values(layer string) int {
	r, ok := d.releases[layer]
	if !ok || d.graph == nil {
		return 0
	}
	cut, err := d.graph.CutByName(layer)
	if err != nil {
		return 0
	}
	return d.describe(cut, r).Values
}
