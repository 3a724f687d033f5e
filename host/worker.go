package host

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

// maxWorkerMessage bounds a worker's messages; the largest is evidence.
const maxWorkerMessage = 2 << 20

// The bounds of what others may ask a worker through the host.
const (
	evidenceTimeout = 30 * time.Second
	evidenceEvery   = 200 * time.Millisecond
	evidenceBurst   = 20
)

// worker is a worker's open stream. One goroutine reads (receive), another (work) does
// everything that takes the initiative: admission, claims, renewal.
type worker struct {
	session
	host   *Host
	holder string // names this stream in leases
	token  string // for blobs
	wake   signal
	tasks  chan func() error // for work to do
	limit  *rate.Limiter     // of evidence for others

	hello   chan protocol.Hello // from the reader, once
	binding protocol.Binding    // without nonce; set by work before admission
	signer  protocol.Address

	mu       sync.Mutex
	admitted bool
	card     protocol.WorkerView
	current  *assignment
	renewing bool
	asked    map[uint64]chan protocol.EvidenceReply
	sheets   map[uint64]chan protocol.SheetReply
	lastAsk  uint64
}

// assignment is the job that a worker holds the lease of.
type assignment struct {
	store.Lease
	spec    protocol.JobSpec
	cut     protocol.Cut
	outputs map[protocol.Digest]bool // blobs put for it
}

// serveWorker answers GET /v1/worker.
func (h *Host) serveWorker(w http.ResponseWriter, r *http.Request) error {
	wk := &worker{
		host: h, holder: rand.Text(), token: rand.Text() + rand.Text(), wake: newSignal(), tasks: make(chan func() error, 8),
		limit: rate.NewLimiter(rate.Every(evidenceEvery), evidenceBurst), hello: make(chan protocol.Hello, 1),
		asked: map[uint64]chan protocol.EvidenceReply{}, sheets: map[uint64]chan protocol.SheetReply{},
	}
	return h.serveStream(w, r, maxWorkerMessage, func(s session) (read, act func() error) {
		wk.session = s
		return wk.receive, wk.work
	}, func() {
		h.workers.remove(wk)
		wk.left(context.WithoutCancel(r.Context()))
		h.withdraw(context.WithoutCancel(r.Context()), wk.holder)
	})
}

// returnGrace is how long a job waits for a worker whose line broke. Workers try after a second and after three at the latest, and
// are admitted within some 100 ms.
const returnGrace = 5 * time.Second

// left is called when the stream has ended. What a worker held that said goodbye or was sent away is given back. One whose line broke
// may come back with its job, soon, and one that lost this host, for as long as its lease lasts.
func (w *worker) left(ctx context.Context) {
	h, why := w.host, context.Cause(w.ctx)
	if w.isAdmitted() {
		h.log.InfoContext(ctx, "worker left", "signer", w.signer, "why", why)
	}
	switch broke := broken(why); {
	case w.assigned() == nil || !broke && !errors.Is(why, errClosing):
		_ = h.free(ctx, w.signer, func() ([]protocol.Digest, error) { return h.store.Abandon(ctx, w.holder) })
	case broke:
		if err := h.store.Shorten(ctx, w.holder, h.cfg.Now().Add(returnGrace)); err != nil {
			h.log.ErrorContext(ctx, "the lease of a worker whose line broke runs on", "signer", w.signer, "error", err)
		}
	}
}

// broken reports whether a stream that ended for a reason broke: nobody said goodbye.
func broken(why error) bool {
	bye, said := errors.AsType[*websocket.CloseError](why)
	goodbye := said && bye.Code == websocket.CloseNormalClosure
	return errors.Is(why, errGone) && !goodbye
}

