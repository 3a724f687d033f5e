package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"

	"github.com/encrypted-compute/encompute/protocol"
)

// Errors of a Store.
var (
	// ErrNoJob says that the store does not hold the job.
	ErrNoJob = errors.New("no such job on this machine")
	// ErrConflict says that somebody else saved the job or record meanwhile.
	ErrConflict = errors.New("it was changed by another process: load it again")
)

// Store keeps jobs and records, which are secret, and blobs, which are not: evaluation keys and
// ciphertexts go to the host as they are.
type Store interface {
	// Save stores the job if the stored revision is the job's (0: not stored yet), and
	// then counts the job's revision up; else ErrConflict. It is atomic and durable.
	Save(ctx context.Context, job *Job) error
	// Load returns a job, or ErrNoJob.
	Load(ctx context.Context, id protocol.Digest) (*Job, error)
	// List returns all jobs, the oldest first.
	List(ctx context.Context) ([]*Job, error)
	// Delete forgets a job.
	Delete(ctx context.Context, id protocol.Digest) error

	// Record returns what is stored under a name that tells nothing, and its revision; revision 0
	// if there is nothing.
	Record(ctx context.Context, name protocol.Digest) (b []byte, revision uint64, err error)
	// SetRecord stores b under a name if the stored revision is the given one, else ErrConflict.
	// It is atomic and durable. Records are secret, as jobs are.
	SetRecord(ctx context.Context, name protocol.Digest, revision uint64, b []byte) error

	// PutBlob stores what write writes and returns its digest and size.
	PutBlob(ctx context.Context, write func(io.Writer) error) (protocol.Digest, int64, error)
	// OpenBlob reads a blob, or says fs.ErrNotExist.
	OpenBlob(ctx context.Context, d protocol.Digest) (io.ReadSeekCloser, int64, error)
	// DeleteBlob forgets a blob; it is no error if there is none.
	DeleteBlob(ctx context.Context, d protocol.Digest) error
}

// MemoryStore is a Store that ends with the process.
type MemoryStore struct {
	mu    sync.Mutex
	jobs  map[protocol.Digest][]byte
	order []protocol.Digest
	blobs map[protocol.Digest][]byte

	records map[protocol.Digest]record
}

type record struct {
	revision uint64
	bytes    []byte
}

// NewMemoryStore returns an empty store.
func NewMemoryStore() *MemoryStore {
	return &MemoryStore{jobs: map[protocol.Digest][]byte{}, blobs: map[protocol.Digest][]byte{}, records: map[protocol.Digest]record{}}
}

// Save implements Store.
func (s *MemoryStore) Save(_ context.Context, job *Job) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var stored Job
	old, ok := s.jobs[job.ID]
	if ok {
		if err := protocol.Unmarshal(old, &stored); err != nil {
			return err
		}
	}
	if stored.Revision != job.Revision {
		return ErrConflict
	}
	next := *job
	next.Revision++
	b, err := protocol.Marshal(next)
	if err != nil {
		return err
	}
	if !ok {
		s.order = append(s.order, job.ID)
	}
	s.jobs[job.ID] = b
	job.Revision = next.Revision
	return nil
}

// Load implements Store.
func (s *MemoryStore) Load(_ context.Context, id protocol.Digest) (*Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.jobs[id]
	if !ok {
		return nil, fmt.Errorf("load job %s: %w", id.Short(), ErrNoJob)
	}
	job := new(Job)
	return job, protocol.Unmarshal(b, job)
}

// List implements Store.
func (s *MemoryStore) List(ctx context.Context) (jobs []*Job, err error) {
	s.mu.Lock()
	ids := slices.Clone(s.order)
	s.mu.Unlock()
	for _, id := range ids {
		job, err := s.Load(ctx, id)
		if errors.Is(err, ErrNoJob) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// Delete implements Store.
func (s *MemoryStore) Delete(_ context.Context, id protocol.Digest) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.jobs, id)
	s.order = slices.DeleteFunc(s.order, func(d protocol.Digest) bool { return d == id })
	return nil
}

// Record implements Store.
func (s *MemoryStore) Record(_ context.Context, name protocol.Digest) ([]byte, uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.records[name]
	return slices.Clone(r.bytes), r.revision, nil
}

// SetRecord implements Store.
func (s *MemoryStore) SetRecord(_ context.Context, name protocol.Digest, revision uint64, b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.records[name].revision != revision {
		return ErrConflict
	}
	s.records[name] = record{revision + 1, slices.Clone(b)}
	return nil
}

// PutBlob implements Store.
func (s *MemoryStore) PutBlob(_ context.Context, write func(io.Writer) error) (protocol.Digest, int64, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return protocol.Digest{}, 0, err
	}
	d := protocol.BlobDigest(b.Bytes())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blobs[d] = b.Bytes()
	return d, int64(b.Len()), nil
}

// OpenBlob implements Store.
func (s *MemoryStore) OpenBlob(_ context.Context, d protocol.Digest) (io.ReadSeekCloser, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.blobs[d]
	if !ok {
		return nil, 0, fmt.Errorf("open blob %s: %w", d.Short(), fs.ErrNotExist)
	}
	return closer{bytes.NewReader(b)}, int64(len(b)), nil
}

// DeleteBlob implements Store.
func (s *MemoryStore) DeleteBlob(_ context.Context, d protocol.Digest) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.blobs, d)
	return nil
}

type closer struct{ *bytes.Reader }

func (closer) Close() error { return nil }
