package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/encrypted-compute/encompute/protocol"
)

// fakeHost is a host, a worker and a creator in one, that do as they should, or as the
// test's lies say.
type fakeHost struct {
	*world
	chain  *fakeChain
	server *httptest.Server

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at every event
	jobs     map[protocol.Digest]*fakeJob
	blobs    map[protocol.Digest][]byte
	uploads  map[protocol.Digest]*fakeUpload
	came     int64 // bytes of uploads
	puts     map[protocol.Digest]int
	releases map[protocol.Digest]bool // hashes of all releases ever handed in
	offline  bool                     // the creator is

	acknowledged int    // results, by their users
	sessions     int    // that were begun
	token        string // of the last one
	lies         lies
}

type fakeJob struct {
	view   protocol.JobView
	events []protocol.Event
}

// lies are what a test changes; nil fields change nothing.
type lies struct {
	status     func(*http.Request) int // an error to answer with, or 0
	code       string                  // of that error
	network    func(*protocol.Network)
	workers    func([]protocol.WorkerView) []protocol.WorkerView
	model      func(*protocol.ModelView)
	evidence   func(*protocol.Evidence)
	signer     *protocol.SigningKey // of receipts
	receipt    func(*protocol.Receipt)
	computed   func(*protocol.Computed)
	output     func([]byte) []byte
	upload     func(*protocol.Upload)
	result     func(*protocol.Result)
	delivery   func(*protocol.Delivery)
	delivered  func(*protocol.Delivered)
	fail       *protocol.Failed // instead of computing
	silent     bool             // compute nothing
	unanswered *protocol.Failed // instead of a result
	challenge  func(*protocol.SignInChallenge)
	session    func(*protocol.Session)
	flood      int // bytes of rubbish as the answer to every GET
}

func newFakeHost(t *testing.T, w *world, chain *fakeChain) *fakeHost {
	t.Helper()
	h := &fakeHost{
		world: w, chain: chain, changed: make(chan struct{}), jobs: map[protocol.Digest]*fakeJob{},
		blobs: map[protocol.Digest][]byte{}, uploads: map[protocol.Digest]*fakeUpload{}, puts: map[protocol.Digest]int{}, releases: map[protocol.Digest]bool{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/network", h.getNetwork)
	mux.HandleFunc("GET /v1/workers", h.getWorkers)
	mux.HandleFunc("POST /v1/workers/{signer}/evidence", h.postEvidence)
	mux.HandleFunc("GET /v1/models", h.getModels)
	mux.HandleFunc("GET /v1/models/{id}", h.getModel)
	mux.HandleFunc("GET /v1/blobs/{digest}/uploads/{id}", h.getUpload)
	mux.HandleFunc("PATCH /v1/blobs/{digest}/uploads/{id}", h.patchUpload)
	mux.HandleFunc("GET /v1/blobs/{digest}", h.forUser(h.getBlob))
	mux.HandleFunc("POST /v1/jobs", h.postJob)
	mux.HandleFunc("GET /v1/jobs/{id}", h.forUser(h.getJob))
	mux.HandleFunc("GET /v1/jobs/{id}/events", h.forUser(h.getEvents))
	mux.HandleFunc("POST /v1/session/nonce", h.postNonce)
	mux.HandleFunc("POST /v1/session", h.postSession)
	mux.HandleFunc("POST /v1/jobs/{id}/release", h.postRelease)
	mux.HandleFunc("POST /v1/jobs/{id}/acknowledgement", h.postAcknowledgement)
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		lies := h.lies
		h.mu.Unlock()
		if lies.flood > 0 && r.Method == http.MethodGet {
			_, _ = w.Write(bytes.Repeat([]byte{' '}, lies.flood))
			return
		}
		if lies.status != nil {
			if s := lies.status(r); s != 0 {
				refuseWith(w, s, cmp.Or(lies.code, "lie"))
				return
			}
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		h.server.CloseClientConnections()
		h.server.Close()
		h.server.Client().CloseIdleConnections()
	})
	return h
}

func (h *fakeHost) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
}

func answer(w http.ResponseWriter, v any) {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}

func problemOf(status int, code string) protocol.Problem {
	return protocol.Problem{Status: status, Code: code, Title: code, Detail: "by the test"}
}

func refuseWith(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	answer(w, problemOf(status, code))
}

func path(r *http.Request, name string) protocol.Digest {
	d, err := protocol.ParseDigest(r.PathValue(name))
	if err != nil {
		panic(err)
	}
	return d
}

func (h *fakeHost) getNetwork(w http.ResponseWriter, _ *http.Request) {
	n := h.network
	if h.lies.network != nil {
		h.lies.network(&n)
	}
	answer(w, n)
}

