package relational

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// Release implements store.Store.
func (d *DB) Release(ctx context.Context, r protocol.SignedRelease) (j store.Job, err error) {
	id := r.Release.JobID
	err = d.tx(ctx, "release", func(tx *sql.Tx) error {
		if j, err = d.lockJob(ctx, tx, id); err != nil {
			return err
		}
		if stored, err := readRelease(ctx, tx, id); err != nil || stored != nil {
			if stored != nil && stored.Release == r.Release {
				return nil
			}
			return orConflict(err)
		}
		if j.State != protocol.JobComputed {
			return store.ErrConflict
		}
		// One at a time, so that a creator who has seen a number has seen those before it.
		if err := d.lock(ctx, tx, "creator "+j.Spec.Creator.String()); err != nil {
			return err
		}
		var last int64
		err := tx.QueryRowContext(ctx, `select coalesce(max(seq), 0) from release where creator = $1`, j.Spec.Creator.String()).Scan(&last)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `insert into release (creator, seq, job, body) values ($1, $2, $3, $4)`,
			j.Spec.Creator.String(), max(last+1, millis(d.options.Now())), id.String(), toJSON(r))
		if err != nil {
			return err
		}
		if err := setState(ctx, tx, id, protocol.JobReleased); err != nil {
			return err
		}
		if err := d.changed(ctx, tx, id); err != nil {
			return err
		}
		j, err = readJob(ctx, tx, id)
		return err
	})
	return j, err
}

func orConflict(err error) error {
	if err != nil {
		return err
	}
	return store.ErrConflict
}

func setState(ctx context.Context, tx *sql.Tx, id protocol.Digest, to protocol.JobState) error {
	_, err := tx.ExecContext(ctx, `update job set state = $1 where id = $2`, to, id.String())
	return err
}

// readRelease returns the release of a job, or nil.
func readRelease(ctx context.Context, q querier, id protocol.Digest) (*protocol.SignedRelease, error) {
	list, err := collect(ctx, q, func(scan func(...any) error) (r *protocol.SignedRelease, err error) {
		return r, scan(document(&r))
	}, `select body from release where job = $1`, id.String())
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// Releases implements store.Store.
func (d *DB) Releases(ctx context.Context, creator protocol.Address, seq uint64, limit int) ([]protocol.Released, error) {
	return collect(ctx, d.read, func(scan func(...any) error) (r protocol.Released, err error) {
		spec, release := &r.Spec, &r.Release
		var computed *protocol.Computed
		if err := scan(&r.Seq, document(&spec), document(&computed), document(&release)); err != nil {
			return r, err
		}
		r.Spec, r.Receipt, r.Release = *spec, computed.Receipt, *release
		return r, nil
	}, `select r.seq, j.spec, j.computed, r.body from release r join job j on j.id = r.job
		where r.creator = $1 and r.seq > $2 and not r.answered and j.state = 'released' order by r.seq limit $3`,
		creator.String(), seq, limit)
}

// Ack implements store.Store.
func (d *DB) Ack(ctx context.Context, creator protocol.Address, seq uint64) error {
	_, err := d.write.ExecContext(ctx, `update release set answered = true where creator = $1 and seq <= $2 and not answered`,
		creator.String(), min(seq, 1<<62))
	if err != nil {
		return fmt.Errorf("ack: %w", err)
	}
	return nil
}

// Deliver implements store.Store.
func (d *DB) Deliver(ctx context.Context, v protocol.Delivered) error {
	id := v.Delivery.JobID
	return d.tx(ctx, "deliver", func(tx *sql.Tx) error {
		j, err := d.lockJob(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case j.State == protocol.JobDelivered && j.Delivered.Delivery == v.Delivery:
			return nil
		case j.State != protocol.JobReleased:
			return store.ErrConflict
		}
		_, err = tx.ExecContext(ctx, `update job set state = $1, delivered = $2, failure = null where id = $3`,
			protocol.JobDelivered, toJSON(v), id.String())
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `update release set answered = true where job = $1`, id.String()); err != nil {
			return err
		}
		if err := d.order(ctx, tx, id, store.Deliver); err != nil {
			return err
		}
		return d.changed(ctx, tx, id)
	})
}

