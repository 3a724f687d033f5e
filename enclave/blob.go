package enclave

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/internal/upload"
	"github.com/encrypted-compute/encompute/protocol"
)

// errOversize says that a blob is larger than what it is for allows.
var errOversize = errors.New("blob is too large")

// blobStore is the host's, which is not trusted: what it gives is checked byte by byte.
type blobStore struct {
	base  *url.URL
	http  fetch.Client // follows no redirect, which could take the token elsewhere
	retry func(context.Context, func() error) error
	close func()
}

// outputPatience is how long a worker waits in all for a host to take more of an output: longer than its lease lasts without a
// stream to the host.
const outputPatience = 2 * time.Minute

func newBlobStore(host *url.URL) *blobStore {
	client := &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ResponseHeaderTimeout: 30 * time.Second,
		IdleConnTimeout:       time.Minute,
		MaxIdleConns:          4,
		ForceAttemptHTTP2:     true,
	}}
	return &blobStore{host, fetch.New(client), upload.Patiently(200*time.Millisecond, outputPatience), client.CloseIdleConnections}
}

// open starts to read a blob of at most limit bytes. Its content is to be believed only
// after finish returned nil.
func (s *blobStore) open(ctx context.Context, token string, digest protocol.Digest, limit uint64) (*blobReader, error) {
	target := s.base.JoinPath("v1", "blobs", digest.String())
	res, err := s.send(ctx, token, fetch.Request{Method: fetch.MethodGet, URL: target.String(), Header: map[string]string{}})
	if err != nil {
		return nil, fmt.Errorf("get blob %s: %w", digest.Short(), err)
	}
	return &blobReader{body: res.Body, hash: protocol.NewHash("blob"), want: digest, left: int64(limit)}, nil
}

// get reads a whole blob of at most limit bytes and checks it.
func (s *blobStore) get(ctx context.Context, token string, digest protocol.Digest, limit uint64) ([]byte, error) {
	r, err := s.open(ctx, token, digest, limit)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	return b, errors.Join(err, r.finish())
}

// put uploads a blob under its digest by send. When the connection breaks, it goes on where it stood.
func (s *blobStore) put(ctx context.Context, send func(context.Context, fetch.Request) (fetch.Response, error), blob []byte) (protocol.Digest, error) {
	u := upload.Upload{
		Send: send, Host: s.base, Digest: protocol.BlobDigest(blob), Body: bytes.NewReader(blob), Bytes: int64(len(blob)), Fresh: true,
	}
	rand.Read(u.ID[:]) // never fails (crypto/rand)
	if err := u.Run(ctx, s.retry); err != nil {
		return u.Digest, fmt.Errorf("upload blob %s: %w", u.Digest.Short(), err)
	}
	return u.Digest, nil
}

// send makes a request of the host. The error of a refusal holds a protocol.Problem.
func (s *blobStore) send(ctx context.Context, token string, r fetch.Request) (fetch.Response, error) {
	r.Header["Authorization"] = "Bearer " + token
	res, err := s.http.Do(ctx, r)
	if err != nil || res.Status/100 == 2 {
		return res, err
	}
	defer res.Body.Close()
	var p protocol.Problem
	_ = protocol.UnmarshalJSON(res.Body, 16<<10, &p) // what is not a Problem is told by its status
	p = protocol.Problem{Status: res.Status, Code: p.Code, Detail: fmt.Sprintf("%.300s", p.Error())}
	return fetch.Response{}, fmt.Errorf("status %d: %w", p.Status, p)
}

// blobReader hands on the bytes of a blob while it counts and hashes them.
type blobReader struct {
	body io.ReadCloser
	hash hash.Hash
	want protocol.Digest
	left int64
	err  error // what Read has ended with
}

// Read implements io.Reader; reading past the limit fails with errOversize.
func (r *blobReader) Read(p []byte) (n int, err error) {
	if r.err != nil {
		return 0, r.err
	}
	n, r.err = r.body.Read(p[:min(int64(len(p)), r.left+1)])
	if int64(n) > r.left {
		n, r.err = 0, fmt.Errorf("%w: more bytes than expected", errOversize)
	}
	r.left -= int64(n)
	r.hash.Write(p[:n])
	return n, r.err
}

// finish reads what is left, closes the blob and checks its digest.
func (r *blobReader) finish() error {
	_, err := io.Copy(io.Discard, r)
	r.body.Close()
	if err != nil {
		return fmt.Errorf("read blob %s: %w", r.want.Short(), err)
	}
	if got := protocol.SumDigest(r.hash); got != r.want {
		return fmt.Errorf("blob %s came with digest %s: the host or the network changed it", r.want.Short(), got.Short())
	}
	return nil
}
