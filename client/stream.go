//go:build !js

package client

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/gorilla/websocket"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// stream is an open event stream of a job.
type stream struct{ conn *websocket.Conn }

// openStream dials a WebSocket; it ends with ctx.
func (h host) openStream(ctx context.Context, path ...string) (*stream, error) {
	u := h.base.JoinPath(path...)
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment}
	if t, ok := h.http.Transport().(*http.Transport); ok {
		dialer.Proxy, dialer.TLSClientConfig, dialer.NetDialContext = t.Proxy, t.TLSClientConfig, t.DialContext
	}
	header := http.Header{}
	if token := h.session.current(); token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	conn, res, err := dialer.DialContext(ctx, u.String(), header)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if res != nil {
			return nil, problem(fetch.Response{Status: res.StatusCode, Reason: http.StatusText(res.StatusCode), Body: res.Body}, "stream", u.Path)
		}
		return nil, fail(CodeHostDown, fmt.Errorf("open stream %s: %w", u.Path, err))
	}
	conn.SetReadLimit(maxJobViewBytes)
	return &stream{conn}, nil
}

// next waits for the next event.
func (s *stream) next(ctx context.Context) (e protocol.Event, err error) {
	stop := context.AfterFunc(ctx, func() { _ = s.conn.Close() })
	defer stop()
	_, b, err := s.conn.ReadMessage()
	if err != nil {
		if ctx.Err() != nil {
			return e, ctx.Err()
		}
		return e, fail(CodeHostDown, fmt.Errorf("event stream: %w", err))
	}
	return e, fail(CodeHostAnswer, protocol.UnmarshalJSON(bytes.NewReader(b), maxJobViewBytes, &e))
}

func (s *stream) close() { _ = s.conn.Close() }
