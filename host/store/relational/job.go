package relational

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

const jobColumns = `id, state, spec, epoch, attempts, worker, holder, lease_until, progress, computed, delivered, acknowledgement, failure`

// readJob reads one job with the blobs that it misses.
func readJob(ctx context.Context, q querier, id protocol.Digest) (j store.Job, err error) {
	spec, acknowledgement := &j.Spec, (*[]byte)(nil)
	err = q.QueryRowContext(ctx, `select `+jobColumns+` from job where id = $1`, id.String()).Scan(
		text(&j.JobID), &j.State, document(&spec), &j.Epoch, &j.Attempts, text(&j.Worker), &j.Holder, timeColumn{&j.LeaseUntil},
		document(&j.Progress), document(&j.Computed), document(&j.Delivered), document(&acknowledgement), document(&j.Failure))
	if err != nil {
		return store.Job{}, fmt.Errorf("job %s: %w", id.Short(), one(err))
	}
	j.Spec = *spec
	if acknowledgement != nil {
		j.Acknowledgement = *acknowledgement
	}
	j.Missing, err = missing(ctx, q, id)
	return j, err
}

// missing returns what an owner expects and is not there in the expected size.
func missing(ctx context.Context, q querier, owner protocol.Digest) ([]protocol.Digest, error) {
	return collect(ctx, q, scanDigest, `select w.digest from want w
		left join blob b on b.digest = w.digest and b.bytes = w.bytes
		where w.owner = $1 and b.digest is null order by w.kind`, owner.String())
}

// lockJob reads a job that stays as it is until the transaction changes it.
func (d *DB) lockJob(ctx context.Context, tx *sql.Tx, id protocol.Digest) (j store.Job, err error) {
	_, err = collect(ctx, tx, scanDigest, `select id from job where id = $1`+d.locking(`for update`), id.String())
	if err != nil {
		return j, err
	}
	return readJob(ctx, tx, id)
}

// changed appends the event that a job is now as it is, and tells the other hosts.
func (d *DB) changed(ctx context.Context, tx *sql.Tx, id protocol.Digest) error {
	j, err := readJob(ctx, tx, id)
	if err != nil {
		return err
	}
	now := millis(d.options.Now())
	if over(j.State) {
		if _, err := tx.ExecContext(ctx, `update job set over_at = $1 where id = $2`, now, id.String()); err != nil {
			return err
		}
	}
	j.Delivered = nil // stands once, in job
	_, err = tx.ExecContext(ctx, `insert into event (job, at, state, view) values ($1, $2, $3, $4)`,
		id.String(), now, j.State, toJSON(j.JobView))
	if err != nil || d.dialect.Announce == nil {
		return err
	}
	return d.dialect.Announce(ctx, tx, store.Change{JobID: id, State: j.State, Creator: j.Spec.Creator})
}

func over(s protocol.JobState) bool {
	return s == protocol.JobDelivered || s == protocol.JobRefunded || s == protocol.JobFailed
}

// AddJob implements store.Store.
func (d *DB) AddJob(ctx context.Context, id protocol.Digest, spec protocol.JobSpec, wants []store.Blob) (j store.Job, err error) {
	err = d.tx(ctx, "add job", func(tx *sql.Tx) error {
		if err := d.lockBlobs(ctx, tx, wants...); err != nil {
			return err
		}
		r, err := tx.ExecContext(ctx, `insert into job (id, state, spec, workload, keys_hash, prefix_by, deliver_by, account, model, added_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing`,
			id.String(), protocol.JobPosted, toJSON(spec), spec.WorkloadID.String(), keysColumn(spec), spec.PrefixBy, spec.DeliverBy, spec.User.String(),
			spec.ModelID.String(), millis(d.options.Now()))
		if err := affected(r, err, errKnown); err != nil {
			return err
		}
		if err := d.addWants(ctx, tx, id, wants); err != nil {
			return err
		}
		if _, err := d.enqueue(ctx, tx, id); err != nil {
			return err
		}
		return d.changed(ctx, tx, id)
	})
	if err != nil && !errors.Is(err, errKnown) {
		return j, err
	}
	return d.Job(ctx, id)
}

// errKnown ends AddJob for a job that is there.
var errKnown = errors.New("job is known")

// keysColumn is empty for a keyless job, so that it matches no worker's keys.
func keysColumn(s protocol.JobSpec) string {
	if s.KeysHash.IsZero() {
		return ""
	}
	return s.KeysHash.String()
}

