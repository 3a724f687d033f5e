package host

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
)

// The bounds of request bodies and lists.
const (
	maxSmallBody = 64 << 10
	maxModelBody = 2 * protocol.MaxManifestBytes
	maxPage      = 100
)

// route is a way into the host.
type route struct {
	who   who
	serve func(http.ResponseWriter, *http.Request) error
}

// routes are all ways into the host and who may go them.
func (h *Host) routes() map[string]route {
	return map[string]route{
		"GET /healthz":         {anyone, h.getHealth},
		"GET /metrics":         {anyone, h.getMetrics},
		"GET /v1/openapi.json": {anyone, h.getOpenAPI},

		"POST /v1/session/nonce":   {anyone, h.postNonce},
		"POST /v1/session":         {anyone, h.postSession},
		"GET /v1/session":          {signedIn, h.getSession},
		"POST /v1/session/renewal": {signedIn, h.postRenewal},
		"DELETE /v1/session":       {signedIn, h.deleteSession},
		"GET /v1/me/jobs":          {signedIn, h.getMyJobs},
		"GET /v1/me/export":        {signedIn, h.getExport},
		"DELETE /v1/me":            {signedIn, h.deleteMe},

		"GET /v1/network":                    {anyone, h.getNetwork},
		"GET /v1/workers":                    {anyone, h.getWorkers},
		"POST /v1/workers/{signer}/evidence": {anyone, h.postEvidence},
		"GET /v1/models":                     {anyone, h.getModels},
		"GET /v1/models/{id}":                {anyone, h.getModel},
		"POST /v1/models":                    {anyone, h.postModel},
		"GET /v1/models/{id}/sheets":         {anyone, h.getSheets},
		"POST /v1/models/{id}/sheets":        {anyone, h.postSheet},

		"PUT /v1/blobs/{digest}":                {anyone, h.putBlob},
		"GET /v1/blobs/{digest}":                {reader, h.getBlob},
		"GET /v1/blobs/{digest}/uploads/{id}":   {anyone, h.getUpload},
		"PATCH /v1/blobs/{digest}/uploads/{id}": {anyone, h.patchUpload},

		"POST /v1/jobs":                      {anyone, h.postJob},
		"GET /v1/jobs/{id}":                  {party, h.getJob},
		"GET /v1/jobs/{id}/events":           {party, h.getEvents},
		"POST /v1/jobs/{id}/release":         {anyone, h.postRelease},
		"POST /v1/jobs/{id}/acknowledgement": {anyone, h.postAcknowledgement},

		"GET /v1/worker":  {onStream, h.serveWorker},
		"GET /v1/creator": {onStream, h.serveCreator},

		"GET /v1/creator/jobs":        {signedIn, h.getCreatorJobs},
		"GET /v1/creator/releases":    {signedIn, h.getReleases},
		"POST /v1/creator/deliveries": {signedIn, h.postDelivery},
		"POST /v1/creator/failures":   {signedIn, h.postCreatorFailure},
		"POST /v1/creator/acks":       {signedIn, h.postAck},

		"GET /": {anyone, newPages(h.cfg).get},
		"/":     {anyone, noRoute},
	}
}

// Handler serves the interface described in package protocol.
func (h *Host) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, r := range h.routes() {
		mux.Handle(pattern, h.metrics.timed(pattern, h.edge(h.gate(r))))
	}
	return mux
}

func noRoute(_ http.ResponseWriter, r *http.Request) error {
	return problem(codeNotFound, "%s %s", r.Method, clean(r.URL.Path))
}

// gate counts a request and admits it to its route.
func (h *Host) gate(to route) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := h.limits.address(r); err != nil {
			return err
		}
		r, err := h.admit(r, to.who)
		if err != nil {
			return err
		}
		return to.serve(w, r)
	}
}

// edge turns the errors and panics of a handler into Problems.
func (h *Host) edge(f func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header(), r)
		if !websocket.IsWebSocketUpgrade(r) {
			w = &slowWriter{w, http.NewResponseController(w), h.cfg.Patience}
		}
		err := guarded(func() error { return f(w, r) })
		switch {
		case errors.Is(err, errBrokeOff):
			panic(http.ErrAbortHandler)
		case err != nil:
			h.writeProblem(w, r, err)
		}
	})
}

