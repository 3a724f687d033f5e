package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/internal/vault"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

type jobCommands struct {
	Run    jobRun    `cmd:"" help:"Encrypt an input, have it computed, and read the answer."`
	Show   jobShow   `cmd:"" help:"Show a job that is kept on this machine."`
	List   jobList   `cmd:"" help:"List the jobs of this machine, or of the account."`
	Resume jobResume `cmd:"" help:"Go on with a job from wherever it stopped."`
	Refund jobRefund `cmd:"" help:"Get back what was not earned before a deadline."`

	Contest jobContest `cmd:"" help:"Say on chain that a result did not come."`
}

// jobDocument is what is shown of a job; it holds no secrets.
type jobDocument struct {
	JobID     protocol.Digest  `json:"jobId"`
	State     client.State     `json:"state"`
	Escrow    string           `json:"escrow,omitempty"` // where the money is, if the chain was asked
	Model     string           `json:"model"`
	ModelID   protocol.Digest  `json:"modelId"`
	Cut       cutEntry         `json:"cut"` // its price is what the job pays the creator
	WorkerFee token.Amount     `json:"workerFee"`
	Created   time.Time        `json:"created"`
	Host      string           `json:"host"`
	Worker    protocol.Address `json:"worker"`
	Simulated bool             `json:"simulated"` // no hardware stands behind the worker

	Release       *releaseReport    `json:"release,omitempty"`
	Receipt       *protocol.Receipt `json:"receipt,omitempty"`
	Label         string            `json:"label,omitempty"`
	Probabilities []probability     `json:"probabilities,omitempty"`
	Values        []float64         `json:"values,omitempty"` // the model's output

	Quantities []protocol.Reading `json:"quantities,omitempty"`

	Steps []client.Step `json:"steps,omitempty"` // that this command took
}

// releaseReport is what the creator gets to see, and how that was made safe.
type releaseReport struct{ privacy.Report }

func (r releaseReport) String() string {
	tells := "nothing bounds what they tell"
	if r.Tells != nil {
		tells = fmt.Sprintf("they tell up to %.1f bits of the input", *r.Tells)
	}
	return fmt.Sprintf("%d values to the creator, flooded with 2^%.1f times the circuit's noise (%.1g a value), rounded to multiples of 2^%.0f: %.1f bits left; %s",
		r.Values, r.FloodBits, r.ValueStd, math.Log2(r.Step), r.Bits, tells)
}

func newJobDocument(j *client.Job) (jobDocument, error) {
	m, err := protocol.ParseManifest(j.Manifest)
	if err != nil {
		return jobDocument{}, err
	}
	cut, _ := m.Cut(j.Spec.Cut) // without one only the layer's name is missing
	d := jobDocument{
		JobID: j.ID, State: j.State, Model: m.Name, ModelID: j.Spec.ModelID,
		Cut:       cutEntry{j.Spec.Cut, cut.Layer, token.Amount(j.Spec.CreatorFee)},
		WorkerFee: token.Amount(j.Spec.WorkerFee), Created: time.Unix(int64(j.Created), 0).UTC(),
		Host: j.Host, Worker: j.Worker, Simulated: j.Simulated,
	}
	if j.Release != nil {
		d.Release = &releaseReport{j.Release.Report}
	}
	if j.Computed != nil {
		d.Receipt = &j.Computed.Receipt
	}
	if j.Result != nil {
		d.Label, d.Probabilities, d.Values = j.Result.Label, probabilities(*j.Result), j.Result.Values
		d.Quantities = j.Result.Quantities
	}
	return d, nil
}

func probabilities(r protocol.Result) (list []probability) {
	for i, p := range r.Probabilities {
		label := fmt.Sprint(i)
		if i < len(r.Labels) {
			label = r.Labels[i]
		}
		list = append(list, probability{label, p})
	}
	return list
}