// enqueue queues a posted job that misses nothing and reports whether it did.
func (d *DB) enqueue(ctx context.Context, tx *sql.Tx, id protocol.Digest) (bool, error) {
	miss, err := missing(ctx, tx, id)
	if err != nil || len(miss) > 0 {
		return false, err
	}
	r, err := tx.ExecContext(ctx, `update job set state = $1, queued_at = $2 where id = $3 and state = $4`,
		protocol.JobQueued, millis(d.options.Now()), id.String(), protocol.JobPosted)
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}

// JobsOf implements store.Store.
func (d *DB) JobsOf(ctx context.Context, account protocol.Address, model protocol.Digest, since time.Time) (n int, err error) {
	err = d.read.QueryRowContext(ctx, `select count(*) from job where account = $1 and model = $2 and added_at >= $3
		and not (state in ('failed', 'refunded') and output_hash = '')`, account.String(), model.String(), millis(since)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("jobs of %s: %w", account, err)
	}
	return n, nil
}

// Job implements store.Store.
func (d *DB) Job(ctx context.Context, id protocol.Digest) (store.Job, error) {
	return readJob(ctx, d.read, id)
}

// Claim implements store.Store.
func (d *DB) Claim(ctx context.Context, c store.Claim) (j store.Job, err error) {
	now := d.options.Now()
	err = d.tx(ctx, "claim", func(tx *sql.Tx) error {
		var id protocol.Digest
		err := tx.QueryRowContext(ctx, `update job set state = $1, worker = $2, holder = $3, lease_until = $4,
				epoch = epoch + 1, attempts = attempts + 1, progress = null
			where seq = (select j.seq from job j
				left join worker_key k on k.holder = $3 and k.keys_hash = j.keys_hash
				where j.state = $5 and j.workload = $6 and j.prefix_by > $7
				order by (k.holder is null and j.queued_at > $8), j.seq limit 1`+d.locking(`for update of j skip locked`)+`)
			returning id`,
			protocol.JobRunning, c.Worker.String(), c.Holder, millis(c.LeaseUntil),
			protocol.JobQueued, c.WorkloadID.String(), c.ChainTime.Unix(), millis(now.Add(-d.options.Ageing))).Scan(text(&id))
		if err != nil {
			return one(err)
		}
		if err := d.keeps(ctx, tx, c.Holder, id); err != nil {
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

// keeps notes that a session will hold the keys of a job, if it has any.
func (d *DB) keeps(ctx context.Context, tx *sql.Tx, holder string, id protocol.Digest) error {
	_, err := tx.ExecContext(ctx, `insert into worker_key (holder, keys_hash, at)
		select $1, keys_hash, $2 from job where id = $3 and keys_hash <> ''
		on conflict (holder, keys_hash) do update set at = excluded.at`, holder, millis(d.options.Now()), id.String())
	return err
}

// held is the condition that a lease is held, with its arguments at $1 to $4.
const held = ` where id = $1 and epoch = $2 and worker = $3 and state = $4`

func heldArgs(l store.Lease, more ...any) []any {
	return append([]any{l.JobID.String(), l.Epoch, l.Worker.String(), protocol.JobRunning}, more...)
}

// Extend implements store.Store.
func (d *DB) Extend(ctx context.Context, l store.Lease, until time.Time) error {
	r, err := d.write.ExecContext(ctx, `update job set lease_until = $5`+held, heldArgs(l, millis(until))...)
	if err := affected(r, err, store.ErrStale); err != nil {
		return fmt.Errorf("extend lease: %w", err)
	}
	return nil
}

// Progress implements store.Store.
func (d *DB) Progress(ctx context.Context, l store.Lease, p protocol.Progress) error {
	return d.tx(ctx, "progress", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `update job set progress = $5`+held, heldArgs(l, toJSON(p))...)
		if err := affected(r, err, store.ErrStale); err != nil {
			return err
		}
		return d.changed(ctx, tx, l.JobID)
	})
}

// Complete implements store.Store.
func (d *DB) Complete(ctx context.Context, l store.Lease, c protocol.Computed) error {
	return d.tx(ctx, "complete", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `update job set state = $5, computed = $6, output_hash = $7,
				failure = null, holder = '', lease_until = 0`+held,
			heldArgs(l, protocol.JobComputed, toJSON(c), c.Receipt.OutputHash.String())...)
		if err := affected(r, err, store.ErrStale); err != nil {
			return err
		}
		if err := d.order(ctx, tx, l.JobID, store.SubmitReceipt); err != nil {
			return err
		}
		return d.changed(ctx, tx, l.JobID)
	})
}

