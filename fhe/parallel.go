package fhe

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// workers is the number of goroutines to use: n, or all cores.
func workers(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// parallel runs f(worker, i) for every i < n on a number of goroutines. It stops at the first error or when the
// context ends, and turns a panic of the cryptographic library into an error.
func parallel(ctx context.Context, goroutines, n int, f func(worker, i int) error) error {
	var next atomic.Int64
	run := func(worker int) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("%w: %s", ErrEngine, panicText(r))
			}
		}()
		for {
			i := int(next.Add(1)) - 1
			if i >= n {
				return nil
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := f(worker, i); err != nil {
				next.Store(int64(n))
				return err
			}
		}
	}
	goroutines = min(goroutines, n)
	if goroutines <= 1 {
		return run(0)
	}
	errs := make([]error, goroutines)
	var wg sync.WaitGroup
	for w := range goroutines {
		wg.Go(func() { errs[w] = run(w) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
