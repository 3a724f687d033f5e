package client

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// UserJobs lists the jobs that the client's account pays for, on this machine or another, the latest first, a page of
// them before a number; 0: the first page. Their terms are those that their ids stand for; states and times are the
// host's word. Next is less than before, or 0 at the end.
func (c *Client) UserJobs(ctx context.Context, before uint64) (list protocol.JobList, err error) {
	err = c.retry(ctx, func() error {
		return c.host.query(fmt.Sprintf("before=%d", before)).get(ctx, maxListBytes, &list, "v1", "me", "jobs")
	})
	if err != nil {
		return list, fmt.Errorf("list the jobs of a user: %w", err)
	}
	for _, e := range list.Jobs {
		if id := e.Job.JobID; e.Job.Spec.User != c.Signer.Address() || c.domain.JobID(e.Job.Spec) != id {
			return list, refuse(CodeHostAnswer, "jobs", "the host lists job %s with terms of another", id.Short())
		}
	}
	if list.Next != 0 && (before != 0 && list.Next >= before || len(list.Jobs) == 0) {
		return list, refuse(CodeHostAnswer, "jobs.next", "the host's list goes on at %d after %d", list.Next, before)
	}
	return list, nil
}

// JobManifest returns the manifest that a job of these terms was posted for, of a model that the host still publishes.
func (c *Client) JobManifest(ctx context.Context, spec protocol.JobSpec) (protocol.Manifest, error) {
	v, err := c.modelView(ctx, spec.ModelID)
	if err != nil {
		return protocol.Manifest{}, err
	}
	if protocol.NewDigest("manifest", v.Manifest) != spec.ManifestHash {
		return protocol.Manifest{}, refuse(CodeModelRefused, "manifestHash", "the host publishes another manifest of model %s than the job was posted for", spec.ModelID.Short())
	}
	m, err := protocol.ParseManifest(v.Manifest)
	return m, fail(CodeModelRefused, err)
}

// maxExportLine bounds a line of an export: a job with what is sealed in it, and its release.
const maxExportLine = 3 * maxJobViewBytes

// Export hands over all that the host keeps of the client's account but blobs, a JSON document in each line, as the
// host sends it and as it is read. It returns an error if take does, or if the last line did not come.
func (c *Client) Export(ctx context.Context, take func(line []byte, e protocol.Exported) error) error {
	res, err := c.host.do(ctx, fetch.MethodGet, nil, 0, "v1", "me", "export")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, maxExportLine)
	first, ended := true, false
	for ; lines.Scan(); first = false {
		var e protocol.Exported
		if err := protocol.UnmarshalJSON(bytes.NewReader(lines.Bytes()), maxExportLine, &e); err != nil {
			return fail(CodeHostAnswer, fmt.Errorf("export: %w", err))
		}
		if ended || first && (e.Account == nil || *e.Account != c.Signer.Address()) {
			return refuse(CodeHostAnswer, "export", "the export does not begin with the account, or goes on after its end")
		}
		ended = e.Kind == "end"
		if err := take(lines.Bytes(), e); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil || !ended {
		return fail(CodeHostDown, fmt.Errorf("export: %w", errors.Join(err, io.ErrUnexpectedEOF)))
	}
	return nil
}

// Output writes the output of a job of the client's account, as the worker made it, if the host still has it, and
// reports whether it has. What was written is right if there is no error.
func (c *Client) Output(ctx context.Context, digest protocol.Digest, w io.Writer) (bool, error) {
	res, err := c.host.do(ctx, fetch.MethodGet, nil, 0, "v1", "blobs", digest.String())
	if status(err) == fetch.StatusNotFound {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("output %s: %w", digest.Short(), err)
	}
	defer res.Body.Close()
	h := protocol.NewHash("blob")
	n, err := io.Copy(io.MultiWriter(h, w), io.LimitReader(res.Body, maxOutputBytes+1))
	switch {
	case err != nil:
		return false, fail(CodeHostDown, fmt.Errorf("output %s: %w", digest.Short(), err))
	case n > maxOutputBytes || protocol.SumDigest(h) != digest:
		return false, refuse(CodeHostAnswer, "output", "the host sends something else for output %s", digest)
	}
	return true, nil
}

// maxOutputBytes bounds an output of which nothing else is known.
const maxOutputBytes = 4 << 30

// Erase has the host forget what is sealed in the account's jobs that are over, and its sessions. Jobs that go on are
// kept.
func (c *Client) Erase(ctx context.Context) (e protocol.Erasure, err error) {
	err = c.retry(ctx, func() error {
		res, err := c.host.do(ctx, fetch.MethodDelete, nil, 0, "v1", "me")
		if err != nil {
			return err
		}
		defer res.Body.Close()
		return fail(CodeHostAnswer, protocol.UnmarshalJSON(res.Body, maxViewBytes, &e))
	})
	return e, err
}

// EndSessions ends all sessions of the account at the host, on every machine.
func (c *Client) EndSessions(ctx context.Context) error {
	return c.retry(ctx, func() error {
		res, err := c.host.query("everywhere=true").do(ctx, fetch.MethodDelete, nil, 0, "v1", "session")
		if err != nil {
			return err
		}
		return res.Body.Close()
	})
}
