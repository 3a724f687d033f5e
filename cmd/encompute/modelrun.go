package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

type modelRun struct {
	Model string   `arg:"" placeholder:"M.onnx" help:"Model file."`
	Input []string `required:"" placeholder:"FILE" help:"Picture (.png, .jpg), table (.csv), array of NumPy (.npy) or JSON (.json), ONNX TensorProto (.pb), or raw float32 little-endian values (.bin). One for each input of the model."`
	Row   *int     `placeholder:"N" help:"Row of a table, from 0 after the line of names (default 0)."`
	Card  string   `placeholder:"FILE" help:"Card that says how input is scaled and what outputs mean (default: the model's name with .json)."`
}

// Help implements kong.HelpProvider.
func (modelRun) Help() string {
	return `Nothing is encrypted and nothing leaves this machine: it is what the encrypted answer is compared with. The card
says how a picture or row becomes the model's input; other files hold values as the model takes them, of one sample or
of several along a first dimension.

  encompute model run examples/pneumonia-trunk/model.onnx --input xray.png
  encompute model run examples/tab-wdbc/model.onnx --input patients.csv --row 12 --json
  encompute model run two-inputs.onnx --input a.npy,b.npy`
}

// modelAnswer is what model run prints.
type modelAnswer struct {
	Label         string        `json:"label,omitempty"`
	Probabilities []probability `json:"probabilities,omitempty"`

	Quantities []protocol.Reading `json:"quantities,omitempty"`

	Outputs []modelOutput `json:"outputs"`
}

type modelOutput struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
	Data  any    `json:"data"` // []float32, or []int64 for integers and truths
}

type probability struct {
	Label       string  `json:"label"`
	Probability float64 `json:"probability"`
}

// Run evaluates the model.
func (c *modelRun) Run(a *app) error {
	g, err := openModel(c.Model)
	if err != nil {
		return err
	}
	inputs, k, err := c.inputs(g)
	if err != nil {
		return err
	}
	m := a.meter()
	defer m.close()
	answer := modelAnswer{}
	err = m.do("evaluate", func() (err error) {
		answer.Outputs, err = evaluateBatch(g, inputs)
		return err
	})
	if err != nil {
		return fault{Code: "model", Field: c.Model, Detail: err.Error()}
	}
	if k != nil {
		if err := answer.interpret(g, *k); err != nil {
			return err
		}
	}
	return a.document(answer, answer.write)
}

// inputs reads the samples of each input of the graph, and the card if there is one.
func (c *modelRun) inputs(g *model.Graph) (list [][][]float64, k *creator.Card, err error) {
	if len(c.Input) != len(g.Inputs) {
		return nil, nil, fault{
			Code: "input", Field: "--input", Detail: fmt.Sprintf("the model has %s; given: %s", count(len(g.Inputs), "input"), count(len(c.Input), "file")),
			Remedy: "give one file for each, in the model's order: --input a.npy,b.npy",
		}
	}
	for i, path := range c.Input {
		r := inputReader{value: g.Inputs[i], flag: "--input"}
		if len(g.Inputs) == 1 {
			if r, err = newInputReader(c.Model, c.Card, g.Inputs[0]); err != nil {
				return nil, nil, err
			}
		}
		samples, err := r.read(path, c.Row, 1)
		if err != nil {
			return nil, nil, err
		}
		if list = append(list, samples); len(samples) != len(list[0]) {
			return nil, nil, fault{
				Code: "input", Field: "--input " + path, Detail: fmt.Sprintf("it has %s, %s has %d", count(len(samples), "sample"), c.Input[0], len(list[0])),
				Remedy: "give as many for each input",
			}
		}
		k = r.card
	}
	return list, k, nil
}

// evaluateBatch evaluates the graph on each sample of its inputs. Samples of a model
// without a batch are evaluated one after the other.
func evaluateBatch(g *model.Graph, inputs [][][]float64) (list []modelOutput, err error) {
	samples := len(inputs[0])
	runs, each := 1, samples
	if !g.Batched() {
		runs, each = samples, 1
	}
	values := make([]model.Tensor, len(g.Outputs))
	for s := range runs {
		x := map[string]*model.Tensor{}
		for i, v := range g.Inputs {
			if x[v.Name], err = v.Tensor(inputs[i][s*each : (s+1)*each]...); err != nil {
				return nil, err
			}
		}
		y, err := g.Run(x)
		if err != nil {
			return nil, err
		}
		for i, v := range g.Outputs {
			values[i].Floats, values[i].Ints = append(values[i].Floats, y[v.Name].Floats...), append(values[i].Ints, y[v.Name].Ints...)
		}
	}
	for i, v := range g.Outputs {
		o := modelOutput{Name: v.Name, Shape: v.Shape, Data: values[i].Floats}
		if samples > 1 {
			o.Shape = append([]int{samples}, v.Sample()...)
		}
		if v.Type != model.Float {
			o.Data = values[i].Ints
		}
		if at := slices.IndexFunc(values[i].Floats, func(f float32) bool { return f-f != 0 }); at >= 0 {
			return nil, fmt.Errorf("output %q holds %g, which is no number: check the scale of the input", v.Name, values[i].Floats[at])
		}
		list = append(list, o)
	}
	return list, nil
}

func float32s(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

// interpret adds label and probabilities if the card says that this is a classification.
func (r *modelAnswer) interpret(g *model.Graph, k creator.Card) error {
	if len(r.Outputs) != 1 {
		return nil
	}
	scores, ok := r.Outputs[0].Data.([]float32)
	if !ok || len(r.Outputs[0].Shape) > 0 && r.Outputs[0].Shape[0] != 1 { // several samples
		return nil
	}
	result, err := k.Interpret(scores, g)
	if err != nil {
		return fault{Code: "card", Field: "--card", Detail: err.Error(), Remedy: "correct the card's labels or output"}
	}
	r.Label, r.Probabilities, r.Quantities = result.Label, probabilities(result), result.Quantities
	return nil
}

func (r *modelAnswer) write(w io.Writer) {
	if r.Label != "" {
		writeProbabilities(w, r.Label, r.Probabilities)
		return
	}
	if len(r.Quantities) > 0 {
		writeQuantities(w, r.Quantities)
		return
	}
	for _, o := range r.Outputs {
		fmt.Fprintf(w, "%s %v\n", o.Name, o.Shape)
		switch data := o.Data.(type) {
		case []float32:
			for _, v := range data {
				fmt.Fprintf(w, "%g\n", v)
			}
		case []int64:
			for _, v := range data {
				fmt.Fprintf(w, "%d\n", v)
			}
		}
	}
}

func writeProbabilities(w io.Writer, label string, list []probability) {
	fmt.Fprintf(w, "%s\n", label)
	var rows [][]string
	for _, p := range list {
		rows = append(rows, []string{"  " + p.Label, fmt.Sprintf("%.4f", p.Probability)})
	}
	table(w, rows)
}

// openModel imports an ONNX file.
func openModel(path string) (*model.Graph, error) {
	g, err := model.Open(path)
	if err == nil {
		return g, nil
	}
	f := fault{Code: "model", Field: path, Detail: err.Error(), Remedy: model.Remedy(err) + `; "encompute model check" tells more`}
	if errors.Is(err, fs.ErrNotExist) {
		f.Detail, f.Remedy = "there is no such file", "name an ONNX file"
	}
	return nil, f
}

func writeQuantities(w io.Writer, list []protocol.Reading) {
	var rows [][]string
	for _, q := range list {
		rows = append(rows, []string{q.Name, fmt.Sprintf("%.6g %s", q.Value, q.Unit)})
	}
	table(w, rows)
}
