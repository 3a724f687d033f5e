package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

type modelInspect struct {
	Model string   `arg:"" placeholder:"FILE.onnx|MODEL" help:"Model file, or a published model by id or name."`
	Cut   []string `placeholder:"LAYER" help:"Cut of the file to plan, by layer or index; repeatable (default: the deepest that can be encrypted)."`
	All   bool     `help:"Plan every cut of the file that can be encrypted; takes a while."`
	Card  string   `placeholder:"FILE" help:"Card that says the range of the input (default: the model's name with .json, else 0 to 1)."`
}

// Help implements kong.HelpProvider.
func (modelInspect) Help() string {
	return `Of a file it lists the layers and the cuts: whether the layers before a cut can be evaluated on encrypted input and,
if not, why and what to change. A plan is made by a trial run under a throw-away key: ring, levels, sizes of keys and
uploads, predicted seconds on one reference core, and the bits that are left after a release.
Of a published model it shows what the creator registered, with the chain's prices.

  encompute model inspect examples/pneumonia-trunk/model.onnx
  encompute model inspect model.onnx --cut pool2 --cut gap --json
  encompute model inspect pneumonia-trunk`
}

// inspection is what model inspect prints.
type inspection struct {
	Name      string           `json:"name"`
	ModelID   protocol.Digest  `json:"modelId,omitzero"`
	Creator   protocol.Address `json:"creator,omitzero"`
	Published bool             `json:"published"`
	Input     []int            `json:"input"` // shape of one sample
	Layers    []layerReport    `json:"layers,omitempty"`
	Cuts      []cutReport      `json:"cuts"`
}

type layerReport struct {
	Name  string `json:"name"`
	Op    string `json:"op"`
	Shape []int  `json:"shape"` // of its output, without the batch
}

// cutReport is what there is to know of a cut.
type cutReport struct {
	Index       int                   `json:"index"`
	Layer       string                `json:"layer"`
	Shape       []int                 `json:"shape"` // of the intermediate
	Encryptable bool                  `json:"encryptable"`
	Reason      *model.NotEncryptable `json:"reason,omitempty"`
	Price       *token.Amount         `json:"price,omitempty"`
	Plan        *planReport           `json:"plan,omitempty"`
}

type planReport struct {
	LogN             int     `json:"logN"`
	Levels           int     `json:"levels"`
	Keyless          bool    `json:"keyless"`
	Rotations        int     `json:"rotations"`
	KeysBytes        int64   `json:"keysBytes"`
	InputBytes       int64   `json:"inputBytes"`
	OutputBytes      int64   `json:"outputBytes"`
	PredictedSeconds float64 `json:"predictedSeconds"` // on one reference core
	PrecisionBits    float64 `json:"precisionBits"`    // of the largest output, before flooding
}

// Run inspects a file or a published model.
func (c *modelInspect) Run(ctx context.Context, a *app) error {
	info, err := os.Stat(c.Model)
	isFile := err == nil && !info.IsDir() || strings.EqualFold(filepath.Ext(c.Model), ".onnx")
	if !isFile && (len(c.Cut) > 0 || c.All || c.Card != "") {
		return misuse("--cut, --all, --card", "they are for a model file", "leave them away for a published model")
	}
	var doc inspection
	if isFile {
		doc, err = c.file(a)
	} else {
		doc, err = c.published(ctx, a)
	}
	if err != nil {
		return err
	}
	return a.document(doc, doc.write)
}

func (c *modelInspect) file(a *app) (doc inspection, err error) {
	g, err := openModel(c.Model)
	if err != nil {
		return doc, err
	}
	doc = inspection{Name: g.Name, Input: g.Inputs[0].Sample()}
	for _, n := range g.Nodes {
		shape, err := g.Shape(n.Outputs[0])
		if err != nil {
			return doc, err
		}
		doc.Layers = append(doc.Layers, layerReport{n.Name, n.Op, shape[min(1, len(shape)):]})
	}
	wanted, err := c.wanted(g)
	if err != nil {
		return doc, err
	}
	low, high, err := c.inputRange()
	if err != nil {
		return doc, err
	}
	m := a.meter()
	defer m.close()
	for _, r := range g.Inspect() {
		report := cutReport{Index: r.Cut.Index, Layer: r.Cut.Layer, Shape: r.Cut.Shape, Encryptable: r.Encryptable, Reason: r.Reason}
		if r.Encryptable && slices.Contains(wanted, r.Cut.Index) {
			err := m.do("plan "+r.Cut.Layer, func() error { return report.plan(g, r.Cut, low, high) })
			if err != nil {
				return doc, err
			}
		}
		doc.Cuts = append(doc.Cuts, report)
	}
	if len(c.Cut) == 0 && !c.All {
		a.note("Only the deepest cut was planned: --cut LAYER plans another one, --all plans all.")
	}
	return doc, nil
}

// wanted lists the indices of the cuts to plan.
func (c *modelInspect) wanted(g *model.Graph) (list []int, err error) {
	for _, name := range c.Cut {
		cut, err := g.CutByName(name)
		if err != nil {
			return nil, fault{Code: string(client.CodeCutNotOffered), Field: "--cut", Detail: err.Error()}
		}
		if _, err := g.PrefixLayers(cut); err != nil {
			return nil, cutFault(err, cut.Layer)
		}
		list = append(list, cut.Index)
	}
	if deepest, ok := g.DeepestCut(); ok && len(list) == 0 {
		list = []int{deepest.Index}
	}
	if c.All {
		for _, r := range g.Inspect() {
			list = append(list, r.Cut.Index)
		}
	}
	return list, nil
}

