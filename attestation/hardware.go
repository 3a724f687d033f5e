package attestation

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/protocol"
)

// The checks of this file are about the hardware: quote, certificates, collateral, TCB.

func (s *session) checkSize(*Check) error {
	chain := 0
	if s.keyChain != nil {
		chain = len(s.keyChain.Purpose)
	}
	for _, part := range []struct {
		name  string
		got   int
		limit int
	}{
		{"quote", len(s.subject.Quote), quote.MaxBytes},
		{"event log", len(s.subject.EventLog), eventlog.MaxBytes},
		{"VM configuration", len(s.subject.VMConfig), maxVMConfig},
		{"app-compose", len(s.subject.AppCompose), maxAppCompose},
		{"collateral", len(s.subject.Collateral), dcap.MaxCollateralBytes},
		{"purpose of the receipt key", chain, protocol.MaxKeyPurpose},
	} {
		if part.got > part.limit {
			return fmt.Errorf("%s of %d bytes, at most %d", part.name, part.got, part.limit)
		}
	}
	return nil
}

func (s *session) parseQuote(c *Check) (err error) {
	if s.quote, err = quote.Parse(s.subject.Quote); err == nil {
		c.Got = fmt.Sprintf("%s, version %d, %d bytes", s.quote.TEE, s.quote.Version, len(s.subject.Quote))
	}
	return err
}

func (s *session) checkTrailing(c *Check) error {
	if i := slices.IndexFunc(s.quote.Trailing, func(b byte) bool { return b != 0 }); i >= 0 {
		return fmt.Errorf("byte %d after the quote is not zero", i)
	}
	c.Got = fmt.Sprintf("%d zero bytes", len(s.quote.Trailing))
	return nil
}

// checkTEE also keeps a policy that names software of one TEE from accepting any of the other.
func (s *session) checkTEE(c *Check) error {
	c.Expected, c.Got = s.subject.TEE, s.quote.TEE.String()
	td, sgx := s.policy.literal.namesTDX(), s.policy.literal.namesSGX()
	switch {
	case s.subject.TEE != c.Got && (s.worker || s.subject.TEE != ""):
		return fmt.Errorf("the quote is of %s, the evidence says %q", c.Got, s.subject.TEE)
	case s.quote.TEE == quote.TDX && s.quote.Reserved != [4]byte{}:
		return errors.New("reserved bytes of the header are not zero")
	case s.quote.TEE == quote.SGX && s.policy.literal.Dstack.Required:
		return errors.New("the policy requires a CVM of dstack")
	case s.quote.TEE == quote.SGX && td && !sgx:
		return errors.New("the policy names software of TDX only")
	case s.quote.TEE == quote.TDX && sgx && !td:
		return errors.New("the policy names software of SGX only")
	}
	return nil
}

func (s *session) parseCollateral(c *Check) (err error) {
	if len(s.subject.Collateral) == 0 {
		return errors.New("the evidence has no collateral")
	}
	s.collateral, err = dcap.ParseCollateral(s.subject.Collateral)
	return err
}

func (s *session) parsePCK(c *Check) (err error) {
	if s.pck, err = dcap.ParsePCK(s.quote.PCKChain); err == nil {
		c.Got = fmt.Sprintf("fmspc %x, CPU SVN %x, PCE SVN %d", s.pck.FMSPC, s.pck.CPUSVN, s.pck.PCESVN)
	}
	return err
}

func (s *session) checkPCKChain(c *Check) (err error) {
	if len(s.policy.roots) == 0 {
		return errors.New("the policy is empty; make one with NewPolicy")
	}
	c.Expected = s.policy.roots[0].Subject.CommonName
	c.Got = s.pck.Chain[2].Subject.CommonName
	if s.root, err = s.pck.Verify(s.policy.roots, s.now); err != nil {
		return err
	}
	if s.policy.simulator != nil && bytes.Equal(s.root.Raw, s.policy.simulator.Raw) {
		s.verdict.Simulated = true
		c.Expected = s.root.Subject.CommonName
	}
	return nil
}

