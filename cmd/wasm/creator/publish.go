//go:build js

package main

import (
	"context"
	"errors"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/cmd/wasm/chain"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/protocol"
)

// registrar is the chain as creator.Publish sees it.
type registrar struct {
	*chain.Chain
	creator protocol.Address
}

var _ creator.Chain = registrar{}

// ModelID implements creator.Chain.
func (r registrar) ModelID(manifestHash protocol.Digest) protocol.Digest {
	return chain.ModelID(r.creator, manifestHash)
}

// Registered implements creator.Chain.
func (r registrar) Registered(ctx context.Context, id protocol.Digest) (known, active bool, err error) {
	m, err := r.Model(ctx, id)
	return !m.Creator.IsZero(), m.Active, err
}

// Escrow implements creator.Chain; both sides number the states as the contract does.
func (r registrar) Escrow(ctx context.Context, job protocol.Digest) (creator.Escrow, error) {
	e, err := r.Chain.Escrow(ctx, job)
	return creator.Escrow(e), err
}

// WouldPay implements creator.Chain: a browser answers nobody.
func (registrar) WouldPay(context.Context, protocol.JobSpec, protocol.Delivery, []byte) (bool, error) {
	return false, errors.New("users are answered by \"encompute creator serve\"")
}

// published is a model that was published.
type published struct {
	ID      protocol.Digest `json:"id"`
	Name    string          `json:"name"`
	Account bool            `json:"account"` // its bundle holds the account's key: nobody else has it
}

func (s *studio) published(p creator.Published, a account) published {
	_, own := a.wallet.(chain.Throwaway)
	return published{p.ModelID, p.Manifest.Name, own}
}

// step tells the page of a step that ended.
func step(name string, seconds float64, bytes int64) {
	bridge.Emit("step", map[string]any{"name": name, "seconds": seconds, "bytes": bytes})
}

// publish seals the prefixes of the offered cuts to the workload of an attested worker, registers the model and gives it to
// the host.
func (s *studio) publish(ctx context.Context, q bridge.Request) (any, error) {
	var p struct {
		Offers []struct {
			Layer string          `json:"layer"`
			Price protocol.Amount `json:"price"`
		} `json:"offers"`
		MaxJobsPerUserDay uint32 `json:"maxJobsPerUserDay"`
		Again             bool   `json:"again"` // if it was unpublished, let it take jobs again
	}
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	a, err := s.signedIn()
	if err != nil {
		return nil, err
	}
	ctx, done, err := s.long(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	s.drafting.Lock()
	defer s.drafting.Unlock()
	var offers []creator.Offer
	for _, o := range p.Offers {
		offers = append(offers, creator.Offer{Layer: o.Layer, Price: o.Price})
	}
	cfg, err := s.draft.Config(offers)
	if err != nil {
		return nil, err
	}
	if cfg.Worker, err = anyWorker(ctx, a); err != nil {
		return nil, err
	}
	step("verify a worker", 0, 0)
	if err := breathe(ctx); err != nil {
		return nil, err
	}
	cfg.State, cfg.Creator, cfg.MaxJobsPerUserDay, cfg.Again = s.state, a.wallet.Address(), p.MaxJobsPerUserDay, p.Again
	cfg.Chain, cfg.Host, cfg.Observer = registrar{a.chain, a.wallet.Address()}, s.creatorHost(), step
	result, err := creator.Publish(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return s.published(result, a), nil
}

func (s *studio) creatorHost() creator.Host {
	return creator.Host{Address: s.host, Network: s.network.Expected()}
}

// anyWorker returns the first worker that verifies here.
func anyWorker(ctx context.Context, a account) (w attestation.VerifiedWorker, err error) {
	views, err := a.client.Workers(ctx)
	if err != nil {
		return w, err
	}
	refused := errors.New("no worker is connected to the host that could run the model: try again when one is")
	for _, v := range views {
		if w, _, refused = a.client.VerifyWorker(ctx, v); refused == nil {
			return w, nil
		}
	}
	return w, refused
}

// modelRequest names a published model.
type modelRequest struct {
	Model      protocol.Digest `json:"model"`
	Passphrase string          `json:"passphrase"`
	Cut        uint32          `json:"cut"`
	Price      protocol.Amount `json:"price"`
	Active     bool            `json:"active"`
}

// bundle returns what the agent needs to serve a model, encrypted with a passphrase.
func (s *studio) bundle(_ context.Context, q bridge.Request) (any, error) {
	var p modelRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	if p.Passphrase == "" {
		return nil, errors.New("choose a passphrase: the file holds keys")
	}
	a, err := s.signedIn()
	if err != nil {
		return nil, err
	}
	var key *protocol.SigningKey
	if own, ok := a.wallet.(chain.Throwaway); ok {
		key = &own.Key
	}
	b, err := s.state.Bundle(p.Model, key, p.Passphrase)
	if err != nil {
		return nil, err
	}
	return map[string]any{"file": b}, nil
}

// renew gives a model another sealing key.
func (s *studio) renew(ctx context.Context, q bridge.Request) (any, error) {
	var p modelRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	a, err := s.signedIn()
	if err != nil {
		return nil, err
	}
	ctx, done, err := s.long(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	result, err := creator.Renew(ctx, creator.RenewConfig{
		State: s.state, Chain: registrar{a.chain, a.wallet.Address()}, Host: s.creatorHost(), Model: p.Model, Observer: step,
	})
	if err != nil {
		return nil, err
	}
	return s.published(result, a), nil
}