func (h *fakeHost) getWorkers(w http.ResponseWriter, _ *http.Request) {
	views := []protocol.WorkerView{{Signer: h.receipt.Address(), Operator: h.operator, WorkloadID: h.workload.ID()}}
	if h.lies.workers != nil {
		views = h.lies.workers(views)
	}
	answer(w, views)
}

func (h *fakeHost) postEvidence(w http.ResponseWriter, r *http.Request) {
	var q protocol.EvidenceQuery
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		panic(err)
	}
	key := h.receipt
	if h.lies.signer != nil && r.PathValue("signer") == h.lies.signer.Address().String() {
		key = *h.lies.signer
	}
	ev, err := h.world.evidence(key, h.workerSealing.Public(), q.Nonce)
	if err != nil {
		panic(err)
	}
	if h.lies.evidence != nil {
		h.lies.evidence(&ev)
	}
	answer(w, ev)
}

func (h *fakeHost) modelView() protocol.ModelView {
	h.mu.Lock()
	defer h.mu.Unlock()
	v := protocol.ModelView{ModelID: h.model, ManifestHash: protocol.NewDigest("manifest", h.raw), Manifest: h.raw, Ready: true, Online: !h.offline}
	if h.lies.model != nil {
		h.lies.model(&v)
	}
	return v
}

func (h *fakeHost) getModels(w http.ResponseWriter, r *http.Request) {
	views := []protocol.ModelView{}
	if v := h.modelView(); r.URL.Query().Get("after") < v.ModelID.String() {
		views = append(views, v)
	}
	answer(w, views)
}

func (h *fakeHost) getModel(w http.ResponseWriter, r *http.Request) {
	if path(r, "id") != h.model {
		refuseWith(w, 404, "unknown_model")
		return
	}
	answer(w, h.modelView())
}

func (h *fakeHost) getBlob(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	b, ok := h.blobs[path(r, "digest")]
	h.mu.Unlock()
	if !ok {
		refuseWith(w, 404, "unknown_blob")
		return
	}
	if h.lies.output != nil && r.Method == http.MethodGet {
		b = h.lies.output(bytes.Clone(b))
	}
	_, _ = w.Write(b)
}

func (h *fakeHost) postJob(w http.ResponseWriter, r *http.Request) {
	var spec protocol.JobSpec
	if err := json.NewDecoder(r.Body).Decode(&spec); err != nil {
		panic(err)
	}
	id := h.domain.JobID(spec)
	if e, err := h.chain.Escrow(r.Context(), id); err != nil || e == EscrowNone {
		refuseWith(w, 409, "job_not_posted")
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	j, ok := h.jobs[id]
	if !ok {
		j = &fakeJob{view: protocol.JobView{JobID: id, Spec: spec, State: protocol.JobPosted}}
		h.jobs[id] = j
		h.event(j)
		h.work()
	}
	answer(w, j.view)
}

// event records what a job is now and wakes who follows it. The lock is held.
func (h *fakeHost) event(j *fakeJob) {
	j.events = append(j.events, protocol.Event{Seq: uint64(len(j.events) + 1), Job: j.view})
	close(h.changed)
	h.changed = make(chan struct{})
}

// work computes every job whose blobs are there. The lock is held.
func (h *fakeHost) work() {
	for _, j := range h.jobs {
		input, ok := h.blobs[j.view.Spec.InputHash]
		keys, keyed := h.blobs[j.view.Spec.KeysHash]
		if j.view.State != protocol.JobPosted || !ok || !keyed && !j.view.Spec.KeysHash.IsZero() || h.lies.silent {
			continue
		}
		if h.lies.fail != nil {
			j.view.State, j.view.Failure = protocol.JobFailed, h.lies.fail
			h.event(j)
			continue
		}
		j.view.State, j.view.Progress = protocol.JobRunning, &protocol.Progress{JobID: j.view.JobID, Step: 1, Steps: 1, Name: "fc+poly"}
		h.event(j)
		h.compute(j, keys, input)
	}
}

func (h *fakeHost) compute(j *fakeJob, keys, input []byte) {
	loaded, err := h.evaluator.LoadKeys(bytes.NewReader(keys))
	if err != nil {
		panic(err)
	}
	out, err := h.evaluator.Evaluate(context.Background(), loaded, input, nil)
	if err != nil {
		panic(err)
	}
	s := j.view.Spec
	r := protocol.Receipt{
		JobID: j.view.JobID, PrefixHash: s.PrefixHash, KeysHash: s.KeysHash, InputHash: s.InputHash,
		OutputHash: protocol.BlobDigest(out), ElapsedMs: 7,
	}
	h.blobs[r.OutputHash] = out
	signer := h.receipt
	if h.lies.signer != nil {
		signer = *h.lies.signer
	}
	if h.lies.receipt != nil {
		h.lies.receipt(&r)
	}
	c := protocol.Computed{
		Epoch: 1, Receipt: r, Signature: signer.SignDigest(h.domain.ReceiptDigest(r)),
		PredictedSeconds: 0.25, Seconds: float64(r.ElapsedMs) / 1000,
	}
	if h.lies.computed != nil {
		h.lies.computed(&c)
	}
	j.view.State, j.view.Computed = protocol.JobComputed, &c
	h.chain.set(func() { h.chain.escrow[j.view.JobID] = EscrowComputed })
	h.event(j)
}

func (h *fakeHost) job(w http.ResponseWriter, r *http.Request) (*fakeJob, bool) {
	j, ok := h.jobs[path(r, "id")]
	if !ok {
		refuseWith(w, 404, "unknown_job")
	}
	return j, ok
}

func (h *fakeHost) getJob(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if j, ok := h.job(w, r); ok {
		answer(w, j.view)
	}
}

func (h *fakeHost) getEvents(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.ParseUint(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		panic(err)
	}
	h.mu.Lock()
	j, ok := h.job(w, r)
	h.mu.Unlock()
	if !ok {
		return
	}
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _, _ = ws.ReadMessage() // ends when the client goes
	}()
	for {
		h.mu.Lock()
		events, changed := slices.Clone(j.events), h.changed
		h.mu.Unlock()
		for _, e := range events {
			if e.Seq <= after {
				continue
			}
			if ws.WriteJSON(e) != nil {
				return
			}
			after = e.Seq
		}
		select {
		case <-changed:
		case <-gone:
			return
		}
	}
}

