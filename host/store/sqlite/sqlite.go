// Package sqlite is the store of a host on one machine: one SQLite file, written by one
// connection, read by several, every commit flushed to disk.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

//go:embed schema/*.sql
var schema embed.FS

// DB implements store.Store.
type DB struct {
	write, read *sql.DB
	options     store.Options
}

var _ store.Store = (*DB)(nil)

// Open opens the database file at path, makes it if there is none, and brings its schema
// up to date. It refuses a file that a later program wrote.
func Open(ctx context.Context, path string, o store.Options) (*DB, error) {
	if o.Now == nil || o.MaxAttempts < 1 {
		return nil, errors.New("open store: clock and a positive number of attempts are needed")
	}
	open := func(connections int, pragmas ...string) (*sql.DB, error) {
		q := url.Values{"_pragma": append(pragmas, "journal_mode(wal)", "synchronous(full)", "busy_timeout(10000)"), "_txlock": {"immediate"}}
		db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String())
		if err != nil {
			return nil, fmt.Errorf("open store %s: %w", path, err)
		}
		db.SetMaxOpenConns(connections)
		return db, nil
	}
	write, err := open(1)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, write); err != nil {
		write.Close()
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	read, err := open(4, "query_only(true)")
	if err != nil {
		write.Close()
		return nil, err
	}
	return &DB{write, read, o}, nil
}

// Close implements store.Store.
func (d *DB) Close() error { return errors.Join(d.read.Close(), d.write.Close()) }

// migrate applies the schema files that the database has not seen. File n, counted from
// 1, brings it to version n.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		return err
	}
	var version int
	if err := db.QueryRowContext(ctx, "pragma user_version").Scan(&version); err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	if version > len(files) {
		return fmt.Errorf("schema version %d, this program knows %d: use the later program that wrote it", version, len(files))
	}
	for n := version; n < len(files); n++ {
		text, err := schema.ReadFile(files[n])
		if err != nil {
			return err
		}
		script := fmt.Sprintf("begin immediate; %s; pragma user_version = %d; commit", text, n+1)
		if _, err := db.ExecContext(ctx, script); err != nil {
			return fmt.Errorf("migrate to version %d: %w", n+1, err)
		}
	}
	return nil
}

// tx runs f in one write transaction.
func (d *DB) tx(ctx context.Context, what string, f func(*sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := f(tx); err != nil {
		return fmt.Errorf("%s: %w", what, errors.Join(err, ignoreDone(tx.Rollback())))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// collect runs a query and scans every row with scan.
func collect[T any](ctx context.Context, q querier, scan func(scan func(...any) error) (T, error), query string, args ...any) (list []T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// one turns "no rows" into store.ErrNotFound.
func one(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

// affected returns otherwise if a statement changed no row.
func affected(r sql.Result, err, otherwise error) error {
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		return otherwise
	}
	return err
}

func scanDigest(scan func(...any) error) (d protocol.Digest, err error) {
	return d, scan(text(&d))
}

// textColumn reads and writes a value in its text form.
type textColumn struct {
	v interface {
		String() string
		UnmarshalText([]byte) error
	}
}

func text(v interface {
	String() string
	UnmarshalText([]byte) error
},
) textColumn {
	return textColumn{v}
}

// Scan implements sql.Scanner. Empty text leaves the zero value.
func (c textColumn) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("column holds %T, want text", src)
	}
	if s == "" {
		return nil
	}
	return c.v.UnmarshalText([]byte(s))
}

// jsonColumn reads and writes a value as a JSON document; nil as null.
type jsonColumn[T any] struct{ v **T }

func document[T any](v **T) jsonColumn[T] { return jsonColumn[T]{v} }

// Value implements driver.Valuer.
func (c jsonColumn[T]) Value() (driver.Value, error) {
	if *c.v == nil {
		return nil, nil
	}
	b, err := json.Marshal(*c.v)
	return string(b), err
}

// Scan implements sql.Scanner.
func (c jsonColumn[T]) Scan(src any) error {
	switch s := src.(type) {
	case nil:
		*c.v = nil
		return nil
	case string:
		*c.v = new(T)
		return json.Unmarshal([]byte(s), *c.v)
	default:
		return fmt.Errorf("column holds %T, want text", src)
	}
}

func toJSON[T any](v T) jsonColumn[T] {
	p := &v
	return jsonColumn[T]{&p}
}

// timeColumn reads and writes Unix milliseconds; the zero time is 0.
type timeColumn struct{ v *time.Time }

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Scan implements sql.Scanner.
func (c timeColumn) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("column holds %T, want an integer", src)
	}
	*c.v = time.Time{}
	if n != 0 {
		*c.v = time.UnixMilli(n).UTC()
	}
	return nil
}
