package creator

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/encrypted-compute/encompute/creator/inference"
	"github.com/encrypted-compute/encompute/protocol"
)

// fragile is the built-in runtime, which does not survive its first evaluations.
type fragile struct {
	mu    sync.Mutex
	lives int // evaluations that break it
}

func (f *fragile) Load(ctx context.Context, s inference.Suffix) (inference.Runner, error) {
	r, err := inference.Builtin{}.Load(ctx, s)
	return fragileRunner{f, r}, err
}

type fragileRunner struct {
	*fragile
	inference.Runner
}

func (f fragileRunner) Run(ctx context.Context, batch [][]float32) ([][]float32, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lives--; f.lives >= 0 {
		return nil, errors.New("CUDA error: device-side assert triggered in fc2")
	}
	return f.Runner.Run(ctx, batch)
}

// TestRuntimeBreaks: a job survives a runtime that breaks some times; if it goes on breaking, the job fails, its user is not
// told what the creator is told, and the next job is answered.
func TestRuntimeBreaks(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var mu sync.Mutex
	var events []Event
	broken := &fragile{lives: 2}
	s.cfg.Runtime = broken
	s.cfg.Observer = func(e Event) { mu.Lock(); defer mu.Unlock(); events = append(events, e) }
	first, second, third := s.order(1, nil), s.order(2, nil), s.order(3, nil)
	s.start()
	p, _ := s.accept()
	p.send(protocol.TypeReleased, first.Released)
	s.check(first, receive[protocol.Delivered](p, protocol.TypeDelivered))
	receive[protocol.Ack](p, protocol.TypeAck)

	broken.mu.Lock()
	broken.lives = 4
	broken.mu.Unlock()
	p.send(protocol.TypeReleased, second.Released)
	if f := receive[protocol.Failed](p, protocol.TypeFailed); f.Code != protocol.FailInternal || f.JobID != second.job || f.Detail != "the creator's runtime failed, again and again: ask the creator" {
		t.Errorf("failure %+v", f)
	}
	receive[protocol.Ack](p, protocol.TypeAck)

	p.send(protocol.TypeReleased, third.Released)
	s.check(third, receive[protocol.Delivered](p, protocol.TypeDelivered))
	receive[protocol.Ack](p, protocol.TypeAck)
	s.stop()

	mu.Lock()
	defer mu.Unlock()
	restarts, refused := 0, false
	for _, e := range events {
		switch e.Kind {
		case Restarted:
			restarts++
		case Refused:
			refused = errors.Is(e.Err, inference.ErrRuntime) || e.Err != nil
		case Answered:
			if e.Suffix == nil || e.Suffix.P50 <= 0 || e.Suffix.P99 < e.Suffix.P50 {
				t.Errorf("stats %+v", e.Suffix)
			}
		}
	}
	if restarts != 6 || !refused {
		t.Errorf("%d restarts, want 6; refused: %v", restarts, refused)
	}
}
