package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
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
	Cut   []string `placeholder:"LAYER" help:"Cut of the file to plan, by layer or index, or by all that crosses it, as in a+b; repeatable (default: the deepest that can be encrypted)."`
	All   bool     `help:"Plan every cut of the file that can be encrypted, those too that several tensors cross; takes a while."`

	Sample []string `placeholder:"FILE" help:"Input like the real ones, of any format that \"model try\" takes; repeatable. Plans are measured on them."`
	planFlags
}

// Help implements kong.HelpProvider.
func (modelInspect) Help() string {
	return `Of a file it lists the layers and the cuts: whether the layers before a cut can be evaluated on encrypted input and,
if not, why and what to change. A plan is made by a trial run under a throw-away key, on random inputs if there are no samples: predicted
seconds on one reference core, the size of the keys, which are sent once, of each upload and download, the bits of
the largest output before a release, levels and ring. "encompute model try" measures all of it on real inputs.

Where a branch goes around the cut, as the skip of a residual block does, several tensors cross. Such a cut is named by
the layers that compute them, as in relu1+conv2, and has no number; they are joined to one intermediate, side by side along their
channels if they have the same plane, otherwise as one vector. --all lists those between two layers in the file's order; any other set that
separates the output from the input may be named too. If one is missing, the error says which cut there is. The input itself crosses none.

Of a published model it shows what the creator registered, with the chain's prices and the leakage sheets.

  encompute model inspect examples/pneumonia-trunk/model.onnx
  encompute model inspect model.onnx --cut pool2 --cut gap --json
  encompute model inspect resnet.onnx --cut relu1+conv2
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

	Approximations []model.Approximation `json:"approximations,omitempty"`
}

type layerReport struct {
	Name  string `json:"name"`
	Op    string `json:"op"`
	Shape []int  `json:"shape"` // of its output, without the batch
}

// cutReport is what there is to know of a cut.
type cutReport struct {
	Index       int                   `json:"index,omitempty"` // none if several tensors cross the cut of a file
	Layer       string                `json:"layer"`
	Shape       []int                 `json:"shape"` // of the intermediate
	Encryptable bool                  `json:"encryptable"`
	Reason      *model.NotEncryptable `json:"reason,omitempty"`
	Price       *token.Amount         `json:"price,omitempty"`
	Plan        *planReport           `json:"plan,omitempty"`

	Terms *releaseTerms   `json:"release,omitempty"`
	Sheet *protocol.Sheet `json:"sheet,omitempty"` // of a published model: what was measured of the release
	Chart string          `json:"chart,omitempty"` // SVG: the release among others

	Attested *measuredSheet `json:"attested,omitempty"` // what a worker measured
}

// Run inspects a file or a published model.
func (c *modelInspect) Run(ctx context.Context, a *app) error {
	info, err := os.Stat(c.Model)
	isFile := err == nil && !info.IsDir() || strings.EqualFold(filepath.Ext(c.Model), ".onnx")
	if !isFile && (len(c.Cut) > 0 || c.All || len(c.Sample) > 0 || !reflect.ValueOf(c.planFlags).IsZero()) {
		return misuse("--cut, --all, --sample and flags of plans", "they are for a model file", "leave them away for a published model")
	}
	var doc inspection
	if isFile {
		doc, err = c.file(ctx, a)
	} else {
		doc, err = c.published(ctx, a)
	}
	if err != nil {
		return err
	}
	return a.document(doc, doc.write)
}

func (c *modelInspect) file(ctx context.Context, a *app) (doc inspection, err error) {
	g, r, samples, err := c.graph(&doc)
	if err != nil {
		return doc, err
	}
	cuts, wanted, err := c.cuts(g)
	if err != nil {
		return doc, err
	}
	m := a.meter()
	defer m.close()
	for _, found := range g.Inspect(cuts...) {
		cut := found.Cut
		report := cutReport{Index: cut.Index, Layer: cut.Layer, Shape: cut.Shape, Encryptable: found.Encryptable, Reason: found.Reason}
		if found.Encryptable && (c.All || slices.Contains(wanted, cut.Layer)) {
			err := m.do("plan "+cut.Layer, func() error { return report.plan(ctx, g, cut, c.planFlags, r, samples) })
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

// graph reads the file, its samples and the range of its input, and puts polynomials in place of
// activations.
func (c *modelInspect) graph(doc *inspection) (g *model.Graph, r span, samples [][]float64, err error) {
	if g, err = openModel(c.Model); err != nil {
		return g, r, nil, err
	}
	reader, err := newInputReader(c.Model, c.Card, g.Inputs[0])
	if err != nil {
		return g, r, nil, err
	}
	reader.flag = "--sample"
	if samples, err = readSamples(reader, c.Sample, maxSamples); err != nil {
		return g, r, nil, err
	}
	if r, err = c.inputRange(reader, samples); err != nil {
		return g, r, nil, err
	}
	if g, doc.Approximations, err = approximate(g, c.Approximate, samples); err != nil {
		return g, r, nil, err
	}
	doc.Name, doc.Input = g.Name, g.Inputs[0].Sample()
	for _, n := range g.Nodes {
		shape, err := g.Shape(n.Outputs[0])
		if err != nil {
			return g, r, nil, err
		}
		doc.Layers = append(doc.Layers, layerReport{n.Name, n.Op, shape[min(1, len(shape)):]})
	}
	return g, r, samples, nil
}

// maxSamples are plenty to measure a plan on.
const maxSamples = 16

// cuts lists the cuts to show, and the layers of those to plan.
func (c *modelInspect) cuts(g *model.Graph) (list []model.Cut, wanted []string, err error) {
	if list = g.Cuts(); c.All {
		list = g.AllCuts()
	}
	for _, name := range c.Cut {
		cut, err := pickLayer(g, name)
		if err != nil {
			return nil, nil, err
		}
		wanted = append(wanted, cut.Layer)
		if !slices.ContainsFunc(list, func(known model.Cut) bool { return known.Layer == cut.Layer }) {
			list = append(list, cut)
		}
	}
	if deepest, ok := g.DeepestCut(); ok && len(wanted) == 0 {
		wanted = []string{deepest.Layer}
	}
	return list, wanted, nil
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

// plan adds a plan, or why there is none.
func (r *cutReport) plan(ctx context.Context, g *model.Graph, cut model.Cut, f planFlags, in span, samples [][]float64) error {
	_, plan, err := creator.PlanCut(ctx, g, cut, f.options(in, samples))
	if err == nil {
		r.Plan = newPlanReport(plan)
		r.Terms, err = newReleaseTerms(plan, protocol.Mechanism{})
		return err
	}
	why, ok := errors.AsType[*model.NotEncryptable](err)
	if !ok {
		return err
	}
	r.Encryptable, r.Reason = false, why
	return nil
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
		terms, err := newReleaseTerms(plan, cut.Mechanism())
		if err != nil {
			return doc, err
		}
		terms.limit(manifest.MaxJobsPerUserDay)
		doc.Cuts = append(doc.Cuts, cutReport{
			Index: int(cut.Index), Layer: cut.Layer, Shape: cut.Shape, Encryptable: true,
			Price: (*token.Amount)(&price), Plan: newPlanReport(plan), Terms: terms, Sheet: cut.Sheet, Chart: cut.Chart,
		})
	}
	return doc, doc.addSheets(ctx, a, s, m)
}

// addSheets adds the newest attested sheet of each cut, if there is one, and tells of those that do not verify.
func (doc *inspection) addSheets(ctx context.Context, a *app, s *session, m client.Model) error {
	list, refused, err := s.client.Sheets(ctx, m)
	if err != nil {
		return err
	}
	for _, err := range refused {
		a.note("Refused an attested sheet: %v", err)
	}
	for i := range doc.Cuts {
		c := &doc.Cuts[i]
		for _, sheet := range list {
			if int(sheet.Cut()) == c.Index && c.Attested == nil {
				measured := newMeasuredSheet(c.Layer, sheet)
				c.Attested = &measured
			}
		}
	}
	return nil
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
	rows := [][]string{{"CUT", "AFTER", "INTERMEDIATE", "SECONDS", "KEYS, ONCE", "UPLOAD", "DOWNLOAD", "BITS", "LEVELS", "RING", "ENCRYPTED"}}
	if doc.Published {
		rows[0][len(rows[0])-1] = "PRICE"
	}
	for _, c := range doc.Cuts {
		rows = append(rows, c.row())
	}
	fmt.Fprintln(w)
	table(w, rows)
	for _, c := range doc.Cuts {
		if c.Terms != nil {
			c.Terms.write(w, c.Layer)
		}
		if doc.Published {
			for _, line := range sheetLines(c.Sheet) {
				fmt.Fprintf(w, "  %s\n", line)
			}
		}
		if c.Attested != nil {
			c.Attested.write(w)
		}
	}
	writeApproximations(w, doc.Approximations)
	for _, c := range doc.Cuts {
		if c.Reason != nil && (c.Index > 0 || c.Reason.Op != noPlan) { // later cuts may be smaller than one of several tensors
			fmt.Fprintf(w, "\nFrom cut %s on: %s at %s cannot be encrypted: %s.\n%s.\n", cutLabel(c.Index, c.Layer), c.Reason.Op, c.Reason.Layer, c.Reason.Why, upperFirst(c.Reason.Remedy))
			return // all later ones contain that layer
		}
	}
}

// noPlan is the operator of a reason that is about all layers before a cut together.
const noPlan = "plan"

// cutLabel is a cut's number, if it has one, and its layer.
func cutLabel(index int, layer string) string {
	if index == 0 {
		return layer
	}
	return fmt.Sprintf("%d (%s)", index, layer)
}

// row is a cut's line of the table. The last cell is the price of a published one, else whether
// it can be encrypted, and what to do if not.
func (c cutReport) row() []string {
	row := []string{fmt.Sprint(c.Index), c.Layer, fmt.Sprint(c.Shape), "", "", "", "", "", "", "", "yes"}
	if c.Index == 0 {
		row[0] = "-"
	}
	if p := c.Plan; p != nil {
		keys := size(p.KeysBytes)
		if p.Keyless {
			keys = "none"
		}
		copy(row[3:], []string{
			fmt.Sprintf("%.3g", p.PredictedSeconds), keys, size(p.InputBytes), size(p.OutputBytes),
			fmt.Sprintf("%.1f", p.PrecisionBits), fmt.Sprint(p.Levels), fmt.Sprintf("2^%d", p.LogN),
		})
	}
	switch {
	case c.Price != nil:
		row[len(row)-1] = c.Price.String()
	case c.Reason != nil:
		row[len(row)-1] = fmt.Sprintf("no: %s at %s: %s", c.Reason.Op, c.Reason.Layer, c.Reason.Remedy)
	}
	return row
}

func upperFirst(s string) string { return strings.ToUpper(s[:min(1, len(s))]) + s[min(1, len(s)):] }
