package host

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
)

// A whole job, with the background work running.
func TestJob(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Sweep, c.ConfirmAfter = 5*time.Millisecond, time.Nanosecond })
	b.run()
	b.publish()
	creator := b.signIn(b.creator, 0)
	w := b.newWorker().connect()
	id, spec := b.queue()
	a := w.assigned()
	if a.JobID != id || a.Spec != spec || a.Epoch != 1 || a.LeaseSeconds != 30 || a.Cut.Index != 1 || a.Domain != b.chain.addresses.Domain() {
		t.Errorf("assigned %+v", a)
	}
	w.send(protocol.TypeProgress, protocol.Progress{JobID: id, Epoch: 1, Step: 1, Steps: 2, Name: "conv1\x1b[2J"})
	c := w.answerJob(a)
	v := b.await(id, protocol.JobComputed)
	if v.Computed == nil || v.Computed.Receipt != c.Receipt || v.Worker != w.key.Address() || v.Progress.Name != `conv1\x1b[2J` {
		t.Errorf("computed %+v", v)
	}
	if s := b.settlements(1)[0]; s != (settlement{"receipt", id}) {
		t.Errorf("settled %v first", s)
	}
	_, output := b.request("GET", "/v1/blobs/"+c.Receipt.OutputHash.String(), b.token, nil)
	if !bytes.Equal(output, blob("output", outputBytes)) {
		t.Errorf("output is %q", output)
	}
	b.ok("POST", "/v1/jobs/"+id.String()+"/release", b.release(id, c, []byte("to the creator")), &v)
	if v.State != protocol.JobReleased {
		t.Errorf("after release: %s", v.State)
	}
	r := creator.released()
	if r.Spec != spec || r.Receipt != c.Receipt || string(r.Release.Sealed) != "to the creator" {
		t.Errorf("released %+v", r)
	}
	creator.send(protocol.TypeDelivered, creator.delivery(r, []byte("to the user")))
	v = b.await(id, protocol.JobDelivered)
	if v.Delivered == nil || string(v.Delivered.Sealed) != "to the user" {
		t.Errorf("delivered %+v", v.Delivered)
	}
	b.acknowledge(id)
	if s := b.settlements(1)[0]; s != (settlement{"delivery", id}) {
		t.Errorf("settled %v second", s)
	}
}

func TestKeylessJob(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	s := b.spec()
	s.Cut, s.KeysHash = 2, protocol.Digest{}
	id := b.post(s)
	b.ok("POST", "/v1/jobs", s, nil)
	b.put(blob("input", inputBytes), "", "")
	b.state(id, protocol.JobQueued)
	if a := b.newWorker().connect().assigned(); a.JobID != id {
		t.Errorf("assigned %s, want %s", a.JobID, id)
	}
}

func TestJobTerms(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	for _, c := range []struct {
		name   string
		change func(*protocol.JobSpec)
		want   code
	}{
		{"unknown model", func(s *protocol.JobSpec) { s.ModelID[0]++ }, codeUnknownModel},
		{"unknown cut", func(s *protocol.JobSpec) { s.Cut = 3 }, codeWrongTerms},
		{"other manifest", func(s *protocol.JobSpec) { s.ManifestHash[0]++ }, codeWrongTerms},
		{"other creator", func(s *protocol.JobSpec) { s.Creator[0]++ }, codeWrongTerms},
		{"other prefix", func(s *protocol.JobSpec) { s.PrefixHash[0]++ }, codeWrongTerms},
		{"other workload", func(s *protocol.JobSpec) { s.WorkloadID[0]++ }, codeWrongTerms},
		{"no input", func(s *protocol.JobSpec) { s.InputHash = protocol.Digest{} }, codeWrongTerms},
		{"no keys for a plan with keys", func(s *protocol.JobSpec) { s.KeysHash = protocol.Digest{} }, codeWrongTerms},
		{"keys for a keyless plan", func(s *protocol.JobSpec) { s.Cut = 2 }, codeWrongTerms},
		{"keys that are the input", func(s *protocol.JobSpec) { s.KeysHash = s.InputHash }, codeWrongTerms},
		{"input of another size", func(s *protocol.JobSpec) { s.InputHash = protocol.BlobDigest(b.prefix) }, codeWrongTerms},
		{"fee too low", func(s *protocol.JobSpec) { s.WorkerFee = 4 }, codeWrongTerms},
		{"no time to compute", func(s *protocol.JobSpec) { s.ComputeMs = 0 }, codeWrongTerms},
		{"too much time to compute", func(s *protocol.JobSpec) { s.ComputeMs = protocol.MaxComputeMs + 1 }, codeWrongTerms},
		{"too late", func(s *protocol.JobSpec) { s.PrefixBy = uint64(b.clock.Now().Unix()) + 69 }, codeTooLate},
		{"over long ago", func(s *protocol.JobSpec) { s.PrefixBy = 0 }, codeTooLate},
		{"delivery before receipt", func(s *protocol.JobSpec) { s.DeliverBy = s.PrefixBy }, codeWrongTerms},
		{"deadline beyond all time", func(s *protocol.JobSpec) { s.PrefixBy = 1 << 63; s.DeliverBy = 1 }, codeWrongTerms},
	} {
		s := b.spec()
		c.change(&s)
		id := b.post(s)
		if got := b.call("POST", "/v1/jobs", s, nil); got != c.want {
			t.Errorf("%s: refused with %q, want %q", c.name, got, c.want)
		}
		if got := b.call("GET", "/v1/jobs/"+id.String(), nil, nil); got != codeUnknownJob {
			t.Errorf("%s: the job is there afterwards (%q)", c.name, got)
		}
	}
}

