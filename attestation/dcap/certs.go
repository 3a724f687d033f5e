// Package dcap judges the hardware side of a quote: certificates up to Intel's root, revocation
// lists, the signed TCB information and the quoting enclave's identity.
//
// It works offline on bytes and a time given by the caller. The rules are those of Intel's
// quote verification library (confidential-computing.tee.dcap.qvl, EvaluateTcb.cpp).
package dcap

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	_ "embed" // for Intel's root certificate
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

//go:embed intel-sgx-root-ca.pem
var intelRootPEM []byte

const (
	maxChainBytes = 32 << 10
	maxCRLBytes   = 1 << 20
)

// Common names that Intel gives to its certificates; they say what a key may sign.
const (
	namePCK         = "Intel SGX PCK Certificate"
	namePlatformCA  = "Intel SGX PCK Platform CA"
	nameProcessorCA = "Intel SGX PCK Processor CA"
	nameTCBSigning  = "Intel SGX TCB Signing"
)

// ErrMalformed is wrapped by errors about bytes that do not decode.
var ErrMalformed = errors.New("malformed")

// IntelRoot returns the production root certificate of Intel SGX and TDX (CN "Intel SGX Root
// CA", valid to the end of 2049).
func IntelRoot() (*x509.Certificate, error) { return ParseRoot(intelRootPEM) }

// ParseRoot reads one root certificate in PEM or DER.
func ParseRoot(text []byte) (*x509.Certificate, error) {
	if len(text) <= maxChainBytes && bytes.HasPrefix(text, []byte{0x30}) {
		root, err := x509.ParseCertificate(text)
		if err != nil {
			return nil, fmt.Errorf("root certificate: %w: %w", ErrMalformed, err)
		}
		return root, nil
	}
	chain, err := parseChain(text, 1)
	if err != nil {
		return nil, fmt.Errorf("root certificate: %w", err)
	}
	return chain[0], nil
}

// parseChain reads exactly n certificates in PEM, with nothing between or after them but white
// space and the zero bytes that quotes end their chain with.
func parseChain(text []byte, n int) ([]*x509.Certificate, error) {
	if len(text) > maxChainBytes {
		return nil, fmt.Errorf("%w: certificate chain of %d bytes, at most %d", ErrMalformed, len(text), maxChainBytes)
	}
	rest := bytes.TrimRight(text, "\x00")
	var chain []*x509.Certificate
	for len(bytes.TrimSpace(rest)) > 0 {
		var block *pem.Block
		if !bytes.HasPrefix(bytes.TrimSpace(rest), []byte("-----BEGIN CERTIFICATE-----")) {
			return nil, fmt.Errorf("%w: certificate chain holds something that is not a certificate", ErrMalformed)
		}
		if block, rest = pem.Decode(rest); block == nil || len(block.Headers) != 0 {
			return nil, fmt.Errorf("%w: certificate chain is not PEM", ErrMalformed)
		}
		if len(chain) == n {
			return nil, fmt.Errorf("%w: more than %d certificates", ErrMalformed, n)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%w: certificate %d: %w", ErrMalformed, len(chain), err)
		}
		chain = append(chain, c)
	}
	if len(chain) != n {
		return nil, fmt.Errorf("%w: %d certificates, want %d", ErrMalformed, len(chain), n)
	}
	return chain, nil
}

