package attestation

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/attestation/ratls"
	"github.com/encrypted-compute/encompute/protocol"
)

// The checks of this file hold what the evidence claims to be bound to, first to what the
// verifier demands and then, as a whole, to the quote's report data.

func (s *session) checkChain(c *Check) error {
	c.Expected, c.Got = fmt.Sprint(s.want.ChainID), fmt.Sprint(s.binding.ChainID)
	return different(c)
}

func (s *session) checkRegistry(c *Check) error {
	c.Expected, c.Got = s.want.Registry.String(), s.binding.Registry.String()
	return different(c)
}

func (s *session) checkOperator(c *Check) error {
	c.Got = s.binding.Operator.String()
	if s.binding.Operator.IsZero() {
		return errors.New("no operator is named")
	}
	if s.want.Operator.IsZero() {
		return nil
	}
	c.Expected = s.want.Operator.String()
	return different(c)
}

func (s *session) checkNonce(c *Check) error {
	c.Expected, c.Got = protocol.Digest(s.want.Nonce).String(), protocol.Digest(s.binding.Nonce).String()
	if s.want.Nonce == (protocol.Nonce{}) {
		return errors.New("the verifier gave no nonce, so old evidence would pass")
	}
	return different(c)
}

func (s *session) checkReceiptKey(c *Check) error {
	got := s.binding.ReceiptKey
	if _, err := protocol.PublicKeyAddress(got); err != nil {
		return err
	}
	return s.key(c, got, s.want.ReceiptKey)
}

func (s *session) checkSealingKey(c *Check) error {
	got := s.binding.SealingKey
	if len(got) != protocol.SealingKeyBytes {
		return fmt.Errorf("sealing key of %d bytes, want %d", len(got), protocol.SealingKeyBytes)
	}
	return s.key(c, got, s.want.SealingKey)
}

// key compares a key with the wanted one, if the verifier has one.
func (s *session) key(c *Check, got, want []byte) error {
	c.Got = hex.EncodeToString(got)
	if len(want) == 0 {
		return nil
	}
	c.Expected = hex.EncodeToString(want)
	return different(c)
}

func different(c *Check) error {
	if c.Expected != c.Got {
		return fmt.Errorf("is %s, want %s", short(c.Got), short(c.Expected))
	}
	return nil
}

// checkCertificate holds a certificate that brought the quote to it: else anybody could put a good
// quote into a certificate of their own.
func (s *session) checkCertificate(c *Check) error {
	if len(s.subject.Certificate) == 0 {
		return skipped("the evidence is not an RA-TLS certificate")
	}
	cert, err := ratls.ParseDER(s.subject.Certificate)
	if err != nil {
		return err
	}
	want, got := cert.ReportData(), s.quote.ReportData()
	c.Expected, c.Got = hex.EncodeToString(want[:]), hex.EncodeToString(got[:])
	if err := cert.VerifyBinding(got); err != nil {
		return errors.New("the quote does not commit to the certificate's key")
	}
	return nil
}

func (s *session) checkReportData(c *Check) error {
	want := s.binding.ReportData()
	got := s.quote.ReportData()
	c.Expected, c.Got = hex.EncodeToString(want[:]), hex.EncodeToString(got[:])
	if !bytes.Equal(got[:], want[:]) {
		return errors.New("the quote does not commit to this worker's keys, operator, registry and nonce")
	}
	return nil
}
