package host

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"

	"github.com/encrypted-compute/encompute/host/blobs"
	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// putBlob stores a blob that a model or job expects, or the output of the worker's job. What
// comes of it if it breaks off is not kept: see patchUpload.
func (h *Host) putBlob(w http.ResponseWriter, r *http.Request) error {
	digest, err := pathDigest(r, "digest")
	if err != nil {
		return err
	}
	allowed, err := h.allowed(r, digest)
	if err != nil {
		return err
	}
	size := r.ContentLength
	if size < 0 { // it does not say
		for _, a := range allowed {
			size = max(size, a.Bytes)
		}
	}
	b, err := expected(digest, allowed, size)
	if err != nil {
		return err
	}
	body := newUpload(w, r, rand.Text(), h.cfg.Patience)
	end, err := h.uploads.begin(digest, body)
	if err != nil {
		return err
	}
	defer end()
	ctx := context.WithoutCancel(r.Context())
	u, err := h.store.BeginUpload(ctx, store.Upload{Blob: b, ID: body.id, Hash: blobs.Start()})
	if err != nil {
		return err
	}
	u, err = h.receive(ctx, u, body)
	if err == nil && u.Held < u.Bytes {
		err = problem(codeUnexpectedBlob, "blob %s has %d bytes, %d are expected", digest, u.Held, u.Bytes)
	}
	if err != nil {
		return errors.Join(err, h.store.DropUpload(ctx, u))
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// getUpload tells how much of a blob an upload has brought. A request that adds to it ends.
func (h *Host) getUpload(w http.ResponseWriter, r *http.Request) error {
	digest, id, err := pathUpload(r)
	if err != nil {
		return err
	}
	h.uploads.takeOver(r.Context(), digest, id)
	if b, err := h.store.Blob(r.Context(), digest); err == nil {
		return writeJSON(w, protocol.Upload{Held: b.Bytes, Bytes: b.Bytes})
	}
	u, err := h.store.Upload(r.Context(), digest, id)
	if errors.Is(err, store.ErrNotFound) {
		return writeJSON(w, protocol.Upload{}) // nothing has come yet
	}
	if err == nil && u.Held == u.Bytes { // host or database died before the blob was made of it, and nobody sends more
		u, err = h.receive(context.WithoutCancel(r.Context()), u, http.NoBody)
	}
	if err != nil {
		return err
	}
	return writeJSON(w, protocol.Upload{Held: u.Held, Bytes: u.Bytes})
}

// patchUpload adds the body to an upload, from the byte that ?at names, of as many as ?bytes
// says that the blob has, and tells how far it is after each ?confirm bytes, if that is given. The
// id is the uploader's secret: nobody else can add to the upload. It is for what a model or job expects, and the output of the
// worker's job.
func (h *Host) patchUpload(w http.ResponseWriter, r *http.Request) error {
	digest, id, err := pathUpload(r)
	if err != nil {
		return err
	}
	at, err := queryUint(r, "at")
	if err != nil {
		return err
	}
	size, err := queryUint(r, "bytes")
	if err != nil {
		return err
	}
	every, err := queryConfirm(r)
	if err != nil {
		return err
	}
	if b, err := h.store.Blob(r.Context(), digest); err == nil {
		return writeJSON(w, protocol.Upload{Held: b.Bytes, Bytes: b.Bytes})
	}
	allowed, err := h.allowed(r, digest)
	if err != nil {
		return err
	}
	b, err := expected(digest, allowed, int64(size))
	if err != nil {
		return err
	}
	h.uploads.takeOver(r.Context(), digest, id)
	body := newUpload(w, r, id, h.cfg.Patience)
	end, err := h.uploads.begin(digest, body)
	if err != nil {
		return err
	}
	defer end()
	ctx := context.WithoutCancel(r.Context())
	u, err := h.store.BeginUpload(ctx, store.Upload{Blob: b, ID: id, Hash: blobs.Start()})
	switch {
	case err != nil:
		return err
	case u.Bytes != b.Bytes || u.Held != int64(at):
		return problem(codeUploadOffset, "upload of blob %s holds %d of %d bytes, the request begins at %d of %d", digest, u.Held, u.Bytes, at, b.Bytes)
	case r.ContentLength > u.Bytes-u.Held:
		return problem(codeTooLarge, "%d bytes come for blob %s, %d are left", r.ContentLength, digest, u.Bytes-u.Held)
	}
	body.confirm(w, u.Held, every)
	if u, err = h.receive(ctx, u, body); err != nil {
		return err
	}
	return writeJSON(w, protocol.Upload{Held: u.Held, Bytes: u.Bytes})
}

// receive adds a body to an upload. An upload that is whole becomes the blob; one whose
// content is wrong is dropped.
func (h *Host) receive(ctx context.Context, u store.Upload, body io.Reader) (store.Upload, error) {
	u, err := h.blobs.Receive(ctx, h.store, h.cfg.Now, u, body)
	switch {
	case errors.Is(err, blobs.ErrTooLarge):
		return u, errors.Join(problem(codeTooLarge, "blob %s has more than the %d bytes that are expected", u.Digest, u.Bytes), h.store.DropUpload(ctx, u))
	case errors.Is(err, blobs.ErrDigest):
		return u, errors.Join(problem(codeWrongDigest, "blob %s: %d other bytes came", u.Digest, u.Bytes), h.store.DropUpload(ctx, u))
	case errors.Is(err, blobs.ErrTooSmall):
		return u, problem(codeBadRequest, "%s", err)
	case errors.Is(err, store.ErrConflict):
		return u, problem(codeUploadOffset, "somebody else added to this upload of blob %s, or it was given up", u.Digest)
	case err != nil || u.Held < u.Bytes:
		return u, err
	}
	queued, err := h.store.Finish(ctx, u)
	if err != nil {
		return u, err
	}
	for _, id := range queued {
		h.jobChanged(id)
	}
	return u, nil
}

// queryConfirm reads after how many bytes each the sender wants to be told; 0 means never.
func queryConfirm(r *http.Request) (int64, error) {
	every, err := queryUint(r, "confirm")
	switch {
	case err != nil:
		return 0, err
	case every > 0 && every < minConfirm:
		return 0, problem(codeBadRequest, "confirm of the query must be at least %d", minConfirm)
	case !r.ProtoAtLeast(1, 1):
		return 0, nil // knows no interim answers
	}
	return int64(every), nil
}

func pathUpload(r *http.Request) (digest protocol.Digest, id string, err error) {
	if digest, err = pathDigest(r, "digest"); err != nil {
		return digest, "", err
	}
	secret, err := pathDigest(r, "id")
	return digest, secret.String(), err
}

// expected returns the blob of a size among those that are expected under a digest.
func expected(digest protocol.Digest, list []store.Blob, size int64) (store.Blob, error) {
	var most int64
	for _, b := range list {
		if b.Bytes == size {
			return b, nil
		}
		most = max(most, b.Bytes)
	}
	switch {
	case len(list) == 0:
		return store.Blob{}, problem(codeUnexpectedBlob, "blob %s", digest)
	case size > most:
		return store.Blob{}, problem(codeTooLarge, "blob %s has %d bytes, %d are expected", digest, size, most)
	}
	return store.Blob{}, problem(codeUnexpectedBlob, "blob %s has %d bytes, %d are expected", digest, size, most)
}

// allowed returns what may be put under a digest by whoever asks.
func (h *Host) allowed(r *http.Request, digest protocol.Digest) ([]store.Blob, error) {
	list, err := h.store.Expected(r.Context(), digest)
	if err != nil || len(list) > 0 {
		return list, err
	}
	if wk := callerOf(r).worker; wk != nil {
		if n, ok := wk.mayPutOutput(digest); ok {
			return []store.Blob{{Digest: digest, Bytes: n, Kind: store.KindOutput}}, nil
		}
		return nil, problem(codeUnexpectedBlob, "worker %s holds no lease, or put %d other outputs for it", wk.signer, maxOutputs)
	}
	return nil, problem(codeUnexpectedBlob, "blob %s", digest)
}

// getBlob answers GET and HEAD of those who may read the blob.
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
	}
	parts, err := h.store.Parts(r.Context(), digest)
	if err == nil {
		err = h.blobs.Serve(w, r, digest, parts)
	}
	if !errors.Is(err, blobs.ErrNotFound) && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := h.store.DropBlob(context.WithoutCancel(r.Context()), digest); err != nil {
		return err
	}
	h.log.ErrorContext(r.Context(), "a blob was lost from the bucket", "blob", digest, "kind", b.Kind)
	return problem(codeUnknownBlob, "blob %s was lost: upload it again", digest)
}
