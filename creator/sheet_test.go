package creator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/protocol"
)

// sheetHost measures for a creator: busy first, then without the records, then with another worker's sheet or its own.
type sheetHost struct {
	mu     sync.Mutex
	w      *world
	busy   int
	orders []protocol.SheetOrder
	blobs  map[protocol.Digest][]byte
	answer func(protocol.Records, protocol.Digest) protocol.SignedSheet
}

func (h *sheetHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	refuse := func(status int, code string) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(protocol.Problem{Code: code, Detail: code})
	}
	digest, _ := protocol.ParseDigest(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:])
	switch {
	case r.URL.Path == "/v1/network":
		_ = json.NewEncoder(w).Encode(h.w.network)
	case r.Method == http.MethodHead:
		refuse(http.StatusNotFound, "unknown_blob")
	case r.Method == http.MethodPut:
		h.blobs[digest], _ = io.ReadAll(r.Body)
	default:
		var o protocol.SheetOrder
		_ = json.NewDecoder(r.Body).Decode(&o)
		h.orders = append(h.orders, o)
		sealed, ok := h.blobs[o.Records]
		switch {
		case !ok:
			refuse(http.StatusConflict, "records_missing")
		case h.busy > 0:
			h.busy--
			refuse(http.StatusServiceUnavailable, "busy")
		default:
			records, digest, err := protocol.OpenRecords(h.w.workerSealing, h.w.published.manifest.Cuts[0].PrefixHash, sealed)
			if err != nil {
				refuse(http.StatusUnprocessableEntity, "sheet")
				return
			}
			_ = json.NewEncoder(w).Encode(h.answer(records, digest))
		}
	}
}

func (w *world) sheetConfig(t *testing.T) (*sheetHost, SheetConfig) {
	t.Helper()
	h := &sheetHost{w: w, busy: 2, blobs: map[protocol.Digest][]byte{}, answer: func(_ protocol.Records, d protocol.Digest) protocol.SignedSheet {
		return protocol.SignedSheet{Sheet: protocol.AttestedSheet{Records: d}}
	}}
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		server.Close()
		server.Client().CloseIdleConnections()
	})
	rows := func(n int) (list [][]float32) {
		for i := range n {
			row := make([]float32, 30)
			row[i%30] = 0.5
			list = append(list, row)
		}
		return list
	}
	return h, SheetConfig{
		State: w.state(t), Signer: KeySigner{w.creator}, Host: Host{Address: server.URL, HTTP: server.Client(), Network: w.network},
		Worker: w.worker, Model: w.published.id, Cut: w.published.manifest.Cuts[0].Index, Train: rows(20), Test: rows(5),
		wait: func(context.Context, int) error { return nil },
	}
}

// Records reach the worker sealed, with the proof that the prefix's sealer knows; the order is the creator's.
func TestMeasureSheet(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	h, cfg := w.sheetConfig(t)
	cut := w.published.manifest.Cuts[0]
	payload, err := protocol.OpenPrefixPayload(w.workerSealing, cut.PrefixHash, w.published.prefixes[cut.SealedPrefix])
	if err != nil {
		t.Fatal(err)
	}
	own := h.answer
	h.answer = func(r protocol.Records, d protocol.Digest) protocol.SignedSheet {
		if train, test, err := r.Split(30); err != nil || len(train) != 20 || len(test) != 5 || train[3][3] != 0.5 || r.Proof != payload.RecordsProof() {
			t.Errorf("%d and %d records, proof %s: %v", len(train), len(test), r.Proof, err)
		}
		return own(r, d)
	}
	if _, err := MeasureSheet(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if len(h.orders) != 4 {
		t.Fatalf("%d orders, want 4: without records, busy twice, measured", len(h.orders))
	}
	for _, o := range h.orders {
		if err := protocol.VerifyDigest(w.domain.SheetOrderDigest(w.published.id, o), o.Signature, w.creator.Address()); err != nil || o.Cut != cut.Index {
			t.Errorf("order %+v: %v", o, err)
		}
	}
}

func TestMeasureSheetRefuses(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	for name, c := range map[string]struct {
		change func(*sheetHost, *SheetConfig)
		want   string
	}{
		"no state":          {func(_ *sheetHost, c *SheetConfig) { c.State = nil }, "state and signer"},
		"other network":     {func(_ *sheetHost, c *SheetConfig) { c.Host.Network.ChainID++ }, ErrWrongNetwork.Error()},
		"unknown model":     {func(_ *sheetHost, c *SheetConfig) { c.Model[0]++ }, "not in the state"},
		"unknown cut":       {func(_ *sheetHost, c *SheetConfig) { c.Cut = 99 }, "not offered at cut 99"},
		"unverified worker": {func(_ *sheetHost, c *SheetConfig) { c.Worker = attestation.VerifiedWorker{} }, attestation.ErrNotVerified.Error()},
		"one record":        {func(_ *sheetHost, c *SheetConfig) { c.Test = c.Test[:1] }, "under attack"},
		"records of a size": {func(_ *sheetHost, c *SheetConfig) { c.Test[0] = c.Test[0][:3] }, "one of 3 values"},
		"sheet of others": {func(h *sheetHost, _ *SheetConfig) {
			h.answer = func(protocol.Records, protocol.Digest) protocol.SignedSheet { return protocol.SignedSheet{} }
		}, "sheet of records"},
		"busy for ever": {func(h *sheetHost, _ *SheetConfig) { h.busy = 1 << 20 }, "busy"},
		"interrupted waiting": {func(_ *sheetHost, c *SheetConfig) {
			c.wait = func(context.Context, int) error { return context.Canceled }
		}, context.Canceled.Error()},
	} {
		h, cfg := w.sheetConfig(t)
		c.change(h, &cfg)
		if _, err := MeasureSheet(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	// A model published by an earlier program has no proof.
	p := w.published
	p.proofs = nil
	state := w.emptyState(t)
	if err := state.save(protocol.Digest{1}, p, w.onnx); err != nil {
		t.Fatal(err)
	}
	_, cfg := w.sheetConfig(t)
	cfg.State = state
	if _, err := MeasureSheet(t.Context(), cfg); !errors.Is(err, ErrNoProof) {
		t.Errorf("without a proof: %v", err)
	}
}

// A limit stands in the manifest and makes another model of it; without one, the request is what it was before there were any.
func TestPublishLimit(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	cfg := w.publishConfig(w.emptyState(t), Host{})
	cfg.Chain = newFakeChain(w)
	key, err := cfg.State.SealingKey()
	if err != nil {
		t.Fatal(err)
	}
	before, err := cfg.request(w.onnx, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	cfg.MaxJobsPerUserDay = 7
	after, err := cfg.request(w.onnx, key.Public())
	if err != nil || before == after {
		t.Errorf("the same request: %v", err)
	}
	p, err := cfg.build(t.Context(), key.Public())
	if err != nil || p.manifest.MaxJobsPerUserDay != 7 {
		t.Errorf("limit %d: %v", p.manifest.MaxJobsPerUserDay, err)
	}
	if err := p.manifest.Validate(); err != nil {
		t.Error(err)
	}
}
