// Package blobs keeps content-addressed bytes: keys, ciphertexts and sealed prefixes. A blob
// lies in a bucket as parts, each written once and never changed, so that an upload goes on
// where it broke off, in a folder as well as in an object store. Which parts make a blob is
// written down elsewhere, in the host's store.
package blobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // the scheme "s3"
	"gocloud.dev/gcerrors"
)

// What callers branch on.
var (
	// ErrNotFound says that there is no blob of that digest.
	ErrNotFound = errors.New("no such blob")
	// ErrDigest says that bytes are not those that their digest names.
	ErrDigest = errors.New("content does not have that digest")
	// ErrTooLarge says that a blob has more bytes than it should.
	ErrTooLarge = errors.New("blob is too large")
	// ErrTooSmall says that bytes ended before they made a part.
	ErrTooSmall = errors.New("too little for a part")
)

// Store keeps parts of blobs in a bucket. It is safe for concurrent use.
type Store struct {
	bucket *blob.Bucket
	dir    string // of a folder's; else empty
}

// New makes a store of a bucket of any kind. Close closes the bucket.
func New(bucket *blob.Bucket) *Store { return &Store{bucket: bucket} }

// Open opens the bucket that place names: a folder, which is made if it is not there, or a
// URL such as s3://bucket?region=eu-central-1&prefix=host/, as gocloud.dev/blob/s3blob takes
// it; who may use it comes from the environment, as for other programs.
func Open(ctx context.Context, place string) (*Store, error) {
	if !strings.Contains(place, "://") {
		return OpenDir(place)
	}
	b, err := blob.OpenBucket(ctx, place)
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	// The first blob is too late to find out that the bucket cannot be reached.
	ok, err := b.IsAccessible(ctx)
	if err == nil && !ok {
		err = errors.New("there is no such bucket, or it cannot be read")
	}
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w", errors.Join(err, b.Close()))
	}
	return New(b), nil
}

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
	return &Store{b, dir}, nil
}

// Close closes the bucket.
func (s *Store) Close() error { return s.bucket.Close() }

// Delete deletes a part, and what is left of it if the process that wrote it died; it is no error if there is nothing.
func (s *Store) Delete(ctx context.Context, place string) error {
	if err := s.bucket.Delete(ctx, place); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return fmt.Errorf("delete part: %w", err)
	}
	if s.dir == "" {
		return nil // an object is there when it is whole
	}
	left, err := filepath.Glob(filepath.Join(s.dir, filepath.FromSlash(place)) + ".*.tmp") // fileblob's names
	for _, name := range left {
		if e := os.Remove(name); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	if err != nil {
		return fmt.Errorf("delete what is left of a part: %w", err)
	}
	return nil
}

// Check reports ErrNotFound unless all parts of a blob are there, in their sizes.
func (s *Store) Check(ctx context.Context, parts []store.Part) error {
	for _, p := range parts {
		a, err := s.bucket.Attributes(ctx, p.Place)
		if err != nil {
			return fmt.Errorf("part of a blob: %w", notFound(err))
		}
		if a.Size != p.Bytes {
			return fmt.Errorf("part of a blob has %d bytes, not %d: %w", a.Size, p.Bytes, ErrNotFound)
		}
	}
	return nil
}

// Serve answers a GET or HEAD request for a blob of the given parts, with ranges. It returns
// ErrNotFound if a part that is needed is not there: for a HEAD request, any.
func (s *Store) Serve(w http.ResponseWriter, r *http.Request, digest protocol.Digest, parts []store.Part) error {
	if r.Method == http.MethodHead {
		if err := s.Check(r.Context(), parts); err != nil {
			return err
		}
	}
	content := s.reader(r.Context(), parts)
	defer content.Close()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("ETag", `"`+digest.String()+`"`)
	h.Set("Cache-Control", "private, immutable, max-age=31536000")
	http.ServeContent(w, r, "", time.Time{}, content)
	if content.failed != nil {
		return fmt.Errorf("blob %s: %w", digest.Short(), content.failed)
	}
	return nil
}

func notFound(err error) error {
	if gcerrors.Code(err) == gcerrors.NotFound {
		return ErrNotFound
	}
	return err
}
