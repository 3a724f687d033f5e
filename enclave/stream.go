package enclave

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
)

const (
	dialLimit      = 30 * time.Second
	writeLimit     = 10 * time.Second
	pingEvery      = 20 * time.Second
	silenceLimit   = 60 * time.Second // without a message or a pong the stream is lost
	maxHostMessage = 4 << 20          // an Assign holds a plan, and a manifest of them fits in 1 MiB
	maxToken       = 4096
)

// stream is one WebSocket to the host. Three goroutines serve it: one reads, one writes,
// one makes quotes. At most one job is at work, which may outlive the stream: see work.
type stream struct {
	worker   *Worker
	conn     *websocket.Conn
	out      chan []byte
	requests chan protocol.EvidenceRequest
	take     func(protocol.Assign)
	done     <-chan struct{} // closed when the stream ends
	measures sync.WaitGroup

	// Set by the host's welcome, before the first job starts.
	welcomed  bool
	token     string
	workload  protocol.Digest
	heartbeat time.Duration

	mu sync.Mutex
	// measuring ends the measurement that is under way; nil if there is none.
	measuring context.CancelCauseFunc
}

// serve opens one stream and works on it until it breaks, the host refuses the worker (a
// RefusedError), or ctx ends. It reports whether the host let the worker in.
func (w *Worker) serve(ctx context.Context) (welcomed bool, err error) {
	conn, err := w.dial(ctx)
	if err != nil {
		return false, err
	}
	run := ctx
	group, ctx := errgroup.WithContext(ctx)
	s := &stream{
		worker:   w,
		conn:     conn,
		out:      make(chan []byte, 64),
		requests: make(chan protocol.EvidenceRequest, 8),
		done:     ctx.Done(),
	}
	s.take = func(a protocol.Assign) { w.work.take(run, s, a) }
	s.send(protocol.TypeHello, protocol.Hello{
		Software: w.config.Software,
		Binding:  w.Binding(protocol.Nonce{}),
		Cores:    w.config.Threads,
		MemoryMB: int(w.config.Memory >> 20),
		Kind:     fhe.Kind(),

		Calibration: &w.calibration,
		Held:        w.work.held(),
	})
	group.Go(func() error { return s.read(ctx) })
	group.Go(func() error { return s.write(ctx) })
	group.Go(func() error { return s.attest(ctx) })
	hangUp := func() { s.hangUp(run.Err() != nil) }
	stop := context.AfterFunc(ctx, hangUp)
	err = group.Wait()
	stop()
	hangUp()
	s.measures.Wait()
	w.work.leave(s, err)
	return s.welcomed, err
}

func (w *Worker) dial(ctx context.Context) (*websocket.Conn, error) {
	target := w.host.JoinPath("v1", "worker")
	target.Scheme = map[string]string{"http": "ws", "https": "wss"}[target.Scheme]
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: dialLimit}
	conn, resp, err := dialer.DialContext(ctx, target.String(), nil)
	if err != nil {
		if resp != nil {
			return nil, fmt.Errorf("open stream %s: status %d: %w", target, resp.StatusCode, err)
		}
		return nil, fmt.Errorf("open stream %s: %w", target, err)
	}
	conn.SetReadLimit(maxHostMessage)
	return conn, nil
}

// hangUp closes the connection, which ends read and write. It says goodbye only if the worker does not come back: with that it gives its
// lease back. It may be called again.
func (s *stream) hangUp(forGood bool) {
	// Neither error matters: the stream is over either way.
	if forGood {
		bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		_ = s.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
	}
	_ = s.conn.Close()
}

// read handles what the host says until the stream ends.
func (s *stream) read(ctx context.Context) error {
	alive := func(string) error { return s.conn.SetReadDeadline(time.Now().Add(silenceLimit)) }
	s.conn.SetPongHandler(alive)
	for {
		if err := alive(""); err != nil {
			return err
		}
		_, b, err := s.conn.ReadMessage()
		if err != nil {
			return fmt.Errorf("read from host: %w", err)
		}
		m, err := protocol.DecodeMessage(b)
		if err != nil {
			return fmt.Errorf("read from host: %w", err)
		}
		if err := s.handle(ctx, m); err != nil {
			return err
		}
	}
}

