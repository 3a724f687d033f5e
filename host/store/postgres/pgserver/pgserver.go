// Package pgserver runs a PostgreSQL server of one's own, on loopback and with its data in a folder: for tests and for
// development networks.
package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrUnavailable says that no server can run here, and what to do about it.
var ErrUnavailable = errors.New("PostgreSQL cannot be run here")

// Server is a PostgreSQL server. Its methods are not safe for concurrent use.
type Server struct {
	bin, dir string
	as       *syscall.Credential // nil: whoever runs this
	port     int

	main *exec.Cmd     // the postmaster; nil: not running
	done chan struct{} // closed when it has ended
}

// New makes the files of a server in dir, which is made and must not be there yet. If root does this, the folders above dir
// up to the one for temporary files become passable, since the server runs as somebody else.
func New(ctx context.Context, dir string) (*Server, error) {
	bin, ok := binaries()
	if !ok {
		return nil, fmt.Errorf("%w: apt-get install postgresql-15, or put initdb and postgres into PATH", ErrUnavailable)
	}
	s := &Server{bin: bin, dir: dir}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 {
		if err := s.demote(); err != nil {
			return nil, err
		}
	}
	cmd := s.command(ctx, "initdb", "-D", s.dir, "-U", "encompute", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	var err error
	s.port, err = freePort(ctx)
	return s, err
}

// Start starts the server and returns when it answers. After Kill that may take a while: what it left must end first.
func (s *Server) Start(ctx context.Context) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if s.main == nil {
			if err := s.spawn(); err != nil {
				return err
			}
		}
		if err := s.ping(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			own, _ := os.ReadFile(s.log()) // the error says enough without it
			return fmt.Errorf("start PostgreSQL: %w\n%s", ctx.Err(), own)
		case <-s.done:
			s.main = nil // the shared memory of the one before was still in use
		case <-tick.C:
		}
	}
}

func (s *Server) log() string { return filepath.Join(s.dir, "log") }

func (s *Server) spawn() error {
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own
	// A crash of the machine may cost the data; one of the server does not.
	cmd := s.command(context.Background(), "postgres", "-D", s.dir, "-c", "listen_addresses=127.0.0.1", "-c", fmt.Sprintf("port=%d", s.port),
		"-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=200")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cmd.Wait() // it ends when it is told to; if not, its log says why
	}()
	s.main, s.done = cmd, done
	return nil
}

func (s *Server) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.Address("postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// Kill kills the server as SIGKILL does (its main process; the others notice), until Start.
func (s *Server) Kill() { s.signal(syscall.SIGKILL) }

// Stop stops the server at once, until Start. It does nothing if the server does not run.
func (s *Server) Stop() { s.signal(syscall.SIGQUIT) }

func (s *Server) signal(sig syscall.Signal) {
	if s.main == nil {
		return
	}
	_ = s.main.Process.Signal(sig) // it may have ended by itself
	<-s.done
	s.main = nil
}

// Create makes an empty database and returns its address.
func (s *Server) Create(ctx context.Context, database string) (address string, err error) {
	conn, err := pgx.Connect(ctx, s.Address("postgres"))
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "create database "+pgx.Identifier{database}.Sanitize())
	return s.Address(database), err
}

// Address is where a database is, as a postgres:// URL.
func (s *Server) Address(database string) string {
	return fmt.Sprintf("postgres://encompute@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}

// demote makes the server run as somebody else than root, which it refuses.
func (s *Server) demote() error {
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return fmt.Errorf("%w: it does not run as root, and there is no user postgres or nobody: be another user", ErrUnavailable)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return err
	}
	s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	if err := os.Chown(s.dir, int(uid), int(gid)); err != nil {
		return err
	}
	for dir := filepath.Dir(s.dir); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o711); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, name), args...)
	// In a group of its own, so that an interrupt at the terminal is not the server's.
	cmd.Dir, cmd.SysProcAttr = s.dir, &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	return cmd
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

func freePort(ctx context.Context) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
