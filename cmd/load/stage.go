package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/encrypted-compute/encompute/attestation/collateral"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/localnet"
	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/examples"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// The model of all jobs, and its cheapest cut: no evaluation keys, some milliseconds of real homomorphic evaluation.
const (
	exampleModel = "tab-wdbc"
	exampleCut   = "fc1"
)

// userCount is how many accounts there are that post jobs.
const userCount = 16

// stage is a network, a model on it, and its users.
type stage struct {
	options
	net   *localnet.Network
	log   io.Writer
	begun time.Time
	http  *http.Client
	users []*user
	graph *model.Graph // of the model, in the clear

	profiles string // address of the host's
	model    protocol.ModelView
	manifest protocol.Manifest
	cut      protocol.Cut
}

// user is an account with its client.
type user struct {
	key    protocol.SigningKey
	client *client.Client
	store  *client.MemoryStore
	token  string // of a session of its own, for requests that are not its client's
}

// newStage brings the network up, with one worker and the model published. Its net is to be closed in any case.
func newStage(ctx context.Context, dir string, o options, log io.Writer) (s *stage, err error) {
	s = &stage{options: o, log: log, begun: time.Now(), http: &http.Client{
		Timeout: 10 * time.Minute, Transport: &http.Transport{MaxIdleConns: 1024, MaxIdleConnsPerHost: 1024, MaxConnsPerHost: 1024},
	}}
	accounts := make([]protocol.Address, userCount)
	for i := range accounts {
		key, err := protocol.NewSigningKey()
		if err != nil {
			return s, err
		}
		s.users, accounts[i] = append(s.users, &user{key: key, store: client.NewMemoryStore()}), key.Address()
	}
	if s.net, err = localnet.Start(ctx, dir, accounts...); err != nil {
		return s, err
	}
	// Streams are for followers up to three quarters. Deaths of workers are not the jobs' fault here.
	s.net.HostArgs = []string{"--requests-per-second=-1", fmt.Sprintf("--max-streams=%d", o.Sockets*3/2+o.Jobs*2+100), "--max-attempts=12"}
	if o.Profiles != "" {
		s.profiles = "127.0.0.1:16060"
		s.net.HostArgs = append(s.net.HostArgs, "--profiles="+s.profiles)
	}
	for _, step := range []func(context.Context) error{s.net.StartHost, s.startWorker, s.publish, s.makeUsers} {
		if err := step(ctx); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *stage) startWorker(ctx context.Context) error {
	_, err := s.net.StartWorker(ctx)
	return err
}

// publish has the creator publish the model.
func (s *stage) publish(ctx context.Context) error {
	files := map[string]string{"model.onnx": "", "model.json": "", "wdbc.csv": ""}
	for name := range files {
		b, err := fs.ReadFile(examples.Files, path.Join(exampleModel, name))
		if err != nil {
			return err
		}
		files[name] = filepath.Join(s.net.Dir, name)
		if err := os.WriteFile(files[name], b, 0o600); err != nil {
			return err
		}
	}
	var err error
	if s.graph, err = model.Open(files["model.onnx"]); err != nil {
		return err
	}
	s.model, err = s.net.StartCreator(ctx, localnet.Offer{
		Model: files["model.onnx"], Card: files["model.json"], Layer: exampleCut, Samples: []string{files["wdbc.csv"]},
	})
	if err != nil {
		return err
	}
	if s.manifest, err = protocol.ParseManifest(s.model.Manifest); err != nil {
		return err
	}
	s.cut = s.manifest.Cuts[0]
	return nil
}

func (s *stage) makeUsers(ctx context.Context) error {
	source, err := collateral.Open(s.net.File.Collateral, "")
	if err != nil {
		return err
	}
	a := s.net.File.Contracts
	for _, u := range s.users {
		u.client, err = client.New(client.Config{
			Host: s.net.File.Host, HTTP: &http.Client{Transport: s.http.Transport},
			Network: protocol.Network{
				ChainID: a.ChainID, Market: a.Market, WorkerRegistry: a.WorkerRegistry, ModelRegistry: a.ModelRegistry, Token: a.Token,
			},
			Policy: s.net.Policy, Collateral: source, Chain: network.UserChain{Client: s.net.Chain, Key: u.key},
			Signer: client.KeySigner{Key: u.key}, Store: u.store, Release: privacy.OneReleasePerKey(),
			Budget: privacy.Budget{Unbounded: true}, // the cut has no noise, and the inputs are drawn at random
			Limits: client.Limits{PrefixWindow: time.Hour, HostPatience: 5 * time.Minute},
		})
		if err != nil {
			return err
		}
		if u.token, err = s.signIn(ctx, u.key); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) say(format string, a ...any) {
	fmt.Fprintf(s.log, "%7.1fs  %s\n", time.Since(s.begun).Seconds(), fmt.Sprintf(format, a...))
}

// errBusy says that the host takes no more for the moment.
var errBusy = errors.New("the host is busy")

// call makes a request of the host's API, which must succeed, and reads the answer into out, if that is not nil.
func (s *stage) call(ctx context.Context, method, path, token string, in, out any) error {
	var body io.Reader
	switch in := in.(type) {
	case nil:
	case []byte:
		body = bytes.NewReader(in)
	default:
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	q, err := http.NewRequestWithContext(ctx, method, s.net.File.Host+path, body)
	if err != nil {
		return err
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := s.http.Do(q)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	switch {
	case err != nil:
		return fmt.Errorf("%s %s: %w", method, path, err)
	case res.StatusCode == http.StatusServiceUnavailable || res.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("%s %s: %w: %.300s", method, path, errBusy, b)
	case res.StatusCode/100 != 2:
		return fmt.Errorf("%s %s: status %d: %.300s", method, path, res.StatusCode, b)
	case out == nil:
		return nil
	}
	return json.Unmarshal(b, out)
}

// signIn makes a session of an account and returns its token.
func (s *stage) signIn(ctx context.Context, key protocol.SigningKey) (string, error) {
	var c protocol.SignInChallenge
	if err := s.call(ctx, http.MethodPost, "/v1/session/nonce", "", struct{}{}, &c); err != nil {
		return "", err
	}
	return s.answer(ctx, key, c)
}

// answer signs in with a nonce.
func (s *stage) answer(ctx context.Context, key protocol.SigningKey, c protocol.SignInChallenge) (string, error) {
	now := time.Now().UTC().Truncate(time.Second)
	message := protocol.SignIn{
		Domain: strings.TrimPrefix(s.net.File.Host, "http://"), Address: key.Address(), Statement: "Load.", URI: s.net.File.Host,
		ChainID: c.ChainID, Nonce: c.Nonce, IssuedAt: now, Expires: now.Add(5 * time.Minute),
	}.String()
	var session protocol.Session
	err := s.call(ctx, http.MethodPost, "/v1/session", "", protocol.SignInRequest{Message: message, Signature: key.SignDigest(protocol.PersonalDigest(message))}, &session)
	return session.Token, err
}

// spec makes a job of a user on an input that nobody has.
func (s *stage) spec(ctx context.Context, u *user) (spec protocol.JobSpec, err error) {
	now, err := s.net.Chain.HeaderTime(ctx)
	if err != nil {
		return spec, err
	}
	spec = protocol.JobSpec{
		User: u.key.Address(), Creator: s.manifest.Creator, ModelID: s.model.ModelID, ManifestHash: s.model.ManifestHash,
		PrefixHash: s.cut.PrefixHash, Cut: s.cut.Index, WorkloadID: s.cut.WorkloadID, ComputeMs: protocol.MaxComputeMs,
		PrefixBy: now + 3600, DeliverBy: now + 2*3600, WorkerFee: localnet.WorkerFee, CreatorFee: localnet.ModelPrice, FeeBps: localnet.MarketBps,
	}
	_, _ = rand.Read(spec.InputHash[:]) // never fails
	_, _ = rand.Read(spec.Salt[:])
	return spec, nil
}

// post puts n such jobs on chain, without telling the host.
func (s *stage) post(ctx context.Context, n int) ([]protocol.JobSpec, error) {
	specs := make([]protocol.JobSpec, n)
	return specs, s.share(ctx, n, func(ctx context.Context, u *user, i int) (err error) {
		if specs[i], err = s.spec(ctx, u); err != nil {
			return err
		}
		_, err = s.net.Chain.PostJob(ctx, u.key, specs[i])
		return err
	})
}

// share has the users do n things, all at the same time, each one after the other.
func (s *stage) share(ctx context.Context, n int, do func(ctx context.Context, u *user, i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for first, u := range s.users {
		group.Go(func() error {
			for i := first; i < n; i += len(s.users) {
				if err := do(ctx, u, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// saveProfile keeps a profile of the host, if that is asked for.
func (s *stage) saveProfile(ctx context.Context, name, query string) {
	if s.profiles == "" {
		return
	}
	err := func() error {
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.profiles+"/debug/pprof/"+query, nil)
		if err != nil {
			return err
		}
		res, err := (&http.Client{}).Do(q)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		f, err := os.Create(filepath.Join(s.Profiles, name))
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(f, res.Body)
		return err
	}()
	if err != nil {
		s.say("no profile %s: %v", name, err)
	}
}
