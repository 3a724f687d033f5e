package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/encrypted-compute/encompute/attestation/release"
)

type attestPolicyRelease struct {
	File     string   `arg:"" placeholder:"FILE" help:"Measurements file of a release, from whom you trust to have measured it."`
	Versions []string `name:"version" placeholder:"VERSION" help:"Accept this version of the worker; may be repeated (default: all in the file)."`
}

// Help implements kong.HelpProvider.
func (attestPolicyRelease) Help() string {
	return `Prints the policy that accepts the workers, machines and key providers of a measurements file. Whoever wrote the file
decides what it accepts: compare it with your own build ("make image") and with the text of the app. The file in this
repository, dstack/measurements.json, is an example of the form only, and is refused.

  encompute attest policy release measurements.json --version v1.2.0 > policy.json`
}

// Run prints the policy.
func (c *attestPolicyRelease) Run(_ context.Context, a *app) error {
	raw, err := readLimited(c.File, "FILE", release.MaxBytes)
	if err != nil {
		return unchecked(err)
	}
	f, err := release.Parse(raw)
	if err != nil {
		return unchecked(fault{Code: "malformed", Field: c.File, Detail: err.Error(), Remedy: "name a measurements file"})
	}
	l, err := f.Policy(c.Versions...)
	switch {
	case errors.Is(err, release.ErrUnknown):
		return misuse("--version", err.Error(), "choose one of the file's")
	case err != nil:
		return fault{Code: "example", Field: c.File, Detail: err.Error()}
	}
	return a.document(l, func(w io.Writer) {
		b, _ := json.MarshalIndent(l, "", "  ") // structs of strings and numbers always encode
		fmt.Fprintf(w, "%s\n", b)
	})
}
