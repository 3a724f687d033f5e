// Package blobs keeps content-addressed bytes: keys, ciphertexts and sealed prefixes. The
// name of a blob is its digest, so what is there is right, and writing it twice is
// harmless.
package blobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/encrypted-compute/encompute/protocol"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"
)

// What callers branch on.
var (
	// ErrNotFound says that there is no blob of that digest.
	ErrNotFound = errors.New("no such blob")
	// ErrDigest says that bytes are not those that their digest names.
	ErrDigest = errors.New("content does not have that digest")
	// ErrTooLarge says that a blob has more bytes than allowed.
	ErrTooLarge = errors.New("blob is too large")
)

// Store keeps blobs in a bucket. It is safe for concurrent use.
type Store struct{ bucket *blob.Bucket }

// New makes a store of a bucket of any kind. Close closes the bucket.
func New(bucket *blob.Bucket) *Store { return &Store{bucket} }

// OpenDir makes a store of a folder, which is made if it is not there.
func OpenDir(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{
		NoTempDir: true, // so that the last step is a rename within one file system
		Metadata:  fileblob.MetadataDontWrite,
	})
	if err != nil {
		return nil, fmt.Errorf("open blobs in %s: %w", dir, err)
	}
	return New(b), nil
}

// Close closes the bucket.
func (s *Store) Close() error { return s.bucket.Close() }

// key spreads blobs over 256 folders.
func key(d protocol.Digest) string {
	h := d.String()[2:]
	return h[:2] + "/" + h[2:]
}

// Put writes what r gives if it has at most limit bytes and the right digest, and returns
// how many they are. Nothing of it is seen before it is whole. The error wraps ErrDigest
// or ErrTooLarge if the content is at fault.
func (s *Store) Put(ctx context.Context, digest protocol.Digest, r io.Reader, limit int64) (n int64, err error) {
	ctx, abort := context.WithCancel(ctx)
	defer abort()
	w, err := s.bucket.NewWriter(ctx, key(digest), &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return 0, fmt.Errorf("put blob %s: %w", digest.Short(), err)
	}
	hash := protocol.NewHash("blob")
	n, err = io.Copy(io.MultiWriter(w, hash), io.LimitReader(r, limit+1))
	switch {
	case err != nil:
	case n > limit:
		err = fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	case protocol.SumDigest(hash) != digest:
		err = fmt.Errorf("%w: %d bytes came", ErrDigest, n)
	}
	if err != nil {
		abort() // closing a canceled writer leaves nothing behind
		_ = w.Close()
		return n, fmt.Errorf("put blob %s: %w", digest.Short(), err)
	}
	if err := w.Close(); err != nil {
		return n, fmt.Errorf("put blob %s: %w", digest.Short(), err)
	}
	return n, nil
}

// Bytes returns the size of a blob, or ErrNotFound.
func (s *Store) Bytes(ctx context.Context, digest protocol.Digest) (int64, error) {
	a, err := s.bucket.Attributes(ctx, key(digest))
	if err != nil {
		return 0, fmt.Errorf("blob %s: %w", digest.Short(), notFound(err))
	}
	return a.Size, nil
}

// Serve answers a GET or HEAD request for a blob, with ranges, or returns ErrNotFound
// without having written anything.
func (s *Store) Serve(w http.ResponseWriter, r *http.Request, digest protocol.Digest) error {
	b, err := s.bucket.NewReader(r.Context(), key(digest), nil)
	if err != nil {
		return fmt.Errorf("blob %s: %w", digest.Short(), notFound(err))
	}
	defer b.Close()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("ETag", `"`+digest.String()+`"`)
	h.Set("Cache-Control", "private, immutable, max-age=31536000")
	http.ServeContent(w, r, "", b.ModTime(), b)
	return nil
}

func notFound(err error) error {
	if gcerrors.Code(err) == gcerrors.NotFound {
		return ErrNotFound
	}
	return err
}
