package ratls_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation/ratls"
)

const testLog = `[{"imr":3,"event_type":134217729,"digest":"","event":"app-id","event_payload":"00"}]`

func id(arc ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1}, arc...)
}

var (
	oidQuote       = id(62397, 1, 1)
	oidEventLog    = id(62397, 1, 2)
	oidAppID       = id(62397, 1, 3)
	oidUsage       = id(62397, 1, 4)
	oidAttestation = id(62397, 1, 8)
	oidEnclave     = id(311, 105, 1)
)

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// wrapped is an extension of dstack's: an OCTET STRING within the extension's own.
func wrapped(t testing.TB, oid asn1.ObjectIdentifier, value []byte) pkix.Extension {
	t.Helper()
	der, err := asn1.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return pkix.Extension{Id: oid, Value: der}
}

func certificate(t testing.TB, key *ecdsa.PrivateKey, extensions ...pkix.Extension) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "worker"}, DNSNames: []string{"worker"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0), ExtraExtensions: extensions,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func spki(t testing.TB, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func dstackData(t testing.TB, key *ecdsa.PrivateKey) [64]byte {
	t.Helper()
	return sha512.Sum512(append([]byte("ratls-cert:"), spki(t, key)...))
}

func enclaveData(t testing.TB, key *ecdsa.PrivateKey) (d [64]byte) {
	t.Helper()
	sum := sha256.Sum256(spki(t, key))
	copy(d[:], sum[:])
	return d
}

// certification is signature data of the right shape, without a right signature.
func certification(inner bool) []byte {
	qe := slices.Concat(make([]byte, 384+64), []byte{0, 0, 5, 0, 0, 0, 0, 0})
	if !inner {
		return append(make([]byte, 128), qe...)
	}
	b := binary.LittleEndian.AppendUint16(make([]byte, 128), 6)
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(qe))), qe...)
}

func sized(b, field []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(field))), field...)
}

// tdQuote is a TDX quote of version 4 that nobody signed.
func tdQuote(reportData [64]byte) []byte {
	b := append([]byte{4, 0, 2, 0, 0x81, 0, 0, 0}, make([]byte, 40+520)...)
	return sized(append(b, reportData[:]...), certification(true))
}

// enclaveReport is an SGX quote of version 3 in the header of Open Enclave.
func enclaveReport(reportData [64]byte) []byte {
	b := append([]byte{3, 0, 2, 0, 0, 0, 0, 0}, make([]byte, 40+320)...)
	q := sized(append(b, reportData[:]...), certification(false))
	header := []byte{1, 0, 0, 0, 2, 0, 0, 0}
	return append(binary.LittleEndian.AppendUint64(header, uint64(len(q))), q...)
}

// blob is a versioned attestation of version 0 without events.
func blob(quote []byte, reportData [64]byte) []byte {
	b := binary.LittleEndian.AppendUint16([]byte{0, 0}, uint16(len(quote)<<2|1))
	b = append(append(b, quote...), 0, 0)
	return append(append(b, reportData[:]...), 8, '{', '}')
}