func (d jobDocument) write(w io.Writer) {
	worker := d.Worker.String()
	if d.Simulated {
		worker += " (SIMULATED: no hardware stands behind this)"
	}
	rows := [][]string{
		{"job", d.JobID.String()},
		{"state", string(d.State)},
		{"created", d.Created.Format(time.DateTime) + " UTC"},
		{"model", fmt.Sprintf("%s, cut after %s", d.Model, d.Cut.Layer)},
		{"paid", fmt.Sprintf("%s tokens: %s to the creator, %s to the worker", d.Cut.Price+d.WorkerFee, d.Cut.Price, d.WorkerFee)},
		{"worker", worker},
	}
	if d.Escrow != "" {
		rows = slices.Insert(rows, 2, []string{"escrow", escrowText(d.Escrow)})
	}
	if d.Receipt != nil {
		rows = append(rows, []string{"receipt", fmt.Sprintf("computed in %.2f s by the worker's clock", float64(d.Receipt.ElapsedMs)/1e3)})
	}
	if d.Release != nil {
		rows = append(rows, []string{"released", d.Release.String()})
	}
	table(w, rows)
	switch {
	case d.Label != "":
		fmt.Fprintln(w)
		writeProbabilities(w, d.Label, d.Probabilities)
	case len(d.Quantities) > 0:
		fmt.Fprintln(w)
		writeQuantities(w, d.Quantities)
	case len(d.Values) > 0:
		fmt.Fprintf(w, "\nresult  %v\n", d.Values)
	}
}

type jobShow struct {
	Job string `arg:"" placeholder:"ID" help:"Job, by its id or the beginning of it."`
}

// Help implements kong.HelpProvider.
func (jobShow) Help() string {
	return `Shows what this machine keeps; nobody is asked. A finished job shows its result again.

  encompute job show 0x3f5a9c1e
  encompute job show 0x3f5a9c1e --json`
}

// Run shows the job.
func (c *jobShow) Run(ctx context.Context, a *app) error {
	store, err := a.jobs()
	if err != nil {
		return err
	}
	job, err := findJob(ctx, store, c.Job)
	if err != nil {
		return err
	}
	return a.showJob(job, "", nil)
}

// showJob shows a job, and where its money is if that is not empty.
func (a *app) showJob(job *client.Job, escrow string, steps []client.Step) error {
	doc, err := newJobDocument(job)
	if err != nil {
		return err
	}
	doc.Escrow, doc.Steps = escrow, steps
	return a.document(doc, doc.write)
}

type jobResume struct {
	Job string `arg:"" placeholder:"ID" help:"Job, by its id or the beginning of it."`
}

// Help implements kong.HelpProvider.
func (jobResume) Help() string {
	return `A job never pays twice and never releases twice, wherever it was interrupted: it goes on with the next step.

  encompute job resume 0x3f5a9c1e`
}

