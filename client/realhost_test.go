package client

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	relay "github.com/encrypted-compute/encompute/host"
	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/host/store/sqlite"
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

// realHost starts a host as it is served, whose background work does not run, and opens its state beside it.
func realHost(tb testing.TB, w *world) (*httptest.Server, store.Store) {
	tb.Helper()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	dir := tb.TempDir()
	h, err := relay.New(tb.Context(), relay.Config{
		Name: "test host", DataDir: dir, Key: w.creator, Chain: restingChain{network: w.network}, Log: slog.New(slog.DiscardHandler),
		Verifier: struct{ relay.Verifier }{}, Sweep: time.Hour, RequestsPerSecond: -1, Origins: []string{"http://localhost"},
	})
	must(err)
	state, err := sqlite.Open(tb.Context(), filepath.Join(dir, "host.db"), store.Options{Now: time.Now, MaxAttempts: 1})
	must(err)
	server := httptest.NewServer(h.Handler())
	tb.Cleanup(func() {
		server.CloseClientConnections()
		must(h.Close())
		must(state.Close())
		server.Close()
	})
	return server, state
}
