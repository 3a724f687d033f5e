package localnet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// programs are the paths of the built programs that the network runs as processes.
type programs struct{ encompute, enclave string }

// findPrograms takes the programs that lie beside this one, or builds them from the
// module that holds the working directory.
func findPrograms(ctx context.Context, dir string) (programs, error) {
	p := programs{"encompute", "enclave"}
	if exe, err := os.Executable(); err == nil {
		if beside, ok := p.in(filepath.Dir(exe)); ok {
			return beside, nil
		}
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", dir+string(filepath.Separator),
		"github.com/encrypted-compute/encompute/cmd/encompute", "github.com/encrypted-compute/encompute/cmd/enclave")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return p, fmt.Errorf("build encompute and enclave: %w: %s: run this inside the source tree, or put the built programs beside devnet", err, bytes.TrimSpace(out))
	}
	built, ok := p.in(dir)
	if !ok {
		return p, fmt.Errorf("build encompute and enclave: nothing in %s", dir)
	}
	return built, nil
}

func (p programs) in(dir string) (programs, bool) {
	full := programs{filepath.Join(dir, p.encompute), filepath.Join(dir, p.enclave)}
	for _, f := range []string{full.encompute, full.enclave} {
		if st, err := os.Stat(f); err != nil || st.IsDir() {
			return p, false
		}
	}
	return full, true
}

// Process is a running child. Its output goes to a log file.
type Process struct {
	Log string // file of what it prints

	name   string
	cmd    *exec.Cmd
	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended
	err    error         // why; read after done
}

// startProcess runs a program with env added to a minimal environment. It is asked to
// end (SIGTERM) by Stop or when ctx ends, and killed ten seconds later.
func startProcess(ctx context.Context, dir, name, program string, env []string, args ...string) (*Process, error) {
	logPath := filepath.Join(dir, name+".log")
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("log of %s: %w", name, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + os.TempDir()}, env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, errors.Join(fmt.Errorf("start %s: %w", name, err), log.Close())
	}
	p := &Process{name: name, Log: logPath, cmd: cmd, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		p.err = cmd.Wait()
		cancel()
		_ = log.Close()
	}()
	return p, nil
}

// Until polls ready until it holds, the process ends, or ctx does.
func (p *Process) Until(ctx context.Context, what string, ready func() bool) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return fmt.Errorf("%s ended before it was %s: %w\n%s", p.name, what, p.err, p.tail())
		case <-ctx.Done():
			return fmt.Errorf("%s was not %s in time: %w\n%s", p.name, what, ctx.Err(), p.tail())
		case <-tick.C:
			if ready() {
				return nil
			}
		}
	}
}

// Stop asks the process to end and returns when it has; stopping it twice, or one that was never
// started, does nothing.
func (p *Process) Stop() {
	if p != nil {
		p.cancel()
		<-p.done
	}
}

// PID is the process's id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Kill ends the process at once, as a crash does, and returns when it has ended.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.done
}

// tail returns the last lines of the process's log.
func (p *Process) tail() string {
	b, err := os.ReadFile(p.Log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}

// runProcess runs a program to its end and returns what it printed.
func runProcess(ctx context.Context, dir, name, program string, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + os.TempDir()}, env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}
