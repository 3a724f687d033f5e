package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
)

// uploadMargin is the time that a new job must have left for uploads and queueing, on
// top of its compute limit.
const uploadMargin = 10 * time.Second

// lookup waits for its turn to ask the chain for a stranger; done ends the turn.
func (h *Host) lookup(ctx context.Context) (done func(), err error) {
	select {
	case h.lookups <- struct{}{}:
		return func() { <-h.lookups }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-time.After(5 * time.Second):
		return nil, problem(codeBusy, "too many questions to the chain are open")
	}
}

// postJob takes a job that is posted on chain.
func (h *Host) postJob(w http.ResponseWriter, r *http.Request) error {
	spec, err := readJSON[protocol.JobSpec](w, r, maxSmallBody)
	if err != nil {
		return err
	}
	id := h.domain.JobID(spec)
	if j, err := h.store.Job(r.Context(), id); err == nil {
		return h.writePosted(w, r, j)
	}
	wants, err := h.checkTerms(r, spec)
	if err != nil {
		return err
	}
	if err := h.awaitPost(r.Context(), id); err != nil {
		return err
	}
	j, err := h.addJob(r.Context(), id, spec, wants)
	if err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "job accepted", "job", id, "model", spec.ModelID, "cut", spec.Cut, "user", spec.User)
	h.jobChanged(id)
	return h.writePosted(w, r, j)
}

// writePosted shows a job to whoever knows its spec, which is public: all of it only to its parties.
func (h *Host) writePosted(w http.ResponseWriter, r *http.Request, j store.Job) error {
	mine, err := h.isParty(r.Context(), callerOf(r), j)
	switch {
	case err != nil:
		return err
	case mine:
		return writeJSON(w, j.JobView)
	}
	return writeJSON(w, forStrangers(j.JobView))
}

// day is the time in which jobs of an account on a model are counted.
const day = 24 * time.Hour

// addJob stores a job unless its user has had as many on the model in a day as its creator allows. A host counts one after
// the other; several hosts of one store may each let one more pass at the same moment.
func (h *Host) addJob(ctx context.Context, id protocol.Digest, s protocol.JobSpec, wants []store.Blob) (j store.Job, err error) {
	h.counting.Lock()
	defer h.counting.Unlock()
	m, err := h.store.Model(ctx, s.ModelID)
	if err != nil {
		return j, err
	}
	manifest, err := protocol.ParseManifest(m.Manifest)
	if err != nil {
		return j, err
	}
	if most := manifest.MaxJobsPerUserDay; most > 0 {
		n, err := h.store.JobsOf(ctx, s.User, s.ModelID, h.cfg.Now().Add(-day))
		if err != nil {
			return j, err
		}
		if n >= int(most) {
			return j, problem(codeTooMany, "account %s had %d jobs on model %s in 24 hours, its creator takes %d", s.User, n, s.ModelID, most)
		}
	}
	return h.store.AddJob(ctx, id, s, wants)
}

// checkTerms compares a job with the model's manifest and with what the host asks, and
// returns the blobs that it needs. The market checked what the chain knows: price, share,
// whether the workload is allowed.
func (h *Host) checkTerms(r *http.Request, s protocol.JobSpec) ([]store.Blob, error) {
	m, err := h.model(r, s.ModelID)
	if err != nil {
		return nil, err
	}
	cut, err := h.cutOf(r.Context(), s)
	if err != nil {
		return nil, err
	}
	now, late := h.chainTime(), time.Unix(int64(min(s.PrefixBy, 1<<40)), 0)
	need := time.Duration(s.ComputeMs)*time.Millisecond + uploadMargin
	switch {
	case !m.Ready:
		return nil, problem(codeModelNotReady, "model %s", s.ModelID)
	case s.ManifestHash != m.ManifestHash:
		return nil, problem(codeWrongTerms, "manifestHash is %s, the model's is %s", s.ManifestHash, m.ManifestHash)
	case s.Creator != m.Creator:
		return nil, problem(codeWrongTerms, "creator is %s, the model's is %s", s.Creator, m.Creator)
	case s.PrefixHash != cut.PrefixHash:
		return nil, problem(codeWrongTerms, "prefixHash is %s, the cut's is %s", s.PrefixHash, cut.PrefixHash)
	case s.WorkloadID != cut.WorkloadID:
		return nil, problem(codeWrongTerms, "workloadId is %s, the cut's prefix is sealed to %s", s.WorkloadID, cut.WorkloadID)
	case s.InputHash.IsZero():
		return nil, problem(codeWrongTerms, "inputHash is not set")
	case cut.Keyless != s.KeysHash.IsZero():
		return nil, problem(codeWrongTerms, "keysHash is %s, but the plan's keyless is %t: it must be zero for a keyless plan and only then", s.KeysHash, cut.Keyless)
	case s.KeysHash == s.InputHash:
		return nil, problem(codeWrongTerms, "keysHash and inputHash are the same")
	case s.WorkerFee < h.cfg.WorkerFee:
		return nil, problem(codeWrongTerms, "workerFee is %d, this host asks %d", s.WorkerFee, h.cfg.WorkerFee)
	case s.ComputeMs == 0 || s.ComputeMs > protocol.MaxComputeMs:
		return nil, problem(codeWrongTerms, "computeMs is %d, want 1 to %d", s.ComputeMs, protocol.MaxComputeMs)
	case late.Sub(now) < need:
		return nil, problem(codeTooLate, "prefixBy is %s from now, %s are needed", late.Sub(now).Round(time.Second), need)
	case s.DeliverBy <= s.PrefixBy:
		return nil, problem(codeWrongTerms, "deliverBy must be after prefixBy")
	}
	wants := []store.Blob{{Digest: s.InputHash, Bytes: int64(cut.InputBytes), Kind: store.KindInput}}
	if !cut.Keyless {
		wants = append(wants, store.Blob{Digest: s.KeysHash, Bytes: int64(cut.KeysBytes), Kind: store.KindKeys})
	}
	if err := h.checkSizes(r.Context(), wants); err != nil {
		return nil, err
	}
	return wants, h.checkQuota(r.Context(), s.User, wants)
}

