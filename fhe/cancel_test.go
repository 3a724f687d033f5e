package fhe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

// flipping is a context that ends when it is asked for the n-th time. It counts how often it is asked in all, and how
// often after it ended.
type flipping struct {
	context.Context
	left, asked, late atomic.Int64
}

func flipAfter(n int64) *flipping {
	f := &flipping{Context: context.Background()}
	f.left.Store(n)
	return f
}

func (f *flipping) Err() error {
	f.asked.Add(1)
	if f.left.Add(-1) >= 0 {
		return nil
	}
	f.late.Add(1)
	return context.Canceled
}

// never is more often than any test asks.
const never = 1 << 40

// mediumSession has rotations before and after products, a cubic and a pool.
var mediumSession = sync.OnceValues(func() (*session, error) {
	t := &testing.T{}
	p := newNet(t, 40, 1, 12, 12).conv("c1", 4, 3, 1, 1).polynomial("p1", 3).pool("a1", 2).conv("c2", 4, 3, 1, 1).p
	k := newCompiler(p, Options{Bits: 1, Raw: true})
	if err := k.prepare(); err != nil {
		return nil, err
	}
	lit, err := k.levelled(inputSlots, 13, 2, false)
	if err != nil {
		return nil, err
	}
	return k.session(lit)
})

// sweep runs f under contexts that end after more and more questions: each run must return the context's error, and
// each goroutine may ask only once or twice after the end.
func sweep(t *testing.T, what string, goroutines int, f func(ctx context.Context) error) (asked int64) {
	t.Helper()
	whole := flipAfter(never)
	if err := f(whole); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	asked = whole.asked.Load()
	points := int64(16)
	if testing.Short() {
		points = 5
	}
	for i := range points {
		n := i * (asked - 1) / (points - 1)
		if n == asked-1 && goroutines > 1 {
			n -= int64(goroutines) // the order of the last questions is free
		}
		ctx := flipAfter(n)
		if err := f(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: ended after %d of %d questions: %v", what, n, asked, err)
		}
		if late := ctx.late.Load(); late < 1 || late > int64(2*goroutines) {
			t.Errorf("%s: asked %d times after the end, on %d goroutines", what, late, goroutines)
		}
	}
	return asked
}

func TestCancellationWithinAnOperation(t *testing.T) {
	t.Parallel()
	s := get(t, mediumSession)
	in, err := s.ev.LoadInput(s.input)
	if err != nil {
		t.Fatal(err)
	}
	for _, goroutines := range []int{1, 2} {
		ev := *s.ev
		ev.threads = goroutines
		asked := sweep(t, fmt.Sprint("evaluation on ", goroutines), goroutines, func(ctx context.Context) error {
			_, err := ev.EvaluateLoaded(ctx, s.keys, in, nil)
			return err
		})
		operations := 0 // key switches at least
		for k, st := range s.plan.c.lit.Stages {
			operations += st.Pairs + len(st.Babies) + s.plan.c.geo.program.stages[k].polyLevels()
		}
		if asked < int64(operations) {
			t.Errorf("an evaluation of %d operations asked its context %d times", operations, asked)
		}
	}
	sweep(t, "encoding", 2, func(ctx context.Context) error {
		_, err := NewEvaluator(ctx, s.plan, s.prefix, 2)
		return err
	})
	asked := sweep(t, "keys", workers(0), func(ctx context.Context) error { return s.plan.EvaluationKeys(ctx, s.sk, &bytes.Buffer{}, nil) })
	if keys := int64(len(s.plan.Rotations()) + 1); asked < keys {
		t.Errorf("making %d keys asked its context %d times", keys, asked)
	}
}

// polyLevels is how many products the stage's polynomial has at least.
func (s *stage) polyLevels() int {
	if s.poly == nil {
		return 0
	}
	return s.poly.levels()
}

// Keyless plans are cancelled the same way.
func TestCancellationOfAKeylessEvaluation(t *testing.T) {
	t.Parallel()
	s := get(t, keylessSession)
	in, err := s.ev.LoadInput(s.input)
	if err != nil {
		t.Fatal(err)
	}
	sweep(t, "keyless", 2, func(ctx context.Context) error {
		_, err := s.ev.EvaluateLoaded(ctx, s.keys, in, nil)
		return err
	})
}
