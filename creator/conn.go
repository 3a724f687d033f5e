//go:build !js

package creator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/encrypted-compute/encompute/protocol"
)

// The times of a stream. The host pings more often than silence lasts.
const (
	silence     = 60 * time.Second
	sendTimeout = 60 * time.Second
)

// conn is an open creator stream. One goroutine reads, any may send.
type conn struct {
	ws   *websocket.Conn
	mu   sync.Mutex // held while sending
	stop func() bool
}

// login opens a stream and proves who the creator is. The signature names host, chain and
// the host's nonce, so that no other host can use it.
func (s *server) login(ctx context.Context) (*conn, error) {
	c, err := s.cfg.Host.dial(ctx, s.seen)
	if err != nil {
		return nil, err
	}
	if err := s.introduce(c); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (s *server) introduce(c *conn) error {
	challenge, err := expect[protocol.Challenge](c, protocol.TypeChallenge)
	if err != nil {
		return err
	}
	n := s.cfg.Host.Network
	if challenge.Host != n.Name || challenge.ChainID != n.ChainID {
		return fmt.Errorf("%w: %w: it calls itself %q on chain %d", ErrLogin, ErrWrongNetwork, challenge.Host, challenge.ChainID)
	}
	sig, err := s.cfg.Signer.SignDigest(protocol.LoginDigest(challenge.Host, challenge.ChainID, challenge.Nonce))
	if err != nil {
		return fmt.Errorf("sign login: %w", err)
	}
	login := protocol.Login{Creator: s.cfg.Signer.Address(), Signature: sig}
	if err := c.send(protocol.TypeLogin, login); err != nil {
		return err
	}
	_, err = expect[protocol.Welcome](c, protocol.TypeWelcome)
	var refused *refusedError
	if errors.As(err, &refused) && !refused.passing() {
		return fmt.Errorf("%w: %w", ErrLogin, err)
	}
	if err != nil {
		return err
	}
	return s.seen()
}

// seen records that the host is there.
func (s *server) seen() error { return s.cfg.State.setSeen(s.cfg.Host, time.Now()) }

// dial opens the WebSocket; it ends with ctx, or when pinged, which is called whenever the host asks for a sign of life, fails.
func (h Host) dial(ctx context.Context, pinged func() error) (*conn, error) {
	u, err := url.Parse(h.Address)
	if err != nil {
		return nil, fmt.Errorf("host: %w", err)
	}
	u = u.JoinPath("v1", "creator")
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 20 * time.Second}
	if h.HTTP != nil {
		if t, ok := h.HTTP.Transport.(*http.Transport); ok {
			dialer.Proxy, dialer.TLSClientConfig, dialer.NetDialContext = t.Proxy, t.TLSClientConfig, t.DialContext
		}
	}
	ws, _, err := dialer.DialContext(ctx, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHostDown, err)
	}
	ws.SetReadLimit(protocol.MaxMessageBytes)
	pong := ws.PingHandler()
	ws.SetPingHandler(func(data string) error {
		if err := errors.Join(ws.SetReadDeadline(time.Now().Add(silence)), pinged()); err != nil {
			return err
		}
		return pong(data)
	})
	return &conn{ws: ws, stop: context.AfterFunc(ctx, func() { _ = ws.Close() })}, nil
}

func (c *conn) close() {
	c.stop()
	_ = c.ws.Close()
}

func (c *conn) send(t protocol.MessageType, body any) error {
	b, err := protocol.EncodeMessage(t, body)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ws.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return fmt.Errorf("send %s: %w", t, err)
	}
	if err := c.ws.WriteMessage(websocket.TextMessage, b); err != nil {
		return fmt.Errorf("send %s: %w", t, err)
	}
	return nil
}

// released waits for the next release; the stream ends with the session's context.
func (c *conn) released(ctx context.Context) (protocol.Released, error) {
	stop := context.AfterFunc(ctx, func() { _ = c.ws.Close() })
	defer stop()
	return expect[protocol.Released](c, protocol.TypeReleased)
}

// refusedError is a host's Refused.
type refusedError struct{ protocol.Refused }

func (e *refusedError) Error() string {
	return printable(fmt.Sprintf("host refused (%s): %s: %s", e.Code, e.Detail, e.Remedy))
}

// passing says that trying again later may help.
func (e *refusedError) passing() bool {
	return slices.Contains([]string{"busy", "closing", "chain_unavailable", "rate_limited", "timeout", "internal"}, e.Code)
}

// expect reads the next message, which must be of a type.
func expect[T any](c *conn, want protocol.MessageType) (v T, err error) {
	if err := c.ws.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return v, fmt.Errorf("read stream: %w", err)
	}
	_, b, err := c.ws.ReadMessage()
	if err != nil {
		return v, fmt.Errorf("read stream: %w", err)
	}
	m, err := protocol.DecodeMessage(b)
	if err != nil {
		return v, err
	}
	switch m.Type {
	case want:
		return protocol.DecodeBody[T](m)
	case protocol.TypeRefused:
		r, err := protocol.DecodeBody[protocol.Refused](m)
		if err != nil {
			return v, err
		}
		return v, &refusedError{r}
	}
	return v, fmt.Errorf("host sent %s, expected %s: update the older side", m.Type, want)
}
