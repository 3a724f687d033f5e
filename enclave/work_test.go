package enclave

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	started := make(chan struct{}, 1)
	h, _, s, o := setup(t, keyless(), untilDone(started))
	o.store(h)
	s.send(protocol.TypeAssign, o.assign)
	<-started
	for {
		m, err := s.next()
		if err != nil {
			t.Fatal(err)
		}
		if m.Type == protocol.TypeProgress {
			continue
		}
		b, err := protocol.DecodeBody[protocol.Heartbeat](m)
		if err != nil || b.JobID != o.assign.JobID || b.Epoch != o.assign.Epoch {
			t.Errorf("got %s %s, want a heartbeat of the job", m.Type, m.Body)
		}
		return
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	started := make(chan struct{}, 1)
	h, _, s, o := setup(t, keyless(), untilDone(started))
	o.store(h)
	s.send(protocol.TypeAssign, o.assign)
	<-started
	// Cancels of another job or epoch, and the same assignment again, change nothing.
	s.send(protocol.TypeCancel, protocol.Cancel{JobID: protocol.Digest{1}, Epoch: 1})
	s.send(protocol.TypeCancel, protocol.Cancel{JobID: o.assign.JobID, Epoch: 2})
	s.send(protocol.TypeAssign, o.assign)
	busy := o.assign
	busy.JobID = protocol.Digest{9}
	s.send(protocol.TypeAssign, busy)
	if f := expect[protocol.Failed](s, protocol.TypeFailed); f.JobID != busy.JobID || !f.Retry || !strings.Contains(f.Detail, "busy") {
		t.Errorf("failed with %+v, want busy", f)
	}
	select {
	case <-started:
		t.Error("the same assignment started twice")
	default:
	}
	// A later epoch replaces the job, silently.
	o.assign.Epoch = 2
	s.send(protocol.TypeAssign, o.assign)
	<-started
	s.send(protocol.TypeCancel, protocol.Cancel{JobID: o.assign.JobID, Epoch: 2})
	// The worker is free again, and had nothing to say about the cancelled job: expect
	// lets nothing but heartbeats and progress pass.
	s.send(protocol.TypeEvidenceRequest, protocol.EvidenceRequest{RequestID: 1})
	expect[protocol.EvidenceReply](s, protocol.TypeEvidence)
	o.assign.Epoch = 3
	s.send(protocol.TypeAssign, o.assign)
	<-started
}

// A stream that the host ends at work is no failure of the job: the worker says nothing more, and does the job on the next.
func TestRefusedAtWork(t *testing.T) {
	t.Parallel()
	started := make(chan struct{}, 1)
	h, w, s, o := setup(t, keyless(), untilDone(started))
	o.store(h)
	for epoch := range uint64(20) {
		o.assign.Epoch = epoch + 1
		s.send(protocol.TypeAssign, o.assign)
		<-started
		s.send(protocol.TypeRefused, protocol.Refused{Code: "internal", Detail: "its database is away"})
		s.expectEnd()
		s = h.admit()
	}
	if log := w.log.String(); strings.Contains(log, "job failed") || !strings.Contains(log, "job dropped") {
		t.Errorf("the worker's log:\n%s", log)
	}
}

// A worker that is told to stop drops its job and ends.
func TestStopAtWork(t *testing.T) {
	t.Parallel()
	started := make(chan struct{}, 1)
	h, w, s, o := setup(t, keyless(), untilDone(started))
	o.store(h)
	s.send(protocol.TypeAssign, o.assign)
	<-started
	if err := w.stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	s.expectEnd()
}

// gated is an engine that says when it has started and goes on when it is let.
func gated(started chan<- struct{}, goOn <-chan struct{}) func(*Worker) {
	return func(w *Worker) {
		evaluate := w.evaluate
		w.evaluate = func(e *fhe.Evaluator, ctx context.Context, k *fhe.Keys, in []byte, p func(int, string)) ([]byte, error) {
			started <- struct{}{}
			select {
			case <-goOn:
			case <-ctx.Done():
			}
			return evaluate(e, ctx, k, in, p)
		}
	}
}

// wantHeld checks what a worker says in its hello that it still works on.
func wantHeld(t *testing.T, hello protocol.Hello, o *order) {
	t.Helper()
	want := protocol.Held{JobID: o.assign.JobID, Epoch: o.assign.Epoch}
	if hello.Held == nil || *hello.Held != want {
		t.Errorf("the worker comes with %+v, want %+v", hello.Held, want)
	}
}

