package simulator

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// RootName is the common name of the simulator's root certificate. No Intel root bears it.
const RootName = "INSECURE SIMULATOR Root CA (not Intel, no hardware)"

// organization marks every other certificate of the simulator.
const organization = "Encrypted_Compute INSECURE SIMULATOR"

// Validity of every certificate; fixed, so that the same seed gives the same certificates.
var (
	notBefore = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	notAfter  = time.Date(2049, 12, 31, 0, 0, 0, 0, time.UTC)
)

// Platform is what the simulated processor says about itself in its certificate.
type Platform struct {
	PPID   [16]byte // the processor
	PIID   [16]byte // the platform; only under the Platform CA
	FMSPC  [6]byte  // the family of processors
	PCEID  [2]byte
	CPUSVN [16]byte // TCB components
	PCESVN uint16
}

// defaultPlatform reaches the best TCB level of the simulator's collateral. Its FMSPC spells "SIM".
func defaultPlatform() Platform {
	return Platform{
		PPID: [16]byte([]byte("simulated-ppid--")), PIID: [16]byte([]byte("simulated-piid--")),
		FMSPC: [6]byte{0, 'S', 'I', 'M', 0, 0}, CPUSVN: simCPUSVN, PCESVN: simPCESVN,
	}
}

// The TCB that the best level of the collateral asks for.
var simCPUSVN = [16]byte{3, 3, 2, 2, 4, 1, 0, 5}

const simPCESVN = 13

// Common names by which verifiers tell what a key may sign.
const (
	namePlatformCA  = "Intel SGX PCK Platform CA"
	nameProcessorCA = "Intel SGX PCK Processor CA"
	namePCK         = "Intel SGX PCK Certificate"
	nameTCBSigning  = "Intel SGX TCB Signing"
)

const (
	usageCA   = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	usageLeaf = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
)

// authority is a key with its certificate.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func (a *authority) pem() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}))
}

// pki is Intel's hierarchy in miniature: root, the two kinds of CA, the processor's PCK, the
// signer of TCB documents.
type pki struct {
	root, platform, processor, pck, tcb *authority
	attestation                         *ecdsa.PrivateKey // the quoting enclave's
	pckCA                               *authority        // platform or processor
}

// issuer makes certificates whose keys follow from a seed; alter, if not nil, changes them before
// they are signed.
type issuer struct {
	seed  []byte
	alter func(*x509.Certificate)
}

func newPKI(is issuer, platform Platform, byProcessorCA bool) (*pki, error) {
	var p pki
	var err error
	marked := issuer{seed: is.seed} // nothing alters the root, whose name says what it is
	if p.root, err = marked.issue(RootName, nil, usageCA); err != nil {
		return nil, err
	}
	if p.platform, err = is.issue(namePlatformCA, p.root, usageCA); err != nil {
		return nil, err
	}
	if p.processor, err = is.issue(nameProcessorCA, p.root, usageCA); err != nil {
		return nil, err
	}
	p.pckCA = p.platform
	if byProcessorCA {
		p.pckCA = p.processor
	}
	ext, err := sgxExtension(platform, !byProcessorCA)
	if err != nil {
		return nil, err
	}
	if p.pck, err = is.issue(namePCK, p.pckCA, usageLeaf, ext); err != nil {
		return nil, err
	}
	if p.tcb, err = is.issue(nameTCBSigning, p.root, usageLeaf); err != nil {
		return nil, err
	}
	p.attestation, err = deriveP256(is.seed, "attestation key")
	return &p, err
}