// checkQuota refuses what would fill the host with the blobs of one account.
func (h *Host) checkQuota(ctx context.Context, account protocol.Address, wants []store.Blob) error {
	n, err := h.store.Usage(ctx, account, wants)
	if err == nil && n > h.cfg.Quota {
		err = problem(codeQuota, "account %s would have %d bytes in store, %d are allowed", account, n, h.cfg.Quota)
	}
	return err
}

// checkSizes refuses a job that names a blob that is there with another size: it would
// wait for it in vain.
func (h *Host) checkSizes(ctx context.Context, wants []store.Blob) error {
	for _, w := range wants {
		b, err := h.store.Blob(ctx, w.Digest)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		case b.Bytes != w.Bytes:
			return problem(codeWrongTerms, "%s %s has %d bytes, the cut takes %d", w.Kind, w.Digest, b.Bytes, w.Bytes)
		}
	}
	return nil
}

// awaitPost waits a little for a job to be posted on chain.
func (h *Host) awaitPost(ctx context.Context, id protocol.Digest) error {
	done, err := h.lookup(ctx)
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithTimeout(ctx, h.cfg.PostWait)
	defer cancel()
	tick := time.NewTicker(max(h.cfg.PostWait/40, time.Millisecond))
	defer tick.Stop()
	for {
		s, err := h.cfg.Chain.JobState(ctx, id)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			return h.chainDown(err)
		case s == contracts.StatePosted:
			return nil
		case s != contracts.StateNone:
			return problem(codeNotPosted, "job %s is %s on chain", id, s)
		}
		select {
		case <-ctx.Done():
			return problem(codeNotPosted, "job %s does not appear on chain within %s", id, h.cfg.PostWait)
		case <-tick.C:
		}
	}
}

// pathJob returns the job in the path, which admit may have read.
func (h *Host) pathJob(r *http.Request) (store.Job, error) {
	if j := callerOf(r).job; j != nil {
		return *j, nil
	}
	id, err := pathDigest(r, "id")
	if err != nil {
		return store.Job{}, err
	}
	return h.job(r.Context(), id)
}

func (h *Host) getJob(w http.ResponseWriter, r *http.Request) error {
	j, err := h.pathJob(r)
	if err != nil {
		return err
	}
	return writeJSON(w, j.JobView)
}

// getEvents answers with the events after a number, or follows them on a WebSocket.
func (h *Host) getEvents(w http.ResponseWriter, r *http.Request) error {
	j, err := h.pathJob(r)
	if err != nil {
		return err
	}
	after, err := queryUint(r, "after")
	if err != nil {
		return err
	}
	if websocket.IsWebSocketUpgrade(r) {
		return h.serveEvents(w, r, j.JobID, after)
	}
	list, err := h.store.Events(r.Context(), j.JobID, after, maxPage)
	if err != nil {
		return err
	}
	if list == nil {
		list = []protocol.Event{}
	}
	return writeJSON(w, list)
}

