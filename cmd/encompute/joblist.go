package main

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/protocol"
)

type jobList struct {
	All    bool `help:"Ask the host for all jobs of the account, also those of other machines."`
	Online bool `help:"Ask the chain where the money of each job of this machine is now."`
}

// Help implements kong.HelpProvider.
func (jobList) Help() string {
	return `Lists what this machine keeps, the oldest first; nobody is asked. With --all the host is asked for the jobs that the
account pays for, too: their terms are checked, their states and times are the host's word, and results are shown of those
that this machine keeps. With --online the chain is asked where the money is, such as whether a refund came or a delivery was
claimed; each job costs a call to the endpoint.

  encompute job list
  encompute job list --all
  encompute job list --online`
}

// jobsDocument is what job list prints.
type jobsDocument struct {
	Jobs []jobDocument `json:"jobs"`          // kept on this machine
	Host []hostJob     `json:"host,omitzero"` // kept by the host, if it was asked
}

// hostJob is a job of the account as the host tells of it.
type hostJob struct {
	JobID     protocol.Digest   `json:"jobId"`
	State     protocol.JobState `json:"state"`
	Added     time.Time         `json:"added"`
	Erased    time.Time         `json:"erased,omitzero"` // what was sealed in it
	Model     string            `json:"model,omitempty"` // empty if the host does not publish it any more
	ModelID   protocol.Digest   `json:"modelId"`
	Cut       cutEntry          `json:"cut"`
	WorkerFee token.Amount      `json:"workerFee"`
	Here      bool              `json:"here"` // this machine keeps it, too
}

// Run lists the jobs.
func (c *jobList) Run(ctx context.Context, a *app) error {
	if c.All {
		if _, err := a.network(); err != nil { // before the slow passphrase
			return err
		}
	}
	store, err := a.jobs()
	if err != nil {
		return err
	}
	jobs, err := store.List(ctx)
	if err != nil {
		return err
	}
	doc := jobsDocument{Jobs: []jobDocument{}}
	for _, j := range jobs {
		d, err := newJobDocument(j)
		if err != nil {
			return err
		}
		doc.Jobs = append(doc.Jobs, d)
	}
	if c.Online {
		if err := a.askEscrows(ctx, doc.Jobs); err != nil {
			return err
		}
	}
	if c.All {
		if doc.Host, err = a.hostJobs(ctx, doc.Jobs); err != nil {
			return err
		}
	}
	return a.document(doc, func(w io.Writer) { c.write(w, doc) })
}

// hostJobs asks the host for all jobs of the account.
func (a *app) hostJobs(ctx context.Context, here []jobDocument) ([]hostJob, error) {
	s, err := a.account(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	manifests, list := map[protocol.Digest]protocol.Manifest{}, []hostJob{}
	for before := uint64(0); ; {
		page, err := s.client.UserJobs(ctx, before)
		if err != nil {
			return nil, err
		}
		for _, e := range page.Jobs {
			spec := e.Job.Spec
			m, asked := manifests[spec.ManifestHash]
			if !asked {
				m, _ = s.client.JobManifest(ctx, spec) // without it only names are missing
				manifests[spec.ManifestHash] = m
			}
			cut, _ := m.Cut(spec.Cut)
			list = append(list, hostJob{
				JobID: e.Job.JobID, State: e.Job.State, Added: e.Added.UTC(), Erased: e.Erased, Model: m.Name, ModelID: spec.ModelID,
				Cut: cutEntry{spec.Cut, cut.Layer, token.Amount(spec.CreatorFee)}, WorkerFee: token.Amount(spec.WorkerFee),
				Here: slices.ContainsFunc(here, func(d jobDocument) bool { return d.JobID == e.Job.JobID }),
			})
		}
		if before = page.Next; before == 0 {
			return list, ctx.Err()
		}
	}
}

// write shows the jobs in a table, the oldest first.
func (c *jobList) write(w io.Writer, doc jobsDocument) {
	type line struct {
		created time.Time
		cells   []string
	}
	var lines []line
	add := func(id protocol.Digest, created time.Time, price token.Amount, cells ...string) {
		lines = append(lines, line{created, append([]string{id.Short(), created.Format(time.DateTime), price.String()}, cells...)})
	}
	for _, d := range doc.Jobs {
		kept := "here"
		if slices.ContainsFunc(doc.Host, func(h hostJob) bool { return h.JobID == d.JobID }) {
			kept = "here, host"
		}
		add(d.JobID, d.Created, d.Cut.Price+d.WorkerFee, d.Model, d.Cut.Layer, string(d.State), d.Escrow, d.Label, kept)
	}
	for _, h := range doc.Host {
		if !h.Here {
			state := string(h.State)
			if !h.Erased.IsZero() {
				state += ", erased"
			}
			add(h.JobID, h.Added, h.Cut.Price+h.WorkerFee, firstOf(h.Model, h.ModelID.Short()), h.Cut.Layer, state, "", "", "host")
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.created.Compare(b.created) })
	rows := [][]string{{"JOB", "CREATED (UTC)", "PRICE", "MODEL", "CUT", "STATE", "ESCROW", "RESULT", "KEPT"}}
	for _, l := range lines {
		rows = append(rows, l.cells)
	}
	for i := range rows {
		if !c.All {
			rows[i] = rows[i][:8]
		}
		if !c.Online {
			rows[i] = slices.Delete(rows[i], 6, 7)
		}
	}
	table(w, rows)
}

// askEscrows asks the chain where the money of jobs is.
func (a *app) askEscrows(ctx context.Context, jobs []jobDocument) error {
	_, chain, err := a.dial(ctx)
	if err != nil {
		return err
	}
	defer chain.Close()
	for i := range jobs {
		state, err := chain.JobState(ctx, jobs[i].JobID)
		if err != nil {
			return err
		}
		jobs[i].Escrow = client.Escrow(state).String()
	}
	return nil
}