// secure says what browsers must not do with an answer.
func secure(header http.Header, r *http.Request) {
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if r.TLS != nil {
		header.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// slowWriter is an answer that may take long but not stand still: whoever does not read it is given up.
type slowWriter struct {
	http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
}

// WriteHeader implements http.ResponseWriter.
func (w *slowWriter) WriteHeader(status int) {
	_ = w.expect(0) // of whoever cannot have a deadline nothing is expected
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *slowWriter) Write(b []byte) (int, error) {
	if err := w.expect(len(b)); err != nil {
		return 0, err
	}
	return w.ResponseWriter.Write(b)
}

// expect gives the next bytes their time.
func (w *slowWriter) expect(n int) error {
	err := w.control.SetWriteDeadline(time.Now().Add(w.patience + time.Duration(n/slowestLine)*time.Second))
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *slowWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// writeJSON answers with a document.
func writeJSON(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b) // the other side is gone if this fails
	return nil
}

// The time that a document may take to come: so much, and more by its size, for slow lines.
const (
	documentTimeout = 30 * time.Second
	slowestLine     = 256 << 10 // bytes a second
)

// readJSON reads a document of at most limit bytes from a request. Whoever sends it slower than
// any line is cut off: some readers wait in a queue for those before them.
func readJSON[T any](w http.ResponseWriter, r *http.Request, limit int64) (v T, err error) {
	size := limit
	if r.ContentLength >= 0 {
		size = min(size, r.ContentLength)
	}
	control := http.NewResponseController(w)
	late := time.Now().Add(documentTimeout + time.Duration(size/slowestLine)*time.Second)
	if err := control.SetReadDeadline(late); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return v, err
	}
	err = protocol.UnmarshalJSON(http.MaxBytesReader(w, r.Body, limit), limit, &v)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return v, problem(codeTimeout, "the request's body stopped, or comes too slowly")
	case err == nil:
		_ = control.SetReadDeadline(time.Time{}) // or it would end what follows
	}
	return v, err
}

// pathDigest reads a digest of the path.
func pathDigest(r *http.Request, name string) (protocol.Digest, error) {
	d, err := protocol.ParseDigest(r.PathValue(name))
	if err != nil {
		return d, problem(codeBadRequest, "%s of the path: %s", name, err)
	}
	return d, nil
}

// queryUint reads a number of the query; absent means 0.
func queryUint(r *http.Request, name string) (uint64, error) {
	s := r.URL.Query().Get(name)
	if s == "" {
		return 0, nil
	}
	v, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return 0, problem(codeBadRequest, "%s of the query must be a whole number", name)
	}
	return v, nil
}

func (h *Host) getHealth(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.store.Models(r.Context(), protocol.Digest{}, 1); err != nil {
		return fmt.Errorf("health: %w", err)
	}
	return writeJSON(w, struct {
		OK bool `json:"ok"`
	}{true})
}

func (h *Host) getNetwork(w http.ResponseWriter, r *http.Request) error {
	bps, err := h.cfg.Chain.FeeBps(r.Context())
	if err != nil {
		return h.chainDown(err)
	}
	a := h.cfg.Chain.Addresses()
	return writeJSON(w, protocol.Network{
		Name: h.cfg.Name, ChainID: a.ChainID, Market: a.Market, WorkerRegistry: a.WorkerRegistry, ModelRegistry: a.ModelRegistry,
		Token: a.Token, WorkerFee: h.cfg.WorkerFee, FeeBps: bps, Software: h.cfg.Software,
	})
}

func (h *Host) getWorkers(w http.ResponseWriter, r *http.Request) error {
	views, err := h.allWorkers(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, views)
}

// postEvidence passes the asker's nonce to a worker and its evidence back. The asker
// judges it.
func (h *Host) postEvidence(w http.ResponseWriter, r *http.Request) error {
	signer, err := protocol.ParseAddress(r.PathValue("signer"))
	if err != nil {
		return problem(codeBadRequest, "signer of the path: %s", err)
	}
	for _, wk := range h.workers.list() {
		if wk.signer != signer {
			continue
		}
		query, err := readJSON[protocol.EvidenceQuery](w, r, maxSmallBody)
		if err != nil {
			return err
		}
		if !wk.limit.Allow() {
			return problem(codeRateLimited, "evidence of worker %s is asked for too often", signer)
		}
		e, err := wk.evidence(r.Context(), query.Nonce)
		if err != nil {
			return err
		}
		if err := h.addCollateral(r.Context(), &e); err != nil {
			return err
		}
		return writeJSON(w, e)
	}
	if passed, err := h.passOn(w, r, signer); passed || err != nil {
		return err
	}
	return problem(codeUnknownWorker, "worker %s", signer)
}

