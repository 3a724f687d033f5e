package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/internal/upload"
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
		err := c.step(b.name, func(s *Step) error { return c.uploadBlob(ctx, s, job, b.digest) })
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
	if status(err) == fetch.StatusNotFound || err == nil && len(view.Missing) > 0 {
		return c.upload(ctx, job)
	}
	return err
}

// uploadBlob gives the host a blob unless it has it, from wherever an earlier upload broke off.
func (c *Client) uploadBlob(ctx context.Context, s *Step, job *Job, d protocol.Digest) error {
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
	u := upload.Upload{
		Send: c.host.sendUpload, Host: c.host.base, Digest: d, ID: protocol.NewDigest("upload", append(job.Uploads[:], d[:]...)),
		Body: body, Bytes: size, Probe: c.timing.probe,
		Report: func(done int64) { c.progress(s.Name, done, size, "") },
	}
	if err := u.Run(ctx, c.retry); err != nil {
		return uploadError(err)
	}
	if had := u.Had(); had > 0 {
		s.Detail = fmt.Sprintf("the host had %d bytes of it", had)
	}
	return nil
}

// uploadError gives an upload's failure its code, unless the request had one.
func uploadError(err error) error {
	switch {
	case errors.Is(err, upload.ErrBody):
		return fail(CodeStore, err)
	case errors.Is(err, upload.ErrAnswer):
		return fail(CodeHostAnswer, err)
	}
	return err
}
