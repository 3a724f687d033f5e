// Package postgres is the store of hosts that share a PostgreSQL database, of version 12 or
// later. Everything that a host must remember is there: hosts can come and go.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/host/store/relational"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// words are Postgres' for what the schema leaves open.
var words = map[string]string{"serial": "bigint generated always as identity primary key", "bytes": "bytea", "json": "::json"}

// maxConnections is how many connections a host opens at most, besides one that listens.
const maxConnections = 16

// SQLSTATE codes, PostgreSQL documentation, appendix A.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
)

// Open connects to the database that a URL or a keyword string names, as libpq takes it, and
// brings its schema up to date. It refuses a schema that a later program wrote.
func Open(ctx context.Context, address string, o store.Options) (*relational.DB, error) {
	if err := relational.CheckOptions(o); err != nil {
		return nil, err
	}
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		// The error of the parser may quote the password.
		return nil, errors.New("open store: this is no PostgreSQL address: use postgres://user@host:5432/database")
	}
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := migrate(ctx, db); err != nil {
		db.Close()
		return nil, fmt.Errorf("open store %s on %s: %w", cfg.Database, cfg.Host, err)
	}
	return relational.New(db, db, relational.Dialect{
		RowLocks: true, Lock: lock, Retry: retry, Announce: announce,
		Follow: func(ctx context.Context, f func(store.Change)) error { return follow(ctx, cfg, f) },
	}, o), nil
}

// migrate runs the scripts that the database has not seen, one host at a time.
func migrate(ctx context.Context, db *sql.DB) error {
	scripts, err := relational.Schema(words)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	if err := lock(ctx, tx, "schema"); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "create table if not exists schema_version (version bigint not null)"); err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	var version int
	if err := tx.QueryRowContext(ctx, "select coalesce(max(version), 0) from schema_version").Scan(&version); err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	pending, err := relational.Pending(scripts, version)
	if err != nil {
		return err
	}
	for _, text := range pending {
		version++
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("migrate to version %d: %w", version, err)
		}
		if _, err := tx.ExecContext(ctx, "insert into schema_version (version) values ($1)", version); err != nil {
			return fmt.Errorf("migrate to version %d: %w", version, err)
		}
	}
	return tx.Commit()
}

// lock takes an advisory lock. Names that share a hash wait for each other, and no more.
func lock(ctx context.Context, tx *sql.Tx, name string) error {
	_, err := tx.ExecContext(ctx, "select pg_advisory_xact_lock(hashtextextended('encompute ' || $1, 0))", name)
	return err
}

// retry reports whether a transaction failed because of another one: they waited for each
// other, or both inserted the same.
func retry(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == serializationFailure || e.Code == deadlockDetected || e.Code == uniqueViolation)
}
