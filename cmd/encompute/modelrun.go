package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

type modelRun struct {
	Model string `arg:"" placeholder:"M.onnx" help:"Model file."`
	Input string `required:"" placeholder:"FILE" help:"Picture (.png, .jpg), table (.csv), or raw float32 little-endian values (.bin)."`
	Row   *int   `placeholder:"N" help:"Row of a table, from 0 after the line of names (default 0)."`
	Card  string `placeholder:"FILE" help:"Card that says how input is scaled and what outputs mean (default: the model's name with .json)."`
}

// Help implements kong.HelpProvider.
func (modelRun) Help() string {
	return `Nothing is encrypted and nothing leaves this machine: it is what the encrypted answer is compared with. The card
says how a picture or row becomes the model's input; raw values need none and may hold several samples.

  encompute model run examples/pneumonia-trunk/model.onnx --input xray.png
  encompute model run examples/tab-wdbc/model.onnx --input patients.csv --row 12 --json`
}

// modelAnswer is what model run prints.
type modelAnswer struct {
	Label         string        `json:"label,omitempty"`
	Probabilities []probability `json:"probabilities,omitempty"`
	Outputs       []modelOutput `json:"outputs"`
}

type modelOutput struct {
	Name  string    `json:"name"`
	Shape []int     `json:"shape"`
	Data  []float32 `json:"data"`
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
	if len(g.Inputs) != 1 {
		return fault{Code: "model", Field: c.Model, Detail: fmt.Sprintf("the model has %d inputs", len(g.Inputs)), Remedy: "export one with a single input"}
	}
	x, k, err := c.values(g)
	if err != nil {
		return err
	}
	m := a.meter()
	defer m.close()
	var outputs map[string]*model.Tensor
	err = m.do("evaluate", func() (err error) {
		outputs, err = g.Run(map[string]*model.Tensor{g.Inputs[0].Name: x})
		return err
	})
	if err != nil {
		return fault{Code: "model", Field: c.Model, Detail: err.Error()}
	}
	answer := modelAnswer{}
	for _, v := range g.Outputs {
		t := outputs[v.Name]
		answer.Outputs = append(answer.Outputs, modelOutput{v.Name, t.Shape, t.Floats})
	}
	if err := answer.interpret(g, k); err != nil {
		return err
	}
	return a.document(answer, answer.write)
}

// interpret adds label and probabilities if the card says that this is a classification.
func (r *modelAnswer) interpret(g *model.Graph, k creator.Card) error {
	if len(r.Outputs) != 1 || len(r.Outputs[0].Data) != len(k.Labels) {
		return nil
	}
	result, err := creator.Interpret(r.Outputs[0].Data, protocol.Manifest{Task: k.Task, Labels: k.Labels}, g)
	if err != nil {
		return err
	}
	r.Label, r.Probabilities = result.Label, probabilities(result)
	return nil
}

func (r *modelAnswer) write(w io.Writer) {
	if r.Label != "" {
		writeProbabilities(w, r.Label, r.Probabilities)
		return
	}
	for _, o := range r.Outputs {
		fmt.Fprintf(w, "%s %v\n", o.Name, o.Shape)
		for _, v := range o.Data {
			fmt.Fprintf(w, "%g\n", v)
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

// values reads the input as the graph's tensor, and the card if there is one.
func (c *modelRun) values(g *model.Graph) (*model.Tensor, creator.Card, error) {
	path := firstOf(c.Card, cardBeside(c.Model))
	k, err := readCard(path)
	_, statErr := os.Stat(path)
	missing := c.Card == "" && errors.Is(statErr, fs.ErrNotExist)
	if err != nil && !missing {
		return nil, k, err
	}
	if strings.EqualFold(filepath.Ext(c.Input), ".bin") {
		t, err := rawTensor(c.Input, g.Inputs[0])
		return t, k, err
	}
	if missing {
		return nil, k, fault{
			Code: "card", Field: "--card", Detail: "there is no card at " + path + ", and model files do not say how their input is scaled",
			Remedy: "write one as examples/*/model.json are, or give raw values as a .bin file",
		}
	}
	x, err := readInput(input.Schema(k.Input), c.Input, c.Row)
	if err != nil {
		return nil, k, err
	}
	floats := make([]float32, len(x))
	for i, v := range x {
		floats[i] = float32(v)
	}
	t, err := model.NewTensor(g.Inputs[0].Shape, floats)
	if err != nil {
		return nil, k, fault{Code: "card", Field: "--card", Detail: "card and model differ: " + err.Error(), Remedy: "correct the shape in " + path}
	}
	return t, k, nil
}

// openModel imports an ONNX file.
func openModel(path string) (*model.Graph, error) {
	g, err := model.Open(path)
	if err == nil {
		return g, nil
	}
	f := fault{Code: "model", Field: path, Detail: err.Error(), Remedy: "give an ONNX file of opset 7 or newer"}
	if errors.Is(err, fs.ErrNotExist) {
		f.Detail, f.Remedy = "there is no such file", "name an ONNX file"
	}
	return nil, f
}

// readInput reads a picture or a row of a table as a model's input.
func readInput(s input.Schema, path string, row *int) ([]float64, error) {
	bad := func(err error) error {
		return fault{Code: "input", Field: "--input " + path, Detail: err.Error(), Remedy: "give " + inputWanted(s)}
	}
	if s.Kind != input.Table && row != nil {
		return nil, misuse("--row", "the model takes a picture, which has no rows", "leave it away")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, bad(err)
	}
	defer f.Close()
	var x []float64
	if s.Kind == input.Table {
		n := 0
		if row != nil {
			n = *row
		}
		x, err = s.ReadCSV(f, n)
	} else {
		x, err = s.ReadImage(f)
	}
	if err != nil {
		return nil, bad(err)
	}
	return x, nil
}

// inputWanted says what a model takes.
func inputWanted(s input.Schema) string {
	if s.Kind == input.Table {
		return fmt.Sprintf("a CSV file with a line of names and the %d columns of the model's card", len(s.Columns))
	}
	if len(s.Shape) != 3 {
		return "what the model's card describes"
	}
	return fmt.Sprintf("a PNG or JPEG picture of at least %dx%d pixels", s.Shape[2], s.Shape[1])
}

// maxRawBytes bounds a file of raw values.
const maxRawBytes = 256 << 20

// rawTensor reads float32 values; several samples become a batch.
func rawTensor(path string, in model.Value) (*model.Tensor, error) {
	b, err := readLimited(path, "--input", maxRawBytes)
	if err != nil {
		return nil, err
	}
	size := 4
	for _, d := range in.Sample() {
		size *= d
	}
	if len(b) == 0 || len(b)%size != 0 {
		return nil, fault{
			Code: "input", Field: "--input " + path, Detail: fmt.Sprintf("%d bytes are no multiple of a sample's %d", len(b), size),
			Remedy: fmt.Sprintf("give float32 little-endian values of shape %v", in.Sample()),
		}
	}
	floats := make([]float32, len(b)/4)
	for i := range floats {
		floats[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	shape := append([]int{len(b) / size}, in.Sample()...)
	return model.NewTensor(shape, floats)
}
