package host

import (
	"os"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
)

// Whatever is said about a lease that is not held is answered by Cancel and changes nothing.
func TestStaleEpoch(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id, _ := b.queue()
	w := b.newWorker().connect()
	a := w.assigned()
	c, output := w.compute(a)
	w.put(output, w.welcome.Token, "")
	stale := c
	stale.Epoch++
	other := c
	other.Receipt.JobID[0]++
	for _, m := range []struct {
		t    protocol.MessageType
		body any
		want protocol.Cancel
	}{
		{protocol.TypeComputed, stale, protocol.Cancel{JobID: id, Epoch: 2}},
		{protocol.TypeComputed, other, protocol.Cancel{JobID: other.Receipt.JobID, Epoch: 1}},
		{protocol.TypeHeartbeat, protocol.Heartbeat{JobID: id, Epoch: 2}, protocol.Cancel{JobID: id, Epoch: 2}},
		{protocol.TypeProgress, protocol.Progress{JobID: id, Epoch: 2}, protocol.Cancel{JobID: id, Epoch: 2}},
		{protocol.TypeFailed, protocol.Failed{JobID: id, Epoch: 2}, protocol.Cancel{JobID: id, Epoch: 2}},
	} {
		w.send(m.t, m.body)
		if got := receive[protocol.Cancel](w.wire, protocol.TypeCancel); got != m.want {
			t.Errorf("after a stale %s: cancel %+v, want %+v", m.t, got, m.want)
		}
	}
	b.state(id, protocol.JobRunning)
	w.send(protocol.TypeComputed, c)
	b.await(id, protocol.JobComputed)
}

// A worker that says goodbye or is sent away gives its job to others at once; one whose line breaks has a few seconds to come back.
func TestWorkerDeath(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		leave func(*fakeWorker)
		keeps bool
	}{
		"goodbye": {func(w *fakeWorker) {
			bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
			w.must(w.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(patience)))
		}, false},
		"sent away":   {func(w *fakeWorker) { w.send(protocol.TypeAck, protocol.Ack{}) }, false},
		"broken line": {func(w *fakeWorker) { w.conn.Close() }, true},
		"closed by what is between": {func(w *fakeWorker) {
			bye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
			w.must(w.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(patience)))
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.publish()
			id, _ := b.queue()
			first := b.newWorker().connect()
			first.assigned()
			second := b.newWorker().connect()
			c.leave(first)
			if c.keeps {
				b.leased(id, returnGrace)
				b.clock.advance(returnGrace)
				b.must(b.host.sweep(t.Context()))
				b.state(id, protocol.JobRunning)
				b.clock.advance(time.Second)
				b.must(b.host.sweep(t.Context()))
			}
			a := second.assigned()
			if a.JobID != id || a.Epoch != 2 {
				t.Errorf("second worker got %+v", a)
			}
			second.answerJob(a)
			b.await(id, protocol.JobComputed)
		})
	}
}

// leased waits until the lease of a job is one that runs out after a time.
func (b *bench) leased(id protocol.Digest, left time.Duration) {
	b.Helper()
	want := b.clock.Now().Add(left)
	for until := time.Now().Add(patience); ; {
		j, err := b.host.store.Job(b.Context(), id)
		b.must(err)
		if j.State == protocol.JobRunning && j.LeaseUntil.Equal(want) {
			return
		}
		if time.Now().After(until) {
			b.Fatalf("job is %s, leased until %s, want %s", j.State, j.LeaseUntil, want)
		}
		b.ok("GET", "/healthz", nil, nil)
	}
}

