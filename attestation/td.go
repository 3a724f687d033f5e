package attestation

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The checks of this file are about the trust domain: what the host could do to it.

func (s *session) checkModule(c *Check) error {
	td := s.quote.TD
	c.Got = fmt.Sprintf("MRSEAM %x", td.MrSeam)
	own := td.MrSignerSeam != [48]byte{} || td.SeamAttributes != [8]byte{}
	if own && !s.policy.literal.TDX.AllowSeamSigner {
		return errors.New("MRSIGNERSEAM or SEAM attributes are not zero: the TDX module is not Intel's")
	}
	accepted := s.policy.literal.TDX.MRSeams
	if len(accepted) != 0 && !slices.Contains(accepted, hex.EncodeToString(td.MrSeam[:])) {
		c.Expected = fmt.Sprintf("one of %d modules", len(accepted))
		return errors.New("the policy does not know the TDX module")
	}
	return s.collateral.TCBInfo.VerifyModule(td)
}

// checkDebug looks at the whole TUD byte (TD under debug): every bit of it opens the TD.
func (s *session) checkDebug(c *Check) error {
	c.Expected, c.Got = "00", fmt.Sprintf("%02x", s.quote.TD.Attributes[0])
	switch {
	case s.quote.TD.Attributes[0] == 0:
		return nil
	case s.policy.literal.TDX.AllowDebug:
		return skipped("a debug TD, allowed by tdx.allowDebug: the host can read its memory")
	}
	return errors.New("a debug TD: the host can read its memory")
}

// Bits of the TD attributes above the TUD byte, by the TDX module's specification.
const (
	tudMask       = 0xff
	septVEDisable = 1 << 28
	protectionKey = 1 << 30 // PKS: supervisor protection keys, harmless
)

// attributeBits are the attributes that a policy may allow, by name.
var attributeBits = map[string]uint64{
	"ICSSD": 1 << 16, "LASS": 1 << 27, "MIGRATABLE": 1 << 29, "KL": 1 << 31, "TPA": 1 << 62, "PERFMON": 1 << 63,
	"SEPT_VE":  0, // stands for septVEDisable not set
	"RESERVED": ^uint64(tudMask | septVEDisable | protectionKey | 1<<16 | 1<<27 | 1<<29 | 1<<31 | 1<<62 | 1<<63),
}

func (s *session) checkAttributes(c *Check) error {
	got := leUint64(s.quote.TD.Attributes) &^ tudMask
	c.Expected, c.Got = fmt.Sprintf("%016x", uint64(septVEDisable)), fmt.Sprintf("%016x", got)
	names := s.policy.literal.TDX.AllowAttributes
	allowed := uint64(septVEDisable | protectionKey)
	for _, name := range names {
		allowed |= attributeBits[name]
	}
	if got&septVEDisable == 0 && !slices.Contains(names, "SEPT_VE") {
		return errors.New("SEPT_VE_DISABLE is not set: the host can inject page faults")
	}
	var set []string
	for _, name := range slices.Sorted(maps.Keys(attributeBits)) {
		if got&^allowed&attributeBits[name] != 0 {
			set = append(set, name)
		}
	}
	if len(set) != 0 {
		return fmt.Errorf("attributes are set that the policy does not allow: %s", strings.Join(set, ", "))
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
	case s.quote.TD.MrServiceTD == [48]byte{}:
		return nil
	case s.policy.literal.TDX.AllowServiceTD:
		return skipped("a service TD is bound to the TD, allowed by tdx.allowServiceTD")
	}
	return errors.New("a service TD is bound to the TD and may read or migrate it")
}

func leUint64(b [8]byte) (v uint64) {
	for i := range b {
		v |= uint64(b[i]) << (8 * i)
	}
	return v
}
