package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/protocol"
)

type attestWorker struct {
	Target string `arg:"" placeholder:"SIGNER|URL" help:"A worker of the network, by its account, or the URL of a host, for all workers that are connected to it."`
	Policy string `placeholder:"FILE" help:"What to demand, as JSON (default: the network file's policy)."`
}

// Help implements kong.HelpProvider.
func (attestWorker) Help() string {
	return `Sends a fresh nonce, through the host, and verifies the quote that comes back here: against the policy,
against chain and registry of the network file, and against the operator that the chain has for the worker. The host
is trusted with nothing; its collateral is signed by Intel.

The exit status is 0 if all were accepted, 1 if one was refused, 2 if one could not be checked.

  encompute attest worker 0x52908400098527886E0F7030069857D2E4169EE7
  encompute attest worker https://host.example --json`
}

// verdictsDocument is what attest worker prints of all workers of a host.
type verdictsDocument struct {
	Schema   string            `json:"schema"` // "encompute/verdicts/v1"
	OK       bool              `json:"ok"`     // all of them
	Verdicts []verdictDocument `json:"verdicts"`
}

// Run verifies one worker or all.
func (c *attestWorker) Run(ctx context.Context, a *app) error {
	var signer protocol.Address
	url := isURL(c.Target)
	if !url {
		if err := signer.UnmarshalText([]byte(c.Target)); err != nil {
			return misuse("SIGNER|URL", err.Error(), "name a worker by its account, or a host by its URL")
		}
	}
	s, views, err := c.workers(ctx, a, url)
	if err != nil {
		return unchecked(err)
	}
	defer s.close()
	if !url {
		view, err := findWorker(views, signer, "SIGNER|URL")
		if err != nil {
			return unchecked(err)
		}
		doc, refusal, err := s.attest(ctx, view)
		if err != nil {
			return unchecked(err)
		}
		if err := a.document(doc, doc.write); err != nil {
			return err
		}
		return refusal
	}
	return c.all(ctx, a, s, views)
}

// workers connects and lists the workers of the host.
func (c *attestWorker) workers(ctx context.Context, a *app, url bool) (s *session, views []protocol.WorkerView, err error) {
	if s, err = a.reader(ctx); err != nil {
		return nil, nil, err
	}
	if url {
		config := s.client.Config
		config.Host = c.Target
		s.client, err = client.New(config)
	}
	if err == nil && c.Policy != "" {
		s.client.Policy, err = readPolicy(c.Policy)
	}
	if err == nil {
		views, err = s.client.Workers(ctx)
	}
	if err == nil && url && len(views) == 0 {
		err = fault{Code: string(client.CodeNoWorker), Field: "SIGNER|URL", Detail: "no worker is connected to the host", Remedy: "try again later"}
	}
	if err != nil {
		s.close()
		return nil, nil, err
	}
	return s, views, nil
}

func (c *attestWorker) all(ctx context.Context, a *app, s *session, views []protocol.WorkerView) error {
	all := verdictsDocument{Schema: "encompute/verdicts/v1", OK: true}
	var first, failed error
	for _, view := range views {
		doc, refusal, err := s.attest(ctx, view)
		if err != nil {
			all.OK, failed = false, err
			a.note("worker %s: %s", view.Signer, explain(err).Error())
			continue
		}
		if refusal != nil && first == nil {
			first = refusal
		}
		all.OK = all.OK && refusal == nil
		all.Verdicts = append(all.Verdicts, doc)
	}
	err := a.document(all, func(w io.Writer) {
		for _, doc := range all.Verdicts {
			doc.write(w)
		}
	})
	switch {
	case err != nil:
		return err
	case first != nil:
		return first
	}
	return unchecked(failed)
}

// attest verifies one worker. refusal says that there is a verdict and that it, or what was compared
// besides, is bad.
func (s *session) attest(ctx context.Context, view protocol.WorkerView) (doc verdictDocument, refusal, err error) {
	_, doc.Verdict, refusal = s.client.VerifyWorker(ctx, view)
	doc.Signer = view.Signer
	if doc.Checks == nil { // there was no evidence to judge
		return doc, nil, refusal
	}
	return doc, refusal, nil
}

// findWorker finds the view of a worker that field names.
func findWorker(views []protocol.WorkerView, signer protocol.Address, field string) (protocol.WorkerView, error) {
	var known []string
	for _, v := range views {
		if v.Signer == signer {
			return v, nil
		}
		known = append(known, v.Signer.String())
	}
	remedy := "no worker is connected; try again later"
	if len(known) > 0 {
		remedy = "choose one of " + strings.Join(known, ", ")
	}
	return protocol.WorkerView{}, fault{
		Code: string(client.CodeNoWorker), Field: field, Detail: fmt.Sprintf("no worker %s is connected to the host", signer), Remedy: remedy,
	}
}
