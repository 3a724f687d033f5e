package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/protocol"
)

type attestCommands struct {
	Verify attestVerify `cmd:"" help:"Verify a worker's evidence, on this machine."`
}

type attestVerify struct {
	Evidence string            `xor:"source" required:"" placeholder:"FILE" help:"Evidence as JSON (protocol.Evidence)."`
	Worker   *protocol.Address `xor:"source" required:"" placeholder:"SIGNER" help:"A worker of the network: asks it for fresh evidence over an own nonce."`
	Policy   string            `placeholder:"FILE" help:"What to demand, as JSON (attestation.PolicyLiteral); default: the network file's policy, else nothing is known and all software is refused."`
	Nonce    *protocol.Nonce   `placeholder:"NONCE" help:"Nonce that evidence in a file must be over; without it freshness is not checked."`
	At       time.Time         `placeholder:"TIME" help:"Judge as of this time (RFC 3339) instead of now; for evidence in a file."`
}

// Help implements kong.HelpProvider.
func (attestVerify) Help() string {
	return `Checks the chain of signatures from Intel's root to the quote, the platform's security level, what was
measured of firmware, system and application, and that the keys, the account and the nonce are bound in the quote.
Nothing the relay says is trusted. Prints every check; the exit status is 1 if one failed.

Evidence in a file is compared with the network file's chain and registry if there is one; what could not be
compared, and was taken from the evidence itself, is named as assumed.

  encompute attest verify --worker 0x52908400098527886E0F7030069857D2E4169EE7
  encompute attest verify --evidence evidence.json --policy policy.json --json`
}

// verdictDocument is what attest verify prints.
type verdictDocument struct {
	attestation.Verdict
	Signer  protocol.Address `json:"signer,omitzero"`
	Assumed []string         `json:"assumed,omitempty"` // parts of the binding taken from the evidence itself
}

// Run verifies the evidence.
func (c *attestVerify) Run(ctx context.Context, a *app) (err error) {
	doc := verdictDocument{}
	if c.Worker != nil {
		err = c.live(ctx, a, &doc)
	} else {
		err = c.file(a, &doc)
	}
	if doc.Checks == nil { // there was no evidence to judge
		return err
	}
	text := func(w io.Writer) {
		_ = doc.WriteText(w)
		if len(doc.Assumed) > 0 {
			fmt.Fprintf(w, "assumed   %s: not compared with anything you said\n", strings.Join(doc.Assumed, ", "))
		}
	}
	if printErr := a.document(doc, text); printErr != nil {
		return printErr
	}
	return err
}

// live asks a worker through the host.
func (c *attestVerify) live(ctx context.Context, a *app, doc *verdictDocument) error {
	if c.Nonce != nil || !c.At.IsZero() {
		return misuse("--nonce, --at", "they are for evidence in a file", "leave them away with --worker")
	}
	s, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if c.Policy != "" {
		if s.client.Policy, err = readPolicy(c.Policy); err != nil {
			return err
		}
	}
	views, err := s.client.Workers(ctx)
	if err != nil {
		return err
	}
	view, err := findWorker(views, *c.Worker)
	if err != nil {
		return err
	}
	_, doc.Verdict, err = s.client.VerifyWorker(ctx, view)
	doc.Signer = *c.Worker
	return err
}

// file judges evidence in a file.
func (c *attestVerify) file(a *app, doc *verdictDocument) error {
	f, err := os.Open(c.Evidence)
	if err != nil {
		return fault{Code: "file", Field: "--evidence", Detail: err.Error(), Remedy: "name a file that can be read"}
	}
	defer f.Close()
	var ev protocol.Evidence
	if err := protocol.UnmarshalJSON(f, protocol.MaxEvidenceBytes, &ev); err != nil {
		return fault{Code: "malformed", Field: "--evidence", Detail: err.Error(), Remedy: "give evidence as a worker or host wrote it"}
	}
	policy, want, err := c.expectation(a, ev.Binding, doc)
	if err != nil {
		return err
	}
	at := c.At
	if at.IsZero() {
		at = time.Now()
	}
	doc.Verdict = attestation.Verify(ev, want, policy, at)
	doc.Signer, _ = ev.Binding.Signer() // a malformed key is a failed check
	return doc.Err()
}

// expectation is what the user knows already; what is missing is taken from the evidence
// and listed as assumed.
func (c *attestVerify) expectation(a *app, claimed protocol.Binding, doc *verdictDocument) (attestation.Policy, protocol.Binding, error) {
	want := protocol.Binding{ChainID: claimed.ChainID, Registry: claimed.Registry, Nonce: claimed.Nonce}
	literal := attestation.PolicyLiteral{}
	known, err := a.networkExists()
	if err != nil {
		return attestation.Policy{}, want, err
	}
	if known {
		n, err := a.network()
		if err != nil {
			return attestation.Policy{}, want, err
		}
		want.ChainID, want.Registry, literal = n.Contracts.ChainID, n.Contracts.WorkerRegistry, n.Policy
	} else {
		doc.Assumed = append(doc.Assumed, "chainId", "registry")
	}
	if c.Nonce != nil {
		want.Nonce = *c.Nonce
	} else {
		doc.Assumed = append(doc.Assumed, "nonce")
	}
	if c.Policy != "" {
		p, err := readPolicy(c.Policy)
		return p, want, err
	}
	p, err := attestation.NewPolicy(literal)
	return p, want, err
}

func readPolicy(path string) (attestation.Policy, error) {
	bad := func(err error) error {
		return fault{Code: "policy", Field: "--policy", Detail: err.Error(), Remedy: "correct the policy file"}
	}
	b, err := readLimited(path, "--policy", protocol.MaxEvidenceBytes)
	if err != nil {
		return attestation.Policy{}, err
	}
	var l attestation.PolicyLiteral
	if err := protocol.UnmarshalJSON(bytes.NewReader(b), protocol.MaxEvidenceBytes, &l); err != nil {
		return attestation.Policy{}, bad(err)
	}
	p, err := attestation.NewPolicy(l)
	if err != nil {
		return attestation.Policy{}, bad(err)
	}
	return p, nil
}

func findWorker(views []protocol.WorkerView, signer protocol.Address) (protocol.WorkerView, error) {
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
		Code: string(client.CodeNoWorker), Field: "--worker", Detail: fmt.Sprintf("no worker %s is connected to the host", signer), Remedy: remedy,
	}
}