// verifyChain checks that every certificate is valid at now, signed by the next, and that the
// last is, byte for byte, one of the roots. It returns that root.
func verifyChain(chain, roots []*x509.Certificate, now time.Time) (*x509.Certificate, error) {
	for i, c := range chain {
		name := c.Subject.CommonName
		pub, ok := c.PublicKey.(*ecdsa.PublicKey)
		switch {
		case !ok || pub.Curve != elliptic.P256() || c.SignatureAlgorithm != x509.ECDSAWithSHA256:
			return nil, fmt.Errorf("certificate %q is not ECDSA P-256 with SHA-256", name)
		case len(c.UnhandledCriticalExtensions) != 0:
			return nil, fmt.Errorf("certificate %q has unknown critical extensions", name)
		case c.IsCA != (i > 0):
			return nil, fmt.Errorf("certificate %q stands at the wrong place of the chain", name)
		}
		if err := within(c.NotBefore, c.NotAfter, now); err != nil {
			return nil, fmt.Errorf("certificate %q: %w", name, err)
		}
		if i+1 == len(chain) {
			break
		}
		parent := chain[i+1]
		if !bytes.Equal(c.RawIssuer, parent.RawSubject) {
			return nil, fmt.Errorf("certificate %q is issued by %q, not by %q", name, c.Issuer.CommonName, parent.Subject.CommonName)
		}
		if err := c.CheckSignatureFrom(parent); err != nil {
			return nil, fmt.Errorf("certificate %q: %w", name, err)
		}
	}
	last := chain[len(chain)-1]
	for _, root := range roots {
		if bytes.Equal(root.Raw, last.Raw) {
			return root, nil
		}
	}
	return nil, fmt.Errorf("root %q is not trusted (SHA-256 of its key %x)", last.Subject.CommonName, sha256.Sum256(last.RawSubjectPublicKeyInfo))
}

// RevocationList is a parsed CRL.
type RevocationList struct{ list *x509.RevocationList }

func parseCRL(der []byte) (RevocationList, error) {
	if len(der) > maxCRLBytes {
		return RevocationList{}, fmt.Errorf("%w: revocation list of %d bytes, at most %d", ErrMalformed, len(der), maxCRLBytes)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		return RevocationList{}, fmt.Errorf("%w: revocation list: %w", ErrMalformed, err)
	}
	return RevocationList{list}, nil
}

// Check verifies that issuer signed the list, that it is current at now, and that it revokes
// none of the certificates.
func (l RevocationList) Check(issuer *x509.Certificate, now time.Time, certs ...*x509.Certificate) error {
	if !bytes.Equal(l.list.RawIssuer, issuer.RawSubject) {
		return fmt.Errorf("revocation list is issued by %q, want %q", l.list.Issuer.CommonName, issuer.Subject.CommonName)
	}
	if err := l.list.CheckSignatureFrom(issuer); err != nil {
		return fmt.Errorf("revocation list of %q: %w", issuer.Subject.CommonName, err)
	}
	if err := within(l.list.ThisUpdate, l.list.NextUpdate, now); err != nil {
		return fmt.Errorf("revocation list of %q: %w", issuer.Subject.CommonName, err)
	}
	for _, c := range certs {
		for _, entry := range l.list.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(c.SerialNumber) == 0 {
				return fmt.Errorf("%w: %q, serial number %x", ErrRevoked, c.Subject.CommonName, c.SerialNumber)
			}
		}
	}
	return nil
}

// NextUpdate is when the list expires.
func (l RevocationList) NextUpdate() time.Time { return l.list.NextUpdate }

// ErrRevoked means that Intel revoked a certificate.
var ErrRevoked = errors.New("certificate is revoked")

// ErrSignature means that a signature is not the claimed key's over the claimed bytes.
var ErrSignature = errors.New("signature does not verify")

// VerifySignature checks sig = r || s by key over the SHA-256 of message.
func VerifySignature(key *ecdsa.PublicKey, message, sig []byte) error {
	if len(sig) != 64 {
		return fmt.Errorf("%w: %d bytes, want 64", ErrSignature, len(sig))
	}
	digest := sha256.Sum256(message)
	if !ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		return ErrSignature
	}
	return nil
}

// ParseKey reads a P-256 point X || Y and refuses one that is not on the curve.
func ParseKey(xy []byte) (*ecdsa.PublicKey, error) {
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append([]byte{4}, xy...))
	if err != nil {
		return nil, fmt.Errorf("%w: attestation key: %w", ErrMalformed, err)
	}
	return key, nil
}

func date(t time.Time) string { return t.UTC().Format(time.RFC3339) }
