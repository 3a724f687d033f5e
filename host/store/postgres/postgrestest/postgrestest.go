// Package postgrestest runs a PostgreSQL server for tests.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store/postgres/pgserver"
)

// patience is how long the server may take to do something.
const patience = 2 * time.Minute

// Server is a PostgreSQL server on a loopback port with its data in a temporary folder.
type Server struct {
	server *pgserver.Server
	made   atomic.Int64
}

// Start starts a server that stops with the test. Where PostgreSQL cannot be run it skips
// the test and says what to install.
func Start(t testing.TB) *Server {
	t.Helper()
	server, err := pgserver.New(t.Context(), filepath.Join(t.TempDir(), "data"))
	if errors.Is(err, pgserver.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{server: server}
	t.Cleanup(server.Stop)
	s.start(t)
	return s
}

func (s *Server) start(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.server.Start(ctx); err != nil {
		t.Fatal(err)
	}
}

// Stop stops the server as a crash would, until Restart.
func (s *Server) Stop() { s.server.Stop() }

// Restart stops the server as a crash would and starts it again.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.server.Stop()
	s.start(t)
}

// Database makes an empty database and returns its address.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	address, err := s.server.Create(ctx, fmt.Sprintf("host%d", s.made.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	return address
}
