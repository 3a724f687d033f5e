//go:build !js

package creator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/encrypted-compute/encompute/creator/inference"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// ServeConfig is what a creator needs to answer releases.
type ServeConfig struct {
	State  *State
	Signer Signer
	Chain  Chain
	Host   Host
	// Runtime runs the suffixes; nil: inference.Builtin.
	Runtime inference.Runtime
	// Observer is told what happens; it may be nil, and is called from several goroutines.
	Observer func(Event)
}

// Event is something that happened while serving.
type Event struct {
	Kind  EventKind       `json:"kind"`
	JobID protocol.Digest `json:"jobId,omitzero"`
	Err   error           `json:"-"` // why the stream ended, a release was refused, or the runtime started again
	// Suffix is what the runtime did so far for the suffix of an answered job.
	Suffix *inference.Stats `json:"suffix,omitempty"`
}

// EventKind names an Event.
type EventKind string

// The kinds of events.
const (
	Connected    EventKind = "connected"
	Disconnected EventKind = "disconnected"
	Answered     EventKind = "answered"
	Refused      EventKind = "refused"
	Restarted    EventKind = "restarted" // the runtime of a suffix
)

// maxAtOnce bounds how many releases are worked on at the same time.
const maxAtOnce = 8

// server answers releases.
type server struct {
	cfg    ServeConfig
	domain protocol.Domain
	wait   func(context.Context, int) error // replaced by tests

	mu       sync.Mutex
	suffixes map[suffixID]suffix
}

type suffixID struct {
	model protocol.Digest
	cut   uint32
}

// suffix is what follows a cut, what is made of what comes in first, and the largest absolute value that may.
type suffix struct {
	key    protocol.SealingKey // of the model
	graph  *model.Graph
	queue  *inference.Queue
	intake intake
	bound  float64
}

func newServer(cfg ServeConfig) (*server, error) {
	if cfg.State == nil || cfg.Signer == nil || cfg.Chain == nil {
		return nil, errors.New("serve configuration: state, signer and chain are needed")
	}
	if err := cfg.Host.check(); err != nil {
		return nil, fmt.Errorf("serve configuration: %w", err)
	}
	if cfg.Runtime == nil {
		cfg.Runtime = inference.Builtin{}
	}
	n := cfg.Host.Network
	return &server{
		cfg: cfg, wait: wait, suffixes: map[suffixID]suffix{},
		domain: protocol.Domain{ChainID: n.ChainID, Market: n.Market},
	}, nil
}

// Serve answers releases until ctx ends, and connects again whenever the stream breaks. It
// returns nil when ctx ended, and ErrLogin if the host does not let the creator in.
func Serve(ctx context.Context, cfg ServeConfig) error {
	s, err := newServer(cfg)
	if err != nil {
		return err
	}
	return s.run(ctx)
}

func (s *server) run(ctx context.Context) error {
	defer s.close()
	for attempt := 1; ; attempt++ {
		welcome, err := s.session(ctx)
		if ctx.Err() != nil {
			return nil
		}
		s.observe(Event{Kind: Disconnected, Err: err})
		if errors.Is(err, ErrLogin) {
			return err
		}
		if welcome {
			attempt = 1
		}
		if s.wait(ctx, attempt) != nil {
			return nil
		}
	}
}

// close ends the runtimes, once nothing is answered any more.
func (s *server) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.suffixes {
		_ = x.queue.Close() // whatever its end, it answers nobody
	}
	clear(s.suffixes)
}

func (s *server) observe(e Event) {
	if s.cfg.Observer != nil {
		s.cfg.Observer(e)
	}
}

// session is one stream from login to its end. Releases are answered in parallel and acknowledged in order. What the host
// has as acknowledged is all that counts: what was only sent may have been lost with the host, and is asked for again.
func (s *server) session(ctx context.Context) (welcome bool, err error) {
	c, err := s.login(ctx)
	if err != nil {
		return false, err
	}
	defer c.close()
	s.observe(Event{Kind: Connected})
	acks := acks{send: func(seq uint64) error { return c.send(protocol.TypeAck, protocol.Ack{Seq: seq}) }}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxAtOnce + 1) // one reads
	group.Go(func() error {
		for {
			r, err := c.released(ctx)
			if err != nil {
				return err
			}
			acks.begin(r.Seq)
			group.Go(func() error { // waits while too many are worked on
				if err := s.reply(ctx, c, r); err != nil {
					return err
				}
				return acks.end(r.Seq)
			})
		}
	})
	return true, group.Wait()
}

// reply answers one release, with a result or with why there is none.
func (s *server) reply(ctx context.Context, c *conn, r protocol.Released) error {
	job := s.domain.JobID(r.Spec)
	d, err := s.answer(ctx, r)
	if refused, ok := errors.AsType[refusal](err); ok {
		s.observe(Event{Kind: Refused, JobID: job, Err: err})
		return c.send(protocol.TypeFailed, refused.failedMessage(job))
	}
	if err != nil {
		return fmt.Errorf("job %s: %w", job.Short(), err)
	}
	s.observe(Event{Kind: Answered, JobID: job, Suffix: s.stats(suffixID{r.Spec.ModelID, r.Spec.Cut})})
	return c.send(protocol.TypeDelivered, d)
}

// suffix returns what follows a cut, loaded once.
func (s *server) suffix(id protocol.Digest, cut protocol.Cut) (suffix, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := suffixID{id, cut.Index}
	if x, ok := s.suffixes[key]; ok {
		return x, nil
	}
	plan, err := fhe.ParsePlan(cut.Plan)
	if err != nil {
		return suffix{}, err
	}
	mechanism, err := privacy.NewMechanism(cut.Mechanism(), cut.Shape)
	if err != nil {
		return suffix{}, err
	}
	manifest, _, err := s.cfg.State.Manifest(id)
	if err != nil {
		return suffix{}, err
	}
	sealing, err := s.cfg.State.sealingKeyOf(id)
	if err != nil {
		return suffix{}, fmt.Errorf("sealing key of model %s: %w", id, err)
	}
	graph, intake, err := s.cfg.State.suffix(id, cut)
	if err != nil {
		return suffix{}, err
	}
	queue := inference.NewQueue(s.cfg.Runtime, inference.Suffix{Model: manifest.Name, Cut: intake.Layer, Graph: graph}, s.wait)
	queue.OnRestart = func(err error) { s.observe(Event{Kind: Restarted, Err: err}) }
	x := suffix{sealing, graph, queue, intake, mechanism.Bound(2 * plan.Info().OutputBound)} // there is flooding on top
	s.suffixes[key] = x
	return x, nil
}

// stats returns what a suffix did so far; nil if it did nothing, since the answer was kept.
func (s *server) stats(id suffixID) *inference.Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.suffixes[id]
	if !ok {
		return nil
	}
	stats := x.queue.Stats()
	return &stats
}

// acks acknowledges releases in the order in which they came, once all before are answered.
type acks struct {
	mu      sync.Mutex
	pending []uint64 // in order of arrival
	done    []uint64
	send    func(seq uint64) error
}

func (a *acks) begin(seq uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pending = append(a.pending, seq)
}

func (a *acks) end(seq uint64) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done = append(a.done, seq)
	last := uint64(0)
	for len(a.pending) > 0 && slices.Contains(a.done, a.pending[0]) {
		last = a.pending[0]
		a.done = slices.DeleteFunc(a.done, func(s uint64) bool { return s == last })
		a.pending = a.pending[1:]
	}
	if last == 0 {
		return nil
	}
	return a.send(last)
}
