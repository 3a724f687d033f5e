package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/encrypted-compute/encompute/attestation/collateral"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/quote"
)

type attestCollateralCommands struct {
	Fetch attestCollateralFetch `cmd:"" help:"Fetch Intel's signed documents for a quote, to verify it without a network."`
}

type attestCollateralFetch struct {
	Quote            string `arg:"" placeholder:"QUOTE" help:"File: a quote, raw or in hexadecimal; a guest agent's answer as JSON; a worker's evidence as JSON."`
	URL              string `name:"url" placeholder:"URL" help:"Service to ask: Intel's, or a mirror of it, a PCCS (default the former)."`
	RootCRLURL       string `name:"root-crl-url" placeholder:"URL" help:"Where the revocation list of Intel's root is, if the service does not have it where it should be."`
	Update           string `enum:",standard,early" default:"" placeholder:"standard|early" help:"Which documents during a TCB recovery: those that platforms had time to follow, or those that are out early (default standard)."`
	EvaluationNumber uint32 `placeholder:"NUMBER" help:"Documents of this tcbEvaluationDataNumber instead."`
	Out              string `short:"o" placeholder:"FILE" help:"File to write the bundle to (default standard output)."`
}

// Help implements kong.HelpProvider.
func (attestCollateralFetch) Help() string {
	return `Asks the service for what a verifier needs besides the quote, called collateral: TCB info, identity of the quoting
enclave and two revocation lists. They are written as one bundle, QuoteCollateralV3 as JSON, which this and other
verifiers read. They depend on the processor's family, the issuer of its certificate and the kind of enclave, not on
the single quote. Nothing is verified here: encompute attest verify does that, as of any time.

The exit status is 0 if there is a bundle, 2 if there is none: could not fetch, bad collateral, or no quote.

  encompute attest collateral fetch quote.bin --out bundle.json
  encompute attest collateral fetch evidence.json --url https://pccs.example --update early`
}

// collateralDocument is what attest collateral fetch prints of a bundle in a file.
type collateralDocument struct {
	Bundle      string           `json:"bundle"` // the file
	TEE         string           `json:"tee"`
	FMSPC       string           `json:"fmspc"`
	CA          collateral.CA    `json:"ca"`
	Evaluations dcap.Evaluations `json:"evaluations"`
	ExpiresAt   time.Time        `json:"expiresAt"` // its first part
}

// Run fetches.
func (c *attestCollateralFetch) Run(ctx context.Context, a *app) error {
	return unchecked(c.run(ctx, a))
}

func (c *attestCollateralFetch) run(ctx context.Context, a *app) error {
	q, key, err := c.key()
	if err != nil {
		return err
	}
	f, err := collateral.New(collateral.Config{
		URL: c.URL, RootCRLURL: c.RootCRLURL, Update: c.Update, EvaluationNumber: c.EvaluationNumber,
	})
	if err != nil {
		return fault{Code: "collateral", Field: "--url", Detail: err.Error(), Remedy: `see "encompute attest collateral fetch --help"`}
	}
	bundle, err := f.Fetch(ctx, key)
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, collateral.ErrUnavailable):
		return fault{Code: "collateral-unavailable", Field: "--url", Detail: err.Error(), Remedy: "try again later, or ask another service"}
	case err != nil:
		return fault{Code: "collateral", Field: "--url", Detail: err.Error(), Remedy: "ask another service"}
	}
	parsed, err := dcap.ParseCollateral(bundle)
	if err != nil {
		return err
	}
	doc := collateralDocument{c.Out, q.TEE.String(), fmt.Sprintf("%x", key.FMSPC), key.CA, parsed.Evaluations(), parsed.Expires().UTC()}
	if c.Out == "" {
		doc.write(a.stderr)
		return a.document(json.RawMessage(bundle), func(w io.Writer) { fmt.Fprintf(w, "%s\n", bundle) })
	}
	if err := replaceFile(c.Out, append(bundle, '\n')); err != nil {
		return fault{Code: "file", Field: "--out", Detail: err.Error(), Remedy: "name a file that can be written"}
	}
	return a.document(doc, doc.write)
}

// key reads the quote as far as it takes to know what to ask for.
func (c *attestCollateralFetch) key() (q quote.Quote, key collateral.Key, err error) {
	raw, err := readLimited(c.Quote, "QUOTE", maxReport)
	if err != nil {
		return q, key, err
	}
	in, err := parseInput(raw)
	if err == nil {
		q, err = quote.Parse(in.subject.Quote)
	}
	if err == nil {
		key, err = collateral.KeyOf(q)
	}
	if err != nil {
		return q, key, fault{Code: "malformed", Field: "QUOTE", Detail: err.Error(), Remedy: "give a quote, a guest agent's answer or a worker's evidence"}
	}
	return q, key, nil
}

func (d collateralDocument) write(w io.Writer) {
	if d.Bundle != "" {
		fmt.Fprintf(w, "bundle      %s\n", d.Bundle)
	}
	fmt.Fprintf(w, "platform    %s, family %s, %s CA\n", d.TEE, d.FMSPC, d.CA)
	for _, name := range slices.Sorted(maps.Keys(d.Evaluations)) {
		fmt.Fprintf(w, "evaluation  %d of %s\n", d.Evaluations[name], name)
	}
	fmt.Fprintf(w, "expires     %s\n", d.ExpiresAt.Format(time.RFC3339))
}
