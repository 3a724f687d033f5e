package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

type creatorStatus struct {
	creatorFlags
	Jobs int `default:"100" placeholder:"N" help:"Latest jobs to count (default 100)."`
}

// Help implements kong.HelpProvider.
func (creatorStatus) Help() string {
	return `Shows the creator's models as the chain has them; whether its agent is connected to the host, or when it last was; the
jobs on its models, how long answers took from the release by the user to their arrival at the host (the median, p50, and
what one in a hundred exceeds, p99); and what the chain says it earned by them and may withdraw. Jobs and times are the
host's word; a job counts as earned only if the chain says that it was paid.

  encompute creator status
  encompute creator status --jobs 1000 --json`
}

// creatorDocument is what creator status prints.
type creatorDocument struct {
	Host   string         `json:"host"`
	Agent  agentStatus    `json:"agent"`
	Models []ownModel     `json:"models"`
	Jobs   creatorJobs    `json:"jobs"`
	Earned creatorEarning `json:"earnings"`

	Holdings holdings `json:"account"`
}

// agentStatus is where "creator serve" is.
type agentStatus struct {
	Online   bool      `json:"online"`            // by the host
	LastSeen time.Time `json:"lastSeen,omitzero"` // by its own record, or its last answer
}

type ownModel struct {
	modelEntry
	Active bool `json:"active"` // takes new jobs
}

// creatorJobs counts jobs, the latest ones if there are more.
type creatorJobs struct {
	Counted  int  `json:"counted"`
	All      bool `json:"all"`      // there are no more
	Underway int  `json:"underway"` // on the way to a worker, to its output, or to the user's release
	Waiting  int  `json:"waiting"`  // for the creator's answer
	Answered int  `json:"answered"`
	Failed   int  `json:"failed"` // or paid back

	// From the release to the answer, of those answers whose history the host has.
	Timed      int     `json:"timed"`
	P50Seconds float64 `json:"p50Seconds,omitempty"`
	P99Seconds float64 `json:"p99Seconds,omitempty"`
}

// creatorEarning is what the chain says of the counted jobs, the market's share taken off.
type creatorEarning struct {
	Paid    int          `json:"paid"` // jobs
	Earned  token.Amount `json:"earned"`
	Pending token.Amount `json:"pending"` // delivered, and not yet acknowledged or beyond contest
}

// Run shows the status.
func (c *creatorStatus) Run(ctx context.Context, a *app) error {
	if c.Jobs < 1 {
		return misuse("--jobs", fmt.Sprintf("%d is too few", c.Jobs), "give at least 1")
	}
	if _, err := a.network(); err != nil { // before the slow passphrase
		return err
	}
	state, key, err := c.open(a)
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, key, client.NewMemoryStore(), client.Limits{HostPatience: 2 * time.Second})
	if err != nil {
		return err
	}
	defer s.close()
	doc := creatorDocument{Host: s.network.Host, Holdings: holdings{Address: key.Address()}}
	jobs, all, err := s.jobsOf(ctx, key.Address(), c.Jobs)
	if err != nil {
		return err
	}
	doc.Jobs = countJobs(jobs)
	doc.Jobs.All = all
	if doc.Models, err = s.ownModels(ctx); err != nil {
		return err
	}
	doc.Agent.Online = slices.ContainsFunc(doc.Models, func(m ownModel) bool { return m.Online })
	if doc.Agent.LastSeen, err = state.Seen(hostOf(s.network)); err != nil {
		return err
	}
	for _, j := range jobs {
		if _, at, ok := answerTime(j); ok && at.After(doc.Agent.LastSeen) {
			doc.Agent.LastSeen = at
		}
	}
	if doc.Earned, err = earned(ctx, s.chain, jobs); err != nil {
		return err
	}
	if err := doc.Holdings.ask(ctx, s.chain); err != nil {
		return err
	}
	return a.document(doc, doc.write)
}

