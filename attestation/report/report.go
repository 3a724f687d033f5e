// Package report reads evidence in the forms in which people hold it, and finds out which form it
// is: a quote or a report of Open Enclave as bytes, hexadecimal or base64; the JSON answers of
// dstack's guest agent, of its verifier's callers and of Phala's cloud; dstack's versioned
// attestation; RA-TLS certificates; this project's own evidence.
//
// It takes apart and believes nothing. What it returns has been neither verified nor, but for the
// packing, looked at.
package report

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/attestation/ratls"
	"github.com/encrypted-compute/encompute/attestation/versioned"
	"github.com/encrypted-compute/encompute/protocol"
)

// MaxBytes bounds what Parse reads, whatever the form.
const MaxBytes = 10 << 20

// Bounds of the parts that no other package bounds.
const (
	maxVMConfig   = 64 << 10
	maxAppCompose = 256 << 10
)

const wrapperSize = 16 // of the header of Open Enclave

// Errors of Parse.
var (
	ErrUnknown   = errors.New("not evidence in any known form") // nothing recognised it
	ErrMalformed = errors.New("malformed evidence")             // recognised, and broken
)

// Kind is the form in which evidence came.
type Kind string

// The forms.
const (
	KindQuote       Kind = "quote"               // an Intel DCAP quote
	KindEnclave     Kind = "open-enclave-report" // an SGX quote as EGo gives it
	KindAttestation Kind = "dstack-attestation"  // a versioned attestation
	KindCertificate Kind = "ra-tls-certificate"  // X.509 with evidence
	KindAgent       Kind = "dstack-report"       // JSON of the guest agent, or for the verifier
	KindCloud       Kind = "phala-cloud-report"  // JSON of Phala's cloud
	KindEvidence    Kind = "encompute-evidence"  // protocol.Evidence
	KindEventLog    Kind = "dstack-event-log"    // JSON; no quote
	KindAppCompose  Kind = "dstack-app-compose"  // JSON; no quote
	KindCollateral  Kind = "dcap-collateral"     // QuoteCollateralV3 JSON; no quote
)

// Report is evidence taken out of its packing. Parts that were not there are nil.
type Report struct {
	Kind     Kind
	Encoding string // of the whole: "", "hex", "base64" or "pem"

	Quote      []byte // with the header of Open Enclave, if it came with one
	EventLog   []byte // JSON array
	VMConfig   []byte // JSON
	AppCompose []byte // the raw text whose SHA-256 is the compose hash
	Collateral []byte // QuoteCollateralV3 JSON

	ReportData  []byte // what the report says of the quote's; the quote decides
	Certificate []byte // DER

	Evidence *protocol.Evidence // of KindEvidence
}

// Parse finds out what raw is and takes it apart. An error wraps ErrUnknown or ErrMalformed and
// says what was tried.
func Parse(raw []byte) (Report, error) {
	if len(raw) > MaxBytes {
		return Report{}, fmt.Errorf("%w: %d bytes, at most %d", ErrMalformed, len(raw), MaxBytes)
	}
	r, ok, err := parseBinary(raw)
	if !ok && err == nil {
		r, err = parseText(raw)
	}
	if err == nil {
		err = r.check()
	}
	if err == nil || errors.Is(err, ErrUnknown) {
		return r, err
	}
	return Report{}, fmt.Errorf("%w: %w", ErrMalformed, err)
}

// check holds every part to its bound, and the quote to its first bytes.
func (r *Report) check() error {
	empty := true
	for _, part := range []struct {
		name  string
		bytes []byte
		limit int
	}{
		{"quote", r.Quote, quote.MaxBytes},
		{"event log", r.EventLog, eventlog.MaxBytes},
		{"vm config", r.VMConfig, maxVMConfig},
		{"app-compose", r.AppCompose, maxAppCompose},
		{"collateral", r.Collateral, dcap.MaxCollateralBytes},
		{"certificate", r.Certificate, ratls.MaxCertificate},
		{"report data", r.ReportData, len(protocol.Binding{}.ReportData())},
	} {
		if len(part.bytes) > part.limit {
			return fmt.Errorf("%s of %d bytes, at most %d", part.name, len(part.bytes), part.limit)
		}
		empty = empty && len(part.bytes) == 0
	}
	if empty {
		return errors.New("its fields are empty")
	}
	if r.Quote != nil && !isQuote(r.Quote) && !isEnclave(r.Quote) {
		return errors.New("its quote does not begin like one of version 3, 4 or 5, nor like a report of Open Enclave")
	}
	return nil
}

// isQuote knows a quote by version and attestation key type (ECDSA P-256).
func isQuote(b []byte) bool {
	return len(b) > quote.HeaderSize && b[0] >= 3 && b[0] <= 5 && bytes.Equal(b[1:4], []byte{0, 2, 0})
}

