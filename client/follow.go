package client

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/encrypted-compute/encompute/protocol"
)

// errRound says that an event stream was read long enough to ask the chain again.
var errRound = errors.New("round is over")

// follow looks at the job as the host shows it, as it is and as it changes, until look
// says that this was it. Streams are resumed from the last event; between them, and while
// the host is down, check asks whether waiting still makes sense.
func (c *Client) follow(ctx context.Context, job *Job, look func(protocol.JobView) (bool, error), check func() error) error {
	patience := c.Limits.HostPatience
	for attempt := 1; ; attempt++ {
		err := c.round(ctx, job, look)
		down := CodeOf(err) == CodeHostDown
		if !down && !errors.Is(err, errRound) {
			return err
		}
		if err := check(); err != nil {
			return err
		}
		if !down {
			attempt, patience = 0, c.Limits.HostPatience
			continue
		}
		again, waitErr := c.timing.wait(ctx, attempt, patience)
		if !again {
			return errors.Join(err, waitErr)
		}
		patience -= c.timing.backoff(attempt)
	}
}

// round looks at the job and then at its events, for a limited time.
func (c *Client) round(parent context.Context, job *Job, look func(protocol.JobView) (bool, error)) error {
	ctx, cancel := context.WithTimeout(parent, c.timing.round)
	defer cancel()
	err := c.watch(ctx, job, look)
	if err != nil && ctx.Err() != nil && parent.Err() == nil {
		return errRound
	}
	return err
}

func (c *Client) watch(ctx context.Context, job *Job, look func(protocol.JobView) (bool, error)) error {
	see := func(v protocol.JobView) (bool, error) {
		if v.JobID != job.ID {
			return false, refuse(CodeHostAnswer, "job.id", "host shows job %s, asked for %s", v.JobID, job.ID)
		}
		return look(v)
	}
	var view protocol.JobView
	if err := c.host.get(ctx, maxJobViewBytes, &view, "v1", "jobs", job.ID.String()); err != nil {
		return err
	}
	if done, err := see(view); done || err != nil {
		return err
	}
	from := c.host.query("after=" + strconv.FormatUint(job.Seq, 10))
	s, err := from.openStream(ctx, "v1", "jobs", job.ID.String(), "events")
	if err != nil {
		return err
	}
	defer s.close()
	for {
		e, err := s.next(ctx)
		if err != nil {
			return err
		}
		if e.Seq <= job.Seq {
			continue // seen before
		}
		job.Seq = e.Seq
		if done, err := see(e.Job); done || err != nil {
			return err
		}
	}
}

// failed reports what ended a job early.
func failed(v protocol.JobView) error {
	if v.State != protocol.JobFailed || v.Failure == nil {
		return nil
	}
	return refuse(CodeJobFailed, printable(v.Failure.Code), "the job failed: %s", printable(v.Failure.Detail))
}

// stillOpen asks the chain whether an answer can still come before a deadline, and returns where
// the money is. The escrow is in one of the states in which there is something to wait for.
func (c *Client) stillOpen(ctx context.Context, job *Job, deadline uint64, waiting ...Escrow) (Escrow, error) {
	escrow, err := c.Chain.Escrow(ctx, job.ID)
	if err != nil {
		return escrow, fail(CodeChain, err)
	}
	if escrow == EscrowRefunded || escrow == EscrowUndelivered {
		return escrow, fail(CodeRefunded, fmt.Errorf("the chain says that the job is %s", escrow))
	}
	now, err := c.Chain.Now(ctx)
	if err != nil {
		return escrow, fail(CodeChain, err)
	}
	for _, e := range waiting {
		if escrow == e && now > deadline {
			return escrow, fail(CodeDeadlinePassed, fmt.Errorf("nobody answered by %d, it is %d", deadline, now))
		}
	}
	return escrow, nil
}
