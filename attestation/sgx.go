package attestation

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// The checks of this file are about an SGX enclave.

// Bits of the first byte of an enclave's attributes (Intel SDM, volume 3D, 36.7.1).
const (
	enclaveInit  = 1
	enclaveDebug = 2
)

func (s *session) checkEnclaveDebug(c *Check) error {
	attributes := s.quote.Enclave.Attributes
	c.Got = hex.EncodeToString(attributes[:])
	switch {
	case attributes[0]&enclaveDebug == 0:
		return nil
	case s.policy.literal.SGX.AllowDebug:
		return skipped("a debug enclave, allowed by sgx.allowDebug: the host can read its memory")
	}
	return errors.New("a debug enclave: the host can read its memory")
}

func (s *session) checkEnclaveInit(c *Check) error {
	attributes := s.quote.Enclave.Attributes
	c.Got = hex.EncodeToString(attributes[:])
	if attributes[0]&enclaveInit == 0 {
		return errors.New("the enclave was not initialized, so its measurement is not final")
	}
	return nil
}

// knownEnclave looks for the enclave's measurement, or its signer with product and version.
func (s *session) knownEnclave(c *Check) error {
	e, p := s.quote.Enclave, s.policy.literal.SGX
	enclave, signer := hex.EncodeToString(e.MrEnclave[:]), hex.EncodeToString(e.MrSigner[:])
	c.Got = fmt.Sprintf("mrenclave %s, mrsigner %s, product id %d, SVN %d", enclave, signer, e.ProductID, e.SVN)
	if len(p.MREnclaves)+len(p.Signers) == 0 {
		return s.unnamed("enclaves")
	}
	if slices.Contains(p.MREnclaves, enclave) {
		return nil
	}
	for _, accepted := range p.Signers {
		if accepted.MRSigner == signer && accepted.ProductID == e.ProductID && e.SVN >= accepted.MinSVN {
			return nil
		}
	}
	c.Expected = fmt.Sprintf("one of %d enclaves or %d signers", len(p.MREnclaves), len(p.Signers))
	return errors.New("the enclave is of no measurement, and of no signer, product and version, that the policy knows")
}
