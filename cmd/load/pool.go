package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/cmd/internal/localnet"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

// pool is the workers and the creator's agent, each a process behind a line of its own to the host. While the pool is at work
// the lines break after random numbers of bytes: a worker's in the middle of a job, since what it carries is the jobs' inputs.
// Then the process goes on with a new connection, or is killed and started again.
type pool struct {
	*stage
	workers []*member
	creator *member

	mu             sync.Mutex
	wild           bool
	killed, broken int // workers
	restarted      int // the creator
	reconnected    int
	failed         error // of a start
}

// member is a process behind a line.
type member struct {
	line    *line
	process *localnet.Process
	start   func(context.Context) (*localnet.Process, error)
	mean    int64   // bytes between two deaths
	kill    float64 // of its deaths, the share of those in which the process is killed
	kills   int     // at most; a creator's agent takes long to start, since its keys are encrypted
	died    func(killed bool)
}

// newPool starts as many workers as are asked for in the place of the network's one, each in a CVM of its own, and moves the
// creator's agent behind a line. Close it.
func newPool(ctx context.Context, s *stage) (p *pool, err error) {
	s.net.Worker.Stop()
	p = &pool{stage: s}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	for i := range s.Workers {
		if err := p.addWorker(fmt.Sprintf("worker%d", i)); err != nil {
			return p, err
		}
	}
	if err := p.addCreator(); err != nil {
		return p, err
	}
	return p, p.startWorkers(ctx)
}

func (p *pool) addLine(m *member) (err error) {
	m.line, err = newLine(strings.TrimPrefix(p.net.File.Host, "http://"))
	return err
}

func (p *pool) addWorker(name string) error {
	if err := p.net.StartCVM(name, simulator.Config{Instance: name}); err != nil {
		return err
	}
	m := &member{mean: int64(p.Between) * int64(p.cut.InputBytes), kill: 0.5, kills: math.MaxInt, died: func(killed bool) {
		if killed {
			p.killed++
		} else {
			p.broken++
		}
	}}
	if err := p.addLine(m); err != nil {
		return err
	}
	m.start = func(ctx context.Context) (*localnet.Process, error) {
		return p.net.StartEnclave(ctx, name, name, "ENCOMPUTE_HOST="+m.line.url(), "ENCOMPUTE_THREADS=1")
	}
	p.workers = append(p.workers, m)
	return nil
}

func (p *pool) addCreator() error {
	const each = 4 << 10 // bytes of an answer, about
	m := &member{mean: max(4, int64(p.Jobs/12)) * each, kill: 0.3, kills: 2, process: p.net.Creator, died: func(killed bool) {
		if killed {
			p.restarted++
		} else {
			p.reconnected++
		}
	}}
	if err := p.addLine(m); err != nil {
		return err
	}
	m.line.upOnly = true // with every connection comes again what is not answered
	file, path := p.net.File, filepath.Join(p.net.Dir, "creator.json")
	file.Host = m.line.url()
	if err := file.Save(path); err != nil {
		return err
	}
	m.start = func(ctx context.Context) (*localnet.Process, error) {
		err := p.net.ServeCreator(ctx, "ENCOMPUTE_NETWORK="+path, "ENCOMPUTE_KEY_FILE="+filepath.Join(p.net.Dir, "creator.key"))
		return p.net.Creator, err
	}
	p.creator = m
	return nil
}

// startWorkers starts all workers and waits until the host has accepted them.
func (p *pool) startWorkers(ctx context.Context) (err error) {
	for _, m := range p.workers {
		if m.process, err = m.start(ctx); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	return p.workers[0].process.Until(ctx, "accepted with the others", func() bool {
		var views []protocol.WorkerView
		return p.net.Get(ctx, "/v1/workers", &views) && len(views) == len(p.workers)
	})
}

// rest stops all workers.
func (p *pool) rest() {
	for _, m := range p.workers {
		m.process.Stop()
	}
}

// work starts the workers again, and the creator's agent behind its line, and has them die from now on.
func (p *pool) work(ctx context.Context) (err error) {
	p.creator.process.Stop()
	p.wild = true
	for _, m := range append(p.workers, p.creator) {
		if m.process, err = m.start(ctx); err != nil {
			return err
		}
		m.line.setBroke(func() { p.die(ctx, m) })
		m.line.arm(m.next())
	}
	return nil
}

// next draws after how many bytes a member dies.
func (m *member) next() int64 { return m.mean/5 + mathrand.Int64N(m.mean*8/5) }

// die is called when a member's line broke: that was its death, unless it is killed, too.
func (p *pool) die(ctx context.Context, m *member) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.wild {
		return
	}
	kill := m.kills > 0 && mathrand.Float64() < m.kill
	if kill {
		m.kills--
		m.process.Kill()
		process, err := m.start(ctx)
		if err != nil {
			p.failed = errors.Join(p.failed, err)
			return
		}
		m.process = process
	}
	m.died(kill)
	m.line.arm(m.next())
}

// calm has nobody die any more. It returns why somebody could not be started again.
func (p *pool) calm() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wild = false
	return p.failed
}

func (p *pool) count(r *jobsReport) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r.Killed, r.Cut, r.Restarted, r.Reconnected = p.killed, p.broken, p.restarted, p.reconnected
}

// close ends the workers and the lines. The creator's agent stays, without its line: what follows does without it.
func (p *pool) close() {
	_ = p.calm() // told before
	for _, m := range p.workers {
		m.process.Stop()
	}
	for _, m := range append(p.workers, p.creator) {
		if m != nil && m.line != nil {
			_ = m.line.close() // it was of use until now
		}
	}
}