func (h *fakeHost) postRelease(w http.ResponseWriter, r *http.Request) {
	var s protocol.SignedRelease
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		panic(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	j, ok := h.job(w, r)
	if !ok {
		return
	}
	if err := protocol.VerifyDigest(h.domain.ReleaseDigest(s.Release), s.Signature, j.view.Spec.User); err != nil {
		refuseWith(w, 403, "signature")
		return
	}
	h.releases[s.Release.ReleaseHash] = true
	if j.view.State == protocol.JobComputed {
		j.view.State = protocol.JobReleased
		h.event(j)
	}
	if j.view.State == protocol.JobReleased && h.lies.unanswered != nil {
		j.view.Failure = h.lies.unanswered
		h.event(j)
	} else if j.view.State == protocol.JobReleased && !h.offline {
		h.deliver(j, s)
	}
	answer(w, j.view)
}

// deliver is the creator: its suffix changes nothing.
func (h *fakeHost) deliver(j *fakeJob, s protocol.SignedRelease) {
	b, err := h.creatorSealer.Open(protocol.SealIntermediate, j.view.JobID, s.Sealed)
	if err != nil {
		panic(fmt.Sprintf("release does not open: %v", err))
	}
	var in protocol.Intermediate
	if err := protocol.Unmarshal(b, &in); err != nil {
		panic(err)
	}
	r := protocol.Result{Values: in.Values, Labels: h.manifest.Labels}
	sum := 0.0
	for _, v := range in.Values {
		r.Probabilities = append(r.Probabilities, math.Exp(v))
		sum += math.Exp(v)
	}
	for i := range r.Probabilities {
		r.Probabilities[i] /= sum
	}
	r.Label = r.Labels[slices.Index(r.Probabilities, slices.Max(r.Probabilities))]
	if h.lies.result != nil {
		h.lies.result(&r)
	}
	if b, err = protocol.Marshal(r); err != nil {
		panic(err)
	}
	sealed, err := protocol.Seal(in.ResultKey, protocol.SealResult, j.view.JobID, b)
	if err != nil {
		panic(err)
	}
	d := protocol.Delivery{JobID: j.view.JobID, OutputHash: s.Release.OutputHash, ResultHash: protocol.BlobDigest(sealed)}
	if h.lies.delivery != nil {
		h.lies.delivery(&d)
	}
	v := protocol.Delivered{Delivery: d, Signature: h.creator.SignDigest(h.domain.DeliveryDigest(d)), Sealed: sealed}
	if h.lies.delivered != nil {
		h.lies.delivered(&v)
	}
	j.view.State, j.view.Delivered = protocol.JobDelivered, &v
	h.chain.set(func() { h.chain.escrow[j.view.JobID] = EscrowClaimed })
	h.event(j)
}

func (h *fakeHost) postAcknowledgement(w http.ResponseWriter, r *http.Request) {
	var s protocol.SignedAcknowledgement
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		panic(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	j, ok := h.job(w, r)
	if !ok {
		return
	}
	a := protocol.Acknowledgement{JobID: j.view.JobID, ResultHash: j.view.Delivered.Delivery.ResultHash}
	if err := protocol.VerifyDigest(h.domain.AcknowledgementDigest(a), s.Signature, j.view.Spec.User); err != nil {
		refuseWith(w, 403, "signature")
		return
	}
	h.acknowledged++
	h.chain.set(func() { h.chain.escrow[j.view.JobID] = EscrowDelivered })
	w.WriteHeader(http.StatusNoContent)
}
