package dcap

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// PCK is a processor's provisioning certification key with what its certificate says about the
// platform.
type PCK struct {
	Chain []*x509.Certificate // PCK, CA, root

	FMSPC  [6]byte
	PCEID  [2]byte
	CPUSVN [16]byte // the 16 components
	PCESVN uint16
	PPID   []byte // 16 bytes: identifies the processor
	PIID   []byte // 16 bytes: identifies the platform; nil under the Processor CA
}

// ParsePCK reads the certificate chain of a quote.
func ParsePCK(text []byte) (PCK, error) {
	chain, err := parseChain(text, 3)
	if err != nil {
		return PCK{}, err
	}
	p := PCK{Chain: chain}
	for _, ext := range chain[0].Extensions {
		if ext.Id.Equal(sgxOID) {
			if err := p.parseExtension(ext.Value); err != nil {
				return PCK{}, fmt.Errorf("%w: SGX extension: %w", ErrMalformed, err)
			}
			return p, nil
		}
	}
	return PCK{}, fmt.Errorf("%w: the PCK certificate has no SGX extension", ErrMalformed)
}

// Verify checks the chain to one of the roots at now and returns that root.
func (p PCK) Verify(roots []*x509.Certificate, now time.Time) (*x509.Certificate, error) {
	leaf, ca := p.Chain[0].Subject.CommonName, p.Chain[1].Subject.CommonName
	if leaf != namePCK {
		return nil, fmt.Errorf("leaf certificate is %q, want %q", leaf, namePCK)
	}
	if ca != namePlatformCA && ca != nameProcessorCA {
		return nil, fmt.Errorf("PCK is issued by %q, want the Platform or the Processor CA", ca)
	}
	return verifyChain(p.Chain, roots, now)
}

// CA is the certificate that issued the PCK and its revocation list.
func (p PCK) CA() *x509.Certificate { return p.Chain[1] }

// Leaf is the PCK certificate.
func (p PCK) Leaf() *x509.Certificate { return p.Chain[0] }

// VerifySignature checks a signature by the PCK.
func (p PCK) VerifySignature(message, sig []byte) error {
	key, ok := p.Chain[0].PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return fmt.Errorf("%w: the PCK is not an ECDSA key", ErrSignature)
	}
	return VerifySignature(key, message, sig)
}

// DeviceID is the SHA-256 of the processor's PPID, the name that dstack uses for a machine.
func (p PCK) DeviceID() string {
	sum := sha256.Sum256(p.PPID)
	return hex.EncodeToString(sum[:])
}

// sgxOID is the arc of Intel's extension to PCK certificates.
var sgxOID = asn1.ObjectIdentifier{1, 2, 840, 113741, 1, 13, 1}

// sgxEntry is one (id, value) pair of the extension.
type sgxEntry struct {
	ID    asn1.ObjectIdentifier
	Value asn1.RawValue
}

// parseExtension reads the sequence of (id, value). Every field must be there once.
func (p *PCK) parseExtension(der []byte) error {
	fields, err := sgxFields(der, 16)
	if err != nil {
		return err
	}
	if p.PPID, err = octets(fields, "1", 16); err != nil {
		return err
	}
	pceid, err := octets(fields, "3", 2)
	if err != nil {
		return err
	}
	fmspc, err := octets(fields, "4", 6)
	if err != nil {
		return err
	}
	copy(p.PCEID[:], pceid)
	copy(p.FMSPC[:], fmspc)
	if _, ok := fields["6"]; ok {
		if p.PIID, err = octets(fields, "6", 16); err != nil {
			return err
		}
	}
	tcb, err := sgxFields(fields["2"].FullBytes, 32)
	if err != nil {
		return fmt.Errorf("TCB: %w", err)
	}
	for i := range p.CPUSVN {
		v, err := integer(tcb, fmt.Sprintf("2.%d", i+1), 255)
		if err != nil {
			return err
		}
		p.CPUSVN[i] = byte(v)
	}
	v, err := integer(tcb, "2.17", 65535)
	p.PCESVN = uint16(v)
	return err
}

// sgxFields maps the ids of a sequence, as dotted text below sgxOID, to their values.
func sgxFields(der []byte, limit int) (map[string]asn1.RawValue, error) {
	var entries []sgxEntry
	if rest, err := asn1.Unmarshal(der, &entries); err != nil || len(rest) != 0 {
		return nil, errors.New("not a sequence of ids and values")
	}
	if len(entries) > limit {
		return nil, fmt.Errorf("%d entries, at most %d", len(entries), limit)
	}
	fields := make(map[string]asn1.RawValue)
	prefix := sgxOID.String() + "."
	for _, e := range entries {
		id := e.ID.String()
		if len(id) <= len(prefix) || id[:len(prefix)] != prefix {
			return nil, fmt.Errorf("foreign id %s", id)
		}
		if _, ok := fields[id[len(prefix):]]; ok {
			return nil, fmt.Errorf("id %s stands twice", id)
		}
		fields[id[len(prefix):]] = e.Value
	}
	return fields, nil
}

func octets(fields map[string]asn1.RawValue, id string, size int) ([]byte, error) {
	v, ok := fields[id]
	if !ok || v.Class != asn1.ClassUniversal || v.Tag != asn1.TagOctetString || len(v.Bytes) != size {
		return nil, fmt.Errorf("field %s is not an octet string of %d bytes", id, size)
	}
	return v.Bytes, nil
}

func integer(fields map[string]asn1.RawValue, id string, limit int) (int, error) {
	var n int
	v, ok := fields[id]
	if !ok {
		return 0, fmt.Errorf("field %s is missing", id)
	}
	if rest, err := asn1.Unmarshal(v.FullBytes, &n); err != nil || len(rest) != 0 || n < 0 || n > limit {
		return 0, fmt.Errorf("field %s is not an integer of 0 to %d", id, limit)
	}
	return n, nil
}