// receive is the reading half.
func (w *worker) receive() error {
	m, err := w.session.receive()
	if err != nil {
		return err
	}
	if m.Type != protocol.TypeHello {
		return problem(codeProtocol, "first message is %q, want %q", m.Type, protocol.TypeHello)
	}
	hello, err := body[protocol.Hello](m)
	if err != nil {
		return err
	}
	w.hello <- hello
	for {
		m, err := w.session.receive()
		if err != nil {
			return err
		}
		if err := w.handle(m); err != nil {
			return err
		}
	}
}

// handle acts on a message after Hello. Before admission only evidence is heard.
func (w *worker) handle(m protocol.Message) error {
	if m.Type == protocol.TypeEvidence {
		return w.onEvidence(m)
	}
	if !w.isAdmitted() {
		return problem(codeProtocol, "message %q before the evidence was accepted", m.Type)
	}
	switch m.Type {
	case protocol.TypeHeartbeat:
		return w.onHeartbeat(m)
	case protocol.TypeProgress:
		return w.onProgress(m)
	case protocol.TypeComputed:
		return w.onComputed(m)
	case protocol.TypeFailed:
		return w.onFailed(m)
	case protocol.TypeSheet:
		return w.onSheet(m)
	}
	return problem(codeProtocol, "message %q is not for the host", m.Type)
}

// work is the acting half.
func (w *worker) work() error {
	if err := w.admit(); err != nil {
		return err
	}
	w.wake.set()
	for {
		select {
		case <-w.ctx.Done():
			return nil
		case task := <-w.tasks:
			if err := task(); err != nil {
				return err
			}
		case <-w.wake:
			if err := w.claim(); err != nil {
				return err
			}
		}
	}
}

// admit verifies a worker, registers it, and says welcome.
func (w *worker) admit() error {
	var hello protocol.Hello
	select {
	case <-w.ctx.Done():
		return nil
	case <-time.After(min(evidenceTimeout, w.host.cfg.Patience)):
		return problem(codeTimeout, "no %q message came", protocol.TypeHello)
	case hello = <-w.hello:
		w.binding = hello.Binding
		w.binding.Nonce = protocol.Nonce{}
	}
	signer, err := w.binding.Signer()
	if err != nil {
		return problem(codeProtocol, "binding: %s", err)
	}
	w.signer = signer
	if err := hello.CheckKind(); err != nil {
		return problem(codeProtocol, "%s", err)
	}
	if c := hello.Calibration; c != nil {
		if err := c.Verify(signer); err != nil {
			return problem(codeProtocol, "%s", err)
		}
	}
	if err := w.verify(); err != nil {
		return err
	}
	back, err := w.rejoin(hello.Held)
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.admitted, w.current = true, back
	w.card.Connected, w.card.Calibration, w.card.Kind = w.host.cfg.Now().UTC(), hello.Calibration, hello.Kind
	workload := w.card.WorkloadID
	w.mu.Unlock()
	w.host.workers.add(w)
	if err := w.announce(); err != nil {
		return err
	}
	w.host.log.InfoContext(w.ctx, "worker accepted", "signer", w.signer, "operator", w.binding.Operator, "workload", workload, "kind", hello.Kind)
	err = w.send(w.ctx, protocol.TypeWelcome, protocol.Welcome{
		WorkloadID: workload, Token: w.token, HeartbeatSeconds: int(w.host.cfg.Heartbeat / time.Second),
	})
	if err != nil || hello.Held == nil || back != nil {
		return err
	}
	return w.send(w.ctx, protocol.TypeCancel, protocol.Cancel(*hello.Held))
}

// verify asks for evidence over a fresh nonce, judges it, and registers the worker.
func (w *worker) verify() error {
	var nonce protocol.Nonce
	_, _ = rand.Read(nonce[:]) // never fails
	e, err := w.evidence(w.ctx, nonce)
	if err != nil {
		return err
	}
	b := w.binding
	b.Nonce = nonce
	accepted, err := w.host.judge(w.ctx, &e, b)
	if err != nil {
		return err
	}
	validUntil, err := w.host.register(w.ctx, e, b, accepted)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.card.Signer, w.card.Operator, w.card.WorkloadID = w.signer, b.Operator, accepted.WorkloadID
	w.card.Simulated, w.card.TCBStatus, w.card.ValidUntil = accepted.Simulated, accepted.TCBStatus, validUntil
	return w.host.store.PutWorker(w.ctx, store.Worker{
		Signer: w.signer, Operator: b.Operator, WorkloadID: accepted.WorkloadID, TCBStatus: accepted.TCBStatus,
		Simulated: accepted.Simulated, Evidence: e, Verified: w.host.cfg.Now(), ValidUntil: validUntil,
	})
}

