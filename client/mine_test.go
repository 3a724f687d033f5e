package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// mine is a host that keeps jobs of the world's user, and the client of a machine that knows none of them.
type mine struct {
	*testing.T
	*Client
	state store.Store
	user  protocol.Address
}

func newMine(t *testing.T) mine {
	t.Helper()
	w := testWorld(t)
	server, state := realHost(t, w)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := New(Config{
		Host: server.URL, HTTP: &http.Client{Transport: transport}, Network: w.network, Chain: newFakeChain(w), Signer: KeySigner{w.user}, Store: NewMemoryStore(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return mine{t, c, state, w.user.Address()}
}

// add adds a job to the host.
func (m mine) add(user protocol.Address, salt byte) protocol.Digest {
	m.Helper()
	spec := protocol.JobSpec{User: user, InputHash: protocol.Digest{salt}, PrefixBy: 1 << 35, DeliverBy: 1 << 36, Salt: protocol.Digest{salt}}
	id := m.Domain().JobID(spec)
	if _, err := m.state.AddJob(m.Context(), id, spec, []store.Blob{{Digest: spec.InputHash, Bytes: 1, Kind: store.KindInput}}); err != nil {
		m.Fatal(err)
	}
	return id
}

// ids lists all jobs that the host shows.
func (m mine) ids() (ids []protocol.Digest) {
	m.Helper()
	for before := uint64(0); ; {
		list, err := m.UserJobs(m.Context(), before)
		if err != nil {
			m.Fatal(err)
		}
		for _, e := range list.Jobs {
			ids = append(ids, e.Job.JobID)
		}
		if before = list.Next; before == 0 {
			return ids
		}
	}
}

// An account sees all its jobs on any machine, takes them along, and has them forgotten.
func TestMine(t *testing.T) {
	t.Parallel()
	m := newMine(t)
	m.add(protocol.Address{9}, 200) // another's
	var want []protocol.Digest
	for n := range byte(45) {
		want = append(want, m.add(m.user, n))
	}
	got := m.ids()
	for i, id := range got {
		if i >= len(want) || id != want[len(want)-1-i] {
			t.Fatalf("job %d of %d in the list is %s", i, len(got), id)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d jobs are listed, want %d", len(got), len(want))
	}

	var kinds []string
	err := m.Export(t.Context(), func(line []byte, e protocol.Exported) error {
		if !json.Valid(line) {
			t.Errorf("%q is not JSON", line)
		}
		kinds = append(kinds, e.Kind)
		return nil
	})
	if all := "account" + strings.Repeat(" job", len(want)) + " end"; err != nil || strings.Join(kinds, " ") != all {
		t.Errorf("exported %s: %v", kinds, err)
	}
	stop := errors.New("disk full")
	if err := m.Export(t.Context(), func([]byte, protocol.Exported) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("export to a full disk: %v", err)
	}

	if err := m.state.GiveUp(t.Context(), want[0], protocol.Failed{JobID: want[0]}); err != nil {
		t.Fatal(err)
	}
	e, err := m.Erase(t.Context())
	if err != nil || e.Erased != 1 || len(e.Kept) != len(want)-1 {
		t.Errorf("erased %d, kept %d: %v", e.Erased, len(e.Kept), err)
	}
	if n := len(m.ids()); n != len(want) { // signs in again: all sessions have ended
		t.Errorf("%d jobs are listed after erasure, want %d", n, len(want))
	}
}

// Sessions end everywhere.
func TestEndSessions(t *testing.T) {
	t.Parallel()
	m := newMine(t)
	m.ids()
	token := m.host.session.current()
	if err := m.EndSessions(t.Context()); err != nil {
		t.Fatal(err)
	}
	res, err := m.host.send(t.Context(), token, http.MethodGet, nil, 0, "v1", "me", "jobs")
	if !wantsSignIn(err) {
		t.Errorf("a session that was ended: %v", err)
		res.Body.Close()
	}
	if err := m.EndSessions(t.Context()); err != nil { // signs in to do so
		t.Errorf("again: %v", err)
	}
}

// liar is a client of a host that answers everything with the same text.
func liar(t *testing.T, text string) *Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }))
	t.Cleanup(s.Close)
	w := testWorld(t)
	c, err := New(Config{Host: s.URL, HTTP: s.Client(), Network: w.network, Chain: newFakeChain(w), Signer: KeySigner{w.user}, Store: NewMemoryStore()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMineLies(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	spec := protocol.JobSpec{User: w.user.Address()}
	entry := func(id protocol.Digest, s protocol.JobSpec) string {
		b, err := json.Marshal(protocol.JobEntry{Seq: 7, Job: protocol.JobView{JobID: id, Spec: s}})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	good := entry(w.domain.JobID(spec), spec)
	others := spec
	others.User[0]++
	account := fmt.Sprintf(`{"kind":"account","account":%q}`, w.user.Address())
	jobs := func(before uint64) func(context.Context, *Client) error {
		return func(ctx context.Context, c *Client) error { _, err := c.UserJobs(ctx, before); return err }
	}
	export := func(ctx context.Context, c *Client) error {
		return c.Export(ctx, func([]byte, protocol.Exported) error { return nil })
	}
	output := func(ctx context.Context, c *Client) error {
		_, err := c.Output(ctx, protocol.BlobDigest([]byte("output")), new(bytes.Buffer))
		return err
	}
	manifest := func(ctx context.Context, c *Client) error { _, err := c.JobManifest(ctx, spec); return err }
	for _, c := range []struct {
		name, text string
		ask        func(context.Context, *Client) error
		want       Code
	}{
		{"good list", `{"jobs":[` + good + `],"next":7}`, jobs(8), ""},
		{"terms of another job", `{"jobs":[` + entry(protocol.Digest{1}, spec) + `]}`, jobs(0), CodeHostAnswer},
		{"job of another", `{"jobs":[` + entry(w.domain.JobID(others), others) + `]}`, jobs(0), CodeHostAnswer},
		{"list without end", `{"jobs":[` + good + `],"next":8}`, jobs(8), CodeHostAnswer},
		{"pages of nothing", `{"jobs":[],"next":7}`, jobs(8), CodeHostAnswer},
		{"good export", account + "\n" + `{"kind":"end"}` + "\n", export, ""},
		{"export that breaks off", account + "\n", export, CodeHostDown},
		{"export of nothing", "", export, CodeHostDown},
		{"export of another", `{"kind":"account","account":"0x0000000000000000000000000000000000000001"}` + "\n" + `{"kind":"end"}`, export, CodeHostAnswer},
		{"export without account", `{"kind":"end"}`, export, CodeHostAnswer},
		{"export beyond its end", account + "\n" + `{"kind":"end"}` + "\n" + account, export, CodeHostAnswer},
		{"export of rubbish", account + "\n{", export, CodeHostAnswer},
		{"good output", "output", output, ""},
		{"another output", "outputs", output, CodeHostAnswer},
		{"another manifest", `{"modelId":"` + spec.ModelID.String() + `","manifestHash":"` + spec.ManifestHash.String() + `","manifest":"AAAA","ready":true,"online":true}`, manifest, CodeModelRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if err := c.ask(t.Context(), liar(t, c.text)); CodeOf(err) != c.want || c.want == "" && err != nil {
				t.Errorf("error %v, want code %q", err, c.want)
			}
		})
	}
}
