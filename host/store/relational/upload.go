package relational

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// whole is the upload of the parts that a finished blob consists of.
const whole = ""

const selectUpload = `select id, digest, bytes, kind, held, hash from upload `

func scanUpload(scan func(...any) error) (u store.Upload, err error) {
	return u, scan(&u.ID, text(&u.Digest), &u.Bytes, &u.Kind, &u.Held, &u.Hash)
}

// Upload implements store.Store.
func (d *DB) Upload(ctx context.Context, digest protocol.Digest, id string) (store.Upload, error) {
	u, err := scanUpload(d.read.QueryRowContext(ctx, selectUpload+`where digest = $1 and id = $2`, digest.String(), id).Scan)
	if err != nil {
		return u, fmt.Errorf("upload of blob %s: %w", digest.Short(), one(err))
	}
	return u, nil
}

// BeginUpload implements store.Store.
func (d *DB) BeginUpload(ctx context.Context, u store.Upload) (begun store.Upload, err error) {
	err = d.tx(ctx, "begin upload", func(tx *sql.Tx) error {
		if err := d.lockBlobs(ctx, tx, u.Blob); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `insert into upload (digest, id, bytes, kind, hash, at) values ($1, $2, $3, $4, $5, $6)
			on conflict (digest, id) do nothing`, u.Digest.String(), u.ID, u.Bytes, u.Kind, u.Hash, millis(d.options.Now()))
		if err != nil {
			return err
		}
		// Who has sent least makes room: whoever wants to be in another's way has to send more than he did.
		others, err := collect(ctx, tx, scanUpload, selectUpload+`where digest = $1 and id <> $2 order by held desc, at`, u.Digest.String(), u.ID)
		if err != nil {
			return err
		}
		for _, o := range others[min(len(others), store.MaxUploads-1):] {
			if err := d.dropUpload(ctx, tx, o); err != nil {
				return err
			}
		}
		begun, err = scanUpload(tx.QueryRowContext(ctx, selectUpload+`where digest = $1 and id = $2`, u.Digest.String(), u.ID).Scan)
		return err
	})
	return begun, err
}

// Reserve implements store.Store.
func (d *DB) Reserve(ctx context.Context, place string, until time.Time) error {
	_, err := d.write.ExecContext(ctx, `insert into garbage (place, after_at) values ($1, $2)`, place, millis(until))
	if err != nil {
		return fmt.Errorf("reserve place: %w", err)
	}
	return nil
}

// Append implements store.Store.
func (d *DB) Append(ctx context.Context, u store.Upload, p store.Part, hash []byte) error {
	return d.tx(ctx, "append to upload", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `update upload set held = held + $1, hash = $2, at = $3
			where digest = $4 and id = $5 and held = $6 and held + $1 <= bytes`,
			p.Bytes, hash, millis(d.options.Now()), u.Digest.String(), u.ID, u.Held)
		if err := affected(r, err, store.ErrConflict); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `insert into part (place, digest, upload, start, bytes) values ($1, $2, $3, $4, $5)`,
			p.Place, u.Digest.String(), u.ID, u.Held, p.Bytes)
		if err != nil {
			return err
		}
		r, err = tx.ExecContext(ctx, `delete from garbage where place = $1 and after_at > $2`, p.Place, millis(d.options.Now()))
		return affected(r, err, store.ErrConflict) // it took so long that the part may be deleted
	})
}

// Finish implements store.Store.
func (d *DB) Finish(ctx context.Context, u store.Upload) (queued []protocol.Digest, err error) {
	err = d.tx(ctx, "finish upload", func(tx *sql.Tx) error {
		queued = nil
		if err := d.lockBlobs(ctx, tx, u.Blob); err != nil {
			return err
		}
		var has bool
		err := tx.QueryRowContext(ctx, `select exists (select 1 from blob where digest = $1)`, u.Digest.String()).Scan(&has)
		if err != nil {
			return err
		}
		if has { // another upload was faster
			return d.dropUpload(ctx, tx, u)
		}
		r, err := tx.ExecContext(ctx, `delete from upload where digest = $1 and id = $2 and held = bytes`, u.Digest.String(), u.ID)
		if err := affected(r, err, store.ErrConflict); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `update part set upload = $1 where digest = $2 and upload = $3`, whole, u.Digest.String(), u.ID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `insert into blob (digest, bytes, kind, at) values ($1, $2, $3, $4)`,
			u.Digest.String(), u.Bytes, u.Kind, millis(d.options.Now()))
		if err != nil {
			return err
		}
		queued, err = d.enqueueWaiting(ctx, tx, u.Digest)
		return err
	})
	return queued, err
}

// enqueueWaiting queues the jobs that waited for nothing but a blob.
func (d *DB) enqueueWaiting(ctx context.Context, tx *sql.Tx, digest protocol.Digest) ([]protocol.Digest, error) {
	waiting, err := collect(ctx, tx, scanDigest, `select distinct j.id from want w join job j on j.id = w.owner
		where w.digest = $1 and j.state = 'posted' order by j.id`, digest.String())
	if err != nil {
		return nil, err
	}
	for _, id := range waiting {
		if _, err := d.lockJob(ctx, tx, id); err != nil {
			return nil, err
		}
		if _, err := d.enqueue(ctx, tx, id); err != nil {
			return nil, err
		}
		if err := d.changed(ctx, tx, id); err != nil {
			return nil, err
		}
	}
	return waiting, nil
}

// DropUpload implements store.Store.
func (d *DB) DropUpload(ctx context.Context, u store.Upload) error {
	return d.tx(ctx, "drop upload", func(tx *sql.Tx) error { return d.dropUpload(ctx, tx, u) })
}

