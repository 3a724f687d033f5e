package host

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/host/blobs"
	"github.com/encrypted-compute/encompute/host/store/postgres/postgrestest"
	"github.com/encrypted-compute/encompute/protocol"
)

// newPeers starts two hosts, with background work, over one PostgreSQL database and one bucket.
func newPeers(t *testing.T) (one, two *bench) {
	t.Helper()
	address, bucket := postgrestest.Start(t).Database(t), filepath.Join(t.TempDir(), "bucket")
	one = newBench(t, func(c *Config) { c.Store, c.Blobs = address, bucket })
	other := *one
	two = &other
	two.conns, two.cfg.DataDir = nil, t.TempDir()
	one.stop()
	one.startPeer()
	two.startPeer()
	t.Cleanup(two.stop)
	one.run()
	two.run()
	return one, two
}

// startPeer starts a host that others can reach.
func (b *bench) startPeer() {
	b.Helper()
	b.server = httptest.NewUnstartedServer(nil)
	b.cfg.Peer = "http://" + b.server.Listener.Addr().String()
	var err error
	b.host, err = New(b.Context(), b.cfg)
	b.must(err)
	b.server.Config.Handler = b.host.Handler()
	b.server.Start()
}

// TestPeers takes a job through two hosts, its user at one of them and its worker and creator
// at the other.
func TestPeers(t *testing.T) {
	t.Parallel()
	one, two := newPeers(t)
	one.manifest.Cuts[0].InputBytes = 4 * blobs.MinPart
	two.manifest = one.manifest
	one.publish()
	two.modelID = one.modelID
	w := two.newWorker().connect()
	agent := two.signIn(two.creator, 0)

	for _, b := range []*bench{one, two} {
		var workers []protocol.WorkerView
		b.ok("GET", "/v1/workers", nil, &workers)
		if len(workers) != 1 || workers[0].Signer != w.key.Address() || workers[0].Busy || workers[0].Calibration == nil {
			t.Errorf("workers %+v", workers)
		}
		var models []protocol.ModelView
		b.ok("GET", "/v1/models", nil, &models)
		if len(models) != 1 || !models[0].Ready || !models[0].Online {
			t.Errorf("models %+v", models)
		}
	}
	done := make(chan protocol.EvidenceRequest, 1)
	go func() { done <- w.attest() }()
	var e protocol.Evidence
	one.ok("POST", "/v1/workers/"+w.key.Address().String()+"/evidence", protocol.EvidenceQuery{Nonce: protocol.Nonce{9}}, &e)
	if q := <-done; q.Nonce != (protocol.Nonce{9}) || e.Binding.Nonce != q.Nonce {
		t.Errorf("worker was asked for nonce %x, its evidence is over %x", q.Nonce, e.Binding.Nonce)
	}
	one.refused(one.call("POST", "/v1/workers/"+protocol.Address{5}.String()+"/evidence", protocol.EvidenceQuery{}, nil), codeUnknownWorker)

	// The upload of the input begins at one host and ends at the other.
	input := blob("input", 4*blobs.MinPart)
	s := one.spec()
	s.InputHash = protocol.BlobDigest(input)
	id := one.post(s)
	one.ok("POST", "/v1/jobs", s, nil)
	upload := func(b *bench, from, to int) {
		t.Helper()
		path := fmt.Sprintf("/v1/blobs/%s/uploads/%s?at=%d&bytes=%d", s.InputHash, protocol.Digest{1}, from, len(input))
		resp, answer := b.request("PATCH", path, "", bytes.NewReader(input[from:to]))
		b.refused(b.answer(resp, answer, nil), "")
	}
	upload(one, 0, len(input)/2)
	one.put(blob("keys", keysBytes), "", "")
	upload(two, len(input)/2, len(input))

	a := w.assigned()
	one.await(id, protocol.JobRunning)
	c := w.answerJob(a)
	one.await(id, protocol.JobComputed)
	if _, output := one.request("GET", "/v1/blobs/"+c.Receipt.OutputHash.String(), one.token, nil); protocol.BlobDigest(output) != c.Receipt.OutputHash {
		t.Error("the output is not at the other host")
	}
	one.ok("POST", "/v1/jobs/"+id.String()+"/release", one.release(id, c, []byte("sealed to the creator")), nil)
	agent.send(protocol.TypeDelivered, agent.delivery(agent.released(), []byte("sealed to the user")))
	one.await(id, protocol.JobDelivered)
	// By whichever host, once.
	if s := one.settlements(1)[0]; s != (settlement{"receipt", id}) {
		t.Errorf("settled %+v, want the receipt", s)
	}

	agent.conn.Close()
	for one.online() || two.online() { // until both know
		runtime.Gosched()
	}
	two.refused(two.as(two.session(two.creator), "GET", "/v1/creator/releases", nil), "")
	if !one.online() || !two.online() {
		t.Error("a creator that polls is shown offline")
	}
}

