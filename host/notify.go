package host

import (
	"slices"
	"sync"

	"github.com/encrypted-compute/encompute/protocol"
)

// signal wakes one goroutine; setting it again before it was seen changes nothing.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (s signal) set() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// notifier wakes those who follow a job's events. The events are in the store.
type notifier struct {
	mu   sync.Mutex
	jobs map[protocol.Digest][]signal
}

// follow returns a signal that is set at every event of a job until stop is called.
func (n *notifier) follow(id protocol.Digest) (s signal, stop func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.jobs == nil {
		n.jobs = map[protocol.Digest][]signal{}
	}
	s = newSignal()
	n.jobs[id] = append(n.jobs[id], s)
	return s, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.jobs[id] = slices.DeleteFunc(n.jobs[id], func(o signal) bool { return o == s })
		if len(n.jobs[id]) == 0 {
			delete(n.jobs, id)
		}
	}
}

func (n *notifier) notify(id protocol.Digest) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.jobs[id] {
		s.set()
	}
}

// notifyAll wakes everybody.
func (n *notifier) notifyAll() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, follower := range n.jobs {
		for _, s := range follower {
			s.set()
		}
	}
}

// hub holds the open streams of one kind.
type hub[T comparable] struct {
	mu  sync.Mutex
	all []T
}

func (h *hub[T]) add(v T) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, v)
}

func (h *hub[T]) remove(v T) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = slices.DeleteFunc(h.all, func(o T) bool { return o == v })
}

// list returns the open streams, the longest open first.
func (h *hub[T]) list() []T {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.all)
}