// A worker whose line breaks again and again keeps its job if it comes back each time, and never has it longer than before the break.
func TestBrokenLines(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id, _ := b.queue()
	w := b.newWorker().connect()
	a := w.assigned()
	w.held = &protocol.Held{JobID: id, Epoch: a.Epoch}
	b.leased(id, b.host.cfg.Lease)
	for range 3 {
		w.conn.Close()
		b.leased(id, returnGrace)
		b.clock.advance(returnGrace)
		b.must(b.host.sweep(t.Context()))
		w.connect()
		b.leased(id, b.host.cfg.Lease)
	}
	const left = returnGrace / 2
	b.clock.advance(b.host.cfg.Lease - left)
	w.conn.Close()
	for len(b.host.workers.list()) > 0 {
		b.ok("GET", "/healthz", nil, nil)
	}
	b.leased(id, left)
	b.clock.advance(left + time.Second)
	b.must(b.host.sweep(t.Context()))
	b.state(id, protocol.JobQueued)
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id, _ := b.queue()
	w := b.newWorker().connect()
	for epoch := range uint64(3) {
		a := w.assigned()
		if a.Epoch != epoch+1 {
			t.Errorf("epoch %d, want %d", a.Epoch, epoch+1)
		}
		w.send(protocol.TypeFailed, protocol.Failed{JobID: id, Epoch: a.Epoch, Code: "made up", Detail: "line\nbreak", Retry: true})
	}
	v := b.await(id, protocol.JobFailed)
	if v.Attempts != 3 || v.Failure == nil || v.Failure.Code != protocol.FailInternal || v.Failure.Detail != `line\nbreak` {
		t.Errorf("failed with %+v after %d attempts", v.Failure, v.Attempts)
	}
	other, _ := b.queue()
	a := w.assigned()
	w.send(protocol.TypeFailed, protocol.Failed{JobID: other, Epoch: a.Epoch, Code: protocol.FailInput, Detail: "keys do not fit"})
	if v := b.await(other, protocol.JobFailed); v.Attempts != 1 || v.Failure.Code != protocol.FailInput {
		t.Errorf("failed with %+v after %d attempts", v.Failure, v.Attempts)
	}
}

