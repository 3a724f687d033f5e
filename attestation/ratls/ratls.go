// Package ratls reads certificates that carry evidence about the machine that holds their key:
// those of dstack and those of EGo.
//
// What makes such a certificate worth anything is one equation: the quote's report data is the
// digest of the certificate's public key. VerifyBinding checks it; the quote itself, which must
// come from genuine hardware and the right software, is for package attestation to judge. The
// certificate's signature, issuer and names prove nothing of this and are not looked at.
//
// A certificate of this kind is no proof of freshness. dstack's are valid for ten years, and what
// a quote in one says was true when it was issued. Whoever needs to know that the machine is sound
// now asks it for evidence over a nonce.
package ratls

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/encrypted-compute/encompute/attestation/versioned"
)

// Bounds in bytes.
const (
	MaxCertificate = 128 << 10
	MaxEventLog    = 256 << 10 // of a compressed log, after decompression

	maxCompressed = 16 << 10 // dstack writes no more
)

// The object identifiers, as in dstack's crate ra-tls (oids.rs) and Open Enclave's
// X509 extension. Every value of dstack's is wrapped in an OCTET STRING; Open Enclave's is bare.
var (
	oidQuote       = dstackOID(1) // old: a TDX quote
	oidEventLog    = dstackOID(2) // old: its event log, JSON, maybe compressed
	oidAppID       = dstackOID(3)
	oidUsage       = dstackOID(4)
	oidAttestation = dstackOID(8) // new: a versioned attestation
	oidAppInfo     = dstackOID(9)
	oidEnclave     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 105, 1} // a report of Open Enclave
)

func dstackOID(arc int) asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 62397, 1, arc}
}

// gzipMagic stands before a compressed event log.
var gzipMagic = []byte("ELGZv1")

// keyTag stands before the public key that dstack's report data is the digest of.
const keyTag = "ratls-cert:"

// Errors that callers may want to tell apart.
var (
	ErrMalformed  = errors.New("malformed RA-TLS certificate")
	ErrNoEvidence = errors.New("certificate carries no evidence")
	ErrBinding    = errors.New("quote is not about the certificate's key")
)

// Scheme is whose way of putting evidence into a certificate was used.
type Scheme string

// The schemes.
const (
	Dstack Scheme = "dstack" // report data = SHA-512("ratls-cert:" || SubjectPublicKeyInfo)
	EGo    Scheme = "ego"    // report data = SHA-256(SubjectPublicKeyInfo), then 32 zeros
)

// Certificate is a certificate with its evidence.
type Certificate struct {
	Scheme Scheme
	Leaf   *x509.Certificate

	Quote    []byte // of EGo: in a report of Open Enclave
	EventLog []byte // JSON; nil of EGo
	VMConfig []byte // JSON; nil where the certificate has none

	// What the issuer says besides, nil where it says nothing. Only its signature speaks for this.
	AppID, Usage, AppInfo []byte
}

