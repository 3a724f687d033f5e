package storetest

import (
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

func testSessions(t *testing.T, b *bench) {
	ctx := t.Context()
	const here, there = "http://here", "http://there"
	view := protocol.WorkerView{Signer: signer, WorkloadID: workload, TCBStatus: "UpToDate"}
	worker := store.Session{ID: "w", Peer: there, Account: signer, Worker: &view}
	agent := store.Session{ID: "c", Peer: there, Account: creator}
	for _, s := range []store.Session{worker, agent, {ID: "own", Peer: here, Account: creator}} {
		b.must(b.PutSession(ctx, s))
	}
	sessions := func(want ...store.Session) {
		t.Helper()
		list, err := b.Sessions(ctx, here, b.clock.Now().Add(-time.Minute))
		b.must(err)
		b.same("sessions", list, want)
	}
	sessions(agent, worker)
	b.queue(1, 0)
	_, l := b.claim("w")
	busy := view
	busy.Busy = true
	sessions(agent, store.Session{ID: "w", Peer: there, Account: signer, Worker: &busy})
	b.must(b.Complete(ctx, l, computed(l)))
	view.TCBStatus = "OutOfDate"
	b.must(b.PutSession(ctx, worker))
	sessions(agent, worker)

	b.clock.advance(50 * time.Second)
	b.must(b.KeepSessions(ctx, there))
	b.clock.advance(50 * time.Second)
	sessions(agent, worker) // the host lives
	b.must(b.EndSession(ctx, "c"))
	sessions(worker)
	b.clock.advance(time.Minute)
	sessions() // it has died
	b.must(b.KeepSessions(ctx, there))
	b.must(b.EndSessions(ctx, there)) // it has started again
	sessions()
}
