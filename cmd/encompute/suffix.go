package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/model"
)

type modelSuffix struct {
	Model string   `arg:"" placeholder:"M.onnx" help:"Model file."`
	Cut   string   `required:"" placeholder:"LAYER" help:"Cut, by layer or index, or by all that crosses it, as in a+b."`
	Out   string   `required:"" placeholder:"FILE.onnx" help:"File to write."`
	Input []string `placeholder:"FILE" help:"Input to check it on, of any format that \"model try\" takes; repeatable (default: three random ones)."`
	Card  string   `placeholder:"FILE" help:"Card that says how input is scaled (default: the model's name with .json)."`
}

// Help implements kong.HelpProvider.
func (modelSuffix) Help() string {
	return `Writes the layers behind a cut as an ONNX file of one input: what a runtime of your own needs for "creator serve". Where
several tensors cross, the file begins by taking the intermediate apart. It is read again, and run behind the layers before
the cut: together they must give what the model gives.

  encompute model suffix model.onnx --cut gap --out suffix.onnx
  encompute model suffix resnet.onnx --cut relu1+conv2 --out suffix.onnx --input batch.npy`
}

// suffixReport is what model suffix prints.
type suffixReport struct {
	File    string      `json:"file"`
	Cut     string      `json:"cut"`
	Input   suffixValue `json:"input"` // the intermediate
	Outputs []string    `json:"outputs"`
	Inputs  int         `json:"inputs"`      // that it was checked on
	Error   float64     `json:"outputError"` // worst difference of an output from the model's, over the largest
}

type suffixValue struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"` // with the batch
}

// maxSuffixError is what halves of a model may differ from the whole, which computes the same in the same order.
const maxSuffixError = 1e-5

// Run writes the file.
func (c *modelSuffix) Run(a *app) error {
	g, err := openModel(c.Model)
	if err != nil {
		return err
	}
	cut, err := g.CutByName(c.Cut)
	if err != nil {
		return fault{Code: string(client.CodeCutNotOffered), Field: "--cut", Detail: err.Error()}
	}
	samples, err := c.samples(g)
	if err != nil {
		return err
	}
	prefix, suffix, err := g.Split(cut)
	if err != nil {
		return err
	}
	b := suffix.Marshal()
	read, err := model.Parse(b)
	if err != nil {
		return fmt.Errorf("suffix, read from its file: %w", err)
	}
	doc := suffixReport{File: c.Out, Cut: cut.Layer, Inputs: len(samples), Input: suffixValue{read.Inputs[0].Name, read.Inputs[0].Shape}}
	for _, v := range read.Outputs {
		doc.Outputs = append(doc.Outputs, v.Name)
	}
	for i, x := range samples {
		worst, err := halvesError(g, prefix, read, x)
		if err != nil {
			return err
		}
		if !(worst <= maxSuffixError) {
			return fault{
				Code: "suffix", Field: "--cut " + cut.Layer, Detail: fmt.Sprintf("on input %d, prefix and suffix differ from the model by %.2g of its largest output", i+1, worst),
				Remedy: "give inputs like the real ones with --input; if they differ there, tell the developers: this is a fault of the program",
			}
		}
		doc.Error = max(doc.Error, worst)
	}
	if err := os.WriteFile(c.Out, b, 0o600); err != nil {
		return fault{Code: "output", Field: "--out", Detail: err.Error()}
	}
	return a.document(doc, doc.write)
}

// samples are the given inputs, or random ones of the card's range.
func (c *modelSuffix) samples(g *model.Graph) (samples [][]float64, err error) {
	if len(g.Inputs) != 1 {
		return nil, fault{Code: "model", Field: c.Model, Detail: fmt.Sprintf("it has %s", count(len(g.Inputs), "input")), Remedy: "give a model of one input"}
	}
	reader, err := newInputReader(c.Model, c.Card, g.Inputs[0])
	if err != nil {
		return nil, err
	}
	if samples, err = readSamples(reader, c.Input, maxSamples); err != nil || len(samples) > 0 {
		return samples, err
	}
	r, err := planFlags{}.inputRange(reader, nil)
	if err != nil {
		return nil, err
	}
	n := 1
	for _, d := range g.Inputs[0].Shape {
		n *= d
	}
	random := rand.New(rand.NewPCG(1, uint64(n)))
	for range 3 {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.low + random.Float64()*(r.high-r.low)
			if g.Inputs[0].Type != model.Float {
				x[i] = 0
			}
		}
		samples = append(samples, x)
	}
	return samples, nil
}

// halvesError evaluates an input as a whole and in two steps, and returns the largest difference of an output, relative
// to the largest value.
func halvesError(g, prefix, suffix *model.Graph, x []float64) (worst float64, err error) {
	in, err := g.Inputs[0].Tensor(x)
	if err != nil {
		return 0, err
	}
	want, err := g.Run(map[string]*model.Tensor{g.Inputs[0].Name: in})
	if err != nil {
		return 0, err
	}
	intermediate, err := prefix.Run(map[string]*model.Tensor{g.Inputs[0].Name: in})
	if err != nil {
		return 0, err
	}
	got, err := suffix.Run(intermediate)
	if err != nil {
		return 0, err
	}
	for _, v := range g.Outputs {
		worst = max(worst, relative(float64s(got[v.Name].Floats), float64s(want[v.Name].Floats)))
		if !slices.Equal(got[v.Name].Ints, want[v.Name].Ints) {
			worst = max(worst, 1)
		}
	}
	return worst, nil
}

func (doc suffixReport) write(w io.Writer) {
	fmt.Fprintf(w, "%s follows %s: it takes %s of shape %v and gives %v.\n", doc.File, doc.Cut, doc.Input.Name, doc.Input.Shape, doc.Outputs)
	fmt.Fprintf(w, "Checked on %s: behind the layers before the cut its outputs differ from the model's by %.2g of the largest at most.\n", count(doc.Inputs, "input"), doc.Error)
}
