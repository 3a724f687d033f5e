package client

import (
	"net/http"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// escrowOf is where a job's money is.
func (s *scene) escrowOf(id protocol.Digest) (e Escrow) {
	s.chain.set(func() { e = s.chain.escrow[id] })
	return e
}

// TestAcknowledged pays the creator when the result was opened, once.
func TestAcknowledged(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	o, err := s.client(t).Run(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.client(t).Resume(t.Context(), o.JobID); err != nil {
		t.Fatal(err)
	}
	if s.host.acknowledged != 1 || s.escrowOf(o.JobID) != EscrowDelivered {
		t.Errorf("acknowledged %d times, money is %s", s.host.acknowledged, s.escrowOf(o.JobID))
	}
}

// TestAcknowledgementFails is no failure of the job, and is made good when it is resumed.
func TestAcknowledgementFails(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.host.lies.status = func(r *http.Request) int {
		if strings.HasSuffix(r.URL.Path, "/acknowledgement") {
			return http.StatusForbidden
		}
		return 0
	}
	c := s.client(t)
	var told string
	c.Observer = func(step Step) {
		if step.Name == "acknowledge" {
			told = step.Detail
		}
	}
	o, err := c.Run(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	s.checkOutcome(t, o)
	if !strings.Contains(told, "tried again") || s.escrowOf(o.JobID) != EscrowClaimed {
		t.Errorf("told %q, money is %s", told, s.escrowOf(o.JobID))
	}
	s.host.set(func() { s.host.lies.status = nil })
	if _, err := s.client(t).Resume(t.Context(), o.JobID); err != nil {
		t.Fatal(err)
	}
	if s.escrowOf(o.JobID) != EscrowDelivered {
		t.Errorf("money is %s", s.escrowOf(o.JobID))
	}
}

// TestContest lets a user contest what did not come, and not what did.
func TestContest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*scene, protocol.Digest)
		anyway bool
		code   Code
	}{
		{"the host has nothing", func(s *scene, id protocol.Digest) { s.host.jobs[id].view.Delivered = nil }, false, ""},
		{"the host has something else", func(s *scene, id protocol.Digest) { s.host.jobs[id].view.Delivered.Sealed[0]++ }, false, ""},
		{"the host is away", func(s *scene, _ protocol.Digest) { s.host.lies.status = func(*http.Request) int { return 503 } }, false, ""},
		{"the host has it", func(*scene, protocol.Digest) {}, false, CodeContest},
		{"the host has it, anyway", func(*scene, protocol.Digest) {}, true, ""},
		{"it is not claimed", func(s *scene, id protocol.Digest) {
			s.chain.set(func() { s.chain.escrow[id] = EscrowComputed })
		}, true, CodeContest},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			cl := s.client(t)
			job, err := cl.Prepare(t.Context(), s.request())
			if err != nil {
				t.Fatal(err)
			}
			for job.State != StateReleased {
				if err := cl.Advance(t.Context(), job); err != nil {
					t.Fatal(err)
				}
			}
			if err := cl.submit(t.Context(), job); err != nil { // the answer comes, and the user goes away
				t.Fatal(err)
			}
			s.host.set(func() { c.change(s, job.ID) })
			before := s.escrowOf(job.ID)
			if err := cl.Contest(t.Context(), job.ID, c.anyway); CodeOf(err) != c.code {
				t.Fatalf("contest: %v", err)
			}
			want := EscrowContested
			if c.code != "" {
				want = before
			}
			if got := s.escrowOf(job.ID); got != want {
				t.Errorf("money is %s, want %s", got, want)
			}
		})
	}
}

// TestWithheld tells a user whose result the chain says was delivered, and the host does not show.
func TestWithheld(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.host.set(func() { s.host.offline = true })
	c := s.client(t)
	job, err := c.Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	for job.State != StateReleased {
		if err := c.Advance(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	s.chain.set(func() { s.chain.escrow[job.ID] = EscrowClaimed })
	if _, err := c.Resume(t.Context(), job.ID); CodeOf(err) != CodeWithheld {
		t.Fatalf("resume: %v", err)
	}
}
