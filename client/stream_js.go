package client

import (
	"bytes"
	"context"
	"errors"
	"syscall/js"

	"github.com/encrypted-compute/encompute/protocol"
)

// stream is an open event stream of a job: the browser's WebSocket.
type stream struct {
	socket   js.Value
	messages chan string
	closed   chan struct{}
	funcs    []js.Func
}

// openStream dials a WebSocket; it ends with ctx.
func (h host) openStream(ctx context.Context, path ...string) (*stream, error) {
	u := h.base.JoinPath(path...)
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	s := &stream{messages: make(chan string, 256), closed: make(chan struct{})}
	opened := make(chan struct{})
	protocols := []any{"encompute"} // a browser sends no header with a token
	if token := h.session.current(); token != "" {
		protocols = append(protocols, "encompute.token."+token)
	}
	s.socket = js.Global().Get("WebSocket").New(u.String(), protocols)
	s.on("open", func(js.Value) { close(opened) })
	s.on("close", func(js.Value) { close(s.closed) })
	s.on("message", func(event js.Value) {
		data := event.Get("data")
		if data.Type() != js.TypeString {
			s.socket.Call("close")
			return
		}
		text := data.String() // js.Value.Length knows no strings
		if len(text) > maxJobViewBytes {
			s.socket.Call("close")
			return
		}
		select {
		case s.messages <- text:
		default: // the reader is far behind: it reconnects from the last event it saw
			s.socket.Call("close")
		}
	})
	select {
	case <-opened:
		return s, nil
	case <-s.closed:
		s.release()
		return nil, fail(CodeHostDown, errors.New("event stream: the browser could not connect"))
	case <-ctx.Done():
		s.close()
		return nil, ctx.Err()
	}
}

// next waits for the next event.
func (s *stream) next(ctx context.Context) (e protocol.Event, err error) {
	select {
	case m := <-s.messages:
		return e, decodeEvent(m, &e)
	default:
	}
	select {
	case m := <-s.messages:
		return e, decodeEvent(m, &e)
	case <-s.closed:
		return e, fail(CodeHostDown, errors.New("event stream: closed"))
	case <-ctx.Done():
		return e, ctx.Err()
	}
}

func decodeEvent(m string, e *protocol.Event) error {
	return fail(CodeHostAnswer, protocol.UnmarshalJSON(bytes.NewReader([]byte(m)), maxJobViewBytes, e))
}

func (s *stream) close() {
	s.socket.Call("close")
	<-s.closed
	s.release()
}

func (s *stream) release() {
	for _, f := range s.funcs {
		f.Release()
	}
}

func (s *stream) on(event string, do func(js.Value)) {
	f := js.FuncOf(func(_ js.Value, args []js.Value) any {
		do(args[0])
		return nil
	})
	s.funcs = append(s.funcs, f)
	s.socket.Call("addEventListener", event, f)
}
