package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/encrypted-compute/encompute/attestation/rollback"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/localnet"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/host"
	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/host/store/postgres"
	"github.com/encrypted-compute/encompute/host/store/sqlite"
	"github.com/encrypted-compute/encompute/protocol"
)

// searchHost ends all processes and looks through what the host keeps.
func (t *trial) searchHost(ctx context.Context, delivered, failed []paid) error {
	if err := t.untilRefundsAreKnown(ctx, failed); err != nil {
		return err
	}
	for _, p := range []*localnet.Process{t.net.Creator, t.net.Worker, t.net.Host} {
		p.Stop()
	}
	return t.searchStore(ctx, delivered, failed)
}

// searchStore looks for what the dead may have left: jobs that are not over, leases, streams, actions that come to nothing,
// and blobs that nobody needs.
func (t *trial) searchStore(ctx context.Context, delivered, failed []paid) error {
	kept, err := t.open(ctx)
	if err != nil {
		return err
	}
	defer kept.Close()
	for state, jobs := range map[protocol.JobState][]paid{protocol.JobDelivered: delivered, protocol.JobRefunded: failed} {
		for _, j := range jobs {
			k, err := kept.Job(ctx, j.ID)
			if err != nil {
				return err
			}
			if k.State != state || k.Holder != "" || !k.LeaseUntil.IsZero() {
				return fmt.Errorf("the host has job %s as %s, leased by %q until %v; should be %s and free", j.ID, k.State, k.Holder, k.LeaseUntil, state)
			}
		}
	}
	sessions, err := kept.Sessions(ctx, "", time.Time{})
	if err != nil || len(sessions) > 0 {
		return errors.Join(err, fmt.Errorf("%d streams are left, such as %+v", len(sessions), sessions))
	}
	if err := t.searchOutbox(ctx, kept); err != nil {
		return err
	}
	return t.searchBlobs(ctx, kept)
}

// searchHomes opens the users' stores as they are after two days, and refuses secret keys that were used and whatever a
// process left that was killed while it wrote.
func (t *trial) searchHomes(delivered, failed []paid) error {
	waiting := map[string]bool{} // blobs of jobs whose deadline passed by the chain's clock alone
	for _, j := range failed {
		waiting[j.Spec.InputHash.String()], waiting[j.Spec.KeysHash.String()] = true, true
	}
	for _, j := range delivered {
		if len(j.SecretKey) > 0 || len(j.ResultKey) > 0 {
			return fmt.Errorf("job %s of %s is delivered, and its keys are still there", j.ID, j.user.name)
		}
	}
	for _, u := range t.users {
		dir := filepath.Join(t.net.Dir, u.name, "client")
		at := later(-2)()
		err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				err = os.Chtimes(path, at, at)
			}
			return err
		})
		if err != nil {
			return err
		}
		if _, err := client.OpenFileStore(dir, localnet.Passphrase); err != nil {
			return err
		}
		left, err := filepath.Glob(filepath.Join(dir, ".new-*"))
		if err != nil {
			return err
		}
		blobs, err := os.ReadDir(filepath.Join(dir, "blobs"))
		if err != nil {
			return err
		}
		blobs = slices.DeleteFunc(blobs, func(e os.DirEntry) bool { return waiting[e.Name()] })
		if len(left)+len(blobs) > 0 {
			return fmt.Errorf("%s's store holds %d blobs that no job needs, and %v", u.name, len(blobs), left)
		}
	}
	return nil
}

// untilRefundsAreKnown waits until the host has seen the refunds on chain.
func (t *trial) untilRefundsAreKnown(ctx context.Context, failed []paid) error {
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	kept, err := t.open(ctx)
	if err != nil {
		return err
	}
	defer kept.Close()
	for _, j := range failed {
		for {
			k, err := kept.Job(ctx, j.ID)
			if err == nil && k.State == protocol.JobRefunded {
				break
			}
			if s := sleep(ctx, 200*time.Millisecond); s != nil {
				return errors.Join(fmt.Errorf("the host has the refunded job %s as %s: %w", j.ID, k.State, s), err)
			}
		}
	}
	return nil
}

// open opens the host's store as it is after two days.
func (t *trial) open(ctx context.Context) (store.Store, error) {
	o := store.Options{Now: later(2), MaxAttempts: 1, ActionLease: time.Minute, Reading: time.Hour}
	if t.db != nil {
		return postgres.Open(ctx, t.store, o)
	}
	return sqlite.Open(ctx, t.store, o)
}

// later returns a clock that is some days ahead.
func later(days int) func() time.Time {
	return func() time.Time { return time.Now().AddDate(0, 0, days) }
}

// searchOutbox refuses actions that the chain does not say are done.
func (t *trial) searchOutbox(ctx context.Context, kept store.Store) error {
	for {
		list, err := kept.Outbox(ctx, 100) // all are due by that clock; none comes twice
		if err != nil || len(list) == 0 {
			return err
		}
		for _, a := range list {
			state, err := t.net.Chain.JobState(ctx, a.Job.JobID)
			if err != nil {
				return err
			}
			done := map[store.ActionKind]contracts.State{
				store.SubmitReceipt: contracts.StateDelivered, store.Deliver: contracts.StateDelivered, store.Refund: contracts.StateRefunded,
			}[a.Kind]
			if state != done {
				return fmt.Errorf("the outbox has a %s for job %s, which is %s on chain", a.Kind, a.Job.JobID, state)
			}
		}
	}
}

// searchBlobs has a host of the days after tomorrow delete what nobody needs, and compares what is left in the bucket with
// what the model needs.
func (t *trial) searchBlobs(ctx context.Context, kept store.Store) error {
	for day := 2; day <= 4; day += 2 { // what is given up on one is deleted on the other
		h, err := host.New(ctx, host.Config{
			Name: t.net.File.Name, DataDir: filepath.Join(t.net.Dir, "host"), Store: t.store, Chain: t.net.Chain, Key: t.net.Accounts.Host,
			Verifier: host.NewPolicyVerifier(t.net.Policy, rollback.NewMemory()), Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: later(day),
		})
		if err != nil {
			return err
		}
		if err := errors.Join(h.Tidy(ctx), h.Close()); err != nil {
			return err
		}
	}
	models, err := kept.Models(ctx, protocol.Digest{}, 10)
	if err != nil {
		return err
	}
	needed := map[string]bool{}
	for _, m := range models {
		manifest, err := protocol.ParseManifest(m.Manifest)
		if err != nil {
			return err
		}
		for _, c := range manifest.Cuts {
			parts, err := kept.Parts(ctx, c.SealedPrefix)
			if err != nil {
				return err
			}
			for _, p := range parts {
				needed[p.Place] = true
			}
		}
	}
	bucket := filepath.Join(t.net.Dir, "host", "blobs")
	err = filepath.WalkDir(bucket, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		place, err := filepath.Rel(bucket, path)
		if err == nil && !needed[place] {
			err = fmt.Errorf("%s is left in the bucket, and nobody needs it", place)
		}
		delete(needed, place)
		return err
	})
	if err == nil && len(needed) > 0 {
		err = fmt.Errorf("the model's sealed prefix is not in the bucket: %v", slices.Collect(maps.Keys(needed)))
	}
	return err
}
