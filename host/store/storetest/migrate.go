package storetest

import (
	"embed"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/host/store/relational"
	"github.com/encrypted-compute/encompute/protocol"
)

// fixtures are databases as each version of the schema left them: v1.sql is never changed again.
//
//go:embed testdata/v*.sql
var fixtures embed.FS

// Load makes a database with a script and the version that it says it has, and opens it.
type Load func(t *testing.T, script string, version int, o store.Options) store.Store

// RunMigrations opens databases that earlier programs left and requires that all in them is
// there still. words replace what stands in braces in the scripts.
func RunMigrations(t *testing.T, words map[string]string, load Load) {
	entries, err := fixtures.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := relational.Schema(words)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(scripts) {
		t.Errorf("the schema is at version %d, the last fixture is v%d.sql: add v%d.sql, which is that one, the new script, and rows for what it adds",
			len(scripts), len(entries), len(scripts))
	}
	for version := range len(entries) {
		version++
		t.Run(fmt.Sprintf("version %d", version), func(t *testing.T) {
			t.Parallel()
			script, err := fixtures.ReadFile(fmt.Sprintf("testdata/v%d.sql", version))
			if err != nil {
				t.Fatal(err)
			}
			text := string(script)
			for word, replacement := range words {
				text = strings.ReplaceAll(text, "{"+word+"}", replacement)
			}
			b := &bench{T: t, clock: &clock{now: time.Unix(1_800_000_000, 0)}}
			b.Store = load(t, text, version, store.Options{
				Now: b.clock.Now, MaxAttempts: 3, Ageing: time.Minute, ActionLease: 20 * time.Second, Reading: time.Hour,
			})
			b.checkMigrated(version)
		})
	}
}

// checkMigrated looks for all that the fixtures hold, and works with it.
func (b *bench) checkMigrated(version int) {
	ctx := b.Context()
	delivered, spec := b.spec(1, 1)
	j := b.state(delivered, protocol.JobDelivered)
	want := delivery(delivered, "answer")
	b.same("deliveries", j.Delivered, &want)
	b.same("specs", j.Spec, spec)
	b.same("receipts", j.Computed.Receipt, computed(store.Lease{JobID: delivered}).Receipt)
	events, err := b.Events(ctx, delivered, 0, 10)
	b.must(err)
	if len(events) != 1 || events[0].Job.State != protocol.JobDelivered || events[0].Job.Delivered == nil {
		b.Errorf("events %+v", events)
	}
	failed, _ := b.spec(2, 1)
	b.state(failed, protocol.JobFailed)
	actions := map[store.ActionKind]protocol.Digest{}
	for _, a := range b.outbox() {
		actions[a.Kind] = a.Job.JobID
	}
	b.same("actions", actions, map[store.ActionKind]protocol.Digest{store.Deliver: delivered, store.Refund: failed})

	// The blobs that lie in the bucket in one piece.
	parts, err := b.Parts(ctx, spec.InputHash)
	b.must(err)
	b.same("parts", parts, []store.Part{{Place: spec.InputHash.String()[2:4] + "/" + spec.InputHash.String()[4:], Bytes: 100}})
	m, err := b.Model(ctx, protocol.Digest{1})
	b.must(err)
	if !m.Ready || string(m.Manifest) != "x" {
		b.Errorf("model %+v", m)
	}
	if n, err := b.Usage(ctx, alice, nil); err != nil || n != 300 { // of the queued job
		b.Errorf("usage %d, %v", n, err)
	}
	if version >= 7 {
		list, err := b.Sheets(ctx, sheetModel, 10)
		b.must(err)
		b.same("sheets", list, []store.Sheet{sheet(1, 1, 10)})
	}
	b.clock.advance(48 * time.Hour)
	n, err := b.Collect(ctx, b.clock.Now().Add(-24*time.Hour), 100)
	b.must(err)
	if n != 3 { // both inputs and the output of the jobs that are over
		b.Errorf("%d blobs were collected, want 3", n)
	}
	b.must(b.Tidy(ctx, b.clock.Now().Add(-24*time.Hour)))
	if version >= 2 {
		_, err := b.Upload(ctx, protocol.Digest{30}, "id")
		b.wants(err, store.ErrNotFound)
	}
	queued, _ := b.spec(3, 1)
	b.must(b.GiveUp(ctx, queued, protocol.Failed{JobID: queued}))
	b.compute(9) // the counters go on
}
