package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/accounts/keystore"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/localnet"
	"github.com/encrypted-compute/encompute/host/store/postgres/pgserver"
	"github.com/encrypted-compute/encompute/internal/vault"
	"github.com/encrypted-compute/encompute/protocol"
)

// readyIn bounds how long a party may take to be started, or what was ordered to be on chain.
const readyIn = 2 * time.Minute

// trial is a network in which parties are killed.
type trial struct {
	net    *localnet.Network
	db     *pgserver.Server // nil: the host has SQLite
	store  string           // of the host: file or address
	users  []*user
	oracle *oracle
	log    io.Writer
}

// run runs the whole test in dir and fills the result. Close the trial in any case.
func (t *trial) run(ctx context.Context, dir, store string, schedule []strike, r *result) error {
	if err := t.start(ctx, dir, store); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if err := t.killWhileUsersWork(ctx, schedule, r); err != nil {
		return err
	}
	if err := t.workInPeace(ctx); err != nil {
		return fmt.Errorf("after the kills: %w", err)
	}
	return t.audit(ctx, r)
}

// workInPeace has each user run one more job, which must be delivered: nobody is killed any more.
func (t *trial) workInPeace(ctx context.Context) error {
	for _, u := range t.users {
		before := u.rows.Load()
		if err := u.work(ctx, func() bool { return u.rows.Load() == before }); err != nil {
			return err
		}
		jobs, err := u.store.List(ctx)
		if err != nil {
			return err
		}
		if last := jobs[len(jobs)-1]; last.State != client.StateDelivered {
			return fmt.Errorf("job %s of %s is %s", last.ID, u.name, last.State)
		}
	}
	return nil
}

// start brings everything up, with a host that keeps its state in store.
func (t *trial) start(ctx context.Context, dir, store string) (err error) {
	if t.net, err = localnet.Start(ctx, dir); err != nil {
		return err
	}
	t.store = filepath.Join(dir, "host", "host.db")
	if store == storePostgres {
		if err := t.startDatabase(ctx, dir); err != nil {
			return err
		}
	}
	t.net.HostArgs = []string{"--store", t.store, "--max-attempts", "2", "--requests-per-second=-1"} // so that some jobs fail, and anybody may ask
	if err := t.net.StartHost(ctx); err != nil {
		return err
	}
	if _, err := t.net.StartWorker(ctx); err != nil {
		return err
	}
	var offer localnet.Offer
	if t.oracle, offer, err = newOracle(dir); err != nil {
		return err
	}
	if _, err := vault.OpenWeakUnsafe(filepath.Join(dir, "creator", "creator"), localnet.Passphrase); err != nil {
		return err
	}
	if _, err := t.net.StartCreator(ctx, offer); err != nil {
		return err
	}
	for i, key := range []protocol.SigningKey{t.net.Accounts.User, protocol.DevelopmentFaucet()} { // both have ether
		u, err := t.newUser(ctx, fmt.Sprintf("user%d", i+1), key)
		if err != nil {
			return err
		}
		t.users = append(t.users, u)
	}
	return nil
}

func (t *trial) startDatabase(ctx context.Context, dir string) (err error) {
	if t.db, err = pgserver.New(ctx, filepath.Join(dir, "postgres")); err != nil {
		return err
	}
	if err := t.db.Start(ctx); err != nil {
		return err
	}
	t.store, err = t.db.Create(ctx, "host")
	return err
}

