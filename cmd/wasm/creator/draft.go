//go:build js

package main

import (
	"context"
	"errors"

	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/creator/draft"
	"github.com/encrypted-compute/encompute/model"
)

// view shows the draft.
func (s *studio) view(context.Context, bridge.Request) (any, error) {
	s.drafting.Lock()
	defer s.drafting.Unlock()
	return s.draft.View()
}

// take reads a file into the draft.
func (s *studio) take(_ context.Context, q bridge.Request) (any, error) {
	var p struct {
		Name string `json:"name"`
	}
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	if len(q.Files) != 1 {
		return nil, errors.New("give one file")
	}
	s.drafting.Lock()
	defer s.drafting.Unlock()
	if err := s.draft.Take(p.Name, q.Files[0]); err != nil {
		return nil, err
	}
	return s.draft.View()
}

// file gives a file of the draft back to the page, which measures with it elsewhere.
func (s *studio) file(_ context.Context, q bridge.Request) (any, error) {
	var p struct {
		Name string `json:"name"`
	}
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	s.drafting.Lock()
	defer s.drafting.Unlock()
	b, err := s.draft.File(p.Name)
	return map[string]any{"file": b}, err
}

// takeMeasured reads releases that were measured in this tab into the draft.
func (s *studio) takeMeasured(_ context.Context, q bridge.Request) (any, error) {
	s.drafting.Lock()
	defer s.drafting.Unlock()
	if err := s.draft.TakeMeasured(q.Params); err != nil {
		return nil, err
	}
	return s.draft.View()
}

// setCard puts an edited card in the place of the draft's.
func (s *studio) setCard(_ context.Context, q bridge.Request) (any, error) {
	s.drafting.Lock()
	defer s.drafting.Unlock()
	if err := s.draft.SetCard(q.Params); err != nil {
		return nil, err
	}
	return s.draft.View()
}

// planned is a cut with its plan, or why there is none.
type planned struct {
	Layer  string                `json:"layer"`
	Plan   *draft.PlanView       `json:"plan,omitempty"`
	Reason *model.NotEncryptable `json:"reason,omitempty"`
}

// plan plans cuts in their order, and tells of each when it is done.
func (s *studio) plan(ctx context.Context, q bridge.Request) (any, error) {
	var p struct {
		Cuts []string `json:"cuts"` // by their layers
	}
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	ctx, done, err := s.long(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	s.drafting.Lock()
	defer s.drafting.Unlock()
	for _, layer := range p.Cuts {
		if err := breathe(ctx); err != nil {
			return nil, err
		}
		v, err := s.planCut(ctx, layer)
		if err != nil {
			return nil, err
		}
		bridge.Emit("cut", v)
	}
	return nil, nil
}

func (s *studio) planCut(ctx context.Context, layer string) (planned, error) {
	v := planned{Layer: layer}
	plan, err := s.draft.Plan(ctx, layer)
	if err == nil {
		var view draft.PlanView
		view, err = draft.NewPlanView(plan, s.draft.Values(layer))
		v.Plan = &view
		return v, err
	}
	if v.Reason = draft.AsReason(err, layer); v.Reason == nil {
		return v, err
	}
	return v, nil
}
