package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/protocol"
)

// Model is a published model whose manifest is the one that its creator registered on
// chain. Only this package makes one.
type Model struct {
	id       protocol.Digest
	bytes    []byte
	manifest protocol.Manifest
	ready    bool
	online   bool
}

// ID returns the model's id.
func (m Model) ID() protocol.Digest { return m.id }

// Manifest returns the registered manifest.
func (m Model) Manifest() protocol.Manifest { return m.manifest }

// Ready reports whether, as the host says, all sealed prefixes are there.
func (m Model) Ready() bool { return m.ready }

// Online reports whether, as the host says, the creator is connected.
func (m Model) Online() bool { return m.online }

// Listing is what a host publishes: the models that are what the chain says, and those
// that are not, each with the reason.
type Listing struct {
	Models  []Model
	Refused map[protocol.Digest]error
}

// Models lists what the host publishes, each model checked as Model does.
func (c *Client) Models(ctx context.Context) (Listing, error) {
	if _, err := c.Network(ctx); err != nil {
		return Listing{}, err
	}
	l := Listing{Refused: map[protocol.Digest]error{}}
	err := c.eachModel(ctx, func(v protocol.ModelView) error {
		m, err := c.checkModel(ctx, v.ModelID, v)
		switch {
		case CodeOf(err) == CodeChain || ctx.Err() != nil:
			return err
		case err != nil:
			l.Refused[v.ModelID] = err
		default:
			l.Models = append(l.Models, m)
		}
		return nil
	})
	if err != nil {
		return Listing{}, err
	}
	return l, nil
}

// eachModel calls f for all that the host publishes, page by page.
func (c *Client) eachModel(ctx context.Context, f func(protocol.ModelView) error) error {
	var after protocol.Digest
	for range maxPages {
		var views []protocol.ModelView
		err := c.retry(ctx, func() error {
			return c.host.query("after="+after.String()).get(ctx, maxListBytes, &views, "v1", "models")
		})
		if err != nil {
			return fmt.Errorf("list models: %w", err)
		}
		for _, v := range views {
			if bytes.Compare(v.ModelID[:], after[:]) <= 0 {
				return refuse(CodeHostAnswer, "models.order", "host lists model %s after %s", v.ModelID, after)
			}
			after = v.ModelID
			if err := f(v); err != nil {
				return err
			}
		}
		if len(views) == 0 {
			return nil
		}
	}
	return nil
}

// maxPages bounds how many pages of models are read from a host.
const maxPages = 1000

// Model fetches a model from the host and checks it against the chain: registered,
// active, and the manifest is the registered one, by the registered creator.
func (c *Client) Model(ctx context.Context, id protocol.Digest) (Model, error) {
	if _, err := c.Network(ctx); err != nil {
		return Model{}, err
	}
	v, err := c.modelView(ctx, id)
	if err != nil {
		return Model{}, err
	}
	return c.checkModel(ctx, id, v)
}

func (c *Client) modelView(ctx context.Context, id protocol.Digest) (v protocol.ModelView, err error) {
	err = c.retry(ctx, func() error { return c.host.get(ctx, maxViewBytes, &v, "v1", "models", id.String()) })
	if status(err) == 404 {
		return v, refuse(CodeUnknownModel, "model.id", "host does not publish model %s", id)
	}
	return v, err
}

func (c *Client) checkModel(ctx context.Context, id protocol.Digest, v protocol.ModelView) (Model, error) {
	registered, err := c.registered(ctx, id)
	if err != nil {
		return Model{}, err
	}
	if !registered.Active {
		return Model{}, refuse(CodeUnknownModel, "model.active", "model %s takes no new jobs", id)
	}
	return compareModel(id, v, registered)
}

// registered reads a model that must be on chain.
func (c *Client) registered(ctx context.Context, id protocol.Digest) (Registered, error) {
	r, err := c.Chain.Model(ctx, id)
	if err != nil {
		return r, fail(CodeChain, fmt.Errorf("read model %s: %w", id.Short(), err))
	}
	if r.Creator.IsZero() {
		return r, refuse(CodeUnknownModel, "model.id", "model %s is not registered on chain", id)
	}
	return r, nil
}

// compareModel holds what a host shows to what is registered.
func compareModel(id protocol.Digest, v protocol.ModelView, registered Registered) (Model, error) {
	if hash := protocol.NewDigest("manifest", v.Manifest); hash != registered.ManifestHash {
		return Model{}, refuse(CodeModelRefused, "manifest.hash", "host shows a manifest with hash %s, registered is %s", hash, registered.ManifestHash)
	}
	m, err := protocol.ParseManifest(v.Manifest)
	if err != nil {
		return Model{}, &Error{CodeModelRefused, "manifest.format", err}
	}
	if m.Creator != registered.Creator {
		return Model{}, refuse(CodeModelRefused, "manifest.creator", "manifest names %s, registered is %s", m.Creator, registered.Creator)
	}
	return Model{id: id, bytes: v.Manifest, manifest: m, ready: v.Ready, online: v.Online}, nil
}

// Cost is what a job costs now, in the token's smallest unit. The market's share is part
// of both fees.
type Cost struct {
	Worker  protocol.Amount `json:"worker"`
	Creator protocol.Amount `json:"creator"`
	FeeBps  uint16          `json:"feeBps"`
}

// Total is what the user pays.
func (c Cost) Total() protocol.Amount { return c.Worker + c.Creator }

// Cost asks the host for the worker's fee and the chain for the creator's price.
func (c *Client) Cost(ctx context.Context, model protocol.Digest, cut uint32) (cost Cost, err error) {
	n, err := c.Network(ctx)
	if err != nil {
		return cost, err
	}
	cost.Worker = n.WorkerFee
	if cost.Creator, err = c.Chain.Price(ctx, model, cut); err != nil {
		return cost, fail(CodeChain, fmt.Errorf("read price: %w", err))
	}
	if cost.Creator == 0 {
		return cost, refuse(CodeCutNotOffered, "cut.price", "cut %d has no price on chain", cut)
	}
	if cost.Total() < cost.Worker {
		return cost, fail(CodeTooExpensive, errors.New("fees overflow 64 bits"))
	}
	if cost.FeeBps, err = c.Chain.FeeBps(ctx); err != nil {
		return cost, fail(CodeChain, fmt.Errorf("read fee: %w", err))
	}
	return cost, nil
}
