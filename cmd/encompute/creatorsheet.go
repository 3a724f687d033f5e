package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/creator/advise"
	"github.com/encrypted-compute/encompute/privacy/leakage"
	"github.com/encrypted-compute/encompute/protocol"
)

type creatorSheet struct {
	creatorFlags
	Model  string `arg:"" placeholder:"MODEL" help:"Published model, by id or name."`
	Cut    string `required:"" placeholder:"LAYER" help:"Cut to measure, by layer or index."`
	Data   string `required:"" placeholder:"FILE" help:"Records: .npz, .npy, .csv, or MNIST's format (IDX, also .gz)."`
	Labels string `placeholder:"FILE|COLUMN" help:"Column of labels in a .csv file, so that it is not taken for input."`
	Seed   uint64 `default:"1" placeholder:"N" help:"Draws the records if there are more than are measured (default 1)."`

	Worker *protocol.Address `placeholder:"SIGNER" help:"Worker to whose workload the records are sealed (default: the first that verifies)."`
}

// Help implements kong.HelpProvider.
func (creatorSheet) Help() string {
	return `Seals records to the workload that runs the prefix, whose worker is verified here first. A worker that is idle opens prefix and
records inside its TEE, runs the closed-form attacks on them, and signs what they achieve; users then need not take the creator's
word for it. Nobody else sees the records, and they are not kept. The suffix stays here: accuracy remains the creator's word. A
job that comes ends the measurement, and it is tried again.

  encompute creator sheet pneumonia-trunk --cut gap --data pneumoniamnist.npz`
}

// measuredSheet is what creator sheet and model inspect print.
type measuredSheet struct {
	Cut       string                 `json:"cut"`
	Worker    protocol.Digest        `json:"workload"`
	Simulated bool                   `json:"simulated"`
	Sheet     protocol.AttestedSheet `json:"sheet"`
}

// Run has a sheet measured and verifies it.
func (c *creatorSheet) Run(ctx context.Context, a *app) error {
	s, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	m, err := s.findModel(ctx, c.Model)
	if err != nil {
		return err
	}
	manifest := m.Manifest()
	cut, err := manifestCut(manifest, c.Cut)
	if err != nil {
		return err
	}
	card := creator.Card{Name: manifest.Name, Task: manifest.Task, Input: manifest.Input, InputRange: manifest.InputRange, Labels: manifest.Labels, Output: manifest.Output}
	train, test, err := advise.ReadRecords(c.Data, c.Labels, card, c.Seed)
	if err != nil {
		return fault{Code: "data", Field: "--data", Detail: err.Error(), Remedy: `give records like those the model was trained on`}
	}
	state, key, err := c.open(a)
	if err != nil {
		return err
	}
	cfg := creator.SheetConfig{
		State: state, Signer: creator.KeySigner{Key: key}, Host: hostOf(s.network), Model: m.ID(), Cut: cut.Index,
		Train: recordRows(train, protocol.MaxTrainRecords), Test: recordRows(test, protocol.MaxGallery),
		Observer: func(what string) { s.meter.progress(what, 0, 0, "") },
	}
	if cfg.Worker, err = s.verifiedWorker(ctx, c.Worker); err != nil {
		return err
	}
	s.meter.progress("order a sheet", 0, 0, "")
	start := time.Now()
	signed, err := creator.MeasureSheet(ctx, cfg)
	s.meter.idle()
	if errors.Is(err, creator.ErrNoProof) {
		return fault{Code: "state", Field: "--state", Detail: err.Error()}
	}
	if err != nil {
		return err
	}
	s.meter.finish("measure", time.Since(start), int64(len(cfg.Train)+len(cfg.Test)), "")
	attested, _, err := s.client.VerifySheet(ctx, m, signed)
	if err != nil {
		return err
	}
	doc := newMeasuredSheet(cut.Layer, attested)
	return a.document(doc, func(w io.Writer) { doc.write(w) })
}

// recordRows are the first records.
func recordRows(r leakage.Records, most int) (list [][]float32) {
	for i := range min(r.X.Rows, most) {
		list = append(list, r.X.Row(i))
	}
	return list
}

// manifestCut finds a cut of a manifest by layer or index.
func manifestCut(m protocol.Manifest, name string) (protocol.Cut, error) {
	for _, c := range m.Cuts {
		if c.Layer == name || fmt.Sprint(c.Index) == name {
			return c, nil
		}
	}
	return protocol.Cut{}, fault{Code: string(client.CodeCutNotOffered), Field: "--cut", Detail: fmt.Sprintf("%s is not offered at %q", m.Name, name)}
}

func newMeasuredSheet(cut string, s client.AttestedSheet) measuredSheet {
	v := s.Verdict()
	return measuredSheet{Cut: cut, Worker: v.WorkloadID, Simulated: v.Simulated, Sheet: s.Sheet()}
}

// write says in plain words what was measured, and by whom.
func (m measuredSheet) write(w io.Writer) {
	s := m.Sheet
	by := "in an attested worker"
	if m.Simulated {
		by = "in a SIMULATED worker: no hardware stands behind it"
	}
	fmt.Fprintf(w, "Measured %s, at cut %s, on the creator's records %s (%d of the attacker, %d under attack), %s.\n",
		by, m.Cut, s.Records.Short(), s.Train, s.Gallery, time.Unix(int64(min(s.Time, 1<<40)), 0).UTC().Format(time.DateOnly))
	fmt.Fprintf(w, "  Whoever holds the %d records picks the right one in %s of cases, and has it among ten in %s; guessing gives %s.\n",
		s.Gallery, percent(s.Match1), percent(s.Match10), percent(1/float64(s.Gallery)))
	a := s.Linear
	fmt.Fprintf(w, "  The best linear reconstruction is recognised in %s, among ten in %s", percent(a.ReID1), percent(a.ReID10))
	if a.SSIM != nil && s.FloorSSIM != nil {
		fmt.Fprintf(w, "; it resembles the record by %.2f (SSIM), the mean of all records does by %.2f.\n", *a.SSIM, *s.FloorSSIM)
	} else {
		fmt.Fprintf(w, "; its error is %.3g (mean square), that of the mean of all records %.3g.\n", a.MSE, s.FloorMSE)
	}
	switch {
	case s.BitCap == nil:
		fmt.Fprint(w, "  No noise: what a release tells is unbounded.\n")
	case s.AnyCap == nil:
		fmt.Fprintf(w, "  No attack gets more than %.1f bits out of a release, on average over records like these.\n", *s.BitCap)
	default:
		fmt.Fprintf(w, "  No attack gets more than %.1f bits out of a release, on average over records like these; of any kind, %.1f.\n", *s.BitCap, *s.AnyCap)
	}
	if s.Red() {
		fmt.Fprint(w, "  By these figures alone the rating is red.\n")
	}
	fmt.Fprint(w, "  That the records are like the users' is the creator's word, and so is accuracy; better attacks than linear ones may exist.\n")
}