// ParseDER reads a certificate in DER. Errors are those of Parse.
func ParseDER(der []byte) (Certificate, error) {
	if len(der) > MaxCertificate {
		return Certificate{}, fmt.Errorf("%w: %d bytes, at most %d", ErrMalformed, len(der), MaxCertificate)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return Certificate{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return Parse(leaf)
}

// Parse takes the evidence out of a certificate. A certificate that carries it twice, in whatever
// forms, is refused. Errors wrap ErrNoEvidence where there is none, else ErrMalformed.
func Parse(leaf *x509.Certificate) (Certificate, error) {
	c := Certificate{Leaf: leaf}
	if len(leaf.Raw) > MaxCertificate {
		return Certificate{}, fmt.Errorf("%w: %d bytes, at most %d", ErrMalformed, len(leaf.Raw), MaxCertificate)
	}
	e, err := extensions(leaf)
	if err != nil {
		return Certificate{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	c.AppID, c.Usage, c.AppInfo = e[oidAppID.String()], e[oidUsage.String()], e[oidAppInfo.String()]
	old, current, enclave := e[oidQuote.String()], e[oidAttestation.String()], e[oidEnclave.String()]
	switch {
	case old == nil && current == nil && enclave == nil:
		return Certificate{}, fmt.Errorf("%w: none of the extensions %s, %s and %s", ErrNoEvidence, oidQuote, oidAttestation, oidEnclave)
	case old != nil && current != nil, old != nil && enclave != nil, current != nil && enclave != nil:
		err = errors.New("carries evidence in two forms, of which verifiers may read either")
	case enclave != nil:
		c.Scheme, c.Quote = EGo, enclave
	case current != nil:
		err = c.setAttestation(current, e[oidEventLog.String()])
	default:
		err = c.setQuote(old, e[oidEventLog.String()])
	}
	if err != nil {
		return Certificate{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return c, nil
}

// extensions maps the identifiers of this package that the certificate has to their values.
func extensions(leaf *x509.Certificate) (map[string][]byte, error) {
	wrapped := []asn1.ObjectIdentifier{oidQuote, oidEventLog, oidAppID, oidUsage, oidAttestation, oidAppInfo}
	found := make(map[string][]byte)
	for _, ext := range leaf.Extensions {
		value := slices.Clip(ext.Value)
		switch {
		case slices.ContainsFunc(wrapped, ext.Id.Equal):
			var inner []byte
			if rest, err := asn1.Unmarshal(ext.Value, &inner); err != nil || len(rest) != 0 {
				return nil, fmt.Errorf("extension %s is not one OCTET STRING", ext.Id)
			}
			value = inner
		case !ext.Id.Equal(oidEnclave):
			continue
		}
		if _, twice := found[ext.Id.String()]; twice {
			return nil, fmt.Errorf("extension %s stands twice", ext.Id)
		}
		if len(value) == 0 && !ext.Id.Equal(oidUsage) && !ext.Id.Equal(oidAppID) {
			return nil, fmt.Errorf("extension %s is empty", ext.Id)
		}
		found[ext.Id.String()] = value
	}
	return found, nil
}

func (c *Certificate) setQuote(quote, log []byte) (err error) {
	if log == nil {
		return fmt.Errorf("has a quote (%s) without its event log (%s)", oidQuote, oidEventLog)
	}
	c.Scheme, c.Quote = Dstack, quote
	c.EventLog, err = decompress(log)
	return err
}

func (c *Certificate) setAttestation(blob, log []byte) error {
	if log != nil {
		return fmt.Errorf("has an event log (%s) besides that of its attestation (%s)", oidEventLog, oidAttestation)
	}
	a, err := versioned.Parse(blob)
	if err != nil {
		return fmt.Errorf("extension %s: %w", oidAttestation, err)
	}
	c.Scheme, c.Quote = Dstack, a.Quote
	if a.Config != "" {
		c.VMConfig = []byte(a.Config)
	}
	c.EventLog, err = a.EventLog()
	return err
}

// decompress undoes dstack's compression of an event log, if there is any. Both sides of it are
// bounded: 16 KiB of gzip can hold 16 MiB.
func decompress(log []byte) ([]byte, error) {
	packed, compressed := bytes.CutPrefix(log, gzipMagic)
	if !compressed {
		return log, nil // the certificate's bound is its own
	}
	if len(packed) > maxCompressed {
		return nil, fmt.Errorf("compressed event log of %d bytes, at most %d", len(packed), maxCompressed)
	}
	source := bytes.NewReader(packed)
	z, err := gzip.NewReader(source)
	if err != nil {
		return nil, fmt.Errorf("event log: %w", err)
	}
	z.Multistream(false)
	out, err := io.ReadAll(io.LimitReader(z, MaxEventLog+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("event log: %w", err)
	case len(out) > MaxEventLog:
		return nil, fmt.Errorf("event log is larger than %d bytes when decompressed", MaxEventLog)
	case source.Len() != 0:
		return nil, fmt.Errorf("%d bytes after the compressed event log", source.Len())
	}
	return out, nil
}

// ReportData is what the quote must commit to so that it is about this certificate's key.
func (c Certificate) ReportData() (d [64]byte) {
	if c.Scheme == EGo {
		sum := sha256.Sum256(c.Leaf.RawSubjectPublicKeyInfo)
		copy(d[:], sum[:])
		return d
	}
	return sha512.Sum512(slices.Concat([]byte(keyTag), c.Leaf.RawSubjectPublicKeyInfo))
}

// VerifyBinding holds the quote's report data to the certificate's key. Give it the report data
// of a quote whose signature was verified; of any other it proves nothing. The error wraps
// ErrBinding.
func (c Certificate) VerifyBinding(reportData [64]byte) error {
	if c.Leaf == nil || len(c.Leaf.RawSubjectPublicKeyInfo) == 0 {
		return fmt.Errorf("%w: there is no certificate", ErrBinding)
	}
	want := c.ReportData()
	if subtle.ConstantTimeCompare(want[:], reportData[:]) != 1 {
		return fmt.Errorf("%w: report data is %x, want %x (%s)", ErrBinding, reportData, want, c.Scheme)
	}
	return nil
}
