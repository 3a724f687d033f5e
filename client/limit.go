package client

import (
	"context"
	"fmt"
)

// day is the time in which a creator's limit counts jobs, in seconds.
const day = 24 * 60 * 60

// admitted refuses a job that the host would not take for the creator's limit, as far as this machine knows the account's
// jobs: nothing is paid yet.
func (c *Client) admitted(ctx context.Context, m Model) error {
	most := m.manifest.MaxJobsPerUserDay
	if most == 0 {
		return nil
	}
	now, err := c.Chain.Now(ctx)
	if err != nil {
		return fail(CodeChain, fmt.Errorf("read time: %w", err))
	}
	jobs, err := c.Store.List(ctx)
	if err != nil {
		return fail(CodeStore, err)
	}
	n := uint32(0)
	for _, j := range jobs {
		if j.State != StateCreated && j.Spec.User == c.Signer.Address() && j.Spec.ModelID == m.id && j.Created+day >= now {
			n++
		}
	}
	if n >= most {
		return refuse(CodeTooManyJobs, "model.maxJobsPerUserDay", "account %s had %d jobs on model %s in 24 hours, its creator takes %d", c.Signer.Address(), n, m.manifest.Name, most)
	}
	return nil
}
