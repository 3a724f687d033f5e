package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/host"
	"github.com/encrypted-compute/encompute/protocol"
)

// hostServing is how a host is reached and guarded.
type hostServing struct {
	Origin            []string `placeholder:"URL" help:"Address by which clients know this host; sign-ins for others are refused. May be repeated (default the host of the network file)."`
	Operator          []string `placeholder:"ACCOUNT" help:"Account that may look at every job. May be repeated (default that of the key)."`
	TrustedProxy      []string `placeholder:"NETWORK" help:"Address or network of a proxy whose X-Forwarded-For is believed, such as 10.0.0.0/8. May be repeated."`
	RequestsPerSecond float64  `default:"50" placeholder:"N" help:"Requests of an address, and of an account, in the long run, ten times as many at once; -1 for no limit (default ${default})."`
	MaxStreams        int      `default:"4096" placeholder:"N" help:"Open WebSockets, three quarters of them at most of users who follow their jobs (default ${default})."`
	MaxAttempts       int      `default:"3" placeholder:"N" help:"Workers that a job is given to, one after the other, before it fails (default ${default})."`
	Profiles          string   `placeholder:"ADDRESS" help:"Address to serve Go's profiles at, under /debug/pprof/; they are for nobody but you."`
	TLSCert           string   `name:"tls-cert" placeholder:"FILE" help:"Certificate chain to serve HTTPS with; read again when it changes."`
	TLSKey            string   `name:"tls-key" placeholder:"FILE" help:"Its key."`
	Autocert          []string `placeholder:"NAME" help:"Name to get certificates for by ACME, from Let's Encrypt; --listen must be port 443 of it. May be repeated."`
	AutocertEmail     string   `placeholder:"EMAIL" help:"Address that whoever makes the certificates may write to."`
	AutocertDirectory string   `placeholder:"URL" help:"ACME directory of another authority than Let's Encrypt."`
	AutocertRoot      string   `placeholder:"FILE" help:"Root certificates of the directory's server, if the system does not trust it."`
	LogFormat         string   `enum:"text,json" default:"text" placeholder:"FORMAT" help:"Format of the log: text or json (default ${default})."`
}

func (c *hostServing) logger(w io.Writer) *slog.Logger {
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// apply puts the settings into the configuration of a host.
func (c *hostServing) apply(cfg *host.Config) error {
	cfg.Origins, cfg.RequestsPerSecond = c.Origin, c.RequestsPerSecond
	cfg.MaxStreams, cfg.MaxAttempts = c.MaxStreams, c.MaxAttempts
	if c.MaxStreams < 1 || c.MaxAttempts < 1 {
		return misuse("--max-streams, --max-attempts", "without streams and attempts no job is done", "give numbers from 1")
	}
	if c.RequestsPerSecond == 0 {
		return misuse("--requests-per-second", "0 would let nobody in", "use -1 for no limit")
	}
	for _, o := range c.Operator {
		a, err := protocol.ParseAddress(o)
		if err != nil {
			return misuse("--operator", err.Error(), "name an account: 0x and 40 hexadecimal digits")
		}
		cfg.Operators = append(cfg.Operators, a)
	}
	for _, p := range c.TrustedProxy {
		prefix, err := netip.ParsePrefix(p)
		if a, addrErr := netip.ParseAddr(p); addrErr == nil {
			prefix, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return misuse("--trusted-proxy", err.Error(), "name an address or a network such as 10.0.0.0/8")
		}
		cfg.TrustedProxies = append(cfg.TrustedProxies, prefix)
	}
	return nil
}

// tls returns how to serve HTTPS; nil: not at all.
func (c *hostServing) tls(dataDir string) (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return nil, misuse("--tls-cert", "certificate and key go together", "give both or none")
	case c.TLSCert != "" && len(c.Autocert) > 0:
		return nil, misuse("--autocert", "there is a certificate already", "use it or --tls-cert")
	case c.TLSCert != "":
		files := &certFiles{cert: c.TLSCert, key: c.TLSKey}
		if _, err := files.get(nil); err != nil {
			return nil, fault{Code: "tls", Field: "--tls-cert", Detail: err.Error(), Remedy: "name PEM files of a certificate chain and its key"}
		}
		cfg.GetCertificate = files.get
	case len(c.Autocert) > 0:
		authority, err := c.authority()
		if err != nil {
			return nil, err
		}
		m := &autocert.Manager{
			Prompt: autocert.AcceptTOS, Email: c.AutocertEmail, HostPolicy: autocert.HostWhitelist(c.Autocert...),
			Cache: autocert.DirCache(filepath.Join(dataDir, "certificates")), Client: authority,
		}
		cfg.GetCertificate, cfg.NextProtos = m.GetCertificate, append(cfg.NextProtos, acme.ALPNProto)
	case c.AutocertDirectory != "" || c.AutocertRoot != "":
		return nil, misuse("--autocert", "there is no name to get a certificate for", "give one, or leave out what belongs to it")
	default:
		return nil, nil
	}
	return cfg, nil
}