func compressed(t testing.TB, log []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("ELGZv1")
	z := gzip.NewWriter(&b)
	if _, err := z.Write(log); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestParse(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	td, enclave := tdQuote(dstackData(t, key)), enclaveReport(enclaveData(t, key))
	for name, tt := range map[string]struct {
		extensions  []pkix.Extension
		scheme      ratls.Scheme
		quote       []byte
		log, config string
		data        [64]byte
	}{
		"old": {
			[]pkix.Extension{wrapped(t, oidQuote, td), wrapped(t, oidEventLog, []byte(testLog))},
			ratls.Dstack, td, testLog, "", dstackData(t, key),
		},
		"old, compressed log": {
			[]pkix.Extension{wrapped(t, oidEventLog, compressed(t, []byte(testLog))), wrapped(t, oidQuote, td)},
			ratls.Dstack, td, testLog, "", dstackData(t, key),
		},
		"new": {
			[]pkix.Extension{wrapped(t, oidAttestation, blob(td, dstackData(t, key)))},
			ratls.Dstack, td, "", "{}", dstackData(t, key),
		},
		"EGo": {[]pkix.Extension{{Id: oidEnclave, Value: enclave}}, ratls.EGo, enclave, "", "", enclaveData(t, key)},
	} {
		extensions := append(tt.extensions, wrapped(t, oidAppID, []byte("id")), wrapped(t, oidUsage, []byte("app:custom")))
		c, err := ratls.ParseDER(certificate(t, key, extensions...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.Scheme != tt.scheme || !bytes.Equal(c.Quote, tt.quote) || string(c.EventLog) != tt.log || string(c.VMConfig) != tt.config {
			t.Errorf("%s: got %s, quote of %d bytes, log %q, config %q", name, c.Scheme, len(c.Quote), c.EventLog, c.VMConfig)
		}
		if string(c.AppID) != "id" || string(c.Usage) != "app:custom" || c.AppInfo != nil {
			t.Errorf("%s: issuer's claims %q %q %q", name, c.AppID, c.Usage, c.AppInfo)
		}
		if err := c.VerifyBinding(tt.data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i := range tt.data {
			bad := tt.data
			bad[i] ^= 1
			if err := c.VerifyBinding(bad); !errors.Is(err, ratls.ErrBinding) {
				t.Errorf("%s: byte %d of the report data changed: %v, want ErrBinding", name, i, err)
			}
		}
	}
}

// The two schemes do not stand in for each other, and neither does another key.
func TestBindingOfAnother(t *testing.T) {
	t.Parallel()
	key, other := newKey(t), newKey(t)
	c, err := ratls.ParseDER(certificate(t, key, pkix.Extension{Id: oidEnclave, Value: []byte{1}}))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][64]byte{
		"other key": enclaveData(t, other), "dstack's digest": dstackData(t, key), "zeros": {},
	} {
		if err := c.VerifyBinding(data); !errors.Is(err, ratls.ErrBinding) {
			t.Errorf("%s: %v, want ErrBinding", name, err)
		}
	}
	if err := (ratls.Certificate{}).VerifyBinding(sha512.Sum512([]byte("ratls-cert:"))); !errors.Is(err, ratls.ErrBinding) {
		t.Errorf("zero certificate: %v, want ErrBinding", err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	td := tdQuote(dstackData(t, key))
	quote, log := wrapped(t, oidQuote, td), wrapped(t, oidEventLog, []byte(testLog))
	attestation := wrapped(t, oidAttestation, blob(td, dstackData(t, key)))
	enclave := pkix.Extension{Id: oidEnclave, Value: enclaveReport(enclaveData(t, key))}
	logOf := func(b []byte) []pkix.Extension { return []pkix.Extension{quote, wrapped(t, oidEventLog, b)} }
	zeros := compressed(t, make([]byte, ratls.MaxEventLog+1))
	noise := make([]byte, 20<<10)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		extensions []pkix.Extension
		want       error
		text       string
	}{
		"no evidence":               {nil, ratls.ErrNoEvidence, "none of the extensions"},
		"only an event log":         {[]pkix.Extension{log}, ratls.ErrNoEvidence, ""},
		"old and new":               {[]pkix.Extension{quote, log, attestation}, ratls.ErrMalformed, "two forms"},
		"old and EGo":               {[]pkix.Extension{quote, log, enclave}, ratls.ErrMalformed, "two forms"},
		"new and EGo":               {[]pkix.Extension{attestation, enclave}, ratls.ErrMalformed, "two forms"},
		"old without log":           {[]pkix.Extension{quote}, ratls.ErrMalformed, "without its event log"},
		"new with a second log":     {[]pkix.Extension{attestation, log}, ratls.ErrMalformed, "besides"},
		"new that is no blob":       {[]pkix.Extension{wrapped(t, oidAttestation, td)}, ratls.ErrMalformed, "malformed dstack attestation"},
		"not wrapped":               {[]pkix.Extension{{Id: oidQuote, Value: td}, log}, ratls.ErrMalformed, "OCTET STRING"},
		"bytes after the wrapping":  {[]pkix.Extension{{Id: oidQuote, Value: append(slices.Clone(quote.Value), 0)}, log}, ratls.ErrMalformed, "OCTET STRING"},
		"empty quote":               {[]pkix.Extension{wrapped(t, oidQuote, nil), log}, ratls.ErrMalformed, "is empty"},
		"log decompresses to much":  {logOf(zeros), ratls.ErrMalformed, "when decompressed"},
		"compressed log too large":  {logOf(compressed(t, noise)), ratls.ErrMalformed, "at most 16384"},
		"compressed log truncated":  {logOf(compressed(t, []byte(testLog))[:40]), ratls.ErrMalformed, "unexpected EOF"},
		"bytes after compression":   {logOf(append(compressed(t, []byte(testLog)), 0)), ratls.ErrMalformed, "1 bytes after"},
		"second member of the gzip": {logOf(append(compressed(t, []byte(testLog)), compressed(t, []byte(testLog))[6:]...)), ratls.ErrMalformed, "bytes after"},
		"not gzip":                  {logOf([]byte("ELGZv1[]")), ratls.ErrMalformed, "event log"},
	} {
		_, err := ratls.ParseDER(certificate(t, key, tt.extensions...))
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v, want %v: %q", name, err, tt.want, tt.text)
		}
	}
	large := make([]byte, ratls.MaxCertificate+1)
	for name, der := range map[string][]byte{"no certificate": []byte("no"), "too large": large} {
		if _, err := ratls.ParseDER(der); !errors.Is(err, ratls.ErrMalformed) {
			t.Errorf("%s: %v, want ErrMalformed", name, err)
		}
	}
	twice := &x509.Certificate{Extensions: []pkix.Extension{quote, log, quote}}
	if _, err := ratls.Parse(twice); !errors.Is(err, ratls.ErrMalformed) || !strings.Contains(err.Error(), "stands twice") {
		t.Errorf("extension twice: %v, want ErrMalformed", err)
	}
}

// handshake runs TLS between a server with the certificate and a client with the check.
func handshake(t *testing.T, key *ecdsa.PrivateKey, der []byte, check func(tls.ConnectionState) error) error {
	t.Helper()
	left, right := net.Pipe()
	defer left.Close()
	defer right.Close()
	server := tls.Server(left, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	done := make(chan error, 1)
	go func() { done <- server.HandshakeContext(t.Context()) }()
	client := tls.Client(right, &tls.Config{InsecureSkipVerify: true, VerifyConnection: check})
	err := client.HandshakeContext(t.Context())
	right.Close()
	<-done
	return err
}

func TestVerifyPeer(t *testing.T) {
	t.Parallel()
	key, other := newKey(t), newKey(t)
	errJudge := errors.New("not ours")
	log := wrapped(t, oidEventLog, []byte(testLog))
	old := func(data [64]byte) []byte {
		return certificate(t, key, wrapped(t, oidQuote, tdQuote(data)), log)
	}
	ego := func(report []byte) []byte { return certificate(t, key, pkix.Extension{Id: oidEnclave, Value: report}) }
	accept := func(c ratls.Certificate) error {
		if len(c.Quote) == 0 {
			return errors.New("no quote to judge")
		}
		return nil
	}
	for name, tt := range map[string]struct {
		der   []byte
		judge func(ratls.Certificate) error
		want  error
	}{
		"dstack":               {old(dstackData(t, key)), accept, nil},
		"EGo":                  {ego(enclaveReport(enclaveData(t, key))), accept, nil},
		"quote of another key": {old(dstackData(t, other)), accept, ratls.ErrBinding},
		"enclave of another":   {ego(enclaveReport(enclaveData(t, other))), accept, ratls.ErrBinding},
		"TD in EGo's form":     {ego(tdQuote(enclaveData(t, key))), accept, ratls.ErrMalformed},
		"no quote":             {ego([]byte("quote")), accept, ratls.ErrMalformed},
		"no evidence":          {certificate(t, key), accept, ratls.ErrNoEvidence},
		"refused by the judge": {old(dstackData(t, key)), func(ratls.Certificate) error { return errJudge }, errJudge},
	} {
		if err := handshake(t, key, tt.der, ratls.VerifyPeer(tt.judge)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if err := handshake(t, key, old(dstackData(t, key)), ratls.VerifyPeer(nil)); err == nil {
		t.Error("without a judge a peer is accepted")
	}
	if err := ratls.VerifyPeer(accept)(tls.ConnectionState{}); !errors.Is(err, ratls.ErrNoEvidence) {
		t.Errorf("no certificate: %v, want ErrNoEvidence", err)
	}
}

func FuzzParseDER(f *testing.F) {
	key := newKey(f)
	td := tdQuote(dstackData(f, key))
	f.Add(certificate(f, key, wrapped(f, oidQuote, td), wrapped(f, oidEventLog, compressed(f, []byte(testLog)))))
	f.Add(certificate(f, key, wrapped(f, oidAttestation, blob(td, dstackData(f, key)))))
	f.Add(certificate(f, key, pkix.Extension{Id: oidEnclave, Value: enclaveReport(enclaveData(f, key))}))
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := ratls.ParseDER(der)
		switch {
		case err == nil && (len(c.Quote) == 0 || len(c.EventLog) > 16*ratls.MaxEventLog):
			t.Fatal("a certificate passes without a quote or with an unbounded log")
		case err == nil && c.VerifyBinding(c.ReportData()) != nil:
			t.Fatal("the certificate's own digest is refused")
		case err != nil && !errors.Is(err, ratls.ErrMalformed) && !errors.Is(err, ratls.ErrNoEvidence):
			t.Fatalf("%v has no class", err)
		}
	})
}