// ownModels lists the models of the session's account.
func (s *session) ownModels(ctx context.Context) ([]ownModel, error) {
	list := []ownModel{}
	models, err := s.client.OwnModels(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range models {
		e, err := s.entry(ctx, m.Model)
		if err != nil {
			return nil, err
		}
		list = append(list, ownModel{e, m.Active})
	}
	return list, nil
}

// jobsOf lists the latest jobs on a creator's models, and says whether these are all. Their terms are those that their ids
// stand for.
func (s *session) jobsOf(ctx context.Context, creator protocol.Address, most int) (jobs []protocol.CreatorJob, all bool, err error) {
	domain, listed := s.chain.Domain(), map[protocol.Digest]bool{}
	for before := uint64(0); ; {
		page, err := s.client.CreatorJobs(ctx, before)
		if err != nil {
			return nil, false, err
		}
		for _, j := range page.Jobs {
			id := j.Job.JobID
			if j.Job.Spec.Creator != creator || domain.JobID(j.Job.Spec) != id || listed[id] {
				return nil, false, fault{
					Code: string(client.CodeHostAnswer), Field: "host", Detail: fmt.Sprintf("the host lists job %s twice, or with the terms of another", id.Short()),
					Remedy: "ask its operator",
				}
			}
			if len(jobs) == most {
				return jobs, false, nil
			}
			jobs, listed[id] = append(jobs, j), true
		}
		if page.Next == 0 || len(page.Jobs) == 0 {
			return jobs, true, nil
		}
		before = page.Next
	}
}

// countJobs counts jobs and how long their answers took.
func countJobs(jobs []protocol.CreatorJob) (c creatorJobs) {
	var times []time.Duration
	for _, j := range jobs {
		c.Counted++
		switch j.Job.State {
		case protocol.JobReleased:
			c.Waiting++
		case protocol.JobDelivered:
			c.Answered++
		case protocol.JobFailed, protocol.JobRefunded:
			c.Failed++
		default:
			c.Underway++
		}
		if took, _, ok := answerTime(j); ok {
			times = append(times, took)
		}
	}
	slices.Sort(times)
	if c.Timed = len(times); c.Timed > 0 {
		c.P50Seconds, c.P99Seconds = times[(c.Timed-1)/2].Seconds(), times[(c.Timed-1)*99/100].Seconds()
	}
	return c
}

// answerTime is how long a job's answer took and when it came, if the host knows both.
func answerTime(j protocol.CreatorJob) (took time.Duration, at time.Time, ok bool) {
	moment := func(state protocol.JobState) (time.Time, bool) {
		i := slices.IndexFunc(j.History, func(m protocol.JobMoment) bool { return m.State == state })
		if i < 0 {
			return time.Time{}, false
		}
		return j.History[i].Time, true
	}
	released, wasReleased := moment(protocol.JobReleased)
	at, ok = moment(protocol.JobDelivered)
	return at.Sub(released), at, ok && wasReleased && !at.Before(released)
}

// askAtOnce bounds how many questions to the chain are open.
const askAtOnce = 8

// earned asks the chain which of the jobs were paid.
func earned(ctx context.Context, chain *contracts.Client, jobs []protocol.CreatorJob) (e creatorEarning, err error) {
	states := make([]contracts.State, len(jobs))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(askAtOnce)
	for i, j := range jobs {
		group.Go(func() (err error) {
			states[i], err = chain.JobState(ctx, j.Job.JobID)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return e, err
	}
	for i, j := range jobs {
		spec := j.Job.Spec
		fee := token.Amount(spec.CreatorFee - share(spec.CreatorFee, spec.FeeBps))
		switch states[i] {
		case contracts.StateDelivered:
			e.Paid++
			e.Earned += fee
		case contracts.StateClaimed, contracts.StateContested:
			e.Pending += fee
		}
	}
	return e, nil
}

// share is the market's part of a fee, rounded down as the contract does.
func share(fee protocol.Amount, bps uint16) protocol.Amount {
	const whole = 10_000
	return fee/whole*protocol.Amount(bps) + fee%whole*protocol.Amount(bps)/whole
}

func (d creatorDocument) write(w io.Writer) {
	j, of := d.Jobs, "all"
	if !j.All {
		of = fmt.Sprintf("the last %d", j.Counted)
	}
	rows := [][]string{{"account", d.Holdings.Address.String()}, {"agent", d.Agent.String()}}
	for _, m := range d.Models {
		text := fmt.Sprintf("%s %s, %s", m.Name, m.ModelID.Short(), firstOf(m.offers(), "no cut is offered"))
		if !m.Active {
			text += "; takes no new jobs"
		}
		if !m.Ready {
			text += "; not ready"
		}
		rows = append(rows, []string{"model", text})
	}
	rows = append(rows,
		[]string{"queue", fmt.Sprintf("%d waiting for an answer, %d underway", j.Waiting, j.Underway)},
		[]string{"jobs", fmt.Sprintf("%d answered, %d failed or paid back (%s)", j.Answered, j.Failed, of)},
	)
	if j.Timed > 0 {
		rows = append(rows, []string{"answers", fmt.Sprintf("p50 %.3g s, p99 %.3g s from release to answer (%d)", j.P50Seconds, j.P99Seconds, j.Timed)})
	}
	rows = append(rows,
		[]string{"earned", fmt.Sprintf("%s tokens by %s; %s not yet beyond contest", d.Earned.Earned, count(d.Earned.Paid, "job"), d.Earned.Pending)},
		[]string{"withdrawable", fmt.Sprintf("%s tokens", d.Holdings.Credit)},
		[]string{"wallet", fmt.Sprintf("%s tokens, %s ETH", d.Holdings.Token, d.Holdings.ETH)},
	)
	table(w, rows)
}

// String says where the agent is.
func (s agentStatus) String() string {
	switch {
	case s.Online:
		return "online"
	case s.LastSeen.IsZero():
		return `offline, never seen: run "encompute creator serve"`
	}
	return fmt.Sprintf(`offline, last seen %s UTC: run "encompute creator serve"`, s.LastSeen.UTC().Format(time.DateTime))
}