func TestSilentWorker(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id, _ := b.queue()
	w := b.newWorker().connect()
	a := w.assigned()
	b.clock.advance(25 * time.Second)
	w.send(protocol.TypeProgress, protocol.Progress{JobID: id, Epoch: a.Epoch, Step: 1, Steps: 2})
	w.send(protocol.TypeHeartbeat, protocol.Heartbeat{JobID: id, Epoch: a.Epoch + 1}) // its answer shows that the progress was read
	receive[protocol.Cancel](w.wire, protocol.TypeCancel)
	b.clock.advance(25 * time.Second)
	b.must(b.host.sweep(t.Context()))
	b.state(id, protocol.JobRunning)
	b.clock.advance(6 * time.Second)
	b.must(b.host.sweep(t.Context()))
	w.refusedWith(codeSuperseded)
	if v := b.state(id, protocol.JobQueued); v.Attempts != 1 {
		t.Errorf("attempts %d", v.Attempts)
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id, s := b.queue()
	w := b.newWorker().connect()
	a := w.assigned()
	c, output := w.compute(a)
	w.put(output, w.welcome.Token, "")
	b.chain.with(func() { b.chain.time = s.PrefixBy + 1 }) // the chain's clock counts, if it is ahead
	b.must(b.host.sweep(t.Context()))
	if got := receive[protocol.Cancel](w.wire, protocol.TypeCancel); got.JobID != id {
		t.Errorf("cancel %+v", got)
	}
	if v := b.state(id, protocol.JobFailed); v.Failure == nil || v.Failure.Code != protocol.FailDeadline {
		t.Errorf("failed with %+v", v.Failure)
	}
	w.send(protocol.TypeComputed, c)
	receive[protocol.Cancel](w.wire, protocol.TypeCancel)
	b.state(id, protocol.JobFailed)
}

// A worker that comes back with its job to a host that was started anew has its lease back at once: nobody else gets the job,
// and the answer counts that was begun before.
func TestRestartMidJob(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id, _ := b.queue()
	w := b.newWorker().connect()
	a := w.assigned()
	b.restart()
	b.leased(id, b.host.cfg.Lease) // as it was: nobody saw the line break
	other := b.newWorker().connect()
	w.held = &protocol.Held{JobID: id, Epoch: a.Epoch}
	w.connect()
	b.clock.advance(25 * time.Second)
	b.must(b.host.sweep(t.Context()))
	w.send(protocol.TypeProgress, protocol.Progress{JobID: id, Epoch: a.Epoch, Step: 1, Steps: 2})
	w.send(protocol.TypeHeartbeat, protocol.Heartbeat{JobID: id, Epoch: a.Epoch + 1}) // its answer shows that the progress was read
	receive[protocol.Cancel](w.wire, protocol.TypeCancel)
	b.clock.advance(25 * time.Second)
	b.must(b.host.sweep(t.Context()))
	w.answerJob(a)
	if v := b.await(id, protocol.JobComputed); v.Attempts != 1 || v.Worker != w.key.Address() {
		t.Errorf("%d attempts, the last by %s", v.Attempts, v.Worker)
	}
	w.conn.Close()
	for len(b.host.workers.list()) > 1 {
		b.ok("GET", "/healthz", nil, nil)
	}
	next, _ := b.queue()
	if got := other.assigned(); got.JobID != next {
		t.Errorf("the other worker got job %s meanwhile", got.JobID)
	}
}

// A lease is given back to nobody but the worker that has it, with the job and epoch that it is of, and after fresh evidence.
func TestLeaseIsNotGivenBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*bench, *fakeWorker)
		refuse code // with what the worker is sent away; "" if it is told that the lease is lost
		want   protocol.JobState
	}{
		"earlier epoch":  {func(_ *bench, w *fakeWorker) { w.held.Epoch-- }, "", protocol.JobQueued},
		"later epoch":    {func(_ *bench, w *fakeWorker) { w.held.Epoch++ }, "", protocol.JobQueued},
		"another job":    {func(_ *bench, w *fakeWorker) { w.held.JobID[0]++ }, "", protocol.JobQueued},
		"another worker": {func(b *bench, w *fakeWorker) { *w = *b.newWorker().with(w.held) }, "", protocol.JobRunning},
		"lapsed": {func(b *bench, w *fakeWorker) {
			b.clock.advance(31 * time.Second)
			b.must(b.host.sweep(b.Context()))
		}, "", protocol.JobQueued},
		"old evidence": {func(_ *bench, w *fakeWorker) {
			honest := w.quote
			w.quote = func(binding protocol.Binding) protocol.Evidence {
				old := binding
				old.Nonce = protocol.Nonce{1}
				e := honest(old)
				e.Binding = binding
				return e
			}
		}, codeEvidenceRefused, protocol.JobRunning},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.publish()
			id, _ := b.queue()
			w := b.newWorker().connect()
			a := w.assigned()
			w.conn.Close()
			w.held = &protocol.Held{JobID: id, Epoch: a.Epoch}
			c.change(b, w)
			w.hello()
			w.attest()
			if c.refuse != "" {
				w.refusedWith(c.refuse)
				b.state(id, c.want)
				return
			}
			receive[protocol.Welcome](w.wire, protocol.TypeWelcome)
			if got := receive[protocol.Cancel](w.wire, protocol.TypeCancel); got != protocol.Cancel(*w.held) {
				t.Errorf("cancel %+v of %+v", got, *w.held)
			}
			if c.want == protocol.JobRunning {
				b.state(id, c.want)
				return
			}
			if a := w.assigned(); a.JobID != id || a.Epoch != 2 { // as any other worker would
				t.Errorf("assigned %+v", a)
			}
		})
	}
}

// with makes the worker say that it has a job.
func (w *fakeWorker) with(held *protocol.Held) *fakeWorker {
	w.held = held
	return w
}

// After a crash a worker that has lost its job says so: the job is given out again at once, and no answer of before counts.
func TestCrashMidJob(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id, _ := b.queue()
	w := b.newWorker().connect()
	a := w.assigned()
	c, output := w.compute(a)
	w.put(output, w.welcome.Token, "")
	image := t.TempDir()
	b.must(os.CopyFS(image, os.DirFS(b.cfg.DataDir))) // what is on disk at this moment
	b.cfg.DataDir = image
	b.restart()
	b.leased(id, b.host.cfg.Lease)
	w.connect()
	a = w.assigned()
	if a.JobID != id || a.Epoch != 2 {
		t.Errorf("assigned %+v", a)
	}
	w.send(protocol.TypeComputed, c)
	receive[protocol.Cancel](w.wire, protocol.TypeCancel)
	w.answerJob(a)
	b.await(id, protocol.JobComputed)
}
