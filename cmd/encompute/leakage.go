package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/creator/advise"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy/leakage"
	"github.com/encrypted-compute/encompute/protocol"
)

// dataFlags say on which records releases are measured.
type dataFlags struct {
	Data   string   `required:"" placeholder:"FILE" help:"Records: .npz, .npy, .csv, or MNIST's format (IDX, also .gz)."`
	Labels string   `placeholder:"FILE|COLUMN" help:"Labels of .npy and IDX files; of .csv the column (default: label, target or class)."`
	Card   string   `placeholder:"FILE" help:"Card that says how input is scaled and its range (default: the model's name with .json)."`
	Seed   uint64   `placeholder:"N" help:"Seed of everything that is drawn (default 1)."`
	Show   []string `placeholder:"FILE" help:"Picture to publish beside what the strongest attack rebuilds of it; repeatable. It becomes public: show what anybody may see, and no records of patients."`
}

const dataHelp = `
Records: an .npz file with train_images, train_labels, test_images and test_labels (as MedMNIST has) or images and labels,
and IDX files hold raw pixels, 0 to 255; .npy files values as the model takes them; .csv files the card's columns. If the
file does not say which records are for testing, a quarter is, drawn by the seed; of more than 5000 training and 2000 test
records so many are drawn. The attacker owns the training records, and the test records are attacked.`

// read reads the model, its card and the records.
func (f *dataFlags) read(path string) (g *model.Graph, d advise.Data, name string, err error) {
	if g, err = openModel(path); err != nil {
		return g, d, "", err
	}
	if len(g.Inputs) != 1 || len(g.Outputs) != 1 {
		return g, d, "", fault{Code: "model", Field: path, Detail: "it has several inputs or outputs", Remedy: "give a model with one of each"}
	}
	card, err := readCard(firstOf(f.Card, cardBeside(path)))
	if err != nil {
		return g, d, "", err
	}
	if f.Seed == 0 {
		f.Seed = advise.DefaultSeed
	}
	if d.Train, d.Test, err = advise.ReadRecords(f.Data, f.Labels, card, f.Seed); err != nil {
		return g, d, "", fault{Code: "data", Field: "--data", Detail: err.Error(), Remedy: `give records like those the model was trained on; "encompute model leakage --help" names the formats`}
	}
	d.Range = card.InputRange
	return g, d, card.Name, f.show(path, g, card, &d)
}

// show reads the pictures to be published.
func (f *dataFlags) show(path string, g *model.Graph, card creator.Card, d *advise.Data) error {
	if len(f.Show) == 0 {
		return nil
	}
	if card.Input.Kind != protocol.InputImage {
		return misuse("--show", "the model takes no pictures", "leave it away")
	}
	r, err := newInputReader(path, f.Card, g.Inputs[0])
	if err != nil {
		return err
	}
	r.flag = "--show"
	var list [][]float64
	for _, name := range f.Show {
		x, err := r.read(name, nil, 1)
		if err != nil {
			return err
		}
		list = append(list, x...)
	}
	if err := d.Show(list); err != nil {
		return fault{Code: "data", Field: "--show", Detail: err.Error()}
	}
	return nil
}

type modelLeakage struct {
	Model string `arg:"" placeholder:"M.onnx" help:"Model file."`
	dataFlags

	Cut       string  `placeholder:"LAYER" help:"Where the model is cut, by layer or index, or by all that crosses it, as in a+b."`
	K         int     `name:"k" placeholder:"N" help:"Coefficients that are sent, those that the answer depends on most (default: all values of the intermediate)."`
	Principal bool    `help:"Send the coefficients that hold most of the variance instead."`
	Noise     float64 `placeholder:"R" help:"Noise, in standard deviations of each coefficient (default none)."`
	Clip      float64 `placeholder:"C" help:"Bounds of each coefficient, in its standard deviations (default 4 with noise or --bits, else none)."`
	Bits      int     `placeholder:"B" help:"Quantise each coefficient to so many bits (default: not)."`
	Effort    string  `enum:"quick,default" default:"default" help:"Effort of the attacks: quick or default. Sheets for users need the default."`
	Out       string  `placeholder:"FILE" help:"Write the release with its sheet, for \"creator publish --release\"."`
	Manifest  string  `placeholder:"FILE|MODEL" help:"Measure again what a manifest, a release file or a published model says, and compare."`
}

