//go:build js

package main

import (
	"context"
	"errors"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/cmd/wasm/chain"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// errDeclined says that the user does not hand the intermediate over.
var errDeclined = errors.New("you did not agree to the release")

// confirm shows the user what the creator would see and waits for a yes.
func confirm(ctx context.Context, r privacy.Released) error {
	var yes bool
	if err := bridge.Ask(ctx, "confirm", map[string]any{"report": r.Report(), "text": r.Report().String(), "values": r.Values()}, &yes); err != nil {
		return err
	}
	if !yes {
		return errDeclined
	}
	return nil
}

// price tells what the release of an input at a cut tells the creator.
func (t *tab) price(ctx context.Context, q bridge.Request) (any, error) {
	var p cutRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	x, err := t.held(p.Input)
	if err != nil {
		return nil, err
	}
	m, err := c.Model(ctx, p.Model)
	if err != nil {
		return nil, err
	}
	price, err := c.ReleasePrice(ctx, m, p.Cut, x)
	if err != nil {
		return nil, err
	}
	doc := struct {
		client.Price
		Refused string `json:"refused,omitempty"`
	}{Price: price}
	if price.Refused != nil {
		doc.Refused = price.Refused.Error()
	}
	return doc, nil
}

// running makes a context that stop ends; one job runs at a time.
func (t *tab) running(ctx context.Context) (context.Context, func(), error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel != nil {
		return nil, nil, errors.New("another job runs in this tab: wait for it or stop it")
	}
	if t.wallet == nil {
		return nil, nil, chain.ErrNoWallet
	}
	ctx, cancel := context.WithCancel(ctx)
	t.cancel = cancel
	return ctx, func() {
		cancel()
		t.mu.Lock()
		t.cancel = nil
		t.mu.Unlock()
	}, nil
}

// stop ends whatever job runs; it is kept and can be resumed.
func (t *tab) stop(context.Context, bridge.Request) (any, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel != nil {
		t.cancel()
	}
	return nil, nil
}

// prepare does everything up to the payment: a worker is verified, keys are made, the input is encrypted.
func (t *tab) prepare(ctx context.Context, q bridge.Request) (any, error) {
	var p cutRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	x, err := t.held(p.Input)
	if err != nil {
		return nil, err
	}
	ctx, done, err := t.running(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	job, err := t.client.Prepare(ctx, client.Request{ModelID: p.Model, Cut: p.Cut, Input: x, MaxCost: p.MaxCost})
	if err != nil {
		return nil, err
	}
	return summarize(job), nil
}

// jobRequest names a job.
type jobRequest struct {
	Job protocol.Digest `json:"job"`
}

// resume takes a job from wherever it stands to its end.
func (t *tab) resume(ctx context.Context, q bridge.Request) (any, error) {
	var p jobRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	ctx, done, err := t.running(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	outcome, err := t.client.Resume(ctx, p.Job)
	if err != nil {
		return nil, err
	}
	return outcome, nil
}

// summary is a job without its secrets.
type summary struct {
	ID         protocol.Digest    `json:"id"`
	State      client.State       `json:"state"`
	Created    uint64             `json:"created"`
	Model      string             `json:"model"`
	Layer      string             `json:"layer"`
	Spec       protocol.JobSpec   `json:"spec"`
	Worker     protocol.Address   `json:"worker"`
	Simulated  bool               `json:"simulated"`
	Prediction *client.Prediction `json:"prediction,omitempty"`
	Receipt    *protocol.Receipt  `json:"receipt,omitempty"`
	Result     *protocol.Result   `json:"result,omitempty"`
	Released   *privacy.Report    `json:"released,omitempty"`
	Escrow     string             `json:"escrow,omitempty"` // of a job that is paid and not answered, by the chain
}

func summarize(j *client.Job) summary {
	s := summary{
		ID: j.ID, State: j.State, Created: j.Created, Spec: j.Spec, Worker: j.Worker, Simulated: j.Simulated,
		Prediction: j.Prediction, Result: j.Result,
	}
	if m, err := protocol.ParseManifest(j.Manifest); err == nil {
		cut, _ := m.Cut(j.Spec.Cut)
		s.Model, s.Layer = m.Name, cut.Layer
	}
	if j.Computed != nil {
		s.Receipt = &j.Computed.Receipt
	}
	if j.Release != nil {
		s.Released = &j.Release.Report
	}
	return s
}

// jobs lists the jobs of this browser, the oldest first. Whether one that was not answered is refunded is the chain's to say;
// while that cannot be read, nothing is said about it.
func (t *tab) jobs(ctx context.Context, _ bridge.Request) (any, error) {
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	jobs, err := t.store.List(ctx)
	if err != nil {
		return nil, err
	}
	list := []summary{}
	for _, j := range jobs {
		s := summarize(j)
		if j.State != client.StateCreated && j.State != client.StateDelivered {
			if escrow, err := c.Escrow(ctx, j.ID); err == nil {
				s.Escrow = escrow.String()
			}
		}
		list = append(list, s)
	}
	return list, nil
}

// forget removes a job from this browser.
func (t *tab) forget(ctx context.Context, q bridge.Request) (any, error) {
	var p jobRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	return nil, c.Forget(ctx, p.Job)
}