// renewIfDue verifies and registers a worker again when three quarters of its
// registration are over.
func (w *worker) renewIfDue() {
	w.mu.Lock()
	left := w.card.ValidUntil.Sub(w.host.chainTime())
	due := w.admitted && !w.renewing && left < w.host.cfg.RegistrationValidity/4
	w.renewing = w.renewing || due
	w.mu.Unlock()
	if !due {
		return
	}
	w.do(func() error {
		defer func() {
			w.mu.Lock()
			w.renewing = false
			w.mu.Unlock()
		}()
		if err := w.verify(); err != nil {
			return err
		}
		return w.announce()
	})
}

// announce tells the other hosts what the worker is now.
func (w *worker) announce() error {
	view := w.view()
	return w.host.announce(w.ctx, w.holder, w.signer, &view)
}

// do hands work a task. A worker that is so far behind that there is no room is dismissed.
func (w *worker) do(task func() error) {
	select {
	case w.tasks <- task:
	default:
		w.end(problem(codeBusy, "the worker does not keep up"))
	}
}

// evidence asks the worker for evidence over a nonce.
func (w *worker) evidence(ctx context.Context, nonce protocol.Nonce) (e protocol.Evidence, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, evidenceTimeout, problem(codeTimeout, "worker %s gave no evidence within %s", w.signer, evidenceTimeout))
	defer cancel()
	reply := make(chan protocol.EvidenceReply, 1)
	w.mu.Lock()
	w.lastAsk++
	id := w.lastAsk
	w.asked[id] = reply
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		delete(w.asked, id)
		w.mu.Unlock()
	}()
	if err := w.send(ctx, protocol.TypeEvidenceRequest, protocol.EvidenceRequest{RequestID: id, Nonce: nonce}); err != nil {
		return e, err
	}
	select {
	case <-ctx.Done():
		return e, context.Cause(ctx)
	case <-w.ctx.Done():
		return e, problem(codeUnknownWorker, "worker %s went away", w.signer)
	case r := <-reply:
		want := w.binding
		want.Nonce = nonce
		switch {
		case r.Error != "":
			return e, problem(codeEvidence, "worker %s: %s", w.signer, clean(r.Error))
		case r.Evidence.Binding.ReportData() != want.ReportData():
			return e, problem(codeEvidenceRefused, "evidence is for another binding than the one that was announced")
		}
		return r.Evidence, nil
	}
}

func (w *worker) onEvidence(m protocol.Message) error {
	if len(m.Body) > protocol.MaxEvidenceBytes {
		return problem(codeTooLarge, "evidence has %d bytes, at most %d are allowed", len(m.Body), protocol.MaxEvidenceBytes)
	}
	r, err := body[protocol.EvidenceReply](m)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	reply, ok := w.asked[r.RequestID]
	if !ok {
		return nil // asked and given up
	}
	delete(w.asked, r.RequestID)
	reply <- r
	return nil
}

func (w *worker) isAdmitted() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.admitted
}

// view returns the worker as others see it.
func (w *worker) view() protocol.WorkerView {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := w.card
	v.Busy = w.current != nil
	return v
}

// clean bounds a text of the other side and keeps control characters out of terminals.
func clean(s string) string {
	const most = 1000
	if len(s) > most {
		s = s[:most] + "..."
	}
	q := fmt.Sprintf("%+q", s)
	return q[1 : len(q)-1]
}
