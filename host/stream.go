package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
)

// The times of streams.
const (
	pingEvery     = 20 * time.Second
	readTimeout   = 50 * time.Second // without a byte, a pong included
	sendTimeout   = 20 * time.Second // and one second more for every MiB
	lingerTimeout = 2 * time.Second  // for the other side to close
)

// stream is a WebSocket with one goroutine that writes and one that reads.
type stream struct {
	ws   *websocket.Conn
	out  chan []byte
	last chan lastWords
	gone chan struct{} // closed when nothing is written any more

	sendTimeout time.Duration
}

// lastWords end a stream: a message, if any, and a close code.
type lastWords struct {
	text []byte
	code int
}

// upgrade turns a request into a stream of messages of at most limit bytes and starts to
// write. The caller ends it with finish.
func (h *Host) upgrade(w http.ResponseWriter, r *http.Request, limit int64) (*stream, error) {
	up := websocket.Upgrader{
		HandshakeTimeout: 10 * time.Second,
		Subprotocols:     []string{"encompute"}, // chosen if a browser offers it beside tokenProtocol
		// Streams are opened by signatures, evidence and tokens, never by a browser's cookies.
		CheckOrigin: func(*http.Request) bool { return true },
		Error: func(w http.ResponseWriter, r *http.Request, _ int, reason error) {
			h.writeProblem(w, r, problem(codeBadRequest, "%s: open a WebSocket here", reason))
		},
	}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return nil, err
	}
	s := &stream{ws: ws, out: make(chan []byte), last: make(chan lastWords, 1), gone: make(chan struct{}), sendTimeout: h.sendTimeout}
	ws.SetReadLimit(limit)
	ws.SetPongHandler(func(string) error { return ws.SetReadDeadline(time.Now().Add(readTimeout)) })
	go s.write()
	return s, nil
}

// write is the one goroutine that writes. It ends with the last words, or when nothing
// gets through; then it closes the connection, so that the reader ends too.
func (s *stream) write() {
	defer close(s.gone)
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		var err error
		select {
		case b := <-s.out:
			err = s.writeText(b)
		case <-ping.C:
			err = s.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(s.sendTimeout))
		case l := <-s.last:
			if l.text != nil {
				err = s.writeText(l.text)
			}
			bye := websocket.FormatCloseMessage(l.code, "")
			if err == nil && s.ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(s.sendTimeout)) == nil {
				return
			}
			err = errGone
		}
		if err != nil {
			s.ws.Close()
			return
		}
	}
}

func (s *stream) writeText(b []byte) error {
	if err := s.ws.SetWriteDeadline(time.Now().Add(s.sendTimeout + time.Duration(len(b)>>20)*time.Second)); err != nil {
		return err
	}
	return s.ws.WriteMessage(websocket.TextMessage, b)
}

// errGone ends a stream whose other side is not there any more.
var errGone = errors.New("stream is closed")

// send hands a message to the writer.
func (s *stream) send(ctx context.Context, t protocol.MessageType, body any) error {
	b, err := protocol.EncodeMessage(t, body)
	if err != nil {
		return err
	}
	return s.sendText(ctx, b)
}

