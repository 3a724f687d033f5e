package host

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// The bounds of measurements.
const (
	sheetTimeout = 6 * time.Minute // a worker takes at most five
	maxSheets    = 20              // of a model, that are shown
)

// getSheets lists what workers measured of a model.
func (h *Host) getSheets(w http.ResponseWriter, r *http.Request) error {
	id, err := pathDigest(r, "id")
	if err != nil {
		return err
	}
	list, err := h.store.Sheets(r.Context(), id, maxSheets)
	if err != nil {
		return err
	}
	sheets := []protocol.SignedSheet{}
	for _, s := range list {
		if err := h.addCollateral(r.Context(), &s.Evidence); err != nil {
			return err
		}
		sheets = append(sheets, s.SignedSheet)
	}
	return writeJSON(w, sheets)
}

// postSheet has an idle worker measure a cut, on records that were uploaded as a blob before. It answers once the sheet is
// there: what cannot be had now is asked for again. The same order gives the same sheet.
func (h *Host) postSheet(w http.ResponseWriter, r *http.Request) error {
	id, err := pathDigest(r, "id")
	if err != nil {
		return err
	}
	o, err := readJSON[protocol.SheetOrder](w, r, maxSmallBody)
	if err != nil {
		return err
	}
	m, err := h.model(r, id)
	if err != nil {
		return err
	}
	request, err := h.checkSheetOrder(m, o)
	if err != nil {
		return err
	}
	known, err := h.store.Sheets(r.Context(), id, maxSheets)
	if err != nil {
		return err
	}
	for _, s := range known {
		if s.Cut == o.Cut && s.Records == o.Records {
			return writeJSON(w, s.SignedSheet)
		}
	}
	if err := h.awaitRecords(r.Context(), m, o); err != nil {
		return err
	}
	select { // one at a time: workers are there for jobs
	case h.measuring <- struct{}{}:
		defer func() { <-h.measuring }()
	default:
		return problem(codeBusy, "another sheet is being measured")
	}
	signed, err := h.measure(r.Context(), request)
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(r.Context())
	if err := h.store.PutSheet(ctx, store.Sheet{Model: id, Records: o.Records, SignedSheet: signed}); err != nil {
		return err
	}
	if err := h.store.Expect(ctx, recordsOwner(m.Creator), nil); err != nil {
		return err
	}
	h.log.InfoContext(ctx, "sheet measured", "model", id, "cut", o.Cut)
	return writeJSON(w, signed)
}

// checkSheetOrder compares an order with the model and its signature with the creator. It returns what a worker is asked.
func (h *Host) checkSheetOrder(m store.Model, o protocol.SheetOrder) (r protocol.SheetRequest, err error) {
	manifest, err := protocol.ParseManifest(m.Manifest)
	if err != nil {
		return r, err
	}
	cut, ok := manifest.Cut(o.Cut)
	switch {
	case !ok:
		return r, problem(codeWrongTerms, "model %s has no cut %d", m.ID, o.Cut)
	case !m.Ready:
		return r, problem(codeModelNotReady, "model %s", m.ID)
	case o.RecordsBytes == 0 || o.RecordsBytes > protocol.MaxSealedRecordsBytes:
		return r, problem(codeTooLarge, "recordsBytes is %d, want 1 to %d", o.RecordsBytes, protocol.MaxSealedRecordsBytes)
	}
	if err := protocol.VerifyDigest(h.domain.SheetOrderDigest(m.ID, o), o.Signature, m.Creator); err != nil {
		return r, problem(codeSignature, "sheet order: %s", err)
	}
	return protocol.SheetRequest{Cut: cut, InputRange: manifest.InputRange, Records: o.Records, RecordsBytes: o.RecordsBytes}, nil
}

// recordsOwner stands for all records that a creator sends: those of one order at a time are kept.
func recordsOwner(creator protocol.Address) protocol.Digest {
	return protocol.NewDigest("records-owner", creator[:])
}

