//go:build !js

package ratls

import (
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/attestation/quote"
)

// VerifyPeer makes the VerifyConnection of a tls.Config that accepts a peer for its evidence. It
// takes the evidence out of the peer's certificate, lets judge decide whether the quote is genuine
// and of the right software, and holds the quote to the key with which the peer signed the
// handshake. judge must refuse whatever it did not verify; package attestation can do that.
//
// Set InsecureSkipVerify (or, in a server, ClientAuth to RequireAnyClientCert): the issuers of
// such certificates are not public ones, and what their signature says is not needed. Go checks
// the handshake's signature by the certificate's key in any case.
//
// This binds evidence to a key and not to a session: a peer that gives its key away, or a machine
// that was sound when the certificate was issued and is no more, passes. See the package comment.
func VerifyPeer(judge func(Certificate) error) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		if judge == nil {
			return errors.New("RA-TLS: nobody judges the evidence")
		}
		if len(state.PeerCertificates) == 0 {
			return fmt.Errorf("RA-TLS: %w: the peer showed no certificate", ErrNoEvidence)
		}
		c, err := Parse(state.PeerCertificates[0])
		if err != nil {
			return fmt.Errorf("RA-TLS: %w", err)
		}
		q, err := quote.Parse(c.Quote)
		if err != nil {
			return fmt.Errorf("RA-TLS: %w: %w", ErrMalformed, err)
		}
		var reportData [64]byte
		switch {
		case q.TD != nil && c.Scheme == Dstack:
			reportData = q.TD.ReportData
		case q.Enclave != nil && c.Scheme == EGo:
			reportData = q.Enclave.ReportData
		default:
			return fmt.Errorf("RA-TLS: %w: a quote of %s in a certificate of %s", ErrMalformed, q.TEE, c.Scheme)
		}
		if err := c.VerifyBinding(reportData); err != nil {
			return fmt.Errorf("RA-TLS: %w", err)
		}
		if err := judge(c); err != nil {
			return fmt.Errorf("RA-TLS: %w", err)
		}
		return nil
	}
}
