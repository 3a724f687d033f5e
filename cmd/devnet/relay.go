package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/gorilla/websocket"
)

// lyingRelay stands between a client and the host and changes what passes: a relay that
// cannot be trusted. Sizes are bounded by the real host behind it.
type lyingRelay struct {
	host string // URL of the real host
	lie  lie
	http *http.Client
}

// lie is one change. Either function may be nil; each gets the request's path and returns
// the body to pass on.
type lie struct {
	upload func(path string, body []byte) []byte // client to host
	answer func(path string, body []byte) []byte // host to client, HTTP and WebSocket alike
}

// startLyingRelay serves a relay on loopback until the server is closed.
func startLyingRelay(host string, l lie) *httptest.Server {
	return httptest.NewServer(&lyingRelay{host, l, &http.Client{}})
}

func (r *lyingRelay) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	serve := r.serveHTTP
	if websocket.IsWebSocketUpgrade(q) {
		serve = r.serveStream
	}
	if err := serve(w, q); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

func (r *lyingRelay) serveHTTP(w http.ResponseWriter, q *http.Request) error {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return err
	}
	if r.lie.upload != nil {
		body = r.lie.upload(q.URL.Path, body)
	}
	on, err := http.NewRequestWithContext(q.Context(), q.Method, r.host+q.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	on.Header = q.Header.Clone()
	answer, err := r.http.Do(on)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if r.lie.answer != nil && len(body) > 0 {
		body = r.lie.answer(q.URL.Path, body)
	}
	for k, v := range answer.Header {
		w.Header()[k] = v
	}
	if q.Method != http.MethodHead {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	}
	w.WriteHeader(answer.StatusCode)
	_, err = w.Write(body)
	return err
}

// serveStream passes a WebSocket on, message by message.
func (r *lyingRelay) serveStream(w http.ResponseWriter, q *http.Request) error {
	host, _, err := websocket.DefaultDialer.DialContext(q.Context(), "ws"+strings.TrimPrefix(r.host, "http")+q.URL.RequestURI(),
		http.Header{"Authorization": q.Header.Values("Authorization")})
	if err != nil {
		return err
	}
	defer host.Close()
	up := websocket.Upgrader{}
	user, err := up.Upgrade(w, q, nil)
	if err != nil {
		return nil // Upgrade has answered
	}
	defer user.Close()
	ctx, cancel := context.WithCancel(q.Context())
	defer cancel()
	go func() {
		defer cancel()
		pump(user, host, func(b []byte) []byte { return b })
	}()
	go func() {
		defer cancel()
		pump(host, user, func(b []byte) []byte {
			if r.lie.answer != nil {
				return r.lie.answer(q.URL.Path, b)
			}
			return b
		})
	}()
	<-ctx.Done() // closing both ends the pumps
	return nil
}

func pump(from, to *websocket.Conn, change func([]byte) []byte) {
	for {
		kind, b, err := from.ReadMessage()
		if err != nil {
			return
		}
		if err := to.WriteMessage(kind, change(b)); err != nil {
			return
		}
	}
}