// A job goes on when its stream breaks, and is handed in on the next one, evaluated once.
func TestJobOutlivesStreams(t *testing.T) {
	t.Parallel()
	started, goOn := make(chan struct{}, 2), make(chan struct{})
	h, w, s, o := setup(t, keyless(), gated(started, goOn))
	o.store(h)
	s.send(protocol.TypeAssign, o.assign)
	<-started
	for range 3 {
		s.conn.Close()
		s = h.accept()
		wantHeld(t, expect[protocol.Hello](s, protocol.TypeHello), o)
		s.welcome(testToken)
		if b := expect[protocol.Heartbeat](s, protocol.TypeHeartbeat); b.JobID != o.assign.JobID || b.Epoch != 1 {
			t.Errorf("heartbeat %+v", b)
		}
	}
	close(goOn)
	checkComputed(t, h, w, o, expect[protocol.Computed](s, protocol.TypeComputed))
	if len(started) > 0 {
		t.Error("the job was evaluated again")
	}
}

// A host may die before it reads a receipt: it comes again on the next stream, until the host has another job or says that it
// knows.
func TestLastWordIsRepeated(t *testing.T) {
	t.Parallel()
	h, w, s, o := setup(t, keyless(), nil)
	o.store(h)
	s.send(protocol.TypeAssign, o.assign)
	first := expect[protocol.Computed](s, protocol.TypeComputed)
	for range 2 {
		s.conn.Close()
		s = h.accept()
		wantHeld(t, expect[protocol.Hello](s, protocol.TypeHello), o)
		s.welcome(testToken)
		again := expect[protocol.Computed](s, protocol.TypeComputed)
		checkComputed(t, h, w, o, again)
		if again.Receipt != first.Receipt {
			t.Errorf("receipt %+v came first, then %+v", first.Receipt, again.Receipt)
		}
	}
	s.send(protocol.TypeCancel, protocol.Cancel{JobID: o.assign.JobID, Epoch: 1})
	s.send(protocol.TypeEvidenceRequest, protocol.EvidenceRequest{RequestID: 1})
	expect[protocol.EvidenceReply](s, protocol.TypeEvidence) // the cancel has been read
	s.conn.Close()
	if hello := expect[protocol.Hello](h.accept(), protocol.TypeHello); hello.Held != nil {
		t.Errorf("the worker comes with %+v, which it was to forget", hello.Held)
	}
}

// A job is dropped whose host stays away for longer than the lease lasts.
func TestAlone(t *testing.T) {
	t.Parallel()
	started, ended := make(chan struct{}, 1), make(chan struct{}, 1)
	h, w, s, o := setup(t, keyless(), scripted(func(ctx context.Context) ([]byte, error) {
		started <- struct{}{}
		<-ctx.Done()
		ended <- struct{}{}
		return nil, ctx.Err()
	}))
	o.store(h)
	o.assign.LeaseSeconds = 0
	s.send(protocol.TypeAssign, o.assign)
	<-started
	s.conn.Close()
	<-ended
	for {
		s := h.accept()
		hello := expect[protocol.Hello](s, protocol.TypeHello)
		s.conn.Close()
		if hello.Held == nil {
			break
		}
	}
	if err := w.stop(); err != nil {
		t.Error(err)
	}
	if log := w.log.String(); strings.Contains(log, "job failed") || !strings.Contains(log, errAlone.Error()) {
		t.Errorf("the worker's log:\n%s", log)
	}
}

// A job whose lease the host gave to somebody else meanwhile ends as soon as the worker is back.
func TestLostLease(t *testing.T) {
	t.Parallel()
	started := make(chan struct{}, 2)
	h, _, s, o := setup(t, keyless(), untilDone(started))
	o.store(h)
	s.send(protocol.TypeAssign, o.assign)
	<-started
	s.conn.Close()
	s = h.admit()
	s.send(protocol.TypeCancel, protocol.Cancel{JobID: o.assign.JobID, Epoch: 1})
	o.assign.Epoch = 5
	s.send(protocol.TypeAssign, o.assign) // only one is at work at a time
	<-started
}

// Input and output of a job pass by the token of the stream that is open, even if another one was open when the job began.
func TestTokenOfTheMoment(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"input": "", "output": "/uploads/"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, w, s, o := setup(t, keyless(), nil)
			o.store(h)
			asked := make(chan struct{}, 100)
			h.refuse(func(r *http.Request) bool {
				old := r.Header.Get("Authorization") == "Bearer "+testToken && strings.Contains(r.URL.Path, path)
				if old {
					asked <- struct{}{}
				}
				return old
			})
			s.send(protocol.TypeAssign, o.assign)
			<-asked
			s.conn.Close()
			s = h.accept()
			wantHeld(t, expect[protocol.Hello](s, protocol.TypeHello), o)
			s.welcome("another token")
			checkComputed(t, h, w, o, expect[protocol.Computed](s, protocol.TypeComputed))
		})
	}
}
