package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// roles tells what an account is to this host.
func (h *Host) roles(ctx context.Context, a protocol.Address) ([]protocol.Role, error) {
	roles := []protocol.Role{protocol.RoleUser}
	models, err := h.store.ModelsBy(ctx, a, protocol.Digest{}, 1)
	if err != nil {
		return nil, err
	}
	if len(models) > 0 {
		roles = append(roles, protocol.RoleCreator)
	}
	for _, w := range h.workers.list() {
		if w.view().Operator == a {
			roles = append(roles, protocol.RoleWorker)
			break
		}
	}
	for _, o := range h.cfg.Operators {
		if o == a {
			roles = append(roles, protocol.RoleOperator)
		}
	}
	return roles, nil
}

// maxJobPage bounds a page of jobs; each is read whole, though what is sealed in it is left out.
const maxJobPage = 20

// getMyJobs lists the jobs that the caller pays for, the latest first, a page of maxJobPage before ?before.
func (h *Host) getMyJobs(w http.ResponseWriter, r *http.Request) error {
	before, err := queryUint(r, "before")
	if err != nil {
		return err
	}
	if before == 0 {
		before = math.MaxInt64
	}
	entries, err := h.store.JobsBy(r.Context(), callerOf(r).account, before, maxJobPage)
	if err != nil {
		return err
	}
	list := protocol.JobList{Jobs: []protocol.JobEntry{}}
	for _, e := range entries {
		j, err := h.store.Job(r.Context(), e.JobID)
		if err != nil {
			return err
		}
		if j.Delivered != nil {
			j.Delivered.Sealed = nil
		}
		list.Jobs = append(list.Jobs, jobEntry(e, j))
	}
	if len(entries) == maxJobPage {
		list.Next = entries[maxJobPage-1].Seq
	}
	return writeJSON(w, list)
}

func jobEntry(e store.JobEntry, j store.Job) protocol.JobEntry {
	return protocol.JobEntry{Seq: e.Seq, Added: e.Added, Erased: e.Erased, Job: j.JobView}
}

// eachJob calls f for all jobs of an account, the latest first.
func (h *Host) eachJob(ctx context.Context, a protocol.Address, f func(store.JobEntry) error) error {
	for before := uint64(math.MaxInt64); ; {
		entries, err := h.store.JobsBy(ctx, a, before, maxPage)
		if err != nil || len(entries) == 0 {
			return err
		}
		for _, e := range entries {
			if err := f(e); err != nil {
				return err
			}
			before = e.Seq
		}
	}
}

// errBrokeOff ends an answer that has begun and cannot be completed, so that the other side notices.
var errBrokeOff = errors.New("answer broke off")

// getExport answers with all that is stored of the caller but blobs, which the jobs name, a JSON document in each line.
func (h *Host) getExport(w http.ResponseWriter, r *http.Request) error {
	a := callerOf(r).account
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Content-Disposition", `attachment; filename="encompute.ndjson"`)
	out := json.NewEncoder(w)
	err := out.Encode(protocol.Exported{Kind: "account", Account: &a})
	if err == nil {
		err = h.eachJob(r.Context(), a, func(e store.JobEntry) error {
			line, err := h.exportJob(r.Context(), e)
			if err != nil {
				return err
			}
			return out.Encode(line)
		})
	}
	if err == nil {
		err = h.exportModels(r.Context(), a, out)
	}
	if err == nil {
		err = out.Encode(protocol.Exported{Kind: "end"})
	}
	if err != nil { // it has begun, so all that can be done is to leave out the last line
		h.log.WarnContext(r.Context(), "export broke off", "account", a, "error", err)
		return errBrokeOff
	}
	return nil
}

func (h *Host) exportJob(ctx context.Context, e store.JobEntry) (line protocol.Exported, err error) {
	j, err := h.store.Job(ctx, e.JobID)
	if err != nil {
		return line, err
	}
	entry := jobEntry(e, j)
	line = protocol.Exported{Kind: "job", Job: &entry, Acknowledgement: j.Acknowledgement}
	release, err := h.store.ReleaseOf(ctx, e.JobID)
	switch {
	case err == nil:
		line.Release = &release
	case !errors.Is(err, store.ErrNotFound):
		return line, err
	}
	for after := uint64(0); ; {
		events, err := h.store.Events(ctx, e.JobID, after, maxPage)
		if err != nil || len(events) == 0 {
			return line, err
		}
		for _, ev := range events {
			ev.Job.Delivered = nil // stands in the job
			line.Events = append(line.Events, ev)
			after = ev.Seq
		}
	}
}

func (h *Host) exportModels(ctx context.Context, a protocol.Address, out *json.Encoder) error {
	for after := (protocol.Digest{}); ; {
		list, err := h.store.ModelsBy(ctx, a, after, maxPage)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, m := range list {
			v := protocol.ModelView{ModelID: m.ID, ManifestHash: m.ManifestHash, Manifest: m.Manifest, Ready: m.Ready}
			if err := out.Encode(protocol.Exported{Kind: "model", Model: &v}); err != nil {
				return err
			}
			after = m.ID
		}
	}
}

// maxKept bounds the list of jobs that were not erased.
const maxKept = 1000

// deleteMe erases the caller's jobs that are over and ends all its sessions. What goes on is kept and listed.
func (h *Host) deleteMe(w http.ResponseWriter, r *http.Request) error {
	a, result := callerOf(r).account, protocol.Erasure{Kept: []protocol.Digest{}}
	err := h.eachJob(r.Context(), a, func(e store.JobEntry) error {
		if !e.Erased.IsZero() {
			return nil
		}
		err := h.store.Erase(r.Context(), e.JobID)
		switch {
		case err == nil:
			result.Erased++
		case errors.Is(err, store.ErrConflict):
			if len(result.Kept) < maxKept {
				result.Kept = append(result.Kept, e.JobID)
			}
		default:
			return err
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("erase account: %w", err)
	}
	if err := h.store.DropLogins(r.Context(), a); err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "account erased", "account", a, "jobs", result.Erased, "kept", len(result.Kept))
	return writeJSON(w, result)
}