func (h *Host) modelViews(ctx context.Context, list ...store.Model) ([]protocol.ModelView, error) {
	online, err := h.onlineCreators(ctx)
	if err != nil {
		return nil, err
	}
	views := make([]protocol.ModelView, len(list))
	for i, m := range list {
		views[i] = protocol.ModelView{
			ModelID: m.ID, ManifestHash: m.ManifestHash, Manifest: m.Manifest, Ready: m.Ready, Online: online[m.Creator],
		}
	}
	return views, nil
}

// writeModel answers with a model.
func (h *Host) writeModel(w http.ResponseWriter, r *http.Request, m store.Model) error {
	views, err := h.modelViews(r.Context(), m)
	if err != nil {
		return err
	}
	return writeJSON(w, views[0])
}

// getModels lists models in the order of their ids, a page of maxPage after ?after.
func (h *Host) getModels(w http.ResponseWriter, r *http.Request) error {
	var after protocol.Digest
	if s := r.URL.Query().Get("after"); s != "" {
		var err error
		if after, err = protocol.ParseDigest(s); err != nil {
			return problem(codeBadRequest, "after of the query: %s", err)
		}
	}
	list, err := h.store.Models(r.Context(), after, maxPage)
	if err != nil {
		return err
	}
	views, err := h.modelViews(r.Context(), list...)
	if err != nil {
		return err
	}
	return writeJSON(w, views)
}

func (h *Host) getModel(w http.ResponseWriter, r *http.Request) error {
	id, err := pathDigest(r, "id")
	if err != nil {
		return err
	}
	m, err := h.model(r, id)
	if err != nil {
		return err
	}
	return h.writeModel(w, r, m)
}

func (h *Host) model(r *http.Request, id protocol.Digest) (store.Model, error) {
	m, err := h.store.Model(r.Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		return m, problem(codeUnknownModel, "model %s", id)
	}
	return m, err
}

// postModel publishes a model whose manifest is the one that the chain names.
func (h *Host) postModel(w http.ResponseWriter, r *http.Request) error {
	q, err := readJSON[protocol.PublishRequest](w, r, maxModelBody)
	if err != nil {
		return err
	}
	manifest, err := protocol.ParseManifest(q.Manifest)
	if err != nil {
		return err
	}
	hash := protocol.NewDigest("manifest", q.Manifest)
	onChain, err := h.chainModel(r, q.ModelID)
	switch {
	case err != nil:
		return err
	case onChain.ManifestHash != hash:
		return problem(codeModelMismatch, "manifest hash is %s, the chain holds %s for model %s", hash, onChain.ManifestHash, q.ModelID)
	case onChain.Creator != manifest.Creator:
		return problem(codeModelMismatch, "manifest names creator %s, the chain %s", manifest.Creator, onChain.Creator)
	case onChain.SealingKeyHash != protocol.Keccak256(manifest.SealingKey):
		return problem(codeModelMismatch, "manifest's sealing key is not the registered one")
	}
	var wants []store.Blob
	for _, c := range manifest.Cuts {
		wants = append(wants, store.Blob{Digest: c.SealedPrefix, Bytes: int64(c.SealedPrefixBytes), Kind: store.KindPrefix})
	}
	if err := h.checkQuota(r.Context(), manifest.Creator, wants); err != nil {
		return err
	}
	m := store.Model{ID: q.ModelID, ManifestHash: hash, Creator: manifest.Creator, Manifest: bytes.Clone(q.Manifest)}
	if err := h.store.PutModel(r.Context(), m, wants); err != nil {
		return err
	}
	if m, err = h.model(r, q.ModelID); err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "model published", "model", m.ID, "creator", m.Creator, "name", clean(manifest.Name))
	return h.writeModel(w, r, m)
}

// chainModel reads a model off the chain.
func (h *Host) chainModel(r *http.Request, id protocol.Digest) (m contracts.Model, err error) {
	done, err := h.lookup(r.Context())
	if err != nil {
		return m, err
	}
	defer done()
	m, err = h.cfg.Chain.Model(r.Context(), id)
	switch {
	case errors.Is(err, contracts.ErrNotFound):
		return m, problem(codeUnknownModel, "model %s is not registered on chain", id)
	case err != nil:
		return m, h.chainDown(err)
	}
	return m, nil
}
