package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// acmeServer is Pebble, the ACME server that Let's Encrypt tests clients with, and a DNS server that finds every name at
// this machine.
type acmeServer struct {
	directory string
	root      string // file of what signs the server's own certificate
	stop      func()
	issuers   *x509.CertPool // of the certificates that it makes
}

// startACME builds and starts the servers, which look for whom they certify at a port. It skips the test if they cannot be
// built.
func startACME(t *testing.T, port int) acmeServer {
	t.Helper()
	if testing.Short() {
		t.Skip("building an ACME server takes a minute the first time: run without -short")
	}
	dir := t.TempDir()
	const module = "github.com/letsencrypt/pebble/v2/cmd/"
	build := exec.CommandContext(t.Context(), "go", "build", "-C", filepath.Join("testdata", "pebble"), "-o", dir, module+"pebble", module+"pebble-challtestsrv")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("the ACME server of the test cannot be built, because its modules cannot be had or do not build here: %v\n%s", err, out)
	}
	root, key := writeCert(t, dir, 1)
	listen, management, dns := freeAddress(t), freeAddress(t), freeAddress(t)
	url := func(address string) string { // by the name that its certificate is for
		_, port, err := net.SplitHostPort(address)
		must(t, err)
		return "https://localhost:" + port
	}
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": listen, "managementListenAddress": management, "certificate": root, "privateKey": key, "tlsPort": port,
		"retryAfter": map[string]int{"authz": 1, "order": 1}, "keyAlgorithm": "ecdsa",
		"profiles": map[string]any{"default": map[string]any{"description": "all there is", "validityPeriod": 7776000}},
	}})
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "config.json"), config, 0o600))
	startProgram(t, nil, filepath.Join(dir, "pebble-challtestsrv"), "-dnsserver", dns, "-defaultIPv6", "", "-management", "",
		"-http01", "", "-https01", "", "-doh", "", "-tlsalpn01", "")
	stop := startProgram(t, []string{"PEBBLE_VA_NOSLEEP=1"}, filepath.Join(dir, "pebble"), "-config", filepath.Join(dir, "config.json"), "-dnsserver", dns)

	s := acmeServer{directory: url(listen) + "/dir", root: root, stop: stop, issuers: x509.NewCertPool()}
	own := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool(t, root)}}}
	defer own.CloseIdleConnections()
	for {
		res, err := own.Get(url(management) + "/roots/0")
		if err != nil { // until it listens; nothing tells
			select {
			case <-t.Context().Done():
				t.Fatal(err)
			case <-time.After(20 * time.Millisecond):
			}
			continue
		}
		b, err := io.ReadAll(res.Body)
		must(t, err)
		res.Body.Close()
		if !s.issuers.AppendCertsFromPEM(b) {
			t.Fatalf("the ACME server's root is %q", b)
		}
		return s
	}
}

// startProgram starts a program that ends with the test, or with stop.
func startProgram(t *testing.T, env []string, program string, args ...string) (stop func()) {
	t.Helper()
	var output bytes.Buffer
	c := exec.Command(program, args...)
	c.Env, c.Stdout, c.Stderr = append(os.Environ(), env...), &output, &output
	must(t, c.Start())
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	stop = func() {
		_ = c.Process.Kill()
		err := <-ended
		ended <- err
	}
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Logf("%s: %s", program, output.String())
		}
	})
	return stop
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

func pool(t *testing.T, file string) *x509.CertPool {
	t.Helper()
	b, err := os.ReadFile(file)
	must(t, err)
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(b) {
		t.Fatalf("%s holds no certificate", file)
	}
	return p
}

// serveTLS serves HTTPS at an address as the host command does, until stop is called.
func serveTLS(t *testing.T, c *hostCommand, dataDir string) (stop func()) {
	t.Helper()
	secure, err := c.tls(dataDir)
	must(t, err)
	l, err := c.open(secure)
	must(t, err)
	server := &http.Server{
		Handler:  http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.TLS.ServerName) }),
		ErrorLog: log.New(io.Discard, "", 0),
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // ends with Close
	}()
	return func() {
		must(t, server.Close())
		<-done
	}
}

// A host gets its certificate from an ACME server by itself, for its own names alone, and keeps it.
func TestAutocert(t *testing.T) {
	t.Parallel()
	const name = "host.example"
	listen, err := net.ResolveTCPAddr("tcp", freeAddress(t))
	must(t, err)
	authority := startACME(t, listen.Port)
	dir := t.TempDir()
	c := &hostCommand{hostServing: hostServing{
		Autocert: []string{name}, AutocertEmail: "operator@host.example", AutocertDirectory: authority.directory, AutocertRoot: authority.root,
	}}
	c.Listen = listen.String()
	get := func(name string) (string, *x509.Certificate, error) {
		t.Helper()
		dialer := &net.Dialer{}
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.issuers}, DisableKeepAlives: true}
		transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, c.Listen)
		}
		res, err := (&http.Client{Transport: transport}).Get("https://" + name) // of this port, whatever the URL says
		if err != nil {
			return "", nil, err
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		return string(b), res.TLS.PeerCertificates[0], err
	}

	stop := serveTLS(t, c, dir)
	body, first, err := get(name)
	if err != nil || body != name {
		t.Fatalf("answer %q: %v", body, err)
	}
	if _, _, err := get("other.example"); err == nil {
		t.Error("there is a certificate for a name that is not the host's")
	}
	stop()
	authority.stop()
	defer serveTLS(t, c, dir)()
	if _, again, err := get(name); err != nil || !again.Equal(first) {
		t.Errorf("after a restart, without the authority: %v", err)
	}
}
