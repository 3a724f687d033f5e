package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/collateral"
	"github.com/encrypted-compute/encompute/attestation/rollback"
	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/host"
)

type hostCommand struct {
	Listen        string       `default:"127.0.0.1:8440" placeholder:"ADDRESS" help:"Address to listen on; port 0 takes a free one (default ${default})."`
	Data          string       `placeholder:"DIR" help:"Folder of the database and the blobs (default host in the folder of --home)."`
	Store         string       `placeholder:"PLACE" help:"Database: a file for SQLite, or postgres://user@host/database, which several hosts may share (default $$ENCOMPUTE_STORE, else host.db in --data)."`
	Blobs         string       `placeholder:"PLACE" help:"Blobs: a folder, or a bucket such as s3://bucket?region=eu-central-1 (default blobs in --data)."`
	Peer          string       `placeholder:"URL" help:"Where other hosts that share the database reach this one (default the address of --listen)."`
	KeyFile       string       `placeholder:"FILE" help:"Secret key of the attester, which also pays gas: 64 hexadecimal digits or a keystore (default $$ENCOMPUTE_KEY_FILE, else the wallet)."`
	WorkerFee     token.Amount `default:"0.05" placeholder:"TOKENS" help:"Least fee for the worker of a job, in tokens (default ${default})."`
	Collateral    string       `placeholder:"PLACE" help:"Where collateral for quotes comes from: the URL of Intel's service or of a mirror, a PCCS, or a bundle file (default: workers bring it)."`
	Confirmations uint64       `placeholder:"BLOCKS" help:"Blocks on top of one whose events count (default 0)."`
	NoRefunds     bool         `help:"Leave it to users to claim back what was not earned; else the host does, and pays that gas too."`
	DearGas       float64      `placeholder:"GWEI" help:"Price of gas above which receipts and deliveries wait up to two minutes to share transactions (default: never)."`
	ReadyFile     string       `placeholder:"FILE" help:"File that gets the same line as standard output once the host is ready."`
	hostServing
	Config      string `placeholder:"FILE" help:"YAML file of these settings, by their names without dashes in front; the command line and ENCOMPUTE_HOST_ variables come before it."`
	CheckConfig bool   `help:"Check the configuration, show it and exit."`
}

// Help implements kong.HelpProvider.
func (hostCommand) Help() string {
	return `The host verifies workers before they get work, keeps jobs and blobs, and relays what is sealed, signed or
public; it is trusted with availability only. Its key must be an attester that the contracts know, with ETH for gas.
Once it is ready it prints one line, {"url":"http://..."}; then it logs to standard error until it is interrupted,
lets requests end and exits with 0. For anything but loopback use --autocert, --tls-cert or a TLS proxy in front.
Each flag may also stand in the file of --config, or in the environment: --worker-fee as ENCOMPUTE_HOST_WORKER_FEE.

Any number of hosts may share a PostgreSQL database and a bucket; users and creators may go to any of them.

  encompute host --network network.json --key-file attester.key
  encompute host --listen 127.0.0.1:0 --data /var/lib/encompute --collateral https://pccs.example --worker-fee 0.1
  encompute host --store postgres://host@db/encompute --blobs 's3://blobs?region=eu-central-1' --peer http://10.0.0.7:8440
  encompute host --config host.yaml --check-config`
}

// Validate implements kong's check of values.
func (c *hostCommand) Validate() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("--listen: %q is not an address and port: use one such as 127.0.0.1:8440", c.Listen)
	}
	if c.DearGas < 0 || c.DearGas > 1e9 {
		return fmt.Errorf("--dear-gas: %v is not a price in gwei", c.DearGas)
	}
	if u, err := url.Parse(c.Peer); c.Peer != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return fmt.Errorf("--peer: %q is not an http or https address", c.Peer)
	}
	return nil
}

// Run serves until ctx ends.
func (c *hostCommand) Run(ctx context.Context, a *app) error {
	if c.CheckConfig {
		return c.checkConfig(a)
	}
	cfg, err := c.config(a)
	if err != nil {
		return err
	}
	secure, err := c.tls(cfg.DataDir)
	if err != nil {
		return err
	}
	n, chain, err := a.dial(ctx)
	if err != nil {
		return err
	}
	defer chain.Close()
	policy, err := attestation.NewPolicy(n.Policy)
	if err != nil {
		return err
	}
	seen, err := rollback.Open(filepath.Join(cfg.DataDir, seenFile))
	if err != nil {
		return err
	}
	cfg.Chain, cfg.Verifier = chain, host.NewPolicyVerifier(policy, seen)
	if err := c.describe(&cfg, n); err != nil {
		return err
	}
	listener, err := c.open(secure)
	if err != nil {
		return err
	}
	scheme := "http://"
	if secure != nil {
		scheme = "https://"
	}
	if strings.HasPrefix(cfg.Store, "postgres") {
		cfg.Peer = firstOf(c.Peer, scheme+listener.Addr().String())
	}
	stopProfiles, err := c.profiles()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer stopProfiles() // nobody is left who could do anything about an error
	h, err := host.New(ctx, cfg)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := c.ready(a, scheme+listener.Addr().String()); err != nil {
		return errors.Join(err, h.Close(), listener.Close())
	}
	return errors.Join(h.Serve(ctx, listener), h.Close())
}

// describe puts what the network file says into the configuration.
func (c *hostCommand) describe(cfg *host.Config, n *network.File) (err error) {
	cfg.Name, cfg.RPC = n.Name, n.RPC
	if u, err := url.Parse(n.Host); len(cfg.Origins) == 0 && err == nil && u.Host != "" {
		cfg.Origins = []string{u.Scheme + "://" + u.Host} // what users of the network file sign in to
	}
	if cfg.NetworkFile, err = json.Marshal(n); err != nil {
		return fmt.Errorf("encode network file: %w", err)
	}
	return nil
}

func (c *hostCommand) config(a *app) (cfg host.Config, err error) {
	home, err := a.home()
	if err != nil {
		return cfg, err
	}
	cfg = host.Config{
		NoRefunds: c.NoRefunds, DearGas: uint64(c.DearGas * 1e9),
		DataDir: firstOf(c.Data, filepath.Join(home, "host")), Store: firstOf(c.Store, a.env("ENCOMPUTE_STORE")), Blobs: c.Blobs,
		WorkerFee: c.WorkerFee.Units(), Confirmations: c.Confirmations,
		Log: c.logger(a.stderr),
	}
	if err := c.apply(&cfg); err != nil {
		return cfg, err
	}
	if c.Collateral != "" {
		source, err := collateral.Open(c.Collateral, filepath.Join(cfg.DataDir, "collateral"))
		if err != nil {
			return cfg, fault{Code: "collateral", Field: "--collateral", Detail: err.Error(), Remedy: "name the URL of a PCCS or a bundle file"}
		}
		cfg.Collateral = source
	}
	cfg.Key, err = a.serviceKey(c.KeyFile)
	return cfg, err
}

// ready tells whoever waits for it where the host is.
func (c *hostCommand) ready(a *app, url string) error {
	line, err := json.Marshal(map[string]string{"url": url})
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if c.ReadyFile != "" {
		if err := replaceFile(c.ReadyFile, line); err != nil {
			return fault{Code: "file", Field: "--ready-file", Detail: err.Error(), Remedy: "name a file that can be written"}
		}
	}
	a.printed = true
	_, err = a.stdout.Write(line)
	return err
}

// replaceFile writes a file so that a reader sees all of it or nothing.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".ready-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already after the rename
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
