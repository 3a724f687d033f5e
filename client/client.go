package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/collateral"
	"github.com/encrypted-compute/encompute/attestation/rollback"
	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// Config is what a user decides. Every field without a stated default is needed.
type Config struct {
	Host string          // address of the host, http or https
	HTTP *fetch.Platform // an http.Client; nil, and in browsers: a plain one
	// Network holds the chain id and contracts that the user expects; a host that serves
	// others is refused. Name, fees and Software are not compared.
	Network protocol.Network
	Policy  attestation.Policy // what a worker's evidence must show
	// Collateral is where the client itself gets Intel's signed documents. Nil takes those that the
	// host sends: they are signed, too, but the host may choose among all that are still valid.
	Collateral collateral.Source
	// Seen remembers how new such documents were, so that older ones are refused. Nil: for as long
	// as the client lives.
	Seen    *rollback.Store
	Chain   Chain
	Signer  Signer
	Store   Store
	Release privacy.Params // how the secret key is protected when intermediates are handed over
	Budget  privacy.Budget // what all releases of one input may tell together; the zero value is a sensible one
	Limits  Limits         // zero fields get defaults

	// Confirm is asked before an intermediate is sealed and handed over, and is shown what the creator would see. An
	// error stops the job there. Nil is the user's standing consent.
	Confirm func(context.Context, privacy.Released) error

	// Observer is told of every step that ended, Progress of steps that take long; both
	// may be nil, must be quick, and are called from one goroutine at a time.
	Observer func(Step)
	Progress func(Progress)

	// Judged is shown the verdict on every worker whose evidence was judged, also of a refusal; it may be nil.
	Judged func(protocol.WorkerView, attestation.Verdict)

	// InspectRawUnsafe sees the decrypted values before flooding. Whoever gets hold of
	// them and of the ciphertext can compute the secret key (IND-CPA-D): it exists to
	// measure precision in tests and demonstrations. Never set it in production.
	InspectRawUnsafe func([]float64)
}

// Limits are the times that a client asks for and keeps.
type Limits struct {
	PrefixWindow  time.Duration // from the post to the last receipt; default 10 min, at most 1 h
	DeliverWindow time.Duration // from there to the last delivery; default and most 24 h
	HostPatience  time.Duration // how long a host may be down before a step fails; default 30 s
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&l.PrefixWindow, 10 * time.Minute},
		{&l.DeliverWindow, 24 * time.Hour},
		{&l.HostPatience, 30 * time.Second},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	return l
}

// Step is something that ended.
type Step struct {
	Name    string  `json:"name"` // e.g. "verify worker"
	Seconds float64 `json:"seconds"`
	Bytes   int64   `json:"bytes"` // sent, received or made; 0 if that says nothing
	Detail  string  `json:"detail,omitempty"`
}

// Progress is how far a step has come. Every step begins with one whose Total is 0.
type Progress struct {
	Step   string // as in Step.Name
	Done   int64  // bytes, keys or layers
	Total  int64
	Detail string // e.g. the layer's name
}

// Client runs jobs of one user through one host. It is safe for concurrent use.
type Client struct {
	Config
	host   host
	domain protocol.Domain
	// timing is replaced by tests.
	timing timing
}

// New checks the configuration. It does not connect.
func New(cfg Config) (*Client, error) {
	for name, missing := range map[string]bool{
		"network.chainId": cfg.Network.ChainID == 0, "network.market": cfg.Network.Market.IsZero(),
		"network.workerRegistry": cfg.Network.WorkerRegistry.IsZero(), "network.modelRegistry": cfg.Network.ModelRegistry.IsZero(),
		"network.token": cfg.Network.Token.IsZero(),
		"chain":         cfg.Chain == nil, "signer": cfg.Signer == nil, "store": cfg.Store == nil,
	} {
		if missing {
			return nil, fmt.Errorf("client configuration: %s is not set", name)
		}
	}
	h, err := newHost(cfg.Host, cfg.HTTP, &session{signer: cfg.Signer, chainID: cfg.Network.ChainID})
	if err != nil {
		return nil, fmt.Errorf("client configuration: %w", err)
	}
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.Seen == nil {
		cfg.Seen = rollback.NewMemory()
	}
	return &Client{
		Config: cfg, host: h,
		domain: protocol.Domain{ChainID: cfg.Network.ChainID, Market: cfg.Network.Market},
		timing: timing{backoff: backoff, round: 20 * time.Second, probe: time.Second},
	}, nil
}

// Domain returns the EIP-712 domain of the client's market.
func (c *Client) Domain() protocol.Domain { return c.domain }

// Network asks the host what it serves and refuses all but the configured network.
func (c *Client) Network(ctx context.Context) (n protocol.Network, err error) {
	err = c.retry(ctx, func() error { return c.host.get(ctx, maxViewBytes, &n, "v1", "network") })
	if err != nil {
		return n, err
	}
	want := c.Config.Network
	for _, f := range []struct {
		name      string
		got, want protocol.Address
	}{
		{"market", n.Market, want.Market},
		{"workerRegistry", n.WorkerRegistry, want.WorkerRegistry},
		{"modelRegistry", n.ModelRegistry, want.ModelRegistry},
		{"token", n.Token, want.Token},
	} {
		if f.got != f.want {
			return n, refuse(CodeWrongNetwork, "network."+f.name, "host serves %s, configured is %s", f.got, f.want)
		}
	}
	if n.ChainID != want.ChainID {
		return n, refuse(CodeWrongNetwork, "network.chainId", "host serves chain %d, configured is %d", n.ChainID, want.ChainID)
	}
	return n, nil
}

// step runs one named step and tells the observer about it if it succeeds.
func (c *Client) step(name string, do func(*Step) error) error {
	s := Step{Name: name}
	c.progress(name, 0, 0, "")
	start := time.Now()
	if err := do(&s); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	s.Seconds = time.Since(start).Seconds()
	if c.Observer != nil {
		c.Observer(s)
	}
	return nil
}

func (c *Client) progress(step string, done, total int64, detail string) {
	if c.Progress != nil {
		c.Progress(Progress{step, done, total, detail})
	}
}

// timing is when to try again.
type timing struct {
	backoff func(attempt int) time.Duration // before the given attempt, from 1
	round   time.Duration                   // how long an event stream is read before the chain is asked
	probe   time.Duration                   // how long an upload waits for confirmations before it looks whether the connection is there
}

// backoff doubles from 200 ms to 5 s.
func backoff(attempt int) time.Duration {
	return min(200*time.Millisecond<<min(attempt-1, 10), 5*time.Second)
}

// wait waits before an attempt; false means that patience has run out.
func (t timing) wait(ctx context.Context, attempt int, patience time.Duration) (bool, error) {
	d := t.backoff(attempt)
	if d > patience {
		return false, nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// retry repeats an idempotent request while the host is down.
func (c *Client) retry(ctx context.Context, do func() error) error {
	patience := c.Limits.HostPatience
	for attempt := 1; ; attempt++ {
		err := do()
		if CodeOf(err) != CodeHostDown || ctx.Err() != nil {
			return err
		}
		again, waitErr := c.timing.wait(ctx, attempt, patience)
		if !again {
			return errors.Join(err, waitErr)
		}
		patience -= c.timing.backoff(attempt)
	}
}
