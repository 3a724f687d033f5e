package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/rollback"
	"github.com/encrypted-compute/encompute/protocol"
)

type attestCommands struct {
	Verify     attestVerify             `cmd:"" help:"Verify a quote or a worker's evidence in a file, on this machine."`
	Show       attestShow               `cmd:"" help:"Explain evidence in a file field by field, verifying nothing."`
	Worker     attestWorker             `cmd:"" help:"Ask workers of a host for fresh evidence and verify it, on this machine."`
	Policy     attestPolicyCommands     `cmd:"" help:"Make policies, which say what is accepted."`
	Collateral attestCollateralCommands `cmd:"" help:"Fetch what a verifier needs besides a quote."`
}

type attestVerify struct {
	evidenceFlags
	Policy string          `placeholder:"FILE" help:"What to demand, as JSON; see docs/verifying-a-worker.md (default: for a worker's evidence the network file's policy, else: genuine, up to date, not debug)."`
	Nonce  *protocol.Nonce `placeholder:"NONCE" help:"Nonce that a worker's evidence must be over; without it freshness is not checked."`
}

// Help implements kong.HelpProvider.
func (attestVerify) Help() string {
	return `Checks the chain of signatures from Intel's root to the quote, the platform's security level, what was
measured of firmware, system and application, and for a worker's evidence (protocol.Evidence) that keys, account
and nonce are bound in the quote. Nothing that a relay says is trusted.

QUOTE is a file in any form that "encompute attest show" reads: a quote as the hardware signed it, raw or in
hexadecimal, the JSON that a dstack guest agent answers, with quote and event log, a worker's evidence. Collateral
comes from --collateral, else with the quote, else from Intel's service. Evidence of a worker is compared with the
network file's chain and registry if there is one; what could not be compared, and was taken from the evidence
itself, is named as assumed.

The exit status is 0 if it was accepted, 1 if it was refused, 2 if it could not be checked: a file cannot be read,
a policy is wrong, there is no collateral. A refusal prints the whole verdict, too.

  encompute attest verify quote.bin --collateral bundle.json --at 2026-03-01T00:00:00Z
  encompute attest verify report.json --app-compose app-compose.json --policy policy.json
  encompute attest verify evidence.json --nonce 0x... --json`
}

// verdictDocument is what attest verify prints.
type verdictDocument struct {
	attestation.Verdict
	Signer  protocol.Address `json:"signer,omitzero"`
	Assumed []string         `json:"assumed,omitempty"` // parts of the binding taken from the evidence itself
}

func (d verdictDocument) write(w io.Writer) {
	if !d.Signer.IsZero() {
		fmt.Fprintf(w, "worker    %s\n", d.Signer)
	}
	_ = d.WriteText(w)
	if len(d.Assumed) > 0 {
		fmt.Fprintf(w, "assumed   %s: not compared with anything you said\n", strings.Join(d.Assumed, ", "))
	}
}

// unchecked marks an error as one that says nothing about the evidence.
func unchecked(err error) error {
	if err == nil {
		return nil
	}
	f := explain(err)
	f.unchecked = true
	return f
}

// Run verifies the evidence.
func (c *attestVerify) Run(ctx context.Context, a *app) error {
	doc, err := c.judge(ctx, a)
	if err != nil {
		return unchecked(err)
	}
	if err := a.document(doc, doc.write); err != nil {
		return err
	}
	return doc.Err()
}

// judge returns an error where there is no verdict.
func (c *attestVerify) judge(ctx context.Context, a *app) (doc verdictDocument, err error) {
	in, err := c.read(ctx, a)
	if err != nil {
		return doc, err
	}
	if in.worker == nil && c.Nonce != nil {
		return doc, misuse("--nonce", "the file is not a worker's evidence, which alone is over a nonce", "leave it away")
	}
	if in.worker == nil {
		policy, err := c.policy(c.Policy, attestation.PolicyLiteral{})
		if err != nil {
			return doc, err
		}
		doc.Verdict, err = c.remember(a, policy, func(p attestation.Policy) attestation.Verdict {
			return attestation.Examine(in.subject, p, c.at())
		})
		return doc, err
	}
	policy, want, err := c.expectation(a, in.worker.Binding, &doc)
	if err != nil {
		return doc, err
	}
	doc.Signer, _ = in.worker.Binding.Signer() // a malformed key is a failed check
	doc.Verdict, err = c.remember(a, policy, func(p attestation.Policy) attestation.Verdict {
		return attestation.Verify(*in.worker, want, p, c.at())
	})
	return doc, err
}

// expectation is what the user knows already; what is missing is taken from the evidence
// and listed as assumed.
func (c *attestVerify) expectation(a *app, claimed protocol.Binding, doc *verdictDocument) (p attestation.Policy, want protocol.Binding, err error) {
	want = protocol.Binding{ChainID: claimed.ChainID, Registry: claimed.Registry, Nonce: claimed.Nonce}
	literal := attestation.PolicyLiteral{}
	known, err := a.networkExists()
	if err != nil {
		return p, want, err
	}
	if known {
		n, err := a.network()
		if err != nil {
			return p, want, err
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
	p, err = c.policy(c.Policy, literal)
	return p, want, err
}

// remember judges above the evaluation numbers that this user has seen. What is judged as of
// another time is history, and neither uses nor raises them.
func (f *evidenceFlags) remember(a *app, p attestation.Policy, judge func(attestation.Policy) attestation.Verdict) (attestation.Verdict, error) {
	if !f.At.IsZero() {
		return judge(p), nil
	}
	seen, err := a.seenCollateral()
	if err != nil {
		return attestation.Verdict{}, err
	}
	return seen.Verdict(p, judge)
}

// seenCollateral opens the record of evaluation numbers at home.
func (a *app) seenCollateral() (*rollback.Store, error) {
	home, err := a.home()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, fault{Code: "home", Field: "--home", Detail: err.Error(), Remedy: "name a folder that can be written"}
	}
	return rollback.Open(filepath.Join(home, seenFile))
}

func (f *evidenceFlags) at() time.Time {
	if f.At.IsZero() {
		return time.Now()
	}
	return f.At
}

// policy reads the policy file, or takes the default, and makes --root its root.
func (f *evidenceFlags) policy(path string, otherwise attestation.PolicyLiteral) (p attestation.Policy, err error) {
	if path != "" {
		p, err = readPolicy(path)
	} else {
		p, err = attestation.NewPolicy(otherwise)
	}
	if err != nil || f.Root == "" {
		return p, err
	}
	root, err := readLimited(f.Root, "--root", attestation.MaxPolicyBytes)
	if err != nil {
		return p, err
	}
	if p, err = p.WithInsecureRoot(root); err != nil {
		return p, fault{Code: "root", Field: "--root", Detail: err.Error(), Remedy: "give one certificate in PEM or DER"}
	}
	return p, nil
}

func readPolicy(path string) (attestation.Policy, error) {
	b, err := readLimited(path, "--policy", attestation.MaxPolicyBytes)
	if err != nil {
		return attestation.Policy{}, err
	}
	p, err := attestation.ParsePolicy(b)
	if err != nil {
		return attestation.Policy{}, fault{Code: "policy", Field: "--policy", Detail: err.Error(), Remedy: "correct the policy file"}
	}
	return p, nil
}
