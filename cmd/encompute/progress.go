package main

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

const (
	barAfter  = time.Second     // how long a step runs before a bar is worth drawing
	lineEvery = 5 * time.Second // how often a step reports where no bar can be drawn
)

// meter shows steps that take time on standard error: each a line when it ends and, while
// it runs, a bar on a terminal and plain lines elsewhere.
type meter struct {
	o     *output
	stop  chan struct{}
	ended sync.WaitGroup

	mu          sync.Mutex
	name        string // of the running step; empty between steps
	part        string // where it stands, e.g. a layer
	done, total int64
	begun, told time.Time
	drawn       bool
}

// meter starts a meter; close it.
func (o *output) meter() *meter {
	m := &meter{o: o, stop: make(chan struct{})}
	m.ended.Go(m.run)
	return m
}

// progress says how far a step has come. A new name begins a new step.
func (m *meter) progress(name string, done, total int64, part string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if name != m.name {
		m.name, m.part, m.begun = name, "", time.Now()
		m.told = m.begun
	}
	news := part != m.part
	m.done, m.total, m.part = done, total, part
	if news && !m.o.terminal {
		m.tell()
	}
}

// tell writes a plain line about where the step stands.
func (m *meter) tell() {
	m.told = time.Now()
	fmt.Fprintf(m.o.stderr, "  %s\n", m.line())
}

// finish ends a step; sizeBytes is what was made or moved, 0 if that says nothing.
func (m *meter) finish(name string, took time.Duration, sizeBytes int64, detail string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clear()
	m.name = ""
	amount := ""
	if sizeBytes > 0 {
		amount = size(sizeBytes)
	}
	line := fmt.Sprintf("%-20s %9s %10s  %s", name, seconds(took), amount, detail)
	fmt.Fprintln(m.o.stderr, strings.TrimRight(line, " "))
}

// do runs a step of ours.
func (m *meter) do(name string, run func() error) error {
	begun := time.Now()
	m.progress(name, 0, 0, "")
	if err := run(); err != nil {
		return err
	}
	m.finish(name, time.Since(begun), 0, "")
	return nil
}

// idle ends the running step without a word; what comes next is not progress.
func (m *meter) idle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clear()
	m.name = ""
}

// close ends the meter; after it nothing is drawn.
func (m *meter) close() {
	close(m.stop)
	m.ended.Wait()
	m.clear()
}

// run redraws the bar, or writes a line now and then, until the meter is closed.
func (m *meter) run() {
	tick := time.NewTicker(barAfter / 8)
	defer tick.Stop()
	for {
		select {
		case <-m.stop:
			return
		case <-tick.C:
			m.mu.Lock()
			switch {
			case m.name == "" || time.Since(m.begun) < barAfter:
			case m.o.terminal:
				fmt.Fprint(m.o.stderr, "\r\x1b[K"+m.bar()+m.line())
				m.drawn = true
			case time.Since(m.told) >= lineEvery:
				m.tell()
			}
			m.mu.Unlock()
		}
	}
}

func (m *meter) clear() {
	if m.drawn {
		fmt.Fprint(m.o.stderr, "\r\x1b[K")
		m.drawn = false
	}
}

func (m *meter) bar() string {
	const width = 24
	if m.total <= 0 {
		return ""
	}
	full := int(width * min(max(m.done, 0), m.total) / m.total)
	return "[" + strings.Repeat("#", full) + strings.Repeat("-", width-full) + "] "
}

func (m *meter) line() string {
	s := m.name
	switch {
	case m.total > 0 && m.part != "":
		s += fmt.Sprintf(": %d of %d, %s", m.done, m.total, m.part)
	case m.total > 0:
		s += fmt.Sprintf(": %d %%", 100*m.done/m.total)
	}
	return s + " (" + seconds(time.Since(m.begun)) + ")"
}