func (d *DB) dropUpload(ctx context.Context, tx *sql.Tx, u store.Upload) error {
	if _, err := tx.ExecContext(ctx, `delete from upload where digest = $1 and id = $2`, u.Digest.String(), u.ID); err != nil {
		return err
	}
	return d.discard(ctx, tx, u.Digest, u.ID)
}

// discard gives up the parts of an upload. They stay for as long as somebody may be reading.
func (d *DB) discard(ctx context.Context, tx *sql.Tx, digest protocol.Digest, upload string) error {
	_, err := tx.ExecContext(ctx, `insert into garbage (place, after_at) select place, $1 from part where digest = $2 and upload = $3`,
		millis(d.options.Now().Add(d.options.Reading)), digest.String(), upload)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `delete from part where digest = $1 and upload = $2`, digest.String(), upload)
	return err
}

// Parts implements store.Store.
func (d *DB) Parts(ctx context.Context, digest protocol.Digest) ([]store.Part, error) {
	list, err := collect(ctx, d.read, func(scan func(...any) error) (p store.Part, err error) {
		return p, scan(&p.Place, &p.Bytes)
	}, `select place, bytes from part where digest = $1 and upload = $2 order by start`, digest.String(), whole)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("blob %s: %w", digest.Short(), err)
	}
	return list, nil
}

// DropBlob implements store.Store.
func (d *DB) DropBlob(ctx context.Context, digest protocol.Digest) error {
	return d.tx(ctx, "drop blob", func(tx *sql.Tx) error {
		if err := d.lockBlobs(ctx, tx, store.Blob{Digest: digest}); err != nil {
			return err
		}
		return d.dropBlob(ctx, tx, digest)
	})
}

func (d *DB) dropBlob(ctx context.Context, tx *sql.Tx, digest protocol.Digest) error {
	if _, err := tx.ExecContext(ctx, `delete from blob where digest = $1`, digest.String()); err != nil {
		return err
	}
	return d.discard(ctx, tx, digest, whole)
}

// expired is the condition that a blob b has not been needed since $1: by no model, by no job that goes on or
// ended later, nor as the output of such a job.
const expired = ` b.at < $1
	and not exists (select 1 from want w join model m on m.id = w.owner where w.digest = b.digest)
	and not exists (select 1 from want w join job j on j.id = w.owner where w.digest = b.digest and (j.over_at = 0 or j.over_at >= $1))
	and not exists (select 1 from job j where j.output_hash = b.digest and (j.over_at = 0 or j.over_at >= $1))`

// Collect implements store.Store.
func (d *DB) Collect(ctx context.Context, before time.Time, limit int) (collected int, err error) {
	list, err := collect(ctx, d.read, scanBlob, `select b.digest, b.bytes, b.kind from blob b where`+expired+` limit $2`, millis(before), limit)
	if err != nil {
		return 0, fmt.Errorf("collect blobs: %w", err)
	}
	for _, b := range list {
		err := d.tx(ctx, "collect blob", func(tx *sql.Tx) error {
			if err := d.lockBlobs(ctx, tx, b); err != nil {
				return err
			}
			still, err := collect(ctx, tx, scanBlob, `select b.digest, b.bytes, b.kind from blob b where`+expired+` and b.digest = $2`,
				millis(before), b.Digest.String())
			if err != nil || len(still) == 0 {
				return err
			}
			collected++
			return d.dropBlob(ctx, tx, b.Digest)
		})
		if err != nil {
			return collected, err
		}
	}
	return collected, nil
}

// Tidy implements store.Store.
func (d *DB) Tidy(ctx context.Context, before time.Time) error {
	return d.tx(ctx, "tidy", func(tx *sql.Tx) error {
		list, err := collect(ctx, tx, scanUpload, selectUpload+`where at < $1`+d.locking(`for update skip locked`), millis(before))
		if err != nil {
			return err
		}
		for _, u := range list {
			if err := d.dropUpload(ctx, tx, u); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `delete from worker_key where at < $1`, millis(before)); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `delete from session where seen_at < $1`, millis(before))
		return err
	})
}

// skew is how far the clocks of hosts may be apart.
const skew = time.Minute

// Garbage implements store.Store.
func (d *DB) Garbage(ctx context.Context, limit int) ([]string, error) {
	list, err := collect(ctx, d.read, func(scan func(...any) error) (s string, err error) { return s, scan(&s) },
		`select place from garbage where after_at < $1 order by after_at limit $2`, millis(d.options.Now().Add(-skew)), limit)
	if err != nil {
		return nil, fmt.Errorf("garbage: %w", err)
	}
	return list, nil
}

// Forget implements store.Store.
func (d *DB) Forget(ctx context.Context, place string) error {
	if _, err := d.write.ExecContext(ctx, `delete from garbage where place = $1`, place); err != nil {
		return fmt.Errorf("forget place: %w", err)
	}
	return nil
}

// Usage implements store.Store.
func (d *DB) Usage(ctx context.Context, account protocol.Address, also []store.Blob) (bytes int64, err error) {
	held, err := collect(ctx, d.read, scanBlob, `select distinct w.digest, w.bytes, w.kind from want w where
		w.owner in (select id from job where account = $1 and over_at = 0) or w.owner in (select id from model where creator = $1)`, account.String())
	if err != nil {
		return 0, fmt.Errorf("usage of %s: %w", account, err)
	}
	all := map[protocol.Digest]int64{}
	for _, b := range append(held, also...) {
		all[b.Digest] = max(all[b.Digest], b.Bytes)
	}
	for _, n := range all {
		bytes += n
	}
	return bytes, nil
}
