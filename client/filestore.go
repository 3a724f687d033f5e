//go:build !js

package client

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/internal/atomicfile"
	"github.com/encrypted-compute/encompute/internal/vault"
	"github.com/encrypted-compute/encompute/protocol"
)

// FileStore is a Store in a folder: jobs/<id>.<revision> and records/<name>.<revision> in a
// vault that is encrypted with the user's passphrase, and blobs/<digest> as they are, since
// they are public.
//
// A new revision of a job or record is created under its own name, which fails if another process
// was faster, and only then the older ones are removed; so a crash leaves one of the two, or both until the next revision.
type FileStore struct {
	vault *vault.Vault
	blobs string
}

const (
	// maxJobBytes bounds the file of a job: two sealed envelopes and a secret key, generously.
	maxJobBytes = 512 << 20
	// maxRecordBytes bounds a record: a secret key, or what was released of one input.
	maxRecordBytes = 64 << 20

	// leftover is the age of a blob under way whose process must have died: a live one writes all the time.
	leftover = time.Hour
	// orphan is the age of a whole blob that belongs to a job, if it ever does.
	orphan = 24 * time.Hour

	jobsFolder    = "jobs"
	recordsFolder = "records"
)

// NewFileStore keeps jobs in v and blobs in the folder blobs, which it makes.
func NewFileStore(v *vault.Vault, blobs string) (*FileStore, error) {
	if err := os.MkdirAll(blobs, 0o700); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := atomicfile.Sweep(blobs, leftover); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &FileStore{v, blobs}
	if err := s.sweep(); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return s, nil
}

// sweep removes blobs that have been there for long and that no job needs still: the process that made them died before the
// job was kept. Shared keys that go with them are made anew.
func (s *FileStore) sweep() error {
	entries, err := os.ReadDir(s.blobs)
	if err != nil {
		return err
	}
	old := map[protocol.Digest]bool{}
	for _, e := range entries {
		d, err := protocol.ParseDigest(e.Name())
		info, gone := e.Info()
		if err == nil && gone == nil && time.Since(info.ModTime()) > orphan {
			old[d] = true
		}
	}
	if len(old) == 0 {
		return nil
	}
	jobs, err := s.List(context.Background()) // of files that are at hand
	if err != nil {
		return err
	}
	for _, j := range jobs {
		late := time.Unix(int64(min(j.Spec.PrefixBy, 1<<40)), 0).Add(orphan).Before(time.Now()) // no worker takes it any more
		if !late && (j.State == StateCreated || j.State == StatePosted || j.State == StateUploaded) {
			delete(old, j.Spec.KeysHash)
			delete(old, j.Spec.InputHash)
		}
	}
	for d := range old {
		err = errors.Join(err, s.DeleteBlob(context.Background(), d))
	}
	return err
}

// OpenFileStore opens the store in dir, and makes it if there is none yet.
func OpenFileStore(dir, passphrase string) (*FileStore, error) {
	v, err := vault.Open(dir, passphrase)
	if err != nil {
		return nil, err
	}
	return NewFileStore(v, filepath.Join(dir, "blobs"))
}

// Save implements Store.
func (s *FileStore) Save(_ context.Context, job *Job) error {
	next := *job
	next.Revision++
	b, err := protocol.Marshal(next)
	if err != nil {
		return err
	}
	if err := s.put(jobsFolder, job.ID, job.Revision, b); err != nil {
		return fmt.Errorf("save job %s: %w", job.ID.Short(), err)
	}
	job.Revision = next.Revision
	return nil
}

// Load implements Store.
func (s *FileStore) Load(_ context.Context, id protocol.Digest) (*Job, error) {
	b, revision, err := s.get(jobsFolder, id, maxJobBytes)
	if err == nil && revision == 0 {
		err = ErrNoJob
	}
	job := new(Job)
	if err == nil {
		err = protocol.Unmarshal(b, job)
	}
	if err != nil {
		return nil, fmt.Errorf("load job %s: %w", id.Short(), err)
	}
	return job, nil
}

// Record implements Store.
func (s *FileStore) Record(_ context.Context, name protocol.Digest) ([]byte, uint64, error) {
	b, revision, err := s.get(recordsFolder, name, maxRecordBytes)
	if err != nil {
		return nil, 0, fmt.Errorf("read record %s: %w", name.Short(), err)
	}
	return b, revision, nil
}

// SetRecord implements Store.
func (s *FileStore) SetRecord(_ context.Context, name protocol.Digest, revision uint64, b []byte) error {
	if len(b) > maxRecordBytes {
		return fmt.Errorf("write record %s: %d bytes, at most %d are allowed", name.Short(), len(b), maxRecordBytes)
	}
	if err := s.put(recordsFolder, name, revision, b); err != nil {
		return fmt.Errorf("write record %s: %w", name.Short(), err)
	}
	return nil
}

