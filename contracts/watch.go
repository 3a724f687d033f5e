package contracts

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// WatchOptions says what Watch follows.
type WatchOptions struct {
	From          uint64        // first block
	Confirmations uint64        // blocks that must be on top of one before it is delivered; 0 on a dev chain
	Interval      time.Duration // between two looks at the chain; 0: one second
}

// Batch is what happened in a range of blocks. It replaces everything that was
// delivered before for block From and later ones: after a re-organization ranges are
// delivered again. A watch resumes at To+1.
type Batch struct {
	From, To uint64
	Hash     protocol.Digest // of block To
	Events   []Event         // in order; often none
}

// maxRange is how many blocks are asked for at once: providers limit it.
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
	w := watcher{client: c, options: o, next: o.From}
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
	marks   []mark // the ends of delivered batches, oldest first
}

// mark is a delivered block.
type mark struct {
	number uint64
	hash   protocol.Digest
}

// look returns the next batch, or nil if nothing is new.
func (w *watcher) look(ctx context.Context) (*Batch, error) {
	if err := w.rewind(ctx); err != nil {
		return nil, err
	}
	head, err := w.client.BlockNumber(ctx)
	if err != nil {
		return nil, err
	}
	if head < w.options.Confirmations || head-w.options.Confirmations < w.next {
		return nil, nil
	}
	b := &Batch{From: w.next, To: min(head-w.options.Confirmations, w.next+maxRange-1)}
	if b.Hash, err = w.hash(ctx, b.To); err != nil {
		return nil, err
	}
	if b.Events, err = w.client.Events(ctx, b.From, b.To); err != nil {
		return nil, err
	}
	// The events are of one chain only if the last block is still the same.
	if again, err := w.hash(ctx, b.To); err != nil || again != b.Hash {
		return nil, err
	}
	return b, nil
}

// rewind goes back to the last delivered block that is still part of the chain.
func (w *watcher) rewind(ctx context.Context) error {
	for len(w.marks) > 0 {
		last := w.marks[len(w.marks)-1]
		now, err := w.hash(ctx, last.number)
		if err != nil {
			return err
		}
		if now == last.hash {
			return nil
		}
		w.marks = w.marks[:len(w.marks)-1]
		w.next = w.options.From
		if n := len(w.marks); n > 0 {
			w.next = w.marks[n-1].number + 1
		}
	}
	return nil
}

func (w *watcher) accept(b Batch) {
	w.next = b.To + 1
	w.marks = append(w.marks, mark{b.To, b.Hash})
	if len(w.marks) > maxMarks {
		w.marks = w.marks[1:]
	}
}

// hash returns the hash of a block, or zero if the chain is shorter than that.
func (w *watcher) hash(ctx context.Context, number uint64) (protocol.Digest, error) {
	head, err := w.client.BlockNumber(ctx)
	if err != nil || number > head {
		return protocol.Digest{}, err
	}
	h, err := w.client.backend.HeaderByNumber(ctx, new(big.Int).SetUint64(number))
	if err != nil {
		return protocol.Digest{}, fmt.Errorf("read block %d: %w", number, err)
	}
	return protocol.Digest(h.Hash()), nil
}