// fingerprint names a root by its key: SHA-256 of the PKIX form, hexadecimal.
func fingerprint(root *x509.Certificate) string {
	sum := sha256.Sum256(root.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// checkDevice looks for the processor or its platform in the policy.
func (s *session) checkDevice(c *Check) error {
	device, piid := s.pck.DeviceID(), hex.EncodeToString(s.pck.PIID)
	c.Got = device
	accepted := s.policy.literal.Devices
	switch {
	case len(accepted) == 0:
		return skipped("the policy names no devices")
	case !slices.Contains(accepted, device) && (piid == "" || !slices.Contains(accepted, piid)):
		c.Expected = fmt.Sprintf("one of %d devices", len(accepted))
		return errors.New("the policy does not know the machine that made the quote")
	}
	return nil
}

func (s *session) checkRootCRL(*Check) error {
	certs := append(s.collateral.TCBSigners(), s.pck.CA())
	return s.collateral.RootCRL.Check(s.root, s.now, certs...)
}

func (s *session) checkPCKCRL(*Check) error {
	return s.collateral.PCKCRL.Check(s.pck.CA(), s.now, s.pck.Leaf())
}

func (s *session) checkVendor(c *Check) error {
	c.Expected, c.Got = fmt.Sprintf("%x", dcap.QEVendor), fmt.Sprintf("%x", s.quote.QEVendor)
	if s.quote.QEVendor != dcap.QEVendor {
		return errors.New("the quoting enclave is not Intel's")
	}
	return nil
}

func (s *session) checkQESignature(*Check) error {
	return s.pck.VerifySignature(s.quote.QEReportRaw, s.quote.QESignature[:])
}

// checkKeyBinding holds the attestation key to the quoting enclave's report.
func (s *session) checkKeyBinding(*Check) error {
	h := sha256.New()
	h.Write(s.quote.AttestationKey[:])
	h.Write(s.quote.QEAuthData)
	var want [64]byte
	h.Sum(want[:0])
	if s.quote.QEReport.ReportData != want {
		return errors.New("the quoting enclave does not vouch for the attestation key")
	}
	return nil
}

func (s *session) checkQuoteSignature(*Check) error {
	key, err := dcap.ParseKey(s.quote.AttestationKey[:])
	if err != nil {
		return err
	}
	return dcap.VerifySignature(key, s.quote.Signed, s.quote.Signature[:])
}

func (s *session) checkTCBInfoSignature(*Check) error {
	return s.collateral.VerifyTCBInfo(s.root, s.now)
}

func (s *session) checkTCBInfoDates(c *Check) error {
	c.Got = s.collateral.TCBInfo.IssueDate.UTC().Format(time.RFC3339)
	return s.collateral.TCBInfo.Current(s.now)
}

func (s *session) checkTCBInfoPlatform(*Check) error {
	return s.collateral.TCBInfo.Match(s.quote, s.pck)
}

func (s *session) checkQEIdentitySignature(*Check) error {
	return s.collateral.VerifyQEIdentity(s.root, s.now)
}

func (s *session) checkQEIdentityDates(c *Check) error {
	c.Got = s.collateral.QEIdentity.IssueDate.UTC().Format(time.RFC3339)
	return s.collateral.QEIdentity.Current(s.now)
}

// checkEvaluation holds the documents to the policy's minimum and to what was seen before: Intel
// raises the number with every recovery, so that a lower one undoes some.
func (s *session) checkEvaluation(c *Check) error {
	numbers := s.evaluations()
	var expected, got []string
	var rolledBack error
	for _, key := range slices.Sorted(maps.Keys(numbers)) {
		least := max(s.policy.literal.TCB.MinEvaluationNumber, s.policy.floors[key])
		expected = append(expected, fmt.Sprintf("%s at least %d", key, least))
		got = append(got, fmt.Sprintf("%s %d", key, numbers[key]))
		if numbers[key] < least && rolledBack == nil {
			rolledBack = fmt.Errorf("%s has evaluation number %d, lower than %d: the collateral is rolled back", key, numbers[key], least)
		}
	}
	c.Expected, c.Got = strings.Join(expected, ", "), strings.Join(got, ", ")
	return rolledBack
}

func (s *session) checkQEIdentity(*Check) error { return s.collateral.QEIdentity.Verify(s.quote) }

// checkTCBLevel finds the status that the later checks judge; that there is none is an answer, too.
func (s *session) checkTCBLevel(c *Check) error {
	enclave, err := s.collateral.QEIdentity.Assess(s.quote)
	if err == nil {
		s.assessment, err = s.collateral.TCBInfo.Assess(s.quote, s.pck, enclave)
	}
	if errors.Is(err, dcap.ErrNoLevel) {
		s.assessment = dcap.Assessment{Status: dcap.NoLevel}
	}
	c.Got = string(s.assessment.Status)
	return err
}

func (s *session) checkTCBStatus(c *Check) error {
	accepted := s.policy.literal.TCB.Statuses
	var names []string
	for _, a := range accepted {
		names = append(names, string(a))
	}
	c.Expected, c.Got = strings.Join(names, ", "), string(s.assessment.Status)
	if s.assessment.Status == dcap.Revoked || !slices.Contains(accepted, s.assessment.Status) {
		return fmt.Errorf("the platform's status is %s", s.assessment.Status)
	}
	return nil
}

func (s *session) checkAdvisories(c *Check) error {
	c.Got = strings.Join(s.assessment.Advisories, ", ")
	for _, id := range s.assessment.Advisories {
		if !slices.Contains(s.policy.literal.TCB.Advisories, id) {
			return fmt.Errorf("advisory %s applies and is not accepted", id)
		}
	}
	return nil
}

func (s *session) checkTCBDate(c *Check) error {
	c.Got = s.assessment.Date.UTC().Format(time.DateOnly)
	oldest := s.policy.literal.TCB.MinDate
	if oldest.IsZero() {
		return skipped("the policy sets no minimum")
	}
	c.Expected = "not before " + oldest.UTC().Format(time.DateOnly)
	if s.assessment.Date.Before(oldest) {
		return errors.New("the platform's TCB is older than the policy allows")
	}
	return nil
}
