package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/collateral"
	"github.com/encrypted-compute/encompute/attestation/report"
	"github.com/encrypted-compute/encompute/protocol"
)

// maxReport bounds a file that holds a quote and what explains it, in bytes.
const maxReport = report.MaxBytes

// evidenceFlags name a quote and what explains it.
type evidenceFlags struct {
	Quote      string    `arg:"" placeholder:"QUOTE" help:"File: a quote, raw or as text; a report of EGo; the JSON of a guest agent or cloud; a versioned attestation of dstack; an RA-TLS certificate; a worker's evidence."`
	Collateral string    `placeholder:"PLACE" help:"Intel's signed documents: a bundle file (QuoteCollateralV3 as JSON), or the URL of a PCCS (default: what came with the quote, else Intel's service)."`
	EventLog   string    `placeholder:"FILE" help:"Event log of the CVM, as JSON (default: what came with the quote)."`
	AppCompose string    `placeholder:"FILE" help:"Text of the app that should run, to be held to its measured hash (default: what came with the quote)."`
	At         time.Time `placeholder:"TIME" help:"Judge as of this time (RFC 3339) instead of now."`
	Root       string    `placeholder:"FILE" help:"Trust this root certificate, in PEM or DER, in place of Intel's. Verdicts then say simulated."`
	Offline    bool      `help:"Do not ask anybody for collateral."`
}

// shown is what was read.
type shown struct {
	subject attestation.Subject
	worker  *protocol.Evidence // of a worker's evidence; the same parts as subject
}

// read reads the files and finds collateral.
func (f *evidenceFlags) read(ctx context.Context, a *app) (in shown, err error) {
	raw, err := readLimited(f.Quote, "QUOTE", maxReport)
	if err != nil {
		return in, err
	}
	if in, err = parseInput(raw); err != nil {
		return in, fault{Code: "malformed", Field: "QUOTE", Detail: err.Error(), Remedy: "give a quote, a guest agent's answer or a worker's evidence"}
	}
	for _, part := range []struct {
		path, field string
		limit       int64
		to          *[]byte
	}{
		{f.EventLog, "--event-log", maxReport, &in.subject.EventLog},
		{f.AppCompose, "--app-compose", maxReport, &in.subject.AppCompose},
	} {
		if part.path != "" {
			if *part.to, err = readLimited(part.path, part.field, part.limit); err != nil {
				return in, err
			}
		}
	}
	if err := f.findCollateral(ctx, a, &in.subject); err != nil {
		return in, err
	}
	if in.worker != nil {
		in.worker.EventLog, in.worker.AppCompose, in.worker.Collateral = in.subject.EventLog, in.subject.AppCompose, in.subject.Collateral
	}
	return in, nil
}

// findCollateral takes collateral from the named place, else what came with the quote, else from
// Intel. A quote that nobody has collateral for, since it is none, is left to be refused.
func (f *evidenceFlags) findCollateral(ctx context.Context, a *app, s *attestation.Subject) error {
	if f.Collateral == "" && len(s.Collateral) != 0 {
		return nil
	}
	place := firstOf(f.Collateral, collateral.IntelURL)
	if f.Offline && isURL(place) {
		return fault{
			Code: "collateral", Field: "--collateral", Detail: "could not fetch collateral: --offline forbids it, and none came with the quote",
			Remedy: "give a bundle file",
		}
	}
	cache := ""
	if isURL(place) {
		home, err := a.home()
		if err != nil {
			return err
		}
		cache = filepath.Join(home, "collateral")
	}
	source, err := collateral.Open(place, cache)
	if err != nil {
		return fault{Code: "collateral", Field: "--collateral", Detail: err.Error(), Remedy: "name a bundle file or the URL of a PCCS"}
	}
	found, err := source.Collateral(ctx, s.Quote)
	switch {
	case errors.Is(err, collateral.ErrUnavailable), errors.Is(err, collateral.ErrBad):
		return fault{
			Code: "collateral", Field: "--collateral", Detail: err.Error(),
			Remedy: "try again, or give a bundle file; this says nothing about the quote",
		}
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil:
		s.Collateral = found
	}
	return nil
}

func isURL(s string) bool { return bytes.Contains([]byte(s), []byte("://")) }

// parseInput reads any of the forms that a quote comes in. Bytes of no known form are left to be
// refused: they may be a quote that somebody changed.
func parseInput(raw []byte) (in shown, err error) {
	r, err := report.Parse(raw)
	switch {
	case errors.Is(err, report.ErrUnknown) && !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")):
		r = report.Report{Quote: raw}
		if b, err := hex.DecodeString(string(bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("0x")))); err == nil {
			r.Quote = b
		}
	case err != nil:
		return in, err
	case len(r.Quote) == 0:
		return in, fmt.Errorf("it is a %s and holds no quote", r.Kind)
	}
	in.worker = r.Evidence
	in.subject = attestation.Subject{
		Quote: r.Quote, Collateral: r.Collateral, EventLog: r.EventLog, VMConfig: r.VMConfig, AppCompose: r.AppCompose,
	}
	if r.Kind == report.KindCertificate { // elsewhere a certificate may be of another key than the quote's
		in.subject.Certificate = r.Certificate
	}
	return in, nil
}
