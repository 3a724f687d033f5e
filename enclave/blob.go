package enclave

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// errOversize says that a blob is larger than what it is for allows.
var errOversize = errors.New("blob is too large")

// blobStore is the host's, which is not trusted: what it gives is checked byte by byte.
type blobStore struct {
	base *url.URL
	http *http.Client
}

func newBlobStore(host *url.URL) *blobStore {
	return &blobStore{host, &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			ResponseHeaderTimeout: 30 * time.Second,
			IdleConnTimeout:       time.Minute,
			MaxIdleConns:          4,
			ForceAttemptHTTP2:     true,
		},
		// A redirect could take the token elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (s *blobStore) close() { s.http.CloseIdleConnections() }

// open starts to read a blob of at most limit bytes. Its content is to be believed only
// after finish returned nil.
func (s *blobStore) open(ctx context.Context, token string, digest protocol.Digest, limit uint64) (*blobReader, error) {
	resp, err := s.do(ctx, http.MethodGet, token, digest, nil)
	if err != nil {
		return nil, err
	}
	if resp.ContentLength > int64(limit) {
		resp.Body.Close()
		return nil, fmt.Errorf("%w: %d bytes announced, at most %d expected", errOversize, resp.ContentLength, limit)
	}
	return &blobReader{body: resp.Body, hash: protocol.NewHash("blob"), want: digest, left: int64(limit)}, nil
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

// put stores a blob under its digest.
func (s *blobStore) put(ctx context.Context, token string, blob []byte) (protocol.Digest, error) {
	digest := protocol.BlobDigest(blob)
	resp, err := s.do(ctx, http.MethodPut, token, digest, blob)
	if err != nil {
		return digest, err
	}
	return digest, resp.Body.Close()
}

func (s *blobStore) do(ctx context.Context, method, token string, digest protocol.Digest, body []byte) (*http.Response, error) {
	target := s.base.JoinPath("v1", "blobs", digest.String()).String()
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if method == http.MethodPut {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		var p protocol.Problem
		if err := protocol.UnmarshalJSON(resp.Body, 16<<10, &p); err == nil && p.Error() != "" {
			return nil, fmt.Errorf("%s blob %s: status %d: %.300s", method, digest.Short(), resp.StatusCode, p.Error())
		}
		return nil, fmt.Errorf("%s blob %s: status %d", method, digest.Short(), resp.StatusCode)
	}
	return resp, nil
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
