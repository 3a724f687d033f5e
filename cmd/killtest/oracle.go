package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/localnet"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/examples"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// The model that jobs are of, small enough that a job takes a second.
const (
	modelName = "tab-wdbc"
	cutLayer  = "fc2"
	tableName = "wdbc.csv"
	tableRows = 400 // of which rows are taken

	// margin is how far apart logits must be for an answer to be certain. Flooding leaves 8 bits of the cut's values, an
	// error of 0.2 in each, which moves the difference by about 0.45.
	margin = 2.5
)

// oracle knows the right answers, from the model in the clear.
type oracle struct{ labels map[protocol.Digest]string }

// newOracle writes the model's files to dir and computes the answers.
func newOracle(dir string) (*oracle, localnet.Offer, error) {
	offer := localnet.Offer{Model: filepath.Join(dir, "model.onnx"), Card: filepath.Join(dir, "model.json"), Layer: cutLayer}
	for _, name := range []string{"model.onnx", "model.json", tableName} {
		b, err := fs.ReadFile(examples.Files, path.Join(modelName, name))
		if err != nil {
			return nil, offer, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return nil, offer, err
		}
	}
	card, rows, err := readRows(dir)
	if err != nil {
		return nil, offer, err
	}
	g, err := model.Open(offer.Model)
	if err != nil {
		return nil, offer, err
	}
	o := &oracle{labels: map[protocol.Digest]string{}}
	for _, x := range rows {
		narrow := make([]float32, len(x))
		for i, v := range x {
			narrow[i] = float32(v)
		}
		logits, err := g.Eval(narrow)
		if err != nil || len(logits) != 2 || len(card.Labels) != 2 {
			return nil, offer, fmt.Errorf("%s gives %d values for %d labels: %w", modelName, len(logits), len(card.Labels), err)
		}
		label := card.Labels[0]
		if logits[1] > logits[0] {
			label = card.Labels[1]
		}
		if math.Abs(float64(logits[1]-logits[0])) > margin {
			o.labels[privacy.InputDigest(x)] = label
		}
	}
	return o, offer, nil
}

func readRows(dir string) (card creator.Card, rows [][]float64, err error) {
	b, err := os.ReadFile(filepath.Join(dir, "model.json"))
	if err != nil {
		return card, nil, err
	}
	if err := protocol.UnmarshalJSON(bytes.NewReader(b), protocol.MaxManifestBytes, &card); err != nil {
		return card, nil, err
	}
	table, err := os.Open(filepath.Join(dir, tableName))
	if err != nil {
		return card, nil, err
	}
	defer table.Close()
	rows, err = input.Schema(card.Input).ReadRows(table, 0, tableRows)
	return card, rows, err
}

// check refuses a result that is not the model's.
func (o *oracle) check(j *client.Job) error {
	if want, ok := o.labels[j.Input]; ok && j.Result.Label != want {
		return fmt.Errorf("job %s: the answer is %s, should be %s", j.ID, j.Result.Label, want)
	}
	return nil
}
