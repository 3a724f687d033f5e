package creator

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	relay "github.com/encrypted-compute/encompute/host"
	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/host/store/sqlite"
	"github.com/encrypted-compute/encompute/internal/breaker"
	"github.com/encrypted-compute/encompute/internal/upload"
	"github.com/encrypted-compute/encompute/protocol"
)

// restingChain is a chain on which nothing happens.
type restingChain struct {
	relay.Chain
	network protocol.Network
}

func (c restingChain) Addresses() contracts.Addresses {
	return contracts.Addresses{ChainID: c.network.ChainID, Market: c.network.Market}
}

func (restingChain) HeaderTime(context.Context) (uint64, error) {
	return uint64(time.Now().Unix()), nil
}

// realHost starts a host as it is served, which expects blobs.
func realHost(t *testing.T, w *world, wants ...store.Blob) *httptest.Server {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	h, err := relay.New(t.Context(), relay.Config{
		Name: "test host", DataDir: dir, Key: w.creator, Chain: restingChain{network: w.network}, Log: slog.New(slog.DiscardHandler),
		Verifier: struct{ relay.Verifier }{}, Sweep: time.Hour, RequestsPerSecond: -1,
	})
	must(err)
	server := httptest.NewServer(h.Handler())
	t.Cleanup(func() {
		server.CloseClientConnections()
		must(h.Close())
		server.Close()
	})
	state, err := sqlite.Open(t.Context(), filepath.Join(dir, "host.db"), store.Options{Now: time.Now, MaxAttempts: 1})
	must(err)
	must(state.Expect(t.Context(), protocol.Digest{1}, wants))
	must(state.Close())
	return server
}

// What a creator uploads goes on where it stood when its connection is reset, and what the host has is not sent again.
func TestUploadIsReset(t *testing.T) {
	t.Parallel()
	const size, breaks = upload.Chunk + upload.FirstWindow + 2<<20, 3                                   // more than two requests take
	const most = size + upload.FirstWindow + size/upload.WindowShare + breaks*upload.MinWindow + 64<<10 // and what is around it
	w := testWorld(t)
	blob := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(blob) // never fails
	digest := protocol.BlobDigest(blob)
	server := realHost(t, w, store.Blob{Digest: digest, Bytes: size, Kind: store.KindPrefix})
	proxy := breaker.New(t, server.Listener.Addr().String(), true, 1<<20, size/2, size-1<<20)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	host := Host{Address: proxy.URL(), HTTP: &http.Client{Transport: transport}, Network: w.network}
	for range 2 {
		if err := host.putBlob(t.Context(), digest, blob); err != nil {
			t.Fatal(err)
		}
		if sent, broke := proxy.Sent(); broke != breaks || sent > most {
			t.Errorf("%d bytes were sent for %d while the line broke %d times, want %d at most and %d", sent, size, broke, most, breaks)
		}
	}
	res, err := host.do(t.Context(), "HEAD", "", nil, "v1", "blobs", digest.String())
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
}

// What a host refuses is not sent again, however much of it there is.
func TestUploadRefused(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	server := realHost(t, w)
	for _, size := range []int{100, upload.FirstWindow + 1} {
		blob := make([]byte, size)
		proxy := breaker.New(t, server.Listener.Addr().String(), true)
		transport := &http.Transport{}
		host := Host{Address: proxy.URL(), HTTP: &http.Client{Transport: transport}, Network: w.network}
		err := host.putBlob(t.Context(), protocol.BlobDigest(blob), blob)
		if p, ok := errors.AsType[protocol.Problem](err); !ok || p.Code != "unexpected_blob" {
			t.Errorf("%d bytes that the host does not expect: %v", size, err)
		}
		transport.CloseIdleConnections()
		if sent, _ := proxy.Sent(); sent > int64(size)+64<<10 {
			t.Errorf("%d bytes of %d were sent though the host refused them", sent, size)
		}
	}
}
