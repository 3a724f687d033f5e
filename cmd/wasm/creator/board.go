//go:build js

package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/cmd/wasm/chain"
	"github.com/encrypted-compute/encompute/protocol"
)

// board is what an account has published, and what it is owed.
type board struct {
	Account protocol.Address `json:"account"`
	// Throwaway is set if the account's key is in this browser alone, so that bundles hold it.
	Throwaway bool            `json:"throwaway"`
	Credit    protocol.Amount `json:"credit"` // to be withdrawn
	FeeBps    uint16          `json:"feeBps"` // the market's share
	Models    []boardModel    `json:"models"`
}

type boardModel struct {
	ID     protocol.Digest `json:"id"`
	Name   string          `json:"name"`
	Active bool            `json:"active"` // takes new jobs
	Ready  bool            `json:"ready"`  // the host has all its parts
	Online bool            `json:"online"` // an agent of the account is connected; the host does not know which models' keys it has
	// Renewed is set if another model's key was replaced by this one's here, Successor if this one's was by that of another.
	Renewed   bool             `json:"renewed"`
	Successor *protocol.Digest `json:"successor,omitempty"`
	Kept      bool             `json:"kept"` // this browser can make its bundle anew, and renew its key
	Cuts      []boardCut       `json:"cuts"`
}

type boardCut struct {
	Index  uint32          `json:"index"`
	Layer  string          `json:"layer"`
	Price  protocol.Amount `json:"price"`            // now, on chain
	Rating string          `json:"rating,omitempty"` // of its leakage sheet; empty: there is none
}

// board shows an account's models and money.
func (s *studio) board(ctx context.Context, _ bridge.Request) (any, error) {
	a, err := s.signedIn()
	if err != nil {
		return nil, err
	}
	_, throwaway := a.wallet.(chain.Throwaway)
	b := board{Account: a.wallet.Address(), Throwaway: throwaway, Models: []boardModel{}}
	if b.Credit, err = a.chain.Credit(ctx, b.Account); err != nil {
		return nil, err
	}
	if b.FeeBps, err = a.chain.FeeBps(ctx); err != nil {
		return nil, err
	}
	kept, err := s.state.Models()
	if err != nil {
		return nil, err
	}
	own, err := a.client.OwnModels(ctx)
	if err != nil {
		return nil, err
	}
	renewals, err := s.state.Renewals()
	if err != nil {
		return nil, err
	}
	renewed := slices.Collect(maps.Values(renewals))
	for _, m := range own {
		v := boardModel{ID: m.ID(), Name: m.Manifest().Name, Active: m.Active, Ready: m.Ready(), Online: m.Online(), Kept: slices.Contains(kept, m.ID()), Renewed: slices.Contains(renewed, m.ID())}
		if next, ok := renewals[m.ID()]; ok {
			v.Successor = &next
		}
		for _, c := range m.Manifest().Cuts {
			cut := boardCut{Index: c.Index, Layer: c.Layer}
			if cut.Price, err = a.chain.Price(ctx, m.ID(), c.Index); err != nil {
				return nil, err
			}
			if c.Sheet != nil {
				cut.Rating = c.Sheet.Rating
			}
			v.Cuts = append(v.Cuts, cut)
		}
		b.Models = append(b.Models, v)
	}
	return b, nil
}

// jobView is a job on a model of the account.
type jobView struct {
	ID        protocol.Digest      `json:"id"`
	Model     protocol.Digest      `json:"model"`
	Cut       uint32               `json:"cut"`
	User      protocol.Address     `json:"user"`
	Worker    protocol.Address     `json:"worker,omitzero"`
	State     protocol.JobState    `json:"state"`
	Added     time.Time            `json:"added"`
	DeliverBy uint64               `json:"deliverBy"` // Unix seconds, of the chain
	History   []protocol.JobMoment `json:"history"`
	Fee       protocol.Amount      `json:"fee"` // the market's share is part of it
	FeeBps    uint16               `json:"feeBps"`
	ElapsedMs uint32               `json:"elapsedMs,omitempty"` // that the worker took
	Escrow    string               `json:"escrow"`
	Failure   *protocol.Failed     `json:"failure,omitempty"`
}

// jobs lists the jobs on the account's models, a page at a time.
func (s *studio) jobs(ctx context.Context, q bridge.Request) (any, error) {
	var p struct {
		Before uint64 `json:"before"`
	}
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	a, err := s.signedIn()
	if err != nil {
		return nil, err
	}
	list, err := a.client.CreatorJobs(ctx, p.Before)
	if err != nil {
		return nil, err
	}
	doc := struct {
		Jobs []jobView `json:"jobs"`
		Next uint64    `json:"next"`
	}{Jobs: []jobView{}, Next: list.Next}
	for _, j := range list.Jobs {
		spec := j.Job.Spec
		v := jobView{
			ID: j.Job.JobID, Model: spec.ModelID, Cut: spec.Cut, User: spec.User, Worker: j.Job.Worker, State: j.Job.State, Added: j.Added,
			DeliverBy: spec.DeliverBy, History: j.History, Fee: spec.CreatorFee, FeeBps: spec.FeeBps, Failure: j.Job.Failure,
		}
		if c := j.Job.Computed; c != nil {
			v.ElapsedMs = c.Receipt.ElapsedMs
		}
		escrow, err := a.chain.Escrow(ctx, j.Job.JobID)
		if err != nil {
			return nil, err
		}
		v.Escrow = escrow.String()
		doc.Jobs = append(doc.Jobs, v)
	}
	return doc, nil
}

// withdraw has the market pay the account what it is owed.
func (s *studio) withdraw(ctx context.Context, _ bridge.Request) (any, error) {
	a, err := s.signedIn()
	if err != nil {
		return nil, err
	}
	return nil, a.chain.Withdraw(ctx)
}

// setPrice changes the price of a cut.
func (s *studio) setPrice(ctx context.Context, q bridge.Request) (any, error) {
	var p modelRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	a, err := s.signedIn()
	if err != nil {
		return nil, err
	}
	return nil, a.chain.SetPrice(ctx, p.Model, p.Cut, p.Price)
}

// setActive stops new jobs for a model, or allows them again.
func (s *studio) setActive(ctx context.Context, q bridge.Request) (any, error) {
	var p modelRequest
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	a, err := s.signedIn()
	if err != nil {
		return nil, err
	}
	return nil, a.chain.SetActive(ctx, p.Model, p.Active)
}
