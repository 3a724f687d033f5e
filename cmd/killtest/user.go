package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/protocol"
)

// users is how many there are, each with a wallet and a home of its own.
const users = 2

// patience is how long a job may take from its first command to its end, however often somebody is killed.
const patience = 10 * time.Minute

// user runs jobs with the command line, one after the other.
type user struct {
	name    string
	key     protocol.SigningKey
	program string
	dir     string
	env     []string
	rows    atomic.Int64 // of the table, counted up
	store   *client.FileStore

	mu      sync.Mutex
	running *os.Process // nil: none

	over map[protocol.Digest]string // jobs that need no more, and the code that they ended with
}

// work runs jobs until there are to be no more, and each to its end.
func (u *user) work(ctx context.Context, more func() bool) error {
	for more() {
		if _, err := u.command(ctx, "job", "run", "--model", modelName, "--cut", cutLayer, "--input", filepath.Join(u.dir, tableName),
			"--row", strconv.FormatInt(u.rows.Add(1)%tableRows, 10), "--yes", "--beyond-budget"); err != nil {
			return err
		}
		if err := u.finish(ctx); err != nil {
			return err
		}
	}
	return nil
}

// finish resumes the jobs that are kept until none needs it.
func (u *user) finish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		open, err := u.open(ctx)
		if err != nil || len(open) == 0 {
			return err
		}
		for _, job := range open {
			code, err := u.command(ctx, "job", "resume", job.ID.String())
			if ctx.Err() != nil {
				return fmt.Errorf("%s: job %s does not end: %w", u.name, job.ID, errors.Join(ctx.Err(), err))
			}
			if err != nil {
				return err
			}
			if final(code) {
				u.over[job.ID] = string(code)
			}
		}
	}
}

// final reports whether a job that ended with a code needs no more of its user: it failed and is refunded after its deadline,
// or nothing was paid.
func final(c client.Code) bool {
	return c == client.CodeJobFailed || c == client.CodeDeadlinePassed || c == client.CodeRefunded || c == client.CodeExpired
}

// passing are the codes of failures that pass: the user tries again.
var passing = []client.Code{
	client.CodeHostDown, client.CodeNoWorker, client.CodeChain, client.CodeCreatorOffline, client.CodeCollateral,
}

// open returns the kept jobs that are neither delivered, with the host knowing that the result came, nor over.
func (u *user) open(ctx context.Context) ([]*client.Job, error) {
	jobs, err := u.store.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: list jobs: %w", u.name, err)
	}
	return slices.DeleteFunc(jobs, func(j *client.Job) bool {
		_, over := u.over[j.ID]
		return over || j.State == client.StateDelivered && j.Acknowledged
	}), nil
}

// command runs the command line to its end, which may be its death. It returns the code of a failure, or an error if that
// is none that may happen here.
func (u *user) command(ctx context.Context, args ...string) (client.Code, error) {
	cmd := exec.CommandContext(ctx, u.program, append(args, "--json")...)
	cmd.Dir, cmd.Env = u.dir, u.env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		return "", err
	}
	u.set(cmd.Process)
	err := cmd.Wait()
	u.set(nil)
	if err == nil || cmd.ProcessState.ExitCode() < 0 { // done, or killed
		return "", ctx.Err()
	}
	var doc struct {
		Error struct {
			Code client.Code `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(stdout.Bytes(), &doc) == nil && (final(doc.Error.Code) || slices.Contains(passing, doc.Error.Code)) {
		return doc.Error.Code, nil
	}
	return "", fmt.Errorf("%s: %v: %w\n%s%s", u.name, args, err, stdout.Bytes(), stderr.Bytes()[max(0, stderr.Len()-1000):])
}

func (u *user) set(p *os.Process) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.running = p
}

// kill kills the command that runs; if none does, it waits for the next.
func (u *user) kill(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if u.killNow() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (u *user) killNow() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.running != nil && u.running.Kill() == nil
}
