package blobs

import (
	"context"
	"crypto/rand"
	"encoding"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
	"gocloud.dev/blob"
)

// The bounds of a part. An upload that breaks off keeps what came of a part if it is at
// least MinPart, so that every connection that brings that much gets further, and nobody can
// cut a blob into more parts than its size over MinPart.
const (
	MinPart = 64 << 10
	MaxPart = 16 << 20
)

// The times of a part: its place is reserved for longer than writing it may take.
const (
	partTime    = 10 * time.Minute // after which a slow part is closed and the next begun
	reservation = time.Hour
)

// Ledger is where uploads are written down; store.Store is one.
type Ledger interface {
	Reserve(ctx context.Context, place string, until time.Time) error
	Append(ctx context.Context, u store.Upload, p store.Part, hash []byte) error
}

// Start returns the state of the digest of a blob's first zero bytes.
func Start() []byte {
	state, err := protocol.NewHash("blob").(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		panic(err) // SHA-256 has a state
	}
	return state
}

// receiver adds parts to an upload.
type receiver struct {
	*Store
	ledger Ledger
	now    func() time.Time
	hash   hash.Hash // of all that is read
	buffer []byte
}

// Receive adds what r gives to an upload, part by part, until the upload is whole, r ends or
// r fails, and returns the upload as it then stands. The digest is computed on the way, from
// the state that is written down beside the bytes, and compared when the upload is whole.
// The error is r's, or wraps ErrDigest, ErrTooLarge, ErrTooSmall (r ended before a part was
// full), or store.ErrConflict if another one added to the same upload meanwhile. ctx should
// not end with the connection that r reads: what came of it is worth keeping.
func (s *Store) Receive(ctx context.Context, l Ledger, now func() time.Time, u store.Upload, r io.Reader) (store.Upload, error) {
	w := &receiver{Store: s, ledger: l, now: now, hash: protocol.NewHash("blob"), buffer: make([]byte, 256<<10)}
	if err := w.hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(u.Hash); err != nil {
		return u, fmt.Errorf("upload of blob %s: state of its digest: %w", u.Digest.Short(), err)
	}
	for u.Held < u.Bytes {
		n, state, end, err := w.part(ctx, u, r)
		if err != nil {
			return u, fmt.Errorf("upload of blob %s: %w", u.Digest.Short(), err)
		}
		u.Held += n
		if n > 0 {
			u.Hash = state
		}
		switch {
		case errors.Is(end, io.EOF):
			return u, w.check(u)
		case end != nil:
			return u, end
		}
	}
	if n, err := io.ReadFull(r, w.buffer[:1]); n > 0 {
		return u, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, u.Bytes)
	} else if !errors.Is(err, io.EOF) {
		return u, err
	}
	return u, w.check(u)
}

// check compares the digest of an upload that is whole.
func (w *receiver) check(u store.Upload) error {
	if u.Held == u.Bytes && protocol.SumDigest(w.hash) != u.Digest {
		return fmt.Errorf("%w: %d other bytes came", ErrDigest, u.Bytes)
	}
	return nil
}

// part writes the next part of an upload and returns how many bytes were added, the state of
// the digest after them, and what r ended with, if it did.
func (w *receiver) part(ctx context.Context, u store.Upload, r io.Reader) (n int64, state []byte, end, err error) {
	ctx, abort := context.WithCancel(ctx)
	defer abort()
	p := store.Part{Place: newPlace(u.Digest)}
	if err := w.ledger.Reserve(ctx, p.Place, w.now().Add(reservation)); err != nil {
		return 0, nil, nil, err
	}
	out, err := w.bucket.NewWriter(ctx, p.Place, &blob.WriterOptions{ContentType: "application/octet-stream", DisableContentTypeDetection: true})
	if err != nil {
		return 0, nil, nil, err
	}
	p.Bytes, end, err = w.copy(out, r, min(MaxPart, u.Bytes-u.Held))
	if err == nil && p.Bytes < MinPart && u.Held+p.Bytes < u.Bytes {
		if end == nil || errors.Is(end, io.EOF) && p.Bytes > 0 {
			end = fmt.Errorf("%w: %d bytes came, send %d or all that is left", ErrTooSmall, p.Bytes, MinPart)
		}
		abort() // closing a canceled writer leaves nothing behind
		_ = out.Close()
		return 0, nil, end, nil
	}
	if err != nil {
		abort()
		return 0, nil, nil, errors.Join(err, ignoreCanceled(out.Close()))
	}
	if err := out.Close(); err != nil {
		return 0, nil, nil, err
	}
	if state, err = w.hash.(encoding.BinaryMarshaler).MarshalBinary(); err != nil {
		return 0, nil, nil, err
	}
	return p.Bytes, state, end, w.ledger.Append(ctx, u, p, state)
}

func ignoreCanceled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// copy writes what r gives until there are limit bytes, r ends, or the part has taken long
// enough. end is what r ended with; err is the writer's.
func (w *receiver) copy(out io.Writer, r io.Reader, limit int64) (n int64, end, err error) {
	for start := time.Now(); n < limit && (n < MinPart || time.Since(start) < partTime); {
		var m int
		m, end = r.Read(w.buffer[:min(int64(len(w.buffer)), limit-n)])
		w.hash.Write(w.buffer[:m])
		if _, err := out.Write(w.buffer[:m]); err != nil {
			return n, nil, err
		}
		n += int64(m)
		if end != nil {
			return n, end, nil
		}
	}
	return n, nil, nil
}

// newPlace returns a key that was never used. Parts are spread over 256 folders, and those
// of one blob lie together.
func newPlace(d protocol.Digest) string {
	h := d.String()[2:]
	return h[:2] + "/" + h[2:] + "-" + rand.Text()
}
