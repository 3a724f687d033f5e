package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

// Config says what a host works with. Zero durations and numbers mean the defaults.
type Config struct {
	Name     string // as creators see it when they sign in
	Software string // name and version, shown to everybody
	DataDir  string // database and blobs, unless they are elsewhere
	Store    string // database: file, or postgres://...; empty: a file in DataDir
	Blobs    string // bucket: folder, or s3://...; empty: a folder in DataDir
	Peer     string // http address at which other hosts with the same database reach this one; empty: there are none

	Chain      Chain
	Key        protocol.SigningKey // attester, relay, and payer of gas
	Verifier   Verifier            // judges workers
	Collateral CollateralSource    // nil: evidence must bring its own

	NetworkFile []byte // JSON that the browser's pages work by; nil: none is shown
	RPC         string // URL of the chain's node that the pages may read

	WorkerFee protocol.Amount // least fee for which a job is queued

	RegistrationValidity time.Duration // of a worker on chain, at most 30 days; default 24 hours
	Lease                time.Duration // without a heartbeat; default 30 s
	Heartbeat            time.Duration // that workers are asked for; default 5 s
	Sweep                time.Duration // between two looks at leases and deadlines; default 1 s
	PostWait             time.Duration // for a job to be posted on chain; default 20 s
	ConfirmAfter         time.Duration // after which a settlement is looked at again; default 30 s
	AcknowledgeWait      time.Duration // of a delivery for the user's acknowledgement; default 10 min
	DearGas              uint64        // wei for a unit of gas, above which settlements wait for company; 0: never
	BatchWait            time.Duration // how long they wait at most; default 2 min
	BatchSize            int           // settlements in one transaction; default 16
	NoRefunds            bool          // leave it to users to claim what is due to them
	Confirmations        uint64        // blocks on top of one whose events count
	MaxAttempts          int           // leases of one job; default 3
	MaxStreams           int           // open WebSockets; default 4096
	Quota                int64         // bytes of blobs that unfinished jobs, or models, of one account may expect; default 16 GiB
	Keep                 time.Duration // of blobs that nothing needs any more; default 24 hours
	Patience             time.Duration // within which some of an upload or download must pass; default 60 s

	Origins           []string           // addresses by which clients know this host, such as https://host.example; default http://localhost
	Operators         []protocol.Address // accounts that may look at every job; default that of Key
	TrustedProxies    []netip.Prefix     // whose X-Forwarded-For is believed
	RequestsPerSecond float64            // of an address, and of an account, ten times as many at once; default 50; negative: no limit

	Log *slog.Logger     // nil: slog.Default()
	Now func() time.Time // nil: time.Now
}

// Chain is what the host needs of the chain; *contracts.Client implements it.
type Chain interface {
	Addresses() contracts.Addresses
	JobState(ctx context.Context, jobID protocol.Digest) (contracts.State, error)
	Model(ctx context.Context, modelID protocol.Digest) (contracts.Model, error)
	Worker(ctx context.Context, signer protocol.Address) (contracts.Worker, error)
	LiveOperator(ctx context.Context, signer protocol.Address, workloadID protocol.Digest) (protocol.Address, error)
	WorkloadAllowed(ctx context.Context, workloadID protocol.Digest) (bool, error)
	FeeBps(ctx context.Context) (uint16, error)
	HeaderTime(ctx context.Context) (uint64, error)
	BlockNumber(ctx context.Context) (uint64, error)
	RegisterWorker(ctx context.Context, key protocol.SigningKey, r contracts.Registration) error
	WalletAccepts(ctx context.Context, account protocol.Address, digest protocol.Digest, sig []byte) (bool, error)
	WindowEnd(ctx context.Context, jobID protocol.Digest) (uint64, error)
	GasPrice(ctx context.Context) (*big.Int, error)
	SubmitReceipts(ctx context.Context, key protocol.SigningKey, list []contracts.SignedReceipt) (refused map[protocol.Digest]error, err error)
	DeliverMany(ctx context.Context, key protocol.SigningKey, list []contracts.SignedDelivery) (refused map[protocol.Digest]error, err error)
	Acknowledge(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec, resultHash protocol.Digest, acknowledgement []byte) error
	Settle(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec) error
	SubmitTransfer(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec, resultHash protocol.Digest, signature []byte) error
	Refund(ctx context.Context, key protocol.SigningKey, spec protocol.JobSpec) error
	Watch(ctx context.Context, o contracts.WatchOptions, handle func(contracts.Batch) error, report func(error)) error
}