// A creator's limit counts the jobs of an account on its model in 24 hours.
func TestMaxJobsPerUserDay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.manifest.MaxJobsPerUserDay = 2
	b.publish()
	next := func() protocol.JobSpec {
		s := b.spec()
		b.post(s)
		return s
	}
	first := next()
	b.ok("POST", "/v1/jobs", first, nil)
	b.ok("POST", "/v1/jobs", next(), nil)
	third := next()
	b.refused(b.call("POST", "/v1/jobs", third, nil), codeTooMany)
	b.ok("POST", "/v1/jobs", first, nil) // known already
	other := b.spec()
	other.User[0]++
	b.post(other)
	b.ok("POST", "/v1/jobs", other, nil)
	b.clock.advance(day)
	b.refused(b.call("POST", "/v1/jobs", next(), nil), codeTooMany)
	b.clock.advance(time.Second)
	b.ok("POST", "/v1/jobs", next(), nil)
}

func TestJobChain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	s := b.spec()
	b.refused(b.call("POST", "/v1/jobs", s, nil), codeNotPosted)
	id := b.post(s)
	for _, state := range []contracts.State{contracts.StateComputed, contracts.StateDelivered, contracts.StateRefunded, contracts.StateUndelivered} {
		b.chain.with(func() { b.chain.jobs[id] = state })
		b.refused(b.call("POST", "/v1/jobs", s, nil), codeNotPosted)
	}
	b.chain.with(func() { b.chain.unread = errors.New("connection refused") })
	b.refused(b.call("POST", "/v1/jobs", s, nil), codeChainDown)
	b.chain.with(func() { b.chain.unread = nil })
	b.post(s)
	var v protocol.JobView
	b.ok("POST", "/v1/jobs", s, &v)
	if v.JobID != id || v.State != protocol.JobPosted || len(v.Missing) != 2 {
		t.Errorf("accepted %+v", v)
	}
	b.ok("POST", "/v1/jobs", s, &v) // again
}

func TestModelNotReady(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.ok("POST", "/v1/models", b.register(), nil)
	s := b.spec()
	b.post(s)
	b.refused(b.call("POST", "/v1/jobs", s, nil), codeModelNotReady)
}

func TestPublish(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	good := b.register()
	for _, c := range []struct {
		name   string
		change func(*contracts.Model, *protocol.PublishRequest)
		want   code
	}{
		{"other manifest on chain", func(m *contracts.Model, _ *protocol.PublishRequest) { m.ManifestHash[0]++ }, codeModelMismatch},
		{"other creator on chain", func(m *contracts.Model, _ *protocol.PublishRequest) { m.Creator[0]++ }, codeModelMismatch},
		{"other key on chain", func(m *contracts.Model, _ *protocol.PublishRequest) { m.SealingKeyHash[0]++ }, codeModelMismatch},
		{"not on chain", func(_ *contracts.Model, r *protocol.PublishRequest) { r.ModelID[0]++ }, codeUnknownModel},
		{"cut short", func(_ *contracts.Model, r *protocol.PublishRequest) { r.Manifest = r.Manifest[:100] }, codeBadRequest},
		{"one byte more", func(_ *contracts.Model, r *protocol.PublishRequest) { r.Manifest = append(r.Manifest, 0) }, codeBadRequest},
		{"too large", func(_ *contracts.Model, r *protocol.PublishRequest) { r.Manifest = make([]byte, 2<<20) }, codeTooLarge},
	} {
		b.register()
		r := protocol.PublishRequest{ModelID: good.ModelID, Manifest: bytes.Clone(good.Manifest)}
		b.chain.with(func() {
			m := b.chain.models[good.ModelID]
			c.change(&m, &r)
			b.chain.models[good.ModelID] = m
		})
		if got := b.call("POST", "/v1/models", r, nil); got != c.want {
			t.Errorf("%s: refused with %q, want %q", c.name, got, c.want)
		}
	}
	b.register()
	b.refused(b.call("GET", "/v1/models/"+good.ModelID.String(), nil, nil), codeUnknownModel)
	var v protocol.ModelView
	b.ok("POST", "/v1/models", good, &v)
	if v.Ready || v.Online || !bytes.Equal(v.Manifest, good.Manifest) {
		t.Errorf("published %+v", v)
	}
	b.put(b.prefix, "", "")
	b.signIn(b.creator, 0)
	var list []protocol.ModelView
	b.ok("GET", "/v1/models", nil, &list)
	if len(list) != 1 || !list[0].Ready || !list[0].Online {
		t.Errorf("models %+v, want one, ready and online", list)
	}
	b.ok("GET", "/v1/models?after="+good.ModelID.String(), nil, &list)
	if len(list) != 0 {
		t.Errorf("models after the last: %+v", list)
	}
	b.refused(b.call("GET", "/v1/models?after=x", nil, nil), codeBadRequest)
}

