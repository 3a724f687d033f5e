// Package sqlite is the store of a host on one machine: one SQLite file, written by one
// connection, read by several, every commit flushed to disk.
package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/host/store/relational"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// words are SQLite's for what the schema leaves open.
var words = map[string]string{"serial": "integer primary key autoincrement", "bytes": "blob", "json": ""}

// Open opens the database file at path, makes it if there is none, and brings its schema
// up to date. It refuses a file that a later program wrote. One host uses a file at a time.
func Open(ctx context.Context, path string, o store.Options) (*relational.DB, error) {
	if err := relational.CheckOptions(o); err != nil {
		return nil, err
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
	return relational.New(write, read, relational.Dialect{}, o), nil
}

// migrate runs the scripts that the database has not seen.
func migrate(ctx context.Context, db *sql.DB) error {
	scripts, err := relational.Schema(words)
	if err != nil {
		return err
	}
	var version int
	if err := db.QueryRowContext(ctx, "pragma user_version").Scan(&version); err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	pending, err := relational.Pending(scripts, version)
	if err != nil {
		return err
	}
	for _, text := range pending {
		version++
		script := fmt.Sprintf("begin immediate; %s; pragma user_version = %d; commit", text, version)
		if _, err := db.ExecContext(ctx, script); err != nil {
			return fmt.Errorf("migrate to version %d: %w", version, err)
		}
	}
	return nil
}
