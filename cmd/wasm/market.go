//go:build js

package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/report"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// modelDocument is a model as pages show it: its manifest, and what its plans say in place of their bytes.
type modelDocument struct {
	ID       protocol.Digest   `json:"id"`
	Manifest protocol.Manifest `json:"manifest"`
	Ready    bool              `json:"ready"`
	Online   bool              `json:"online"`
	Plans    []planDocument    `json:"plans"` // of the manifest's cuts
}

type planDocument struct {
	Kind             string  `json:"kind"`
	LogN             int     `json:"logN"`
	LogQP            float64 `json:"logQP"`
	Levels           int     `json:"levels"`
	PredictedSeconds float64 `json:"predictedSeconds"` // on the reference machine
	PrecisionBits    float64 `json:"precisionBits"`
	Error            string  `json:"error,omitempty"` // the plan cannot be read
}

func describe(m client.Model) modelDocument {
	d := modelDocument{ID: m.ID(), Manifest: m.Manifest(), Ready: m.Ready(), Online: m.Online()}
	for i, c := range d.Manifest.Cuts {
		plan, err := fhe.ParsePlan(c.Plan)
		if err != nil {
			d.Plans = append(d.Plans, planDocument{Error: err.Error()})
		} else {
			info := plan.Info()
			d.Plans = append(d.Plans, planDocument{Kind: info.Kind, LogN: info.LogN, LogQP: info.LogQP, Levels: info.Levels, PredictedSeconds: info.PredictedSeconds, PrecisionBits: info.PrecisionBits})
		}
		d.Manifest.Cuts[i].Plan = nil // large, and of no use to a page
	}
	return d
}

// models lists what the host publishes, each checked against the chain.
func (t *tab) models(ctx context.Context, _ bridge.Request) (any, error) {
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	listing, err := c.Models(ctx)
	if err != nil {
		return nil, err
	}
	doc := struct {
		Models  []modelDocument            `json:"models"`
		Refused map[protocol.Digest]string `json:"refused"`
	}{Models: []modelDocument{}, Refused: map[protocol.Digest]string{}}
	for _, m := range listing.Models {
		doc.Models = append(doc.Models, describe(m))
	}
	for id, err := range listing.Refused {
		doc.Refused[id] = err.Error()
	}
	return doc, nil
}

// cutRequest names a cut of a model, and an input read before.
type cutRequest struct {
	Model   protocol.Digest `json:"model"`
	Cut     uint32          `json:"cut"`
	Input   int             `json:"input"`
	MaxCost protocol.Amount `json:"maxCost"`
}

// quote tells what a cut costs now, how long it will take, and for how long after the payment what is not earned is held back.
func (t *tab) quote(ctx context.Context, q bridge.Request) (any, error) {
	var p cutRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	m, err := c.Model(ctx, p.Model)
	if err != nil {
		return nil, err
	}
	cost, err := c.Cost(ctx, p.Model, p.Cut)
	if err != nil {
		return nil, err
	}
	prediction, err := c.Quote(ctx, m, p.Cut)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"seconds": prediction.Seconds, "calibrated": prediction.Calibrated,
		"worker": cost.Worker, "creator": cost.Creator, "feeBps": cost.FeeBps, "total": cost.Total(),
		"receiptSeconds": c.Limits.PrefixWindow.Seconds(), "answerSeconds": (c.Limits.PrefixWindow + c.Limits.DeliverWindow).Seconds(),
	}, nil
}

// workers lists the workers that the host shows; nothing in it is verified.
func (t *tab) workers(ctx context.Context, _ bridge.Request) (any, error) {
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	views, err := c.Workers(ctx)
	if views == nil {
		views = []protocol.WorkerView{}
	}
	return views, err
}

// verifyWorker demands fresh evidence of a worker and judges it here.
func (t *tab) verifyWorker(ctx context.Context, q bridge.Request) (any, error) {
	var view protocol.WorkerView
	if err := q.Read(&view); err != nil {
		return nil, err
	}
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	_, verdict, err := c.VerifyWorker(ctx, view)
	if len(verdict.Checks) == 0 {
		return nil, err
	}
	return judged{view.Signer, verdict}, nil // a refusal is in its checks
}

// examined is the verdict on a file.
type examined struct {
	Kind    string              `json:"kind"`
	Verdict attestation.Verdict `json:"verdict"`
	Signer  *protocol.Address   `json:"signer,omitempty"`
	Policy  string              `json:"policy"`            // "network" or "default"
	Assumed []string            `json:"assumed,omitempty"` // parts of the binding taken from the evidence itself
}

// examine judges a quote in any form: files are it and, if there is a second, its collateral.
func (t *tab) examine(_ context.Context, q bridge.Request) (any, error) {
	var p struct {
		At time.Time `json:"at"` // zero: now
	}
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	if len(q.Files) == 0 {
		return nil, errors.New("give a file with a quote")
	}
	if p.At.IsZero() {
		p.At = time.Now()
	}
	r, err := readQuote(q.Files[0])
	if err != nil {
		return nil, err
	}
	if len(q.Files) > 1 {
		r.Collateral = q.Files[1]
	}
	doc := examined{Kind: string(r.Kind), Policy: "default"}
	if r.Evidence != nil {
		doc.Policy = "network"
		doc.Assumed = []string{"nonce"}
		if signer, err := r.Evidence.Binding.Signer(); err == nil {
			doc.Signer = &signer
		}
		ev, a := *r.Evidence, t.network.Contracts
		ev.Collateral = r.Collateral
		want := protocol.Binding{ChainID: a.ChainID, Registry: a.WorkerRegistry, Nonce: ev.Binding.Nonce}
		doc.Verdict = attestation.Verify(ev, want, t.policy, p.At)
		return doc, nil
	}
	policy, err := attestation.NewPolicy(attestation.PolicyLiteral{})
	if err != nil {
		return nil, err
	}
	subject := attestation.Subject{
		Quote: r.Quote, Collateral: r.Collateral, EventLog: r.EventLog, VMConfig: r.VMConfig, AppCompose: r.AppCompose,
	}
	if r.Kind == report.KindCertificate { // elsewhere a certificate may be of another key than the quote's
		subject.Certificate = r.Certificate
	}
	doc.Verdict = attestation.Examine(subject, policy, p.At)
	return doc, nil
}

// readQuote takes a quote out of its packing. Bytes of no known form are left to be refused: they may be a quote that
// somebody changed.
func readQuote(raw []byte) (report.Report, error) {
	r, err := report.Parse(raw)
	switch {
	case errors.Is(err, report.ErrUnknown) && !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")):
		r = report.Report{Quote: raw}
		if b, err := hex.DecodeString(string(bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("0x")))); err == nil {
			r.Quote = b
		}
	case err != nil:
		return r, err
	case len(r.Quote) == 0:
		return r, fmt.Errorf("it is a %s and holds no quote", r.Kind)
	}
	return r, nil
}
