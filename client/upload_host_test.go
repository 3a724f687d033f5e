package client

import (
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/internal/breaker"
	"github.com/encrypted-compute/encompute/internal/upload"
	"github.com/encrypted-compute/encompute/protocol"
)

// uploadPath is a client with a blob, and a host that expects it.
type uploadPath struct {
	testing.TB
	cfg    Config // of the client
	server *httptest.Server
	job    *Job
	size   int64
	digest protocol.Digest
}

func newUploadPath(tb testing.TB, size int64) *uploadPath {
	tb.Helper()
	w := testWorld(tb)
	p := &uploadPath{TB: tb, job: &Job{ID: protocol.Digest{1}, Uploads: protocol.Digest{2}}, size: size}
	server, state := realHost(tb, w)
	p.server = server
	keep, err := OpenFileStore(tb.TempDir(), "only for this test")
	p.must(err)
	p.digest, _, err = keep.PutBlob(tb.Context(), func(w io.Writer) error {
		_, err := io.CopyN(w, rand.NewChaCha8([32]byte{7}), size)
		return err
	})
	p.must(err)
	p.cfg = Config{Host: p.server.URL, Network: w.network, Chain: newFakeChain(w), Signer: KeySigner{w.user}, Store: keep}
	spec := protocol.JobSpec{User: w.user.Address(), InputHash: p.digest, PrefixBy: 1 << 35, DeliverBy: 1 << 36}
	_, err = state.AddJob(tb.Context(), p.job.ID, spec, []store.Blob{{Digest: p.digest, Bytes: size, Kind: store.KindInput}})
	p.must(err)
	return p
}

func (p *uploadPath) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// upload uploads the blob and checks that the host, who compares its digest, has it.
func (p *uploadPath) upload() {
	p.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	p.cfg.HTTP = &http.Client{Transport: transport}
	c, err := New(p.cfg)
	p.must(err)
	c.timing.backoff, c.timing.probe = func(int) time.Duration { return time.Millisecond }, 10*time.Millisecond
	p.must(c.uploadBlob(p.Context(), new(Step), p.job, p.digest))
	there, err := c.host.hasBlob(p.Context(), p.digest)
	p.must(err)
	if !there {
		p.Fatal("the host does not have the blob")
	}
}

// resets uploads while the connection is reset that many times, wherever the upload is, and returns how many bytes were
// sent beyond those of the blob.
func (p *uploadPath) resets(breaks int) int64 {
	p.Helper()
	random := rand.New(rand.NewPCG(4, 5))
	at := make([]int64, breaks)
	for i := range at {
		at[i] = random.Int64N(p.size)
	}
	slices.Sort(at)
	proxy := breaker.New(p, p.server.Listener.Addr().String(), true, at...)
	p.cfg.Host = proxy.URL()
	p.upload()
	sent, broke := proxy.Sent()
	if broke != breaks {
		p.Errorf("the connection broke %d times, want %d", broke, breaks)
	}
	return sent - p.size
}

// What was under way when a connection is reset is lost with it, and still hardly anything of a large upload is sent twice.
func TestUploadIsReset(t *testing.T) {
	t.Parallel()
	const size = 300 << 20
	p := newUploadPath(t, size)
	if extra := p.resets(20); extra > size*2/100 {
		t.Errorf("%d bytes were sent beyond %d: %.1f %%, want at most 2 %%", extra, size, 100*float64(extra)/size)
	}
}

// Where confirmations do not pass, as in browsers, the first break costs what one request brings at most.
func TestUploadIsResetUnconfirmed(t *testing.T) {
	t.Parallel()
	const size, breaks, headers = 64 << 20, 20, 1 << 20
	p := newUploadPath(t, size)
	inner := p.server.Config.Handler
	p.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { inner.ServeHTTP(unconfirmed{w}, r) })
	if extra := p.resets(breaks); extra > upload.Chunk+size/upload.WindowShare+breaks*upload.MinWindow+headers {
		t.Errorf("%d bytes were sent beyond %d", extra, size)
	}
}

// unconfirmed swallows interim answers.
type unconfirmed struct{ http.ResponseWriter }

func (u unconfirmed) WriteHeader(status int) {
	if status >= http.StatusOK {
		u.ResponseWriter.WriteHeader(status)
	}
}

func (u unconfirmed) Unwrap() http.ResponseWriter { return u.ResponseWriter }

// BenchmarkUploadBlob uploads 300 MB over loopback: digest, database and disk included.
func BenchmarkUploadBlob(b *testing.B) {
	const size = 300 << 20
	b.SetBytes(size)
	for range b.N {
		b.StopTimer()
		p := newUploadPath(b, size)
		b.StartTimer()
		p.upload()
	}
}
