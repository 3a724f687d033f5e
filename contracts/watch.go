package contracts

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// WatchOptions says what Watch follows.
type WatchOptions struct {
	From          uint64        // first block
	After         []Mark        // ends of batches that an earlier watch delivered, oldest first: go on after the last one
	Confirmations uint64        // blocks that must be on top of one before it is delivered; 0 on a dev chain
	Interval      time.Duration // between two looks at the chain; 0: one second
}

// Batch is what happened in a range of blocks. It replaces everything that was
// delivered before for block From and later ones: after a re-organization ranges are
// delivered again. A later watch goes on from the batch's Mark.
type Batch struct {
	From, To uint64
	Hash     protocol.Digest // of block To
	Events   []Event         // in order; often none
}

// Mark returns the block that the batch ends with.
func (b Batch) Mark() Mark { return Mark{b.To, b.Hash} }

// Mark is a block that was delivered. Keep the last ones to go on after them: those that a
// re-organization dropped are delivered again.
type Mark struct {
	Number uint64          `json:"number"`
	Hash   protocol.Digest `json:"hash"`
}

// ErrInconsistent says that what an endpoint tells of the chain contradicts itself.
var ErrInconsistent = errors.New("endpoint contradicts itself")

// maxRange is how many blocks are asked for at once. Providers limit it, and how many events they
// give for it; where one refuses, the range is halved.
const maxRange = 2000

// maxMarks is how many batches back a re-organization is followed exactly.
const maxMarks = 256

// Watch delivers the chain's events batch by batch, polling, until ctx ends or handle
// fails, and returns that error. When the chain cannot be read it calls report, if that
// is not nil, and tries again after the interval.
func (c *Client) Watch(ctx context.Context, o WatchOptions, handle func(Batch) error, report func(error)) error {
	if o.Interval <= 0 {
		o.Interval = time.Second
	}
	w := watcher{client: c, options: o, next: o.From, span: maxRange, marks: slices.Clone(o.After)}
	if n := len(w.marks); n > 0 {
		w.next = w.marks[n-1].Number + 1
	}
	for {
		batch, err := w.look(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && report != nil:
			report(err)
		case err == nil && batch != nil:
			if err := handle(*batch); err != nil {
				return fmt.Errorf("handle events of blocks %d to %d: %w", batch.From, batch.To, err)
			}
			w.accept(*batch)
			continue // there may be more
		}
		if err := sleep(ctx, o.Interval); err != nil {
			return err
		}
	}
}

// watcher is the state of one Watch.
type watcher struct {
	client  *Client
	options WatchOptions
	next    uint64 // first block not delivered
	span    uint64 // how many blocks are asked for at once
	marks   []Mark // the ends of delivered batches, oldest first
}

// look returns the next batch, or nil if nothing is new.
func (w *watcher) look(ctx context.Context) (*Batch, error) {
	head, err := w.client.BlockNumber(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.rewind(ctx, head); err != nil {
		return nil, err
	}
	if head < w.options.Confirmations || head-w.options.Confirmations < w.next {
		return nil, nil
	}
	b := &Batch{From: w.next, To: min(head-w.options.Confirmations, w.next+w.span-1)}
	if b.Hash, err = w.hash(ctx, b.To); err != nil {
		return nil, err
	}
	if b.Events, err = w.client.Events(ctx, b.From, b.To); err != nil {
		w.span = max(1, w.span/2)
		return nil, err
	}
	w.span = min(2*w.span, maxRange)
	for _, e := range b.Events {
		if e.Block == b.To && e.BlockHash != b.Hash {
			return nil, fmt.Errorf("event of block %d is of %s, the block is %s: %w", e.Block, e.BlockHash, b.Hash, ErrInconsistent)
		}
	}
	// The events are of one chain only if the last block is still the same.
	if again, err := w.hash(ctx, b.To); err != nil || again != b.Hash {
		return nil, err
	}
	return b, nil
}

// rewind goes back to the last delivered block that is still part of the chain. An endpoint whose
// chain ends before that block lags behind: that says nothing.
func (w *watcher) rewind(ctx context.Context, head uint64) error {
	for len(w.marks) > 0 {
		last := w.marks[len(w.marks)-1]
		if last.Number > head {
			return nil
		}
		now, err := w.hash(ctx, last.Number)
		if err != nil {
			return err
		}
		if now == last.Hash {
			return nil
		}
		w.marks = w.marks[:len(w.marks)-1]
		w.next = w.options.From
		if n := len(w.marks); n > 0 {
			w.next = w.marks[n-1].Number + 1
		}
	}
	return nil
}

func (w *watcher) accept(b Batch) {
	w.next = b.To + 1
	w.marks = append(w.marks, b.Mark())
	if len(w.marks) > maxMarks {
		w.marks = w.marks[1:]
	}
}

// hash returns the hash of a block, as it is computed from the header.
func (w *watcher) hash(ctx context.Context, number uint64) (protocol.Digest, error) {
	h, err := w.client.backend.HeaderByNumber(ctx, new(big.Int).SetUint64(number))
	if err != nil {
		return protocol.Digest{}, fmt.Errorf("read block %d: %w", number, err)
	}
	if !h.Number.IsUint64() || h.Number.Uint64() != number {
		return protocol.Digest{}, fmt.Errorf("asked for block %d, got %s: %w", number, h.Number, ErrInconsistent)
	}
	return protocol.Digest(h.Hash()), nil
}
