// Package postgrestest runs a PostgreSQL server for tests.
package postgrestest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server on a loopback port with its data in a temporary folder.
type Server struct {
	bin, dir string
	as       *syscall.Credential // nil: whoever runs the test
	port     int
	made     atomic.Int64
}

// Start starts a server that stops with the test. Where PostgreSQL is not installed it skips
// the test and says what to install.
func Start(t testing.TB) *Server {
	t.Helper()
	bin, ok := binaries()
	if !ok {
		t.Skip("PostgreSQL is not installed: apt-get install postgresql-15, or put initdb and pg_ctl into PATH")
	}
	s := &Server{bin: bin, dir: filepath.Join(t.TempDir(), "data")}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		s.demote(t)
	}
	s.run(t, "initdb", "-D", s.dir, "-U", "encompute", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	s.port = freePort(t)
	// A crash of the machine may cost a test its data.
	settings := fmt.Sprintf("-c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories='' -c fsync=off -c max_connections=200", s.port)
	s.run(t, "pg_ctl", "-D", s.dir, "-w", "-t", "120", "-l", filepath.Join(s.dir, "log"), "-o", settings, "start")
	t.Cleanup(func() { s.run(t, "pg_ctl", "-D", s.dir, "-w", "-m", "immediate", "stop") })
	return s
}

// Stop stops the server as a crash would, until Restart.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	s.run(t, "pg_ctl", "-D", s.dir, "-w", "-m", "immediate", "stop")
}

// Restart stops the server as a crash would and starts it again.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.run(t, "pg_ctl", "-D", s.dir, "-w", "-t", "120", "-m", "immediate", "-l", filepath.Join(s.dir, "log"), "restart")
}

// Database makes an empty database and returns its address.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.address("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	name := fmt.Sprintf("host%d", s.made.Add(1))
	if _, err := conn.Exec(ctx, "create database "+name); err != nil {
		t.Fatal(err)
	}
	return s.address(name)
}

func (s *Server) address(database string) string {
	return fmt.Sprintf("postgres://encompute@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}

// demote makes the server run as somebody else than root, which it refuses.
func (s *Server) demote(t testing.TB) {
	t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Skip("PostgreSQL does not run as root, and there is no user postgres or nobody: run the tests as another user")
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	if err := os.Chown(s.dir, int(uid), int(gid)); err != nil {
		t.Fatal(err)
	}
	// The test's own folder is made for its user alone.
	for dir := filepath.Dir(s.dir); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o711); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *Server) run(t testing.TB, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, &syscall.SysProcAttr{Credential: s.as}
	log, err := os.CreateTemp(t.TempDir(), name+"-*")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log // not a pipe: the server would keep it open
	if err := cmd.Run(); err != nil {
		out, _ := os.ReadFile(log.Name())
		own, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		t.Fatalf("%s: %v\n%s%s", name, err, out, own)
	}
}

// binaries returns the folder of the server's programs.
func binaries() (dir string, ok bool) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), true
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", false
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), true
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
