package client

import (
	"io"
	"net/http"
	"strconv"

	"github.com/encrypted-compute/encompute/protocol"
)

// fakeUpload is what came of a blob.
type fakeUpload struct {
	held  []byte
	bytes int64
}

func (h *fakeHost) getUpload(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	u := h.uploads[path(r, "id")]
	if u == nil {
		u = &fakeUpload{}
	}
	state := protocol.Upload{Held: int64(len(u.held)), Bytes: u.bytes}
	if h.lies.upload != nil {
		h.lies.upload(&state)
	}
	answer(w, state)
}

func (h *fakeHost) patchUpload(w http.ResponseWriter, r *http.Request) {
	d, id := path(r, "digest"), path(r, "id")
	at, _ := strconv.Atoi(r.URL.Query().Get("at"))
	size, _ := strconv.ParseInt(r.URL.Query().Get("bytes"), 10, 64)
	b, _ := io.ReadAll(r.Body) // what came of a body that broke off is kept
	h.mu.Lock()
	defer h.mu.Unlock()
	u := h.uploads[id]
	if u == nil {
		u = &fakeUpload{bytes: size}
		h.uploads[id] = u
	}
	if at != len(u.held) {
		refuseWith(w, 409, "upload_offset")
		return
	}
	u.held = append(u.held, b...)
	h.came += int64(len(b))
	state := protocol.Upload{Held: int64(len(u.held)), Bytes: u.bytes}
	if state.Held == u.bytes {
		if protocol.BlobDigest(u.held) != d {
			delete(h.uploads, id)
			refuseWith(w, 422, "wrong_digest")
			return
		}
		h.blobs[d] = u.held
		h.puts[d]++
		h.work()
	}
	if h.lies.upload != nil {
		h.lies.upload(&state)
	}
	answer(w, state)
}
