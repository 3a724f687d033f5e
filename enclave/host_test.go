package enclave

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds how long a test waits for something that must come; it decides nothing
// in a test that passes.
const patience = time.Minute

var (
	testDomain   = protocol.Domain{ChainID: 31337, Market: protocol.Address{0xaa}}
	testOperator = protocol.Address{0x0b}
	testRegistry = protocol.Address{0x0c}
	testWorkload = protocol.Digest{0x0d}
	testMachine  = fhe.ReferenceMachine()
)

// fakeHost is a host whose every word a test decides.
type fakeHost struct {
	t       *testing.T
	server  *httptest.Server
	streams chan *hostStream

	mu      sync.Mutex
	blobs   map[protocol.Digest][]byte
	reads   map[protocol.Digest]int
	uploads map[string]*fakeUpload
	came    int64 // bytes of uploads
	full    bool  // takes no more blobs
	refused func(*http.Request) bool
}

// fakeUpload is what came of a blob.
type fakeUpload struct {
	held  []byte
	bytes int64
}

// hostStream is the host's end of a worker's stream.
type hostStream struct {
	t    *testing.T
	conn *websocket.Conn
}

const testToken = "token-of-this-stream"

func newFakeHost(t *testing.T) *fakeHost {
	h := &fakeHost{t: t, streams: make(chan *hostStream), blobs: map[protocol.Digest][]byte{}, reads: map[protocol.Digest]int{}, uploads: map[string]*fakeUpload{}}
	h.refuse(func(r *http.Request) bool { return r.Header.Get("Authorization") != "Bearer "+testToken })
	mux := http.NewServeMux()
	ctx, stop := context.WithCancel(context.Background())
	mux.HandleFunc("GET /v1/worker", func(w http.ResponseWriter, r *http.Request) {
		upgrader := websocket.Upgrader{}
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Errorf("upgrade: %v", err)
			return
		}
		select {
		case h.streams <- &hostStream{t, conn}:
		case <-ctx.Done():
			conn.Close()
		}
	})
	mux.HandleFunc("GET /v1/blobs/{digest}", h.blob)
	mux.HandleFunc("/v1/blobs/{digest}/uploads/{id}", h.upload)
	h.server = httptest.NewServer(mux)
	t.Cleanup(func() {
		stop()
		h.server.Close()
	})
	return h
}

// admitted returns the digest in the path of a request by the worker.
func (h *fakeHost) admitted(w http.ResponseWriter, r *http.Request) (protocol.Digest, bool) {
	digest, err := protocol.ParseDigest(r.PathValue("digest"))
	h.mu.Lock()
	refused := h.refused
	h.mu.Unlock()
	if err != nil || refused(r) {
		http.Error(w, "refused", http.StatusForbidden)
		return digest, false
	}
	return digest, true
}

func (h *fakeHost) blob(w http.ResponseWriter, r *http.Request) {
	digest, ok := h.admitted(w, r)
	if !ok {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reads[digest]++
	b, ok := h.blobs[digest]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Write(b)
}

// upload keeps what comes of a body, also of one that breaks off.
func (h *fakeHost) upload(w http.ResponseWriter, r *http.Request) {
	digest, ok := h.admitted(w, r)
	if !ok {
		return
	}
	b, _ := io.ReadAll(r.Body)
	size, _ := strconv.ParseInt(r.URL.Query().Get("bytes"), 10, 64)
	h.mu.Lock()
	defer h.mu.Unlock()
	u := h.uploads[r.PathValue("id")]
	if u == nil {
		u = &fakeUpload{}
		h.uploads[r.PathValue("id")] = u
	}
	if r.Method == http.MethodPatch {
		switch at := r.URL.Query().Get("at"); {
		case h.full:
			http.Error(w, "disk is full", http.StatusInsufficientStorage)
			return
		case at != strconv.Itoa(len(u.held)):
			http.Error(w, `{"code":"upload_offset","detail":"it stands elsewhere"}`, http.StatusConflict)
			return
		}
		u.held, u.bytes = append(u.held, b...), size
		h.came += int64(len(b))
		if int64(len(u.held)) == u.bytes {
			h.blobs[digest] = u.held
		}
	}
	fmt.Fprintf(w, `{"held":%d,"bytes":%d}`, len(u.held), u.bytes)
}

// store puts a blob under its digest, or under another's.
func (h *fakeHost) store(digest protocol.Digest, blob []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.blobs[digest] = blob
}

func (h *fakeHost) refusePut() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.full = true
}

// refuse sets which requests for blobs are refused.
func (h *fakeHost) refuse(which func(*http.Request) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused = which
}

func (h *fakeHost) stored(digest protocol.Digest) []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.blobs[digest]
}

