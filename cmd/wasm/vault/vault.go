//go:build js

// Package vault is a client.Store in the browser.
package vault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"syscall/js"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/protocol"
)

// partBytes is how much of a blob is held in one entry of the database.
const partBytes = 4 << 20

// Store is a client.Store in the browser's IndexedDB (web/src/worker/vault.ts). Jobs and records are encrypted there with a
// WebCrypto key that cannot be exported; blobs are public and kept as they are.
type Store struct{ vault js.Value }

var _ client.Store = (*Store)(nil)

// Open returns the store of this browser; the worker has opened its database.
func Open() *Store { return &Store{js.Global().Get("encomputeVault")} }

func (s *Store) ask(ctx context.Context, method string, args ...any) (js.Value, error) {
	v, err := bridge.Await(ctx, s.vault.Call(method, args...))
	if err != nil {
		return v, fmt.Errorf("browser's database: %w", err)
	}
	return v, nil
}

// get returns a secret and its revision; 0 if there is none.
func (s *Store) get(ctx context.Context, kind string, name protocol.Digest) ([]byte, uint64, error) {
	v, err := s.ask(ctx, "get", kind, name.String())
	if err != nil || v.IsNull() {
		return nil, 0, err
	}
	b, err := bridge.ToBytes(v.Get("bytes"))
	return b, uint64(v.Get("revision").Int()), err
}

// put replaces the given revision of a secret by the next.
func (s *Store) put(ctx context.Context, kind string, name protocol.Digest, revision uint64, b []byte) error {
	v, err := s.ask(ctx, "put", kind, name.String(), float64(revision), bridge.FromBytes(b))
	if err == nil && !v.Bool() {
		err = client.ErrConflict
	}
	return err
}

// Save implements client.Store.
func (s *Store) Save(ctx context.Context, job *client.Job) error {
	next := *job
	next.Revision++
	b, err := protocol.Marshal(next)
	if err != nil {
		return err
	}
	if err := s.put(ctx, "job", job.ID, job.Revision, b); err != nil {
		return err
	}
	job.Revision = next.Revision
	return nil
}

// Load implements client.Store.
func (s *Store) Load(ctx context.Context, id protocol.Digest) (*client.Job, error) {
	b, revision, err := s.get(ctx, "job", id)
	if err != nil {
		return nil, err
	}
	if revision == 0 {
		return nil, fmt.Errorf("load job %s: %w", id.Short(), client.ErrNoJob)
	}
	job := new(client.Job)
	return job, protocol.Unmarshal(b, job)
}

// List implements client.Store.
func (s *Store) List(ctx context.Context) (jobs []*client.Job, err error) {
	names, err := s.ask(ctx, "list", "job")
	if err != nil {
		return nil, err
	}
	for i := range names.Length() {
		id, err := protocol.ParseDigest(names.Index(i).String())
		if err != nil {
			return nil, err
		}
		job, err := s.Load(ctx, id)
		if errors.Is(err, client.ErrNoJob) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	slices.SortStableFunc(jobs, func(a, b *client.Job) int { return cmp.Compare(a.Created, b.Created) })
	return jobs, nil
}

// Delete implements client.Store.
func (s *Store) Delete(ctx context.Context, id protocol.Digest) error {
	_, err := s.ask(ctx, "remove", "job", id.String())
	return err
}

// Record implements client.Store.
func (s *Store) Record(ctx context.Context, name protocol.Digest) ([]byte, uint64, error) {
	return s.get(ctx, "record", name)
}

// SetRecord implements client.Store.
func (s *Store) SetRecord(ctx context.Context, name protocol.Digest, revision uint64, b []byte) error {
	return s.put(ctx, "record", name, revision, b)
}

// PutBlob implements client.Store.
func (s *Store) PutBlob(ctx context.Context, write func(io.Writer) error) (d protocol.Digest, size int64, err error) {
	id, err := s.ask(ctx, "beginBlob")
	if err != nil {
		return d, 0, err
	}
	hash := protocol.NewHash("blob")
	w := &partWriter{ctx: ctx, store: s, id: id}
	if err = write(io.MultiWriter(hash, w)); err == nil {
		err = w.flush()
	}
	if err != nil {
		_, again := s.ask(ctx, "dropBlob", id)
		return d, 0, errors.Join(err, again)
	}
	d = protocol.SumDigest(hash)
	_, err = s.ask(ctx, "endBlob", id, d.String(), float64(w.size))
	return d, w.size, err
}

// Erase removes everything, with the key that it is encrypted with. The store is of no use after.
func (s *Store) Erase(ctx context.Context) error {
	_, err := s.ask(ctx, "erase")
	return err
}

// partWriter writes a blob part by part.
type partWriter struct {
	ctx   context.Context
	store *Store
	id    js.Value
	part  []byte
	index int
	size  int64
}

// Write implements io.Writer.
func (w *partWriter) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		k := min(len(b), partBytes-len(w.part))
		w.part = append(w.part, b[:k]...)
		b, n = b[k:], n+k
		if len(w.part) == partBytes {
			if err := w.flush(); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

func (w *partWriter) flush() error {
	if len(w.part) == 0 {
		return nil
	}
	_, err := w.store.ask(w.ctx, "putPart", w.id, w.index, bridge.FromBytes(w.part))
	w.size += int64(len(w.part))
	w.part, w.index = w.part[:0], w.index+1
	return err
}

// OpenBlob implements client.Store.
func (s *Store) OpenBlob(ctx context.Context, d protocol.Digest) (io.ReadSeekCloser, int64, error) {
	v, err := s.ask(ctx, "openBlob", d.String())
	if err != nil {
		return nil, 0, err
	}
	if v.IsNull() {
		return nil, 0, fmt.Errorf("open blob %s: %w", d.Short(), fs.ErrNotExist)
	}
	r := &partReader{ctx: ctx, store: s, id: v.Get("id"), size: int64(v.Get("size").Float()), index: -1}
	return r, r.size, nil
}

// DeleteBlob implements client.Store.
func (s *Store) DeleteBlob(ctx context.Context, d protocol.Digest) error {
	_, err := s.ask(ctx, "removeBlob", d.String())
	return err
}

// partReader reads a blob, a part at a time.
type partReader struct {
	ctx   context.Context
	store *Store
	id    js.Value
	size  int64
	at    int64
	index int // of part; -1: none
	part  []byte
}

// Read implements io.Reader.
func (r *partReader) Read(b []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if i := int(r.at / partBytes); i != r.index {
		v, err := r.store.ask(r.ctx, "part", r.id, i)
		if err != nil {
			return 0, err
		}
		if r.part, err = bridge.ToBytes(v); err != nil {
			return 0, err
		}
		r.index = i
	}
	from := r.at % partBytes
	if from >= int64(len(r.part)) {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(b, r.part[from:])
	r.at += int64(n)
	return n, nil
}

// Seek implements io.Seeker.
func (r *partReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning of a blob")
	}
	r.at = offset
	return offset, nil
}

// Close implements io.Closer.
func (r *partReader) Close() error { return nil }
