package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/protocol"
)

// quoteByte is the byte of the quote that is changed: the first of MRTD.
const quoteByte = 184

// tamper puts a lying relay between the user and the host, one lie at a time, takes the
// finished job up again from the state in which the lie matters, and records which check
// refused it. A lie that is not refused fails the demo.
func (d *demo) tamper(ctx context.Context) error {
	d.say.title("Tampering (a relay that lies to the user)")
	d.watch.lap()
	output := "/v1/blobs/" + d.job.Computed.Receipt.OutputHash.String()
	for _, t := range []struct {
		what string
		lie  lie
		try  func(context.Context, *client.Client) error
	}{
		{"a byte of the quote", lie{answer: lieAbout(func(e *protocol.Evidence) bool {
			if len(e.Quote) <= quoteByte {
				return false
			}
			e.Quote[quoteByte] ^= 1
			return true
		})}, d.verifyAgain},
		{"a field of the receipt", lie{answer: lieAboutJob(func(j *protocol.JobView) bool {
			if j.Computed == nil {
				return false
			}
			j.Computed.Receipt.ElapsedMs++
			return true
		})}, d.resumeFrom(client.StateUploaded)},
		{"a byte of the output ciphertext", lie{answer: func(path string, b []byte) []byte {
			if path == output {
				b[len(b)/2] ^= 1
			}
			return b
		}}, d.resumeFrom(client.StateComputed)},
		{"a byte of the sealed result", lie{answer: lieAboutJob(func(j *protocol.JobView) bool {
			if j.Delivered == nil || len(j.Delivered.Sealed) == 0 {
				return false
			}
			j.Delivered.Sealed[len(j.Delivered.Sealed)/2] ^= 1
			return true
		})}, d.resumeFrom(client.StateReleased)},
	} {
		err := d.tryLie(ctx, t.lie, t.try)
		by := refusedBy(err)
		r := tampering{What: t.what, RefusedBy: by}
		if err != nil {
			r.Detail = firstLine(err.Error())
		}
		d.report.Tamper = append(d.report.Tamper, r)
		if by == "" {
			return fmt.Errorf("tampering with %s was not refused by a check: %v", t.what, err)
		}
		d.step("changed "+t.what, 0, "refused by %s", by)
	}
	return nil
}

func (d *demo) tryLie(ctx context.Context, l lie, try func(context.Context, *client.Client) error) error {
	relay := startLyingRelay(d.net.File.Host, l)
	defer relay.Close()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c, err := d.newClient(relay.URL, client.NewMemoryStore(), nil)
	if err != nil {
		return err
	}
	return try(ctx, c)
}

// verifyAgain asks for the worker's evidence and verifies it.
func (d *demo) verifyAgain(ctx context.Context, c *client.Client) error {
	_, _, err := c.VerifyWorker(ctx, d.worker)
	return err
}

// resumeFrom takes a copy of the job up again where it stood.
func (d *demo) resumeFrom(s client.State) func(context.Context, *client.Client) error {
	return func(ctx context.Context, c *client.Client) error {
		job := *d.kept[s]
		job.Revision, job.Seq = 0, 0
		if err := c.Store.Save(ctx, &job); err != nil {
			return err
		}
		_, err := c.Resume(ctx, job.ID)
		return err
	}
}

// refusedBy names the check that an error came from; empty if it came from none.
func refusedBy(err error) string {
	var evidence *attestation.CheckError
	var refused *client.Error
	switch {
	case errors.As(err, &evidence):
		return evidence.Check.Name
	case errors.As(err, &refused):
		return refused.Check
	}
	return ""
}

// lieAbout changes answers that are documents of type T.
func lieAbout[T any](change func(*T) bool) func(string, []byte) []byte {
	return func(_ string, b []byte) []byte {
		var v T
		if protocol.UnmarshalJSON(bytes.NewReader(b), int64(len(b)), &v) != nil || !change(&v) {
			return b
		}
		changed, err := json.Marshal(v)
		if err != nil {
			return b
		}
		return changed
	}
}

// lieAboutJob changes jobs, whether they come as they are or in an event.
func lieAboutJob(change func(*protocol.JobView) bool) func(string, []byte) []byte {
	view := lieAbout(change)
	event := lieAbout(func(e *protocol.Event) bool { return change(&e.Job) })
	return func(path string, b []byte) []byte {
		if !strings.HasPrefix(path, "/v1/jobs/") {
			return b
		}
		return event(path, view(path, b))
	}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}