func (s *stream) sendText(ctx context.Context, b []byte) error {
	select {
	case s.out <- b:
		return nil
	case <-s.gone:
		return errGone
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// receive reads the next message.
func (s *stream) receive() (m protocol.Message, err error) {
	b, err := s.receiveText()
	if err != nil {
		return m, err
	}
	m, err = protocol.DecodeMessage(b)
	switch {
	case err != nil && m.Version != 0 && m.Version != protocol.MessageVersion:
		return m, problem(codeVersion, "%s", err)
	case err != nil:
		return m, problem(codeProtocol, "%s", err)
	}
	return m, nil
}

func (s *stream) receiveText() ([]byte, error) {
	if err := s.ws.SetReadDeadline(time.Now().Add(readTimeout)); err != nil {
		return nil, errGone
	}
	kind, r, err := s.ws.NextReader()
	if err == nil && kind != websocket.TextMessage {
		return nil, problem(codeProtocol, "messages are text")
	}
	var b []byte
	if err == nil {
		b, err = io.ReadAll(patient{s.ws, r})
	}
	if errors.Is(err, websocket.ErrReadLimit) {
		return nil, problem(codeTooLarge, "message is larger than this stream allows")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errGone, err)
	}
	return b, nil
}

// patient puts the deadline off as long as bytes come.
type patient struct {
	ws *websocket.Conn
	r  io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ws.SetReadDeadline(time.Now().Add(readTimeout)); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// body decodes the body of a message of a stream.
func body[T any](m protocol.Message) (T, error) {
	v, err := protocol.DecodeBody[T](m)
	if err != nil {
		return v, problem(codeProtocol, "%s", err)
	}
	return v, nil
}

// session is a stream with the reason for its end.
type session struct {
	*stream
	ctx context.Context
	end context.CancelCauseFunc // ends the stream; a Problem is told to the other side
}

// serveStream upgrades a request and runs the two halves of a session, one that reads and
// one that acts, until one of them returns or the session is ended. Close waits for ended,
// which is called last, if start was. Messages have at most limit bytes.
func (h *Host) serveStream(w http.ResponseWriter, r *http.Request, limit int64, start func(session) (read, act func() error), ended func()) error {
	leave, err := h.enter()
	if err != nil {
		return err
	}
	defer leave()
	s, err := h.upgrade(w, r, limit)
	if err != nil {
		return nil // answered
	}
	ctx, end := context.WithCancelCause(r.Context())
	stop := context.AfterFunc(h.ctx, func() { end(errClosing) })
	defer stop()
	read, act := start(session{s, ctx, end})
	defer ended()
	var halves sync.WaitGroup
	for _, half := range []func() error{read, act} {
		halves.Go(func() { end(guarded(half)) })
	}
	<-ctx.Done()
	s.last <- h.lastWords(context.Cause(ctx), r)
	<-s.gone
	// The other side answers by closing. Until then its bytes must be read: closing on
	// unread bytes would take the last words from it.
	hard := time.AfterFunc(lingerTimeout, func() { s.ws.Close() })
	halves.Wait()
	for {
		if _, _, err := s.ws.NextReader(); err != nil {
			break
		}
	}
	hard.Stop()
	s.ws.Close()
	return nil
}

// errClosing ends streams when the host does. It is no refusal: the other side comes back.
var errClosing = errors.New("host is closing")

// errUntold ends a stream on which there is nothing but events: whoever follows them asks again.
var errUntold = errors.New("stream of events failed")

// untold keeps a half of a stream of events from ending with words.
func untold(half func() error) func() error {
	return func() error {
		if err := guarded(half); err != nil {
			return fmt.Errorf("%w: %w", errUntold, err)
		}
		return nil
	}
}

// lastWords tells the other side why its stream ends, if that is for it to know.
func (h *Host) lastWords(why error, r *http.Request) lastWords {
	switch {
	case errors.Is(why, errClosing):
		return lastWords{nil, websocket.CloseGoingAway}
	case why == nil || errors.Is(why, errGone) || errors.Is(why, context.Canceled):
		return lastWords{nil, websocket.CloseNormalClosure}
	}
	p, internal := asProblem(why)
	if internal {
		h.log.Error("stream failed", "path", r.URL.Path, "error", why)
	}
	if errors.Is(why, errUntold) {
		return lastWords{nil, websocket.CloseInternalServerErr}
	}
	text, err := protocol.EncodeMessage(protocol.TypeRefused, protocol.Refused{Code: p.Code, Detail: p.Detail, Remedy: p.Remedy})
	if err != nil {
		text = nil // three strings always encode
	}
	return lastWords{text, websocket.CloseNormalClosure}
}