// TestPeerDies leaves a job to the other host when the one of its worker goes away, and ends a
// lease at one host that ran out by the clock of the other.
func TestPeerDies(t *testing.T) {
	t.Parallel()
	one, two := newPeers(t)
	one.publish()
	two.modelID = one.modelID
	w := two.newWorker().connect()
	id, _ := one.queue()
	a := w.assigned()
	one.clock.advance(31 * time.Second)
	one.must(one.host.sweep(t.Context())) // the other one did not
	if cancel := receive[protocol.Cancel](w.wire, protocol.TypeCancel); cancel.JobID != id || cancel.Epoch != a.Epoch {
		t.Errorf("cancel %+v of lease %+v", cancel, a)
	}
	if again := w.assigned(); again.JobID != id || again.Epoch != a.Epoch+1 {
		t.Errorf("assigned %+v after %+v", again, a)
	}
	survivor := one.newWorker().connect()
	two.host.endStreams()
	one.clock.advance(31 * time.Second) // within which the worker might come back to the other host
	one.must(one.host.sweep(t.Context()))
	if last := survivor.assigned(); last.JobID != id || last.Epoch != a.Epoch+2 {
		t.Errorf("assigned %+v after %+v", last, a)
	}
	one.chain.batches <- contracts.Batch{Events: []contracts.Event{{Data: &contracts.JobRefunded{JobID: id}}}}
	one.await(id, protocol.JobRefunded) // whichever host saw it
}

// TestGhosts lets a worker leave while the database is away: the other hosts must not see it for ever.
func TestGhosts(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	b := newBench(t, func(c *Config) {
		c.Store, c.Peer, c.Sweep = server.Database(t), "http://127.0.0.1:1", 5*time.Millisecond
	})
	b.run()
	w := b.newWorker().connect()
	listed := func() int {
		list, err := b.host.store.Sessions(t.Context(), "", time.Time{})
		b.must(err)
		return len(list)
	}
	if n := listed(); n != 1 {
		t.Fatalf("%d streams are listed", n)
	}
	server.Stop()
	w.conn.Close()
	for open := 1; open > 0; runtime.Gosched() { // until the host is done with it
		b.host.mu.Lock()
		open = b.host.streams
		b.host.mu.Unlock()
	}
	server.Restart(t)
	for end := time.Now().Add(time.Minute); listed() > 0; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal("a stream that ended is listed still")
		}
	}
}

// A database that is away for a while stops no host, and what happened on chain meanwhile is
// written down when it is back.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	b := newBench(t, func(c *Config) { c.Store, c.Sweep = server.Database(t), 5*time.Millisecond })
	b.run()
	b.publish()
	id, _ := b.queue()
	server.Stop()
	b.chain.batches <- contracts.Batch{Events: []contracts.Event{{Data: &contracts.JobRefunded{JobID: id}}}}
	if resp, _ := b.request("GET", "/v1/jobs/"+id.String(), b.token, nil); resp.StatusCode != 500 {
		t.Errorf("status %d while the database is away", resp.StatusCode)
	}
	server.Restart(t)
	b.await(id, protocol.JobRefunded)
}