// newUser gives a user tokens and a home whose passphrase is quick to try, since every command does.
func (t *trial) newUser(ctx context.Context, name string, key protocol.SigningKey) (*user, error) {
	home := filepath.Join(t.net.Dir, name)
	if err := writeWallet(filepath.Join(home, "wallet.json"), key); err != nil {
		return nil, err
	}
	if _, err := vault.OpenWeakUnsafe(filepath.Join(home, "client"), localnet.Passphrase); err != nil {
		return nil, err
	}
	kept, err := client.OpenFileStore(filepath.Join(home, "client"), localnet.Passphrase)
	if err != nil {
		return nil, err
	}
	u := &user{
		name: name, key: key, program: t.net.Program(), dir: t.net.Dir, store: kept, over: map[protocol.Digest]string{},
		env: []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + t.net.Dir, "TMPDIR=" + os.TempDir(), "ENCOMPUTE_NETWORK=" + t.net.Path(),
			"ENCOMPUTE_HOME=" + home, "ENCOMPUTE_PASSPHRASE=" + localnet.Passphrase,
		},
	}
	return u, t.net.Chain.MintTestToken(ctx, t.net.Accounts.Owner, key.Address(), userTokens)
}

// userTokens is more than a user's jobs can cost, in the token's smallest unit.
const userTokens protocol.Amount = 1_000_000_000

// writeWallet writes a keystore that is quick to open.
func writeWallet(path string, key protocol.SigningKey) error {
	private, err := crypto.ToECDSA(key.Bytes())
	if err != nil {
		return err
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return err
	}
	b, err := keystore.EncryptKey(&keystore.Key{Id: id, Address: crypto.PubkeyToAddress(private.PublicKey), PrivateKey: private},
		localnet.Passphrase, 2, 1)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}

// killWhileUsersWork lets the users run jobs until every strike of the schedule has been made, and then ends the last ones.
func (t *trial) killWhileUsersWork(ctx context.Context, schedule []strike, r *result) error {
	group, ctx := errgroup.WithContext(ctx)
	var over atomic.Bool
	for _, u := range t.users {
		group.Go(func() error { return u.work(ctx, func() bool { return !over.Load() }) })
	}
	group.Go(func() error {
		defer over.Store(true)
		for i, s := range schedule {
			fmt.Fprintf(t.log, "%s  kill %d of %d: %s\n", time.Now().Format(time.TimeOnly), i+1, len(schedule), s)
			if err := t.strike(ctx, s); err != nil {
				return fmt.Errorf("kill %d, of %s: %w", i+1, s.party, err)
			}
			r.Kills[s.party]++
		}
		return nil
	})
	return group.Wait()
}

// strike kills a party and starts it again. A user's next command is made by the user.
func (t *trial) strike(ctx context.Context, s strike) error {
	if err := sleep(ctx, s.after); err != nil {
		return err
	}
	if s.busy {
		if err := t.untilBusy(ctx); err != nil {
			return err
		}
	}
	var again func(context.Context) error
	n, life := t.net, context.WithoutCancel(ctx) // what is started lives until close
	switch s.party {
	case partyHost:
		n.Host.Kill()
		again = func(context.Context) error { return n.StartHost(life) }
	case partyWorker:
		n.Worker.Kill()
		again = func(context.Context) (err error) {
			n.Worker, err = n.StartEnclave(life, "worker", "dstack")
			return err
		}
	case partyCreator:
		n.Creator.Kill()
		again = func(context.Context) error { // without a wallet, which is slow to open
			return n.ServeCreator(life, "ENCOMPUTE_KEY_FILE="+filepath.Join(n.Dir, "creator.key"))
		}
	case partyDatabase:
		t.db.Kill()
		again = t.db.Start
	case partyUser:
		return t.users[s.user].kill(ctx)
	}
	if err := sleep(ctx, s.down); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	return again(ctx)
}

// untilBusy waits until the host shows a worker with a job, but not forever: worker or host may be on their way back.
func (t *trial) untilBusy(ctx context.Context) error {
	var views []protocol.WorkerView
	for end := time.Now().Add(longestPeace); time.Now().Before(end); {
		if t.net.Get(ctx, "/v1/workers", &views) && slices.ContainsFunc(views, func(v protocol.WorkerView) bool { return v.Busy }) {
			return nil
		}
		if err := sleep(ctx, time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

func (t *trial) close() error {
	var err error
	if t.net != nil {
		err = t.net.Close()
	}
	if t.db != nil {
		t.db.Stop()
	}
	return err
}
