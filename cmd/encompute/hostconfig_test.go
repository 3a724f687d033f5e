package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// The file that is shipped names every setting, so that nobody has to look elsewhere, and none that is not there.
func TestShippedHostConfig(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../deploy/host.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var g grammar
	parser, err := kong.New(&g)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, n := range parser.Model.Children {
		if n.Name != "host" {
			continue
		}
		for _, f := range append(n.Flags, parser.Model.Flags...) {
			switch f.Name {
			case "help", "config", "check-config", "json":
			default:
				known[f.Name] = true
			}
		}
	}
	if len(known) < 20 {
		t.Fatalf("only %d settings", len(known))
	}
	if _, err := parseConfig(b, known); err != nil {
		t.Error(err)
	}
	all := regexp.MustCompile(`(?m)^# ([a-z-]+: \S)`).ReplaceAll(b, []byte("$1"))
	values, err := parseConfig(all, known)
	if err != nil {
		t.Fatal(err)
	}
	for name := range known {
		if _, ok := values[name]; !ok {
			t.Errorf("%s is not in the file", name)
		}
	}
}

// writeCert makes a certificate of a serial number for localhost.
func writeCert(t *testing.T, dir string, serial int64) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// A renewed certificate is served without a restart; a broken one does not take the place of one that works.
func TestCertificateFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := writeCert(t, dir, 1)
	files := &certFiles{cert: cert, key: key}
	serial := func() int64 {
		t.Helper()
		files.checked = time.Time{} // a minute has passed
		c, err := files.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(c.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.SerialNumber.Int64()
	}
	if n := serial(); n != 1 {
		t.Errorf("serial number %d", n)
	}
	writeCert(t, dir, 2)
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(cert, later, later); err != nil {
		t.Fatal(err)
	}
	if n := serial(); n != 2 {
		t.Errorf("serial number %d after the renewal", n)
	}
	if err := os.WriteFile(cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := serial(); n != 2 {
		t.Errorf("serial number %d after a broken renewal", n)
	}
}

// The listener speaks TLS 1.2 and later with the certificate, and HTTP/1.1, which WebSockets need.
func TestListenTLS(t *testing.T) {
	t.Parallel()
	cert, key := writeCert(t, t.TempDir(), 3)
	c := hostCommand{Listen: "127.0.0.1:0", hostServing: hostServing{TLSCert: cert, TLSKey: key}}
	cfg, err := c.tls(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l, err := c.open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).Handshake()
			conn.Close()
		}
	}()
	for name, v := range map[string]struct {
		most uint16
		ok   bool
	}{"1.3": {tls.VersionTLS13, true}, "1.2": {tls.VersionTLS12, true}, "1.1": {tls.VersionTLS11, false}} {
		raw, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn := tls.Client(raw, &tls.Config{
			InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: v.most, NextProtos: []string{"h2", "http/1.1"},
		})
		if err := conn.Handshake(); (err == nil) != v.ok {
			t.Errorf("TLS %s: %v", name, err)
		} else if v.ok && conn.ConnectionState().NegotiatedProtocol != "http/1.1" {
			t.Errorf("TLS %s: protocol %q", name, conn.ConnectionState().NegotiatedProtocol)
		}
		raw.Close()
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte("listen: a\norigin: [b, c]\n"))
	f.Add([]byte("listen: {}\n"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		values, err := parseConfig(b, map[string]bool{"listen": true, "origin": true})
		if err != nil {
			return
		}
		for name, v := range values {
			switch v.(type) {
			case string, []any:
			default:
				t.Errorf("%s is a %T", name, v)
			}
		}
	})
}