// cutFault says why a cut cannot be encrypted.
func cutFault(err error, layer string) error {
	n, ok := errors.AsType[*model.NotEncryptable](err)
	if !ok {
		return err
	}
	return fault{
		Code: "not-encryptable", Field: "--cut " + layer,
		Detail: fmt.Sprintf("%s at %s cannot be encrypted: %s", n.Op, n.Layer, n.Why), Remedy: n.Remedy,
	}
}

// inputRange takes the range of the input from the card, if there is one.
func (c *modelInspect) inputRange() (low, high float64, err error) {
	path := firstOf(c.Card, cardBeside(c.Model))
	if _, err := os.Stat(path); c.Card == "" && errors.Is(err, fs.ErrNotExist) {
		return 0, 1, nil
	}
	card, err := readCard(path)
	return card.InputRange.Low, card.InputRange.High, err
}

// plan adds a plan, or why there is none.
func (r *cutReport) plan(g *model.Graph, cut model.Cut, low, high float64) error {
	prefix, err := creator.Lower(g, cut)
	if err == nil {
		var plan fhe.Plan
		if plan, err = fhe.Compile(prefix, fhe.Options{Low: low, High: high}); err == nil {
			r.Plan = newPlanReport(plan)
			return nil
		}
	}
	why, ok := errors.AsType[*model.NotEncryptable](err)
	if errors.Is(err, fhe.ErrUnplannable) {
		why, ok = &model.NotEncryptable{Layer: cut.Layer, Op: "plan", Why: err.Error(), Remedy: "cut earlier"}, true
	}
	if !ok {
		return err
	}
	r.Encryptable, r.Reason = false, why
	return nil
}

func newPlanReport(p fhe.Plan) *planReport {
	i := p.Info()
	return &planReport{
		LogN: i.LogN, Levels: i.Levels, Keyless: i.Keyless, Rotations: i.Rotations, KeysBytes: i.KeysBytes, InputBytes: i.InputBytes,
		OutputBytes: i.OutputBytes, PredictedSeconds: i.PredictedSeconds, PrecisionBits: i.PrecisionBits,
	}
}

func (c *modelInspect) published(ctx context.Context, a *app) (doc inspection, err error) {
	s, err := a.reader(ctx)
	if err != nil {
		return doc, err
	}
	defer s.close()
	m, err := s.findModel(ctx, c.Model)
	if err != nil {
		return doc, err
	}
	manifest := m.Manifest()
	doc = inspection{Name: manifest.Name, ModelID: m.ID(), Creator: manifest.Creator, Published: true, Input: manifest.Input.Shape}
	for _, cut := range manifest.Cuts {
		plan, err := fhe.ParsePlan(cut.Plan)
		if err != nil {
			return doc, fault{Code: string(client.CodeModelRefused), Field: "cut " + cut.Layer, Detail: err.Error(), Remedy: "ask the creator to publish again"}
		}
		price, err := s.chain.Price(ctx, m.ID(), cut.Index)
		if err != nil {
			return doc, err
		}
		doc.Cuts = append(doc.Cuts, cutReport{
			Index: int(cut.Index), Layer: cut.Layer, Shape: cut.Shape, Encryptable: true,
			Price: (*token.Amount)(&price), Plan: newPlanReport(plan),
		})
	}
	return doc, nil
}

func (doc *inspection) write(w io.Writer) {
	fmt.Fprintf(w, "%s, input %v\n", doc.Name, doc.Input)
	if doc.Published {
		fmt.Fprintf(w, "id       %s\ncreator  %s\n", doc.ModelID, doc.Creator)
	}
	if len(doc.Layers) > 0 {
		rows := [][]string{{"LAYER", "OPERATOR", "OUTPUT"}}
		for _, l := range doc.Layers {
			rows = append(rows, []string{l.Name, l.Op, fmt.Sprint(l.Shape)})
		}
		fmt.Fprintln(w)
		table(w, rows)
	}
	rows := [][]string{{"CUT", "AFTER", "INTERMEDIATE", "ENCRYPTED", "KEYS", "UPLOAD", "PREDICTED", "RING", "LEVELS", "PRICE"}}
	for _, c := range doc.Cuts {
		rows = append(rows, c.row())
	}
	fmt.Fprintln(w)
	table(w, rows)
	for _, c := range doc.Cuts {
		if c.Reason != nil {
			fmt.Fprintf(w, "\nFrom cut %d (%s) on: %s at %s cannot be encrypted: %s.\n%s.\n", c.Index, c.Layer, c.Reason.Op, c.Reason.Layer, c.Reason.Why, upperFirst(c.Reason.Remedy))
			return // all later ones contain that layer
		}
	}
}

func (c cutReport) row() []string {
	row := []string{fmt.Sprint(c.Index), c.Layer, fmt.Sprint(c.Shape), "no", "", "", "", "", "", ""}
	if c.Encryptable {
		row[3] = "yes"
	}
	if p := c.Plan; p != nil {
		row[4], row[5], row[6] = size(p.KeysBytes), size(p.InputBytes), fmt.Sprintf("%.1f s", p.PredictedSeconds)
		row[7], row[8] = fmt.Sprintf("2^%d", p.LogN), fmt.Sprint(p.Levels)
		if p.Keyless {
			row[4] = "none"
		}
	}
	if c.Price != nil {
		row[9] = c.Price.String()
	}
	return row
}

func upperFirst(s string) string { return strings.ToUpper(s[:min(1, len(s))]) + s[min(1, len(s)):] }
