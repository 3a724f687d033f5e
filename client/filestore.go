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

	"github.com/encrypted-compute/encompute/internal/vault"
	"github.com/encrypted-compute/encompute/protocol"
)

// FileStore is a Store in a folder: jobs/<id>.<revision> in a vault that is encrypted with
// the user's passphrase, and blobs/<digest> as they are, since they are public.
//
// A new revision of a job is created under its own name, which fails if another process
// was faster, and only then the older one is removed; so a crash leaves one of the two.
type FileStore struct {
	vault *vault.Vault
	blobs string
}

// maxJobBytes bounds the file of a job: two sealed envelopes and a secret key, generously.
const maxJobBytes = 512 << 20

// NewFileStore keeps jobs in v and blobs in the folder blobs, which it makes.
func NewFileStore(v *vault.Vault, blobs string) (*FileStore, error) {
	if err := os.MkdirAll(blobs, 0o700); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return &FileStore{v, blobs}, nil
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
	stored, err := s.newest(job.ID)
	if err != nil {
		return err
	}
	if stored != job.Revision {
		return fmt.Errorf("save job %s: %w", job.ID.Short(), ErrConflict)
	}
	next := *job
	next.Revision++
	b, err := protocol.Marshal(next)
	if err != nil {
		return err
	}
	err = s.vault.Create(jobFile(job.ID, next.Revision), b)
	if errors.Is(err, fs.ErrExist) {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("save job %s: %w", job.ID.Short(), err)
	}
	// A slow process may have put back a revision that is history already.
	if newest, err := s.newest(job.ID); err != nil || newest != next.Revision {
		return errors.Join(fmt.Errorf("save job %s: %w", job.ID.Short(), ErrConflict), err,
			s.vault.Remove(jobFile(job.ID, next.Revision)))
	}
	job.Revision = next.Revision
	if stored == 0 {
		return nil
	}
	return s.vault.Remove(jobFile(job.ID, stored))
}

// Load implements Store.
func (s *FileStore) Load(_ context.Context, id protocol.Digest) (*Job, error) {
	revision, err := s.newest(id)
	if err != nil {
		return nil, err
	}
	if revision == 0 {
		return nil, fmt.Errorf("load job %s: %w", id.Short(), ErrNoJob)
	}
	b, err := s.vault.Read(jobFile(id, revision), maxJobBytes)
	if err != nil {
		return nil, fmt.Errorf("load job %s: %w", id.Short(), err)
	}
	job := new(Job)
	if err := protocol.Unmarshal(b, job); err != nil {
		return nil, fmt.Errorf("load job %s: %w", id.Short(), err)
	}
	return job, nil
}

// List implements Store.
func (s *FileStore) List(ctx context.Context) ([]*Job, error) {
	names, err := s.vault.Names("jobs")
	if err != nil {
		return nil, err
	}
	var jobs []*Job
	seen := map[protocol.Digest]bool{}
	for _, n := range names {
		id, _, ok := parseJobFile(n)
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
	names, err := s.vault.Names("jobs")
	for _, n := range names {
		if got, revision, ok := parseJobFile(n); ok && got == id {
			err = errors.Join(err, s.vault.Remove(jobFile(id, revision)))
		}
	}
	return err
}

// PutBlob implements Store.
func (s *FileStore) PutBlob(_ context.Context, write func(io.Writer) error) (d protocol.Digest, size int64, err error) {
	f, err := os.CreateTemp(s.blobs, ".new-*")
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

// newest returns the newest revision of a job; 0 if there is none.
func (s *FileStore) newest(id protocol.Digest) (revision uint64, err error) {
	names, err := s.vault.Names("jobs")
	for _, n := range names {
		if got, r, ok := parseJobFile(n); ok && got == id {
			revision = max(revision, r)
		}
	}
	return revision, err
}

func jobFile(id protocol.Digest, revision uint64) string {
	return filepath.Join("jobs", fmt.Sprintf("%s.%d", id, revision))
}

func parseJobFile(name string) (id protocol.Digest, revision uint64, ok bool) {
	digest, number, _ := strings.Cut(name, ".")
	id, err := protocol.ParseDigest(digest)
	if err != nil {
		return id, 0, false
	}
	revision, err = strconv.ParseUint(number, 10, 64)
	return id, revision, err == nil && revision > 0 && filepath.Join("jobs", name) == jobFile(id, revision)
}