// awaitRecords lets the records of an order be uploaded, and says if they are not there.
func (h *Host) awaitRecords(ctx context.Context, m store.Model, o protocol.SheetOrder) error {
	want := []store.Blob{{Digest: o.Records, Bytes: int64(o.RecordsBytes), Kind: store.KindRecords}}
	if err := h.checkQuota(ctx, m.Creator, want); err != nil {
		return err
	}
	if err := h.store.Expect(ctx, recordsOwner(m.Creator), want); err != nil {
		return err
	}
	b, err := h.store.Blob(ctx, o.Records)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return problem(codeRecordsMissing, "records %s", o.Records)
	case err == nil && b.Bytes != int64(o.RecordsBytes):
		return problem(codeWrongTerms, "records %s have %d bytes, the order says %d", o.Records, b.Bytes, o.RecordsBytes)
	}
	return err
}

// measure asks an idle worker for a sheet and for evidence with the sheet's digest as nonce. The host verifies what it
// can: it would show it to others in vain else.
func (h *Host) measure(ctx context.Context, r protocol.SheetRequest) (s protocol.SignedSheet, err error) {
	w := h.idleWorker(r.Cut.WorkloadID)
	if w == nil {
		return s, problem(codeBusy, "no worker of workload %s is idle", r.Cut.WorkloadID)
	}
	reply, err := w.sheet(ctx, r)
	switch {
	case err != nil:
		return s, err
	case reply.Error != "" && reply.Retry:
		return s, problem(codeBusy, "worker %s: %s", w.signer, clean(reply.Error))
	case reply.Error != "":
		return s, problem(codeSheet, "worker %s: %s", w.signer, clean(reply.Error))
	case reply.Sheet == nil:
		return s, problem(codeSheet, "worker %s sent none", w.signer)
	}
	s = protocol.SignedSheet{Cut: r.Cut.Index, Sheet: *reply.Sheet, Signature: reply.Signature}
	if err := errors.Join(s.VerifySignature(w.signer), s.Sheet.Of(r.Cut, r.InputRange)); err != nil {
		return s, problem(codeSheet, "worker %s: %s", w.signer, err)
	}
	digest, err := s.Sheet.Digest()
	if err != nil {
		return s, err
	}
	if s.Evidence, err = w.evidence(ctx, protocol.Nonce(digest)); err != nil {
		return s, err
	}
	return s, h.addCollateral(ctx, &s.Evidence)
}

// idleWorker returns a worker of a workload that has no job, or nil.
func (h *Host) idleWorker(workload protocol.Digest) *worker {
	for _, w := range h.workers.list() {
		if w.view().WorkloadID == workload && w.assigned() == nil {
			return w
		}
	}
	return nil
}

// sheet asks the worker for a sheet.
func (w *worker) sheet(ctx context.Context, r protocol.SheetRequest) (s protocol.SheetReply, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, sheetTimeout, problem(codeTimeout, "worker %s gave no sheet within %s", w.signer, sheetTimeout))
	defer cancel()
	reply := make(chan protocol.SheetReply, 1)
	w.mu.Lock()
	w.lastAsk++
	r.RequestID = w.lastAsk
	w.sheets[r.RequestID] = reply
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		delete(w.sheets, r.RequestID)
		w.mu.Unlock()
	}()
	if err := w.send(ctx, protocol.TypeSheetRequest, r); err != nil {
		return s, err
	}
	select {
	case <-ctx.Done():
		return s, context.Cause(ctx)
	case <-w.ctx.Done():
		return s, problem(codeUnknownWorker, "worker %s went away", w.signer)
	case s = <-reply:
		return s, nil
	}
}

func (w *worker) onSheet(m protocol.Message) error {
	r, err := body[protocol.SheetReply](m)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if reply, ok := w.sheets[r.RequestID]; ok { // else asked and given up
		delete(w.sheets, r.RequestID)
		reply <- r
	}
	return nil
}
