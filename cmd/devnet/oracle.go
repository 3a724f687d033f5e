package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/examples"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

// The demo's model and input, in examples.
const (
	demoModel = "pneumonia-trunk"
	demoInput = "samples/synthetic-xray-pneumonia-1.png"
)

// oracle knows what the answer must be: it runs the model in the clear. Nothing of it
// reaches host, worker or creator but the model and card files, which the creator owns.
type oracle struct {
	modelPath, cardPath  string
	samplePaths          []string // inputs like the real ones, for the creator
	modelName, inputName string
	inputFile            []byte
	input                []float64 // preprocessed
	intermediate         []float64 // that is decrypted, in float64
	diagnosis            diagnosis

	release     *creator.Release // at the cut; nil: the intermediate is handed over as it is
	releasePath string           // file of it; empty: none
	suffix      *model.Graph
	labels      []string
}

// newOracle writes the model's files to dir, reads the input and computes the answer.
func newOracle(dir string, o demoOptions) (*oracle, error) {
	t := &oracle{
		modelPath: filepath.Join(dir, "model.onnx"), cardPath: filepath.Join(dir, "model.json"), modelName: demoModel,
	}
	samples, err := fs.Glob(examples.Files, path.Join(demoModel, "samples", "*.png"))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, "samples"), 0o700); err != nil {
		return nil, err
	}
	for _, s := range samples {
		to := filepath.Join(dir, "samples", path.Base(s)) // where the card looks for its own
		t.samplePaths = append(t.samplePaths, to)
		if err := unpack(s, to); err != nil {
			return nil, err
		}
	}
	for name, to := range map[string]string{"model.onnx": t.modelPath, "model.json": t.cardPath} {
		if err := unpack(path.Join(demoModel, name), to); err != nil {
			return nil, err
		}
	}
	var card creator.Card
	f, err := examples.Files.Open(path.Join(demoModel, "model.json"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := protocol.UnmarshalJSON(f, protocol.MaxManifestBytes, &card); err != nil {
		return nil, err
	}
	if err := t.readInput(o.Input, input.Schema(card.Input)); err != nil {
		return nil, err
	}
	g, err := model.Open(t.modelPath)
	if err != nil {
		return nil, err
	}
	cut, err := g.CutByName(o.Cut)
	if err != nil {
		return nil, err
	}
	prefix, err := creator.Lower(g, cut)
	if err != nil {
		return nil, err
	}
	if err := t.readRelease(dir, cut); err != nil {
		return nil, err
	}
	z, err := prefix.Eval(t.input)
	if err != nil {
		return nil, err
	}
	t.intermediate, t.labels = t.coefficients(z), card.Labels
	if _, t.suffix, err = g.Split(cut); err != nil {
		return nil, err
	}
	logits, err := g.Eval(narrow(t.input))
	if err != nil {
		return nil, err
	}
	if len(logits) != len(card.Labels) {
		return nil, fmt.Errorf("model %s gives %d values for %d labels", demoModel, len(logits), len(card.Labels))
	}
	t.diagnosis = mostLikely(logits, card.Labels)
	return t, nil
}

func (t *oracle) readInput(file string, s input.Schema) (err error) {
	if file == "" {
		t.inputName = path.Base(demoInput) + " (synthetic, no patient)"
		if t.inputFile, err = fs.ReadFile(examples.Files, path.Join(demoModel, demoInput)); err != nil {
			return err
		}
		t.input, err = s.ReadImage(bytes.NewReader(t.inputFile))
		return err
	}
	t.inputName = file
	if t.input, err = s.ReadFile(file); err != nil {
		return fmt.Errorf("input %s: %w", file, err)
	}
	t.inputFile, err = os.ReadFile(file)
	return err
}

// unpack copies an example to a file.
func unpack(name, to string) error {
	b, err := fs.ReadFile(examples.Files, name)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}

// mostLikely is the softmax's largest entry.
func mostLikely(logits []float32, labels []string) diagnosis {
	best := 0
	for i, v := range logits {
		if v > logits[best] {
			best = i
		}
	}
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v - logits[best]))
	}
	return diagnosis{labels[best], 1 / sum}
}

func narrow(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}
