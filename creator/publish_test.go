package creator

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

// fakeHost takes publications.
type fakeHost struct {
	mu       sync.Mutex
	network  protocol.Network
	manifest []byte
	blobs    map[protocol.Digest][]byte
	puts     int
	failPuts bool
}

func newFakeHost(t *testing.T, w *world) (*fakeHost, Host) {
	t.Helper()
	h := &fakeHost{network: w.network, blobs: map[protocol.Digest][]byte{}}
	s := httptest.NewServer(h)
	t.Cleanup(func() {
		s.Close()
		s.Client().CloseIdleConnections()
	})
	return h, Host{Address: s.URL, HTTP: s.Client(), Network: w.network}
}

func (h *fakeHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	answer := func(v any) { _ = json.NewEncoder(w).Encode(v) }
	digest, _ := protocol.ParseDigest(r.URL.Path[len("/v1/"):][max(0, len(r.URL.Path)-len("/v1/")-66):])
	switch r.Method + " " + r.URL.Path {
	case "GET /v1/network":
		answer(h.network)
	case "POST /v1/models":
		var q protocol.PublishRequest
		_ = json.NewDecoder(r.Body).Decode(&q)
		h.manifest = q.Manifest
		answer(protocol.ModelView{ModelID: q.ModelID})
	case "HEAD /v1/blobs/" + digest.String():
		if h.blobs[digest] == nil {
			w.WriteHeader(http.StatusNotFound)
		}
	case "PUT /v1/blobs/" + digest.String():
		if h.failPuts {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		h.blobs[digest], _ = io.ReadAll(r.Body)
		h.puts++
	}
}

func TestPublish(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	chain := newFakeChain(w)
	fake, host := newFakeHost(t, w)
	cfg := w.publishConfig(w.emptyState(t), host)
	cfg.Chain = chain
	fake.failPuts = true
	if _, err := Publish(t.Context(), cfg); err == nil {
		t.Fatal("published without its prefix")
	}
	fake.failPuts = false
	p, err := Publish(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if chain.writes != 1 || fake.puts != 1 {
		t.Errorf("%d writes to the chain, %d uploads, want one each", chain.writes, fake.puts)
	}
	m, err := protocol.ParseManifest(fake.manifest)
	if err != nil {
		t.Fatal(err)
	}
	cut := m.Cuts[0]
	if id := chain.ModelID(protocol.NewDigest("manifest", fake.manifest)); id != p.ModelID || chain.prices[id][cut.Index] != 400 {
		t.Errorf("model %s at %v", id, chain.prices)
	}
	checkSealed(t, w, cut, fake.blobs[cut.SealedPrefix])

	cfg.Offers = []Offer{{testLayer, 500}}
	again, err := Publish(t.Context(), cfg)
	if err != nil || again.ModelID != p.ModelID || chain.writes != 2 || fake.puts != 1 || chain.prices[p.ModelID][cut.Index] != 500 {
		t.Errorf("published again as %s, %v: %d writes, %d uploads, prices %v", again.ModelID, err, chain.writes, fake.puts, chain.prices)
	}
	if ids, err := cfg.State.Models(); err != nil || len(ids) != 1 || ids[0] != p.ModelID {
		t.Errorf("kept models %v, %v", ids, err)
	}
}

// checkSealed opens a sealed prefix as the worker does, and finds the model's numbers in it.
func checkSealed(t *testing.T, w *world, cut protocol.Cut, sealed []byte) {
	t.Helper()
	payload, err := protocol.OpenPrefixPayload(w.workerSealing, cut.PrefixHash, sealed)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := fhe.ParsePlan(cut.Plan)
	if err != nil || plan.Digest() != payload.PlanDigest {
		t.Fatalf("plan %x, %v", plan.Digest(), err)
	}
	prefix, err := fhe.ParsePrefix(payload.Prefix)
	if err != nil {
		t.Fatal(err)
	}
	graph, _, err := w.graph.Split(w.cut)
	if err != nil {
		t.Fatal(err)
	}
	if worst, err := difference(prefix.Eval, graph, uniform(t, w.graph, 4)); err != nil || worst > tolerance {
		t.Errorf("sealed prefix differs by %g, %v", worst, err)
	}
}

// What was unpublished takes jobs again only if it is said so, at the prices of that time.
func TestPublishAgain(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	_, host := newFakeHost(t, w)
	chain := newFakeChain(w)
	cfg := w.publishConfig(w.emptyState(t), host)
	cfg.Chain = chain
	p, err := Publish(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := chain.SetActive(t.Context(), p.ModelID, false); err != nil {
		t.Fatal(err)
	}
	writes := chain.writes
	if _, err := Publish(t.Context(), cfg); !errors.Is(err, ErrUnpublished) || chain.writes != writes {
		t.Fatalf("published what was unpublished, with %d transactions: %v", chain.writes-writes, err)
	}
	cfg.Again, cfg.Offers[0].Price = true, 77
	again, err := Publish(t.Context(), cfg)
	if err != nil || again.ModelID != p.ModelID {
		t.Fatalf("published again as %s: %v", again.ModelID, err)
	}
	if cut := p.Manifest.Cuts[0].Index; chain.stopped[p.ModelID] || chain.prices[p.ModelID][cut] != 77 {
		t.Errorf("stopped %v, prices %v", chain.stopped, chain.prices)
	}
}

func TestPublishRefuses(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	for name, test := range map[string]struct {
		change func(*PublishConfig, *fakeHost)
		check  func(error) bool
	}{
		"no verified worker": {
			func(c *PublishConfig, _ *fakeHost) { c.Worker = attestation.VerifiedWorker{} },
			func(err error) bool { return errors.Is(err, attestation.ErrNotVerified) },
		},
		"host of another market": {
			func(_ *PublishConfig, h *fakeHost) { h.network.Market[0]++ },
			func(err error) bool { return errors.Is(err, ErrWrongNetwork) },
		},
		"host down": {
			func(c *PublishConfig, _ *fakeHost) { c.Host.Address = "http://127.0.0.1:1" },
			func(err error) bool { return errors.Is(err, ErrHostDown) },
		},
		"no such cut": {
			func(c *PublishConfig, _ *fakeHost) { c.Offers[0].Layer = "conv99" },
			func(err error) bool { return errors.Is(err, model.ErrNoCut) },
		},
		"cut behind a ReLU": {
			func(c *PublishConfig, _ *fakeHost) {
				cuts := c.Graph.Cuts()
				c.Offers[0].Layer = cuts[len(cuts)-1].Layer
			},
			func(err error) bool { _, ok := errors.AsType[*model.NotEncryptable](err); return ok },
		},
		"no price": {
			func(c *PublishConfig, _ *fakeHost) { c.Offers[0].Price = 0 },
			func(err error) bool { return err != nil },
		},
		"sample out of range": {
			func(c *PublishConfig, _ *fakeHost) { c.Samples = [][]float64{make([]float64, 30)}; c.Samples[0][3] = 9 },
			func(err error) bool { return err != nil },
		},
		"no sample vector": {
			func(c *PublishConfig, _ *fakeHost) { c.Vector = Vector{} },
			func(err error) bool { return errors.Is(err, ErrVector) },
		},
		"wrong scaling": { // what the card says of its input is not what the model was trained with
			func(c *PublishConfig, _ *fakeHost) { c.Vector.Input = slices.Repeat([]float64{0.5}, 30) },
			func(err error) bool { return errors.Is(err, ErrVector) && strings.Contains(err.Error(), "mean, std") },
		},
		"sample beyond the range": {
			func(c *PublishConfig, _ *fakeHost) { c.Vector.Input = slices.Repeat([]float64{255}, 30) },
			func(err error) bool { return errors.Is(err, ErrVector) && strings.Contains(err.Error(), "255") },
		},
		"sample of another shape": {
			func(c *PublishConfig, _ *fakeHost) { c.Vector.Input = c.Vector.Input[1:] },
			func(err error) bool { return errors.Is(err, ErrVector) },
		},
		"output of another shape": {
			func(c *PublishConfig, _ *fakeHost) { c.Vector.Output = c.Vector.Output[1:] },
			func(err error) bool { return errors.Is(err, ErrVector) },
		},
		"range that the schema exceeds": {
			func(c *PublishConfig, _ *fakeHost) { c.Card.InputRange.High = 3 },
			func(err error) bool { return errors.Is(err, protocol.ErrMalformed) },
		},
		"scores that are said to be probabilities": {
			func(c *PublishConfig, _ *fakeHost) {
				c.Card.Output = &protocol.OutputSchema{Kind: protocol.OutputProbabilities}
			},
			func(err error) bool { return err != nil && strings.Contains(err.Error(), "as a probability") },
		},
		"too many bits asked for": {
			func(c *PublishConfig, _ *fakeHost) { c.Plan.Bits = 40 },
			func(err error) bool { return errors.Is(err, fhe.ErrUnplannable) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, host := newFakeHost(t, w)
			cfg := w.publishConfig(w.emptyState(t), host)
			chain := newFakeChain(w)
			cfg.Chain = chain
			test.change(&cfg, fake)
			_, err := Publish(t.Context(), cfg)
			if !test.check(err) {
				t.Errorf("error %v", err)
			}
			if chain.writes > 0 || fake.puts > 0 {
				t.Errorf("%d writes to the chain, %d uploads", chain.writes, fake.puts)
			}
		})
	}
}
