package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/collateral"
	"github.com/encrypted-compute/encompute/attestation/rollback"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// session is a client of the network and what it stands on.
type session struct {
	network *network.File
	chain   *contracts.Client
	client  *client.Client
	meter   *meter
	steps   []client.Step // that ended
}

// reader connects to look around: nothing is kept and nobody pays.
func (a *app) reader(ctx context.Context) (*session, error) {
	nobody, err := protocol.NewSigningKey()
	if err != nil {
		return nil, err
	}
	// A person waits, and nothing is under way that could be lost.
	return a.connect(ctx, nobody, client.NewMemoryStore(), client.Limits{HostPatience: 2 * time.Second})
}

// user connects with the wallet and the jobs kept at home.
func (a *app) user(ctx context.Context) (*session, client.Store, error) {
	if _, err := a.network(); err != nil { // before the slow passphrase
		return nil, nil, err
	}
	key, err := a.walletKey()
	if err != nil {
		return nil, nil, err
	}
	store, err := a.jobs()
	if err != nil {
		return nil, nil, err
	}
	s, err := a.connect(ctx, key, store, client.Limits{})
	return s, store, err
}

// jobs opens the encrypted store of jobs at home.
func (a *app) jobs() (*client.FileStore, error) {
	home, err := a.home()
	if err != nil {
		return nil, err
	}
	passphrase, err := a.passphrase(false)
	if err != nil {
		return nil, err
	}
	store, err := client.OpenFileStore(filepath.Join(home, "client"), passphrase)
	return store, storeFault(err)
}

func (a *app) connect(ctx context.Context, key protocol.SigningKey, store client.Store, limits client.Limits) (*session, error) {
	n, chain, err := a.dial(ctx)
	if err != nil {
		return nil, err
	}
	policy, err := attestation.NewPolicy(n.Policy)
	if err != nil {
		chain.Close()
		return nil, err
	}
	source, seen, err := a.collateral(n)
	if err != nil {
		chain.Close()
		return nil, err
	}
	s := &session{network: n, chain: chain, meter: a.meter()}
	s.client, err = client.New(client.Config{
		Host: n.Host, Network: n.Expected(), Policy: policy, Collateral: source, Seen: seen,
		Chain: network.UserChain{Client: chain, Key: key}, Signer: client.KeySigner{Key: key}, Store: store, Limits: limits,
		Release: privacy.OneReleasePerKey(), // a client makes a secret key for each job
		Observer: func(p client.Step) {
			s.steps = append(s.steps, p)
			s.meter.finish(p.Name, time.Duration(p.Seconds*float64(time.Second)), p.Bytes, p.Detail)
		},
		Progress: func(p client.Progress) { s.meter.progress(p.Step, p.Done, p.Total, p.Detail) },
	})
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// seenFile is the record of evaluation numbers in the folder of a user or a host.
const seenFile = "collateral-seen.json"

// collateral returns where the user gets Intel's documents, nil for the host, and the record of
// how new they were.
func (a *app) collateral(n *network.File) (source collateral.Source, seen *rollback.Store, err error) {
	if seen, err = a.seenCollateral(); err != nil || n.Collateral == "" {
		return nil, seen, err
	}
	home, err := a.home()
	if err != nil {
		return nil, nil, err
	}
	source, err = collateral.Open(n.Collateral, filepath.Join(home, "collateral"))
	return source, seen, err
}

func (s *session) close() {
	s.meter.close()
	s.chain.Close()
}