// authority returns a client of whoever makes the certificates.
func (c *hostServing) authority() (*acme.Client, error) {
	authority := &acme.Client{DirectoryURL: autocert.DefaultACMEDirectory, UserAgent: "encompute"}
	if c.AutocertDirectory != "" {
		u, err := url.Parse(c.AutocertDirectory)
		if err != nil || u.Scheme != "https" || u.Host == "" {
			return nil, misuse("--autocert-directory", fmt.Sprintf("%q is not an https URL", c.AutocertDirectory), "give the URL of an ACME directory")
		}
		authority.DirectoryURL = c.AutocertDirectory
	}
	if c.AutocertRoot == "" {
		return authority, nil
	}
	b, err := readSmall(c.AutocertRoot, "--autocert-root")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(b) {
		return nil, misuse("--autocert-root", "there is no certificate in it", "name a PEM file")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
	authority.HTTPClient = &http.Client{Transport: transport}
	return authority, nil
}

// certFiles is a certificate in files that are replaced when it is renewed.
type certFiles struct {
	cert, key string

	mu      sync.Mutex
	checked time.Time
	changed time.Time
	loaded  *tls.Certificate
}

// get returns the certificate; it looks for a newer one at most once a minute, and keeps the old one if that is broken.
func (f *certFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.loaded != nil && time.Since(f.checked) < time.Minute {
		return f.loaded, nil
	}
	f.checked = time.Now()
	info, err := os.Stat(f.cert)
	if err == nil && (f.loaded == nil || !info.ModTime().Equal(f.changed)) {
		var c tls.Certificate
		if c, err = tls.LoadX509KeyPair(f.cert, f.key); err == nil {
			f.loaded, f.changed = &c, info.ModTime()
		}
	}
	if f.loaded == nil {
		return nil, err
	}
	return f.loaded, nil
}

// checkConfig shows what a host would work with, without starting it.
func (c *hostCommand) checkConfig(a *app) error {
	cfg, err := c.config(a)
	if err != nil {
		return err
	}
	secure, err := c.tls(cfg.DataDir)
	if err != nil {
		return err
	}
	n, err := a.network()
	if err != nil {
		return err
	}
	if _, err := attestation.NewPolicy(n.Policy); err != nil {
		return err
	}
	if err := c.describe(&cfg, n); err != nil {
		return err
	}
	if err := cfg.Check(); err != nil {
		return fault{Code: "config", Field: "configuration", Detail: err.Error(), Remedy: `correct it; "encompute host --help" lists the settings`}
	}
	v := hostSummary{
		Listen: c.Listen, TLS: secure != nil, Data: cfg.DataDir, Store: redacted(cfg.Store), Blobs: redacted(cfg.Blobs), Account: cfg.Key.Address(),
		Network: n.Name, Origins: cfg.Origins, Operators: cfg.Operators, TrustedProxies: cfg.TrustedProxies, RequestsPerSecond: cfg.RequestsPerSecond,
	}
	return a.document(v, func(w io.Writer) { fmt.Fprintf(w, "the configuration of host %s on %s is sound\n", n.Name, c.Listen) })
}

// hostSummary is what a host would work with; it holds no secrets.
type hostSummary struct {
	Listen            string             `json:"listen"`
	TLS               bool               `json:"tls"`
	Data              string             `json:"data"`
	Store             string             `json:"store,omitempty"`
	Blobs             string             `json:"blobs,omitempty"`
	Account           protocol.Address   `json:"account"`
	Network           string             `json:"network"`
	Origins           []string           `json:"origins"`
	Operators         []protocol.Address `json:"operators,omitempty"`
	TrustedProxies    []netip.Prefix     `json:"trustedProxies,omitempty"`
	RequestsPerSecond float64            `json:"requestsPerSecond"`
}

// redacted is a place without the password in it.
func redacted(place string) string {
	u, err := url.Parse(place)
	if err != nil {
		return "(not a URL)"
	}
	if u.Query().Has("password") {
		q := u.Query()
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}

// profiles serves Go's profiles until stop is called; without an address it does nothing.
func (c *hostServing) profiles() (stop func() error, err error) {
	if c.Profiles == "" {
		return func() error { return nil }, nil
	}
	l, err := net.Listen("tcp", c.Profiles)
	if err != nil {
		return nil, fault{Code: "listen", Field: "--profiles", Detail: err.Error(), Remedy: "choose a free port of a loopback address"}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // ends with Close
	}()
	return func() error {
		err := server.Close()
		<-done
		return err
	}, nil
}

// open listens on the address, with TLS if there is a configuration for it.
func (c *hostCommand) open(secure *tls.Config) (net.Listener, error) {
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, fault{Code: "listen", Field: "--listen", Detail: err.Error(), Remedy: "choose a free port, or 0 for any"}
	}
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	return l, nil
}
