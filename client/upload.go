package client

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/encrypted-compute/encompute/protocol"
)

// upload tells the host about the job and gives it what it does not have yet.
func (c *Client) upload(ctx context.Context, job *Job) error {
	err := c.step("announce", func(*Step) error {
		var view protocol.JobView
		return c.retry(ctx, func() error { return c.host.post(ctx, job.Spec, maxJobViewBytes, &view, "v1", "jobs") })
	})
	if err != nil {
		return err
	}
	for _, b := range []struct {
		name   string
		digest protocol.Digest
	}{{"upload keys", job.Spec.KeysHash}, {"upload input", job.Spec.InputHash}} {
		if b.digest.IsZero() {
			continue // a keyless plan
		}
		err := c.step(b.name, func(s *Step) error { return c.uploadBlob(ctx, s, b.digest) })
		if err != nil {
			return err
		}
	}
	return nil
}

// uploadLost uploads again if the host has lost the job or a blob of it.
func (c *Client) uploadLost(ctx context.Context, job *Job) error {
	var view protocol.JobView
	err := c.retry(ctx, func() error { return c.host.get(ctx, maxJobViewBytes, &view, "v1", "jobs", job.ID.String()) })
	if status(err) == http.StatusNotFound || err == nil && len(view.Missing) > 0 {
		return c.upload(ctx, job)
	}
	return err
}

func (c *Client) uploadBlob(ctx context.Context, s *Step, d protocol.Digest) error {
	var there bool
	err := c.retry(ctx, func() (err error) { there, err = c.host.hasBlob(ctx, d); return err })
	if err != nil {
		return err
	}
	if there {
		s.Detail = "the host had it"
		return nil
	}
	body, size, err := c.Store.OpenBlob(ctx, d)
	if err != nil {
		return fail(CodeStore, err)
	}
	defer body.Close()
	s.Bytes = size
	return c.retry(ctx, func() error {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return fail(CodeStore, fmt.Errorf("read blob: %w", err))
		}
		report := func(done int64) { c.progress(s.Name, done, size, "") }
		return c.host.putBlob(ctx, d, &counter{r: body, report: report}, size)
	})
}

// counter reports how much was read, and hides Close from net/http.
type counter struct {
	r      io.Reader
	done   int64
	report func(int64)
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done += int64(n)
	c.report(c.done)
	return n, err
}