// issue makes the certificate of a name; a nil parent means self-signed.
func (is issuer) issue(name string, parent *authority, usage x509.KeyUsage, extra ...pkix.Extension) (*authority, error) {
	seed := is.seed
	key, err := deriveP256(seed, name)
	if err != nil {
		return nil, err
	}
	serial, err := derive(seed, "serial of "+name, 19)
	if err != nil {
		return nil, err
	}
	pub, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("public key of %q: %w", name, err)
	}
	ski := sha1.Sum(pub)
	template := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(append([]byte{1}, serial...)),
		Subject:               pkix.Name{CommonName: name, Organization: []string{organization}, Country: []string{"US"}},
		NotBefore:             notBefore,
		NotAfter:              notAfter,
		KeyUsage:              usage,
		BasicConstraintsValid: true,
		IsCA:                  usage&x509.KeyUsageCertSign != 0,
		SubjectKeyId:          ski[:],
		AuthorityKeyId:        ski[:], // replaced by the parent's where there is one
		CRLDistributionPoints: []string{"https://simulator.invalid/crl"},
		SignatureAlgorithm:    x509.ECDSAWithSHA256,
		ExtraExtensions:       extra,
	}
	if is.alter != nil {
		is.alter(template)
	}
	signer := &authority{key: key, cert: template}
	if parent != nil {
		signer = parent
	}
	// Without randomness ECDSA signs deterministically (RFC 6979): same seed, same certificates.
	der, err := x509.CreateCertificate(nil, template, signer.cert, &key.PublicKey, signer.key)
	if err != nil {
		return nil, fmt.Errorf("certificate %q: %w", name, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("certificate %q: %w", name, err)
	}
	return &authority{key: key, cert: cert}, nil
}

// crl is the signer's revocation list at now.
func (a *authority) crl(now time.Time, alter func(*x509.RevocationList), revoked ...*big.Int) ([]byte, error) {
	template := &x509.RevocationList{
		Number:     big.NewInt(1),
		ThisUpdate: now.Add(-time.Hour),
		NextUpdate: now.Add(collateralLifetime),
	}
	for _, serial := range revoked {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: serial, RevocationTime: now.Add(-time.Hour)})
	}
	if alter != nil {
		alter(template)
	}
	der, err := x509.CreateRevocationList(nil, template, a.cert, a.key)
	if err != nil {
		return nil, fmt.Errorf("revocation list of %q: %w", a.cert.Subject.CommonName, err)
	}
	return der, nil
}

// sgxExtension is Intel's PCK extension 1.2.840.113741.1.13.1: a sequence of (id, value). Only
// certificates of the Platform CA name the platform.
func sgxExtension(p Platform, withPlatform bool) (pkix.Extension, error) {
	base := asn1.ObjectIdentifier{1, 2, 840, 113741, 1, 13, 1}
	id := func(arc ...int) asn1.ObjectIdentifier {
		return append(append(asn1.ObjectIdentifier{}, base...), arc...)
	}
	type entry struct {
		ID    asn1.ObjectIdentifier
		Value any
	}
	var tcb []entry
	for i, svn := range p.CPUSVN {
		tcb = append(tcb, entry{id(2, i+1), int(svn)})
	}
	tcb = append(tcb, entry{id(2, 17), int(p.PCESVN)}, entry{id(2, 18), p.CPUSVN[:]})
	fields := []entry{
		{id(1), p.PPID[:]},
		{id(2), tcb},
		{id(3), p.PCEID[:]},
		{id(4), p.FMSPC[:]},
		{id(5), asn1.Enumerated(1)},
	}
	if withPlatform {
		fields = append(fields, entry{id(6), p.PIID[:]},
			entry{id(7), []entry{{id(7, 1), true}, {id(7, 2), true}, {id(7, 3), true}}})
	}
	der, err := asn1.Marshal(fields)
	if err != nil {
		return pkix.Extension{}, fmt.Errorf("SGX extension: %w", err)
	}
	return pkix.Extension{Id: base, Value: der}, nil
}

// derive returns n secret bytes for a purpose.
func derive(seed []byte, purpose string, n int) ([]byte, error) {
	return hkdf.Key(sha256.New, seed, []byte("encompute dstack simulator"), purpose, n)
}

func deriveP256(seed []byte, purpose string) (*ecdsa.PrivateKey, error) {
	scalar, err := derive(seed, "P-256 "+purpose, 32)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	if err != nil { // one seed in 2^32 per key
		return nil, fmt.Errorf("derive key %q: %w; choose another seed", purpose, err)
	}
	return key, nil
}

// sign64 is ECDSA over SHA-256 as r || s, the form that quotes and collateral use.
func sign64(key *ecdsa.PrivateKey, message []byte) ([]byte, error) {
	digest := sha256.Sum256(message)
	der, err := key.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		return nil, err
	}
	out := make([]byte, 64)
	sig.R.FillBytes(out[:32])
	sig.S.FillBytes(out[32:])
	return out, nil
}