// Run goes on with the job.
func (c *jobResume) Run(ctx context.Context, a *app) error {
	s, store, err := a.user(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	job, err := findJob(ctx, store, c.Job)
	if err != nil {
		return err
	}
	return a.finishJob(ctx, s, store, job.ID)
}

// finishJob runs a kept job to its end and shows it; an error tells how to go on.
func (a *app) finishJob(ctx context.Context, s *session, store client.Store, id protocol.Digest) error {
	_, err := s.client.Resume(ctx, id)
	s.meter.idle()
	if ctx.Err() != nil {
		err = ctx.Err() // and not what it broke
	}
	if client.CodeOf(err) == client.CodeDeadlinePassed && s.client.Refund(ctx, id) == nil {
		err = fault{
			Code: string(client.CodeRefunded), Detail: err.Error(), JobID: &id,
			Remedy: "what was not earned is credited: encompute wallet withdraw",
		}
	}
	if err != nil {
		return waits(err, id)
	}
	return a.showNow(ctx, s, store, id)
}

// showNow shows a job with where its money is now.
func (a *app) showNow(ctx context.Context, s *session, store client.Store, id protocol.Digest) error {
	job, err := store.Load(ctx, id)
	if err != nil {
		return err
	}
	escrow := ""
	if e, err := s.client.Escrow(ctx, id); err == nil { // else it is not worth failing for
		escrow = e.String()
	}
	return a.showJob(job, escrow, s.steps)
}

// escrowText says what a state of the money means.
func escrowText(e string) string {
	meanings := map[string]string{
		client.EscrowPosted.String():      "both fees are held until there is a receipt, or go back after the deadline",
		client.EscrowComputed.String():    "the worker is paid, the creator's fee is held until the result is delivered",
		client.EscrowClaimed.String():     "the creator's fee is held; you may contest the delivery if nothing came",
		client.EscrowContested.String():   "the creator's fee and your bond are held until the host shows the result, or go back after an hour",
		client.EscrowDelivered.String():   "the creator is paid",
		client.EscrowRefunded.String():    "both fees are credited to you",
		client.EscrowUndelivered.String(): "the creator's fee is credited to you",
	}
	if m, ok := meanings[e]; ok {
		return e + ": " + m
	}
	return e
}

// waits adds to an error that the job can go on, if it can.
func waits(err error, id protocol.Digest) error {
	f := explain(err)
	f.JobID = &id
	resume := "encompute job resume " + id.Short()
	switch client.Code(f.Code) {
	case client.CodeCreatorOffline:
		f.Remedy = "result waits: " + resume
	case client.CodeHostDown, client.CodeChain, client.CodeUnfunded, client.CodeCollateral, client.CodeStore, codeInterrupted:
		f.Remedy = strings.TrimPrefix(f.Remedy+"; nothing is lost: "+resume, "; ")
	case client.CodeDeadlinePassed, client.CodeJobFailed, client.CodeReceiptRefused, client.CodeReleaseRefused:
		f.Remedy += ": encompute job refund " + id.Short()
	case client.CodeWithheld:
		f.Remedy += ": encompute job contest " + id.Short()
	}
	return f
}

type jobRefund struct {
	Job string `arg:"" placeholder:"ID" help:"Job, by its id or the beginning of it."`
}

// Help implements kong.HelpProvider.
func (jobRefund) Help() string {
	return `The contract gives back both fees if there was no receipt in time, or the creator's if there was no result in time.
The money becomes credit; "encompute wallet withdraw" pays it out.

  encompute job refund 0x3f5a9c1e`
}

// Run asks the chain for the refund.
func (c *jobRefund) Run(ctx context.Context, a *app) error {
	s, store, err := a.user(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	job, err := findJob(ctx, store, c.Job)
	if err != nil {
		return err
	}
	if err := s.client.Refund(ctx, job.ID); err != nil {
		return err
	}
	return a.showHoldings(ctx, s.network, s.chain, job.Spec.User)
}

type jobContest struct {
	Job    string `arg:"" placeholder:"ID" help:"Job, by its id or the beginning of it."`
	Yes    bool   `help:"Put up the bond without asking."`
	Anyway bool   `help:"Contest even if the host has what the creator signed; then the bond is as good as lost."`
}

// Help implements kong.HelpProvider.
func (jobContest) Help() string {
	return `A creator who names a result on chain is paid after an hour even if you say nothing. If no result came, contest it within
that hour: it takes a bond of half the creator's fee. If no host shows within another hour that it has the result for
you to fetch, you get fee and bond back ("encompute job refund"); if one does, the creator gets both. A result that
came but does not open cannot be contested this way: the chain sees digests only.

  encompute job contest 0x3f5a9c1e`
}

// Run contests the delivery.
func (c *jobContest) Run(ctx context.Context, a *app) error {
	if !c.Yes && !a.canAsk() {
		return misuse("--yes", "there is no terminal to ask at whether to put up the bond", "give --yes to do so without asking")
	}
	s, store, err := a.user(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	job, err := findJob(ctx, store, c.Job)
	if err != nil {
		return err
	}
	a.note("Contesting takes a bond of %s tokens, half of the creator's fee.", token.Amount(job.Spec.CreatorFee/2))
	if !c.Yes {
		if err := a.agree(ctx, "Put up the bond? [y/N] ", "nothing was contested"); err != nil {
			return err
		}
	}
	if err := s.client.Contest(ctx, job.ID, c.Anyway); err != nil {
		return err
	}
	return a.showNow(ctx, s, store, job.ID)
}

// findJob finds a kept job by id or by the beginning of its id.
func findJob(ctx context.Context, store client.Store, wanted string) (*client.Job, error) {
	jobs, err := store.List(ctx)
	if err != nil {
		return nil, err
	}
	match := func(j *client.Job) bool {
		return len(wanted) >= len("0x")+4 && strings.HasPrefix(j.ID.String(), strings.ToLower(wanted))
	}
	i := slices.IndexFunc(jobs, match)
	if i < 0 {
		return nil, fault{
			Code: "unknown-job", Field: "job", Detail: fmt.Sprintf("no job %q is kept on this machine", wanted),
			Remedy: `"encompute job list" shows what there is`,
		}
	}
	if slices.ContainsFunc(jobs[i+1:], match) {
		return nil, fault{Code: "unknown-job", Field: "job", Detail: fmt.Sprintf("several jobs begin with %s", wanted), Remedy: "give more of the id"}
	}
	return jobs[i], nil
}

// storeFault explains why the store of jobs does not open.
func storeFault(err error) error {
	if errors.Is(err, vault.ErrPassphrase) {
		return fault{Code: "passphrase", Field: "passphrase", Detail: "it does not open the jobs kept at home", Remedy: "give the one that they were made with"}
	}
	return err
}
