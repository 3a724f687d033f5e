package explain

import (
	"bytes"
	"crypto/sha256"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/attestation/ratls"
	"github.com/encrypted-compute/encompute/attestation/report"
)

// view is a report with its parts as far as they can be read: explaining one part needs others.
type view struct {
	report.Report

	quote    quote.Quote
	quoteErr error
	pck      dcap.PCK
	pckErr   error

	events    []eventlog.Event
	eventsErr error
	boot      eventlog.Boot
	bootErr   error

	certificate    ratls.Certificate
	certificateErr error
}

func newView(r report.Report) *view {
	v := &view{Report: r}
	if v.quote, v.quoteErr = quote.Parse(r.Quote); v.quoteErr == nil {
		v.pck, v.pckErr = dcap.ParsePCK(v.quote.PCKChain)
	}
	if v.events, v.eventsErr = eventlog.Parse(r.EventLog); v.eventsErr == nil {
		v.boot, v.bootErr = eventlog.ReadBoot(v.events)
	}
	v.certificate, v.certificateErr = ratls.ParseDER(r.Certificate)
	return v
}

// reportData is the quote's, if there is one that can be read.
func (v *view) reportData() (d [64]byte, ok bool) { return v.quote.ReportData(), v.quoteErr == nil }

// composeHash is the compose hash that the boot measured, or else that of the app-compose; from
// says which.
func (v *view) composeHash() (hash []byte, from string) {
	if v.eventsErr == nil && v.bootErr == nil {
		return v.boot.ComposeHash, "the event log's"
	}
	if v.AppCompose != nil {
		sum := sha256.Sum256(v.AppCompose)
		return sum[:], "the app-compose's"
	}
	return nil, ""
}

// same says how a value compares with another of the evidence.
func same(n *Node, got, want []byte, yes, no string) {
	if bytes.Equal(got, want) {
		n.Meaning = yes
		return
	}
	n.Meaning, n.Alert = no, true
}
