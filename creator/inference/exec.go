//go:build !js

package inference

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Exec has a process of the creator's evaluate suffixes, one process for each. On its standard
// input it gets .npy files, one after the other, and answers each with a line of JSON,
// {"outputs": [[...], ...]}, or {"error": "..."} if the values are at fault. ENCOMPUTE_MODEL and
// ENCOMPUTE_CUT in its environment name model and cut; no other variable of that prefix is passed
// on, since they hold secrets. It should end when its input does.
type Exec struct{ command []string }

// NewExec returns the runtime that a command starts.
func NewExec(command []string) (Exec, error) {
	if len(command) == 0 {
		return Exec{}, fmt.Errorf("%w: exec: names no command", ErrRuntime)
	}
	return Exec{command}, nil
}

// Load implements Runtime; it starts the process.
func (e Exec) Load(_ context.Context, s Suffix) (Runner, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	p := &process{suffix: s}
	p.cmd = exec.Command(e.command[0], e.command[1:]...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "ENCOMPUTE_") {
			p.cmd.Env = append(p.cmd.Env, v)
		}
	}
	p.cmd.Env = append(p.cmd.Env, "ENCOMPUTE_MODEL="+s.Model, "ENCOMPUTE_CUT="+s.Cut)
	p.cmd.Stderr = &p.complaints
	p.cmd.WaitDelay = time.Second // for what it started and left behind
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRuntime, err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRuntime, err)
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRuntime, err)
	}
	return p, nil
}

// process is one that runs.
type process struct {
	suffix     Suffix
	cmd        *exec.Cmd
	in         io.WriteCloser
	out        *bufio.Reader
	complaints tail
	once       sync.Once
}

// Run implements Runner. When ctx ends the process is killed, and the runner broken.
func (p *process) Run(ctx context.Context, batch [][]float32) ([][]float32, error) {
	stop := context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })
	defer stop()
	// Written beside the reading, so that a process may answer before it has read everything.
	written := make(chan error, 1)
	go func() {
		_, err := p.in.Write(encodeNPY(p.suffix.Graph.Inputs[0].Sample(), batch))
		written <- err
	}()
	line, err := readLine(p.out)
	if err != nil {
		_ = p.cmd.Process.Kill() // so that the writing ends, too
	}
	if err := errors.Join(err, <-written); err != nil {
		return nil, p.broken(ctx, err)
	}
	return parseAnswer(line)
}

// broken tells why a process gave no answer.
func (p *process) broken(ctx context.Context, err error) error {
	_ = p.Close()
	if ctx.Err() != nil {
		return fmt.Errorf("%w: no answer: %w", ErrRuntime, ctx.Err())
	}
	if said := p.complaints.String(); said != "" {
		return fmt.Errorf("%w: %v: %s", ErrRuntime, p.cmd.ProcessState, said)
	}
	return fmt.Errorf("%w: %v: %w", ErrRuntime, p.cmd.ProcessState, err)
}

// Close implements Runner; the process has a second to end by itself.
func (p *process) Close() error {
	p.once.Do(func() {
		_ = p.in.Close()
		timer := time.AfterFunc(time.Second, func() { _ = p.cmd.Process.Kill() })
		_ = p.cmd.Wait() // its state tells
		timer.Stop()
	})
	return nil
}

// readLine reads a line that is not too long.
func readLine(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if line = append(line, part...); err == nil {
			return line, nil
		}
		if len(line) > maxAnswerBytes {
			return nil, errors.New("answer is too long")
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
}

// tail keeps the last of what is written to it.
type tail struct {
	mu sync.Mutex
	b  []byte
}

const maxTail = 2000

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, b[max(len(b)-maxTail, 0):]...)
	t.b = t.b[max(len(t.b)-maxTail, 0):]
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.b))
}
