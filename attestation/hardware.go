package attestation

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/quote"
)

// The checks of this file are about the hardware: quote, certificates, collateral, TCB.

func (s *session) parseQuote(c *Check) (err error) {
	if s.quote, err = quote.Parse(s.ev.Quote); err == nil {
		c.Got = fmt.Sprintf("version %d, TEE type %#x, %d bytes", s.quote.Version, uint32(s.quote.TEE), len(s.ev.Quote))
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

func (s *session) checkTEE(c *Check) error {
	c.Expected, c.Got = "tdx", s.ev.TEE
	switch {
	case s.quote.TEE != quote.TDX:
		return errors.New("the quote is of an SGX enclave")
	case s.ev.TEE != "tdx":
		return fmt.Errorf("the quote is of a TD, the evidence says %q", s.ev.TEE)
	case s.quote.Reserved != [4]byte{}:
		return errors.New("reserved bytes of the header are not zero")
	}
	return nil
}

func (s *session) parseCollateral(c *Check) (err error) {
	if len(s.ev.Collateral) == 0 {
		return errors.New("the evidence has no collateral")
	}
	s.collateral, err = dcap.ParseCollateral(s.ev.Collateral)
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

func (s *session) checkEvaluation(c *Check) error {
	tcb, qe := s.collateral.TCBInfo.EvaluationNumber, s.collateral.QEIdentity.EvaluationNumber
	c.Expected = fmt.Sprintf("at least %d", s.policy.literal.MinEvaluationNumber)
	c.Got = fmt.Sprintf("TCB info %d, QE identity %d", tcb, qe)
	if min(tcb, qe) < s.policy.literal.MinEvaluationNumber {
		return errors.New("the collateral is older than the policy allows")
	}
	return nil
}

func (s *session) checkQEIdentity(*Check) error { return s.collateral.QEIdentity.Verify(s.quote) }

func (s *session) checkTCBLevel(c *Check) error {
	platform, err := s.collateral.TCBInfo.Platform(s.quote, s.pck)
	if err != nil {
		return err
	}
	enclave, err := s.collateral.QEIdentity.Assess(s.quote)
	if err != nil {
		return err
	}
	s.assessment = platform.Merge(enclave)
	c.Got = string(s.assessment.Status)
	return nil
}

func (s *session) checkTCBStatus(c *Check) error {
	accepted := s.policy.literal.TCBStatuses
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
		if !slices.Contains(s.policy.literal.Advisories, id) {
			return fmt.Errorf("advisory %s applies and is not accepted", id)
		}
	}
	return nil
}

func (s *session) checkTCBDate(c *Check) error {
	c.Got = s.assessment.Date.UTC().Format(time.DateOnly)
	oldest := s.policy.literal.MinTCBDate
	if oldest.IsZero() {
		return skipped("the policy sets no minimum")
	}
	c.Expected = "not before " + oldest.UTC().Format(time.DateOnly)
	if s.assessment.Date.Before(oldest) {
		return errors.New("the platform's TCB is older than the policy allows")
	}
	return nil
}

func (s *session) checkModule(c *Check) error {
	td := s.quote.TD
	c.Got = fmt.Sprintf("MRSEAM %x", td.MrSeam)
	if td.MrSignerSeam != [48]byte{} || td.SeamAttributes != [8]byte{} {
		return errors.New("MRSIGNERSEAM or SEAM attributes are not zero: the TDX module is not Intel's")
	}
	return s.collateral.TCBInfo.VerifyModule(td)
}

// checkDebug looks at the whole TUD byte (TD under debug): every bit of it opens the TD.
func (s *session) checkDebug(c *Check) error {
	c.Expected, c.Got = "00", fmt.Sprintf("%02x", s.quote.TD.Attributes[0])
	switch {
	case s.quote.TD.Attributes[0] == 0:
		return nil
	case s.policy.literal.InsecureAllowDebug:
		return skipped("a debug TD, allowed by insecureAllowDebug: the host can read its memory")
	}
	return errors.New("a debug TD: the host can read its memory")
}

// Bits of the TD attributes above the TUD byte.
const (
	septVEDisable = 1 << 28
	protectionKey = 1 << 30 // PKS: supervisor protection keys, harmless
	tudMask       = 0xff
)

func (s *session) checkAttributes(c *Check) error {
	got := leUint64(s.quote.TD.Attributes) &^ tudMask
	c.Expected, c.Got = fmt.Sprintf("%016x", uint64(septVEDisable)), fmt.Sprintf("%016x", got)
	if got&septVEDisable == 0 {
		return errors.New("SEPT_VE_DISABLE is not set: the host can inject page faults")
	}
	if got&^(septVEDisable|protectionKey) != 0 {
		return errors.New("attributes are set that allow migration, key locker, performance monitoring or are reserved")
	}
	return nil
}

// XFAM bits that a TD must have (x87, SSE) and those that it may have, by the TDX module's
// specification.
const (
	xfamFixed1 = 0x3
	xfamFixed0 = 0x6dbe7
)

func (s *session) checkXFAM(c *Check) error {
	got := leUint64(s.quote.TD.XFAM)
	c.Got = fmt.Sprintf("%016x", got)
	if got&xfamFixed1 != xfamFixed1 || got&^xfamFixed0 != 0 {
		return errors.New("extended features that no TD can have")
	}
	return nil
}

func (s *session) checkServiceTD(*Check) error {
	switch {
	case !s.quote.TD.TD15:
		return skipped("the quote is of TDX 1.0, which has no service TDs")
	case s.quote.TD.MrServiceTD != [48]byte{}:
		return errors.New("a service TD is bound to the TD and may read or migrate it")
	}
	return nil
}

func leUint64(b [8]byte) (v uint64) {
	for i := range b {
		v |= uint64(b[i]) << (8 * i)
	}
	return v
}