func (s *stream) handle(ctx context.Context, m protocol.Message) error {
	switch m.Type {
	case protocol.TypeEvidenceRequest:
		return with(m, s.request)
	case protocol.TypeWelcome:
		return with(m, s.welcome)
	case protocol.TypeRefused:
		return with(m, func(r protocol.Refused) error { return &RefusedError{r} })
	case protocol.TypeAssign:
		return with(m, s.start)
	case protocol.TypeCancel:
		return with(m, s.stop)
	case protocol.TypeSheetRequest:
		return with(m, func(r protocol.SheetRequest) error { return s.sheet(ctx, r) })
	}
	return fmt.Errorf("%w: unexpected message %.40q from the host", protocol.ErrMalformed, m.Type)
}

// with decodes the body of m for handle.
func with[T any](m protocol.Message, handle func(T) error) error {
	body, err := protocol.DecodeBody[T](m)
	if err != nil {
		return fmt.Errorf("read from host: %w", err)
	}
	return handle(body)
}

// write sends what is in out, and pings.
func (s *stream) write(ctx context.Context) error {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		kind, b := websocket.TextMessage, []byte(nil)
		select {
		case b = <-s.out:
		case <-ping.C:
			kind = websocket.PingMessage
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := s.conn.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
			return err
		}
		if err := s.conn.WriteMessage(kind, b); err != nil {
			return fmt.Errorf("write to host: %w", err)
		}
	}
}

// attest answers evidence requests one after the other.
func (s *stream) attest(ctx context.Context) error {
	for {
		select {
		case r := <-s.requests:
			reply := protocol.EvidenceReply{RequestID: r.RequestID}
			evidence, err := s.worker.Evidence(ctx, r.Nonce)
			if err != nil {
				s.worker.log.Error("no evidence", "error", err)
				reply.Error = err.Error()
			} else {
				reply.Evidence = evidence
			}
			s.send(protocol.TypeEvidence, reply)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *stream) request(r protocol.EvidenceRequest) error {
	select {
	case s.requests <- r:
	default:
		s.send(protocol.TypeEvidence, protocol.EvidenceReply{RequestID: r.RequestID, Error: "too many requests at once: ask again later"})
	}
	return nil
}

func (s *stream) welcome(w protocol.Welcome) error {
	switch {
	case s.welcomed:
		return fmt.Errorf("%w: the host welcomed the worker twice", protocol.ErrMalformed)
	case len(w.Token) > maxToken:
		return fmt.Errorf("%w: welcome: token has %d bytes, at most %d are allowed", protocol.ErrMalformed, len(w.Token), maxToken)
	case w.WorkloadID.IsZero():
		return fmt.Errorf("%w: welcome: workload id is not set", protocol.ErrMalformed)
	case w.HeartbeatSeconds < 1 || w.HeartbeatSeconds > 3600:
		return fmt.Errorf("%w: welcome: heartbeatSeconds is %d, want 1 to 3600", protocol.ErrMalformed, w.HeartbeatSeconds)
	}
	s.welcomed, s.token, s.workload = true, w.Token, w.WorkloadID
	s.heartbeat = time.Duration(w.HeartbeatSeconds) * time.Second
	s.worker.log.Info("host welcomes the worker", "workload", w.WorkloadID.String())
	s.worker.work.join(s)
	return nil
}

// start begins a job, which goes before a measurement.
func (s *stream) start(a protocol.Assign) error {
	if !s.welcomed {
		return fmt.Errorf("%w: the host assigned a job before its welcome", protocol.ErrMalformed)
	}
	s.mu.Lock()
	if s.measuring != nil {
		s.measuring(errJobFirst)
	}
	s.mu.Unlock()
	s.take(a)
	return nil
}

// stop cancels the job that c names, if it is still at work.
func (s *stream) stop(c protocol.Cancel) error {
	s.worker.work.stop(c)
	return nil
}

// send queues a message and waits for room; it gives up when the stream ends.
func (s *stream) send(t protocol.MessageType, body any) {
	b, err := protocol.EncodeMessage(t, body)
	if err != nil {
		s.worker.log.Error("message lost", "type", t, "error", err)
		return
	}
	s.sendText(b)
}

func (s *stream) sendText(b []byte) {
	select {
	case s.out <- b:
	case <-s.done:
	}
}

// offer queues a message if there is room.
func (s *stream) offer(t protocol.MessageType, body any) {
	b, err := protocol.EncodeMessage(t, body)
	if err != nil {
		s.worker.log.Error("message lost", "type", t, "error", err)
		return
	}
	select {
	case s.out <- b:
	default:
	}
}
