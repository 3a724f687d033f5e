package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/host/store/postgres"
	"github.com/encrypted-compute/encompute/host/store/postgres/postgrestest"
	"github.com/encrypted-compute/encompute/host/store/storetest"
	"github.com/encrypted-compute/encompute/protocol"
	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var options = store.Options{Now: time.Now, MaxAttempts: 3, Ageing: time.Minute, ActionLease: time.Minute, Reading: time.Hour}

func open(t *testing.T, address string, o store.Options) store.Store {
	t.Helper()
	db, err := postgres.Open(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestStore(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	storetest.Run(t, func(t *testing.T, o store.Options) (store.Store, func() store.Store) {
		address := server.Database(t)
		return open(t, address, o), func() store.Store { return open(t, address, o) }
	})
}

func TestMigrations(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	words := map[string]string{"serial": "bigint generated always as identity primary key", "bytes": "bytea", "json": "::json", "hex": "'x'"}
	storetest.RunMigrations(t, words, func(t *testing.T, script string, version int, o store.Options) store.Store {
		address := server.Database(t)
		conn, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.WithoutCancel(t.Context()))
		script += fmt.Sprintf("; create table schema_version (version bigint not null); insert into schema_version values (%d)", version)
		if _, err := conn.Exec(t.Context(), script); err != nil {
			t.Fatal(err)
		}
		return open(t, address, o)
	})
}

// TestOpenAtOnce lets hosts that start at the same time migrate the same database.
func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	address := postgrestest.Start(t).Database(t)
	results := make(chan error)
	for range 8 {
		go func() {
			db, err := postgres.Open(t.Context(), address, options)
			if err == nil {
				err = db.Close()
			}
			results <- err
		}()
	}
	for range 8 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, address string
		options       store.Options
		want          string
	}{
		{"not an address", "postgres://user:secret@host:port/db", options, "postgres://user@host:5432/database"},
		{"nobody there", "postgres://user:secret@127.0.0.1:1/db?connect_timeout=5", options, "open store db on 127.0.0.1"},
		{"no clock", "postgres://127.0.0.1:1/db", store.Options{MaxAttempts: 1}, "clock"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := postgres.Open(t.Context(), c.address, c.options)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("open: %v, want %q and no password", err, c.want)
			}
		})
	}
}

// TestFollow hears in one host what another one does, also after the connection was lost.
func TestFollow(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	address := server.Database(t)
	one, other := open(t, address, options), open(t, address, options)
	ctx, cancel := context.WithCancel(t.Context())
	changes, done := make(chan store.Change, 100), make(chan error, 1)
	go func() { done <- other.Follow(ctx, func(c store.Change) { changes <- c }) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	await := func(want store.Change) {
		t.Helper()
		for {
			select {
			case c := <-changes:
				if c == want {
					return
				}
			case <-time.After(time.Minute):
				t.Fatalf("change %+v is not heard", want)
			}
		}
	}
	add := func(n byte) {
		t.Helper()
		id, spec := protocol.Digest{n}, protocol.JobSpec{Creator: protocol.Address{4}, PrefixBy: 1 << 32, DeliverBy: 1 << 32}
		if _, err := one.AddJob(t.Context(), id, spec, []store.Blob{{Digest: protocol.Digest{9}, Bytes: 1}}); err != nil {
			t.Fatal(err)
		}
		await(store.Change{JobID: id, State: protocol.JobPosted, Creator: protocol.Address{4}})
	}
	await(store.Change{})
	add(1)
	server.Restart(t)
	await(store.Change{}) // it listens again
	add(2)
}