var _ Chain = (*contracts.Client)(nil)

// Verifier judges evidence: it returns what the evidence proves about the binding, or an
// error that names the first check that failed.
type Verifier interface {
	Verify(e protocol.Evidence, b protocol.Binding, now time.Time) (Accepted, error)
}

// Accepted is what a Verifier found.
type Accepted struct {
	WorkloadID protocol.Digest
	TCBStatus  string
	Simulated  bool
}

// CollateralSource finds the collateral for a quote: QuoteCollateralV3 as JSON.
type CollateralSource interface {
	Collateral(ctx context.Context, quote []byte) ([]byte, error)
}

// Check refuses what cannot work, as New does, but for the chain and the verifier, which need not be there yet.
func (c Config) Check() error {
	_, err := c.filled()
	return err
}

// withDefaults fills in what is not set and refuses what cannot work.
func (c Config) withDefaults() (Config, error) {
	if c.Chain == nil || c.Verifier == nil {
		return c, errors.New("host config: chain and verifier are needed")
	}
	return c.filled()
}

func (c Config) filled() (Config, error) {
	switch {
	case c.Name == "":
		return c, errors.New("host config: name is not set")
	case c.DataDir == "":
		return c, errors.New("host config: data folder is not set")
	case c.Key == protocol.SigningKey{}:
		return c, errors.New("host config: key is not set")
	case c.RegistrationValidity > 30*24*time.Hour:
		return c, errors.New("host config: registrations last at most 30 days")
	case slices.ContainsFunc(c.Origins, badOrigin):
		return c, fmt.Errorf("host config: origins %q: each must be http:// or https:// and a host, without a path", c.Origins)
	case c.BatchSize < 0 || c.BatchSize > 64:
		return c, errors.New("host config: a batch has 1 to 64 settlements")
	}
	setDefault(&c.Software, "encompute host")
	setDefault(&c.RegistrationValidity, 24*time.Hour)
	setDefault(&c.Lease, 30*time.Second)
	setDefault(&c.Heartbeat, 5*time.Second)
	setDefault(&c.Sweep, time.Second)
	setDefault(&c.PostWait, 20*time.Second)
	setDefault(&c.ConfirmAfter, 30*time.Second)
	setDefault(&c.AcknowledgeWait, 10*time.Minute)
	setDefault(&c.BatchWait, 2*time.Minute)
	setDefault(&c.BatchSize, 16)
	setDefault(&c.MaxAttempts, 3)
	setDefault(&c.MaxStreams, 4096)
	setDefault(&c.Quota, 16<<30)
	setDefault(&c.RequestsPerSecond, 50)
	setDefault(&c.Keep, 24*time.Hour)
	setDefault(&c.Patience, 60*time.Second)
	setDefault(&c.Store, filepath.Join(c.DataDir, "host.db"))
	setDefault(&c.Blobs, filepath.Join(c.DataDir, "blobs"))
	if len(c.Origins) == 0 {
		c.Origins = []string{"http://localhost"}
	}
	if len(c.Operators) == 0 {
		c.Operators = []protocol.Address{c.Key.Address()}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Lease < 2*c.Heartbeat {
		return c, errors.New("host config: a lease must outlast two heartbeats")
	}
	return c, nil
}

func badOrigin(s string) bool {
	u, err := url.Parse(s)
	return err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || (u.Path != "" && u.Path != "/") || u.RawQuery != ""
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}
