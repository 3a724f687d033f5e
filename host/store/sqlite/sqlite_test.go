package sqlite_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/host/store/sqlite"
	"github.com/encrypted-compute/encompute/host/store/storetest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, o store.Options) (store.Store, func() store.Store) {
		dir := filepath.Join(t.TempDir(), "a folder with spaces & signs?#%")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "host.db")
		return open(t, path, o), func() store.Store { return open(t, path, o) }
	})
}

func open(t *testing.T, path string, o store.Options) store.Store {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestMigrations(t *testing.T) {
	t.Parallel()
	words := map[string]string{"serial": "integer primary key autoincrement", "bytes": "blob", "json": "", "hex": "x'78'"}
	storetest.RunMigrations(t, words, func(t *testing.T, script string, version int, o store.Options) store.Store {
		path := filepath.Join(t.TempDir(), "old.db")
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(fmt.Sprintf("%s; pragma user_version = %d", script, version)); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return open(t, path, o)
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	options := store.Options{Now: time.Now, MaxAttempts: 1}
	later := filepath.Join(t.TempDir(), "later.db")
	db, err := sql.Open("sqlite", later)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("pragma user_version = 1000"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for _, c := range []struct {
		name, path string
		options    store.Options
		want       string
	}{
		{"schema of a later program", later, options, "later program"},
		{"path that is a folder", t.TempDir(), options, "open store"},
		{"no clock", filepath.Join(t.TempDir(), "x.db"), store.Options{MaxAttempts: 1}, "clock"},
		{"no attempts", filepath.Join(t.TempDir(), "x.db"), store.Options{Now: time.Now}, "attempts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := sqlite.Open(t.Context(), c.path, c.options)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("open: %v, want %q", err, c.want)
			}
		})
	}
}
