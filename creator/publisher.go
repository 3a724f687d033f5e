package creator

import (
	"context"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// publisher brings a publication to the chain and to a host.
type publisher struct {
	chain    Chain
	host     Host
	observer func(step string, seconds float64, bytes int64) // may be nil
	again    bool                                            // a model that was unpublished takes jobs again
}

func (to publisher) step(name string, bytes int64, do func() error) error {
	start := time.Now()
	err := do()
	if err == nil && to.observer != nil {
		to.observer(name, time.Since(start).Seconds(), bytes)
	}
	return err
}

// publish registers a publication at prices, by the index of the cut, and uploads it. What is there already is left.
func (to publisher) publish(ctx context.Context, p publication, prices map[uint32]protocol.Amount) error {
	if err := to.step("register", 0, func() error { return to.register(ctx, p, prices) }); err != nil {
		return fmt.Errorf("register model %s: %w", p.id, err)
	}
	if err := to.upload(ctx, p); err != nil {
		return fmt.Errorf("publish model %s: %w", p.id, err)
	}
	return nil
}

// register makes the chain know the model at the offered prices.
func (to publisher) register(ctx context.Context, p publication, prices map[uint32]protocol.Amount) error {
	known, active, err := to.chain.Registered(ctx, p.id)
	switch {
	case err != nil:
		return err
	case !known:
		return to.chain.Register(ctx, protocol.NewDigest("manifest", p.raw), p.manifest.SealingKey, prices)
	case !active && !to.again:
		return ErrUnpublished
	}
	for cut, want := range prices {
		have, err := to.chain.Price(ctx, p.id, cut)
		if err != nil {
			return err
		}
		if have == want {
			continue
		}
		if err := to.chain.SetPrice(ctx, p.id, cut, want); err != nil {
			return err
		}
	}
	if !active {
		return to.chain.SetActive(ctx, p.id, true)
	}
	return nil
}

// upload gives the host the manifest and what it does not have of the sealed prefixes.
func (to publisher) upload(ctx context.Context, p publication) error {
	var view protocol.ModelView
	err := to.step("announce", int64(len(p.raw)), func() error {
		return to.host.call(ctx, fetch.MethodPost, protocol.PublishRequest{ModelID: p.id, Manifest: p.raw}, &view, "v1", "models")
	})
	if err != nil {
		return err
	}
	for _, c := range p.manifest.Cuts {
		sealed := p.prefixes[c.SealedPrefix]
		err := to.step("upload "+c.Layer, int64(len(sealed)), func() error { return to.host.putBlob(ctx, c.SealedPrefix, sealed) })
		if err != nil {
			return fmt.Errorf("cut %s: %w", c.Layer, err)
		}
	}
	return nil
}
