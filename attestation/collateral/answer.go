//go:build !js

package collateral

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxIssuerChain bounds an issuer chain in a header, URL-encoded; maxCertificates those in it.
const (
	maxIssuerChain  = 64 << 10
	maxCertificates = 4
)

// The headers in which issuer chains travel: as Intel's version 4 spells them, and as its version 3
// and mirrors do.
var (
	tcbChainHeaders = []string{"TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain"}
	qeChainHeaders  = []string{"SGX-Enclave-Identity-Issuer-Chain", "Enclave-Identity-Issuer-Chain"}
	crlChainHeaders = []string{"SGX-PCK-CRL-Issuer-Chain", "PCK-CRL-Issuer-Chain"}
)

// signed is a document as the exact text that was signed, its signature in hexadecimal and its
// signer's chain in PEM.
type signed struct{ text, signature, chain string }

// parseSigned takes an answer {"<field>": {...}, "signature": "..."} apart. Encoding the text anew
// would break its signature. Errors wrap ErrBad.
func parseSigned(body []byte, h http.Header, field string, chainHeaders []string) (d signed, err error) {
	var answer map[string]json.RawMessage
	if err := json.Unmarshal(body, &answer); err != nil {
		return d, fmt.Errorf("%w: %w", ErrBad, err)
	}
	text := answer[field]
	switch {
	case len(text) == 0:
		return d, fmt.Errorf("%w: field %s is missing", ErrBad, field)
	case !utf8.Valid(text): // a JSON string cannot carry it unchanged
		return d, fmt.Errorf("%w: field %s is not UTF-8", ErrBad, field)
	}
	if err := json.Unmarshal(answer["signature"], &d.signature); err != nil {
		return d, fmt.Errorf("%w: field signature: %w", ErrBad, err)
	}
	d.text = string(text)
	d.chain, err = issuerChain(h, chainHeaders)
	return d, err
}

// issuerChain reads a chain of certificates in PEM out of the first of the headers that is there.
func issuerChain(h http.Header, names []string) (string, error) {
	for _, name := range names {
		if value := h.Get(name); value != "" {
			chain, err := decodeChain(value)
			if err != nil {
				return "", fmt.Errorf("%w: header %s: %w", ErrBad, name, err)
			}
			return chain, nil
		}
	}
	return "", fmt.Errorf("%w: header %s is missing", ErrBad, names[0])
}

// decodeChain undoes the URL encoding of PEM. Intel writes a space as %20, mirrors also as a plus
// sign; one that stands for itself, in base64, is %2B in the latter and may be plain in the former.
func decodeChain(value string) (chain string, err error) {
	if len(value) > maxIssuerChain {
		return "", fmt.Errorf("%d bytes, at most %d", len(value), maxIssuerChain)
	}
	unescape := url.PathUnescape
	if strings.Contains(value, "BEGIN+CERTIFICATE") {
		unescape = url.QueryUnescape
	}
	if chain, err = unescape(value); err != nil {
		return "", err
	}
	n := 0
	for rest := []byte(chain); len(bytes.TrimSpace(rest)) > 0; n++ {
		rest = bytes.TrimSpace(rest)
		if !bytes.HasPrefix(rest, []byte("-----BEGIN CERTIFICATE-----")) {
			return "", errors.New("not certificates in PEM")
		}
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil || block.Type != "CERTIFICATE" {
			return "", errors.New("not certificates in PEM")
		}
	}
	if n == 0 || n > maxCertificates {
		return "", fmt.Errorf("%d certificates, want 1 to %d", n, maxCertificates)
	}
	return chain, nil
}

// parseCRL brings a revocation list to DER in hexadecimal. Intel sends DER, mirrors that or
// hexadecimal, and both PEM if they are so minded.
func parseCRL(body []byte) (string, error) {
	const sequence = 0x30 // begins DER; hexadecimal DER begins with the characters 30, 0x33 0x30
	text := bytes.TrimSpace(body)
	switch block, _ := pem.Decode(text); {
	case block != nil && block.Type == "X509 CRL":
		return hex.EncodeToString(block.Bytes), nil
	case len(body) > 0 && body[0] == sequence:
		return hex.EncodeToString(body), nil
	}
	der, err := hex.DecodeString(string(text))
	if err != nil || len(der) == 0 || der[0] != sequence {
		return "", fmt.Errorf("%w: the revocation list is neither DER nor hexadecimal nor PEM", ErrBad)
	}
	return hex.EncodeToString(der), nil
}
