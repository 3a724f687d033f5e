package relational

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// lockBlobs keeps other transactions from storing, expecting or collecting the same blobs:
// what one of them looks for and another puts must not pass each other by.
func (d *DB) lockBlobs(ctx context.Context, tx *sql.Tx, list ...store.Blob) error {
	names := make([]string, len(list))
	for i, b := range list {
		names[i] = "blob " + b.Digest.String()
	}
	slices.Sort(names) // the same order for all
	for _, name := range slices.Compact(names) {
		if err := d.lock(ctx, tx, name); err != nil {
			return err
		}
	}
	return nil
}

// addWants stores what an owner expects. What of it is there is needed from now on.
func (d *DB) addWants(ctx context.Context, tx *sql.Tx, owner protocol.Digest, wants []store.Blob) error {
	for _, w := range wants {
		if _, err := tx.ExecContext(ctx, `update blob set at = $1 where digest = $2`, millis(d.options.Now()), w.Digest.String()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `insert into want (owner, digest, bytes, kind) values ($1, $2, $3, $4)
			on conflict (owner, digest, kind) do nothing`, owner.String(), w.Digest.String(), w.Bytes, w.Kind)
		if err != nil {
			return fmt.Errorf("expected blob %s: %w", w.Digest.Short(), err)
		}
	}
	return nil
}

// Expect implements store.Store.
func (d *DB) Expect(ctx context.Context, owner protocol.Digest, wants []store.Blob) error {
	return d.tx(ctx, "expect blobs", func(tx *sql.Tx) error {
		if err := d.lock(ctx, tx, "owner "+owner.String()); err != nil {
			return err
		}
		before, err := collect(ctx, tx, scanBlob, `select digest, bytes, kind from want where owner = $1`, owner.String())
		if err != nil {
			return err
		}
		if err := d.lockBlobs(ctx, tx, slices.Concat(before, wants)...); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `delete from want where owner = $1`, owner.String()); err != nil {
			return err
		}
		if err := d.addWants(ctx, tx, owner, wants); err != nil {
			return err
		}
		for _, b := range before {
			// What came as something else, such as an output, is not the owner's to give up.
			unneeded, err := collect(ctx, tx, scanBlob, `select digest, bytes, kind from blob where digest = $1 and kind = $2
				and not exists (select 1 from want where digest = $1)`, b.Digest.String(), store.KindRecords)
			if err != nil {
				return err
			}
			if len(unneeded) == 0 {
				continue
			}
			if err := d.dropBlob(ctx, tx, b.Digest); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutModel implements store.Store.
func (d *DB) PutModel(ctx context.Context, m store.Model, wants []store.Blob) error {
	return d.tx(ctx, "put model", func(tx *sql.Tx) error {
		if err := d.lockBlobs(ctx, tx, wants...); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `insert into model (id, manifest_hash, creator, manifest) values ($1, $2, $3, $4)
			on conflict (id) do nothing`, m.ID.String(), m.ManifestHash.String(), m.Creator.String(), m.Manifest)
		if err != nil {
			return err
		}
		return d.addWants(ctx, tx, m.ID, wants)
	})
}

const selectModel = `select m.id, m.manifest_hash, m.creator, m.manifest, not exists (
	select 1 from want w left join blob b on b.digest = w.digest and b.bytes = w.bytes
	where w.owner = m.id and b.digest is null) from model m `

func scanModel(scan func(...any) error) (m store.Model, err error) {
	return m, scan(text(&m.ID), text(&m.ManifestHash), text(&m.Creator), &m.Manifest, &m.Ready)
}

// Model implements store.Store.
func (d *DB) Model(ctx context.Context, id protocol.Digest) (store.Model, error) {
	m, err := scanModel(d.read.QueryRowContext(ctx, selectModel+`where m.id = $1`, id.String()).Scan)
	if err != nil {
		return m, fmt.Errorf("model %s: %w", id.Short(), one(err))
	}
	return m, nil
}

// Models implements store.Store.
func (d *DB) Models(ctx context.Context, after protocol.Digest, limit int) ([]store.Model, error) {
	return collect(ctx, d.read, scanModel, selectModel+`where m.id > $1 order by m.id limit $2`, after.String(), limit)
}

// PutSheet implements store.Store.
func (d *DB) PutSheet(ctx context.Context, s store.Sheet) error {
	_, err := d.write.ExecContext(ctx, `insert into sheet (model, records, cut, body) values ($1, $2, $3, $4)
		on conflict (model, cut, records) do nothing`, s.Model.String(), s.Records.String(), s.Cut, toJSON(s.SignedSheet))
	if err != nil {
		return fmt.Errorf("put sheet: %w", err)
	}
	return nil
}

// Sheets implements store.Store.
func (d *DB) Sheets(ctx context.Context, model protocol.Digest, limit int) ([]store.Sheet, error) {
	return collect(ctx, d.read, func(scan func(...any) error) (s store.Sheet, err error) {
		body := &s.SignedSheet
		if err := scan(text(&s.Model), text(&s.Records), document(&body)); err != nil {
			return s, err
		}
		s.SignedSheet = *body
		return s, nil
	}, `select model, records, body from sheet where model = $1 order by seq desc limit $2`, model.String(), limit)
}

func scanBlob(scan func(...any) error) (b store.Blob, err error) {
	return b, scan(text(&b.Digest), &b.Bytes, &b.Kind)
}

// Expected implements store.Store.
func (d *DB) Expected(ctx context.Context, digest protocol.Digest) ([]store.Blob, error) {
	return collect(ctx, d.read, scanBlob, `select distinct digest, bytes, kind from want where digest = $1`, digest.String())
}

// Blob implements store.Store.
func (d *DB) Blob(ctx context.Context, digest protocol.Digest) (store.Blob, error) {
	b, err := scanBlob(d.read.QueryRowContext(ctx, `select digest, bytes, kind from blob where digest = $1`, digest.String()).Scan)
	if err != nil {
		return b, fmt.Errorf("blob %s: %w", digest.Short(), one(err))
	}
	return b, nil
}

// PutWorker implements store.Store.
func (d *DB) PutWorker(ctx context.Context, w store.Worker) error {
	_, err := d.write.ExecContext(ctx, `insert into worker (signer, operator, workload, tcb_status, simulated, evidence, verified_at, valid_until)
		values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (signer) do update set
		operator = excluded.operator, workload = excluded.workload, tcb_status = excluded.tcb_status, simulated = excluded.simulated,
		evidence = excluded.evidence, verified_at = excluded.verified_at, valid_until = excluded.valid_until`,
		w.Signer.String(), w.Operator.String(), w.WorkloadID.String(), w.TCBStatus, w.Simulated, toJSON(w.Evidence),
		millis(w.Verified), millis(w.ValidUntil))
	if err != nil {
		return fmt.Errorf("put worker: %w", err)
	}
	return nil
}

// Worker implements store.Store.
func (d *DB) Worker(ctx context.Context, signer protocol.Address) (w store.Worker, err error) {
	evidence := &w.Evidence
	err = d.read.QueryRowContext(ctx, `select signer, operator, workload, tcb_status, simulated, evidence, verified_at, valid_until
		from worker where signer = $1`, signer.String()).Scan(text(&w.Signer), text(&w.Operator), text(&w.WorkloadID), &w.TCBStatus,
		&w.Simulated, document(&evidence), timeColumn{&w.Verified}, timeColumn{&w.ValidUntil})
	if err != nil {
		return store.Worker{}, fmt.Errorf("worker %s: %w", signer, one(err))
	}
	w.Evidence = *evidence
	return w, nil
}