// Acknowledge implements store.Store.
func (d *DB) Acknowledge(ctx context.Context, id protocol.Digest, signature []byte) error {
	return d.tx(ctx, "acknowledge", func(tx *sql.Tx) error {
		if _, err := readJob(ctx, tx, id); err != nil {
			return err
		}
		r, err := tx.ExecContext(ctx, `update job set acknowledgement = coalesce(acknowledgement, $1) where id = $2 and state = $3`,
			toJSON(signature), id.String(), protocol.JobDelivered)
		if err := affected(r, err, store.ErrConflict); err != nil {
			return err
		}
		// A lease ends before that; what is due later waits.
		leased := d.options.Now().Add(d.options.ActionLease)
		_, err = tx.ExecContext(ctx, `update outbox set next_at = 0 where job = $1 and kind = $2 and not done and next_at > $3`,
			id.String(), store.Deliver, millis(leased))
		return err
	})
}

// Unanswered implements store.Store.
func (d *DB) Unanswered(ctx context.Context, f protocol.Failed) error {
	return d.tx(ctx, "store failure", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `update job set failure = $1 where id = $2 and state = $3`,
			toJSON(f), f.JobID.String(), protocol.JobReleased)
		if err := affected(r, err, store.ErrConflict); err != nil {
			return err
		}
		return d.changed(ctx, tx, f.JobID)
	})
}

// order puts an action into the outbox.
func (d *DB) order(ctx context.Context, tx *sql.Tx, id protocol.Digest, kind store.ActionKind) error {
	_, err := tx.ExecContext(ctx, `insert into outbox (job, kind, ordered_at) values ($1, $2, $3)`, id.String(), kind, millis(d.options.Now()))
	return err
}

// Outbox implements store.Store.
func (d *DB) Outbox(ctx context.Context, limit int) (list []store.Action, err error) {
	now := d.options.Now()
	err = d.tx(ctx, "outbox", func(tx *sql.Tx) error {
		list, err = collect(ctx, tx, func(scan func(...any) error) (a store.Action, err error) {
			return a, scan(&a.ID, &a.Kind, &a.Attempts, timeColumn{&a.Ordered}, timeColumn{&a.Sent}, text(&a.Job.JobID), &a.Epoch)
		}, `update outbox set next_at = $1, epoch = epoch + 1 where id in (
				select id from outbox where not done and next_at <= $2 order by next_at, id limit $3`+d.locking(`for update skip locked`)+`)
			returning id, kind, attempts, ordered_at, sent_at, job, epoch`, millis(now.Add(d.options.ActionLease)), millis(now), limit)
		if err != nil {
			return err
		}
		slices.SortFunc(list, func(a, b store.Action) int { return cmp.Compare(a.ID, b.ID) })
		for i, a := range list {
			if list[i].Job, err = readJob(ctx, tx, a.Job.JobID); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// Hold implements store.Store.
func (d *DB) Hold(ctx context.Context, a store.Action) error {
	r, err := d.write.ExecContext(ctx, `update outbox set next_at = $1 where id = $2 and epoch = $3 and not done`,
		millis(d.options.Now().Add(d.options.ActionLease)), a.ID, a.Epoch)
	if err := affected(r, err, store.ErrStale); err != nil {
		return fmt.Errorf("hold action %d: %w", a.ID, err)
	}
	return nil
}

// Settle implements store.Store.
func (d *DB) Settle(ctx context.Context, a store.Action, o store.Outcome) error {
	failed := 0
	if o.Error != "" {
		failed = 1
	}
	r, err := d.write.ExecContext(ctx, `update outbox set done = $1, sent_at = $2, next_at = $3, error = $4, attempts = attempts + $5
		where id = $6 and epoch = $7`, o.Done, millis(o.Sent), millis(o.Next), o.Error, failed, a.ID, a.Epoch)
	if err := affected(r, err, store.ErrStale); err != nil {
		return fmt.Errorf("settle action %d: %w", a.ID, err)
	}
	return nil
}