func TestBlobs(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	input, keys := blob("input", inputBytes), blob("keys", keysBytes)
	b.put(input, "", codeUnexpectedBlob) // before the job
	s := b.spec()
	b.post(s)
	b.ok("POST", "/v1/jobs", s, nil)
	w := b.newWorker().connect()
	path := func(data []byte) string { return "/v1/blobs/" + protocol.BlobDigest(data).String() }
	send := func(name string, data []byte, sized bool, want code) {
		t.Helper()
		body := bytes.NewReader(data)
		r, err := http.NewRequestWithContext(t.Context(), "PUT", b.server.URL+path(input), body)
		b.must(err)
		if !sized {
			r.ContentLength = -1
		}
		resp, err := b.server.Client().Do(r)
		b.must(err)
		defer resp.Body.Close()
		var raw bytes.Buffer
		_, err = raw.ReadFrom(resp.Body)
		b.must(err)
		if got := b.answer(resp, raw.Bytes(), nil); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	send("changed", blob("inpuT", inputBytes), true, codeWrongDigest)
	send("short", input[1:], true, codeUnexpectedBlob)
	send("oversize", blob("input", inputBytes+1), true, codeTooLarge)
	send("oversize of unknown length", blob("input", inputBytes+1), false, codeTooLarge)
	b.put(blob("nobody's", 10), "", codeUnexpectedBlob)
	b.put(blob("output", outputBytes), w.welcome.Token, codeUnexpectedBlob) // no lease yet
	b.refused(b.call("GET", path(input), nil, nil), codeUnknownBlob)
	b.refused(b.call("PUT", "/v1/blobs/0x12", nil, nil), codeBadRequest)

	send("right, of unknown length", input, false, "")
	b.put(input, "", "") // again
	b.refused(b.call("GET", path(input), nil, nil), codeTokenRequired)
	resp, _ := b.request("GET", path(input), "guess", nil)
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("GET with a guessed token: status %d", resp.StatusCode)
	}
	if resp, _ := b.request("HEAD", path(input), "", nil); resp.StatusCode != 200 || resp.ContentLength != inputBytes {
		t.Errorf("HEAD: status %d, %d bytes", resp.StatusCode, resp.ContentLength)
	}
	if _, got := b.request("GET", path(input), w.welcome.Token, nil); !bytes.Equal(got, input) {
		t.Errorf("GET as worker: %q", got)
	}
	b.put(keys, "", "")
	w.assigned()
	b.put(blob("output", outputBytes+1), w.welcome.Token, codeTooLarge)
	b.put(blob("output", outputBytes-1), w.welcome.Token, codeUnexpectedBlob)
	b.put(blob("output", outputBytes), w.welcome.Token, "")
	b.put(blob("another", outputBytes), w.welcome.Token, "")
	b.put(blob("one too many", outputBytes), w.welcome.Token, codeUnexpectedBlob)
}

