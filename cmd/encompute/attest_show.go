package main

import (
	"errors"
	"fmt"
	"io"

	tree "github.com/encrypted-compute/encompute/attestation/explain"
	"github.com/encrypted-compute/encompute/attestation/report"
)

// attestShow explains evidence without judging it.
type attestShow struct {
	File string `arg:"" placeholder:"FILE" help:"Evidence in any form: a quote or an attestation, raw, in hexadecimal or base64; JSON of a guest agent, of Phala's cloud or of a worker; an RA-TLS certificate."`
}

// Help implements kong.HelpProvider.
func (attestShow) Help() string {
	return `Shows evidence field by field, with what each field means, where it stands and what an honest worker's would not
have (marked "!"). Nothing is verified: whoever wrote the file can have written anything. To find out whether it is
true, use "encompute attest verify".

Parts of the evidence are compared with each other where that is arithmetic: the event log with the registers, its
digests with their content, the app-compose with its hash, a certificate's key with the report data.

The exit status is 0 if the file could be read as evidence, true or not, and 1 if it could not.

  encompute attest show quote.hex
  encompute attest show certificate.pem --json`
}

// shownDocument is what attest show prints.
type shownDocument struct {
	Schema   string    `json:"schema"`
	Verified bool      `json:"verified"` // never: this shows and does not judge
	Kind     string    `json:"kind"`
	Evidence tree.Node `json:"evidence"`
}

// Run shows the evidence.
func (c *attestShow) Run(a *app) error {
	raw, err := readLimited(c.File, "FILE", report.MaxBytes)
	if err != nil {
		return err
	}
	r, err := report.Parse(raw)
	if err != nil {
		f := fault{Code: "malformed", Field: "FILE", Detail: err.Error(), Remedy: "get the evidence anew from where it came"}
		if errors.Is(err, report.ErrUnknown) {
			f.Remedy = "give a quote, or the answer in which it came"
		}
		return f
	}
	doc := shownDocument{Schema: "encompute/shown/v1", Kind: string(r.Kind), Evidence: tree.Report(r)}
	return a.document(doc, func(w io.Writer) {
		fmt.Fprintln(w, "NOT VERIFIED: this only shows what the file says.")
		_ = doc.Evidence.WriteText(w)
	})
}
