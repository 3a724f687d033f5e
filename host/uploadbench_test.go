package host

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/blobs"
	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/internal/breaker"
	"github.com/encrypted-compute/encompute/protocol"
)

// uploadBench is a host with a job that waits for one blob.
type uploadBench struct {
	testing.TB
	cfg    Config
	host   *Host
	server *httptest.Server
	client *http.Client
	base   string // of the server, or of what stands before it

	job    protocol.Digest
	data   []byte
	digest protocol.Digest
}

func newUploadBench(tb testing.TB, size int, change ...func(*Config)) *uploadBench {
	tb.Helper()
	b := &uploadBench{TB: tb, data: make([]byte, size), job: protocol.Digest{1}, client: &http.Client{Transport: &http.Transport{}}}
	_, _ = rand.NewChaCha8([32]byte{3}).Read(b.data) // never fails
	b.digest = protocol.BlobDigest(b.data)
	b.cfg = Config{
		Name: "test host", DataDir: tb.TempDir(), Chain: newFakeChain(1_800_000_000), Key: newKey(tb), Verifier: echoVerifier{},
		Log: slog.New(slog.DiscardHandler), Sweep: time.Hour,
	}
	for _, f := range change {
		f(&b.cfg)
	}
	b.start()
	tb.Cleanup(b.stop)
	spec := protocol.JobSpec{User: protocol.Address{1}, InputHash: b.digest, PrefixBy: 1 << 35, DeliverBy: 1 << 36}
	_, err := b.host.store.AddJob(tb.Context(), b.job, spec, []store.Blob{{Digest: b.digest, Bytes: int64(size), Kind: store.KindInput}})
	b.must(err)
	return b
}

func (b *uploadBench) start() {
	b.Helper()
	var err error
	b.host, err = New(b.Context(), b.cfg)
	b.must(err)
	b.server = httptest.NewServer(b.host.Handler())
	b.base = b.server.URL
}

func (b *uploadBench) stop() {
	b.server.CloseClientConnections()
	b.must(b.host.Close())
	b.server.Close()
	b.client.CloseIdleConnections()
}

func (b *uploadBench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *uploadBench) path(id byte) string {
	return "/v1/blobs/" + b.digest.String() + "/uploads/" + protocol.Digest{id}.String()
}

// do makes a request. Its error is the connection's, or a Problem.
func (b *uploadBench) do(method, path string, body io.Reader) (u protocol.Upload, err error) {
	r, err := http.NewRequestWithContext(context.WithoutCancel(b.Context()), method, b.base+path, body)
	b.must(err)
	resp, err := b.client.Do(r)
	if err != nil {
		return u, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return u, err
	}
	if resp.StatusCode/100 != 2 {
		p := new(protocol.Problem)
		b.must(json.Unmarshal(raw, p))
		return u, p
	}
	return u, json.Unmarshal(raw, &u)
}

func (b *uploadBench) held(id byte) int64 {
	b.Helper()
	u, err := b.do(http.MethodGet, b.path(id), nil)
	b.must(err)
	return u.Held
}

func (b *uploadBench) patch(id byte, at int64, body io.Reader) (protocol.Upload, error) {
	return b.do(http.MethodPatch, fmt.Sprintf("%s?at=%d&bytes=%d", b.path(id), at, len(b.data)), body)
}

// finish uploads until all is there.
func (b *uploadBench) finish(id byte) {
	b.Helper()
	for {
		err := b.upload(id)
		if err == nil {
			return
		}
		if !isProblem(err, codeUploadOffset) && !isProblem(err, codeBusy) {
			b.Fatal(err)
		}
	}
}

// upload sends all that is left, chunk by chunk, until a request fails.
func (b *uploadBench) upload(id byte) error {
	b.Helper()
	u, err := b.do(http.MethodGet, b.path(id), nil)
	if err != nil {
		return err
	}
	for at := u.Held; at < int64(len(b.data)); {
		u, err := b.patch(id, at, bytes.NewReader(b.data[at:min(at+blobs.MaxPart, int64(len(b.data)))]))
		if err != nil {
			return err
		}
		at = u.Held
	}
	return nil
}

// check requires that the blob is there as it was sent and that its job is queued.
func (b *uploadBench) check() {
	b.Helper()
	parts, err := b.host.store.Parts(b.Context(), b.digest)
	b.must(err)
	w := httptest.NewRecorder()
	b.must(b.host.blobs.Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), b.digest, parts))
	if !bytes.Equal(w.Body.Bytes(), b.data) {
		b.Error("the blob is not what was sent")
	}
	j, err := b.host.store.Job(b.Context(), b.job)
	b.must(err)
	if j.State != protocol.JobQueued {
		b.Errorf("job is %s, want %s", j.State, protocol.JobQueued)
	}
}

// uploadBroken uploads through a connection that breaks that many times and returns how many
// bytes were sent to the server, headers and all.
func (b *uploadBench) uploadBroken(breaks int) int64 {
	b.Helper()
	random := rand.New(rand.NewPCG(4, 5))
	left := int64(len(b.data)) - b.held(1)
	at := make([]int64, breaks)
	for i := range at {
		at[i] = random.Int64N(left)
	}
	slices.Sort(at)
	proxy := breaker.New(b, strings.TrimPrefix(b.server.URL, "http://"), false, at...)
	b.base = proxy.URL()
	defer func() { b.base = b.server.URL; b.client.CloseIdleConnections() }()
	for broke := 0; broke < breaks; _, broke = proxy.Sent() {
		if b.upload(1) == nil {
			b.Fatal("the upload was whole before the connection broke")
		}
	}
	b.finish(1)
	sent, _ := proxy.Sent()
	return sent
}