// get returns the newest revision of a file; revision 0 if there is none.
func (s *FileStore) get(folder string, id protocol.Digest, limit int64) ([]byte, uint64, error) {
	for {
		revision, err := s.newest(folder, id)
		if err != nil || revision == 0 {
			return nil, 0, err
		}
		b, err := s.vault.Read(revisionFile(folder, id, revision), limit)
		if !errors.Is(err, fs.ErrNotExist) {
			return b, revision, err
		}
		// A newer revision came between.
		if again, err := s.newest(folder, id); err != nil || again == revision {
			return nil, 0, errors.Join(fs.ErrNotExist, err)
		}
	}
}

// put stores a revision after the given one, which must be the newest, or says ErrConflict.
func (s *FileStore) put(folder string, id protocol.Digest, revision uint64, b []byte) error {
	stored, err := s.revisions(folder, id)
	if err != nil {
		return err
	}
	if last(stored) != revision {
		return ErrConflict
	}
	next := revisionFile(folder, id, revision+1)
	err = s.vault.Create(next, b)
	if errors.Is(err, fs.ErrExist) {
		return ErrConflict
	}
	if err != nil {
		return err
	}
	// A slow process may have put back a revision that is history already.
	if newest, err := s.newest(folder, id); err != nil || newest != revision+1 {
		return errors.Join(ErrConflict, err, s.vault.Remove(next))
	}
	for _, r := range stored { // several if a process died here before
		err = errors.Join(err, s.vault.Remove(revisionFile(folder, id, r)))
	}
	return err
}

// List implements Store.
func (s *FileStore) List(ctx context.Context) ([]*Job, error) {
	names, err := s.vault.Names(jobsFolder)
	if err != nil {
		return nil, err
	}
	var jobs []*Job
	seen := map[protocol.Digest]bool{}
	for _, n := range names {
		id, _, ok := parseRevision(n)
		if !ok || seen[id] {
			continue
		}
		seen[id] = true
		job, err := s.Load(ctx, id)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	slices.SortFunc(jobs, func(a, b *Job) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return jobs, nil
}

// Delete implements Store.
func (s *FileStore) Delete(_ context.Context, id protocol.Digest) error {
	names, err := s.vault.Names(jobsFolder)
	for _, n := range names {
		if got, revision, ok := parseRevision(n); ok && got == id {
			err = errors.Join(err, s.vault.Remove(revisionFile(jobsFolder, id, revision)))
		}
	}
	return err
}

// PutBlob implements Store.
func (s *FileStore) PutBlob(_ context.Context, write func(io.Writer) error) (d protocol.Digest, size int64, err error) {
	f, err := os.CreateTemp(s.blobs, atomicfile.Pattern)
	if err != nil {
		return d, 0, fmt.Errorf("store blob: %w", err)
	}
	defer os.Remove(f.Name()) // gone already after the rename
	defer f.Close()
	h := protocol.NewHash("blob")
	if err := write(io.MultiWriter(f, h)); err != nil {
		return d, 0, err
	}
	if size, err = f.Seek(0, io.SeekCurrent); err != nil {
		return d, 0, fmt.Errorf("store blob: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return d, 0, fmt.Errorf("store blob: %w", err)
	}
	d = protocol.SumDigest(h)
	if err := os.Rename(f.Name(), s.blob(d)); err != nil {
		return d, 0, fmt.Errorf("store blob: %w", err)
	}
	return d, size, nil
}

// OpenBlob implements Store.
func (s *FileStore) OpenBlob(_ context.Context, d protocol.Digest) (io.ReadSeekCloser, int64, error) {
	f, err := os.Open(s.blob(d))
	if err != nil {
		return nil, 0, fmt.Errorf("open blob: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// DeleteBlob implements Store.
func (s *FileStore) DeleteBlob(_ context.Context, d protocol.Digest) error {
	if err := os.Remove(s.blob(d)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete blob: %w", err)
	}
	return nil
}

func (s *FileStore) blob(d protocol.Digest) string { return filepath.Join(s.blobs, d.String()) }

// newest returns the newest revision of a job or record; 0 if there is none.
func (s *FileStore) newest(folder string, id protocol.Digest) (uint64, error) {
	list, err := s.revisions(folder, id)
	return last(list), err
}

// revisions returns the revisions of a job or record that are there, in order.
func (s *FileStore) revisions(folder string, id protocol.Digest) (list []uint64, err error) {
	names, err := s.vault.Names(folder)
	for _, n := range names {
		if got, r, ok := parseRevision(n); ok && got == id {
			list = append(list, r)
		}
	}
	slices.Sort(list)
	return list, err
}

func last(revisions []uint64) uint64 {
	if len(revisions) == 0 {
		return 0
	}
	return revisions[len(revisions)-1]
}

func revisionFile(folder string, id protocol.Digest, revision uint64) string {
	return filepath.Join(folder, fmt.Sprintf("%s.%d", id, revision))
}

func parseRevision(name string) (id protocol.Digest, revision uint64, ok bool) {
	digest, number, _ := strings.Cut(name, ".")
	id, err := protocol.ParseDigest(digest)
	if err != nil {
		return id, 0, false
	}
	revision, err = strconv.ParseUint(number, 10, 64)
	return id, revision, err == nil && revision > 0 && name == fmt.Sprintf("%s.%d", id, revision)
}
