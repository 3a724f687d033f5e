package attestation

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/kms"
	"github.com/encrypted-compute/encompute/protocol"
)

func (l PolicyLiteral) clone() PolicyLiteral {
	l.TCB.Statuses = slices.Clone(l.TCB.Statuses)
	l.TCB.Advisories = slices.Clone(l.TCB.Advisories)
	l.TDX.Measurements = slices.Clone(l.TDX.Measurements)
	l.TDX.MRSeams = slices.Clone(l.TDX.MRSeams)
	l.TDX.AllowAttributes = slices.Clone(l.TDX.AllowAttributes)
	l.SGX.MREnclaves = slices.Clone(l.SGX.MREnclaves)
	l.SGX.Signers = slices.Clone(l.SGX.Signers)
	l.Dstack.ComposeHashes = slices.Clone(l.Dstack.ComposeHashes)
	l.Dstack.AppIDs = slices.Clone(l.Dstack.AppIDs)
	l.Dstack.KeyProviders = slices.Clone(l.Dstack.KeyProviders)
	l.Devices = slices.Clone(l.Devices)
	return l
}

// normalize checks the fields and brings hexadecimal to lower case. l owns its slices.
func (l *PolicyLiteral) normalize() error {
	return errors.Join(
		l.TCB.normalize(), l.TDX.normalize(), l.SGX.normalize(), l.Dstack.normalize(),
		normalizeList("devices", l.Devices, 32, 16),
	)
}

func (p *TCBPolicy) normalize() error {
	if len(p.Statuses) == 0 {
		p.Statuses = []dcap.Status{dcap.UpToDate}
	}
	for i, s := range p.Statuses {
		if !s.Known() || s == dcap.Revoked {
			return fmt.Errorf("tcb.statuses[%d]: %q cannot be accepted; use Intel's names, but not Revoked", i, s)
		}
	}
	return nil
}

func (p *TDXPolicy) normalize() error {
	for i := range p.Measurements {
		m := &p.Measurements[i]
		for name, field := range map[string]*string{"mrtd": &m.MRTD, "rtmr0": &m.RTMR0, "rtmr1": &m.RTMR1, "rtmr2": &m.RTMR2} {
			if err := normalizeHex(field, 48); err != nil {
				return fmt.Errorf("tdx.measurements[%d].%s: %w", i, name, err)
			}
		}
	}
	for i, name := range p.AllowAttributes {
		if _, ok := attributeBits[name]; !ok {
			return fmt.Errorf("tdx.allowAttributes[%d]: %q is not the name of an attribute", i, name)
		}
	}
	return normalizeList("tdx.mrseams", p.MRSeams, 48)
}

func (p *SGXPolicy) normalize() error {
	for i := range p.Signers {
		if err := normalizeHex(&p.Signers[i].MRSigner, 32); err != nil {
			return fmt.Errorf("sgx.signers[%d].mrsigner: %w", i, err)
		}
	}
	return normalizeList("sgx.mrenclaves", p.MREnclaves, 32)
}

func (p *DstackPolicy) normalize() error {
	for i := range p.KeyProviders {
		if p.KeyProviders[i].Name == "" {
			return fmt.Errorf("dstack.keyProviders[%d].name is empty; want for instance \"kms\"", i)
		}
		p.KeyProviders[i].ID = strings.ToLower(p.KeyProviders[i].ID)
	}
	if p.KMSKey != "" {
		if err := normalizeHex(&p.KMSKey, kms.PublicKeySize); err != nil {
			return fmt.Errorf("dstack.kmsKey: %w", err)
		}
		key, _ := hex.DecodeString(p.KMSKey)
		if _, err := protocol.PublicKeyAddress(key); err != nil {
			return fmt.Errorf("dstack.kmsKey: %w", err)
		}
	}
	return errors.Join(
		normalizeList("dstack.composeHashes", p.ComposeHashes, 32),
		normalizeList("dstack.appIds", p.AppIDs, kms.AppIDSize),
	)
}

// normalizeList normalizes hexadecimal values of one of the given sizes in bytes.
func normalizeList(field string, list []string, sizes ...int) error {
	for i := range list {
		var err error
		for _, size := range sizes {
			if err = normalizeHex(&list[i], size); err == nil {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("%s[%d]: %w", field, i, err)
		}
	}
	return nil
}

func normalizeHex(s *string, size int) error {
	b, err := hex.DecodeString(strings.TrimPrefix(*s, "0x"))
	if err != nil || len(b) != size {
		return fmt.Errorf("%q is not %d hexadecimal digits", *s, 2*size)
	}
	*s = hex.EncodeToString(b)
	return nil
}
