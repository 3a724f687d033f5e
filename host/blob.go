package host

import (
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/host/blobs"
	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// bodyTimeout is how long an upload or download may stand still.
const bodyTimeout = 60 * time.Second

// bearer returns the worker whose token a request carries, or nil.
func (h *Host) bearer(r *http.Request) *worker {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil
	}
	for _, w := range h.workers.list() {
		if subtle.ConstantTimeCompare([]byte(w.token), []byte(token)) == 1 {
			return w
		}
	}
	return nil
}

// putBlob stores a blob that a model or job expects, or the output of the worker's job.
func (h *Host) putBlob(w http.ResponseWriter, r *http.Request) error {
	digest, err := pathDigest(r, "digest")
	if err != nil {
		return err
	}
	allowed, err := h.allowed(r, digest)
	if err != nil {
		return err
	}
	end, err := h.uploads.begin(digest)
	if err != nil {
		return err
	}
	defer end()
	var limit int64
	for _, a := range allowed {
		limit = max(limit, a.Bytes)
	}
	if r.ContentLength > limit {
		return problem(codeTooLarge, "blob %s has %d bytes, %d are expected", digest, r.ContentLength, limit)
	}
	n, err := h.blobs.Put(r.Context(), digest, slowReader{r.Body, http.NewResponseController(w)}, limit)
	switch {
	case errors.Is(err, blobs.ErrTooLarge):
		return problem(codeTooLarge, "blob %s has more than the %d bytes that are expected", digest, limit)
	case errors.Is(err, blobs.ErrDigest):
		return problem(codeWrongDigest, "blob %s: %d other bytes came", digest, n)
	case err != nil:
		return err
	}
	for _, a := range allowed {
		if a.Bytes != n {
			continue
		}
		queued, err := h.store.PutBlob(r.Context(), a)
		if err != nil {
			return err
		}
		for _, id := range queued {
			h.jobChanged(id)
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return problem(codeUnexpectedBlob, "blob %s has %d bytes, %d are expected", digest, n, limit)
}

// allowed returns what may be put under a digest by whoever asks.
func (h *Host) allowed(r *http.Request, digest protocol.Digest) ([]store.Blob, error) {
	list, err := h.store.Expected(r.Context(), digest)
	if err != nil || len(list) > 0 {
		return list, err
	}
	if wk := h.bearer(r); wk != nil {
		if n, ok := wk.mayPutOutput(); ok {
			return []store.Blob{{Digest: digest, Bytes: n, Kind: store.KindOutput}}, nil
		}
		return nil, problem(codeUnexpectedBlob, "worker %s holds no lease, or put %d outputs for it", wk.signer, maxOutputs)
	}
	return nil, problem(codeUnexpectedBlob, "blob %s", digest)
}

// slowReader is a request's body that may take long but not stand still.
type slowReader struct {
	body    io.Reader
	control *http.ResponseController
}

// Read implements io.Reader.
func (r slowReader) Read(b []byte) (int, error) {
	if err := r.control.SetReadDeadline(time.Now().Add(bodyTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return r.body.Read(b)
}

// getBlob answers GET and HEAD. Outputs are for everybody, since only their user can read
// them; the rest, which is large, is for workers. Everybody may ask whether it is there.
func (h *Host) getBlob(w http.ResponseWriter, r *http.Request) error {
	digest, err := pathDigest(r, "digest")
	if err != nil {
		return err
	}
	b, err := h.store.Blob(r.Context(), digest)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return problem(codeUnknownBlob, "blob %s", digest)
	case err != nil:
		return err
	case r.Method == http.MethodGet && b.Kind != store.KindOutput && h.bearer(r) == nil:
		return problem(codeTokenRequired, "blob %s is for workers", digest)
	}
	err = h.blobs.Serve(slowWriter{w, http.NewResponseController(w)}, r, digest)
	if errors.Is(err, blobs.ErrNotFound) {
		return problem(codeUnknownBlob, "blob %s was lost: upload it again", digest)
	}
	return err
}

// slowWriter is an answer that may take long but not stand still.
type slowWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

// Write implements io.Writer.
func (w slowWriter) Write(b []byte) (int, error) {
	if err := w.control.SetWriteDeadline(time.Now().Add(bodyTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return w.ResponseWriter.Write(b)
}
