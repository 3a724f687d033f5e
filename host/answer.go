package host

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// jobOf returns a creator's job, or a Problem.
func (h *Host) jobOf(ctx context.Context, creator protocol.Address, id protocol.Digest) (store.Job, error) {
	j, err := h.job(ctx, id)
	if err == nil && j.Spec.Creator != creator {
		return j, problem(codeDelivery, "job %s is another creator's", id)
	}
	return j, err
}

// deliver takes a creator's answer, whichever way it came.
func (h *Host) deliver(ctx context.Context, creator protocol.Address, v protocol.Delivered) error {
	id := v.Delivery.JobID
	j, err := h.jobOf(ctx, creator, id)
	if err != nil {
		return err
	}
	if err := h.checkDelivery(j, v); err != nil {
		return err
	}
	err = h.store.Deliver(ctx, v)
	if errors.Is(err, store.ErrConflict) {
		// Too late, or answered before: no fault of this creator, and nothing to keep.
		h.log.WarnContext(ctx, "delivery comes to nothing", "job", id, "creator", creator, "state", j.State)
		return nil
	}
	if err != nil {
		return err
	}
	h.metrics.jobs.WithLabelValues("delivered").Inc()
	h.log.InfoContext(ctx, "job delivered", "job", id, "creator", creator)
	h.events.notify(id)
	h.orders.set()
	return nil
}

// checkDelivery compares a delivery with the job, the result with its digest, and the
// signature with the creator.
func (h *Host) checkDelivery(j store.Job, v protocol.Delivered) error {
	switch {
	case j.Computed == nil:
		return problem(codeDelivery, "job %s has no output to answer", j.JobID)
	case v.Delivery.OutputHash != j.Computed.Receipt.OutputHash:
		return problem(codeDelivery, "outputHash is %s, the receipt names %s", v.Delivery.OutputHash, j.Computed.Receipt.OutputHash)
	case len(v.Sealed) > protocol.MaxSealedBytes:
		return problem(codeDelivery, "sealed result has %d bytes, at most %d are allowed", len(v.Sealed), protocol.MaxSealedBytes)
	case v.Delivery.ResultHash != protocol.BlobDigest(v.Sealed):
		return problem(codeDelivery, "resultHash is not that of the sealed result")
	}
	if err := protocol.VerifyDigest(h.domain.DeliveryDigest(v.Delivery), v.Signature, j.Spec.Creator); err != nil {
		return problem(codeDelivery, "%s", err)
	}
	return nil
}

// unanswered stores why a creator could not answer, whichever way it said so. It may answer later.
func (h *Host) unanswered(ctx context.Context, creator protocol.Address, f protocol.Failed) error {
	if _, err := h.jobOf(ctx, creator, f.JobID); err != nil {
		return err
	}
	f.Epoch, f.Code, f.Detail = 0, failCode(f.Code), clean(f.Detail)
	err := h.store.Unanswered(ctx, f)
	if errors.Is(err, store.ErrConflict) {
		return nil // over already
	}
	h.log.WarnContext(ctx, "creator could not answer", "job", f.JobID, "creator", creator, "code", f.Code, "detail", f.Detail)
	h.events.notify(f.JobID)
	return err
}

// maxWait bounds how long a poll is held, in seconds.
const maxWait = 60

// pollOf names the polls of a creator.
func pollOf(a protocol.Address) (d protocol.Digest) {
	copy(d[:], a[:])
	return d
}

// getReleases is the creator's stream for those who cannot hold a socket: the next release above ?after, as a list of
// one, for which it waits up to ?wait seconds; an empty list if none came.
func (h *Host) getReleases(w http.ResponseWriter, r *http.Request) error {
	after, err := queryUint(r, "after")
	if err != nil {
		return err
	}
	wait, err := queryUint(r, "wait")
	if err != nil || wait > maxWait {
		return problem(codeBadRequest, "wait of the query must be 0 to %d seconds", maxWait)
	}
	select {
	case h.followers <- struct{}{}:
		defer func() { <-h.followers }()
	default:
		return problem(codeBusy, "%d streams and polls are open", cap(h.followers))
	}
	account := callerOf(r).account
	leave, err := h.attend(r.Context(), account)
	if err != nil {
		return err
	}
	defer leave()
	released, stop := h.polls.follow(pollOf(account))
	defer stop()
	over := time.NewTimer(time.Duration(wait) * time.Second)
	defer over.Stop()
	for {
		list, err := h.store.Releases(r.Context(), account, after, 1)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			return writeJSON(w, list)
		}
		select {
		case <-released:
		case <-over.C:
			return writeJSON(w, []protocol.Released{})
		case <-h.ctx.Done():
			return problem(codeClosing, "no new polls")
		case <-r.Context().Done():
			return context.Cause(r.Context())
		}
	}
}

// postDelivery takes a creator's answer; the same one again is no error.
func (h *Host) postDelivery(w http.ResponseWriter, r *http.Request) error {
	select { // these bodies are large and are held in memory
	case h.releases <- struct{}{}:
		defer func() { <-h.releases }()
	case <-r.Context().Done():
		return context.Cause(r.Context())
	}
	return creatorSays(w, r, protocol.MaxMessageBytes, h.deliver)
}

// postCreatorFailure takes why a creator could not answer.
func (h *Host) postCreatorFailure(w http.ResponseWriter, r *http.Request) error {
	return creatorSays(w, r, maxSmallBody, h.unanswered)
}

// postAck takes up to where a creator has answered everything.
func (h *Host) postAck(w http.ResponseWriter, r *http.Request) error {
	return creatorSays(w, r, maxSmallBody, func(ctx context.Context, creator protocol.Address, a protocol.Ack) error {
		return h.store.Ack(ctx, creator, a.Seq)
	})
}

func creatorSays[T any](w http.ResponseWriter, r *http.Request, limit int64, take func(context.Context, protocol.Address, T) error) error {
	v, err := readJSON[T](w, r, limit)
	if err != nil {
		return err
	}
	if err := take(r.Context(), callerOf(r).account, v); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
