package client

import (
	"context"
	"fmt"

	"github.com/encrypted-compute/encompute/protocol"
)

// OwnModel is a model that the client's own account published.
type OwnModel struct {
	Model
	Active bool // it takes new jobs
}

// OwnModels lists the models of the client's account at the host, those that take no more jobs among them, each checked against
// the chain. What is not what the chain says is left out.
func (c *Client) OwnModels(ctx context.Context) (list []OwnModel, err error) {
	if _, err := c.Network(ctx); err != nil {
		return nil, err
	}
	err = c.eachModel(ctx, func(v protocol.ModelView) error {
		m, err := protocol.ParseManifest(v.Manifest)
		if err != nil || m.Creator != c.Signer.Address() {
			return nil // another's
		}
		registered, err := c.registered(ctx, v.ModelID)
		if CodeOf(err) == CodeChain || ctx.Err() != nil {
			return err
		}
		if own, err := compareModel(v.ModelID, v, registered); err == nil {
			list = append(list, OwnModel{own, registered.Active})
		}
		return nil
	})
	return list, err
}

// CreatorJobs lists the jobs on models of the client's account as the host tells, the latest first, a page of them before a
// number; 0: the first page.
func (c *Client) CreatorJobs(ctx context.Context, before uint64) (list protocol.CreatorJobList, err error) {
	err = c.retry(ctx, func() error {
		return c.host.query(fmt.Sprintf("before=%d", before)).get(ctx, maxListBytes, &list, "v1", "creator", "jobs")
	})
	if err != nil {
		return list, fmt.Errorf("list the jobs of a creator: %w", err)
	}
	return list, nil
}
