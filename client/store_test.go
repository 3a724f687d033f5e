package client

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/internal/vault"
	"github.com/encrypted-compute/encompute/protocol"
)

// TestStores runs the same suite on every store.
func TestStores(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) Store{
		"memory": func(*testing.T) Store { return NewMemoryStore() },
		"file":   func(t *testing.T) Store { return openTestStore(t, t.TempDir()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for part, test := range map[string]func(*testing.T, Store){
				"jobs": testJobs, "conflicts": testConflicts, "blobs": testBlobs, "records": testRecords, "records at once": testRecordsAtOnce,
			} {
				t.Run(part, func(t *testing.T) {
					t.Parallel()
					test(t, open(t))
				})
			}
		})
	}
}

func openTestStore(t *testing.T, dir string) *FileStore {
	t.Helper()
	v, err := vault.OpenWeakUnsafe(dir, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewFileStore(v, filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func testJobs(t *testing.T, s Store) {
	ctx := t.Context()
	if _, err := s.Load(ctx, protocol.Digest{1}); !errors.Is(err, ErrNoJob) {
		t.Fatalf("load of nothing: %v", err)
	}
	old, young := &Job{ID: protocol.Digest{2}, Created: 1, State: StateCreated}, &Job{ID: protocol.Digest{1}, Created: 2}
	for _, j := range []*Job{old, young} {
		if err := s.Save(ctx, j); err != nil || j.Revision != 1 {
			t.Fatalf("revision %d, %v", j.Revision, err)
		}
	}
	old.State, old.SecretKey = StatePosted, []byte("secret")
	if err := s.Save(ctx, old); err != nil {
		t.Fatal(err)
	}
	got, err := s.Load(ctx, old.ID)
	if err != nil || got.State != StatePosted || string(got.SecretKey) != "secret" || got.Revision != 2 {
		t.Fatalf("loaded %+v, %v", got, err)
	}
	jobs, err := s.List(ctx)
	if err != nil || len(jobs) != 2 || jobs[0].ID != old.ID || jobs[1].ID != young.ID {
		t.Fatalf("listed %+v, %v", jobs, err)
	}
	if err := errors.Join(s.Delete(ctx, old.ID), s.Delete(ctx, old.ID)); err != nil {
		t.Fatal(err)
	}
	if jobs, err = s.List(ctx); err != nil || len(jobs) != 1 || jobs[0].ID != young.ID {
		t.Fatalf("listed %+v, %v", jobs, err)
	}
}

// testConflicts lets many save the same revision: one of them wins.
func testConflicts(t *testing.T, s Store) {
	ctx := t.Context()
	for revision := range uint64(5) {
		var wins int
		var mu sync.Mutex
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				err := s.Save(ctx, &Job{ID: protocol.Digest{1}, Revision: revision})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					wins++
				} else if !errors.Is(err, ErrConflict) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if wins != 1 {
			t.Fatalf("%d saved revision %d", wins, revision+1)
		}
	}
	if err := s.Save(ctx, &Job{ID: protocol.Digest{1}, Revision: 2}); !errors.Is(err, ErrConflict) {
		t.Fatalf("old revision: %v", err)
	}
	if err := s.Save(ctx, &Job{ID: protocol.Digest{2}, Revision: 2}); !errors.Is(err, ErrConflict) {
		t.Fatalf("revision of a job that is gone: %v", err)
	}
}

func testBlobs(t *testing.T, s Store) {
	ctx := t.Context()
	content := []byte("evaluation keys")
	d, n, err := s.PutBlob(ctx, func(w io.Writer) error { return writeAll(w, content) })
	if err != nil || d != protocol.BlobDigest(content) || n != int64(len(content)) {
		t.Fatalf("put %s, %d, %v", d, n, err)
	}
	f, n, err := s.OpenBlob(ctx, d)
	if err != nil || n != int64(len(content)) {
		t.Fatalf("open: %d, %v", n, err)
	}
	for range 2 {
		b, err := io.ReadAll(f)
		if err != nil || !bytes.Equal(b, content) {
			t.Fatalf("read %q, %v", b, err)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(f.Close(), s.DeleteBlob(ctx, d), s.DeleteBlob(ctx, d)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.OpenBlob(ctx, d); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("open of a deleted blob: %v", err)
	}
	if _, _, err := s.PutBlob(ctx, func(io.Writer) error { return errCrash }); !errors.Is(err, errCrash) {
		t.Fatalf("failed write: %v", err)
	}
}

func testRecords(t *testing.T, s Store) {
	ctx, name := t.Context(), protocol.Digest{7}
	if b, revision, err := s.Record(ctx, name); b != nil || revision != 0 || err != nil {
		t.Fatalf("record of nothing: %q, %d, %v", b, revision, err)
	}
	if err := s.SetRecord(ctx, name, 1, []byte("x")); !errors.Is(err, ErrConflict) {
		t.Fatalf("over a revision that there is not: %v", err)
	}
	for i, text := range []string{"one", "two", ""} {
		if err := s.SetRecord(ctx, name, uint64(i), []byte(text)); err != nil {
			t.Fatal(err)
		}
		if b, revision, err := s.Record(ctx, name); string(b) != text || revision != uint64(i+1) || err != nil {
			t.Fatalf("%q: %q, %d, %v", text, b, revision, err)
		}
	}
	if err := s.SetRecord(ctx, name, 1, []byte("late")); !errors.Is(err, ErrConflict) {
		t.Fatalf("over a revision that is history: %v", err)
	}
	if _, revision, err := s.Record(ctx, protocol.Digest{8}); revision != 0 || err != nil {
		t.Fatalf("another record: %d, %v", revision, err)
	}
	if jobs, err := s.List(ctx); err != nil || len(jobs) != 0 {
		t.Fatalf("records among jobs: %v, %v", jobs, err)
	}
}

// testRecordsAtOnce counts in one record from many goroutines: no count may be lost.
func testRecordsAtOnce(t *testing.T, s Store) {
	ctx, name := t.Context(), protocol.Digest{7}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for done := 0; done < 3; {
				b, revision, err := s.Record(ctx, name)
				if err == nil {
					err = s.SetRecord(ctx, name, revision, append(b, 'x'))
				}
				switch {
				case err == nil:
					done++
				case !errors.Is(err, ErrConflict):
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if b, _, err := s.Record(ctx, name); err != nil || len(b) < 12 {
		t.Errorf("%d of 12 counted, %v", len(b), err)
	}
}

// TestFileStoreKeepsSecrets looks for a secret in every file, and for files that others may read.
func TestFileStoreKeepsSecrets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestStore(t, dir)
	if err := s.Save(t.Context(), &Job{ID: protocol.Digest{1}, SecretKey: []byte("a very secret key")}); err != nil {
		t.Fatal(err)
	}
	if err := s.SetRecord(t.Context(), protocol.Digest{2}, 0, []byte("another secret key")); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 && path != dir {
			t.Errorf("%s: mode %v", path, info.Mode())
		}
		if e.IsDir() {
			return nil
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), "secret key") {
			t.Errorf("%s holds the secret", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	again, err := openTestStore(t, dir).Load(t.Context(), protocol.Digest{1})
	if err != nil || string(again.SecretKey) != "a very secret key" {
		t.Fatalf("loaded %+v, %v", again, err)
	}
}

// TestFileStoreSweeps leaves blobs of a job that was never kept, as a process does that is killed before, and opens the store
// the next day.
func TestFileStoreSweeps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestStore(t, dir)
	put := func(text string, old bool) protocol.Digest {
		d, _, err := s.PutBlob(t.Context(), func(w io.Writer) error { return writeAll(w, []byte(text)) })
		if err != nil {
			t.Fatal(err)
		}
		if at := time.Now().Add(-25 * time.Hour); old {
			if err := os.Chtimes(s.blob(d), at, at); err != nil {
				t.Fatal(err)
			}
		}
		return d
	}
	keys, input, done, late := put("keys", true), put("input", true), put("of a job that is computed", true), put("of a job that failed", true)
	soon, before := uint64(time.Now().Unix()), uint64(time.Now().AddDate(0, 0, -2).Unix())
	orphaned, fresh := put("orphan", true), put("of a job that is being made", false)
	for _, j := range []*Job{
		{ID: protocol.Digest{1}, State: StatePosted, Spec: protocol.JobSpec{KeysHash: keys, InputHash: input, PrefixBy: soon}},
		{ID: protocol.Digest{2}, State: StateComputed, Spec: protocol.JobSpec{InputHash: done, PrefixBy: soon}},
		{ID: protocol.Digest{3}, State: StateUploaded, Spec: protocol.JobSpec{InputHash: late, PrefixBy: before}},
	} {
		if err := s.Save(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	s = openTestStore(t, dir)
	for d, want := range map[protocol.Digest]bool{keys: true, input: true, fresh: true, done: false, late: false, orphaned: false} {
		f, _, err := s.OpenBlob(t.Context(), d)
		if (err == nil) != want {
			t.Errorf("blob %s: %v, want it there: %t", d.Short(), err, want)
		}
		if err == nil {
			_ = f.Close()
		}
	}
}

// TestFileStoreAfterCrash finds the newer of two revisions that a crash left behind.
func TestFileStoreAfterCrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestStore(t, dir)
	job := &Job{ID: protocol.Digest{1}}
	if err := s.Save(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(filepath.Join(dir, revisionFile(jobsFolder, job.ID, 1)))
	if err != nil {
		t.Fatal(err)
	}
	job.State = StatePosted
	if err := s.Save(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, revisionFile(jobsFolder, job.ID, 1)), old, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := s.Load(t.Context(), job.ID)
	if err != nil || got.State != StatePosted {
		t.Fatalf("loaded %+v, %v", got, err)
	}
	// The older one may hold a secret key that the job has no more: the next revision takes its place, too.
	if err := s.Save(t.Context(), got); err != nil {
		t.Fatal(err)
	}
	if names, err := s.vault.Names(jobsFolder); err != nil || len(names) != 1 {
		t.Fatalf("files %v, %v; want the newest revision alone", names, err)
	}
	if err := s.Delete(t.Context(), job.ID); err != nil {
		t.Fatal(err)
	}
	if jobs, err := s.List(t.Context()); err != nil || len(jobs) != 0 {
		t.Fatalf("listed %+v, %v", jobs, err)
	}
}
