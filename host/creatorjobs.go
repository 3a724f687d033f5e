package host

import (
	"context"
	"math"
	"net/http"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// getCreatorJobs lists the jobs on the caller's models, the latest first, a page of maxJobPage before ?before.
func (h *Host) getCreatorJobs(w http.ResponseWriter, r *http.Request) error {
	before, err := queryUint(r, "before")
	if err != nil {
		return err
	}
	if before == 0 {
		before = math.MaxInt64
	}
	entries, err := h.store.JobsFor(r.Context(), callerOf(r).account, before, maxJobPage)
	if err != nil {
		return err
	}
	list := protocol.CreatorJobList{Jobs: []protocol.CreatorJob{}}
	for _, e := range entries {
		j, err := h.creatorJob(r.Context(), e)
		if err != nil {
			return err
		}
		list.Jobs = append(list.Jobs, j)
	}
	if len(entries) == maxJobPage {
		list.Next = entries[maxJobPage-1].Seq
	}
	return writeJSON(w, list)
}

func (h *Host) creatorJob(ctx context.Context, e store.JobEntry) (c protocol.CreatorJob, err error) {
	j, err := h.store.Job(ctx, e.JobID)
	if err != nil {
		return c, err
	}
	if j.Delivered != nil {
		j.Delivered.Sealed = nil
	}
	c = protocol.CreatorJob{Seq: e.Seq, Added: e.Added, History: []protocol.JobMoment{}, Job: j.JobView}
	events, err := h.store.Events(ctx, e.JobID, 0, maxPage)
	if err != nil {
		return c, err
	}
	for _, v := range events {
		if n := len(c.History); n == 0 || c.History[n-1].State != v.Job.State {
			c.History = append(c.History, protocol.JobMoment{State: v.Job.State, Time: v.Time})
		}
	}
	return c, nil
}
