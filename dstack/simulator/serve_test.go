package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/dstack"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

func TestListenAndServe(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	folder := t.TempDir()
	socket := filepath.Join(folder, "s")
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false) // as a killed process leaves it
	stale.Close()

	c, err := dstack.NewClient(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.ListenAndServe(ctx, socket) }()
	for {
		if _, err = c.Version(t.Context()); err == nil {
			break
		}
		select {
		case err := <-done:
			t.Fatalf("ListenAndServe ended early: %v", err)
		default:
			runtime.Gosched()
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}

	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(folder, "missing", "s"), filepath.Join(folder, strings.Repeat("long", 40))} {
		if err := s.ListenAndServe(t.Context(), path); err == nil {
			t.Errorf("ListenAndServe(%.60s) succeeded", path)
		}
	}
}

// The API hands out keys: it is served to this machine only.
func TestServeRefusesTheNetwork(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	var lc net.ListenConfig
	open, err := lc.Listen(t.Context(), "tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(t.Context(), open); err == nil {
		t.Error("served on all addresses")
	}
	if conn, err := net.Dial("tcp4", open.Addr().String()); err == nil {
		conn.Close()
		t.Error("the listener is still open")
	}
}

func TestServeOverLoopback(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	c, err := dstack.NewClient("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if v, err := c.Version(t.Context()); err != nil || v.Version != "0.6.0-simulated" {
		t.Errorf("Version = %+v, %v", v, err)
	}
	c.Close()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestTappdSocket(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	socket := filepath.Join(t.TempDir(), "tappd.sock")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.ListenAndServeTappd(ctx, socket) }()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	client := &http.Client{Transport: transport}
	for {
		resp, err := client.Post("http://tappd/prpc/Tappd.RawQuote?json", "application/json", strings.NewReader(`{"report_data":"`+strings.Repeat("ab", 64)+`"}`))
		if err != nil {
			runtime.Gosched() // not listening yet
			select {
			case err := <-done:
				t.Fatalf("ListenAndServeTappd ended early: %v", err)
			default:
			}
			continue
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		var m map[string]any
		if err != nil || json.Unmarshal(body, &m) != nil || m["hash_algorithm"] != "raw" {
			t.Errorf("RawQuote = %.200s, %v", body, err)
		}
		break
	}
	transport.CloseIdleConnections()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