// isEnclave knows the header of Open Enclave by version 1 and type 2 (remote).
func isEnclave(b []byte) bool {
	return len(b) > wrapperSize && bytes.Equal(b[:8], []byte{1, 0, 0, 0, 2, 0, 0, 0})
}

// isCertificate knows DER by a sequence whose length stands in one to three bytes, which no text
// begins with.
func isCertificate(b []byte) bool { return len(b) > 4 && b[0] == 0x30 && b[1] >= 0x81 && b[1] <= 0x83 }

// parseBinary reads the forms that are bytes; ok says whether raw is one of them.
func parseBinary(raw []byte) (r Report, ok bool, err error) {
	switch {
	case isQuote(raw):
		return Report{Kind: KindQuote, Quote: raw}, true, nil
	case isEnclave(raw):
		return Report{Kind: KindEnclave, Quote: raw}, true, nil
	case isCertificate(raw):
		r, err = parseCertificate(raw)
		return r, true, err
	case versioned.Is(raw):
		r, err = parseAttestation(raw)
		return r, true, err
	}
	return r, false, nil
}

func parseAttestation(raw []byte) (Report, error) {
	a, err := versioned.Parse(raw)
	if err != nil {
		return Report{}, err
	}
	r := Report{Kind: KindAttestation, Quote: a.Quote, ReportData: a.ReportData[:]}
	if a.Config != "" {
		r.VMConfig = []byte(a.Config)
	}
	r.EventLog, err = a.EventLog()
	return r, err
}

func parseCertificate(der []byte) (Report, error) {
	c, err := ratls.ParseDER(der)
	if err != nil {
		return Report{}, err
	}
	return Report{Kind: KindCertificate, Certificate: der, Quote: c.Quote, EventLog: c.EventLog, VMConfig: c.VMConfig}, nil
}

// tried is what an unknown text was taken for.
const tried = "tried quote (versions 3 to 5), report of Open Enclave, dstack attestation and certificate as bytes, hexadecimal or base64, PEM, JSON"

func parseText(raw []byte) (Report, error) {
	text := bytes.TrimSpace(raw)
	switch {
	case len(text) == 0:
		return Report{}, fmt.Errorf("%w: nothing but white space", ErrUnknown)
	case !utf8.Valid(text):
		return Report{}, fmt.Errorf("%w: begins with %x; %s", ErrUnknown, raw[:min(8, len(raw))], tried)
	case text[0] == '{':
		return parseObject(raw) // with its white space: the hash of an app-compose is over all of it
	case text[0] == '[':
		return parseEventLog(text)
	case bytes.HasPrefix(text, []byte("-----BEGIN")):
		return parsePEM(text)
	}
	decoded, encoding := decode(string(text))
	if decoded == nil {
		return Report{}, fmt.Errorf("%w: a text that is neither hexadecimal nor base64; %s", ErrUnknown, tried)
	}
	r, ok, err := parseBinary(decoded)
	if !ok {
		return Report{}, fmt.Errorf("%w: %s that begins with %x; %s", ErrUnknown, encoding, decoded[:min(8, len(decoded))], tried)
	}
	r.Encoding = encoding
	return r, err
}

// decode undoes hexadecimal, with or without 0x, or base64 in any of its alphabets; white space
// may stand anywhere. Text that could be both is hexadecimal.
func decode(text string) (decoded []byte, encoding string) {
	text = strings.Join(strings.Fields(text), "")
	if b, err := decodeHex(text); err == nil && len(b) > 0 {
		return b, "hex"
	}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if b, err := e.Strict().DecodeString(text); err == nil && len(b) > 0 {
			return b, "base64"
		}
	}
	return nil, ""
}

func decodeHex(text string) ([]byte, error) {
	if digits, ok := strings.CutPrefix(text, "0x"); ok {
		text = digits
	}
	return hex.DecodeString(text)
}

// parsePEM reads the first of a chain of certificates; the others are the issuers'.
func parsePEM(text []byte) (Report, error) {
	der, err := leaf(text)
	if err != nil {
		return Report{}, err
	}
	r, err := parseCertificate(der)
	r.Encoding = "pem"
	return r, err
}

func leaf(text []byte) (der []byte, err error) {
	for rest := bytes.TrimSpace(text); len(rest) > 0; rest = bytes.TrimSpace(rest) {
		var block *pem.Block
		if !bytes.HasPrefix(rest, []byte("-----BEGIN CERTIFICATE-----")) {
			return nil, errors.New("PEM holds something that is not a certificate; give the certificate alone")
		}
		if block, rest = pem.Decode(rest); block == nil {
			return nil, errors.New("PEM is cut or damaged")
		}
		if der == nil {
			der = block.Bytes
		}
	}
	if der == nil {
		return nil, errors.New("there is no certificate in the PEM")
	}
	return der, nil
}

func parseEventLog(text []byte) (Report, error) {
	if _, err := eventlog.Parse(text); err != nil {
		return Report{}, err
	}
	return Report{Kind: KindEventLog, EventLog: text}, nil
}
