package dcap

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// MaxCollateralBytes bounds a collateral bundle as JSON.
const MaxCollateralBytes = 4 << 20

// Collateral is what a verifier needs besides the quote, all of it signed below Intel's root.
type Collateral struct {
	RootCRL    RevocationList
	PCKCRL     RevocationList
	TCBInfo    TCBInfo
	QEIdentity QEIdentity

	tcb, qe signedDocument
}

// signedDocument is the exact text that was signed, with its signature and signer chain.
type signedDocument struct {
	text, signature []byte
	chain           []*x509.Certificate // TCB signer, root
}

// Bundle is the QuoteCollateralV3 JSON that DCAP tools exchange: revocation lists and signatures
// in hexadecimal, the two documents as the exact text that was signed. The chain of the PCK
// revocation list and the PCK chain may be there and are not used: the quote carries them.
type Bundle struct {
	PCKCRLIssuerChain     string `json:"pck_crl_issuer_chain"`
	RootCRL               string `json:"root_ca_crl"`
	PCKCRL                string `json:"pck_crl"`
	TCBInfoIssuerChain    string `json:"tcb_info_issuer_chain"`
	TCBInfo               string `json:"tcb_info"`
	TCBInfoSignature      string `json:"tcb_info_signature"`
	QEIdentityIssuerChain string `json:"qe_identity_issuer_chain"`
	QEIdentity            string `json:"qe_identity"`
	QEIdentitySignature   string `json:"qe_identity_signature"`
	PCKCertificateChain   string `json:"pck_certificate_chain,omitempty"`
}

// ParseCollateral reads a bundle. It checks shape only; every error wraps ErrMalformed.
func ParseCollateral(raw []byte) (c Collateral, err error) {
	if len(raw) > MaxCollateralBytes {
		return c, fmt.Errorf("%w: collateral of %d bytes, at most %d", ErrMalformed, len(raw), MaxCollateralBytes)
	}
	var b Bundle
	if err := unsignedJSON(raw, &b); err != nil {
		return c, fmt.Errorf("%w: collateral: %w", ErrMalformed, err)
	}
	if c.RootCRL, err = hexCRL(b.RootCRL); err != nil {
		return c, fmt.Errorf("root_ca_crl: %w", err)
	}
	if c.PCKCRL, err = hexCRL(b.PCKCRL); err != nil {
		return c, fmt.Errorf("pck_crl: %w", err)
	}
	if c.tcb, err = newDocument(b.TCBInfo, b.TCBInfoSignature, b.TCBInfoIssuerChain); err != nil {
		return c, fmt.Errorf("tcb_info: %w", err)
	}
	if c.qe, err = newDocument(b.QEIdentity, b.QEIdentitySignature, b.QEIdentityIssuerChain); err != nil {
		return c, fmt.Errorf("qe_identity: %w", err)
	}
	if c.TCBInfo, err = ParseTCBInfo(c.tcb.text); err != nil {
		return c, err
	}
	c.QEIdentity, err = ParseQEIdentity(c.qe.text)
	return c, err
}

func hexCRL(text string) (RevocationList, error) {
	der, err := hex.DecodeString(text)
	if err != nil {
		return RevocationList{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return parseCRL(der)
}

func newDocument(text, signature, chain string) (d signedDocument, err error) {
	d.text = []byte(text)
	if d.signature, err = hex.DecodeString(signature); err != nil {
		return d, fmt.Errorf("%w: signature: %w", ErrMalformed, err)
	}
	d.chain, err = parseChain([]byte(chain), 2)
	return d, err
}

// verify checks that the TCB signer below root signed the text and that the signer is valid at now.
func (d signedDocument) verify(root *x509.Certificate, now time.Time) error {
	if name := d.chain[0].Subject.CommonName; name != nameTCBSigning {
		return fmt.Errorf("signer is %q, want %q", name, nameTCBSigning)
	}
	if _, err := verifyChain(d.chain, []*x509.Certificate{root}, now); err != nil {
		return err
	}
	key, ok := d.chain[0].PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return fmt.Errorf("%w: the signer is not an ECDSA key", ErrSignature)
	}
	return VerifySignature(key, d.text, d.signature)
}

// VerifyTCBInfo checks the signature of the TCB information up to root.
func (c Collateral) VerifyTCBInfo(root *x509.Certificate, now time.Time) error {
	return c.tcb.verify(root, now)
}

// VerifyQEIdentity checks the signature of the quoting enclave's identity up to root.
func (c Collateral) VerifyQEIdentity(root *x509.Certificate, now time.Time) error {
	return c.qe.verify(root, now)
}

// TCBSigners are the certificates whose revocation the root's list must be asked about.
func (c Collateral) TCBSigners() []*x509.Certificate {
	return []*x509.Certificate{c.tcb.chain[0], c.qe.chain[0]}
}

// Expires is the first moment at which a part of the collateral is no longer current.
func (c Collateral) Expires() time.Time {
	first := c.TCBInfo.NextUpdate
	for _, t := range []time.Time{c.QEIdentity.NextUpdate, c.RootCRL.NextUpdate(), c.PCKCRL.NextUpdate()} {
		if t.Before(first) {
			first = t
		}
	}
	return first
}

// validity is the period of a signed document.
type validity struct {
	IssueDate  time.Time `json:"issueDate"`
	NextUpdate time.Time `json:"nextUpdate"`
}

// Current reports whether now lies in the period.
func (v validity) Current(now time.Time) error {
	return within(v.IssueDate, v.NextUpdate, now)
}

// within says clearly on which side of a period now lies, if not in it.
func within(from, until, now time.Time) error {
	switch {
	case now.Before(from):
		return fmt.Errorf("%w: issued at %s, after %s", ErrNotYetValid, date(from), date(now))
	case now.After(until):
		return fmt.Errorf("%w: since %s, at %s", ErrExpired, date(until), date(now))
	}
	return nil
}

// ErrExpired and ErrNotYetValid mean that collateral or a certificate is not of the time at which
// evidence is judged.
var (
	ErrExpired     = errors.New("expired")
	ErrNotYetValid = errors.New("not yet valid")
)

// hexBytes is a byte string that Intel's JSON shows in hexadecimal of either case.
type hexBytes []byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *hexBytes) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(strings.ToLower(string(text)))
	*h = b
	return err
}

// unsignedJSON decodes exactly one value without unknown fields.
func unsignedJSON(raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("data after the JSON value")
	}
	return nil
}

// signedJSON decodes exactly one value. Fields we do not know are allowed: Intel adds fields
// within a version, and what it signed is not an attacker's.
func signedJSON(raw []byte, v any) error { return json.Unmarshal(raw, v) }
