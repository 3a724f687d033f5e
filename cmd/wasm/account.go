//go:build js

package main

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/cmd/wasm/chain"
	"github.com/encrypted-compute/encompute/protocol"
)

// export gives all that is kept of the account but blobs: the jobs of this browser without their secrets, and what the
// host holds, document by document.
func (t *tab) export(ctx context.Context, q bridge.Request) (any, error) {
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	if t.wallet == nil {
		return nil, chain.ErrNoWallet
	}
	jobs, err := t.jobs(ctx, q)
	if err != nil {
		return nil, err
	}
	host := []json.RawMessage{}
	err = c.Export(ctx, func(line []byte, _ protocol.Exported) error {
		host = append(host, slices.Clone(line))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return map[string]any{"account": t.wallet.Address(), "network": t.network.Name, "browser": jobs, "host": host}, nil
}

// erase has the host forget what it may, and then removes all that this browser keeps: jobs, keys, the noise key and the
// throwaway wallet. Without a wallet the host cannot know whom to forget, and only the browser's are removed.
func (t *tab) erase(ctx context.Context, _ bridge.Request) (any, error) {
	c, err := t.connected()
	if err != nil {
		return nil, err
	}
	done := struct {
		Host *protocol.Erasure `json:"host,omitempty"`
	}{}
	if t.wallet != nil {
		e, err := c.Erase(ctx)
		if err != nil {
			return nil, err
		}
		done.Host = &e
	}
	return done, t.store.Erase(ctx)
}