// Help implements kong.HelpProvider.
func (modelLeakage) Help() string {
	return `Measures what the creator learns of the input from what is released at a cut, and what hiding it costs in accuracy:
attacks are run (a linear estimate, a trained decoder, a search by gradients, a comparison with records the attacker
holds), which are lower bounds, and the bits that a release can carry are bounded, if there is noise. Minutes on two
cores; Ctrl-C ends it.
` + dataHelp + `

With --manifest every sheet is measured again with its own cut, mechanism, seed and effort, and compared field by field;
the same data give the same figures. Pictures are compared, too, if --show names them again in the same order.

  encompute model leakage model.onnx --cut gap --data pneumoniamnist.npz --k 8 --noise 0.3
  encompute model leakage model.onnx --data pneumoniamnist.npz --manifest release.json`
}

// Run measures.
func (c *modelLeakage) Run(ctx context.Context, a *app) error {
	if (c.Cut == "") == (c.Manifest == "") {
		return misuse("--cut or --manifest", "one of them is needed, and not both", "give --cut LAYER to measure, --manifest FILE to measure again")
	}
	g, d, name, err := c.read(c.Model)
	if err != nil {
		return err
	}
	if c.Manifest != "" {
		return c.again(ctx, a, g, d)
	}
	cut, err := pickLayer(g, c.Cut)
	if err != nil {
		return err
	}
	order := advise.Order{K: c.K, Principal: c.Principal, Noise: c.Noise, Clip: c.Clip, Bits: c.Bits, Effort: c.Effort, Seed: c.Seed}
	options, err := order.Options()
	if err != nil {
		return leakageFault(err)
	}
	m := a.meter()
	defer m.close()
	r, err := measure(ctx, m, g, cut, d, options, order.Wish())
	m.idle()
	if err != nil {
		return leakageFault(err)
	}
	if err := writeReleases(c.Out, map[string]creator.Release{cut.Layer: r}); err != nil {
		return err
	}
	return a.document(r.Sheet, func(w io.Writer) {
		fmt.Fprintf(w, "%s, cut after %s: %s released\n\n", name, cut.Layer, count(r.Sheet.Values, "value"))
		table(w, attackRows(r.Sheet))
		fmt.Fprintln(w)
		for _, line := range sheetLines(r.Sheet) {
			fmt.Fprintln(w, line)
		}
	})
}

// measure measures one release.
func measure(ctx context.Context, m *meter, g *model.Graph, cut model.Cut, d advise.Data, o leakage.Options, w advise.Wish) (creator.Release, error) {
	o.Progress = func(task string, done, total int) { m.progress(task, int64(done), int64(total), "") }
	return advise.Measure(ctx, g, cut, d, o, w, today())
}

func today() string { return time.Now().UTC().Format(time.DateOnly) }

func leakageFault(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, leakage.ErrMechanism):
		return fault{Code: "release", Field: "--k, --noise, --clip, --bits", Detail: err.Error()}
	case errors.Is(err, leakage.ErrSubject), errors.Is(err, advise.ErrData):
		return fault{Code: "data", Field: "--data", Detail: err.Error()}
	}
	return err
}

// writeReleases writes a file for "creator publish --release", if a path is given.
func writeReleases(path string, list map[string]creator.Release) error {
	if path == "" {
		return nil
	}
	b, err := json.MarshalIndent(list, "", " ")
	if err == nil {
		err = os.WriteFile(path, append(b, '\n'), 0o600)
	}
	if err != nil {
		return fault{Code: "file", Field: "--out", Detail: err.Error(), Remedy: "name a file that can be written"}
	}
	return nil
}
