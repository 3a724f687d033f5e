package blobs

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/encrypted-compute/encompute/host/store"
	"gocloud.dev/blob"
)

// reader reads the parts of a blob as one. It implements io.ReadSeekCloser.
type reader struct {
	ctx    context.Context
	bucket *blob.Bucket
	parts  []store.Part
	size   int64
	at     int64
	open   *blob.Reader // of the part that at lies in; nil if none is
	failed error        // what the bucket ended with
}

func (s *Store) reader(ctx context.Context, parts []store.Part) *reader {
	r := &reader{ctx: ctx, bucket: s.bucket, parts: parts}
	for _, p := range parts {
		r.size += p.Bytes
	}
	return r
}

// Read implements io.Reader.
func (r *reader) Read(b []byte) (int, error) {
	for {
		if r.at >= r.size {
			return 0, io.EOF
		}
		if r.open == nil {
			if err := r.openPart(); err != nil {
				r.failed = err
				return 0, err
			}
		}
		n, err := r.open.Read(b)
		r.at += int64(n)
		if errors.Is(err, io.EOF) {
			err = r.Close()
		}
		if err != nil {
			r.failed = err
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// openPart opens the part that at lies in.
func (r *reader) openPart() (err error) {
	start := int64(0)
	for _, p := range r.parts {
		if r.at < start+p.Bytes {
			r.open, err = r.bucket.NewRangeReader(r.ctx, p.Place, r.at-start, start+p.Bytes-r.at, nil)
			if err == nil && r.open.Size() != p.Bytes {
				err = errors.Join(fmt.Errorf("part has %d bytes, not %d: %w", r.open.Size(), p.Bytes, ErrNotFound), r.Close())
			}
			return notFound(err)
		}
		start += p.Bytes
	}
	return io.ErrUnexpectedEOF
}

// Seek implements io.Seeker.
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return r.at, errors.New("seek before the start of a blob")
	}
	if offset == r.at {
		return r.at, nil
	}
	err := r.Close()
	r.at = offset
	return r.at, err
}

// Close implements io.Closer. The reader can still be read.
func (r *reader) Close() error {
	if r.open == nil {
		return nil
	}
	open := r.open
	r.open = nil
	return open.Close()
}