// Fail implements store.Store.
func (d *DB) Fail(ctx context.Context, l store.Lease, f protocol.Failed) error {
	return d.tx(ctx, "fail", func(tx *sql.Tx) error { return d.fail(ctx, tx, l, f) })
}

// fail ends a lease: queued again, or failed with the reason.
func (d *DB) fail(ctx context.Context, tx *sql.Tx, l store.Lease, f protocol.Failed) error {
	retry := 0
	if f.Retry {
		retry = 1
	}
	r, err := tx.ExecContext(ctx, `update job set holder = '', lease_until = 0, progress = null,
			state = case when $5 = 1 and attempts < $6 then $7 else $8 end,
			failure = case when $5 = 1 and attempts < $6 then null else $9 end`+held,
		heldArgs(l, retry, d.options.MaxAttempts, protocol.JobQueued, protocol.JobFailed, toJSON(f))...)
	if err := affected(r, err, store.ErrStale); err != nil {
		return err
	}
	return d.failed(ctx, tx, l.JobID)
}

// failed orders the refund of a job if it has failed, and appends the event.
func (d *DB) failed(ctx context.Context, tx *sql.Tx, id protocol.Digest) error {
	j, err := readJob(ctx, tx, id)
	if err != nil {
		return err
	}
	if j.State == protocol.JobFailed {
		if err := d.order(ctx, tx, id, store.Refund); err != nil {
			return err
		}
	}
	return d.changed(ctx, tx, id)
}

// lost is how a lease fails whose worker is gone.
func lost(l store.Lease, detail string) protocol.Failed {
	return protocol.Failed{JobID: l.JobID, Epoch: l.Epoch, Code: protocol.FailInternal, Detail: detail, Retry: true}
}

// leases returns the leases that a condition selects, with the sessions that hold them,
// locked by a clause.
func (d *DB) leases(ctx context.Context, tx *sql.Tx, clause, where string, arg any) ([]store.Lease, []string, error) {
	var holders []string
	list, err := collect(ctx, tx, func(scan func(...any) error) (l store.Lease, err error) {
		var holder string
		err = scan(text(&l.JobID), &l.Epoch, text(&l.Worker), &holder)
		holders = append(holders, holder)
		return l, err
	}, `select id, epoch, worker, holder from job where state = 'running' and `+where+
		` order by seq`+d.locking(clause), arg)
	return list, holders, err
}

// Abandon implements store.Store.
func (d *DB) Abandon(ctx context.Context, holder string) (ids []protocol.Digest, err error) {
	err = d.tx(ctx, "abandon", func(tx *sql.Tx) error {
		ids = nil
		list, _, err := d.leases(ctx, tx, `for update`, `holder = $1`, holder)
		if err != nil {
			return err
		}
		for _, l := range list {
			if err := d.fail(ctx, tx, l, lost(l, "the worker went away in each of its attempts")); err != nil {
				return err
			}
			ids = append(ids, l.JobID)
		}
		_, err = tx.ExecContext(ctx, `delete from worker_key where holder = $1`, holder)
		return err
	})
	return ids, err
}

// Shorten implements store.Store.
func (d *DB) Shorten(ctx context.Context, holder string, until time.Time) error {
	_, err := d.write.ExecContext(ctx, `update job set lease_until = $2 where state = 'running' and holder = $1 and lease_until > $2`, holder, millis(until))
	if err != nil {
		return fmt.Errorf("shorten leases: %w", err)
	}
	return nil
}

// Rejoin implements store.Store.
func (d *DB) Rejoin(ctx context.Context, holder string, wanted store.Lease, until time.Time) (ids []protocol.Digest, err error) {
	stale := true
	err = d.tx(ctx, "rejoin", func(tx *sql.Tx) error {
		ids, stale = nil, true
		list, _, err := d.leases(ctx, tx, `for update`, `worker = $1`, wanted.Worker.String())
		if err != nil {
			return err
		}
		for _, l := range list {
			if l == wanted {
				stale = false
				if err := d.hand(ctx, tx, l, holder, until); err != nil {
					return err
				}
				continue
			}
			if err := d.fail(ctx, tx, l, lost(l, "the worker came back without it in each of its attempts")); err != nil {
				return err
			}
			ids = append(ids, l.JobID)
		}
		return nil
	})
	if err == nil && stale {
		err = fmt.Errorf("rejoin: %w", store.ErrStale)
	}
	return ids, err
}

// hand gives a lease, and what is known of the keys that its worker holds, to another session of the worker.
func (d *DB) hand(ctx context.Context, tx *sql.Tx, l store.Lease, holder string, until time.Time) error {
	r, err := tx.ExecContext(ctx, `update job set holder = $5, lease_until = $6`+held, heldArgs(l, holder, millis(until))...)
	if err := affected(r, err, store.ErrStale); err != nil {
		return err
	}
	return d.keeps(ctx, tx, holder, l.JobID)
}