func TestRelease(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	early, _ := b.queue()
	path := func(id protocol.Digest) string { return "/v1/jobs/" + id.String() + "/release" }
	b.refused(b.call("POST", path(early), protocol.SignedRelease{}, nil), codeJobState)
	b.refused(b.call("POST", path(protocol.Digest{9}), protocol.SignedRelease{}, nil), codeUnknownJob)
	w := b.newWorker().connect()
	c := w.answerJob(w.assigned())
	id := early
	b.await(id, protocol.JobComputed)
	resign := func(r *protocol.SignedRelease) {
		r.Signature = b.user.SignDigest(b.chain.addresses.Domain().ReleaseDigest(r.Release))
	}
	stranger := newKey(t)
	for _, x := range []struct {
		name   string
		change func(*protocol.SignedRelease)
		want   code
	}{
		{"signed by a stranger", func(r *protocol.SignedRelease) {
			r.Signature = stranger.SignDigest(b.chain.addresses.Domain().ReleaseDigest(r.Release))
		}, codeSignature},
		{"no signature", func(r *protocol.SignedRelease) { r.Signature = nil }, codeSignature},
		{"changed signature", func(r *protocol.SignedRelease) { r.Signature[40]++ }, codeSignature},
		{"for another market", func(r *protocol.SignedRelease) {
			r.Signature = b.user.SignDigest(protocol.Domain{ChainID: 1}.ReleaseDigest(r.Release))
		}, codeSignature},
		{"another job", func(r *protocol.SignedRelease) { r.Release.JobID[0]++; resign(r) }, codeReleaseMismatch},
		{"another output", func(r *protocol.SignedRelease) { r.Release.OutputHash[0]++; resign(r) }, codeReleaseMismatch},
		{"another envelope", func(r *protocol.SignedRelease) { r.Sealed[0]++ }, codeReleaseMismatch},
		{"no envelope", func(r *protocol.SignedRelease) {
			r.Sealed, r.Release.ReleaseHash = nil, protocol.BlobDigest(nil)
			resign(r)
		}, codeReleaseMismatch},
	} {
		r := b.release(id, c, []byte("sealed"))
		x.change(&r)
		if got := b.call("POST", path(id), r, nil); got != x.want {
			t.Errorf("%s: refused with %q, want %q", x.name, got, x.want)
		}
	}
	b.state(id, protocol.JobComputed)
	r := b.release(id, c, []byte("sealed"))
	b.ok("POST", path(id), r, nil)
	b.ok("POST", path(id), r, nil) // again
	b.refused(b.call("POST", path(id), b.release(id, c, []byte("another")), nil), codeJobState)
}

func TestEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id, _ := b.computed()
	path := "/v1/jobs/" + id.String() + "/events"
	var all, rest []protocol.Event
	b.ok("GET", path, nil, &all)
	var states []string
	for _, e := range all {
		states = append(states, string(e.Job.State))
	}
	if got := strings.Join(states, " "); got != "posted posted queued running computed" {
		t.Errorf("states are %s", got)
	}
	b.ok("GET", fmt.Sprintf("%s?after=%d", path, all[2].Seq), nil, &rest)
	if len(rest) != 2 || rest[0].Seq != all[3].Seq {
		t.Errorf("after event %d: %+v", all[2].Seq, rest)
	}
	b.refused(b.call("GET", path+"?after=-1", nil, nil), codeBadRequest)
	b.refused(b.call("GET", "/v1/jobs/"+protocol.Digest{9}.String()+"/events", nil, nil), codeUnknownJob)
}

// TestEventsFail takes the database away while somebody follows a job: the stream ends without a message that is no event.
func TestEventsFail(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id, _ := b.queue()
	path := "/v1/jobs/" + id.String() + "/events"
	var all []protocol.Event
	b.ok("GET", path, nil, &all)
	w := b.dial(path)
	defer w.conn.Close()
	for range all {
		w.read()
	}
	b.must(b.host.store.Close())
	b.host.events.notify(id)
	if kind, text, err := w.conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseInternalServerErr) {
		t.Errorf("message %d %q, %v; want an end", kind, text, err)
	}
}

func TestEdge(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.ok("GET", "/healthz", nil, nil)
	var n protocol.Network
	b.ok("GET", "/v1/network", nil, &n)
	if n.Name != "test host" || n.ChainID != 1337 || n.Market != b.chain.addresses.Market || n.FeeBps != 250 || n.WorkerFee != 5 {
		t.Errorf("network %+v", n)
	}
	for _, c := range []struct {
		method, path, body string
		want               code
	}{
		{"GET", "/nowhere", "", codeNotFound},
		{"DELETE", "/v1/jobs", "", codeNotFound},
		{"GET", "/v1/jobs/zz", "", codeBadRequest},
		{"GET", "/v1/worker", "", codeBadRequest}, // no WebSocket
		{"POST", "/v1/jobs", "{", codeBadRequest},
		{"POST", "/v1/jobs", `{"user":"0x12"}`, codeBadRequest},
		{"POST", "/v1/jobs", `{"unknown":1}`, codeBadRequest},
		{"POST", "/v1/jobs", `{} {}`, codeBadRequest},
		{"POST", "/v1/jobs", strings.Repeat(" ", maxSmallBody+1), codeTooLarge},
		{"POST", "/v1/workers/0x12/evidence", `{}`, codeBadRequest},
		{"POST", "/v1/workers/" + protocol.Address{1}.String() + "/evidence", `{}`, codeUnknownWorker},
	} {
		resp, answer := b.request(c.method, c.path, b.token, strings.NewReader(c.body))
		if got := b.answer(resp, answer, nil); got != c.want {
			t.Errorf("%s %s %.20s: %q, want %q", c.method, c.path, c.body, got, c.want)
		}
	}
}