// serveEvents sends a job's events as they come, each as a text message.
func (h *Host) serveEvents(w http.ResponseWriter, r *http.Request, id protocol.Digest, after uint64) error {
	// Anybody may follow; that must leave room for workers and creators.
	select {
	case h.followers <- struct{}{}:
		defer func() { <-h.followers }()
	default:
		return problem(codeBusy, "%d streams of events are open", cap(h.followers))
	}
	changed, stop := h.events.follow(id)
	defer stop()
	return h.serveStream(w, r, maxSmallBody, func(s session) (read, act func() error) {
		read = func() error {
			for {
				if _, err := s.receiveText(); err != nil {
					return err
				}
			}
		}
		act = func() error {
			for {
				list, err := h.store.Events(s.ctx, id, after, maxPage)
				if err != nil {
					return err
				}
				for _, e := range list {
					b, err := json.Marshal(e)
					if err != nil {
						return fmt.Errorf("encode event: %w", err)
					}
					if err := s.sendText(s.ctx, b); err != nil {
						return err
					}
					after = e.Seq
				}
				if len(list) == maxPage {
					continue
				}
				select {
				case <-s.ctx.Done():
					return nil
				case <-changed:
				}
			}
		}
		return untold(read), untold(act)
	}, func() {})
}

// postRelease takes a user's sealed intermediate and hands it to the creator.
func (h *Host) postRelease(w http.ResponseWriter, r *http.Request) error {
	j, err := h.pathJob(r)
	if err != nil {
		return err
	}
	if j.Computed == nil {
		return problem(codeJobState, "job %s is %s: there is no output to release", j.JobID, j.State)
	}
	select { // these bodies are large and are held in memory
	case h.releases <- struct{}{}:
		defer func() { <-h.releases }()
	case <-r.Context().Done():
		return context.Cause(r.Context())
	}
	s, err := readJSON[protocol.SignedRelease](w, r, protocol.MaxMessageBytes)
	if err != nil {
		return err
	}
	if err := h.checkRelease(j, s); err != nil {
		return err
	}
	before := j.State
	j, err = h.store.Release(r.Context(), s)
	if errors.Is(err, store.ErrConflict) {
		return problem(codeJobState, "job %s is %s and takes no such release", s.Release.JobID, before)
	}
	if err != nil {
		return err
	}
	if before != j.State {
		h.metrics.jobs.WithLabelValues("released").Inc()
		h.log.InfoContext(r.Context(), "job released", "job", j.JobID)
		h.events.notify(j.JobID)
		h.wakeCreator(j.Spec.Creator)
	}
	return writeJSON(w, j.JobView)
}

// postAcknowledgement takes a user's word that the result came, which pays the creator.
func (h *Host) postAcknowledgement(w http.ResponseWriter, r *http.Request) error {
	j, err := h.pathJob(r)
	if err != nil {
		return err
	}
	q, err := readJSON[protocol.SignedAcknowledgement](w, r, maxSmallBody)
	if err != nil {
		return err
	}
	if j.Delivered == nil {
		return problem(codeJobState, "job %s is %s: there is no result to acknowledge", j.JobID, j.State)
	}
	a := protocol.Acknowledgement{JobID: j.JobID, ResultHash: j.Delivered.Delivery.ResultHash}
	if err := protocol.VerifyDigest(h.domain.AcknowledgementDigest(a), q.Signature, j.Spec.User); err != nil {
		return problem(codeSignature, "acknowledgement: %s", err)
	}
	if err := h.store.Acknowledge(r.Context(), j.JobID, q.Signature); err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "result acknowledged", "job", j.JobID)
	h.orders.set()
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// checkRelease compares a release with the job, the envelope with its digest, and the
// signature with the user.
func (h *Host) checkRelease(j store.Job, s protocol.SignedRelease) error {
	switch {
	case s.Release.JobID != j.JobID:
		return problem(codeReleaseMismatch, "jobId is %s, the path names %s", s.Release.JobID, j.JobID)
	case s.Release.OutputHash != j.Computed.Receipt.OutputHash:
		return problem(codeReleaseMismatch, "outputHash is %s, the receipt names %s", s.Release.OutputHash, j.Computed.Receipt.OutputHash)
	case len(s.Sealed) == 0 || len(s.Sealed) > protocol.MaxSealedBytes:
		return problem(codeReleaseMismatch, "sealed has %d bytes, want 1 to %d", len(s.Sealed), protocol.MaxSealedBytes)
	case s.Release.ReleaseHash != protocol.BlobDigest(s.Sealed):
		return problem(codeReleaseMismatch, "releaseHash is not that of sealed")
	}
	if err := protocol.VerifyDigest(h.domain.ReleaseDigest(s.Release), s.Signature, j.Spec.User); err != nil {
		return problem(codeSignature, "release: %s", err)
	}
	return nil
}
