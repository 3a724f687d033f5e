package simulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"

	"github.com/encrypted-compute/encompute/attestation/kms"
)

// Extensions of RA-TLS certificates, below 1.3.6.1.4.1.62397.1 (ra-tls/src/oids.rs). The first two
// gave way to the attestation in 0.5.6.
const (
	arcQuote       = 1
	arcEventLog    = 2
	arcAppID       = 3
	arcUsage       = 4
	arcAttestation = 8
	arcAppInfo     = 9
)

// The domain that dstack sets before the public key in the report data of a certificate's quote.
const raTLSDomain = "ratls-cert:"

// tenYears is the validity of a certificate unless its request says otherwise.
const tenYears = 10 * 365 * 24 * time.Hour

// tlsRequest is the request of GetTlsKey; times are seconds since 1970.
type tlsRequest struct {
	Subject     string   `json:"subject"`
	AltNames    []string `json:"alt_names"`
	RATLS       bool     `json:"usage_ra_tls"`
	ServerAuth  bool     `json:"usage_server_auth"`
	ClientAuth  bool     `json:"usage_client_auth"`
	NotBefore   *uint64  `json:"not_before"`
	NotAfter    *uint64  `json:"not_after"`
	WithAppInfo bool     `json:"with_app_info"`
}

// tlsKey is the answer of GetTlsKey and DeriveKey: a PKCS #8 key and its chain up to the KMS CA,
// all in PEM.
type tlsKey struct {
	Key   string   `json:"key"`
	Chain []string `json:"certificate_chain"`
}

// tlsKey answers GetTlsKey with a new key each time.
func (s *Simulator) tlsKey(r tlsRequest) (tlsKey, error) {
	seed := make([]byte, 32)
	if _, err := rand.Read(seed); err != nil {
		return tlsKey{}, err
	}
	return s.certifiedKey(seed, "", r)
}

// certifiedKey derives the P-256 key of a path from 32 secret bytes and has it certified.
func (s *Simulator) certifiedKey(secret []byte, path string, r tlsRequest) (tlsKey, error) {
	scalar, err := kms.DeriveKey(secret, path)
	if err != nil {
		return tlsKey{}, err
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	if err != nil {
		return tlsKey{}, fmt.Errorf("derive key: %w", err)
	}
	cert, err := s.certify(&key.PublicKey, r)
	if err != nil {
		return tlsKey{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return tlsKey{}, err
	}
	return tlsKey{
		Key:   string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		Chain: []string{cert, s.appCA.pem(), s.kmsCA.pem()},
	}, nil
}

// certifyApp makes the certificate that Info shows.
func (s *Simulator) certifyApp() error {
	key, err := s.certifiedKey(s.appKey.Serialize(), "demo-cert", tlsRequest{Subject: "demo-cert", RATLS: true, ClientAuth: true})
	if err != nil {
		return fmt.Errorf("app certificate: %w", err)
	}
	for _, cert := range key.Chain {
		s.appCert += cert
	}
	return nil
}

// certify issues the certificate of a key below the app's CA.
func (s *Simulator) certify(key *ecdsa.PublicKey, r tlsRequest) (string, error) {
	template, err := s.tlsTemplate(r)
	if err != nil {
		return "", err
	}
	spki, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", err
	}
	if template.ExtraExtensions, err = s.raTLSExtensions(spki, r); err != nil {
		return "", err
	}
	der, err := x509.CreateCertificate(nil, template, s.appCA.cert, key, s.appCA.key)
	if err != nil {
		return "", fmt.Errorf("certificate of %q: %w", r.Subject, err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), nil
}

func (s *Simulator) tlsTemplate(r tlsRequest) (*x509.Certificate, error) {
	serial := make([]byte, 16)
	if _, err := rand.Read(serial); err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(append([]byte{1}, serial...)),
		Subject:               pkix.Name{CommonName: r.Subject},
		NotBefore:             notBefore,
		NotAfter:              s.config.Now().Add(tenYears),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
	}
	if r.NotBefore != nil {
		t.NotBefore = time.Unix(int64(*r.NotBefore&(1<<36-1)), 0).UTC()
	}
	if r.NotAfter != nil {
		t.NotAfter = time.Unix(int64(*r.NotAfter&(1<<36-1)), 0).UTC()
	}
	if !t.NotBefore.Before(t.NotAfter) {
		return nil, errors.New("not_before must be earlier than not_after")
	}
	if r.ServerAuth {
		t.ExtKeyUsage = append(t.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	if r.ClientAuth {
		t.ExtKeyUsage = append(t.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	}
	for _, name := range r.AltNames {
		if ip := net.ParseIP(name); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, name)
		}
	}
	return t, nil
}

// raTLSExtensions binds the key to a quote whose report data is SHA-512("ratls-cert:" || SPKI).
func (s *Simulator) raTLSExtensions(spki []byte, r tlsRequest) (list []pkix.Extension, err error) {
	add := func(arc int, value []byte) {
		der, marshalErr := asn1.Marshal(value) // an OCTET STRING
		err = errors.Join(err, marshalErr)
		list = append(list, pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 62397, 1, arc}, Value: der})
	}
	add(arcAppID, s.config.AppID)
	add(arcUsage, []byte("app:custom"))
	if r.WithAppInfo {
		info, infoErr := s.packedAppInfo()
		err = errors.Join(err, infoErr)
		add(arcAppInfo, info)
	}
	if !r.RATLS {
		return list, err
	}
	reportData := sha512.Sum512(append([]byte(raTLSDomain), spki...))
	a, attestErr := s.attest(reportData[:], true)
	if attestErr != nil {
		return nil, attestErr
	}
	if s.config.Agent != Agent055 {
		add(arcAttestation, a.encode())
		return list, err
	}
	log, logErr := json.Marshal(a.log)
	add(arcQuote, a.quote)
	add(arcEventLog, log)
	return list, errors.Join(err, logErr)
}

// packedAppInfo is the app's identity as MessagePack array, in the order of dstack's AppInfo.
func (s *Simulator) packedAppInfo() ([]byte, error) {
	info, err := s.Info()
	if err != nil {
		return nil, err
	}
	provider := []byte(info.KeyProviderInfo)
	b := packArray(nil, 9)
	for _, field := range [][]byte{
		info.AppID, info.ComposeHash, info.InstanceID, info.DeviceID, s.mrSystem(provider), info.MrAggregated, info.OSImageHash, provider,
	} {
		b = packBin(b, field)
	}
	return packArray(b, 0), nil // no init scripts
}