// Expire implements store.Store.
func (d *DB) Expire(ctx context.Context, chainTime time.Time) (lapsed []store.Lapsed, err error) {
	err = d.tx(ctx, "expire", func(tx *sql.Tx) error {
		late, err := d.expireDeadlines(ctx, tx, chainTime)
		if err != nil {
			return err
		}
		list, holders, err := d.leases(ctx, tx, `for update skip locked`, `lease_until < $1`, millis(d.options.Now()))
		if err != nil {
			return err
		}
		lapsed = late
		for i, l := range list {
			if err := d.fail(ctx, tx, l, lost(l, "the worker fell silent in each of its attempts")); err != nil {
				return err
			}
			lapsed = append(lapsed, store.Lapsed{JobID: l.JobID, Epoch: l.Epoch, Holder: holders[i]})
		}
		return nil
	})
	return lapsed, err
}

// expireDeadlines fails the jobs that can no more be paid for.
func (d *DB) expireDeadlines(ctx context.Context, tx *sql.Tx, chainTime time.Time) (lapsed []store.Lapsed, err error) {
	for _, stage := range []struct{ where, detail string }{
		{`state in ('posted', 'queued', 'running') and prefix_by < $1`, "no receipt came before the job's deadline"},
		{`state in ('computed', 'released') and deliver_by < $1`, "no result came before the job's deadline"},
	} {
		list, err := collect(ctx, tx, func(scan func(...any) error) (l store.Lapsed, err error) {
			return l, scan(text(&l.JobID), &l.Epoch, &l.Holder)
		}, `select id, epoch, holder from job where `+stage.where+
			d.locking(`for update skip locked`), chainTime.Unix())
		if err != nil {
			return nil, err
		}
		for _, l := range list {
			f := protocol.Failed{JobID: l.JobID, Epoch: l.Epoch, Code: protocol.FailDeadline, Detail: stage.detail}
			if err := d.end(ctx, tx, l.JobID, protocol.JobFailed, &f); err != nil {
				return nil, err
			}
			l.Late = true
			lapsed = append(lapsed, l)
		}
	}
	return lapsed, nil
}

// end puts a job that is not over into a last state. A nil failure leaves the one there is.
func (d *DB) end(ctx context.Context, tx *sql.Tx, id protocol.Digest, to protocol.JobState, f *protocol.Failed) error {
	r, err := tx.ExecContext(ctx, `update job set state = $1, failure = coalesce($2, failure), holder = '', lease_until = 0
		where id = $3 and state not in ('delivered', 'refunded', $1)`, to, document(&f), id.String())
	if err := affected(r, err, store.ErrConflict); err != nil {
		return err
	}
	return d.failed(ctx, tx, id)
}

// GiveUp implements store.Store.
func (d *DB) GiveUp(ctx context.Context, id protocol.Digest, f protocol.Failed) error {
	return d.tx(ctx, "give up", func(tx *sql.Tx) error { return d.end(ctx, tx, id, protocol.JobFailed, &f) })
}

// Refunded implements store.Store.
func (d *DB) Refunded(ctx context.Context, id protocol.Digest) error {
	return d.tx(ctx, "refund", func(tx *sql.Tx) error { return d.end(ctx, tx, id, protocol.JobRefunded, nil) })
}

// Unrefunded implements store.Store.
func (d *DB) Unrefunded(ctx context.Context, after protocol.Digest, limit int) ([]protocol.Digest, error) {
	return collect(ctx, d.read, scanDigest, `select id from job where state = 'failed' and id > $1 order by id limit $2`, after.String(), limit)
}

// Events implements store.Store.
func (d *DB) Events(ctx context.Context, id protocol.Digest, seq uint64, limit int) ([]protocol.Event, error) {
	return collect(ctx, d.read, func(scan func(...any) error) (e protocol.Event, err error) {
		var view *protocol.JobView
		var delivered *protocol.Delivered
		if err := scan(&e.Seq, timeColumn{&e.Time}, document(&view), document(&delivered)); err != nil {
			return e, err
		}
		e.Job = *view
		e.Job.Delivered = delivered
		return e, nil
	}, `select e.seq, e.at, e.view, case when e.state = 'delivered' then j.delivered end
		from event e join job j on j.id = e.job where e.job = $1 and e.seq > $2 order by e.seq limit $3`, id.String(), seq, limit)
}