func (h *fakeHost) readCount(digest protocol.Digest) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.reads[digest]
}

// accept waits for the worker's next stream.
func (h *fakeHost) accept() *hostStream {
	h.t.Helper()
	select {
	case s := <-h.streams:
		h.t.Cleanup(func() { s.conn.Close() })
		return s
	case <-time.After(patience):
		h.t.Fatal("the worker did not come")
		return nil
	}
}

// admit accepts a stream and lets the worker in.
func (h *fakeHost) admit() *hostStream {
	h.t.Helper()
	s := h.accept()
	expect[protocol.Hello](s, protocol.TypeHello)
	s.welcome(testToken)
	return s
}

func (s *hostStream) welcome(token string) {
	s.t.Helper()
	s.send(protocol.TypeWelcome, protocol.Welcome{WorkloadID: testWorkload, Token: token, HeartbeatSeconds: 1})
}

func (s *hostStream) send(kind protocol.MessageType, body any) {
	s.t.Helper()
	b, err := protocol.EncodeMessage(kind, body)
	if err != nil {
		s.t.Fatal(err)
	}
	s.sendRaw(string(b))
}

func (s *hostStream) sendRaw(text string) {
	s.t.Helper()
	if err := s.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

// next reads the worker's next message.
func (s *hostStream) next() (protocol.Message, error) {
	s.conn.SetReadDeadline(time.Now().Add(patience))
	_, b, err := s.conn.ReadMessage()
	if err != nil {
		return protocol.Message{}, err
	}
	return protocol.DecodeMessage(b)
}

// expect reads messages until one of the wanted type comes. It lets heartbeats and
// progress pass, but nothing else.
func expect[T any](s *hostStream, want protocol.MessageType) T {
	s.t.Helper()
	for {
		m, err := s.next()
		if err != nil {
			s.t.Fatalf("wait for %s: %v", want, err)
		}
		if m.Type == want {
			body, err := protocol.DecodeBody[T](m)
			if err != nil {
				s.t.Fatal(err)
			}
			return body
		}
		if m.Type != protocol.TypeHeartbeat && m.Type != protocol.TypeProgress {
			s.t.Fatalf("got %s %s, want %s", m.Type, m.Body, want)
		}
	}
}

// expectEnd waits until the worker has closed the stream.
func (s *hostStream) expectEnd() {
	s.t.Helper()
	for {
		m, err := s.next()
		var timeout net.Error
		switch {
		case errors.As(err, &timeout) && timeout.Timeout():
			s.t.Fatal("the worker kept the stream open")
		case err != nil:
			return
		case m.Type != protocol.TypeHeartbeat && m.Type != protocol.TypeProgress:
			s.t.Fatalf("got %s %s, want the end of the stream", m.Type, m.Body)
		}
	}
}

// running is a worker at work in a simulated CVM.
type running struct {
	*Worker
	sim  *simulator.Simulator
	log  *lockedBuffer
	stop func() error // ends Run
	wait func() error // returns Run's error
}

// startWorker runs a worker against h. change, if any, alters it before it starts.
func startWorker(t *testing.T, h *fakeHost, change func(*Worker)) *running {
	t.Helper()
	sim, socket := startCVM(t)
	provider, err := NewDstack(socket)
	if err != nil {
		t.Fatal(err)
	}
	log := new(lockedBuffer)
	w, err := New(t.Context(), Config{
		Host: h.server.URL, Operator: testOperator, ChainID: testDomain.ChainID, Registry: testRegistry,
		Threads: 1, Machine: testMachine, Software: "test", Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}, provider)
	if err != nil {
		t.Fatal(err)
	}
	w.pauses = pauses{time.Millisecond, time.Millisecond, time.Millisecond}
	if change != nil {
		change(w)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	var runErr error
	go func() {
		defer close(done)
		runErr = w.Run(ctx)
	}()
	wait := func() error {
		<-done
		return runErr
	}
	stop := func() error {
		cancel()
		return wait()
	}
	t.Cleanup(func() {
		if err := stop(); err != nil && !errors.As(err, new(*RefusedError)) {
			t.Errorf("run: %v", err)
		}
		provider.Close()
	})
	return &running{w, sim, log, stop, wait}
}

// startCVM serves a simulated guest agent on a unix socket.
func startCVM(t *testing.T) (*simulator.Simulator, string) {
	t.Helper()
	sim, err := simulator.New(simulator.Config{AppCompose: []byte(`{"name":"worker"}`)})
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "cvm") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "dstack.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- sim.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("simulator: %v", err)
		}
		os.RemoveAll(dir)
	})
	return sim, socket
}

// lockedBuffer collects a log.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
