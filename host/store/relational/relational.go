// Package relational keeps a host's state in a relational database: one SQL, spoken to
// every database that a Dialect describes. Packages sqlite and postgres open them.
//
// Where several hosts share a database, a transaction locks the row of the job that it
// changes before it looks at it, so that a job's events are numbered in the order in which
// they become visible, and takes a lock by name for what has no row yet.
package relational

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
)

// Dialect is what differs between databases.
type Dialect struct {
	// RowLocks says that the database knows select ... for update; else it runs one
	// writing transaction at a time.
	RowLocks bool
	// Lock waits for a lock by name and holds it to the end of the transaction; nil where
	// one writing transaction runs at a time.
	Lock func(ctx context.Context, tx *sql.Tx, name string) error
	// Retry reports whether a transaction failed only because of another one.
	Retry func(error) bool
	// Announce tells all hosts of a change when the transaction is committed; nil if there
	// is one host.
	Announce func(ctx context.Context, tx *sql.Tx, c store.Change) error
	// Follow calls f with every change that any host announced, until ctx ends.
	Follow func(ctx context.Context, f func(store.Change)) error
}

// DB implements store.Store.
type DB struct {
	write   *sql.DB
	read    reader
	dialect Dialect
	options store.Options
}

var _ store.Store = (*DB)(nil)

// New makes a store of a database whose schema is up to date. Reads go to read, which may
// be the same as write. Close closes both.
func New(write, read *sql.DB, d Dialect, o store.Options) *DB {
	return &DB{write, &prepared{db: read, statements: map[string]*sql.Stmt{}}, d, o}
}

// Close implements store.Store.
func (d *DB) Close() error { return errors.Join(d.read.Close(), d.write.Close()) }

// Follow implements store.Store.
func (d *DB) Follow(ctx context.Context, f func(store.Change)) error {
	if d.dialect.Follow == nil {
		<-ctx.Done()
		return nil
	}
	return d.dialect.Follow(ctx, f)
}

//go:embed schema/*.sql
var schema embed.FS

// Schema returns the scripts that make the schema, in order: script n, counted from 1,
// brings it from version n-1 to n. What each database calls differently stands in braces
// in them and is replaced.
func Schema(words map[string]string) ([]string, error) {
	files, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		return nil, err
	}
	var pairs []string
	for word, replacement := range words {
		pairs = append(pairs, "{"+word+"}", replacement)
	}
	replacer, scripts := strings.NewReplacer(pairs...), make([]string, len(files))
	for i, name := range files {
		if !strings.HasPrefix(path.Base(name), fmt.Sprintf("%04d", i+1)) {
			return nil, fmt.Errorf("schema script %s stands in the place of version %d", name, i+1)
		}
		text, err := schema.ReadFile(name)
		if err != nil {
			return nil, err
		}
		scripts[i] = replacer.Replace(string(text))
	}
	return scripts, nil
}

// Pending returns the scripts that a schema of some version lacks. It refuses a schema that
// a later program wrote.
func Pending(scripts []string, version int) ([]string, error) {
	if version < 0 || version > len(scripts) {
		return nil, fmt.Errorf("schema version %d, this program knows %d: use the later program that wrote it", version, len(scripts))
	}
	return scripts[version:], nil
}

// CheckOptions refuses options that no store can work with.
func CheckOptions(o store.Options) error {
	if o.Now == nil || o.MaxAttempts < 1 {
		return errors.New("open store: clock and a positive number of attempts are needed")
	}
	return nil
}

// maxRetries is how often a transaction is repeated that lost against others.
const maxRetries = 20

// tx runs f in one write transaction, again if it lost against another one: f starts anew
// every time.
func (d *DB) tx(ctx context.Context, what string, f func(*sql.Tx) error) error {
	for n := 0; ; n++ {
		err := d.once(ctx, f)
		if err == nil {
			return nil
		}
		if n == maxRetries || ctx.Err() != nil || d.dialect.Retry == nil || !d.dialect.Retry(err) {
			return fmt.Errorf("%s: %w", what, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(rand.N(time.Millisecond << min(n, 7))):
		}
	}
}

func (d *DB) once(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// locking returns the clause of a select that locks rows, or nothing where there is no need.
func (d *DB) locking(clause string) string {
	if d.dialect.RowLocks {
		return " " + clause
	}
	return ""
}

// lock waits for a lock by name and holds it to the end of the transaction.
func (d *DB) lock(ctx context.Context, tx *sql.Tx, name string) error {
	if d.dialect.Lock == nil {
		return nil
	}
	return d.dialect.Lock(ctx, tx, name)
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
