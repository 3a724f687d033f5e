package relational

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// JobsBy implements store.Store.
func (d *DB) JobsBy(ctx context.Context, account protocol.Address, before uint64, limit int) ([]store.JobEntry, error) {
	return d.jobEntries(ctx, account, before, limit, `account = $1`)
}

// JobsFor implements store.Store.
func (d *DB) JobsFor(ctx context.Context, creator protocol.Address, before uint64, limit int) ([]store.JobEntry, error) {
	return d.jobEntries(ctx, creator, before, limit, `model in (select id from model where creator = $1)`)
}

// jobEntries lists jobs of an account, $1 of the condition.
func (d *DB) jobEntries(ctx context.Context, account protocol.Address, before uint64, limit int, where string) ([]store.JobEntry, error) {
	list, err := collect(ctx, d.read, func(scan func(...any) error) (e store.JobEntry, err error) {
		return e, scan(&e.Seq, text(&e.JobID), timeColumn{&e.Added}, timeColumn{&e.Erased})
	}, `select seq, id, added_at, erased_at from job where `+where+` and seq < $2 order by seq desc limit $3`,
		account.String(), min(before, 1<<62), limit)
	if err != nil {
		return nil, fmt.Errorf("jobs of %s: %w", account, err)
	}
	return list, nil
}

// ReleaseOf implements store.Store.
func (d *DB) ReleaseOf(ctx context.Context, id protocol.Digest) (protocol.SignedRelease, error) {
	r, err := readRelease(ctx, d.read, id)
	if err == nil && r == nil {
		err = store.ErrNotFound
	}
	if err != nil {
		return protocol.SignedRelease{}, fmt.Errorf("release of job %s: %w", id.Short(), err)
	}
	return *r, nil
}

// ModelsBy implements store.Store.
func (d *DB) ModelsBy(ctx context.Context, account protocol.Address, after protocol.Digest, limit int) ([]store.Model, error) {
	return collect(ctx, d.read, scanModel, selectModel+`where m.creator = $1 and m.id > $2 order by m.id limit $3`,
		account.String(), after.String(), limit)
}

// Erase implements store.Store.
func (d *DB) Erase(ctx context.Context, id protocol.Digest) error {
	return d.tx(ctx, "erase job", func(tx *sql.Tx) error {
		wants, err := collect(ctx, tx, scanBlob, `select digest, bytes, kind from want where owner = $1`, id.String())
		if err != nil {
			return err
		}
		// What blobs are expected is locked before the job, as everywhere.
		j, err := readJob(ctx, tx, id)
		if err != nil {
			return err
		}
		if j.Computed != nil {
			wants = append(wants, store.Blob{Digest: j.Computed.Receipt.OutputHash, Kind: store.KindOutput})
		}
		if err := d.lockBlobs(ctx, tx, wants...); err != nil {
			return err
		}
		if j, err = d.lockJob(ctx, tx, id); err != nil {
			return err
		}
		if !over(j.State) {
			return store.ErrConflict
		}
		if err := d.eraseJob(ctx, tx, j); err != nil {
			return err
		}
		for _, b := range wants {
			if err := d.dropUnwanted(ctx, tx, b.Digest); err != nil {
				return err
			}
		}
		return nil
	})
}

// eraseJob takes out of a job and its release what is sealed, and its events. What is signed stays: it settles the job.
func (d *DB) eraseJob(ctx context.Context, tx *sql.Tx, j store.Job) error {
	release, err := readRelease(ctx, tx, j.JobID)
	if err != nil {
		return err
	}
	if release != nil {
		release.Sealed = nil
		if _, err := tx.ExecContext(ctx, `update release set body = $1, answered = true where job = $2`, document(&release), j.JobID.String()); err != nil {
			return err
		}
	}
	if j.Delivered != nil {
		j.Delivered.Sealed = nil
	}
	_, err = tx.ExecContext(ctx, `update job set delivered = $1, progress = null, erased_at = $2 where id = $3`,
		document(&j.Delivered), millis(d.options.Now()), j.JobID.String())
	if err != nil {
		return err
	}
	for _, q := range []string{`delete from event where job = $1`, `delete from want where owner = $1`} {
		if _, err := tx.ExecContext(ctx, q, j.JobID.String()); err != nil {
			return err
		}
	}
	return nil
}

// dropUnwanted gives up a blob, and uploads of it, that no model and no job that is not erased needs.
func (d *DB) dropUnwanted(ctx context.Context, tx *sql.Tx, digest protocol.Digest) error {
	var needed bool
	err := tx.QueryRowContext(ctx, `select exists (select 1 from want where digest = $1)
		or exists (select 1 from job where output_hash = $1 and erased_at = 0)`, digest.String()).Scan(&needed)
	if err != nil || needed {
		return err
	}
	uploads, err := collect(ctx, tx, scanUpload, selectUpload+`where digest = $1`, digest.String())
	if err != nil {
		return err
	}
	for _, u := range uploads {
		if err := d.dropUpload(ctx, tx, u); err != nil {
			return err
		}
	}
	return d.dropBlob(ctx, tx, digest)
}

// OutputOf implements store.Store.
func (d *DB) OutputOf(ctx context.Context, output protocol.Digest, account protocol.Address) (bool, error) {
	var mine bool
	err := d.read.QueryRowContext(ctx, `select exists (select 1 from job where output_hash = $1 and account = $2)`,
		output.String(), account.String()).Scan(&mine)
	if err != nil {
		return false, fmt.Errorf("owner of output %s: %w", output.Short(), err)
	}
	return mine, nil
}
